"""The files that visitors bring: a folder each, named by a cookie; the data enlarged by them."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import sys
import tempfile
import threading
import time
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from flask import has_request_context, request

from dashboard.signin import person
from geo.load import EMBEDDED, load
from geo.world import World

MEGA = 1_000_000
MOST_MEGA = 20  # of a file, unless the server is told otherwise
MOST_ROWS = 100_000
COOKIE = "corridors_files"
NAME = re.compile(r"[A-Za-z0-9_-]{43}")  # what token_urlsafe(32) gives
WORLDS = 3  # enlarged worlds held in memory; another is read again from its folder
UNTOUCHED = 24 * 3600  # seconds after which a workspace is removed
SWEPT = 3600  # seconds between two searches for those
SET = 3600  # seconds by which a clock that was set differs from one that drifts
MOST_FILES = 10  # of a workspace
MOST_SPACES = 200
REMEMBERED = type(lru_cache(len))


class Worlds(Protocol):
    """What the server asks for the data of a request."""

    @property
    def base(self) -> World:
        """The data without any file."""

    def here(self) -> World:
        """The data of the request that is answered."""

    def files(self) -> tuple[str, ...] | None:
        """The names of the files that are part of them; None where files are not taken."""


@dataclass(frozen=True)
class Alone:
    """A server that takes no files: one world for every request."""

    base: World

    def here(self) -> World:
        """The only world."""
        return self.base

    def files(self) -> None:
        """Files are not taken."""


@dataclass(frozen=True)
class Workspace:
    """The folder of one visitor: datasets kept, each a folder below `kept`, and the file that is
    being read below `pending`. `cookie` is what the visitor's browser knows it by."""

    folder: Path
    cookie: str = ""

    @property
    def kept(self) -> Path:
        """The folder of the datasets kept."""
        return self.folder / "kept"

    @property
    def pending(self) -> Path:
        """The folder of the file that is being read."""
        return self.folder / "pending"

    def datasets(self) -> tuple[str, ...]:
        """The names of the folders of datasets, in the order in which they came."""
        try:
            return tuple(sorted(path.name for path in self.kept.iterdir()))
        except FileNotFoundError:
            return ()

    def last(self) -> Path | None:
        """The folder of the dataset kept last, None where there is none."""
        names = self.datasets()
        return self.kept / names[-1] if names else None

    def files(self) -> tuple[str, ...]:
        """The names of the files brought, in the order in which they came."""
        told = (self.kept / name / "report.json" for name in self.datasets())
        return tuple(str(json.loads(path.read_text("utf-8"))["file"]) for path in told)

    def keep(self, made: Path) -> Path:
        """Take a dataset that was written elsewhere in the workspace; its new folder."""
        self.kept.mkdir(exist_ok=True)
        held = self.datasets()
        number = int(held[-1].partition("-")[0]) + 1 if held else 1
        place = self.kept / f"{number:04}-{secrets.token_hex(4)}"
        return made.rename(place)


class Workspaces:
    """The workspaces of a server, below one folder that several servers may share.

    `base` are the data without files, read from `roots` beside the embedded ones. Files are read
    in a process of their own, unless they are not to be `apart`.
    """

    def __init__(
        self, base: World, roots: Sequence[Path] = (), folder: Path | None = None,
        apart: bool = True,
    ) -> None:  # fmt: skip
        self.base, self.roots, self.apart = base, tuple(roots), apart
        self._own = tempfile.TemporaryDirectory(prefix="corridors-") if folder is None else None
        self.folder = Path(self._own.name) if self._own else Path(folder or "")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._worlds: OrderedDict[tuple[str, ...], World] = OrderedDict()
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._swept, self._ahead = time.monotonic(), _ahead()

    def close(self) -> None:
        """Remove the folder, unless it was given."""
        if self._own:
            self._own.cleanup()

    def found(self) -> Workspace | None:
        """The workspace that the cookie of the request names, where there is one."""
        if time.monotonic() - self._swept > SWEPT:
            self.sweep()
        name = request.cookies.get(COOKIE, "") if has_request_context() else ""
        if not NAME.fullmatch(name) or not (self.folder / _owned(name)).is_dir():
            return None
        return Workspace(self.folder / _owned(name), name)

    def created(self) -> Workspace | None:
        """A workspace of its own; None where there are too many."""
        self.sweep()
        if len(self._spaces()) >= MOST_SPACES:
            return None
        cookie = secrets.token_urlsafe(32)
        space = Workspace(self.folder / _owned(cookie), cookie)
        space.folder.mkdir(mode=0o700)
        return space

    def here(self) -> World:
        """The data of the request: with the files of its workspace, or without."""
        space = self.found()
        return self.world(space) if space else self.base

    def files(self) -> tuple[str, ...]:
        """The names of the files of the request's workspace."""
        space = self.found()
        return space.files() if space else ()

    def world(self, space: Workspace) -> World:
        """The data enlarged by a workspace; DataError where they do not fit together."""
        names = space.datasets()
        if not names:
            return self.base
        key = (space.folder.name, *names)
        os.utime(space.folder)
        with self._lock:
            if key in self._worlds:
                self._worlds.move_to_end(key)
                return self._worlds[key]
        with self._reading:
            return self._read(space, key)

    def _read(self, space: Workspace, key: tuple[str, ...]) -> World:
        with self._lock:
            if key in self._worlds:
                return self._worlds[key]
        made = load(EMBEDDED, *self.roots, space.kept)
        with self._lock:
            if space.folder.is_dir():
                self._worlds[key] = made
            while len(self._worlds) > WORLDS:
                self._worlds.popitem(last=False)
        return made

    def remove(self, space: Workspace) -> None:
        """Remove a workspace: its folder, its world, and what was computed from it."""
        shutil.rmtree(space.folder, ignore_errors=True)
        self._drop()

    def sweep(self) -> None:
        """Remove the workspaces that nobody has used for long, here or on another server. Where
        the clock was set since the last time nobody knows how long: all count from now."""
        before, self._ahead, self._swept = self._ahead, _ahead(), time.monotonic()
        was_set, now = abs(self._ahead - before) > SET, time.time()
        for path in self._spaces():
            with suppress(FileNotFoundError):  # another server removes it at this moment
                age = now - path.stat().st_mtime
                if was_set or age < -SET:
                    os.utime(path, (now, now))
                elif age > UNTOUCHED:
                    shutil.rmtree(path, ignore_errors=True)
        self._drop()

    def _spaces(self) -> list[Path]:
        return [path for path in self.folder.iterdir() if NAME.fullmatch(path.name)]

    def _drop(self) -> None:
        """Let go of the worlds whose folder is gone."""
        with self._lock:
            gone = [key for key in self._worlds if not (self.folder / key[0]).is_dir()]
            for key in gone:
                del self._worlds[key]
        if gone:
            forget()


def _owned(cookie: str) -> str:
    """The name of a cookie's folder. Where people sign in it stands for the cookie and the person
    together, so that the cookie of another leads to nothing."""
    if not person():
        return cookie
    both = sha256(f"{person()} {cookie}".encode()).digest()
    return urlsafe_b64encode(both).decode().rstrip("=")


def _ahead() -> float:
    """By how much the clock on the wall is ahead of the one that nobody sets (s)."""
    return time.time() - time.monotonic()


def forget() -> None:
    """Empty what is remembered of worlds and of what stands on them, so that no row of a removed
    one stays in memory; for the others it is computed again."""
    for module in [m for n, m in sys.modules.items() if n.split(".")[0] in ("geo", "dashboard")]:
        for held in vars(module).values():
            if isinstance(held, REMEMBERED) and _may_hold_rows(held):
                held.cache_clear()


def _may_hold_rows(remembered: Any) -> bool:
    """Whether what a function remembers may stand on a world: what it asks for by texts cannot."""
    asked = {**remembered.__wrapped__.__annotations__, "return": "str"}
    return any(kind != "str" for kind in asked.values())
