"""Points where they should be: in their country, or in their own boundary, within 25 km."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.check.reading import Table
from geo.check.references import Known
from geo.errors import Fault
from geo.joins import NEAREST_KM, kilometres
from geo.places import FRANCE

Shapes = Mapping[str, shapely.Geometry]

# Tables of points, with the column that names whose surface the point lies on.
IN_COUNTRY = ("places", "members", "cases")
IN_ITSELF: Mapping[str, str] = {
    "countries": "country_id",
    "regions": "region_id",
    "departements": "departement_id",
    "admin1": "admin1_id",
}


def position_faults(tables: list[Table], known: Known) -> list[Fault]:
    """Points farther than 25 km from where they are said to be.

    A contested place may also lie in the other country that `contested` names.
    """
    whole = countries_whole(known)
    faults: list[Fault] = []
    for table in tables:
        if table.name in IN_ITSELF and table.name in known.layers:
            own = _by_id(known.layers[table.name])
            column = IN_ITSELF[table.name]
            faults += _off(table, column, own if table.name != "countries" else whole, {})
        elif table.name in IN_COUNTRY:
            faults += _off(table, "country_id", whole, _claims(known))
    return faults


def countries_whole(known: Known) -> Shapes:
    """Each country with the parts that are drawn under another id.

    France takes in its régions, some of which have a country code of their own; a country
    without a boundary takes that of the country it is drawn in.
    """
    shapes = _by_id(known.layers.get("countries"))
    regions = list(_by_id(known.layers.get("regions")).values())
    if FRANCE in shapes and regions:
        shapes[FRANCE] = shapely.GeometryCollection([shapes[FRANCE], *regions])
    countries = known.tables.get("countries")
    if countries is not None and "drawn_in" in countries:
        drawn = zip(countries["country_id"], countries["drawn_in"], strict=True)
        shapes |= {own: shapes[other] for own, other in drawn if other in shapes}
    return shapes


def _by_id(layer: Any) -> dict[str, shapely.Geometry]:
    if layer is None:
        return {}
    pairs = zip(layer["place_id"], layer.geometry, strict=True)
    return {str(p): s for p, s in pairs if s is not None and s.is_valid and not s.is_empty}


def _claims(known: Known) -> Mapping[str, str]:
    """Contested places with the other country that they may lie in."""
    table = known.tables.get("contested")
    if table is None or not {"place_id", "other_country_id"} <= set(table.columns):
        return {}
    return dict(zip(table["place_id"], table["other_country_id"], strict=True))


def _off(table: Table, column: str, shapes: Shapes, claims: Mapping[str, str]) -> list[Fault]:
    if not {column, "lon", "lat"} <= set(table.frame.columns):
        return []
    frame = table.frame
    lon, lat = (pd.to_numeric(frame[axis], errors="coerce") for axis in ("lon", "lat"))
    rows = frame[lon.abs().le(180) & lat.abs().le(90) & frame[column].isin(list(shapes))]
    points = np.asarray(shapely.points(lon[rows.index], lat[rows.index]))
    far = _far(points, np.array([shapes[place] for place in rows[column]], dtype=object))
    places = rows["place_id"] if "place_id" in rows else pd.Series("", index=rows.index)
    return [
        Fault(table.file, line, f"point {point.x:g}, {point.y:g} lies {km:.0f} km from {where}; "
                                f"it lies there or within {NEAREST_KM:.0f} km, or the place is "
                                "declared in the table contested")
        for line, point, km, where, place in zip(
            rows.index.tolist(), points, far, rows[column], places, strict=True
        )
        if km > NEAREST_KM and not _lies_in(point, shapes.get(claims.get(str(place), "")))
    ]  # fmt: skip


def _far(points: Any, shapes: Any) -> Any:
    """Kilometres from each point to its shape, 0 inside; measured for those outside only."""
    shapely.prepare(shapes)
    outside = ~shapely.intersects(points, shapes)
    km = np.zeros(len(points))
    if outside.any():
        km[outside] = kilometres(points[outside], shapes[outside])
    return km


def _lies_in(point: shapely.Point, shape: shapely.Geometry | None) -> bool:
    return shape is not None and bool(shapely.intersects(point, shape))
