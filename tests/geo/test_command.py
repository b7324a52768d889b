"""The command line: what it says, what it writes and its exit codes."""

from __future__ import annotations

import builtins
import csv
import io
from pathlib import Path
from typing import Any

import pytest

from geo import build as geo_build
from geo.__main__ import main
from geo.errors import PackageError


def test_check_of_good_data_says_so(small_data: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(small_data), "--no-progress"]) == 0
    assert capsys.readouterr().out == "No fault in data.\n"


def test_check_lists_every_fault_on_standard_error(
    copied: Path, capsys: pytest.CaptureFixture[str]
):
    path = copied / "links/links.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("1990", "x").replace("2005", "y"),
                    encoding="utf-8")  # fmt: skip
    assert main(["check", str(copied), "--no-progress"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "links/links.csv:2: start_year «x» is not of the type integer",
        "links/links.csv:3: start_year «y» is not of the type integer",
        "2 faults.",
    ]


def test_check_of_a_folder_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", str(tmp_path / "nowhere"), "--no-progress"]) == 1
    assert "nowhere: no dataset here" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["paint"], ["check", "--loud"], ["build", "--out"]])
def test_a_command_that_is_not_one_exits_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: python -m geo" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["build"], ["check"], ["unmatched"]])
def test_help(command: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    assert "usage: python -m geo" in capsys.readouterr().out


def test_unmatched_is_csv(capsys: pytest.CaptureFixture[str]):
    assert main(["unmatched"]) == 0
    said = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert {row["reason"] for row in rows} == {"other_country"}
    assert said.err == f"other_country {len(rows)}\n"


def test_unmatched_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["unmatched", "--out", str(tmp_path / "rest.csv")]) == 0
    assert capsys.readouterr().out == ""
    head = (tmp_path / "rest.csv").read_text(encoding="utf-8").splitlines()[0]
    assert head == "place_id,reason,detail,links"


def test_unmatched_of_bad_data_lists_its_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["unmatched", "--data", str(tmp_path)]) == 1
    assert "no dataset here" in capsys.readouterr().err


def test_a_package_that_cannot_be_had_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def build(*_: object) -> None:
        raise PackageError("world-atlas 1.0.0 cannot be had")

    monkeypatch.setattr(geo_build, "build", build)
    assert main(["build", "--out", str(tmp_path), "--no-progress"]) == 1
    assert capsys.readouterr().err == "world-atlas 1.0.0 cannot be had\n"


def test_build_hands_its_options_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    got: list[object] = []
    monkeypatch.setattr(geo_build, "build", lambda *given: got.extend(given))
    cache = tmp_path / "cache"
    assert main(["build", "--out", str(tmp_path), "--cache", str(cache), "--no-progress"]) == 0
    assert got == [tmp_path, cache, False]


def test_what_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    ordinary = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "geo.build":
            raise ModuleNotFoundError("No module named 'antimeridian'", name="antimeridian")
        return ordinary(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert main(["build", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        "antimeridian is not installed; `pip install -r requirements-dev.txt` brings it.\n"
    )
