"""How the tests read a figure: its areas, its lines, what is faded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.showing import Shown

Figure = dict[str, Any]
Rows = list[dict[str, str]]
Show = Callable[..., Shown]
Facts = Callable[[str], Rows]


def area(figure: Figure, layer: str) -> dict[str, Any]:
    """The filled areas of a layer."""
    names = (f"/geometry/{layer}.", f"/geometry/{layer}_inset.")
    return next(t for t in figure["data"] if t.get("geojson", "").startswith(names))


def colours(trace: dict[str, Any]) -> dict[str, str]:
    """The colour each place of a layer is filled with; faded ones have their paler colour."""
    scale = [colour for _, colour in trace["colorscale"][::2]]
    return {k: scale[int(z)] for k, z in zip(trace["locations"], trace["z"], strict=True)}


def faded(trace: dict[str, Any]) -> set[str]:
    """The places drawn in a paler colour because they are not chosen."""
    half = len(trace["colorscale"]) // 4
    return {k for k, z in zip(trace["locations"], trace["z"], strict=True) if z >= half}


def outlined(trace: dict[str, Any]) -> set[str]:
    """The places with the thick border of a selection."""
    widths = trace["marker"]["line"]["width"]
    return {k for k, width in zip(trace["locations"], widths, strict=True) if width > 1}


def texts(figure: Figure) -> list[str]:
    """All that the mouse or the map says."""
    return [text for trace in figure["data"] for text in trace.get("text", ())]


def handles(figure: Figure) -> list[str]:
    """The keys of the corridors drawn: «region:53|country:MLI»."""
    return [k for t in figure["data"] for k in t.get("customdata", ()) if "|" in k]


def lines(figure: Figure) -> list[dict[str, Any]]:
    """Corridors, hatches and frames, in the order in which they are drawn."""
    return [t for t in figure["data"] if t.get("mode") == "lines" and "dash" not in t["line"]]


def limits(figure: Figure) -> list[dict[str, Any]]:
    """The dashed limits of contested areas."""
    return [t for t in figure["data"] if t.get("mode") == "lines" and "dash" in t["line"]]
