"""What a person prints: all that the page tells, on sheets of A4, and nothing of its controls."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from babel.dates import format_date

pytestmark = pytest.mark.browser

PdfReader = pytest.importorskip("pypdf", reason="see requirements-dev.txt").PdfReader

A4 = (595, 842)  # points
SLACK = 1.0
EACH = "(all) => all.map((e) => e.textContent).filter((text) => text.trim())"
# All that the page says beside the map, but for what a reader of screens alone is told and what
# only serves to act; the words that a cell or a line holds, one by one.
SAID = """(parts) => {
  const aside = ".sr-only, .chip, .kinds, .order, .files, .commands, [data-play], .weights, " +
    ".network-card header button, .spot-name, .tick-up, .tick-across, caption, title";
  const found = [];
  for (const part of document.querySelectorAll(parts)) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (walker.nextNode())
      if (!walker.currentNode.parentElement.closest(aside)) found.push(walker.currentNode.data);
  }
  return found.filter((text) => text.trim());
}"""
PARTS = ("#legend", "#beside", "#key-figures", "#breakdown", "#sheet", "#ranking", "#timeline",
         "#plain", "#notes")  # fmt: skip
SEEN = "(part) => part.checkVisibility()"
CONTROLS = ("#export-menu > button", "#scenes-edit", "#reset", "#table-toggle", "#present button",
            "#rail-toggle", "#rail h2", ".skip")  # fmt: skip
SHAPE = """() => {
  const { width, height } = document.querySelector("#map .js-plotly-plot")._fullLayout;
  return [width, height, document.querySelectorAll("#map .main-svg[viewBox]").length];
}"""


def squeezed(text: str) -> str:
    """A text without its spaces, since a sheet breaks lines where the page does not, and with one
    sign for the two whose shape is the same."""
    return "".join(text.split()).replace("\xad", "").replace("\u02bc", "’")


class Sheets:
    """The pages of a PDF: their texts, and where these stand (points, from the lower left)."""

    def __init__(self, written: bytes) -> None:
        self.pages = PdfReader(io.BytesIO(written)).pages
        told = [page.extract_text() for page in self.pages]
        self.texts = [squeezed(text) for text in told]
        self.all = "".join(self.texts)
        self.lines = {squeezed(line) for text in told for line in text.split("\n")}

    def places(self) -> list[tuple[float, float]]:
        found: list[tuple[float, float]] = []

        def told(text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:  # noqa: ARG001
            if text.strip():
                x, y = tm[4], tm[5]
                found.append((cm[0] * x + cm[2] * y + cm[4], cm[1] * x + cm[3] * y + cm[5]))

        for page in self.pages:
            page.extract_text(visitor_text=told)
        return found


def printed(laptop: Any, **how: Any) -> Sheets:
    return Sheets(laptop.page.pdf(format="A4", **how))


def complete(laptop: Any, sheets: Sheets, lang: str) -> None:
    """Title, sentence, legend, words, sources, date and address of the page are on the sheets."""
    page = laptop.page
    texts = [page.text_content("#title"), page.text_content("#sentence")]
    texts += page.eval_on_selector_all("#sources li, #sheet-sources li", EACH)
    parts = [part for part in PARTS if page.locator(part).evaluate(SEEN)]
    texts += page.evaluate(SAID, ", ".join(parts))
    texts += [format_date(date.today(), "long", locale=lang), page.url]
    assert [text for text in texts if squeezed(text) not in sheets.all] == []
    assert len(texts) > 15


@pytest.mark.parametrize(
    ("query", "lang", "most"),
    [
        ("", "fr", 3),
        ("?partner=country:MLI&lang=en", "en", 3),
        ("?view=matrix", "fr", 3),
        ("?view=gap&territory=departement:93&lang=en", "en", 4),
        ("?view=stances&partner=country:MAR", "fr", 3),
        ("?view=time&lang=en", "en", 3),
        ("?view=networks&network=c40", "fr", 4),
        ("?view=vectors&vector=consulate,refugee_asylum", "fr", 3),
        ("?view=territory&territory=departement:93", "fr", 7),
        ("?view=territory&partner=country:MLI&lang=en", "en", 8),
        ("?view=data", "fr", 24),
        ("?view=stances&present=1", "fr", 2),
    ],
)
def test_all_that_is_told_is_on_paper_and_no_control(query: str, lang: str, most: int, laptop):
    laptop.open(query)
    before = laptop.page.evaluate(SHAPE)
    sheets = printed(laptop)
    assert len(sheets.pages) <= most
    for sheet in sheets.pages:
        assert [float(side) for side in sheet.mediabox[2:]] == pytest.approx(A4, abs=1.5)
    complete(laptop, sheets, lang)
    first = squeezed(laptop.text("#page h1")) + squeezed(laptop.text("#title"))
    assert sheets.all.startswith(first)  # no tabs between them
    for control in CONTROLS:
        for text in laptop.page.eval_on_selector_all(control, EACH):
            assert squeezed(text) not in sheets.lines, text
    assert laptop.page.evaluate(SHAPE) == before
    assert laptop.page.locator("#page > footer details[open]").count() == 0


@pytest.mark.parametrize("landscape", [False, True])
def test_the_map_is_whole_and_no_text_leaves_the_sheet(landscape: bool, laptop):
    laptop.open("")
    names = laptop.page.eval_on_selector_all("#map .scattergeo text", EACH)
    assert len(names) > 10
    sheets = printed(laptop, landscape=landscape)
    assert len(sheets.pages) <= 3
    assert [name for name in names if squeezed(name) not in sheets.texts[0]] == []
    assert squeezed(laptop.text("#legend li:last-child")) in sheets.texts[0]
    width, height = A4[::-1] if landscape else A4
    margin = 30
    for x, y in sheets.places():
        assert margin <= x + SLACK <= width - margin, (x, y)
        assert margin <= y + SLACK <= height - margin, (x, y)


def test_a_ranking_stays_on_one_sheet(laptop):
    laptop.open("")
    sheets = printed(laptop)
    for ranking in laptop.page.locator("#ranking section").all():
        told = [squeezed(text) for text in ranking.locator("h3, .line-label").all_text_contents()]
        assert len(told) > 5
        assert any(all(text in page for text in told) for page in sheets.texts)


def test_an_open_table_is_printed_with_its_head_again_on_each_sheet(laptop):
    laptop.open("?level=collectivity")
    closed = printed(laptop)
    laptop.page.click("#table-toggle")
    laptop.page.wait_for_selector("#table-drawer.show:not(.collapsing)")
    laptop.page.wait_for_timeout(400)
    flat = laptop.page.evaluate(SHAPE)
    assert flat[0] > 2 * flat[1]  # what the table leaves to the map
    sheets = printed(laptop)
    head = squeezed(laptop.text("#table th:last-child"))
    rows = laptop.page.eval_on_selector_all("#table tbody tr", EACH)
    assert len(rows) == 25
    assert [row for row in rows if squeezed(row) not in sheets.all] == []
    assert squeezed(laptop.text(".pager span")) in sheets.all
    assert [row for row in rows if squeezed(row) in closed.all] == []
    holding = [page for page in sheets.texts if any(squeezed(row) in page for row in rows)]
    assert len(holding) > 1
    assert all(head in page for page in holding)
    laptop.page.wait_for_timeout(300)
    assert laptop.page.evaluate(SHAPE) == flat


def test_paper_is_white_and_what_colours_mean_stays(laptop):
    laptop.open("?view=stances")
    page = laptop.page
    page.emulate_media(media="print")
    told = page.evaluate("""() => {
      const style = (selector) => getComputedStyle(document.querySelector(selector));
      return [style("body").backgroundColor, style("#legend .swatch").printColorAdjust,
              style("#breakdown .stack span").backgroundColor];
    }""")
    page.emulate_media(media="screen")
    assert told[0] == "rgb(255, 255, 255)"
    assert told[1] == "exact"
    assert told[2] not in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
