"""The build: decoding and repairing shapes, ids and names, packages, and the same bytes again."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

pytest.importorskip("antimeridian", reason="requirements-dev.txt is not installed")
pytest.importorskip("babel", reason="requirements-dev.txt is not installed")

from geo.build import build, contested, countries, france, packages, shapes, united_nations, units
from geo.build.boundaries import check
from geo.build.descriptor import descriptor
from geo.errors import DataError, PackageError

DATA = Path(__file__).resolve().parents[2] / "data"
CACHED = os.environ.get("CORRIDORS_PACKAGES")

# Two unit squares side by side on a grid of 0.5 degree; arc 0 is the border they share.
TOPOLOGY = {
    "transform": {"scale": [0.5, 0.5], "translate": [10, 0]},
    "arcs": [
        [[2, 0], [0, 2]],
        [[2, 2], [-2, 0], [0, -2], [2, 0]],
        [[2, 2], [2, 0], [0, -2], [-2, 0]],
        [[0, 0], [0, 0]],
    ],
    "objects": {"countries": {"geometries": [
        {"type": "Polygon", "arcs": [[0, 1]], "properties": {"a3": "AAA"}},
        {"type": "MultiPolygon", "arcs": [[[0, 2]], [[3]]], "properties": {"a3": "BBB"}},
    ]}},
}  # fmt: skip


def square(x: float, y: float, side: float = 1) -> MultiPolygon:
    return MultiPolygon([box(x, y, x + side, y + side)])


def test_a_topology_is_decoded_with_its_shared_border():
    (one, west), (_, east) = shapes.decode(TOPOLOGY, "countries")
    assert one == {"a3": "AAA"}
    assert west.equals(square(10, 0))
    assert east.equals(square(11, 0)), "the ring of two points is no surface"
    assert shapely.coverage_is_valid([west, east])


def test_a_ring_over_the_antimeridian_is_cut_there():
    clockwise = Polygon([(179, 0), (179, 1), (-179, 1), (-179, 0)])
    cut = shapes.clean([clockwise])
    assert sorted(part.bounds for part in cut.geoms) == [(-180, 0, -179, 1), (179, 0, 180, 1)]


def test_a_ring_around_the_pole_keeps_the_pole_and_not_the_rest():
    clockwise = Polygon([(lon, -80) for lon in range(-170, 180, 20)])
    cap = shapes.clean([clockwise])
    assert cap.bounds == (-180, -90, 180, -80)


def test_an_inserted_shape_is_cut_out_of_its_neighbour():
    layer = {"country:BIG": square(0, 0, 4), "country:FAR": square(9, 9)}
    shapes.inserted(layer, "country:WEE", square(3.5, 1))
    assert layer["country:BIG"].area == pytest.approx(15.5)
    assert layer["country:WEE"].area == pytest.approx(1)
    assert shapely.coverage_is_valid(list(layer.values()))


def test_rounding_and_dropping_islands_never_lose_a_place():
    layer = {"a": MultiPolygon([*square(0, 0).geoms, *square(5, 5, 0.1).geoms]),
             "b": square(8, 8, 0.0001)}  # fmt: skip
    small = shapes.rounded(shapes.without_specks(layer, 0.5), 1)
    assert small["a"].equals(square(0, 0))
    assert small["b"].area > 0


def test_rings_are_in_the_order_of_rfc_7946():
    turned = shapes.oriented({"a": MultiPolygon([shapely.reverse(box(0, 0, 1, 1))])})
    assert all(shapely.is_ccw(part.exterior) for part in turned["a"].geoms)


def test_the_label_is_inside_the_largest_part():
    horseshoe = Polygon([(0, 0), (9, 0), (9, 9), (7, 9), (7, 2), (2, 2), (2, 9), (0, 9)])
    shape = MultiPolygon([horseshoe, box(20, 0, 21, 1)])
    assert horseshoe.contains(shapes.label_point(shape))


def test_an_overlap_and_an_empty_shape_are_both_told():
    layer = {"x": square(0, 0), "y": square(0.5, 0), "z": MultiPolygon()}
    with pytest.raises(DataError) as error:
        check("countries", layer)
    assert "x overlaps a neighbour" in str(error.value)
    assert "z has no surface" in str(error.value)


def test_a_shape_over_half_the_sphere_is_told():
    layer = {"country:XXX": MultiPolygon([box(-180, -80, 180, 85)])}
    assert shapes.faults(layer) == ["country:XXX covers more than half the sphere"]


def unit(code: str, adm1: str = "AAA+00?", a3: str = "AAA", name: str = "Here") -> dict:
    return {"properties": {"iso_3166_2": code, "adm1_code": adm1, "adm0_a3": a3, "name": name}}


@pytest.mark.parametrize(
    ("code", "adm1", "place"),
    [
        ("SN-DK", "SEN-1", "admin1:SN-DK"),
        ("EH-X01~", "SAH+00?", "admin1:NE-SAH-00"),
        ("-99-X11~", "SOL-7", "admin1:NE-SOL-7"),
    ],
)
def test_an_admin1_id_is_iso_3166_2_where_that_is_a_code(code: str, adm1: str, place: str):
    assert units.admin1_ids([unit(code, adm1)]) == [place]


def test_a_code_shared_by_two_units_names_neither():
    shared = [unit("BA-BIH", "BIH-1"), unit("BA-BIH", "BIH-2")]
    assert units.admin1_ids(shared) == ["admin1:NE-BIH-1", "admin1:NE-BIH-2"]


def test_crimea_is_in_ukraine_and_contested_islands_are_in_no_country():
    assert units.country(unit("UA-43", a3="RUS")["properties"]) == "UKR"
    assert units.country(unit("XK-1", a3="KOS")["properties"]) == "XKX"
    taken = units.admin1_units([unit("-99-X08~"), unit("FR-75", a3="FRA"), unit("SN-DK")])
    assert [u["properties"]["iso_3166_2"] for u in taken] == ["SN-DK"]


@pytest.mark.parametrize(
    ("said", "name"),
    [("de Kafr el-Cheik", "Kafr el-Cheik"), ("la Mecque", "La Mecque"), ("Dakar", "Dakar")],
)
def test_a_french_name_loses_a_stray_preposition(said: str, name: str):
    assert units.french(said) == name


def test_a_translation_shared_by_two_units_gives_way_to_the_main_name():
    table = pd.DataFrame({
        "admin1_id": ["a", "b", "c"], "country_id": ["country:MDG"] * 3,
        "name_fr": ["Tamatave", "Tamatave", "Diana"], "name_en": ["X", "Y", "Z"],
        "wikidata_id": ["Q1", "Q1", "Q2"], "main": ["Atsinanana", "Analanjirofo", "D"],
    })  # fmt: skip
    told = units.told_apart(table)
    assert list(told["name_fr"]) == ["Atsinanana", "Analanjirofo", "Diana"]
    assert list(told["wikidata_id"]) == ["", "", "Q2"]


@pytest.mark.parametrize(
    ("code", "a3", "departement"),
    [
        ("FR-93", "FRA", "93"), ("FR-2A", "FRA", "2A"), ("FR-YT", "FRA", "976"),
        ("WF-UV", "WLF", "986"), ("SN-DK", "SEN", ""),
    ],
)  # fmt: skip
def test_a_french_unit_has_its_insee_code(code: str, a3: str, departement: str):
    assert france.departement_code({"iso_3166_2": code, "adm0_a3": a3}) == departement


@pytest.mark.parametrize(
    ("name", "kind", "article", "of"),
    [
        ("Ain", 5, "l'", "de l'"), ("Le Havre", 2, "le", "du "), ("Arue", None, "", "d'"),
        ("L'Île-des-Pins", None, "l'", "de l'"), ("Les Abymes", 4, "les", "des "),
    ],
)  # fmt: skip
def test_articles_follow_the_tncc(name: str, kind: int | None, article: str, of: str):
    record = {"nom": name, "typeLiaison": kind}
    assert france._words(record) == {"name": name, "article": article, "of_fr": of}


def test_a_recipient_is_never_said_not_to_be_one():
    ldc, income = pd.Series(["True", "False", "False"]), pd.Series(["", "high", "low"])
    assert list(countries._recipient(ldc, income)) == ["true", "", "true"]


SCRIPT = """
  // dist/topojson/usa_50m.json
    "dist/topojson/usa_50m.json"(exports, module) { module.exports = { wrong: 1 };
  // dist/topojson/world_50m.json
  var require_world_50m = __commonJS({
    "dist/topojson/world_50m.json"(exports, module) {
      module.exports = { type: "Topology", objects: { countries: { geometries: [{ type: "Polygon",
 arcs: [[0]], properties: { ct: [0.5, -1.2] }, id: "XJK" }] } }, arcs: [[[1e3, 0], [-5, 25e1]]] };
    }
  });
"""


def test_a_map_is_read_out_of_the_script_that_holds_it():
    made = united_nations.topology(SCRIPT)
    assert made["objects"]["countries"]["geometries"][0]["properties"] == {"a3": "XJK"}
    assert made["arcs"] == [[[1000, 0], [-5, 250]]]
    assert all(isinstance(n, int) for arc in made["arcs"] for at in arc for n in at)


def test_a_script_without_the_map_is_told():
    with pytest.raises(PackageError, match="holds no map"):
        united_nations.topology("module.exports = {};\n")


def test_a_state_is_cut_along_the_border_of_another_file():
    """The other file's border lies at x = 2.01 and stops short of the edges; the cut ends on the
    nearest vertices, so that the neighbour to the north still shares its border."""
    whole = MultiPolygon([Polygon([(0, 0), (2, 0), (4, 0), (4, 2), (2, 2), (0, 2)])])
    north = MultiPolygon([Polygon([(0, 2), (2, 2), (4, 2), (4, 3), (0, 3)])])
    line = [(2.01, 0.1), (2.3, 1), (2.01, 1.9)]
    west = MultiPolygon([Polygon([(0.1, 0.1), *line, (0.1, 1.9)])])
    east = MultiPolygon([Polygon([*line, (3.9, 1.9), (3.9, 0.1)])])
    held, rest = united_nations.divided(whole, west, east, shapely.Point(1, 1))
    assert held.contains(shapely.Point(2.2, 1))
    assert held.union(rest).equals(whole)
    assert held.intersection(rest).area == 0
    assert shapely.coverage_is_valid([held, rest, north])


def test_unassigned_areas_are_no_country_and_overseas_ones_join_theirs():
    assert united_nations.place_of("XJK") == "contested:jammu-kashmir"
    assert united_nations.place_of("SEN") == "country:SEN"


def test_who_holds_an_area_is_measured_by_share_and_slivers_are_left_out():
    layer = {"country:A": square(0, 0, 10), "country:B": square(10, 0, 10)}
    area = MultiPolygon([box(4, 0, 14, 10)])
    assert contested.held_by(area, layer) == [("country:A", 60), ("country:B", 40)]
    assert contested.held_by(MultiPolygon([box(0.5, 0, 10.5, 10)]), layer) == [("country:A", 95)]
    assert contested.held_by(shapely.Point(12, 5), layer) == [("country:B", 100)]
    assert contested.held_by(shapely.Point(50, 5), layer) == []


def test_how_an_area_is_drawn_is_said_from_the_measure():
    areas = pd.DataFrame({"area_id": ["contested:x", "contested:y"], "lon": [5.0, 12.0],
                          "lat": [5.0, 5.0], "codes": ["X", ""]})  # fmt: skip
    layer = {"country:A": square(0, 0, 10), "country:B": square(10, 0, 10)}
    package = {"country:X": square(4, 4, 4), "country:B": square(10, 0, 10)}
    names = pd.DataFrame({"fr": ["Aval", "Bord"], "en": ["A", "B"]}, index=list(layer))
    shapes_of = {"contested:x": package["country:X"]}
    told = contested.drawn_areas(areas, shapes_of, layer, package, names)
    assert told["manner"].tolist() == ["one", "one"]
    assert told["measured_by"].tolist() == ["surface", "point"]
    assert told["statement_fr"].tolist() == [
        "Dans\u00a0: Aval\u202f; dans le fichier d’origine, à part", "Dans\u00a0: Bord",
    ]  # fmt: skip


def test_another_archive_than_the_pinned_one_is_refused(tmp_path: Path):
    package = packages.PACKAGES["countries"]
    (tmp_path / package.archive).write_bytes(b"something else")
    with pytest.raises(PackageError, match=r"world-atlas 1\.0\.0 has 1581bf78"):
        packages.archive(package, tmp_path)


def test_a_missing_client_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(packages, "commands", lambda *_: [str(tmp_path / "no-such-client")])
    with pytest.raises(PackageError, match="no-such-client, which cannot be run"):
        packages.archive(packages.PACKAGES["admin1"], tmp_path)


def test_a_client_that_fails_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(packages, "commands", lambda *_: ["sh", "-c", "echo no route >&2; exit 1"])
    with pytest.raises(PackageError, match="is the network there\\? It said: no route"):
        packages.archive(packages.PACKAGES["admin1"], tmp_path)


def test_packages_are_asked_of_the_ordinary_clients_by_name_and_version(tmp_path: Path):
    for package in packages.PACKAGES.values():
        line = " ".join(packages.commands(package, tmp_path))
        assert package.version in line
        assert "http" not in line
    renamed = replace(packages.PACKAGES["concordance"], version="9")
    assert "bblocks-places==9" in packages.commands(renamed, tmp_path)


def test_every_column_that_is_written_is_described():
    wanted = {"reference": ["countries", "regions", "communes", "admin1"],
              "boundaries": ["conventions", "contested_areas", "contested_drawn"]}  # fmt: skip
    for dataset, resource in [
        (name, r) for name, tables in wanted.items() for r in descriptor(name, tables)["resources"]
    ]:
        assert resource["title"]
        assert resource["title_en"]
        with (DATA / dataset / resource["path"]).open(encoding="utf-8") as lines:
            header = next(lines).strip().split(",")
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == header
        assert all(field["description"] and field["description_fr"] for field in fields)


@pytest.mark.parametrize(
    ("name", "rows"),
    [("countries_world", 243), ("countries", 243), ("countries_un_world", 248),
     ("countries_un", 248), ("regions", 26), ("departements", 109), ("admin1", 4483)],
)  # fmt: skip
def test_an_embedded_layer_is_fit_to_draw(name: str, rows: int):
    layer = gpd.read_parquet(DATA / "boundaries" / f"{name}.parquet")
    assert layer.crs == "EPSG:4326"
    assert len(layer) == rows
    assert layer["place_id"].is_monotonic_increasing
    assert layer["place_id"].is_unique
    shape_of = dict(zip(layer["place_id"], layer.geometry, strict=True))
    assert shapes.faults(shape_of) == []
    assert shapely.coverage_is_valid(np.array(list(shape_of.values())))
    assert all(shapely.is_ccw(part.exterior) for shape in shape_of.values() for part in shape.geoms)


@pytest.mark.skipif(not CACHED, reason="CORRIDORS_PACKAGES names no folder of cached packages")
def test_the_build_gives_the_embedded_data_byte_for_byte(tmp_path: Path):
    build(tmp_path, Path(str(CACHED)), progress=False)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.*"))
    assert len(made) == 20
    differ = [str(p) for p in made if (tmp_path / p).read_bytes() != (DATA / p).read_bytes()]
    assert differ == []
