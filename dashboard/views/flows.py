"""Flows: corridors of cooperation over countries and French territories shaded by links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from dashboard import filters
from dashboard.captions import credits, stance_sources
from dashboard.catalogue import Catalogue, catalogue
from dashboard.state import LISTS, ViewState
from dashboard.telling import (
    Breakdown,
    Column,
    KeyFigure,
    Line,
    Ranking,
    Table,
    Timeline,
    Told,
)
from dashboard.views import contested
from dashboard.views.categories import by_category, labels_of
from dashboard.views.flows_legend import legend, national_orders
from dashboard.views.flows_map import Backdrop, Counted, counted, draw, with_ends
from geo import corridors as geo_corridors
from geo.categories import COLUMN, prevailing
from geo.joins import joined_links
from geo.links import Groups, Links
from geo.world import World

RANKED = 8
Wanted = tuple[tuple[str, tuple[str, ...]], ...]
Years = tuple[int, int] | None
Weights = tuple[tuple[str, float], ...]
__all__ = ["draw", "rows", "select", "shown", "tell"]


@dataclass(frozen=True, eq=False)
class Selection:
    """Links kept, their corridors, the counts that shade the map, and what surrounds them."""

    links: Links
    corridors: Groups
    around: Backdrop
    totals: geo_corridors.Totals
    known: int
    countries: Counted
    territories: Counted
    unplaced: int
    measure: str
    codes: Mapping[tuple[str, str], str]


def select(world: World, state: ViewState) -> Selection:
    """Apply every filter; what surrounds a chosen place passes all filters but the places."""
    weights = filters.rule_weights(world, state)
    links = geo_corridors.links_of(world, weights)
    wanted = wanted_of(state)
    kept = geo_corridors.selected_links(links, wanted, state.years)
    level, far = state.option("level"), state.option("partner_level")
    table = geo_corridors.corridors(kept, level, far)
    near = "a_region_id" if level == "region" else "a_departement_id"
    chosen = state.territory or state.partner
    measure = state.option("measure").removesuffix("_share")
    rest = (state.years, weights)
    return Selection(
        links=kept, corridors=table,
        around=_around(world, _key(wanted, "territory", "partner"), *rest, level, far)
        if chosen else Backdrop(table.first(0)),
        totals=geo_corridors.totals(kept, table), known=len(links),
        countries=_counted(world, _key(wanted, "partner"), *rest, "b_country_id"),
        territories=_counted(world, _key(wanted, "territory"), *rest, near),
        unplaced=geo_corridors.without_corridor(kept, level, far),
        measure=measure,
        codes=prevailing(kept, level, far, measure) if measure in COLUMN else {},
    )  # fmt: skip


def _key(wanted: dict[str, tuple[str, ...]], *without: str) -> Wanted:
    """Filters but some, in a form that can be remembered."""
    return tuple((name, values) for name, values in wanted.items() if name not in without)


@lru_cache(maxsize=64)
def _counted(world: World, wanted: Wanted, years: Years, weights: Weights, column: str) -> Counted:
    """Links by the places of a column; kept, since choosing a place leaves its own map as it is."""
    every = geo_corridors.links_of(world, weights)
    return counted(geo_corridors.selected_links(every, dict(wanted), years), column)


@lru_cache(maxsize=64)
def _around(
    world: World, wanted: Wanted, years: Years, weights: Weights, level: str, partner_level: str
) -> Backdrop:
    """The corridors that a chosen place stands out from; kept for the same reason."""
    links = geo_corridors.links_of(world, weights)
    every = geo_corridors.selected_links(links, dict(wanted), years)
    return Backdrop(geo_corridors.corridors(every, level, partner_level))


def wanted_of(state: ViewState) -> dict[str, tuple[str, ...]]:
    """The filters of a state that act on links."""
    return {n: getattr(state, n) for n in LISTS if "flows" in filters.BY_NAME[n].views}


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One link a row: the finest data that the view stands on."""
    links = geo_corridors.links_of(world, filters.rule_weights(world, state))
    selected = geo_corridors.selected_links(links, wanted_of(state), state.years)
    told = ["b_stance", "notion", "relation", *geo_corridors.DECLARED]
    kept = joined_links(world).iloc[selected.at].assign(**{c: selected.texts(c) for c in told})
    lang = state.lang
    kept = kept.assign(contested=contested.reasons(world, kept, lang))
    columns = {
        "link_id": "link_id", "a_id": "territory_id", f"a_name_{lang}": "territory",
        "a_level": "territory_level", "a_region_id": "region_id",
        "a_departement_id": "departement_id", "b_id": "partner_id", f"b_name_{lang}": "partner",
        "b_level": "partner_level", "b_admin1_id": "admin1_id", "b_country_id": "country_id",
        "b_stance": "stance", "kind": "kind", "notion": "notion", "relation": "relation",
        "themes": "themes", "origin_vector": "origin_vector", "referential": "referential",
        "initiative": "initiative", "place_of_action": "place_of_action",
        "start_year": "start_year",
        "end_year": "end_year", "status": "status", "evidence": "evidence",
        "confidence": "confidence", "contested": "contested", "source_title": "source_title",
        "source_address": "source_address", "note": "note", "a_lon": "territory_lon",
        "a_lat": "territory_lat", "b_lon": "partner_lon", "b_lat": "partner_lat",
    }  # fmt: skip
    return kept[list(columns)].rename(columns=columns).reset_index(drop=True)


def shown(world: World, selection: Selection, state: ViewState) -> pd.DataFrame:
    """One corridor a row, with the names and points of its ends, and the value of the measure
    that most of its links have."""
    table = with_ends(world, selection.corridors, state).frame()
    return table.assign(**{selection.measure: _codes(selection)}) if selection.codes else table


def _codes(selection: Selection) -> list[str]:
    """The prevailing value of each corridor, in their order."""
    ends = zip(selection.corridors["origin"], selection.corridors["dest"], strict=True)
    return [selection.codes[pair] for pair in ends]


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """Sentence, key figures, rankings, change over time, stances, legend, table, sources."""
    words = catalogue(state.lang)
    total = selection.totals
    drawn, more, more_links = geo_corridors.largest(selection.corridors, state.corridors)
    notes = []
    if more:
        notes.append(words.say("flows.rest", drawn=len(drawn), n=more, links=more_links))
    if selection.unplaced:
        notes.append(words.say("flows.unplaced", n=selection.unplaced))
    if total.low_confidence:
        notes.append(words.say("flows.low_confidence", n=total.low_confidence))
    initiative = geo_corridors.reciprocity(selection.links)
    if total.links:
        notes.append(words.say("flows.initiative", n=total.links, **initiative))
    notes.append(words.say("flows.coverage"))
    notes += contested.notes(world, selection.links, state)
    sentence = words.say(
        "flows.sentence", n=total.links, total=selection.known,
        collectivities=words.say("n_collectivities", n=total.collectivities),
        partners=words.say("n_partners", n=total.partners),
        countries=words.say("n_countries", n=total.countries),
    )  # fmt: skip
    return Told(
        title=words.say("flows.title"),
        sentence=filters.sentence(sentence, world, state),
        key_figures=_key_figures(selection, words),
        rankings=(
            _ranked_partners(world, selection, state),
            _ranked_territories(world, selection, state),
        ),
        legend=legend(world, selection, state),
        table=_table(world, selection, state, words),
        sources=credits(world, _used(world, selection.links), ("boundaries",), state.convention),
        timeline=_timeline(selection, words),
        breakdown=_by_measure(world, selection, state),
        plain=(national_orders(world, selection.links, state.lang),),
        notes=tuple(notes),
        empty=selection.links.empty,
    )


def _used(world: World, links: Links) -> set[str]:
    """The sources of the links, and of the stances of their partners' States."""
    return {*links.met("source_id"), *stance_sources(world, links.met("b_country_id"))}


def _key_figures(selection: Selection, words: Catalogue) -> tuple[KeyFigure, ...]:
    total = selection.totals
    counts = {
        "links": total.links,
        "collectivities": total.collectivities,
        "countries": total.countries,
        "corridors": total.corridors,
    }
    notes = {"links": words.say("of_total", total=selection.known)}
    return tuple(
        KeyFigure(words.number(n), words.say(f"flows.key.{name}", n=n), notes.get(name, ""))
        for name, n in counts.items()
    )


def _ranked_partners(world: World, selection: Selection, state: ViewState) -> Ranking:
    column = geo_corridors.FAR[state.option("partner_level")]
    return _ranked(world, selection, state, "partner", column, state.partner)


def _ranked_territories(world: World, selection: Selection, state: ViewState) -> Ranking:
    column = geo_corridors.NEAR[state.option("level")]
    return _ranked(world, selection, state, "territory", column, state.territory)


def _ranked(
    world: World, selection: Selection, state: ViewState, parameter: str, column: str,
    chosen: tuple[str, ...],
) -> Ranking:  # fmt: skip
    words = catalogue(state.lang)
    counts = list(geo_corridors.tally(selection.links, column).items())
    most = counts[0][1] if counts else 1
    lines = tuple(
        Line(
            parameter, key, filters.place_label(world, key, state.lang),
            words.number(n), n / most, key in chosen,
        )
        for key, n in counts[:RANKED]
    )  # fmt: skip
    rest = [n for _, n in counts[RANKED:]]
    said = (
        words.say("ranking.rest", n=len(rest), links=words.say("n_links", n=sum(rest)))
        if rest
        else ""
    )
    return Ranking(words.say(f"flows.ranking.{parameter}"), lines, said)


def _timeline(selection: Selection, words: Catalogue) -> Timeline | None:
    years = geo_corridors.started_by_year(selection.links)
    undated = len(selection.links) - selection.totals.dated
    if not years:
        return None
    most = max(years.values())
    bars = tuple(
        (year, count / most, words.say("flows.started", n=count, year=str(year)))
        for year, count in years.items()
    )
    return Timeline(words.say("flows.timeline"), bars, words.say("flows.undated", n=undated))


def _by_measure(world: World, selection: Selection, state: ViewState) -> Breakdown:
    """The links by what corridors are told apart by; by stance where it is by their number."""
    measure = selection.measure if selection.measure in COLUMN else "stance"
    chosen = getattr(state, measure, ())
    return by_category(world, selection.links, measure, chosen, state.lang)


def _table(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Table:
    table = with_ends(world, selection.corridors, state)
    columns: tuple[Column, ...] = (
        Column("origin_name", words.say("column.territory"), parameter="territory"),
        Column("dest_name", words.say("column.partner"), parameter="partner"),
        Column("links", words.say("column.links"), numeric=True),
        Column("collectivities", words.say("column.collectivities"), numeric=True),
        Column("active", words.say("column.active"), numeric=True),
        Column("first_year", words.say("column.first_year"), numeric=True),
    )
    years = [None if year != year else year for year in table["first_year"].tolist()]
    cells = {c.name: table[c.name].tolist() for c in columns} | {"first_year": years}
    if selection.codes:
        labels = labels_of(world, selection.measure, state.lang)
        cells["category"] = [labels[code] for code in _codes(selection)]
        columns = (*columns, Column("category", words.say(f"measure.{selection.measure}")))
    values = tuple(zip(*cells.values(), strict=True))
    return Table(columns, values, tuple(zip(table["origin"], table["dest"], strict=True)))
