"""A file that a visitor brings: taken in, read by a mapping, tried, kept. All in plain values.

What is told is in the words of a language; a file that cannot be used leaves nothing behind.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from dashboard.bringing_words import MAPPED, proposal, provenance, report
from dashboard.catalogue import Catalogue
from dashboard.workspaces import MEGA, MOST_FILES, MOST_ROWS, Workspace, Workspaces
from geo.errors import DataError
from geo.ingest.ends import End, matched
from geo.ingest.imported import Imported
from geo.ingest.kinds import KINDS, checked
from geo.ingest.mapping import Reading, open_columns
from geo.ingest.output import written
from geo.ingest.reading import RawTable, read
from geo.ingest.sources import OFFICIAL, laid_out, proposed
from geo.ingest.unreadable import UnreadableFile
from geo.places import FRANCE
from geo.world import World

MOST_FACTS = 400_000  # rows times the columns of a wide table that hold a fact each
MOST_UNPACKED = 20  # times the largest file: what a zip or workbook may unpack to
PATIENCE = 60  # seconds that an import waits for another one
TOLD = 200  # characters of what is told of a source
NAMED = 120  # characters of a file's name
ENDING = re.compile(r"\.(?:csv|tsv|tab|txt|xlsx|xlsm|xls|ods|geojson|json|gpkg|parquet"
                    r"|geoparquet|zip)$", re.IGNORECASE)  # fmt: skip
_importing = threading.Lock()


class NotTaken(Exception):
    """A file, or what is asked of it, that is refused; `status` is the code of HTTP."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status, text)
        self.status, self.text = status, text

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Pending:
    """The file that is being read: its name as told, its place, the sheet chosen."""

    name: str
    path: Path
    sheet: str = ""


def put(
    space: Workspace, name: str, body: Iterable[bytes], most: int, words: Catalogue
) -> Pending:  # fmt: skip
    """Take a file in, in the place of one that was not kept; NotTaken beyond `most` bytes."""
    if len(space.datasets()) >= MOST_FILES:
        raise NotTaken(400, words.say("upload.fault.files", n=MOST_FILES))
    shutil.rmtree(space.pending, ignore_errors=True)
    space.pending.mkdir()
    name, size = named(name), 0
    ending = ENDING.search(name)
    path = space.pending / f"file{ending[0].lower() if ending else ''}"
    with path.open("wb") as file:
        for piece in body:
            size += len(piece)
            if size > most:
                raise NotTaken(413, too_large(most, words))
            file.write(piece)
    _refuse_unpacking(path, most * MOST_UNPACKED, words)
    return _noted(space, Pending(name, path))


def too_large(most: int, words: Catalogue) -> str:
    """The sentence on a file of too many bytes."""
    return words.say("upload.fault.large", mega=most / MEGA)


def named(name: str) -> str:
    """A file's name without folders or what no text should hold, to be shown and written; it is
    never a path."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    return plain[-NAMED:] or "file"


def _refuse_unpacking(path: Path, most: int, words: Catalogue) -> None:
    """NotTaken for a file that would unpack to far more than it is."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                size = sum(member.file_size for member in packed.infolist())
        elif path.suffix in (".parquet", ".geoparquet"):
            held = pa.parquet.ParquetFile(path).metadata
            size = sum(held.row_group(i).total_byte_size for i in range(held.num_row_groups))
            size = most + 1 if held.num_rows > MOST_ROWS else size
        else:
            return
    except (zipfile.BadZipFile, OSError, ValueError):
        return  # the reader says what is wrong with it
    if size > most:
        raise NotTaken(413, words.say("upload.fault.unpacked", mega=most // MEGA, n=MOST_ROWS))


def _noted(space: Workspace, file: Pending) -> Pending:
    told = {"name": file.name, "path": file.path.name, "sheet": file.sheet}
    (space.pending / "pending.json").write_text(json.dumps(told), "utf-8")
    return file


def pending(space: Workspace | None, words: Catalogue) -> tuple[Workspace, Pending]:
    """The file that is being read in a workspace; NotTaken where there is none."""
    try:
        if space is None:
            raise FileNotFoundError
        told = json.loads((space.pending / "pending.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise NotTaken(404, words.say("upload.fault.nothing")) from error
    return space, Pending(told["name"], space.pending / told["path"], told["sheet"])


def opened(
    world: World, space: Workspace, file: Pending, words: Catalogue, kind: str = ""
) -> dict[str, Any]:
    """How a file would be read, as a kind or as that which it is most like."""
    _noted(space, file)
    table, given = proposed(_table(file, words), file.name, kind if kind in KINDS else "")
    return proposal(world, table, given, file.name, words)


def tried(
    world: World, space: Workspace, file: Pending, given: Mapping[str, Any], words: Catalogue
) -> dict[str, Any]:
    """What would come in with a mapping: written beside the file, to be kept or tried again."""
    raw, source = _table(file, words), _source(given)
    table = laid_out(raw, Reading("", {}, source=source)) if source else raw
    reading = _reading(given, table, words)
    if len(table.rows) * max(1, len(reading.across)) > MOST_FACTS:
        raise NotTaken(413, words.say("upload.fault.facts", n=MOST_FACTS))
    if KINDS[reading.kind].missing(reading):
        raise NotTaken(400, words.say_or(f"upload.needs.{reading.kind}",
                                 " ".join(KINDS[reading.kind].missing(reading))))  # fmt: skip
    known = _provenance(given, reading, file)
    made, told = _imported(world, table, reading, file, known, space.pending / "made", words)
    return report(world, made, told, words)


def _provenance(given: Mapping[str, Any], reading: Reading, file: Pending) -> dict[str, str]:
    """Where the file comes from, in the words of the person who brings it."""
    held = given.get("provenance")
    told = held if isinstance(held, dict) else {}
    texts = {name: " ".join(text.split())[:TOLD] for name, text in told.items()
             if isinstance(text, str)}  # fmt: skip
    return provenance(reading.source, texts, file.name)


def _imported(
    world: World, table: RawTable, reading: Reading, file: Pending, known: Mapping[str, str],
    out: Path, words: Catalogue,
) -> tuple[Imported, dict[str, Any]]:  # fmt: skip
    """The importer, as the command line uses it."""
    path = Path(file.name)
    try:
        checked(reading, table, path)
        made = KINDS[reading.kind].imported(world, table, reading, known["title"])
        return made, written(made, reading, path, out, known)
    except DataError as error:
        raise NotTaken(400, words.say("upload.fault.mapping", reason=str(error))) from error


def kept(spaces: Workspaces, space: Workspace, words: Catalogue) -> tuple[str, ...]:
    """Keep what was tried last, and let go of the file; the names of the files kept. NotTaken,
    and nothing kept, where nothing came in or the data cannot be read with it."""
    made = space.pending / "made"
    if not (made / "report.json").exists():
        raise NotTaken(404, words.say("upload.fault.nothing"))
    if not json.loads((made / "report.json").read_text("utf-8"))["kept"]:
        raise NotTaken(400, words.say("upload.fault.none"))
    _rename(made, set(spaces.world(space).datasets))
    place = space.keep(made)
    try:
        spaces.world(space)
    except DataError as error:
        shutil.rmtree(place)
        raise NotTaken(400, words.say("upload.fault.unfit", reason=str(error))) from error
    shutil.rmtree(space.pending)
    return space.files()


def _rename(made: Path, taken: set[str]) -> None:
    """Give a dataset a name that no other has."""
    path = made / "datapackage.json"
    held = json.loads(path.read_text("utf-8"))
    name, number = held["name"], 2
    while held["name"] in taken:
        held["name"], number = f"{name}-{number}", number + 1
    path.write_text(json.dumps(held, ensure_ascii=False, indent=2) + "\n", "utf-8")


def ready(world: World) -> None:
    """Open what places are matched with: it is wanted next, and takes seconds the first time."""
    matched(world, [End("Paris", country=FRANCE), End("Bamako", country="country:MLI")])


def drop(space: Workspace) -> None:
    """Let go of the file that is being read."""
    shutil.rmtree(space.pending, ignore_errors=True)


def left_out(space: Workspace | None, name: str, words: Catalogue) -> bytes:
    """A file beside the dataset tried or kept last: `refused.csv` and its like."""
    folders = [space.pending / "made", space.last()] if space else []
    found = [path for folder in folders if folder and (path := folder / name).exists()]
    if not found:
        raise NotTaken(404, words.say("upload.fault.nothing"))
    return found[0].read_bytes()


@contextmanager
def alone(words: Catalogue) -> Iterator[None]:
    """One file at a time is read."""
    if not _importing.acquire(timeout=PATIENCE):
        raise NotTaken(503, words.say("upload.fault.busy"))
    try:
        yield
    finally:
        _importing.release()


def _table(file: Pending, words: Catalogue) -> RawTable:
    try:
        table = read(file.path, file.sheet)
    except UnreadableFile as error:
        reason = error.said(words.lang).replace(str(file.path), file.name)
        reason = reason.replace(str(file.path.parent), "")
        raise NotTaken(400, words.say("upload.fault.unreadable", reason=reason)) from error
    if len(table.rows) > MOST_ROWS:
        raise NotTaken(413, words.say("upload.fault.rows", n=len(table.rows), most=MOST_ROWS))
    return table


def _reading(given: Mapping[str, Any], table: RawTable, words: Catalogue) -> Reading:
    """The mapping that a page sends; columns that hold persons are dropped whatever it says."""
    wrong = NotTaken(400, words.say("upload.fault.mapping", reason=", ".join(MAPPED)))
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise wrong
    texts = {name: given.get(name, {}) for name in ("columns", "constants", "decisions")}
    pairs = [pair for held in texts.values() for pair in _items(held, wrong)]
    across, across_is = given.get("across", []), given.get("across_is", "")
    separators = given.get("separators", Reading.separators)
    flat = [*(text for pair in pairs for text in pair), across_is, separators]
    if not isinstance(across, list) or not all(isinstance(t, str) for t in [*flat, *across]):
        raise wrong
    _, personal = open_columns(table)
    if {*texts["columns"].values(), *across} & set(personal):
        raise NotTaken(400, words.say("upload.fault.personal"))
    source = _source(given)
    return Reading(kind, texts["columns"], texts["constants"], separators, personal,
                   texts["decisions"], across, across_is, source=source)  # fmt: skip


def _source(given: Mapping[str, Any]) -> str:
    """The official source that a mapping names, "" for none."""
    named = given.get("source")
    return named if isinstance(named, str) and named in OFFICIAL else ""


def _items(held: object, wrong: NotTaken) -> list[tuple[Any, Any]]:
    if not isinstance(held, dict):
        raise wrong
    return list(held.items())
