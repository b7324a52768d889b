"""Every format of export opens in a reader that is not ours, with the same rows and its sources."""

from __future__ import annotations

import csv
import dataclasses
import html
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import frictionless
import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest

from dashboard.exports import EXPORTS, OPTIONS, Refused, export
from dashboard.rendering import parts
from dashboard.showing import shown
from dashboard.state import LANGUAGES, VIEWS, Vocabulary, parse
from geo.conventions import convention_of
from geo.world import World

Export = Callable[[str, str, str], bytes]
BASE = "http://atlas.example/"
NOWHERE = "partner=country:TUV"


@pytest.fixture(scope="module")
def exported(world: World, words: Vocabulary) -> Export:
    return lambda view, form, query: export(world, view, form, query, words, BASE).content


@pytest.fixture(scope="module")
def hostile(world: World) -> World:
    """Links whose notes a spreadsheet would run, or a browser."""
    links, cells = world.table("links"), ['=HYPERLINK("http://x")', "<script>x</script>", "-4.5"]
    links["note"] = [cells[i % len(cells)] for i in range(len(links))]
    return dataclasses.replace(world, version="hostile", tables={**world.tables, "links": links})


def rows(content: bytes, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(encoding))))


@pytest.mark.parametrize(
    "query", ["partner=country:MLI", "territory=region:53&rows=shown", NOWHERE]
)
@pytest.mark.parametrize("view", VIEWS)
def test_a_package_holds_the_same_rows_in_every_format(
    view: str, query: str, exported: Export, tmp_path: Path
):
    with zipfile.ZipFile(io.BytesIO(exported(view, "zip", query))) as packed:
        packed.extractall(tmp_path)
    expected = len(rows(exported(view, "csv", query)))
    assert len(rows((tmp_path / "rows.csv").read_bytes())) == expected
    book = openpyxl.load_workbook(tmp_path / "rows.xlsx")
    assert book["rows"].max_row == expected + 1
    assert pyogrio.read_info(tmp_path / "rows.gpkg", layer="rows")["features"] == expected
    assert len(gpd.read_parquet(tmp_path / "rows.parquet")) == expected
    assert len(json.loads((tmp_path / "rows.geojson").read_text("utf-8"))["features"]) == expected
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["message"])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", ["flows", "diaspora", "stances"])
def test_each_file_says_what_it_is(
    view: str, lang: str, world: World, exported: Export, tmp_path: Path
):
    query = f"lang={lang}&partner=country:MLI"
    said = json.loads(exported(view, "geojson", query))["about"]
    assert said["sources"]
    assert said["convention"] == convention_of(world).statement(lang)
    assert said["data_version"] == world.version
    assert said["link"].startswith(BASE)
    assert "partner=country:MLI" in said["link"]
    assert "Mali" in said["sentence"]
    sheet = openpyxl.load_workbook(io.BytesIO(exported(view, "xlsx", query)))["about"]
    told = {str(row[1].value) for row in sheet.iter_rows()}
    assert {said["title"], said["sentence"], said["link"], *said["sources"]} <= told
    (tmp_path / "rows.gpkg").write_bytes(exported(view, "gpkg", query))
    table = pyogrio.read_dataframe(tmp_path / "rows.gpkg", layer="about")
    assert told == set(table["text"])
    (tmp_path / "rows.parquet").write_bytes(exported(view, "parquet", query))
    found = duckdb.sql(
        f"select value from parquet_kv_metadata('{tmp_path}/rows.parquet') where key = 'about'"
    ).fetchall()
    assert [json.loads(value)["link"] for (value,) in found] == [said["link"]]
    with zipfile.ZipFile(io.BytesIO(exported(view, "zip", query))) as packed:
        descriptor = json.loads(packed.read("datapackage.json"))
    assert [source["title"] for source in descriptor["sources"]] == said["sources"]


def test_excel_s_mark_comes_only_when_asked(exported: Export):
    plain, marked = (exported("flows", "csv", query) for query in ("", "bom=1"))
    assert marked == b"\xef\xbb\xbf" + plain


def test_numbers_are_numbers_and_text_is_text_in_a_workbook(hostile: World, words: Vocabulary):
    content = export(hostile, "flows", "xlsx", "", words).content
    sheet = openpyxl.load_workbook(io.BytesIO(content))["rows"]
    head = [cell.value for cell in sheet[1]]
    cells = [dict(zip(head, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert {cell["note"].data_type for cell in cells} == {"s"}
    assert '=HYPERLINK("http://x")' in {cell["note"].value for cell in cells}
    assert not any(cell["note"].hyperlink for cell in cells)
    west = [cell["territory_lon"].value for cell in cells if cell["territory_lon"].value]
    assert min(west) < 0
    assert {type(cell["start_year"].value) for cell in cells} == {int, type(None)}


def test_a_negative_number_kept_as_text_stays_as_it_is(hostile: World, words: Vocabulary):
    notes = {row["note"] for row in rows(export(hostile, "flows", "csv", "", words).content)}
    assert notes == {'\'=HYPERLINK("http://x")', "<script>x</script>", "-4.5"}


@pytest.mark.parametrize(("query", "epsg"), [("", 4326), ("crs=4326", 4326), ("crs=2154", 2154)])
def test_a_geopackage_in_the_system_asked(query: str, epsg: int, exported: Export, tmp_path: Path):
    (tmp_path / "rows.gpkg").write_bytes(exported("gap", "gpkg", f"level=region&{query}"))
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "rows.gpkg")}
    assert layers == {"rows", "about"}
    frame = gpd.read_file(tmp_path / "rows.gpkg", layer="rows").set_index("place_id")
    assert frame.crs.to_epsg() == epsg
    west, south, east, north = frame.geometry["region:53"].bounds
    if epsg == 2154:
        assert 90_000 < west < east < 420_000
        assert 6_690_000 < south < north < 6_900_000
    else:
        assert (-5.3 < west < east < -0.9, 47 < south < north < 49) == (True, True)


def test_what_lambert_93_cannot_hold_has_no_shape(exported: Export, tmp_path: Path):
    (tmp_path / "rows.gpkg").write_bytes(exported("stances", "gpkg", "crs=2154"))
    frame = gpd.read_file(tmp_path / "rows.gpkg", layer="rows")
    assert len(frame) == 93
    assert np.isfinite(frame.geometry.dropna().bounds.to_numpy()).all()


def test_geoparquet_opens_in_duckdb_with_the_links_of_the_file(exported: Export, tmp_path: Path):
    (tmp_path / "rows.parquet").write_bytes(exported("flows", "parquet", "partner=country:MLI"))
    found = duckdb.sql(f"select link_id, start_year from '{tmp_path}/rows.parquet'").fetchall()
    expected = rows(exported("flows", "csv", "partner=country:MLI"))
    assert [(link, year) for link, year in found] == [
        (row["link_id"], int(row["start_year"]) if row["start_year"] else None) for row in expected
    ]
    frame = gpd.read_parquet(tmp_path / "rows.parquet")
    assert frame.crs.to_epsg() == 4326
    assert set(frame.geom_type.dropna()) == {"LineString"}


def test_an_empty_cell_stays_empty(exported: Export, tmp_path: Path):
    (tmp_path / "rows.gpkg").write_bytes(exported("flows", "gpkg", ""))
    frame = gpd.read_file(tmp_path / "rows.gpkg", layer="rows")
    missing = {row["link_id"] for row in rows(exported("flows", "csv", "")) if not row["end_year"]}
    assert set(frame.loc[frame["end_year"].isna(), "link_id"]) == missing
    texts = frame.select_dtypes(["object", "str"]).drop(columns="geometry", errors="ignore")
    assert not texts.isin(["nan", "None", "<NA>"]).any().any()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("query", ["bom=2", "bom", "crs=3857", "crs=", "rows=some"])
def test_an_option_that_is_none_is_refused_with_what_is(
    query: str, lang: str, world: World, words: Vocabulary
):
    with pytest.raises(Refused) as refusal:
        export(world, "flows", "gpkg", f"lang={lang}&{query}", words)
    assert refusal.value.status == 400
    assert ", ".join(OPTIONS[query.partition("=")[0]].told) in str(refusal.value)


def test_the_same_query_makes_the_same_bytes(exported: Export):
    for form in ("csv", "json", "geojson", "parquet", "html"):
        assert exported("stances", form, "") == exported("stances", form, "")


@pytest.mark.parametrize("query", ["", "?partner=country:MLI"])
def test_the_menu_offers_every_format_and_variant(query: str, world: World, words: Vocabulary):
    state, _ = parse(query, words)
    menu = parts(world, state, (), shown(world, state).told, words)["exports"]
    every = [html.unescape(a) for a in re.findall(r'href="(/export/[^"]+)"', menu)]
    drawn = tuple(f".{name}" for name, form in EXPORTS.items() if form.picture)
    offered = [a for a in every if not a.partition("?")[0].endswith(drawn)]
    assert len(every) == len(set(every))
    assert len(offered) == 2 * sum(len(f.variants) for f in EXPORTS.values() if not f.picture)
    assert {f".{name}" for name in EXPORTS} == {a[a.index(".") :].partition("?")[0] for a in every}
    for address in offered:
        view, form = address.removeprefix("/export/").partition("?")[0].rsplit(".", 1)
        assert export(world, view, form, address.partition("?")[2], words).content
    assert "/export/flows.gpkg" + (f"{query}&crs=2154" if query else "?crs=2154") in offered
