"""Ends of links to places: codes, names, homonyms, points, and what waits for a decision."""

from __future__ import annotations

import math

import pytest

from geo.ingest.countries import country_of
from geo.ingest.ends import NEAR_KM, End, Match, matched
from geo.ingest.gazetteer import folded, levelled, variants
from geo.places import FRANCE, places_of
from geo.world import World


def one(world: World, name: str, **told: object) -> Match:
    return matched(world, [End(name, **told)])[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "code"),
    [("Mali", "MLI"), ("mli", "MLI"), ("ML", "MLI"), ("466", "MLI"), ("country:MLI", "MLI"),
     ("Côte d’Ivoire", "CIV"), ("COTE D'IVOIRE", "CIV"), ("Ivory Coast", "CIV"),
     ("République tchèque", "CZE"), ("Palestinian National Authority", "PSE"),
     ("Territoires palestiniens", "PSE"), ("State of Palestine", "PSE"),
     ("People's Republic of China", "CHN"), ("Congo, Dem. Rep.", "COD"), ("Congo", "COG"),
     ("Trinidad and Tobago", "TTO"), ("St. Lucia", "LCA"), ("Les Comores", "COM"),
     ("Viet Nam", "VNM"), ("Deutschland", "DEU")],
)  # fmt: skip
def test_countries_by_any_of_their_names(said: str, code: str, world: World):
    assert country_of(world, said) == f"country:{code}"


@pytest.mark.parametrize(
    ("name", "code", "country", "place"),
    [("", "ML-3", "country:MLI", "admin1:ML-3"), ("", "ml-3", "country:MLI", "admin1:ML-3"),
     ("Berlin", "Q64", "country:DEU", "geonames:2950159"),
     ("Bamako", "geonames:2460596", "country:MLI", "geonames:2460596"),
     ("Bamako", "2460596", "country:MLI", "geonames:2460596"),
     ("Rennes", "213502388", FRANCE, "commune:35238"),
     ("Rennes Métropole", "243500139", FRANCE, "epci:243500139"),
     ("", "departement:35", FRANCE, "departement:35")],
)  # fmt: skip
def test_an_end_by_its_code(name: str, code: str, country: str, place: str, world: World):
    found = one(world, name, code=code, country=country)
    by = "name" if code.startswith("Q") else "code"
    assert (found.place_id, found.method, found.score) == (place, by, 1.0)


def test_a_unit_by_its_item_of_wikidata(world: World):
    units = world.table("admin1")
    row = units[(units["wikidata_id"] != "") & (units["country_id"] == "country:MLI")].iloc[0]
    found = one(world, "", code=row["wikidata_id"], country="country:MLI")
    assert found.place_id == row["admin1_id"]


def test_a_number_under_another_name_is_no_town_s_id(world: World):
    assert one(world, "Kayes", code="2460596", country="country:MLI").place_id != "geonames:2460596"


@pytest.mark.parametrize(
    "said", ["", " ", "Prussia", "World", "Other South", "<script>", "Afrique"]
)
def test_what_is_no_country_is_none(said: str, world: World):
    assert country_of(world, said) == ""


@pytest.mark.parametrize(
    ("name", "level", "plain"),
    [("Conseil départemental du Val-de-Marne", "departement", "val de marne"),
     ("Région Bretagne", "region", "bretagne"), ("Ville de Saint-Denis", "commune", "saint denis"),
     ("Métropole de Lyon", "epci", "lyon"), ("CC du Pays de Gex", "epci", "pays de gex"),
     ("La Rochelle", "", "rochelle"), ("St-Étienne", "", "saint etienne")],
)  # fmt: skip
def test_a_name_may_say_its_level(name: str, level: str, plain: str):
    assert levelled(name) == (level, plain)


def test_one_name_in_the_forms_it_may_be_known_by():
    assert folded("L'Haÿ-les-Roses") == folded("L’HAY LES ROSES") == "hay les roses"
    assert variants("Bussières, Saône-et-Loire")[:2] == ["bussieres saone et loire", "bussieres"]
    assert "finspang" in variants("Finspång Municipality")
    assert "sant vicent del raspeig" in variants(
        "San Vicente del Raspeig / Sant Vicent del Raspeig")  # fmt: skip


@pytest.mark.parametrize(
    ("code", "place"),
    [("93066", "commune:93066"), ("1001", "commune:01001"), ("2a004", "commune:2A004"),
     ("200054781", "epci:200054781"), ("commune:93066", "commune:93066")],
)  # fmt: skip
def test_a_code_is_enough_even_without_its_zero(code: str, place: str, world: World):
    assert one(world, "", code=code, country=FRANCE) == Match(place, "code", 1.0)


@pytest.mark.parametrize(
    ("code", "name", "place"),
    [
        ("974", "La Réunion", "departement:974"),
        ("75", "Paris", "departement:75"),
        ("11", "Aude", "departement:11"),
        ("11", "Île-de-France", "region:11"),
        ("1", "Ain", "departement:01"),
        ("2a", "Corse-du-Sud", "departement:2A"),
        ("3", "Rennes", "commune:35238"),  # a rank, no code
    ],
)
def test_a_short_code_is_of_the_level_that_the_name_says(
    code: str, name: str, place: str, world: World
):
    assert one(world, name, code=code, country=FRANCE).place_id == place


def test_a_code_and_a_name_that_disagree_wait_for_a_decision(world: World):
    match = one(world, "Marseille", code="93066", country=FRANCE)
    assert (match.place_id, match.reason) == ("", "code_and_name_disagree")
    assert match.candidates == ("commune:93066",)
    assert match.doubtful


def test_homonyms_are_never_decided_by_order(world: World):
    match = one(world, "Saint-Denis", country=FRANCE)
    assert match.reason == "homonyms"
    assert {"commune:93066", "commune:97411"} <= set(match.candidates)
    by_point = one(world, "Saint-Denis", country=FRANCE, lon=2.36, lat=48.94)
    assert by_point == Match("commune:93066", "name", 1.0)
    by_departement = one(world, "Saint-Denis", country=FRANCE, departement="departement:974")
    assert by_departement.place_id == "commune:97411"


@pytest.mark.parametrize(
    ("name", "place"),
    [("Conseil départemental de la Seine-Saint-Denis", "departement:93"),
     ("Région Bretagne", "region:53"), ("Ville de Paris", "commune:75056"),
     ("Plaine Commune", "epci:200057867"), ("MARSEILLE", "commune:13055")],
)  # fmt: skip
def test_levels_in_france(name: str, place: str, world: World):
    match = one(world, name, country=FRANCE)
    assert place in places_of(world)
    assert (match.place_id, match.method) == (place, "name")


def test_a_grown_commune_is_found_from_its_point_only(world: World):
    assert one(world, "Évry", country=FRANCE, lon=2.43, lat=48.63).place_id == "commune:91228"
    assert not one(world, "Segré-en", country=FRANCE).place_id


def test_a_french_town_by_its_english_name(world: World):
    match = one(world, "Dunkirk", country=FRANCE, lon=2.3775, lat=51.0378)
    assert match.place_id == "commune:59183"


def test_a_town_abroad_by_its_name_near_its_point(world: World):
    match = one(world, "Cologne", country="country:DEU", lon=6.96, lat=50.94)
    assert (match.place_id, match.method) == ("geonames:2886242", "name")
    assert match.km < 5


def test_a_name_further_than_thirty_kilometres_is_not_it(world: World):
    far = one(world, "Cologne", country="country:DEU", lon=11.57, lat=48.14)
    assert far.method == "point"
    assert far.place_id.startswith("place:DEU-cologne-")
    assert NEAR_KM == 30


def test_a_town_without_a_point(world: World):
    assert one(world, "Bamako", country="country:MLI").place_id == "geonames:2460596"
    springfield = one(world, "Springfield", country="country:USA")
    assert springfield.reason == "homonyms"
    assert len(springfield.candidates) > 2
    assert one(world, "Nowhere at all", country="country:MLI").reason == "unknown_name"
    assert one(world, "Bamako").reason == "unknown_country"


def test_a_unit_or_the_country_itself(world: World):
    assert one(world, "Dakar Region", country="country:SEN").place_id
    assert one(world, "", country="country:SEN") == Match("country:SEN", "name", 1.0)
    assert one(world, "Sénégal", country="country:SEN").place_id == "country:SEN"


@pytest.mark.parametrize(
    "end",
    [End(""), End("<script>alert(1)</script>", country=FRANCE), End("x" * 5000, country=FRANCE),
     End("=HYPERLINK(1)", country="country:MLI"), End("12", "abc", "country:XXX"),
     End("Lyon", lon=math.inf, lat=0.0), End("東京", country="country:JPN")],
)  # fmt: skip
def test_nonsense_gets_a_reason(end: End, world: World):
    match = matched(world, [end])[0]
    assert not match.place_id
    assert match.reason
