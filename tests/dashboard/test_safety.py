"""What every answer says of safety, what is refused and in which words, what is watched."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
import threading
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import app
from dashboard import limits, serving
from dashboard.serving import Serving
from dashboard.watching import Lines
from geo.world import World

RENDER = "..map.figure...drawn.data...told.data.."
SECRET = "/srv/secret/place.py: pandas 3.1"


def asked(query: str = "", output: str = RENDER) -> dict[str, object]:
    """The body of the callback that shows a view."""
    return {
        "output": output, "changedPropIds": ["url.search"],
        "outputs": [{"id": "map", "property": "figure"}, {"id": "drawn", "property": "data"},
                    {"id": "told", "property": "data"}],
        "inputs": [{"id": "url", "property": "search", "value": query}],
        "state": [{"id": "drawn", "property": "data", "value": None}],
    }  # fmt: skip


def server(world: World, **how: object) -> Flask:
    made: Flask = app.create_app(world, how=Serving(**how)).server  # type: ignore[arg-type]

    @made.get("/raises")
    def raises() -> str:
        raise ValueError(SECRET)

    return made


@pytest.fixture(scope="module")
def client(world: World) -> FlaskClient:
    return server(world).test_client()


@pytest.fixture(scope="module")
def proxied(world: World) -> FlaskClient:
    return server(world, proxies=1).test_client()


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    made, _ = app.served([tmp_path_factory.mktemp("none") / "nothing"], "fr")
    return made.test_client()


def policy(answer) -> dict[str, list[str]]:
    held = answer.headers["Content-Security-Policy"].split("; ")
    return {name: values for name, *values in (part.split() for part in held)}


@pytest.mark.parametrize(
    "address", ["/", "/health", "/ready", "/assets/page.js", "/export/flows.csv", "/nowhere/x",
                "/export/flows.docx", "/raises", "/_dash-layout", "/scenes.json"],
)  # fmt: skip
def test_every_answer_has_the_headers(address: str, client: FlaskClient, broken: FlaskClient):
    for each in (client, broken):
        answer = each.get(address, buffered=True)
        told = policy(answer)
        assert told["default-src"] == ["'none'"]
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set(told["script-src"])
        assert told["frame-ancestors"] == ["'none'"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        shared = address.startswith("/export/")
        wanted = "cross-origin" if shared else "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == wanted
        assert "Strict-Transport-Security" not in answer.headers
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-ID"])


def test_each_inline_script_of_the_page_is_in_the_policy(client: FlaskClient):
    answer = client.get("/")
    inline = re.findall(r"<script(?![^>]*src=)([^>]*)>(.*?)</script>", answer.text, re.S)
    run = [text for kind, text in inline if "application/json" not in kind]
    assert len(inline) == 2
    digests = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in run}
    assert {f"'sha256-{digest}'" for digest in digests} < set(policy(answer)["script-src"])


@pytest.mark.parametrize(
    ("frames", "ancestors"),
    [("*", None), ("none", ["'none'"]), ("https://a.example", ["https://a.example"])],
)
def test_who_may_frame_a_view(frames: str, ancestors: list[str] | None, world: World):
    client = server(world, frames=frames).test_client()
    assert policy(client.get("/?embed=1")).get("frame-ancestors") == ancestors
    assert policy(client.get("/?embed=0"))["frame-ancestors"] == ["'none'"]
    assert ("data-unframed" in client.get("/").text) == (frames == "none")


def test_tls_and_prefix_are_believed_of_a_proxy_alone(client: FlaskClient, proxied: FlaskClient):
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/atlas",
            "X-Forwarded-Host": "example.org"}  # fmt: skip
    assert "Strict-Transport-Security" not in client.get("/health", headers=told).headers
    assert "/atlas" not in client.get("/", headers=told).text
    assert "max-age" in proxied.get("/health", headers=told).headers["Strict-Transport-Security"]
    page = proxied.get("/", headers=told).text
    held = re.findall(r' (?:src|href)="([^"]*)"', page)
    assert len(held) > 15
    assert [address for address in held if not address.startswith("/atlas/")] == []
    config = json.loads(re.search(r"_dash-config.*?>(.*?)<", page)[1])  # type: ignore[index]
    assert config["requests_pathname_prefix"] == "/atlas/"
    answer = proxied.post("/_dash-update-component", json=asked(), headers=told)
    parts = answer.json["response"]["told"]["data"]["parts"]
    links = re.findall(r'href="(/[^"]*)"', "".join(parts.values()))
    assert len(links) > 10
    assert [link for link in links if not link.startswith("/atlas/export/")] == []
    drawn = re.findall(r'"geojson":\s*"([^"]+)"', json.dumps(answer.json))
    assert drawn
    assert all(address.startswith("/atlas/geometry/") for address in drawn)
    embedded = proxied.post("/_dash-update-component", json=asked("?embed=1"), headers=told)
    assert 'href="/atlas/' in embedded.json["response"]["told"]["data"]["parts"]["whole"]


@pytest.mark.parametrize("root", ['/"><script>', "/a b", "//evil.example", "/%22"])
def test_a_prefix_that_is_none_is_left_out(root: str, proxied: FlaskClient):
    assert root.strip("/") not in proxied.get("/", headers={"X-Forwarded-Prefix": root}).text


@pytest.mark.parametrize(
    ("method", "address", "status", "said"),
    [
        ("get", "/nowhere?lang=en", 404, "Nothing is at this address."),
        ("get", "/nowhere", 404, "Rien ne se trouve à cette adresse."),
        ("get", "/_dash-component-suites/dash/x.js", 404, "Rien ne se trouve à cette adresse."),
        ("get", "/_dash-component-suites/os/x.js", 404, "Rien ne se trouve à cette adresse."),
        ("get", "/assets/nothing.js?lang=en", 404, "Nothing is at this address."),
        ("delete", "/health?lang=en", 405, "This address does not answer this kind of request."),
        ("get", f"/?lang=en&partner={'x' * limits.QUERY}", 414, "The address is too long."),
    ],
)
def test_a_fault_is_a_sentence(
    method: str, address: str, status: int, said: str, client: FlaskClient
):
    answer = getattr(client, method)(address)
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")
    assert answer.text == f"{said}\n"


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 400), ("[]", 400), ('{"output": 3}', 400), ('{"output": "no.where"}', 400),
     (json.dumps(asked() | {"inputs": ["x"]}), 400), ('"' + "x" * 300_000 + '"', 413),
     ("[" * 5000, 400), ('{"output": "x", "inputs": ' + "[" * 5000, 400)],
)  # fmt: skip
def test_a_callback_that_is_none_is_refused(body: str, status: int, client: FlaskClient):
    answer = client.post("/_dash-update-component", data=body, content_type="application/json")
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")


def test_a_page_of_before_is_told_to_load_again(client: FlaskClient):
    page = {"Referer": "http://localhost/?view=gap&lang=en"}
    answer = client.post("/_dash-update-component", json=asked(output="a.b"), headers=page)
    assert answer.text == "The page is older than an update of the server: load it again.\n"


def test_what_raises_is_a_number_here_and_in_the_log(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    def fails(*_: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr("dashboard.rendering.rendered", fails)
    answers = [client.post("/_dash-update-component", json=asked()), client.get("/raises")]
    for answer, record in zip(answers, caplog.records, strict=True):
        assert (answer.status_code, answer.mimetype) == (500, "text/plain")
        number = re.search(r"[0-9A-F]{8}", answer.text)[0]  # type: ignore[index]
        assert number in record.getMessage()
        line = json.loads(Lines().format(record))
        assert (line["reference"], line["request"]) == (number, answer.headers["X-Request-ID"])
        assert SECRET in line["trace"]
        assert "secret" not in answer.text + str(answer.headers)


def test_no_answer_tells_what_the_server_is_made_with(client: FlaskClient):
    page = client.get("/")
    config = json.loads(re.search(r"_dash-config.*?>(.*?)<", page.text)[1])  # type: ignore[index]
    versions = [name for name in config if "version" in name]
    assert len(versions) >= 5
    assert {config[name] for name in versions if name != "disable_version_check"} <= {"", None}
    assert "Server" not in page.headers


def test_pictures_of_one_client_are_counted(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "DATA", "30/hour")
    client = server(world, limits="memory://", proxies=1).test_client()

    def get(address: str, client_is: str = "192.0.2.1"):
        return client.get(address, headers={"X-Forwarded-For": client_is})

    assert get("/export/flows.csv").status_code == 200
    assert get("/export/flows.csv?each=volcanoes").status_code == 400
    assert [get("/export/flows.json").status_code for _ in range(9)] == [200] * 9
    refused = get("/export/flows.csv?lang=en")
    assert (refused.status_code, refused.mimetype) == (429, "text/plain")
    assert int(refused.headers["Retry-After"]) > 3000
    assert re.match(
        r"Too many requests in a short time: try again in [\d,]+ seconds\.", refused.text
    )
    assert get("/export/flows.csv", "192.0.2.2").status_code == 200
    assert get("/").status_code == get("/health").status_code == 200


def test_while_the_storage_is_away_requests_are_counted_in_memory(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "DATA", "2/hour")
    client = server(world, limits="redis://127.0.0.1:1").test_client()
    told = [client.get("/export/flows.json").status_code for _ in range(4)]
    assert told == [200, 200, 429, 429]
    assert {client.get("/health").status_code for _ in range(9)} == {200}


def test_nothing_is_counted_unless_asked(client: FlaskClient):
    answers = {client.get("/export/flows.docx").status_code for _ in range(200)}
    assert answers == {404}


def test_turns_are_bounded_and_given_back():
    turns = limits.Turns(1, 1, 0.0)
    back = turns.take()
    with pytest.raises(limits.Full):
        turns.take()
    back()
    back()
    second = turns.take()
    patient = limits.Turns(1, 1, 60.0)
    first, taken = patient.take(), []
    waiting = threading.Thread(target=lambda: taken.append(patient.take()))
    waiting.start()
    while patient._here < 2:
        pass
    with pytest.raises(limits.Full):
        patient.take()
    first()
    waiting.join(10)
    assert len(taken) == 1
    second()


def test_heavy_exports_wait_for_their_turn():
    made = Flask("turns")
    turns = limits.Turns(1, 0, 0.0)
    limits._queue(made, "fr", turns)

    @made.get("/export/<view>.<form>")
    def exported(view: str, form: str) -> str:
        if view == "raises":
            raise ValueError
        return form

    client = made.test_client()
    for _ in range(3):
        assert client.get("/export/flows.pdf", buffered=True).status_code == 200
        assert client.get("/export/raises.pdf", buffered=True).status_code == 500
    back = turns.take()
    refused = client.get("/export/flows.pdf?lang=en")
    assert (refused.status_code, refused.headers.get("Retry-After")) == (503, None)
    assert client.get("/export/flows.csv?each=region").status_code == 503
    assert client.get("/export/flows.csv").status_code == 200
    back()
    assert client.get("/export/flows.pdf").status_code == 200


def test_ready_says_why_it_is_not(world: World, broken: FlaskClient):
    reasons = ["being prepared", ""]
    client = app.create_app(world, ready=lambda: reasons[0]).server.test_client()
    assert (client.get("/ready").status_code, client.get("/ready").json["reason"]) == (
        503, "being prepared",
    )  # fmt: skip
    reasons.pop(0)
    assert (client.get("/ready").status_code, client.get("/ready").json) == (200, {"status": "ok"})
    assert broken.get("/ready").status_code == 503
    assert "no dataset here" in broken.get("/ready").json["reason"]


@pytest.mark.parametrize(
    ("given", "kept"), [("a-good.id_1234", True), ("short", False), ("x" * 65, False),
                        ('evil"}, {"id', False)],
)  # fmt: skip
def test_an_id_is_kept_where_it_is_one(given: str, kept: bool, client: FlaskClient):
    answer = client.get("/health", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept


def test_the_log_has_a_line_for_each_request_and_no_person(
    world: World, caplog: pytest.LogCaptureFixture
):
    client = server(world, log=True).test_client()
    client.set_cookie("corridors_files", "a-cookie")
    with caplog.at_level(logging.INFO, "corridors.requests"):
        size = len(client.get("/export/flows.csv?theme=health", buffered=True, headers={
            "Accept-Encoding": "identity", "X-Request-ID": "given-by-proxy"}).data)  # fmt: skip
        client.get("/nowhere?theme=health", buffered=True)
    lines = [json.loads(Lines().format(record)) for record in caplog.records]
    first = {name: lines[0][name] for name in ("request", "method", "route", "status", "bytes")}
    assert first == {"request": "given-by-proxy", "method": "GET", "status": 200, "bytes": size,
                     "route": "/export/<view>.<form>"}  # fmt: skip
    assert [line["status"] for line in lines] == [200, 404]
    assert all(line["ms"] > 0 and line["level"] == "info" and line["time"] for line in lines)
    for word in ("health", "127.0.0.1", "cookie", "nowhere"):
        assert word not in json.dumps(lines)


def test_figures_tell_of_requests_and_no_person(world: World, client: FlaskClient):
    watched = server(world, metrics=True).test_client()
    for address in ("/export/flows.csv?theme=health", "/export/volcanoes.csv"):
        watched.get(address, buffered=True)
    shown = asked("?view=stances&theme=health")
    watched.post("/_dash-update-component", json=shown, buffered=True)
    text = watched.get("/metrics").text
    route = 'route="/export/<view>.<form>"'
    assert f'corridors_requests_total{{method="GET",{route},status="200",view="flows"}} 1.0' in text
    assert f'corridors_requests_total{{method="GET",{route},status="404",view=""}} 1.0' in text
    assert 'route="/_dash-update-component",status="200",view="stances"} 1.0' in text
    assert 'corridors_exports_total{format="csv",view="flows"} 1.0' in text
    assert f'corridors_request_seconds_bucket{{le="60.0",{route},view="flows"}} 1.0' in text
    assert float(re.search(r"\ncorridors_memory_bytes (\S+)", text)[1]) > 1e7  # type: ignore[index]
    assert "health" not in text
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize(
    "options", [["--workers", "-1"], ["--proxies", "one"], ["--frame-ancestors", "javascript:x"],
                ["--frame-ancestors", "https://a.example; x *"], ["--frame-ancestors", ""],
                ["--limits-storage", "file:///x"]],
)  # fmt: skip
def test_options_that_are_none_are_refused(options: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stopped:
        app.main(options)
    assert stopped.value.code == 2
    assert options[0] in capsys.readouterr().err


def test_options_say_how_to_serve(monkeypatch: pytest.MonkeyPatch):
    assert serving.chosen(app._options([])) == Serving()
    monkeypatch.setenv("LIMITS_STORAGE", "redis://r:6379")
    told = ["--frame-ancestors", "https://a.example,https://*.b.example:8443", "--limits",
            "--request-log", "--proxies", "2", "--metrics"]  # fmt: skip
    assert serving.chosen(app._options(told)) == Serving(
        "https://a.example https://*.b.example:8443", 2, "redis://r:6379", metrics=True, log=True
    )


def test_every_option_is_in_the_readme():
    readme = (Path(app.__file__).parent / "README.md").read_text("utf-8")
    for name in ("workers", "proxies", "frame-ancestors", "limits", "limits-storage", "metrics",
                 "request-log"):  # fmt: skip
        assert f"`--{name}" in readme
