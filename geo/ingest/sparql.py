"""Results of a SPARQL query service as plain tables: its JSON, its TSV, and the lists of objects
and plain CSV that its page offers. Q ids stand for addresses, two columns for a point, years for
times."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pandas as pd

from geo.ingest.grid import MOST_COLUMNS, RawTable, table, unique
from geo.ingest.unreadable import UnreadableFile

MOST_BYTES = 2**28
"""The largest file of results that is read: all of it is held at once."""
MOST_HELD = 8_000_000
"""Most objects and lists in a file of JSON, a result of ten cells being eleven of them."""
MOST_CELLS = 20_000_000
SAMPLE = 200
TOLD_LATE = (b"TimeoutException", b"SPARQL-QUERY:")
SHAPES = re.compile(rb'"coordinates"\s*:\s*\[|"FeatureCollection"')
VARIABLES = re.compile(rb"(?:\xef\xbb\xbf)?[?$]\w+(?:\t[?$]\w+)*\r?(?:\n|$)")
ENTITY = re.compile(r"https?://www\.wikidata\.org/entity/([QPL]\d+)")
UNKNOWN = re.compile(r"_:.*|https?://www\.wikidata\.org/\.well-known/genid/.*")
TIME = re.compile(r"([+-]?)0*(\d+)-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
IS_POINT = re.compile(r"(?:<[^>]*>\s*)?POINT\s*\(.*\)", re.IGNORECASE)
POINT = re.compile(r"POINT\s*\(\s*(-?\d+\.?\d*(?:E-?\d+)?)\s+(-?\d+\.?\d*(?:E-?\d+)?)\s*\)",
                   re.IGNORECASE)  # fmt: skip
POINTED = re.compile(r"[ _]?(?:points?|coords?|coordinates?|location|wkt)$", re.IGNORECASE)
TERM = re.compile(
    r'<(?P<iri>[^<>\s]*)>|"(?P<text>(?:[^"\\]|\\.)*)"(?:@[\w-]+|\^\^(?:<[^<>]*>|\w*:\w+))?'
    r'|(?P<bare>[^<"].*)?'
)
ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def holds_shapes(data: bytes) -> bool:
    """Whether JSON is to be read as GeoJSON."""
    return bool(SHAPES.search(data))


def is_tsv(start: bytes) -> bool:
    """Whether a file begins with the variables of a query, as SPARQL TSV does."""
    return bool(VARIABLES.match(start))


def from_json(data: bytes) -> RawTable:
    """The table of results in SPARQL 1.1 JSON or of a list of flat objects; rows are counted
    from 1. UnreadableFile where it is neither, damaged or beyond limits."""
    _bounded(data)
    held = data.count(b"{") + data.count(b"[")
    if held > MOST_HELD:
        raise UnreadableFile("too_many_objects", held=held, most=MOST_HELD)
    try:
        told = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        _refuse_cut(data)
        raise UnreadableFile("damaged_json", line=error.lineno, error=error.msg) from error
    if isinstance(told, list):
        names, columns = _flat(told)
        return _table(names, columns, 1, "JSON")
    names, columns = _bindings(told)
    return _table(names, columns, 1, "SPARQL JSON")


def from_tsv(data: bytes) -> RawTable:
    """The table of results in SPARQL 1.1 TSV. UnreadableFile where a line is not of the form, the
    file is cut or beyond limits."""
    _bounded(data)
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        wrong = data.count(b"\n", 0, error.start) + 1
        raise UnreadableFile("tsv_not_utf_8", line=wrong) from error
    names = [name[1:] for name in lines[0].rstrip("\r").split("\t")]
    _room(len(names), len(lines))
    rows = []
    for at, line in enumerate(lines[1 : len(lines) - (not lines[-1])], start=2):
        cells = line.rstrip("\r").split("\t")
        if len(cells) != len(names):
            _refuse_cut(data)
            raise UnreadableFile("uneven_results", line=at, cells=len(cells), width=len(names))
        rows.append([_term(cell, at) for cell in cells])
    return _table(names, [list(column) for column in zip(*rows, strict=True)], 2, "SPARQL TSV")


def tidied(raw: RawTable) -> RawTable:
    """A table with the addresses of Wikidata's items, its points and its times made plain; the
    same table where the first rows hold no such address."""
    head = raw.rows.head(SAMPLE)
    if not any(ENTITY.fullmatch(cell) for column in head for cell in head[column]):
        return raw
    names = [str(name) for name in raw.rows.columns]
    told, columns, described = _plain(names, [raw.rows[name].tolist() for name in names])
    rows = pd.DataFrame(dict(zip(unique(told), columns, strict=True)), dtype="str")
    return replace(raw, rows=rows, described={**raw.described, **described,
                                              "columns": str(len(told))})  # fmt: skip


def _bounded(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise UnreadableFile("results_too_large", size=len(data), most=MOST_BYTES)


def _room(columns: int, rows: int) -> None:
    if columns > MOST_COLUMNS:
        raise UnreadableFile("too_many_columns", columns=columns, most=MOST_COLUMNS)
    if columns * rows > MOST_CELLS:
        raise UnreadableFile("too_many_results", cells=columns * rows, most=MOST_CELLS)


def _refuse_cut(data: bytes) -> None:
    """UnreadableFile where the query service ran out of time within its answer."""
    if any(mark in data for mark in TOLD_LATE):
        raise UnreadableFile("out_of_time")


def _flat(held: list[Any]) -> tuple[list[str], list[list[str]]]:
    """The names and the columns of a list of objects, a name that an object lacks being empty."""
    names: dict[str, None] = {}
    for at, each in enumerate(held, start=1):
        if not isinstance(each, dict):
            raise UnreadableFile("item_no_object", item=at)
        names.update(dict.fromkeys(each))
        _room(len(names), 1)
    _room(len(names), len(held))
    if not names:
        raise UnreadableFile("no_result")
    told = [[_text(each.get(name), name, at) for at, each in enumerate(held, start=1)]
            for name in names]  # fmt: skip
    return list(names), told


def _text(value: Any, name: str, at: int) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    raise UnreadableFile("item_of_several_values", item=at, name=name)


def _bindings(held: Any) -> tuple[list[str], list[list[str]]]:
    """The variables and the columns of SPARQL 1.1 JSON, a variable without value being empty."""
    match held:
        case {"head": {"vars": [*names]}, "results": {"bindings": [*found]}}:
            pass
        case {"head": _, "boolean": _}:
            raise UnreadableFile("yes_or_no")
        case _:
            raise UnreadableFile("other_json")
    if not all(isinstance(name, str) for name in names):
        raise UnreadableFile("variables_no_texts")
    _room(len(names), len(found))
    if not names or not found:
        raise UnreadableFile("no_result")
    for at, each in enumerate(found, start=1):
        if not isinstance(each, dict):
            raise UnreadableFile("result_no_object", item=at)
    return names, [[_value(each.get(name), name, at) for at, each in enumerate(found, start=1)]
                   for name in names]  # fmt: skip


def _value(term: Any, name: str, at: int) -> str:
    match term:
        case None | {"type": "bnode"}:
            return ""
        case {"value": str(value)}:
            return value
    raise UnreadableFile("result_without_value", item=at, name=name)


def _term(cell: str, line: int) -> str:
    """What a term of SPARQL TSV says, without its signs, language and type."""
    found = TERM.fullmatch(cell)
    if found is None:
        raise UnreadableFile("no_term", line=line, cell=cell[:40])
    text: str | None = found["text"]
    if text is None:
        return found["iri"] or found["bare"] or ""
    return ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    if found[3]:
        return ESCAPED.get(found[3], found[3])
    code = int(found[1] or found[2], 16)
    return "\ufffd" if code > 0x10FFFF or 0xD800 <= code < 0xE000 else chr(code)


def _table(names: list[str], columns: list[list[str]], first: int, form: str) -> RawTable:
    if not columns or not columns[0]:
        raise UnreadableFile("no_result")
    told, cells, described = _plain(names, columns)
    frame = pd.DataFrame(dict(enumerate(cells)), dtype="str")
    return table(told, frame, first, {"format": form, **described})


def _plain(
    names: Sequence[str], columns: Sequence[list[str]]
) -> tuple[list[str], list[list[str]], dict[str, str]]:
    """The columns with plain cells, under their names; what was done to which."""
    told: list[str] = []
    cells: list[list[str]] = []
    done: dict[str, list[str]] = {}
    for name, column in zip(names, columns, strict=True):
        held = _each(column, lambda cell: "" if UNKNOWN.fullmatch(cell) else cell.strip())
        if _all(held, IS_POINT):
            made = dict(zip(_axes(name), _parted(held), strict=True))
            done.setdefault("points", []).append(name)
        elif _all(held, TIME):
            made = {name: _each(held, lambda cell: TIME.sub(_year, cell))}
            done.setdefault("years", []).append(name)
        elif _all(held, ENTITY):
            made = {name: _each(held, lambda cell: ENTITY.sub(r"\1", cell))}
        else:
            made = {name: held}
        told += made
        cells += made.values()
    return told, cells, {key: ", ".join(held) for key, held in done.items()}


def _each(column: list[str], change: Callable[[str], str]) -> list[str]:
    changed = {cell: change(cell) for cell in set(column)}
    return [changed[cell] for cell in column]


def _all(column: list[str], form: re.Pattern[str]) -> bool:
    """Whether cells are there and all that are not empty have a form."""
    held = set(column) - {""}
    return bool(held) and all(form.fullmatch(cell) for cell in held)


def _year(found: re.Match[str]) -> str:
    return ("-" if found[1] == "-" else "") + found[2]


def _axes(name: str) -> tuple[str, str]:
    """What the longitudes and latitudes of a column of points are called: originPoint gives
    originLon and originLat."""
    base = POINTED.sub("", name)
    if not base:
        return "lon", "lat"
    return (f"{base}_lon", f"{base}_lat") if "_" in name else (f"{base}Lon", f"{base}Lat")


def _parted(points: list[str]) -> tuple[list[str], list[str]]:
    """Longitudes and latitudes; empty for a point of another globe than the Earth."""
    found = [POINT.fullmatch(point) for point in points]
    lon, lat = ([at[axis] if at else "" for at in found] for axis in (1, 2))
    return lon, lat
