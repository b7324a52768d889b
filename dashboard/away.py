"""A Redis that may be away: it is left alone for a while, then asked again by one request."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

AGAIN = 10.0  # seconds after which it is asked again where it was away
T = TypeVar("T")


def client(patience: float) -> dict[str, Any]:
    """The options of a client of Redis that waits so many seconds, and asks once more."""
    return {"socket_timeout": patience, "socket_connect_timeout": patience,
            "retry": Retry(NoBackoff(), 1)}  # fmt: skip


class Asked:
    """What is asked of a Redis, and what is done instead while it is away; the log says once that
    it went, as `what` it serves and what its absence `means`, and once that it came back."""

    def __init__(self, log: logging.Logger, what: str, means: str) -> None:
        self._log, self._what, self._means = log, what, means
        self._away, self._again, self._lock = False, 0.0, threading.Lock()

    def got(self, there: Callable[[], T], instead: Callable[[], T]) -> T:
        """What Redis gives, or what is done instead."""
        if not self._asks():
            return instead()
        try:
            found = there()
        except (RedisError, OSError) as error:
            self._went(error)
            return instead()
        self._came()
        return found

    def _asks(self) -> bool:
        """Whether to ask Redis: while it is away, one request does now and then."""
        with self._lock:
            now = time.monotonic()
            if self._away and now < self._again:
                return False
            if self._away:
                self._again = now + AGAIN
            return True

    def _went(self, error: Exception) -> None:
        with self._lock:
            news, self._away = not self._away, True
            self._again = time.monotonic() + AGAIN
        if news:
            self._log.warning("%s is away, %s: %s", self._what, self._means, type(error).__name__)

    def _came(self) -> None:
        with self._lock:
            news, self._away = self._away, False
        if news:
            self._log.info("%s is back", self._what)
