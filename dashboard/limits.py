"""How much is asked at once and how often: long addresses, large bodies, exports, files."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import Flask, Response, g, request
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded

from dashboard.catalogue import catalogue
from dashboard.counting import SCHEME
from dashboard.exports import EXPORTS
from dashboard.faults import CALLBACK, Told
from dashboard.languages import language

QUERY = 8_000  # characters of a query
BODY = 2_100_000  # bytes of a body, other than a file
CALLBACK_BODY = 200_000
# Requests of one client. A ZIP of one export for each territory counts as many.
DATA, PICTURES = "120/minute;1200/hour", "30/minute;300/hour"
FILES, STEPS = "20/hour", "120/minute"
BATCH = 20
AT_ONCE, WAITING, PATIENCE = 2, 18, 90.0  # heavy exports of a process: made, waiting, seconds
BACK = 10  # seconds after which to come back where too much is being made
HEAVY = {"png", "svg", "pdf", "pptx"}


class Full(Exception):
    """Too much is being made, and waits."""


class Turns:
    """At most `at_once` at a time; `waiting` others wait for at most `patience` seconds."""

    def __init__(self, at_once: int, waiting: int, patience: float) -> None:
        self._turns, self._room = threading.Semaphore(at_once), at_once + waiting
        self._here, self._lock, self._patience = 0, threading.Lock(), patience

    def take(self) -> Callable[[], None]:
        """Wait for a turn; what gives it back, once, however often it is called. Full where too
        many wait already, or have for too long."""
        with self._lock:
            if self._here >= self._room:
                raise Full
            self._here += 1
        if not self._turns.acquire(timeout=self._patience):
            self._left()
            raise Full
        held = threading.Lock()

        def back() -> None:
            if held.acquire(blocking=False):
                self._turns.release()
                self._left()

        return back

    def _left(self) -> None:
        with self._lock:
            self._here -= 1


def register(server: Flask, lang: str, storage: str = "", turns: Turns | None = None) -> None:
    """Refuse what is too long or too large; with a `storage` for the counts also what is asked
    too often, and more heavy exports at once than `turns` allow."""

    @server.before_request
    def sized() -> None:
        if len(request.query_string) > QUERY:
            raise Told(414, catalogue(language(lang)).say("fault.414"))
        if not _takes_file():
            request.max_content_length = CALLBACK_BODY if request.path == CALLBACK else BODY

    if storage:
        _count(server, lang, storage)
        _queue(server, lang, turns or Turns(AT_ONCE, WAITING, PATIENCE))


def _count(server: Flask, lang: str, storage: str) -> None:
    """Count the exports and the files of each client."""
    kinds = ((DATA, "data", _rows), (PICTURES, "pictures", _picture),
             (FILES, "files", _takes_file), (STEPS, "steps", _step))  # fmt: skip
    limits = [
        ApplicationLimit(rate, scope=scope, exempt_when=_unless(asked), cost=_cost)
        for rate, scope, asked in kinds
    ]
    limiter = Limiter(
        lambda: request.remote_addr or "", application_limits=list(limits),
        storage_uri=f"{SCHEME}://", storage_options={"at": storage}, swallow_errors=True,
    )  # fmt: skip
    limiter.init_app(server)

    @server.errorhandler(RateLimitExceeded)
    def often(_: RateLimitExceeded) -> Response:
        reached = limiter.current_limit
        wait = max(1, round(reached.reset_at - time.time())) if reached else BACK
        text = catalogue(language(lang)).say("fault.429", n=wait)
        answer = Response(text + "\n", 429, content_type="text/plain; charset=utf-8")
        answer.headers["Retry-After"] = str(wait)
        return answer


def _queue(server: Flask, lang: str, turns: Turns) -> None:
    """Let heavy exports be made in their turn, which lasts until the answer is sent."""

    @server.before_request
    def in_turn() -> None:
        if not _heavy():
            return
        try:
            g.turn = turns.take()
        except Full:
            raise Told(503, catalogue(language(lang)).say("fault.full"), BACK) from None

    @server.after_request
    def until_sent(answer: Response) -> Response:
        if "turn" in g:
            answer.call_on_close(g.turn)
        return answer

    @server.teardown_request
    def unsent(error: BaseException | None) -> None:
        if error is not None and "turn" in g:
            g.turn()


def _unless(asked: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: not asked()


def _form() -> str:
    """The format of the export that is asked for; empty where none is."""
    form = (request.view_args or {}).get("form", "") if request.path.startswith("/export/") else ""
    return form if form in EXPORTS else ""


def _picture() -> bool:
    return _form() in HEAVY


def _rows() -> bool:
    return _form() not in ("", *HEAVY) or request.path.startswith("/data/")


def _heavy() -> bool:
    return _picture() or bool(_form() and request.args.get("each"))


def _cost() -> int:
    return BATCH if request.args.get("each") and _form() else 1


def _takes_file() -> bool:
    return request.method == "POST" and request.path.rstrip("/") == "/upload"


def _step() -> bool:
    return request.method == "POST" and request.path.startswith("/upload/")
