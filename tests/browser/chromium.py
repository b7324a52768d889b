"""Where a Chromium is on this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
MISSING = "no Chromium found; apt-get install chromium, or set CHROMIUM=/path/to/it"


def find() -> str | None:
    """The path of a Chromium: CHROMIUM, else the first on PATH, else a macOS application."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    found = [path for name in NAMES if (path := shutil.which(name))]
    return next(iter(found + [path for path in APPLICATIONS if Path(path).exists()]), None)


if __name__ == "__main__":
    print(f"Browser tests: {find()}." if find() else f"Browser tests skipped: {MISSING}.")
