"""Where requests are counted: in Redis for all processes together, else in the memory of each.

While Redis is away each process counts for itself: no answer waits for it longer than a moment, and
the log says when it went and when it came back. Seconds in memory are those of a clock that nobody
sets, so that a change of the date neither frees a client nor shuts it out.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from limits.storage import RedisStorage, Storage
from redis.exceptions import RedisError

from dashboard.away import Asked, client

LOG = logging.getLogger("corridors.limits")
SCHEME = "corridors"  # by which flask-limiter finds `Counting`
HERE = "memory://"  # the address of what a process counts alone
PATIENCE = 0.5  # seconds that Redis has to answer; where it does not, it is asked once more
MOST = 100_000  # counts held in memory
T = TypeVar("T")


class Counts:
    """Counts that expire, at most so many, in the memory of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        self._clock, self._most, self._lock = clock, most, threading.Lock()
        self._held: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def add(self, key: str, seconds: float, amount: int) -> int:
        """Add to a count, which begins anew where it has expired; what it is then."""
        with self._lock:
            now = self._clock()
            count, end = self._held.get(key, (0, now))
            if end <= now:
                self._held.pop(key, None)
                self._make_room(now)
                count, end = 0, now + seconds
            self._held[key] = count + amount, end
            return count + amount

    def of(self, key: str) -> tuple[int, float]:
        """A count, and the seconds that are left of it; 0 where there is none."""
        now = self._clock()
        count, end = self._held.get(key, (0, now))
        return (count, end - now) if end > now else (0, 0.0)

    def forget(self, key: str = "") -> int:
        """Forget one count, or all; how many there were."""
        with self._lock:
            gone = [key] if key else list(self._held)
            return sum(self._held.pop(name, None) is not None for name in gone)

    def _make_room(self, now: float) -> None:
        """Forget what has expired and, where that is not enough, what was begun first."""
        if len(self._held) < self._most:
            return
        for key in [key for key, (_, end) in self._held.items() if end <= now]:
            del self._held[key]
        while len(self._held) >= self._most:
            self._held.popitem(last=False)


class Counting(Storage):
    """The storage of flask-limiter: Redis `at` an address, and `Counts` without it or instead."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  (as limits wants it)

    def __init__(self, uri: str = "", wrap_exceptions: bool = False, at: str = HERE) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._here, self._far = Counts(), None if at == HERE else _redis(at)
        self._asked = Asked(LOG, "the storage of the limits", "each process counts for itself")

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may be raised."""
        return RedisError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a count that expires `expiry` seconds after it began; what it is then."""
        return self._got(lambda far: far.incr(key, expiry, amount),
                         lambda: self._here.add(key, expiry, amount))  # fmt: skip

    def get(self, key: str) -> int:
        """A count; 0 where there is none."""
        return self._got(lambda far: far.get(key), lambda: self._here.of(key)[0])

    def get_expiry(self, key: str) -> float:
        """When a count expires, by the clock on the wall."""
        return self._got(lambda far: far.get_expiry(key),
                         lambda: time.time() + self._here.of(key)[1])  # fmt: skip

    def check(self) -> bool:
        """Whether requests are counted where they should be."""
        return self._got(lambda far: far.check(), lambda: self._far is None)

    def reset(self) -> int | None:
        """Forget every count; how many there were."""
        return (self._got(lambda far: far.reset(), lambda: 0) or 0) + self._here.forget()

    def clear(self, key: str) -> None:
        """Forget a count."""
        self._got(lambda far: far.clear(key), lambda: None)
        self._here.forget(key)

    def _got(self, there: Callable[[RedisStorage], T], here: Callable[[], T]) -> T:
        """What Redis gives, or what the memory does where there is no Redis or it is away."""
        far = self._far
        return here() if far is None else self._asked.got(lambda: there(far), here)


def _redis(at: str) -> RedisStorage:
    """Redis at an address, which may say otherwise how patient to be: `?socket_timeout=2`. Nothing
    is asked of it yet."""
    return RedisStorage(at, **client(PATIENCE))
