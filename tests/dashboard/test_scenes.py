"""Scenes: the ready ones are whole in both languages; a file that is wrong says what and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import app
from dashboard.figures.present import LARGER, NAME
from dashboard.rendering import presenting
from dashboard.scenes import READY, SceneError, parsed, read
from dashboard.showing import shown
from dashboard.state import LANGUAGES, VIEWS, ViewState, Vocabulary, parse
from geo.world import World


def test_the_ready_scenes_are_whole(world: World, words: Vocabulary):
    scenes = read(READY, words)
    assert len(scenes) == 8
    for scene in scenes:
        for lang in LANGUAGES:
            assert scene.name(lang)
            assert scene.note(lang)
        assert scene.name("fr") != scene.name("en")
        assert not shown(world, scene.state).told.empty
    assert len({scene.state for scene in scenes}) == len(scenes)


def test_a_name_may_be_the_same_in_both_languages(tmp_path: Path, words: Vocabulary):
    path = tmp_path / "scenes.json"
    path.write_text(json.dumps([{"name": "Mali", "query": "?partner=country:MLI"}]), "utf-8")
    (scene,) = read(path, words)
    assert (scene.name("fr"), scene.name("en"), scene.note("fr")) == ("Mali", "Mali", "")
    assert scene.state == ViewState(partner=("country:MLI",))


def test_what_no_document_can_hold_is_left_out(words: Vocabulary):
    hostile = "a\x00\x0b\ud800b\nc <script>"
    (scene,) = parsed(json.dumps([{"name": hostile, "note": hostile, "query": ""}]), words, "fr")
    assert scene.name("fr") == scene.note("en") == "ab\nc <script>"


WRONG: list[tuple[Any, str]] = [
    ({"scenes": []}, "a list"),
    ([["Mali"]], "scene 1: an object"),
    ([{"name": "Mali"}], "scene 1: an object with name, note and query"),
    ([{"name": {"fr": "Mali"}, "query": ""}], "scene 1: the name is missing"),
    ([{"name": "x", "query": ""}, {"name": "Mali", "query": "?partner=country:ZZZ"}],
     "scene 2: the query has what is not known: partner=country:ZZZ"),
    ([{"name": "x", "query": ""}] * 201, "at most 200"),
]  # fmt: skip


@pytest.mark.parametrize(("held", "said"), WRONG)
def test_what_is_wrong_is_said_with_its_number(
    held: Any, said: str, tmp_path: Path, words: Vocabulary
):
    path = tmp_path / "scenes.json"
    path.write_text(json.dumps(held), encoding="utf-8")
    with pytest.raises(SceneError, match=said):
        read(path, words)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[{", None])
def test_a_file_that_is_no_json_is_named(content: bytes | None, tmp_path: Path, words: Vocabulary):
    path = tmp_path / "scenes.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SceneError, match=r"scenes\.json"):
        read(path, words)


def test_a_wrong_file_leaves_the_page_working(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "scenes.json"
    path.write_text("[{", encoding="utf-8")
    server = app.create_app(world, scenes=path).server
    assert "is not JSON" in capsys.readouterr().err
    assert server.test_client().get("/health").status_code == 200


def test_steps_lead_from_scene_to_scene(words: Vocabulary):
    scenes = read(READY, words)
    state, _ = parse(f"present=1&lang=en&{READY_QUERY}", words)
    html = presenting(state, scenes, words)["scenes"]
    assert "3 / 8" in html
    assert scenes[2].name("en") in html
    assert html.count("present=1") == len(scenes) + 3
    assert presenting(ViewState(), scenes, words)["scenes"] == ""
    assert "present=1" in presenting(ViewState(), scenes, words)["present"]


READY_QUERY = "view=time"


def test_hostile_names_are_escaped(tmp_path: Path, words: Vocabulary):
    path = tmp_path / "scenes.json"
    path.write_text(json.dumps([{"name": "<script>x</script>", "query": ""}]), encoding="utf-8")
    html = presenting(ViewState(present="1"), read(path, words), words)["scenes"]
    assert "<script>" not in html


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_presented_is_larger_and_the_same(view: str, world: World):
    usual = shown(world, ViewState(view)).figure["data"]
    larger = shown(world, ViewState(view, present="1")).figure["data"]
    assert [t.get("z") for t in larger] == [t.get("z") for t in usual]
    for one, other in zip(usual, larger, strict=True):
        if one.get("mode") == "text":
            assert other["textfont"]["size"] > one["textfont"]["size"]
            assert set(other["text"]) <= set(one["text"])
        elif one.get("mode") == "lines":
            assert other["line"]["width"] == pytest.approx(one["line"]["width"] * LARGER)
        elif isinstance(one.get("marker", {}).get("size"), list):
            sizes = [size * LARGER for size in one["marker"]["size"]]
            assert other["marker"]["size"] == pytest.approx(sizes)
    if view in ("flows", "time"):
        assert any(t["textfont"]["size"] == NAME for t in larger if t.get("mode") == "text")
