"""A table of who belongs to which city network, to memberships of the atlas."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import pandas as pd
from rapidfuzz import fuzz, process

from geo.ingest.columns import FIELDS, first_named
from geo.ingest.ends import ALIKE, End
from geo.ingest.grid import RawTable
from geo.ingest.imported import DOUBTFUL, JUDGED, KEPT, REFUSED, Imported
from geo.ingest.mapping import Reading, open_columns
from geo.ingest.rows import (
    SOURCE,
    Ends,
    by_role,
    column,
    ends_of,
    found_ends,
    name_of,
    worded,
    year_of,
)
from geo.places import fold, places_of
from geo.schema import COLUMNS
from geo.world import World

MEMBER = "place"
TOLD = ("network", "since_year", "until_year", "status", "source_title", "source_address", "note")
ROLES: tuple[str, ...] = (*(f"{MEMBER}_{name}" for name in FIELDS), *TOLD)
WORDS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "network": (("network",), ("reseau",), ("reseaux",), ("networks",)),
    f"{MEMBER}_country": (("country",), ("pays",), ("iso3",)),
    f"{MEMBER}_departement": (("departement",), ("dept",)),
    f"{MEMBER}_lat": (("lat",), ("latitude",)),
    f"{MEMBER}_lon": (("lon",), ("lng",), ("long",), ("longitude",)),
    f"{MEMBER}_code": (("code",), ("insee",), ("siren",)),
    f"{MEMBER}_level": (("level",), ("niveau",)),
    f"{MEMBER}_name": (("member",), ("membre",), ("adherent",), ("collectivite",), ("ville",),
                       ("city",), ("commune",), ("municipality",), ("nom",), ("name",)),
    "since_year": (("since",), ("depuis",), ("adhesion",), ("debut",), ("start",), ("annee",),
                   ("year",)),
    "until_year": (("until",), ("fin",), ("end",), ("sortie",)),
    "status": (("status",), ("statut",), ("qualite",)),
    "source_title": (("source",), ("reference",)),
    "source_address": (("url",), ("lien",), ("link",), ("site",)),
    "note": (("note",), ("notes",), ("observation",), ("commentaire",)),
}  # fmt: skip
STATUSES: Mapping[str, tuple[str, ...]] = {
    "founding_member": ("found", "fondat"), "associate": ("associ",), "left": ("left", "quitte"),
    "applied": ("applied", "candidat"), "pilot": ("pilot",), "signatory": ("signat",),
    "member": ("member", "membre", "adherent"),
}  # fmt: skip
NETWORK_COLUMNS = (*COLUMNS["networks"], "source_id")
# What the level of a member is called that is told by an id of these authorities.
LEVELS = {"geonames": "commune", "admin1": "region", "place": "other"}
MEMBER_COLUMNS = (
    "network_id", "member_name", "place_id", "level", "country_id", "lon", "lat", "since_year",
    "until_year", "status", "source_title", "source_address", "evidence", "coord_method",
    "source_id", "note",
)  # fmt: skip


def proposed(table: RawTable, file: str) -> Reading:  # noqa: ARG001  (columns tell)
    """A mapping by the names of the columns."""
    names, private = open_columns(table)
    return Reading("memberships", first_named(names, WORDS), personal=private)


def missing(reading: Reading) -> list[str]:
    """A sentence for each thing that memberships need and the mapping lacks."""
    roles, faults = {*reading.columns, *reading.constants}, []
    if "network" not in roles:
        faults.append("no column says the network: give it in a mapping, as \"constants\": "
                      "{\"network\": \"Eurocities\"}")  # fmt: skip
    if not {f"{MEMBER}_name", f"{MEMBER}_code"} & roles:
        faults.append(f"no column was found for the member ({MEMBER}_name or {MEMBER}_code)")
    return faults


def imported(
    world: World, table: RawTable, reading: Reading, title: str, progress: bool = False
) -> Imported:
    """Read every row as a membership, or several where a cell names several members."""
    cells = by_role(table, reading, (f"{MEMBER}_lon", f"{MEMBER}_lat"))
    told = {MEMBER: ends_of(world, cells, MEMBER, reading.separators)}
    ends = found_ends(world, told, reading, progress)
    told_of = column(cells, "network")
    known = {text: _network(world, text, reading.decisions) for text in set(told_of)}
    rows = _judged(world, ends, told_of, known)
    kept = rows[rows["outcome"] == KEPT]
    return Imported(
        table, {
            "networks": _networks(world, cells, kept, title),
            "members": _members(world, cells, kept, ends, title),
        }, rows[list(JUDGED)].set_axis(table.rows.index), ends.matches(world, {MEMBER: "member"}),
    )  # fmt: skip


def _network(world: World, text: str, decisions: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The id of a network by id, acronym or name, a new one for a name like none of the atlas;
    or none, with those that it is much like."""
    known, said = _known(world), fold(text)
    decided = decisions.get(f"network | {text}", "")
    if not said or said in known:
        return known.get(said, ""), ()
    if decided:
        return (decided if decided in known.values() else _slug(text)), ()
    close = process.extract(said, known.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE,
                            limit=3)  # fmt: skip
    if close:
        return "", tuple(dict.fromkeys(known[name] for name, *_ in close))
    return _slug(text), ()


@lru_cache(maxsize=4)
def _known(world: World) -> dict[str, str]:
    """The id of each network by the folded forms of its id, acronym and names."""
    return {
        fold(str(row[name])): row["network_id"]
        for row in world.table("networks").to_dict("records")
        for name in ("network_id", "acronym", "name_fr", "name_en") if row[name]
    }  # fmt: skip


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:60] or "network"


def _judged(
    world: World,
    ends: Ends,
    texts: Sequence[str],
    networks: Mapping[str, tuple[str, tuple[str, ...]]],
) -> pd.DataFrame:
    """What becomes of each row, with the network and the ends that belong to it."""
    held = world.table("members")
    known = set(zip(held["network_id"], held["place_id"], strict=True))
    seen: set[tuple[str, str]] = set()
    judged = []
    for members, text in zip(ends.sides[MEMBER], texts, strict=True):
        network, close = networks[text]
        told = _outcome(members, ends, text, network, close)
        if told["outcome"] == KEPT:
            pairs = [(network, ends.found[end].place_id) for end in members]
            new = [end for end, pair in zip(members, pairs, strict=True)
                   if pair not in known and pair not in seen]  # fmt: skip
            again = "repeated_in_the_file" if set(pairs) <= seen else "already_in_the_atlas"
            seen |= set(pairs)
            told |= {"members": new} if new else {"outcome": REFUSED, "reason": again}
        judged.append({"network": network, **told})
    return pd.DataFrame(judged, columns=[*JUDGED, "network", "members"])


def _outcome(
    members: tuple[End, ...], ends: Ends, text: str, network: str, close: tuple[str, ...]
) -> dict[str, object]:
    """Kept, or why not and for which end."""
    said: dict[str, object] = {"outcome": KEPT, "reason": "", "end": "", "candidates": ""}
    if not network:
        reason = "network_less_alike" if close else "no_network"
        return said | {"outcome": DOUBTFUL if close else REFUSED, "reason": reason,
                       "end": f"network | {text}", "candidates": " ".join(close)}  # fmt: skip
    for end in members:
        match = ends.found[end]
        if not match.place_id:
            outcome = DOUBTFUL if match.doubtful else REFUSED
            return said | {"outcome": outcome, "reason": match.reason, "end": end.key,
                           "candidates": " ".join(match.candidates)}  # fmt: skip
    return said


def _networks(world: World, cells: pd.DataFrame, kept: pd.DataFrame, title: str) -> pd.DataFrame:
    """The networks that the atlas does not have yet, by the name that the file gives them."""
    held = set(world.table("networks")["network_id"])
    names = pd.Series(column(cells, "network"))[kept.index]
    new = pd.DataFrame({"network_id": kept["network"], "name_fr": names})
    new = new[~new["network_id"].isin(held)].drop_duplicates("network_id")
    return new.assign(
        name_en=new["name_fr"], dynamic="unknown", evidence="seen", source_title=title,
        source_id=SOURCE,
    ).reindex(columns=list(NETWORK_COLUMNS), fill_value="")  # fmt: skip


def _members(
    world: World, cells: pd.DataFrame, kept: pd.DataFrame, ends: Ends, title: str
) -> pd.DataFrame:
    """MEMBER_COLUMNS: one row a member."""
    texts = {role: column(cells, role) for role in TOLD}
    places, made = places_of(world), []
    for row, network, members in zip(kept.index, kept["network"], kept["members"], strict=True):
        for end in members:
            match = ends.found[end]
            level = match.place_id.partition(":")[0]
            lon, lat = ((match.town.lon, match.town.lat) if match.town
                        else places.points.get(match.place_id, (end.lon, end.lat)))  # fmt: skip
            made.append({
                "network_id": network, "member_name": name_of(world, match) or end.name,
                "place_id": match.place_id, "country_id": match.country,
                "level": LEVELS.get(level, level), "lon": lon, "lat": lat,
                "since_year": year_of(texts["since_year"][row]),
                "until_year": year_of(texts["until_year"][row]),
                "status": worded(texts["status"][row], STATUSES, "member"), "evidence": "seen",
                "coord_method": "geonames" if match.town else "",
                "source_title": texts["source_title"][row] or title, "source_id": SOURCE,
                "source_address": texts["source_address"][row], "note": texts["note"][row],
            })  # fmt: skip
    return pd.DataFrame(made, columns=list(MEMBER_COLUMNS))
