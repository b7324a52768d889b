"""City networks: who is known to belong to which, what they share, how each of them fares.

The memberships are not a register: a network's members known here stand beside the number that it
states, and what two networks share is what is known of both.
"""

from __future__ import annotations

from collections.abc import Mapping
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


@lru_cache(maxsize=4)
def members_of(world: World) -> pd.DataFrame:
    """Memberships, one a row: the columns of `members`, those of its place (name_fr, name_en,
    région, département, first-level unit, subregion, groups, stance, french), those of its network
    (theme, link_theme, scope, dynamic) and `belongs`."""
    members = world.table("members")
    places = _joined(world)[0].drop(columns=["country_id", "lon", "lat"])
    network = world.table("networks")[["network_id", "theme", "link_theme", "scope", "dynamic"]]
    rows = members.merge(places, on="place_id", how="left", validate="many_to_one")
    rows = rows.merge(network, on="network_id", how="left", validate="many_to_one")
    for lang in ("fr", "en"):
        name = rows[f"name_{lang}"]
        rows[f"name_{lang}"] = name.where(name != "", rows["member_name"])
    return rows.assign(belongs=rows["status"].isin(BELONGS))


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
    network = members["network_id"]
    shared = set(network[own & here]) & set(network[own & there])
    return members[own & (here | there) & network.isin(shared).to_numpy()]


def _ran_between(members: pd.DataFrame, first: int, last: int) -> Mask:
    since = members["since_year"].astype("float64").to_numpy()
    until = members["until_year"].astype("float64").fillna(9999).to_numpy()
    return ~np.isnan(since) & (since <= last) & (until >= first)


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


def ranked(members: pd.DataFrame) -> pd.DataFrame:
    """Networks by who belongs among these memberships: network_id, members, french, countries;
    largest first, then by id. A network that only has others apart is there with 0 members."""
    belongs = members["belongs"].to_numpy(dtype=bool)
    rows = members.assign(
        country=members["country_id"].where(belongs & (members["country_id"] != "")),
        near=members["french"].to_numpy(dtype=bool) & belongs,
    )
    table = rows.groupby("network_id", as_index=False).agg(
        members=("belongs", "sum"), french=("near", "sum"), countries=("country", "nunique")
    )
    table = table.astype({"members": int, "french": int, "countries": int})
    return table.sort_values(["members", "network_id"], ascending=[False, True], ignore_index=True)


def gathered(members: pd.DataFrame) -> pd.DataFrame:
    """Places with their memberships: place_id, name_fr, name_en, country_id, lon, lat, french,
    memberships (of those that belong), networks (their ids), apart (ids of the others); the place
    in most networks first. A place without a point has NaN there."""
    first = ["name_fr", "name_en", "country_id", "lon", "lat", "french"]
    rows = members.sort_values(["place_id", "network_id"])
    belongs = rows["belongs"].to_numpy(dtype=bool)
    table = rows.drop_duplicates("place_id").set_index("place_id")[first]
    for name, kept in (("networks", belongs), ("apart", ~belongs)):
        lists = rows[kept].groupby("place_id")["network_id"].agg(list)
        cells = [lists.get(place, []) for place in table.index]
        table[name] = pd.Series(cells, index=table.index, dtype=object)
    table["memberships"] = table["networks"].map(len).astype(int)
    table = table.reset_index()
    order = np.lexsort((table["place_id"], -table["memberships"].to_numpy()))
    return table.iloc[order].reset_index(drop=True)


def overlap(members: pd.DataFrame) -> pd.DataFrame:
    """What each pair of networks shares, over the places that belong and have an id: a_id, b_id
    (a before b), common, a_members, b_members, either (places of one or both), jaccard (common
    per place of either); most in common first. Pairs that share nothing are there with 0."""
    rows = members[members["belongs"] & (members["place_id"] != "")]
    table = pd.crosstab(rows["network_id"], rows["place_id"]).clip(upper=1)
    present = table.to_numpy(dtype=np.int64).reshape(table.shape)
    ids, shared = table.index.to_numpy(object), present @ present.T
    a, b = np.triu_indices(len(ids), k=1)
    size = shared.diagonal()
    either = size[a] + size[b] - shared[a, b]
    pairs = pd.DataFrame(
        {
            "a_id": ids[a], "b_id": ids[b], "common": shared[a, b], "a_members": size[a],
            "b_members": size[b], "either": either, "jaccard": shared[a, b] / either,
        }
    )  # fmt: skip
    order = np.lexsort((pairs["b_id"], pairs["a_id"], -pairs["jaccard"], -pairs["common"]))
    return pairs.iloc[order].reset_index(drop=True)


def dynamics(networks: Mapping[str, Network]) -> dict[str, int]:
    """How many networks are of each dynamic, in the order of DYNAMICS, zeros included."""
    held = [network.dynamic for network in networks.values()]
    return {dynamic: held.count(dynamic) for dynamic in DYNAMICS}
