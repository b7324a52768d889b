"""UN DESA's International Migrant Stock in its three layouts, quirks of each included."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from geo.__main__ import main
from geo.ingest.imported import Imported
from geo.ingest.kinds import KINDS
from geo.ingest.mapping import Reading
from geo.ingest.reading import read
from geo.ingest.sources import proposed
from geo.load import EMBEDDED, load
from geo.world import World

pytestmark = pytest.mark.usefixtures("read_once")

Cell = str | int | None
TITLES: list[list[Cell]] = [
    ["United Nations"], ["Population Division"], ["Department of Economic and Social Affairs"], [],
    ["International Migrant Stock 2024"], ["Table 1. International migrant stock at mid-year"],
    ["POP/DB/MIG/Stock/Rev.2024"], ["Copyright"], [],
]  # fmt: skip
AREA = "Region, development group, country or area"
BLOCKS: list[Cell] = [None] * 7 + ["Both sexes combined"] + [None] * 2 + ["Male"] + [None] * 2 + [
    "Female"] + [None] * 2  # fmt: skip
PAIRS: list[Cell] = [
    "Index", f"{AREA} of destination", "Notes of destination", "Location code of destination",
    "Type of data of destination", f"{AREA} of origin", "Location code of origin",
    *[1990, 2020, 2024] * 3,
]  # fmt: skip


def book(path: Path, sheets: dict[str, list[list[Cell]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def line(place: str, code: int, kind: str, origin: str, of: int, *years: Cell) -> list[Cell]:
    """A line whose men and women are a tenth of nothing that is read."""
    others: list[Cell] = [-1] * 6
    return [1, place, None, code, kind, origin, of, *years, *others]


def taken(path: Path, world: World, sheet: str = "") -> tuple[Imported, Reading]:
    table, reading = proposed(read(path, sheet), path.name)
    return KINDS["vectors"].imported(world, table, reading, "UN DESA"), reading


def figures(made: Imported, indicator: str = "") -> dict[tuple[str, str, str], str]:
    rows = made.tables["vectors"]
    rows = rows[rows["indicator"] == indicator] if indicator else rows
    keys = zip(rows["place_id"], rows["counterpart_id"], rows["year"], strict=True)
    return dict(zip(keys, rows["value"], strict=True))


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    rows = [
        line("World", 900, "", "World", 900, 100, 200, 300),
        line("Europe", 908, "", "Algeria", 12, 10, 20, 30),
        line("   France*", 250, "B", "World", 900, 5897267, 8524876, "9 200 000"),
        line("   France*", 250, "B", "Africa", 903, 1, 2, 3),
        line("   France*", 250, "B", "   Algeria", 12, 1000, "..", "1 368 000"),
        line("   France*", 250, "B", "   Micronesia", 954, 5, 5, 5),
        line("   France*", 250, "B", "   Micronesia (Fed. States of)", 583, 0, "-", 7),
        line("   France*", 250, "B", "Others", 2003, 8, 8, 8),
        line("   Albania", 8, "C R", "   Channel Islands*", 830, 4, 4, 4),
        line("   Albania", 8, "C R", "   Kosovo*(3)", 412, 6, 6, 6),
        ["Source: United Nations", *[None] * 15],
    ]
    return book(tmp_path / "undesa_pd_2024_ims_stock_by_sex_destination_and_origin.xlsx", {
        "Contents": [["Table 1", "By destination and origin"]],
        "Table 1": [*TITLES, BLOCKS, PAIRS, *rows],
    })  # fmt: skip


def test_pairs_of_2024(pairs: Path, world: World):
    made, reading = taken(pairs, world)
    assert reading.source == "un_desa_pairs"
    assert list(reading.across) == ["1990", "2020", "2024"]
    france, albania = "country:FRA", "country:ALB"
    assert figures(made) == {
        (france, "", "1990"): "5897267", (france, "", "2024"): "9200000",
        (france, "country:DZA", "1990"): "1000",
        (france, "country:DZA", "2024"): "1368000", (france, "country:FSM", "1990"): "0",
        (france, "country:FSM", "2024"): "7", (albania, "country:XKX", "1990"): "6",
        (albania, "country:XKX", "2020"): "6", (albania, "country:XKX", "2024"): "6",
    }  # fmt: skip
    assert made.judged["reason"].value_counts().to_dict() == {
        "": 9, "group_of_countries": 15, "no_value": 2, "unknown_country": 3,
        "already_in_the_atlas": 1,
    }  # fmt: skip
    assert figures(made, "immigrants_by_origin").keys() == {
        key for key in figures(made) if key[1] != ""}  # fmt: skip
    notes = dict(zip(made.tables["vectors"]["place_id"], made.tables["vectors"]["note"],
                     strict=True))  # fmt: skip
    assert notes[albania] == "C R: from foreign citizens, refugees added"
    assert (made.tables["vectors"]["estimate"] == "true").all()


def test_each_refused_cell_has_its_line(pairs: Path, world: World):
    made, _ = taken(pairs, world)
    missing = made.refused[made.refused["reason"] == "no_value"]
    assert missing["line"].tolist() == [16, 18]
    assert missing["across"].tolist() == ["2020", "2020"]


def test_men_and_women_are_said_to_be_unread(pairs: Path, tmp_path: Path):
    out = tmp_path / "out"
    assert main(["ingest", str(pairs), "--accept", "--out", str(out)]) == 0
    report = (out / "report.json").read_text("utf-8")
    for column in ("1990 (2)", "2024 (3)", "Notes of destination"):
        assert f'"{column}"' in report.partition('"unread_columns"')[2]
    rows = load(EMBEDDED, out).table("vectors")
    added = rows[(rows["indicator"] == "immigrants") & (rows["year"] == 2024)]
    assert added.set_index(["place_id", "counterpart_id"])["value"]["country:FRA", ""] == 9200000


def test_totals_by_destination(tmp_path: Path, world: World):
    header: list[Cell] = ["Index", AREA, "Notes", "Location code", "Type of data",
                          *[1990, 2015] * 3]  # fmt: skip
    rows: list[list[Cell]] = [
        [1, "World", None, 900, None, 1, 2, 0, 0, 0, 0],
        [2, "Burundi", None, 108, "B R", 333110, 344999, 0, 0, 0, 0],
        [3, "Channel Islands*", 5, 830, "B", 1, 2, 0, 0, 0, 0],
    ]
    name = "undesa_pd_2020_ims_stock_by_sex_and_destination.xlsx"
    path = book(tmp_path / name, {"Table 1": [*TITLES, header, *rows],
                                  "Table 3": [*TITLES, header, *rows]})  # fmt: skip
    made, reading = taken(path, world)
    assert reading.source == "un_desa_totals"
    assert figures(made) == {("country:BDI", "", "1990"): "333110",
                             ("country:BDI", "", "2015"): "344999"}  # fmt: skip
    assert proposed(read(path, "Table 3"), path.name)[1].source == ""
    assert proposed(read(path), "by_sex_and_origin.xlsx")[1].source == ""


def names(world: World) -> list[str]:
    """120 countries, Algeria and France among them."""
    rows = world.table("countries")
    told = [n for n in rows["name_en"] if n not in ("Algeria", "France", "Micronesia")][:118]
    return ["Algeria", *told, "France"]


def matrix(path: Path, origins: Sequence[str]) -> Path:
    above: list[Cell] = ["Year", "Sort\r\norder",
                         "Major area, region, country or area of destination", "Notes", "Code",
                         "Type of data (a)", "Country or area of origin"]  # fmt: skip
    header: list[Cell] = [*[None] * 6, "Total", "Other North", "Other South", *origins]
    others = len(origins) - 2
    rows: list[list[Cell]] = [
        [2019, 1, "WORLD", None, 900, None, 9, 9, 9, 9, *[9] * others, 9],
        [2019, 2, "Burundi", None, 108, "B R", 500, 20, "..", 30, *[".."] * others, "-"],
        [2019, 3, "France", "(2)", 250, "I", 900, 5, 6, 700, *[None] * others, None],
    ]
    sheet: list[list[Cell]] = [*TITLES, [], [], [], [], [], above, header, *rows]
    return book(path, {"Table 1": sheet, "Table 2": sheet})


def test_the_matrix_of_2019(tmp_path: Path, world: World):
    path = matrix(tmp_path / "UN_MigrantStockByOriginAndDestination_2019.xlsx", names(world))
    made, reading = taken(path, world)
    assert reading.source == "un_desa_matrix"
    assert figures(made) == {
        ("country:BDI", "", "2019"): "500", ("country:BDI", "country:DZA", "2019"): "30",
        ("country:FRA", "", "2019"): "900", ("country:FRA", "country:DZA", "2019"): "700",
    }  # fmt: skip
    reasons = made.judged["reason"].value_counts().to_dict()
    # The world's 123 cells; two remainders in each other line, of which «..» has no value first.
    assert reasons == {"": 4, "group_of_countries": 123 + 3, "no_value": 2 * 119 + 1}
    assert proposed(read(path, "Table 2"), path.name)[1].source == ""


def test_a_zero_of_the_cleaned_copy_tells_nothing(tmp_path: Path, world: World):
    path = tmp_path / "un_desa_2019.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Year", "Dest", *names(world)])
        writer.writerow(["1990", "Burundi", "12", *["0"] * 118, ".."])
        writer.writerow(["1990", "Micronesia", "3", *["0"] * 118, "-"])
        writer.writerow(["1990", "Micronesia (Fed. States of)", "4", *["0"] * 118, "-"])
        writer.writerow(["1990", "South America", "3", *["0"] * 118, "-"])
    made, reading = taken(path, world)
    assert reading.source == "un_desa_matrix"
    assert figures(made) == {("country:BDI", "country:DZA", "1990"): "12",
                             ("country:FSM", "country:DZA", "1990"): "4"}  # fmt: skip
    assert made.judged["reason"].value_counts().to_dict() == {
        "": 2, "zero_or_no_value": 4 * 118, "group_of_countries": 2, "no_value": 4,
    }  # fmt: skip


def test_the_cleaned_copy_whole(real: Path, world: World):
    path = real / "flows" / "un_desa_2019_origin_destination_clean.csv"
    made, _ = taken(path, world)
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(made.outcomes) == len(lines) * (len(lines[0]) - 2)
    groups = {"Caribbean", "Melanesia", "Micronesia", "Polynesia", "South America"}
    unknown = {"Channel Islands"}
    wanted = sum(
        float(cell) > 0
        for row in lines if row["Dest"] not in groups | unknown
        for origin, cell in row.items()
        if origin not in {"Year", "Dest"} | unknown and cell not in ("..", "-")
    )  # fmt: skip
    assert len(made.tables["vectors"]) == wanted > 75_000
    france = {row["Year"]: row for row in lines if row["Dest"] == "France"}
    told = figures(made)
    for origin, country in (("Algeria", "DZA"), ("Viet Nam", "VNM"), ("Côte d'Ivoire", "CIV")):
        for year in ("1990", "2019"):
            assert told["country:FRA", f"country:{country}", year] == france[year][origin]
