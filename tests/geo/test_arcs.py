"""Arcs: exact ends, known great circles, the antimeridian met and never crossed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.arcs import arcs, broken, degrees, split, track, unit_vectors

SPHERE = Geod(a=6371000, b=6371000)
PARIS, DAKAR, TOKYO, ANCHORAGE = (2.35, 48.85), (-17.45, 14.7), (139.7, 35.7), (-149.9, 61.2)
LON, LAT = st.floats(-180, 180), st.floats(-85, 85)


def arc(start: tuple[float, float], end: tuple[float, float], **options: float) -> np.ndarray:
    return arcs(np.array([start]), np.array([end]), **options)[0]


def length_km(line: np.ndarray) -> float:
    return SPHERE.line_length(line[:, 0], line[:, 1]) / 1000


@pytest.mark.parametrize(("start", "end"), [(PARIS, DAKAR), (TOKYO, ANCHORAGE), (DAKAR, DAKAR)])
@pytest.mark.parametrize("bend", [0.0, 0.12])
def test_ends_are_exact(start: tuple[float, float], end: tuple[float, float], bend: float):
    line = arc(start, end, bend=bend)
    assert line.shape == (17, 2)
    np.testing.assert_allclose(line[[0, -1]], [start, end], atol=1e-9)


@pytest.mark.parametrize(
    ("start", "end", "km"),
    [(PARIS, DAKAR, 4212), (TOKYO, ANCHORAGE, 5561), ((0, 0), (90, 0), 10007.5),
     ((0, 0), (0, 45), 5003.8)],
)  # fmt: skip
def test_without_bend_an_arc_is_a_great_circle(
    start: tuple[float, float], end: tuple[float, float], km: float
):
    straight = SPHERE.inv(*start, *end)[2] / 1000
    assert straight == pytest.approx(km, rel=0.005)
    assert length_km(arc(start, end, points=65, bend=0)) == pytest.approx(straight, rel=1e-6)
    assert length_km(arc(start, end, points=65)) > straight


def test_a_bent_arc_leans_to_its_left_and_back_to_the_other_side():
    assert arc((0, 0), (10, 0))[8, 1] > 0.5
    assert arc((10, 0), (0, 0))[8, 1] < -0.5


def test_a_line_over_the_antimeridian_is_split_where_it_meets_it():
    west, east = split(arc(TOKYO, ANCHORAGE, bend=0))
    assert west[-1, 0] == 180
    assert east[0, 0] == -180
    assert west[-1, 1] == pytest.approx(east[0, 1])
    np.testing.assert_allclose(west[0], TOKYO)
    np.testing.assert_allclose(east[-1], ANCHORAGE)


def test_a_line_that_stays_on_one_side_is_one_part():
    assert len(split(arc(PARIS, DAKAR))) == 1


@settings(deadline=None)
@given(LON, LAT, LON, LAT)
def test_no_part_jumps_and_every_part_is_in_range(x0: float, y0: float, x1: float, y1: float):
    for part in split(arc((x0, y0), (x1, y1))):
        assert np.abs(np.diff(part[:, 0])).max() <= 180
        assert np.abs(part[:, 0]).max() <= 180 + 1e-9
        assert np.abs(part[:, 1]).max() <= 90 + 1e-9


@settings(deadline=None)
@given(LON, LAT)
def test_degrees_undo_unit_vectors(lon: float, lat: float):
    back = degrees(unit_vectors(np.array([lon]), np.array([lat])))[0]
    turned = (back[0] - lon + 180) % 360 - 180
    assert abs(turned) < 1e-7 or abs(abs(turned) - 360) < 1e-7
    assert back[1] == pytest.approx(lat, abs=1e-9)


def test_lines_are_broken_by_none():
    lines = arcs(np.array([PARIS, TOKYO]), np.array([DAKAR, ANCHORAGE]))
    lon, lat = broken(lines)
    assert len(lon) == len(lat)
    assert all((x is None) == (y is None) for x, y in zip(lon, lat, strict=True))
    assert lon.count(None) == 3
    assert lon[0] == PARIS[0]


def test_a_track_is_a_line_that_rfc_7946_accepts():
    one, two = track(*PARIS, *DAKAR), track(*TOKYO, *ANCHORAGE)
    assert one is not None
    assert two is not None
    assert (one.geom_type, two.geom_type) == ("LineString", "MultiLineString")
    assert track(*PARIS, float("nan"), 0) is None
