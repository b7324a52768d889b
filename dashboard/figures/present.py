"""A figure to be read from the back of a room: larger names, strokes and points."""

from __future__ import annotations

import math
from typing import Any

from dashboard.figures.frames import Figure
from dashboard.figures.labels import kept_in
from dashboard.figures.traces import COUNT, FRAME

Size = tuple[float, float]

NAME = 24  # px, of names on the map
LETTER, LINE = 13.5, 30.0  # px that a letter and a line of such a name take
LARGER = 1.5  # strokes and points; the legend grows in the style sheet
ASIDE = 0.2  # of the width of France, beside it, for the names of the inset frames
NORTH = 0.66  # what a degree of longitude is on a map of the world where most names are
APART = 0.25  # degrees between such a name and its frame
# px left to the map on a laptop of 1366 by 768, by what stands beside it.
ROOM: dict[str, Size] = {
    "": (960, 590), "below": (760, 330), "right": (640, 380), "wide": (480, 380),
}  # fmt: skip


def enlarged(figure: Figure, beside: str = "") -> Figure:
    """The figure with larger type, strokes and points; of its names, the first that do not touch.
    `beside` is the place of what stands beside the map, "" for nothing."""
    layout, data = figure["layout"], [_trace(t, figure["layout"], beside) for t in figure["data"]]
    if not beside and any(trace.get("meta") == FRAME for trace in figure["data"]):
        layout = {**layout, "geo": _widened(layout["geo"])}
    return {**figure, "data": data, "layout": layout}


def _trace(trace: dict[str, Any], layout: dict[str, Any], beside: str) -> dict[str, Any]:
    if trace.get("mode") == "text":
        larger = {**trace, "textfont": {**trace["textfont"], "size": NAME}}
        return {**larger, **_names(trace, layout[trace["geo"]], beside)}
    larger = dict(trace)
    if "line" in trace:
        larger["line"] = {**trace["line"], "width": trace["line"].get("width", 1) * LARGER}
    if "size" in trace.get("marker", {}):
        sizes = trace["marker"]["size"]
        grown = [s * LARGER for s in sizes] if isinstance(sizes, list) else sizes * LARGER
        larger["marker"] = {**trace["marker"], "size": grown}
    return larger


def _names(trace: dict[str, Any], geo: dict[str, Any], beside: str) -> dict[str, Any]:
    """Those of the frames stand at their left, but for a frame east of France, and only where
    there is room; numbers stay in their symbols."""
    if trace["meta"] == COUNT:
        return {}
    if trace["meta"] == FRAME:
        east = geo["center"]["lon"]
        sides = ["bottom left" if lon < east else "bottom right" for lon in trace["lon"]]
        away = [lon - APART if lon < east else lon for lon in trace["lon"]]
        apart = {"textposition": sides, "lon": away}
        return apart if not beside else {"text": [], "lon": [], "lat": []}
    named = kept_in(
        zip(trace["text"], trace["lon"], trace["lat"], strict=True), _degrees(geo, ROOM[beside])
    )
    return {name: [row[i] for row in named] for i, name in enumerate(("text", "lon", "lat"))}


def _degrees(geo: dict[str, Any], room: Size) -> Size:
    """Degrees of longitude and latitude that a letter and a line take on a map of some px."""
    across, up = geo["domain"]["x"], geo["domain"]["y"]
    west, east = geo.get("lonaxis", {}).get("range", (-90, 90))
    south, north = geo.get("lataxis", {}).get("range", (-90, 90))
    narrowing = math.cos(math.radians((south + north) / 2))
    scale = min(
        room[0] * (across[1] - across[0]) / ((east - west) * narrowing),
        room[1] * (up[1] - up[0]) / (north - south),
    )
    return LETTER / (scale * min(narrowing, NORTH)), LINE / scale


def _widened(geo: dict[str, Any]) -> dict[str, Any]:
    """The same map with room at its west."""
    west, east = geo["lonaxis"]["range"]
    west -= (east - west) * ASIDE
    return {
        **geo, "lonaxis": {"range": [west, east]},
        "center": {**geo["center"], "lon": (west + east) / 2},
    }  # fmt: skip
