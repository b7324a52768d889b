"""Transnationalisation index: how much of what crosses borders is known of each territory.

Method, in the order in which it is printed beside the map:

1. Ingredients. Of every kind of vector that has figures at the level, the series that covers most
   territories (shares before counts, then the latest year), if it covers at least COVERAGE of
   them; and the diversity of origins. Counts are divided by the population, per PER inhabitants.
2. Scores. 100 x (territories below + half of those equal) / (territories with a figure - 1): the
   percentile rank among the territories that have the figure, 0 for the lowest, 100 for the
   highest; 50 where only one has.
3. Index. The mean of a territory's scores, weighted (weights are equal unless told otherwise).
   A territory with fewer than LEAST ingredients is left out, with the reason: it has no index,
   which is not zero. What is not known of a territory does not lower its index.
4. Sensitivity. Ranks under other weights: each ingredient left out, each counted twice, and DRAWS
   sets of weights drawn evenly from all those that sum to one (Dirichlet, seed SEED).

Links, memberships and consulates are what the data list: a territory with none listed has no
figure of that kind, not a zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.adding import by_place
from geo.diaspora import ALL, NATIVE, POPULATIONS
from geo.series import Series, numbered
from geo.values import leading
from geo.vectors import CASES, DIASPORA, kinds_of, vectors_of
from geo.world import World

COVERAGE = 0.5
PER = 100_000
LEAST = 3
DRAWS = 500
SEED = 20261123
FIFTH = 0.2
LEVELS = {"departement": "departements", "region": "regions"}
DIVERSITY = "diversity"
OUTSIDE = "com"  # zone of the collectivities that are neither département nor région
Floats = npt.NDArray[np.float64]
Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Ingredient:
    """One ingredient of the index. `key` is the kind, or `diversity`; `per` says what its values
    are: `share` (%), `population` (per PER inhabitants) or `groups` (effective number of groups
    of origin). `territories` have a figure, of `of`."""

    key: str
    kind: str
    series: Series
    per: str
    visibility: str
    territories: int
    of: int
    estimate: bool
    sources: tuple[str, ...]

    @property
    def coverage(self) -> float:
        """Share of the territories that have a figure, between 0 and 1."""
        return self.territories / self.of if self.of else 0.0


@dataclass(frozen=True, eq=False)
class Ingredients:
    """What the index is made of at a level.

    `used`: the ingredients, in the order of the kinds. `amounts` and `values`: a row a territory
    (place_id), a column an ingredient: as published, and as scored; NaN where there is no figure.
    `aside`: kinds that are no ingredient: kind, visibility, territories, reason (`no_figure`: no
    row at all, `other_level`: none at this level, `too_few`: below COVERAGE).
    """

    level: str
    used: tuple[Ingredient, ...]
    amounts: pd.DataFrame
    values: pd.DataFrame
    aside: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Index:
    """The index of a level under some weights.

    `table`: place_id, index (0 to 100), rank (1 is the highest, equal ones share it), present
    (ingredients of positive weight that the territory has) and reason, best first. Territories
    left out have NaN as index and rank, and a reason: `few` (fewer than `least` ingredients),
    `no_weight` (every weight is zero), `other_status` (neither département nor région).
    `scores`: a row a territory, a column an ingredient, 0 to 100.
    """

    level: str
    ingredients: Ingredients
    weights: Mapping[str, float]
    least: int
    table: pd.DataFrame
    scores: pd.DataFrame

    @cached_property
    def ranked(self) -> pd.DataFrame:
        """The rows that have an index."""
        return self.table[self.table["reason"] == ""]

    @cached_property
    def left_out(self) -> pd.DataFrame:
        """The rows that have none, each with its reason."""
        return self.table[self.table["reason"] != ""]


@dataclass(frozen=True, eq=False)
class Dichotomy:
    """How far the most transnationalised territories stand from the least: the fifths of the
    ranking at either end (`size` territories each), their mean index, and `ingredients`: key,
    top, bottom (medians of the values, among those that have one) and ratio (NaN where the bottom
    is zero or unknown)."""

    size: int
    top_ids: tuple[str, ...]
    bottom_ids: tuple[str, ...]
    top: float
    bottom: float
    ingredients: pd.DataFrame


@lru_cache(maxsize=8)
def ingredients_of(world: World, level: str) -> Ingredients:
    """The ingredients that the data give at a level, `departement` or `region`."""
    places = _universe(world, level)
    inside = places.index[places["zone"] != OUTSIDE]
    given = np.flatnonzero(vectors_of(world).table["origin"] != CASES)
    values = by_place(world, given, level)
    values = values.only(np.isin(values.at, numbered(world).ids_at(inside)))
    kinds = kinds_of(world)
    visibility = dict(zip(kinds["kind"], kinds["visibility"], strict=True))
    found: list[tuple[Ingredient, pd.DataFrame]] = []
    for kind, series in leading(values).items():
        rows = values.of(series).table
        per = "share" if series.is_share else "population"
        found.append((_ingredient(kind, series, per, visibility[kind], rows, len(inside)), rows))
    diversity = _diversity(world, level, list(inside))
    if not diversity.empty:
        year, shown = int(diversity["year"].iloc[0]), visibility.get(DIASPORA, "")
        series = Series(DIASPORA, DIVERSITY, "groups", "stock", DIASPORA, year)
        item = _ingredient(DIVERSITY, series, "groups", shown, diversity, len(inside))
        found.append((item, diversity))
    enough = [(item, rows) for item, rows in found if item.coverage >= COVERAGE]
    return _assembled(level, places, enough, _aside(kinds, [item for item, _ in found]))


def _universe(world: World, level: str) -> pd.DataFrame:
    """The territories of a level with zone and population, by place_id."""
    table = world.table(LEVELS[level])
    index = pd.Index(table[f"{level}_id"], name="place_id")
    return table[["zone", "population"]].set_index(index)


def _ingredient(
    key: str, series: Series, per: str, visibility: str, rows: pd.DataFrame, of: int
) -> Ingredient:
    return Ingredient(
        key=key, kind=series.kind, series=series, per=per, visibility=visibility,
        territories=rows["place_id"].nunique(), of=of, estimate=bool(rows["estimate"].any()),
        sources=tuple(sorted(set(rows["source_id"]))),
    )  # fmt: skip


def _diversity(world: World, level: str, inside: list[str]) -> pd.DataFrame:
    """Effective number of groups of origin among people born abroad: 1 / sum of squared shares.

    From the published shares of groups of countries by département; a région's groups are added
    up in people (share x population) where all its départements have them, an estimate.
    """
    rows = world.table("figures")
    groups = rows["origin_id"].str.startswith("origin:") & ~rows["origin_id"].isin([ALL, NATIVE])
    groups &= (rows["definition"] == "born_abroad") & (rows["measure"] == "share")
    rows = rows[groups & rows["place_id"].str.startswith("departement:")]
    rows = rows[rows["year"] == rows["year"].max()]
    if rows["origin_id"].nunique() < 2:
        return pd.DataFrame(columns=["place_id", "value", "estimate", "source_id", "year"])
    if level == "region":
        rows = _in_regions(world, rows)
    rows = rows[rows["place_id"].isin(inside)]
    part = rows["value"] / rows.groupby("place_id")["value"].transform("sum")
    squares: pd.Series = (part**2).groupby(rows["place_id"]).sum()
    return pd.DataFrame(
        {
            "place_id": squares.index,
            "value": 1 / squares.to_numpy(),
            "estimate": level == "region",
            "source_id": rows["source_id"].iloc[0] if len(rows) else "",
            "year": int(rows["year"].iloc[0]) if len(rows) else 0,
        }
    )


def _in_regions(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """People of each group in the régions whose départements all have a share."""
    figures = world.table("figures")
    people = figures[figures["definition"] == POPULATIONS["born_abroad"]]
    known = people.drop_duplicates(["place_id", "year"]).set_index(["place_id", "year"])["value"]
    at = pd.MultiIndex.from_frame(rows[["place_id", "year"]])
    region = world.table("departements").set_index("departement_id")["region_id"]
    number = rows["value"] / 100 * known.reindex(at).to_numpy()
    rows = rows.assign(
        value=number, departement_id=rows["place_id"], place_id=rows["place_id"].map(region)
    )[number.notna()]
    have = rows.groupby("place_id")["departement_id"].transform("nunique")
    rows = rows[have == rows["place_id"].map(region.value_counts())]
    keys = ["place_id", "origin_id", "year", "source_id"]
    added: pd.DataFrame = rows.groupby(keys, as_index=False).agg(value=("value", "sum"))
    return added


def _assembled(
    level: str,
    places: pd.DataFrame,
    found: list[tuple[Ingredient, pd.DataFrame]],
    aside: pd.DataFrame,
) -> Ingredients:
    used = tuple(item for item, _ in found)
    amounts = pd.DataFrame(index=places.index, columns=[i.key for i in used], dtype="float64")
    values = amounts.copy()
    people = places["population"].astype("float64").replace(0, np.nan)
    for item, rows in found:
        amount = rows.set_index("place_id")["value"].reindex(places.index)
        amounts[item.key] = amount
        values[item.key] = amount / people * PER if item.per == "population" else amount
    return Ingredients(level, used, amounts, values, aside)


def _aside(kinds: pd.DataFrame, found: list[Ingredient]) -> pd.DataFrame:
    covered = {item.key: item for item in found}
    rows = []
    for row in kinds.itertuples():
        item = covered.get(str(row.kind))
        if item is None or item.coverage < COVERAGE:
            reason = "too_few" if item else "other_level" if row.figures else "no_figure"
            territories = item.territories if item else 0
            rows.append((str(row.kind), str(row.visibility), territories, reason))
    return pd.DataFrame(rows, columns=["kind", "visibility", "territories", "reason"])


def scores_of(values: pd.DataFrame) -> pd.DataFrame:
    """Percentile ranks by column, 0 to 100, among the rows that have a value; NaN elsewhere."""
    ranks = values.rank(method="average").to_numpy(dtype=np.float64)
    known = values.notna().to_numpy()
    others = known.sum(axis=0) - 1
    spread = (ranks - 1) / np.where(others > 0, others, 1) * 100
    scores = np.where(known & (others == 0), 50.0, spread)
    return pd.DataFrame(scores, index=values.index, columns=values.columns)


def checked(weights: Mapping[str, float], ingredients: Ingredients) -> dict[str, float]:
    """The weight of every ingredient, 1 where none is given.

    ValueError for an ingredient that is not there, or a weight that is no number from 0 up.
    """
    keys = [item.key for item in ingredients.used]
    if unknown := sorted(set(weights) - set(keys)):
        raise ValueError(f"no ingredient {', '.join(unknown)}; there are: {', '.join(keys)}")
    if wrong := [k for k, w in weights.items() if not (np.isfinite(w) and w >= 0)]:
        raise ValueError(f"the weight of {', '.join(sorted(wrong))} is not a number from 0 up")
    return {key: float(weights.get(key, 1.0)) for key in keys}


@lru_cache(maxsize=32)
def index_of(world: World, level: str, weights: Weights = ()) -> Index:
    """The index of every territory of a level; `weights` are pairs of ingredient and weight.

    At least LEAST ingredients are needed, or all those of positive weight where they are fewer.
    Raises ValueError as `checked` does, KeyError for a level without index.
    """
    ingredients = ingredients_of(world, level)
    weight = checked(dict(weights), ingredients)
    scores = scores_of(ingredients.values)
    w = np.array(list(weight.values()), dtype=np.float64)
    least = min(LEAST, int((w > 0).sum()))
    index = _means(scores, w[None, :])[0]
    present = (scores.notna().to_numpy() & (w > 0)).sum(axis=1)
    outside = (_universe(world, level)["zone"] == OUTSIDE).to_numpy()
    reason = np.array(["few" if have < least else "" for have in present], dtype=object)
    reason[:] = reason if least else "no_weight"
    reason[outside] = "other_status"
    table = pd.DataFrame(
        {"place_id": scores.index, "index": np.where(reason == "", index, np.nan)},
    ).assign(present=present, reason=reason)
    table["rank"] = table["index"].rank(ascending=False, method="min")
    order = ["rank", "place_id"]
    table = table[["place_id", "index", "rank", "present", "reason"]]
    table = table.sort_values(order, na_position="last", ignore_index=True)
    return Index(level, ingredients, weight, least, table, scores)


def _means(scores: pd.DataFrame, weights: Floats) -> Floats:
    """Weighted means of the scores present: a row a set of weights, a column a territory; NaN
    where nothing present has a weight."""
    known = scores.notna().to_numpy(dtype=float)
    total = weights @ known.T
    with np.errstate(divide="ignore", invalid="ignore"):
        means: Floats = weights @ scores.fillna(0).to_numpy(dtype=float).T / total
    return np.where(total > 0, means, np.nan)


def sensitivity(index: Index) -> pd.DataFrame:
    """The rank of each territory of the index under other weights, among the same territories.

    place_id, rank, best, worst (over each ingredient left out, and each counted twice), low, high
    (5th and 95th percentile over DRAWS even draws of weights); in the order of the index. Where
    an ingredient left out leaves a territory nothing, that set says nothing of it.
    """
    ranked = index.ranked
    scores = index.scores.loc[ranked["place_id"]]
    w = np.array(list(index.weights.values()), dtype=np.float64)
    used = np.flatnonzero(w > 0)
    one = np.array([w * np.where(np.arange(len(w)) == i, f, 1) for i in used for f in (0.0, 2.0)])
    drawn = np.zeros((DRAWS, len(w)))
    if len(used):
        drawn[:, used] = np.random.default_rng(SEED).dirichlet(np.ones(len(used)), DRAWS)
    steps, draws = _ranks(scores, one.reshape(-1, len(w))), _ranks(scores, drawn)
    return pd.DataFrame(
        {
            "place_id": ranked["place_id"].to_numpy(),
            "rank": ranked["rank"].to_numpy(),
            "best": _over(steps, 0),
            "worst": _over(steps, 100),
            "low": _over(draws, 5),
            "high": _over(draws, 95),
        }
    )


def _ranks(scores: pd.DataFrame, weights: Floats) -> Floats:
    """The rank of each territory under each set of weights, 1 for the highest."""
    means = pd.DataFrame(_means(scores, weights))
    return means.rank(axis=1, ascending=False, method="min").to_numpy(dtype=float)


def _over(ranks: Floats, percentile: int) -> Floats:
    """A percentile of each column, NaN where a column has nothing; 0 and 100 are the ends."""
    found, gaps = np.full(ranks.shape[1], np.nan), np.isnan(ranks)
    whole = ~gaps.any(axis=0) & (len(ranks) > 0)
    if whole.any():
        found[whole] = np.percentile(ranks[:, whole], percentile, axis=0)
    for i in np.flatnonzero(~whole & ~gaps.all(axis=0)):
        found[i] = np.percentile(ranks[~gaps[:, i], i], percentile)
    return found


def dichotomy(index: Index) -> Dichotomy:
    """How far the upper fifth of the ranking stands from the lower; of nothing, size 0."""
    ranked = index.ranked
    size = int(np.ceil(len(ranked) * FIFTH)) if len(ranked) > 1 else 0
    top, bottom = ranked.head(size), ranked.tail(size)
    values = index.ingredients.values
    high = values.reindex(top["place_id"]).median()
    low = values.reindex(bottom["place_id"]).median()
    ratio = high / low.where(low > 0)
    table = pd.DataFrame({"key": list(values), "top": high, "bottom": low, "ratio": ratio})
    return Dichotomy(
        size=size, top_ids=tuple(top["place_id"]), bottom_ids=tuple(bottom["place_id"]),
        top=float(top["index"].mean()), bottom=float(bottom["index"].mean()),
        ingredients=table.reset_index(drop=True),
    )  # fmt: skip
