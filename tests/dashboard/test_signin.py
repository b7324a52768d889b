"""Signing in: nothing is answered to those whom no proxy names, whatever they ask for."""

from __future__ import annotations

import http.client
import ipaddress
import json
import logging
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small
import yaml
from flask import Flask
from flask.testing import FlaskClient

import app
from dashboard import importing, serving
from dashboard.serving import Serving
from dashboard.watching import Lines
from dashboard.workspaces import COOKIE, Workspaces
from geo.world import World

ROOT = Path(app.__file__).parent
HEADER = "X-Forwarded-User"
ADA, EVE = {HEADER: "ada@agglo.example"}, {HEADER: "eve@agglo.example"}
STRANGER = {"REMOTE_ADDR": "203.0.113.9"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
BESIDE = ("/assets/page.js", "/assets/../app.py", "/nowhere", "/nowhere/else", "//health",
          "/health/", "/ready/x", "/HEALTH", "/%2e/health", "/robots.txt", "/.env")  # fmt: skip
SAID = {
    "fr": "Cet atlas ne répond qu’aux personnes connectées\u00a0: recharger la page pour se "
    "connecter.\n",
    "en": "This atlas answers only people who have signed in: load the page again to sign in.\n",
}
LINKS = "Commune;Pays;Partenaire;Lat partenaire;Lon partenaire;Type;Année\n"
KYOTO = LINKS + "Paris;Japon;Kyoto;;;Accord;2001\n"


def served(world: World, folder: Path, **how: Any) -> FlaskClient:
    """A visitor of a server that answers all it can: files taken, figures, log."""
    told = Serving(**{"sign_in": HEADER, "metrics": True, "log": True, **how})
    spaces = Workspaces(world, (), folder, apart=False)
    client: FlaskClient = app.create_app(world, spaces=spaces, how=told).server.test_client()
    return client


@pytest.fixture(autouse=True)
def nothing_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare these tests what is made ready while a person looks at how a file would be read."""
    monkeypatch.setattr(importing, "ready", lambda *_: None)


@pytest.fixture(scope="module")
def server(world: World, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return served(world, tmp_path_factory.mktemp("spaces")).application


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    """A new visitor, without a cookie."""
    return server.test_client()


@pytest.fixture(scope="module")
def untaking(world: World) -> FlaskClient:
    return app.create_app(world, how=Serving(sign_in=HEADER)).server.test_client()


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    nothing = tmp_path_factory.mktemp("none") / "nothing"
    return app.served([nothing], "fr", how=Serving(sign_in=HEADER))[0].test_client()


def addresses(client: FlaskClient) -> list[str]:
    """An address of each rule of a server, and some that no rule names."""
    rules = [rule.rule for rule in client.application.url_map.iter_rules()]
    return [*(re.sub(r"<[^>]*>", "flows", rule) for rule in rules), *BESIDE]


@pytest.mark.parametrize("name", ["client", "untaking", "broken"])
def test_nothing_is_answered_without_a_name(name: str, request: pytest.FixtureRequest):
    client = request.getfixturevalue(name)
    asked = addresses(client)
    assert {"/", "/health", "/ready"} < set(asked)
    open_ones = {(method, at) for method in ("GET", "HEAD") for at in ("/health", "/ready")}
    for address in asked:
        for method in METHODS:
            answer = client.open(address, method=method, query_string="lang=en", buffered=True)
            if (method, address) in open_ones:
                assert answer.status_code != 401
                continue
            assert answer.status_code == 401, (method, address)
            assert answer.headers["Cache-Control"] == "no-store"
            if method != "HEAD":
                assert SAID["en"].strip() in (answer.text, answer.text.strip()) or answer.json == {
                    "error": SAID["en"].strip()
                }


def test_a_route_of_later_is_refused_too(world: World):
    made = app.create_app(world, how=Serving(sign_in=HEADER)).server
    made.add_url_rule("/later", view_func=lambda: "private", methods=["GET", "POST"])
    client = made.test_client()
    assert client.get("/later").status_code == client.post("/later").status_code == 401
    assert client.get("/later", headers=ADA).text == "private"


def test_with_a_name_all_is_what_it_was(client: FlaskClient, world: World, tmp_path: Path):
    plain = served(world, tmp_path, sign_in="")
    drawn = f"/geometry/countries.{world.version}.json"
    same = (drawn, "/export/flows.csv?theme=health", "/data/links/links.csv", "/scenes.json")
    asked = {*addresses(client), *same, "/?embed=1", "/?lang=en"}
    for address in asked:
        for method in METHODS:
            one = client.open(address, method=method, headers=ADA, buffered=True)
            other = plain.open(address, method=method, buffered=True)
            assert one.status_code == other.status_code, (method, address)
            if address in same:
                assert one.data == other.data


@pytest.mark.parametrize(("lang", "said"), SAID.items())
def test_the_refusal_is_a_sentence_of_the_persons_language(
    lang: str, said: str, client: FlaskClient
):
    answer = client.get(f"/?lang={lang}")
    assert (answer.text, answer.mimetype) == (said, "text/plain")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    page = {"Referer": f"http://localhost/?lang={lang}"}
    assert client.post("/_dash-update-component", json={}, headers=page).text == said
    assert client.post(f"/upload/keep?lang={lang}").json == {"error": said.strip()}


@pytest.mark.parametrize(
    "name", ["", " ", "\t", "\u00a0", "ada,eve", "ada, ada", ",", "(null)", "x" * 257, "a\x7fb",
             "{http.reverse_proxy.header.X-Forwarded-User}"],
)  # fmt: skip
def test_what_is_no_name_is_refused(name: str, client: FlaskClient):
    assert client.get("/scenes.json", headers={HEADER: name}).status_code == 401


@pytest.mark.parametrize("name", ["a", "x" * 256, "Adélaïde", "CN=Ada Lovelace/OU=Agglo", "a|b;c"])
def test_what_is_a_name_is_taken(name: str, client: FlaskClient):
    assert client.get("/scenes.json", headers={HEADER: name}).status_code == 200


def test_another_header_is_no_name(client: FlaskClient):
    for other in ("X-Forwarded-Email", "Remote-User", "Authorization", "User"):
        assert client.get("/scenes.json", headers={other: "ada"}).status_code == 401


@pytest.mark.parametrize(
    ("address", "status"),
    [("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("127.0.0.2", 401),
     ("203.0.113.9", 401), ("::ffff:203.0.113.9", 401), ("", 401), ("localhost", 401),
     ("10.0.0.1", 401)],
)  # fmt: skip
def test_a_name_is_believed_of_this_machine_alone(address: str, status: int, client: FlaskClient):
    told = {"REMOTE_ADDR": address}
    answer = client.get("/scenes.json", headers=ADA, environ_overrides=told)
    assert answer.status_code == status


def test_a_name_is_believed_of_the_proxies_that_are_told(world: World):
    places = "10.0.0.2, 192.168.7.0/24,2001:db8::/64"
    told = serving.chosen(app._options(["--sign-in-header", HEADER, "--sign-in-from", places]))
    client = app.create_app(world, how=told).server.test_client()
    asked = {"10.0.0.2": 200, "10.0.0.3": 401, "192.168.7.9": 200, "192.168.8.9": 401,
             "2001:db8::9": 200, "2001:db9::9": 401, "127.0.0.1": 401}  # fmt: skip
    for address, status in asked.items():
        environ = {"REMOTE_ADDR": address}
        answer = client.get("/scenes.json", headers=ADA, environ_overrides=environ)
        assert answer.status_code == status, address


def test_the_address_is_that_of_the_connection_whatever_is_forwarded(world: World, tmp_path: Path):
    client = served(world, tmp_path, proxies=1)
    near = {**ADA, "X-Forwarded-For": "127.0.0.1"}
    far = {**ADA, "X-Forwarded-For": "203.0.113.9"}
    assert client.get("/scenes.json", headers=near, environ_overrides=STRANGER).status_code == 401
    assert client.get("/scenes.json", headers=far).status_code == 200


def test_a_stranger_learns_of_a_probe_whether_the_server_is_up_alone(
    client: FlaskClient, broken: FlaskClient, world: World
):
    for address in ("/health", "/ready"):
        for headers, environ in (({}, {}), (ADA, STRANGER)):
            up = client.get(address, headers=headers, environ_overrides=environ)
            assert (up.status_code, up.json) == (200, {"status": "ok"})
            down = broken.get(address, headers=headers, environ_overrides=environ)
            assert (down.status_code, down.json) == (503, {"status": "error"})
            assert down.content_length == len(down.data)
        assert client.post(address).status_code == 401
        assert "no dataset here" in broken.get(address, headers=ADA).json["reason"]
    assert client.get("/health", headers=ADA).json["data_version"] == world.version
    assert "no dataset here" in broken.get("/", headers=ADA).text
    assert "dataset" not in broken.get("/").text


def test_no_cache_between_keeps_an_answer(client: FlaskClient, world: World):
    bundle = re.search(r'src="(/_dash-component-suites/[^"]*)"', client.get("/", headers=ADA).text)
    assert bundle
    lasting = [f"/geometry/countries.{world.version}.json", bundle[1]]
    fleeting = ["/export/flows.csv", "/data/links.zip", "/scenes.json", "/_dash-layout", "/nowhere",
                "/health", "/metrics", "/export/flows.html", "/upload/refused.csv"]  # fmt: skip
    for address in [*lasting, *fleeting, "/", "/assets/page.js"]:
        kept = client.get(address, headers=ADA, buffered=True).cache_control
        assert kept.private, address
        assert not kept.public
        assert bool(kept.no_store) == (address in fleeting), address
        assert (kept.max_age or 0) >= 365 * 24 * 3600 or address not in lasting
    assert client.get(lasting[0], headers=ADA).cache_control.immutable


def test_what_was_answered_to_a_person_is_not_kept_for_strangers(client: FlaskClient):
    props = (("map", "figure"), ("drawn", "data"), ("told", "data"))
    asked = {
        "output": "..map.figure...drawn.data...told.data..", "changedPropIds": ["url.search"],
        "outputs": [{"id": i, "property": p} for i, p in props],
        "inputs": [{"id": "url", "property": "search", "value": "?view=stances"}],
        "state": [{"id": "drawn", "property": "data", "value": None}],
    }  # fmt: skip
    for who, status in ((ADA, 200), ({}, 401), (EVE, 200)):
        answer = client.post("/_dash-update-component", json=asked, headers=who)
        assert answer.status_code == status
        assert answer.cache_control.no_store
        assert ("choropleth" in answer.text) == (status == 200)


def test_no_other_site_shows_what_is_private(client: FlaskClient):
    for address in ("/export/flows.csv", "/data/links.zip", "/?embed=1"):
        answer = client.get(address, headers=ADA, buffered=True)
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert serving.chosen(app._options(["--sign-in-header", HEADER])).frames == "none"
    named = ["--sign-in-header", HEADER, "--frame-ancestors", "https://a.example"]
    assert serving.chosen(app._options(named)).frames == "https://a.example"


def bring(client: FlaskClient, folder: Path, who: dict[str, str]) -> Path:
    """A file brought by a person, in whose workspace is the link of Paris and Kyoto then; the
    workspace."""
    before = set(folder.iterdir())
    here = {**who, "Origin": "http://localhost", "Content-Type": "application/octet-stream"}
    assert client.post("/upload?name=own.csv", data=KYOTO.encode(), headers=here).status_code == 200
    (made,) = set(folder.iterdir()) - before
    own = small.write_own(made / "kept" / "0001-own")
    (own / "report.json").write_text('{"file": "own.csv"}', encoding="utf-8")
    return made


def reading(client: FlaskClient, who: dict[str, str]) -> int:
    """What answers who asks to read again the file that was brought."""
    here = {**who, "Origin": "http://localhost"}
    return client.post("/upload/read", json={}, headers=here, buffered=True).status_code


def test_a_workspace_is_of_its_person_and_no_name_is_written(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    client = served(world, tmp_path)
    links = "/data/0001-own/links.csv"
    with caplog.at_level(logging.INFO, "corridors.requests"):
        space = bring(client, tmp_path, ADA)
        cookie = client.get_cookie(COOKIE)
        assert cookie is not None
        for who, status in ((ADA, 200), (EVE, 404)):
            assert client.get(links, headers=who, buffered=True).status_code == status
            assert reading(client, who) == status
    assert space.name != cookie.value
    client.set_cookie(COOKIE, space.name)
    assert client.get(links, headers=ADA).status_code == 404
    lines = "".join(Lines().format(record) for record in caplog.records)
    figures = client.get("/metrics", headers=ADA).text
    assert '"/upload/read"' in lines
    assert 'route="/upload/read"' in figures
    written = [str(path) for path in tmp_path.rglob("*")]
    held = [path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    for text in (lines, figures, *written, *held):
        assert not re.search(r"\b(ada|eve)\b|agglo\.example", text)


def test_a_workspace_of_nobody_is_opened_by_no_person(world: World, tmp_path: Path):
    before, after = served(world, tmp_path, sign_in=""), served(world, tmp_path)
    bring(before, tmp_path, {})
    cookie = before.get_cookie(COOKIE)
    assert cookie is not None
    after.set_cookie(COOKIE, cookie.value)
    assert reading(before, {}) == 200
    assert reading(after, ADA) == 404


@pytest.mark.parametrize(("root", "path"), [("/atlas", "/atlas"), ("", "/"), ("/%22", "/")])
def test_the_cookie_of_files_stays_below_the_prefix(
    root: str, path: str, world: World, tmp_path: Path
):
    client = served(world, tmp_path, sign_in="", proxies=1)
    forwarded = {"X-Forwarded-Prefix": root, "Origin": "http://localhost"}
    sent = {**forwarded, "Content-Type": "application/octet-stream"}
    first = client.post("/upload?name=own.csv", data=KYOTO.encode(), headers=sent)
    gone = client.delete("/upload", headers=forwarded)
    for answer in (first, gone):
        parts = answer.headers["Set-Cookie"].split("; ")
        assert parts[0].startswith(f"{COOKIE}=")
        assert [part for part in parts if part.startswith("Path=")] == [f"Path={path}"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sign-in-header", ""], "is no name of a header"),
        (["--sign-in-header", "X Forwarded User"], "is no name of a header"),
        (["--sign-in-header", "X_Forwarded_User"], "letters, digits and hyphens"),
        (["--sign-in-header", "X-Forwarded-User:"], "is no name of a header"),
        (["--sign-in-header", "cookie"], "names no person"),
        (["--sign-in-header", "X-Forwarded-For"], "names no person"),
        (["--sign-in-header", "Sec-Fetch-Mode"], "names no person"),
        (["--sign-in-header", HEADER, "--sign-in-from", ""], "is no list of addresses"),
        (["--sign-in-header", HEADER, "--sign-in-from", "proxy"], "is no list of addresses"),
        (["--sign-in-header", HEADER, "--sign-in-from", "10.0.0.1/8"], "is no list of addresses"),
        (["--sign-in-header", HEADER, "--sign-in-from", "::1,0.0.0.0/0"], "anybody could"),
        (["--sign-in-from", "10.0.0.1"], "--sign-in-from goes with --sign-in-header"),
    ],
)
def test_options_that_would_let_anybody_in_or_nobody_are_refused(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as stopped:
        app.main(options)
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


SERVER = """
import sys
from flask import Flask
from dashboard import faults, processes, signin
from dashboard.serving import Serving
made = Flask("tiny")
signin.register(made, "en", Serving(sign_in="X-Forwarded-User"))
faults.register(made, "en")
made.add_url_rule("/", view_func=signin.person)
port = int(sys.argv[1])
if sys.argv[2] == "waitress":
    from waitress import serve
    serve(made, host="127.0.0.1", port=port, clear_untrusted_proxy_headers=True)
else:
    told = processes.settings("127.0.0.1", port, 1, False)
    processes.serve(lambda: made, lambda error: made, told)
"""


@pytest.fixture(params=["waitress", "gunicorn"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """Where a real server of this kind answers, that has one page."""
    if request.param == "gunicorn":
        pytest.importorskip("fcntl")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    command = [sys.executable, "-c", SERVER, str(number), request.param]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while asked(number, []) is None:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        yield number
    finally:
        process.terminate()
        process.wait(60)


def asked(port: int, headers: list[tuple[str, str]]) -> int | None:
    """The status of a page that is asked for with these headers, as they are; None for none."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        link.putrequest("GET", "/")
        for name, value in headers:
            link.putheader(name, value)
        link.endheaders()
        return link.getresponse().status
    except ConnectionRefusedError:
        return None
    finally:
        link.close()


def test_a_header_sent_twice_or_under_another_name_is_refused_by_real_servers(port: int):
    assert asked(port, [(HEADER, "ada")]) == 200
    assert asked(port, [("x-forwarded-user", "ada")]) == 200
    assert asked(port, [(HEADER, "ada"), (HEADER, "eve")]) == 401
    assert asked(port, [(HEADER, "ada"), ("x-forwarded-user", "ada")]) == 401
    assert asked(port, [(HEADER, "")]) == asked(port, [(HEADER, "  ")]) == 401
    assert asked(port, [("X_Forwarded_User", "eve")]) == 401
    assert asked(port, [(HEADER, "ada"), ("X_Forwarded_User", "eve")]) == 200


def test_the_example_names_people_by_a_header_that_visitors_cannot_send():
    text = (ROOT / ".deploy/Caddyfile.sign-in").read_text("utf-8")
    assert text.count("{") == text.count("}")
    lines = [line.strip() for line in text.splitlines()]
    example = yaml.safe_load((ROOT / ".deploy/sign-in.yaml").read_text("utf-8"))
    command = example["services"]["app"]["command"]
    how = serving.chosen(app._options([part.replace("${WORKERS:-2}", "2") for part in command[2:]]))
    steps = [lines.index(step) for step in (
        "route {", f"request_header -{how.sign_in}", "forward_auth sign-in:4180 {",
        f"copy_headers {how.sign_in}", "reverse_proxy app:8050 {")]  # fmt: skip
    assert steps == sorted(steps)
    assert lines.index("handle /metrics {") < steps[0]
    plain = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["app"]["command"]
    assert command[: len(plain)] == plain
    proxy = ipaddress.ip_address(
        example["services"]["proxy"]["networks"]["default"]["ipv4_address"]
    )
    (given,) = example["networks"]["default"]["ipam"]["config"]
    assert how.sign_in_from == (ipaddress.ip_network(proxy),)
    assert proxy in ipaddress.ip_network(given["subnet"])
    assert proxy not in ipaddress.ip_network(given["ip_range"])
    (file,) = example["services"]["proxy"]["volumes"]
    assert (ROOT / file.partition(":")[0]).is_file()
    assert json.dumps(example["services"]["sign-in"]).count("SECRET:?") == 1


def test_the_options_are_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    for name in ("sign-in-header", "sign-in-from"):
        assert f"`--{name}" in readme
