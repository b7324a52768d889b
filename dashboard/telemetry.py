"""Figures of a running server in the form of Prometheus: no person, no query."""

from __future__ import annotations

import os
from typing import Any

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # where several processes put their figures together
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Telemetry:
    """Requests with their duration, exports, files brought, memory: of this process, or of all
    those that share the folder named in PROMETHEUS_MULTIPROC_DIR when the first one is made."""

    def __init__(self) -> None:
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge
        from prometheus_client import Histogram as Spread

        self.content_type = CONTENT_TYPE_LATEST
        held = self._registry = CollectorRegistry()
        self._requests = Counter(
            "corridors_requests", "Requests answered.", ("route", "method", "status", "view"),
            registry=held)  # fmt: skip
        self._seconds = Spread(
            "corridors_request_seconds", "From the request to the end of its answer.",
            ("route", "view"), buckets=SECONDS, registry=held)  # fmt: skip
        self._exports = Counter("corridors_exports", "Exports made.", ("format", "view"),
                                registry=held)  # fmt: skip
        self._files = Counter("corridors_uploads", "Files brought.", ("outcome",), registry=held)
        self._memory = Gauge("corridors_memory_bytes", "Memory of the process, shared or not.",
                             registry=held, multiprocess_mode="liveall")  # fmt: skip

    def count(
        self, route: str, method: str, status: int, view: str, form: str, seconds: float
    ) -> None:
        """Count an answer; `form` is the format of an export, empty for other answers."""
        self._requests.labels(route, method, str(status), view).inc()
        self._seconds.labels(route, view).observe(seconds)
        if form and status == 200:
            self._exports.labels(form, view).inc()
        if route == "/upload" and method == "POST":
            self._files.labels("read" if status == 200 else "refused").inc()
        self._memory.set(memory())

    def written(self) -> bytes:
        """All figures as text."""
        from prometheus_client import CollectorRegistry, generate_latest, multiprocess

        self._memory.set(memory())
        registry: Any = self._registry
        if os.environ.get(FOLDER):
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


def ended(pid: int) -> None:
    """Let go of the memory of a process that has ended."""
    if os.environ.get(FOLDER):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


def memory() -> int:
    """The bytes that this process holds in memory; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm") as held:
            return int(held.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
