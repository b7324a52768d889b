"""Files read in a process of their own, so that pages are answered meanwhile, and so that one that
takes too long, or all the memory, is given up without harm to the server."""

from __future__ import annotations

import atexit
import multiprocessing
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from dashboard import bringing
from dashboard.bringing import NotTaken, Pending
from dashboard.catalogue import catalogue
from dashboard.workspaces import Workspace, Workspaces
from geo.load import EMBEDDED, load
from geo.world import World

LONGEST = 300  # seconds that a file is read or matched for
MOST_TASKS = 200  # after which the process is begun again, with the memory that it held
Task = Callable[..., dict[str, Any]]
T = TypeVar("T")


@dataclass(frozen=True)
class Read:
    """Where the data of a visitor are read from; `names` are the datasets of their own."""

    roots: tuple[Path, ...]
    kept: Path
    names: tuple[str, ...]


def opened(
    spaces: Workspaces, space: Workspace, file: Pending, kind: str, lang: str
) -> dict[str, Any]:
    """How a file would be read."""
    return _asked(_opened, spaces, space, file, kind, lang)


def tried(
    spaces: Workspaces, space: Workspace, file: Pending, given: Mapping[str, Any], lang: str
) -> dict[str, Any]:
    """What would come in with a mapping."""
    return _asked(_tried, spaces, space, file, given, lang)


def ready(spaces: Workspaces, space: Workspace) -> None:
    """Open what places are matched with, without being waited for."""
    if spaces.apart:
        _begun(_ready, _read(spaces, space))
    else:
        bringing.ready(spaces.world(space))


def _asked(task: Task, spaces: Workspaces, space: Workspace, *told: Any) -> dict[str, Any]:
    words = catalogue(told[-1])
    with bringing.alone(words):
        if not spaces.apart:
            return task(spaces.world(space), space, *told)
        try:
            return _done(task, _read(spaces, space), space, *told)
        except TimeoutError as error:
            said = words.say("upload.fault.long", n=LONGEST // 60)
            raise NotTaken(413, said) from error
        except (ProcessExpired, BrokenProcessPool) as error:
            raise NotTaken(413, words.say("upload.fault.fell")) from error


def _done(task: Task, *told: Any) -> dict[str, Any]:
    """What a task gives; begun again, once, where the process was gone before it began."""
    try:
        return _begun(task, *told).result()
    except BrokenProcessPool:
        return _begun(task, *told).result()


def _begun(task: Callable[..., T], *told: Any) -> Future[T]:
    if not _pool().active:
        _pool.cache_clear()
    return _pool().schedule(task, args=told, timeout=LONGEST)


def _read(spaces: Workspaces, space: Workspace) -> Read:
    return Read(spaces.roots, space.kept, space.datasets())


def _opened(
    data: Read | World, space: Workspace, file: Pending, kind: str, lang: str
) -> dict[str, Any]:
    return bringing.opened(_world(data), space, file, catalogue(lang), kind)


def _tried(
    data: Read | World, space: Workspace, file: Pending, given: Mapping[str, Any], lang: str
) -> dict[str, Any]:
    return bringing.tried(_world(data), space, file, given, catalogue(lang))


def _ready(data: Read) -> None:
    bringing.ready(_world(data))


def _world(data: Read | World) -> World:
    return data if isinstance(data, World) else _loaded(data)


@lru_cache(maxsize=1)
def _loaded(data: Read) -> World:
    return load(EMBEDDED, *data.roots, *([data.kept] if data.names else []))


@lru_cache(maxsize=1)
def _pool() -> ProcessPool:
    """The process of this server, begun by the first file and again after a fall."""
    made = ProcessPool(max_workers=1, max_tasks=MOST_TASKS,
                       context=multiprocessing.get_context("spawn"))  # fmt: skip
    atexit.register(_end, made)
    return made


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
