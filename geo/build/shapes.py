"""Geometry for the layers: decoding, the antimeridian, simplification, a point for the label.

A layer is a dict of place id -> MultiPolygon in decimal degrees (lon, lat, EPSG:4326).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import antimeridian
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

Layer = dict[str, MultiPolygon]


def decode(topology: Mapping[str, Any], name: str) -> list[tuple[dict[str, Any], MultiPolygon]]:
    """Properties and shape of each geometry of a quantised TopoJSON object.

    Two neighbours read the same arc, so a shared border has the same vertices on both sides.
    Quantisation left some rings with two points; they are no surface and are left out.
    """
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]
    return [
        (shape["properties"], clean(_polygons(shape, arcs)))
        for shape in topology["objects"][name]["geometries"]
    ]


def _polygons(shape: Mapping[str, Any], arcs: Sequence[NDArray[Any]]) -> list[Polygon]:
    members = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    polygons = []
    for member in members:
        outer, *holes = [_ring(ring, arcs) for ring in member]
        if len(outer) >= 4:
            polygons.append(Polygon(outer, [hole for hole in holes if len(hole) >= 4]))
    return polygons


def _ring(indices: Sequence[int], arcs: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """A ring from its arcs; ~i is arc i backwards, and each arc begins where the last ended."""
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    return np.vstack([parts[0], *(part[1:] for part in parts[1:])])


def clean(polygons: Iterable[Polygon]) -> MultiPolygon:
    """Polygons split at the antimeridian, then made valid.

    The order matters: a ring that jumps by 360 degrees is invalid in the plane, and making it
    valid first turns Russia, Fiji and Antarctica into slivers around the whole world.
    """
    whole: list[Polygon] = []
    for polygon in polygons:
        steps = np.abs(np.diff(shapely.get_coordinates(polygon.exterior)[:, 0]))
        split = _split(polygon) if steps.max() > 180 else polygon
        whole += parts(split if split.is_valid else shapely.make_valid(split))
    return MultiPolygon(whole)


def _split(polygon: Polygon) -> BaseGeometry:
    """A polygon whose ring jumps across the antimeridian, cut there.

    TopoJSON winds outer rings clockwise on the sphere, RFC 7946 and `antimeridian` the other
    way. The plane cannot tell (the ring jumps), so the ring is turned and not looked at: with
    the wrong winding Antarctica becomes all the rest of the world.
    """
    return antimeridian.fix_polygon(polygon.reverse(), fix_winding=False, great_circle=False)


def parts(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of a geometry; lines and points that repairs leave behind are no surface."""
    return [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.area > 0 and
            isinstance(part, Polygon)]  # fmt: skip


def merged(shapes: Sequence[BaseGeometry]) -> MultiPolygon:
    """One shape from neighbours that share their borders exactly."""
    return MultiPolygon(parts(shapely.coverage_union_all(list(shapes))))


def inserted(layer: Layer, place: str, shape: MultiPolygon) -> None:
    """Put a shape into a layer and cut it out of those it overlaps, borders noded alike."""
    pieces = []
    rest: BaseGeometry = shape
    for other, there in layer.items():
        if there.intersects(shape) and not there.touches(shape):
            pieces.append(rest.intersection(there))
            rest = rest.difference(there)
            layer[other] = MultiPolygon(parts(there.difference(shape)))
    layer[place] = MultiPolygon(parts(shapely.union_all([*pieces, rest])))


def simplified(layer: Layer, tolerance: float) -> Layer:
    """The layer with fewer vertices, shared borders still shared; `tolerance` in degrees."""
    shapes = shapely.coverage_simplify(np.array(list(layer.values())), tolerance)
    return {place: MultiPolygon(parts(shape)) for place, shape in zip(layer, shapes, strict=True)}


def rounded(layer: Layer, digits: int) -> Layer:
    """The layer on a grid of 10^-digits degrees: a shared vertex moves alike on both sides.

    A part that the grid folds is repaired; one that it empties is dropped, unless it is all
    that a place has, which then keeps its unrounded shape.
    """
    out: Layer = {}
    for place, shape in layer.items():
        kept: list[Polygon] = []
        for part in parts(shape):
            moved = shapely.transform(part, lambda points: np.round(points, digits) + 0.0)
            moved = shapely.remove_repeated_points(moved) if moved.is_valid else moved
            kept += parts(moved if moved.is_valid else shapely.make_valid(moved))
        out[place] = MultiPolygon(kept) if kept else shape
    return out


def without_specks(layer: Layer, area: float) -> Layer:
    """Parts below `area` (square degrees) dropped; the largest part of a place always stays."""
    out: Layer = {}
    for place, shape in layer.items():
        whole = sorted(parts(shape), key=lambda part: -part.area)
        out[place] = MultiPolygon([whole[0], *(part for part in whole[1:] if part.area >= area)])
    return out


def oriented(layer: Layer) -> Layer:
    """Rings in the order of RFC 7946 (outer ones counter-clockwise), parts from large to small."""
    turned = {}
    for place, shape in layer.items():
        ranked = sorted(parts(shape), key=lambda part: (-part.area, part.bounds))
        turned[place] = shapely.orient_polygons(MultiPolygon(ranked), exterior_cw=False)
    return turned


def faults(layer: Layer) -> list[str]:
    """What is wrong with a layer: nothing in it, not valid, or over half the sphere."""
    found = []
    for place, shape in layer.items():
        if shape.is_empty:
            found.append(f"{place} has no surface")
        if not shape.is_valid:
            found.append(f"{place}: {shapely.is_valid_reason(shape)}")
        if place != "country:ATA" and max(map(sphere_share, parts(shape)), default=0) > 0.5:
            found.append(f"{place} covers more than half the sphere")
    return found


def sphere_share(polygon: Polygon) -> float:
    """Share of the sphere within a polygon's outer ring, 0 to 1, by the spherical line integral."""
    lon, lat = np.radians(shapely.get_coordinates(polygon.exterior)).T
    area = np.sum(np.diff(lon) * (np.sin(lat[1:]) + np.sin(lat[:-1])) / 2)
    return float(abs(area) / (4 * math.pi))


def label_point(shape: MultiPolygon) -> Point:
    """The centre of the largest circle inside the largest part, rounded to 0.001 degree.

    Longitudes are shrunk by the cosine of the latitude first, so that the circle is one on the
    ground. Where rounding leaves a small place, more digits are kept.
    """
    main = max(parts(shape), key=sphere_share)
    squeeze = max(math.cos(math.radians(main.centroid.y)), 0.02)
    flat = shapely.transform(main, lambda points: points * [squeeze, 1])
    extent = math.sqrt(flat.area)
    circle = shapely.maximum_inscribed_circle(flat, tolerance=extent / 200)
    lon, lat = shapely.get_coordinates(circle)[0] / [squeeze, 1]
    for digits in (3, 4, 5, 6):
        point = Point(round(lon, digits), round(lat, digits))
        if main.contains(point):
            return point
    return main.representative_point()
