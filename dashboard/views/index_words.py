"""What the view of the index says: method, ingredients side by side, weights, sensitivity."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard import filters
from dashboard.captions import credits, home_convention
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures.theme import colour, sequence
from dashboard.state import ViewState
from dashboard.telling import (
    Beside,
    Column,
    KeyFigure,
    Legend,
    Line,
    Ranking,
    Swatch,
    Table,
    Told,
)
from dashboard.views.index_map import index_classes
from dashboard.views.vectors_named import kind_label, lowered, series_words
from geo.transnational import COVERAGE, DIVERSITY, DRAWS, LEAST, PER, Ingredient
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.index import Selection

RANKED = 8
DARK = 3  # from this class on, cells have light text


@dataclass(frozen=True)
class Head:
    """The head of one ingredient: its name, its unit and coverage in short, all of it in words
    (`said`), its weight."""

    key: str
    label: str
    unit: str
    coverage: str
    said: str
    weight: str


@dataclass(frozen=True)
class Cell:
    """A value with the shade of its score; `title` says the score."""

    text: str
    shade: str
    dark: bool
    title: str


@dataclass(frozen=True)
class Row:
    """One territory: `low` and `high` are the ends of its range of ranks, in % of the ranking."""

    place_id: str
    label: str
    selected: bool
    cells: tuple[Cell, ...]
    index: str = ""
    rank: str = ""
    range: str = ""
    low: float = 0.0
    high: float = 0.0
    reason: str = ""


@dataclass(frozen=True)
class Shown:
    """All that stands beside the map."""

    facts: tuple[KeyFigure, ...]
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    left_out: tuple[Row, ...]
    method: tuple[str, ...]
    aside: tuple[tuple[str, tuple[str, ...]], ...]


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """Sentence with the changed weights, the ingredients side by side, the method."""
    words = catalogue(state.lang)
    ranked, left = selection.index.ranked, selection.index.left_out
    sentence = words.say(
        "index.sentence", n=len(ranked), total=len(ranked) + len(left),
        k=sum(weight > 0 for weight in selection.index.weights.values()),
        level=words.say(f"levels.{selection.level}", n=len(ranked)),
        weights=said_weights(world, selection, words),
    )  # fmt: skip
    acting = ViewState(state.view, state.lang, territory=state.territory, vector=state.vector)
    shown = _shown(world, selection, state, words)
    used = {source for item in selection.used for source in item.sources}
    return Told(
        title=words.say("index.title"),
        sentence=filters.sentence(sentence, world, acting),
        key_figures=shown.facts,
        rankings=(_ranking(world, selection, state, words),),
        legend=_legend(world, selection, state, words),
        table=_table(world, selection, state, words),
        sources=credits(world, used, ("boundaries",), state.convention),
        beside=Beside("index", shown, "wide"),
        notes=shown.method,
        empty=ranked.empty,
    )


def ingredient_name(world: World, item: Ingredient, words: Catalogue) -> str:
    """The words of an ingredient: its kind, or the diversity of origins."""
    if item.key == DIVERSITY:
        return words.say("index.diversity")
    return kind_label(world, item.kind, words.lang)


def said_weights(world: World, selection: Selection, words: Catalogue) -> str:
    """The weights in words: equal, or which were changed to what."""
    if not selection.changed:
        return words.say("index.equal")
    labels = {item.key: ingredient_name(world, item, words) for item in selection.used}
    said = [
        words.say("index.weight", name=lowered(labels[name]), value=words.number(value, 2))
        for name, value in selection.changed
    ]
    return words.say("index.changed", weights=words.joined(said))


def _unit(world: World, item: Ingredient, words: Catalogue) -> str:
    year = str(item.series.year) if item.series.year else words.say("vectors.undated")
    what = series_words(world, item.series, words.lang) if item.per != "groups" else ""
    return words.say(f"index.unit.{item.per}", what=what, year=year, per=words.number(PER))


def _year(item: Ingredient) -> str:
    return f", {item.series.year}" if item.series.year else ""


def _said(world: World, item: Ingredient, words: Catalogue) -> str:
    """All of an ingredient in words: what it counts, in what unit, when, and who has it."""
    return words.say(
        "index.ingredient", name=ingredient_name(world, item, words),
        unit=_unit(world, item, words),
        visibility=words.say(f"vectors.visibility.{item.visibility or 'visible'}"),
        coverage=words.say("index.coverage", n=item.territories, total=item.of),
    )  # fmt: skip


def _shown(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Shown:
    heads = tuple(
        Head(
            item.key, ingredient_name(world, item, words),
            words.say(f"index.short.{item.per}", year=_year(item)),
            f"{item.territories}/{item.of}", _said(world, item, words),
            f"{selection.index.weights[item.key]:g}",
        )
        for item in selection.used
    )  # fmt: skip
    cells = _cells(selection, words)
    rows = [_row(world, selection, row, cells[str(row["place_id"])], state.lang)
            for row in selection.index.table.to_dict("records")]  # fmt: skip
    rows.sort(key=lambda row: not row.selected)
    return Shown(
        facts=_facts(selection, words),
        heads=heads,
        rows=tuple(row for row in rows if not row.reason),
        left_out=tuple(row for row in rows if row.reason),
        method=_method(world, selection, words),
        aside=_aside(world, selection, words),
    )


def _row(
    world: World, selection: Selection, row: Mapping[Hashable, Any], cells: tuple[Cell, ...],
    lang: str,
) -> Row:  # fmt: skip
    words, place = catalogue(lang), str(row["place_id"])
    bare = Row(place, filters.place_label(world, place, lang), place in selection.chosen, cells)
    if row["reason"]:
        return replace(bare, reason=words.say(f"index.reason.{row['reason']}"))
    n, (low, high) = len(selection.index.ranked), selection.spread[place]
    return replace(
        bare, index=words.number(row["index"], 1), rank=str(int(row["rank"])),
        range=f"{round(low)}–{round(high)}", low=(low - 1) / n * 100, high=high / n * 100,
    )  # fmt: skip


def _cells(selection: Selection, words: Catalogue) -> dict[str, tuple[Cell, ...]]:
    """The values of each territory, shaded by their score."""
    values, scores = selection.index.ingredients.values, selection.index.scores
    pairs = zip(values.to_numpy(float).tolist(), scores.to_numpy(float).tolist(), strict=True)
    return {
        str(place): tuple(
            _cell(item, value, score, words)
            for item, value, score in zip(selection.used, *row, strict=True)
        )
        for place, row in zip(values.index, pairs, strict=True)
    }


def _cell(item: Ingredient, value: float, score: float, words: Catalogue) -> Cell:
    if value != value:
        return Cell("–", colour("nodata"), False, words.say("no_data"))
    at = min(int(score // 20), 4)
    text = words.percent(value) if item.per == "share" else words.number(value, 2)
    said = words.say("index.score", value=words.number(score, 0))
    return Cell(text, sequence()[at], at >= DARK, said)


def _facts(selection: Selection, words: Catalogue) -> tuple[KeyFigure, ...]:
    """How many are ranked and left out, how far the ends stand apart, how much ranks move."""
    apart, ranked = selection.apart, selection.index.ranked
    facts = [KeyFigure(words.number(len(ranked)), words.say("index.fact.ranked", n=len(ranked)),
                       words.say("index.fact.left", n=len(selection.index.left_out)))]  # fmt: skip
    if apart.size:
        ends = f"{words.number(apart.top, 0)} / {words.number(apart.bottom, 0)}"
        facts.append(KeyFigure(ends, words.say("index.fact.ends"),
                               words.say("index.fact.fifth", n=apart.size)))  # fmt: skip
        width = (selection.ranges["high"] - selection.ranges["low"]).median()
        facts.append(KeyFigure(words.number(float(width), 0), words.say("index.fact.moves"),
                               words.say("index.fact.draws", n=DRAWS)))  # fmt: skip
    return tuple(facts)


def _ratios(world: World, selection: Selection, words: Catalogue) -> str:
    """How many times what the bottom fifth has the top fifth has, ingredient by ingredient."""
    ratios = selection.apart.ingredients["ratio"].tolist()
    said = [
        words.say("index.ratio", name=lowered(ingredient_name(world, item, words)),
                  value=words.number(ratio, 1))
        for item, ratio in zip(selection.used, ratios, strict=True) if ratio == ratio
    ]  # fmt: skip
    return ", ".join(said)


def _method(world: World, selection: Selection, words: Catalogue) -> tuple[str, ...]:
    """The method as printed, with its numbers, and what to keep in mind."""
    names = words.joined([lowered(ingredient_name(world, i, words)) for i in selection.used])
    level, ratios = words.say(f"levels.{selection.level}", n=2), _ratios(world, selection, words)
    return (
        words.say("index.method.ingredients", names=names, level=level,
                  coverage=words.percent(COVERAGE * 100), per=words.number(PER)),
        *(_said(world, item, words) for item in selection.used),
        words.say("index.method.scores"),
        words.say("index.method.mean", least=LEAST),
        words.say("index.method.sensitivity", draws=DRAWS),
        *([words.say("index.method.ends", ratios=ratios)] if ratios else []),
        words.say("index.method.caution"),
    )  # fmt: skip


def _aside(
    world: World, selection: Selection, words: Catalogue
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Vectors that are no ingredient, visible and interstitial apart, each with the reason."""
    aside = selection.index.ingredients.aside
    found = []
    for visibility in ("visible", "interstitial"):
        here = aside[aside["visibility"] == visibility]
        said = tuple(
            words.say("index.aside", kind=kind_label(world, str(row["kind"]), words.lang),
                      reason=words.say(f"index.aside.{row['reason']}", n=int(row["territories"])))
            for row in here.to_dict("records")
        )  # fmt: skip
        used = sum(item.visibility == visibility for item in selection.used)
        found.append((words.say(f"index.aside_of.{visibility}", n=used, k=len(here)), said))
    return tuple(found)


def _ranking(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Ranking:
    ranked = selection.index.ranked
    lines = tuple(
        Line("territory", row["place_id"],
             filters.place_label(world, row["place_id"], state.lang),
             words.number(row["index"], 1), row["index"] / 100, row["place_id"] in state.territory)
        for row in ranked.head(RANKED).to_dict("records")
    )  # fmt: skip
    rest = len(ranked) - len(lines)
    said = words.say("ranking.more", n=rest) if rest else ""
    return Ranking(words.say("index.ranking"), lines, said)


def _legend(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Legend:
    classes = index_classes(selection)
    swatches = tuple(Swatch(t, c) for t, c in zip(classes.labels(words, 1), sequence(),
                                                  strict=False))  # fmt: skip
    if selection.index.ranked.empty:
        swatches = ()
    none = Swatch(words.say("no_data"), colour("nodata"))
    return Legend(
        groups=((words.say("index.legend"), (*swatches, none)),),
        notes=(words.say("legend.frames"), home_convention(world, state.lang, state.convention)),
    )


def _table(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Table:
    columns = (
        Column("name", words.say("column.territory"), parameter="territory"),
        Column("index", words.say("index.column.index"), numeric=True),
        Column("rank", words.say("index.column.rank"), numeric=True),
        Column("low", words.say("index.column.low"), numeric=True),
        Column("high", words.say("index.column.high"), numeric=True),
        *(Column(i.key, ingredient_name(world, i, words), numeric=True) for i in selection.used),
        Column("reason", words.say("index.column.reason")),
    )
    values = selection.index.ingredients.values.round(2)
    table = selection.index.table.join(selection.ranges[["low", "high"]].round(1), on="place_id")
    table = table.join(values, on="place_id")
    table = table.assign(
        name=[filters.place_label(world, i, state.lang) for i in table["place_id"]],
        index=table["index"].round(1),
        reason=[words.say(f"index.reason.{r}") if r else "" for r in table["reason"]],
    )
    if selection.chosen:
        table = table[table["place_id"].isin(selection.chosen)]
    plain = table[[c.name for c in columns]].astype(object)
    plain = plain.where(pd.notna(plain), None)
    rows = tuple(plain.itertuples(index=False, name=None))
    return Table(columns, rows, tuple((i,) for i in table["place_id"]))
