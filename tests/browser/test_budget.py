"""What a page may weigh: bytes as they travel and requests, on the first visit and on the next."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

pytestmark = pytest.mark.browser

FIRST, NEXT, REQUESTS = 1_000_000, 30_000, 50
DRAWN = "#map .choroplethlayer path"
READY = "document.querySelector('#main').getAttribute('aria-busy') === 'false'"


def weighed(context: Any, address: str) -> tuple[int, int]:
    """Bytes and requests until a map is on screen and nothing more comes."""
    page, sizes = context.new_page(), []
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(address)
    page.wait_for_selector(DRAWN, state="attached")
    page.wait_for_function(READY)
    page.wait_for_timeout(600)
    page.close()
    return int(sum(sizes)), len(sizes)


def test_what_a_page_weighs(browser: Any, address: str, site: Flask):
    """Once every file was asked for and is packed at its best."""
    warm = browser.new_page(bypass_csp=True, locale="fr-FR")
    warm.goto(address)
    warm.wait_for_selector(DRAWN, state="attached")
    warm.close()
    site.extensions["packing"].wait()
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="fr-FR", bypass_csp=True
    )
    first, asked = weighed(context, address)
    again, _ = weighed(context, address)
    context.close()
    assert first <= FIRST
    assert asked <= REQUESTS
    assert again <= NEXT
