"""What links are told apart by: relation, notion, stance of the partner's State, what they declare.

Each measure has one value a link, in a category column of `geo.corridors.links_of`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.corridors import FAR, NEAR, tally
from geo.links import Links

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
    column = COLUMN[measure]
    frame = pd.DataFrame({name: links.texts(name) for name in (*places, column)}, dtype=object)
    counts = frame.value_counts().rename("links").reset_index()
    whole = counts.groupby(list(places), sort=False)["links"].transform("sum")
    counts = counts.drop_duplicates(list(places))
    most = counts["links"].to_numpy() * 2 > whole[counts.index].to_numpy()
    codes = np.where(most, counts[column], MIXED)
    return dict(zip(counts[list(places)].itertuples(index=False, name=None), codes, strict=True))


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
    """Links by year and value of a measure: each frame has a row a year, a column a code.

    `active` counts the links known to run in a year: begun by then, and either ended no earlier,
    or active at the date of their source. `undated` have no start year and are in no frame;
    `unfollowed` have one, but whether they still run is not known: they are in `started` only.
    """

    started: pd.DataFrame
    ended: pd.DataFrame
    active: pd.DataFrame
    undated: int
    unfollowed: int


def by_year(links: Links, measure: str, period: tuple[int, int]) -> Years:
    """Links started, ended and active in each year of a period, by value of a measure."""
    first, last = period
    start, end = links.numbers("start_year"), links.numbers("end_year")
    codes = links.texts(COLUMN[measure])
    dated = ~np.isnan(start)
    runs_on = np.where(links.numbers("is_active") & np.isnan(end), last, end)
    known = dated & ~np.isnan(runs_on)
    years = np.arange(first, last + 1)
    frames = {
        "started": _counted(start, codes, years),
        "ended": _counted(end, codes, years),
        "active": _running(start[known], runs_on[known], codes[known], years),
    }
    return Years(
        **frames, undated=int((~dated).sum()), unfollowed=int((dated & np.isnan(runs_on)).sum())
    )  # fmt: skip


def _counted(at: np.ndarray, codes: np.ndarray, years: np.ndarray) -> pd.DataFrame:
    inside = ~np.isnan(at)
    table: pd.DataFrame = pd.crosstab(at[inside].astype(int), codes[inside])
    return table.reindex(index=years, fill_value=0)


def _running(
    start: np.ndarray, end: np.ndarray, codes: np.ndarray, years: np.ndarray
) -> pd.DataFrame:
    runs = (start[None, :] <= years[:, None]) & (end[None, :] >= years[:, None])
    return pd.DataFrame({code: runs[:, codes == code].sum(1) for code in pd.unique(codes)}, years)
