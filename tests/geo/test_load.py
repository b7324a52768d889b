"""The reader: complete provenance or nothing, faults with their line, a World nobody can change."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import geopandas as gpd
import pytest
import small

from geo.errors import SchemaError
from geo.load import EMBEDDED, dataset_folders, load, read_dataset, version_of
from geo.schema import COLUMNS, LAYERS, SOURCE_KEYS
from geo.world import World


def descriptor_of(folder: Path) -> dict[str, object]:
    return dict(json.loads((folder / "datapackage.json").read_text(encoding="utf-8")))


def rewritten(folder: Path, **values: object) -> None:
    text = json.dumps(descriptor_of(folder) | values)
    (folder / "datapackage.json").write_text(text, encoding="utf-8")


def refused(root: Path) -> list[str]:
    with pytest.raises(SchemaError) as caught:
        load(root)
    return [str(fault) for fault in caught.value.faults]


def replace(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.parametrize("empty", [None, "", "  "])
@pytest.mark.parametrize("key", SOURCE_KEYS)
def test_a_source_that_lacks_a_piece_of_provenance_is_refused(
    copied: Path, key: str, empty: str | None
):
    rewritten(copied / "links", sources=[small.SOURCE | {key: empty}])
    assert any(
        said.startswith("links/datapackage.json: source 1") and f"«{key}» is missing" in said
        for said in refused(copied)
    )


@pytest.mark.parametrize("key", ["name", "title", "resources", "sources"])
@pytest.mark.parametrize("value", [None, "", [], 7])
def test_a_descriptor_that_lacks_a_part_is_refused(copied: Path, key: str, value: object):
    rewritten(copied / "links", **{key: value})
    assert any(f"«{key}» is missing or empty" in said for said in refused(copied))


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'"text"', b"\xff\xfe", b"null"])
def test_a_descriptor_that_is_no_json_object_is_refused(copied: Path, content: bytes):
    (copied / "links" / "datapackage.json").write_bytes(content)
    assert refused(copied)[0].startswith("links/datapackage.json: ")


@pytest.mark.parametrize("path", ["../links/links.csv", "/etc/hostname", "..\\x", ".x", None, 3])
def test_a_resource_outside_its_folder_is_refused(copied: Path, path: object):
    rewritten(copied / "links", resources=[{"name": "links", "path": path}])
    assert any("it is the name of a file in this folder" in said for said in refused(copied))


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("links/links.csv", ",1990,", ",199O,",
         "links/links.csv:2: start_year «199O» is not a integer"),
        ("links/links.csv", ",1990,", ",1990.5,", "links/links.csv:2: start_year «1990.5» is not"),
        ("links/places.csv", ",-5,12", ",-5,inf", "links/places.csv:9: lat «inf» is not a number"),
        ("links/places.csv", ",-5,12", ",-5,nan", "links/places.csv:9: lat «nan» is not a number"),
        ("diaspora/figures.csv", "50,exact,false", "50,exact,no",
         "diaspora/figures.csv:5: estimate «no» is neither true nor false"),
        ("links/links.csv", "https://b.example,,drawn", "https://b.example,,me",
         "links/links.csv:3: source_id «me» is not a source of this package; it has: drawn"),
        ("links/links.csv", "evidence", "proof", "links/links.csv:1: column evidence is declared"),
        ("reference/regions.csv", "zone", "sort", "reference/regions.csv:1: column zone is"),
        ("links/places.csv", ",-5,12,drawn", ",-5,12,drawn,more", "links/places.csv: cannot be"),
    ],
)  # fmt: skip
def test_a_fault_in_a_table_is_told_with_its_line(
    copied: Path, file: str, before: str, after: str, said: str
):
    replace(copied / file, before, after)
    assert any(fault.startswith(said) for fault in refused(copied)), refused(copied)


def test_text_that_is_not_utf_8_is_refused(copied: Path):
    path = copied / "links/places.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    assert "links/places.csv: cannot be read as CSV in UTF-8" in refused(copied)[0]


def test_every_fault_of_every_dataset_is_told_at_once(copied: Path):
    replace(copied / "links/links.csv", ",1990,", ",x,")
    replace(copied / "links/places.csv", ",-5,12", ",-5,y")
    (copied / "stances/parameters.csv").unlink()
    rewritten(copied / "diaspora", sources=[])
    said = "\n".join(refused(copied))
    for part in ("links/links.csv:2", "links/places.csv:9", "stances/parameters.csv: cannot be "
                 "read", "diaspora/datapackage.json: «sources»"):  # fmt: skip
        assert part in said


@pytest.mark.parametrize("kind", ["a table", "a layer"])
def test_what_the_code_stands_on_must_be_there(copied: Path, kind: str):
    shutil.rmtree(copied / ("links" if kind == "a table" else "boundaries"))
    held = {
        "a table": {"a table": ["places", "links", "contested"]},
        "a layer": {
            "a table": ["conventions", "contested_areas", "contested_drawn"],
            "a layer": list(LAYERS),
        },
    }
    wanted = [(each, name) for each, names in held[kind].items() for name in names]
    assert refused(copied) == sorted(f"data: no dataset has {k} «{name}»" for k, name in wanted)


def test_a_column_that_only_the_schema_forgets_is_missed_too(copied: Path):
    folder = copied / "stances"
    described = descriptor_of(folder)
    for resource in described["resources"]:
        if resource["name"] == "parameters":
            resource["schema"]["fields"] = [{"name": "name"}]
    rewritten(folder, resources=described["resources"])
    (folder / "parameters.csv").write_text("name\nstart\n", encoding="utf-8")
    said = refused(copied)
    assert any("columns value are missing; the header has: name" in fault for fault in said)
    assert any("column source_id is missing" in fault for fault in said)


def test_boundaries_in_metres_are_refused(copied: Path):
    path = copied / "boundaries/regions.parquet"
    gpd.read_parquet(path).to_crs("EPSG:2154").to_parquet(path)
    assert refused(copied) == [
        "boundaries/regions.parquet: is in EPSG:2154; boundaries are in EPSG:4326"
    ]


def test_an_empty_folder_has_no_dataset(tmp_path: Path):
    assert "no dataset here" in refused(tmp_path)[0]


def test_two_datasets_of_one_name_are_refused(copied: Path):
    shutil.copytree(copied / "stances", copied / "stances2")
    assert "stances2/datapackage.json: a second dataset is named «stances»" in refused(copied)[0]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "=1+1", "NULL", "NA", "nan", "None", "{{x}}", "«»—œ 日本"]
)
def test_hostile_text_is_kept_as_text(copied: Path, text: str):
    replace(copied / "links/places.csv", "Kita", text)
    assert load(copied).table("places").set_index("place_id").at["place:mli-kita", "name"] == text


def test_an_empty_cell_is_empty_text_or_no_number(small_world: World):
    links = small_world.table("links").set_index("link_id")
    assert links.at["b", "themes"] == ""
    assert links["start_year"].isna().to_dict() == {
        "a": False, "b": False, "c": True, "d": False, "e": False,
    }  # fmt: skip
    assert links.at["a", "start_year"] == 1990


def test_a_quoted_cell_may_hold_commas_and_line_ends(copied: Path):
    replace(copied / "links/places.csv", "Kita", '"Kita,\nMali"')
    assert "Kita,\nMali" in set(load(copied).table("places")["name"])


def test_the_version_changes_with_any_byte_and_only_then(copied: Path):
    before = version_of(dataset_folders(copied))
    assert load(copied).version == before
    path = copied / "boundaries/regions.parquet"
    held = path.read_bytes()
    path.write_bytes(held[:-1] + bytes([held[-1] ^ 1]))
    assert version_of(dataset_folders(copied)) != before
    path.write_bytes(held)
    assert version_of(dataset_folders(copied)) == before
    replace(copied / "links/places.csv", "Kita", "kita")
    assert version_of(dataset_folders(copied)) != before


def test_worlds_are_equal_when_their_data_is(copied: Path, small_data: Path):
    one, two = load(copied), load(small_data)
    assert one == two
    assert hash(one) == hash(two)
    assert one != 7


def test_what_a_caller_writes_never_reaches_the_world(small_world: World):
    table = small_world.table("links")
    table.loc[:, "kind"] = "changed"
    table["new"] = 1
    again = small_world.table("links")
    assert len(again) == 5
    assert "new" not in again
    assert set(again["kind"]) == {"agreement", "twinning"}
    layer = small_world.layer("regions")
    layer["place_id"] = "x"
    assert "x" not in set(small_world.layer("regions")["place_id"])
    with pytest.raises(TypeError):
        small_world.tables["links"] = table  # type: ignore[index]
    with pytest.raises(AttributeError):
        small_world.version = "x"  # type: ignore[misc]
    with pytest.raises(KeyError):
        small_world.table("nothing")


def test_a_row_knows_its_source(small_world: World):
    key = small_world.table("links")["source_id"].iloc[0]
    assert key == "links/drawn"
    assert small_world.sources[key].citation == "Drawn by hand"
    assert small_world.datasets["links"].rows["links"] == 5


def test_tables_of_one_name_are_stacked(small_data: Path, tmp_path: Path):
    more = shutil.copytree(small_data / "links", tmp_path / "mine")
    rewritten(more, name="mine")
    world = load(small_data, tmp_path)
    assert len(world.table("links")) == 10
    assert set(world.table("links")["source_id"]) == {"links/drawn", "mine/drawn"}


def test_the_embedded_data_is_all_there(world: World):
    assert set(COLUMNS) <= set(world.tables)
    assert set(LAYERS) == set(world.layers)
    assert {folder.name for folder in EMBEDDED.iterdir() if folder.is_dir()} == set(world.datasets)
    for name, table in world.tables.items():
        assert set(table["source_id"]) <= set(world.sources), name


def test_the_embedded_places_are_all_there(world: World):
    regions, departements = world.table("regions"), world.table("departements")
    assert (regions["zone"] != "com").sum() == 18
    assert (departements["zone"] != "com").sum() == 101
    assert set(world.layer("regions")["place_id"]) == set(regions["region_id"])
    assert set(world.layer("departements")["place_id"]) == set(departements["departement_id"])


def test_one_dataset_can_be_read_alone():
    dataset, tables, layers = read_dataset(EMBEDDED / "stances")
    assert dataset.name == "stances"
    assert "rule" in tables
    assert layers == {}
