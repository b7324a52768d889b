"""The shapes of exported rows: lines of links, polygons of territories and States, points."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.arcs import track
from geo.conventions import convention_of
from geo.schema import CRS
from geo.world import World


def shapes_of(world: World, rows: pd.DataFrame, convention: str) -> gpd.GeoSeries:
    """The shape of each row, None where there is none: a line between the two ends, a point, or
    the polygon of `place_id` or `country_id` under a boundary convention."""
    ends = _ends(rows)
    if ends:
        shapes = [track(*points) for points in zip(*(rows[c] for c in ends), strict=True)]
        return gpd.GeoSeries(shapes, index=rows.index, crs=CRS)
    if {"lon", "lat"} <= set(rows.columns):
        at = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), index=rows.index, crs=CRS)
        return at.where(rows["lon"].notna() & rows["lat"].notna(), None)
    key = "place_id" if "place_id" in rows else "country_id"
    followed = convention_of(world, convention).layer
    finer = [name for name in ("communes", "epci") if name in world.layers]
    layers = [world.layer(name) for name in (followed, "regions", "departements", *finer)]
    known = pd.concat(layers).set_index("place_id").geometry
    places = rows[key] if key in rows else pd.Series("", index=rows.index)
    return gpd.GeoSeries(known.reindex(places).to_numpy(), index=rows.index, crs=CRS)


def _ends(rows: pd.DataFrame) -> tuple[str, ...]:
    for ends in (
        ("territory_lon", "territory_lat", "partner_lon", "partner_lat"),
        ("x0", "y0", "x1", "y1"),
    ):
        if set(ends) <= set(rows.columns):
            return ends
    return ()


def projected(frame: gpd.GeoDataFrame, epsg: int) -> gpd.GeoDataFrame:
    """Rows in another coordinate system; without a shape where it cannot hold theirs."""
    moved = frame.to_crs(epsg=epsg)
    held = np.isfinite(moved.geometry.bounds.to_numpy()).all(axis=1)
    return moved.set_geometry(moved.geometry.where(held, None))
