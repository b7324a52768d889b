"""The wiring: which control feeds the state, and what of the page follows it."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update

from dashboard import layout, rendering
from dashboard.filters import vocabulary
from dashboard.reconcile import CONTROLS, control_values, reconcile
from dashboard.state import to_query
from geo.world import World

SEARCHED = ("territory", "partner", "origin")
OFFERED = ("level", "partner_level", "measure")
BUSY = [(Output("main", "aria-busy"), "true", "false")]


def register(app: Dash, world: World, lang: str) -> None:
    """Register every callback of the page on an app; `lang` is that of an address without one."""
    words, period = vocabulary(world, lang), layout.period(world)

    @app.callback(
        Output("url", "search"),
        Output("map", "clickData"),
        *(Output(f"filter-{name}", "value") for name in CONTROLS),
        *(Output(f"filter-{name}", "options") for name in (*SEARCHED, *OFFERED)),
        Input("url", "search"),
        Input("act", "data"),
        Input("map", "clickData"),
        *(Input(f"filter-{name}", "value") for name in CONTROLS),
        running=BUSY,
    )
    def sync(query: str | None, act: Any, click: Any, *values: Any) -> tuple[Any, ...]:
        controls = dict(zip(CONTROLS, values, strict=True))
        done = rendering.done(ctx.triggered_id, act, click, controls)
        state = reconcile(done, query or "", words, period)
        wanted = to_query(state, lang)
        shown = control_values(state, period)
        changed = [no_update if shown[n] == v else shown[n] for n, v in controls.items()]
        search = no_update if done.source == "url" or wanted == (query or "") else wanted
        return search, None, *changed, *rendering.options(world, state, (*SEARCHED, *OFFERED))

    @app.callback(
        Output("map", "figure"),
        Output("drawn", "data"),
        *(Output(name, "children") for name in rendering.TOLD),
        Output("page", "className"),
        Input("url", "search"),
        State("drawn", "data"),
        running=BUSY,
    )
    def render(query: str | None, drawn: str | None) -> tuple[Any, ...]:
        return rendering.rendered(world, query or "", drawn, words)

    @app.callback(
        Output("table", "children", allow_duplicate=True),
        Input("sorting", "data"),
        State("url", "search"),
        prevent_initial_call=True,
    )
    def turn(sorting: dict[str, Any], query: str | None) -> Any:
        return rendering.table(world, query or "", sorting, words)

    for name in SEARCHED:

        @app.callback(
            Output(f"filter-{name}", "options", allow_duplicate=True),
            Input(f"filter-{name}", "search_value"),
            State("url", "search"),
            prevent_initial_call=True,
        )
        def search(typed: str | None, query: str | None, name: str = name) -> Any:
            return rendering.searched(world, name, typed or "", query or "", words)

    @app.callback(
        Output("shell", "children"),
        Input("lang", "data"),
        State("page", "lang"),
        prevent_initial_call=True,
    )
    def translate(wanted: str, written: str) -> Any:
        return no_update if wanted == written else layout.shell(world, wanted)

    app.clientside_callback(
        ClientsideFunction("page", "language"),
        Output("lang", "data"),
        Input("url", "search"),
        State("lang", "data"),
    )
