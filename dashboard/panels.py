"""What a view tells, as HTML for the page: escaped by its template, written by page.js.

Plain HTML because a tree of as many components costs the browser half a second a change.
Each button carries, in `data-go`, the address of the state it leads to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from dashboard.catalogue import Catalogue
from dashboard.leading import Go
from dashboard.telling import Beside, Table, Told
from geo.places import fold

PAGE = 25


@dataclass(frozen=True)
class Tab:
    """A choice among few, such as a view or a language, with the address it leads to."""

    id: str
    label: str
    go: str
    on: bool
    title: str = ""


@dataclass(frozen=True)
class SceneButton:
    """One scene of a presentation: where its button leads, and what is said with it."""

    name: str
    note: str
    address: str
    shown: bool


@dataclass(frozen=True)
class Crumb:
    """A place that holds the one chosen, with the address that shows it; the last has none."""

    label: str
    go: str = ""


@lru_cache
def template(name: str = "panels") -> Any:
    """The macros of a template, compiled once."""
    environment = Environment(
        loader=PackageLoader("dashboard"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template(f"{name}.html").module


def panels(told: Told, go: Go, words: Catalogue) -> dict[str, str]:
    """The HTML of each part of the page that a view fills, by the id of its element."""
    macros = template()
    return {
        "title": _text(told.title),
        "sentence": _text(told.sentence),
        "key-figures": key_figures(told),
        "breakdown": str(macros.breakdown(told.breakdown, go)),
        "sheet": str(macros.sheet(told.sheet, words)),
        "plain": str(macros.plain(told.plain)),
        "weights": str(macros.weights(told.weights, go, words)),
        "beside": beside(told.beside, go, words),
        "ranking": str(macros.rankings(told.rankings, go, words)),
        "timeline": str(macros.timeline(told.timeline)),
        "notes": str(macros.paragraphs(told.notes)),
        "legend": legend(told),
        "sources": items(told.sources),
        "table": table(told.table, go, words, {}),
    }


def key_figures(told: Told) -> str:
    """The key figures of a view."""
    return str(template().key_figures(told.key_figures))


def legend(told: Told, folded: str = "") -> str:
    """The legend of a view; its notes are folded under `folded`, where that is given."""
    return str(template().legend(told.legend, folded))


def beside(told: Beside | None, go: Go, words: Catalogue) -> str:
    """What stands next to the map, by the template of its view."""
    return str(template(told.template).beside(told.content, go, words)) if told else ""


def items(texts: Sequence[str]) -> str:
    """A list, such as that of the sources."""
    return str(template().items(texts))


def crumbs(paths: Sequence[Sequence[Crumb]], words: Catalogue) -> str:
    """Where one stands on each side of a corridor, and the way back up."""
    return str(template().crumbs(paths, words))


def notices(texts: Sequence[str], lifts: Sequence[tuple[str, str]] | None, words: Catalogue) -> str:
    """Notices on values not used, and the buttons that lift the filters of an empty view."""
    return str(template().notices(texts, lifts, words))


def tabs(choices: Sequence[Tab]) -> str:
    return str(template().tabs(choices))


def languages(choices: Sequence[Tab]) -> str:
    """Links, since another language is another page."""
    return str(template().languages(choices))


def exports(groups: Sequence[tuple[str, Sequence[Any]]], query: str, words: Catalogue) -> str:
    """The menu: what can be copied to share the view, then the files to take away."""
    return str(template().exports(groups, query, words))


def scenes(
    told: Sequence[SceneButton], steps: Mapping[str, str], here: int, words: Catalogue
) -> str:
    """The scenes, `here` the one shown (-1 for none), and the steps on, back, to the start, out."""
    return str(template().scenes(told, steps, here, words))


def whole(query: str, words: Catalogue) -> str:
    """The way from an embedded view to the whole page."""
    return str(template().whole(query, words))


def table(told: Table, go: Go, words: Catalogue, sorting: Mapping[str, Any]) -> str:
    """One page of the rows, in an order: `sorting` may have column, down and page."""
    column, down = str(sorting.get("column") or ""), bool(sorting.get("down"))
    order = sorted_rows(told, column, down)
    pages = max((len(order) + PAGE - 1) // PAGE, 1)
    asked = sorting.get("page")
    page = min(max(asked if isinstance(asked, int) else 0, 0), pages - 1)
    rows = [_cells(told, i, words) for i in order[page * PAGE : (page + 1) * PAGE]]
    return str(template().table(told, rows, column, down, page, pages, words, go))


def whole_table(told: Table, words: Catalogue) -> str:
    """All rows of a table, to be read and not handled."""
    rows = [_cells(told, i, words) for i in range(len(told.rows))]
    return str(template().whole_table(told, rows))


def sorted_rows(told: Table, column: str, down: bool) -> list[int]:
    """The order of the rows by a column; empty cells last whichever the direction."""
    names = [c.name for c in told.columns]
    if column not in names:
        return list(range(len(told.rows)))
    at = names.index(column)
    full = [i for i, row in enumerate(told.rows) if row[at] not in (None, "")]
    empty = [i for i, row in enumerate(told.rows) if row[at] in (None, "")]
    return sorted(full, key=lambda i: _sortable(told.rows[i][at]), reverse=down) + empty


def _sortable(cell: object) -> Any:
    return fold(cell) if isinstance(cell, str) else cell


def _cells(told: Table, index: int, words: Catalogue) -> list[tuple[str, str, str, bool]]:
    """One row: text, and the filter and value it toggles ("" for none), and whether a number."""
    keys = iter(told.keys[index] if told.keys else ())
    return [
        (cell(c.name, v, words), c.parameter, next(keys) if c.parameter else "", c.numeric)
        for c, v in zip(told.columns, told.rows[index], strict=True)
    ]


def cell(name: str, value: object, words: Catalogue) -> str:
    """A value of a column as text: years without separator, what is not there as a dash."""
    if value is None:
        return "–"
    if isinstance(value, (int, float)):
        return str(int(value)) if "year" in name else words.number(float(value), 2)
    return str(value)


def _text(text: str) -> str:
    return str(template().text(text))
