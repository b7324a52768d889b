"""Files read in a process of their own: the same answers, and what becomes of one stopped."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard import bringing, importing
from dashboard.bringing import NotTaken, Pending, put
from dashboard.catalogue import catalogue
from dashboard.workspaces import MEGA, Workspace, Workspaces
from geo.world import World

ROWS = b"Commune;Pays;Partenaire;Type\nParis;Japon;Kyoto;Accord\nParis;Perdu;Nulle part;Accord\n"


@pytest.fixture(scope="module")
def spaces(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspaces]:
    yield Workspaces(world, (), tmp_path_factory.mktemp("spaces"))
    importing._end(importing._pool())
    importing._pool.cache_clear()


def brought(spaces: Workspaces) -> tuple[Workspace, Pending]:
    space = spaces.created()
    assert space is not None
    return space, put(space, "own.csv", [ROWS], MEGA, catalogue("en"))


def stopped(begun: Path | None = None) -> None:
    """Kill the process, once it has begun, as a machine that has no memory left does."""
    while begun and not begun.exists():
        time.sleep(0.01)
    for worker in list(importing._pool()._pool_manager.worker_manager.workers.values()):
        os.kill(worker.pid, signal.SIGKILL)


def test_the_answers_are_those_of_the_server(spaces: Workspaces, world: World):
    space, file = brought(spaces)
    words = catalogue("fr")
    proposal = importing.opened(spaces, space, file, "", "fr")
    assert proposal == bringing.opened(world, space, file, words)
    report = importing.tried(spaces, space, file, proposal["mapping"], "fr")
    assert (space.pending / "made" / "report.json").exists()
    assert report == bringing.tried(world, space, file, proposal["mapping"], words)
    with pytest.raises(NotTaken) as refusal:
        importing.tried(spaces, space, file, {"kind": "links", "columns": {}}, "fr")
    assert (refusal.value.status, str(refusal.value)) == (400, words.say("upload.needs.links"))


def test_a_reading_that_falls_is_told_and_the_next_one_works(spaces: Workspaces):
    space, file = brought(spaces)
    proposal = importing.opened(spaces, space, file, "", "en")
    killer = threading.Thread(target=stopped, args=(space.folder / "begun",))
    killer.start()
    with pytest.raises(NotTaken) as refusal:
        importing._asked(_asleep, spaces, space, "en")
    killer.join()
    assert str(refusal.value) == catalogue("en").say("upload.fault.fell")
    assert importing.opened(spaces, space, file, "", "en") == proposal
    for after in (0.0, 0.02, 0.3):
        stopped()
        time.sleep(after)
        assert importing.opened(spaces, space, file, "", "en") == proposal


def test_a_reading_that_takes_too_long_is_stopped(
    spaces: Workspaces, monkeypatch: pytest.MonkeyPatch
):
    space, file = brought(spaces)
    proposal = importing.opened(spaces, space, file, "", "en")
    monkeypatch.setattr(importing, "LONGEST", 1)
    with pytest.raises(NotTaken) as refusal:
        importing._asked(_asleep, spaces, space, "en")
    assert str(refusal.value).startswith("Reading this file took more than")
    monkeypatch.undo()
    assert importing.opened(spaces, space, file, "", "en") == proposal


def _asleep(_: Any, space: Workspace, *__: Any) -> dict[str, Any]:
    (space.folder / "begun").touch()
    time.sleep(600)
    return {}
