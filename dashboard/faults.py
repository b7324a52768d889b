"""What is answered where a request cannot be: a sentence, and no more than that."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any

from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from dashboard.catalogue import catalogue
from dashboard.languages import language

LOG = logging.getLogger("corridors")
TOLD = (400, 401, 403, 404, 405, 413, 414, 415, 429, 503)  # with a sentence of their own
CALLBACK = "/_dash-update-component"
ANY_PATH = "/<path:path>"  # where Dash answers its page whatever is asked


class Told(HTTPException):
    """A request refused with a sentence of ours; `wait` are seconds after which to come back."""

    def __init__(self, code: int, text: str, wait: int = 0) -> None:
        super().__init__(text)
        self.code = code
        if wait:
            g.wait = wait


def posted() -> Any:
    """The JSON in the body of the request; None where there is none, or none that can be read."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def register(server: Flask, lang: str, known: Callable[[str], bool] | None = None) -> None:
    """Answer every fault of a server in a sentence; `known` says whether a callback is there."""

    def said(code: int, **values: object) -> str:
        words = catalogue(language(lang))
        if code >= 500 and code not in TOLD:
            return words.say("fault.500", **values)
        return words.say(f"fault.{code if code in TOLD else 400}")

    def plain(text: str, code: int) -> Response:
        return Response(text + "\n", code, content_type="text/plain; charset=utf-8")

    def refused(error: HTTPException) -> Any:
        if error.response is not None or not error.code or error.code < 400:
            return error
        if isinstance(error, Told):
            return plain(error.description or said(error.code), error.code)
        if error.code >= 500 and error.code not in TOLD:
            return failed(error)
        answer = plain(said(error.code), error.code)
        for name, value in error.get_headers():
            if name == "Allow":
                answer.headers[name] = value
        return answer

    def missing(error: Exception) -> Response:  # noqa: ARG001
        return plain(said(404), 404)

    def failed(error: Exception) -> Response:
        reference = secrets.token_hex(4).upper()
        LOG.error("failed, reference %s", reference, exc_info=error,
                  extra={"reference": reference, "request": g.get("request_id", "")})  # fmt: skip
        return plain(said(500, reference=reference), 500)

    server.register_error_handler(HTTPException, refused)
    for kind in (InvalidResourceError, DependencyException):
        server.register_error_handler(kind, missing)
    server.register_error_handler(Exception, failed)

    @server.before_request
    def understood() -> None:
        """404 for what is no address; 400 for a callback that this page does not have."""
        if request.url_rule is not None and request.url_rule.rule == ANY_PATH and known:
            raise Told(404, said(404))
        if request.path == CALLBACK and request.method == "POST" and known:
            body = posted()
            if not isinstance(body, dict) or not _formed(body):
                raise Told(400, said(400))
            if not known(body["output"]):
                raise Told(400, catalogue(language(lang)).say("fault.stale"))

    @server.after_request
    def waited(answer: Response) -> Response:
        if "wait" in g:
            answer.headers["Retry-After"] = str(g.wait)
        return answer


def _formed(body: dict[str, Any]) -> bool:
    """Whether a body is that of a callback: an output, and lists of properties with an id."""
    if not isinstance(body.get("output"), str):
        return False
    held = [body.get(name, []) for name in ("inputs", "state", "changedPropIds")]
    if not all(isinstance(each, list) for each in held):
        return False
    return all(isinstance(each, dict) and {"id", "property"} <= set(each)
               for each in (*held[0], *held[1]))  # fmt: skip
