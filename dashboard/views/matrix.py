"""Origins and destinations: corridors as a shaded table, linked both ways with their map."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dashboard import filters
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import frames
from dashboard.figures.scales import count_classes
from dashboard.state import ViewState
from dashboard.telling import Beside, Told
from dashboard.views import flows
from dashboard.views.territories import territories_of
from geo.world import World

ROWS, COLUMNS = 40, 18
LEVELS = 5  # shades of the cells


@dataclass(frozen=True)
class Head:
    """A row or a column: its place, its total, whether it is chosen."""

    place: str
    label: str
    total: str
    chosen: bool


@dataclass(frozen=True)
class Cell:
    """A pair of places; `shade` is 0 for a pair without a corridor, which leads nowhere."""

    partner: str
    number: int
    shade: int
    chosen: bool
    title: str


@dataclass(frozen=True)
class Matrix:
    """What the template draws: heads of columns, and for each row its head and its cells."""

    columns: tuple[Head, ...]
    rows: tuple[tuple[Head, tuple[Cell, ...]], ...]
    corner: str
    rest: str


@dataclass(frozen=True, eq=False)
class Selection:
    """The corridors chosen, and all those that the filters but the places leave."""

    flows: flows.Selection
    table: pd.DataFrame


def select(world: World, state: ViewState) -> Selection:
    """As the map of flows does; the table keeps what surrounds a chosen place."""
    chosen = flows.select(world, state)
    around = chosen.around.table
    table = around if state.territory or state.partner else chosen.corridors
    return Selection(chosen, table.frame())


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    return flows.draw(world, selection.flows, state)


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One link a row."""
    return flows.rows(world, state)


def shown(world: World, selection: Selection, state: ViewState) -> pd.DataFrame:
    """One corridor a row: the cells that are not empty."""
    return flows.shown(world, selection.flows, state)


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """What the map of flows tells, with the table of pairs beside it."""
    words = catalogue(state.lang)
    told = flows.tell(world, selection.flows, state)
    matrix = _matrix(world, selection.table, state, words)
    return replace(
        told, title=words.say("matrix.title"), beside=Beside("matrix", matrix, "wide"),
        empty=selection.flows.links.empty,
    )  # fmt: skip


def _matrix(world: World, table: pd.DataFrame, state: ViewState, words: Catalogue) -> Matrix:
    """The largest rows and columns; what is beyond them is counted in words."""
    measure = state.option("measure")
    near = table.groupby("origin")["links"].sum().sort_values(ascending=False, kind="stable")
    far = table.groupby("dest")["links"].sum().sort_values(ascending=False, kind="stable")
    shown_near, shown_far = list(near.index[:ROWS]), list(far.index[:COLUMNS])
    inside = table[table["origin"].isin(shown_near) & table["dest"].isin(shown_far)]
    numbers = inside.pivot(index="origin", columns="dest", values=measure)
    numbers = numbers.reindex(index=shown_near, columns=shown_far).fillna(0).astype(int)
    level = state.option("level")
    areas = level in ("region", "departement")
    held = territories_of(world, state.territory, level) if areas else set(state.territory)
    columns = tuple(_head(world, i, int(far[i]), i in state.partner, state) for i in shown_far)
    heads = [_head(world, i, int(near[i]), i in held, state) for i in shown_near]
    body = tuple(
        (head, tuple(_cells(head, columns, row, measure, words)))
        for head, row in zip(heads, numbers.to_numpy().tolist(), strict=True)
    )
    hidden = len(table) - len(inside)
    beyond = int(table["links"].sum()) - int(inside["links"].sum())
    more = words.say("matrix.rest", n=hidden, links=beyond) if hidden else ""
    return Matrix(columns, body, words.say(f"matrix.of.{measure}"), more)


def _head(world: World, place: str, total: int, chosen: bool, state: ViewState) -> Head:
    number = catalogue(state.lang).number(total)
    return Head(place, filters.place_label(world, place, state.lang), number, chosen)


def _cells(
    row: Head, columns: tuple[Head, ...], numbers: list[int], measure: str, words: Catalogue
) -> list[Cell]:
    shades = np.searchsorted(count_classes().bounds, numbers, side="right").tolist()
    return [
        Cell(
            column.place, number, min(shade, LEVELS), row.chosen and column.chosen,
            words.say(f"matrix.cell.{measure}", n=number, near=row.label, far=column.label),
        )
        for column, number, shade in zip(columns, numbers, shades, strict=True)
    ]  # fmt: skip
