"""Boundary conventions: words and layers, contested areas as measured, contested links."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geo.check import check
from geo.conventions import (
    contested_areas,
    contested_links,
    contested_places,
    convention_names,
    convention_of,
    conventions,
    drawn_apart,
)
from geo.drawn import contested_outlines, country_ids, geojson, hatches, unassigned_ids
from geo.load import load
from geo.world import World

DATA = Path(__file__).resolve().parents[2] / "data"

# Where each layer puts a point on the ground, read off the shapes and not off the tables.
POINTS = [
    ("Simferopol", 34.1, 44.95, "country:UKR", "country:UKR"),
    ("Smara", -11.67, 26.74, "country:ESH", "country:ESH"),
    ("Srinagar", 74.8, 34.08, "country:IND", "contested:jammu-kashmir"),
    ("Muzaffarabad", 73.47, 34.37, "country:PAK", "contested:jammu-kashmir"),
    ("Aksai Chin", 79.3, 35.2, "country:CHN", "contested:aksai-chin"),
    ("Itanagar", 93.6, 27.1, "country:IND", "contested:arunachal-pradesh"),
    ("Siachen", 77.1, 35.45, "", "contested:jammu-kashmir"),
    ("Abyei", 28.43, 9.59, "country:SDN", "country:SSD"),
    ("Hala'ib", 35.3, 22.4, "country:EGY", "contested:halaib"),
    ("Bir Tawil", 33.7, 21.87, "country:SDN", "contested:bir-tawil"),
    ("Ilemi", 35.2, 4.85, "country:KEN", "contested:ilemi"),
    ("Falklands", -58.6, -51.75, "country:FLK", "country:FLK"),
    ("Pristina", 21.16, 42.66, "country:XKX", "country:XKX"),
    ("Belgrade", 20.46, 44.8, "country:SRB", "country:SRB"),
    ("Ramallah", 35.2, 31.9, "country:PSE", "country:PSE"),
    ("Golan", 35.75, 33.0, "country:ISR", "country:SYR"),
    ("Taiwan", 121.1, 24.3, "country:TWN", "country:TWN"),
    ("Hargeisa", 44.06, 9.56, "country:SOM", "country:SOM"),
    ("Kyrenia", 33.3, 35.25, "country:CYP", "country:CYP"),
    ("Cayenne", -52.5, 4.5, "country:FRA", "country:FRA"),
    ("San Marino", 12.45, 43.94, "country:SMR", "country:SMR"),
]


def holder(layer: gpd.GeoDataFrame, lon: float, lat: float) -> str:
    inside = layer.loc[layer.geometry.contains(shapely.Point(lon, lat)), "place_id"]
    return ";".join(sorted(inside))


def rows_of(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_conventions_are_those_of_the_table_the_default_first(world: World):
    assert convention_names(world) == ("visionscarto", "un")
    assert convention_of(world) == convention_of(world, "visionscarto") == conventions(world)[0]
    with pytest.raises(KeyError):
        convention_of(world, "nobody")


def test_a_convention_has_all_its_words_a_source_and_two_layers(world: World):
    for each in conventions(world):
        for lang in ("fr", "en"):
            assert each.label(lang)
            assert each.statement(lang).endswith(".")
            assert each.detail(lang).endswith(".")
        assert each.source in world.sources
        assert set(world.layer(each.layer)["place_id"]) == set(
            world.layer(each.world_layer)["place_id"]
        )


@pytest.mark.parametrize(("name", "lon", "lat", "first", "second"), POINTS)
def test_a_point_lies_where_each_convention_puts_it(
    world: World, name: str, lon: float, lat: float, first: str, second: str
):
    held = [holder(world.layer(each.layer), lon, lat) for each in conventions(world)]
    assert held == [first, second], name


def test_every_country_has_a_shape_in_both_but_chagos_which_the_united_nations_put_in_mauritius(
    world: World,
):
    first, second = (set(country_ids(world, name)) for name in convention_names(world))
    assert first - second == {"country:IOT"} == set(convention_of(world, "un").undrawn)
    assert second <= first
    assert holder(world.layer("countries_un"), 72.4835, -7.34) == "country:MUS"


def test_areas_in_no_state_are_shapes_of_their_own(world: World):
    assert unassigned_ids(world) == ()
    areas = unassigned_ids(world, "un")
    assert len(areas) == 6
    assert set(areas) <= {row["area_id"] for row in rows_of("boundaries/contested_areas.csv")}


def test_what_is_said_of_an_area_agrees_with_the_shapes(world: World):
    """Each area that is drawn whole: its point lies in the shape that the table names."""
    areas = contested_areas(world)
    assert len(areas) == 2 * 18
    for row in areas[areas["manner"] != "several"].to_dict("records"):
        layer = world.layer(convention_of(world, row["convention"]).layer)
        assert holder(layer, row["lon"], row["lat"]) == row["place_ids"], row["area_id"]


def test_shares_of_a_divided_area_are_those_of_another_projection(world: World):
    """Jammu and Kashmir, measured again on an equal-area projection centred there."""
    row = contested_areas(world).set_index(["area_id", "convention"]).loc[
        ("contested:jammu-kashmir", "visionscarto")
    ]  # fmt: skip
    centred = "+proj=laea +lat_0=34.5 +lon_0=76"
    area = world.layer("countries_un").to_crs(centred).set_index("place_id")
    states = world.layer("countries").to_crs(centred).set_index("place_id")
    whole = area.geometry["contested:jammu-kashmir"]
    shares = [100 * states.geometry[place].intersection(whole).area / whole.area
              for place in row["place_ids"].split(";")]  # fmt: skip
    assert [float(share) for share in row["shares"].split(";")] == pytest.approx(shares, abs=1)


def test_every_area_has_a_statement_and_a_source_under_each_convention(world: World):
    areas = contested_areas(world)
    assert areas.groupby("area_id")["convention"].nunique().eq(2).all()
    assert areas["source_id"].isin(list(world.sources)).all()
    assert areas[["statement_fr", "statement_en"]].ne("").all(axis=None)


def test_contested_links_are_those_with_a_contested_end_counted_again(world: World):
    places = {row["place_id"]: row for row in rows_of("links/contested.csv")}
    expected = sorted(
        (row["link_id"], end)
        for row in rows_of("links/links.csv")
        for end in ("a", "b")
        if row[f"{end}_id"] in places
    )
    found = contested_links(world)
    assert list(zip(found["link_id"], found["end"], strict=True)) == expected
    assert len(expected) == 13
    for row in found.to_dict("records"):
        assert row["reason_fr"] == places[row["place_id"]]["reason_fr"]
        assert row["source_address"].startswith("https://")


def test_the_country_of_a_contested_place_is_measured_under_each_convention(
    copied: Path,
):
    """Kita lies at lat 12, in Mali under both; moved to lat 19, in the north apart for one."""
    path = copied / "links" / "places.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",-5,12,", ",-5,19,"), encoding="utf-8", newline="\n")
    contested = copied / "links" / "contested.csv"
    row = "place:mli-kita,country:SEN,Raison,Reason,Page,https://c.example,drawn\n"
    contested.write_text(contested.read_text(encoding="utf-8") + row, encoding="utf-8")
    found = contested_links(load(copied)).to_dict("records")
    assert [(r["link_id"], r["end"], r["country_id"]) for r in found] == [("c", "b", "country:MLI")]
    assert found[0]["in_drawn"] == "country:MLI"
    assert found[0]["in_un"] == "contested:north"


def test_a_contested_place_without_a_shape_near_has_none(copied: Path):
    path = copied / "links" / "places.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",-5,12,", ",60,-40,"), encoding="utf-8", newline="\n")
    contested = copied / "links" / "contested.csv"
    row = "place:mli-kita,,Raison,Reason,Page,https://c.example,drawn\n"
    contested.write_text(contested.read_text(encoding="utf-8") + row, encoding="utf-8")
    assert contested_places(load(copied))["in_un"].tolist() == [""]


def test_no_contested_place_gives_an_empty_table_with_its_columns(small_world: World):
    links = contested_links(small_world)
    assert len(links) == 0
    assert {"link_id", "place_id", "reason_fr", "in_drawn", "in_un"} <= set(links.columns)


def test_shapes_for_the_browser_follow_the_convention(small_world: World):
    assert country_ids(small_world, "un") == ("country:FRA", "country:MLI", "country:SEN")
    assert unassigned_ids(small_world, "un") == ("contested:north",)
    assert b"contested:north" in geojson(small_world, "countries_un")
    assert b"contested:north" not in geojson(small_world, "countries")
    assert set(hatches(small_world, "un")) == {*country_ids(small_world, "un"), "contested:north"}


def test_the_limit_of_an_area_is_its_border_and_not_its_coast(small_world: World):
    """The north of Mali touches Mali along lat 18 and Senegal along lon -10."""
    lon, lat = contested_outlines(small_world, "un")
    points = {(x, y) for x, y in zip(lon, lat, strict=True) if x is not None}
    assert points == {(-10, 20), (-10, 18), (0, 18)}
    assert contested_outlines(small_world) == ([], [])


def test_limits_lie_on_the_borders_that_are_drawn(world: World):
    for name in convention_names(world):
        lon, lat = contested_outlines(world, name)
        assert lon[-1] is None
        assert len(lon) == len(lat)
        assert len(drawn_apart(world, name)) >= 6


def test_a_country_that_a_convention_may_leave_out_is_told_where_it_does_not_say_so(
    copied: Path,
):
    assert check([copied], progress=False) == []
    path = copied / "boundaries" / "countries_un.parquet"
    layer = gpd.read_parquet(path)
    layer[layer["place_id"] != "country:SEN"].to_parquet(path, index=False)
    told = "\n".join(map(str, check([copied], progress=False)))
    assert "«country:SEN» of countries has no boundary here" in told
    table = copied / "boundaries" / "conventions.csv"
    said = table.read_text(encoding="utf-8").replace(
        "countries_un_world,,drawn", "countries_un_world,country:SEN,drawn"
    )
    table.write_text(said, encoding="utf-8", newline="\n")
    assert check([copied], progress=False) == []
