"""What is presented is read from the back of the room: 24 px at least, nothing that touches."""

from __future__ import annotations

import pytest

from dashboard.state import VIEWS

pytestmark = pytest.mark.browser

LEAST = 24  # px
LAPTOP = {"width": 1366, "height": 768}
ROOM = {"width": 1920, "height": 1080}
SHEETS = {"territory": "&partner=country:MLI"}
SMALL = """(least) => {
  const size = (e) => {
    const own = parseFloat(getComputedStyle(e).fontSize);
    if (!e.ownerSVGElement) return own * e.currentCSSZoom;
    const m = e.getScreenCTM();
    return own * Math.hypot(m.a, m.b);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement, range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const box = range.getBoundingClientRect();
    const seen = texts.currentNode.textContent.trim() && box.width > 1 && box.bottom > 0
      && box.top < innerHeight && e.checkVisibility({ visibilityProperty: true });
    if (seen && !e.closest("h1, .sr-only, .skip, #walk-hint") && size(e) < least - 0.01)
      found.push([size(e), texts.currentNode.textContent.trim()]);
  }
  return found;
}"""
TOUCHING = """() => {
  const boxes = [...document.querySelectorAll('#map .scattergeo text, .spot-name')]
    .map((t) => [t.textContent, t.getBoundingClientRect()]);
  const touch = ([, a], [, b]) => a.left < b.right - 1 && b.left < a.right - 1
    && a.top < b.bottom - 6 && b.top < a.bottom - 6;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => touch(a, b))
    .map((b) => [a[0], b[0]]));
}"""
CUT = """(names) => names.map((name) => document.querySelector(name)).filter((e) => e
  && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)).map((e) => e.id)"""


@pytest.mark.parametrize("size", [LAPTOP, ROOM], ids=["laptop", "room"])
@pytest.mark.parametrize("view", VIEWS)
def test_letters_of_24_px_that_do_not_touch(view, size, visit):
    visit.page.set_viewport_size(size)
    for lang in ("fr", "en"):
        visit.open(f"?view={view}{SHEETS.get(view, '')}&present=1&lang={lang}")
        assert visit.page.evaluate(SMALL, LEAST) == []
        assert visit.page.evaluate(TOUCHING) == []
        assert visit.page.evaluate(CUT, ["#title", "#sentence", "#legend"]) == []
        assert visit.page.evaluate("document.documentElement.scrollHeight") <= size["height"]


def test_the_convention_is_said_and_its_words_are_a_click_away(visit):
    visit.open("?view=stances&present=1")
    note = visit.page.locator("#legend .legend-note")
    assert note.locator("summary").inner_text() == "Frontières\u00a0: Natural Earth et Visionscarto"
    assert "aucune prise de position" not in note.inner_text()
    note.locator("summary").click()
    assert "aucune prise de position" in note.inner_text()
    assert visit.page.evaluate(SMALL, LEAST) == []
    visit.page.click("#sources-line")
    assert "Données " in visit.text("#sources")
    assert visit.page.evaluate(SMALL, LEAST) == []
