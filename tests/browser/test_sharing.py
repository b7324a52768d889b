"""Sharing: what is copied opens the same view; an embedded view has no more than the view."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

pytestmark = pytest.mark.browser

QUERY = "?view=stances&partner=country:MLI"


def copied(visit: Any, what: str, said: str = "Copié.") -> str:
    """What the clipboard holds after a choice of the menu."""
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.page.click("#export-menu button")
    visit.page.click(f"[data-copy={what}]")
    visit.page.wait_for_function("document.querySelector('#copied').textContent !== ''")
    assert visit.text("#copied") == said
    return str(visit.page.evaluate("navigator.clipboard.readText()"))


def test_the_link_copied_opens_the_same_view(visit):
    visit.open(QUERY)
    sentence = visit.text("#sentence")
    link = copied(visit, "link")
    assert link == f"{visit.address}/{QUERY}"
    visit.open(link.removeprefix(f"{visit.address}/"))
    assert visit.text("#sentence") == sentence


def test_the_sentence_goes_with_the_link(visit):
    visit.open(QUERY)
    text = copied(visit, "sentence")
    assert text.startswith("Postures des États – ")
    assert "Mali" in text
    assert text.endswith(f"{visit.address}/{QUERY}")


def test_the_frame_shows_the_view_without_the_page_around_it(visit):
    visit.open("?lang=en&theme=health")
    frame = copied(visit, "embed", "Copied.")
    address = html.unescape(re.search(r'src="([^"]+)"', frame)[1])  # type: ignore[index]
    assert address.endswith("?lang=en&theme=health&embed=1")
    visit.open(address.removeprefix(f"{visit.address}/"))
    shown = {
        name: visit.page.locator(name).is_visible()
        for name in ("#title", "#sentence", "#map", "#legend", "#sources-line", "#whole a",
                     "header nav", "#rail", "#panel", "#export-menu")
    }  # fmt: skip
    assert [name for name, seen in shown.items() if seen] == [
        "#title", "#sentence", "#map", "#legend", "#sources-line", "#whole a",
    ]  # fmt: skip
    assert visit.page.get_attribute("#whole a", "href") == "/?lang=en&theme=health"


def test_where_the_clipboard_is_refused_the_text_is_shown(visit):
    visit.open(QUERY)
    visit.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject('no'); }")
    visit.page.click("#export-menu button")
    visit.page.click("[data-copy=link]")
    visit.page.wait_for_function("document.querySelector('#copied').textContent !== ''")
    assert visit.text("#copied").endswith(f"{visit.address}/{QUERY}")
