"""A closer look at one country or territory: its units, its bounds."""

from __future__ import annotations

import json

import pytest
import shapely

from geo.closer import bounds_of, sheet_bounds, unit_layer, units_in
from geo.joins import units_of
from geo.world import World


def test_the_units_of_a_country(world: World, small_world: World):
    assert units_in(small_world, "country:SEN") == ("admin1:SN-DK", "admin1:SN-TH")
    assert units_in(small_world, "country:FRA") == ()
    assert all(unit.startswith("admin1:ML-") for unit in units_in(world, "country:MLI"))


@pytest.mark.parametrize("country", ["MLI", "SEN", "RUS", "FJI", "CHL", "USA"])
def test_a_layer_has_every_unit_and_clockwise_rings(country: str, world: World):
    features = json.loads(unit_layer(world, f"admin1-{country}"))["features"]
    assert [f["id"] for f in features] == list(units_in(world, f"country:{country}"))
    for feature in features:
        shape = shapely.geometry.shape(feature["geometry"])
        assert not shape.is_empty
        assert not any(part.exterior.is_ccw for part in getattr(shape, "geoms", [shape]))


@pytest.mark.parametrize("name", ["admin1-XXX", "countries", "admin1-", "../countries"])
def test_no_layer_for_what_has_no_units(name: str, world: World):
    with pytest.raises(KeyError):
        unit_layer(world, name)


def test_bounds_leave_far_islands_out(world: World, small_world: World):
    assert bounds_of(small_world, "country:MLI") == (-10, 10, 0, 20)
    west, _, east, north = bounds_of(world, "country:CHL")
    assert west > -80, "Easter Island would be at 109 degrees west"
    assert (east < -65, north < -16) == (True, True)


def test_every_country_with_units_has_bounds(world: World):
    known = set(world.layer("countries")["place_id"])
    for country in set(units_of(world)["country_id"]) & known:
        west, south, east, north = bounds_of(world, country)
        assert -180 <= west < east <= 180
        assert -90 <= south < north <= 90


@pytest.mark.parametrize("territory", ["region:53", "departement:93", "departement:974"])
def test_bounds_on_the_sheet_hold_the_territory(territory: str, world: World):
    west, south, east, north = sheet_bounds(world, territory)
    assert -10.2 <= west < east <= 11.2
    assert 41 <= south < north <= 51.2
