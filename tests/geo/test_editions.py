"""A new edition of a source beside an earlier one: nothing is gone without being listed."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from geo.__main__ import main

pytestmark = pytest.mark.usefixtures("read_once")

FIRST = """Commune,Pays,Partenaire,Type,Statut,Début,Fin
Ville de Paris,Allemagne,Cologne,Jumelage,actif,1987,
Ville de Paris,Japon,Kyoto,Accord,actif,,
Rennes,Mali,Bamako,Coopération décentralisée,actif,1990,
"""
SECOND = """Commune,Pays,Partenaire,Type,Statut,Début,Fin
Ville de Paris,Allemagne,Cologne,Jumelage,terminé,1987,2024
Rennes,Mali,Bamako,Coopération décentralisée,actif,1991,
Rennes,Allemagne,Cologne,Accord,actif,2020,
"""


def ingested(folder: Path, text: str, out: str, *options: str) -> dict[str, object]:
    file = folder / "coop.csv"
    file.write_text(text, "utf-8")
    assert main(["ingest", str(file), "--accept", "--out", str(folder / out), *options]) == 0
    told: dict[str, object] = json.loads((folder / out / "report.json").read_text("utf-8"))
    return told


def test_what_was_added_ended_changed_or_is_gone_is_listed(tmp_path: Path):
    ingested(tmp_path, FIRST, "one")
    told = ingested(tmp_path, SECOND, "two", "--since", str(tmp_path / "one"))
    assert told["changes"] == {"links": {"added": 1, "changed": 1, "ended": 1, "gone": 1}}
    changes = pd.read_csv(tmp_path / "two" / "changes.csv", dtype=str, keep_default_na=False)
    told_of = {(row.change, row.key.split(" | ")[1], row.column, row.before, row.after)
               for row in changes.itertuples()}  # fmt: skip
    assert told_of == {
        ("added", "geonames:2886242", "", "", ""), ("gone", "geonames:1857910", "", "", ""),
        ("ended", "geonames:2886242", "status", "active", "ended"),
        ("ended", "geonames:2886242", "end_year", "", "2024"),
        ("changed", "geonames:2460596", "start_year", "1990", "1991"),
    }  # fmt: skip


def test_the_same_folder_tells_what_differs_from_what_it_held(tmp_path: Path):
    assert "changes" not in ingested(tmp_path, FIRST, "one")
    assert ingested(tmp_path, FIRST, "one")["changes"] == {}
    told = ingested(tmp_path, SECOND, "one")
    assert told["changes"] == {"links": {"added": 1, "changed": 1, "ended": 1, "gone": 1}}


def test_a_folder_without_an_edition_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "coop.csv").write_text(FIRST, "utf-8")
    (tmp_path / "none").mkdir()
    asked = ["ingest", str(tmp_path / "coop.csv"), "--accept", "--out", str(tmp_path / "two")]
    assert main([*asked, "--since", str(tmp_path / "none")]) == 1
    assert "no dataset of an earlier edition" in capsys.readouterr().err
    assert not (tmp_path / "two").exists()
