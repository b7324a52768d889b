"""Exports to files, from the command line: one query, or the same for each territory of a level."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import parse_qs

from tqdm import tqdm

from dashboard.exports import EXPORTS, Refused, export
from dashboard.filters import vocabulary
from dashboard.state import VIEWS
from geo.transnational import LEVELS
from geo.world import World


def write(world: World, query: str, out: Path, form: str, each: str, lang: str) -> int:
    """Write the export of a query to a file, or one a territory of the level `each` to a folder.

    Returns the exit code: 0, 1 where a file cannot be written, 2 where the query or the format is
    refused; the reason goes to standard error.
    """
    form = form or (out.suffix.removeprefix(".") if not each else "")
    if form not in EXPORTS:
        print(f"The format {form!r} is none of {', '.join(EXPORTS)}: end the name of the file in "
              "one of these, or give it with --as", file=sys.stderr)  # fmt: skip
        return 2
    try:
        if not each:
            _one(world, query, out, form, lang)
            return 0
        out.mkdir(parents=True, exist_ok=True)
        for place in tqdm(_territories(world, each), unit="file", disable=not sys.stderr.isatty()):
            wanted = _with_territory(query, place)
            _one(world, wanted, out / f"{place.replace(':', '-')}.{form}", form, lang)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or out} cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _one(world: World, query: str, out: Path, form: str, lang: str) -> None:
    """One export, put in place whole: what stood there stays until the new one is complete."""
    view = parse_qs(query.lstrip("?")).get("view", [VIEWS[0]])[-1]
    made = export(world, view, form, query, vocabulary(world, lang)).content
    part = out.with_name(f"{out.name}.part")
    part.write_bytes(made)
    part.replace(out)


def _territories(world: World, level: str) -> list[str]:
    return [str(place) for place in world.table(LEVELS[level])[f"{level}_id"]]


def _with_territory(query: str, place: str) -> str:
    """The query with this territory for any that it names."""
    pairs = [p for p in query.lstrip("?").split("&") if p and not p.startswith("territory=")]
    return "&".join((*pairs, f"territory={place}"))
