"""What stays as it is goes in brotli at its best and is asked for once; the rest is told apart."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import app
from dashboard import packing
from dashboard.packing import Packed
from geo.world import World

TEXT = b"function corridor() { return 1; }\n" * 100
BR = {"Accept-Encoding": "gzip, br, zstd"}
FOUND = re.compile(r'(?:src|href)="(/[^"]+)"')


def fetched(client: FlaskClient, address: str, **told: Any) -> TestResponse:
    """An answer that holds no file open."""
    return client.get(address, buffered=True, **told)


@pytest.fixture
def packed(tmp_path: Path) -> Packed:
    return Packed(tmp_path / "packed", 0)


@pytest.fixture
def client(world: World, packed: Packed, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(packing, "Packed", lambda _: packed)
    return app.create_app(world).server.test_client()


def test_what_is_made_is_given_from_then_on_and_at_the_next_start(packed: Packed, tmp_path: Path):
    assert packed.get(TEXT) is None
    packed.wait()
    made = packed.get(TEXT)
    assert made is not None
    assert brotli.decompress(made) == TEXT
    assert Packed(tmp_path / "packed", 0).get(TEXT) == made


@pytest.mark.parametrize("broken", [b"", b"not brotli", brotli.compress(b"another text")])
def test_a_file_that_is_not_whole_is_made_again(packed: Packed, tmp_path: Path, broken: bytes):
    packed.get(TEXT)
    packed.wait()
    [file] = (tmp_path / "packed").iterdir()
    file.write_bytes(broken)
    again = Packed(tmp_path / "packed", 0)
    assert again.get(TEXT) is None
    again.wait()
    assert brotli.decompress(again.get(TEXT) or b"") == TEXT


def test_a_folder_that_cannot_be_written_costs_only_the_next_start(tmp_path: Path):
    (tmp_path / "packed").write_text("a file")
    packed = Packed(tmp_path / "packed", 0)
    packed.get(TEXT)
    packed.wait()
    assert brotli.decompress(packed.get(TEXT) or b"") == TEXT


def test_the_folder_holds_so_many_files(packed: Packed, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(packing, "MOST", 2)
    for i in range(5):
        packed.get(TEXT + bytes([i]))
    packed.wait()
    assert len(list((tmp_path / "packed").iterdir())) == 3


def test_every_file_of_the_page_is_packed_and_says_the_same(client: FlaskClient, packed: Packed):
    addresses = FOUND.findall(fetched(client, "/").text)
    assert len(addresses) > 20
    plain = {address: fetched(client, address).data for address in addresses}
    for address in addresses:
        fetched(client, address, headers=BR)
    packed.wait()
    for address, content in plain.items():
        answer = fetched(client, address, headers=BR)
        if len(content) < packing.LEAST or answer.mimetype not in packing.TEXTS:
            continue
        assert answer.headers["Content-Encoding"] == "br"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert brotli.decompress(answer.data) == content
        if etag := answer.headers.get("ETag"):
            assert fetched(client, address, headers=BR | {"If-None-Match": etag}).status_code == 304


def test_boundaries_are_packed(client: FlaskClient, packed: Packed, world: World):
    address = f"/geometry/countries.{world.version}.json"
    plain = fetched(client, address).data
    fetched(client, address, headers=BR)
    packed.wait()
    answer = fetched(client, address, headers=BR)
    assert answer.headers["Content-Encoding"] == "br"
    assert brotli.decompress(answer.data) == plain
    assert (
        "Content-Encoding" in fetched(client, address, headers={"Accept-Encoding": "gzip"}).headers
    )


def test_an_address_that_names_its_version_is_asked_for_once(client: FlaskClient):
    [style] = [a for a in FOUND.findall(fetched(client, "/").text) if "2-page.css" in a]
    told = fetched(client, style).cache_control
    assert (told.immutable, told.max_age, told.no_cache) == (True, packing.YEAR, None)
    told = fetched(client, "/assets/fonts/inter-latin-400-normal.woff2").cache_control
    assert (bool(told.immutable), told.max_age) == (False, packing.WEEK)


@pytest.mark.parametrize("address", packing.TOLD)
def test_what_the_page_is_made_of_is_sent_again_only_where_it_changed(client, address):
    first = fetched(client, address)
    again = fetched(client, address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = fetched(client, address, headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.data) == (200, first.data)


def test_what_is_of_one_visitor_is_not_packed(packed: Packed):
    server = Flask(__name__)
    packing.register(server, packed)

    @server.get("/geometry/<name>")
    def geometry(name: str) -> Response:
        answer = Response(TEXT + name.encode(), mimetype="application/json")
        answer.cache_control.private = "own" in request.args
        return answer

    client = server.test_client()
    fetched(client, "/geometry/a?own", headers=BR)
    packed.wait()
    assert packed._held == {}
    fetched(client, "/geometry/a", headers=BR)
    packed.wait()
    assert fetched(client, "/geometry/a", headers=BR).headers["Content-Encoding"] == "br"
