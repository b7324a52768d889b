"""Any table that a user brings, read as its file shows it, or refused in one sentence.

What a file is, its content tells; its ending counts where the content does not.
"""

from __future__ import annotations

import zipfile
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from geo.ingest import grid, sheets, sparql, vector
from geo.ingest.delimited import delimited, undecodable
from geo.ingest.grid import RawTable, number, numbers
from geo.ingest.unreadable import UnreadableFile

__all__ = ["MOST_BYTES", "MOST_COLUMNS", "RawTable", "number", "numbers", "read"]

MOST_COLUMNS = grid.MOST_COLUMNS
MOST_BYTES = 2**30
MOST_UNPACKED = 2 * 2**30
MOST_RATIO, RATIO_FROM = 200, 50 * 2**20
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
TEXTS = (".csv", ".tsv", ".tab", ".txt")
PARTS = {".shx": "no_shx", ".dbf": "no_dbf"}  # beside a .shp, what is wrong without them
# How a file begins, whatever its ending.
STARTS = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"SQLite format 3\0", "GeoPackage"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS"), (b"PAR1", "Parquet"),
    (b"\0\0\x27\x0a", "Shapefile"),
)  # fmt: skip
ENDINGS = {
    ".xlsx": "XLSX", ".xlsm": "XLSX", ".xls": "XLS", ".ods": "ODS", ".zip": "zip",
    ".gpkg": "GeoPackage", ".parquet": "Parquet", ".geoparquet": "Parquet", ".shp": "Shapefile",
}  # fmt: skip
# What may be brought for a table and is none of the formats, and what is told of it.
OTHERS = (
    (b"%PDF", "pdf"), (b"\x89PNG", "image"), (b"\xff\xd8\xff", "image"), (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "seven_zip"), (b"Rar!", "rar"), (b"<", "markup"),
)  # fmt: skip


def read(path: Path, sheet: str = "") -> RawTable:
    """The table that a file holds, every cell a text; `sheet` names the sheet of a workbook or
    the layer of a file of geometry. UnreadableFile where there is none or it is beyond limits."""
    try:
        return _read(path, sheet)
    except OSError as error:
        raise UnreadableFile("no_opening", error=error.strerror or str(error)) from error
    except MemoryError as error:
        raise UnreadableFile("no_memory") from error


def _read(path: Path, sheet: str) -> RawTable:
    kind = _kind(path)
    if kind == "zip":
        kind, shapes = _packed(path)
        if kind == "Shapefile":
            return _zipped(path, shapes, sheet)
    if kind in ("XLSX", "XLS", "ODS"):
        return sheets.workbook(path, kind, sheet)
    if kind in ("GeoPackage", "GeoJSON"):
        return vector.vector(str(path), kind, sheet, [None])
    if sheet:
        raise UnreadableFile("no_sheets", wanted=sheet)
    if kind == "Shapefile":
        return _shapefile(str(path), [other.name for other in path.parent.iterdir()], path.stem)
    if kind == "Parquet":
        return vector.parquet_table(path)
    if kind == "JSON":
        return sparql.from_json(path.read_bytes())
    if kind == "SPARQL TSV":
        return sparql.from_tsv(path.read_bytes())
    return sparql.tidied(delimited(path.read_bytes(), path.suffix.lower() in (".tsv", ".tab")))


def _kind(path: Path) -> str:
    """The format of a file by its first bytes. UnreadableFile where it cannot be one."""
    _refuse_size(path)
    with path.open("rb") as file:
        start = file.read(4096)
    ending = path.suffix.lower()
    if ending in PARTS:
        raise UnreadableFile("part_of_shapefile")
    if kind := next((kind for mark, kind in STARTS if start.startswith(mark)), ""):
        return kind
    text = start.removeprefix(BOM_UTF8).lstrip()
    if code := next((code for mark, code in OTHERS if text.startswith(mark)), ""):
        raise UnreadableFile(code)
    if text.startswith((b"{", b"[")) and ending not in TEXTS:
        return _json(path)
    if sparql.is_tsv(start):
        return "SPARQL TSV"
    _refuse_ending(ending, start)
    return "text"


def _refuse_size(path: Path) -> None:
    if path.is_dir():
        raise UnreadableFile("folder")
    if not path.exists():
        raise UnreadableFile("no_such_file", folder=str(path.parent.resolve()))
    size = path.stat().st_size
    if not size:
        raise UnreadableFile("empty_file")
    if size > MOST_BYTES:
        raise UnreadableFile("too_large", size=size, most=MOST_BYTES)


def _refuse_ending(ending: str, start: bytes) -> None:
    """UnreadableFile where content that no format begins with is not what its ending says: text
    may be called .xls or .xlsx, as some exports are."""
    binary = b"\0" in start and not start.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    if ending in (".geojson", ".json"):
        raise UnreadableFile("no_start_of_json")
    if ending in ENDINGS and (binary or ending not in (".xls", ".xlsx")):
        raise UnreadableFile("not_as_its_ending", kind=ENDINGS[ending])
    if binary and ending not in TEXTS:
        raise UnreadableFile("other_binary")


def _json(path: Path) -> str:
    data = path.read_bytes()
    wrong = undecodable(data, "utf-8")
    if wrong is not None:
        raise UnreadableFile("json_not_utf_8", line=data.count(b"\n", 0, wrong) + 1)
    return "GeoJSON" if sparql.holds_shapes(data) else "JSON"


def _packed(path: Path) -> tuple[str, list[str]]:
    """What a zip holds, a workbook or shapefiles, and the parts of these."""
    try:
        with zipfile.ZipFile(path) as packed:
            _refuse_bomb(packed)
            kind = _workbook_kind(packed)
            if kind:
                sheets.refuse_unsound(packed)
            elif damaged := packed.testzip():
                raise UnreadableFile("damaged_part", part=damaged)
            names = [n for n in packed.namelist() if not n.startswith("__MACOSX/")]
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        KeyError,
        ValueError,
    ) as error:
        raise UnreadableFile("damaged_zip", error=str(error)) from error
    if not kind and not any(name.lower().endswith(".shp") for name in names):
        raise UnreadableFile("other_zip")
    return kind or "Shapefile", names


def _zipped(path: Path, names: Sequence[str], wanted: str) -> RawTable:
    """A shapefile of a zip, the one `wanted` by name, else the first."""
    shapes = {PurePosixPath(n).stem: n for n in names if n.lower().endswith(".shp")}
    stem = wanted or next(iter(shapes))
    if stem not in shapes:
        raise UnreadableFile("no_such_shapefile", wanted=wanted, names=", ".join(shapes))
    folder = PurePosixPath(shapes[stem]).parent
    beside = [PurePosixPath(n).name for n in names if PurePosixPath(n).parent == folder]
    table = _shapefile(f"/vsizip/{{{path.resolve()}}}/{shapes[stem]}", beside, stem)
    others = ", ".join(name for name in shapes if name != stem)
    return replace(table, described={**table.described, "other_sheets": others} if others
                   else table.described)  # fmt: skip


def _refuse_bomb(packed: zipfile.ZipFile) -> None:
    """UnreadableFile where a zip is protected or would unpack beyond limits."""
    held = packed.infolist()
    if any(member.flag_bits & 1 for member in held):
        raise UnreadableFile("protected")
    unpacked = sum(member.file_size for member in held)
    ratio = unpacked / max(1, sum(member.compress_size for member in held))
    if unpacked > MOST_UNPACKED or (ratio > MOST_RATIO and unpacked > RATIO_FROM):
        raise UnreadableFile("unpacked_too_large", size=unpacked, ratio=ratio)


def _workbook_kind(packed: zipfile.ZipFile) -> str:
    names = packed.namelist()
    if "xl/workbook.xml" in names:
        return "XLSX"
    if "xl/workbook.bin" in names:
        raise UnreadableFile("xlsb")
    if "mimetype" in names and packed.read("mimetype").strip().startswith(ODS):
        if b"encryption-data" in packed.read("META-INF/manifest.xml"):
            raise UnreadableFile("protected")
        return "ODS"
    if "word/document.xml" in names:
        raise UnreadableFile("word")
    return ""


def _shapefile(source: str, beside: Sequence[str], stem: str) -> RawTable:
    """A shapefile, whose parts must stand `beside` it; without a .cpg its texts are UTF-8 where
    they can be, else what its .dbf says, else cp1252."""
    have = {PurePosixPath(n).suffix.lower() for n in beside if PurePosixPath(n).stem == stem}
    for part, lacking in PARTS.items():
        if part not in have:
            raise UnreadableFile(lacking, part=f"{stem}{part}")
    return vector.vector(
        source, "Shapefile", "", ([] if ".cpg" in have else ["UTF-8"]) + [None, "cp1252"]
    )
