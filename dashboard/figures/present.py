"""A figure to be read from the back of a room: larger names, strokes and points."""

from __future__ import annotations

from typing import Any

from dashboard.figures.frames import Figure
from dashboard.figures.labels import kept_apart

NAME = 24  # px, of names on the map
NOTE = {"geo": 16, "geo2": 13}  # px, of names on France and its frames, alone or below a world
# How much of the map such names take against those of the page, by what stands beside the map.
CROWDING = {"": 3.3, "right": 4.0, "below": 4.6, "wide": 5.2}
LARGER = 1.5  # strokes and points; the legend grows by as much in the style sheet


def enlarged(figure: Figure, world: bool, beside: str = "") -> Figure:
    """The figure with larger type, strokes and points; on a map of the world, the first names
    that do not touch. `beside` is the place of what stands beside the map, "" for nothing."""
    return {**figure, "data": [_trace(trace, world, beside) for trace in figure["data"]]}


def _trace(trace: dict[str, Any], world: bool, beside: str) -> dict[str, Any]:
    if trace.get("mode") == "text":
        return _names(trace, world and trace["geo"] == "geo", beside)
    larger = dict(trace)
    if "line" in trace:
        larger["line"] = {**trace["line"], "width": trace["line"].get("width", 1) * LARGER}
    if "size" in trace.get("marker", {}):
        sizes = trace["marker"]["size"]
        grown = [s * LARGER for s in sizes] if isinstance(sizes, list) else sizes * LARGER
        larger["marker"] = {**trace["marker"], "size": grown}
    return larger


def _names(trace: dict[str, Any], world: bool, beside: str) -> dict[str, Any]:
    if not world:
        return {**trace, "textfont": {**trace["textfont"], "size": NOTE[trace["geo"]]}}
    named = kept_apart(
        zip(trace["text"], trace["lon"], trace["lat"], strict=True), CROWDING[beside]
    )
    return {
        **trace, "text": [name for name, _, _ in named], "lon": [lon for _, lon, _ in named],
        "lat": [lat for _, _, lat in named], "textfont": {**trace["textfont"], "size": NAME},
    }  # fmt: skip
