"""The wiring: which control feeds the state, and what of the page follows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from dashboard import layout, marks, rendering
from dashboard.filters import FILTERS, vocabulary
from dashboard.reconcile import CONTROLS, act_of, reconcile
from dashboard.scenes import Scene
from dashboard.state import to_query
from dashboard.workspaces import Worlds


def register(app: Dash, worlds: Worlds, lang: str, scenes: Sequence[Scene] = ()) -> None:
    """Register every callback of the page on an app; `lang` is that of an address without one."""

    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("page", "ask"),
        Output("asked", "data"),
        Input("map", "clickData"),
        *(Input(f"filter-{name}", "value") for name in CONTROLS),
    )

    @app.callback(
        Output("url", "search"),
        Output("told", "data", allow_duplicate=True),
        Input("asked", "data"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def sync(asked: Any, query: str | None) -> tuple[Any, ...]:
        world = worlds.here()
        words, period = vocabulary(world, lang), layout.period(world)
        wanted = to_query(reconcile(act_of(asked), query or "", words, period), lang)
        return (no_update, {"parts": {}}) if wanted == (query or "") else (wanted, no_update)

    @app.callback(
        Output("map", "figure"),
        Output("drawn", "data"),
        Output("told", "data"),
        Input("url", "search"),
        State("drawn", "data"),
    )
    def render(query: str | None, drawn: str | None) -> tuple[Any, ...]:
        world = worlds.here()
        words, period = vocabulary(world, lang), layout.period(world)
        asked = query or ""
        figure, revision, told = rendering.rendered(world, asked, drawn, words, period, scenes)
        told["parts"] |= marks.parts(worlds.files(), asked, words)
        return figure, revision, told

    @app.callback(
        Output("told", "data", allow_duplicate=True),
        Input("sorting", "data"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def turn(sorting: dict[str, Any], query: str | None) -> Any:
        world = worlds.here()
        return rendering.turned(world, query or "", sorting, vocabulary(world, lang))

    for name in (row.name for row in FILTERS if row.search):

        @app.callback(
            Output(f"filter-{name}", "options", allow_duplicate=True),
            Input(f"filter-{name}", "search_value"),
            State("url", "search"),
            prevent_initial_call=True,
        )
        def search(typed: str | None, query: str | None, name: str = name) -> Any:
            world = worlds.here()
            known = vocabulary(world, lang)
            return rendering.searched(world, name, typed or "", query or "", known)

    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("page", "tell"),
        Output("heard", "data"),
        Input("told", "data"),
    )
