"""INSEE's tables IMG1A and NAT1 by commune: cells added up, parts of communes, merged communes."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import openpyxl
import pytest

from geo.__main__ import main
from geo.ingest.imported import Imported
from geo.ingest.insee import communes
from geo.ingest.kinds import KINDS
from geo.ingest.mapping import Reading
from geo.ingest.reading import read
from geo.ingest.sources import proposed
from geo.load import EMBEDDED, load
from geo.world import World

pytestmark = pytest.mark.usefixtures("read_once")

AGES, BOTH = ("00", "15", "25", "55"), ("1", "2")
ANNECY = {"74010", "74011", "74093", "74182", "74217", "74268"}


def cells(code: str, first: float, level: str = "COM", name: str = "A") -> list[str]:
    """The 16 lines of a commune: the immigrants count `first`, first + 1, ..., first + 7, the
    others a hundred times as many."""
    told = []
    for i, (age, sex) in enumerate(product(AGES, BOTH)):
        for immi, value in (("1", first + i), ("2", 100 * (first + i))):
            told.append(f"{level};{code};{name};{sex};{age};{immi};{value}")
    return told


def lines(path: Path, *held: list[str], variable: str = "IMMI") -> Path:
    header = f"NIVGEO;CODGEO;LIBGEO;SEXE;AGE4;{variable};NB"
    path.write_text("\n".join([header, *(line for part in held for line in part)]) + "\n", "utf-8")
    return path


def taken(path: Path, world: World, sheet: str = "") -> tuple[Imported, Reading]:
    table, reading = proposed(read(path, sheet), path.name)
    return KINDS["vectors"].imported(world, table, reading, "INSEE"), reading


def figures(made: Imported) -> dict[str, str]:
    rows = made.tables["figures"]
    return dict(zip(rows["place_id"], rows["value"], strict=True))


def test_cells_are_added_up(tmp_path: Path, world: World):
    path = lines(tmp_path / "BTT_TD_IMG1A_2021.CSV", cells("75056", 1000.25), cells("01004", 2.5),
                 cells("75101", 7, "ARM"), cells("99999", 1))  # fmt: skip
    made, reading = taken(path, world)
    assert reading.source == "insee_lines"
    assert reading.constants["year"] == "2021"
    assert reading.constants["definition"] == "immigrants"
    # Eight cells, from 0 to 7 above the first: 8 times the first and 28.
    assert figures(made) == {"commune:75056": "8030", "commune:01004": "48"}
    rows = made.tables["figures"].set_index("place_id")
    assert rows.loc["commune:75056", ["note", "note_fr"]].tolist() == ["", ""]
    assert rows.loc["commune:01004", "note_fr"].startswith("moins de 200 : ")
    assert (rows["origin_id"] == "origin:all").all()
    assert made.judged["reason"].tolist() == [
        "", "other_population", "", "other_population", "part_of_a_commune", "part_of_a_commune",
        "unknown_code", "unknown_code"]  # fmt: skip
    assert made.table.described["added_up"] == "64 cells to 8 figures"
    assert made.refused["line"].tolist() == [3, 19, 34, 35, 50, 51]


def test_arrondissements_are_known_by_their_code_too(tmp_path: Path, world: World):
    codes = ("75120", "69381", "69389", "13216", "69390", "13056")
    path = lines(tmp_path / "TD_IMG1A_2022.csv", *(cells(code, 1) for code in codes))
    made, _ = taken(path, world)
    reasons = made.judged["reason"].tolist()[::2]
    assert reasons[:4] == ["part_of_a_commune"] * 4
    assert reasons[4] != "part_of_a_commune"


def test_foreigners(tmp_path: Path, world: World):
    path = lines(tmp_path / "TD_NAT1_2020.csv", cells("01004", 10), variable="INATC")
    made, reading = taken(path, world)
    assert reading.constants["definition"] == "foreigners"
    assert figures(made) == {"commune:01004": str(100 * (8 * 10 + 28))}
    assert made.judged["reason"].tolist() == ["other_population", ""]


def test_merged_communes_are_added_up_when_all_are_there(tmp_path: Path, world: World):
    assert communes().merged["74010"] == ANNECY
    path = lines(
        tmp_path / "BTT_TD_IMG1A_2015.txt",
        *(cells(code, 10 * i) for i, code in enumerate(sorted(ANNECY), 1)),
        cells("01340", 3),  # a part of Arboys en Bugey (01015), without the other
        cells("49007", 5),  # Angers, never merged
    )
    made, _ = taken(path, world)
    annecy = sum(8 * 10 * i + 28 for i in range(1, 7))
    assert figures(made) == {"commune:74010": str(annecy), "commune:49007": "68"}
    assert made.refused["reason"].value_counts().to_dict() == {
        "other_population": 2, "parts_missing": 2}  # fmt: skip
    assert made.table.rows["cells added up"].tolist() == ["48", "48", "8", "8", "8", "8"]


def test_the_seat_of_a_commune_merged_since_is_not_taken_for_the_whole(
    tmp_path: Path, world: World
):
    """Annecy alone is the commune of today; beside one of those that joined it, that before."""
    path = lines(tmp_path / "TD_IMG1A_2022.csv", cells("74010", 100))
    assert figures(taken(path, world)[0]) == {"commune:74010": "828"}
    path = lines(tmp_path / "TD_IMG1A_2015.csv", cells("74010", 100), cells("74011", 1))
    made, _ = taken(path, world)
    assert figures(made) == {}
    assert set(made.judged["reason"]) == {"parts_missing"}


def test_a_sum_that_lacks_a_cell_is_none(tmp_path: Path, world: World):
    held = cells("01004", 1)
    held[2] = held[2].rpartition(";")[0] + ";"
    made, _ = taken(lines(tmp_path / "TD_IMG1A_2021.csv", held), world)
    assert made.judged["reason"].tolist() == ["no_value", "other_population"]


def test_tables_of_a_part_of_the_people_are_none(tmp_path: Path):
    adults = [line for line in cells("01004", 1) if ";00;" not in line]
    path = lines(tmp_path / "TD_IMG1A_2021.csv", adults)
    assert proposed(read(path), path.name)[1].source == ""
    other = tmp_path / "TD_IMG2A_2021.csv"
    other.write_text("CODGEO;LIBGEO;SEXE;AGE4;IMMI;TACTR;NB\n01004;A;1;00;1;11;5.5\n", "utf-8")
    assert proposed(read(other), other.name)[1].source == ""


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    columns = [f"AGE4{age}_IMMI{immi}_SEXE{sex}" for age, immi, sex in product(AGES, BOTH, BOTH)]
    words = [f"{age} ans, {immi}, {sex}" for age, immi, sex in product(AGES, BOTH, BOTH)]
    for sheet, code, name in (("COM", "1004", "Ambérieu-en-Bugey"), ("ARM", "75101", "Paris 1er")):
        made = book.create_sheet(sheet)
        for title in ("Insee", "Population par sexe, âge et situation quant à l'immigration",
                      "Champ : France hors Mayotte", "Mise en ligne : 29/06/2020"):  # fmt: skip
            made.append([title])
        for _ in range(5):
            made.append([])
        made.append(["Code géographique", "Libellé géographique", *words])
        made.append(["CODGEO", "LIBGEO", *columns])
        made.append([code, name, *(i + 0.125 for i in range(16))])
        made.append(["01005", "Ambérieux-en-Dombes", *[0] * 16])
        made.append(["01006", "Ambléon", *range(16)])
    path = tmp_path / "BTX_TD_IMG1A_2017.xlsx"
    book.save(path)
    return path


def test_a_workbook(workbook: Path, world: World):
    made, reading = taken(workbook, world)
    assert reading.source == "insee_columns"
    # Immigrants are the first two of each four columns: 0, 1, 4, 5, 8, 9, 12, 13, and eighths.
    assert figures(made) == {"commune:01004": "53", "commune:01005": "0", "commune:01006": "52"}
    assert made.refused["line"].tolist() == [12, 13, 14]
    assert set(made.refused["reason"]) == {"other_population"}
    parts, _ = taken(workbook, world, "ARM")
    assert figures(parts) == {}


def test_it_is_one_command(workbook: Path, tmp_path: Path):
    out = tmp_path / "out"
    assert main(["ingest", str(workbook), "--accept", "--out", str(out)]) == 0
    rows = load(EMBEDDED, out).table("figures")
    told = rows[rows["place_id"].isin(["commune:01004", "commune:01005"])]
    assert told.set_index("place_id")["value"].to_dict() == {
        "commune:01004": 53, "commune:01005": 0}  # fmt: skip
    assert told["year"].tolist() == [2017, 2017]
