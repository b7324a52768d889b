"""The part of a map that a person has moved to, as the address of a picture writes it."""

from __future__ import annotations

import re

from dashboard.figures.frames import Figure

NUMBER = r"-?\d{1,4}(?:\.\d{1,8})?"
ONE = rf"geo2?:{NUMBER}(?:,{NUMBER}){{4}}"
WRITTEN = re.compile(rf"{ONE}(?:;{ONE})?")
EXAMPLE = "geo:2.5,10.2,14.1,11,0"
SCALES = (0.1, 1000.0)


def valid(frame: str) -> bool:
    """True for `geo:scale,lon,lat,rotation lon,rotation lat`, or two of these with a `;`."""
    if not WRITTEN.fullmatch(frame):
        return False
    return all(SCALES[0] <= values[0] <= SCALES[1] for _, values in _parsed(frame))


def _parsed(frame: str) -> list[tuple[str, list[float]]]:
    parts = [part.partition(":") for part in frame.split(";") if part]
    return [(name, [float(value) for value in values.split(",")]) for name, _, values in parts]


def framed(figure: Figure, frame: str) -> Figure:
    """The figure with its maps moved and zoomed as a valid frame says; unchanged without one."""
    layout = dict(figure["layout"])
    for name, (scale, lon, lat, turned, tilted) in _parsed(frame):
        if name not in layout:
            continue
        projection = layout[name]["projection"]
        rotation = {**projection.get("rotation", {}), "lon": turned, "lat": tilted}
        layout[name] = {
            **layout[name], "center": {"lon": lon, "lat": lat},
            "projection": {**projection, "scale": scale, "rotation": rotation},
        }  # fmt: skip
    return {**figure, "layout": layout}
