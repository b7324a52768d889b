"""Nothing of the page is held back by its policy, at the root or below a prefix, and nothing else
may run: every view, presenting, a picture taken away, a file brought."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from test_upload import DROP, ROWS
from waitress.server import create_server

from app import create_app
from dashboard.serving import Serving
from dashboard.state import VIEWS
from dashboard.workspaces import Workspaces
from geo.world import World

pytestmark = pytest.mark.browser

TOLD = """document.addEventListener("securitypolicyviolation",
  (e) => console.error(`policy: ${e.effectiveDirective} ${e.blockedURI} ${e.sample}`))"""
GO = "(search) => window.dash_clientside.set_props('url', { search })"
SHOWN = "#main[aria-busy=false]"


@pytest.fixture(scope="module")
def address(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app below a prefix, as a proxy in front gives it."""
    spaces = Workspaces(world, (), tmp_path_factory.mktemp("spaces"))
    app = create_app(world, spaces=spaces, how=Serving(proxies=1)).server

    def proxy(environ: dict[str, Any], start: Any) -> Any:
        path = environ["PATH_INFO"]
        if not path.startswith("/atlas/"):
            start("200 OK", [("Content-Type", "text/html")])
            return [b'<iframe src="/atlas/?%s"></iframe>' % environ["QUERY_STRING"].encode()]
        environ |= {"PATH_INFO": path.removeprefix("/atlas"), "HTTP_X_FORWARDED_PREFIX": "/atlas"}
        return app(environ, start)

    server = create_server(proxy, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}/atlas"
    server.close()


@pytest.fixture(scope="module")
def opened(browser: Any, address: str) -> Iterator[tuple[Any, list[str]]]:
    """A page under its policy, and what went wrong in it."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    wrong: list[str] = []
    page.add_init_script(TOLD)
    page.on("console", lambda m: m.type in ("error", "warning") and wrong.append(m.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda r: r.status >= 400 and wrong.append(f"{r.status} {r.url}"))
    page.on("request", lambda r: r.url.startswith(("data:", "blob:", address))
            or wrong.append(f"outside {r.url}"))  # fmt: skip
    yield page, wrong
    page.close()


def test_no_view_meets_the_policy(opened: tuple[Any, list[str]], address: str):
    page, wrong = opened
    page.goto(f"{address}/")
    page.wait_for_selector(f"{SHOWN} .choroplethlayer path", state="attached")
    for view in VIEWS[1:]:
        page.evaluate(GO, f"?view={view}")
        page.wait_for_selector(f".view-{view} {SHOWN}")
    page.goto(f"{address}/?present=1")
    page.wait_for_selector(f".present {SHOWN} .choroplethlayer path", state="attached")
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    page.wait_for_selector("#page:not(.present)")
    assert wrong == []


def test_no_picture_and_no_file_meet_it(opened: tuple[Any, list[str]], address: str):
    page, wrong = opened
    page.goto(f"{address}/?view=data")
    page.wait_for_selector(SHOWN)
    page.click("#export-menu button")
    with page.expect_download() as taken:
        page.click("#exports a[download][href*='data.svg']")
    assert taken.value.failure() is None
    page.evaluate(DROP, [ROWS, "coop.csv"])
    page.wait_for_selector("#upload-step :is(select, .chip)")
    page.keyboard.press("Escape")
    page.click("#scenes-edit")
    page.wait_for_selector("#scene-rows li")
    assert wrong == []


def test_what_is_not_the_page_s_does_not_run(opened: tuple[Any, list[str]], address: str):
    page, wrong = opened
    page.goto(f"{address}/?view=data")
    page.wait_for_selector(SHOWN)
    page.evaluate("""() => {
      document.querySelector("#notices").innerHTML = `<img src="data:," onerror="window.ran = 1">`;
      const script = document.createElement("script");
      script.textContent = "window.ran = 1";
      document.body.append(script);
      const other = document.createElement("script");
      other.src = "https://elsewhere.example/x.js";
      document.body.append(other);
    }""")
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran === undefined")
    assert sorted({text.split()[1] for text in wrong if text.startswith("policy:")}) == [
        "script-src-attr", "script-src-elem",
    ]  # fmt: skip
    wrong.clear()


def test_a_site_may_frame_a_view_and_no_other_page(opened: tuple[Any, list[str]], address: str):
    page, wrong = opened
    other = address.replace("/atlas", "/other")
    page.goto(f"{other}?embed=1")
    page.frame_locator("iframe").locator(".embed #sentence").wait_for(state="attached")
    assert [text for text in wrong if not text.startswith("outside")] == []
    with page.expect_console_message(lambda m: "frame-ancestors" in m.text):
        page.goto(other)
    assert page.frame_locator("iframe").locator("#react-entry-point").count() == 0
    wrong.clear()
