"""What tells those who run a server how it is: readiness, a log of requests, figures."""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, jsonify, request

from dashboard.exports import EXPORTS
from dashboard.faults import CALLBACK, posted
from dashboard.state import VIEWS
from dashboard.telemetry import Telemetry

ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")
LOG = logging.getLogger("corridors.requests")
TOLD = ("request", "method", "route", "status", "ms", "bytes", "reference")


class Lines(logging.Formatter):
    """A record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The time (UTC), the level, the text, what is told of a request, and a traceback."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": at, "level": record.levelname.lower(), "text": record.getMessage()}
        line |= {name: vars(record)[name] for name in TOLD if name in vars(record)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_requests() -> None:
    """Write the log of this process to standard error, a line of JSON for each record."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


def register(
    server: Flask, ready: Callable[[], str], log: bool = False, figures: Telemetry | None = None
) -> None:
    """Put /ready on a server, where `ready` gives the reason why it is not, or an empty text; give
    each request an id; write it to the log, and count it in the `figures` that /metrics gives."""

    @server.get("/ready")
    def readiness() -> tuple[Response, int]:
        reason = ready()
        told = {"status": "error", "reason": reason} if reason else {"status": "ok"}
        answer = jsonify(told)
        answer.cache_control.no_store = True
        return answer, 503 if reason else 200

    if figures:

        @server.get("/metrics")
        def metrics() -> Response:
            return Response(figures.written(), content_type=figures.content_type)

    @server.before_request
    def begun() -> None:
        asked = request.headers.get("X-Request-ID", "")
        g.request_id = asked if ID.fullmatch(asked) else secrets.token_hex(8)
        g.begun = time.perf_counter()

    @server.after_request
    def told(answer: Response) -> Response:
        answer.headers["X-Request-ID"] = g.get("request_id", "")
        if log or figures:
            _watch(answer, log, figures)
        return answer


def _watch(answer: Response, log: bool, figures: Telemetry | None) -> None:
    """Tell of an answer once it is sent, without what would name a person or their question."""
    begun = g.get("begun", time.perf_counter())
    rule = request.url_rule.rule if request.url_rule else "none"
    form = str((request.view_args or {}).get("form", ""))
    form = form if rule.startswith("/export/") and form in EXPORTS else ""
    view = _view() if answer.status_code < 400 else ""
    method, number = request.method, g.get("request_id", "")
    sent = _Sent()
    if answer.is_streamed and not answer.direct_passthrough:
        answer.response = sent.counted(answer.response)

    def closed() -> None:
        seconds = time.perf_counter() - begun
        size = sent.bytes or answer.content_length or 0
        if log:
            LOG.info("request", extra={
                "request": number, "method": method, "route": rule, "status": answer.status_code,
                "ms": round(seconds * 1000, 1), "bytes": size})  # fmt: skip
        if figures:
            figures.count(rule, method, answer.status_code, view, form, seconds)

    answer.call_on_close(closed)


class _Sent:
    """The bytes of an answer that is made while it is sent."""

    def __init__(self) -> None:
        self.bytes = 0

    def counted(self, pieces: Iterable[Any]) -> Iterator[Any]:
        """The same pieces, counted as they go; a generator that is left is closed."""
        try:
            for piece in pieces:
                self.bytes += len(piece)
                yield piece
        finally:
            if hasattr(pieces, "close"):
                pieces.close()


def _view() -> str:
    """The view that a request asks for, empty where it asks for none that is known."""
    asked = (request.view_args or {}).get("view", "")
    if request.path == CALLBACK:
        body = posted()
        held = [*body.get("inputs", []), *body.get("state", [])] if isinstance(body, dict) else []
        query = next((str(each.get("value") or "") for each in held
                      if isinstance(each, dict) and each.get("id") == "url"), "")  # fmt: skip
        pairs = query.lstrip("?").split("&")
        asked = next((p[5:] for p in pairs if p.startswith("view=")), VIEWS[0])
    return asked if asked in VIEWS else ""
