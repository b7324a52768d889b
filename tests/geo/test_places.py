"""Names folded and searched, and everything that contains a place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.places import LEVELS, Places, fold, places_of
from geo.world import World


@pytest.fixture(scope="module")
def small_places(small_world: World) -> Places:
    return places_of(small_world)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Île-de-France", "ile de france"), ("L'Haÿ-les-Roses", "l hay les roses"),
        ("L’Abergement", "l abergement"), ("Œuilly", "oeuilly"), ("  SAINT  Denis ", "saint denis"),
        ("Thiès", "thies"), ("Türkiye", "turkiye"), ("Saint_Denis/Pierre", "saint denis pierre"),
        ("", ""),
    ],
)  # fmt: skip
def test_fold(text: str, folded: str):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("text", ["Saint-Denis", "saint denis", "SAINT-DENIS", "  saint  denis"])
def test_saint_denis_is_found_however_it_is_written(small_places: Places, text: str):
    found = small_places.search(text, LEVELS)
    assert found == ["commune:93066", "departement:93", "commune:93001"]


def test_names_that_begin_so_come_first_then_wider_then_larger(world: World):
    found = places_of(world).search("Saint-Denis", ("departement", "commune"))
    names = [fold(places_of(world).name(place, "fr")) for place in found]
    begins = [name.startswith("saint denis") for name in names]
    assert begins == sorted(begins, reverse=True)
    assert found[:2] == ["commune:97411", "commune:93066"]
    assert found.index("departement:93") > found.index("commune:93066")


def test_a_search_in_either_language(small_places: Places):
    assert small_places.search("senegal", ["country"]) == ["country:SEN"]
    assert small_places.search("Sénégal", ["country"]) == ["country:SEN"]


def test_a_search_keeps_to_its_levels_and_its_limit(world: World):
    places = places_of(world)
    assert len(places.search("saint", ["commune"], limit=7)) == 7
    assert all(p.startswith("region:") for p in places.search("a", ["region"]))
    assert places.search("", LEVELS) == []
    assert places.search("no such place", LEVELS) == []


def test_a_place_has_all_that_contains_it(small_places: Places):
    row = small_places.frame.loc["commune:93066"]
    assert row[["country_id", "region_id", "departement_id", "epci_id", "ept_id"]].tolist() == [
        "country:FRA", "region:11", "departement:93", "epci:1", "epci:2",
    ]  # fmt: skip


def test_a_place_without_point_takes_that_of_the_links(small_places: Places):
    assert small_places.frame.loc["commune:93066", ["lon", "lat"]].tolist() == [4, 45]


def test_towns_that_only_links_name_are_places(small_places: Places):
    assert "place:mli-kita" in small_places
    assert small_places.name("geonames:2", "en") == "Gorée"
    assert "commune:00000" not in small_places
    with pytest.raises(KeyError):
        small_places.name("commune:00000", "fr")


def test_ids_are_unique_and_text_is_never_missing(world: World):
    frame = places_of(world).frame
    assert frame.index.is_unique
    text = frame[["name_fr", "name_en", "level", "country_id", "region_id"]]
    assert not text.isna().any(axis=None)
    assert (frame["name_fr"] != "").all()
