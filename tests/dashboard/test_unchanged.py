"""Exports, data and boundaries that are held by a browser or a proxy are not made again until what
they follow from changes."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from flask.testing import FlaskClient
from waitress.server import create_server

import app
from dashboard import answers, routes, unchanged
from dashboard.serving import Serving
from dashboard.workspaces import Workspaces
from geo.world import World

PATIENCE = 60.0  # seconds; far more than anything here takes
EXPORT = "/export/flows.csv?partner=country:MLI"
HELD = (EXPORT, "/data/links.zip", "/data/links/links.csv")
PROXY = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  proxy_cache_path {folder}/cache keys_zone=kept:1m;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{inner};
      proxy_set_header Host $http_host;
      proxy_cache kept;
      proxy_cache_revalidate on;
      add_header X-Kept $upstream_cache_status;
    }}
  }}
}}
"""


@pytest.fixture
def client(world: World) -> FlaskClient:
    return app.create_app(world).server.test_client()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries of the exports that were made."""
    told: list[str] = []
    export = routes.export

    def counted(world: World, view: str, form: str, query: str, *rest: object) -> object:
        told.append(query)
        return export(world, view, form, query, *rest)

    monkeypatch.setattr(routes, "export", counted)
    return told


def asked(client: FlaskClient, address: str, mark: str = "") -> tuple[int, str]:
    headers = {"If-None-Match": mark} if mark else {}
    answer = client.get(address, headers=headers, buffered=True)
    return answer.status_code, answer.headers.get("ETag", "")


@pytest.mark.parametrize("address", HELD)
def test_who_holds_it_is_told_that_it_is_the_same(client: FlaskClient, address: str):
    status, mark = asked(client, address)
    assert (status, mark[:3]) == (200, 'W/"')
    answer = client.get(address, headers={"If-None-Match": mark})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == mark
    assert (answer.cache_control.public, answer.cache_control.max_age) == (True, unchanged.HELD)


def test_an_export_is_not_made_for_who_holds_it(client: FlaskClient, made: list[str]):
    _, mark = asked(client, EXPORT)
    assert asked(client, EXPORT, mark)[0] == 304
    assert len(made) == 1


def test_other_data_code_days_hosts_and_filters_have_other_marks(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
):
    _, mark = asked(client, EXPORT)
    other = replace(world, version="0" * 16)
    assert asked(app.create_app(other).server.test_client(), EXPORT, mark)[0] == 200
    assert asked(client, EXPORT + "&lang=en", mark)[0] == 200
    assert client.get(EXPORT, headers={"If-None-Match": mark, "Host": "a.org"}).status_code == 200
    monkeypatch.setattr(answers, "code", lambda: "other")
    assert asked(client, EXPORT, mark)[0] == 200


def test_what_is_refused_is_not_held(client: FlaskClient):
    for address in ("/export/flows.csv?partner=nowhere", "/export/flows.doc", "/data/none.zip"):
        answer = client.get(address)
        assert answer.status_code in (400, 404)
        assert "ETag" not in answer.headers
        assert not answer.cache_control.public


def test_what_a_visitor_may_have_changed_is_made_each_time(world: World, tmp_path: Path):
    client = app.create_app(world, spaces=Workspaces(world, (), tmp_path)).server.test_client()
    for address in HELD:
        assert asked(client, address) == (200, "")


def test_where_people_sign_in_nothing_is_held(world: World):
    how = Serving(sign_in="X-User", sign_in_from=("127.0.0.1",))
    client = app.create_app(world, how=how).server.test_client()
    answer = client.get(EXPORT, headers={"X-User": "ada"})
    assert "ETag" not in answer.headers
    assert answer.cache_control.no_store


def free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def proxied(world: World, tmp_path: Path) -> Iterator[Callable[[str], requests.Response]]:
    """Ask for an address through an nginx that keeps what it may."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("no nginx: install it (apt-get install nginx-light)")
    port, inner = free(), free()
    server = create_server(app.create_app(world).server, host="127.0.0.1", port=inner)
    threading.Thread(target=server.run, daemon=True).start()
    (tmp_path / "conf").write_text(PROXY.format(folder=tmp_path, port=port, inner=inner))
    run = subprocess.Popen([program, "-p", str(tmp_path), "-c", str(tmp_path / "conf")])
    try:
        listening(port)
        yield lambda address: requests.get(f"http://127.0.0.1:{port}{address}", timeout=PATIENCE)
    finally:
        run.terminate()
        run.wait(PATIENCE)
        server.close()


def listening(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx did not begin")


def test_a_proxy_keeps_exports_and_boundaries(
    proxied: Callable[[str], requests.Response], world: World, made: list[str]
):
    for address in (EXPORT, f"/geometry/regions.{world.version}.json"):
        first, again = proxied(address), proxied(address)
        assert [a.headers["X-Kept"] for a in (first, again)] == ["MISS", "HIT"]
        assert again.content == first.content
    assert len(made) == 1


def test_a_proxy_asks_again_after_a_while_and_nothing_is_made(
    proxied: Callable[[str], requests.Response], made: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(unchanged, "HELD", 1)
    first = proxied(EXPORT)
    time.sleep(2.1)
    again = proxied(EXPORT)
    assert again.headers["X-Kept"] == "REVALIDATED"
    assert again.content == first.content
    assert len(made) == 1


def test_pages_and_changes_of_filter_are_kept_by_no_proxy(
    proxied: Callable[[str], requests.Response],
):
    for address in ("/", "/?view=stances", "/health", "/_dash-layout"):
        assert [proxied(address).headers["X-Kept"] for _ in range(2)] == ["MISS", "MISS"]
