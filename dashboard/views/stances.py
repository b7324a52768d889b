"""Stances: how States stand toward the external action of their local governments."""

from __future__ import annotations

import math
from bisect import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from dashboard import filters
from dashboard.captions import credits, home_convention, stance_sources
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries, frames, traces
from dashboard.figures.theme import colour, sequence
from dashboard.state import ViewState
from dashboard.telling import (
    Breakdown,
    Column,
    KeyFigure,
    Legend,
    Line,
    Part,
    Ranking,
    Swatch,
    Table,
    Told,
)
from dashboard.views import flows
from dashboard.views.stances_rule import criteria_sheet, rule_code, rule_in_words, weight_fields
from geo import corridors as geo_corridors
from geo.drawn import country_ids, hatches
from geo.links import largest_first
from geo.places import places_of
from geo.sited import subregions
from geo.stances import CLASSES, GRADES, Weights, rule_of, stances_of, states_of
from geo.world import World

RANKED = 10
COLUMNS = ("name", "stance", "position", "range", "confidence", "stable", "links", "dated")
POSITIONS = (0, 20, 40, 60, 75)  # lower bounds of the classes of the continuum
LINK_FILTERS = (
    "territory", "kind", "notion", "relation", "theme", "status", "referential",
)  # fmt: skip


Row = Mapping[Any, Any]


@dataclass(frozen=True, eq=False)
class Selection:
    """Every coded State and those `kept`, by country, and how many links the filters leave to
    each country."""

    states: Mapping[str, Row]
    kept: Mapping[str, Row]
    links: Mapping[str, int]
    by_links: bool


def select(world: World, state: ViewState) -> Selection:
    """Coded States; kept are those that pass the filters on countries and, where a filter on
    links is set, those that the remaining links reach."""
    weights = filters.rule_weights(world, state)
    states, places = states_of(world, weights), places_of(world)
    subregion, groups = subregions(world), geo_corridors.group_members(world)
    named = {places.value(p, "country_id") for p in state.partner}
    by_links = any(getattr(state, name) for name in LINK_FILTERS) or state.years is not None
    kept_links = geo_corridors.selected_links(
        geo_corridors.links_of(world, weights), flows.wanted_of(state), state.years
    )
    reached = geo_corridors.tally(kept_links, "b_country_id")
    kept = {
        country: row
        for country, row in states.items()
        if (not named or country in named)
        and (not state.subregion or subregion[country] in state.subregion)
        and (not state.group or not set(state.group).isdisjoint(groups[country]))
        and (not state.stance or row["stance"] in state.stance)
        and (not by_links or country in reached)
    }
    return Selection(states, kept, reached, by_links)


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One State a row: criteria, class, position and range, confidence, note, sources."""
    states = stances_of(world, filters.rule_weights(world, state))
    kept = states[states.index.isin([*select(world, state).kept])]
    cells = world.table("criteria")
    values = cells.pivot(index="country_id", columns="criterion", values="value")
    seen = cells[cells["source_title"] != ""].groupby("country_id")["source_title"]
    sources = seen.agg(lambda titles: " | ".join(dict.fromkeys(titles)))
    frame = places_of(world).frame
    table = kept.join(values).join(sources.rename("sources"))
    note = "note_fr" if state.lang == "fr" else "note_en"
    table = table.rename(columns={note: "note"}).assign(rule=rule_code(world, state))
    table.insert(0, "name", frame[f"name_{state.lang}"].reindex(table.index))
    other = "note_en" if state.lang == "fr" else "note_fr"
    return table.drop(columns=other).rename_axis("country_id").reset_index()


def shown(_world: World, selection: Selection, _state: ViewState) -> pd.DataFrame:
    """One class a row: its States, and the links that reach them."""
    kept = {c: [i for i, row in selection.kept.items() if row["stance"] == c] for c in CLASSES}
    return pd.DataFrame(
        {
            "stance": list(CLASSES),
            "states": [len(kept[c]) for c in CLASSES],
            "links": [sum(selection.links.get(i, 0) for i in kept[c]) for c in CLASSES],
        }
    )


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """The world in three colours and a hatch, or along the continuum, or by confidence."""
    weights, kept = filters.rule_weights(world, state), selection.kept
    ids = country_ids(world, state.convention)
    colours, classes = _coloured(world, weights, state.option("measure"))
    area = traces.areas(
        boundaries.address(world, state), ids, [classes.get(i, 0) for i in ids],
        colours, _hovers(world, selection, weights, ids, state.lang),
        selected=frozenset(state.partner),
        faded=[i in selection.states and i not in kept for i in ids],
    )  # fmt: skip
    hatched = [country for country, row in kept.items() if row["stance"] == "unclassified"]
    hatch = traces.hatch(hatches(world, state.convention), hatched)
    data = [area, *boundaries.contested(world, state), hatch]
    return frames.figure(data, state.view, geo=frames.world())


@lru_cache(maxsize=32)
def _coloured(world: World, weights: Weights, measure: str) -> tuple[list[str], Mapping[str, int]]:
    """Colours, the first for no data, and the class of each coded State among them."""
    states = states_of(world, weights)
    if measure == "class":
        colours = [colour("nodata"), *(colour(c) for c in CLASSES)]
        return colours, {i: CLASSES.index(row["stance"]) + 1 for i, row in states.items()}
    if measure == "confidence":
        colours = [colour("nodata"), colour("unclassified"), *sequence()[4:0:-2], sequence()[0]]
        order = ("", *GRADES)
        return colours, {i: order.index(row["confidence"]) + 1 for i, row in states.items()}
    colours = [colour("nodata"), colour("unclassified"), *sequence()]
    placed = {i: row["position"] for i, row in states.items() if _placed(row)}
    return colours, {i: bisect(POSITIONS, placed[i]) + 1 if i in placed else 1 for i in states}


def _placed(row: Row) -> bool:
    """Whether a State has a position on the continuum."""
    return not math.isnan(row["position"])


def _hovers(
    world: World, selection: Selection, weights: Weights, ids: Sequence[str], lang: str
) -> list[str]:
    """What the mouse reads on each country, with the links that reach it where it is coded."""
    words, said = catalogue(lang), _said(world, weights, lang)
    links = {i: n for i, n in selection.links.items() if i in selection.states}
    several = {n: f"<br>{words.say('n_links', n=n)}" for n in {*links.values()}} | {0: ""}
    return [said[i][0] + several[links.get(i, 0)] + said[i][1] for i in ids]


@lru_cache(maxsize=16)
def _said(world: World, weights: Weights, lang: str) -> Mapping[str, tuple[str, str]]:
    """What the mouse reads on each country, before and after the links that reach it."""
    words, states, places = catalogue(lang), states_of(world, weights), places_of(world)
    found = {}
    for country in world.table("countries")["country_id"]:
        head = f"<b>{escape(places.name(country, lang))}</b>"
        if row := states.get(country):
            found[country] = (f"{head}<br>{_position(row, words)}", _source(row, words))
        else:
            found[country] = (f"{head}<br>{words.say('stance.uncoded')}", "")
    return found


def _position(row: Row, words: Catalogue) -> str:
    stance = words.say(f"stance.{row['stance']}")
    if not _placed(row):
        return stance
    position = words.say("stances.position", value=row["position"], low=row["position_min"],
                         high=row["position_max"])  # fmt: skip
    return "<br>".join((stance, position, words.say("stances.confidence", grade=row["confidence"])))


def _source(row: Row, words: Catalogue) -> str:
    date = escape(row["date_situation"])
    dated = f"<br>{words.say('stances.dated', date=date)}" if date else ""
    return f"{dated}<br>{escape(row['source_short'])}"


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """Sentence, figures by class, States ranked, the rule in words, the sheet of a State."""
    words = catalogue(state.lang)
    states, kept = selection.states, selection.kept
    classified = [row for row in kept.values() if row["stance"] != "unclassified"]
    sentence = words.say(
        "stances.sentence", n=len(kept), total=len(states), classified=len(classified)
    )
    chosen = [p for p in state.partner if p in states]
    return Told(
        title=words.say("stances.title"),
        sentence=filters.sentence(sentence, world, state),
        key_figures=_key_figures([*kept.values()], classified, words),
        rankings=(_ranked(world, selection, state),),
        legend=_legend(world, state, words),
        table=_table(world, selection, state, words),
        sources=credits(world, stance_sources(world, kept), ("boundaries",), state.convention),
        breakdown=_by_class(kept, state, words),
        sheet=criteria_sheet(world, chosen[0], state) if len(chosen) == 1 else None,
        weights=weight_fields(world, state),
        notes=(
            rule_in_words(rule_of(world, filters.rule_weights(world, state)), world, words),
            words.say("stances.indicative"),
        ),
        empty=not kept,
    )


def _key_figures(
    kept: Sequence[Row], classified: Sequence[Row], words: Catalogue
) -> tuple[KeyFigure, ...]:
    if len(kept) == 1:
        return _one_state(kept[0], words)
    counts = Counter(row["stance"] for row in kept)
    told = [KeyFigure(words.number(counts[c]), words.say(f"stance.{c}")) for c in CLASSES]
    stable = sum(row["stable"] for row in classified)
    told.append(KeyFigure(words.number(stable), words.say("stances.key.stable"),
                          words.say("of_total", total=len(classified))))  # fmt: skip
    sure = sum(row["confidence"] == "A" for row in classified)
    told.append(KeyFigure(words.number(sure), words.say("stances.key.sure"),
                          words.say("of_total", total=len(classified))))  # fmt: skip
    return tuple(told)


def _one_state(row: Row, words: Catalogue) -> tuple[KeyFigure, ...]:
    """A single State: class, position with its range, confidence, whether its class holds."""
    stance = KeyFigure(words.say(f"stance.{row['stance']}"), words.say("column.stance"))
    if not _placed(row):
        return (stance,)
    return (
        stance,
        KeyFigure(
            words.number(row["position"], 1), words.say("column.position"), _range(row, words)
        ),
        KeyFigure(row["confidence"], words.say("column.confidence")),
        KeyFigure(words.say("yes" if row["stable"] else "no"), words.say("column.stable")),
    )


def _range(row: Row, words: Catalogue) -> str:
    """Between which positions a State stands; "" where too little is known."""
    low, high = row["position_min"], row["position_max"]
    return "" if math.isnan(low) else f"{words.number(low, 1)} – {words.number(high, 1)}"


def _ranked(world: World, selection: Selection, state: ViewState) -> Ranking:
    """States by position; by number of links where a filter on links is set."""
    words, kept, by_links = catalogue(state.lang), selection.kept, selection.by_links
    amounts = {i: selection.links.get(i, 0) for i in kept} if by_links else {
        i: row["position"] for i, row in kept.items() if _placed(row)
    }  # fmt: skip
    ranked = [[*amounts][at] for at in largest_first(np.array([*amounts.values()]))]
    most = max(amounts[ranked[0]], 1) if by_links and ranked else 100
    lines = tuple(
        Line(
            "partner", country, filters.place_label(world, country, state.lang),
            words.number(amounts[country], 0 if by_links else 1), amounts[country] / most,
            country in state.partner, words.say(f"stance.{kept[country]['stance']}"),
            colour(kept[country]["stance"]),
        )
        for country in ranked[:RANKED]
    )  # fmt: skip
    rest = len(ranked) - len(lines)
    said = words.say("ranking.more", n=rest) if rest > 0 else ""
    title = "stances.ranking.links" if selection.by_links else "stances.ranking.position"
    return Ranking(words.say(title), lines, said)


def _by_class(kept: Mapping[str, Row], state: ViewState, words: Catalogue) -> Breakdown:
    counts, whole = Counter(row["stance"] for row in kept.values()), max(len(kept), 1)
    parts = tuple(
        Part("stance", c, words.say(f"stance.{c}"), words.number(counts[c]),
             counts[c] / whole, colour(c), c in state.stance)
        for c in CLASSES if c in counts
    )  # fmt: skip
    return Breakdown(words.say("stances.by_class"), parts)


def _legend(world: World, state: ViewState, words: Catalogue) -> Legend:
    measure = state.option("measure")
    none = Swatch(words.say("stance.uncoded"), colour("nodata"))
    unclassified = Swatch(words.say("stance.unclassified"), colour("unclassified"), "hatch")
    if measure == "class":
        rule = rule_of(world)
        told = tuple(
            Swatch(words.say(f"stances.class.{c}", supportive=rule.supportive,
                             uninformed=rule.uninformed), colour(c))
            for c in CLASSES[:3]
        )  # fmt: skip
    elif measure == "confidence":
        shades = [*sequence()[4:0:-2], sequence()[0]]
        told = tuple(
            Swatch(words.say(f"stances.grade.{g}"), c) for g, c in zip(GRADES, shades, strict=True)
        )
    else:
        highs = [*POSITIONS[1:], 100]
        told = tuple(
            Swatch(f"{low} – {high}", c)
            for low, high, c in zip(POSITIONS, highs, sequence(), strict=True)
        )
    return Legend(
        groups=(
            (words.say(f"legend.stances.{measure}"), (*told, unclassified, none)),
            ("", boundaries.legend(world, state)),
        ),
        notes=(
            home_convention(world, state.lang, state.convention),
            words.say("legend.projection.world"),
        ),
    )


def _table(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Table:
    numeric = ("position", "links")
    columns = tuple(
        Column(c, words.say(f"column.{c}"), c in numeric, "partner" if c == "name" else "")
        for c in COLUMNS
    )
    cells = _cells(world, filters.rule_weights(world, state), state.lang)
    shown = {i: held for i, held in cells.items() if i in selection.kept}
    return Table(
        columns,
        tuple((*held, selection.links.get(i, 0), date) for i, (*held, date) in shown.items()),
        tuple((i,) for i in shown),
    )


@lru_cache(maxsize=16)
def _cells(world: World, weights: Weights, lang: str) -> Mapping[str, tuple[object, ...]]:
    """The cells of each coded State but its links, by country, in the order of their names."""
    words, places, states = catalogue(lang), places_of(world), states_of(world, weights)
    return {
        country: (
            places.name(country, lang), words.say(f"stance.{row['stance']}"),
            row["position"] if _placed(row) else None, _range(row, words), row["confidence"],
            words.say("yes" if row["stable"] else "no"), row["date_situation"],
        )
        for country, row in sorted(states.items(), key=lambda item: places.name(item[0], lang))
    }  # fmt: skip
