"""Where the server or the network fails the page: what is on screen stays, a bar says so, and the
page goes on once it can."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

BAR, SHOWN = "#alive button", "#main[aria-busy=false]"
CALLBACK = "**/_dash-update-component*"
NUMBER = "Le serveur n’a pas pu répondre. Référence à citer à qui le tient : "


@pytest.fixture(scope="module")
def page(browser: Any, address: str) -> Any:
    """One page for all that may happen to it."""
    made = browser.new_page(viewport={"width": 1366, "height": 768}, bypass_csp=True)
    made.goto(f"{address}/?view=stances")
    made.wait_for_selector(f".view-stances {SHOWN} .choroplethlayer path", state="attached")
    yield made
    made.close()


def go(page: Any, query: str) -> None:
    """Ask for another view, as a button of the page does, and wait until the page is at rest."""
    page.evaluate(
        """(query) => {
          const button = document.querySelector("[data-go]");
          button.dataset.go = query;
          button.disabled = false;
          button.click();
        }""",
        query,
    )
    page.wait_for_selector(SHOWN)


def said(page: Any) -> str:
    return str(page.inner_text("#alive span")).replace("\xa0", " ")


def test_without_a_network_the_view_stays_and_goes_on_when_it_is_back(page: Any):
    title = page.inner_text("#title")
    page.context.set_offline(True)
    page.wait_for_selector(BAR)
    assert said(page).startswith("Pas de réseau")
    go(page, "?view=gap")
    assert page.inner_text("#title") == title
    assert said(page).startswith("Pas de réseau")
    page.context.set_offline(False)
    page.wait_for_selector(f".view-gap {SHOWN}")
    page.wait_for_selector(BAR, state="detached")


def test_a_server_that_is_gone_is_found_again_by_itself(page: Any):
    page.route(CALLBACK, lambda route: route.fulfill(status=502, body="<html>nginx</html>"))
    page.route("**/ready", lambda route: route.abort())
    go(page, "?view=cases")
    assert said(page).startswith("Le serveur ne répond pas")
    page.unroute(CALLBACK)
    page.unroute("**/ready")
    page.wait_for_selector(f".view-cases {SHOWN}")
    page.wait_for_selector(BAR, state="detached")


def test_an_answer_cut_short_is_asked_again(page: Any):
    page.route(CALLBACK, lambda route: route.abort("connectionreset"), times=1)
    go(page, "?view=index")
    page.click("#alive button:first-of-type")
    page.wait_for_selector(f".view-index {SHOWN}")
    page.wait_for_selector(BAR, state="detached")


def test_what_raises_on_the_server_is_a_number_and_the_page_lives_on(
    page: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fails(*_: object) -> None:
        raise ValueError("/srv/secret.py")

    with monkeypatch.context() as patched:
        patched.setattr("dashboard.rendering.rendered", fails)
        go(page, "?view=networks")
        page.wait_for_selector(BAR)
    text = said(page)
    assert text.startswith(NUMBER)
    assert text.removeprefix(NUMBER).rstrip(".") in caplog.text
    assert "view-index" in page.get_attribute("#page", "class")
    go(page, "?view=cases")
    page.wait_for_selector(f".view-cases {SHOWN}")
    page.wait_for_selector(BAR, state="detached")


def test_a_control_that_was_not_answered_is_asked_again(page: Any):
    page.route(CALLBACK, lambda route: route.fulfill(status=500, body="x"), times=1)
    page.evaluate("""() => window.dash_clientside.set_props("asked",
      { data: { source: "map", place: "country:MLI", at: performance.now() } })""")
    page.wait_for_selector(BAR)
    assert said(page).startswith("La demande n’a pas abouti")
    page.click("#alive button:first-of-type")
    page.wait_for_function("location.search.includes('MLI')")
    page.wait_for_selector(BAR, state="detached")


def test_who_is_signed_in_no_longer_is_told_to_load_the_page_again(page: Any):
    page.route(CALLBACK, lambda route: route.fulfill(status=401, body="<html>proxy</html>"))
    go(page, "?view=index")
    page.wait_for_selector(BAR)
    assert said(page).startswith("La connexion a pris fin")
    page.unroute(CALLBACK)
    with page.expect_navigation():
        page.click("#alive button:first-of-type")
    page.wait_for_selector(f".view-index {SHOWN}")
    assert page.query_selector(BAR) is None


def test_the_bar_can_be_closed(page: Any):
    page.route(CALLBACK, lambda route: route.fulfill(status=500, body="x"))
    go(page, "?view=time")
    page.wait_for_selector(BAR)
    page.unroute(CALLBACK)
    page.click("#alive button:last-of-type")
    page.wait_for_selector(BAR, state="detached")
