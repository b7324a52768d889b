"""The frames that maps are drawn in: projection, extent, place on the sheet."""

from __future__ import annotations

from typing import Any

from dashboard.figures.theme import FONT, colour

Figure = dict[str, Any]
Box = tuple[float, float, float, float]

WHOLE = (0.0, 0.0, 1.0, 1.0)
FRANCE = (-10.2, 41.4, 11.2, 51.0)
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


def world(domain: Box = WHOLE, extent: Box = WORLD, centre: float = 11.0) -> dict[str, Any]:
    """The world in Equal Earth, an equal-area projection; `extent` west, south, east, north."""
    return {
        **_frame(domain),
        "projection": {"type": "equal earth", "rotation": {"lon": centre, "lat": 0, "roll": 0}},
        **_extent(extent),
    }


def france(domain: Box = WHOLE) -> dict[str, Any]:
    """France in the conic conformal projection of Lambert-93, with room for the inset frames."""
    return {
        **_frame(domain),
        "projection": {
            "type": "conic conformal",
            "parallels": [44, 49],
            "rotation": {"lon": 3, "lat": 0, "roll": 0},
        },
        **_extent(FRANCE),
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
