"""City networks: who is known to belong to which, what they share, how each of them fares.

The memberships are not a register: a network's members known here stand beside the number that it
states, and what two networks share is what is known of both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from geo.joins import Joined
from geo.sited import Mask, Wanted, holding, joined, sides
from geo.world import World

DYNAMICS = ("growing", "plateau", "shrinking", "ended", "unknown")
# Who belongs; candidates, those that left and pilot towns are told apart and not counted.
BELONGS = ("member", "founding_member", "associate", "signatory")
APART = ("pilot", "applied", "left")
# Below this many members known, what a network shares with another says little.
FEW = 10

# The columns that hold the values of a filter of networks or of memberships.
SELECTORS: Mapping[str, tuple[str, ...]] = {
    "network": ("network_id",),
    "theme": ("link_theme",),
    "scope": ("scope",),
    "dynamic": ("dynamic",),
    "membership": ("status",),
}


@dataclass(frozen=True)
class Network:
    """One network. `stated` is the number of members that its source gives, of `stated_year`;
    `stated_of` says what it counts (all, part, other). `known` and `french` count who belongs
    here, `apart` the others by status, `named` the French members that the source names."""

    network_id: str
    name_fr: str
    name_en: str
    acronym: str
    founded: int | None
    ended: int | None
    seat_name_fr: str
    seat_name_en: str
    seat_country_id: str
    seat: tuple[float, float] | None
    theme: str
    scope: str
    dynamic: str
    basis_fr: str
    basis_en: str
    stated: int | None
    stated_year: int | None
    stated_of: str
    known: int
    french: int
    apart: Mapping[str, int]
    named: tuple[str, ...]
    low_confidence: bool
    source_lines: str
    source_title: str
    source_address: str
    source_id: str
    note_fr: str
    note_en: str

    @property
    def coverage(self) -> float | None:
        """Members known per member stated; None where nothing comparable is stated. Above 1
        where the list is younger than the count."""
        return self.known / self.stated if self.stated and self.stated_of == "all" else None

    @property
    def few(self) -> bool:
        """Too few members are known for what it shares with others to say much."""
        return self.known < FEW


@dataclass(frozen=True)
class Count:
    """Who belongs to a network among some memberships: how many, of them in France, of how many
    States."""

    members: int
    french: int
    countries: int


@dataclass(frozen=True)
class Gathered:
    """The memberships of one place: ids of the networks it belongs to, and of the others."""

    networks: list[str]
    apart: list[str]


@dataclass(frozen=True)
class Town:
    """The place of a member; `lon` and `lat` (degrees) are NaN where it has no point."""

    name_fr: str
    name_en: str
    country_id: str
    french: bool
    lon: float
    lat: float

    @property
    def placed(self) -> bool:
        """Whether it has a point."""
        return self.lon == self.lon and self.lat == self.lat

    def name(self, lang: str) -> str:
        """Its name in `fr` or `en`."""
        return self.name_fr if lang == "fr" else self.name_en


@dataclass(frozen=True)
class Overlap:
    """What two networks share: places in `common`, and in `either` of them."""

    common: int
    either: int

    @property
    def jaccard(self) -> float:
        """Places in common per place of either; 0 where neither has any."""
        return self.common / self.either if self.either else 0.0


@lru_cache(maxsize=4)
def members_of(world: World) -> pd.DataFrame:
    """Memberships, one a row, numbered from 0: the columns of `members`, those of its place
    (name_fr, name_en, région, département, first-level unit, subregion, groups, stance, french),
    those of its network (theme, link_theme, scope, dynamic) and `belongs`."""
    members = world.table("members")
    places = _joined(world)[0].drop(columns=["country_id", "lon", "lat"])
    network = world.table("networks")[["network_id", "theme", "link_theme", "scope", "dynamic"]]
    rows = members.merge(places, on="place_id", how="left", validate="many_to_one")
    rows = rows.merge(network, on="network_id", how="left", validate="many_to_one")
    for lang in ("fr", "en"):
        name = rows[f"name_{lang}"]
        rows[f"name_{lang}"] = name.where(name != "", rows["member_name"])
    # One block of texts, of which a selection is taken at once.
    text: dict[str, type] = dict.fromkeys(rows.select_dtypes("str").columns, object)
    return rows.assign(belongs=rows["status"].isin(BELONGS)).astype(text).copy()


@lru_cache(maxsize=4)
def _joined(world: World) -> tuple[pd.DataFrame, Joined]:
    members = world.table("members")
    places = members[["place_id", "country_id", "lon", "lat"]].drop_duplicates("place_id")
    return joined(world, places.reset_index(drop=True))


def join_counts(world: World) -> dict[str, int]:
    """How many places of members each way of joining placed and each reason kept out."""
    return _joined(world)[1].counts()


def unmatched_members(world: World) -> pd.DataFrame:
    """Memberships without a unit: network_id, place_id, member_name, reason, detail."""
    unmatched = _joined(world)[1].unmatched
    rows = world.table("members")[["network_id", "place_id", "member_name"]]
    rows = rows.merge(unmatched, on="place_id", validate="many_to_one")
    return rows.sort_values(["reason", "place_id", "network_id"], ignore_index=True)


def selected(
    members: pd.DataFrame, wanted: Wanted, years: tuple[int, int] | None = None
) -> pd.DataFrame:
    """Memberships that pass every filter; see SELECTORS and `geo.sited`.

    Territories alone keep French members, partners or kinds of States alone keep theirs; both
    together keep the members of either side in the networks that have some on each. `years` keeps
    memberships known to have run in one of these years: those without a first year are not.
    """
    own = holding(members, wanted, SELECTORS)
    if years:
        own &= _ran_between(members, *years)
    here, there = sides(members, wanted)
    if here is None or there is None:
        side = here if there is None else there
        return members[own if side is None else own & side]
    network = members["network_id"].to_numpy(object)
    shared = set(network[own & here]) & set(network[own & there])
    sharing: Mask = np.array([key in shared for key in network], dtype=bool)
    return members[own & (here | there) & sharing]


def _ran_between(members: pd.DataFrame, first: int, last: int) -> Mask:
    since = members["since_year"].to_numpy("float64", na_value=np.nan)
    until = members["until_year"].to_numpy("float64", na_value=9999)
    begun: Mask = since <= last
    return begun & (until >= first)


@lru_cache(maxsize=4)
def networks_of(world: World) -> Mapping[str, Network]:
    """Every network by its id, in the order of the data."""
    members = members_of(world)
    belongs = members[members["belongs"]]
    known = belongs["network_id"].value_counts()
    french = belongs.loc[belongs["french"], "network_id"].value_counts()
    apart = members[~members["belongs"]].groupby(["network_id", "status"]).size()
    by_network: dict[str, dict[str, int]] = {}
    for row in apart.reset_index(name="number").itertuples():
        by_network.setdefault(str(row.network_id), {})[str(row.status)] = int(str(row.number))
    found: dict[str, Network] = {}
    for record in world.table("networks").to_dict("records"):
        key = str(record["network_id"])
        counts = int(known.get(key, 0)), int(french.get(key, 0))
        found[key] = _network(record, *counts, by_network.get(key, {}))
    return MappingProxyType(found)


def _network(row: Mapping[Any, Any], known: int, french: int, apart: Mapping[str, int]) -> Network:
    text = {name: str(row[name]) for name in (
        "network_id", "name_fr", "name_en", "acronym", "seat_name_fr", "seat_country_id", "theme",
        "scope", "dynamic", "source_lines", "source_title", "source_address", "source_id",
        "note_fr",
    )}  # fmt: skip
    lon, lat = row["seat_lon"], row["seat_lat"]
    return Network(
        **text,
        founded=_whole(row["founded"]), ended=_whole(row["ended"]),
        seat=None if pd.isna(lon) or pd.isna(lat) else (float(lon), float(lat)),
        basis_fr=str(row["dynamic_basis_fr"]), basis_en=str(row["dynamic_basis"]),
        seat_name_en=str(row["seat_name"]),
        stated=_whole(row["members"]), stated_year=_whole(row["members_year"]),
        stated_of=str(row["members_counted"]), known=known, french=french,
        apart=MappingProxyType({s: apart[s] for s in APART if s in apart}),
        named=tuple(name for name in str(row["french_members"]).split(";") if name),
        low_confidence=row["evidence"] == "unverified", note_en=str(row["note"]),
    )  # fmt: skip


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def cells(members: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Some cells of each membership."""
    return zip(*(members[column].tolist() for column in columns), strict=True)


def ranked(members: pd.DataFrame) -> dict[str, Count]:
    """Networks by who belongs among these memberships, largest first, then by id. A network that
    only has others apart is there with 0 members."""
    held: dict[str, list[tuple[str, bool]]] = {}
    rows = cells(members, "network_id", "belongs", "country_id", "french")
    for network, belongs, country, french in rows:
        of = held.setdefault(network, [])
        if belongs:
            of.append((country, french))
    counts = {
        network: Count(len(of), sum(near for _, near in of), len({c for c, _ in of if c}))
        for network, of in held.items()
    }
    return dict(sorted(counts.items(), key=lambda item: (-item[1].members, item[0])))


def gathered(members: pd.DataFrame) -> dict[str, Gathered]:
    """Places with their memberships: the place in most networks first, then by id."""
    held: dict[str, Gathered] = defaultdict(lambda: Gathered([], []))
    for place, network, belongs in sorted(cells(members, "place_id", "network_id", "belongs")):
        (held[place].networks if belongs else held[place].apart).append(network)
    return dict(sorted(held.items(), key=lambda item: -len(item[1].networks)))


@lru_cache(maxsize=4)
def towns_of(world: World) -> Mapping[str, Town]:
    """The places of all members, by id, in the order of `gathered`."""
    members = members_of(world)
    rows = members.drop_duplicates("place_id").set_index("place_id")
    columns = ["name_fr", "name_en", "country_id", "french", "lon", "lat"]
    towns = {row.Index: Town(*row[1:]) for row in rows[columns].itertuples()}
    return MappingProxyType({place: towns[place] for place in gathered(members)})


def belonging(members: pd.DataFrame) -> dict[str, set[str]]:
    """The places that belong to each network and have an id."""
    found: dict[str, set[str]] = {}
    for network, place, belongs in cells(members, "network_id", "place_id", "belongs"):
        if belongs and place:
            found.setdefault(network, set()).add(place)
    return found


def overlap(one: Set[str], other: Set[str]) -> Overlap:
    """What two networks share, from the places that belong to each."""
    return Overlap(len(one & other), len(one | other))


def dynamics(networks: Mapping[str, Network]) -> dict[str, int]:
    """How many networks are of each dynamic, in the order of DYNAMICS, zeros included."""
    held = [network.dynamic for network in networks.values()]
    return {dynamic: held.count(dynamic) for dynamic in DYNAMICS}
