"""A grid of texts as a file shows it: where its header stands, what its columns are called, and
the figures in its cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.ingest.unreadable import UnreadableFile

MOST_COLUMNS = 2000
HEAD = 200  # rows in which a header is looked for
LOOK = 20  # rows below a header that say how wide the table is
NEARLY_FULL = 0.6  # a header short of one name of three is one, and its rows are refused
JUDGED = 100_000  # cells that the decimal sign of a file is judged by
# What stands for a figure that is missing, case aside.
MISSING = frozenset(
    ("", "-", "--", "–", "—", ".", "..", "...", "…", ":", "/", "//", "///", "n.d.", "n.d", "nd",
     "n/d", "n.a.", "n.a", "na", "n/a", "nan", "nc", "n.c.", "null", "none", "s", "c", "x", "#n/a")
)  # fmt: skip
SPELLINGS = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'", "\u2212": "-"}
)
FIGURE = re.compile(
    r"(?P<minus>[+-]?)(?P<body>[0-9][0-9 '.,]*|[.,][0-9]+)(?P<power>e[+-]?[0-9]{1,2})?",
    re.IGNORECASE,
)
WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}([ '.,])[0-9]{3}(?:\1[0-9]{3})*")
YEAR = re.compile(r"1[5-9]\d\d|20\d\d|21[0-4]\d")
CODED = re.compile(r"[A-Z][A-Z0-9_]*")
PLAIN = r"-?[0-9]+"
LONG = r"-?[0-9]{4,}"
POINTED = r"-?[0-9]+\.[0-9]+"
GROUPED = r"-?[1-9][0-9]{0,2}\.[0-9]{3}"
UNSURE = "?"  # «1,234»: one thousand or one point two


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as its file shows it.

    `rows`: every cell a text, "" where empty; columns are the header's texts, made unique; index
    from 0, in the order of the file, empty rows between others kept. `first_line`: the line, the
    row of the sheet or the feature, from 1, of the first row. `described`: what was found, in
    English. `geometry`: EPSG:4326 on the same index, None where a feature has none. `positions`:
    that of each row in the file, from 0, where it is not the index.
    """

    rows: pd.DataFrame
    first_line: int
    described: Mapping[str, str]
    geometry: gpd.GeoSeries | None = None
    positions: pd.Series | None = None

    @property
    def lines(self) -> pd.Series:
        """The line of the file that each row stands on."""
        own = pd.Series(self.rows.index, index=self.rows.index)
        return (own if self.positions is None else self.positions) + self.first_line


def header_at(rows: Sequence[Sequence[str]], lines: Sequence[int], sheet: str = "") -> int:
    """Where in `rows`, the first of a file or `sheet`, its header stands: the first row nearly as
    full as those below it. UnreadableFile where there is none; `lines` number the rows for it."""
    counts = [sum(1 for cell in row if cell.strip()) for row in rows]
    for at, count in enumerate(counts):
        below = [n for n in counts[at + 1 :] if n][:LOOK]
        corner = int(count > 1 and not rows[at][0].strip())  # of a matrix, often empty
        if not (count and below and count + corner >= NEARLY_FULL * _wide(below)):
            continue
        if _names_groups(rows[at], rows[at + 1]):
            continue
        if _holds_figures(rows[at]):
            raise UnreadableFile(
                "header_of_figures_in_sheet" if sheet else "header_of_figures",
                sheet=sheet,
                line=lines[at],
            )
        return at + 1 if _codes_follow(rows, at) else at
    raise UnreadableFile("no_rows_in_sheet" if sheet else "no_rows", sheet=sheet)


def _wide(counts: Sequence[int]) -> int:
    """How many cells full rows have: what a quarter of the rows reach, 2 where any reaches it."""
    upper = sorted(counts)[-(-3 * len(counts) // 4) - 1]
    return max(upper, min(2, max(counts)))


def _names_groups(row: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a row repeats its texts, as one above merged columns does, and the row below it
    names the columns."""
    texts, names = ([cell.strip() for cell in cells if cell.strip()] for cells in (row, below))
    repeated = len(set(texts)) < len(texts) / 2
    return (
        repeated
        and len(names) >= len(texts)
        and len(set(names)) > len(set(texts))
        and all(number(name) is None or YEAR.fullmatch(name) for name in names)
    )


def _holds_figures(row: Sequence[str]) -> bool:
    """Whether cells are figures that name no column: years and rising whole numbers may."""
    texts = [cell.strip() for cell in row if cell.strip()]
    figures = [n for text in texts if not YEAR.fullmatch(text) and (n := number(text)) is not None]
    if not all(n.is_integer() for n in figures):
        return True
    rising = len(figures) > 2 and all(a < b for a, b in pairwise(figures))
    return len(figures) >= len(texts) / 2 and not rising


def _codes_follow(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether the row below a header repeats it in codes, as files of INSEE do: all of it is
    like CODGEO, half of it like P19_POP, above figures in three columns or more, half of all."""
    if at + 2 >= len(rows):
        return False
    codes = [cell.strip() for cell in rows[at + 1]]
    parted = sum("_" in code for code in codes)
    if parted < len(codes) / 2 or not all(CODED.fullmatch(code) for code in codes):
        return False
    below = [row for row in rows[at + 2 :] if len(row) == len(codes) and any(row)][:LOOK]
    columns = [[cell for cell in cells if cell] for cells in zip(*below, strict=True)]
    figured = sum(all(number(cell) is not None for cell in cells) for cells in columns if cells)
    return figured >= max(3, len(codes) / 2)


def names_at(rows: Sequence[Sequence[str]], at: int, width: int) -> list[str]:
    """`width` names of columns, "" where a column has none; where the header is empty below
    merged cells, the text above it, of a row that is no title."""
    above = []
    for row in reversed(rows[max(0, at - 3) : at]):
        if sum(1 for cell in row if cell.strip()) < 2:
            break
        above.append(row)
    levels = [rows[at], *above]
    return [
        next((" ".join(row[i].split()) for row in levels if i < len(row) and row[i].strip()), "")
        for i in range(width)
    ]


def table(
    names: Sequence[str],
    cells: pd.DataFrame,
    first_line: int,
    described: Mapping[str, str],
    geometry: gpd.GeoSeries | None = None,
) -> RawTable:
    """A RawTable of cells under names ("" where a column has none): without the columns that have
    neither name nor cell, nor empty rows at the end. UnreadableFile where nothing is left."""
    full = {i: (cells.iloc[:, i] != "").to_numpy() for i in range(cells.shape[1])}
    kept = [i for i, name in enumerate(names) if name or full[i].any()]
    if len(kept) > MOST_COLUMNS:
        raise UnreadableFile("too_many_columns", columns=len(kept), most=MOST_COLUMNS)
    some = np.logical_or.reduce([full[i] for i in kept]) if kept else np.array([], dtype=bool)
    if geometry is not None:
        some = np.ones(len(cells), dtype=bool)
    if not some.any():
        raise UnreadableFile("no_rows")
    end = int(np.flatnonzero(some)[-1]) + 1
    rows = cells.iloc[:end, kept].reset_index(drop=True)
    rows.columns = pd.Index(unique(names[i] or f"column {i + 1}" for i in kept), dtype="str")
    told = {**described, "rows": str(end), "columns": str(len(kept))}
    if empty := int((~some[:end]).sum()):
        told["empty_rows"] = str(empty)
    if decimal := _decimal_sign(rows, told.get("delimiter", "")):
        told["decimal"] = decimal
    return RawTable(rows, first_line, told, None if geometry is None else geometry.iloc[:end])


def unique(names: Iterable[str]) -> list[str]:
    """Names told apart: «name», then «name (2)»."""
    given: list[str] = []
    taken: set[str] = set()
    wanted = list(names)
    for name in wanted:
        told, times = name, 1
        while told in taken or (times > 1 and told in wanted):
            times += 1
            told = f"{name} ({times})"
        taken.add(told)
        given.append(told)
    return given


def number(text: str, decimal: str = "") -> float | None:
    """The figure that a text writes («12 129», «12,129.5», «1.234,5», «4 %» is 4); None where it
    is missing or is no figure. `decimal` ("," or ".") decides «1,234», else a thousand, and
    «1.234», else one point two."""
    found = None if text.strip().lower() in MISSING else _figure(text)
    if found is None:
        return None
    body = found["body"].strip()
    sign = _sign(body)
    if sign == UNSURE:
        sign = decimal or "."
    whole, _, part = body.partition(sign) if sign else (body, "", "")
    if not (WHOLE.fullmatch(whole or "0") and (part.isdigit() or not part)):
        return None
    digits = re.sub(r"[^0-9]", "", whole) or "0"
    return float(f"{found['minus']}{digits}.{part or 0}{found['power'] or ''}")


def _figure(text: str) -> re.Match[str] | None:
    return FIGURE.fullmatch(text.strip().translate(SPELLINGS).removesuffix("%").rstrip())


def _sign(body: str) -> str:
    """The decimal sign of a figure: "," or "." where its form tells it, "" where it has neither
    sign, UNSURE for «1,234» and «1.234»."""
    commas, points = body.count(","), body.count(".")
    if commas and points:
        return "," if body.rfind(",") > body.rfind(".") else "."
    if not commas + points:
        return ""
    sign, other = (",", ".") if commas else (".", ",")
    if commas + points > 1:
        return other
    before, after = body.split(sign)
    grouped = len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0")
    return UNSURE if grouped else sign


def numbers(cells: pd.Series[str], decimal: str = "") -> pd.Series[float]:
    """The figures of a column on its own index, NaN where there is none.

    The column's other cells decide «1,234»: «0,5» or «12 129» beside it make the comma a decimal
    sign, «1,234.5» does not; then `decimal`, the sign of the file; then «.».
    """
    if decimal not in ("", ",", "."):
        decimal = ""
    plain = cells.str.fullmatch(PLAIN).to_numpy(dtype=bool)
    pointed = cells.str.fullmatch(POINTED).to_numpy(dtype=bool)
    pointed = pointed & ~cells.str.fullmatch(GROUPED).to_numpy(dtype=bool)
    pointed = pointed & ~cells.str.fullmatch(GROUPED).to_numpy(dtype=bool)
    found = np.full(len(cells), np.nan)
    found[plain | pointed] = cells[plain | pointed].to_numpy(dtype=object).astype(float)
    other = cells[~(plain | pointed)]
    signs = _signs(other.unique())
    signs["."] += int(pointed.sum())
    ungrouped = bool(cells[plain].str.fullmatch(LONG).any()) or signs[" "] > 0
    sure = {sign for sign in ",." if signs[sign]}
    if len(sure) == 1:
        decimal = sure.pop()
    elif ungrouped and not sure and len(unsure := {s for s in ",." if signs[UNSURE + s]}) == 1:
        decimal = unsure.pop()
    read = {text: number(text, decimal) for text in other.unique()}
    found[~(plain | pointed)] = [np.nan if (n := read[text]) is None else n for text in other]
    return pd.Series(found, index=cells.index, name=cells.name)


def _signs(texts: Iterable[str]) -> Counter[str]:
    """How many figures have each decimal sign for sure, how many are unsure with which sign
    («?,» or «?.»), and how many are grouped by spaces (" ")."""
    found: Counter[str] = Counter()
    for text in texts:
        figure = _figure(text)
        if figure is None:
            continue
        body = figure["body"]
        sign = _sign(body)
        if sign:
            found[sign if sign != UNSURE else UNSURE + ("," if "," in body else ".")] += 1
        if " " in body.strip():
            found[" "] += 1
    return found


def _decimal_sign(rows: pd.DataFrame, delimiter: str) -> str:
    """The decimal sign of a file: that of all its figures that tell it, else a comma where cells
    are parted by «;», else not known ("")."""
    head = rows.head(max(LOOK, JUDGED // max(1, rows.shape[1])))
    signs: Counter[str] = Counter()
    for i in range(head.shape[1]):
        signs.update(_signs(head.iloc[:, i].unique()))
    if signs[","] and signs["."]:
        return ""
    if signs[","] or signs["."]:
        return "," if signs[","] else "."
    return "," if delimiter == ";" else ""
