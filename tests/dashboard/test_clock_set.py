"""The clock of the server is set while it runs, or was never right: limits, files, exports, log.

A ZIP holds dates of 1980 to 2107 alone, and python-pptx writes that of the clock: slides are not
among what is tried before and after.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

import app
from dashboard import limits, uploads, watching, workspaces
from dashboard.serving import Serving
from dashboard.watching import Lines
from dashboard.workspaces import SWEPT, UNTOUCHED, Workspaces
from geo.world import World

YEAR = 365 * 24 * 3600.0
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HERE = {"Origin": "http://localhost"}
ROWS = "Commune;Pays;Partenaire;Type\nParis;Islande;Kópavogur;Accord\n"
FORMATS = ("csv", "json", "geojson", "parquet", "xlsx", "gpkg", "zip", "html")


@pytest.mark.parametrize("ahead", [-YEAR, YEAR], ids=["back", "forward"])
def test_a_clock_that_is_set_neither_frees_a_client_nor_shuts_it_out(
    ahead: float, small_world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "DATA", "2/hour")
    client = app.create_app(small_world, how=Serving(limits="memory://")).server.test_client()
    with time_machine.travel(NOW) as clock:
        told = [client.get("/export/flows.csv").status_code for _ in range(3)]
        assert told == [200, 200, 429]
        clock.shift(ahead)
        answer = client.get("/export/flows.csv")
        assert answer.status_code == 429
        assert 3500 < int(answer.headers["Retry-After"]) <= 3601


class Clocks:
    """The clock on the wall, that people set, and the one that nobody does."""

    def __init__(self) -> None:
        self.wall, self.steady = NOW.timestamp(), 5000.0

    def pass_by(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    made = Clocks()
    told = SimpleNamespace(time=lambda: made.wall, monotonic=lambda: made.steady)
    monkeypatch.setattr(workspaces, "time", told)
    return made


@pytest.fixture
def spaces(clocks: Clocks, world: World, tmp_path: Path) -> Workspaces:  # noqa: ARG001
    return Workspaces(world, (), tmp_path / "spaces", apart=False)


def space(spaces: Workspaces, clocks: Clocks) -> Path:
    """The folder of a workspace that was used now."""
    made = spaces.created()
    assert made is not None
    os.utime(made.folder, (clocks.wall, clocks.wall))
    return made.folder


@pytest.mark.parametrize("ahead", [-YEAR, YEAR], ids=["back", "forward"])
def test_files_of_a_visitor_outlive_a_clock_that_is_set_by_a_day(
    ahead: float, spaces: Workspaces, clocks: Clocks
):
    folder = space(spaces, clocks)
    clocks.wall += ahead
    clocks.pass_by(SWEPT)
    spaces.sweep()
    clocks.pass_by(UNTOUCHED - 60)
    spaces.sweep()
    assert folder.is_dir()
    clocks.pass_by(120)
    spaces.sweep()
    assert not folder.exists()


def test_files_of_before_a_clock_that_went_back_go_too(
    spaces: Workspaces, clocks: Clocks, world: World
):
    """The server was begun again meanwhile: what it finds is of the future."""
    folder = space(spaces, clocks)
    clocks.wall -= YEAR
    again = Workspaces(world, (), spaces.folder, apart=False)
    again.sweep()
    clocks.pass_by(UNTOUCHED + 60)
    again.sweep()
    assert not folder.exists()


def test_a_clock_that_drifts_changes_nothing(spaces: Workspaces, clocks: Clocks):
    folder = space(spaces, clocks)
    for _ in range(25):
        clocks.pass_by(3600)
        clocks.wall += 30
        spaces.sweep()
    assert not folder.exists()


@pytest.fixture(scope="module")
def client(world: World, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    held = Workspaces(world, (), tmp_path_factory.mktemp("spaces"), apart=False)
    return app.create_app(world, spaces=held).server.test_client()


def exported(client: FlaskClient, form: str) -> bytes:
    answer = client.get(f"/export/flows.{form}?partner=country:MLI&lang=en", buffered=True)
    assert answer.status_code == 200, answer.text[:200]
    return answer.data


@pytest.mark.parametrize("year", [1970, 2110])
def test_whatever_the_date_exports_are_made_and_say_it(year: int, client: FlaskClient):
    with time_machine.travel(NOW):
        usual = {form: exported(client, form) for form in ("csv", "json", "geojson")}
    with time_machine.travel(datetime(year, 1, 2, 3, 4, 5, tzinfo=UTC)):
        made = {form: exported(client, form) for form in FORMATS}
        each = client.get("/export/stances.csv?each=region", buffered=True)
        assert (each.status_code, each.data[:2]) == (200, b"PK")
        for address in ("/", "/health", "/ready", "/scenes.json", "/data/links.zip"):
            assert client.get(address, buffered=True).status_code == 200
    assert [made[form] == usual[form] for form in ("csv", "json")] == [True, True]
    about, then = (json.loads(held["geojson"]) for held in (usual, made))
    assert (about["about"]["made"], then["about"]["made"]) == ("2026-03-01", f"{year}-01-02")
    assert about["features"] == then["features"]


def test_a_file_is_kept_though_the_clock_is_set_meanwhile(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(uploads, "_first_page", lambda *_: None)
    headers = {**HERE, "Content-Type": "application/octet-stream"}
    with time_machine.travel(NOW) as clock:
        before = len(exported(client, "csv"))
        sent = client.post("/upload?name=a.csv&lang=en", data=ROWS.encode(), headers=headers)
        clock.shift(-30 * YEAR)
        tried = client.post("/upload/try?lang=en", json=sent.json["mapping"], headers=HERE)
        assert tried.status_code == 200
        clock.shift(40 * YEAR)
        kept = client.post("/upload/keep?lang=en", json={}, headers=HERE)
        assert kept.json == {"files": ["a.csv"]}
        clock.shift(-5 * YEAR)
        held = client.get("/export/flows.csv?partner=country:ISL")
        assert "Kópavogur" in held.text
        assert client.delete("/upload", headers=HERE).status_code == 204
        assert len(exported(client, "csv")) == before


def test_the_log_counts_no_time_backwards(caplog: pytest.LogCaptureFixture):
    server = Flask("clock")
    watching.register(server, str, log=True)
    with time_machine.travel(NOW) as clock:

        @server.get("/set")
        def set_back() -> str:
            clock.shift(-YEAR)
            return "set"

        with caplog.at_level(logging.INFO, "corridors.requests"):
            server.test_client().get("/set", buffered=True)
    line = json.loads(Lines().format(caplog.records[0]))
    assert line["status"] == 200
    assert 0 <= line["ms"] < 60_000
