"""Boundaries as browsers want them: GeoJSON with clockwise rings, few decimals, and hatches."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd
import numpy as np
import orjson
import shapely

from geo.insets import SHEET, Sheet, composed
from geo.schema import CRS
from geo.world import World

WORLD_DETAIL = 0.3  # degrees, about a pixel of the world map on a laptop
HATCH_STEP = 2.2  # degrees between the lines of a hatch
LAYERS = ("countries", "regions", "departements", "regions_inset", "departements_inset")
DETAIL = {"": 700.0, "inset": 4000.0}  # metres on the sheet


@lru_cache(maxsize=4)
def sheet_of(world: World, level: str) -> Sheet:
    """France laid out on one sheet at a level, `regions` or `departements`: the mainland and the
    overseas départements; the collectivities of the Pacific and others have no frame."""
    layer, table = world.layer(level), world.table(level)
    laid = table.loc[table["zone"] != "com", table.columns[0]]
    return composed(layer[layer["place_id"].isin(laid.tolist())])


@lru_cache(maxsize=4)
def country_ids(world: World) -> tuple[str, ...]:
    """The countries that the world map draws, in the order of their layer."""
    return tuple(world.layer("countries_world")["place_id"])


@lru_cache(maxsize=16)
def geojson(world: World, layer: str) -> bytes:
    """One of LAYERS as GeoJSON; feature ids are place ids (or sheet keys for France)."""
    if layer == "countries":
        frame, keys, decimals = _world(world), "place_id", 2
    else:
        frame, keys, decimals = _laid_out(world, layer), "key", 3
    shapes = shapely.orient_polygons(frame.geometry.to_numpy(), exterior_cw=True)
    features = [
        {
            "type": "Feature",
            "id": key,
            "properties": {},
            "geometry": _rounded(shapely.geometry.mapping(shape), decimals),
        }
        for key, shape in zip(frame[keys], shapes, strict=True)
        if not shape.is_empty
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def _world(world: World) -> gpd.GeoDataFrame:
    """The countries in about a pixel's detail; none is lost, borders stay shared."""
    frame = world.layer("countries_world")
    simple = shapely.coverage_simplify(frame.geometry.to_numpy(), WORLD_DETAIL)
    return frame.set_geometry(gpd.GeoSeries(simple, index=frame.index, crs=CRS))


def _laid_out(world: World, layer: str) -> gpd.GeoDataFrame:
    """The territories of a sheet with no more detail than their size on screen can show.

    Simplified in the plane of the sheet, each frame apart, so that shared borders stay shared.
    """
    level, _, use = layer.partition("_")
    frame = sheet_of(world, level).territories.to_crs(SHEET)
    shapes = frame.geometry.to_numpy().copy()
    for copy in (False, True):
        part = (frame["key"].str.contains("@") == copy).to_numpy()
        simple = shapely.coverage_simplify(shapes[part], DETAIL[use])
        shapes[part] = np.where(shapely.is_empty(simple), shapes[part], simple)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=SHEET)).to_crs(CRS)


def _rounded(geometry: dict[str, object], decimals: int) -> dict[str, object]:
    def walk(node: object) -> object:
        if isinstance(node, (tuple, list)):
            return [walk(child) for child in node]
        return round(float(node), decimals)  # type: ignore[arg-type]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}


@lru_cache(maxsize=4)
def hatches(world: World) -> dict[str, list[list[tuple[float, float]]]]:
    """Slanted lines cut by each country: place_id -> lines of (lon, lat)."""
    layer = world.layer("countries_world")
    found: dict[str, list[list[tuple[float, float]]]] = {}
    for place_id, shape in zip(layer["place_id"], layer.geometry, strict=True):
        cut = shapely.intersection(_slants(shape.bounds), shape)
        parts = shapely.get_parts(cut)
        lines = parts[shapely.get_type_id(parts) == 1]
        found[str(place_id)] = [np.round(line.coords, 2).tolist() for line in lines]
    return found


def _slants(bounds: tuple[float, float, float, float]) -> shapely.MultiLineString:
    """Parallel lines on one grid for all countries, so that neighbours' hatches meet."""
    west, south, east, north = bounds
    first = int(np.floor((west - north) / HATCH_STEP))
    last = int(np.ceil((east - south) / HATCH_STEP))
    return shapely.MultiLineString(
        [
            [(k * HATCH_STEP + south, south), (k * HATCH_STEP + north, north)]
            for k in range(first, last + 1)
        ]
    )


@lru_cache(maxsize=8)
def frame_lines(sheet: Sheet) -> tuple[list[float | None], list[float | None]]:
    """The outlines of a sheet's frames as one broken line: lon, lat."""
    lon: list[float | None] = []
    lat: list[float | None] = []
    for ring in sheet.lines:
        at = np.round(shapely.get_coordinates(ring), 3)
        lon += [*at[:, 0].tolist(), None]
        lat += [*at[:, 1].tolist(), None]
    return lon, lat
