"""Redis, in which requests may be counted, is not there, falls silent, stops, or comes back: every
answer is given all the same, each process counts for itself meanwhile, and the log says so once.

Whether the server is ready (/ready) does not depend on it: it serves as well without.
"""

from __future__ import annotations

import logging
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import redis as redis_client
from flask.testing import FlaskClient
from redis_here import Redis

import app
from dashboard import away, limits
from dashboard.counting import Counting, Counts
from dashboard.serving import Serving
from geo.world import World

PATIENCE = 60.0  # seconds; far more than anything here takes
SOON = 5.0  # seconds that no answer here may take, whatever Redis does
AWAY, BACK = "storage of the limits is away", "storage of the limits is back"


def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def client(world: World) -> Callable[[str], FlaskClient]:
    """A server that counts at an address."""
    return lambda at: app.create_app(world, how=Serving(limits=at)).server.test_client()


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(64)
        yield f"redis://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def talking() -> Iterator[str]:
    """The address of a server that is no Redis: it says something else and hangs up."""
    taken = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        while True:
            try:
                heard, _ = taken.accept()
            except OSError:
                return
            with heard:
                heard.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    thread = threading.Thread(target=talk)
    thread.start()
    yield f"redis://127.0.0.1:{taken.getsockname()[1]}"
    taken.shutdown(socket.SHUT_RDWR)
    taken.close()
    thread.join(PATIENCE)


def asked(client: FlaskClient, address: str = "/export/flows.json") -> int:
    """The status of an answer, which comes soon."""
    begun = time.monotonic()
    status = client.get(address, buffered=True).status_code
    assert time.monotonic() - begun < SOON
    return status


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        text for record in caplog.records for text in (AWAY, BACK) if text in record.getMessage()
    ]


@pytest.mark.parametrize("kind", ["refused", "unnamed", "silent", "talking"])
def test_without_redis_every_answer_is_given_and_counted(
    kind: str, client: Callable[[str], FlaskClient], request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
):  # fmt: skip
    monkeypatch.setattr(limits, "DATA", "3/hour")
    at = {"refused": f"redis://127.0.0.1:{port()}", "unnamed": "redis://redis.invalid"}.get(kind)
    here = client(at or request.getfixturevalue(kind))
    assert [asked(here) for _ in range(5)] == [200, 200, 200, 429, 429]
    assert {asked(here, address) for address in ("/", "/health", "/ready")} == {200}
    assert told(caplog) == [AWAY]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_people_at_once_wait_no_longer_than_one_for_a_redis_that_hangs(silent: str):
    counts, found = Counting(at=silent), []

    def count() -> None:
        begun = time.monotonic()
        counts.incr("key", 60)
        found.append(time.monotonic() - begun)

    threads = [threading.Thread(target=count) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(found) == 20
    assert max(found) < SOON
    assert counts.get("key") == 20


def test_counts_expire_and_are_so_many_at_most():
    now = [0.0]
    counts = Counts(lambda: now[0], most=3)
    assert [counts.add("a", 60, 1), counts.add("a", 60, 20), counts.of("a")] == [1, 21, (21, 60.0)]
    now[0] = 59.0
    assert counts.of("a") == (21, 1.0)
    counts.add("b", 60, 1)
    now[0] = 60.0
    assert counts.of("a") == counts.of("nothing") == (0, 0.0)
    assert counts.add("a", 60, 2) == 2
    for key in ("c", "d", "e"):
        counts.add(key, 60, 1)
        assert len(counts) <= 3
    assert [counts.of(key)[0] for key in "abcde"] == [0, 0, 1, 1, 1]
    assert (counts.forget("c"), counts.forget("nothing"), counts.forget()) == (1, 0, 2)


def test_processes_count_together_and_each_for_itself_while_redis_is_away(
    redis: Redis, client: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):  # fmt: skip
    monkeypatch.setattr(limits, "DATA", "4/hour")
    monkeypatch.setattr(away, "AGAIN", 0.2)
    caplog.set_level(logging.INFO, "corridors.limits")
    one, two = client(redis.address), client(redis.address)
    assert [asked(one), asked(one), asked(two), asked(two)] == [200] * 4
    assert [asked(one), asked(two)] == [429] * 2
    answer = one.get("/export/flows.json")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3601
    assert told(caplog) == []
    redis.stop()
    assert [asked(one) for _ in range(5)] == [200] * 4 + [429]
    assert asked(two) == 200
    assert told(caplog) == [AWAY, AWAY]
    redis.begin()
    time.sleep(0.3)
    assert [asked(one), asked(two), asked(one), asked(two)] == [200] * 4
    assert [asked(one), asked(two)] == [429] * 2
    assert told(caplog) == [AWAY, AWAY, BACK, BACK]


def test_a_redis_begun_again_between_two_requests_is_not_missed(
    redis: Redis, client: Callable[[str], FlaskClient], caplog: pytest.LogCaptureFixture
):
    here = client(redis.address)
    assert asked(here) == 200
    redis.stop()
    redis.begin()
    assert asked(here) == 200
    assert told(caplog) == []


def test_a_redis_that_hangs_holds_nobody_up(
    redis: Redis, client: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):  # fmt: skip
    monkeypatch.setattr(away, "AGAIN", 0.2)
    caplog.set_level(logging.INFO, "corridors.limits")
    here = client(redis.address)
    assert asked(here) == 200
    redis._process.send_signal(signal.SIGSTOP)
    assert [asked(here) for _ in range(3)] == [200] * 3
    redis._process.send_signal(signal.SIGCONT)
    until(lambda: asked(here) == 200 and told(caplog) == [AWAY, BACK])


def test_a_redis_that_takes_nothing_is_away(
    redis: Redis, client: Callable[[str], FlaskClient], caplog: pytest.LogCaptureFixture
):
    """Its disk is full, it is a copy that only reads, its memory is: each is a refusal to write."""
    with redis_client.Redis(port=redis.port) as link:
        link.replicaof("127.0.0.1", 1)
        here = client(redis.address)
        assert asked(here) == 200
        assert told(caplog) == [AWAY]
