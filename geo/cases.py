"""The concrete cases and figures of the source: where each stands, and where to read it.

A case whose place is a whole country has a point only to be drawn at: it lies in no région.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from geo.sited import Wanted, holding, joined, sides
from geo.world import World

KINDS = ("case", "figure", "network", "actor", "claim")
WHOLE = "country"
PLACE = ["country_id", "lon", "lat"]  # what cases are gathered by
SELECTORS: Mapping[str, tuple[str, ...]] = {
    "case": ("case_id",),
    "nature": ("kind",),
    "vector": ("vector_kind",),
}
_NUMBER = r"\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})(?:-({_NUMBER}))?")


@lru_cache(maxsize=4)
def cases_of(world: World) -> pd.DataFrame:
    """Cases, one a row: the columns of `cases`, low and high (bounds of the value, NaN where it
    is no number), région, département, first-level unit, subregion, groups, stance, french,
    `placed` (has a point) and `whole` (its point stands for a country)."""
    cases = world.table("cases")
    whole = cases["place_level"] == WHOLE
    key = cases["place_id"].where(cases["place_id"] != "", cases["case_id"])
    points = pd.DataFrame({"place_id": key, "country_id": cases["country_id"]})
    points = points.assign(lon=cases["lon"].mask(whole), lat=cases["lat"].mask(whole))
    points = points.drop_duplicates("place_id", ignore_index=True)
    sited = joined(world, points)[0].rename(columns={"place_id": "key"})
    sited = sited.drop(columns=["name_fr", "name_en", "lon", "lat", "country_id"])
    rows = cases.assign(key=key).merge(sited, on="key", how="left", validate="many_to_one")
    bounds = [bounds_of(value) for value in cases["value"].tolist()]
    return rows.drop(columns="key").assign(
        low=pd.Series([low for low, _ in bounds], dtype="float64"),
        high=pd.Series([high for _, high in bounds], dtype="float64"),
        placed=cases["lon"].notna() & cases["lat"].notna(),
        whole=whole,
    )


def bounds_of(value: str) -> tuple[float, float]:
    """A value as the source tells it, as two bounds: «700-1000» -> (700, 1000), «50» -> (50, 50),
    NaN for what is no number."""
    found = _RANGE.fullmatch(value.strip())
    if not found:
        return float("nan"), float("nan")
    return float(found[1]), float(found[2] or found[1])


def selected(cases: pd.DataFrame, wanted: Wanted) -> pd.DataFrame:
    """Cases that pass every filter; see SELECTORS and `geo.sited`.

    Territories keep the cases whose point lies in them, partners and kinds of States those of
    their country; both together keep the cases of either.
    """
    own = holding(cases, wanted, SELECTORS)
    chosen = [side for side in sides(cases, wanted) if side is not None]
    return cases[own & np.logical_or.reduce(chosen) if chosen else own]


def gathered(cases: pd.DataFrame) -> pd.DataFrame:
    """Places with their cases: place_fr, place_en, country_id, lon, lat, whole, cases (their ids,
    in the order of the source) and number; most cases first. Cases without a point are not here:
    `unplaced` has them."""
    rows = cases[cases["placed"]].sort_values("case_id")
    table = rows.groupby(PLACE, as_index=False).agg(
        place_fr=("place_name", "first"), place_en=("place_name_en", "first"),
        whole=("whole", "all"), cases=("case_id", list), number=("case_id", "size"),
    )  # fmt: skip
    order = np.lexsort((table["place_fr"], -table["number"].to_numpy(dtype=np.int64)))
    return table.iloc[order].reset_index(drop=True)


def places_in(cases: pd.DataFrame) -> int:
    """How many places `gathered` tells apart."""
    return len(cases.loc[cases["placed"], PLACE].drop_duplicates())


def unplaced(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases that the source puts nowhere."""
    return cases[~cases["placed"]]


def kinds(cases: pd.DataFrame) -> dict[str, int]:
    """How many cases are of each kind, in the order of KINDS, zeros included."""
    counts = cases["kind"].value_counts()
    return {kind: int(counts.get(kind, 0)) for kind in KINDS}
