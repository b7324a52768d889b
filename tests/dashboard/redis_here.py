"""A Redis of one's own for a test, where Debian's redis-server is there."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path

PATIENCE = 60.0  # seconds; far more than it takes to begin


class Redis:
    """A server that can be stopped, halted and begun again at the same address."""

    def __init__(self, program: str, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.address = f"redis://127.0.0.1:{self.port}"
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                         "--dir", str(folder)]  # fmt: skip
        self.begin()

    def begin(self) -> None:
        """Begin, and wait until it listens."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError("Redis did not begin")

    def stop(self) -> None:
        """End it, with all that it held."""
        self._process.kill()
        self._process.wait(PATIENCE)
