"""Diasporas: stocks of people by residence and origin, one definition at a time.

Immigrants, foreigners and people born abroad are three populations. Every function takes one
`definition`, and none ever adds figures of two definitions, sources or years.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

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
KEYS = ["place_id", "origin_id", "definition", "measure", "year", "source_id"]


@dataclass(frozen=True, eq=False)
class Stock:
    """What a diaspora map stands on: one row a territory.

    `table`: place_id, number, share (% of the population), bound, estimate, source_id (of the
    share, where there is one) and number_source_id; a territory without a row has no figure,
    which is not zero. `year` is 0 where there is none.
    """

    table: pd.DataFrame
    year: int
    definition: str


@lru_cache(maxsize=4)
def figures_of(world: World) -> pd.DataFrame:
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
    return whole.astype(dict.fromkeys(CODED, "category"))


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
    figures: pd.DataFrame, definition: str, origins: Sequence[str], level: str
) -> pd.DataFrame:
    """Number and share rows of one definition for these origins at a level of residence."""
    wanted = figures["origin_id"].isin(list(origins) or [ALL])
    here = _of_authority(figures["place_id"], level)
    measure = figures["measure"].isin(["number", "share"])
    return _plain(figures[(figures["definition"] == definition) & wanted & here & measure])


def _of_authority(ids: pd.Series, authority: str) -> pd.Series:
    """True for ids such as `authority:…`; each different id is looked at once."""
    known = ids.astype("category").cat
    starts = known.categories.str.startswith(f"{authority}:")
    return pd.Series(starts[known.codes], index=ids.index)


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """A few rows with their categories as text again."""
    return rows.astype({c: "object" for c in CODED if c in rows.columns})


def year_within(available: Iterable[int], years: tuple[int, int] | None) -> int:
    """The latest year available within a period (of all, without one); 0 where there is none."""
    inside = [int(y) for y in available if not years or years[0] <= y <= years[1]]
    return max(inside, default=0)


def stock(
    figures: pd.DataFrame,
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
    rows = figures_for(figures, definition, origins, level)
    year = year_within(rows["year"].dropna().unique(), years)
    rows = _widest_source(rows[rows["year"] == year])
    number = rows[rows["measure"] == "number"].groupby("place_id")["value"].sum()
    share = rows[rows["measure"] == "share"].groupby("place_id")["value"].sum()
    people = _population_by_place(figures, definition, year)
    table = pd.DataFrame({"number": number, "share": share})
    table["share"] = table["share"].fillna(table["number"] / people.reindex(table.index) * 100)
    every = rows.groupby("place_id")
    table["bound"] = every["bound"].max()
    table.loc[every["origin_id"].nunique() < len(origins), "bound"] = "lower"
    table["estimate"] = every["estimate"].any()
    shared = rows[rows["measure"] == "share"].groupby("place_id")["source_id"].first()
    table["source_id"] = shared.reindex(table.index).fillna(every["source_id"].first())
    counted = rows[rows["measure"] == "number"].groupby("place_id")["source_id"]
    table["number_source_id"] = counted.first().reindex(table.index).fillna("")
    return Stock(table.rename_axis("place_id").reset_index(), year, definition)


def _widest_source(rows: pd.DataFrame) -> pd.DataFrame:
    """For shares told by two sources, the source with most territories; numbers as they are."""
    shares = rows[rows["measure"] == "share"]
    if shares["source_id"].nunique() < 2:
        return rows
    best = shares.groupby("source_id")["place_id"].nunique().idxmax()
    return rows[(rows["measure"] != "share") | (rows["source_id"] == best)]


def _population_by_place(figures: pd.DataFrame, definition: str, year: int) -> pd.Series:
    people = figures["definition"] == POPULATIONS[definition]
    rows = _plain(figures[people & (figures["year"] == year)])
    return rows.drop_duplicates("place_id").set_index("place_id")["value"]


def population(
    figures: pd.DataFrame, definition: str, place_ids: Iterable[str], year: int
) -> float:
    """People of all origins in these territories; 0 where one of them has no figure."""
    known = _population_by_place(figures, definition, year).reindex(list(place_ids))
    return 0.0 if known.isna().any() else float(known.sum())


def series(figures: pd.DataFrame, definition: str, place_ids: Sequence[str]) -> pd.DataFrame:
    """People of all origins in a set of territories over time: year, number, share.

    The share is that of the summed numbers in the summed populations; a year in which any of
    the territories that ever has a figure has none is left out.
    """
    inside = figures[figures["place_id"].isin(place_ids) & (figures["origin_id"] == ALL)]
    inside = _plain(inside)
    rows = inside[(inside["definition"] == definition) & (inside["measure"] == "number")]
    people = inside[inside["definition"] == POPULATIONS[definition]]
    table: pd.DataFrame = pd.DataFrame(
        {
            "number": rows.groupby("year")["value"].sum(),
            "territories": rows.groupby("year")["place_id"].nunique(),
            "population": people.groupby("year")["value"].sum(),
        }
    ).dropna()
    table["share"] = table["number"] / table["population"] * 100
    table = table[table["territories"] == table["territories"].max()]
    return table[["number", "share"]].rename_axis("year").reset_index()


def origins_ranked(
    figures: pd.DataFrame, definition: str, place_ids: Iterable[str]
) -> pd.DataFrame:
    """Countries of origin in these territories, latest year: origin_id, number, bound, estimate,
    year, source_id; largest first.

    Numbers of several territories are added; an origin that one of them does not list makes the
    sum a lower bound.
    """
    rows = figures[
        (figures["definition"] == definition)
        & figures["place_id"].isin(list(place_ids))
        & _of_authority(figures["origin_id"], "country")
        & (figures["measure"] == "number")
    ]
    rows = _plain(rows[rows["year"] == rows["year"].max()])
    table: pd.DataFrame = rows.groupby("origin_id").agg(
        number=("value", "sum"), bound=("bound", "max"), estimate=("estimate", "any"),
        year=("year", "max"), source_id=("source_id", "first"), listed=("place_id", "nunique"),
    )  # fmt: skip
    table.loc[table["listed"] < rows["place_id"].nunique(), "bound"] = "lower"
    return table.drop(columns="listed").sort_values("number", ascending=False).reset_index()


def ranks(figures: pd.DataFrame, place_ids: Iterable[str]) -> pd.DataFrame:
    """The first countries of birth of immigrants where only their order is published:
    place_id, rank, origin_id, year, source_id."""
    rows = figures[(figures["measure"] == "rank") & figures["place_id"].isin(list(place_ids))]
    rows = rows.assign(rank=rows["value"].astype(int))
    return rows.sort_values(["place_id", "rank"])[
        ["place_id", "rank", "origin_id", "year", "source_id"]
    ].reset_index(drop=True)
