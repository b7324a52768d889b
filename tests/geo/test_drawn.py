"""GeoJSON for browsers: clockwise rings, nobody empty, few decimals; hatches inside."""

from __future__ import annotations

import json

import pytest
import shapely
from shapely.geometry import shape

from geo.drawn import LAYERS, geojson, hatches
from geo.world import World


@pytest.mark.parametrize("layer", LAYERS)
def test_rings_are_clockwise_and_no_feature_is_empty(world: World, layer: str):
    features = json.loads(geojson(world, layer))["features"]
    assert len({feature["id"] for feature in features}) == len(features)
    for feature in features:
        drawn = shape(feature["geometry"])
        assert not drawn.is_empty
        assert not any(shapely.is_ccw(part.exterior) for part in drawn.geoms), feature["id"]
        holes = [hole for part in drawn.geoms for hole in part.interiors]
        assert all(shapely.is_ccw(hole) for hole in holes if shapely.Polygon(hole).area > 0)


def test_every_country_with_a_boundary_is_drawn(world: World):
    ids = {feature["id"] for feature in json.loads(geojson(world, "countries"))["features"]}
    assert ids == set(world.layer("countries_world")["place_id"])


@pytest.mark.parametrize(("layer", "decimals"), [("countries", 2), ("regions", 3)])
def test_coordinates_are_rounded(small_world: World, layer: str, decimals: int):
    for feature in json.loads(geojson(small_world, layer))["features"]:
        at = shapely.get_coordinates(shape(feature["geometry"]))
        assert abs(at - at.round(decimals)).max() < 1e-12


def test_hatches_lie_in_their_country(small_world: World):
    found = hatches(small_world)
    assert set(found) == {"country:FRA", "country:MLI", "country:SEN"}
    senegal = small_world.layer("countries_world").set_index("place_id").geometry["country:SEN"]
    assert len(found["country:SEN"]) > 3
    for line in found["country:SEN"]:
        assert shapely.LineString(line).within(senegal.buffer(0.02))


def test_hatches_of_neighbours_lie_on_one_grid(small_world: World):
    """Every slant has the same x - y, modulo the step."""
    starts = [line[0] for lines in hatches(small_world).values() for line in lines]
    rests = {round((x - y) / 2.2 - round((x - y) / 2.2), 1) + 0.0 for x, y in starts}
    assert rests == {0.0}
