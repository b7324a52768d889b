"""The sheet of France: everyone on it, in their frame, once."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
import small
from shapely.geometry import box

from geo.drawn import frame_lines, sheet_of
from geo.insets import FRAMES, SHEET, Sheet, composed
from geo.world import World

OVERSEAS = {"971", "972", "973", "974", "976"}


@pytest.fixture(scope="module", params=["departements", "regions"])
def level(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def sheet(world: World, level: str) -> Sheet:
    return sheet_of(world, level)


def test_all_are_present_and_keys_are_unique(sheet: Sheet, level: str):
    count = {"departements": 101, "regions": 18}[level]
    assert sheet.territories["place_id"].nunique() == count
    assert sheet.territories["key"].is_unique
    copies = set(sheet.territories["key"]) - set(sheet.territories["place_id"])
    paris = {f"departement:{code}@paris" for code in ("75", "92", "93", "94")}
    assert copies == (paris if level == "departements" else set())


def test_nothing_is_outside_its_frame(sheet: Sheet):
    plane = sheet.territories.to_crs(SHEET)
    for frame in FRAMES:
        here = box(*frame.box).buffer(500)
        ids = set(frame.regions + frame.departements)
        if frame.key == "paris":
            ids = {f"{place}@paris" for place in frame.departements}
        inside = plane[plane["key"].isin(ids)]
        assert inside.geometry.within(here).all(), frame.key


def test_the_mainland_stays_where_it_is_and_meets_no_frame(sheet: Sheet, world: World, level: str):
    plane = sheet.territories.to_crs(SHEET)
    framed = {p for f in FRAMES if f.key != "paris" for p in f.regions + f.departements}
    main = plane[(plane["key"] == plane["place_id"]) & ~plane["place_id"].isin(framed)]
    true = world.layer(level).to_crs(SHEET).set_index("place_id").geometry
    shift = main.set_index("place_id").geometry.centroid.distance(true[main["place_id"]].centroid)
    assert shift.max() < 1
    for frame in FRAMES:
        assert not main.geometry.intersects(box(*frame.box)).any(), frame.key


def test_frames_do_not_overlap_and_are_drawn(sheet: Sheet):
    boxes = [box(*frame.box) for frame in FRAMES]
    assert sum(b.area for b in boxes) == pytest.approx(shapely.union_all(boxes).area)
    lon, lat = frame_lines(sheet)
    assert len(lon) == len(lat)
    assert lon.count(None) == len(sheet.names)


def test_a_frame_keeps_the_proportions_of_what_it_holds():
    square = gpd.GeoSeries([box(690e3, 1790e3, 700e3, 1800e3)], crs="EPSG:5490").to_crs(4326)
    sheet = composed(small.layer({"departement:971": square.iloc[0]}))
    west, south, east, north = sheet.territories.to_crs(SHEET).total_bounds
    assert (east - west) / (north - south) == pytest.approx(1, abs=0.01)
    assert [name for name, *_ in sheet.names] == ["guadeloupe"]
