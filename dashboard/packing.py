"""What stays as it is, sent in brotli at its best and kept by browsers; what changes is compressed
as it is sent, by Flask-Compress.

Brotli at its best takes seconds for the largest file, so that it is done once, beside the answers:
until it is there they are compressed as all others. It is kept in memory and, for the next start,
in the folder of what can be made again.
"""

from __future__ import annotations

import logging
import os
import time
from hashlib import sha256
from pathlib import Path
from queue import Queue
from threading import Lock, Thread

import brotli
from flask import Flask, Response, request

from dashboard import signin
from geo.cache import cache_folder

LASTING = ("/assets/", "/_dash-component-suites/", "/geometry/")
TEXTS = (
    "text/css",
    "text/javascript",
    "application/javascript",
    "application/json",
    "application/geo+json",
)
# What Flask-Compress does with the rest: a map's figure becomes a seventh smaller than by its own
# choice of zstd, 2 ms later.
SETTINGS = {
    "COMPRESS_ALGORITHM": ["br", "gzip"], "COMPRESS_BR_LEVEL": 5,
    "COMPRESS_MIMETYPES": [*TEXTS, "text/html", "text/plain", "text/csv", "image/svg+xml",
                           "image/x-icon", "image/vnd.microsoft.icon"],
}  # fmt: skip
TOLD = ("/_dash-layout", "/_dash-dependencies")  # sent again only where they changed
YEAR, WEEK = 365 * 24 * 3600, 7 * 24 * 3600
LEAST = 500  # bytes; fewer are sent as they are
PAUSE = 5.0  # seconds
MOST = 200  # files kept in the folder; the oldest make room
LOG = logging.getLogger("corridors.packing")


class Packed:
    """Contents in brotli, by their hash; made one at a time, once what is asked for is answered:
    `pause` seconds after the first."""

    def __init__(self, folder: Path, pause: float = PAUSE) -> None:
        self._folder, self._pause = folder, pause
        self._held: dict[str, bytes | None] = {}
        self._told = False
        self._asked: Queue[tuple[str, bytes]] = Queue()
        self._lock, self._begun = Lock(), False

    def get(self, content: bytes) -> bytes | None:
        """The content in brotli; None where it is not made yet, which is then begun."""
        name = sha256(content).hexdigest()
        with self._lock:
            if name not in self._held:
                self._held[name] = self._kept(name)
                if self._held[name] is None:
                    self._begin(name, content)
            return self._held[name]

    def wait(self) -> None:
        """Wait until all that was begun is made."""
        self._asked.join()

    def _begin(self, name: str, content: bytes) -> None:
        self._asked.put((name, content))
        if not self._begun:
            self._begun = True
            Thread(target=self._work, name="packing", daemon=True).start()

    def _work(self) -> None:
        time.sleep(self._pause)
        while True:
            name, content = self._asked.get()
            made = brotli.compress(content)
            self._held[name] = made
            self._keep(name, made)
            self._asked.task_done()

    def _keep(self, name: str, made: bytes) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for old in sorted(self._folder.glob("*.br"), key=os.path.getmtime)[:-MOST]:
                old.unlink(missing_ok=True)
            written = self._folder / f"{name}.{os.getpid()}"
            written.write_bytes(made)
            written.replace(self._folder / f"{name}.br")
        except OSError as error:
            if not self._told:
                LOG.warning("what is packed is not kept for the next start: %s", error.strerror)
            self._told = True

    def _kept(self, name: str) -> bytes | None:
        """What is in the folder, where it is whole."""
        try:
            made = (self._folder / f"{name}.br").read_bytes()
            whole = sha256(brotli.decompress(made)).hexdigest() == name
        except (OSError, brotli.error):
            return None
        return made if whole else None


def register(server: Flask, packed: Packed | None = None) -> None:
    """Pack what a server sends and does not change, and tell browsers to keep it."""
    packed = server.extensions["packing"] = packed or Packed(cache_folder() / "packed")

    @server.after_request
    def kept(answer: Response) -> Response:
        if request.method != "GET" or answer.status_code != 200:
            return answer
        if request.path in TOLD and not signin.person():
            answer.add_etag(weak=True)
            answer.cache_control.private, answer.cache_control.no_cache = True, True
            answer.make_conditional(request)
        if request.path.startswith("/assets/") or request.path == "/_favicon.ico":
            _lasting(answer)
        if _packs(answer):
            _pack(answer, packed)
        return answer


def _lasting(answer: Response) -> None:
    """An address that names the version of its file lasts; others are asked for now and then."""
    dated = "m" in request.args
    answer.cache_control.no_cache = None
    answer.cache_control.public, answer.cache_control.max_age = True, YEAR if dated else WEEK
    answer.cache_control.immutable = dated


def _packs(answer: Response) -> bool:
    """Whether an answer is a text that stays, of no visitor's own, to a browser that reads it."""
    return (
        request.path.startswith(LASTING) and answer.mimetype in TEXTS
        and not answer.cache_control.private and request.accept_encodings["br"] > 0
        and "Content-Encoding" not in answer.headers
    )  # fmt: skip


def _pack(answer: Response, packed: Packed) -> None:
    answer.direct_passthrough = False
    content = answer.get_data()
    made = packed.get(content) if len(content) >= LEAST else None
    if made is None:
        return
    answer.set_data(made)
    answer.headers["Content-Encoding"] = "br"
    answer.vary.add("Accept-Encoding")
    etag, _ = answer.get_etag()
    if etag:
        answer.set_etag(f"{etag}:br")
        answer.make_conditional(request)
