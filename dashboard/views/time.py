"""Change over time: links started, ended and active each year under the map of corridors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from dashboard import filters
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import frames
from dashboard.state import ViewState
from dashboard.telling import Beside, Column, Swatch, Table, Told
from dashboard.views import flows
from dashboard.views.categories import Category, categories
from geo import corridors as geo_corridors
from geo.categories import Years, by_year
from geo.links import Indices, Links
from geo.world import World

SERIES = ("started", "ended", "active")
Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Selection:
    """The corridors of the period chosen, and the years of all periods to choose from."""

    flows: flows.Selection
    years: Years
    measure: str


@dataclass(frozen=True)
class Stack:
    """One value of the measure over the years: the SVG path of its bars."""

    colour: str
    path: str


@dataclass(frozen=True)
class Panel:
    """The bars of one series; `hits` say each year in words."""

    title: str
    top: str
    stacks: tuple[Stack, ...]
    hits: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """What the template of this view draws; `window` is the chosen period in % of the width."""

    first: int
    last: int
    now: str
    chosen: bool
    window: tuple[float, float]
    panels: tuple[Panel, ...]
    legend: tuple[Swatch, ...]
    notes: tuple[str, ...]


def select(world: World, state: ViewState) -> Selection:
    """As the map of flows does; the years under every filter but the period itself."""
    chosen = flows.select(world, state)
    every = _every_year(world, replace(state, years=None), filters.rule_weights(world, state))
    return Selection(chosen, by_year(every, chosen.measure, span(world)), chosen.measure)


@lru_cache(maxsize=32)
def _every_year(world: World, state: ViewState, weights: Weights) -> Links:
    links = geo_corridors.links_of(world, weights)
    return geo_corridors.selected_links(links, flows.wanted_of(state))


@lru_cache(maxsize=4)
def span(world: World) -> tuple[int, int]:
    """From the first link begun to the last year that a link or its end is known for."""
    links = world.table("links")
    known = pd.concat([links["start_year"], links["end_year"]]).dropna()
    return (int(known.min()), int(known.max())) if len(known) else (0, 0)


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """The corridors of the period, in classes and widths that never change with it."""
    return flows.draw(world, selection.flows, state)


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One link a row, with its years where they are known."""
    return flows.rows(world, state)


def shown(world: World, selection: Selection, state: ViewState) -> pd.DataFrame:
    """One year and value of the measure a row: links started, ended and known to be active."""
    series = {name: selection.years.frame(name).stack() for name in SERIES}
    table = pd.DataFrame(series).fillna(0).astype(int)
    measure = state.option("measure").removesuffix("_share")
    table = table[(table > 0).any(axis=1)].rename_axis(["year", measure]).reset_index()
    return table[table["year"].between(*(state.years or span(world)))].reset_index(drop=True)


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """What the map of flows tells, with the years beneath it and in the table."""
    words = catalogue(state.lang)
    told = flows.tell(world, selection.flows, state)
    return replace(
        told, title=words.say("time.title"), timeline=None,
        beside=Beside("time", _chart(world, selection, state, words), "below"),
        table=_table(selection, words, world, state),
    )  # fmt: skip


def _chart(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Chart:
    first, last = span(world)
    low, high = state.years or (first, last)
    whole = last - first + 1
    left = (max(low, first) - first) / whole * 100
    right = (min(high, last) - first + 1) / whole * 100
    told = [c for c in categories(world, selection.measure, state.lang) if _met(selection, c)]
    notes = (
        words.say("time.undated", n=selection.years.undated),
        words.say("time.unfollowed", n=selection.years.unfollowed),
    )
    share = state.option("measure").endswith("_share")
    return Chart(
        first, last, str(high) if low == high else f"{low} – {high}", state.years is not None,
        (left, max(right - left, 0)),
        tuple(_panel(selection.years, name, told, share, words) for name in SERIES),
        tuple(Swatch(c.label, c.colour) for c in told), notes,
    )  # fmt: skip


def _met(selection: Selection, category: Category) -> bool:
    years = selection.years
    if category.code not in years.codes:
        return False
    at = years.codes.index(category.code)
    return any(bool(getattr(years, name)[:, at].any()) for name in SERIES)


def _panel(
    years: Years, name: str, told: list[Category], share: bool, words: Catalogue
) -> Panel:  # fmt: skip
    counts = _counts(years, name, told)
    totals = counts.sum(axis=1)
    most = max(int(totals.max(initial=0)), 1)
    scale = np.maximum(totals, 1) if share else np.full(len(totals), most)
    heights = counts / scale[:, None] * 100
    tops = 100 - heights.cumsum(axis=1)
    stacks = tuple(
        Stack(c.colour, _bars(tops[:, at].tolist(), heights[:, at].tolist()))
        for at, c in enumerate(told)
    )
    hits = tuple(
        words.say(f"time.hit.{name}", n=n, year=str(years.first + at),
                  parts=_parts(row, told, words))
        for at, (n, row) in enumerate(zip(totals.tolist(), counts.tolist(), strict=True))
    )  # fmt: skip
    top = words.percent(100) if share else words.say("n_links", n=most)
    return Panel(words.say(f"time.{name}"), top, stacks, hits)


def _counts(years: Years, name: str, told: list[Category]) -> Indices:
    """The links of each year that have the values told, a column each."""
    table: Indices = getattr(years, name)
    return table[:, [years.codes.index(c.code) for c in told]]


def _bars(tops: list[float], heights: list[float]) -> str:
    """The bars of one value as one path, a unit wide each, 100 high at most."""
    return "".join(
        f"M{at:g} {top:.1f}h.86v{height:.1f}h-.86z"
        for at, (top, height) in enumerate(zip(tops, heights, strict=True)) if height > 0
    )  # fmt: skip


def _parts(row: list[int], told: list[Category], words: Catalogue) -> str:
    met = [words.say("time.part", label=c.label, n=n) for c, n in zip(told, row, strict=True) if n]
    return words.joined(met)


def _table(selection: Selection, words: Catalogue, world: World, state: ViewState) -> Table:
    """One year a row: links started, ended and active, and those started by value."""
    told = [c for c in categories(world, selection.measure, state.lang) if _met(selection, c)]
    totals = [getattr(selection.years, name).sum(axis=1) for name in SERIES]
    started = _counts(selection.years, "started", told)
    numbers = np.column_stack([*totals, started]).tolist()
    columns = (
        Column("year", words.say("column.year"), numeric=True),
        *(Column(name, words.say(f"time.{name}"), numeric=True) for name in SERIES),
        *(Column(c.code, words.say("time.of_which", label=c.label), numeric=True) for c in told),
    )
    rows = tuple(
        (selection.years.first + at, *row)
        for at, row in enumerate(numbers) if any(row[: len(SERIES)])
    )  # fmt: skip
    return Table(columns, rows, ((),) * len(rows))
