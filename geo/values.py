"""Values of vectors by place, the series that they cover, and flows from place to place.

`geo.adding` makes them of the rows of the vectors.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.diaspora import DEFINITIONS
from geo.series import KEYS, Bools, Floats, Ints, Numbered, Rows, Series, numbered, only_of
from geo.world import World

BOUNDS = np.array(["exact", "lower"], dtype=object)
SENT = "sent_"


class Figure(NamedTuple):
    """One value of a place: `rows` is how many rows of the vectors it adds up."""

    place_id: str
    value: float
    bound: str
    estimate: bool
    rows: int
    source_id: str


VALUES = Figure._fields


class Flow(NamedTuple):
    """A directed quantity, from the place it comes from to the one that receives it."""

    origin_id: str
    dest_id: str
    value: float
    estimate: bool
    source_id: str


@dataclass(frozen=True, eq=False)
class Placed:
    """The values of all series at once by place of a level: by series, then largest first.

    One value an entry in each array; `series`, `at` (its place) and `source` are numbers of
    `numbered`, `rows` how many rows it adds up, `lower` whether it is a lower bound.
    """

    numbered: Numbered
    series: Ints
    at: Ints
    value: Floats
    lower: Bools
    estimate: Bools
    rows: Ints
    source: Ints

    def __len__(self) -> int:
        return len(self.series)

    def only(self, kept: Bools | Ints) -> Placed:
        """Some of the values, or all in another order."""
        return Placed(
            self.numbered, self.series[kept], self.at[kept], self.value[kept], self.lower[kept],
            self.estimate[kept], self.rows[kept], self.source[kept],
        )  # fmt: skip

    def of(self, series: Series) -> Placed:
        """The values of one series."""
        return self.only(self.series == self.numbered.number.get(series, -1))

    @property
    def columns(self) -> tuple[npt.NDArray[Any], ...]:
        """VALUES, column by column."""
        ids = self.numbered.ids
        bound = BOUNDS[self.lower.astype(int)]
        return ids[self.at], self.value, bound, self.estimate, self.rows, ids[self.source]

    @property
    def table(self) -> pd.DataFrame:
        """VALUES, a value a row."""
        return pd.DataFrame(dict(zip(VALUES, self.columns, strict=True)))

    @property
    def keyed(self) -> pd.DataFrame:
        """KEYS and VALUES, a value a row."""
        listed = [self.numbered.listed[i] for i in self.series.tolist()]
        keys = pd.DataFrame({key: [getattr(s, key) for s in listed] for key in KEYS})
        return pd.concat([keys.astype({"year": "int64"}), self.table], axis=1)

    @cached_property
    def covered(self) -> tuple[Coverage, ...]:
        """The series there are; of a kind that of most places first.

        Of two that cover as many, the later year comes first, then the larger total (it counts
        the wider thing), then the order of indicators and units.
        """
        places = np.bincount(self.series).tolist()
        totals = np.bincount(self.series, self.value).tolist()
        found = zip(self.numbered.listed, places, totals, strict=False)
        return tuple(sorted((Coverage(*each) for each in found if each[1]), key=_widest))


@dataclass(frozen=True)
class Coverage:
    """How far a series goes: the places with a value, and the sum of these."""

    series: Series
    places: int
    total: float


def _widest(found: Coverage) -> tuple[str, int, int, float, str, str, str]:
    s = found.series
    return s.kind, -found.places, -s.year, -found.total, s.indicator, s.unit, s.origin


@dataclass(frozen=True, eq=False)
class Values:
    """The values of a series by place of a level.

    `placed` are those of the series alone, largest first; a lower bound is where what is known was
    added and more may exist. A place without a value has no figure, which is not zero. `unplaced`
    rows have no place of this level (of figures of France as a whole and of other countries,
    nothing is said at a French level); `unused` rows have one, and could not be added.
    """

    series: Series
    level: str
    placed: Placed
    unplaced: int
    unused: int

    @property
    def table(self) -> pd.DataFrame:
        """VALUES, a value a row."""
        return self.placed.table

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The same, one by one."""
        return tuple(map(Figure, *(column.tolist() for column in self.placed.columns)))

    @property
    def numbers(self) -> pd.Series:
        """The values alone."""
        return pd.Series(self.placed.value)

    @property
    def largest(self) -> float:
        """The largest value, 0 where there is none."""
        return float(self.placed.value.max()) if len(self.placed) else 0.0

    @property
    def estimated(self) -> bool:
        """Whether any value is an estimate."""
        return bool(self.placed.estimate.any())

    @property
    def bounded(self) -> bool:
        """Whether any value is a lower bound."""
        return bool(self.placed.lower.any())


def latest(values: Placed) -> dict[str, Series]:
    """For each kind that has values, the first of its series by `Placed.covered`."""
    return {found.series.kind: found.series for found in reversed(values.covered)}


def leading(values: Placed) -> dict[str, Series]:
    """For each kind that has values, the series that serves to compare territories: that of most
    places, shares first, then the latest, the order of the definitions of diasporas, that of
    `Placed.covered`."""
    order = {definition: i for i, definition in enumerate(DEFINITIONS)}

    def first(found: Coverage) -> tuple[int, bool, int, int]:
        s = found.series
        return -found.places, not s.is_share, -s.year, order.get(s.indicator, len(order))

    best: dict[str, Series] = {}
    for found in sorted(values.covered, key=first):
        best.setdefault(found.series.kind, found.series)
    return dict(sorted(best.items()))


def flows_of(world: World, rows: Rows, series: Series) -> tuple[Flow, ...]:
    """The directed quantities of a flow series, largest first.

    They go from the counterpart to the place that the figure describes, which receives; the other
    way for an indicator that begins with `sent_`. Rows without counterpart have no direction, and
    a stock has none at all.
    """
    n = numbered(world)
    rows = only_of(world, rows, series) if series.measure == "flow" else rows[:0]
    rows = rows[n.counterpart[rows] > 0]
    rows = rows[np.argsort(-n.value[rows], kind="stable")]
    ends = n.ids[n.counterpart[rows]], n.ids[n.place[rows]]
    origin, dest = reversed(ends) if series.indicator.startswith(SENT) else ends
    columns = (origin, dest, n.value[rows], n.estimate[rows], n.ids[n.source[rows]])
    return tuple(map(Flow, *(column.tolist() for column in columns)))
