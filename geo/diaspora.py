"""Diasporas: stocks of people by residence and origin, one definition at a time.

Immigrants, foreigners and people born abroad are three populations. Every function takes one
`definition`, and none ever adds figures of two definitions, sources or years.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from geo.links import Column, Floats, Groups, Indices, Mask, Objects, largest_first
from geo.world import World

DEFINITIONS = ("immigrants", "foreigners", "born_abroad")
POPULATIONS = {
    "immigrants": "population_insee",
    "foreigners": "population_insee",
    "born_abroad": "population_eurostat",
}
ALL = "origin:all"
NATIVE = "origin:native"
CODED = ("place_id", "origin_id", "definition", "measure", "source_id", "bound", "unit")
WHOLE = slice(None)
KEYS = ["place_id", "origin_id", "definition", "measure", "year", "source_id"]


@dataclass(frozen=True, eq=False)
class Figures:
    """Figures, one a row of `frame`, whose text columns are categories; the functions below stand
    on their columns as arrays."""

    frame: pd.DataFrame

    @cached_property
    def coded(self) -> Mapping[str, Column]:
        """The columns of text."""
        return {c: Column.of(self.frame[c]) for c in CODED}

    @cached_property
    def year(self) -> Indices:
        return self.frame["year"].to_numpy("int64", na_value=0)

    @cached_property
    def value(self) -> Floats:
        return self.frame["value"].to_numpy("float64")

    @cached_property
    def estimate(self) -> Mask:
        return self.frame["estimate"].to_numpy(bool)

    def of_place(self, place_id: str) -> Figures:
        """The figures of one territory."""
        return Figures(self.frame[self.frame["place_id"] == place_id])

    def codes(self, column: str, rows: Indices) -> Indices:
        """The code of some rows in a column of text."""
        return self.coded[column].codes[rows]

    def texts(self, column: str, rows: Indices) -> Objects:
        """The text of some rows in a column."""
        return self.coded[column].values[self.codes(column, rows)]

    def code(self, column: str, value: str) -> int:
        """The code of a text; -1 where no row has it."""
        return self.coded[column].code.get(value, -1)

    def are(self, rows: Indices, column: str, value: str) -> Mask:
        """Which of some rows have a text."""
        found: Mask = self.codes(column, rows) == self.code(column, value)
        return found

    def rows(self, **wanted: Iterable[str]) -> Indices:
        """Positions of the rows that have, in each column named, one of the values wanted."""
        mask = np.ones(len(self.frame), dtype=bool)
        for name, values in wanted.items():
            column = self.coded[name]
            held = np.zeros(len(column.values), dtype=bool)
            held[[column.code[value] for value in values if value in column.code]] = True
            mask &= held[column.codes]
        return np.flatnonzero(mask)

    @cached_property
    def by_authority(self) -> Mapping[tuple[str, str], list[str]]:
        """The ids in a column of places or of origins, by the authority before their colon."""
        found: dict[tuple[str, str], list[str]] = {}
        for column in ("place_id", "origin_id"):
            for value in self.coded[column].values:
                found.setdefault((column, value.partition(":")[0]), []).append(value)
        return found


class Grouped:
    """Rows of figures by the text that they have in a column: a group each of `keys`, sorted."""

    def __init__(self, figures: Figures, rows: Indices, column: str) -> None:
        self.figures, self.rows = figures, rows
        self.codes, self.group = np.unique(figures.codes(column, rows), return_inverse=True)
        self.keys = figures.coded[column].values[self.codes]

    def sums(self, kept: Mask | slice = WHOLE) -> Floats:
        """The sum of the values of each group; NaN for one without any."""
        values = pd.Series(self.figures.value[self.rows[kept]])
        found = values.groupby(self.group[kept]).sum()
        sums = np.full(len(self.keys), np.nan)
        sums[found.index] = found
        return sums

    def first(self, column: str, kept: Mask | slice = WHOLE) -> Objects:
        """The first text of each group in a column; "" for one without any."""
        texts = np.full(len(self.keys), "", dtype=object)
        texts[self.group[kept][::-1]] = self.figures.texts(column, self.rows[kept][::-1])
        return texts

    def different(self, column: str) -> Indices:
        """How many different texts each group has in a column."""
        codes = self.figures.codes(column, self.rows)
        width = int(codes.max(initial=0)) + 1
        return np.bincount(np.unique(self.group * width + codes) // width, minlength=len(self.keys))

    def bounds(self, listing: str, least: int) -> Objects:
        """The bound of the sum of each group: lower where one of its figures is, or where it has
        less than so many different texts in a column."""
        lower = np.bincount(self.group, self.figures.are(self.rows, "bound", "lower")) > 0
        lower |= self.different(listing) < least
        return np.where(lower, "lower", self.first("bound"))

    @property
    def estimated(self) -> Mask:
        """Which groups hold an estimate."""
        found: Mask = np.bincount(self.group, self.figures.estimate[self.rows]) > 0
        return found


@dataclass(frozen=True, eq=False)
class Stock:
    """What a diaspora map stands on: one row a territory.

    `rows`: place_id, number, share (% of the population), bound, estimate, source_id (of the
    share, where there is one) and number_source_id; a territory without a row has no figure,
    which is not zero. `year` is 0 where there is none.
    """

    rows: Groups
    year: int
    definition: str

    @cached_property
    def table(self) -> pd.DataFrame:
        """The rows as a frame."""
        return self.rows.frame()

    def within(self, place_ids: Container[str]) -> Stock:
        """The stock of some territories."""
        kept = np.array([i in place_ids for i in self.rows["place_id"]], dtype=bool)
        return replace(self, rows=self.rows.taken(kept))


@lru_cache(maxsize=4)
def figures_of(world: World) -> Figures:
    """The figures of the data with those that follow from them by subtraction or addition.

    People born abroad, all origins: the population less those born in the country. Numbers from
    shares are estimates (the shares are rounded). Régions: the sum of their départements, where
    every one of them has a figure of that source and year.
    """
    figures = world.table("figures")
    shares = [_complements(figures), _foreigner_shares(figures)]
    counted = [_counted(figures, share) for share in shares]
    figures = _with_new(figures, pd.concat([shares[0], *counted]))
    region = world.table("departements").set_index("departement_id")["region_id"]
    whole = _with_new(figures, _region_sums(figures, region))
    return Figures(whole.astype(dict.fromkeys(CODED, "category")))


def _with_new(figures: pd.DataFrame, derived: pd.DataFrame) -> pd.DataFrame:
    """The figures, and those derived from them of which no source gives one."""
    have = pd.MultiIndex.from_frame(figures[KEYS[:-1]])
    new = ~pd.MultiIndex.from_frame(derived[KEYS[:-1]]).isin(have)
    return pd.concat([figures, derived[new]], ignore_index=True)


def _complements(figures: pd.DataFrame) -> pd.DataFrame:
    """The share of all people born abroad, from the share born in the country."""
    native = figures[(figures["origin_id"] == NATIVE) & (figures["measure"] == "share")]
    return native.assign(origin_id=ALL, value=100 - native["value"])


def _foreigner_shares(figures: pd.DataFrame) -> pd.DataFrame:
    """Shares of foreigners, which are published without their number."""
    return figures[(figures["definition"] == "foreigners") & (figures["measure"] == "share")]


def _counted(figures: pd.DataFrame, share: pd.DataFrame) -> pd.DataFrame:
    """Shares turned into numbers of people: estimates, rounded to one person."""
    populations = set(share["definition"].map(POPULATIONS))
    people = figures[figures["definition"].isin(populations)].set_index(["place_id", "year"])
    at = pd.MultiIndex.from_frame(share[["place_id", "year"]])
    value = (share["value"] / 100 * people["value"].reindex(at).to_numpy()).round()
    number = share.assign(measure="number", unit="people", estimate=True, value=value)
    return number.dropna(subset=["value"])


def _region_sums(figures: pd.DataFrame, region: pd.Series) -> pd.DataFrame:
    rows = figures[
        figures["measure"].isin(["number", "population"])
        & figures["origin_id"].isin([ALL])
        & figures["place_id"].isin(region.index)
    ]
    rows = rows.assign(departement_id=rows["place_id"], place_id=rows["place_id"].map(region))
    table = rows.groupby(KEYS, as_index=False).agg(
        value=("value", "sum"), count=("departement_id", "nunique"), unit=("unit", "first"),
        bound=("bound", "max"), estimate=("estimate", "any"),
    )  # fmt: skip
    complete = table["count"] == table["place_id"].map(region.value_counts())
    return table[complete].drop(columns="count")


def figures_for(
    figures: Figures, definition: str, origins: Sequence[str], level: str
) -> pd.DataFrame:
    """Number and share rows of one definition for these origins at a level of residence."""
    rows = figures.frame.iloc[_rows_for(figures, definition, origins, level)]
    return rows.astype(dict.fromkeys(CODED, "object"))


def _rows_for(figures: Figures, definition: str, origins: Sequence[str], level: str) -> Indices:
    return figures.rows(
        definition=(definition,), origin_id=origins or (ALL,), measure=("number", "share"),
        place_id=figures.by_authority.get(("place_id", level), ()),
    )  # fmt: skip


def year_within(available: Iterable[int], years: tuple[int, int] | None) -> int:
    """The latest year available within a period (of all, without one); 0 where there is none."""
    inside = [int(y) for y in available if not years or years[0] <= y <= years[1]]
    return max(inside, default=0)


def stock(
    figures: Figures,
    definition: str,
    origins: Sequence[str],
    level: str,
    years: tuple[int, int] | None,
) -> Stock:
    """The people of these origins in each territory, in the latest year of the period.

    Where the same share stands in two sources, the one that covers more territories is used
    whole. Numbers of several origins are added; where an origin is not listed for a territory
    the sum is a lower bound.
    """
    rows = _rows_for(figures, definition, origins, level)
    year = year_within(np.unique(figures.year[rows]), years)
    rows = _widest_source(figures, rows[figures.year[rows] == year])
    places, counted = Grouped(figures, rows, "place_id"), figures.are(rows, "measure", "number")
    number, share = places.sums(counted), places.sums(~counted)
    people = _population_by_place(figures, definition, year)[places.codes]
    source, of_share = places.first("source_id"), places.first("source_id", ~counted)
    stocks = {
        "place_id": places.keys,
        "number": number,
        "share": np.where(np.isnan(share), _percent(number, people), share),
        "bound": places.bounds("origin_id", len(origins)),
        "estimate": places.estimated,
        "source_id": np.where(of_share == "", source, of_share),
        "number_source_id": places.first("source_id", counted),
    }
    return Stock(Groups(stocks), year, definition)


def _percent(number: Floats, people: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return number / people * 100


def _widest_source(figures: Figures, rows: Indices) -> Indices:
    """For shares told by two sources, the source with most territories; numbers as they are."""
    shared = figures.are(rows, "measure", "share")
    sources = Grouped(figures, rows[shared], "source_id")
    if len(sources.keys) < 2:
        return rows
    best = sources.keys[sources.different("place_id").argmax()]
    return rows[~shared | figures.are(rows, "source_id", best)]


def _population_by_place(figures: Figures, definition: str, year: int) -> Floats:
    """The population by the code of a place; NaN where it has none."""
    rows = figures.rows(definition=(POPULATIONS[definition],))[::-1]
    rows = rows[figures.year[rows] == year]
    people = np.full(len(figures.coded["place_id"].values), np.nan)
    people[figures.codes("place_id", rows)] = figures.value[rows]
    return people


def population(figures: Figures, definition: str, place_ids: Iterable[str], year: int) -> float:
    """People of all origins in these territories; 0 where one of them has no figure."""
    codes = [figures.code("place_id", place_id) for place_id in place_ids]
    known = _population_by_place(figures, definition, year)[codes]
    return 0.0 if -1 in codes or np.isnan(known).any() else float(known.sum())


def series(figures: Figures, definition: str, place_ids: Sequence[str]) -> Groups:
    """People of all origins in a set of territories over time: year, number, share.

    The share is that of the summed numbers in the summed populations; a year in which any of
    the territories that ever has a figure has none is left out.
    """
    inside = figures.rows(origin_id=(ALL,), place_id=place_ids)
    counted = figures.are(inside, "definition", definition)
    counted &= figures.are(inside, "measure", "number")
    people = inside[figures.are(inside, "definition", POPULATIONS[definition])]
    rows = inside[counted]
    years = np.intersect1d(figures.year[rows], figures.year[people])
    territories = np.array([_places(figures, rows[figures.year[rows] == y]) for y in years], int)
    years = years[territories == territories.max(initial=0)]
    number, whole = (
        np.array([figures.value[of[figures.year[of] == y]].sum() for y in years], float)
        for of in (rows, people)
    )
    return Groups({"year": years, "number": number, "share": _percent(number, whole)})


def _places(figures: Figures, rows: Indices) -> int:
    """How many different places some rows have."""
    return len(np.unique(figures.codes("place_id", rows)))


def origins_ranked(figures: Figures, definition: str, place_ids: Iterable[str]) -> Groups:
    """Countries of origin in these territories, latest year: origin_id, number, bound, estimate,
    year, source_id; largest first.

    Numbers of several territories are added; an origin that one of them does not list makes the
    sum a lower bound.
    """
    rows = figures.rows(
        definition=(definition,), measure=("number",), place_id=place_ids,
        origin_id=figures.by_authority.get(("origin_id", "country"), ()),
    )  # fmt: skip
    year = int(figures.year[rows].max(initial=0))
    rows = rows[figures.year[rows] == year]
    origins = Grouped(figures, rows, "origin_id")
    table = {
        "origin_id": origins.keys,
        "number": origins.sums(),
        "bound": origins.bounds("place_id", _places(figures, rows)),
        "estimate": origins.estimated,
        "year": np.full(len(origins.keys), year),
        "source_id": origins.first("source_id"),
    }
    return Groups(table).taken(largest_first(table["number"]))


def ranks(figures: Figures, place_ids: Iterable[str]) -> Groups:
    """The first countries of birth of immigrants where only their order is published:
    place_id, rank, origin_id, year, source_id."""
    rows = figures.rows(measure=("rank",), place_id=place_ids)
    rows = rows[np.lexsort((figures.value[rows], figures.codes("place_id", rows)))]
    table = {
        "place_id": figures.texts("place_id", rows),
        "rank": figures.value[rows].astype(int),
        "origin_id": figures.texts("origin_id", rows),
        "year": figures.year[rows],
        "source_id": figures.texts("source_id", rows),
    }
    return Groups(table)
