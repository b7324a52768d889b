"""Series of vectors: what may be compared, and the rows of each.

A series is all the figures of one kind, indicator, unit, measure, dataset and year; nothing is
ever added across two of them (`geo.values` adds within one). A row is its position in the table
of `geo.vectors`, whose columns stand here as numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.places import fold
from geo.vectors import label, vectors_of
from geo.world import World

KEYS = ("kind", "indicator", "unit", "measure", "origin", "year")
LEVELS = ("country", "region", "departement", "commune")
WITHIN = ("place_id", "departement_id", "region_id", "country_id")
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Rows = Ints


@dataclass(frozen=True)
class Series:
    """What figures have in common so that they may be compared; `year` is 0 where not stated."""

    kind: str
    indicator: str
    unit: str
    measure: str
    origin: str
    year: int

    @property
    def is_share(self) -> bool:
        """Whether its figures are parts of a whole, which are never added."""
        return self.unit.startswith("%") or self.unit == "percent"

    @property
    def topic(self) -> str:
        """What it measures, whatever the year, as an id: `diaspora:emigrants-people`."""
        words = ("" if self.origin == "vectors" else self.origin, self.indicator, self.unit)
        plain = [re.sub(r"[^a-z0-9]+", "_", fold(w.replace("%", "percent"))) for w in words if w]
        return f"{self.kind}:{'-'.join(word.strip('_') for word in plain)}"


@dataclass(frozen=True, eq=False)
class Numbered:
    """The rows of `vectors_of` as numbers, one an entry in each array.

    `ids`: every id of a place or source, sorted; `place`, `counterpart`, `source`, `far` and the
    columns of `within` (WITHIN, a row each) are positions in it, 0 for none. `listed`: every
    series, in the order of KEYS; `series` are positions in it. `year` is 0 where not stated.
    """

    ids: npt.NDArray[np.object_]
    listed: tuple[Series, ...]
    series: Ints
    place: Ints
    counterpart: Ints
    source: Ints
    far: Ints
    within: Ints
    value: Floats
    year: Ints
    counted: Bools
    estimate: Bools
    lower: Bools
    share: Bools

    @cached_property
    def number(self) -> Mapping[Series, int]:
        """The number of each series."""
        return {series: i for i, series in enumerate(self.listed)}

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {place: i for i, place in enumerate(self.ids.tolist())}

    def ids_at(self, places: Collection[str]) -> list[int]:
        """The numbers of some places, those of no row left out."""
        return [self._positions[i] for i in places if i in self._positions]


@lru_cache(maxsize=4)
def numbered(world: World) -> Numbered:
    """The rows of the vectors of a world as numbers."""
    table = vectors_of(world).table
    year = table["year"].fillna(0).astype(np.int64)
    keys = table[list(KEYS[:-1])].assign(year=year)
    listed = keys.drop_duplicates().sort_values(list(KEYS))
    series = pd.MultiIndex.from_frame(listed).get_indexer(pd.MultiIndex.from_frame(keys))
    columns = ("counterpart_id", "source_id", "far_id", *WITHIN)
    texts = [table[column].astype(object) for column in columns]
    ids = pd.Index(sorted({""}.union(*texts)), dtype=object)
    counterpart, source, far, *within = (ids.get_indexer(pd.Index(text)) for text in texts)
    unit = table["unit"]
    return Numbered(
        ids=ids.to_numpy(), listed=tuple(Series(*row) for row in listed.itertuples(index=False)),
        series=series, place=within[0], counterpart=counterpart, source=source, far=far,
        within=np.column_stack(within), value=table["value"].to_numpy(float),
        year=np.asarray(year, dtype=np.int64), counted=table["counted"].to_numpy(bool),
        estimate=table["estimate"].to_numpy(bool), lower=(table["bound"] == "lower").to_numpy(),
        share=(unit.str.startswith("%") | (unit == "percent")).to_numpy(bool),
    )  # fmt: skip


@lru_cache(maxsize=4)
def topics_of(world: World) -> Mapping[str, Series]:
    """What the data measure, by the id of the topic: the latest series of each, by kind."""
    return MappingProxyType({series.topic: series for series in numbered(world).listed})


def kind_of(world: World, vector: str) -> str:
    """The kind of a vector asked: its own, or that of the topic that it is."""
    topic = topics_of(world).get(vector)
    return topic.kind if topic else vector


def topic_label(world: World, series: Series, lang: str) -> str:
    """What a topic measures, in `fr` or `en`: its indicator and unit, or its unit alone."""
    codes = [code for code in (series.indicator, series.unit) if code]
    said = dict.fromkeys(label(world, series.origin, code, lang) for code in codes)
    return " · ".join(said)


@lru_cache(maxsize=256)
def series_of(world: World, vector: str) -> tuple[Series, ...]:
    """The series of a kind, or of a topic of `topics_of`; none for an unknown one."""
    topic, listed = topics_of(world).get(vector), numbered(world).listed
    if topic is None:
        return tuple(s for s in listed if s.kind == vector)
    return tuple(s for s in listed if _whatever_the_year(s) == _whatever_the_year(topic))


def _whatever_the_year(series: Series) -> tuple[str, ...]:
    return series.kind, series.indicator, series.unit, series.measure, series.origin


@lru_cache(maxsize=256)
def rows_of(world: World, vector: str) -> Rows:
    """The rows of a kind or topic."""
    found = numbered(world)
    wanted = [found.number[series] for series in series_of(world, vector)]
    return np.flatnonzero(np.isin(found.series, wanted))


def only_of(world: World, rows: Rows, series: Series) -> Rows:
    """Those of these rows that are of a series."""
    n = numbered(world)
    kept: Rows = rows[n.series[rows] == n.number.get(series, -1)]
    return kept


def held_by(
    world: World, rows: Rows, places: Collection[str], partners: Collection[str]
) -> Rows:  # fmt: skip
    """Those of these rows that concern these French territories, all that they contain included,
    and these countries abroad; no territory or no country means all."""
    found = numbered(world)
    if places:
        rows = rows[np.isin(found.within[rows], found.ids_at(places)).any(axis=1)]
    if partners:
        rows = rows[np.isin(found.far[rows], found.ids_at(partners))]
    return rows
