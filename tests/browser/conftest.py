"""A real browser on a real server: skipped, with a word on why, where no Chromium is found."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import chromium
import pytest
from flask import Flask
from waitress.server import create_server

from app import create_app
from geo.world import World

# The first map is drawn again once the legend beneath it has taken its place.
FITTED = """() => {
  const map = document.querySelector("#map .main-svg");
  return !map?.clientHeight || Math.abs(map.clientHeight - map.closest("#map").clientHeight) < 2;
}"""
LED = """(search) => {
  document.getElementById("main").setAttribute("aria-busy", "true");
  window.dash_clientside.set_props("url", { search });
}"""
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--accept-lang=fr-FR"]
TELEPHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1366, "height": 768}


@pytest.fixture(scope="session")
def site(world: World) -> Flask:
    """The app as a server for the length of the session."""
    server: Flask = create_app(world).server
    return server


@pytest.fixture(scope="session")
def address(site: Flask) -> Iterator[str]:
    """The address of the app, served for the length of the session."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = create_server(site, host="127.0.0.1", port=port, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, headless, of a person who reads French; painted by software without a graphics
    card, as a projector's PC."""
    path = chromium.find()
    if path is None:
        pytest.skip("no Chromium: install it (apt-get install chromium) or set CHROMIUM")
    api = pytest.importorskip("playwright.sync_api", reason="pip install -r requirements-dev.txt")
    with api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


class Visit:
    """A page opened on the app, with what went wrong in it."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.errors: list[str] = []
        self.outside: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.outside.append(request.url)

    def open(self, query: str = "") -> Visit:
        """The page at an address, as for who has chosen no language before."""
        self.page.context.clear_cookies(name="lang")
        self.page.goto(f"{self.address}/{query}")
        self.settle()
        drawn = "#map .choroplethlayer path, .beside-alone #beside *"
        self.page.wait_for_selector(drawn, state="attached")
        self.page.wait_for_function(FITTED)
        return self

    def go(self, query: str) -> Visit:
        """Another state of the page that is open, as its own buttons lead to it."""
        if query != self.query:
            self.page.evaluate(LED, query)
            self.settle()
        return self

    def settle(self) -> Visit:
        """Wait until the page has nothing left to do."""
        self.page.wait_for_timeout(100)
        self.page.wait_for_function(
            "document.querySelector('#main')?.getAttribute('aria-busy') === 'false'"
        )
        self.page.wait_for_timeout(60)
        return self

    def text(self, selector: str) -> str:
        return str(self.page.inner_text(selector)).replace("\u202f", " ").replace("\xa0", " ")

    @property
    def query(self) -> str:
        return str(self.page.evaluate("location.search"))


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Visit]:
    """A laptop's page, which must have raised no error and asked nothing outside."""
    yield from _visit(browser, address, LAPTOP)


@pytest.fixture
def telephone(browser: Any, address: str) -> Iterator[Visit]:
    """A telephone's page, under the same demands."""
    yield from _visit(browser, address, TELEPHONE)


@pytest.fixture(scope="module")
def laptop(browser: Any, address: str) -> Iterator[Visit]:
    """A laptop's page that a whole file of tests goes on with, under the same demands."""
    yield from _visit(browser, address, LAPTOP)


def _visit(browser: Any, address: str, size: dict[str, int]) -> Iterator[Visit]:
    page = browser.new_page(viewport=size, locale="fr-FR", bypass_csp=True)  # waits are evals
    visit = Visit(page, address)
    yield visit
    page.close()
    assert visit.outside == []
    assert visit.errors == []
