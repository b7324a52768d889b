"""Answers of callbacks, kept: what one visitor has asked costs the next one nothing.

A callback's answer follows from the data, the code, the scenes and what the browser sends, and from
nothing else. Answers are kept as they are sent, compressed, in the memory of each process; where a
Redis is named all processes share theirs. While it is away nothing is lost but time.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Protocol

from cachetools import LRUCache
from flask import Flask, Response, g, request
from redis import Redis

from dashboard import safety
from dashboard.away import Asked, client
from dashboard.serving import MEMORY
from dashboard.workspaces import Worlds

ADDRESS = "/_dash-update-component"
ROOM = 64_000_000  # bytes of answers that a process keeps
LARGEST = 1_000_000  # bytes of an answer that is kept
ASKED = 20_000  # bytes of a request whose answer is kept
LASTING = 24 * 3600  # seconds that Redis keeps an answer
PATIENCE = 0.2  # seconds that Redis has to answer
ROOT = Path(__file__).parents[1]
LOG = logging.getLogger("corridors.answers")


class Kept(Protocol):
    """Where answers are kept by a key."""

    def get(self, key: str) -> bytes | None:
        """The answer of a key, None where it is not there."""

    def keep(self, key: str, answer: bytes) -> None:
        """Keep an answer, or nothing where that is not possible."""


class Here:
    """Answers in the memory of the process, those not asked for longest leaving first."""

    def __init__(self, most: int = ROOM) -> None:
        self._held: LRUCache[str, bytes] = LRUCache(most, len)
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        """The answer of a key, None where it is not there."""
        with self._lock:
            return self._held.get(key)

    def keep(self, key: str, answer: bytes) -> None:
        """Keep an answer."""
        with self._lock:
            self._held[key] = answer


class Shared:
    """Answers in a Redis, and the last of them in the memory of the process."""

    def __init__(self, url: str, here: Kept) -> None:
        self._redis = Redis.from_url(url, **client(PATIENCE))
        self._here, self._asked = (
            here,
            Asked(LOG, "the storage of answers", "each process keeps its own"),
        )

    def get(self, key: str) -> bytes | None:
        """The answer of a key, None where it is in neither."""
        found = self._here.get(key)
        if found is None:
            held = self._asked.got(lambda: self._redis.get(key), lambda: None)
            found = held if isinstance(held, bytes) else None
            if found is not None:
                self._here.keep(key, found)
        return found

    def keep(self, key: str, answer: bytes) -> None:
        """Keep an answer in both."""
        self._here.keep(key, answer)
        self._asked.got(lambda: self._redis.set(key, answer, ex=LASTING), lambda: None)


def register(server: Flask, worlds: Worlds, told: Sequence[object], url: str = MEMORY) -> None:
    """Keep the answers of a server's callbacks, but those of data that a visitor brought.

    `told` is what they follow from beside the data and the code; `url` that of the Redis which
    keeps them for all processes."""
    kept: Kept = Here() if url == MEMORY else Shared(url, Here())
    maker = sha256(repr((code(), worlds.base.version, *told)).encode())

    @server.before_request
    def found() -> Response | None:
        if request.path != ADDRESS or request.method != "POST" or not _common(worlds):
            return None
        key = maker.copy()
        for part in (safety.prefix(), request.headers.get("Accept-Encoding", "")):
            key.update(part.encode() + b"\0")
        key.update(request.get_data())
        name = f"corridors:{key.hexdigest()}"
        answer = kept.get(name)
        if answer is None:
            g.answer_key = name
            return None
        return _sent(answer)

    def keep(answer: Response) -> Response:
        key = g.pop("answer_key", "")
        if key and answer.status_code == 200 and not answer.is_streamed:
            encoding = answer.headers.get("Content-Encoding", "")
            told = encoding.encode() + b"\n" + answer.get_data()
            if len(told) <= LARGEST:
                kept.keep(key, told)
        return answer

    server.after_request_funcs.setdefault(None, []).insert(0, keep)  # sees what is sent


def _common(worlds: Worlds) -> bool:
    """Whether a request is small, and of the data that all visitors see."""
    size = request.content_length
    return size is not None and size <= ASKED and worlds.here() is worlds.base


def _sent(told: bytes) -> Response:
    encoding, _, body = told.partition(b"\n")
    answer = Response(body, content_type="application/json")
    answer.headers["Vary"] = "Accept-Encoding"
    if encoding:
        answer.headers["Content-Encoding"] = encoding.decode()
    return answer


@lru_cache(maxsize=1)
def code() -> str:
    """A mark of the code, its templates and its words: other code answers otherwise."""
    mark = sha256()
    for folder in ("dashboard", "geo"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in (".py", ".html", ".json"):
                mark.update(path.read_bytes())
    return mark.hexdigest()
