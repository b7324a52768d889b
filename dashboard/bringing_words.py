"""What is told of a file that a visitor brings: how it would be read, what would come of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboard.catalogue import Catalogue
from dashboard.filters import place_label
from dashboard.views.data_import import reason_said
from geo.ingest.gazetteer import alpha2, town_of
from geo.ingest.grid import RawTable
from geo.ingest.imported import KEPT, Imported
from geo.ingest.kinds import KINDS
from geo.ingest.mapping import Reading, open_columns
from geo.ingest.sources import OFFICIAL
from geo.places import places_of
from geo.world import World

FIRST, SHOWN, LONGEST = 5, 20, 80  # first rows; ends and rows told; characters of a cell
CODED = ("kind", "status")  # of links
NETWORK = "network | "  # begins an end that is a network
COUNTRY = re.compile(r"country:[A-Z]{3}")
PROVENANCE = ("title", "producer", "licence", "vintage")  # that a page asks for
MAPPED = ("kind", "columns", "constants", "decisions", "across", "across_is", "separators",
          "source")  # fmt: skip


def proposal(
    world: World, table: RawTable, given: Reading, file: str, words: Catalogue
) -> dict[str, Any]:
    """How a file would be read: its sheets, what its rows may be, its columns with their first
    cells, the roles that these may have, the mapping proposed."""
    told = table.described
    columns, personal = open_columns(table)
    sheet = told.get("sheet") or (told.get("layer", "") if told.get("other_sheets") else "")
    return {
        "file": file,
        "read_as": _read_as(table, words),
        "source": OFFICIAL[given.source].provenance["title"] if given.source in OFFICIAL else "",
        "sheet": sheet,
        "sheets": [sheet, *told.get("other_sheets", "").split(", ")] if sheet else [],
        "kind": given.kind,
        "kinds": [[name, words.say_or(f"upload.kind.{name}", name)] for name in KINDS],
        "columns": [[c, [short(t) for t in table.rows[c].head(FIRST)]] for c in columns],
        "personal": list(personal),
        "roles": [
            [role, words.say_or(f"upload.role.{role}", role),
             _choices(world, given.kind, role, words.lang)]
            for role in KINDS[given.kind].ROLES
        ],
        "mapping": _as_mapping(given),
        "needs": words.say_or(f"upload.needs.{given.kind}", ""),
        "provenance": provenance(given.source, {}, file),
    }  # fmt: skip


def provenance(source: str, told: Mapping[str, str], file: str) -> dict[str, str]:
    """What a person tells of where a file comes from, completed by what is known of an official
    source; a file is called by its name where nobody tells more."""
    known = OFFICIAL[source].provenance if source in OFFICIAL else {}
    held = {name: told.get(name) or known.get(name, "") for name in PROVENANCE}
    return {**known, **held, "title": held["title"] or Path(file).stem}


def _read_as(table: RawTable, words: Catalogue) -> str:
    """The form of a file in a few words: its format, its encoding, its rows."""
    told = table.described
    parts = (told.get(name, "") for name in ("format", "encoding"))
    counts = (words.say("upload.rows", n=len(table.rows)),
              words.say("upload.columns", n=len(table.rows.columns)))  # fmt: skip
    return ", ".join([*filter(None, parts), *counts])


def short(text: object) -> str:
    """A cell on one line, cut where it is long."""
    cell = " ".join(str(text).split())
    return cell if len(cell) <= LONGEST else f"{cell[:LONGEST]}…"


def _choices(world: World, kind: str, role: str, lang: str) -> list[list[str]]:
    """The values that a role may have for all rows, with their labels, where all are known."""
    if (kind, role) == ("vectors", "vector"):
        table, code = world.table("kinds"), "kind"
    elif kind == "links" and role in CODED:
        table, code = world.table("codes"), "code"
        table = table[table["field"] == role]
    else:
        return []
    pairs = table[[code, f"label_{lang}"]].astype(str)
    return [[key, label] for key, label in pairs.itertuples(index=False, name=None)]


def _as_mapping(given: Reading) -> dict[str, Any]:
    held = {name: getattr(given, name) for name in MAPPED}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in held.items()}


def report(
    world: World, made: Imported, held: Mapping[str, Any], words: Catalogue
) -> dict[str, Any]:
    """A report in words."""
    ends, refused = _waiting(world, made, words), made.refused.head(SHOWN).to_dict("records")
    dropped = held["dropped_columns"]
    counts = {name: held[name] for name in ("rows_read", "kept", "doubtful", "refused")}
    added = [words.say_or(f"upload.added.{name}", f"{n} {name}", n=n)
             for name, n in held["added"].items() if n]  # fmt: skip
    return {
        "counts": [[words.say(f"upload.count.{name}"), words.number(n), n]
                   for name, n in counts.items()],
        "added": words.joined(added) if added else "",
        "matched": [[words.say_or(f"upload.side.{side}", side), _reasons(ways, words)]
                    for side, ways in held["ends"].items()],
        "ends": ends[:SHOWN],
        "more_ends": max(0, len(ends) - SHOWN),
        "remarks": _reasons(_remarks(made), words),
        "refused": _reasons(held["refused_by_reason"], words),
        "rows": [[int(row["line"]), reason_said(row["reason"], words), _cells(row, made, dropped)]
                 for row in refused],
        "far": [[each["end"], _label(world, each["place_id"], each["end"], words),
                 words.number(each["km"])] for each in held["far"][:SHOWN]],
    }  # fmt: skip


def _reasons(counts: Mapping[str, int], words: Catalogue) -> list[list[str]]:
    return [[reason_said(code, words), words.number(n)] for code, n in counts.items()]


def _remarks(made: Imported) -> dict[str, int]:
    """What is to be known of rows that are kept all the same, with how many."""
    told = made.judged.loc[made.outcomes == KEPT, "reason"]
    return {str(reason): int(n) for reason, n in told[told != ""].value_counts().items()}


def _cells(row: Mapping[Any, Any], made: Imported, dropped: list[str]) -> str:
    """The cells of a row that is left out, but those of persons."""
    columns = [c for c in made.table.rows.columns if c not in dropped]
    return " · ".join(short(row[c]) for c in columns[:8] if str(row[c]).strip())


def _waiting(world: World, made: Imported, words: Catalogue) -> list[dict[str, Any]]:
    """The ends that wait for a decision, those of most rows first, with their candidates."""
    rows = made.doubtful
    rows = rows[rows["candidates"] != ""]
    by_end = rows.groupby("end", sort=False).agg(
        n=("line", "size"), reason=("reason", "first"), candidates=("candidates", "first")
    )
    by_end = by_end.sort_values("n", ascending=False, kind="stable")
    return [
        {"end": str(end), "name": str(end).removeprefix(NETWORK).partition(" | ")[0],
         "rows": words.say("upload.rows", n=int(n)), "reason": reason_said(reason, words),
         "candidates": [[c, _label(world, c, str(end), words)] for c in candidates.split()]}
        for end, n, reason, candidates in by_end.itertuples(name=None)
    ]  # fmt: skip


def _label(world: World, place: str, end: str, words: Catalogue) -> str:
    """A place's name with what tells it from its homonyms: for a town abroad that the atlas does
    not have, its people and its point."""
    if place in places_of(world):
        return place_label(world, place, words.lang)
    if end.startswith(NETWORK):
        names = world.table("networks").set_index("network_id")[f"name_{words.lang}"]
        return str(names.get(place, place))
    country = COUNTRY.search(end)
    town = town_of(alpha2(world).get(country[0], ""), place) if country else None
    if town is None:
        return place
    return words.say("upload.town", name=town.name, n=town.population,
                     lat=words.number(town.lat, 2), lon=words.number(town.lon, 2))  # fmt: skip
