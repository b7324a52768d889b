"""Exports and files that need not be made or sent again: what they follow from is their mark.

A browser or a proxy that holds one asks whether it still is so, and is told without its being made.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import wraps
from hashlib import sha256

from flask import Response, request

from dashboard import answers, signin
from dashboard.workspaces import Worlds

HELD = 60  # seconds in which nobody needs to ask
Made = Callable[..., Response]


def unchanged(worlds: Worlds, *told: object) -> Callable[[Made], Made]:
    """A decorator of an address whose answer follows from the data, the code, the day, the address
    and what is `told`. What a visitor brought, or who signs in, is nobody else's: that is made
    each time."""

    def deciding(made: Made) -> Made:
        @wraps(made)
        def answered(**values: str) -> Response:
            mark = _mark(worlds, told)
            if not mark:
                return made(**values)
            same = request.if_none_match.contains_weak(mark)
            answer = Response(status=304) if same else made(**values)
            if answer.status_code in (200, 304) and not answer.is_streamed:
                answer.set_etag(mark, weak=True)
                answer.cache_control.public, answer.cache_control.max_age = True, HELD
            return answer

        return answered

    return deciding


def _mark(worlds: Worlds, told: tuple[object, ...]) -> str:
    """The mark of what is asked for; empty where it is one visitor's own."""
    if worlds.files() is not None or signin.person():
        return ""
    today = datetime.datetime.now(datetime.UTC).date()
    follows = (answers.code(), worlds.base.version, today, request.url, told)
    return sha256(repr(follows).encode()).hexdigest()[:32]
