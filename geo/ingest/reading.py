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
from geo.ingest.grid import RawTable, UnreadableFile, number, numbers

__all__ = ["MOST_BYTES", "MOST_COLUMNS", "RawTable", "UnreadableFile", "number", "numbers", "read"]

MOST_COLUMNS = grid.MOST_COLUMNS
MOST_BYTES = 2**30
MOST_UNPACKED = 2 * 2**30
MOST_RATIO, RATIO_FROM = 200, 50 * 2**20
FORMATS = "CSV, TSV, XLSX, XLS, ODS, GeoJSON, GeoPackage, Shapefile, Parquet or results of SPARQL"
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
TEXTS = (".csv", ".tsv", ".tab", ".txt")
PARTS = {".shx": "the positions", ".dbf": "the columns"}
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
# What may be brought for a table and is none of the formats.
OTHERS = (
    (b"%PDF", "is a PDF document; give the table that it was made from"),
    (b"\x89PNG", "is an image; give the table that it shows"),
    (b"\xff\xd8\xff", "is an image; give the table that it shows"),
    (b"\x1f\x8b", "is packed with gzip; unpack it first"),
    (b"7z\xbc\xaf", "is packed with 7-Zip; unpack it first"),
    (b"Rar!", "is packed with RAR; unpack it first"),
    (b"<", "is a page of HTML or XML, whatever its ending; open it in a spreadsheet and save it "
           "as XLSX or CSV"),
)  # fmt: skip


def read(path: Path, sheet: str = "") -> RawTable:
    """The table that a file holds, every cell a text; `sheet` names the sheet of a workbook or
    the layer of a file of geometry. UnreadableFile where there is none or it is beyond limits."""
    try:
        return _read(path, sheet)
    except OSError as error:
        raise UnreadableFile(f"cannot be opened ({error.strerror or error})") from error
    except MemoryError as error:
        raise UnreadableFile("does not fit in the memory of this machine; split it") from error


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
        raise UnreadableFile(f"has no sheets; leave out «{sheet}»")
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
        raise UnreadableFile("is one part of a shapefile; give the .shp beside it")
    if kind := next((kind for mark, kind in STARTS if start.startswith(mark)), ""):
        return kind
    text = start.removeprefix(BOM_UTF8).lstrip()
    if said := next((said for mark, said in OTHERS if text.startswith(mark)), ""):
        raise UnreadableFile(said)
    if text.startswith((b"{", b"[")) and ending not in TEXTS:
        return _json(path)
    if sparql.is_tsv(start):
        return "SPARQL TSV"
    _refuse_ending(ending, start)
    return "text"


def _refuse_size(path: Path) -> None:
    if path.is_dir():
        raise UnreadableFile("is a folder; give a file in it")
    if not path.exists():
        raise UnreadableFile(f"does not exist in {path.parent.resolve()}")
    size = path.stat().st_size
    if not size:
        raise UnreadableFile("is empty: it has no bytes")
    if size > MOST_BYTES:
        raise UnreadableFile(
            f"has {size:,} bytes, more than the {MOST_BYTES:,} that are read; split it"
        )


def _refuse_ending(ending: str, start: bytes) -> None:
    """UnreadableFile where content that no format begins with is not what its ending says: text
    may be called .xls or .xlsx, as some exports are."""
    binary = b"\0" in start and not start.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    if ending in (".geojson", ".json"):
        raise UnreadableFile("does not begin as JSON does; export it again as GeoJSON")
    if ending in ENDINGS and (binary or ending not in (".xls", ".xlsx")):
        raise UnreadableFile(
            f"is damaged or no {ENDINGS[ending]}, as its ending says; save it again"
        )
    if binary and ending not in TEXTS:
        raise UnreadableFile(f"is binary and none of the formats that are read: {FORMATS}")


def _json(path: Path) -> str:
    data = path.read_bytes()
    wrong = undecodable(data, "utf-8")
    if wrong is not None:
        line = data.count(b"\n", 0, wrong) + 1
        raise UnreadableFile(
            f"line {line} has a character that is not UTF-8, as JSON must be; save it as UTF-8"
        )
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
                raise UnreadableFile(f"is damaged in its part {damaged}; get or save it again")
            names = [n for n in packed.namelist() if not n.startswith("__MACOSX/")]
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        KeyError,
        ValueError,
    ) as error:
        raise UnreadableFile(
            f"is a damaged zip or workbook ({error}); get or save it again"
        ) from error
    if not kind and not any(name.lower().endswith(".shp") for name in names):
        raise UnreadableFile(
            "is a zip of neither a workbook nor a shapefile; unpack it and give the table itself"
        )
    return kind or "Shapefile", names


def _zipped(path: Path, names: Sequence[str], wanted: str) -> RawTable:
    """A shapefile of a zip, the one `wanted` by name, else the first."""
    shapes = {PurePosixPath(n).stem: n for n in names if n.lower().endswith(".shp")}
    stem = wanted or next(iter(shapes))
    if stem not in shapes:
        raise UnreadableFile(f"has no shapefile «{wanted}»; it has {', '.join(shapes)}")
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
        raise UnreadableFile(sheets.PROTECTED)
    unpacked = sum(member.file_size for member in held)
    ratio = unpacked / max(1, sum(member.compress_size for member in held))
    if unpacked > MOST_UNPACKED or (ratio > MOST_RATIO and unpacked > RATIO_FROM):
        raise UnreadableFile(
            f"would unpack to {unpacked:,} bytes, {ratio:,.0f} times its size, beyond what is "
            "read; save its table as CSV"
        )


def _workbook_kind(packed: zipfile.ZipFile) -> str:
    names = packed.namelist()
    if "xl/workbook.xml" in names:
        return "XLSX"
    if "xl/workbook.bin" in names:
        raise UnreadableFile("is an XLSB workbook; save it as XLSX")
    if "mimetype" in names and packed.read("mimetype").strip().startswith(ODS):
        if b"encryption-data" in packed.read("META-INF/manifest.xml"):
            raise UnreadableFile(sheets.PROTECTED)
        return "ODS"
    if "word/document.xml" in names:
        raise UnreadableFile("is a Word document; copy its table into a spreadsheet")
    return ""


def _shapefile(source: str, beside: Sequence[str], stem: str) -> RawTable:
    """A shapefile, whose parts must stand `beside` it; without a .cpg its texts are UTF-8 where
    they can be, else what its .dbf says, else cp1252."""
    have = {PurePosixPath(n).suffix.lower() for n in beside if PurePosixPath(n).stem == stem}
    for part, holds in PARTS.items():
        if part not in have:
            raise UnreadableFile(
                f"has no {stem}{part} beside it, which holds {holds}; put all the parts of the "
                "shapefile together"
            )
    return vector.vector(
        source, "Shapefile", "", ([] if ".cpg" in have else ["UTF-8"]) + [None, "cp1252"]
    )
