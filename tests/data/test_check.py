"""The check: the embedded data has no fault, and every broken copy gives its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
import small
from shapely import MultiPolygon, Polygon, box

from geo.check import check
from geo.load import EMBEDDED

LIMIT_MB = 12


def edit(file: str, before: str, after: str) -> Callable[[Path], None]:
    """Replace text that stands once in a file of the small world."""

    def change(root: Path) -> None:
        text = (root / file).read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {file}"
        (root / file).write_text(text.replace(before, after), encoding="utf-8", newline="")

    return change


def redraw(name: str, place: str, shape: object, crs: str = "EPSG:4326") -> Callable[[Path], None]:
    """Give a place of a layer another shape as it stands, its rings not turned."""

    def change(root: Path) -> None:
        path = root / "boundaries" / f"{name}.parquet"
        layer = gpd.read_parquet(path)
        layer.loc[layer["place_id"] == place, "geometry"] = shape
        layer.set_crs(crs, allow_override=True).to_parquet(path, index=False)

    return change


def described(dataset: str, **values: object) -> Callable[[Path], None]:
    """Set keys of a descriptor; None takes one away."""

    def change(root: Path) -> None:
        path = root / dataset / "datapackage.json"
        descriptor = json.loads(path.read_text(encoding="utf-8")) | values
        kept = {key: value for key, value in descriptor.items() if value is not None}
        path.write_text(json.dumps(kept), encoding="utf-8")

    return change


def bytes_of(file: str, content: bytes) -> Callable[[Path], None]:
    return lambda root: (root / file).write_bytes(content) and None  # type: ignore[func-returns-value]


def gone(file: str) -> Callable[[Path], None]:
    return lambda root: (root / file).unlink()


ROW_A = "a,commune:75056,geonames:1,twinning,water;health,1990"
LINE_END = (
    "Page,https://a.example,,drawn\nb,commune:93066,geonames:1,agreement,,2005,2010",
    '"Pa\nge",https://a.example,,drawn\nb,commune:93066,geonames:1,agreement,,2005,20IO',
)
BOW_TIE = Polygon([(-20, 10), (-10, 20), (-10, 10), (-20, 20)])
NO_VINTAGE = {key: value for key, value in small.SOURCE.items() if key != "vintage"}

BROKEN: dict[str, tuple[Callable[[Path], None], str, int, str]] = {
    "a year that is no number": (
        edit("links/links.csv", ROW_A, ROW_A.replace("1990", "199O")),
        "links/links.csv", 2, "start_year «199O» is not of the type integer"),
    "a number with a fraction where a whole one goes": (
        edit("links/links.csv", ROW_A, ROW_A.replace("1990", "1990.5")),
        "links/links.csv", 2, "start_year «1990.5» is not of the type integer"),
    "a truth that is none": (
        edit("reference/countries.csv", "south,true,true,,-5", "south,true,maybe,,-5"),
        "reference/countries.csv", 3, "ldc «maybe» is not of the type boolean"),
    "a truth the schema allows and the atlas does not": (
        edit("reference/countries.csv", "south,true,true,,-5", "south,true,True,,-5"),
        "reference/countries.csv", 3, "ldc «True» is neither true nor false"),
    "an empty cell that is required": (
        edit("links/links.csv", "Page,https://c", ",https://c"),
        "links/links.csv", 4, "source_title «» is empty; every row has one"),
    "a line end in a quoted cell, then a fault": (
        edit("links/links.csv", *LINE_END),
        "links/links.csv", 4, "end_year «20IO» is not of the type integer"),
    "a key twice": (
        edit("links/links.csv", "\nb,", "\na,"),
        "links/links.csv", 3, "another row has the same link_id"),
    "an end in no table of the dataset": (
        edit("links/links.csv", "93066,geonames:1", "93066,geonames:9"),
        "links/links.csv", 3, "b_id «geonames:9» is no place_id of places"),
    "a commune that the reference has not": (
        edit("links/places.csv", "commune:69123,Lyon", "commune:99999,Lyon"),
        "links/places.csv", 3, "place_id «commune:99999» is no commune_id of communes"),
    "an id of another kind": (
        edit("reference/communes.csv", "69123,Lyon,de ,departement:69", "69123,Lyon,de ,region:84"),
        "reference/communes.csv", 2, "departement_id «region:84» is no id of departement:"),
    "a département of no région": (
        edit("reference/departements.csv", "du ,region:84", "du ,region:85"),
        "reference/departements.csv", 2, "region_id «region:85» is no region_id of regions"),
    "a commune of no EPCI": (
        edit("reference/communes.csv", "departement:75,epci:1", "departement:75,epci:7"),
        "reference/communes.csv", 3, "epci_id «epci:7» is no epci_id of epci"),
    "a place in no country": (
        edit("links/places.csv", "Kita,,commune,country:MLI", "Kita,,commune,country:XXX"),
        "links/places.csv", 9, "country_id «country:XXX» is no country_id of countries"),
    "figures of an area that is not declared": (
        edit("diaspora/figures.csv", "area:FRA-METRO", "area:FRA-ALL"),
        "diaspora/figures.csv", 2, "place_id «area:FRA-ALL» is no place_id of areas"),
    "an origin that is not declared": (
        edit("diaspora/figures.csv", "region:84,origin:native", "region:84,origin:born"),
        "diaspora/figures.csv", 12, "origin_id «origin:born» is no origin_id of origins"),
    "a State that is no country": (
        edit("stances/states.csv", "country:MLI", "country:ML"),
        "stances/states.csv", 2, "country_id «country:ML» is no country_id of countries"),
    "a code without a label": (
        edit("links/links.csv", "water;health", "water;sport"),
        "links/links.csv", 2, "themes «sport» is not in codes.csv (theme); it has: health, water"),
    "a group by a column that countries have not": (
        edit("reference/groups.csv", "ldc,ldc,", "ldc,lcd,"),
        "reference/groups.csv", 2, "column «lcd» is not in the columns of countries"),
    "a source that the package does not have": (
        edit("links/links.csv", "https://d.example,,drawn", "https://d.example,,found"),
        "links/links.csv", 5, "source_id «found» is not a source of this package; it has: drawn"),
    "a point in another country": (
        edit("links/places.csv", "commune,country:MLI,,-5,12", "commune,country:MLI,,-15,12"),
        "links/places.csv", 9, "point -15, 12 lies 545 km from country:MLI"),
    "a point far from its own unit": (
        edit("reference/admin1.csv", "Kayes,Kayes,-5,15", "Kayes,Kayes,5,15"),
        "reference/admin1.csv", 2, "point 5, 15 lies 538 km from admin1:ML-1"),
    "a column that the code needs": (
        edit("stances/rule.csv", "criterion,weight", "criterion,points"),
        "stances/rule.csv", 1, "columns weight are missing"),
    "text that is not UTF-8": (
        bytes_of("diaspora/origins.csv", b"origin_id,label_fr\norigin:all,T\xe9l\xe9\n"),
        "diaspora/origins.csv", 2, "byte 0xe9 is not UTF-8"),
    "a table that is missing": (
        gone("stances/parameters.csv"), "stances/parameters.csv", 0, "cannot be read"),
    "a table without a line": (
        bytes_of("stances/parameters.csv", b""), "stances/parameters.csv", 0, "is empty"),
    "a row with a cell too many": (
        edit("stances/parameters.csv", "start,50,drawn", "start,50,drawn,drawn"),
        "stances/parameters.csv", 5, "extra value"),
    "a descriptor that is not JSON": (
        bytes_of("stances/datapackage.json", b"{"),
        "stances/datapackage.json", 0, "cannot be read as JSON"),
    "a descriptor that is a list": (
        bytes_of("stances/datapackage.json", b"[]"),
        "stances/datapackage.json", 0, "holds no object"),
    "a source without vintage": (
        described("links", sources=[NO_VINTAGE]),
        "links/datapackage.json", 0, "«vintage» is missing or empty"),
    "two sources of one id": (
        described("links", sources=[small.SOURCE, small.SOURCE]),
        "links/datapackage.json", 0, "two sources have the id «drawn»"),
    "a source that is a word": (
        described("links", sources=["me"]),
        "links/datapackage.json", 0, "«producer» is missing or empty"),
    "a resource of another folder": (
        described("links", resources=[{"name": "secrets", "path": "../../secrets.csv"}]),
        "links/datapackage.json", 0, "«path» is «../../secrets.csv»; it is the name of a file"),
    "a resource without fields": (
        described("links", resources=[{"name": "links", "path": "links.csv"}]),
        "links/datapackage.json", 0, "«schema» has no list of named fields"),
    "a layer that is no GeoParquet": (
        bytes_of("boundaries/regions.parquet", b"PAR1"),
        "boundaries/regions.parquet", 0, "cannot be read as GeoParquet"),
    "a layer in metres": (
        redraw("regions", "", None, "EPSG:2154"),
        "boundaries/regions.parquet", 0, "is in EPSG:2154; boundaries are in EPSG:4326"),
    "a bow tie": (
        redraw("countries", "country:SEN", BOW_TIE),
        "boundaries/countries.parquet", 0, "country:SEN is not valid: Self-intersection"),
    "a place without surface": (
        redraw("countries", "country:SEN", MultiPolygon()),
        "boundaries/countries.parquet", 0, "country:SEN has no surface"),
    "a line for a boundary": (
        redraw("countries", "country:SEN", shapely.LineString([(-20, 10), (-10, 20)])),
        "boundaries/countries.parquet", 0, "country:SEN is a LineString; boundaries are polygons"),
    "a ring the wrong way round": (
        redraw("countries", "country:SEN", box(-20, 10, -10, 20, ccw=False)),
        "boundaries/countries.parquet", 0, "country:SEN has rings in the wrong order"),
    "a shape beyond the antimeridian": (
        redraw("countries", "country:SEN", box(-190, 10, -170, 20)),
        "boundaries/countries.parquet", 0, "country:SEN reaches from -190, 10 to -170, 20"),
    "a shape over half the sphere": (
        redraw("countries", "country:SEN", box(-180, -60, 180, 60)),
        "boundaries/countries.parquet", 0, "country:SEN covers more than half the sphere"),
    "neighbours that overlap": (
        redraw("admin1", "admin1:SN-DK", box(-20, 10, -14.9, 20)),
        "boundaries/admin1.parquet", 0, "admin1:SN-DK does not share its border with a neighbour"),
    "a boundary of no place": (
        edit("reference/admin1.csv", "admin1:ML-1,", "admin1:ML-2,"),
        "boundaries/admin1.parquet", 0, "place_id «admin1:ML-1» is no admin1_id of admin1"),
    "a place without boundary": (
        edit("reference/admin1.csv", "admin1:ML-1,", "admin1:ML-2,"),
        "boundaries/admin1.parquet", 0, "«admin1:ML-2» of admin1 has no boundary here"),
}  # fmt: skip


def test_the_embedded_data_has_no_fault():
    assert [str(fault) for fault in check(progress=False)] == []


def test_the_embedded_data_is_small_enough_to_ship():
    size = sum(path.stat().st_size for path in EMBEDDED.rglob("*.*"))
    assert size <= LIMIT_MB * 1e6


def test_the_small_world_has_no_fault(small_data: Path):
    assert check([small_data], progress=False) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_copy_gives_its_fault_with_file_and_line(name: str, copied: Path):
    change, file, line, message = BROKEN[name]
    change(copied)
    faults = check([copied], progress=False)
    assert [(f.file, f.line) for f in faults if message in f.message] == [(file, line)], faults


def test_every_fault_is_gathered(copied: Path):
    names = ["a year that is no number", "a point in another country", "a bow tie",
             "a State that is no country", "a source without vintage"]  # fmt: skip
    for name in names[:-1]:
        BROKEN[name][0](copied)
    described("diaspora", sources=[NO_VINTAGE])(copied)
    said = [(fault.file, fault.line) for fault in check([copied], progress=False)]
    assert {BROKEN[name][1:3] for name in names[:-1]} <= set(said)
    assert ("diaspora/datapackage.json", 0) in said


def test_a_place_declared_as_contested_may_lie_in_the_other_country(copied: Path):
    BROKEN["a point in another country"][0](copied)
    with (copied / "links/contested.csv").open("a", encoding="utf-8") as rows:
        rows.write("place:mli-kita,country:SEN,Deux cartes,Two maps,Map,https://m.example,drawn\n")
    assert check([copied], progress=False) == []


def test_a_dataset_of_ones_own_is_checked_alone_against_the_embedded_places(copied: Path):
    edit("stances/states.csv", "country:MLI", "country:ZZZ")(copied)
    faults = check([copied / "stances"], progress=False)
    assert [f.message for f in faults] == ["country_id «country:ZZZ» is no country_id of countries"]


def test_a_folder_without_dataset_is_a_fault(tmp_path: Path):
    assert "no dataset here" in check([tmp_path], progress=False)[0].message
