"""Corridors: links selected, aggregated by pair of places, totalled, ranked, followed in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from geo.joins import joined_links
from geo.stances import stances_of
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
    "theme": ("theme_list",),
    "stance": ("b_stance",),
    "status": ("status",),
}
# Columns of few values, kept as categories so that filters compare numbers, not text.
CODED = (
    "a_id", "a_region_id", "a_departement_id", "a_epci_id", "a_ept_id", "a_country_id", "b_id",
    "b_admin1_id", "b_country_id", "b_subregion", "b_stance", "kind", "status",
)  # fmt: skip
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


@lru_cache(maxsize=4)
def links_of(world: World) -> pd.DataFrame:
    """The joined links with what filters stand on: theme_list, b_groups, b_stance."""
    links = joined_links(world)
    links["theme_list"] = [
        text.split(";") if text else [UNDECLARED] for text in links["themes"].fillna("")
    ]
    members = group_members(world)
    links["b_groups"] = [members.get(country, []) for country in links["b_country_id"]]
    links["b_stance"] = links["b_country_id"].map(stances_of(world)["stance"]).fillna(UNCODED)
    for status in ("active", "ended"):
        links[f"is_{status}"] = links["status"] == status
    return links.astype(dict.fromkeys(CODED, "category"))


def tally(column: pd.Series) -> pd.Series:
    """How often each value but the empty one occurs, most frequent first."""
    counts = column.value_counts()
    return counts[(counts > 0) & (counts.index != "")]


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
    """Links that pass every filter: for each, any of its wanted values in any of its columns.

    `years` keeps links known to have run in at least one of those years, ends included; a link
    without a start year is not among them.
    """
    mask = pd.Series(True, index=links.index)
    for name, values in wanted.items():
        if values:
            mask &= _has_any(links, SELECTORS[name], values)
    if years:
        mask &= ran_between(links, *years)
    return links[mask]


def _has_any(links: pd.DataFrame, columns: tuple[str, ...], values: tuple[str, ...]) -> pd.Series:
    found = pd.Series(False, index=links.index)
    chosen = set(values)
    for column in columns:
        if column in ("theme_list", "b_groups"):
            found |= pd.Series([not chosen.isdisjoint(v) for v in links[column]], links.index)
        else:
            found |= links[column].isin(chosen)
    return found


def ran_between(links: pd.DataFrame, first: int, last: int) -> pd.Series:
    """True where a link is known to have run in a year of first..last."""
    started = links["start_year"].notna() & (links["start_year"].fillna(9999) <= last)
    return started & (links["end_year"].fillna(9999) >= first)


def corridors(links: pd.DataFrame, level: str, partner_level: str) -> pd.DataFrame:
    """One row a pair of places: origin, dest, links, collectivities, first_year, active, ended.

    Links whose end has no place at that level are not in any corridor; `without_corridor` counts
    them. Sorted by links, largest first, then by ids.
    """
    near, far = NEAR[level], FAR[partner_level]
    placed = links[(links[near] != "") & (links[far] != "")]
    grouped = placed.groupby([near, far], sort=False, observed=True)
    table = grouped.agg(
        links=("link_id", "size"),
        collectivities=("a_id", "nunique"),
        partners=("b_id", "nunique"),
        first_year=("start_year", "min"),
        active=("is_active", "sum"),
        ended=("is_ended", "sum"),
    ).reset_index(names=["origin", "dest"])
    table = table.astype({"first_year": "float64", "origin": "str", "dest": "str"})
    return table.sort_values(
        ["links", "origin", "dest"], ascending=[False, True, True], ignore_index=True
    )


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


def counts_by(links: pd.DataFrame, column: str) -> pd.DataFrame:
    """Links and collectivities by the values of a column: key, links, collectivities."""
    named = links[links[column] != ""]
    table = named.groupby(column, observed=True).agg(
        links=("link_id", "size"), collectivities=("a_id", "nunique")
    )
    table = table.reset_index(names="key").astype({"key": "str"})
    return table.sort_values(["links", "key"], ascending=[False, True], ignore_index=True)


def started_by_year(links: pd.DataFrame) -> pd.Series:
    """Number of links that started in each year, over the years between the first and last."""
    years = links["start_year"].dropna().astype(int)
    if years.empty:
        return pd.Series(dtype=int)
    counts = years.value_counts()
    return counts.reindex(range(years.min(), years.max() + 1), fill_value=0)


def reciprocity(links: pd.DataFrame) -> dict[str, int]:
    """Links whose initiative is declared mutual, declared by one side, or not declared."""
    declared = links["initiative"].fillna("")
    mutual = int((declared == "mutual").sum())
    undeclared = int((declared == "").sum())
    return {
        "mutual": mutual,
        "one_sided": len(links) - mutual - undeclared,
        "undeclared": undeclared,
    }
