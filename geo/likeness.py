"""Likeness: the places most like a given one, by a distance whose every part is told.

The distance of two places of one level is the plain mean of the variables that can be compared
for both (Gower's rule: what is unknown on one side is left out, never counted as a difference).
Each variable gives a part between 0, alike, and 1, as far apart as two places of the level can
be. Links of a place are those of all that it contains, whatever the filters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.corridors import UNDECLARED, declared_themes, links_of
from geo.diaspora import figures_of, ranks, stock
from geo.joins import joined_links
from geo.networks import members_of
from geo.places import places_of
from geo.stances import rule_of
from geo.world import World

Parts = npt.NDArray[np.float64]

NUMBER = 5  # how many places are told
PARTNERS = 3  # how many partners of each of them

_HERE = ("population", "links", "countries", "themes", "kinds", "networks")
_THERE = ("location", "links", "regions", "themes", "kinds", "networks")
# The variables that serve at each level. Shares of immigrants are published for régions and
# départements alone, and populations for French places alone.
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "region": ("population", "immigrants", "origins", *_HERE[1:]),
    "departement": ("population", "immigrants", "origins", *_HERE[1:]),
    "epci": _HERE,
    "commune": _HERE,
    "country": ("location", "group", "links", "criteria", "migrants"),
    "admin1": _THERE,
    "town": _THERE,
}
# The columns of links that say which place of a level a link belongs to.
OWNERS: Mapping[str, tuple[str, ...]] = {
    "region": ("a_region_id",),
    "departement": ("a_departement_id",),
    "epci": ("a_epci_id", "a_ept_id"),
    "commune": ("a_id",),
    "country": ("b_country_id",),
    "admin1": ("b_admin1_id",),
    "town": ("b_id",),
}
FRENCH = ("region", "departement", "epci", "commune")
# The columns of memberships that say which place of a level a member of a network is in.
MEMBERSHIP: Mapping[str, tuple[str, ...]] = {
    "region": ("region_id",),
    "departement": ("departement_id",),
    "epci": ("epci_id", "ept_id"),
    "commune": ("place_id",),
    "admin1": ("admin1_id",),
    "town": ("place_id",),
}
ANSWERS = {"yes": 1.0, "partial": 0.5, "no": 0.0}


class Variable(Protocol):
    """One variable of the measure."""

    def parts(self, place_id: str, others: pd.Index) -> Parts:
        """How far each of the others is from the place, 0 to 1; NaN where one is unknown."""


@dataclass(frozen=True, eq=False)
class Scaled:
    """Numbers by place; a part is the gap of two of them in the widest gap of the level."""

    values: pd.Series

    def parts(self, place_id: str, others: pd.Index) -> Parts:
        span = self.values.max() - self.values.min()
        own = self.values.reindex([place_id]).to_numpy(float)
        gap = np.abs(self.values.reindex(others).to_numpy(float) - own)
        return np.asarray(gap / span if span > 0 else gap)


@dataclass(frozen=True, eq=False)
class Shared:
    """Shares by place (rows that add up to 1); a part is what two rows do not have in common."""

    table: pd.DataFrame

    def parts(self, place_id: str, others: pd.Index) -> Parts:
        rows = self.table.reindex(others).to_numpy(float)
        own = self.table.reindex([place_id]).to_numpy(float)
        common = np.minimum(rows, own).sum(axis=1)
        return np.where(rows.sum(axis=1) > 0, np.maximum(1.0 - common, 0.0), np.nan)


@dataclass(frozen=True, eq=False)
class Held:
    """What each place holds, 0 or 1 by column; a part is 1 less the held by both in the held by
    either (Jaccard)."""

    table: pd.DataFrame

    def parts(self, place_id: str, others: pd.Index) -> Parts:
        rows = self.table.reindex(others).to_numpy(float)
        own = self.table.reindex([place_id]).to_numpy(float)
        both, either = np.minimum(rows, own).sum(axis=1), np.maximum(rows, own).sum(axis=1)
        known = either > 0
        return np.where(known, 1.0 - both / np.where(known, either, 1.0), np.nan)


@dataclass(frozen=True, eq=False)
class Nested:
    """Classes from the nearest to the widest; a part is the share of those that differ."""

    classes: pd.DataFrame

    def parts(self, place_id: str, others: pd.Index) -> Parts:
        rows = self.classes.reindex(others)
        own = self.classes.reindex([place_id])
        differ = (rows.to_numpy() != own.to_numpy()).mean(axis=1)
        unknown = rows.isna().to_numpy().any(axis=1) | own.isna().to_numpy().any()
        return np.where(unknown, np.nan, differ)


@dataclass(frozen=True, eq=False)
class Answered:
    """Answers by place, each 0 to 1 or NaN; a part is the mean gap of those that both have."""

    table: pd.DataFrame

    def parts(self, place_id: str, others: pd.Index) -> Parts:
        gap = np.abs(
            self.table.reindex(others).to_numpy(float)
            - self.table.reindex([place_id]).to_numpy(float)
        )
        known = (~np.isnan(gap)).sum(axis=1)
        return np.where(known > 0, np.nansum(gap, axis=1) / np.maximum(known, 1), np.nan)


@dataclass(frozen=True, eq=False)
class Likeness:
    """The places most like one, nearest first.

    `table`: place_id, distance (0 to 1), compared (how many variables), links. `parts`: the same
    rows, one column a variable, NaN where it could not be compared. `variables`: those that
    serve at the level, in order. `candidates`: how many places were compared. `partners`: for
    each place of the table its first partners and their number of links: countries for a
    French place, French régions for a foreign one.
    """

    place_id: str
    level: str
    variables: tuple[str, ...]
    table: pd.DataFrame
    parts: pd.DataFrame
    candidates: int
    partners: Mapping[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, eq=False)
class Profiles:
    """What the places of a level are compared by: the candidates and each variable."""

    candidates: pd.Index
    variables: Mapping[str, Variable]
    owned: pd.DataFrame


@lru_cache(maxsize=256)
def alike(world: World, place_id: str, n: int = NUMBER) -> Likeness:
    """The `n` places of the same level with links that are most like this one.

    Ties go by id. Neither what the place is part of nor a part of it is among them. KeyError for
    an unknown place.
    """
    level = places_of(world).value(place_id, "level")
    profiles = profiles_of(world, level)
    others = profiles.candidates.difference([place_id, *overlapping(world, place_id)])
    parts = pd.DataFrame(
        {key: v.parts(place_id, others) for key, v in profiles.variables.items()}, index=others
    )
    distance = parts.mean(axis=1).round(9)
    table = pd.DataFrame({"place_id": others, "distance": distance.to_numpy()})
    table["compared"] = parts.notna().sum(axis=1).to_numpy()
    table["links"] = table["place_id"].map(profiles.owned["owner"].value_counts())
    table = table.dropna(subset=["distance"]).sort_values(["distance", "place_id"])
    table = table.head(n).reset_index(drop=True)
    told = parts.reindex(table["place_id"]).reset_index(drop=True)
    partners = {p: partners_of(profiles.owned, p) for p in table["place_id"]}
    return Likeness(place_id, level, tuple(profiles.variables), table, told, len(others), partners)


def overlapping(world: World, place_id: str) -> frozenset[str]:
    """EPCI that share a commune with this one, as the Paris territories do with the Métropole."""
    both = world.table("communes")[["epci_id", "ept_id"]]
    pairs = both[(both == place_id).any(axis=1)].to_numpy().ravel()
    return frozenset(str(p) for p in pairs if p and p == p) - {place_id}


def partners_of(owned: pd.DataFrame, place_id: str) -> tuple[tuple[str, int], ...]:
    """The first partners of a place and their links, most links first, then by id."""
    found = owned.loc[owned["owner"] == place_id, "partner"].value_counts()
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], str(pair[0])))
    return tuple((str(partner), int(links)) for partner, links in ordered[:PARTNERS] if partner)


@lru_cache(maxsize=16)
def profiles_of(world: World, level: str) -> Profiles:
    """What places of a level are compared by; KeyError for an unknown level."""
    owned = _owned(world, level)
    make: dict[str, Callable[[], Variable]] = {
        "population": lambda: Scaled(_population(world, level)),
        "immigrants": lambda: Scaled(_immigrants(world, level)),
        "origins": lambda: Held(_first_origins(world, level)),
        "links": lambda: Scaled(_link_counts(world, level, owned)),
        "countries": lambda: Shared(_shares(owned["owner"], owned["partner"])),
        "regions": lambda: Shared(_shares(owned["owner"], owned["partner"])),
        "themes": lambda: Shared(_theme_shares(owned)),
        "kinds": lambda: Shared(_shares(owned["owner"], owned["kind"])),
        "networks": lambda: Held(_memberships(world, level)),
        "location": lambda: Nested(_location(world, level)),
        "group": lambda: Nested(_group(world)),
        "criteria": lambda: Answered(_criteria(world)),
        "migrants": lambda: Scaled(_migrants(world)),
    }
    variables: dict[str, Variable] = {key: make[key]() for key in VARIABLES[level]}
    return Profiles(pd.Index(sorted(owned["owner"].unique())), variables, owned)


def _owned(world: World, level: str) -> pd.DataFrame:
    """One row a link and place of the level that it belongs to: owner, partner, kind, themes."""
    links = links_of(world)
    themes = joined_links(world)["themes"].fillna("").map(declared_themes)
    partner = "b_country_id" if level in FRENCH else "a_region_id"
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "owner": links.texts(column),
                    "partner": links.texts(partner),
                    "kind": links.texts("kind"),
                    "themes": themes,
                }
            )
            for column in OWNERS[level]
        ]
    )
    known = places_of(world).frame["level"]
    rows = rows[rows["owner"].map(known) == level]
    return rows[~rows["owner"].reset_index().duplicated().to_numpy()].reset_index(drop=True)


def _population(world: World, level: str) -> pd.Series:
    """The logarithm of the number of inhabitants; a commune without any counts as one."""
    places = places_of(world).frame
    people = places.loc[places["level"] == level, "population"].astype(float).dropna()
    return _log10(people.clip(lower=1))


def _immigrants(world: World, level: str) -> pd.Series:
    """The share of immigrants in the latest year that is published for the level, percent."""
    table = stock(figures_of(world), "immigrants", (), level, None).table
    return table.set_index("place_id")["share"].dropna().astype(float)


def _first_origins(world: World, level: str) -> pd.DataFrame:
    """The first countries of birth of immigrants, where their order is published."""
    places = places_of(world).frame
    first = ranks(figures_of(world), places.index[places["level"] == level]).frame()
    return pd.crosstab(first["place_id"], first["origin_id"]).clip(upper=1)


def _link_counts(world: World, level: str, owned: pd.DataFrame) -> pd.Series:
    """The logarithm of one more than the number of links; the country that links are seen from
    has none in this sense, which is not zero."""
    places = places_of(world).frame
    seen_from = links_of(world).met("a_country_id")
    ids = places.index[(places["level"] == level) & ~places.index.isin(seen_from)]
    return _log10(owned["owner"].value_counts().reindex(ids, fill_value=0) + 1.0)


def _shares(owner: pd.Series, value: pd.Series) -> pd.DataFrame:
    """What share of a place's links each value has; a place without any has no row."""
    known = (value != "").to_numpy()
    return pd.crosstab(owner[known].to_numpy(), value[known].to_numpy(), normalize="index")


def _theme_shares(owned: pd.DataFrame) -> pd.DataFrame:
    """Shares of the themes that links declare; links without one count for none."""
    rows = owned.explode("themes")
    rows = rows[rows["themes"] != UNDECLARED]
    return _shares(rows["owner"], rows["themes"])


def _memberships(world: World, level: str) -> pd.DataFrame:
    """The networks that a place, or a place that it contains, is a member of today."""
    members = members_of(world)
    members = members[members["belongs"]].reset_index(drop=True)
    owner = pd.concat([members[column] for column in MEMBERSHIP[level]])
    owner = owner[owner.map(places_of(world).frame["level"]) == level]
    network = members["network_id"].to_numpy()[owner.index]
    return pd.crosstab(owner.to_numpy(), network).clip(upper=1)


def _location(world: World, level: str) -> pd.DataFrame:
    """The country, where places are in one, its subregion and its region of the world."""
    countries = world.table("countries").set_index("country_id")
    places = places_of(world).frame
    country = places.loc[places["level"] == level, "country_id"]
    wider = [c for c in ("m49_subregion", "m49_region") if c in countries]
    table = pd.DataFrame({c: country.map(countries[c]) for c in wider})
    return table if level == "country" else table.assign(country=country)


def _group(world: World) -> pd.DataFrame:
    """North, emerging or South; a country that the classification leaves out has no row."""
    countries = world.table("countries").set_index("country_id")
    return countries.loc[countries["group"] != "unclassified", ["group"]]


def _criteria(world: World) -> pd.DataFrame:
    """The criteria that a State's stance counts: yes 1, partly 0.5, no 0, NaN unknown."""
    cells = world.table("criteria").set_index(["country_id", "criterion"])["value"]
    values = cells.map(ANSWERS).astype(float).unstack()
    return pd.DataFrame(values).reindex(columns=list(rule_of(world).counted))


def _migrants(world: World) -> pd.Series:
    """The logarithm of the number of people from each country who live in France (UN DESA)."""
    figures = world.table("figures")
    rows = figures[(figures["definition"] == "un_migrants") & (figures["measure"] == "number")]
    people = rows[rows["origin_id"].str.startswith("country:")].set_index("origin_id")["value"]
    return _log10(people.astype(float) + 1.0)


def _log10(values: pd.Series) -> pd.Series:
    return pd.Series(np.log10(values.to_numpy(float)), index=values.index)
