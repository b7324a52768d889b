"""Sheets of pictures: no text touches another or is cut, whatever the view and the size."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest

from dashboard import snapshot
from dashboard.export_data import Asked
from dashboard.filters import vocabulary
from dashboard.papers import PAPERS, paper
from dashboard.state import VIEWS, parse
from geo.world import World

pytestmark = pytest.mark.browser

BASE = "http://atlas.example/"
MANY = (
    "territory=region:11,region:53,region:84,region:75,region:76&group=south,emerging"
    "&years=1980-2020&kind=twinning,decentralised_cooperation&lang=en&measure=stance"
)
# Lines of text that are seen, by where they stand; names on the map are each a line.
LINES = """() => {
  const sheet = document.getElementById("sheet");
  const edge = sheet.getBoundingClientRect();
  const found = [];
  const checked = { visibilityProperty: true, opacityProperty: true };
  const seen = (element) =>
    element.checkVisibility(checked) && !element.closest(".sr-only,.modebar-container");
  const walk = document.createTreeWalker(sheet, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { data, parentElement } = walk.currentNode;
    if (!data.trim() || !seen(parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(walk.currentNode);
    for (const { left, top, right, bottom, width } of range.getClientRects())
      if (width > 1) found.push([data.trim().slice(0, 40),
        left - edge.left, top - edge.top, right - edge.left, bottom - edge.top]);
  }
  const inner = [sheet.scrollWidth, sheet.scrollHeight];
  return { lines: found, width: edge.width, height: edge.height, inner };
}"""
SLACK = 3.0  # px: the boxes of lines are a little higher than their letters


@pytest.fixture(scope="module")
def laid_out(world: World, browser: Any) -> Callable[..., dict[str, Any]]:
    """What is written on the sheet of a view of a size."""
    words = vocabulary(world, "fr")

    def measured(query: str, size: str) -> dict[str, Any]:
        state, notices = parse(query, words)
        asked = paper(size)
        assert not notices
        assert asked is not None
        width, height = asked.layout
        page = browser.new_page(viewport={"width": width, "height": height}, bypass_csp=True)
        page.set_content(snapshot.sheet(Asked(world, state, words, BASE, {}), asked.layout))
        page.evaluate("snapshot.ready")
        found: dict[str, Any] = page.evaluate(LINES)
        page.close()
        return {**found, "asked": (width, height)}

    return measured


def touching(lines: list[list[Any]]) -> list[tuple[str, str]]:
    """Pairs of lines that overlap by more than the slack in both directions."""
    found = []
    for i, (text, left, top, right, bottom) in enumerate(lines):
        for other, left2, top2, right2, bottom2 in lines[i + 1 :]:
            across = min(right, right2) - max(left, left2)
            down = min(bottom, bottom2) - max(top, top2)
            if across > SLACK and down > SLACK:
                found.append((text, other))
    return found


def well_laid(told: dict[str, Any]) -> None:
    width, height = told["asked"]
    assert (told["width"], told["height"]) == (width, height)
    assert told["inner"][0] <= width + 1
    assert told["inner"][1] <= height + 1
    out = [
        line for line in told["lines"]
        if min(line[1:3]) < -1 or line[3] > width + 1 or line[4] > height + 1
    ]  # fmt: skip
    assert out == []
    assert touching(told["lines"]) == []


SIZES = ("slide", "a4-portrait", "square")


@pytest.mark.parametrize(
    ("view", "size"),
    [(view, SIZES[(i + more) % 3]) for i, view in enumerate(VIEWS) for more in (0, 1)],
)
def test_every_view_fits_its_sheet(view: str, size: str, laid_out):
    well_laid(laid_out(f"view={view}", size))


@pytest.mark.parametrize("size", [*PAPERS, "1000x400", "400x1000", "400x400", "6000x2400"])
def test_every_size_holds_many_filters_in_words(size: str, laid_out):
    well_laid(laid_out(MANY, size))


@pytest.mark.parametrize(("query", "size"), list(zip(
    ["view=territory&territory=departement:93", "view=territory&partner=country:MLI&lang=en",
     "view=stances&partner=country:MLI", "view=diaspora&territory=region:11&lang=en",
     "view=vectors&vector=embassy,capital_flow", "view=flows&projection=globe",
     "view=flows&projection=pacific&convention=un", "view=stances&present=1",
     "view=flows&partner=country:TUV", "view=networks&territory=region:53",
     "view=flows&weights=state_body:9.5"],
    cycle(("slide", "a4-portrait")), strict=False,
)))  # fmt: skip
def test_choices_fit_too(query: str, size: str, laid_out):
    well_laid(laid_out(query, size))
