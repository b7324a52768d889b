"""Series of vectors: what may be compared, and its values by place, added only where that is right.

A series is all the figures of one kind, indicator, unit, measure, dataset and year; nothing is
ever added across two of them. Within one, things counted one by one add up, and so do counts, by
the rules of `by_place`; shares never do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import pandas as pd

from geo.diaspora import DEFINITIONS
from geo.places import FRANCE, fold
from geo.vectors import label, vectors_of
from geo.world import World

KEYS = ("kind", "indicator", "unit", "measure", "origin", "year")
VALUES = ("place_id", "value", "bound", "estimate", "rows", "source_id")
LEVELS = ("country", "region", "departement", "commune")
_SMALL = ("commune", "epci", "town")
SENT = "sent_"


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
class Values:
    """The values of a series by place of a level.

    `table`: VALUES, largest first; `bound` is «lower» where what is known was added and more may
    exist. A place without a row has no figure, which is not zero. `unplaced` rows have no place of
    this level (of figures of France as a whole and of other countries, nothing is said at a French
    level); `unused` rows have one, and could not be added.
    """

    series: Series
    level: str
    table: pd.DataFrame
    unplaced: int
    unused: int


def by_place(world: World, table: pd.DataFrame, level: str) -> pd.DataFrame:
    """Rows of `vectors_of` as values by place of a level: KEYS and VALUES, all series at once.

    `level` is one of LEVELS: country (the country abroad that a row concerns), or a French level.
    - Things counted one by one (links, memberships, cases) add up, from whatever level.
    - A figure given for the place itself is used as it is; counts of départements make up a
      région's only where all its départements have one; else counts of communes are added, as a
      lower bound. Of a figure by counterparts and their total, the total is used; their sum is a
      lower bound.
    - Abroad, counts are added from the widest level that the series has.
    - Shares are used at their own level only, and never added.
    - Where two sources give one figure, the one with more figures of the series is used.
    """
    rows = _placed(table, level)
    if rows.empty:
        return rows.assign(bound="", rows=0)[[*KEYS, *VALUES]]
    rows = _of_one_source(rows)
    rows = rows.assign(share=_shares(rows), rank=_ranks(world, rows, level))
    rows = _without_totals_or_parts(rows[rows["rank"] >= 0], level)
    group = ["series"] if level == "country" else ["series", "at"]
    best = rows.groupby(group)["rank"].transform("min")
    rows = rows[rows["counted"] | (rows["rank"] == best)]
    several = rows.groupby(["series", "at"])["at"].transform("size") > 1
    rows = rows[~(rows["share"] & (several | (rows["rank"] > 0)))]
    added = ~rows["counted"] & (several | rows["part"] | (rows["rank"] > 0)) & ~rows["whole"]
    return _summed(rows.assign(bound=rows["bound"].mask(added, "lower")))


def _placed(table: pd.DataFrame, level: str) -> pd.DataFrame:
    """Rows that concern a place of this level, in `at`; a missing year is 0, and each series has
    a number in `series`."""
    at = _at(table, level)
    rows = table.assign(at=at, year=table["year"].fillna(0).astype(int))[at != ""]
    return rows.assign(series=rows.groupby(list(KEYS), sort=False).ngroup())


def _at(table: pd.DataFrame, level: str) -> pd.Series:
    if level == "country":
        return table["far_id"]
    french = _french(table)
    if level == "commune":
        return table["place_id"].where(french & table["level"].isin(_SMALL), "")
    return table[f"{level}_id"].where(french, "")


def _french(table: pd.DataFrame) -> pd.Series:
    """True for rows of a territory of France, not of France as a whole."""
    return (table["country_id"] == FRANCE) & (table["level"] != "country")


def _shares(rows: pd.DataFrame) -> pd.Series:
    return rows["unit"].str.startswith("%") | (rows["unit"] == "percent")


def _of_one_source(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a figure: of two sources, the one that has more figures of the series."""
    wide = rows.groupby(["series", "source_id"])["at"].transform("size")
    figures = rows.assign(wide=wide)[~rows["counted"]].sort_values(
        ["wide", "source_id"], ascending=[False, True], kind="stable"
    )
    kept = figures.drop_duplicates(["series", "place_id", "counterpart_id"]).index
    return rows[rows["counted"] | rows.index.isin(kept)]


def _ranks(world: World, rows: pd.DataFrame, level: str) -> pd.Series:
    """How near a row's own level is to the level asked: 0 is the same, -1 of no use.

    `whole` départements of a région come before communes.
    """
    if level == "country":
        order = {"country": 0, "region": 1, "departement": 2}
        return rows["level"].map(order).fillna(3).astype(int)
    own = rows["level"] == level
    small = rows["level"].isin(_SMALL)
    rank = pd.Series(-1, index=rows.index).mask(small, 2).mask(own | (level == "commune"), 0)
    if level == "region":
        rank = rank.mask(_whole(world, rows), 1)
    return rank.mask(rows["counted"], 0)


def _whole(world: World, rows: pd.DataFrame) -> pd.Series:
    """True for figures of départements whose région has one for each of its départements."""
    within = (rows["level"] == "departement") & ~rows["counted"]
    inside = rows["departement_id"].where(within)
    have = inside.groupby([rows["series"], rows["region_id"]]).transform("nunique")
    need = world.table("departements")["region_id"].value_counts()
    return within & (have == rows["region_id"].map(need))


def _without_totals_or_parts(rows: pd.DataFrame, level: str) -> pd.DataFrame:
    """Never a total together with its parts.

    At a French level, the total where there is one; abroad, the counterparts, without France's
    own total. `whole` says that a sum leaves nothing out, `part` that a figure concerns one
    counterpart of several.
    """
    paired = rows["counterpart_id"] != ""
    alone = (~paired).groupby([rows["series"], rows["place_id"]]).transform("any")
    if level == "country":
        parts = paired.groupby(rows["series"]).transform("any")
        kept = rows["counted"] | ~(parts & (rows["at"] == FRANCE))
    else:
        kept = rows["counted"] | ~(paired & alone)
    whole = (rows["rank"] == 1) & (rows["level"] == "departement") & ~paired
    partners = rows.groupby("series")["counterpart_id"].transform("nunique")
    part = paired & (partners > 1) & (level != "country")
    return rows.assign(whole=whole & (level == "region"), part=part)[kept]


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a series and place, largest first within a series."""
    first = rows.drop_duplicates(["series", "at"])[["series", "at", *KEYS, "source_id"]]
    numbers = rows.assign(lower=rows["bound"] == "lower").groupby(["series", "at"], sort=False)
    found = numbers.agg(
        value=("value", "sum"), lower=("lower", "any"), estimate=("estimate", "any"),
        rows=("value", "size"),
    ).reset_index()  # fmt: skip
    found = first.merge(found, on=["series", "at"], validate="one_to_one")
    bound = found["lower"].map({True: "lower", False: "exact"}).astype(object)
    found = found.assign(bound=bound).rename(columns={"at": "place_id"})
    order = [*KEYS, "value", "place_id"]
    ways = [*[True] * len(KEYS), False, True]
    return found[[*KEYS, *VALUES]].sort_values(order, ascending=ways, ignore_index=True)


def series_in(values: pd.DataFrame) -> pd.DataFrame:
    """The series of `by_place`: KEYS, places, rows, total; of a kind that of most places first.

    Of two that cover as many, the later year comes first, then the larger total (it counts the
    wider thing), then the order of indicators and units.
    """
    found = values.groupby(list(KEYS), as_index=False).agg(
        places=("place_id", "nunique"), rows=("rows", "sum"), total=("value", "sum")
    )
    order = ["kind", "places", "year", "total", "indicator", "unit", "origin"]
    ways = [True, False, False, False, True, True, True]
    return found.sort_values(order, ascending=ways, ignore_index=True)


def listed(found: pd.DataFrame) -> list[Series]:
    """Rows with KEYS as Series, in their order."""
    words = found[list(KEYS[:-1])].astype(str).to_dict("records")
    years = found["year"].astype(int).tolist()
    return [
        Series(**{str(k): str(v) for k, v in row.items()}, year=year)
        for row, year in zip(words, years, strict=True)
    ]


def latest(values: pd.DataFrame) -> dict[str, Series]:
    """For each kind that has values, the first of its series by `series_in`."""
    return {s.kind: s for s in listed(series_in(values).drop_duplicates("kind"))}


def leading(values: pd.DataFrame) -> dict[str, Series]:
    """For each kind that has values, the series that serves to compare territories: that of most
    places, shares first, then the latest, the order of the definitions of diasporas, that of
    `series_in`."""
    order = {definition: i for i, definition in enumerate(DEFINITIONS)}
    found = series_in(values)
    places = dict(zip(listed(found), found["places"].tolist(), strict=True))
    best: dict[str, Series] = {}
    for s in sorted(
        places,
        key=lambda s: (-places[s], not s.is_share, -s.year, order.get(s.indicator, len(order))),
    ):
        best.setdefault(s.kind, s)
    return dict(sorted(best.items()))


@lru_cache(maxsize=4)
def topics_of(world: World) -> Mapping[str, Series]:
    """What the data measure, by the id of the topic: the latest series of each, by kind."""
    table = vectors_of(world).table
    rows = table.assign(year=table["year"].fillna(0).astype(int))
    rows = rows.drop_duplicates(list(KEYS)).sort_values([*KEYS[:-1], "year"])
    return MappingProxyType({series.topic: series for series in listed(rows)})


def kind_of(world: World, vector: str) -> str:
    """The kind of a vector asked: its own, or that of the topic that it is."""
    topic = topics_of(world).get(vector)
    return topic.kind if topic else vector


def topic_label(world: World, series: Series, lang: str) -> str:
    """What a topic measures, in `fr` or `en`: its indicator and unit, or its unit alone."""
    codes = [code for code in (series.indicator, series.unit) if code]
    said = dict.fromkeys(label(world, series.origin, code, lang) for code in codes)
    return " · ".join(said)


def of_topic(world: World, rows: pd.DataFrame, vector: str) -> pd.DataFrame:
    """The rows of a kind, or of a topic of `topics_of`; none for an unknown one."""
    series = topics_of(world).get(vector)
    if series is None:
        return rows[rows["kind"] == vector]
    kept = pd.Series(True, index=rows.index)
    for key in KEYS[:-1]:
        kept &= rows[key] == getattr(series, key)
    return rows[kept]


def of_series(rows: pd.DataFrame, series: Series) -> pd.DataFrame:
    """The rows of one series, of `vectors_of` or of `by_place`."""
    kept = rows["year"].fillna(0).astype(int) == series.year
    for key in KEYS[:-1]:
        kept &= rows[key] == getattr(series, key)
    return rows[kept]


def values_of(
    world: World, table: pd.DataFrame, series: Series, level: str,
    values: pd.DataFrame | None = None,
) -> Values:  # fmt: skip
    """The values of one series by place of a level, by the rules of `by_place`.

    `values` is what `by_place` answers for these rows, where it is known already.
    """
    rows = of_series(table, series)
    whole = by_place(world, rows, level) if values is None else of_series(values, series)
    placed = int((_at(rows, level) != "").sum())
    found = whole[list(VALUES)].reset_index(drop=True)
    concerned = len(rows) if level == "country" else int(_french(rows).sum())
    return Values(series, level, found, concerned - placed, placed - int(found["rows"].sum()))


def chosen(
    world: World, table: pd.DataFrame, kinds: Iterable[str], level: str
) -> dict[str, Values]:
    """For each of these kinds that has values at a level, those of its first series.

    Kinds stay apart: their values are never added.
    """
    kinds = list(kinds)
    first = latest(by_place(world, table[table["kind"].isin(kinds)], level))
    return {k: values_of(world, table, first[k], level) for k in kinds if k in first}


def flows_of(table: pd.DataFrame, series: Series) -> pd.DataFrame:
    """The directed quantities of a flow series: origin_id, dest_id, value, estimate, source_id.

    They go from the counterpart to the place that the figure describes, which receives; the other
    way for an indicator that begins with `sent_`. Rows without counterpart have no direction, and
    a stock has none at all. Largest first.
    """
    rows = of_series(table, series)
    rows = rows[(rows["counterpart_id"] != "") & (rows["measure"] == "flow")]
    ends = {"counterpart_id": "origin_id", "place_id": "dest_id"}
    if series.indicator.startswith(SENT):
        ends = dict(zip(ends, reversed(ends.values()), strict=True))
    rows = rows.rename(columns=ends).sort_values("value", ascending=False, kind="stable")
    wanted = ["origin_id", "dest_id", "value", "estimate", "source_id"]
    return rows[wanted].reset_index(drop=True)
