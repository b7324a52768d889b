"""Files brought in the page: who sees them, what is refused, what remains after removal."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import app
from dashboard import bringing, uploads
from dashboard.bringing import named
from dashboard.catalogue import catalogue
from dashboard.uploads import PIECE
from dashboard.views.data_import import reason_said
from dashboard.workspaces import COOKIE, Workspace, Workspaces
from geo.ingest.kinds import KINDS
from geo.world import World

HERE = {"Origin": "http://localhost"}
BYTES = {**HERE, "Content-Type": "application/octet-stream"}
MOST = 200_000
HEAD = "Commune;Pays;Partenaire;Lat partenaire;Lon partenaire;Type;Année\n"
ROWS = HEAD + (
    "Ville de Paris;Allemagne;Cologne;50,94;6,96;Jumelage;1987\n"
    "Région Bretagne;Japon;Kyoto;;;Accord;2001\n"
    "Saint-Denis;Mali;Kita;;;Accord;2001\n"
    "Paris;Perdu;Nulle part;;;Accord;2001\n"
)
ICELAND = HEAD + "Paris;Islande;Kópavogur;;;Accord;2003\n"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def spaces(world: World, tmp_path: Path) -> Workspaces:
    return Workspaces(world, (), tmp_path / "spaces", apart=False)


@pytest.fixture
def client(world: World, spaces: Workspaces) -> Callable[[], FlaskClient]:
    """A new visitor each time it is called."""
    return app.create_app(world, spaces=spaces, most=MOST).server.test_client


@pytest.fixture(autouse=True)
def no_page_ahead(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare one visitor's tests the page that is made before it is opened; those of several have
    it."""
    if "visitor" in request.fixturenames:
        monkeypatch.setattr(uploads, "_first_page", lambda *_: None)


@pytest.fixture
def visitor(client: Callable[[], FlaskClient]) -> FlaskClient:
    return client()


def sent(visitor: FlaskClient, text: str | bytes, name: str = "own.csv", **query: str) -> Any:
    body = text.encode() if isinstance(text, str) else text
    asked = {"name": name, "lang": "en", **query}
    return visitor.post("/upload", query_string=asked, data=body, headers=BYTES)


def asked(visitor: FlaskClient, address: str, held: object, lang: str = "en") -> TestResponse:
    return visitor.post(f"/upload/{address}?lang={lang}", json=held, headers=HERE)


def brought(visitor: FlaskClient, text: str, name: str = "own.csv", **decisions: str) -> Any:
    """The report of a file that is sent, tried as proposed and kept."""
    proposal = sent(visitor, text, name).json
    held = asked(visitor, "try", {**proposal["mapping"], "decisions": decisions})
    assert held.status_code == 200, held.text
    assert asked(visitor, "keep", {}).status_code == 200
    return held.json


def links(visitor: FlaskClient) -> int:
    text = visitor.get("/export/flows.csv").text
    return len(list(csv.reader(io.StringIO(text)))) - 1


def files(spaces: Workspaces) -> list[str]:
    return [str(path.relative_to(spaces.folder)) for path in spaces.folder.rglob("*")]


def rendered(visitor: FlaskClient, query: str = "") -> Any:
    """What the page's main callback answers."""
    answer = visitor.post("/_dash-update-component", json={
        "output": "..map.figure...drawn.data...told.data..",
        "outputs": [{"id": i, "property": p} for i, p in
                    (("map", "figure"), ("drawn", "data"), ("told", "data"))],
        "inputs": [{"id": "url", "property": "search", "value": query}],
        "state": [{"id": "drawn", "property": "data", "value": None}],
        "changedPropIds": ["url.search"],
    })  # fmt: skip
    assert answer.status_code == 200
    return answer.json["response"]


def geometry(response: Any) -> list[str]:
    return [trace["geojson"] for trace in response["map"]["figure"]["data"] if "geojson" in trace]


def test_two_visitors_see_different_data_at_the_same_time(
    client: Callable[[], FlaskClient], world: World
):
    one, two, nobody = client(), client(), client()
    brought(one, ROWS)
    brought(two, ICELAND, "other.csv")
    known = len(world.table("links"))
    assert [links(v) for v in (one, two, nobody, one)] == [known + 2, known + 1, known, known + 2]
    assert "Kyoto" in one.get("/export/flows.csv?partner=country:JPN").text
    assert "Kyoto" not in two.get("/export/flows.csv?partner=country:JPN").text


def test_the_page_its_maps_and_its_files_follow_the_cookie(
    client: Callable[[], FlaskClient], world: World
):
    one, nobody = client(), client()
    brought(one, ROWS)
    told = rendered(one)["told"]["data"]["parts"]
    assert "own.csv" in told["own"]
    assert f"{len(world.table('links')) + 2}" in told["sentence"]
    assert rendered(nobody)["told"]["data"]["parts"]["own"] == ""
    address = geometry(rendered(one))[0]
    assert world.version not in address
    answer = one.get(address)
    assert answer.status_code == 200
    assert not answer.cache_control.public
    assert nobody.get(address).status_code == 404
    base = geometry(rendered(nobody))[0]
    assert [v.get(base).status_code for v in (one, nobody)] == [200, 200]
    assert "Kyoto" in one.get("/data/links-own/places.csv").text
    assert nobody.get("/data/links-own/places.csv").status_code == 404
    assert one.get("/scenes.json").status_code == 200
    assert one.get("/health").json["data_version"] == world.version


def test_a_layout_is_of_the_visitors_data(client: Callable[[], FlaskClient]):
    one = client()
    brought(one, HEAD + "Paris;Japon;Kyoto;;;Accord;1911\n")
    assert '"min":1910' in one.get("/_dash-layout").text.replace(" ", "")
    assert '"min":1910' not in client().get("/_dash-layout").text.replace(" ", "")


def test_answers_on_own_data_are_kept_by_no_proxy(client: Callable[[], FlaskClient]):
    one = client()
    brought(one, ROWS)
    assert one.get("/export/flows.csv").cache_control.no_store
    other = client().get("/export/flows.csv")
    assert not other.cache_control.no_store
    assert "Cookie" in other.vary


def test_every_row_has_its_outcome(visitor: FlaskClient):
    proposal = sent(visitor, ROWS).json
    assert proposal["kind"] == "links"
    assert proposal["mapping"]["columns"]["a_name"] == "Commune"
    assert proposal["columns"][2] == ["Partenaire", ["Cologne", "Kyoto", "Kita", "Nulle part"]]
    told = asked(visitor, "try", proposal["mapping"]).json
    assert [n for _, _, n in told["counts"]] == [4, 2, 1, 1]
    assert told["refused"] == [["unknown country", "1"]]
    assert told["rows"] == [[5, "unknown country", "Paris · Perdu · Nulle part · Accord · 2001"]]
    (end,) = told["ends"]
    assert end["name"] == "Saint-Denis"
    names = dict(end["candidates"])
    assert {"commune:93066", "commune:97411"} <= set(names)
    assert len(set(names.values())) == len(names)
    decided = {**proposal["mapping"], "decisions": {end["end"]: "commune:93066"}}
    told = asked(visitor, "try", decided).json
    assert [n for _, _, n in told["counts"]] == [4, 3, 0, 1]
    assert told["ends"] == []


def test_where_a_file_comes_from_is_told_under_every_map_and_in_every_export(
    visitor: FlaskClient,
):
    proposal = sent(visitor, ROWS, "own.csv").json
    assert proposal["provenance"] == {"title": "own", "producer": "", "licence": "", "vintage": ""}
    told = {"title": "Links of\n<b>2025</b>", "producer": "Ministry", "licence": "ODbL",
            "vintage": 3, "address": "javascript:alert(1)"}  # fmt: skip
    held = {**proposal["mapping"], "decisions": {}, "provenance": told}
    assert asked(visitor, "try", held).status_code == 200
    assert asked(visitor, "keep", {}).status_code == 200
    cited = "Ministry, Links of <b>2025</b> (own.csv) (ODbL) – data added to the atlas"
    package = zipfile.ZipFile(io.BytesIO(visitor.get("/export/flows.zip?lang=en").data))
    titles = [each["title"] for each in json.loads(package.read("datapackage.json"))["sources"]]
    assert titles.count(cited) == 1
    assert sum(title.endswith("added to the atlas") for title in titles) == 1
    parts = rendered(visitor, "?lang=en")["told"]["data"]["parts"]
    assert cited.replace("<", "&lt;").replace(">", "&gt;") in parts["sources"]
    other = rendered(visitor, "?view=stances&lang=en")["told"]["data"]["parts"]
    assert "added to the atlas" not in other["sources"]


@pytest.mark.parametrize("told", ["text", ["title"], {"title": ["a"]}, {"licence": "x" * 9999}])
def test_a_nonsense_origin_of_a_file_changes_nothing_else(told: object, visitor: FlaskClient):
    proposal = sent(visitor, ROWS).json
    held = asked(visitor, "try", {**proposal["mapping"], "provenance": told})
    assert held.status_code == 200
    assert held.json["counts"][1][2] == 2


def test_what_is_left_out_can_be_taken_away(visitor: FlaskClient):
    proposal = sent(visitor, ROWS).json
    assert visitor.get("/upload/refused.csv").status_code == 404
    asked(visitor, "try", proposal["mapping"])
    for moment in ("tried", "kept"):
        rows = list(csv.DictReader(io.StringIO(
            visitor.get("/upload/refused.csv").data.decode("utf-8-sig"))))  # fmt: skip
        assert [(r["line"], r["reason"]) for r in rows] == [("5", "unknown_country")], moment
        assert "Saint-Denis" in visitor.get("/upload/doubtful.csv").text
        assert visitor.get("/upload/mapping.json").json["columns"]["a_name"] == "Commune"
        asked(visitor, "keep", {})
    assert visitor.get("/upload/report.json").status_code == 404


def test_removal_leaves_no_file_and_the_old_answer(
    visitor: FlaskClient, spaces: Workspaces, world: World
):
    brought(visitor, ROWS)
    assert files(spaces)
    answer = visitor.delete("/upload", headers=HERE)
    assert answer.status_code == 204
    assert files(spaces) == []
    assert not spaces._worlds
    assert visitor.get_cookie(COOKIE) is None
    assert links(visitor) == len(world.table("links"))
    assert visitor.delete("/upload", headers=HERE).status_code == 204


def test_files_add_up_and_have_their_own_names(visitor: FlaskClient, world: World):
    brought(visitor, ROWS)
    brought(visitor, ICELAND)
    told = rendered(visitor)["told"]["data"]["parts"]["own"]
    assert told.count("own.csv") == 2
    assert links(visitor) == len(world.table("links")) + 3
    assert visitor.get("/data/links-own-2/links.csv").status_code == 200


def test_a_file_brought_twice_adds_nothing(visitor: FlaskClient):
    brought(visitor, ICELAND)
    proposal = sent(visitor, ICELAND).json
    told = asked(visitor, "try", proposal["mapping"]).json
    assert told["refused"] == [["already in the atlas", "1"]]
    answer = asked(visitor, "keep", {}, "fr")
    assert answer.status_code == 400
    assert answer.json["error"] == catalogue("fr").say("upload.fault.none")


def test_a_file_that_is_not_kept_leaves_nothing(visitor: FlaskClient, spaces: Workspaces):
    sent(visitor, ROWS)
    assert files(spaces)
    assert visitor.delete("/upload/pending", headers=HERE).status_code == 204
    assert files(spaces) == []


def test_a_file_let_go_leaves_the_others(visitor: FlaskClient, spaces: Workspaces):
    brought(visitor, ROWS)
    held = files(spaces)
    sent(visitor, ICELAND)
    visitor.delete("/upload/pending", headers=HERE)
    assert files(spaces) == held


ADDRESSES = [("POST", "/upload"), ("POST", "/upload/read"), ("POST", "/upload/try"),
             ("POST", "/upload/keep"), ("GET", "/upload/refused.csv"), ("DELETE", "/upload"),
             ("GET", "/upload/doubtful.csv"), ("DELETE", "/upload/pending")]  # fmt: skip


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_without_the_option_there_is_no_such_address(method: str, address: str, world: World):
    plain = app.create_app(world).server.test_client()
    assert plain.open(address, method=method, headers=BYTES, data=b"x").status_code == 404


def test_without_the_option_the_page_says_the_two_commands_alone(world: World):
    plain = app.create_app(world).server.test_client()
    layout, page = plain.get("/_dash-layout").text, plain.get("/").text
    assert "upload" not in page
    assert not {'"bring"', '"upload"', '"own"'} & set(layout.split(":"))
    assert '"id":"upload"' not in layout.replace(" ", "")
    told = rendered(plain, "?view=data")["told"]["data"]["parts"]
    assert "own" not in told
    assert "python -m geo ingest FILE --out DIR" in told["beside"]
    assert "python app.py --data DIR" in told["beside"]


def test_with_the_option_the_page_has_it(visitor: FlaskClient):
    layout = visitor.get("/_dash-layout").text.replace(" ", "")
    assert all(f'"id":"{name}"' in layout for name in ("upload", "bring", "own"))
    assert "upload.js" in visitor.get("/").text


@pytest.mark.parametrize("origin", ["", "null", "http://elsewhere.example", "http://localhost:81",
                                    "http://localhost.elsewhere.example"])  # fmt: skip
def test_another_origin_is_refused(origin: str, visitor: FlaskClient, spaces: Workspaces):
    headers = {**BYTES, "Origin": origin} if origin else {"Content-Type": BYTES["Content-Type"]}
    for method, address in ADDRESSES:
        if method != "GET":
            answer = visitor.open(address, method=method, data=ROWS.encode(), headers=headers)
            assert answer.status_code == 403, address
    assert files(spaces) == []


def test_a_form_of_another_page_is_refused(visitor: FlaskClient, spaces: Workspaces):
    for kind in ("text/plain", "multipart/form-data", "application/x-www-form-urlencoded"):
        headers = {**HERE, "Content-Type": kind}
        for address in ("/upload", "/upload/try", "/upload/keep", "/upload/read"):
            assert visitor.post(address, data=b"{}", headers=headers).status_code == 400
    assert files(spaces) == []


def test_too_many_bytes_are_refused(visitor: FlaskClient, spaces: Workspaces):
    answer = sent(visitor, b"x" * (MOST + 1), lang="fr")
    assert answer.status_code == 413
    assert answer.json["error"].startswith("Le fichier dépasse 0,2 Mo")
    assert files(spaces) == []
    assert COOKIE not in answer.headers.get("Set-Cookie", "")


def test_bytes_are_counted_where_their_number_is_not_told(visitor: FlaskClient, spaces: Workspaces):
    body = io.BytesIO(b"x" * (MOST + 1))
    answer = visitor.post("/upload?name=a.csv", input_stream=body, headers=BYTES,
                          environ_overrides={"wsgi.input_terminated": True})  # fmt: skip
    assert answer.status_code == 413
    assert body.tell() <= 2 * PIECE
    assert files(spaces) == []


def test_too_many_rows_are_refused(
    visitor: FlaskClient, spaces: Workspaces, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bringing, "MOST_ROWS", 3)
    answer = sent(visitor, ROWS)
    assert answer.status_code == 413
    assert "4 rows, more than the 3" in answer.json["error"]
    assert files(spaces) == []


def test_a_zip_that_grows_is_refused(visitor: FlaskClient, spaces: Workspaces):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.shp", b"\0" * (bringing.MOST_UNPACKED * MOST + 1))
    answer = sent(visitor, held.getvalue(), "a.zip")
    assert answer.status_code == 413
    assert files(spaces) == []


def test_a_parquet_of_too_many_rows_is_refused(visitor: FlaskClient, spaces: Workspaces):
    held = io.BytesIO()
    pd.DataFrame({"Commune": ["Paris"] * 100_001}).to_parquet(held)
    answer = sent(visitor, held.getvalue(), "a.parquet")
    assert answer.status_code == 413
    assert files(spaces) == []


@pytest.mark.parametrize(
    ("body", "name"),
    [(b"", "a.csv"), (b"\0\1\2", "a.csv"), (b"%PDF-1.4", "a.pdf"), (b"PK\3\4nonsense", "a.xlsx"),
     (b"a;b\n", "a.csv"), (b"PAR1nonsense", "a.parquet"), (b"{}", "a.geojson"),
     (b"SQLite format 3\0", "a.gpkg")],
)  # fmt: skip
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    body: bytes, name: str, lang: str, visitor: FlaskClient, spaces: Workspaces
):
    answer = sent(visitor, body, name, lang=lang)
    assert answer.status_code == 400
    assert answer.json["error"].startswith(
        {"fr": "Ce fichier ne peut pas être lu", "en": "This file cannot be read"}[lang]
    )
    assert str(spaces.folder) not in answer.json["error"]
    assert "Traceback" not in answer.text
    assert files(spaces) == []


@pytest.mark.parametrize(
    ("body", "name", "french", "english"),
    [
        (b"a;b\n1;2\n1;2;3\n", "a.csv",
         "la ligne 3 a 3 cellules alors que l’en-tête, à la ligne 1, en a 2\u00a0; mettez entre "
         "guillemets tout texte qui contient le séparateur de colonnes «\u00a0;\u00a0», ou ajoutez "
         "une colonne à l’en-tête",
         "line 3 has 3 cells where the header, line 1, has 2; put quotation marks around a text "
         "that holds the delimiter «;», or add a column to the header"),
        ((",".join(f"c{i}" for i in range(2001)) + "\n" + "1," * 2000 + "1\n").encode(), "a.csv",
         "il a 2\u202f001 colonnes\u00a0; 2\u202f000 au plus sont lues",
         "it has 2,001 columns; at most 2,000 are read"),
        (b'{"type": "FeatureCollection", "features": [\n{"type": ,}]}', "a.geojson",
         "il est endommagé, ou n’est pas au format GeoJSON, à la ligne 2\u00a0; exportez-le de "
         "nouveau", None),
        (b"PK\3\4nonsense", "a.xlsx",
         "c’est une archive zip ou un classeur endommagé\u00a0; récupérez-le ou enregistrez-le de "
         "nouveau", None),
    ],
)  # fmt: skip
def test_why_a_file_cannot_be_read_is_said_in_the_language_of_the_page(
    body: bytes, name: str, french: str, english: str | None, visitor: FlaskClient
):
    said = {lang: sent(visitor, body, name, lang=lang).json["error"] for lang in ("fr", "en")}
    assert said["fr"] == f"Ce fichier ne peut pas être lu\u00a0: {french}."
    if english:
        assert said["en"] == f"This file cannot be read: {english}."


def test_a_fault_nobody_thought_of_is_a_sentence_too(
    visitor: FlaskClient, spaces: Workspaces, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bringing, "read", lambda *_: 1 // 0)
    answer = sent(visitor, ROWS)
    assert (answer.status_code, answer.json["error"]) == (
        400, catalogue("en").say("upload.fault.failed"),
    )  # fmt: skip
    assert files(spaces) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize("step", ["put", "written", "kept"])
def test_a_full_disk_is_told_and_nothing_is_added(
    step: str, code: int, visitor: FlaskClient, spaces: Workspaces, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> None:
        raise OSError(code, os.strerror(code), str(spaces.folder))

    told = catalogue("en").say("upload.fault.disk")
    with monkeypatch.context() as patch:
        patch.setattr(bringing, step, full)
        answer = sent(visitor, ROWS)
        if step != "put":
            answer = asked(visitor, "try", answer.json["mapping"])
        if step == "kept":
            answer = asked(visitor, "keep", {})
        assert (answer.status_code, answer.json) == (507, {"error": told})
    assert all(not space.datasets() for space in map(Workspace, spaces.folder.iterdir()))
    brought(visitor, ROWS)


@pytest.mark.parametrize(
    ("given", "told"),
    [("../../etc/passwd", "passwd"), ("..", "file"), ("", "file"), ("C:\\a\\b.csv", "b.csv"),
     ("a\0b\n.csv", "ab.csv"), ("/", "file"), ("...csv", "csv"), ("x" * 5000, "x" * 120),
     ("\u202egnp.csv", "gnp.csv"), (f"{SCRIPT}.csv", "script>.csv"), ("é" * 300, "é" * 120)],
)  # fmt: skip
def test_names_of_files_are_names(given: str, told: str):
    assert named(given) == told


@pytest.mark.parametrize("name", ["../../evil.csv", "<img src=x onerror=alert(1)>.csv"])
def test_a_hostile_name_is_a_text(
    name: str, visitor: FlaskClient, spaces: Workspaces, tmp_path: Path
):
    before = set(tmp_path.rglob("*")) - set(spaces.folder.rglob("*"))
    brought(visitor, ICELAND, name)
    assert set(tmp_path.rglob("*")) - set(spaces.folder.rglob("*")) == before
    told = rendered(visitor)["told"]["data"]["parts"]
    assert not any("<img" in part for part in told.values() if isinstance(part, str))
    if "<img" in name:
        assert "&lt;img" in told["own"]


def test_cells_and_columns_are_text(visitor: FlaskClient):
    text = f"Commune;Pays;{SCRIPT};Type\nParis;Japon;{SCRIPT};Accord\nParis;Japon;Kyoto;Accord\n"
    proposal = sent(visitor, text).json
    mapping = {**proposal["mapping"], "columns": {"a_name": "Commune", "b_country": "Pays",
               "b_name": SCRIPT, "kind": "Type", "note": SCRIPT}}  # fmt: skip
    held = asked(visitor, "try", mapping)
    assert held.content_type == "application/json"
    asked(visitor, "keep", {})
    for view in ("flows", "data", "territory"):
        told = rendered(visitor, f"?view={view}")["told"]["data"]["parts"]
        assert not any("<script" in part for part in told.values() if isinstance(part, str))


@pytest.mark.parametrize(
    "body",
    ["", "nonsense", "[]", "3", '"x"', "null", "{}", '{"kind": "volcanoes"}', '{"kind": 3}',
     '{"kind": "links", "columns": []}', '{"kind": "links", "columns": {"a_name": 3}}',
     '{"kind": "links", "columns": {"a_name": {"x": 1}}}',
     '{"kind": "links", "columns": {"a_name": "No such column", "b_name": "Pays", "kind": "Type"}}',
     '{"kind": "links", "columns": {"nobody": "Pays"}}',
     '{"kind": "links", "columns": {"a_name": "Commune"}}',
     '{"kind": "links", "columns": {}, "across": "x"}',
     '{"kind": "links", "columns": {}, "across": [[]]}',
     '{"kind": "links", "columns": {}, "separators": 3}',
     '{"kind": "links", "columns": {}, "source": ["x"]}', "[" * 5000],
)  # fmt: skip
def test_a_nonsense_mapping_is_refused(body: str, visitor: FlaskClient):
    sent(visitor, ROWS)
    headers = {**HERE, "Content-Type": "application/json"}
    for address in ("try", "read"):
        answer = visitor.post(f"/upload/{address}", data=body, headers=headers)
        accepted = address == "read" and body.startswith("{")
        assert answer.status_code == (200 if accepted else 400), body
        unforeseen = catalogue("fr").say("upload.fault.failed")
        assert accepted or answer.json["error"] not in ("", unforeseen)
        assert "Traceback" not in answer.text


def test_decisions_that_mean_nothing_change_nothing(visitor: FlaskClient):
    mapping = sent(visitor, ROWS).json["mapping"]
    first = asked(visitor, "try", mapping).json
    end = first["ends"][0]["end"]
    for decisions in ({end: "nowhere"}, {"": ""}, {"x" * 9999: "commune:75056"}):
        assert asked(visitor, "try", {**mapping, "decisions": decisions}).json == first


def test_nothing_is_asked_of_a_file_that_is_not_there(visitor: FlaskClient):
    for address in ("read", "try", "keep"):
        answer = asked(visitor, address, {}, "fr")
        assert answer.status_code == 404
        assert "Aucun fichier" in answer.json["error"]
    sent(visitor, ROWS)
    assert asked(visitor, "keep", {}).status_code == 404


def test_columns_of_persons_are_dropped(visitor: FlaskClient, spaces: Workspaces):
    text = "Commune;Maire;Courriel;Pays;Type\nParis;Jeanne Martin;j@m.example;Japon;Accord\n"
    proposal = sent(visitor, text).json
    assert proposal["personal"] == ["Maire", "Courriel"]
    assert "Jeanne" not in json.dumps(proposal)
    mapping = proposal["mapping"]
    wrong = {**mapping, "columns": {**mapping["columns"], "note": "Maire"}}
    answer = asked(visitor, "try", wrong)
    assert answer.status_code == 400
    assert "persons" in answer.json["error"]
    asked(visitor, "try", mapping)
    assert asked(visitor, "keep", {}).status_code == 200
    assert not any("Jeanne" in path.read_text("utf-8") for path in spaces.folder.rglob("*.*"))


def test_a_workbook_is_read_by_its_sheet(visitor: FlaskClient):
    held = io.BytesIO()
    with pd.ExcelWriter(held) as book:
        pd.DataFrame({"Notice": ["Lisez-moi"], "Date": ["2020"]}).to_excel(book, sheet_name="Lisez",
                                                                           index=False)  # fmt: skip
        rows = pd.read_csv(io.StringIO(ROWS), sep=";", dtype=str).fillna("")
        rows.to_excel(book, sheet_name="Liens", index=False)
    proposal = sent(visitor, held.getvalue(), "own.xlsx").json
    assert proposal["sheets"] == ["Lisez", "Liens"]
    again = asked(visitor, "read", {"sheet": "Liens"}).json
    assert again["sheet"] == "Liens"
    told = asked(visitor, "try", again["mapping"]).json
    assert [n for _, _, n in told["counts"]] == [4, 2, 1, 1]
    assert asked(visitor, "read", {"sheet": "Rien"}).status_code == 400
    assert asked(visitor, "read", {"sheet": "Liens"}).status_code == 200


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_may_be_read_as_every_kind(kind: str, lang: str, visitor: FlaskClient):
    sent(visitor, ROWS)
    proposal = asked(visitor, "read", {"kind": kind}, lang).json
    assert proposal["kind"] == kind
    assert proposal["needs"]
    assert dict(proposal["kinds"])[kind] != kind
    assert [role for role, label, _ in proposal["roles"] if role == label] == []
    answer = asked(visitor, "try", {"kind": kind, "columns": {}}, lang)
    assert (answer.status_code, answer.json["error"]) == (400, proposal["needs"])


def test_figures_by_place_are_brought_too(visitor: FlaskClient):
    text = "Pays;Année;Valeur;Unité;Vecteur\nMali;2031;12,5;million USD;remittances\n"
    proposal = sent(visitor, text, "transferts.csv").json
    assert proposal["kind"] == "vectors"
    told = brought(visitor, text, "transferts.csv")
    assert [n for _, _, n in told["counts"]] == [1, 1, 0, 0]
    assert "2031" in visitor.get("/export/vectors.csv?vector=remittances").text


def test_an_unknown_code_is_said_as_it_is():
    assert reason_said("struck_by_lightning", catalogue("fr")) == "struck_by_lightning"
    assert reason_said("no_value", catalogue("fr")) != "no_value"


@pytest.fixture
def busy() -> Iterator[None]:
    with bringing._importing:
        yield


@pytest.mark.usefixtures("busy")
def test_one_file_is_matched_at_a_time(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bringing, "PATIENCE", 0.01)
    answer = sent(visitor, ROWS)
    assert (answer.status_code, answer.json["error"]) == (
        503, catalogue("en").say("upload.fault.busy"),
    )  # fmt: skip


def test_a_visitor_has_so_many_files_and_no_more(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    brought(visitor, ICELAND)
    monkeypatch.setattr(bringing, "MOST_FILES", 1)
    assert sent(visitor, ROWS).status_code == 400


def test_the_cookie_is_the_pages_alone(visitor: FlaskClient):
    said = sent(visitor, ROWS).headers["Set-Cookie"]
    assert all(word in said for word in ("HttpOnly", "SameSite=Strict", "Path=/"))
    secure = visitor.post("/upload?name=a.csv", data=ROWS.encode(), headers={
        **BYTES, "Origin": "https://localhost", "Cookie": ""}, base_url="https://localhost",
    )  # fmt: skip
    assert secure.status_code == 200


@pytest.mark.parametrize(
    "given", [["--upload-limit", "0"], ["--upload-limit", "x"], ["--upload-dir", "new"],
              ["--allow-upload", "--upload-dir", "file/new"]],
)  # fmt: skip
def test_options_that_mean_nothing_are_refused(
    given: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as ended:
        app.main(given)
    assert ended.value.code == 2


def test_a_server_takes_files_where_it_is_told_to(tmp_path: Path):
    server, _ = app.served([], "fr", taking=app.Taking(MOST, tmp_path / "spaces"))
    assert sent(server.test_client(), ROWS).status_code == 200
    assert len(list((tmp_path / "spaces").iterdir())) == 1
