"""The matrices of the World Bank: rows send or leave, columns receive or host."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from geo.__main__ import main
from geo.ingest import world_bank
from geo.ingest.figures import BY_ORIGIN
from geo.ingest.reading import read
from geo.ingest.sources import proposed
from geo.world import World

pytestmark = pytest.mark.usefixtures("read_once")


@pytest.fixture
def matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A matrix of five countries, with its title, totals and notes."""
    monkeypatch.setattr(world_bank, "FEWEST", 5)
    names = ["France", "Mali", "Togo", "Benin", "Egypt, Arab Rep."]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Bilateral_Migration_2017"
    sheet.append(["Bilateral Estimates of Migrant Stocks in 2017"])
    sheet.append([None, *names, "Other South", "World"])
    for number, name in enumerate(names):
        sheet.append([name, *(10 * number + each for each in range(5)), 7, "=SUM(B3:G3)"])
    sheet.append(["World", 1, 2, 3, 4, 5, 6, 7])
    sheet.append([])
    sheet.append(["Notes:"])
    path = tmp_path / "matrix.xlsx"
    book.save(path)
    return path


def test_rows_are_countries_of_origin(matrix: Path, tmp_path: Path):
    assert main(["ingest", str(matrix), "--accept", "--out", str(tmp_path / "out")]) == 0
    rows = pd.read_csv(tmp_path / "out" / "vectors.csv", dtype=str, keep_default_na=False)
    found = rows.set_index(["place_id", "counterpart_id"])["value"]
    assert len(found) == 25
    assert found["country:FRA", "country:MLI"] == "10"  # Malians in France
    assert found["country:MLI", "country:FRA"] == "1"
    assert found["country:EGY", "country:BEN"] == "34"
    assert set(rows["indicator"]) == {BY_ORIGIN}
    assert set(rows["year"]) == {"2017"}
    assert set(rows["estimate"]) == {"true"}
    told = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    # A formula that no spreadsheet has computed yet holds no figure.
    assert told["refused_by_reason"] == {"group_of_countries": 12, "no_value": 5}
    assert told["rows_read"] == 42
    descriptor = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    assert descriptor["sources"][0]["licence"] == "CC BY 4.0"


def test_the_mapping_lays_the_next_edition_out(matrix: Path, tmp_path: Path):
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["ingest", str(matrix), "--accept", "--out", str(first)]) == 0
    again = ["--mapping", str(first / "mapping.json"), "--out", str(second)]
    assert main(["ingest", str(matrix), *again]) == 0
    assert (first / "vectors.csv").read_bytes() == (second / "vectors.csv").read_bytes()


@pytest.mark.parametrize(
    ("file", "source", "kept", "known"),
    [("WB_Bilateral_Estimates_Migrant_Stocks_2017.xlsx", "world_bank_migration", 45367, 0),
     ("WB_Bilateral_Remittance_Estimates_2017.xlsx", "world_bank_remittances", 45193, 172)],
)  # fmt: skip
def test_the_real_matrices(
    file: str, source: str, kept: int, known: int, tmp_path: Path, real: Path
):
    path, out = real / "flows" / file, tmp_path / "out"
    assert main(["ingest", str(path), "--accept", "--out", str(out)]) == 0
    told = json.loads((out / "report.json").read_text("utf-8"))
    assert told["rows_read"] == told["kept"] + told["doubtful"] + told["refused"]
    assert told["kept"] == kept
    assert told["refused_by_reason"].get("already_in_the_atlas", 0) == known
    assert {row["end"] for row in told["unmatched"] if row["reason"] == "unknown_country"} == {
        "Channel Islands"
    }
    assert proposed(read(path), file)[1].source == source


def test_remittances_are_received_by_the_columns(world: World, real: Path):
    """The atlas has what France sends; the rows of the matrix send."""
    file = "WB_Bilateral_Remittance_Estimates_2017.xlsx"
    table = read(real / "flows" / file)
    france = table.rows.set_index(table.rows.columns[0]).loc["France"]
    own = world.table("vectors").set_index(["kind", "place_id"])["value"]
    for name, place in (("Mali", "country:MLI"), ("Morocco", "country:MAR")):
        assert float(france[name]) == pytest.approx(own["remittances", place], abs=5e-4)
