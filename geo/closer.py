"""A closer look: the first-level units of one country, and the part of a map that holds a place."""

from __future__ import annotations

from functools import lru_cache

import shapely

from geo.drawn import LAYERS, collected, geojson, sheet_of
from geo.finer import finer_layers
from geo.joins import units_of
from geo.world import World

Box = tuple[float, float, float, float]
PREFIX = "admin1-"
DETAIL = 1 / 400  # of the width of a country: about a pixel where it fills the map


@lru_cache(maxsize=64)
def units_in(world: World, country: str) -> tuple[str, ...]:
    """The first-level units that a country has a boundary for, in the order of their layer."""
    layer = units_of(world)
    return tuple(layer.loc[layer["country_id"] == country, "place_id"])


def drawn_layer(world: World, name: str) -> bytes:
    """A layer as GeoJSON: one of LAYERS, a finer one where figures are shown at its level, or the
    units of a country; KeyError for no layer."""
    drawn = name in LAYERS or name in finer_layers(world)
    return geojson(world, name) if drawn else unit_layer(world, name)


@lru_cache(maxsize=64)
def unit_layer(world: World, name: str) -> bytes:
    """The layer `admin1-MLI` and its like as GeoJSON; KeyError for a country without units."""
    units = units_of(world)
    units = units[units["country_id"] == f"country:{name.removeprefix(PREFIX)}"]
    if not name.startswith(PREFIX) or units.empty:
        raise KeyError(name)
    west, _, east, _ = bounds_of(world, "country:" + name.removeprefix(PREFIX))
    simple = shapely.coverage_simplify(units.geometry.to_numpy(), (east - west) * DETAIL)
    kept = simple.copy()
    kept[shapely.is_empty(simple)] = units.geometry.to_numpy()[shapely.is_empty(simple)]
    return collected(units.set_geometry(kept), "place_id", 3)


@lru_cache(maxsize=64)
def bounds_of(world: World, country: str) -> Box:
    """West, south, east, north of the largest part of a country and of what lies near it
    (degrees): far islands would make a dot of the mainland."""
    layer = world.layer("countries").set_index("place_id").geometry
    parts = shapely.get_parts(layer.loc[country])
    largest = parts[shapely.area(parts).argmax()]
    near = largest.buffer(max(shapely.bounds(largest)[2:] - shapely.bounds(largest)[:2]) * 0.25)
    west, south, east, north = shapely.union_all(parts[shapely.intersects(parts, near)]).bounds
    return west, south, east, north


@lru_cache(maxsize=128)
def sheet_bounds(world: World, territory: str) -> Box:
    """West, south, east, north of a région or département on the sheet of France (degrees), with
    a margin; of its enlarged copy where it has one."""
    level = f"{territory.split(':')[0]}s"
    drawn = sheet_of(world, level).territories
    here = drawn[drawn["place_id"] == territory]
    west, south, east, north = here.iloc[-1:].total_bounds
    margin = max(east - west, north - south) * 0.12
    return west - margin, south - margin, east + margin, north + margin
