"""Countries as the United Nations draw them: UN Geodata, through the maps of plotly.js.

The file has a code for each area: ISO 3166-1 alpha-3, or one that begins with X for an area that
the United Nations give to no State.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from geo.build.countries import DRAWN_IN, FROM_UNITS, units_by_code
from geo.build.shapes import Layer, inserted, merged, parts
from geo.errors import PackageError

Decoded = list[tuple[dict[str, Any], MultiPolygon]]

FILE = "dist/plotly-geo-assets.js"
MAP = "dist/topojson/world_50m.json"

# Areas that the United Nations give to no State, by the code of plotly.js.
UNASSIGNED = {
    "XAC": "contested:aksai-chin",
    "XAP": "contested:arunachal-pradesh",
    "XBT": "contested:bir-tawil",
    "XHT": "contested:halaib",
    "XIT": "contested:ilemi",
    "XJK": "contested:jammu-kashmir",
}
# Absent from the file, and taken from the other convention's shapes.
ELSEWHERE = ("SMR", "WLF")
# The Chagos Archipelago (IOT) is absent too: it is in Mauritius in the file, and stays there.
# Absent as well, and taken from the first-level units, as the other convention takes them.
BY_UNITS = ("UMI", "VAT")
KOSOVO, SERBIA, PRISTINA = "country:XKX", "country:SRB", Point(21.16, 42.66)

NAME = re.compile(r"([{,]\s*)([A-Za-z_]\w*):")


def topology(script: str) -> dict[str, Any]:
    """The world at 1:50 million in the script: TopoJSON whose areas carry their code as `a3`.

    The script is an object literal of JavaScript, with bare names and numbers such as 1e3.
    """
    found = re.search(rf"// {re.escape(MAP)}.*?module\.exports = (.*?);\n", script, re.DOTALL)
    if not found:
        raise PackageError(f"{FILE} holds no map {MAP} where it is looked for")
    written = NAME.sub(r'\1"\2":', found[1])
    made: dict[str, Any] = json.loads(written, parse_float=_number)
    for shape in made["objects"]["countries"]["geometries"]:
        shape["properties"] = {"a3": shape["id"]}
    return made


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() else value


def united_nations(file: Layer, world: Layer, units: list[dict[str, Any]]) -> Layer:
    """Shapes by place id, unassigned areas by theirs; `file` and `world` (the other convention's
    file) are by code, `units` as they stand in theirs.

    Overseas départements, Svalbard and Bonaire have areas of their own in the file; each joins
    the country that the table of countries draws it in.
    """
    pieces: dict[str, list[MultiPolygon]] = {}
    for code, shape in file.items():
        owner = DRAWN_IN[code][0] if code in DRAWN_IN else code
        pieces.setdefault(place_of(owner), []).append(shape)
    layer = {place: merged(shapes) for place, shapes in sorted(pieces.items())}
    by_code = units_by_code(units)
    found = {code: world[code] for code in ELSEWHERE}
    found |= {code: merged([by_code[unit] for unit in FROM_UNITS[code]]) for code in BY_UNITS}
    for code, shape in found.items():
        inserted(layer, f"country:{code}", shape)
    kosovo, serbia = divided(layer[SERBIA], world["XKX"], world["SRB"], PRISTINA)
    layer |= {KOSOVO: kosovo, SERBIA: serbia}
    return dict(sorted(layer.items()))


def by_codes(decoded: Decoded) -> Layer:
    """The areas of a file by their code, the parts of one code put together."""
    pieces: dict[str, list[MultiPolygon]] = {}
    for properties, shape in decoded:
        pieces.setdefault(properties["a3"], []).append(shape)
    return {code: merged(shapes) for code, shapes in sorted(pieces.items())}


def place_of(code: str) -> str:
    """The place id of a code: an unassigned area's or a country's."""
    return UNASSIGNED.get(code, f"country:{code}")


def divided(
    whole: MultiPolygon, one: MultiPolygon, two: MultiPolygon, inside: Point
) -> tuple[MultiPolygon, MultiPolygon]:
    """`whole` cut along the border of `one` and `two`: the side that holds `inside`, the other.

    The border comes from another file. Its ends are led to the nearest vertices of `whole`, so
    that neighbours, which have those vertices, go on sharing their borders with it.
    """
    border = shapely.line_merge(shapely.intersection(one.boundary, two.boundary))
    line = max(shapely.get_parts(shapely.intersection(border, whole)), key=lambda part: part.length)
    corners = shapely.get_coordinates(whole)
    path = shapely.get_coordinates(line)
    ends = [corners[np.argmin(((corners - end) ** 2).sum(axis=1))] for end in path[[0, -1]]]
    cut = LineString([ends[0], *path[1:-1], ends[1]])
    sides = [side for part in parts(whole) for side in _cut(part, cut)]
    held = [side for side in sides if side.contains(inside)]
    rest = [side for side in sides if not side.contains(inside)]
    return MultiPolygon(held), MultiPolygon(rest)


def _cut(part: Polygon, line: BaseGeometry) -> list[Polygon]:
    return parts(split(part, line)) if part.intersects(line) else [part]
