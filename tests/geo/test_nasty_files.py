"""Files as people do bring them, through the command: each is read or gets its sentence, none a
traceback, none a part of an import."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from geo.__main__ import main

pytestmark = pytest.mark.usefixtures("read_once")

HEAD = ["Collectivité française", "Pays", "Partenaire", "Type", "Année"]
ROW = ["Ville de Rennes", "Allemagne", "Cologne", "Jumelage", "1987"]
TEXT = "\n".join(";".join(cells) for cells in (HEAD, ROW)) + "\n"
Written = Callable[[Path], None]


def text(content: str, encoding: str = "utf-8") -> Written:
    return lambda path: Path(path).write_text(content, encoding=encoding) and None


def workbook(*rows: list[object], merged: str = "") -> Written:
    def write(path: Path) -> None:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        if merged:
            book.active.merge_cells(merged)
        book.save(path)

    return write


def layer(shape: shapely.Geometry, crs: str | None = "EPSG:4326", **columns: str) -> Written:
    frame = gpd.GeoDataFrame(
        {name: [value] for name, value in columns.items()}, geometry=[shape], crs=crs
    )

    def write(path: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the system is not told is what is tried
            frame.to_file(path)

    return write


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * 120_000_000)


def ingested(tmp_path: Path, name: str, write: Written, *options: str) -> int:
    write(tmp_path / name)
    return main(["ingest", str(tmp_path / name), "--accept", *options,
                 "--out", str(tmp_path / "out")])  # fmt: skip


RENNES = shapely.box(-1.75, 48.08, -1.62, 48.15)
READ: dict[str, tuple[str, Written]] = {
    "cp1252": ("a.csv", text(TEXT, "cp1252")),
    "UTF-8 with BOM": ("a.csv", text(TEXT, "utf-8-sig")),
    "UTF-16": ("a.csv", text(TEXT, "utf-16")),
    "a header below titles": ("a.csv", text("Direction de l'international;;;;\n;;;;\n" + TEXT)),
    "columns called alike": ("a.csv", text(TEXT.replace("Type", "Année", 1).replace(
        "Année\n", "Type\n", 1).replace("Jumelage;1987", "1987;Jumelage"))),
    "cells merged above": ("a.xlsx", workbook(["Annexe", "", "", "", ""], HEAD, ROW,
                                              merged="A1:E1")),
    "formulas": ("a.xlsx", workbook([*HEAD, "Total"], [*ROW, "=SUM(E2:E2)"])),
    "200 columns": ("a.csv", text(";".join([*HEAD, *(f"x{i}" for i in range(195))]) + "\n"
                                  + ";".join([*ROW, *["0"] * 195]) + "\n")),
    "a date in a column of codes": ("a.csv", text(
        "Code INSEE;" + TEXT.replace("\n", "\n2020-01-01;", 1))),
    "hostile texts": ("a.csv", text(TEXT + '=HYPERLINK("http://x");<script>alert(1)</script>;'
                                           "DROP TABLE;@x;-1\n")),
}  # fmt: skip
REFUSED: dict[str, tuple[str, Written, str]] = {
    "an empty file": ("a.csv", text(""), "is empty"),
    "an empty sheet": ("a.xlsx", workbook(), "only empty sheets"),
    "only a header": ("a.csv", text(";".join(HEAD) + "\n"), "no rows below its header"),
    "bytes": ("a.csv", lambda path: path.write_bytes(bytes(range(256)) * 9) and None, "a.csv"),
    "a picture": ("a.csv", lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n") and None,
                  "is an image"),
    "a zip bomb": ("a.xlsx", bomb, "would unpack to 120,000,000 bytes"),
    "a column missing": ("a.csv", text("Partenaire;Type\nCologne;Jumelage\n"), "French end"),
    "too many columns": ("a.csv", text(",".join(f"c{i}" for i in range(2001)) + "\n"
                                       + ",".join("1" for _ in range(2001)) + "\n"),
                         "at most 2,000"),
    "no coordinate system": ("a.shp", layer(RENNES, None, insee="35238"), "coordinate system"),
    "degrees that are metres": ("a.geojson", lambda path: path.write_text(json.dumps({
        "type": "FeatureCollection", "features": [{
            "type": "Feature", "properties": {"code": "35238", "nom": "Rennes"},
            "geometry": shapely.geometry.mapping(shapely.box(352000, 6780000, 360000, 6790000)),
        }]}), "utf-8") and None, "a.geojson"),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_and_can_be_read_is_read(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file, write = READ[name]
    assert ingested(tmp_path, file, write) == 0, capsys.readouterr().err
    told = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert told["kept"] == 1
    assert told["rows_read"] == told["kept"] + told["doubtful"] + told["refused"]
    links = pd.read_csv(tmp_path / "out" / "links.csv", dtype=str, keep_default_na=False)
    assert links[["a_id", "b_id", "kind", "start_year"]].values.tolist() == [
        ["commune:35238", "geonames:2886242", "twinning", "1987"]
    ]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_gets_its_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file, write, said = REFUSED[name]
    assert ingested(tmp_path, file, write) == 1
    told = capsys.readouterr().err
    assert said in told
    assert file.split(".")[0] in told
    assert "Traceback" not in told
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


def shapes(path: Path) -> dict[str, object]:
    told: dict[str, object] = json.loads((path / "report.json").read_text("utf-8"))
    return told


@pytest.mark.parametrize(
    ("name", "shape", "crs", "kept", "reason"),
    [
        ("as it should be", RENNES, "EPSG:4326", 1, ""),
        ("in Lambert-93", shapely.box(347000, 6784000, 356000, 6792000), "EPSG:2154", 1, ""),
        ("latitude first", shapely.box(48.08, -1.75, 48.15, -1.62), "EPSG:4326", 0,
         "latitude_and_longitude_swapped"),
        ("a bow-tie", shapely.Polygon([(-1.75, 48.08), (-1.62, 48.15), (-1.62, 48.08),
                                       (-1.75, 48.15)]), "EPSG:4326", 1, ""),
        ("a point", shapely.Point(-1.68, 48.11), "EPSG:4326", 0, "not_a_polygon"),
        ("somewhere else", shapely.box(5, 45, 5.1, 45.1), "EPSG:4326", 0, "elsewhere"),
    ],
)  # fmt: skip
def test_shapes_are_kept_mended_or_refused(
    name: str, shape: shapely.Geometry, crs: str, kept: int, reason: str, tmp_path: Path
):
    write = layer(shape, crs, code="35238", nom="Rennes")
    assert ingested(tmp_path, "communes.gpkg", write, "--as", "boundaries") == 0, name
    told = shapes(tmp_path / "out")
    assert (told["rows_read"], told["kept"]) == (1, kept)
    assert told["refused_by_reason"] == ({reason: 1} if reason else {})


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    text(TEXT)(tmp_path / "a.csv")
    (tmp_path / "taken").write_text("a file", "utf-8")
    asked = ["ingest", str(tmp_path / "a.csv"), "--accept", "--out", str(tmp_path / "taken" / "x")]
    assert main(asked) == 1
    assert "cannot be written" in capsys.readouterr().err
