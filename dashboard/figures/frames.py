"""The frames that maps are drawn in: projection, extent, place on the sheet."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboard.figures.theme import FONT, colour

Figure = dict[str, Any]
Box = tuple[float, float, float, float]

# How the hand moves a map, on the page and in a page taken away.
HANDLING: Figure = {
    "displaylogo": False, "scrollZoom": True, "responsive": True,
    "modeBarButtons": [["zoomInGeo", "zoomOutGeo", "resetGeo"]],
}  # fmt: skip
WHOLE = (0.0, 0.0, 1.0, 1.0)
FRANCE = (-10.2, 41.4, 11.2, 51.0)
GLOBE = (11.0, 22.0)  # the point that faces the eye
ASPECT = 1.5  # least width of a part of the world against its height
PACIFIC_CENTRE = 150.0
PACIFIC = (-30.0, -58.0, 330.0, 80.0)
WORLD = (-157.0, -56.0, 179.0, 80.0)


def _frame(domain: Box) -> dict[str, Any]:
    left, bottom, right, top = domain
    return {
        "domain": {"x": [left, right], "y": [bottom, top]},
        "visible": False,
        "showframe": False,
        "bgcolor": "rgba(0,0,0,0)",
    }


def _extent(extent: Box) -> dict[str, Any]:
    """West, south, east, north in degrees, centred: Plotly alone would centre on the rotation."""
    west, south, east, north = extent
    return {
        "lonaxis": {"range": [west, east]},
        "lataxis": {"range": [south, north]},
        "center": {"lon": (west + east) / 2, "lat": (south + north) / 2},
    }


def world(
    domain: Box = WHOLE, extent: Box = WORLD, projection: str = "world", centre: float = 11.0
) -> dict[str, Any]:
    """The world in Equal Earth, an equal-area projection, seen from Africa or from the Pacific; or
    on a globe, which the hand turns. `extent` is west, south, east, north."""
    if projection == "globe":
        turned = {"lon": GLOBE[0], "lat": GLOBE[1], "roll": 0}
        edge = {"showframe": True, "framecolor": colour("rule"), "framewidth": 1}
        globe = {"type": "orthographic", "rotation": turned}
        return {**_frame(domain), **edge, "projection": globe}
    if projection == "pacific":
        centre, extent = PACIFIC_CENTRE, PACIFIC
    return {
        **_frame(domain),
        "projection": {"type": "equal earth", "rotation": {"lon": centre, "lat": 0, "roll": 0}},
        **_extent(extent),
    }


def on_the_near_side(lon: float, lat: float) -> bool:
    """True for a point (degrees) well inside the half of the globe that is seen at first."""
    away, up = np.radians(lon - GLOBE[0]), np.radians(lat)
    tilt = np.radians(GLOBE[1])
    cosine = np.sin(tilt) * np.sin(up) + np.cos(tilt) * np.cos(up) * np.cos(away)
    return bool(cosine > 0.35)


def around(bounds: Box, domain: Box = WHOLE) -> dict[str, Any]:
    """A part of the world in an equal-area projection of its own; `bounds` in degrees."""
    west, south, east, north = bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    margin = (north - south) * 0.1 + 0.2
    wide = (north - south) * ASPECT / np.cos(np.radians(lat))
    aside = max((wide - (east - west)) / 2, margin)
    return {
        **_frame(domain),
        "projection": {
            "type": "azimuthal equal area", "rotation": {"lon": lon, "lat": lat, "roll": 0},
        },
        "lonaxis": {"range": [west - aside, east + aside]},
        "lataxis": {"range": [max(south - margin, -89), min(north + margin, 89)]},
        "center": {"lon": lon, "lat": lat},
    }  # fmt: skip


def france(domain: Box = WHOLE, extent: Box = FRANCE) -> dict[str, Any]:
    """France in the conic conformal projection of Lambert-93, with room for the inset frames, or
    a part of that sheet."""
    return {
        **_frame(domain),
        "projection": {
            "type": "conic conformal",
            "parallels": [44, 49],
            "rotation": {"lon": 3, "lat": 0, "roll": 0},
        },
        **_extent(extent),
    }


def figure(traces: list[dict[str, Any]], revision: str, **geos: dict[str, Any]) -> Figure:
    """A figure of some frames; pan and zoom last as long as `revision` stays the same."""
    return {
        "data": traces,
        "layout": {
            **geos,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": 13, "color": colour("ink")},
            "hoverlabel": {
                "bgcolor": "#ffffff",
                "bordercolor": colour("rule"),
                "align": "left",
                "font": {"family": FONT, "size": 13, "color": colour("ink")},
            },
            "modebar": {
                "bgcolor": "rgba(0,0,0,0)",
                "color": colour("ink-soft"),
                "activecolor": colour("accent"),
            },
            "uirevision": revision,
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": "pan",
        },
    }
