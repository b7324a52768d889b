"""What all tests share: the embedded world, and a small one drawn by hand."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import small

from geo.load import load
from geo.world import World


@pytest.fixture(scope="session")
def world() -> World:
    """The embedded data."""
    return load()


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real files, as people would bring them."""
    folder = os.environ.get("CORRIDORS_REAL_FILES", "")
    if not folder:
        pytest.skip("CORRIDORS_REAL_FILES names no folder of real files")
    return Path(folder)


@pytest.fixture
def read_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded data in the command, without reading them again for each file."""
    monkeypatch.setattr("geo.ingest.command.load", lambda *_: world)


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small world; not to be written to."""
    return small.write(tmp_path_factory.mktemp("small") / "data")


@pytest.fixture(scope="session")
def small_world(small_data: Path) -> World:
    """Three square countries, five links."""
    return load(small_data)


@pytest.fixture
def copied(small_data: Path, tmp_path: Path) -> Path:
    """A copy of the small world's folder that a test may break."""
    return Path(shutil.copytree(small_data, tmp_path / "data"))
