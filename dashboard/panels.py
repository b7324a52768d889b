"""What a view tells, as components: figures, rankings, bars, legend, table, sheet."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.catalogue import Catalogue
from dashboard.telling import (
    Breakdown,
    KeyFigure,
    Legend,
    Line,
    Ranking,
    Sheet,
    Swatch,
    Table,
    Timeline,
    Told,
)
from geo.places import fold

PAGE = 25


def act(kind: str, name: str, value: str) -> dict[str, str]:
    """The attributes that make an element act on the state when it is clicked."""
    return {"data-act": kind, "data-name": name, "data-value": value}


def key_figures(figures: tuple[KeyFigure, ...]) -> list[Any]:
    return [
        html.Div(
            [
                html.Span(figure.value, className="figure-value"),
                html.Span(figure.label, className="figure-label"),
                html.Span(figure.note, className="figure-note") if figure.note else None,
            ],
            className="figure",
        )
        for figure in figures
    ]


def rankings(told: tuple[Ranking, ...], words: Catalogue) -> list[Any]:
    return [
        html.Section(
            [
                html.H3(ranking.title),
                html.Ol([html.Li(_line(line, words)) for line in ranking.lines]),
                html.P(ranking.rest, className="rest") if ranking.rest else None,
            ]
        )
        for ranking in told
        if ranking.lines
    ]


def _line(line: Line, words: Catalogue) -> Any:
    bar = {"width": f"{max(line.share, 0) * 100:.1f}%"}
    if line.colour:
        bar["backgroundColor"] = line.colour
    return html.Button(
        [
            html.Span(line.label, className="line-label"),
            html.Span(line.amount, className="line-amount"),
            html.Span(html.Span(style=bar, className="line-bar"), className="line-track"),
            html.Span(line.detail, className="sr-only") if line.detail else None,
        ],
        className="line chosen" if line.selected else "line",
        title=words.say("click.undo" if line.selected else "click.filter"),
        **{"aria-pressed": str(line.selected).lower()},
        **act("toggle", line.parameter, line.value),
    )


def breakdown(told: Breakdown | None) -> list[Any]:
    if told is None or not told.parts:
        return []
    bar = [
        html.Span(style={"width": f"{p.share * 100:.2f}%", "backgroundColor": p.colour})
        for p in told.parts
    ]
    buttons = [
        html.Button(
            [
                html.Span(className="dot", style={"backgroundColor": part.colour}),
                html.Span(part.label, className="part-label"),
                html.Span(part.amount, className="line-amount"),
            ],
            className="part chosen" if part.selected else "part",
            **{"aria-pressed": str(part.selected).lower()},
            **act("toggle", part.parameter, part.value),
        )
        for part in told.parts
    ]
    return [html.H3(told.title), html.Div(bar, className="stack", **{"aria-hidden": "true"}), *buttons]


def timeline(told: Timeline | None) -> list[Any]:
    if told is None:
        return []
    bars = [
        html.Span(title=text, style={"height": f"{max(height, 0.02 if height else 0) * 100:.0f}%"})
        for _, height, text in told.bars
    ]
    first, last = told.bars[0][0], told.bars[-1][0]
    spoken = html.Ul([html.Li(text) for _, height, text in told.bars if height], className="sr-only")
    return [
        html.H3(told.title),
        html.Div(bars, className="bars", **{"aria-hidden": "true"}),
        html.Div([html.Span(str(first)), html.Span(str(last))], className="bars-axis"),
        spoken,
        html.P(told.note, className="rest") if told.note else None,
    ]


def sheet(told: Sheet | None, words: Catalogue) -> list[Any]:
    if told is None:
        return []
    rows = [
        html.Div(
            [
                html.Dt(line.label),
                html.Dd(
                    [
                        html.Strong(line.value),
                        html.Span(f" · {line.grade}") if line.grade else None,
                        html.Span(f" · {line.date}") if line.date else None,
                        _reference(line.source, line.address),
                    ]
                ),
            ]
        )
        for line in told.lines
    ]
    return [html.H3(words.say("sheet.title", name=told.title)), html.P(told.note), html.Dl(rows)]


def _reference(source: str, address: str) -> Any:
    if not source:
        return None
    safe = address.startswith(("https://", "http://"))
    text = html.A(source, href=address, target="_blank", rel="noopener noreferrer") if safe else source
    return html.Div(text, className="reference")


def legend(told: Legend) -> list[Any]:
    groups = [
        html.Div(
            [
                html.H3(title),
                html.Ul([html.Li([_mark(s), html.Span(s.label)]) for s in swatches]),
            ],
            className="legend-group",
        )
        for title, swatches in told.groups
    ]
    return [*groups, html.P(" ".join(told.notes), className="legend-note")]


def _mark(swatch: Swatch) -> Any:
    style: dict[str, str] = {"--mark": swatch.colour}
    if swatch.form == "line":
        style["height"] = f"{swatch.size}px"
    return html.Span(className=f"swatch swatch-{swatch.form}", style=style)


def notes(told: Told) -> list[Any]:
    return [html.P(note) for note in told.notes]


def table(told: Table, words: Catalogue, sort: str, down: bool, page: int) -> list[Any]:
    """One page of the rows, sorted by a column, with buttons to sort and turn pages."""
    order = sorted_rows(told, sort, down)
    pages = max((len(order) + PAGE - 1) // PAGE, 1)
    page = min(max(page, 0), pages - 1)
    head = [
        html.Th(
            html.Button(
                [c.label, html.Span(("▼" if down else "▲") if c.name == sort else "",
                                    **{"aria-hidden": "true"})],
                **{"data-sort": c.name},
            ),
            scope="col", className="number" if c.numeric else "",
            **{"aria-sort": ("descending" if down else "ascending") if c.name == sort else "none"},
        )
        for c in told.columns
    ]  # fmt: skip
    body = [_row(told, i, words) for i in order[page * PAGE : (page + 1) * PAGE]]
    turn = [
        html.Button("‹", disabled=page == 0, **{"data-page": str(page - 1),
                    "aria-label": words.say("table.previous")}),
        html.Span(words.say("table.page", page=page + 1, pages=pages, n=len(order))),
        html.Button("›", disabled=page >= pages - 1, **{"data-page": str(page + 1),
                    "aria-label": words.say("table.next")}),
    ]  # fmt: skip
    return [
        html.Table([html.Thead(html.Tr(head)), html.Tbody(body)]),
        html.Div(turn, className="pager"),
    ]


def sorted_rows(told: Table, sort: str, down: bool) -> list[int]:
    """The order of the rows by a column; empty cells last whichever the direction."""
    names = [c.name for c in told.columns]
    if sort not in names:
        return list(range(len(told.rows)))
    at = names.index(sort)
    full = [i for i, row in enumerate(told.rows) if row[at] not in (None, "")]
    empty = [i for i, row in enumerate(told.rows) if row[at] in (None, "")]
    return sorted(full, key=lambda i: _sortable(told.rows[i][at]), reverse=down) + empty


def _sortable(cell: object) -> Any:
    return fold(cell) if isinstance(cell, str) else cell


def _row(told: Table, index: int, words: Catalogue) -> Any:
    cells = []
    for column, value in zip(told.columns, told.rows[index], strict=True):
        text = _cell(column.name, value, words)
        if not cells and told.parameter:
            text = html.Button(text, **act("toggle", told.parameter, told.keys[index]))
        cells.append(html.Td(text, className="number" if column.numeric else ""))
    return html.Tr(cells)


def _cell(name: str, value: object, words: Catalogue) -> str:
    if value is None:
        return "–"
    if isinstance(value, (int, float)):
        return str(int(value)) if "year" in name else words.number(float(value), 2)
    return str(value)
