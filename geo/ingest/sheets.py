"""Workbooks: XLSX, XLS and ODS, the sheet that holds a table, its cells as they are shown."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

import pandas as pd
from python_calamine import (
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from geo.ingest.grid import HEAD, RawTable, header_at, names_at, number, table
from geo.ingest.unreadable import UnreadableFile

MOST_CELLS = 50_000_000
CHUNK = 2**23
OVERLAP = 256
# The place of a cell that holds something, in the XML of a sheet; one that has but a style is
# empty. A row counts where its cells do not say theirs.
CELL = re.compile(
    rb"""\sr=["']([A-Za-z]+)([0-9]+)["'][^<>]*(?<!/)>(?!</)"""
    rb"""|<(?:\w+:)?row()\s(?:[^<>]*\s)?r=["']([0-9]+)["'][^<>]*><(?:\w+:)?c(?![^<>]*\sr=)"""
)
PARSED = re.compile(r"(?:xl/.*|META-INF/manifest|content)\.xml|.*\.rels")
EXACT = 1e15  # whole figures below are written in full
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

Cell = str | float | bool | dt.date | dt.time | dt.timedelta


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet with its cells as texts, and the row of its header, from 0."""

    name: str
    rows: list[list[str]]
    header: int

    @property
    def table_like(self) -> bool:
        """Whether it is a table and not a list of contents: three columns, or figures in one."""
        head = [row for row in self.rows[self.header + 1 : HEAD] if any(row)]
        wide = max((sum(1 for cell in row if cell) for row in head), default=0)
        figured = any(number(cell) is not None for row in head for cell in row[1:])
        return wide > 2 or (wide == 2 and figured)


def workbook(path: Path, kind: str, wanted: str) -> RawTable:
    """The table of a sheet: the one `wanted` by name, else the first shown that holds one.
    UnreadableFile where the workbook is damaged or protected or holds no table."""
    book = _opened(path, kind)
    if wanted and wanted not in book.sheet_names:
        names = ", ".join(book.sheet_names)
        raise UnreadableFile("no_such_sheet", wanted=wanted, names=names)
    sheet = _sheet(book, wanted, kind) if wanted else _first(book, kind)
    others = [name for name in book.sheet_names if name != sheet.name]
    described = {
        "format": kind,
        "sheet": sheet.name,
        "header_row": str(sheet.header + 1),
        **({"other_sheets": ", ".join(others)} if others else {}),
    }
    rows, at = sheet.rows, sheet.header
    first = next(i for i in range(at + 1, len(rows)) if any(rows[i]))
    width = len(rows[at])
    cells = pd.DataFrame(
        {
            i: pd.Series(column, dtype="str")
            for i, column in enumerate(zip(*rows[first:], strict=True))
        }
    )
    return table(names_at(rows, at, width), cells, first + 1, described)


def _opened(path: Path, kind: str) -> CalamineWorkbook:
    data = path.read_bytes()
    if kind == "XLS" and ENCRYPTED in data:
        raise UnreadableFile("protected")
    with _reader_errors(kind):
        if path.suffix.lower() == f".{kind.lower()}":
            return CalamineWorkbook.from_path(path)
        return CalamineWorkbook.from_filelike(io.BytesIO(data))


@contextmanager
def _reader_errors(kind: str) -> Iterator[None]:
    """Errors of the reader as UnreadableFile; its panics, which are no Exception, as well, and
    what it prints of them at the level of the process is not shown."""
    shown_at, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    except PasswordError as error:
        raise UnreadableFile("protected") from error
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile("damaged_workbook", kind=kind, error=str(error)) from error
    finally:
        os.dup2(shown_at, 2)
        os.close(shown_at)
        os.close(nowhere)


def _first(book: CalamineWorkbook, kind: str) -> Sheet:
    """The first sheet that is a table, else the first that has rows below a header; sheets that
    are shown come before hidden ones."""
    sheets = [s for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    sheets.sort(key=lambda s: s.visible != SheetVisibleEnum.Visible)
    second: Sheet | None = None
    refused: list[UnreadableFile] = []
    for meta in sheets:
        try:
            sheet = _sheet(book, meta.name, kind)
        except UnreadableFile as error:
            refused.append(error)
            continue
        if sheet.table_like:
            return sheet
        second = second or sheet
    if second:
        return second
    told = [error for error in refused if not isinstance(error, EmptySheet)]
    raise told[0] if told else UnreadableFile("only_empty_sheets")


class EmptySheet(UnreadableFile):
    """A sheet without any cell."""


def _sheet(book: CalamineWorkbook, name: str, kind: str) -> Sheet:
    with _reader_errors(kind):
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    rows = [[cell if type(cell) is str else shown(cell) for cell in row] for row in cells]
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not rows:
        raise EmptySheet("empty_sheet", sheet=name)
    return Sheet(name, rows, header_at(rows[:HEAD], range(1, HEAD + 1), name))


def shown(cell: Cell) -> str:
    """A cell as text: whole figures without decimals, others to fifteen digits as spreadsheets
    show them, dates as ISO 8601, "true" and "false"."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        return str(int(cell)) if _whole(cell) else format(cell, ".15g")
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat()
    if isinstance(cell, dt.timedelta):
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return cell.isoformat()


def _whole(figure: float) -> bool:
    return isinstance(figure, int) or (figure.is_integer() and abs(figure) < EXACT)


def refuse_unsound(book: zipfile.ZipFile) -> None:
    """UnreadableFile where a part of a workbook is no sound XML, in which its reader may search
    without end, or where the cells of a sheet are so far apart that the grid between them cannot
    be held. BadZipFile where a part is damaged."""
    for member in book.namelist():
        parser = expat.ParserCreate() if PARSED.fullmatch(member) else None
        letters: set[bytes] = set()
        last, kept = 0, b""
        with book.open(member) as stream:
            while chunk := stream.read(CHUNK):
                _parsed(parser, chunk, member)
                if member.startswith("xl/worksheets/"):
                    found = CELL.findall(kept + chunk)
                    letters.update(column for column, *_ in found)
                    last = max(last, max((int(r or s) for _, r, _, s in found), default=0))
                    kept = chunk[-OVERLAP:]
        _parsed(parser, b"", member)
        _refuse_far(max((_column(text.upper()) for text in letters), default=0), last)


def _parsed(parser: expat.XMLParserType | None, chunk: bytes, member: str) -> None:
    try:
        if parser:
            parser.Parse(chunk, not chunk)
    except (expat.ExpatError, LookupError) as error:
        raise UnreadableFile("damaged_part_of_workbook", part=member, error=str(error)) from error


def _refuse_far(columns: int, last: int) -> None:
    if columns * last > MOST_CELLS:
        raise UnreadableFile("sheet_too_large", rows=last, columns=columns, most=MOST_CELLS)


def _column(letters: Sequence[int]) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return max(column, 1)
