"""The language in which the page opens: of its address, of the person, else the default."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

import app
from dashboard.rendering import rendered
from dashboard.serving import Serving
from dashboard.state import Vocabulary
from geo.world import World

ENGLISH, FRENCH = "en-US,en;q=0.9", "fr-FR,fr;q=0.9,en;q=0.8"
HERE = {"X-Forwarded-Prefix": "/atlas", "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "example.org"}  # fmt: skip


@pytest.fixture(scope="module")
def servers(world: World) -> dict[str, Any]:
    """An app in French, one in English, one below a prefix."""
    return {
        "fr": app.create_app(world).server,
        "en": app.create_app(world, "en").server,
        "atlas": app.create_app(world, how=Serving(proxies=1)).server,
    }


@pytest.fixture
def client(servers: dict[str, Any]) -> FlaskClient:
    """Who keeps no cookie but those that a test sends."""
    made: FlaskClient = servers["fr"].test_client(use_cookies=False)
    return made


@pytest.fixture
def english(servers: dict[str, Any]) -> FlaskClient:
    made: FlaskClient = servers["en"].test_client(use_cookies=False)
    return made


def opened(client: FlaskClient, address: str = "/", wanted: str = "", **headers: str) -> Any:
    """The answer to a browser that asks for these languages; none where it says nothing."""
    return client.get(address, headers={**({"Accept-Language": wanted} if wanted else {}),
                                        **headers})  # fmt: skip


def language(answer: Any) -> str:
    """The language of a page, or that to which its address is led."""
    if answer.status_code == 302:
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["lang"]
    assert answer.status_code == 200
    return re.search(r'<html lang="(\w+)"', answer.text)[1]  # type: ignore[index]


WANTED = [
    (ENGLISH, "en"), (FRENCH, "fr"), ("en", "en"), ("EN-gb", "en"), ("en_GB", "en"),
    ("fr-CA", "fr"), ("de-DE,de;q=0.9,en;q=0.5,fr;q=0.4", "en"), ("fr-BE,en;q=0.9", "fr"),
    ("en;q=0.3,fr;q=0.7", "fr"), ("fr;q=0.3,en;q=0.7", "en"), ("en;q=0,fr;q=0.1", "fr"),
    ("eng,english,frp", ""), ("de", ""), ("*", ""), ("", ""), ("en;q=0", ""), ("en;q=abc", ""),
    ("en;q=-1", ""), ("en;q=nan", ""), (",,;;=,q=1", ""), ("../../en", ""), ("x" * 10_000, ""),
    ("de," * 3_400, ""), ("en-" * 3_400, "en"), ("<script>", ""), ("\x80\xff", ""),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "lang"), WANTED)
@pytest.mark.parametrize("default", ["fr", "en"])
def test_a_page_opens_in_the_language_of_the_browser(
    wanted: str, lang: str, default: str, client: FlaskClient, english: FlaskClient
):
    answer = opened(english if default == "en" else client, "/?view=stances", wanted)
    assert language(answer) == (lang or default)
    assert answer.status_code == (302 if lang and lang != default else 200)
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)
    assert answer.cache_control.private
    assert answer.cache_control.no_cache
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/", "/?lang=en"),
        ("/?", "/?lang=en"),
        ("/?view=stances&partner=country:MAR", "/?view=stances&partner=country:MAR&lang=en"),
        ("/?theme=a%20b+c%26d&x=%C3%A9", "/?theme=a%20b+c%26d&x=%C3%A9&lang=en"),
        ("/?embed=0", "/?embed=0&lang=en"),
        ("/?language=fr", "/?language=fr&lang=en"),
        ("/?//evil.example", "/?//evil.example&lang=en"),
        ("/?next=https://evil.example/%0d%0aSet-Cookie:%20a=b",
         "/?next=https://evil.example/%0d%0aSet-Cookie:%20a=b&lang=en"),
    ],
)  # fmt: skip
def test_the_rest_of_the_address_stays(asked: str, led: str, client: FlaskClient):
    assert opened(client, asked, ENGLISH).headers["Location"] == led
    assert opened(client, led, ENGLISH).status_code == 200
    assert opened(client, asked, FRENCH).status_code == 200


@pytest.mark.parametrize("query", [b"a=\r\nSet-Cookie: b=c", b'"><script>', b"\xff\x00 \xe9"])
def test_a_query_of_no_address_is_written_as_one(query: bytes, client: FlaskClient):
    raw = query.decode("latin-1")
    answer = client.get("/", environ_overrides={"QUERY_STRING": raw},
                        headers={"Accept-Language": ENGLISH})  # fmt: skip
    led = answer.headers["Location"]
    assert re.fullmatch(r"/\?[!-~]+&lang=en", led)
    assert not set('<>"') & set(led)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example", "/\\evil.example", "//"])
def test_no_path_leads_to_another_host(path: str, client: FlaskClient):
    answer = client.get("/", environ_overrides={"PATH_INFO": path, "RAW_URI": path},
                        headers={"Accept-Language": ENGLISH})  # fmt: skip
    led = urlsplit(answer.headers.get("Location", ""))
    assert led.netloc in ("", "localhost")
    assert not led.path.startswith("//")


@pytest.mark.parametrize("asked", ["fr", "en"])
@pytest.mark.parametrize("wanted", [ENGLISH, FRENCH, "", "de"])
def test_an_address_with_a_language_wins(asked: str, wanted: str, client: FlaskClient):
    answer = opened(client, f"/?view=time&lang={asked}", wanted, Cookie="lang=fr")
    assert language(answer) == asked
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("named", "lang"), [("lang=", "fr"), ("lang", "fr"), ("lang=xx", "fr"), ("lang=EN", "fr"),
                        ("lang=en&lang=fr", "fr"), ("lang=fr&lang=en", "en"),
                        ("lang=en&lang=%00", "fr"), ("lang=%65n", "en")],
)  # fmt: skip
def test_a_nonsense_language_is_the_default_and_the_last_of_several_counts(
    named: str, lang: str, client: FlaskClient, world: World, words: Vocabulary
):
    answer = opened(client, f"/?{named}", ENGLISH)
    assert language(answer) == lang
    assert answer.status_code == 200
    told = rendered(world, f"?{named}", None, words, (1900, 2020))[2]["parts"]
    assert ("Tout effacer" in told["rail-reset"]) == (lang == "fr")  # as the page says itself


def test_who_reads_english_and_chooses_french_keeps_it(servers: dict[str, Any]):
    client = servers["fr"].test_client()
    chosen = opened(client, "/?lang=fr", ENGLISH)
    cookie = chosen.headers["Set-Cookie"]
    assert {part.strip() for part in cookie.split(";")} >= {
        "lang=fr", "Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=31536000",
    }  # fmt: skip
    assert "Secure" not in cookie
    assert language(opened(client, "/?view=stances", ENGLISH)) == "fr"
    assert language(opened(client, "/?view=stances&lang=en", ENGLISH)) == "en"
    assert language(opened(client, "/?view=stances", ENGLISH)) == "en"
    assert language(opened(client, "/?lang=fr", ENGLISH)) == "fr"
    assert opened(client, "/?view=time", ENGLISH).status_code == 200


def test_no_cookie_is_set_for_what_the_browser_says_anyway(client: FlaskClient):
    for address, wanted in (("/?lang=en", ENGLISH), ("/?lang=fr", FRENCH), ("/?lang=fr", "")):
        assert "Set-Cookie" not in opened(client, address, wanted).headers
    for address in ("/?lang=en&embed=1", "/?lang=xx", "/export/flows.csv?lang=en", "/nowhere"):
        assert "Set-Cookie" not in client.get(address, buffered=True).headers


@pytest.mark.parametrize("kept", ["xx", "", "fr; en", "en" * 2_000, '"', "%00", "EN", "<b>"])
def test_a_nonsense_cookie_is_none(kept: str, client: FlaskClient):
    kept = "" if kept == "fr; en" else kept
    assert language(opened(client, "/", ENGLISH, Cookie=f"lang={kept}")) == "en"
    assert language(opened(client, "/", FRENCH, Cookie=f"lang={kept}; other=1")) == "fr"


def test_a_frame_an_export_and_a_file_are_the_same_for_all(client: FlaskClient):
    assert language(opened(client, "/?view=gap&embed=1", ENGLISH)) == "fr"
    assert language(opened(client, "/?view=gap&embed=1", "", Cookie="lang=en")) == "fr"
    for address in ("/export/flows.csv?partner=country:MLI", "/scenes.json", "/_dash-layout",
                    "/export/flows.csv?rows=some"):  # fmt: skip
        held = [opened(client, address, wanted).data for wanted in (FRENCH, ENGLISH, "")]
        assert held[0]
        assert len(set(held)) == 1, address


def test_below_a_prefix_and_over_tls(servers: dict[str, Any]):
    client = servers["atlas"].test_client()
    answer = opened(client, "/?view=time", ENGLISH, **HERE)
    assert answer.headers["Location"] == "/atlas/?view=time&lang=en"
    cookie = opened(client, "/?lang=fr", ENGLISH, **HERE).headers["Set-Cookie"]
    assert "Path=/atlas;" in cookie
    assert "Secure" in cookie
    for prefix in ("//evil.example", "/a b", '/"><script>'):
        told = {**HERE, "X-Forwarded-Prefix": prefix}
        assert opened(client, "/?view=time", ENGLISH, **told).headers["Location"] == (
            "/?view=time&lang=en")  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({}, "Rien"),
        ({"Accept-Language": ENGLISH}, "Nothing"),
        ({"Accept-Language": ENGLISH, "Cookie": "lang=fr"}, "Rien"),
        ({"Accept-Language": ENGLISH, "Referer": "http://localhost/?view=time"}, "Rien"),
        ({"Accept-Language": FRENCH, "Referer": "http://localhost/?lang=en&view=time"}, "Nothing"),
        ({"Accept-Language": ENGLISH, "Referer": "http://elsewhere.example/"}, "Nothing"),
        ({"Accept-Language": ENGLISH, "Referer": "http://[?&=%"}, "Nothing"),
    ],
)
def test_a_fault_is_told_in_the_language_of_its_page_or_person(
    headers: dict[str, str], said: str, client: FlaskClient
):
    assert client.get("/nowhere", headers=headers).text.startswith(said)
    assert client.get("/nowhere?lang=fr", headers=headers).text.startswith("Rien")


def test_the_links_to_the_languages_name_them(world: World, words: Vocabulary):
    def links(query: str) -> list[str]:
        parts = rendered(world, query, None, words, (1900, 2020))[2]["parts"]
        return re.findall(r'href="([^"]*)"', parts["filter-lang"])

    assert links("") == ["?lang=fr", "?lang=en"]
    stances = ["?view=stances&amp;lang=fr", "?view=stances&amp;lang=en"]
    assert links("?view=stances&lang=en") == links("?view=stances") == stances
    there = {f"?lang={lang}&amp;partner=country:MLI&amp;present=1" for lang in ("fr", "en")}
    assert set(links("?present=1&partner=country:MLI")) == there
