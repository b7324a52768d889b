"""Sheets: the facts of one place, counted again from the files."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geo.cases import cases_of
from geo.corridors import links_of, selected_links
from geo.places import FRANCE
from geo.sheets import (
    PlaceSheet,
    containers,
    identity_of,
    inside,
    presence_of,
    sheet_of_place,
    side_of,
    stances_met,
    themes_of,
    vectors_at,
)
from geo.world import World

DATA = Path(__file__).resolve().parents[2] / "data"
Row = dict[str, str]


def rows(table: str) -> list[Row]:
    with (DATA / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def raw_links(of: Callable[[Row], bool]) -> list[Row]:
    """Links of the file, with the country of their foreign end, for which `of` holds."""
    country = {r["place_id"]: r["country_id"] for r in rows("links/places.csv")}
    links = [r | {"country": country[r["b_id"]]} for r in rows("links/links.csv")]
    return [r for r in links if of(r)]


def departements() -> dict[str, str]:
    """The département of each commune and EPCI, and of itself."""
    known = {r["commune_id"]: r["departement_id"] for r in rows("reference/communes.csv")}
    known |= {r["epci_id"]: r["departement_id"] for r in rows("reference/epci.csv")}
    return known | {r["departement_id"]: r["departement_id"]
                    for r in rows("reference/departements.csv")}  # fmt: skip


@pytest.fixture(scope="module")
def sheet(world: World) -> Callable[[str], PlaceSheet]:
    return lambda place_id: sheet_of_place(world, place_id, links_of(world))


def check_links(found: PlaceSheet, expected: list[Row]) -> None:
    """What a sheet tells of its links, against the rows of the file."""
    assert len(found.links) == len(expected)
    themes = Counter(t or "undeclared" for r in expected for t in r["themes"].split(";"))
    assert found.themes == dict(themes)
    assert found.kinds == dict(Counter(r["kind"] for r in expected))
    assert found.statuses == dict(Counter(r["status"] for r in expected))
    years = Counter(int(r["start_year"]) for r in expected if r["start_year"])
    assert {year: n for year, n in found.years.items() if n} == dict(years)
    assert found.undated == sum(not r["start_year"] for r in expected)


def test_a_departement(sheet: Callable[[str], PlaceSheet]):
    found = sheet("departement:93")
    at = departements()
    expected = raw_links(lambda link: at.get(link["a_id"]) == "departement:93")
    check_links(found, expected)
    countries = Counter(r["country"] for r in expected)
    assert dict(zip(found.partners["key"], found.partners["links"], strict=True)) == countries
    assert (np.diff(found.partners["links"]) <= 0).all()
    assert found.partner_places["links"].sum() == len(expected)
    assert found.stances["links"].sum() == len(expected)
    assert found.stances["countries"].sum() == len(countries)
    assert found.side == "a"


def test_a_region_holds_all_that_it_contains(sheet: Callable[[str], PlaceSheet]):
    region = {r["departement_id"]: r["region_id"] for r in rows("reference/departements.csv")}
    at = departements()
    expected = raw_links(
        lambda link: region.get(at.get(link["a_id"], ""), link["a_id"]) == "region:53"
    )
    found = sheet("region:53")
    check_links(found, expected)
    commune_region = {c: region[d] for c, d in at.items() if c.startswith(("commune:", "epci:"))}
    members = [
        r for r in rows("networks/members.csv")
        if commune_region.get(r["place_id"], r["place_id"]) == "region:53"
    ]  # fmt: skip
    assert sorted(zip(found.members["network_id"], found.members["member_name"], strict=True)) == (
        sorted((r["network_id"], r["member_name"]) for r in members)
    )
    figures = [r for r in rows("vectors/vectors.csv") if r["place_id"] == "region:53"
               and r["kind"] == "refugee_asylum" and r["year"] == "2022"]  # fmt: skip
    told = found.vectors[found.vectors["kind"] == "refugee_asylum"]
    assert {float(r["value"]) for r in figures} <= set(told["value"])


def test_a_commune_has_the_figures_of_its_departement(
    world: World, sheet: Callable[[str], PlaceSheet]
):
    found = sheet("commune:93066")
    check_links(found, raw_links(lambda link: link["a_id"] == "commune:93066"))
    assert found.presence.of == "departement:93"
    assert found.presence is not presence_of(world, "departement:93")
    assert found.presence.table.equals(presence_of(world, "departement:93").table)
    assert found.identity.within == (
        FRANCE, "region:11", "departement:93", "epci:200054781", "epci:200057867",
    )  # fmt: skip
    row = next(r for r in rows("reference/communes.csv") if r["code"] == "93066")
    assert found.identity.population == int(row["population"])
    assert found.identity.codes == (("code", "93066"), ("siren", row["siren"]))
    assert found.identity.population_source == "reference/cog"


def test_a_country(sheet: Callable[[str], PlaceSheet]):
    expected = raw_links(lambda link: link["country"] == "country:MLI")
    found = sheet("country:MLI")
    check_links(found, expected)
    assert found.side == "b"
    assert dict(zip(found.partner_places["key"], found.partner_places["links"], strict=True)) == (
        Counter(r["a_id"] for r in expected)
    )
    assert found.partners["links"].sum() == len(expected)
    assert found.identity.population is None
    assert ("iso3", "MLI") in found.identity.codes
    assert "ldc" in found.identity.groups
    values = found.vectors.set_index("indicator")["value"]
    raw = [r for r in rows("vectors/vectors.csv") if r["place_id"] == "country:MLI"]
    assert [float(r["value"]) for r in raw if r["indicator"] == "emigrants"] == [
        values["emigrants"]
    ]


def test_a_first_level_unit_and_its_town(world: World, sheet: Callable[[str], PlaceSheet]):
    """Dakar the region holds Dakar the town, found in it by its point."""
    region, town = sheet("admin1:SN-DK"), sheet("geonames:2253354")
    check_links(town, raw_links(lambda link: link["b_id"] == "geonames:2253354"))
    assert set(town.links.at) < set(region.links.at)
    assert containers(world, "geonames:2253354") == ("country:SEN", "admin1:SN-DK")
    assert containers(world, "admin1:SN-DK") == ("country:SEN",)
    assert ("geonames", "2253354") in town.identity.codes
    assert region.presence.of == "country:SEN"
    assert "geonames:2253354" in set(region.members["place_id"])


def test_a_commune_with_nothing(sheet: Callable[[str], PlaceSheet]):
    found = sheet("commune:01001")
    check_links(found, [])
    for table in (found.partners, found.partner_places, found.stances, found.vectors,
                  found.members, found.cases):  # fmt: skip
        assert table.empty
    assert found.themes == found.years == {}
    assert found.identity.point is None
    assert found.presence.of == "departement:01"
    assert found.sources[-1] == "reference/cog"


def test_the_home_country(world: World, sheet: Callable[[str], PlaceSheet]):
    found = sheet(FRANCE)
    assert len(found.links) == len(rows("links/links.csv"))
    assert found.presence.definition == "un_migrants"
    un = {
        r["origin_id"]: float(r["value"]) for r in rows("diaspora/figures.csv")
        if r["definition"] == "un_migrants" and r["origin_id"].startswith("country:")
    }  # fmt: skip
    assert found.presence.table.iloc[0]["number"] == max(un.values())
    assert len(found.presence.table) == len(un)
    assert side_of(world, FRANCE) == "a"


def test_one_definition_at_a_time(world: World):
    """Those born abroad by country in the département; each population apart in the totals."""
    found = presence_of(world, "departement:93")
    expected = {
        r["origin_id"]: float(r["value"]) for r in rows("diaspora/figures.csv")
        if r["place_id"] == "departement:93" and r["definition"] == "born_abroad"
        and r["measure"] == "number" and r["origin_id"].startswith("country:")
    }  # fmt: skip
    assert found.definition == "born_abroad"
    assert dict(zip(found.table["place_id"], found.table["number"], strict=True)) == expected
    totals = found.totals.set_index("definition")
    assert totals.index.is_unique
    assert totals.at["immigrants", "share"] == 31.407
    assert totals.at["immigrants", "number"] == 519670
    assert totals.at["immigrants", "source_id"] != totals.at["immigrants", "number_source_id"]
    assert found.first["origin_id"].tolist() == ["country:DZA", "country:MAR", "country:TUN"]


def test_the_latest_year_of_the_place_itself(world: World):
    """Mayotte's figures are of 2017 while others' are of 2021."""
    found = presence_of(world, "departement:976")
    assert set(found.totals["year"]) == {2017}
    assert set(found.first["year"]) == {2017}


def test_where_the_people_of_a_country_live(world: World):
    found = presence_of(world, "geonames:2253354")
    expected = {
        r["place_id"]: float(r["value"]) for r in rows("diaspora/figures.csv")
        if r["origin_id"] == "country:SEN" and r["definition"] == "born_abroad"
        and r["measure"] == "number" and r["place_id"].startswith("region:")
    }  # fmt: skip
    assert found.of == "country:SEN"
    assert dict(zip(found.table["place_id"], found.table["number"], strict=True)) == expected
    assert found.table["number"].is_monotonic_decreasing
    assert set(found.totals["place_id"]) <= {FRANCE, "area:FRA-METRO"}


def test_filters_act_on_the_links_of_a_sheet(world: World):
    links = selected_links(links_of(world), {"partner": ("country:MLI",)})
    found = sheet_of_place(world, "region:53", links)
    assert set(found.partners["key"]) == {"country:MLI"}
    whole = sheet_of_place(world, "region:53", links_of(world))
    assert found.members.equals(whole.members)


def test_every_source_of_a_sheet_is_known(world: World, sheet: Callable[[str], PlaceSheet]):
    for place_id in ("departement:93", "country:MLI", FRANCE, "epci:200054781"):
        assert set(sheet(place_id).sources) <= set(world.sources)


def test_an_epci_has_the_vectors_of_its_communes(world: World):
    member = {r["commune_id"] for r in rows("reference/communes.csv")
              if "epci:200054781" in (r["epci_id"], r["ept_id"])}  # fmt: skip
    told = vectors_at(world, "epci:200054781")
    assert set(told["place_id"]) <= {*member, "epci:200054781"}
    assert "commune:75056" in set(told["place_id"])


def test_the_latest_year_of_each_vector(world: World):
    told = vectors_at(world, FRANCE)
    keys = ["kind", "indicator", "unit", "measure", "origin", "place_id"]
    assert not told.duplicated(keys).any()
    projects = told[told["unit"] == "foreign investment projects"]
    years = [int(r["year"]) for r in rows("vectors/vectors.csv")
             if r["place_id"] == FRANCE and r["unit"] == "foreign investment projects"]  # fmt: skip
    assert projects["year"].tolist() == [max(years)]


def test_a_vector_says_the_page_that_states_it(world: World):
    told = vectors_at(world, FRANCE)
    raw = {(r["kind"], r["indicator"], r["unit"], r["year"]): r["source_title"]
           for r in rows("vectors/vectors.csv") if r["place_id"] == FRANCE}  # fmt: skip
    alone = told[told["rows"] == 1]
    assert len(alone) > 0
    for row in alone.to_dict("records"):
        key = (row["kind"], row["indicator"], row["unit"], str(row["year"]))
        assert row["source_title"] == raw[key]
    assert set(told.loc[told["rows"] > 1, "source_title"]) <= {""}


def test_the_drawn_world(small_world: World):
    found = sheet_of_place(small_world, "region:11", links_of(small_world))
    assert sorted(found.links.at) == [0, 1, 2, 3]
    assert found.partners.frame()[["key", "links"]].to_numpy().tolist() == [
        ["country:SEN", 3], ["country:MLI", 1],
    ]  # fmt: skip
    assert found.themes == {"water": 3, "health": 1, "undeclared": 1}
    assert list(found.themes)[-1] == "undeclared"
    assert stances_met(found.links)["links"].sum() == 4
    assert found.years[1990] == 1
    assert found.undated == 1
    assert set(found.members["member_name"]) == {"Paris", "Seine-Saint-Denis", "Saint-Denis"}
    assert found.presence.totals["number"].tolist() == [900]
    assert themes_of(found.links.taken(np.zeros(4, dtype=bool))) == {}


def test_cases_and_members_lie_in_what_contains_them(small_world: World):
    found = inside(cases_of(small_world), "departement:69")
    assert found["case_id"].tolist() == ["S005"]
    assert inside(cases_of(small_world), "country:SEN")["case_id"].tolist() == ["S001"]
    assert inside(cases_of(small_world), "departement:75").empty


def test_an_unknown_place_is_an_error(world: World):
    with pytest.raises(KeyError):
        identity_of(world, "departement:999")


def test_a_town_that_only_a_membership_names(world: World, sheet: Callable[[str], PlaceSheet]):
    linked = set(world.table("places")["place_id"])
    members = world.table("members")
    named = members[members["place_id"].str.startswith("geonames:")]
    alone = named[~named["place_id"].isin(linked)].iloc[0]
    found = sheet(alone["place_id"])
    assert found.identity.source == alone["source_id"]
    assert ("geonames", alone["place_id"].split(":")[1]) in found.identity.codes
    assert alone["place_id"] in set(found.members["place_id"])
    check_links(found, [])
