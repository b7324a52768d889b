"""The page opens in the language of the browser, and keeps another one that is chosen."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

SHOWN = "#main[aria-busy=false] .choroplethlayer path"
LANGUAGE = "document.documentElement.lang"


def opened(page: Any, address: str) -> Any:
    page.goto(address)
    page.wait_for_selector(SHOWN, state="attached")
    return page


@pytest.mark.parametrize(
    ("locale", "lang", "query", "said"),
    [("en-US", "en", "?view=stances&lang=en", "Clear all"),
     ("fr-FR", "fr", "?view=stances", "Tout effacer"),
     ("de-DE", "fr", "?view=stances", "Tout effacer")],
)  # fmt: skip
def test_the_page_is_in_the_language_of_the_browser(
    locale: str, lang: str, query: str, said: str, browser: Any, address: str
):
    page = browser.new_page(locale=locale, bypass_csp=True)
    opened(page, f"{address}/?view=stances")
    assert page.evaluate(LANGUAGE) == lang
    assert page.evaluate("location.search") == query
    assert page.inner_text("#rail-reset") == said
    assert page.context.cookies() == []
    page.close()


def test_who_reads_english_and_chooses_french_keeps_french(browser: Any, address: str):
    page = browser.new_page(locale="en-US", bypass_csp=True)
    opened(page, f"{address}/")
    page.click("#lang-fr")
    page.wait_for_selector("text=Tout effacer")
    page.wait_for_selector(SHOWN, state="attached")
    page.click("#view-stances")
    page.wait_for_function("location.search === '?view=stances'")
    page.reload()
    page.wait_for_selector(SHOWN, state="attached")
    assert page.evaluate(LANGUAGE) == "fr"
    assert page.inner_text("#rail-reset") == "Tout effacer"
    opened(page, f"{address}/")
    assert page.evaluate(LANGUAGE) == "fr"

    page.click("#lang-en")
    page.wait_for_selector("text=Clear all")
    opened(page, f"{address}/")
    assert page.evaluate(LANGUAGE) == "en"
    page.close()
