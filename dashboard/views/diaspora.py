"""Diasporas: people by territory, under one definition that is always named."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np
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
from dashboard.views.diaspora_map import draw
from dashboard.views.diaspora_stock import Row, Selection, definition_of, origins_of, select
from dashboard.views.territories import ORDER, territories_of
from geo import diaspora as geo_diaspora
from geo.drawn import sheet_of
from geo.finer import FINER
from geo.places import places_of
from geo.schema import LAYER_OF
from geo.world import World

RANKED = 8
__all__ = ["draw", "rows", "select", "shown", "tell"]


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
    empty = not stock.year or stock.rows.empty
    shown_rows = selection.drawn.rows
    if selection.chosen:
        shown_rows = [row for row in shown_rows if row["place_id"] in selection.chosen]
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
    if any(row["bound"] == "lower" for row in selection.drawn.rows):
        notes.append(words.say("diaspora.lower"))
    if selection.origins:
        notes.append(words.say("diaspora.listed"))
    if undrawn := selection.drawn.undrawn:
        level = words.say(f"levels.{selection.level}", n=undrawn)
        notes.append(words.say("diaspora.undrawn", n=undrawn, level=level))
    if two := _two_sources(world, shown_rows):
        notes.append(words.say("diaspora.two_sources", numbers=two[0], shares=two[1]))
    told = {row[c] for row in selection.drawn.rows for c in ("source_id", "number_source_id")}
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
        empty=empty or not shown_rows,
    )


def _series_sources(world: World, selection: Selection) -> set[str]:
    """The sources of the change over time, where it is of another population than the map."""
    if selection.asked == selection.stock.definition or len(selection.series) < 2:
        return set()
    figures = geo_diaspora.figures_of(world)
    rows = figures.rows(
        definition=(selection.asked,), measure=("number",), origin_id=(geo_diaspora.ALL,)
    )
    return set(
        figures.texts("source_id", rows[np.isin(figures.year[rows], selection.series["year"])])
    )


def _two_sources(world: World, rows: Sequence[Row]) -> tuple[str, str] | None:
    """The producers of numbers and of shares, where they are not the same."""
    both = [row for row in rows
            if row["number"] > 0 and row["number_source_id"] != row["source_id"]]  # fmt: skip
    if not both:
        return None
    first = min(both, key=lambda row: str(row["place_id"]))
    number, share = (world.sources[first[c]] for c in ("number_source_id", "source_id"))
    return number.producer, share.producer


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
    world: World, selection: Selection, rows: Sequence[Row], words: Catalogue
) -> tuple[KeyFigure, ...]:
    counted = [row for row in rows if row["number"] > 0]
    known = [row["share"] for row in rows if row["share"] == row["share"]]
    told = []
    if counted:
        number = words.number(sum(row["number"] for row in counted))
        at_least = any(row["bound"] == "lower" for row in counted)
        level = words.say(f"levels.{selection.level}", n=len(counted))
        told.append(KeyFigure(
            words.say("at_least", value=number) if at_least else number,
            words.say("diaspora.key.people"),
            words.say("diaspora.key.where", year=str(selection.stock.year), n=len(counted),
                      level=level)))  # fmt: skip
    if share := _whole_share(world, selection, counted, known):
        told.append(KeyFigure(words.percent(share), words.say("diaspora.key.share")))
    if len(known) > 1:
        low, high = words.percent(min(known)), words.percent(max(known))
        told.append(KeyFigure(words.percent(median(known)), words.say("diaspora.key.median")))
        told.append(KeyFigure(f"{low} – {high}", words.say("diaspora.key.range")))
    return tuple(told)


def _whole_share(
    world: World, selection: Selection, counted: Sequence[Row], known: list[float]
) -> float:
    """The share of one territory as published; of several, their people in their population."""
    if len(known) == 1:
        return known[0]
    figures, stock = geo_diaspora.figures_of(world), selection.stock
    inside = [row["place_id"] for row in counted]
    people = geo_diaspora.population(figures, stock.definition, inside, stock.year)
    return float(sum(row["number"] for row in counted)) / people * 100 if people else 0.0


def _ranked_territories(world: World, selection: Selection, state: ViewState) -> Ranking:
    words = catalogue(state.lang)
    rows = [row for row in selection.drawn.rows if row["share"] == row["share"]]
    lines = tuple(
        Line(
            "territory", row["place_id"], filters.place_label(world, row["place_id"], state.lang),
            words.percent(row["share"]), row["share"] / rows[0]["share"],
            row["place_id"] in state.territory,
        )
        for row in rows[:RANKED]
    )  # fmt: skip
    rest = len(rows) - len(lines)
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
        for row in table.first(RANKED).records()
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
    rows = geo_diaspora.ranks(geo_diaspora.figures_of(world), selection.chosen)
    lines = tuple(
        Line("partner", row["origin_id"], filters.place_label(world, row["origin_id"], state.lang),
             words.say("diaspora.rank", rank=row["rank"]), 1 / row["rank"],
             row["origin_id"] in state.partner)
        for row in rows.records()
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
        for row in table.records()
    )  # fmt: skip
    label = definition_of(world, selection.asked)[f"label_{words.lang}"]
    return Timeline(
        words.say("diaspora.timeline", label=label), bars, words.say("diaspora.timeline.note")
    )


def _legend(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Legend:
    classes = selection.drawn.classes
    spread = classes.highest - classes.bounds[0]
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
    columns = (
        Column("name", words.say("column.territory"), parameter="territory"),
        Column("number", words.say("column.number"), numeric=True),
        Column("share", words.say("column.share"), numeric=True),
        Column("year", words.say("column.year"), numeric=True),
        Column("bound", words.say("column.bound")),
    )
    rows, places = selection.drawn.rows, places_of(world)
    shares = np.round([row["share"] for row in rows], 2).tolist()
    bounds = {b: words.say(f"bound.{b}") for b in {row["bound"] for row in rows}}
    values = tuple(
        (
            places.name(row["place_id"], state.lang),
            row["number"] if row["number"] > 0 else None,
            share if share == share else None,
            selection.stock.year, bounds[row["bound"]],
        )
        for row, share in zip(rows, shares, strict=True)
    )  # fmt: skip
    return Table(columns, values, tuple((row["place_id"],) for row in rows))
