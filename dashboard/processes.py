"""Several processes that serve one app and share its data: gunicorn, told what is told here."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboard import telemetry
from dashboard.serving import THREADS
from dashboard.watching import Lines
from geo.errors import DataError

GRACE = 60  # seconds that answers under way have to end: a picture takes at most as long
UNHEARD = 120  # seconds after which a process that does nothing any more is ended
MOST, SPREAD = 20_000, 4_000  # requests after which a process is replaced, more or less
NAME = "corridors"


def logged(lines: bool) -> dict[str, Any]:
    """How gunicorn writes its log: as lines of JSON, or as text."""
    form: dict[str, Any] = {"()": Lines} if lines else {"format": "%(asctime)s %(message)s"}
    heard = {"level": "INFO", "handlers": ["here"], "propagate": False}
    return {
        "version": 1, "disable_existing_loggers": False, "formatters": {"form": form},
        "handlers": {"here": {"class": "logging.StreamHandler", "formatter": "form"}},
        "root": {"level": "INFO", "handlers": ["here"]},
        "loggers": {"gunicorn.error": heard},
    }  # fmt: skip


def settings(host: str, port: int, workers: int, lines: bool) -> dict[str, Any]:
    """What gunicorn is told. The app is made before the processes part, so that they share it;
    nothing made so far may hold a thread or a browser."""
    return {
        "bind": f"{host}:{port}", "workers": workers, "threads": THREADS, "worker_class": "gthread",
        "preload_app": True, "timeout": UNHEARD, "graceful_timeout": GRACE, "keepalive": 75,
        "max_requests": MOST, "max_requests_jitter": SPREAD, "limit_request_line": 8190,
        "forwarded_allow_ips": "", "secure_scheme_headers": {},  # `safety` alone believes proxies
        "proc_name": NAME, "logconfig_dict": logged(lines), "control_socket_disable": True,
        "child_exit": lambda _, worker: telemetry.ended(worker.pid),
    }  # fmt: skip


def serve(
    load: Callable[[], Any], broken: Callable[[DataError], Any], told: dict[str, Any]
) -> None:
    """Serve what `load` makes until a signal ends it; HUP makes it again. Where `load` raises
    DataError the app made before is kept, and `broken` served where there is none."""
    import gunicorn.http.wsgi
    from gunicorn.app.base import BaseApplication

    gunicorn.http.wsgi.SERVER = NAME

    class Served(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in told.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            try:
                return _settled(load())
            except DataError as error:
                return broken(error)

        def reload(self) -> None:
            super().reload()
            try:
                self.callable = _settled(load())
            except DataError as error:
                print(f"The data before are kept, as these cannot be used:\n{error}",
                      file=sys.stderr, flush=True)  # fmt: skip

    Served().run()


def _settled(app: Any) -> Any:
    """The app, whose memory the processes will share: what is there is not looked at again by the
    search for garbage, which would write to it."""
    gc.collect()
    gc.freeze()
    return app


def shared_folder() -> Path:
    """A temporary folder for all processes, which the one that makes it removes at its end."""
    folder, maker = Path(tempfile.mkdtemp(prefix=f"{NAME}-")), os.getpid()

    def remove() -> None:
        if os.getpid() == maker:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder
