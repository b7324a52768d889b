"""What became of a file that was brought: the report of its import, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dashboard.catalogue import Catalogue
from dashboard.downloads import REPORT, left_beside
from dashboard.views.data_content import Cell, Grid, Head

COUNTED = ("rows_read", "kept", "doubtful", "refused")
FOLDED = 8  # lines of a table that are seen at once


def imports(folder: Path, words: Catalogue) -> tuple[Grid, ...]:
    """The report as small tables: what became of the rows, how places were found, what was left
    out and why, what differs from the edition before."""
    if REPORT not in left_beside(folder):
        return ()
    told: dict[str, Any] = json.loads((folder / REPORT).read_text("utf-8"))
    counts = [(words.say(f"upload.count.{name}"), told[name]) for name in COUNTED]
    added = [(_table(name, words), n) for name, n in told["added"].items()]
    found = [(f"{words.say_or(f'upload.side.{side}', side)} – {reason_said(code, words)}", n)
             for side, ways in told["ends"].items() for code, n in ways.items()]  # fmt: skip
    since = told.get("changes", {})
    covered = [pair for name, held in told.get("coverage", {}).items()
               for pair in _covered(name, held, words)]  # fmt: skip
    changes = [(f"{_table(name, words)} – {words.say_or(f'upload.change.{change}', change)}", n)
               for name, held in since.items() for change, n in held.items()]  # fmt: skip
    dropped = ", ".join(told["dropped_columns"])
    grids = (
        _grid("rows", [*counts, *added], words,
              note=words.say("upload.page.personal") + f" {dropped}" if dropped else ""),
        _grid("covered", covered, words),
        _grid("found", found, words),
        _grid("left", _by_reason(told, words), words),
        _grid("changes", changes, words),
    )  # fmt: skip
    return tuple(grid for grid in grids if grid.rows)


def _covered(
    name: str, held: Mapping[str, Any], words: Catalogue
) -> list[tuple[str, int | str]]:  # fmt: skip
    """How many different ends a table is of, and its first and last year."""
    told: list[tuple[str, int | str]] = [
        (f"{_table(name, words)} – {words.say_or(f'upload.covers.{column}', column)}", n)
        for column, n in held.items() if column != "years" and n
    ]  # fmt: skip
    if "years" in held:
        first, last = held["years"]
        years = str(first) if first == last else f"{first}–{last}"
        told.append((f"{_table(name, words)} – {words.say('upload.covers.years')}", years))
    return told


def _table(name: str, words: Catalogue) -> str:
    """What the rows of a table, or the shapes of a layer, are."""
    return words.say_or(f"upload.table.{name}", name)


def reason_said(code: str, words: Catalogue) -> str:
    """A method of matching, or a reason for leaving a row out, in words."""
    return words.say_or(f"upload.reason.{code}", code)


def _by_reason(told: Mapping[str, Any], words: Catalogue) -> list[tuple[str, int]]:
    return [
        (f"{words.say(f'upload.count.{outcome}')} – {reason_said(code, words)}", n)
        for outcome in ("refused", "doubtful")
        for code, n in told[f"{outcome}_by_reason"].items()
    ]


def _grid(
    key: str, rows: Iterable[tuple[str, int | str]], words: Catalogue, note: str = ""
) -> Grid:  # fmt: skip
    head = (Head(words.say("upload.page.role")), Head(words.say("upload.page.times"), True))
    cells = tuple((Cell(label), Cell(n if isinstance(n, str) else words.number(n)))
                  for label, n in rows)  # fmt: skip
    return Grid(f"import-{key}", words.say(f"upload.report.{key}"), head, cells, note=note,
                first=FOLDED, fold=words.say("upload.report.more"))  # fmt: skip
