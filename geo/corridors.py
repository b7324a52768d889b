"""Corridors: links selected, aggregated by pair of places, totalled, ranked, followed in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from geo.joins import joined_links
from geo.links import Column, Floats, Groups, Indices, Links, Mask, listed
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

# What a link may declare of itself; empty is told as «undeclared».
DECLARED = ("referential", "initiative", "place_of_action")

# Columns of one text a link, and those of years.
CODED = (
    "a_id", "a_region_id", "a_departement_id", "a_epci_id", "a_ept_id", "a_country_id", "b_id",
    "b_admin1_id", "b_country_id", "b_subregion", "kind", "status", "source_id", "source_title",
    "confidence",
)  # fmt: skip
YEARS = ("start_year", "end_year")
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
def links_of(world: World, weights: Weights = ()) -> Links:
    """What filters and totals stand on, in the order of `joined_links`.

    `weights` change the rule that the stance of the partner's State follows.
    """
    if weights:
        links = links_of(world)
        countries = links.coded["b_country_id"]
        return links.recoded(b_stance=_stances(world, countries, weights))
    joined = joined_links(world)
    members, countries = group_members(world), Column.of(joined["b_country_id"])
    notions, relations = notions_of(world, joined), relations_of(world, joined)
    status = joined["status"].to_numpy(object)
    return Links(
        at=np.arange(len(joined)),
        coded={
            **{c: Column.of(joined[c]) for c in CODED},
            **{c: Column.of(joined[c].fillna("").replace("", UNDECLARED)) for c in DECLARED},
            "b_stance": _stances(world, countries, weights),
            "notion": Column.of([narrowest(held) for held in notions]),
            "relation": Column.of([held[0] for held in relations]),
        },
        listed={
            "theme_list": listed([declared_themes(t) for t in joined["themes"].fillna("")]),
            "b_groups": listed([members.get(c, []) for c in joined["b_country_id"]]),
            "notions": listed(notions),
            "relations": listed(relations),
        },
        plain={
            **{c: joined[c].to_numpy("float64", na_value=np.nan) for c in YEARS},
            "is_active": status == "active",
            "is_ended": status == "ended",
        },
    )


def _stances(world: World, countries: Column, weights: Weights) -> Column:
    """The stance of each link's partner State, from the column of their countries."""
    stances = stances_of(world, weights)["stance"].to_dict()
    held = Column.of([stances.get(country, UNCODED) for country in countries.values])
    return Column(held.codes[countries.codes], held.values)


def declared_themes(joined: str) -> list[str]:
    """The themes that a link declares, joined by «;»; one that says so where it declares none."""
    return joined.split(";") if joined else [UNDECLARED]


def tally(links: Links, column: str) -> dict[str, int]:
    """How many links have each value of a column but the empty one, most frequent first."""
    counts, values = links.counted(column), links.values(column)
    order = np.argsort(-counts, kind="stable")
    found = zip(values[order].tolist(), counts[order].tolist(), strict=True)
    return {value: n for value, n in found if n and value}


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
    links: Links, wanted: Mapping[str, tuple[str, ...]], years: tuple[int, int] | None = None
) -> Links:
    """Links that pass every filter: any of its wanted values in any of its columns.

    `years` keeps links known to have run in at least one of those years, ends included; a link
    without a start year is not among them.
    """
    mask = np.ones(len(links), dtype=bool)
    for name, values in wanted.items():
        if values:
            mask &= np.logical_or.reduce([links.having(c, values) for c in SELECTORS[name]])
    return links.taken(mask & ran_between(links, *years) if years else mask)


def ran_between(links: Links, first: int, last: int) -> Mask:
    """True where a link is known to have run in a year of first..last."""
    start, end = links.numbers("start_year"), links.numbers("end_year")
    begun: Mask = start <= last
    return begun & ~(end < first)


def corridors(links: Links, level: str, partner_level: str) -> Groups:
    """Pairs of places: origin, dest, and the totals of `_totalled`.

    Links whose end has no place at that level are not in any corridor; `without_corridor` counts
    them. Sorted by links, largest first, then by ids.
    """
    near, far = NEAR[level], FAR[partner_level]
    starts, ends = links.values(near), links.values(far)
    links = links.taken(links.placed(near) & links.placed(far))
    pairs, group = grouped(links.codes(near) * len(ends) + links.codes(far))
    keys = {"origin": starts[pairs // len(ends)], "dest": ends[pairs % len(ends)]}
    return _ranked(Groups({**keys, **_totalled(links, group, len(pairs))}))


def grouped(keys: Indices) -> tuple[Indices, Indices]:
    """The different keys, sorted, and the position of each key among them."""
    group, found = pd.factorize(keys)
    order = np.argsort(found)
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    return found[order], position[group]


def _ranked(groups: Groups) -> Groups:
    """Groups by their links, largest first, else in their order."""
    return groups.taken(np.argsort(-groups["links"], kind="stable"))


def _totalled(links: Links, group: Indices, groups: int) -> dict[str, Any]:
    """Totals of each group of links: links, collectivities, partners, active, ended, sources, and
    the first and last start year (NaN where none is known)."""
    years = links.numbers("start_year")
    counted = {"active": "is_active", "ended": "is_ended"}
    distinct = {"collectivities": "a_id", "partners": "b_id", "sources": "source_title"}
    return {
        "links": np.bincount(group, minlength=groups),
        **{name: _distinct(links, group, c, groups) for name, c in distinct.items()},
        **{
            name: np.bincount(group[links.numbers(c)], minlength=groups)
            for name, c in counted.items()
        },
        "first_year": -_latest(group, -years, groups),
        "last_year": _latest(group, years, groups),
    }


def _distinct(links: Links, group: Indices, column: str, groups: int) -> Indices:
    """How many different values of a column each group has."""
    width = len(links.values(column)) + 1
    seen = pd.unique(group * width + links.codes(column))
    return np.bincount(seen // width, minlength=groups)


def _latest(group: Indices, years: Floats, groups: int) -> Floats:
    latest = np.full(groups, -np.inf)
    known = ~np.isnan(years)
    np.maximum.at(latest, group[known], years[known])
    return np.where(np.isinf(latest), np.nan, latest)


def without_corridor(links: Links, level: str, partner_level: str) -> int:
    """How many links have no place at these levels on one side."""
    placed = links.placed(NEAR[level]) & links.placed(FAR[partner_level])
    return len(links) - int(placed.sum())


def largest(table: Groups, top: int) -> tuple[Groups, int, int]:
    """The `top` corridors, and how many corridors and links the rest holds."""
    rest = table.taken(slice(top, None))
    return table.first(top), len(rest), int(rest["links"].sum())


def totals(links: Links, table: Groups) -> Totals:
    """The key figures of a selection of links and its corridors."""
    return Totals(
        links=len(links),
        corridors=len(table),
        collectivities=len(links.met("a_id")),
        countries=len(tally(links, "b_country_id")),
        partners=len(links.met("b_id")),
        dated=int((~np.isnan(links.numbers("start_year"))).sum()),
        low_confidence=tally(links, "confidence").get("low", 0),
    )


def counts_by(links: Links, column: str) -> Groups:
    """Links by the values of a column: key, and the totals of `_totalled`; largest first."""
    links = links.taken(links.placed(column))
    codes, group = grouped(links.codes(column))
    keys = {"key": links.values(column)[codes]}
    return _ranked(Groups({**keys, **_totalled(links, group, len(codes))}))


def started_by_year(links: Links) -> dict[int, int]:
    """Number of links that started in each year, over the years between the first and last."""
    years = links.numbers("start_year")
    known = years[~np.isnan(years)].astype(int)
    if not len(known):
        return {}
    first = int(known.min())
    return {first + at: int(n) for at, n in enumerate(np.bincount(known - first))}


def reciprocity(links: Links) -> dict[str, int]:
    """Links whose initiative is declared mutual, declared by one side, or not declared."""
    counts = tally(links, "initiative")
    mutual, undeclared = counts.get("mutual", 0), counts.get(UNDECLARED, 0)
    return {
        "mutual": mutual,
        "one_sided": len(links) - mutual - undeclared,
        "undeclared": undeclared,
    }
