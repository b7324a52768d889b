"""A table of links, as its mapping reads it, to links and places of the atlas.

Each row has one outcome: kept, doubtful (an end waits for a decision) or refused, with its reason.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import pandas as pd

from geo.ingest.countries import country_of
from geo.ingest.ends import End, Match, matched
from geo.ingest.gazetteer import alpha2, town_of
from geo.ingest.mapping import Reading
from geo.ingest.reading import RawTable, numbers
from geo.places import FRANCE, fold, places_of
from geo.world import World

YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
KINDS: Mapping[str, tuple[str, ...]] = {
    "twinning": ("twinning", "jumel", "sister", "partnerstadt", "pacte d amitie"),
    "decentralised_cooperation": ("decentralised", "decentralized", "decentralisee",
                                  "cooperation"),
    "network": ("network", "reseau"), "project": ("project", "projet"),
    "agreement": ("agreement", "accord", "convention", "charte", "protocole", "partenariat",
                  "partnership", "memorandum"),
}  # fmt: skip
STATUSES: Mapping[str, tuple[str, ...]] = {
    "suspended": ("suspend", "gele"), "ended": ("ended", "termine", "clos", "fini", "inacti",
                                                "expire", "rompu"),
    "active": ("active", "actif", "en cours", "ongoing", "vigueur"),
}  # fmt: skip
LINK_COLUMNS = (
    "link_id", "a_id", "b_id", "kind", "themes", "start_year", "end_year", "status",
    "origin_vector", "referential", "initiative", "place_of_action", "evidence", "source_type",
    "confidence", "source_id", "source_title", "source_address", "checked_against", "note",
)  # fmt: skip
PLACE_COLUMNS = (
    "place_id", "name", "name_fr", "other_names", "level", "country_id", "admin1_id", "lon", "lat",
    "coord_method", "source_id",
)  # fmt: skip
JUDGED = ("row", "kind", "ends", "outcome", "reason", "end", "candidates", "pairs")
NOWHERE = (math.nan, math.nan)
SOURCE = "file"


@dataclass(frozen=True, eq=False)
class Imported:
    """What came of a table of links.

    `links` and `places` have the columns of the atlas; `refused` and `doubtful` have the line of
    the file, the reason, the end, the candidates and the cells as they were; `outcomes` is one of
    kept, doubtful, refused for each row read.
    """

    links: pd.DataFrame
    places: pd.DataFrame
    refused: pd.DataFrame
    doubtful: pd.DataFrame
    outcomes: pd.Series
    matched_by: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def imported(
    world: World, table: RawTable, reading: Reading, title: str, progress: bool = False
) -> Imported:
    """Read every row of a table as links; `title` is what their source is called where the file
    names none; `progress` shows a bar over their ends."""
    cells = _by_role(table, reading)
    ends = {side: _ends(world, cells, side, reading) for side in "ab"}
    distinct = list(dict.fromkeys(end for held in ends.values() for row in held for end in row))
    found = dict(zip(distinct, matched(world, distinct, progress), strict=True))
    found |= _decided(world, found, reading.decisions)
    judged = _judged(world, cells, ends, found)
    rows = pd.DataFrame(judged, columns=list(JUDGED))
    kept = rows[rows["outcome"] == "kept"]
    return Imported(
        links=_links(cells, kept, title), places=_places(world, kept, found),
        refused=_left_out(table, rows, "refused"), doubtful=_left_out(table, rows, "doubtful"),
        outcomes=rows["outcome"],
        matched_by={name: _methods(ends[side], found) for side, name in
                    (("a", "french"), ("b", "foreign"))},
    )  # fmt: skip


def _decided(
    world: World, found: Mapping[End, Match], decisions: Mapping[str, str]
) -> dict[End, Match]:
    """The ends that a person decided on, each with the place taken among its candidates or of
    the atlas."""
    decided = {}
    for end, match in found.items():
        place = decisions.get(end.key, "")
        if match.doubtful and (place in match.candidates or place in places_of(world)):
            town = town_of(alpha2(world).get(match.country, ""), place)
            decided[end] = Match(place, "decision", 1.0, town=town, country=match.country)
    return decided


def _by_role(table: RawTable, reading: Reading) -> pd.DataFrame:
    """The cells of the file by role, constants in the place of columns that are not there."""
    held = {role: table.rows[column].str.strip() for role, column in reading.columns.items()}
    cells = pd.DataFrame(held, index=table.rows.index)
    for role, value in reading.constants.items():
        cells[role] = value
    decimal = str(table.described.get("decimal", ""))
    for role in ("a_lon", "a_lat", "b_lon", "b_lat"):
        told = cells[role] if role in cells else pd.Series("", index=cells.index)
        cells[role] = numbers(told, decimal).astype("float64")
    return cells


def _ends(world: World, cells: pd.DataFrame, side: str, reading: Reading) -> list[tuple[End, ...]]:
    """The ends of each row on one side: one, or several where a cell names several."""

    def column(name: str) -> list[str]:
        role = f"{side}_{name}"
        return cells[role].tolist() if role in cells else [""] * len(cells)

    said = column("country")
    home = FRANCE if side == "a" and f"{side}_country" not in cells else ""
    known = {text: country_of(world, text) for text in set(said)}
    lon, lat = cells[f"{side}_lon"].tolist(), cells[f"{side}_lat"].tolist()
    apart = re.compile("[" + re.escape(reading.separators) + "]") if reading.separators else None
    found = []
    told = zip(column("name"), column("code"), said, column("departement"), lon, lat, strict=True)
    for name, code, country, departement, x, y in told:
        names = [n.strip() for n in apart.split(name) if n.strip()] if apart else [name]
        point = (x, y) if len(names) < 2 and x == x and y == y else NOWHERE
        where = known[country] or (home if not country else "")
        found.append(tuple(
            End(each, code if len(names) < 2 else "", where, "", _departement(departement), *point)
            for each in names or [""]
        ))  # fmt: skip
    return found


def _departement(text: str) -> str:
    """The département that a code says, as an id; "" for what is no code."""
    code = text.strip().upper()
    return f"departement:{code.zfill(2)}" if re.fullmatch(r"\d{1,3}|2[AB]", code) else ""


def _judged(
    world: World, cells: pd.DataFrame, ends: Mapping[str, Sequence[tuple[End, ...]]],
    found: Mapping[End, Match],
) -> list[dict[str, object]]:  # fmt: skip
    """What becomes of each row, with the pairs of ends that it links."""
    links = world.table("links")
    known = set(zip(links["a_id"], links["b_id"], strict=True))
    seen: set[tuple[str, str, str]] = set()
    kinds = _kinds(cells)
    judged: list[dict[str, object]] = []
    for row, a_ends, b_ends, kind in zip(cells.index, ends["a"], ends["b"], kinds, strict=True):
        told = _outcome(a_ends, b_ends, found, kind)
        if told["outcome"] == "kept":
            pairs = [(a, b) for a, b in told.pop("pairs") if (a, b, kind) not in seen]  # type: ignore[attr-defined]
            seen |= {(a, b, kind) for a, b in pairs}
            new = [pair for pair in pairs if pair not in known]
            reason = "" if new else "already_in_the_atlas" if pairs else "repeated_in_the_file"
            told |= {"pairs": new, "reason": reason, "outcome": "kept" if new else "refused"}
        judged.append({"row": row, "kind": kind, "ends": (a_ends, b_ends), **told})
    return judged


def _outcome(
    a_ends: tuple[End, ...], b_ends: tuple[End, ...], found: Mapping[End, Match], kind: str
) -> dict[str, object]:
    """Kept with its pairs of places, the French one first; or why not, and for which end."""
    if not kind:
        return {"outcome": "refused", "reason": "unknown_kind", "end": "", "candidates": ""}
    for end in (*a_ends, *b_ends):
        match = found[end]
        if not match.place_id:
            outcome = "doubtful" if match.doubtful else "refused"
            return {"outcome": outcome, "reason": match.reason, "end": end.key,
                    "candidates": " ".join(match.candidates)}  # fmt: skip
    homes = [found[end].country == FRANCE for end in (*a_ends, *b_ends)]
    if all(homes) or not any(homes):
        reason = "both_ends_in_france" if all(homes) else "no_end_in_france"
        return {"outcome": "refused", "reason": reason, "end": a_ends[0].key, "candidates": ""}
    pairs = [
        (a.place_id, b.place_id) if a.country == FRANCE else (b.place_id, a.place_id)
        for a, b in product([found[e] for e in a_ends], [found[e] for e in b_ends])
        if (a.country == FRANCE) != (b.country == FRANCE)
    ]  # fmt: skip
    return {"outcome": "kept", "reason": "", "end": "", "candidates": "", "pairs": pairs}


def _kinds(cells: pd.DataFrame) -> list[str]:
    """The kind of each link in the atlas's words, "" where the file's is none of them."""
    if "kind" not in cells:
        return [""] * len(cells)
    told = {text: _worded(text, KINDS) for text in cells["kind"].unique()}
    return [told[text] for text in cells["kind"]]


def _worded(text: str, known: Mapping[str, tuple[str, ...]], default: str = "") -> str:
    said = fold(text)
    if said.replace(" ", "_") in known:
        return said.replace(" ", "_")
    found = [code for code, words in known.items() if any(word in said for word in words)]
    return found[0] if found else default


def _links(cells: pd.DataFrame, kept: pd.DataFrame, title: str) -> pd.DataFrame:
    """One row a link, in the columns of the atlas."""
    pairs = kept[["row", "kind", "pairs"]].explode("pairs")
    told = cells.reindex(pairs["row"]).reset_index(drop=True)
    kind = pairs["kind"].astype(str).tolist()

    def column(role: str) -> list[str]:
        return told[role].astype(str).tolist() if role in told else [""] * len(told)

    made = pd.DataFrame({
        "a_id": [a for a, _ in pairs["pairs"]], "b_id": [b for _, b in pairs["pairs"]],
        "kind": kind, "start_year": [_year(text) for text in column("start_year")],
        "end_year": [_year(text) for text in column("end_year")],
        "status": [_worded(text, STATUSES, "unknown") for text in column("status")],
        "source_title": [text or title for text in column("source_title")],
        "source_address": column("source_address"), "note": _notes(column("note"),
                                                                  column("themes")),
        "evidence": "seen", "source_type": "official", "confidence": "normal",
        "source_id": SOURCE,
    })  # fmt: skip
    named = zip(made["a_id"], made["b_id"], kind, strict=True)
    made["link_id"] = [re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()) for parts in named]
    return made.reindex(columns=list(LINK_COLUMNS), fill_value="")


def _notes(notes: Sequence[str], themes: Sequence[str]) -> list[str]:
    """The notes of the file, with its themes in its own words: they are not those of the atlas."""
    return ["; ".join(text for text in (note, f"themes: {theme}" if theme else "") if text)
            for note, theme in zip(notes, themes, strict=True)]  # fmt: skip


def _year(text: str) -> str:
    found = YEAR.search(text)
    return found[1] if found else ""


def _places(world: World, kept: pd.DataFrame, found: Mapping[End, Match]) -> pd.DataFrame:
    """The places of the links kept that the atlas does not have yet."""
    frame, rows = places_of(world).frame, {}
    known = {*frame.index[frame["level"] != "town"], *world.table("places")["place_id"]}
    for a_ends, b_ends in kept["ends"]:
        for end in (*a_ends, *b_ends):
            match = found[end]
            if match.place_id in known:
                continue
            lon, lat = (match.town.lon, match.town.lat) if match.town else (end.lon, end.lat)
            rows[match.place_id] = {
                **dict.fromkeys(PLACE_COLUMNS, ""), "place_id": match.place_id,
                "name": match.town.name if match.town else end.name,
                "level": "commune" if match.town else "other", "country_id": match.country,
                "lon": lon, "lat": lat, "source_id": SOURCE,
                "coord_method": "geonames" if match.town else "file",
            }  # fmt: skip
    return pd.DataFrame(list(rows.values()), columns=list(PLACE_COLUMNS))


def _left_out(table: RawTable, rows: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """The rows with an outcome, as the file has them, each with its line and the reason."""
    held = rows[rows["outcome"] == outcome]
    told = pd.DataFrame({
        "line": held["row"] + table.first_line, "reason": held["reason"], "end": held["end"],
        "candidates": held["candidates"], **({"decision": ""} if outcome == "doubtful" else {}),
    }).reset_index(drop=True)  # fmt: skip
    return pd.concat([told, table.rows.loc[held["row"]].reset_index(drop=True)], axis=1)


def _methods(rows: Sequence[tuple[End, ...]], found: Mapping[End, Match]) -> dict[str, int]:
    """How many ends each method found, and how many found nothing by reason."""
    counts: dict[str, int] = {}
    for end in (end for row in rows for end in row):
        key = found[end].method or found[end].reason
        counts[key] = counts.get(key, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1]))
