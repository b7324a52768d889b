"""Files of boundaries read into layers: every feature has one outcome, and lies where it should."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from geo.__main__ import main
from geo.check import check
from geo.errors import SchemaError
from geo.ingest.boundaries import imported, missing, proposed
from geo.ingest.grid import RawTable
from geo.ingest.imported import Imported
from geo.ingest.kinds import kind_of
from geo.ingest.mapping import Reading
from geo.ingest.reading import read
from geo.ingest.shapes import fault_of, km_apart, lightened, rivals, vertices
from geo.load import EMBEDDED, load
from geo.world import World

RENNES = box(-1.75, 48.06, -1.60, 48.16)
LAYERS = {"commune": "communes", "departement": "departements", "region": "regions",
          "country": "countries", "admin1": "admin1"}  # fmt: skip


def table(
    columns: dict[str, Sequence[str]], shapes: Sequence[shapely.Geometry | None], layer: str = ""
) -> RawTable:
    rows = pd.DataFrame(columns, dtype="str")
    geometry = gpd.GeoSeries(list(shapes), crs="EPSG:4326")
    return RawTable(rows, 1, {"format": "GeoJSON", "layer": layer}, geometry)


def made(
    world: World, columns: dict[str, Sequence[str]], shapes: Sequence[shapely.Geometry | None],
    file: str = "file.geojson", layer: str = "",
) -> Imported:  # fmt: skip
    raw = table(columns, shapes, layer)
    return imported(world, raw, proposed(raw, file), "A file")


def shape_of(world: World, place: str) -> shapely.Geometry:
    """The atlas's shape of a place; of a commune, one inside its département."""
    level, _, code = place.partition(":")
    if level == "commune":
        return shape_of(world, f"departement:{code[:2]}").representative_point().buffer(0.01)
    layer = world.layer(LAYERS[level])
    return layer.set_index("place_id").geometry[place]


@pytest.mark.parametrize(
    ("columns", "file", "layer", "place"),
    [
        ({"INSEE_COM": "35238", "NOM": "Rennes", "INSEE_ARR": "3", "INSEE_CAN": "99",
          "INSEE_DEP": "35", "INSEE_REG": "53", "SIREN_EPCI": "243500139"}, "x.shp", "COMMUNE",
         "commune:35238"),
        ({"INSEE_DEP": "35", "NOM": "Ille-et-Vilaine", "INSEE_REG": "53"}, "x.shp", "DEPARTEMENT",
         "departement:35"),
        ({"INSEE_REG": "53", "NOM": "Bretagne"}, "x.shp", "REGION", "region:53"),
        ({"code_insee": "35238", "nom_officiel": "Rennes", "code_siren": "213502388",
          "code_insee_du_departement": "35"}, "a.gpkg", "commune", "commune:35238"),
        ({"code_insee": "11", "nom_officiel": "Aude", "code_insee_de_la_region": "76"}, "a.gpkg",
         "departement", "departement:11"),
        ({"code_insee": "11", "nom_officiel": "Île-de-France"}, "a.gpkg", "region", "region:11"),
        ({"code": "94038", "nom": "Haÿ-les-Roses"}, "x.geojson", "x", "commune:94038"),
        ({"code": "1001", "nom": "L'Abergement-Clémenciat"}, "x.geojson", "x", "commune:01001"),
        ({"code": "35238", "nom": "Rennes", "departement": "35", "region": "53",
          "epci": "243500139"}, "communes-100m.geojson", "x", "commune:35238"),
        ({"code": "11", "nom": "Aude"}, "x.geojson", "x", "departement:11"),
        ({"code": "11", "nom": "Île-de-France"}, "x.geojson", "x", "region:11"),
        ({"code": "2A", "nom": "Corse-du-Sud"}, "x.geojson", "x", "departement:2A"),
        ({"code": "11", "nom": ""}, "fr_departements.geojson", "x", "departement:11"),
        ({"code": "11", "nom": ""}, "regions.geojson", "x", "region:11"),
        ({"nom": "Ille-et-Vilaine"}, "contours.geojson", "x", "departement:35"),
        ({"shapeName": "Senegal", "shapeISO": "SEN", "shapeID": "1", "shapeGroup": "SEN",
          "shapeType": "ADM0"}, "x.geojson", "x", "country:SEN"),
        ({"shapeName": "Dakar", "shapeISO": "SN-DK", "shapeID": "1", "shapeGroup": "SEN",
          "shapeType": "ADM1"}, "x.geojson", "x", "admin1:SN-DK"),
        ({"shapeName": "Dakar", "shapeISO": "None", "shapeID": "1", "shapeGroup": "SEN",
          "shapeType": "ADM1"}, "x.geojson", "x", "admin1:SN-DK"),
        ({"shapeName": "Bretagne", "shapeISO": "FR-BRE", "shapeID": "1", "shapeGroup": "FRA",
          "shapeType": "ADM1"}, "x.geojson", "x", "region:53"),
        ({"ADM0_A3": "FRA", "ISO_A3": "-99", "ISO_A3_EH": "FRA", "NAME": "France"}, "ne.shp", "x",
         "country:FRA"),
        ({"ADM0_A3": "NOR", "ISO_A3": "-99", "NAME": "Norway"}, "ne.shp", "x", "country:NOR"),
        ({"iso_3166_2": "SN-DK", "adm0_a3": "SEN", "name": "Dakar"}, "ne.shp", "x",
         "admin1:SN-DK"),
        ({"iso_3166_2": "FR-35", "adm0_a3": "FRA", "name": "Ille-et-Vilaine"}, "ne.shp", "x",
         "departement:35"),
    ],
)  # fmt: skip
def test_the_layouts_of_those_who_publish_boundaries(
    columns: dict[str, str], file: str, layer: str, place: str, world: World
):
    shapes = [shape_of(world, place)]
    found = made(world, {name: [text] for name, text in columns.items()}, shapes, file, layer)
    assert found.outcomes.tolist() == ["kept"], found.judged
    drawn = found.layers[LAYERS[place.partition(":")[0]]]
    assert drawn["place_id"].tolist() == [place]
    assert shapely.equals(drawn.geometry.iloc[0], shapes[0])
    assert drawn.crs == "EPSG:4326"


@pytest.mark.parametrize(
    ("columns", "layer", "reason"),
    [
        ({"INSEE_ARR": "1", "INSEE_DEP": "35", "INSEE_REG": "53", "NOM": "Rennes"},
         "ARRONDISSEMENT", "level_not_held"),
        ({"INSEE_ARM": "75101", "INSEE_COM": "75056", "NOM": "Paris 1er Arrondissement"},
         "ARRONDISSEMENT_MUNICIPAL", "level_not_held"),
        ({"code_insee": "351", "nom_officiel": "Rennes"}, "arrondissement", "level_not_held"),
        ({"shapeName": "Dakar", "shapeISO": "", "shapeGroup": "SEN", "shapeType": "ADM2"}, "x",
         "level_not_held"),
        ({"code": "11", "nom": ""}, "x", "level_not_known"),
        ({"code": "99999", "nom": "Rennes"}, "x", "unknown_code"),
        ({"code": "98", "nom": "Rennes"}, "departements", "unknown_code"),
        ({"nom": "Nulle-Part-sur-Rien"}, "communes", "unknown_name"),
    ],
)  # fmt: skip
def test_what_is_no_place_of_the_atlas_is_refused(
    columns: dict[str, str], layer: str, reason: str, world: World
):
    found = made(world, {name: [text] for name, text in columns.items()}, [RENNES], "x", layer)
    assert found.refused["reason"].tolist() == [reason]
    assert all(layer.empty for layer in found.layers.values())


def test_a_code_beside_quite_another_name_waits_for_a_decision(world: World):
    raw = table({"code": ["35238"], "nom": ["Marseille"]}, [RENNES])
    first = imported(world, raw, proposed(raw, "x"), "A file")
    [doubt] = first.doubtful.to_dict("records")
    assert (doubt["reason"], doubt["candidates"]) == ("code_and_name_disagree", "commune:35238")
    decisions = {doubt["end"]: "commune:35238"}
    told = Reading("boundaries", proposed(raw, "x").columns, decisions=decisions)
    assert imported(world, raw, told, "A file").outcomes.tolist() == ["kept"]


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (None, "no_shape"), (Polygon(), "no_shape"), (Point(-1.68, 48.11), "not_a_polygon"),
        (shapely.LineString([(-1.7, 48), (-1.6, 48.1)]), "not_a_polygon"),
        (shapely.transform(RENNES, lambda at: at[:, ::-1]), "latitude_and_longitude_swapped"),
        (box(2.3, 48.8, 2.4, 48.9), "elsewhere"),
        (box(-1.4, 48.3, -1.3, 48.4), "elsewhere"),  # in the département, far from its point
    ],
)  # fmt: skip
def test_a_shape_that_cannot_be_that_of_the_place_is_refused(
    shape: shapely.Geometry | None, reason: str, world: World
):
    found = made(world, {"code": ["35238"], "nom": ["Rennes"]}, [shape])
    assert found.refused["reason"].tolist() == [reason]
    if reason == "elsewhere":
        assert found.refused["candidates"].str.fullmatch(r"commune:35238 \d+ km").all()
        assert found.matches["km"].iloc[0] > 10


def test_features_of_one_place_are_parts_of_it_or_repeat_it(world: World):
    west, east = box(-1.75, 48.06, -1.68, 48.16), box(-1.68, 48.06, -1.60, 48.16)
    island = box(-1.58, 48.06, -1.57, 48.07)
    columns = {"code": ["35238"] * 5, "nom": ["Rennes"] * 5}
    found = made(world, columns, [west, east, island, west, RENNES])
    assert found.outcomes.tolist() == ["kept"] * 3 + ["refused"] * 2
    assert set(found.refused["reason"]) == {"repeated_in_the_file"}
    [shape] = found.layers["communes"].geometry
    assert shape.area == pytest.approx(RENNES.area + island.area)
    assert len(shapely.get_parts(shape)) == 2
    assert found.told["features_joined"] == 2


def merged(world: World) -> tuple[str, str, list[str], list[str]]:
    """A commune of three former ones or more: its département, it, their codes and names."""
    former = world.table("former_communes")
    former = former[former["departement_id"] == "departement:35"]
    for commune, parts in former.groupby("commune_id"):
        if len(parts) > 2 and commune.partition(":")[2] in set(parts["code"]):
            return "departement:35", str(commune), list(parts["code"]), list(parts["name"])
    raise AssertionError


def test_former_communes_make_what_they_are_now_where_all_are_there(world: World):
    unit, commune, codes, names = merged(world)
    at = shape_of(world, unit).representative_point()
    shapes = [box(at.x + i * 0.01, at.y, at.x + (i + 1) * 0.01, at.y + 0.01)
              for i in range(len(codes))]  # fmt: skip
    found = made(world, {"code": codes, "nom": names}, shapes)
    assert set(found.outcomes) == {"kept"}
    drawn = found.layers["communes"]
    assert drawn["place_id"].tolist() == [commune]
    assert drawn.geometry.iloc[0].area == pytest.approx(sum(shape.area for shape in shapes))
    own = codes.index(commune.partition(":")[2])
    other = next(i for i in range(len(codes)) if i != own)
    now = world.table("communes").set_index("commune_id")["name"][commune]
    two = [own, other]
    columns = {"code": [codes[i] for i in two], "nom": [now, names[other]]}
    found = made(world, columns, [shapes[i] for i in two])
    assert found.refused["reason"].tolist() == ["before_its_merger", "former_commune"]
    assert found.refused["candidates"].tolist() == [commune, commune]
    alone = made(world, {"code": [codes[own]], "nom": [now]}, [shapes[own]])
    assert alone.outcomes.tolist() == ["kept"]


def members(world: World) -> tuple[str, list[str], list[str]]:
    """The EPCI of fewest communes in Ille-et-Vilaine with their codes and names."""
    communes = world.table("communes")
    sizes = communes["epci_id"].value_counts()
    here = communes[(communes["departement_id"] == "departement:35") & (communes["epci_id"] != "")]
    epci = sizes[sizes.index.isin(here["epci_id"])].idxmin()
    rows = communes[communes["epci_id"] == epci]
    assert set(rows["departement_id"]) == {"departement:35"}
    return str(epci), list(rows["code"]), list(rows["name"])


def test_an_epci_is_the_union_of_all_its_members_or_is_not_drawn(world: World):
    epci, codes, names = members(world)
    at = shape_of(world, "departement:35").representative_point()
    shapes = [box(at.x + i * 0.01, at.y, at.x + (i + 1) * 0.01, at.y + 0.01)
              for i in range(len(codes))]  # fmt: skip
    found = made(world, {"code": codes, "nom": names}, shapes)
    assert found.layers["epci"]["place_id"].tolist() == [epci]
    assert shapely.equals(found.layers["epci"].geometry.iloc[0], shapely.union_all(shapes))
    assert len(found.layers["communes"]) == found.told["epci_dissolved"] * len(codes)
    found = made(world, {"code": codes[1:], "nom": names[1:]}, shapes[1:])
    assert "epci" not in found.layers
    lacking = {"epci_id": epci, "have": len(codes) - 1, "of": len(codes)}
    assert found.told["epci_members_missing"] == [lacking]


CODES = st.one_of(st.sampled_from(["35238", "35", "11", "243500139", "01015", "SEN", "SN-DK", "-99",
                                   "99999"]), st.text(max_size=9))  # fmt: skip
NAMES = st.one_of(st.sampled_from(["Rennes", "Saint-Denis", "Ain", "Bretagne", "Dakar", ""]),
                  st.text(max_size=12))  # fmt: skip
SHAPES = st.sampled_from([None, Polygon(), RENNES, Point(0, 0), box(2, 48, 3, 49),
                          MultiPolygon([box(-17, 14, -16, 15), RENNES])])  # fmt: skip


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(CODES, NAMES, SHAPES), min_size=1, max_size=6),
       file=st.sampled_from(["x", "communes", "regions"]))  # fmt: skip
def test_no_row_is_lost_whatever_the_file_says(
    rows: list[tuple[str, str, shapely.Geometry | None]], file: str, world: World
):
    codes, names, shapes = zip(*rows, strict=True)
    found = made(world, {"code": codes, "nom": names}, shapes, file)
    assert len(found.outcomes) == len(rows)
    assert set(found.outcomes) <= {"kept", "doubtful", "refused"}
    out = found.judged[found.judged["outcome"] != "kept"]
    assert (out["reason"] != "").all()
    for layer in found.layers.values():
        assert layer["place_id"].is_unique
        assert not any(fault_of(shape) for shape in layer.geometry)
    if (found.outcomes == "kept").any():
        assert sum(map(len, found.layers.values()))


def test_a_table_without_shapes_is_not_taken_for_boundaries(world: World):
    rows = pd.DataFrame({"code": ["35238"], "nom": ["Rennes"]}, dtype="str")
    bare = RawTable(rows, 2, {"format": "csv"})
    assert missing(proposed(bare, "communes.csv"))
    assert kind_of(bare, "communes.csv") != "boundaries"
    shaped = table({"code": ["35238"], "nom": ["Rennes"]}, [RENNES])
    assert missing(proposed(shaped, "x.geojson")) == []
    assert kind_of(shaped, "x.geojson") == "boundaries"
    told = Reading("boundaries", {"place_code": "code"})
    assert imported(world, bare, told, "").refused["reason"].tolist() == ["no_shape"]


def test_distances_are_along_the_ellipsoid():
    assert km_apart(Point(0, 0), Point(1, 0)) == pytest.approx(111.319, abs=0.01)
    assert km_apart(box(0, 0, 1, 1), Point(0.5, 0.5)) == 0
    assert rivals(box(0, 0, 2, 1), box(1, 0, 3, 1))
    assert not rivals(box(0, 0, 1, 1), box(1, 0, 2, 1))


def test_only_what_is_too_heavy_is_made_lighter_and_borders_stay_shared(world: World):
    layer = world.layer("departements")
    layer = layer[layer["place_id"].isin(["departement:35", "departement:22", "departement:56"])]
    shapes = dict(zip(layer["place_id"], layer.geometry, strict=True))
    assert lightened(shapes) == (shapes, 0.0)
    most = vertices(shapes) - 50
    lighter, tolerance = lightened(shapes, most)
    assert tolerance > 0
    assert vertices(lighter) <= most
    assert shapely.coverage_is_valid(list(lighter.values()))


def written(folder: Path, name: str, frame: gpd.GeoDataFrame) -> Path:
    path = folder / name
    frame.to_file(path)
    return path


def ingested(path: Path, *more: str) -> Path:
    out = path.with_suffix("")
    asked = ["ingest", str(path), "--as", "boundaries", "--accept", "--out", str(out), *more]
    assert main(asked) == 0
    return out


def test_metres_of_lambert_93_are_put_into_degrees(tmp_path: Path):
    frame = gpd.GeoDataFrame({"code": ["35238"], "nom": ["Rennes"]}, geometry=[RENNES], crs=4326)
    out = ingested(written(tmp_path, "metres.gpkg", frame.to_crs(2154)))
    layer = gpd.read_parquet(out / "communes.parquet")
    assert layer.geometry.iloc[0].bounds == pytest.approx(RENNES.bounds, abs=0.01)


def test_metres_that_are_called_degrees_are_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    frame = gpd.GeoDataFrame({"code": ["35238"]}, geometry=[RENNES], crs=4326).to_crs(2154)
    path = written(tmp_path, "wrong.geojson", frame.set_crs(4326, allow_override=True))
    assert main(["ingest", str(path), "--as", "boundaries", "--accept", "--out", str(tmp_path)])
    assert "metres" in capsys.readouterr().err


def test_a_bow_tie_is_made_valid_and_the_report_says_so(tmp_path: Path):
    tie = Polygon([(-1.75, 48.06), (-1.6, 48.16), (-1.6, 48.06), (-1.75, 48.16)])
    frame = gpd.GeoDataFrame({"code": ["35238"], "nom": ["Rennes"]}, geometry=[tie], crs=4326)
    out = ingested(written(tmp_path, "tie.geojson", frame))
    assert gpd.read_parquet(out / "communes.parquet").is_valid.all()
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["read_as"]["repaired"] == "1"
    assert main(["check", str(out)]) == 0


def test_a_dataset_of_which_nothing_was_kept_can_be_loaded(tmp_path: Path):
    frame = gpd.GeoDataFrame({"code": ["99999"]}, geometry=[RENNES], crs=4326)
    out = ingested(written(tmp_path, "none.geojson", frame))
    assert load(EMBEDDED, out).layer("communes").empty


def test_a_place_brought_again_stands_once_with_the_last_shape(tmp_path: Path, world: World):
    shape = shape_of(world, "region:53").buffer(-0.05)
    frame = gpd.GeoDataFrame({"code": ["53"], "nom": ["Bretagne"]}, geometry=[shape], crs=4326)
    out = ingested(written(tmp_path, "regions.geojson", frame), "--title", "Mine")
    larger = load(EMBEDDED, out)
    before, after = world.layer("regions"), larger.layer("regions")
    assert after["place_id"].tolist() == before["place_id"].tolist()
    apart = ~shapely.equals(before.geometry.to_numpy(), after.geometry.to_numpy())
    assert after.loc[apart, "place_id"].tolist() == ["region:53"]
    assert set(after["source_id"]) == {"", "boundaries-regions/file"}
    assert check([EMBEDDED, out], progress=False) == []
    assert check([out], progress=False) == []
    for name in ("countries_un", "countries_world", "departements"):
        assert larger.layer(name).equals(world.layer(name))


def test_a_shape_of_an_unknown_source_is_a_fault(tmp_path: Path, world: World):
    shape = shape_of(world, "region:53")
    frame = gpd.GeoDataFrame({"code": ["53"], "nom": ["Bretagne"]}, geometry=[shape], crs=4326)
    out = ingested(written(tmp_path, "regions.geojson", frame))
    layer = gpd.read_parquet(out / "regions.parquet").assign(source_id="nobody")
    layer.to_parquet(out / "regions.parquet")
    with pytest.raises(SchemaError, match="nobody"):
        load(EMBEDDED, out)


@pytest.mark.parametrize(
    ("name", "layer", "rows", "kept", "places"),
    [
        ("communes-35-ille-et-vilaine", "communes", 345, 345, 332),
        ("communes-73-savoie", "communes", 285, 280, 271),
        ("communes-93-seine-saint-denis", "communes", 40, 40, 39),
        ("communes-974-la-reunion", "communes", 24, 24, 24),
        ("fr_departements-avec-outre-mer", "departements", 101, 101, 101),
        ("fr_regions-avec-outre-mer", "regions", 18, 18, 18),
    ],
)
def test_the_contours_of_france(
    name: str, layer: str, rows: int, kept: int, places: int, real: Path, world: World
):
    raw = read(real / "boundaries" / f"{name}.geojson")
    found = imported(world, raw, proposed(raw, f"{name}.geojson"), name)
    assert (len(found.outcomes), int((found.outcomes == "kept").sum())) == (rows, kept)
    drawn = found.layers[layer]
    assert (len(drawn), drawn.is_valid.all()) == (places, True)
    assert set(found.refused["reason"]) <= {"former_commune", "before_its_merger"}
    if layer == "communes":  # the communes of Ille-et-Vilaine fill it: nothing is lost in merging
        metres = drawn.to_crs(2154).area.sum()
        whole = gpd.GeoSeries(list(raw.geometry), crs=4326).to_crs(2154).area.sum()
        assert metres <= whole * 1.0001
        assert metres >= whole * (1 if not len(found.refused) else 0.9) * 0.9999
