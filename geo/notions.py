"""Notions and relations of links, and the national orders of magnitude that they are held against.

The three notions are nested: a link of decentralised cooperation for development is also one of
decentralised cooperation and of external action. Rules are data (`notions`, `relations`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from geo.links import Links
from geo.world import World

EUROPE = "150"  # UN M49
NORTH, SOUTH, EMERGING = "north", "south", "emerging"
NESTED = ("development", "cooperation", "external_action")  # narrowest first
INSIDE_EUROPE = "inside_europe"
UNCLASSIFIED = "unclassified"


def notions_of(world: World, links: pd.DataFrame) -> pd.Series:
    """The notions of each link, a list of codes. `links`: kind, b_country_id."""
    countries = world.table("countries").set_index("country_id")
    held: pd.Series = pd.Series([[] for _ in range(len(links))], index=links.index, dtype=object)
    for row in world.table("notions").itertuples():
        inside = pd.Series(True, index=links.index)
        if row.kinds:
            inside &= links["kind"].isin(str(row.kinds).split(";"))
        if row.partner_column:
            column = countries[str(row.partner_column)].astype(str).str.lower()
            inside &= links["b_country_id"].map(column) == str(row.partner_value)
        for at in links.index[inside]:
            held[at].append(str(row.notion))
    return held


def narrowest(notions: Sequence[str]) -> str:
    """The narrowest of the nested notions that a link has."""
    return next(notion for notion in NESTED if notion in notions)


def relations_of(world: World, links: pd.DataFrame) -> pd.Series:
    """The relation of each link, and `inside_europe` where both ends are: a list of codes.

    `links`: a_country_id, b_country_id.
    """
    countries = world.table("countries").set_index("country_id")
    group = countries["group"].to_dict()
    europe = set(countries.index[countries["m49_region"].eq(EUROPE)])
    ends = zip(links["a_country_id"], links["b_country_id"], strict=True)
    return pd.Series(
        [
            [relation(str(group.get(a, "")), str(group.get(b, ""))),
             *([INSIDE_EUROPE] if a in europe and b in europe else [])]
            for a, b in ends
        ],
        index=links.index, dtype=object,
    )  # fmt: skip


def relation(one: str, other: str) -> str:
    """The relation of two groups of countries, whichever comes first."""
    ends = {one, other}
    if not ends <= {NORTH, SOUTH, EMERGING}:
        return UNCLASSIFIED
    if EMERGING in ends:
        return EMERGING
    return {1: f"{one}_{one}"}.get(len(ends), "north_south")


@lru_cache(maxsize=4)
def orders_of(world: World) -> pd.DataFrame:
    """National orders of magnitude: subject, indicator, case_id, low, high, unit, source_lines.

    `low` and `high` are equal but for a range; units are those of the table of cases.
    """
    orders = world.table("orders").merge(
        world.table("cases")[["case_id", "value", "unit", "source_lines"]], on="case_id"
    )
    ends = orders["value"].str.split("-", n=1)
    return orders.assign(
        low=ends.str[0].astype(float), high=ends.str[-1].astype(float)
    ).drop(columns="value")  # fmt: skip


def held(links: Links) -> Mapping[str, tuple[int, int]]:
    """Links and French collectivities by notion and by relation, of a selection of links."""
    owners, counted = links.codes("a_id"), {}
    for column in ("notions", "relations"):
        for code in links.listed[column]:
            having = links.having(column, (code,))
            if having.any():
                counted[code] = (int(having.sum()), len(np.unique(owners[having])))
    return counted
