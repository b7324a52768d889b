"""Workspaces: each visitor's own data, found by a cookie, held for a while, gone once removed."""

from __future__ import annotations

import gc
import os
import shutil
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from dashboard import workspaces
from dashboard.filters import vocabulary
from dashboard.rendering import rendered
from dashboard.workspaces import COOKIE, NAME, UNTOUCHED, WORLDS, Alone, Workspace, Workspaces
from geo.__main__ import main
from geo.places import places_of
from geo.world import World

ROWS = "Commune;Pays;Partenaire;Lat partenaire;Lon partenaire;Type\n"
PAIRS = {"a": "Paris;Japon;Kyoto;;;Accord\n", "b": "Paris;Islande;Kópavogur;;;Accord\n"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The datasets of two files of one link each, named by their key in PAIRS."""
    folder = tmp_path_factory.mktemp("made")
    for name, row in PAIRS.items():
        (folder / f"{name}.csv").write_text(ROWS + row, encoding="utf-8")
        file, out = str(folder / f"{name}.csv"), str(folder / name)
        assert main(["ingest", file, "--accept", "--out", out]) == 0
    return folder


@pytest.fixture
def spaces(world: World, tmp_path: Path) -> Workspaces:
    return Workspaces(world, (), tmp_path / "spaces", apart=False)


def filled(spaces: Workspaces, made: Path, *names: str) -> Workspace:
    """A workspace with these datasets."""
    space = spaces.created()
    assert space is not None
    for name in names:
        space.keep(Path(shutil.copytree(made / name, space.folder / "made")))
    return space


def asked(spaces: Workspaces, cookie: str) -> tuple[World, tuple[str, ...]]:
    """What a request with this cookie is answered with."""
    with Flask(__name__).test_request_context(headers={"Cookie": f"{COOKIE}={cookie}"}):
        return spaces.here(), spaces.files()


def links(world: World) -> int:
    return len(world.table("links"))


def test_each_cookie_has_its_own_data(spaces: Workspaces, world: World, made: Path):
    one, two = filled(spaces, made, "a"), filled(spaces, made, "b", "a")
    assert NAME.fullmatch(one.folder.name)
    assert one.folder.name != two.folder.name
    first, files = asked(spaces, one.folder.name)
    assert (links(first), files) == (links(world) + 1, ("a.csv",))
    second, files = asked(spaces, two.folder.name)
    assert (links(second), files) == (links(world) + 2, ("b.csv", "a.csv"))
    assert len({world.version, first.version, second.version}) == 3
    assert asked(spaces, one.folder.name)[0] is first


@pytest.mark.parametrize(
    "cookie", ["", "x", "../spaces", "A" * 43, "A" * 42 + "/", "A" * 44, "%2e%2e", "\u00e9" * 43]
)
def test_a_cookie_that_names_nothing_is_without_files(
    cookie: str, spaces: Workspaces, world: World
):
    assert asked(spaces, cookie) == (world, ())


def test_outside_a_request_there_are_no_files(spaces: Workspaces, world: World):
    assert (spaces.here(), spaces.files()) == (world, ())


def test_a_server_that_takes_no_files_has_one_world(world: World):
    assert asked(Alone(world), "A" * 43) == (world, None)  # type: ignore[arg-type]


def test_a_workspace_without_datasets_is_the_data_themselves(spaces: Workspaces, world: World):
    space = filled(spaces, Path())
    assert spaces.world(space) is world


def test_servers_that_share_a_folder_share_the_workspaces(
    spaces: Workspaces, world: World, made: Path
):
    other = Workspaces(world, (), spaces.folder, apart=False)
    space = filled(spaces, made, "a")
    assert links(asked(other, space.folder.name)[0]) == links(world) + 1
    space.keep(Path(shutil.copytree(made / "b", space.folder / "made")))
    assert links(asked(other, space.folder.name)[0]) == links(world) + 2
    spaces.remove(space)
    assert asked(other, space.folder.name) == (world, ())
    other.sweep()
    assert not other._worlds


def test_folders_given_to_the_server_are_part_of_every_workspace(
    world: World, made: Path, tmp_path: Path
):
    spaces = Workspaces(world, [made / "b"], tmp_path / "spaces", apart=False)
    assert links(spaces.world(filled(spaces, made, "a"))) == links(world) + 2


def test_a_removed_world_leaves_the_memory(spaces: Workspaces, world: World, made: Path):
    space = filled(spaces, made, "a")
    larger = spaces.world(space)
    words = vocabulary(larger, "fr")
    places_of(larger)
    rendered(larger, "", None, words, (1950, 2025))
    gone = weakref.ref(larger)
    del larger, words
    gc.collect()
    assert gone() is not None
    spaces.remove(space)
    gc.collect()
    assert gone() is None
    assert list(spaces.folder.iterdir()) == []
    assert rendered(world, "", None, vocabulary(world, "fr"), (1950, 2025))


def test_few_worlds_are_held_at_once(spaces: Workspaces, made: Path):
    held = [filled(spaces, made, "a") for _ in range(WORLDS + 1)]
    first = spaces.world(held[0])
    for space in held[1:]:
        spaces.world(space)
    assert len(spaces._worlds) == WORLDS
    again = spaces.world(held[0])
    assert again is not first
    assert again == first


def test_what_nobody_has_used_for_a_day_is_removed(spaces: Workspaces, world: World, made: Path):
    old, new = filled(spaces, made, "a"), filled(spaces, made, "b")
    spaces.world(old)
    past = time.time() - UNTOUCHED - 60
    for space in (old, new):
        os.utime(space.folder, (past, past))
    assert links(asked(spaces, new.folder.name)[0]) == links(world) + 1
    spaces.sweep()
    assert [path.name for path in spaces.folder.iterdir()] == [new.folder.name]
    assert len(spaces._worlds) == 1


def test_a_request_sweeps_now_and_then(
    spaces: Workspaces, made: Path, monkeypatch: pytest.MonkeyPatch
):
    old = filled(spaces, made, "a")
    os.utime(old.folder, (1, 1))
    asked(spaces, "")
    assert old.folder.is_dir()
    monkeypatch.setattr(workspaces, "SWEPT", -1)
    asked(spaces, "")
    assert not old.folder.exists()


def test_there_are_so_many_workspaces_and_no_more(
    spaces: Workspaces, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workspaces, "MOST_SPACES", 2)
    assert [spaces.created() is None for _ in range(3)] == [False, False, True]


@pytest.fixture
def own(world: World) -> Iterator[Workspaces]:
    spaces = Workspaces(world)
    yield spaces
    spaces.close()


def test_a_folder_of_its_own_goes_with_the_server(own: Workspaces, made: Path):
    space = filled(own, made, "a")
    assert space.folder.stat().st_mode & 0o077 == 0
    assert own.folder.stat().st_mode & 0o077 == 0
    own.close()
    assert not own.folder.exists()


def test_a_folder_that_was_given_stays(spaces: Workspaces, made: Path):
    space = filled(spaces, made, "a")
    spaces.close()
    assert space.folder.is_dir()
