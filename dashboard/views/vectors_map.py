"""The maps of vectors: lines with an arrow for flows, circles for stocks, areas for shares."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries, frames, traces
from dashboard.figures.scales import Classes, quantile_classes
from dashboard.figures.theme import colour, sequence
from dashboard.state import ViewState
from dashboard.views.diaspora_map import inset_frames
from dashboard.views.points_map import names
from dashboard.views.vectors_named import amount, series_words
from geo.arcs import Floats, arcs
from geo.drawn import country_ids, sheet_of
from geo.places import FRANCE, places_of
from geo.series import Series, Values
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.vectors import Layer, Selection

BOTH = ((0.0, 0.2, 1.0, 1.0), (0.0, 0.0, 0.25, 0.42))  # the world, and France at its corner
ALONE = (0.0, 0.0, 1.0, 1.0)
EXTENT = (-136.0, -56.0, 178.0, 73.0)  # beside France: without the middle of the Pacific
HEAD = 2.0  # degrees, the strokes of an arrow head
WHOLE = (-168.5, -56.0, 190.5, 80.0)  # alone: up to the islands on either edge
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "pentagon", "hexagram")
SHADES = ("nodata", "under-1")
LARGEST = {"far": (38.0, 26.0), "near": (32.0, 22.0)}  # pixels across: one vector, several
SMALLEST = 3.0
STEP = {"far": 3.2, "near": 0.34}  # degrees between the symbols of one place
NAMED = (24, 8)  # names at most: of one vector, of several
MOST_LINES = 300  # flows drawn at once
FACING, SEEN = (11.0, 22.0), 42.0  # where the globe is seen from; names beyond would run into it
ROOM = {"far": (2.6, 5.2), "near": (0.22, 0.42)}  # degrees that a letter and a line take


def tone(selection: Selection, layer: Layer) -> str:
    """The token of a vector's colour: its own among several, the accent alone."""
    return f"cat-{layer.number + 1}" if selection.several else "accent"


def manner(selection: Selection, layer: Layer, values: Values) -> str:
    """How values are drawn: `lines` (a flow with a direction), `areas` (a share, alone) or
    `circles` (area in proportion to the value)."""
    if values.level == "country" and len(layer.flows):
        return "lines"
    return "areas" if values.series.is_share and not selection.several else "circles"


def side_of(values: Values) -> str:
    return "far" if values.level == "country" else "near"


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """The world where a vector has figures by country, France where it has some by territory."""
    far = any(layer.far for layer in selection.layers)
    near = any(layer.near for layer in selection.layers)
    boxes = BOTH if far and near else (ALONE, ALONE)
    data, geos = [], {}
    if far or not near:
        data += _abroad(world, selection, state)
        extent = EXTENT if near else WHOLE
        geos["geo"] = frames.world(boxes[0], extent, projection=state.projection)
    if near:
        key = "geo2" if far else "geo"
        data += _inside(world, selection, state, key)
        geos[key] = frames.france(boxes[1])
    which = f"{far:d}{near:d} {state.projection} {state.convention} {selection.level}"
    return frames.figure(data, f"{state.view} {which}", **geos)


def _abroad(world: World, selection: Selection, state: ViewState) -> list[traces.Trace]:
    """Countries, then what is drawn over them."""
    told = [(layer, layer.far) for layer in selection.layers if layer.far]
    ids = country_ids(world, state.convention)
    classes, colours = _shaded(selection, told, ids)
    points = places_of(world).points
    at = {i: points[i] for _, values in told for i in values.table["place_id"] if i in points}
    texts = _texts(world, told, [*ids, *at], state)
    area = traces.areas(
        boundaries.address(world, state), ids, classes, colours,
        [texts[i] for i in ids], selected=selection.partners,
        faded=[bool(selection.partners) and k > 0 and i not in selection.partners
               for i, k in zip(ids, classes, strict=True)],
    )  # fmt: skip
    over = [t for layer, _ in told if len(layer.flows) for t in _flows(world, selection, layer)]
    over += _symbols(selection, told, at, texts, selection.partners, "geo")
    under = [area, *boundaries.contested(world, state)]
    return [*under, *over, *_handles(told, at, texts), _named(world, told, at, state, "geo")]


def _inside(world: World, selection: Selection, state: ViewState, geo: str) -> list[traces.Trace]:
    """France in régions or départements, then what is drawn over them."""
    told = [(layer, layer.near) for layer in selection.layers if layer.near]
    layer = "regions" if selection.level == "region" else "departements"
    sheet = sheet_of(world, layer)
    ids = sheet.place_ids
    classes, colours = _shaded(selection, told, ids)
    at = placed(world, told)
    texts = _texts(world, told, [*ids, *at], state)
    outlines, called = inset_frames(sheet, state.lang)
    alone = geo == "geo"
    return [
        traces.areas(
            f"/geometry/{layer}{'' if alone else '_inset'}.{world.version}.json", sheet.keys,
            classes, colours, [texts[i] for i in ids], geo=geo, selected=selection.chosen,
            faded=[bool(selection.chosen) and i not in selection.chosen for i in ids],
        ),
        {**outlines, "geo": geo},
        *_symbols(selection, told, at, texts, selection.chosen, geo),
        *([called, _named(world, told, at, state, geo)] if alone else []),
    ]  # fmt: skip


def placed(world: World, told: Sequence[tuple[Layer, Values]]) -> dict[str, tuple[float, float]]:
    """Where the French territories of some values lie on the sheet; those without a point are
    not there."""
    places = places_of(world)
    ids = [i for _, values in told for i in values.table["place_id"] if i in places.points]
    ids = [i for i in dict.fromkeys(ids) if places.points[i][0] == places.points[i][0]]
    regions = [places.value(i, "region_id") or i for i in ids]
    lon, lat = (np.array([places.points[i][axis] for i in ids], dtype=float) for axis in (0, 1))
    at = sheet_of(world, "departements").placed(lon, lat, regions)
    return {i: (float(x), float(y)) for i, (x, y) in zip(ids, at, strict=True) if x == x}


def _shaded(
    selection: Selection, told: Sequence[tuple[Layer, Values]], ids: Sequence[str]
) -> tuple[list[int], list[str]]:
    """Classes of a share where one is drawn alone; else whether an area has a figure at all."""
    if len(told) == 1 and manner(selection, *told[0]) == "areas":
        table = told[0][1].table.set_index("place_id")["value"]
        found = share_classes(told[0][1]).of(table.reindex(list(ids))) + 1
        return [int(k) for k in found], [colour("nodata"), *sequence()]
    have = {i for _, values in told for i in values.table["place_id"]}
    return [int(i in have) for i in ids], [colour(shade) for shade in SHADES]


def share_classes(values: Values) -> Classes:
    """Five classes that hold as many places each."""
    return quantile_classes(values.table["value"])


def diameters(values: pd.Series, most: float, largest: float) -> list[float]:
    """Pixels across circles whose area is in proportion to the value, SMALLEST at the least; 0
    for a value of zero, which has no circle."""
    across = largest * np.sqrt(values.to_numpy(dtype=float) / most) if most else values * 0.0
    return [round(max(d, SMALLEST), 1) if d > 0 else 0.0 for d in across]


def largest(selection: Selection, values: Values) -> float:
    """Pixels across the largest circle of a side."""
    return LARGEST[side_of(values)][int(selection.several)]


def _symbols(
    selection: Selection, told: Sequence[tuple[Layer, Values]],
    at: Mapping[str, tuple[float, float]], texts: Mapping[str, str], chosen: frozenset[str],
    geo: str,
) -> list[traces.Trace]:  # fmt: skip
    """One trace a vector drawn in circles or symbols, the largest under the others."""
    shown = [(layer, v) for layer, v in told if manner(selection, layer, v) == "circles"]
    found = []
    for k, (layer, values) in enumerate(shown):
        table = values.table[values.table["place_id"].isin(list(at)) & (values.table["value"] > 0)]
        ids = table["place_id"].tolist()
        shift = (k - (len(shown) - 1) / 2) * STEP[side_of(values)]
        most = float(values.table["value"].max()) if len(values.table) else 0.0
        trace = traces.points(
            [round(at[i][0] + shift, 3) for i in ids], [round(at[i][1], 3) for i in ids],
            diameters(table["value"], most, largest(selection, values)),
            [texts[i] for i in ids], ids, fill=colour(tone(selection, layer)), geo=geo,
        )  # fmt: skip
        found.append(_marked(trace, selection, layer, values, ids, chosen))
    return found


def _marked(
    trace: traces.Trace, selection: Selection, layer: Layer, values: Values, ids: Sequence[str],
    chosen: frozenset[str],
) -> traces.Trace:  # fmt: skip
    """A flow without direction as a ring, a stock filled; what is not chosen is faint."""
    symbol = SYMBOLS[layer.number] if selection.several else SYMBOLS[0]
    fill = trace["marker"]["color"]
    line = {"width": 0.8, "color": colour("border")}
    if values.series.measure == "flow":
        symbol, line = f"{symbol}-open", {"width": 2.2, "color": fill}
    faint = [0.25 if chosen and i not in chosen else 0.72 for i in ids]
    return {**trace, "marker": {**trace["marker"], "symbol": symbol, "line": line,
                                "opacity": faint}}  # fmt: skip


def flow_classes(layer: Layer) -> Classes:
    """Width classes of a flow: quantiles of all that it brings, so that they stay as they are
    when a partner is chosen."""
    whole = layer.far.table["value"] if layer.far else layer.flows["value"]
    return quantile_classes(whole)


def drawn_flows(layer: Layer) -> pd.DataFrame:
    """The flows that are drawn: the largest, as many as can still be told apart."""
    known = layer.flows[layer.flows["value"] > 0]
    return known if len(known) <= MOST_LINES else known.nlargest(MOST_LINES, "value")


def _flows(world: World, selection: Selection, layer: Layer) -> list[traces.Trace]:
    """Curved lines from where the flow starts to where it is received, with an arrow there."""
    points = places_of(world).points
    table = drawn_flows(layer)
    starts = _points(table["origin_id"], points)
    ends = _points(table["dest_id"], points)
    known = ~np.isnan(starts).any(axis=1) & ~np.isnan(ends).any(axis=1)
    lines = arcs(starts[known], ends[known], 17)
    stroke = colour(tone(selection, layer) if selection.several else "corridor")
    values = table["value"].to_numpy(dtype=float)[known]
    bounds = flow_classes(layer).bounds
    emphasis = 1.3 if selection.partners else 1.0
    return [
        *traces.corridor_lines(lines, values, bounds, emphasis, stroke),
        _arrows(lines, stroke),
    ]


def _handles(
    told: Sequence[tuple[Layer, Values]], at: Mapping[str, tuple[float, float]],
    texts: Mapping[str, str],
) -> list[traces.Trace]:  # fmt: skip
    """Unseen points where flows are received, to hover and click small countries."""
    ids = [i for layer, v in told if len(layer.flows) for i in v.table["place_id"] if i in at]
    if not ids:
        return []
    lon, lat = ([round(at[i][axis], 2) for i in ids] for axis in (0, 1))
    said = [texts[i] for i in ids]
    return [traces.points(lon, lat, [9] * len(ids), said, ids, fill=colour("corridor"), opacity=0)]


def _points(ids: pd.Series, points: Mapping[str, tuple[float, float]]) -> Floats:
    nowhere = (float("nan"), float("nan"))
    return np.array([points.get(i, nowhere) for i in ids], dtype=float).reshape(-1, 2)


def _arrows(lines: Floats, stroke: str) -> traces.Trace:
    """An arrow head at the end of each line: two strokes on the ground, so that they keep their
    direction under every projection."""
    lon: list[float | None] = []
    lat: list[float | None] = []
    for line in lines:
        head = _head(line)
        lon += [*np.round(head[:, 0], 2).tolist(), None]
        lat += [*np.round(head[:, 1], 2).tolist(), None]
    return traces.lines(lon or [None], lat or [None], stroke=stroke, width=1.6)


def _head(line: Floats) -> Floats:
    """Three points of an arrow head (degrees), its tip at the end of a line."""
    tip, tail = line[-1], line[-3]
    shrink = max(float(np.cos(np.radians(tip[1]))), 0.05)
    along = np.array([((tip[0] - tail[0] + 180) % 360 - 180) * shrink, tip[1] - tail[1]])
    length = float(np.hypot(*along)) or 1.0
    long = min(HEAD, length) * along / length
    strokes = []
    for turn in (-0.42, 0.42):
        c, s = np.cos(turn), np.sin(turn)
        x, y = c * long[0] - s * long[1], s * long[0] + c * long[1]
        strokes.append(np.array([tip[0] - x / shrink, tip[1] - y]))
    return np.array([strokes[0], tip, strokes[1]])


def _named(
    world: World, told: Sequence[tuple[Layer, Values]],
    at: Mapping[str, tuple[float, float]], state: ViewState, geo: str,
) -> traces.Trace:  # fmt: skip
    """Names of the places with the largest values of the first vector, as many as fit."""
    most = NAMED[int(len(told) > 1)]
    ids = told[0][1].table["place_id"].head(most).tolist() if told else []
    places = places_of(world)
    ids = [i for i in ids if i in at and i in places and i != FRANCE]
    room = ROOM[side_of(told[0][1])] if told else ROOM["far"]
    if state.projection == "globe" and geo == "geo" and room == ROOM["far"]:
        ids = [
            i for i in ids if abs(at[i][0] - FACING[0]) < SEEN and abs(at[i][1] - FACING[1]) < SEEN
        ]
    candidates = [(places.name(i, state.lang), *at[i]) for i in ids]
    return names(candidates, room, geo, anchor="middle center")


def _texts(
    world: World, told: Sequence[tuple[Layer, Values]], ids: Sequence[str], state: ViewState
) -> dict[str, str]:
    """What the mouse reads of each place: its figures in every vector drawn, with their source."""
    words, places = catalogue(state.lang), places_of(world)
    held = [(v.series, {str(r["place_id"]): r for r in v.table.to_dict("records")})
            for _, v in told]  # fmt: skip
    found = {}
    for i in dict.fromkeys(ids):
        name = places.name(i, state.lang) if i in places else ""
        lines = [_line(world, series, rows[i], words) for series, rows in held if i in rows] or [
            words.say("no_data")
        ]
        found[i] = "<br>".join([f"<b>{escape(name)}</b>", *lines])
    return found


def _line(world: World, series: Series, row: Mapping[Hashable, Any], words: Catalogue) -> str:
    said = amount(world, series, float(row["value"]), row["bound"], words)
    parts = [series_words(world, series, words.lang), f"{said}{_year(series)}"]
    if row["estimate"]:
        parts.append(words.say("estimate"))
    source = world.sources.get(row["source_id"])
    parts += [source.producer] if source else []
    return "<br>".join(escape(part) for part in parts)


def _year(series: Series) -> str:
    return f" ({series.year})" if series.year else ""
