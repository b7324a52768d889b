"""The maps of vectors: lines with an arrow for flows, circles for stocks, areas for shares."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

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
from geo.series import numbered
from geo.values import Flow, Values
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
    at = {i: points[i] for i in _placed_in(told) if i in points}
    texts = _texts(world, told, ids, at, state.lang)
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
    texts = _texts(world, told, ids, at, state.lang)
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


def _placed_in(told: Sequence[tuple[Layer, Values]]) -> list[str]:
    """Every place that has a figure, once."""
    return list(dict.fromkeys(f.place_id for _, values in told for f in values.figures))


def placed(world: World, told: Sequence[tuple[Layer, Values]]) -> dict[str, tuple[float, float]]:
    """Where the French territories of some values lie on the sheet; those without a point are
    not there."""
    at = _on_sheet(world)
    return {i: at[i] for i in _placed_in(told) if i in at}


@lru_cache(maxsize=4)
def _on_sheet(world: World) -> Mapping[str, tuple[float, float]]:
    """Where every place of the vectors lies on the sheet of France, those abroad as they are."""
    places = places_of(world)
    ids = [i for i in numbered(world).ids.tolist() if i in places.points]
    ids = [i for i in ids if places.points[i][0] == places.points[i][0]]
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
    have = set(_placed_in(told))
    return [int(i in have) for i in ids], [colour(shade) for shade in SHADES]


def share_classes(values: Values) -> Classes:
    """Five classes that hold as many places each."""
    return quantile_classes(values.numbers)


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
        shown_at = {f.place_id: f.value for f in values.figures if f.value > 0 and f.place_id in at}
        ids = list(shown_at)
        shift = (k - (len(shown) - 1) / 2) * STEP[side_of(values)]
        most = values.largest
        trace = traces.points(
            [round(at[i][0] + shift, 3) for i in ids], [round(at[i][1], 3) for i in ids],
            diameters(pd.Series(shown_at), most, largest(selection, values)),
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
    flows = pd.Series([flow.value for flow in layer.flows], dtype=float)
    return quantile_classes(layer.far.numbers if layer.far else flows)


def drawn_flows(layer: Layer) -> list[Flow]:
    """The flows that are drawn: the largest, as many as can still be told apart."""
    return [flow for flow in layer.flows[:MOST_LINES] if flow.value > 0]


def _flows(world: World, selection: Selection, layer: Layer) -> list[traces.Trace]:
    """Curved lines from where the flow starts to where it is received, with an arrow there."""
    points = places_of(world).points
    flows = drawn_flows(layer)
    starts = _points([flow.origin_id for flow in flows], points)
    ends = _points([flow.dest_id for flow in flows], points)
    known = ~np.isnan(starts).any(axis=1) & ~np.isnan(ends).any(axis=1)
    lines = arcs(starts[known], ends[known], 17)
    stroke = colour(tone(selection, layer) if selection.several else "corridor")
    values = np.array([flow.value for flow in flows], dtype=float)[known]
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
    directed = [pair for pair in told if pair[0].flows]
    ids = [f.place_id for _, values in directed for f in values.figures if f.place_id in at]
    if not ids:
        return []
    lon, lat = ([round(at[i][axis], 2) for i in ids] for axis in (0, 1))
    said = [texts[i] for i in ids]
    return [traces.points(lon, lat, [9] * len(ids), said, ids, fill=colour("corridor"), opacity=0)]


def _points(ids: Sequence[str], points: Mapping[str, tuple[float, float]]) -> Floats:
    nowhere = (float("nan"), float("nan"))
    return np.array([points.get(i, nowhere) for i in ids], dtype=float).reshape(-1, 2)


def _arrows(lines: Floats, stroke: str) -> traces.Trace:
    """An arrow head at the end of each line: two strokes on the ground, so that they keep their
    direction under every projection."""
    lon: list[float | None] = []
    lat: list[float | None] = []
    for head in np.round(_heads(lines), 2).tolist():
        lon += [*(x for x, _ in head), None]
        lat += [*(y for _, y in head), None]
    return traces.lines(lon or [None], lat or [None], stroke=stroke, width=1.6)


def _heads(lines: Floats) -> Floats:
    """Three points of each arrow head (degrees), its tip at the end of a line: (n, 3, 2)."""
    tip, tail = lines[:, -1], lines[:, -3]
    shrink = np.maximum(np.cos(np.radians(tip[:, 1])), 0.05)
    x = ((tip[:, 0] - tail[:, 0] + 180) % 360 - 180) * shrink
    y = tip[:, 1] - tail[:, 1]
    length = np.hypot(x, y)
    length = np.where(length > 0, length, 1.0)
    x, y = (np.minimum(HEAD, length) * each / length for each in (x, y))
    back, forth = (
        np.column_stack([
            tip[:, 0] - (np.cos(turn) * x - np.sin(turn) * y) / shrink,
            tip[:, 1] - (np.sin(turn) * x + np.cos(turn) * y),
        ])
        for turn in (-0.42, 0.42)
    )  # fmt: skip
    return np.stack([back, tip, forth], axis=1)


def _named(
    world: World, told: Sequence[tuple[Layer, Values]],
    at: Mapping[str, tuple[float, float]], state: ViewState, geo: str,
) -> traces.Trace:  # fmt: skip
    """Names of the places with the largest values of the first vector, as many as fit."""
    most = NAMED[int(len(told) > 1)]
    ids = [figure.place_id for figure in told[0][1].figures[:most]] if told else []
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
    world: World, told: Sequence[tuple[Layer, Values]], areas: Sequence[str],
    at: Collection[str], lang: str,
) -> dict[str, str]:  # fmt: skip
    """What the mouse reads of each place: its figures in every vector drawn, with their source."""
    words, found = catalogue(lang), dict(_without_figure(world, tuple(areas), lang))
    lines: dict[str, list[str]] = {}
    for _, values in told:
        for place, line in _lines(world, values, words):
            if place in found or place in at:
                lines.setdefault(place, [_heading(world, place, lang)]).append(line)
    return found | {place: "<br>".join(said) for place, said in lines.items()}


@lru_cache(maxsize=16)
def _without_figure(world: World, areas: tuple[str, ...], lang: str) -> Mapping[str, str]:
    """What the mouse reads of areas that have no figure."""
    none = catalogue(lang).say("no_data")
    return {place: f"{_heading(world, place, lang)}<br>{none}" for place in areas}


def _heading(world: World, place: str, lang: str) -> str:
    places = places_of(world)
    return f"<b>{escape(places.name(place, lang) if place in places else '')}</b>"


def _lines(world: World, values: Values, words: Catalogue) -> Iterator[tuple[str, str]]:
    """Each place that has a figure of a vector, and the words of that figure."""
    series = values.series
    what, year = series_words(world, series, words.lang), f" ({series.year})" if series.year else ""
    estimate = words.say("estimate")
    for figure in values.figures:
        parts = [what, amount(world, series, figure.value, figure.bound, words) + year]
        parts += [estimate] if figure.estimate else []
        source = world.sources.get(figure.source_id)
        parts += [source.producer] if source else []
        yield figure.place_id, "<br>".join(map(escape, parts))
