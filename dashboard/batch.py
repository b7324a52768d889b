"""Exports of many: one for each territory of a level, as files or as one ZIP that grows."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import parse_qs

from tqdm import tqdm

from dashboard.downloads import entry
from dashboard.exports import EXPORTS, Refused, export
from dashboard.filters import vocabulary
from dashboard.scenes import Scene
from dashboard.state import VIEWS, Vocabulary
from geo.transnational import LEVELS
from geo.world import World

BASE = "http://127.0.0.1:8050/"  # where the page is served unless told otherwise


def write(
    world: World, query: str, out: Path, form: str, each: str, lang: str, base: str = BASE,
    scenes: Sequence[Scene] = (),
) -> int:  # fmt: skip
    """Write the export of a query to a file, or one a territory of the level `each` to a folder.

    Returns the exit code: 0, 1 where a file cannot be written, 2 where the query or the format is
    refused; the reason goes to standard error.
    """
    form = form or (out.suffix.removeprefix(".") if not each else "")
    if form not in EXPORTS:
        print(f"The format {form!r} is none of {', '.join(EXPORTS)}: end the name of the file in "
              "one of these, or give it with --as", file=sys.stderr)  # fmt: skip
        return 2
    words = vocabulary(world, lang)
    view = parse_qs(query.lstrip("?")).get("view", [VIEWS[0]])[-1]
    try:
        if not each:
            _put(export(world, view, form, query, words, base, scenes).content, out)
            return 0
        out.mkdir(parents=True, exist_ok=True)
        for place in tqdm(territories(world, each), unit="file", disable=not sys.stderr.isatty()):
            made = export(world, view, form, with_territory(query, place), words, base, scenes)
            _put(made.content, out / _named(place, form))
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or out} cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def packed_each(
    world: World, view: str, form: str, query: str, words: Vocabulary, base: str, each: str
) -> Iterator[bytes]:
    """A ZIP with one export for each territory of a level, in the pieces that it grows by.

    The first piece is made before anything is given: Refused comes before the answer begins. An
    export that fails later leaves its reason in its place.
    """
    grown = _Grown()
    with zipfile.ZipFile(grown, "w", zipfile.ZIP_DEFLATED) as folder:  # type: ignore[call-overload]
        for number, place in enumerate(territories(world, each)):
            try:
                made = export(world, view, form, with_territory(query, place), words, base)
                folder.writestr(entry(_named(place, form)), made.content)
            except Refused as refusal:
                if number == 0:
                    raise
                folder.writestr(entry(_named(place, "txt")), str(refusal))
            yield grown.taken()
    yield grown.taken()


def territories(world: World, level: str) -> list[str]:
    """The régions, or the départements with the overseas collectivities, by their ids."""
    table = world.table(LEVELS[level])
    kept = table[table["zone"] != "com"] if level == "region" else table
    return [str(place) for place in kept[f"{level}_id"]]


def with_territory(query: str, place: str) -> str:
    """The query with this territory for any that it names."""
    pairs = [p for p in query.lstrip("?").split("&") if p and not p.startswith("territory=")]
    return "&".join((*pairs, f"territory={place}"))


def _named(place: str, form: str) -> str:
    return f"{place.replace(':', '-')}.{form}"


def _put(made: bytes, out: Path) -> None:
    """A file put in place whole: what stood there stays until the new one is complete."""
    part = out.with_name(f"{out.name}.part")
    part.write_bytes(made)
    part.replace(out)


class _Grown:
    """Where a ZIP is written to be sent on at once."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits: what is written is taken as it is."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        data, self._held = b"".join(self._held), []
        return data
