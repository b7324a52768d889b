"""Presenting: the scenes by keyboard, larger and with nothing around; the network is not needed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.scenes import READY

pytestmark = pytest.mark.browser

SCENES = json.loads(READY.read_text(encoding="utf-8"))
TOUCHING = """() => {
  const boxes = [...document.querySelectorAll('#map .textpoint text, #map .scattergeo text')]
    .map((t) => [t.textContent, t.getBoundingClientRect()]);
  const touch = ([, a], [, b]) => a.left < b.right - 1 && b.left < a.right - 1
    && a.top < b.bottom - 6 && b.top < a.bottom - 6;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => touch(a, b))
    .map((b) => [a[0], b[0]]));
}"""


def press(visit: Any, key: str) -> None:
    visit.page.keyboard.press(key)
    visit.settle()


def shown(visit: Any) -> str:
    return visit.text(".scene-name")


def size_of(visit: Any, selector: str) -> float:
    return float(visit.page.evaluate(
        "(s) => parseFloat(getComputedStyle(document.querySelector(s)).fontSize)", selector
    ))  # fmt: skip


def test_the_ready_scenes_by_keyboard(visit):
    visit.open("?present=1")
    assert visit.page.locator("#map .textpoint text, #map .scattergeo text").count() > 5
    for number, scene in enumerate(SCENES, 1):
        assert shown(visit) == f"{number} / {len(SCENES)} · {scene['name']['fr']}"
        assert visit.page.locator("#notices .notice").count() == 0
        visit.page.wait_for_timeout(700)
        assert visit.page.evaluate(TOUCHING) == [], scene["query"]
        press(visit, "ArrowRight")
    assert shown(visit).startswith(f"{len(SCENES)} / ")
    press(visit, "ArrowLeft")
    assert shown(visit).startswith(f"{len(SCENES) - 1} / ")
    press(visit, "2")
    assert shown(visit).startswith("2 / ")
    assert "measure=relation" in visit.query


def test_f_presents_and_escape_leaves_with_the_same_view(visit):
    visit.open("?view=stances&partner=country:MLI")
    press(visit, "f")
    assert "present=1" in visit.query
    for selector in ("header nav", "#rail", "#panel", "#export-menu", "#crumbs"):
        assert not visit.page.locator(selector).is_visible(), selector
    assert size_of(visit, "#title") >= 24
    assert size_of(visit, "#sentence") >= 24
    press(visit, "Escape")
    assert visit.query == "?view=stances&partner=country:MLI"
    assert visit.page.locator("#rail").is_visible()


def test_r_clears_the_filters_and_goes_on_presenting(visit):
    visit.open("?view=stances&partner=country:MLI&present=1&lang=en")
    press(visit, "r")
    assert visit.query == "?view=stances&lang=en&present=1"


def test_the_card_of_shortcuts_opens_and_closes(visit):
    visit.open()
    visit.page.keyboard.press("?")
    assert visit.page.locator("#keys").is_visible()
    assert "Scène précédente, suivante" in visit.text("#keys")
    visit.page.keyboard.press("Escape")
    assert not visit.page.locator("#keys").is_visible()
    assert visit.query == ""


def test_closing_the_card_keeps_the_choice(visit):
    visit.open("?partner=country:MLI")
    visit.page.keyboard.press("?")
    press(visit, "Escape")
    assert not visit.page.locator("#keys").is_visible()
    assert visit.query == "?partner=country:MLI"


def test_keys_typed_in_a_field_are_text(visit):
    visit.open()
    visit.page.click("#filter-territory")
    visit.page.fill(".dash-dropdown-search", "f")
    visit.page.locator(".dash-dropdown-search").press("f")
    visit.settle()
    assert "present" not in visit.query


def test_the_notes_follow_in_a_window_of_their_own(visit):
    visit.open("?present=1")
    with visit.page.expect_popup() as opened:
        visit.page.keyboard.press("n")
    notes = opened.value
    assert SCENES[0]["note"]["fr"] in notes.inner_text("body")
    visit.page.bring_to_front()
    press(visit, "ArrowRight")
    assert SCENES[1]["note"]["fr"] in notes.inner_text("body")
    assert SCENES[2]["name"]["fr"] in notes.inner_text("body")
    notes.close()
    press(visit, "ArrowRight")
    assert shown(visit).startswith("3 / ")
