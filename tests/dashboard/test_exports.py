"""Exports: the rows that were asked for and no others, in files that other readers open."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from drawn import Facts, Rows
from hypothesis import given
from hypothesis import strategies as st

from dashboard.export_data import guarded
from dashboard.exports import EXPORTS, Refused, export
from dashboard.state import LANGUAGES, OPTIONS, VIEWS, Vocabulary
from geo.world import World

Export = Callable[[str, str, str], bytes]


@pytest.fixture(scope="module")
def exported(world: World, words: Vocabulary) -> Export:
    return lambda view, form, query: export(world, view, form, query, words).content


def rows(content: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


def ids(content: bytes) -> list[str]:
    return sorted(row["link_id"] for row in rows(content))


ROWS = [name for name, form in EXPORTS.items() if not form.picture]
PAGE_OPTIONS = ["", "&lang=en", "&level=departement&top=25&width=adaptive", "&partner_level=place"]


def widest_step(at: np.ndarray) -> float:
    """The widest step of a line in longitude; along the pole, Antarctica's may be a whole turn."""
    steps = np.abs(np.diff(at[:, 0]))
    along_pole = (np.abs(at[1:, 1]) == 90) & (np.abs(at[:-1, 1]) == 90)
    return float(steps[~along_pole].max())


@pytest.mark.parametrize("rest", PAGE_OPTIONS)
def test_the_links_with_mali_are_those_of_the_file(rest: str, exported: Export, facts: Facts):
    country = {row["place_id"]: row["country_id"] for row in facts("links/places")}
    country |= {row["admin1_id"]: row["country_id"] for row in facts("reference/admin1")}
    country["country:MLI"] = "country:MLI"
    expected = sorted(
        row["link_id"] for row in facts("links/links") if country.get(row["b_id"]) == "country:MLI"
    )
    assert len(expected) == 63
    assert ids(exported("flows", "csv", f"partner=country:MLI{rest}")) == expected


@pytest.mark.parametrize("rest", PAGE_OPTIONS)
def test_the_links_of_bretagne_are_those_at_or_below_it(rest: str, exported: Export, facts: Facts):
    region = {r["departement_id"]: r["region_id"] for r in facts("reference/departements")}
    region |= {r["commune_id"]: region[r["departement_id"]] for r in facts("reference/communes")}
    region |= {r["epci_id"]: r["region_id"] for r in facts("reference/epci")}
    region["region:53"] = "region:53"
    below = [r for r in facts("links/links") if region.get(r["a_id"]) == "region:53"]
    assert {r["a_id"].split(":")[0] for r in below} >= {"region", "departement", "commune"}
    expected = sorted(r["link_id"] for r in below)
    assert ids(exported("flows", "csv", f"territory=region:53{rest}")) == expected


def test_all_links_are_exported(exported: Export, facts: Facts):
    everything = sorted(row["link_id"] for row in facts("links/links"))
    assert ids(exported("flows", "csv", "")) == everything
    assert len(json.loads(exported("flows", "json", ""))) == len(everything)
    assert len(json.loads(exported("flows", "geojson", ""))["features"]) == len(everything)


@pytest.mark.parametrize(
    "query", ["", "partner=country:MLI", "territory=region:53", "theme=health",
              "years=1990-2000&partner_level=place&level=collectivity"],
)  # fmt: skip
def test_corridors_hold_all_the_links(query: str, exported: Export):
    corridors = rows(exported("flows", "csv", f"{query}&rows=shown"))
    assert sum(int(row["links"]) for row in corridors) == len(rows(exported("flows", "csv", query)))


def test_diaspora_rows_are_figures_of_the_file(exported: Export, facts: Facts):
    asked = rows(
        exported("diaspora", "csv", "partner=country:MLI&measure=born_abroad&level=region")
    )
    expected = {
        (r["place_id"], r["measure"], float(r["value"])) for r in facts("diaspora/figures")
        if (r["origin_id"], r["definition"]) == ("country:MLI", "born_abroad")
        and r["place_id"].startswith("region:")
    }  # fmt: skip
    assert {(r["place_id"], r["measure"], float(r["value"])) for r in asked} == expected
    assert all(r["source"] for r in asked)
    whole = rows(exported("diaspora", "csv", ""))
    assert len(whole) == len(facts("diaspora/figures"))


def test_stances_rows_are_states(exported: Export, facts: Facts):
    table = rows(exported("stances", "csv", ""))
    assert {r["country_id"] for r in table} == {r["country_id"] for r in facts("stances/states")}
    shown = {r["stance"]: r for r in rows(exported("stances", "csv", "rows=shown"))}
    assert {c: int(r["states"]) for c, r in shown.items()} == {
        "supportive": 19, "restricted": 40, "uninformed": 1, "unclassified": 33}  # fmt: skip
    assert [r["country_id"] for r in rows(exported("stances", "csv", "partner=country:MLI"))] == [
        "country:MLI"
    ]


@pytest.mark.parametrize("which", ["all", "shown"])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("query", ["", "partner=country:MLI", "partner=country:TUV&lang=en"])
def test_geojson_opens_and_is_valid(query: str, view: str, which: str, exported: Export):
    content = exported(view, "geojson", f"{query}&rows={which}")
    collection = json.loads(content)
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    assert len(collection["features"]) == len(rows(exported(view, "csv", f"{query}&rows={which}")))
    if not collection["features"]:
        return
    frame = gpd.read_file(io.BytesIO(content))
    shapes = frame.geometry.dropna()
    assert shapes.is_valid.all()
    assert not shapes.is_empty.any()
    assert shapes.empty or shapes.total_bounds[0] >= -180
    assert shapes.empty or shapes.total_bounds[2] <= 180
    for part in shapely.get_parts(list(set(shapes))):
        rings = [part] if part.geom_type == "LineString" else shapely.get_rings(part)
        assert all(widest_step(shapely.get_coordinates(ring)) <= 180 for ring in rings)
    if which == "all" and not query and view != "data":
        assert len(shapes) > 0


def test_json_has_numbers_and_no_nan(exported: Export):
    links = json.loads(exported("flows", "json", ""), parse_constant=pytest.fail)
    assert {type(row["start_year"]) for row in links} == {int, type(None)}


FORMULAS = ['=HYPERLINK("http://x")', "+1", "-x", "@x", "\t=1", "\r=1", "=1+1"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_is_kept_as_text(cell: str):
    safe = guarded(pd.DataFrame({"note": [cell, "plain", None], "lon": [-12.5, 1.0, np.nan]}))
    assert safe["note"].iloc[0] == f"'{cell}"
    assert safe["note"].iloc[1] == "plain"
    assert pd.isna(safe["note"].iloc[2])
    assert safe["lon"].iloc[0] == -12.5


def test_a_formula_among_categories_is_kept_as_text():
    frame = pd.DataFrame({"kind": pd.Series(["=1", "x"], dtype="category")})
    assert list(guarded(frame)["kind"]) == ["'=1", "x"]


def test_hostile_cells_of_the_data_leave_as_text(world: World, words: Vocabulary):
    links = world.table("links")
    links["note"] = [FORMULAS[i % len(FORMULAS)] for i in range(len(links))]
    hostile = dataclasses.replace(
        world, version="formulas", tables={**world.tables, "links": links}
    )
    table = rows(export(hostile, "flows", "csv", "", words).content)
    assert {row["note"] for row in table} == {f"'{cell}" for cell in FORMULAS}
    assert any(row["territory_lon"].startswith("-") for row in table)


REFUSED = [
    ("volcanoes", "csv", "", 404, "flows, time, matrix"),
    ("flows", "docx", "", 404, "csv, xlsx, geojson"),
    ("../etc/passwd", "csv", "", 404, "flows, time, matrix"),
    ("flows", "csv", "partner=country:ZZZ", 400, "country:MLI"),
    ("flows", "csv", "partner=region:53", 400, "country:MLI"),
    ("flows", "csv", "volcano=1", 400, "territory"),
    ("flows", "csv", "years=2020-1990", 400, "1990-2020"),
    ("flows", "csv", "rows=foo", 400, "all, shown"),
    ("flows", "csv", "rows=", 400, "all, shown"),
    ("flows", "csv", "level=country", 400, "region, departement, collectivity"),
    ("stances", "csv", "level=departement", 400, "country"),
    ("flows", "csv", "lang=de", 400, "fr, en"),
    ("flows", "csv", "partner=%00", 400, "country:MLI"),
    ("flows", "csv", "kind=" + "x" * 30_000, 400, ""),
]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("view", "form", "query", "status", "allowed"), REFUSED)
def test_what_is_not_known_is_refused_with_what_is(
    view: str, form: str, query: str, status: int, allowed: str, lang: str, world: World,
    words: Vocabulary,
):  # fmt: skip
    with pytest.raises(Refused) as refusal:
        export(world, view, form, f"lang={lang}&{query}" if "lang" not in query else query, words)
    said = str(refusal.value)
    assert refusal.value.status == status
    assert allowed in said
    assert len(said) < 600
    assert not any(sign in said for sign in ("Traceback", 'File "', "/work", ".py", "Error"))
    if "lang" not in query and len(query) < 20_000:
        assert ("«" in said) is (lang == "fr")


def test_the_page_s_query_is_taken_as_it_is(exported: Export):
    """The query of a page names its own view; the address of the export names another."""
    assert exported("stances", "csv", "?view=flows&partner=country:MLI") == exported(
        "stances", "csv", "partner=country:MLI")  # fmt: skip


@given(view=st.sampled_from([*VIEWS, "x"]), form=st.sampled_from([*ROWS, ""]), query=st.text())
def test_nothing_but_an_export_or_a_refusal(
    view: str, form: str, query: str, world: World, words: Vocabulary
):
    try:
        made = export(world, view, form, f"partner=country:ALB&{query}", words)
    except Refused as refusal:
        status, said = refusal.status, str(refusal)
    else:
        status, said = 200, made.filename
    assert status in (200, 400, 404)
    assert said


def test_the_language_of_the_names(exported: Export):
    fr = rows(exported("stances", "csv", "partner=country:SEN"))[0]["name"]
    en = rows(exported("stances", "csv", "partner=country:SEN&lang=en"))[0]["name"]
    assert (fr, en) == ("Sénégal", "Senegal")


@pytest.mark.parametrize("measure", OPTIONS["diaspora"]["measure"])
def test_what_is_shown_is_of_one_definition(measure: str, exported: Export):
    table = rows(exported("diaspora", "csv", f"measure={measure}&rows=shown"))
    assert {row["definition"] for row in table} == {measure}
