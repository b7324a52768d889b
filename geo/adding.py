"""From rows of vectors to values by place: added only where that is right.

Nothing is ever added across two series (`geo.series`). Within one, things counted one by one add
up, and so do counts, by the rules of `by_place`; shares never do.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import numpy as np

from geo.places import FRANCE
from geo.series import WITHIN, Bools, Ints, Numbered, Rows, Series, numbered, only_of
from geo.values import Placed, Values
from geo.vectors import vectors_of
from geo.world import World

_SMALL = ("commune", "epci", "town")


def by_place(world: World, rows: Rows, level: str) -> Placed:
    """Some rows of `vectors_of` as values by place of a level.

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
    n, at = numbered(world), _at(world, level)
    rows = rows[at[rows] > 0]
    if not len(rows):
        return _summed(n, rows, at, n.lower)
    rows = _of_one_source(n, rows)
    rank = _ranks(world, rows, level)
    rows = rows[rank[rows] >= 0]
    part = _parts(n, rows, level)
    rows = _without_totals(world, rows, level)
    among = n.series[rows] if level == "country" else _groups(n.series[rows], at[rows])
    rows = rows[n.counted[rows] | (rank[rows] == _least(rank[rows], among))]
    several = np.zeros_like(part)
    several[rows] = _sizes(_groups(n.series[rows], at[rows])) > 1
    rows = rows[~(n.share & (several | (rank > 0)))[rows]]
    whole = (rank == 1) & (n.counterpart == 0) & (level == "region")
    added = ~n.counted & (several | part | (rank > 0)) & ~whole
    return _summed(n, rows, at, n.lower | added)


@lru_cache(maxsize=16)
def _at(world: World, level: str) -> Ints:
    """The place of a level that each row concerns, 0 for none."""
    n, table = numbered(world), vectors_of(world).table
    if level == "country":
        return n.far
    column = "place_id" if level == "commune" else f"{level}_id"
    here = _french(world) & (table["level"].isin(_SMALL) | (level != "commune")).to_numpy()
    return np.where(here, n.within[:, WITHIN.index(column)], 0)


@lru_cache(maxsize=4)
def _french(world: World) -> Bools:
    """True for rows of a territory of France, not of France as a whole."""
    table = vectors_of(world).table
    return ((table["country_id"] == FRANCE) & (table["level"] != "country")).to_numpy()


def _of_one_source(n: Numbered, rows: Rows) -> Rows:
    """One row a figure: of two sources, the one that has more figures of the series."""
    wide = _sizes(_groups(n.series[rows], n.source[rows]))
    figure = _groups(n.series[rows], n.place[rows], n.counterpart[rows])
    order = np.lexsort((n.source[rows], -wide, figure))
    order = order[~n.counted[rows[order]]]
    kept = n.counted[rows]
    kept[order[np.diff(figure[order], prepend=-1) > 0]] = True
    return rows[kept]


def _ranks(world: World, rows: Rows, level: str) -> Ints:
    """How near the level of each row is to the level asked: 0 is the same, -1 of no use.

    Of some rows: `whole` départements of a région come before communes.
    """
    rank = _own_ranks(world, level)
    if level != "region":
        return rank
    rank = rank.copy()
    rank[rows[_whole(world, rows)]] = 1
    return rank


@lru_cache(maxsize=16)
def _own_ranks(world: World, level: str) -> Ints:
    """The same where no row needs others."""
    table = vectors_of(world).table
    if level == "country":
        order = {"country": 0, "region": 1, "departement": 2}
        return np.array([order.get(level, 3) for level in table["level"]], dtype=np.int64)
    near = (table["level"] == level) | table["counted"] | (level == "commune")
    return np.select([near, table["level"].isin(_SMALL)], [0, 2], -1)


def _whole(world: World, rows: Rows) -> Bools:
    """True for figures of départements whose région has one for each of its départements."""
    n, need = numbered(world), _needed(world)
    region, departement = (n.within[:, WITHIN.index(f"{level}_id")][rows]
                           for level in ("region", "departement"))  # fmt: skip
    within = _of_departements(world)[rows]
    found = np.zeros(len(rows), dtype=bool)
    group = _groups(n.series[rows][within], region[within])
    found[within] = _distinct(departement[within], group) == need[region[within]]
    return found


@lru_cache(maxsize=4)
def _of_departements(world: World) -> Bools:
    """True for figures given for a département."""
    table = vectors_of(world).table
    return ((table["level"] == "departement") & ~table["counted"]).to_numpy()


@lru_cache(maxsize=4)
def _needed(world: World) -> Ints:
    """How many départements the région of each number has; 0 for what is no région."""
    count = Counter(world.table("departements")["region_id"])
    return np.array([count[place] for place in numbered(world).ids], dtype=np.int64)


def _parts(n: Numbered, rows: Rows, level: str) -> Bools:
    """Of all rows, those that concern one counterpart of several, at a French level."""
    found = np.zeros(len(n.series), dtype=bool)
    if level != "country":
        partners = _distinct(n.counterpart[rows], n.series[rows])
        found[rows] = (n.counterpart[rows] > 0) & (partners > 1)
    return found


def _without_totals(world: World, rows: Rows, level: str) -> Rows:
    """Never a total together with its parts: at a French level, the total where there is one;
    abroad, the counterparts, without France's own total."""
    n = numbered(world)
    paired = n.counterpart[rows] > 0
    if level == "country":
        left = np.isin(n.far[rows], n.ids_at([FRANCE])) & _any(paired, n.series[rows])
    else:
        left = paired & _any(~paired, _groups(n.series[rows], n.place[rows]))
    return rows[n.counted[rows] | ~left]


def _summed(n: Numbered, rows: Rows, at: Ints, lower: Bools) -> Placed:
    """One value a series and place."""
    group = _groups(n.series[rows], at[rows])
    first = rows[np.unique(group, return_index=True)[1]]
    value = np.bincount(group, n.value[rows]).astype(float)
    found = Placed(
        n, series=n.series[first], at=at[first], value=value,
        lower=np.bincount(group, lower[rows]) > 0,
        estimate=np.bincount(group, n.estimate[rows]) > 0,
        rows=np.bincount(group), source=n.source[first],
    )  # fmt: skip
    return found.only(np.lexsort((found.at, -value, found.series)))


def _groups(*columns: Ints) -> Ints:
    """The number of each entry's group, of those equal in all columns."""
    key = columns[0]
    for column in columns[1:]:
        key = key * (column.max(initial=0) + 1) + column
    return np.unique(key, return_inverse=True)[1]


def _sizes(group: Ints) -> Ints:
    return np.bincount(group)[group]


def _any(flag: Bools, group: Ints) -> Bools:
    """True where any of the group is."""
    return np.bincount(group, flag)[group] > 0


def _least(value: Ints, group: Ints) -> Ints:
    """The least value of the group."""
    least = np.full(group.max(initial=0) + 1, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(least, group, value)
    found: Ints = least[group]
    return found


def _distinct(value: Ints, group: Ints) -> Ints:
    """How many values the group has."""
    first = np.unique(_groups(group, value), return_index=True)[1]
    return np.bincount(group[first])[group]


def values_of(world: World, rows: Rows, series: Series, level: str, values: Placed) -> Values:
    """The values of one series by place of a level; `values` is what `by_place` answers for these
    rows at that level."""
    rows, found = only_of(world, rows, series), values.of(series)
    placed = int(np.count_nonzero(_at(world, level)[rows]))
    concerned = len(rows) if level == "country" else int(np.count_nonzero(_french(world)[rows]))
    return Values(series, level, found, concerned - placed, placed - int(found.rows.sum()))
