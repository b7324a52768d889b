"""Answers kept are the answers: the same bytes, to those who may have them, whatever keeps them."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from flask import request
from flask.testing import FlaskClient
from redis_here import Redis
from small import write_own

import app
from dashboard import answers, away, callbacks
from dashboard.answers import Here, Shared
from dashboard.serving import MEMORY, Serving
from dashboard.workspaces import Workspaces
from geo.load import EMBEDDED, load
from geo.world import World

OUTPUTS = (("map", "figure"), ("drawn", "data"), ("told", "data"))


def body(query: str = "", drawn: str | None = None) -> dict[str, Any]:
    return {
        "output": "..map.figure...drawn.data...told.data..",
        "outputs": [{"id": i, "property": p} for i, p in OUTPUTS],
        "inputs": [{"id": "url", "property": "search", "value": query}],
        "state": [{"id": "drawn", "property": "data", "value": drawn}],
        "changedPropIds": ["url.search"],
    }


def post(client: FlaskClient, query: str = "", accepting: str = "br", **told: Any) -> Any:
    headers = {"Accept-Encoding": accepting, **told.pop("headers", {})}
    return client.post(answers.ADDRESS, json=body(query, **told), headers=headers)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries that answers were made for."""
    asked: list[str] = []
    rendered = callbacks.rendering.rendered

    def counted(world: World, query: str, *rest: Any) -> Any:
        asked.append(query)
        return rendered(world, query, *rest)

    monkeypatch.setattr(callbacks.rendering, "rendered", counted)
    return asked


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The embedded data with a link more."""
    return load(EMBEDDED, write_own(tmp_path_factory.mktemp("own") / "own"))


@pytest.fixture
def client(world: World) -> FlaskClient:
    return app.create_app(world).server.test_client()


def test_the_second_answer_is_the_first(client: FlaskClient, made: list[str]):
    ways = ("br", "gzip", "identity", "", "br;q=0, gzip")
    for accepting in ways:
        first, second = (post(client, "?partner=country:MLI", accepting) for _ in range(2))
        assert first.data == second.data
        for name in ("Content-Type", "Content-Encoding", "Vary", "Content-Security-Policy",
                     "X-Content-Type-Options"):  # fmt: skip
            assert first.headers.get(name) == second.headers.get(name), name
    assert made == ["?partner=country:MLI"] * len(ways)


def test_another_question_has_another_answer(client: FlaskClient, made: list[str]):
    plain = [post(client, q, "identity").get_json() for q in ("", "?lang=en", "?view=stances")]
    assert len({json.dumps(answer) for answer in plain}) == 3
    frame = plain[0]["response"]["drawn"]["data"]
    patched = post(client, "", "identity", drawn=frame).get_json()
    assert patched != plain[0]
    assert len(made) == 4


def test_a_prefix_has_answers_of_its_own(world: World):
    client = app.create_app(world, how=Serving(proxies=1)).server.test_client()
    told = [
        post(client, "", "identity", headers={"X-Forwarded-Prefix": root}).get_data(as_text=True)
        for root in ("", "/atlas", "")
    ]
    assert told[0] == told[2]
    assert "/atlas/geometry" in told[1].replace("\\u002f", "/")
    assert "/atlas" not in told[0]


def test_faults_are_not_kept(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patched:
        patched.setattr(callbacks.rendering, "rendered", lambda *_: 1 / 0)
        assert post(client).status_code == 500
    assert post(client).status_code == 200


def test_a_large_question_is_not_kept(client: FlaskClient, made: list[str]):
    long = "?" + "&".join(f"theme=t{i}" for i in range(2500))
    assert len(long) > answers.ASKED
    assert [post(client, long).status_code for _ in range(2)] == [200, 200]
    assert len(made) == 2


def test_what_a_visitor_brought_is_kept_for_nobody(
    world: World, larger: World, tmp_path: Path, made: list[str],
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    spaces = Workspaces(world, (), tmp_path, apart=False)
    monkeypatch.setattr(spaces, "here", lambda: larger if "own" in request.args else world)
    client = app.create_app(world, spaces=spaces).server.test_client()
    asked = [body("?partner=country:MLI")] * 4
    said = [
        client.post(answers.ADDRESS + files, json=each).data
        for each, files in zip(asked, ("?own", "", "?own", ""), strict=True)
    ]
    assert said[0] == said[2] != said[1] == said[3]
    assert len(made) == 3


def test_the_memory_keeps_what_was_asked_last():
    here = Here(100)
    for i in range(30):
        here.keep(str(i), b"0123456789")
        here.get("0")
    assert [key for key in map(str, range(30)) if here.get(key)] == [
        "0", *map(str, range(21, 30)),
    ]  # fmt: skip


def test_processes_share_a_redis(world: World, redis: Redis, made: list[str]):
    one, two = (
        app.create_app(world, how=Serving(cache=redis.address)).server.test_client()
        for _ in range(2)
    )
    assert post(one, "?view=stances").data == post(two, "?view=stances").data
    assert made == ["?view=stances"]


def test_other_data_or_scenes_share_nothing(
    world: World,
    larger: World,
    redis: Redis,
    made: list[str],
):
    for held, lang in ((world, "fr"), (larger, "fr"), (world, "en")):
        how = Serving(cache=redis.address)
        post(app.create_app(held, lang, how=how).server.test_client(), "?view=index")
    assert len(made) == 3


def test_a_redis_that_goes_takes_no_answer_with_it(
    world: World, redis: Redis, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    client = app.create_app(world, how=Serving(cache=redis.address)).server.test_client()
    first = post(client).data
    redis.stop()
    with caplog.at_level(logging.WARNING, "corridors.answers"):
        assert post(client).data == first
        assert post(client, "?view=index").status_code == 200
        assert post(client, "?view=stances").status_code == 200
    assert len(caplog.records) == 1
    monkeypatch.setattr(away, "AGAIN", 0.0)
    redis.begin()
    other = Shared(redis.address, Here())
    other.keep("key", b"answer")
    assert Shared(redis.address, Here()).get("key") == b"answer"


def test_without_a_redis_answers_stay_in_the_process():
    assert Serving().cache == MEMORY
    absent = Shared("redis://127.0.0.1:1", Here())
    absent.keep("key", b"answer")
    assert absent.get("key") == b"answer"
    assert absent.get("other") is None
