"""Files of delimited text: their encoding, their delimiter, their rows."""

from __future__ import annotations

import codecs
import csv
import gc
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from geo.ingest.grid import HEAD, RawTable, header_at, names_at, table
from geo.ingest.unreadable import UnreadableFile

if TYPE_CHECKING:
    from _csv import Reader as _Reader

DELIMITERS = {"\t": "tab", ";": ";", "|": "|", ",": ","}
ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "cp1252", "latin-1": "latin-1"}
SAMPLE = 512 * 1024  # bytes in which delimiter and header are looked for
CHUNK = 2**24
LONGEST_CELL = 2**24  # characters; beyond, a quotation mark was not closed
BATCH = 50_000  # rows
CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1f]")
MOST_CONTROL = 0.01
# A character that UTF-8 writes in several bytes.
SEVERAL_BYTES = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
QUOTE = '"'


@dataclass(frozen=True, eq=False)
class Text:
    """The bytes of a file and how they are read; `head` is its first text, `whole` where that is
    all of it, `marked` where a mark of UTF-8 stood before it."""

    data: bytes = field(repr=False)
    encoding: str
    head: str = field(repr=False)
    whole: bool
    marked: bool


@dataclass(frozen=True)
class Records:
    """The first records of a text under one delimiter, with the line each begins on; `quoting`
    says whether quotation marks enclose cells, `broken` that they do so wrongly."""

    rows: list[list[str]]
    lines: list[int]
    quoting: Literal[0, 3]
    broken: bool


def delimited(data: bytes, tabbed: bool) -> RawTable:
    """A table of delimited text; `tabbed` decides where the text has one column. UnreadableFile
    where it is no text, has no header, or a row has more cells than the header."""
    text = _decoded(data)
    delimiter = _delimiter(text, tabbed)
    records = _records(text, delimiter)
    rows, lines = records.rows[:HEAD], records.lines
    if not any(cell.strip() for row in records.rows for cell in row):
        raise UnreadableFile("blank_lines")
    at = header_at(rows, lines)
    first = next(i for i in range(at + 1, len(rows)) if any(rows[i]))
    body = Body(text, delimiter, records.quoting, first, lines[first], len(rows[at]), lines[at])
    cells, told = body.cells()
    described = {
        "format": "TSV" if delimiter == "\t" else "CSV",
        "encoding": ENCODINGS[text.encoding] + (" (BOM)" if text.marked else ""),
        "delimiter": DELIMITERS[delimiter] if len(rows[at]) > 1 else "none",
        "header_row": str(lines[at]),
    }
    return table(names_at(rows, at, len(rows[at])), cells, lines[first], {**described, **told})


def _decoded(data: bytes) -> Text:
    """Bytes with the encoding they are in: UTF-8 where they are, else UTF-16 by its mark, else
    cp1252, else latin-1. UnreadableFile where they are no text."""
    marked = False
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
        if undecodable(data, encoding) is not None:
            raise UnreadableFile("no_utf_16")
    else:
        _refuse_nul(data)
        marked = data.startswith(codecs.BOM_UTF8)
        data, encoding = data.removeprefix(codecs.BOM_UTF8), "utf-8"
        wrong = undecodable(data, encoding)
        if wrong is not None:
            encoding = _single_byte(data, wrong)
    decoder = codecs.getincrementaldecoder(encoding)()
    head, whole = decoder.decode(data[:SAMPLE]), len(data) <= SAMPLE
    if "\0" in head:
        raise UnreadableFile("nul_characters")
    if not whole and (cut := max(head.rfind("\n"), head.rfind("\r"))) > 0:
        head = head[: cut + 1]
    return Text(data, encoding, head, whole, marked)


def _refuse_nul(data: bytes) -> None:
    at = data.find(b"\0")
    if at >= 0:
        raise UnreadableFile("nul_byte", line=_line(data, at))


def undecodable(data: bytes, encoding: str) -> int | None:
    """Where the first byte stands that is not of an encoding; None where all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(data), CHUNK):
        waiting = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + CHUNK], start + CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return start - waiting + error.start
    return None


def _single_byte(data: bytes, wrong: int) -> str:
    """cp1252, or latin-1 where a byte is none of its characters; `wrong` is the first byte that
    is not UTF-8. UnreadableFile for binary, and for UTF-8 with some other bytes in it."""
    sample = data[:CHUNK]
    if len(CONTROL.findall(sample)) > MOST_CONTROL * len(sample):
        raise UnreadableFile("no_text")
    several = len(SEVERAL_BYTES.findall(sample))
    other = len(re.findall(rb"[\x80-\xff]", SEVERAL_BYTES.sub(b"", sample)))
    if several > 10 * other:
        raise UnreadableFile("mixed_encodings", line=_line(data, wrong))
    return "cp1252" if undecodable(data, "cp1252") is None else "latin-1"


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _delimiter(text: Text, tabbed: bool) -> str:
    """The delimiter under which records have most evenly as many cells, tabs or commas where
    none parts anything."""
    scores = {delimiter: _evenness(_records(text, delimiter)) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    if scores[best][2] > 0:
        return best
    return "\t" if tabbed else ","


def _evenness(records: Records) -> tuple[bool, bool, float]:
    """How well a delimiter parts records: unbroken, all of one width, share of the commonest
    width, more for wider ones, 0 where it is one cell."""
    widths = Counter(len(row) for row in records.rows if any(row))
    if not widths:
        return False, False, 0.0
    width = max(widths, key=lambda w: (widths[w] if w > 1 else 0, w))
    share = widths[width] / widths.total()
    score = 0.0 if width == 1 else share * (1 - 1 / width)
    return not records.broken, score > 0 and share == 1, score


def _records(text: Text, delimiter: str) -> Records:
    """The first records; where a file of tabs has quotation marks that enclose no cell, they are
    read as any other character."""
    found = _parsed(text, delimiter, csv.QUOTE_MINIMAL)
    if found.broken and delimiter == "\t":
        return _parsed(text, delimiter, csv.QUOTE_NONE)
    return found


def _parsed(text: Text, delimiter: str, quoting: Literal[0, 3]) -> Records:
    stream = io.StringIO(text.head, newline="")
    reader = csv.reader(stream, delimiter=delimiter, quoting=quoting, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    broken = False
    with _long_cells():
        line = 1
        try:
            for row in reader:
                rows.append(row)
                lines.append(line)
                line = reader.line_num + 1
        except csv.Error as error:
            broken = text.whole or "end of data" not in str(error)
    return Records(rows, lines, quoting, broken)


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


@dataclass(frozen=True, eq=False)
class Body:
    """The rows of a text from record `skipped` on, which stands on `line`; `width` is how many
    cells the header has, on `header_line`."""

    text: Text
    delimiter: str
    quoting: Literal[0, 3]
    skipped: int
    line: int
    width: int
    header_line: int

    def cells(self) -> tuple[pd.DataFrame, dict[str, str]]:
        """Cells by number of column, and what was done to have as many in each row."""
        told: dict[str, str] = {}
        found = self._even() if self.text.encoding != "utf-16" else None
        if found is None:
            found, padded = self._uneven()
            if padded:
                told["short_rows"] = str(padded)
        return found.to_pandas(), told

    def _even(self) -> pa.Table | None:
        """All rows at once, None where some have other numbers of cells, are blank or have
        quotation marks that need a look each."""
        quoted = self.quoting == csv.QUOTE_MINIMAL
        if not _regular(self.text.data, self.delimiter, quoted):
            return None
        columns = [str(i) for i in range(self.width)]
        try:
            return pyarrow.csv.read_csv(
                pa.BufferReader(self.text.data),
                pyarrow.csv.ReadOptions(
                    skip_rows=self.line - 1,
                    column_names=columns,
                    block_size=CHUNK,
                    encoding=self.text.encoding,
                ),
                pyarrow.csv.ParseOptions(
                    delimiter=self.delimiter,
                    quote_char=QUOTE if quoted else False,
                    newlines_in_values=quoted,
                ),
                pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(columns, pa.large_string()),
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid:
            return None

    def _uneven(self) -> tuple[pa.Table, int]:
        """All rows one by one, short ones filled, and how many of them were short."""
        schema = pa.schema([(str(i), pa.large_string()) for i in range(self.width)])
        batches, short = [], 0
        with _long_cells(), _no_collection():
            reader = self._reader()
            try:
                deque(islice(reader, self.skipped), maxlen=0)
                while rows := list(islice(reader, BATCH)):
                    if set(map(len, rows)) != {self.width}:
                        short += sum(1 for row in rows if 0 < len(row) < self.width)
                        rows = [self._filled(row) for row in rows]
                    columns = [pa.array(c, pa.large_string()) for c in zip(*rows, strict=True)]
                    batches.append(pa.record_batch(columns, schema=schema))
            except (csv.Error, TooManyCells) as error:
                raise self._fault() from error
        return pa.Table.from_batches(batches, schema), short

    def _reader(self) -> _Reader:
        stream = io.TextIOWrapper(io.BytesIO(self.text.data), self.text.encoding, newline="")
        return csv.reader(stream, delimiter=self.delimiter, quoting=self.quoting, strict=True)

    def _filled(self, row: list[str]) -> list[str]:
        if any(cell.strip() for cell in row[self.width :]):
            raise TooManyCells
        return [*row[: self.width], *[""] * (self.width - len(row))]

    def _fault(self) -> UnreadableFile:
        """What is wrong with the first row that cannot be read, and its line."""
        reader = self._reader()
        line, at = 1, 0
        row: list[str] = []
        try:
            for at, row in enumerate(reader):
                if at >= self.skipped:
                    self._filled(row)
                line = reader.line_num + 1
        except csv.Error as error:
            if "expected after" in str(error):
                return UnreadableFile("text_after_quotation", line=line)
            return UnreadableFile("open_quotation", line=line)
        except TooManyCells:
            pass
        return UnreadableFile(
            "too_many_cells_between_tabs" if self.delimiter == "\t" else "too_many_cells",
            line=line,
            cells=len(row),
            header=self.header_line,
            width=self.width,
            delimiter=self.delimiter,
        )


class TooManyCells(Exception):
    """A row with more cells than the header."""


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the search for cycles, that rows of texts never make and that millions slow."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _regular(data: bytes, delimiter: str, quoted: bool) -> bool:
    """Whether lines end alike, none is blank before the last, and quotation marks stand as
    in a table."""
    data = data.rstrip(b"\r\n")
    if data.count(b"\r") not in (0, data.count(b"\r\n")):
        return False
    if b"\n\n" in data or b"\n\r" in data:
        return False
    if not quoted or QUOTE.encode() not in data:
        return True
    return data.count(QUOTE.encode()) % 2 == 0 and all(
        _quotes_regular(
            np.frombuffer(data, np.uint8, min(CHUNK, len(data) - start), start), delimiter
        )
        for start in range(0, len(data), CHUNK)
    )


def _quotes_regular(piece: np.ndarray[Any, np.dtype[np.uint8]], delimiter: str) -> bool:
    """Whether quotation marks stand alone (or with doubled ones) against a delimiter or the end
    of a line, and doubled elsewhere; those cut by either end of the piece are not looked at."""
    marks = np.flatnonzero(piece == ord(QUOTE))
    breaks = np.flatnonzero(np.diff(marks) > 1)
    first = marks[np.concatenate([[0], breaks + 1])] if len(marks) else marks
    last = marks[np.concatenate([breaks, [len(marks) - 1]])] if len(marks) else marks
    whole = (first > 0) & (last < len(piece) - 1)
    first, last = first[whole], last[whole]
    limits = np.array([ord(delimiter), ord("\n"), ord("\r")], np.uint8)
    before, after = np.isin(piece[first - 1], limits), np.isin(piece[last + 1], limits)
    even = (last - first) % 2 == 1
    return bool((even == (before == after)).all())
