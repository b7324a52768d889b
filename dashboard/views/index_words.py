"""What the view of the index says: method, ingredients side by side, weights, sensitivity."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
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
from geo.transnational import (
    COVERAGE,
    DIVERSITY,
    DRAWS,
    LEAST,
    PER,
    Ingredient,
    Ingredients,
    scores_of,
)
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.index import Ranked, Selection

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
    cells: tuple[Cell, ...]
    selected: bool = False
    index: str = ""
    rank: str = ""
    range: str = ""
    low: float = 0.0
    high: float = 0.0
    reason: str = ""

    def once(self, macro: Callable[[Row], str]) -> str:
        """What a template makes of the row where no address stands in it: made once."""
        held: dict[str, str] = vars(self)
        if "html" not in held:
            held["html"] = macro(self)
        return held["html"]


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
    ranked, index = selection.ranked, selection.ranked.index
    n = len(index.ranked)
    sentence = words.say(
        "index.sentence", n=n, total=len(index.table),
        k=sum(weight > 0 for weight in index.weights.values()),
        level=words.say(f"levels.{index.level}", n=n),
        weights=said_weights(world, ranked, words),
    )  # fmt: skip
    acting = ViewState(state.view, state.lang, territory=state.territory, vector=state.vector)
    shown = _shown(world, selection, words)
    used = {source for item in ranked.used for source in item.sources}
    return Told(
        title=words.say("index.title"),
        sentence=filters.sentence(sentence, world, acting),
        key_figures=shown.facts,
        rankings=(_ranking(world, selection, state, words),),
        legend=_legend(world, ranked, state, words),
        table=_table(world, selection, words),
        sources=credits(world, used, ("boundaries",), state.convention),
        beside=Beside("index", shown, "wide"),
        notes=shown.method,
        empty=not n,
    )


def ingredient_name(world: World, item: Ingredient, words: Catalogue) -> str:
    """The words of an ingredient: its kind, or the diversity of origins."""
    if item.key == DIVERSITY:
        return words.say("index.diversity")
    return kind_label(world, item.kind, words.lang)


def said_weights(world: World, ranked: Ranked, words: Catalogue) -> str:
    """The weights in words: equal, or which were changed to what."""
    if not ranked.changed:
        return words.say("index.equal")
    labels = {item.key: ingredient_name(world, item, words) for item in ranked.used}
    said = [
        words.say("index.weight", name=lowered(labels[name]), value=words.number(value, 2))
        for name, value in ranked.changed
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


def _shown(world: World, selection: Selection, words: Catalogue) -> Shown:
    """All that stands beside the map, the territories chosen first."""
    shown, chosen = _unchosen(world, selection.ranked, words), selection.chosen
    if not chosen:
        return shown
    rows, left = _first(shown.rows, chosen), _first(shown.left_out, chosen)
    return replace(shown, rows=rows, left_out=left)


def _first(rows: Sequence[Row], chosen: Collection[str]) -> tuple[Row, ...]:
    """The same rows, those chosen first and marked."""
    apart = [replace(row, selected=True) for row in rows if row.place_id in chosen]
    return (*apart, *(row for row in rows if row.place_id not in chosen))


@lru_cache(maxsize=16)
def _unchosen(world: World, ranked: Ranked, words: Catalogue) -> Shown:
    """What stands beside the map where nothing is chosen."""
    heads = tuple(
        Head(
            item.key, ingredient_name(world, item, words),
            words.say(f"index.short.{item.per}", year=_year(item)),
            f"{item.territories}/{item.of}", _said(world, item, words),
            f"{ranked.index.weights[item.key]:g}",
        )
        for item in ranked.used
    )  # fmt: skip
    cells = _cells(ranked.index.ingredients, words)
    rows = [_row(world, ranked, row, cells[str(row["place_id"])], words)
            for row in ranked.index.table.to_dict("records")]  # fmt: skip
    return Shown(
        facts=_facts(ranked, words),
        heads=heads,
        rows=tuple(row for row in rows if not row.reason),
        left_out=tuple(row for row in rows if row.reason),
        method=_method(world, ranked, words),
        aside=_aside(world, ranked.index.ingredients, words),
    )


def _row(
    world: World, ranked: Ranked, row: Mapping[Hashable, Any], cells: tuple[Cell, ...],
    words: Catalogue,
) -> Row:  # fmt: skip
    place = str(row["place_id"])
    bare = Row(place, filters.place_label(world, place, words.lang), cells)
    if row["reason"]:
        return replace(bare, reason=words.say(f"index.reason.{row['reason']}"))
    n, (low, high) = len(ranked.index.ranked), ranked.spread[place]
    return replace(
        bare, index=words.number(row["index"], 1), rank=str(int(row["rank"])),
        range=f"{round(low)}–{round(high)}", low=(low - 1) / n * 100, high=high / n * 100,
    )  # fmt: skip


@lru_cache(maxsize=8)
def _cells(found: Ingredients, words: Catalogue) -> dict[str, tuple[Cell, ...]]:
    """The values of each territory, shaded by their score, whatever the weights."""
    values, scores = found.values, scores_of(found.values)
    pairs = zip(values.to_numpy(float).tolist(), scores.to_numpy(float).tolist(), strict=True)
    return {
        str(place): tuple(
            _cell(item, value, score, words)
            for item, value, score in zip(found.used, *row, strict=True)
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


def _facts(ranked: Ranked, words: Catalogue) -> tuple[KeyFigure, ...]:
    """How many are ranked and left out, how far the ends stand apart, how much ranks move."""
    apart, n, left = ranked.apart, len(ranked.index.ranked), len(ranked.index.left_out)
    facts = [KeyFigure(words.number(n), words.say("index.fact.ranked", n=n),
                       words.say("index.fact.left", n=left))]  # fmt: skip
    if apart.size:
        ends = f"{words.number(apart.top, 0)} / {words.number(apart.bottom, 0)}"
        facts.append(KeyFigure(ends, words.say("index.fact.ends"),
                               words.say("index.fact.fifth", n=apart.size)))  # fmt: skip
        width = (ranked.ranges["high"] - ranked.ranges["low"]).median()
        facts.append(KeyFigure(words.number(float(width), 0), words.say("index.fact.moves"),
                               words.say("index.fact.draws", n=DRAWS)))  # fmt: skip
    return tuple(facts)


def _ratios(world: World, ranked: Ranked, words: Catalogue) -> str:
    """How many times what the bottom fifth has the top fifth has, ingredient by ingredient."""
    ratios = ranked.apart.ingredients["ratio"].tolist()
    said = [
        words.say("index.ratio", name=lowered(ingredient_name(world, item, words)),
                  value=words.number(ratio, 1))
        for item, ratio in zip(ranked.used, ratios, strict=True) if ratio == ratio
    ]  # fmt: skip
    return ", ".join(said)


def _method(world: World, ranked: Ranked, words: Catalogue) -> tuple[str, ...]:
    """The method as printed, with its numbers, and what to keep in mind."""
    names = words.joined([lowered(ingredient_name(world, i, words)) for i in ranked.used])
    level, ratios = words.say(f"levels.{ranked.index.level}", n=2), _ratios(world, ranked, words)
    return (
        words.say("index.method.ingredients", names=names, level=level,
                  coverage=words.percent(COVERAGE * 100), per=words.number(PER)),
        *(_said(world, item, words) for item in ranked.used),
        words.say("index.method.scores"),
        words.say("index.method.mean", least=LEAST),
        words.say("index.method.sensitivity", draws=DRAWS),
        *([words.say("index.method.ends", ratios=ratios)] if ratios else []),
        words.say("index.method.caution"),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _aside(
    world: World, ingredients: Ingredients, words: Catalogue
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Vectors that are no ingredient, visible and interstitial apart, each with the reason."""
    aside = ingredients.aside
    found = []
    for visibility in ("visible", "interstitial"):
        here = aside[aside["visibility"] == visibility]
        said = tuple(
            words.say("index.aside", kind=kind_label(world, str(row["kind"]), words.lang),
                      reason=words.say(f"index.aside.{row['reason']}", n=int(row["territories"])))
            for row in here.to_dict("records")
        )  # fmt: skip
        used = sum(item.visibility == visibility for item in ingredients.used)
        found.append((words.say(f"index.aside_of.{visibility}", n=used, k=len(here)), said))
    return tuple(found)


def _ranking(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Ranking:
    ranked = selection.ranked.index.ranked
    places, values = ranked["place_id"].tolist(), ranked["index"].tolist()
    lines = tuple(
        Line("territory", place, filters.place_label(world, place, state.lang),
             words.number(index, 1), index / 100, place in state.territory)
        for place, index in zip(places[:RANKED], values[:RANKED], strict=True)
    )  # fmt: skip
    rest = len(ranked) - len(lines)
    said = words.say("ranking.more", n=rest) if rest else ""
    return Ranking(words.say("index.ranking"), lines, said)


def _legend(world: World, ranked: Ranked, state: ViewState, words: Catalogue) -> Legend:
    classes = index_classes(ranked)
    swatches = tuple(Swatch(t, c) for t, c in zip(classes.labels(words, 1), sequence(),
                                                  strict=False))  # fmt: skip
    if ranked.index.ranked.empty:
        swatches = ()
    none = Swatch(words.say("no_data"), colour("nodata"))
    return Legend(
        groups=((words.say("index.legend"), (*swatches, none)),),
        notes=(words.say("legend.frames"), home_convention(world, state.lang, state.convention)),
    )


def _table(world: World, selection: Selection, words: Catalogue) -> Table:
    """A territory a row: those chosen, all where none is."""
    table = _whole_table(world, selection.ranked, words)
    if not selection.chosen:
        return table
    kept = [i for i, (place,) in enumerate(table.keys) if place in selection.chosen]
    rows, keys = [table.rows[i] for i in kept], [table.keys[i] for i in kept]
    return Table(table.columns, tuple(rows), tuple(keys))


@lru_cache(maxsize=16)
def _whole_table(world: World, ranked: Ranked, words: Catalogue) -> Table:
    columns = (
        Column("name", words.say("column.territory"), parameter="territory"),
        Column("index", words.say("index.column.index"), numeric=True),
        Column("rank", words.say("index.column.rank"), numeric=True),
        Column("low", words.say("index.column.low"), numeric=True),
        Column("high", words.say("index.column.high"), numeric=True),
        *(Column(i.key, ingredient_name(world, i, words), numeric=True) for i in ranked.used),
        Column("reason", words.say("index.column.reason")),
    )
    table, places = ranked.index.table, ranked.index.table["place_id"].tolist()
    ranges = ranked.ranges.reindex(places)
    values = ranked.index.ingredients.values.reindex(places)
    cells = (
        [filters.place_label(world, place, words.lang) for place in places],
        _known(table["index"].round(1)), _known(table["rank"]),
        _known(ranges["low"].round(1)), _known(ranges["high"].round(1)),
        *(_known(values[item.key].round(2)) for item in ranked.used),
        [words.say(f"index.reason.{r}") if r else "" for r in table["reason"]],
    )  # fmt: skip
    return Table(columns, tuple(zip(*cells, strict=True)), tuple((place,) for place in places))


def _known(values: pd.Series) -> list[float | None]:
    """Numbers, None where there is none."""
    return [None if value != value else value for value in values.tolist()]
