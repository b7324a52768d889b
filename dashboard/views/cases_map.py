"""The map of cases: one symbol a place with how many cases it holds, none hidden by another."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries, frames, traces
from dashboard.figures.present import LARGER
from dashboard.figures.spread import spread
from dashboard.figures.theme import colour
from dashboard.state import ViewState
from dashboard.views import points_map
from geo.cases import cases_of, gathered
from geo.drawn import sheet_of
from geo.places import FRANCE
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.cases import Selection

EXTENT = (-129.0, -48.0, 152.0, 72.0)
SIZE = 19.0  # pixels
ROOM = {False: (17.0, 15.0), True: (1.7, 1.3)}  # degrees that a symbol takes: world, France
SAID = 4  # titles under the mouse, at most


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """The world with its cases, and France with those of its territories."""
    words = catalogue(state.lang)
    countries = Counter(selection.cases["country_id"])
    units = Counter(selection.cases[f"{state.option('level')}_id"])
    held = {*countries.values(), *units.values()}
    said = {n: words.say("cases.here", n=n) for n in held}
    none = words.say("cases.none")
    return points_map.figure(
        [
            points_map.countries(world, state, countries, said, none),
            *boundaries.contested(world, state),
            *points_map.france(world, state, units, said, none),
            *_symbols(world, selection, state, words, french=False),
            *_symbols(world, selection, state, words, french=True),
        ],
        state, EXTENT,
    )  # fmt: skip


def _symbols(
    world: World, selection: Selection, state: ViewState, words: Catalogue, *, french: bool
) -> list[traces.Trace]:
    """Leads from where things are to where they are drawn, symbols, counts."""
    geo = "geo2" if french else "geo"
    table = _drawn(world, selection, state, french)
    kept = table[table["kept"] > 0]
    rest = table[table["kept"] == 0]
    return [
        _leads(table, geo),
        _trace(rest, selection, state, words, geo, "land", "hatch"),
        _trace(kept, selection, state, words, geo, "accent-soft", "accent"),
        traces.labels(
            kept["x"].tolist(), kept["y"].tolist(), [words.number(int(n)) for n in kept["kept"]],
            geo=geo, size=12, meta=traces.COUNT,
        ),
    ]  # fmt: skip


def _drawn(world: World, selection: Selection, state: ViewState, french: bool) -> pd.DataFrame:
    """Every place with cases, drawn apart at x, y; `kept` counts the cases that the filters
    leave."""
    apart = LARGER if state.present == "1" else 1
    table = _places(world, state.option("level"), french, apart)
    kept = set(selection.cases["case_id"])
    return table.assign(kept=[len(kept.intersection(ids)) for ids in table["cases"]])


@lru_cache(maxsize=16)
def _places(world: World, level: str, french: bool, apart: float) -> pd.DataFrame:
    """Every place with cases, which no filter changes; `apart`: how much room a symbol takes."""
    every = cases_of(world)
    table = gathered(every)
    local = ((table["country_id"] == FRANCE) & ~table["whole"]).to_numpy(dtype=bool)
    table = table[local == french].reset_index(drop=True)
    at = table[["lon", "lat"]].to_numpy(float)
    if french:
        region = every.set_index("case_id")["region_id"]
        held = [str(region[ids[0]]) for ids in table["cases"]]
        sheet = sheet_of(world, f"{level}s")
        at = sheet.placed(at[:, 0], at[:, 1], held)
    room = (ROOM[french][0] * apart, ROOM[french][1] * apart)
    shown = spread([(float(x), float(y)) for x, y in at], room).round(2)
    placed: pd.DataFrame = table.assign(lon=at[:, 0], lat=at[:, 1], x=shown[:, 0], y=shown[:, 1])
    return placed


def _leads(table: pd.DataFrame, geo: str) -> traces.Trace:
    """Thin lines from the symbols that were moved to their place."""
    moved = table[np.hypot(table["x"] - table["lon"], table["y"] - table["lat"]) > 0.05]
    lon: list[float | None] = []
    lat: list[float | None] = []
    for x, y, at_x, at_y in zip(moved["x"], moved["y"], moved["lon"], moved["lat"], strict=True):
        lon += [x, at_x, None]
        lat += [y, at_y, None]
    stroke = colour("ink")
    return traces.lines(lon or [None], lat or [None], stroke=stroke, width=1, geo=geo)


def _trace(
    table: pd.DataFrame, selection: Selection, state: ViewState, words: Catalogue, geo: str,
    fill: str, border: str,
) -> traces.Trace:  # fmt: skip
    """Circles, and squares for whole countries; a click gives the ids of the cases there."""
    open_ = set(selection.open["case_id"])
    keys = [",".join([i for i in ids if i in open_] or ids) for ids in table["cases"]]
    trace = traces.points(
        table["x"].tolist(), table["y"].tolist(), [SIZE] * len(table),
        [_hover(row, selection, state, words) for row in table.to_dict("records")], keys,
        fill=colour(fill), geo=geo, opacity=1,
    )  # fmt: skip
    chosen = set(state.case)
    picked = [bool(chosen.intersection(ids)) for ids in table["cases"]]
    line = {
        "width": [2.6 if p else 1.4 for p in picked],
        "color": [colour("selected" if p else border) for p in picked],
    }
    symbol = ["square" if whole else "circle" for whole in table["whole"]]
    return {**trace, "marker": {**trace["marker"], "symbol": symbol, "line": line}}


def _hover(
    place: dict[object, object], selection: Selection, state: ViewState, words: Catalogue
) -> str:
    """The place, how many cases it holds, the first of their titles."""
    kept = set(selection.cases["case_id"])
    held = place["cases"] if isinstance(place["cases"], list) else []
    ids = [i for i in held if i in kept]
    name = escape(str(place[f"place_{state.lang}"]))
    if not ids:
        return f"<b>{name}</b><br>{words.say('cases.outside', n=len(held))}"
    said = [f"{i} · {escape(_short(selection.titles[i]))}" for i in ids[:SAID]]
    more = [words.say("others", n=len(ids) - SAID)] if len(ids) > SAID else []
    head = f"<b>{name}</b> · {words.say('cases.n', n=len(ids))}"
    return "<br>".join([head, *said, *more])


def _short(title: str) -> str:
    return title if len(title) <= 70 else title[:69] + "…"
