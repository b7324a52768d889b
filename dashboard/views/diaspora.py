"""Diasporas: people by territory, under one definition that is always named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from dashboard import filters
from dashboard.captions import brought, credits, home_convention
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures.scales import digits_for
from dashboard.figures.theme import colour, sequence
from dashboard.state import ViewState
from dashboard.telling import (
    Column,
    KeyFigure,
    Legend,
    Line,
    Ranking,
    Swatch,
    Table,
    Timeline,
    Told,
)
from dashboard.views.diaspora_map import draw, share_classes
from dashboard.views.territories import ORDER, territories_of
from geo import diaspora as geo_diaspora
from geo.corridors import UNCODED, group_members
from geo.drawn import sheet_of
from geo.finer import FINER
from geo.places import FRANCE, places_of
from geo.schema import LAYER_OF
from geo.stances import stances_of
from geo.world import World

RANKED = 8
__all__ = ["draw", "rows", "select", "shown", "tell"]
COUNTRY_FIGURES = {"immigrants": "area:FRA-METRO", "foreigners": FRANCE, "born_abroad": ""}


@dataclass(frozen=True, eq=False)
class Selection:
    """A stock by territory, the origins it counts, its change over time, its ranked origins;
    `undrawn` territories have a figure and no shape, and are not in the stock."""

    stock: geo_diaspora.Stock
    origins: tuple[str, ...]
    asked: str
    chosen: frozenset[str]
    ranked: pd.DataFrame
    series: pd.DataFrame
    territories: int
    level: str
    undrawn: int = 0


def origins_of(world: World, state: ViewState) -> tuple[str, ...]:
    """Countries of origin that the filters leave; empty means all people, not «none»."""
    places = places_of(world)
    named = state.origin or tuple(
        dict.fromkeys(places.value(p, "country_id") for p in state.partner)
    )
    narrowing = state.subregion or state.group or state.stance
    if not narrowing:
        return named
    countries = world.table("countries").set_index("country_id")
    groups = group_members(world)
    stance = stances_of(world, filters.rule_weights(world, state))["stance"]
    kept = [
        country
        for country in (named or tuple(countries.index))
        if (not state.subregion or countries.at[country, "m49_subregion"] in state.subregion)
        and (not state.group or not set(state.group).isdisjoint(groups[country]))
        and (not state.stance or stance.get(country, UNCODED) in state.stance)
        and country != FRANCE
    ]
    return tuple(kept) or ("country:none",)


def select(world: World, state: ViewState) -> Selection:
    """The stock that the filters ask for, under a definition that has it by origin."""
    figures = geo_diaspora.figures_of(world)
    origins, level = origins_of(world, state), state.option("level")
    asked = state.option("measure")
    definition = "born_abroad" if origins else asked
    told = stock_of(world, definition, origins, level, state.years)
    drawn = set(sheet_of(world, LAYER_OF[level]).place_ids)
    table = told.table[told.table["place_id"].isin(drawn)].reset_index(drop=True)
    stock = replace(told, table=table)
    chosen = territories_of(world, state.territory, level)
    near = sorted(chosen) or list(stock.table["place_id"])
    return Selection(
        stock=stock, origins=origins, asked=asked, chosen=frozenset(chosen),
        ranked=_origins(world, definition, sorted(chosen)),
        series=geo_diaspora.series(figures, asked, near),
        territories=len(drawn), level=level, undrawn=len(told.table) - len(table),
    )  # fmt: skip


@lru_cache(maxsize=64)
def stock_of(
    world: World, definition: str, origins: tuple[str, ...], level: str,
    years: tuple[int, int] | None,
) -> geo_diaspora.Stock:  # fmt: skip
    """The stock does not depend on the territories chosen: kept from one choice to the next."""
    return geo_diaspora.stock(geo_diaspora.figures_of(world), definition, origins, level, years)


def _origins(world: World, definition: str, chosen: list[str]) -> pd.DataFrame:
    """Countries of origin in the chosen territories, else in the whole country."""
    figures = world.table("figures")
    if chosen:
        return geo_diaspora.origins_ranked(figures, "born_abroad", chosen)
    if definition == "born_abroad":
        regions = list(world.table("regions")["region_id"])
        return geo_diaspora.origins_ranked(figures, definition, regions)
    return geo_diaspora.origins_ranked(figures, definition, [COUNTRY_FIGURES[definition]])


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One figure a row, of the definition asked (all of them when none is), with its source."""
    figures = world.table("figures")
    if state.measure:
        figures = figures[figures["definition"] == state.measure]
    if origins := origins_of(world, state):
        figures = figures[figures["origin_id"].isin(origins)]
    if state.territory:
        wanted = {i for level in ORDER
                  for i in territories_of(world, state.territory, level, below=True)}  # fmt: skip
        figures = figures[figures["place_id"].isin(wanted)]
    if state.years:
        figures = figures[figures["year"].between(*state.years)]
    if state.level:
        figures = figures[figures["place_id"].str.startswith(f"{state.level}:")]
    name = places_of(world).frame[f"name_{state.lang}"]
    named = figures.assign(
        place=figures["place_id"].map(name), origin=figures["origin_id"].map(name),
        source=[world.sources[key].citation for key in figures["source_id"]],
    )  # fmt: skip
    first = ["place_id", "place", "origin_id", "origin", "definition", "measure", "year", "value"]
    return named[[*first, "unit", "bound", "estimate", "source"]].reset_index(drop=True)


def shown(world: World, selection: Selection, state: ViewState) -> pd.DataFrame:
    """One territory a row, as the map shows it."""
    name = places_of(world).frame[f"name_{state.lang}"]
    table = selection.stock.table
    return table.assign(
        name=table["place_id"].map(name), year=selection.stock.year,
        definition=selection.stock.definition,
    )  # fmt: skip


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """Sentence with the definition, key figures, rankings, change over time, legend, table."""
    words = catalogue(state.lang)
    stock = selection.stock
    definition = definition_of(world, stock.definition)
    empty = not stock.year or stock.table.empty
    shown_rows = stock.table
    if selection.chosen:
        shown_rows = shown_rows[shown_rows["place_id"].isin(selection.chosen)]
    sentence = words.say(
        "diaspora.none" if empty else "diaspora.sentence",
        population=definition[f"label_{state.lang}"],
        origins=_origin_words(world, selection, state, words), year=str(stock.year),
        n=len(shown_rows), total=selection.territories,
        level=words.say(f"levels.{state.option('level')}", n=len(shown_rows)),
    )  # fmt: skip
    notes = [definition[f"statement_{state.lang}"]]
    if selection.asked != stock.definition:
        notes.insert(0, words.say("diaspora.switched"))
    if len(stock.table) and (stock.table["bound"] == "lower").any():
        notes.append(words.say("diaspora.lower"))
    if selection.origins:
        notes.append(words.say("diaspora.listed"))
    if selection.undrawn:
        level = words.say(f"levels.{selection.level}", n=selection.undrawn)
        notes.append(words.say("diaspora.undrawn", n=selection.undrawn, level=level))
    if two := _two_sources(world, shown_rows):
        notes.append(words.say("diaspora.two_sources", numbers=two[0], shares=two[1]))
    told = {*stock.table["source_id"], *stock.table["number_source_id"]}
    used = {*told, *selection.ranked["source_id"], *_series_sources(world, selection)} - {""}
    used |= brought(world, (LAYER_OF[selection.level],))
    return Told(
        title=words.say("diaspora.title"),
        sentence=filters.sentence(sentence, world, state, named=("partner", "origin")),
        key_figures=_key_figures(world, selection, shown_rows, words),
        rankings=(
            _ranked_territories(world, selection, state),
            _ranked_origins(world, selection, state),
            *_first_countries(world, selection, state),
        ),
        legend=_legend(world, selection, state, words),
        table=_table(world, selection, state, words),
        sources=credits(world, used, ("boundaries",), state.convention),
        timeline=_timeline(world, selection, words),
        notes=tuple(notes),
        empty=empty or shown_rows.empty,
    )


def _series_sources(world: World, selection: Selection) -> set[str]:
    """The sources of the change over time, where it is of another population than the map."""
    if selection.asked == selection.stock.definition or len(selection.series) < 2:
        return set()
    figures = geo_diaspora.figures_of(world)
    rows = figures[(figures["definition"] == selection.asked) & (figures["measure"] == "number")
                   & (figures["origin_id"] == geo_diaspora.ALL)
                   & figures["year"].isin(selection.series["year"])]  # fmt: skip
    return set(rows["source_id"])


def _two_sources(world: World, table: pd.DataFrame) -> tuple[str, str] | None:
    """The producers of numbers and of shares, where they are not the same."""
    both = table[(table["number"] > 0) & (table["number_source_id"] != table["source_id"])]
    if both.empty:
        return None
    first = both.iloc[0]
    return tuple(world.sources[first[c]].producer for c in ("number_source_id", "source_id"))  # type: ignore[return-value]


def definition_of(world: World, definition: str) -> pd.Series:
    rows = world.table("definitions").set_index("definition")
    return pd.Series(rows.loc[definition])


def _origin_words(world: World, selection: Selection, state: ViewState, words: Catalogue) -> str:
    if not selection.origins:
        return words.say("diaspora.all_origins")
    known = [i for i in selection.origins if i in places_of(world)]
    if not known:
        return words.say("diaspora.no_origin")
    if len(known) > 4:
        return words.say("diaspora.many_origins", n=len(known))
    return words.say("diaspora.from", names=words.joined(places_of(world).names(known, state.lang)))


def _key_figures(
    world: World, selection: Selection, table: pd.DataFrame, words: Catalogue
) -> tuple[KeyFigure, ...]:
    counted, known = table[table["number"] > 0], table["share"].dropna()
    told = []
    if len(counted):
        number = words.number(counted["number"].sum())
        at_least = (counted["bound"] == "lower").any()
        level = words.say(f"levels.{selection.level}", n=len(counted))
        told.append(KeyFigure(
            words.say("at_least", value=number) if at_least else number,
            words.say("diaspora.key.people"),
            words.say("diaspora.key.where", year=str(selection.stock.year), n=len(counted),
                      level=level)))  # fmt: skip
    if share := _whole_share(world, selection, counted, known):
        told.append(KeyFigure(words.percent(share), words.say("diaspora.key.share")))
    if len(known) > 1:
        low, high = words.percent(float(known.min())), words.percent(float(known.max()))
        told.append(
            KeyFigure(words.percent(float(known.median())), words.say("diaspora.key.median"))
        )
        told.append(KeyFigure(f"{low} – {high}", words.say("diaspora.key.range")))
    return tuple(told)


def _whole_share(
    world: World, selection: Selection, counted: pd.DataFrame, known: pd.Series
) -> float:
    """The share of one territory as published; of several, their people in their population."""
    if len(known) == 1:
        return float(known.iloc[0])
    stock = selection.stock
    people = geo_diaspora.population(
        geo_diaspora.figures_of(world), stock.definition, counted["place_id"], stock.year
    )
    return float(counted["number"].sum()) / people * 100 if people else 0.0


def _ranked_territories(world: World, selection: Selection, state: ViewState) -> Ranking:
    words = catalogue(state.lang)
    table = selection.stock.table.dropna(subset=["share"]).sort_values("share", ascending=False)
    most = float(table["share"].max()) if len(table) else 1.0
    lines = tuple(
        Line(
            "territory", row["place_id"], filters.place_label(world, row["place_id"], state.lang),
            words.percent(row["share"]), row["share"] / most, row["place_id"] in state.territory,
        )
        for row in table.head(RANKED).to_dict("records")
    )  # fmt: skip
    rest = len(table) - len(lines)
    said = words.say("ranking.more", n=rest) if rest > 0 else ""
    return Ranking(words.say("diaspora.ranking.territory"), lines, said)


def _ranked_origins(world: World, selection: Selection, state: ViewState) -> Ranking:
    words = catalogue(state.lang)
    table = selection.ranked
    most = float(table["number"].max()) if len(table) else 1.0
    lines = tuple(
        Line(
            "partner", row["origin_id"], filters.place_label(world, row["origin_id"], state.lang),
            words.say("at_least", value=words.number(row["number"])) if row["bound"] == "lower"
            else words.number(row["number"]),
            row["number"] / most, row["origin_id"] in state.partner,
        )
        for row in table.head(RANKED).to_dict("records")
    )  # fmt: skip
    definition = "born_abroad" if selection.chosen else selection.stock.definition
    label = definition_of(world, definition)[f"label_{state.lang}"]
    year = str(int(table["year"].max())) if len(table) else ""
    rest = len(table) - len(lines)
    said = words.say("ranking.more", n=rest) if rest > 0 else ""
    return Ranking(words.say("diaspora.ranking.origin", label=label, year=year), lines, said)


def _first_countries(world: World, selection: Selection, state: ViewState) -> list[Ranking]:
    """The first countries of birth of immigrants in one territory: published as an order only."""
    words = catalogue(state.lang)
    if len(selection.chosen) != 1 or selection.asked != "immigrants":
        return []
    rows = geo_diaspora.ranks(world.table("figures"), selection.chosen)
    lines = tuple(
        Line("partner", row["origin_id"], filters.place_label(world, row["origin_id"], state.lang),
             words.say("diaspora.rank", rank=row["rank"]), 1 / row["rank"],
             row["origin_id"] in state.partner)
        for row in rows.to_dict("records")
    )  # fmt: skip
    year = str(int(rows["year"].max())) if len(rows) else ""
    return [Ranking(words.say("diaspora.ranking.first", year=year), lines)]


def _timeline(world: World, selection: Selection, words: Catalogue) -> Timeline | None:
    table = selection.series
    if len(table) < 2:
        return None
    most = float(table["share"].max())
    bars = tuple(
        (int(row["year"]), row["share"] / most,
         words.say("diaspora.bar", year=str(int(row["year"])), share=words.percent(row["share"]),
                   n=int(row["number"])))
        for row in table.to_dict("records")
    )  # fmt: skip
    label = definition_of(world, selection.asked)[f"label_{words.lang}"]
    return Timeline(
        words.say("diaspora.timeline", label=label), bars, words.say("diaspora.timeline.note")
    )


def _legend(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Legend:
    classes = share_classes(selection)
    spread = float(selection.stock.table["share"].max() or 0) - classes.bounds[0]
    texts = classes.labels(words, digits_for(spread))
    swatches = tuple(Swatch(t, c) for t, c in zip(texts, sequence(), strict=False))
    none = Swatch(words.say("no_data"), colour("nodata"))
    label = definition_of(world, selection.stock.definition)[f"label_{state.lang}"]
    named = {key for key, *_ in sheet_of(world, LAYER_OF[selection.level]).names}
    return Legend(
        groups=((words.say("legend.share", label=label), (*swatches, none)),),
        notes=(_projected(named, words), _drawn_by(world, selection, state, words)),
    )


def _drawn_by(world: World, selection: Selection, state: ViewState, words: Catalogue) -> str:
    """The convention that boundaries follow; of a finer level, who its shapes come from."""
    if selection.level not in FINER:
        return home_convention(world, state.lang, state.convention)
    sources = sorted(brought(world, (LAYER_OF[selection.level],)))
    return words.say(
        "legend.brought", names=words.joined([world.sources[k].title for k in sources])
    )


def _projected(framed: set[str], words: Catalogue) -> str:
    """The projection, and which parts of France stand in frames of their own."""
    if "paris" in framed:
        return words.say("legend.frames")
    return words.say("legend.overseas") if framed else words.say("legend.lambert")


def _table(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Table:
    table = shown(world, selection, state).sort_values("share", ascending=False)
    columns = (
        Column("name", words.say("column.territory"), parameter="territory"),
        Column("number", words.say("column.number"), numeric=True),
        Column("share", words.say("column.share"), numeric=True),
        Column("year", words.say("column.year"), numeric=True),
        Column("bound", words.say("column.bound")),
    )
    table["share"] = table["share"].round(2)
    table["number"] = table["number"].where(table["number"] > 0)
    table["bound"] = [words.say(f"bound.{b}") for b in table["bound"]]
    table = table.astype(object).where(table.notna(), None)
    values = tuple(table[[c.name for c in columns]].itertuples(index=False, name=None))
    return Table(columns, values, tuple((i,) for i in table["place_id"]))
