"""Boundaries as browsers want them: GeoJSON with clockwise rings, few decimals, and hatches."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import geopandas as gpd
import numpy as np
import orjson
import shapely

from geo.conventions import AREA, convention_of, conventions, drawn_apart
from geo.finer import around_figures, finer_layers
from geo.insets import SHEET, Sheet, composed
from geo.schema import CRS
from geo.world import World

WORLD_DETAIL = 0.3  # degrees, about a pixel of the world map on a laptop
HATCH_STEP = 2.2  # degrees between the lines of a hatch
SHEET_HATCH_STEP = 0.3
LAYERS = (
    "countries", "countries_un", "regions", "departements", "regions_inset", "departements_inset",
)  # fmt: skip
BrokenLine = list[float | None]
DETAIL = {"": 700.0, "inset": 4000.0}  # metres on the sheet
FINER_DETAIL = 1 / 1500  # of the width of what is drawn of a finer level


@lru_cache(maxsize=4)
def sheet_of(world: World, level: str) -> Sheet:
    """France laid out on one sheet at a level, `regions` or `departements`: the mainland and the
    overseas départements; the collectivities of the Pacific and others have no frame. Or a part of
    it at a finer level, `communes` or `epci`, where these have shapes and figures."""
    if level in finer_layers(world):
        return composed(*around_figures(world, level))
    layer, table = world.layer(level), world.table(level)
    laid = table.loc[table["zone"] != "com", table.columns[0]]
    return composed(layer[layer["place_id"].isin(laid.tolist())])


@lru_cache(maxsize=8)
def country_ids(world: World, convention: str = "") -> tuple[str, ...]:
    """The countries that the world map draws under a convention (the default for an empty name),
    in the order of their layer."""
    ids = world.layer(convention_of(world, convention).world_layer)["place_id"]
    return tuple(ids[~ids.str.startswith(AREA)])


@lru_cache(maxsize=8)
def unassigned_ids(world: World, convention: str = "") -> tuple[str, ...]:
    """The contested areas that a convention gives to no State and draws as shapes, likewise."""
    ids = world.layer(convention_of(world, convention).world_layer)["place_id"]
    return tuple(ids[ids.str.startswith(AREA)])


@lru_cache(maxsize=16)
def geojson(world: World, layer: str) -> bytes:
    """One of LAYERS as GeoJSON; feature ids are place ids (or sheet keys for France)."""
    worlds = {each.layer: each.world_layer for each in conventions(world)}
    if layer in worlds:
        frame, keys, decimals = _world(world, worlds[layer]), "place_id", 2
    else:
        frame, keys, decimals = _laid_out(world, layer), "key", 3
    return collected(frame, keys, decimals)


def collected(frame: gpd.GeoDataFrame, keys: str, decimals: int) -> bytes:
    """A layer as GeoJSON for the browser: clockwise rings, coordinates of a few decimals."""
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


@lru_cache(maxsize=4)
def _world(world: World, layer: str) -> gpd.GeoDataFrame:
    """The countries in about a pixel's detail; none is lost, borders stay shared."""
    frame = world.layer(layer)
    simple = shapely.coverage_simplify(frame.geometry.to_numpy(), WORLD_DETAIL)
    return frame.set_geometry(gpd.GeoSeries(simple, index=frame.index, crs=CRS))


def _laid_out(world: World, layer: str) -> gpd.GeoDataFrame:
    """The territories of a sheet with no more detail than their size on screen can show.

    Simplified in the plane of the sheet, each frame apart, so that shared borders stay shared.
    """
    level, _, use = layer.partition("_")
    frame = sheet_of(world, level).territories.to_crs(SHEET)
    shapes = frame.geometry.to_numpy().copy()
    west, south, east, north = frame.total_bounds
    finer = max(east - west, north - south) * FINER_DETAIL
    detail = min(finer, DETAIL[use]) if level in finer_layers(world) else DETAIL[use]
    for copy in (False, True):
        part = (frame["key"].str.contains("@") == copy).to_numpy()
        simple = shapely.coverage_simplify(shapes[part], detail)
        shapes[part] = np.where(shapely.is_empty(simple), shapes[part], simple)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=SHEET)).to_crs(CRS)


def _rounded(geometry: dict[str, object], decimals: int) -> dict[str, object]:
    def walk(node: object) -> object:
        if isinstance(node, (tuple, list)):
            return [walk(child) for child in node]
        return round(float(node), decimals)  # type: ignore[arg-type]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}


@lru_cache(maxsize=8)
def contested_outlines(world: World, convention: str = "") -> tuple[BrokenLine, BrokenLine]:
    """The limits with neighbours of the contested areas that a convention draws apart.

    One broken line, lon and lat null-separated, on the vertices of the world map's shapes. A
    coast is no limit: an island has none.
    """
    frame = _world(world, convention_of(world, convention).world_layer)
    edges = shapely.boundary(frame.geometry.to_numpy())
    own = frame["place_id"].isin(drawn_apart(world, convention).values()).to_numpy()
    found = []
    for at in np.flatnonzero(own):
        near = shapely.intersects(edges, edges[at])
        near[at] = False
        shared = shapely.intersection(edges[at], shapely.union_all(edges[near]))
        found += [part for part in shapely.get_parts(shared) if part.length > 0]
    merged = shapely.line_merge(shapely.union_all(found)) if found else shapely.MultiLineString()
    return broken(shapely.get_parts(merged), 2)


@lru_cache(maxsize=8)
def hatches(world: World, convention: str = "") -> dict[str, list[list[tuple[float, float]]]]:
    """Slanted lines cut by each shape of a convention: place_id -> lines of (lon, lat)."""
    layer = world.layer(convention_of(world, convention).world_layer)
    found: dict[str, list[list[tuple[float, float]]]] = {}
    for place_id, shape in zip(layer["place_id"], layer.geometry, strict=True):
        cut = shapely.intersection(_slants(shape.bounds), shape)
        parts = shapely.get_parts(cut)
        lines = parts[shapely.get_type_id(parts) == 1]
        found[str(place_id)] = [np.round(line.coords, 2).tolist() for line in lines]
    return found


def _slants(
    bounds: tuple[float, float, float, float], step: float = HATCH_STEP
) -> shapely.MultiLineString:
    """Parallel lines on one grid for a whole map, so that neighbours' hatches meet."""
    west, south, east, north = bounds
    first = int(np.floor((west - north) / step))
    last = int(np.ceil((east - south) / step))
    return shapely.MultiLineString(
        [[(k * step + south, south), (k * step + north, north)] for k in range(first, last + 1)]
    )


@lru_cache(maxsize=4)
def sheet_hatches(world: World, level: str) -> dict[str, list[list[tuple[float, float]]]]:
    """Slanted lines cut by each shape of the sheet of France: key -> lines of (lon, lat)."""
    sheet, found = sheet_of(world, level), {}
    for key, shape in zip(sheet.keys, sheet.territories.geometry, strict=True):
        cut = shapely.intersection(_slants(shape.bounds, SHEET_HATCH_STEP), shape)
        lines = [line for line in shapely.get_parts(cut) if line.length > 0]
        found[key] = [np.round(line.coords, 3).tolist() for line in lines]
    return found


@lru_cache(maxsize=8)
def frame_lines(sheet: Sheet) -> tuple[BrokenLine, BrokenLine]:
    """The outlines of a sheet's frames as one broken line: lon, lat."""
    return broken(sheet.lines, 3)


def broken(lines: Iterable[shapely.Geometry], decimals: int) -> tuple[BrokenLine, BrokenLine]:
    """Lines as one, null-separated: lon, lat."""
    lon: BrokenLine = []
    lat: BrokenLine = []
    for line in lines:
        at = np.round(shapely.get_coordinates(line), decimals)
        lon += [*at[:, 0].tolist(), None]
        lat += [*at[:, 1].tolist(), None]
    return lon, lat
