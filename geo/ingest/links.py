"""A table of links, as its mapping reads it, to links and places of the atlas.

Each row has one outcome: kept, doubtful (an end waits for a decision) or refused, with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product

import pandas as pd

from geo.ingest.columns import FIELDS, LINK, proposed_link
from geo.ingest.ends import End, Match
from geo.ingest.grid import RawTable
from geo.ingest.imported import JUDGED, KEPT, Imported
from geo.ingest.mapping import Reading, open_columns
from geo.ingest.rows import (
    SOURCE,
    Ends,
    by_role,
    column,
    ends_of,
    found_ends,
    new_places,
    worded,
    year_of,
)
from geo.places import FRANCE
from geo.world import World

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
NEEDED = ("b_name", "b_country", "b_code")
ROLES = (*(f"{side}_{name}" for side in "ab" for name in FIELDS), *LINK)
KINDS_SAID = {"twinning": ("jumel", "twin", "sister", "partnerstadt"),
              "decentralised_cooperation": ("cooperation", "coop")}  # fmt: skip


def proposed(table: RawTable, file: str) -> Reading:
    """A mapping by the names of the columns and of the file."""
    names, private = open_columns(table)
    roles = proposed_link(names)
    said = f"{file} {' '.join(names)}".lower()
    kinds = [kind for kind, words in KINDS_SAID.items() if any(word in said for word in words)]
    constants = {} if "kind" in roles or not kinds else {"kind": kinds[0]}
    return Reading("links", roles, constants, personal=private)


def missing(reading: Reading) -> list[str]:
    """A sentence for each thing that links need and the mapping lacks."""
    roles, faults = {**reading.columns, **reading.constants}, []
    if not {"a_name", "a_code"} & set(roles):
        faults.append("no column was found for the French end (a_name or a_code)")
    if not set(NEEDED) & set(roles):
        faults.append(f"no column was found for the partner ({', '.join(NEEDED)})")
    if "kind" not in roles:
        faults.append("no column and no word of the file says the kind of the links: give one in "
                      "a mapping, as \"constants\": {\"kind\": \"twinning\"}")  # fmt: skip
    return faults


def imported(
    world: World, table: RawTable, reading: Reading, title: str, progress: bool = False
) -> Imported:
    """Read every row of a table as links; `title` is what their source is called where the file
    names none; `progress` shows a bar over their ends."""
    cells = by_role(table, reading, ("a_lon", "a_lat", "b_lon", "b_lat"))
    ends = found_ends(world, {
        "a": ends_of(world, cells, "a", reading.separators, FRANCE),
        "b": ends_of(world, cells, "b", reading.separators),
    }, reading, progress)  # fmt: skip
    rows = pd.DataFrame(_judged(world, cells, ends), columns=[*JUDGED, "row", "kind", "pairs"])
    kept = rows[rows["outcome"] == KEPT]
    places = new_places(world, ends, (ends.sides[side][row] for row in kept.index for side in "ab"))
    return Imported(
        table, {"places": places, "links": _links(cells, kept, title)},
        rows[list(JUDGED)].set_axis(table.rows.index),
        ends.matches(world, {"a": "french", "b": "foreign"}),
    )  # fmt: skip


def _judged(world: World, cells: pd.DataFrame, ends: Ends) -> list[dict[str, object]]:
    """What becomes of each row, with the pairs of places that it links."""
    links = world.table("links")
    known = set(zip(links["a_id"], links["b_id"], strict=True))
    seen: set[tuple[str, str, str]] = set()
    kinds = _kinds(cells)
    judged: list[dict[str, object]] = []
    sides = ends.sides
    for row, a_ends, b_ends, kind in zip(cells.index, sides["a"], sides["b"], kinds, strict=True):
        told = _outcome(a_ends, b_ends, ends.found, kind)
        if told["outcome"] == "kept":
            pairs = [(a, b) for a, b in told.pop("pairs") if (a, b, kind) not in seen]  # type: ignore[attr-defined]
            seen |= {(a, b, kind) for a, b in pairs}
            new = [pair for pair in pairs if pair not in known]
            reason = "" if new else "already_in_the_atlas" if pairs else "repeated_in_the_file"
            told |= {"pairs": new, "reason": reason, "outcome": "kept" if new else "refused"}
        judged.append({"row": row, "kind": kind, **told})
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
    told = {text: worded(text, KINDS) for text in cells["kind"].unique()}
    return [told[text] for text in cells["kind"]]


def _links(cells: pd.DataFrame, kept: pd.DataFrame, title: str) -> pd.DataFrame:
    """One row a link, in the columns of the atlas."""
    pairs = kept[["row", "kind", "pairs"]].explode("pairs")
    told = cells.reindex(pairs["row"]).reset_index(drop=True)
    kind = pairs["kind"].astype(str).tolist()
    made = pd.DataFrame({
        "a_id": [a for a, _ in pairs["pairs"]], "b_id": [b for _, b in pairs["pairs"]],
        "kind": kind, "start_year": [year_of(text) for text in column(told, "start_year")],
        "end_year": [year_of(text) for text in column(told, "end_year")],
        "status": [worded(text, STATUSES, "unknown") for text in column(told, "status")],
        "source_title": [text or title for text in column(told, "source_title")],
        "source_address": column(told, "source_address"), "note": _notes(column(told, "note"),
                                                                  column(told, "themes")),
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
