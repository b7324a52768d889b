"""What links are told apart by: relation, notion, stance of the partner's State, what they declare.

Each measure has one value a link, in a category column of `geo.corridors.links_of`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.corridors import FAR, NEAR, grouped, tally
from geo.links import Floats, Indices, Links

COLUMN: Mapping[str, str] = {
    "relation": "relation", "notion": "notion", "stance": "b_stance", "referential": "referential",
    "initiative": "initiative", "place_of_action": "place_of_action",
}  # fmt: skip
MIXED = "mixed"


def tallied(links: Links, measure: str) -> dict[str, int]:
    """How many links have each value of a measure, by code; values without a link are absent."""
    return tally(links, COLUMN[measure])


def prevailing(
    links: Links, level: str, partner_level: str, measure: str
) -> Mapping[tuple[str, str], str]:
    """The value that more than half of the links of each corridor have, else `mixed`, by
    (origin, dest)."""
    return _prevailing(links, [NEAR[level], FAR[partner_level]], measure)  # type: ignore[return-value]


def prevailing_by(links: Links, column: str, measure: str) -> Mapping[str, str]:
    """The same by the places of one column."""
    return {key[0]: code for key, code in _prevailing(links, [column], measure).items()}


def _prevailing(links: Links, places: Sequence[str], measure: str) -> dict[tuple[str, ...], str]:
    values, keys = links.values(COLUMN[measure]), np.zeros(len(links), dtype=np.int64)
    for place in places:
        keys = keys * len(links.values(place)) + links.codes(place)
    found, group = grouped(keys)
    each = group * len(values) + links.codes(COLUMN[measure])
    counts = np.bincount(each, minlength=len(found) * len(values)).reshape(-1, len(values))
    most = counts.max(axis=1, initial=0) * 2 > counts.sum(axis=1)
    codes: Sequence[str] = []
    if len(found):
        codes = np.where(most, values[counts.argmax(axis=1)], MIXED).tolist()
    names = []
    for place in reversed(places):
        found, code = np.divmod(found, len(links.values(place)))
        names.append(links.values(place)[code])
    return dict(zip(zip(*reversed(names), strict=True), codes, strict=True))


def declared_share(links: Links, column: str, measure: str, undeclared: str) -> pd.DataFrame:
    """By the places of a column: links, declared (how many say a value), share (0 to 100)."""
    frame = pd.DataFrame(
        {"key": links.texts(column), "said": links.texts(COLUMN[measure]) != undeclared}
    )
    table: pd.DataFrame = frame.groupby("key").agg(
        links=("said", "size"), declared=("said", "sum")
    )  # fmt: skip
    table["share"] = table["declared"] / table["links"] * 100
    return table.drop(index="", errors="ignore")


@dataclass(frozen=True, eq=False)
class Years:
    """Links by year and value of a measure: each table has a row a year from `first` on, a column
    each of `codes`.

    `active` counts the links known to run in a year: begun by then, and either ended no earlier,
    or active at the date of their source. `undated` have no start year and are in no table;
    `unfollowed` have one, but whether they still run is not known: they are in `started` only.
    """

    first: int
    codes: tuple[str, ...]
    started: Indices
    ended: Indices
    active: Indices
    undated: int
    unfollowed: int

    def frame(self, name: str) -> pd.DataFrame:
        """One of the tables, with its years and codes."""
        table: Indices = getattr(self, name)
        return pd.DataFrame(table, range(self.first, self.first + len(table)), list(self.codes))


def by_year(links: Links, measure: str, period: tuple[int, int]) -> Years:
    """Links started, ended and active in each year of a period, by value of a measure."""
    first, last = period
    start, end = links.numbers("start_year"), links.numbers("end_year")
    column = COLUMN[measure]
    codes, size = links.codes(column), (last - first + 1, len(links.values(column)))
    dated = ~np.isnan(start)
    runs_on = np.where(links.numbers("is_active") & np.isnan(end), last, end)
    known = dated & (runs_on >= start)
    begun = _counted(start[known], codes[known], first, size)
    over = _counted(runs_on[known] + 1, codes[known], first, size)
    return Years(
        first, tuple(links.values(column).tolist()),
        started=_counted(start, codes, first, size, exactly=True),
        ended=_counted(end, codes, first, size, exactly=True),
        active=np.cumsum(begun - over, axis=0),
        undated=int((~dated).sum()), unfollowed=int((dated & np.isnan(runs_on)).sum()),
    )  # fmt: skip


def _counted(
    at: Floats, codes: Indices, first: int, size: tuple[int, int], exactly: bool = False
) -> Indices:
    """How many have each code in each year, from `first` on; what is earlier is of the first year
    unless years are told `exactly`."""
    years, width = size
    inside = (at >= first if exactly else ~np.isnan(at)) & (at < first + years)
    row = np.maximum(at[inside].astype(np.int64) - first, 0)
    return np.bincount(row * width + codes[inside], minlength=years * width).reshape(size)
