"""Corridors: links selected, aggregated by pair of places, totalled, ranked, followed in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.joins import joined_links
from geo.notions import narrowest, notions_of, relations_of
from geo.stances import Weights, stances_of
from geo.world import World

NEAR = {"region": "a_region_id", "departement": "a_departement_id", "collectivity": "a_id"}
FAR = {"country": "b_country_id", "admin1": "b_admin1_id", "place": "b_id"}

# The columns that hold the values of a filter; a link passes when any of them has a wanted one.
SELECTORS: Mapping[str, tuple[str, ...]] = {
    "territory": ("a_id", "a_region_id", "a_departement_id", "a_epci_id", "a_ept_id"),
    "home": ("a_country_id",),
    "partner": ("b_id", "b_admin1_id", "b_country_id"),
    "subregion": ("b_subregion",),
    "group": ("b_groups",),
    "kind": ("kind",),
    "notion": ("notions",),
    "relation": ("relations",),
    "referential": ("referential",),
    "theme": ("theme_list",),
    "stance": ("b_stance",),
    "status": ("status",),
}
Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# What a link may declare of itself; empty is told as «undeclared».
DECLARED = ("referential", "initiative", "place_of_action")

# Columns of few values, kept as categories so that filters compare numbers, not text.
CODED = (
    "a_id", "a_region_id", "a_departement_id", "a_epci_id", "a_ept_id", "a_country_id", "b_id",
    "b_admin1_id", "b_country_id", "b_subregion", "b_stance", "kind", "status", "source_id",
    "source_title", "relation", "notion", *DECLARED,
)  # fmt: skip
PLAIN = ("start_year", "end_year", "confidence")
SEVERAL = ("theme_list", "b_groups", "notions", "relations")  # columns of lists
UNCODED = "uncoded"
UNDECLARED = "undeclared"


@dataclass(frozen=True)
class Totals:
    """Key figures of a set of links; `dated` links have a start year."""

    links: int
    corridors: int
    collectivities: int
    countries: int
    partners: int
    dated: int
    low_confidence: int


@lru_cache(maxsize=16)
def links_of(world: World, weights: Weights = ()) -> pd.DataFrame:
    """What filters and totals stand on, a link a row, in the order of `joined_links`.

    Columns of few values are categories; those of SEVERAL hold a list of values a link.
    `weights` change the rule that the stance of the partner's State follows.
    """
    if weights:
        links = links_of(world)
        stance = links["b_country_id"].astype(object).map(stances_of(world, weights)["stance"])
        return links.assign(b_stance=stance.fillna(UNCODED).astype("category"))
    joined = joined_links(world)
    members = group_members(world)
    stance = joined["b_country_id"].map(stances_of(world)["stance"]).fillna(UNCODED)
    declared = {c: joined[c].fillna("").replace("", UNDECLARED) for c in DECLARED}
    notions, relations = notions_of(world, joined), relations_of(world, joined)
    links = joined[[c for c in (*CODED, *PLAIN) if c in joined]].assign(
        b_stance=stance,
        notion=notions.map(narrowest),
        relation=relations.str[0],
        theme_list=joined["themes"].fillna("").map(_themes),
        b_groups=joined["b_country_id"].map(lambda country: members.get(country, [])),
        notions=notions,
        relations=relations,
        is_active=joined["status"] == "active",
        is_ended=joined["status"] == "ended",
        **declared,
    )
    return links.astype(dict.fromkeys(CODED, "object")).astype(dict.fromkeys(CODED, "category"))


def _themes(joined: str) -> list[str]:
    return joined.split(";") if joined else [UNDECLARED]


def tally(column: pd.Series) -> pd.Series:
    """How often each value of a category but the empty one occurs, most frequent first."""
    counts = np.bincount(column.cat.codes.to_numpy() + 1, minlength=len(column.cat.categories) + 1)
    found = pd.Series(counts[1:], index=column.cat.categories.astype(object))
    found = found[(found > 0) & (found.index != "")]
    return found.sort_values(ascending=False, kind="stable")


@lru_cache(maxsize=4)
def group_members(world: World) -> Mapping[str, list[str]]:
    """The groups each country is in, by the columns and values that `groups` names."""
    countries = world.table("countries").set_index("country_id")
    found: dict[str, list[str]] = {country: [] for country in countries.index}
    for row in world.table("groups").itertuples():
        column = countries[str(row.column)].astype(str).str.lower()
        wanted = str(row.value).lower().split(";")
        for country in column.index[column.isin(wanted)]:
            found[country].append(str(row.group_id))
    return found


def selected_links(
    links: pd.DataFrame,
    wanted: Mapping[str, tuple[str, ...]],
    years: tuple[int, int] | None = None,
) -> pd.DataFrame:
    """Links that pass every filter; see `passing`."""
    return links[passing(links, wanted, years)]


def passing(
    links: pd.DataFrame,
    wanted: Mapping[str, tuple[str, ...]],
    years: tuple[int, int] | None = None,
) -> Mask:
    """True for links that pass every filter: any of its wanted values in any of its columns.

    `years` keeps links known to have run in at least one of those years, ends included; a link
    without a start year is not among them.
    """
    mask = np.ones(len(links), dtype=bool)
    for name, values in wanted.items():
        if values:
            mask &= _has_any(links, SELECTORS[name], values)
    return mask & ran_between(links, *years) if years else mask


def _has_any(links: pd.DataFrame, columns: tuple[str, ...], values: tuple[str, ...]) -> Mask:
    found = np.zeros(len(links), dtype=bool)
    chosen = set(values)
    for column in columns:
        held = links[column]
        if column in SEVERAL:
            found |= np.array([not chosen.isdisjoint(v) for v in held], dtype=bool)
        else:
            codes = held.cat.categories.get_indexer(pd.Index(values))
            found |= np.isin(held.cat.codes.to_numpy(), codes[codes >= 0])
    return found


def ran_between(links: pd.DataFrame, first: int, last: int) -> Mask:
    """True where a link is known to have run in a year of first..last."""
    start = links["start_year"].astype("float64").to_numpy()
    end = links["end_year"].astype("float64").fillna(9999).to_numpy()
    return ~np.isnan(start) & (start <= last) & (end >= first)


def corridors(links: pd.DataFrame, level: str, partner_level: str) -> pd.DataFrame:
    """One row a pair of places: origin, dest, and the totals of `_totalled`.

    Links whose end has no place at that level are not in any corridor; `without_corridor` counts
    them. Sorted by links, largest first, then by ids.
    """
    near, far = links[NEAR[level]], links[FAR[partner_level]]
    placed = ((near != "") & (far != "")).to_numpy()
    width = len(far.cat.categories)
    pair = near.cat.codes.to_numpy(np.int64)[placed] * width + far.cat.codes.to_numpy()[placed]
    pairs, group = np.unique(pair, return_inverse=True)
    table = pd.DataFrame(
        {
            "origin": near.cat.categories.to_numpy(object)[pairs // width],
            "dest": far.cat.categories.to_numpy(object)[pairs % width],
            **_totalled(links, placed, group, len(pairs)),
        }
    )
    order = np.lexsort((table["dest"], table["origin"], -table["links"]))
    return table.iloc[order].reset_index(drop=True)


def _totalled(links: pd.DataFrame, kept: Mask, group: Indices, groups: int) -> dict[str, Any]:
    """Totals of each group of the links kept: links, collectivities, partners, active, ended,
    sources, and the first and last start year (NaN where none is known)."""
    years = links["start_year"].astype("float64").to_numpy()[kept]
    counted = {"active": "is_active", "ended": "is_ended"}
    distinct = {"collectivities": "a_id", "partners": "b_id", "sources": "source_title"}
    return {
        "links": np.bincount(group, minlength=groups),
        **{name: _distinct(group, links[c], kept, groups) for name, c in distinct.items()},
        **{
            name: np.bincount(group[links[c].to_numpy()[kept]], minlength=groups)
            for name, c in counted.items()
        },
        "first_year": -_latest(group, -years, groups),
        "last_year": _latest(group, years, groups),
    }


def _distinct(group: Indices, column: pd.Series, kept: Mask, groups: int) -> Indices:
    """How many different values of a category each group has."""
    width = len(column.cat.categories) + 1
    seen = np.unique(group * width + column.cat.codes.to_numpy()[kept])
    return np.bincount(seen // width, minlength=groups)


def _latest(
    group: Indices, years: npt.NDArray[np.floating[Any]], groups: int
) -> npt.NDArray[np.float64]:
    latest = np.full(groups, -np.inf)
    known = ~np.isnan(years)
    np.maximum.at(latest, group[known], years[known])
    return np.where(np.isinf(latest), np.nan, latest)


def without_corridor(links: pd.DataFrame, level: str, partner_level: str) -> int:
    """How many links have no place at these levels on one side."""
    near, far = NEAR[level], FAR[partner_level]
    return int(((links[near] == "") | (links[far] == "")).sum())


def largest(table: pd.DataFrame, top: int) -> tuple[pd.DataFrame, int, int]:
    """The `top` corridors, and how many corridors and links the rest holds."""
    rest = table.iloc[top:]
    return table.iloc[:top], len(rest), int(rest["links"].sum())


def totals(links: pd.DataFrame, table: pd.DataFrame) -> Totals:
    """The key figures of a selection of links and its corridors."""
    return Totals(
        links=len(links),
        corridors=len(table),
        collectivities=int(links["a_id"].nunique()),
        countries=len(tally(links["b_country_id"])),
        partners=int(links["b_id"].nunique()),
        dated=int(links["start_year"].notna().sum()),
        low_confidence=int((links["confidence"] == "low").sum()),
    )


def counts_by(links: pd.DataFrame, column: str, kept: Mask | None = None) -> pd.DataFrame:
    """Links (those `kept`, else all) by the values of a category: key, and the totals of
    `_totalled`; largest first."""
    values = links[column]
    named = (values != "").to_numpy() & (True if kept is None else kept)
    codes, group = np.unique(values.cat.codes.to_numpy()[named], return_inverse=True)
    keys = values.cat.categories.to_numpy(object)[codes]
    table = pd.DataFrame({"key": keys, **_totalled(links, named, group, len(codes))})
    order = np.lexsort((table["key"], -table["links"]))
    return table.iloc[order].reset_index(drop=True)


def started_by_year(links: pd.DataFrame) -> pd.Series:
    """Number of links that started in each year, over the years between the first and last."""
    years = links["start_year"].dropna().astype(int)
    if years.empty:
        return pd.Series(dtype=int)
    counts = years.value_counts()
    return counts.reindex(range(years.min(), years.max() + 1), fill_value=0)


def reciprocity(links: pd.DataFrame) -> dict[str, int]:
    """Links whose initiative is declared mutual, declared by one side, or not declared."""
    mutual = int((links["initiative"] == "mutual").sum())
    undeclared = int((links["initiative"] == UNDECLARED).sum())
    return {
        "mutual": mutual,
        "one_sided": len(links) - mutual - undeclared,
        "undeclared": undeclared,
    }
