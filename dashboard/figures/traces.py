"""Traces of the maps as plain dictionaries: areas, corridors, points, hatches, frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.figures.scales import WIDTHS
from dashboard.figures.theme import FONT, colour, pale
from geo.arcs import Floats, broken

Trace = dict[str, Any]

OPACITY = (0.45, 0.55, 0.62, 0.7, 0.78)
FADED = 0.08
NAME, FRAME, COUNT = "name", "frame", "count"  # what a text is: of a place, of a frame, in a symbol


def areas(
    geojson: str,
    keys: Sequence[str],
    classes: Sequence[int],
    colours: Sequence[str],
    texts: Sequence[str],
    *,
    geo: str = "geo",
    selected: frozenset[str] = frozenset(),
    faded: Sequence[bool] = (),
    border: float = 0.5,
) -> Trace:
    """Filled areas: `classes` index `colours`; a selected place has a thick dark border.

    Where `faded`, the colour is a paler one of its own.

    A key of an enlarged copy («departement:93@paris») stands for the place before the «@».
    """
    chosen = [key.split("@")[0] in selected for key in keys]
    return {
        "type": "choropleth",
        "geo": geo,
        "geojson": geojson,
        "featureidkey": "id",
        "locations": list(keys),
        "z": [
            k + len(colours) * f for k, f in zip(classes, faded or [False] * len(keys), strict=True)
        ],
        "zmin": -0.5,
        "zmax": 2 * len(colours) - 0.5,
        "colorscale": stepped([*colours, *map(pale, colours)]),
        "showscale": False,
        "text": list(texts),
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "line": {
                "width": [2.4 if c else border for c in chosen],
                "color": [colour("selected") if c else colour("border") for c in chosen],
            },
        },
    }


def stepped(colours: Sequence[str]) -> list[list[float | str]]:
    """A colour scale without blends: class k of n is exactly colour k."""
    n = len(colours)
    return [[at / n, c] for k, c in enumerate(colours) for at in (k, k + 1)]


def corridor_lines(
    lines: Floats, links: npt.NDArray[np.int64], bounds: Sequence[float], emphasis: float = 1,
    stroke: str = "",
) -> list[Trace]:  # fmt: skip
    """Corridors in width classes, one trace a class, thin ones first.

    `lines`: (n, points, 2) degrees; `links`: how many each corridor holds; `bounds`: the least
    number of links of each class; `emphasis`: 0 for what is not chosen, more than 1 for what is;
    `stroke`: their colour, that of corridors unless told otherwise.
    """
    classes = np.searchsorted(bounds, links, side="right") - 1
    traces = []
    for k, width in enumerate(WIDTHS[: len(bounds)]):
        inside = lines[classes == k]
        lon, lat = broken(inside) if len(inside) else ([None], [None])
        traces.append(
            _line(
                lon,
                lat,
                stroke or colour("corridor"),
                width,
                min(OPACITY[k] * emphasis, 1) if emphasis else FADED,
            )
        )
    return traces


def points(
    lon: Sequence[float],
    lat: Sequence[float],
    sizes: Sequence[float],
    texts: Sequence[str],
    keys: Sequence[str],
    *,
    fill: str,
    geo: str = "geo",
    opacity: float = 0.9,
) -> Trace:
    """Points that can be hovered and clicked; `keys` come back with a click."""
    return {
        "type": "scattergeo",
        "geo": geo,
        "mode": "markers",
        "lon": list(lon),
        "lat": list(lat),
        "text": list(texts),
        "customdata": list(keys),
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "size": list(sizes),
            "color": fill,
            "opacity": opacity,
            "line": {"width": 0.8, "color": colour("border")},
        },
        "showlegend": False,
    }


def labels(
    lon: Sequence[float], lat: Sequence[float], texts: Sequence[str], *, geo: str = "geo",
    size: int = 11, anchor: str = "middle center",
    meta: str = NAME,
) -> Trace:  # fmt: skip
    """Texts on the map, never in the way of the mouse; `meta` is what they are."""
    return {
        "type": "scattergeo",
        "geo": geo,
        "mode": "text",
        "lon": list(lon),
        "lat": list(lat),
        "text": list(texts),
        "textposition": anchor,
        "textfont": {"family": FONT, "size": size, "color": colour("ink")},
        "meta": meta,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def lines(
    lon: Sequence[float | None], lat: Sequence[float | None], *, stroke: str, width: float,
    geo: str = "geo",
) -> Trace:  # fmt: skip
    """A broken line: hatches, frames."""
    return _line(lon, lat, stroke, width, 1, geo)


def _line(
    lon: Sequence[float | None], lat: Sequence[float | None], stroke: str, width: float,
    opacity: float, geo: str = "geo",
) -> Trace:  # fmt: skip
    return {
        "type": "scattergeo",
        "geo": geo,
        "mode": "lines",
        "lon": list(lon),
        "lat": list(lat),
        "line": {"width": width, "color": stroke},
        "opacity": opacity,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def hatch(
    cut: Mapping[str, Sequence[Sequence[tuple[float, float]]]], place_ids: Sequence[str]
) -> Trace:
    """The hatch over some countries, as one line."""
    lon: list[float | None] = []
    lat: list[float | None] = []
    for place_id in place_ids:
        for line in cut.get(place_id, ()):
            lon += [*(x for x, _ in line), None]
            lat += [*(y for _, y in line), None]
    return lines(lon or [None], lat or [None], stroke=colour("hatch"), width=0.8)
