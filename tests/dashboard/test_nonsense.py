"""Addresses and bodies made at random or of real ones broken: a sentence each, never a fault of the
server, and nothing of its machine in the answer.

CORRIDORS_EXAMPLES=10000 tries as many of each; a run of all tests tries few, always the same.
"""

from __future__ import annotations

import os
import string
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

import app
from dashboard.catalogue import catalogue
from dashboard.exports import EXPORTS
from dashboard.state import VIEWS, ViewState
from dashboard.workspaces import Workspaces
from geo.world import World

MANY = os.environ.get("CORRIDORS_EXAMPLES", "")
SOME = settings(
    max_examples=int(MANY or "25"), derandomize=not MANY, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
REAL = (
    "view=flows&partner=country:MLI&lang=en", "territory=region:11,departement:93&years=1990-2020",
    "view=stances&stance=supportive&convention=un", "view=diaspora&origin=country:DZA&level=epci",
    "view=vectors&vector=remittances,embassy", "view=networks&network=network:uclg&present=1",
    "view=territory&territory=commune:35238", "view=index&weights=state_body:9.5&level=region",
    "view=cases&home=region:53", "view=time&years=1956-2026&top=20", "frame=geo:6,10,14,11,0",
    "view=gap&subregion=015&group=south,ldc&kind=twinning", "rows=shown&size=slide&scale=4",
)  # fmt: skip
FORMATS = [name for name in EXPORTS if name in ("csv", "json", "geojson", "parquet", "xlsx")]
HOSTILE = st.sampled_from([
    "<script>alert(1)</script>", "=HYPERLINK(\"http://a\")", "../../etc/passwd", "%00", "\u202e",
    "' OR 1=1 --", "{{7*7}}", "country:MLI" * 300, "-1", "1e309", "nan", "NaN-inf", "9" * 400,
    "\U0001f600", "&&==&", "%", "%zz", "a\r\nSet-Cookie: a=b",
])  # fmt: skip
NAMES = st.sampled_from([field.name for field in fields(ViewState)]) | HOSTILE
VALUES = HOSTILE | st.text(max_size=30) | st.sampled_from(
    [pair.partition("=")[2] for query in REAL for pair in query.split("&")]
)  # fmt: skip


def broken(query: str, at: int, piece: str, cut: int) -> str:
    """A query with a piece put in the place of some of its characters."""
    at %= len(query) + 1
    return query[:at] + piece + query[at + cut :]


QUERIES = st.one_of(
    st.lists(st.tuples(NAMES, VALUES), max_size=5).map(
        lambda pairs: "&".join(f"{quote(k, errors='replace')}={quote(v, errors='replace')}"
                               for k, v in pairs)),
    st.builds(broken, st.sampled_from(REAL), st.integers(0, 80),
              st.text(string.printable, max_size=4) | HOSTILE, st.integers(0, 6)),
    st.tuples(st.sampled_from(REAL), st.sampled_from(REAL)).map("&".join),
)  # fmt: skip


MOSTLY_VIEWS = st.one_of(st.sampled_from(VIEWS), st.sampled_from(VIEWS), HOSTILE)


@pytest.fixture(scope="module")
def client(world: World, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("spaces")
    spaces = Workspaces(world, (), folder, apart=False)
    return app.create_app(world, spaces=spaces).server.test_client()


def sound(answer: TestResponse) -> TestResponse:
    """An answer that is no fault of the server, and tells nothing of its machine."""
    assert answer.status_code < 500, answer.text[:400]
    if answer.status_code >= 400:
        told = answer.text
        assert told.strip()
        assert "Traceback" not in told
        assert str(Path(app.__file__).parent) not in told
        assert "site-packages" not in told
    return answer


def clean(query: str) -> str:
    """A query as a browser may send it: no sign that ends the line of a request."""
    return "".join(c for c in query if c.isprintable() and c not in "# ").encode(
        "utf-8", "replace").decode("utf-8")  # fmt: skip


@SOME
@given(query=QUERIES)
def test_the_page_answers_whatever_its_address(query: str, client: FlaskClient):
    asked = f"?{clean(query)}"
    answer = sound(client.post("/_dash-update-component", json={
        "output": "..map.figure...drawn.data...told.data..",
        "outputs": [{"id": i, "property": p} for i, p in
                    (("map", "figure"), ("drawn", "data"), ("told", "data"))],
        "inputs": [{"id": "url", "property": "search", "value": asked}],
        "state": [{"id": "drawn", "property": "data", "value": None}],
        "changedPropIds": ["url.search"],
    }))  # fmt: skip
    assert answer.status_code == 200
    assert "<script>alert" not in str(answer.json["response"]["told"]["data"]["parts"])


@SOME
@given(view=MOSTLY_VIEWS, form=st.sampled_from([*FORMATS * 4, "exe", "../csv"]), query=QUERIES)
def test_an_export_is_made_or_refused_in_a_sentence(
    view: str, form: str, query: str, client: FlaskClient
):
    kind = quote(view, safe="", errors="replace"), quote(form, safe="", errors="replace")
    answer = sound(client.get(f"/export/{kind[0]}.{kind[1]}?{clean(query)}"))
    assert answer.headers.get("Content-Disposition", "").isprintable()


@SOME
@given(path=st.lists(HOSTILE | st.text(max_size=12) | st.sampled_from(
    ["data", "links", "links.csv", "geometry", "countries", "export", "assets", "upload", "..",
     "scenes.json", "_dash-layout", "health"]), max_size=4))  # fmt: skip
def test_no_address_is_a_fault(path: list[str], client: FlaskClient):
    address = "/".join(quote(piece, safe="", errors="replace") for piece in path)
    sound(client.get(f"/{address.lstrip('/')}"))


BODIES = st.binary(max_size=400) | st.builds(
    lambda head, rows: ("\n".join([head, *rows])).encode("utf-8", "replace"),
    st.sampled_from(["Commune;Pays;Partenaire;Type", "country,iso3,stance", "code,2019,2020",
                     '{"type":"FeatureCollection","features":[', "PK\x03\x04", "a\tb\tc"]),
    st.lists(st.lists(HOSTILE | st.text(max_size=8), max_size=5).map(";".join), max_size=4),
)  # fmt: skip
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | HOSTILE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["kind", "columns", "constants", "across", "provenance", "decisions",
                         "source", "separators"]) | st.text(max_size=4), inner, max_size=4),
    max_leaves=8)  # fmt: skip
HERE = {"Origin": "http://localhost"}


FILES = HOSTILE | st.sampled_from(
    ["a.csv", "a.xlsx", "a.geojson", "a.gpkg", "a.zip", "a.parquet", "a.json", "a"]
)


@SOME
@given(body=BODIES, name=FILES, mapping=JUNK)
def test_whatever_is_uploaded_is_told(body: bytes, name: str, mapping: Any, client: FlaskClient):
    headers = {**HERE, "Content-Type": "application/octet-stream"}
    asked = {"name": name, "lang": "en"}
    sent = sound(client.post("/upload", query_string=asked, data=body, headers=headers))
    tried = sound(client.post("/upload/try?lang=en", json=mapping, headers=HERE))
    unforeseen = catalogue("en").say("upload.fault.failed")
    assert unforeseen not in [answer.json.get("error") for answer in (sent, tried)]
    sound(client.delete("/upload/pending", headers=HERE))
