"""What the tests of the dashboard share: its vocabulary, the facts, and states of real values."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from drawn import Rows, Show
from hypothesis import settings
from redis_here import Redis

from dashboard.filters import vocabulary
from dashboard.showing import shown
from dashboard.state import ViewState, Vocabulary
from geo.load import EMBEDDED
from geo.world import World

settings.register_profile("dashboard", deadline=None, database=None, max_examples=60)
settings.load_profile("dashboard")


@pytest.fixture(scope="session")
def words(world: World) -> Vocabulary:
    """What the embedded data allows in an address."""
    return vocabulary(world, "fr")


@pytest.fixture(scope="session")
def show(world: World) -> Show:
    """`show("flows", partner=("country:MLI",))`: the figure and the words of a state."""
    return lambda view="flows", **filters: shown(world, ViewState(view, **filters))


@pytest.fixture(scope="session")
def facts() -> Callable[[str], Rows]:
    """`facts("links/links")`: the rows of a file of the embedded data, read by the csv module."""

    def read(name: str) -> Rows:
        with Path(EMBEDDED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis that ends with the test."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on the path (Debian: apt-get install redis-server)")
    held = Redis(program, tmp_path)
    yield held
    held.stop()
