"""What a callback answers: the state read, the view told, each as components of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import dash_bootstrap_components as dbc
from dash import Patch, html, no_update

from dashboard import filters, layout, panels
from dashboard.catalogue import Catalogue, catalogue
from dashboard.exports import EXPORTS, said
from dashboard.figures.frames import Figure
from dashboard.reconcile import CONTROLS, Act
from dashboard.state import Notice, ViewState, Vocabulary, parse, to_query
from dashboard.telling import Told
from dashboard.views import VIEWS
from geo.world import World

TOLD = (
    "title", "sentence", "notices", "key-figures", "breakdown", "sheet", "ranking", "timeline",
    "notes", "legend", "sources-line", "sources", "table", "export-menu",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Shown:
    """A view of a state: its figure and its words."""

    figure: Figure
    told: Told


@lru_cache(maxsize=256)
def shown(world: World, state: ViewState) -> Shown:
    """Select, draw and tell; memoised, since a state is hashable and a world immutable."""
    view = VIEWS[state.view]
    selection = view.select(world, state)
    return Shown(view.draw(world, selection, state), view.tell(world, selection, state))


def done(trigger: str | None, act: Any, click: Any, controls: Mapping[str, Any]) -> Act:
    """The act behind a callback; a page just opened is an act of its address."""
    if trigger == "act":
        return Act("act", act, controls)
    if trigger == "map":
        return Act("map", click, controls)
    name = (trigger or "").removeprefix("filter-")
    return Act(name if name in CONTROLS else "url", None, controls)


def rendered(world: World, query: str, drawn: str | None, words: Vocabulary) -> tuple[Any, ...]:
    """The answer to a new address: figure (its data alone where the frame stays), revision,
    everything told, and the class of the page."""
    state, notices = parse(query, words)
    view = shown(world, state)
    revision = view.figure["layout"]["uirevision"]
    figure: Any = view.figure
    if drawn == revision:
        figure = Patch()
        figure["data"] = view.figure["data"]
    parts = _parts(world, state, notices, view.told, words)
    name = f"page view-{state.view}" + (" empty" if view.told.empty else "")
    return figure, revision, *(parts[key] for key in TOLD), name


def _parts(
    world: World, state: ViewState, notices: Sequence[Notice], told: Told, known: Vocabulary
) -> dict[str, Any]:
    words = catalogue(state.lang)
    return {
        "title": told.title,
        "sentence": told.sentence,
        "notices": _notices(world, state, notices, told, words),
        "key-figures": panels.key_figures(told.key_figures),
        "breakdown": panels.breakdown(told.breakdown),
        "sheet": panels.sheet(told.sheet, words),
        "ranking": panels.rankings(told.rankings, words),
        "timeline": panels.timeline(told.timeline),
        "notes": panels.notes(told),
        "legend": panels.legend(told.legend),
        "sources-line": words.say("sources.line", n=len(told.sources), version=world.version[:8]),
        "sources": [html.Li(source) for source in told.sources],
        "table": panels.table(told.table, words, "", False, 0),
        "export-menu": _exports(state, known, words),
    }


def _notices(
    world: World, state: ViewState, notices: Sequence[Notice], told: Told, words: Catalogue
) -> list[Any]:
    texts = [said(notice, state.lang) for notice in notices]
    if idle := filters.idle(world, state):
        texts.append(words.say("notice.idle", names=words.joined(idle)))
    found = [dbc.Alert(text, color="warning", className="notice") for text in texts]
    return [*found, _lift(state, words)] if told.empty else found


def _lift(state: ViewState, words: Catalogue) -> Any:
    """What empties the map, with a button to lift each filter."""
    names = [row.name for row, _ in filters.active(state) if state.view in row.views]
    names += ["years"] if state.years else []
    buttons = [
        html.Button(words.say("empty.lift", name=words.say(f"filter.{name}")),
                    **panels.act("lift", name, ""))
        for name in names
    ]  # fmt: skip
    return dbc.Alert([html.Span(words.say("empty")), *buttons], color="light", className="notice lift")


def _exports(state: ViewState, known: Vocabulary, words: Catalogue) -> list[Any]:
    query = to_query(state, known.lang)
    join = "&" if query else "?"
    links = []
    for rows in ("all", "shown"):
        links.append(dbc.DropdownMenuItem(words.say(f"export.{rows}.{state.view}"), header=True))
        for form in EXPORTS:
            address = f"/export/{state.view}.{form}{query}" + ("" if rows == "all" else f"{join}rows=shown")
            links.append(dbc.DropdownMenuItem(words.say(f"format.{form}"), href=address,
                                              external_link=True))  # fmt: skip
    return links


def options(world: World, state: ViewState, names: Sequence[str]) -> list[Any]:
    """Options of the searched filters (only where a chosen value is not offered yet) and of the
    choices that depend on the view."""
    offered = layout.choice_options(state.view, state.lang)
    return [
        offered[name] if name in offered else _with_chosen(world, state, name) for name in names
    ]


def _with_chosen(world: World, state: ViewState, name: str) -> Any:
    base = layout.base_options(world, name, state.lang)
    have = {option["value"] for option in base}
    extra = [v for v in getattr(state, name) if v not in have]
    if not extra:
        return no_update
    labelled = [(v, filters.label(world, name, v, state.lang)) for v in extra]
    return [*layout.as_options(labelled), *base]


def searched(world: World, name: str, typed: str, query: str, words: Vocabulary) -> Any:
    """Options that a search finds, with those already chosen."""
    if not typed.strip():
        return no_update
    state, _ = parse(query, words)
    chosen = [(v, filters.label(world, name, v, state.lang)) for v in getattr(state, name)]
    found = [o for o in filters.found(world, name, typed, state.lang) if o not in chosen]
    return layout.as_options([*found, *chosen], typed)


def table(world: World, query: str, sorting: Mapping[str, Any], words: Vocabulary) -> Any:
    """Another page or order of the table of the same state."""
    state, _ = parse(query, words)
    column, down = str(sorting.get("column") or ""), bool(sorting.get("down"))
    told = shown(world, state).told.table
    return panels.table(told, catalogue(state.lang), column, down, int(sorting.get("page") or 0))


