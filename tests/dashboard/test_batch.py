"""Exports written to files from the command line: whole files or none, one a territory."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

import app
from dashboard.batch import write
from dashboard.exports import EXPORTS, export
from dashboard.state import Vocabulary
from geo.world import World

MALI = "?partner=country:MLI"


@pytest.mark.parametrize("form", [f for f in EXPORTS if not EXPORTS[f].picture])
def test_the_ending_of_the_file_gives_the_format(form: str, world: World, tmp_path: Path):
    out = tmp_path / f"mali.{form}"
    assert write(world, MALI, out, "", "", "fr") == 0
    assert out.stat().st_size > 1000
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_the_command_writes_the_63_links_with_mali(tmp_path: Path):
    out = tmp_path / "mali.xlsx"
    assert app.main(["--export", MALI, "--out", str(out)]) == 0
    assert openpyxl.load_workbook(out)["rows"].max_row == 64


def test_each_region_has_its_own_rows(world: World, words: Vocabulary, tmp_path: Path):
    asked = "?view=flows&territory=region:11&theme=health"
    assert write(world, asked, tmp_path, "csv", "region", "fr") == 0
    files = {path.stem: path for path in tmp_path.iterdir()}
    assert len(files) == 18
    assert set(files) <= {place.replace(":", "-") for place in world.table("regions")["region_id"]}
    bretagne = export(world, "flows", "csv", "territory=region:53&theme=health", words)
    assert files["region-53"].read_bytes() == bretagne.content
    held = [len(list(csv.DictReader(p.read_text("utf-8").splitlines()))) for p in files.values()]
    whole = export(world, "flows", "csv", "theme=health", words).content.decode()
    assert 0 < sum(held) <= whole.count("\r\n") - 1


@pytest.mark.parametrize(
    ("query", "name", "code", "said"),
    [
        ("?partner=country:ZZZ", "x.csv", 2, "country:MLI"),
        ("?view=volcanoes", "x.csv", 2, "flows, time"),
        (MALI, "x.docx", 2, "csv, xlsx"), (MALI, "x", 2, "csv, xlsx"),
        (MALI, "none/x.csv", 1, "cannot be written"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_said_and_nothing_is_lost(
    query: str, name: str, code: int, said: str, world: World, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):  # fmt: skip
    (tmp_path / "x.csv").write_text("kept", encoding="utf-8")
    assert write(world, query, tmp_path / name, "", "", "en") == code
    assert said in capsys.readouterr().err
    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


def test_a_query_without_a_file_is_a_fault_of_use(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        app.main(["--export", MALI])
    assert stopped.value.code == 2
    assert "--out" in capsys.readouterr().err
