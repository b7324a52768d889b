"""The component tree: header, rail of filters, map, panel, sources and table."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from dashboard import filters
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures.frames import HANDLING
from dashboard.papers import PAPERS
from dashboard.state import OPTIONS, PROJECTIONS, TOPS, WIDTHS, Vocabulary, options_in
from geo.places import fold
from geo.world import World

SCALES = ("1", "2", "3", "4")
# What upload.js says.
UPLOAD = (
    "step_file", "step_columns", "step_preview", "step_done", "sending", "trying", "keeping",
    "seconds", "recognised", "rows_are", "sheet", "next", "back", "cancel", "close", "columns_lead",
    "role", "column", "first", "none", "fixed", "value", "others", "across", "personal", "unread",
    "try", "added", "nothing", "matched", "times", "doubtful", "doubtful_lead", "more_ends",
    "leave", "apply", "remarks", "refused", "line", "reason", "cells", "refused_file",
    "doubtful_file", "mapping_file", "far", "place", "km", "end", "keep", "done", "done_note",
    "see", "another", "remove_all", "unreachable", "large", "one", "source_lead", "source_title",
    "source_producer", "source_licence", "source_vintage",
)  # fmt: skip
GRAPH: dict[str, Any] = {**HANDLING, "doubleClick": False}


def page(world: World, lang: str, taken: tuple[int, int] | None = None) -> html.Div:
    """The whole page in a language; callbacks fill what depends on the state. `taken` are the
    most megabytes and rows of a file that a visitor brings, None where files are not taken."""
    words = catalogue(lang)
    stores = [dcc.Store(id=name) for name in ("drawn", "told", "heard", "asked", "sorting")]
    return html.Div(
        [
            dcc.Location(id="url", refresh=False),
            *stores,
            html.A(words.say("skip"), href="#main", className="skip"),
            html.Div([_header(words, taken), _body(world, words, taken), _footer(words)],
                     id="page", className="page"),
            _keys(words),
            _scene_list(words),
            *([_upload(words, taken)] if taken else []),
            html.Div(html.Ul(), id="tasks", role="status", **_told(words)),
        ]
    )  # fmt: skip


def _scene_list(words: Catalogue) -> html.Dialog:
    """The scenes of a presentation, to order, name, add to and keep; scenes.js fills the list."""
    buttons = [
        html.Button(words.say(f"scenes.{act}"), className="chip", **data(scenes=act))
        for act in ("add", "save", "open", "ready", "close")
    ]
    named = ("up", "down", "remove", "show", "name", "note")
    told = data(**{name: words.say(f"scenes.{name}") for name in named})
    return html.Dialog(
        [
            html.H2(words.say("scenes.edit.title")),
            html.Div(buttons, className="scene-acts"),
            html.P(id="scenes-said", role="status"),
            html.Ol(id="scene-rows", **told),
            html.P(words.say("scenes.kept"), className="rest"),
        ],
        id="scene-list", **aria(label=words.say("scenes.edit.title")),
    )  # fmt: skip


def _upload(words: Catalogue, taken: tuple[int, int]) -> html.Dialog:
    """The steps by which a file is brought; upload.js fills them."""
    told = {name: words.say(f"upload.page.{name}", n="{n}", file="{file}", role="{role}",
                            mega=taken[0]) for name in UPLOAD}  # fmt: skip
    return html.Dialog(
        [
            html.H2(words.say("upload.title")),
            html.Ol(id="upload-steps", **aria(label=words.say("upload.page.steps"))),
            html.P(id="upload-said", role="status"),
            html.Div(id="upload-step"),
        ],
        id="upload", **aria(label=words.say("upload.title")),
        **data(words=json.dumps(told, ensure_ascii=False), most=str(taken[0])),
    )  # fmt: skip


def _bring(words: Catalogue, taken: tuple[int, int]) -> html.Div:
    """Where a file is dropped or chosen, seen in the view of the data."""
    mega, rows = taken
    return html.Div(
        [
            html.Strong(words.say("upload.drop")),
            html.Button(words.say("upload.choose"), id="bring-choose", className="chip"),
            html.Span(words.say("upload.hint", mega=mega, rows=rows), className="soft"),
            html.P(id="bring-said", role="status"),
        ],
        id="bring", role="group", **aria(label=words.say("upload.drop")),
    )  # fmt: skip


def _told(words: Catalogue) -> dict[str, Any]:
    """What the page says of exports while it makes them, as data-* attributes."""
    named = ("making", "files", "cancel", "close", "failed")
    return data(**{name: words.say(f"task.{name}", n="{n}", total="{total}") for name in named})


def _sizes(words: Catalogue) -> html.Div:
    """The size and the sharpness of pictures."""
    sizes = [(name, words.say(f"size.{name}")) for name in (*PAPERS, "own")]
    scales = [(n, words.say("scale.times", scale=n)) for n in SCALES]
    own = dcc.Input(id="picture-own", value="1200x800")
    return html.Div(
        [
            html.Label([words.say("size"), _select("picture-size", sizes, "slide")]),
            html.Label([words.say("scale"), _select("picture-scale", scales, "2")]),
            html.Label([words.say("size.px"), own], id="picture-own-field", hidden=True),
        ],
        id="picture-options",
    )


def _select(name: str, options: list[tuple[str, str]], chosen: str) -> html.Select:
    told = [html.Option(label, value=value, selected=value == chosen) for value, label in options]
    return html.Select(told, id=name)


def _keys(words: Catalogue) -> html.Dialog:
    """The card of shortcuts, shown and folded by «?»."""
    named = ("f", "arrows", "digits", "r", "n", "escape", "question", "double", "map")
    rows = [html.Tr([html.Th(words.say(f"key.{k}")), html.Td(words.say(f"key.{k}.does"))])
            for k in named]  # fmt: skip
    return html.Dialog(
        [html.H2(words.say("keys")), html.Table(html.Tbody(rows))],
        id="keys",
        **aria(label=words.say("keys")),
    )


def aria(**values: str) -> dict[str, Any]:
    """aria-* attributes of an element."""
    return {f"aria-{name}": value for name, value in values.items()}


def data(**values: str) -> dict[str, Any]:
    """data-* attributes of an element."""
    return {f"data-{name}": value for name, value in values.items()}


def _header(words: Catalogue, taken: tuple[int, int] | None) -> html.Header:
    return html.Header(
        [
            html.H1([html.Strong("Corridors"), html.Span(words.say("subtitle"))]),
            html.Nav(id="filter-view", **aria(label=words.say("views"))),
            html.Div(
                [
                    html.Div(id="present"),
                    html.Button(words.say("scenes.edit"), id="scenes-edit", className="toggle"),
                    dbc.DropdownMenu(
                        [html.P(id="copied", role="status"), _sizes(words),
                         html.Ul(id="exports")],
                        id="export-menu", label=words.say("export"),
                        align_end=True, size="sm", color="light",
                    ),
                    html.Div(id="filter-lang", role="group",
                             **aria(label=words.say("language"))),
                ],
                className="tools",
            ),
            *([html.Div(id="own", role="status")] if taken else []),
        ]
    )  # fmt: skip


def _body(world: World, words: Catalogue, taken: tuple[int, int] | None) -> html.Div:
    toggle = html.Button(words.say("filters"), id="rail-toggle", **aria(expanded="false"))
    parts = [_main(words, taken), toggle, _rail(world, words), _panel(words)]
    return html.Div(parts, className="body")


def _rail(world: World, words: Catalogue) -> html.Aside:
    controls = [_list_control(world, row, words) for row in filters.FILTERS]
    controls.insert(2, _years(world, words))
    choices = [_choice(name, words, []) for name in ("level", "partner_level", "measure")]
    more = html.Details(
        [
            html.Summary(words.say("drawing")),
            *(_choice(name, words, given) for name, given in drawing_options(world, words).items()),
        ],
        className="filter", id="field-drawing",
    )  # fmt: skip
    return html.Aside(
        [
            html.Div(
                [
                    html.H2(words.say("filters")),
                    html.Div(id="rail-reset"),
                ],
                className="rail-head",
            ),
            html.Div(choices, className="choices"),
            *controls,
            more,
        ],
        id="rail", **aria(label=words.say("filters")),
    )  # fmt: skip


def drawing_options(world: World, words: Catalogue) -> dict[str, list[dict[str, str]]]:
    """How the map is drawn: the options of each choice."""
    return {
        "top": [{"label": words.number(n), "value": str(n)} for n in TOPS],
        **{
            name: [{"label": words.say(f"{name}.{v}"), "value": v} for v in values]
            for name, values in {"width": WIDTHS, "projection": PROJECTIONS}.items()
        },
        "convention": [
            {"label": label, "value": value}
            for value, label in filters.convention_options(world, words.lang)
        ],
    }


def _labelled(name: str, words: Catalogue, control: Any) -> html.Div:
    label = words.say(f"filter.{name}")
    return html.Div(
        [html.Label(label, htmlFor=f"filter-{name}", id=f"label-{name}"), control],
        className="filter", id=f"field-{name}",
    )  # fmt: skip


def _list_control(world: World, row: filters.Filter, words: Catalogue) -> html.Div:
    options = base_options(world, row.name, words.lang)
    control = dcc.Dropdown(
        id=f"filter-{row.name}", multi=True, options=options, placeholder=words.say("all"),
        maxHeight=320, closeOnSelect=True, search_order="original",
        labels=_labels(words),
    )  # fmt: skip
    return _labelled(row.name, words, control)


def _labels(words: Catalogue) -> Any:
    """What a dropdown says of itself."""
    keys = (
        "select_all", "deselect_all", "selected_count", "search", "clear_search",
        "clear_selection", "no_options_found",
    )  # fmt: skip
    return {key: words.say(f"dropdown.{key}") for key in keys}


def _choice(name: str, words: Catalogue, options: list[dict[str, str]]) -> html.Div:
    return _labelled(name, words, dcc.Dropdown(
        id=f"filter-{name}", clearable=False, searchable=False, options=options))  # fmt: skip


def _years(world: World, words: Catalogue) -> html.Div:
    first, last = period(world)
    slider = dcc.RangeSlider(
        id="filter-years", min=first, max=last, step=1, value=[first, last], updatemode="mouseup",
        marks={year: str(year) for year in range(first, last + 1) if year % 25 == 0},
        allow_direct_input=True,
    )  # fmt: skip
    return _labelled("years", words, slider)


@lru_cache(maxsize=8)
def period(world: World) -> tuple[int, int]:
    """The whole range of years that links and diasporas are known for."""
    started, figures = world.table("links")["start_year"], world.table("figures")["year"]
    return int(started.min()) // 5 * 5, int(max(started.max(), figures.max()))


@lru_cache(maxsize=32)
def base_options(world: World, name: str, lang: str) -> list[dict[str, str]]:
    """What a list control offers before anything is typed."""
    row = filters.BY_NAME[name]
    found = (
        filters.found(world, name, "", lang)
        if row.search
        else filters.options_of(world, name, lang)
    )
    return as_options(found)


def as_options(found: Any, typed: str = "") -> list[dict[str, str]]:
    """Options of a dropdown; `search` lets names be found without their accents."""
    return [
        {"value": value, "label": label, "search": f"{label} {fold(label)} {typed}"}
        for value, label in found
    ]


def choice_options(
    view: str, lang: str, known: Vocabulary | None = None
) -> dict[str, list[dict[str, str]]]:
    """The options of level, partner_level and measure in a view, with those that the data add."""
    words = catalogue(lang)
    offered = options_in(view, known) if known else OPTIONS[view]
    return {
        name: [{"label": words.say(f"{name}.{v}"), "value": v} for v in values]
        for name, values in offered.items()
    }


def _main(words: Catalogue, taken: tuple[int, int] | None) -> html.Main:
    return html.Main(
        [
            html.Div(
                [
                    html.Div(
                        [html.H2(id="title"),
                         html.Nav(id="filter-subview", **aria(label=words.say("subviews")))],
                        className="title-line",
                    ),
                    html.P(id="sentence", role="status", **aria(live="polite")),
                    html.Div(id="notices"),
                    *([_bring(words, taken)] if taken else []),
                ],
                className="told",
            ),
            html.Div(
                [
                    html.Div(
                        [
                            html.Nav(id="crumbs", **aria(label=words.say("crumbs"))),
                            *_map(words),
                            html.Div(id="legend", role="group",
                                     **aria(label=words.say("legend"))),
                        ],
                        id="drawing",
                    ),
                    html.Section(id="beside", tabIndex="0", **aria(label=words.say("beside"))),
                ],
                id="stage",
            ),
        ],
        id="main", tabIndex="-1", **aria(busy="true"),
    )  # fmt: skip


def _map(words: Catalogue) -> list[Any]:
    """The map as one stop of the keyboard, the ring around the place reached, what is said of
    it; keys.js moves both."""
    named = ("says", "chosen", "counted", "area", "corridor", "point")
    told = data(**{name: words.say(f"map.{name}", name="{name}", rest="{rest}", n="{n}",
                                   total="{total}") for name in named})  # fmt: skip
    named_so = aria(label=words.say("map"), roledescription=words.say("map.kind"),
                    describedby="walk-hint")  # fmt: skip
    return [
        html.Div(dcc.Graph(id="map", config=_config(words.lang)), id="walk", role="application",
                 tabIndex="0", **named_so, **told),
        html.P(words.say("map.hint"), id="walk-hint"),
        html.Div(id="traced", **aria(hidden="true")),
        html.Div(id="ring", hidden=True, **aria(hidden="true")),
        html.P(id="reached", role="status"),
    ]  # fmt: skip


def _config(lang: str) -> Any:
    return {**GRAPH, "locale": lang}


def _panel(words: Catalogue) -> html.Aside:
    return html.Aside(
        [
            html.Section(id="key-figures", **aria(label=words.say("key_figures"))),
            html.Section(id="breakdown"),
            html.Section(id="weights"),
            html.Section(id="sheet"),
            html.Section(id="ranking", **aria(label=words.say("ranking"))),
            html.Section(id="timeline"),
            html.Section(id="plain"),
            html.Section(id="notes", className="notes"),
        ],
        id="panel", tabIndex="0", **aria(label=words.say("panel")),
    )  # fmt: skip


def _footer(words: Catalogue) -> html.Footer:
    return html.Footer(
        [
            html.Div(
                [
                    html.Details([html.Summary(id="sources-line"),
                                  html.Ul(id="sources", tabIndex="0")]),
                    html.Nav(id="scenes", **aria(label=words.say("scenes"))),
                    html.Div(id="whole"),
                    html.Button(words.say("table.open"), id="table-toggle",
                                **aria(expanded="false", controls="table")),
                ],
                className="foot",
            ),
            html.P(id="printed", **data(said=words.say("printed", date="{date}",
                                                       address="{address}"))),
            dbc.Collapse(html.Div(id="table", tabIndex="0"), id="table-drawer", is_open=False),
        ]
    )  # fmt: skip
