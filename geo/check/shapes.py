"""Boundary layers: valid polygons in RFC 7946 order, in range, with shared borders kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.check.reading import Layer
from geo.errors import Fault
from geo.schema import LAYERS

OVER_HALF = "country:ATA"  # around the pole, the only place whose ring may enclose half the plane
POLYGONS = ("Polygon", "MultiPolygon")


def layer_faults(layer: Layer) -> list[Fault]:
    """All that is wrong with the geometry and the ids of a layer."""
    ids = [str(place) for place in layer.frame["place_id"]]
    faults = [
        Fault(layer.file, 0, f"place_id «{place}» stands {ids.count(place)} times; it is unique")
        for place in sorted({place for place in ids if ids.count(place) > 1})
    ]
    shapes = list(layer.frame.geometry)
    said = [(place, _wrong(place, shape)) for place, shape in zip(ids, shapes, strict=True)]
    wrong = [Fault(layer.file, 0, f"{place} {fault}") for place, fault in said if fault]
    if not wrong and layer.name in LAYERS:
        wrong = _borders(layer.file, ids, shapes)
    return faults + wrong


def _wrong(place: str, shape: Any) -> str:
    """What is wrong with one shape, in words; empty where nothing is."""
    if shape is None or shape.is_empty:
        return "has no surface; every place of a layer has one"
    if shape.geom_type not in POLYGONS:
        return f"is a {shape.geom_type}; boundaries are polygons"
    if not shapely.is_valid(shape):
        return f"is not valid: {shapely.is_valid_reason(shape)}"
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        return (f"reaches from {west:g}, {south:g} to {east:g}, {north:g}; longitudes are within "
                "-180 and 180, latitudes within -90 and 90")  # fmt: skip
    if not shapely.equals_exact(shape, shapely.orient_polygons(shape, exterior_cw=False)):
        return "has rings in the wrong order; outer ones run counter-clockwise (RFC 7946)"
    if place != OVER_HALF and max(map(sphere_share, shapely.get_parts(shape))) > 0.5:
        return "covers more than half the sphere; was it cut at the antimeridian?"
    return ""


def sphere_share(polygon: shapely.Polygon) -> float:
    """Share of the sphere within a polygon's outer ring, 0 to 1, by the spherical line integral."""
    lon, lat = np.radians(shapely.get_coordinates(polygon.exterior)).T
    area = np.sum(np.diff(lon) * (np.sin(lat[1:]) + np.sin(lat[:-1])) / 2)
    return float(abs(area) / (4 * math.pi))


def _borders(file: str, ids: Sequence[str], shapes: Sequence[shapely.Geometry]) -> list[Fault]:
    """Places whose border leaves a gap or an overlap with a neighbour's."""
    whole: NDArray[Any] = np.array(shapes, dtype=object)
    if shapely.coverage_is_valid(whole):
        return []
    edges = shapely.coverage_invalid_edges(whole)
    return [
        Fault(file, 0, f"{place} does not share its border with a neighbour near "
                       f"{edge.bounds[0]:.3f}, {edge.bounds[1]:.3f}; they overlap or differ in "
                       "vertices")
        for place, edge in zip(ids, edges, strict=True)
        if not edge.is_empty
    ]  # fmt: skip
