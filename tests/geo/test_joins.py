"""The join on squares: by code first, then point in polygon, then the nearest within 25 km."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box
from small import points

from geo.errors import CrsMismatch
from geo.joins import (
    Joined,
    joined_links,
    kilometres,
    locate,
    located_ends,
    unmatched_ends,
    unresolved_links,
)
from geo.world import World

KM = 1 / 111.195  # degrees of latitude in a kilometre, on the sphere


@pytest.fixture
def units() -> gpd.GeoDataFrame:
    """Two squares of country A side by side, one of country B to their east."""
    return gpd.GeoDataFrame(
        {"place_id": ["west", "east", "abroad"], "country_id": ["A", "A", "B"]},
        geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)],
        crs="EPSG:4326",
    )


def found(joined: Joined) -> dict[str, tuple[str, str]]:
    rows = joined.located
    return {p: (u, m) for p, u, m in zip(rows["place_id"], rows["unit_id"], rows["method"],
                                         strict=True)}  # fmt: skip


def reasons(joined: Joined) -> dict[str, tuple[str, str]]:
    rows = joined.unmatched
    return {p: (r, d) for p, r, d in zip(rows["place_id"], rows["reason"], rows["detail"],
                                         strict=True)}  # fmt: skip


def test_a_code_wins_over_the_point(units: gpd.GeoDataFrame):
    joined = locate(points(("p", "A", "west", 1.5, 0.5)), units)
    assert found(joined) == {"p": ("west", "code")}


def test_a_code_needs_no_point(units: gpd.GeoDataFrame):
    joined = locate(points(("p", "A", "east", None, None)), units)
    assert found(joined) == {"p": ("east", "code")}


def test_a_point_is_found_in_its_polygon(units: gpd.GeoDataFrame):
    joined = locate(points(("p", "A", "", 1.5, 0.5)), units)
    assert found(joined) == {"p": ("east", "point_in_polygon")}


def test_a_point_on_a_shared_border_is_placed_once(units: gpd.GeoDataFrame):
    joined = locate(points(("p", "A", "", 1.0, 0.5)), units)
    assert found(joined) == {"p": ("east", "point_in_polygon")}


def test_an_unknown_code_falls_back_on_the_point(units: gpd.GeoDataFrame):
    joined = locate(points(("p", "A", "north", 0.5, 0.5)), units)
    assert found(joined) == {"p": ("west", "point_in_polygon")}


@pytest.mark.parametrize(("km", "placed"), [(1, True), (24.5, True), (25.5, False), (200, False)])
def test_off_the_coast_the_nearest_unit_within_25_km(
    units: gpd.GeoDataFrame, km: float, placed: bool
):
    joined = locate(points(("p", "A", "", 0.5, -km * KM)), units)
    if placed:
        assert found(joined) == {"p": ("west", "nearest")}
        assert joined.located["km"].item() == pytest.approx(km, rel=0.01)
    else:
        assert reasons(joined) == {"p": ("no_boundary_near", "")}


def test_far_north_a_degree_of_longitude_is_short():
    unit = gpd.GeoDataFrame({"place_id": ["n"], "country_id": ["A"]},
                            geometry=[box(0, 69, 1, 71)], crs="EPSG:4326")  # fmt: skip
    joined = locate(points(("p", "A", "", -0.5, 70)), unit)
    assert joined.located["km"].item() == pytest.approx(19.1, abs=0.1)


def test_the_nearest_unit_is_so_on_the_ground_and_not_in_degrees():
    units = gpd.GeoDataFrame(
        {"place_id": ["east", "south"], "country_id": ["A", "A"]},
        geometry=[box(0.3, 64, 1, 66), box(-1, 63, 0.25, 64.8)],
        crs="EPSG:4326",
    )  # fmt: skip
    joined = locate(points(("p", "A", "", 0.0, 65.0)), units)
    assert found(joined) == {"p": ("east", "nearest")}
    assert joined.located["km"].item() == pytest.approx(14.15, abs=0.05)


def test_the_nearest_side_of_one_unit_too():
    corner = shapely.union_all([box(0.3, 64, 1, 66), box(-1, 64, 1, 64.75)])
    km = kilometres(np.array([shapely.Point(0, 65)]), np.array([corner]))
    assert km[0] == pytest.approx(14.15, abs=0.05)


def test_a_unit_of_another_country_never_takes_a_point(units: gpd.GeoDataFrame):
    joined = locate(points(("in", "A", "", 2.5, 0.5), ("off", "B", "", 0.5, -0.1)), units)
    assert joined.located.empty
    assert reasons(joined) == {"in": ("other_country", "abroad"), "off": ("no_boundary_near", "")}


def test_no_point_and_no_code_are_two_reasons(units: gpd.GeoDataFrame):
    joined = locate(points(("bare", "A", "", None, None), ("bad", "A", "north", None, None)), units)
    assert reasons(joined) == {"bare": ("no_point", ""), "bad": ("unknown_code", "north")}
    assert joined.counts() == {"no_point": 1, "unknown_code": 1}


def test_another_coordinate_system_is_refused(units: gpd.GeoDataFrame):
    here = points(("p", "A", "", 0.5, 0.5))
    with pytest.raises(CrsMismatch, match=r"boundaries: are in EPSG:3857; .* EPSG:4326"):
        locate(here, units.to_crs("EPSG:3857"))
    with pytest.raises(CrsMismatch, match="points: are in no stated system"):
        locate(here.set_crs(None, allow_override=True), units)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("AB"),
            st.sampled_from(["", "west", "north"]),
            st.none() | st.floats(-1, 4),
            st.floats(-1, 2),
        ),
        max_size=12,
    )
)
def test_nothing_is_lost(rows: list[tuple[str, str, float | None, float]]):
    units = gpd.GeoDataFrame(
        {"place_id": ["west", "east", "abroad"], "country_id": ["A", "A", "B"]},
        geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)],
        crs="EPSG:4326",
    )
    here = points(*((f"p{i}", *row) for i, row in enumerate(rows)))
    joined = locate(here, units)
    ids = sorted([*joined.located["place_id"], *joined.unmatched["place_id"]])
    assert ids == sorted(here["place_id"])
    assert sum(joined.counts().values()) == len(rows)


def test_ends_of_the_small_world(small_world: World):
    joined = located_ends(small_world)
    assert found(joined) == {
        "admin1:SN-TH": ("admin1:SN-TH", "code"),
        "geonames:1": ("admin1:SN-DK", "point_in_polygon"),
        "geonames:2": ("admin1:SN-DK", "nearest"),
        "place:mli-kita": ("admin1:ML-1", "point_in_polygon"),
    }
    assert joined.unmatched.empty
    assert unmatched_ends(small_world).empty


def test_links_keep_their_number_and_order_through_the_join(small_world: World):
    joined = joined_links(small_world)
    assert list(joined["link_id"]) == list("abcde")
    first = joined.iloc[1]
    assert (first["a_region_id"], first["a_departement_id"]) == ("region:11", "departement:93")
    assert (first["a_epci_id"], first["a_ept_id"]) == ("epci:1", "epci:2")
    assert (first["b_country_id"], first["b_admin1_id"]) == ("country:SEN", "admin1:SN-DK")


def test_an_end_that_is_no_known_place_is_listed(small_world: World):
    links = small_world.table("links")
    links.loc[0, "b_id"] = "geonames:404"
    broken = World("broken", small_world.datasets, small_world.sources,
                   {**small_world.tables, "links": links}, small_world.layers)  # fmt: skip
    assert unresolved_links(broken).to_dict("records") == [
        {"link_id": "a", "end": "b", "place_id": "geonames:404", "reason": "unknown_code"}
    ]
    joined = joined_links(broken)
    assert len(joined) == 5
    assert joined.loc[0, "b_country_id"] == ""
    listed = unmatched_ends(broken)
    assert listed[["place_id", "reason", "links"]].values.tolist() == [
        ["geonames:404", "unknown_code", "a"]
    ]


def test_embedded_ends_are_all_accounted_for(world: World):
    joined = located_ends(world)
    assert len(joined.located) + len(joined.unmatched) == sum(joined.counts().values())
    assert unresolved_links(world).empty
    assert set(joined.unmatched["place_id"]) <= set(world.table("contested")["place_id"])
    assert len(joined_links(world)) == len(world.table("links"))
    assert isinstance(joined.located, pd.DataFrame)
