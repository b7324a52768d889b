"""The addresses of the server, asked as a browser or a probe asks them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import geopandas as gpd
import pytest
from flask.testing import FlaskClient

import app
from geo.drawn import LAYERS
from geo.world import World


@pytest.fixture(scope="module")
def client(world: World) -> FlaskClient:
    return app.create_app(world).server.test_client()


def test_health(client: FlaskClient, world: World):
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok", "version": app.VERSION, "data_version": world.version,
        "datasets": {name: sum(d.rows.values()) for name, d in world.datasets.items()},
    }  # fmt: skip
    assert answer.json["datasets"]["links"] > 941


@pytest.mark.parametrize("layer", LAYERS)
def test_boundaries_are_kept_by_the_browser(layer: str, client: FlaskClient, world: World):
    answer = client.get(f"/geometry/{layer}.{world.version}.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/geo+json"
    assert answer.cache_control.immutable
    assert answer.cache_control.public
    assert answer.cache_control.max_age >= 365 * 24 * 3600
    collection = json.loads(answer.data)
    keys = [feature["id"] for feature in collection["features"]]
    assert len(set(keys)) == len(keys)
    frame = gpd.read_file(io.BytesIO(answer.data))
    assert not frame.geometry.is_empty.any()
    if layer == "countries":
        assert "country:MLI" in keys
        assert len(keys) == len(world.layer("countries_world"))


@pytest.mark.parametrize(
    "address", ["/geometry/countries.0000000000000000.json", "/geometry/volcanoes.{version}.json",
                "/geometry/admin1.{version}.json"],
)  # fmt: skip
def test_other_boundaries_are_not_found(address: str, client: FlaskClient, world: World):
    assert client.get(address.format(version=world.version)).status_code == 404


@pytest.mark.parametrize(
    ("address", "status", "mimetype"),
    [
        ("/export/flows.csv", 200, "text/csv"),
        ("/export/flows.csv?partner=country:MLI", 200, "text/csv"),
        ("/export/diaspora.json?lang=en&rows=shown", 200, "application/json"),
        ("/export/stances.geojson?partner=country:MLI", 200, "application/geo+json"),
        ("/export/flows.csv?partner=nowhere", 400, "text/plain"),
        ("/export/flows.csv?rows=some", 400, "text/plain"),
        ("/export/flows.csv?%F0%9F=%00", 400, "text/plain"),
        ("/export/flows.docx", 404, "text/plain"),
        ("/export/volcanoes.csv", 404, "text/plain"),
    ],
)
def test_exports(address: str, status: int, mimetype: str, client: FlaskClient):
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (status, mimetype)
    assert answer.content_type.count("charset") <= 1
    if status == 200:
        name = address.split("/")[-1].split("?")[0].split(".")
        assert answer.headers["Content-Disposition"].startswith(
            f'attachment; filename="corridors-{name[0]}'
        )
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("server", "query", "lang"),
    [("fr", "", "fr"), ("fr", "?lang=en", "en"), ("fr", "?lang=de", "fr"), ("en", "", "en"),
     ("en", "?view=stances&lang=fr", "fr"), ("fr", "?lang=%22%3E%3Cscript%3E", "fr")],
)  # fmt: skip
def test_the_page_is_in_the_language_of_its_address(
    server: str, query: str, lang: str, world: World
):
    page = app.create_app(world, server).server.test_client().get(f"/{query}").text
    assert f'<html lang="{lang}">' in page
    assert f"<title>{app.NAMES[lang]}</title>" in page
    assert "{%" not in page
    assert '"><script>' not in page.split("</head>")[0]


def test_the_page_names_no_other_host(client: FlaskClient):
    page = client.get("/").text.split('<script id="_dash-config"')
    rest = page[0] + page[1].split("</script>", 1)[1]
    assert "://" not in rest


@pytest.fixture
def broken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> FlaskClient:
    """A server asked for a folder without data."""
    server, data = app.served([tmp_path / "nothing"], "fr")
    assert data == "without data"
    assert "nothing: no dataset here" in capsys.readouterr().err
    return server.test_client()


def test_without_data_health_says_why(broken: FlaskClient):
    answer = broken.get("/health")
    assert answer.status_code == 503
    assert answer.json["status"] == "error"
    assert answer.json["version"] == app.VERSION
    assert "no dataset here" in answer.json["reason"]


@pytest.mark.parametrize("address", ["/", "/?view=stances", "/export/flows.csv", "/assets/page.js"])
def test_without_data_every_page_says_why(address: str, broken: FlaskClient):
    answer = broken.get(address)
    assert (answer.status_code, answer.mimetype) == (503, "text/plain")
    assert "no dataset here" in answer.text
    assert "Traceback" not in answer.text
