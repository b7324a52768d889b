"""Shapes of places: whether they can be a boundary, how far from where, joined and lightened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo.schema import CRS

Shape = BaseGeometry
Shapes = dict[str, Shape]
POLYGONS = ("Polygon", "MultiPolygon")
OVERLAP = 0.01  # of the smaller: what two features of one place may share without being rivals
MOST_VERTICES = 1_000_000
FINEST, COARSEST = 0.0001, 0.0064  # degrees, about 10 and 700 metres
_GEOD = Geod(ellps="WGS84")


def fault_of(shape: Shape) -> str:
    """Why a shape is no boundary, "" where it is one."""
    if shape.is_empty:
        return "no_shape"
    return "" if shape.geom_type in POLYGONS else "not_a_polygon"


def km_apart(one: Shape, other: Shape) -> float:
    """Kilometres between two shapes in degrees, 0 where they meet: along the ellipsoid, between
    the points that are nearest in the plane of degrees."""
    if shapely.intersects(one, other):
        return 0.0
    (x, y), (x2, y2) = shapely.get_coordinates(shapely.shortest_line(one, other))
    return float(_GEOD.inv(x, y, x2, y2)[2]) / 1000


def swapped(shape: Shape) -> Shape:
    """The shape with latitude in the place of longitude."""
    turned: Shape = shapely.transform(shape, lambda at: at[:, ::-1])
    return turned


def rivals(one: Shape, other: Shape) -> bool:
    """Whether two features cannot both be parts of one place: they cover the same ground."""
    least = min(shapely.area(one), shapely.area(other))
    return bool(shapely.area(shapely.intersection(one, other)) > OVERLAP * least)


def joined(parts: Sequence[Shape]) -> Shape:
    """Parts as one shape; borders that they share vanish."""
    whole: Shape = parts[0] if len(parts) == 1 else shapely.union_all(list(parts))
    return whole


def dissolved(
    shapes: Mapping[str, Shape], members: Mapping[str, Iterable[str]]
) -> tuple[Shapes, dict[str, tuple[int, int]]]:
    """The union of the members of each group that all have a shape; of the other groups that
    have some, how many of how many."""
    made: Shapes = {}
    partial: dict[str, tuple[int, int]] = {}
    for group, ids in members.items():
        wanted = list(ids)
        have = [shapes[place] for place in wanted if place in shapes]
        if have and len(have) == len(wanted):
            made[group] = joined(have)
        elif have:
            partial[group] = (len(have), len(wanted))
    return made, partial


def vertices(shapes: Mapping[str, Shape]) -> int:
    """How many vertices shapes have together."""
    return int(shapely.get_num_coordinates(list(shapes.values())).sum())


def lightened(shapes: Mapping[str, Shape], most: int = MOST_VERTICES) -> tuple[Shapes, float]:
    """The same with at most `most` vertices as far as COARSEST allows, neighbours keeping the
    border that they share, and the tolerance in degrees, 0 where nothing was taken away."""
    lighter: npt.NDArray[Any] = np.array(list(shapes.values()), dtype=object)
    tolerance = 0.0
    while shapely.get_num_coordinates(lighter).sum() > most and tolerance < COARSEST:
        tolerance = tolerance * 2 or FINEST
        simple = shapely.coverage_simplify(lighter, tolerance)
        lighter = np.where(shapely.is_empty(simple), lighter, simple)
    return dict(zip(shapes, lighter, strict=True)), tolerance


def layer_of(shapes: Mapping[str, Shape], source: str) -> gpd.GeoDataFrame:
    """A layer sorted by place_id: flat, outer rings counter-clockwise (RFC 7946)."""
    ids = sorted(shapes)
    flat = shapely.force_2d([shapes[place] for place in ids])
    turned = shapely.orient_polygons(flat, exterior_cw=False)
    return gpd.GeoDataFrame({"place_id": ids, "source_id": source}, geometry=list(turned), crs=CRS)
