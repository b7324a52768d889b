"""Who cannot see, point, or tell colours apart: axe on every view, targets, focus, zoom, colours
that a person imposes, no movement for who wants none."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from test_upload import DROP, ROWS
from waitress.server import create_server

from app import create_app
from dashboard.figures.theme import colour
from dashboard.state import VIEWS
from dashboard.workspaces import Workspaces
from geo.world import World

pytestmark = pytest.mark.browser

axe = pytest.importorskip("axe_playwright_python.base", reason="see requirements-dev.txt")

LAPTOP, TELEPHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
TWICE = {"width": 683, "height": 384}  # a laptop at 200 %
# What is chosen in a view, so that more of it is seen.
CHOSEN = {
    "flows": "&partner=country:MLI",
    "diaspora": "&territory=departement:93", "gap": "&territory=departement:93",
    "stances": "&partner=country:MAR", "vectors": "&vector=consulate,refugee_asylum",
    "networks": "&network=c40,eurocities", "territory": "&territory=departement:93",
}  # fmt: skip
OTHERS = ("?partner=country:FJI&theme=health", "?present=1", "?view=stances&embed=1&lang=en")
FAULTS = """async (within) => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const asked = { runOnly: tags, resultTypes: ["violations"] };
  const { violations } = await axe.run(within || document, asked);
  const told = (id, node) => `${id} ${node.target} ${node.html.slice(0, 160)}`;
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => told(id, node)));
}"""
# What can be pressed and is smaller than 24 x 24 px, but for links in a running text and for the
# points of a chart, whose target is larger than what is drawn.
SMALL = """() => {
  const controls = "a[href],button,input,select,textarea,summary,[role=slider],[tabindex='0']";
  const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const alone = (e) => e.parentElement.textContent.trim() === e.textContent.trim();
  const text = (e) => e.matches("p a, dd a, li a, td a") && !alone(e);
  const labelled = (e) => (e.matches("input") && e.closest("label")) || e;
  return [...document.querySelectorAll(controls)]
    .filter((e) => seen(e) && !e.matches(".spot, .skip, .sr-only *") && !text(e))
    .map((e) => [e, labelled(e).getBoundingClientRect()])
    .filter(([, { width, height }]) => width && (width < 23.95 || height < 23.95))
    .map(([e, { width, height }]) => `${e.outerHTML.slice(0, 120)} ${width} x ${height}`);
}"""
FITS = "document.documentElement.scrollWidth <= innerWidth"  # once the map has its new size
UNFOLDED = "document.querySelectorAll('details').forEach((d) => (d.open = true))"
# Each stop of the keyboard: what it is, and whether its focus is drawn, 2 px or more.
STOP = """() => {
  const e = document.activeElement;
  const drawn = (style, width) => style !== "none" && parseFloat(width) >= 2;
  const own = getComputedStyle(e), over = getComputedStyle(e, "::after");
  const above = over.content !== "none" && drawn(over.borderStyle, over.borderWidth);
  const seen = drawn(own.outlineStyle, own.outlineWidth) || above;
  const parts = ["header", "#main", "#rail", "#panel", "footer"];
  const part = parts.find((selector) => e.closest(selector)) || e.className;
  const id = e.id || e.dataset.key || e.textContent.slice(0, 40);
  return { id, part, seen, body: e === document.body };
}"""


def query(view: str, lang: str) -> str:
    start = "?" if view == "flows" else f"?view={view}"
    text = start + CHOSEN.get(view, "") + (f"&lang={lang}" if lang != "fr" else "")
    return text.replace("?&", "?") if text != "?" else ""


def faults(visit: Any, within: str = "") -> list[str]:
    """What axe finds in the page or in a part of it."""
    if not visit.page.evaluate("Boolean(window.axe)"):
        visit.page.evaluate(axe.AXE_SCRIPT)
    return list(visit.page.evaluate(FAULTS, within))


def shown(visit: Any, size: dict[str, int], asked: str) -> Any:
    """The page that is kept, at a size and in a state; another language is another page."""
    visit.page.set_viewport_size(size)
    lang = "en" if "lang=en" in asked else "fr"
    here = visit.page.url != "about:blank" and visit.page.evaluate("document.documentElement.lang")
    visit.go(asked) if here == lang else visit.open(asked)
    assert visit.page.evaluate("document.documentElement.lang") == lang
    return visit


# Languages in turn, each in one go.
LAPTOP_STATES = sorted(
    [*(query(v, ("fr", "en")[i % 2]) for i, v in enumerate(VIEWS)), *OTHERS],
    key=lambda asked: "lang=en" in asked,
)
# On a telephone the page is the same in another layout: axe looks at two views, the sizes are
# measured on all.
TELEPHONE_STATES = [query(view, "fr") for view in VIEWS]


@pytest.mark.parametrize("asked", LAPTOP_STATES)
def test_no_fault_and_no_small_target_on_a_laptop(laptop, asked):
    shown(laptop, LAPTOP, asked)
    if "view=data" not in asked:  # where what folds is more of the same tables
        laptop.page.evaluate(UNFOLDED)
    assert faults(laptop) == []
    assert laptop.page.evaluate(SMALL) == []


@pytest.mark.parametrize("asked", TELEPHONE_STATES)
def test_no_fault_and_no_small_target_on_a_telephone(laptop, asked):
    shown(laptop, TELEPHONE, asked)
    if TELEPHONE_STATES.index(asked) % 6 == 0:
        assert faults(laptop) == []
    assert laptop.page.evaluate(SMALL) == []
    laptop.page.wait_for_function(FITS)


# Points of the chart that stand alone, and what is hit 11 px from their middle on each side; points
# that stand close, and those hit elsewhere than in their middle.
AROUND = """() => {
  const middle = (e) => {
    const { left, top, width, height } = e.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const spots = [...document.querySelectorAll(".spot")].map((e) => [e, ...middle(e)]);
  const near = (a, b) => a !== b && Math.hypot(a[1] - b[1], a[2] - b[2]) < 24;
  const alone = spots.filter((spot) => !spots.some((other) => near(spot, other)));
  const ways = [[11, 0], [-11, 0], [0, 11], [0, -11]];
  const hit = (x, y) => document.elementFromPoint(x, y);
  const missed = alone.filter(([e, x, y]) => ways.some(([dx, dy]) => hit(x + dx, y + dy) !== e));
  const under = spots.filter(([, x, y]) => !hit(x, y).matches(".spot"));
  const taken = spots.filter((spot) => spots.every((other) => other === spot ||
    Math.hypot(spot[1] - other[1], spot[2] - other[2]) > 12) && hit(spot[1], spot[2]) !== spot[0]);
  return [alone.length, spots.length, missed.length, under.length, taken.length];
}"""


def test_the_points_of_the_chart_have_24_px_to_aim_at(laptop):
    shown(laptop, LAPTOP, "?view=gap&territory=departement:93")
    alone, spots, missed, under, taken = laptop.page.evaluate(AROUND)
    assert alone > 5
    assert spots > 90
    assert (missed, under, taken) == (0, 0, 0)


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_lost_at_twice_the_size(laptop, view):
    shown(laptop, TWICE, query(view, "fr"))
    laptop.page.wait_for_function(FITS)
    for part in ("#title", "#sentence", "#filter-view", "#table-toggle"):
        assert laptop.page.locator(part).is_visible(), part


def test_the_presenter_on_a_narrow_page_scrolls_one_way(laptop):
    shown(laptop, TELEPHONE, "?present=1")
    laptop.page.wait_for_function(FITS)


def test_what_unfolds_has_no_fault_and_gives_the_focus_back(laptop):
    page = shown(laptop, LAPTOP, "").page
    focused = "document.activeElement.closest('button').id"

    page.focus("#filter-territory")
    page.keyboard.press("Enter")
    page.wait_for_selector(".dash-dropdown-content input")
    page.wait_for_function("!document.querySelector('.dash-dropdown-content [role=option]')")
    assert faults(laptop, ".dash-dropdown-content") == []
    page.keyboard.press("Escape")
    page.wait_for_selector(".dash-dropdown-content", state="detached")
    assert page.evaluate(focused) == "filter-territory"

    page.focus("#export-menu > button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#exports a:visible")
    assert faults(laptop, "#export-menu") == []
    assert page.evaluate(SMALL) == []
    page.keyboard.press("Escape")
    page.wait_for_selector("#exports a:visible", state="detached")
    assert page.evaluate("document.activeElement.parentElement.id") == "export-menu"

    page.focus("#table-toggle")
    page.keyboard.press("Enter")
    page.wait_for_selector("#table-drawer.show:not(.collapsing)")
    assert page.get_attribute("#table-toggle", "aria-expanded") == "true"
    assert faults(laptop, "footer") == []
    assert page.evaluate(SMALL) == []
    page.keyboard.press("Enter")
    page.wait_for_selector("#table-drawer:not(.show)", state="attached")


@pytest.mark.parametrize(
    ("opener", "key", "dialog"),
    [("#scenes-edit", "Enter", "#scene-list"), ("#reset", "?", "#keys")],
)
def test_a_dialog_holds_the_focus_and_gives_it_back(laptop, opener, key, dialog):
    page = shown(laptop, LAPTOP, "").page
    page.focus(opener)
    page.keyboard.press(key)
    page.wait_for_selector(dialog)
    assert faults(laptop, dialog) == []
    assert page.evaluate(SMALL) == []
    behind = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        behind.add(page.evaluate(
            "(d) => document.activeElement !== document.body && !document.activeElement.closest(d)",
            dialog,
        ))  # fmt: skip
    assert behind == {False}
    page.keyboard.press("Escape")
    page.wait_for_selector(dialog, state="hidden")
    assert page.evaluate("(o) => document.activeElement.matches(o)", opener)


def test_every_stop_of_the_keyboard_shows_and_they_come_in_order(laptop):
    page = laptop.open("?partner=country:MLI").page
    page.set_viewport_size(LAPTOP)
    stops = []
    for _ in range(200):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop["body"]:
            break
        stops.append(stop)
    assert stops[0]["part"] == "skip"
    assert [s["id"] for s in stops if not s["seen"]] == []
    parts = [s["part"] for s in stops[1:]]
    assert [p for i, p in enumerate(parts) if i == 0 or parts[i - 1] != p] == [
        "header", "#main", "#rail", "#panel", "footer",
    ]  # fmt: skip
    ids = [s["id"] for s in stops]
    assert ids.count("walk") == 1
    assert {"filter-territory", "filter-theme", "view-stances", "table-toggle"} <= set(ids)


def test_the_lists_of_the_rail_are_named_after_what_they_filter(laptop):
    page = shown(laptop, LAPTOP, "").page
    names = page.get_by_role("button", name="Territoire", exact=False)
    assert "filter-territory" in names.evaluate_all("(all) => all.map((e) => e.id)")
    assert page.get_by_role("application", name="Carte").get_attribute("id") == "walk"
    assert page.get_by_role("button", name="Agrandir").get_attribute("tabindex") == "-1"


def test_one_main_and_the_new_sentence_is_said(laptop):
    page = shown(laptop, LAPTOP, "").page
    assert page.get_by_role("main").count() == page.get_by_role("banner").count() == 1
    assert page.get_by_role("contentinfo").count() == page.locator("h1").count() == 1
    before = page.inner_text("#sentence")
    shown(laptop, LAPTOP, "?partner=country:SEN")
    assert page.get_attribute("#sentence", "role") == "status"
    assert page.inner_text("#sentence") != before


STYLES = """(selectors) => selectors.map((s) => {
  const style = getComputedStyle(document.querySelector(s));
  return [style.backgroundColor, style.color];
})"""


def test_colours_that_a_person_imposes_leave_what_is_chosen_and_what_is_meant(laptop):
    page = shown(laptop, LAPTOP, "?view=stances&partner=country:MAR").page
    page.emulate_media(forced_colors="active")
    on, off, tab, other, swatch, ground = page.evaluate(STYLES, [
        "#ranking .chosen, #breakdown .chosen", "#breakdown .part:not(.chosen)", "#view-stances",
        "#view-flows", "#legend .swatch", "#map",
    ])  # fmt: skip
    assert on[0] != off[0]
    assert tab[0] != other[0]
    assert hexed(swatch[0]) == colour("supportive")
    assert hexed(ground[0]) == colour("ground")
    page.keyboard.press("Tab")
    page.focus("#view-flows")
    style = page.evaluate(STOP)
    assert style["seen"]
    page.emulate_media(forced_colors="none")


def hexed(rgb: str) -> str:
    numbers = rgb.removeprefix("rgb(").removesuffix(")").split(",")
    return "#" + "".join(f"{int(n):02x}" for n in numbers)


def test_nothing_moves_for_who_wants_no_movement(laptop):
    page = shown(laptop, LAPTOP, "?present=1").page
    page.emulate_media(reduced_motion="reduce")
    longest = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll("*")].flatMap((e) =>
          ["", "::before", "::after"].flatMap((pseudo) => {
            const style = getComputedStyle(e, pseudo || null);
            const told = `${style.transitionDuration},${style.animationDuration}`;
            return told.split(",").map(parseFloat);
          })))"""
    )
    assert longest <= 0.01
    page.emulate_media(reduced_motion="no-preference")


@pytest.fixture
def bringing(world: World, laptop: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app that takes files."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    spaces = Workspaces(world, (), tmp_path_factory.mktemp("spaces"))
    server = create_server(create_app(world, spaces=spaces).server, host="127.0.0.1", port=port)
    threading.Thread(target=server.run, daemon=True).start()
    kept, laptop.address = laptop.address, f"http://127.0.0.1:{port}"
    yield laptop.address
    laptop.address = kept
    server.close()


@pytest.mark.usefixtures("bringing")
@pytest.mark.parametrize(("size", "lang"), [(LAPTOP, "fr"), (TELEPHONE, "en")])
def test_the_steps_of_a_file_have_no_fault(size, lang, laptop):
    page = laptop.open(f"?view=data&lang={lang}").page
    page.set_viewport_size(size)
    page.evaluate(DROP, ["nothing that is a table", "coop.xlsx"])
    page.wait_for_selector("#upload-said.wrong, #bring-said:not(:empty)")
    assert faults(laptop, "#upload") + faults(laptop, "#bring") == []
    assert ["400" in error for error in laptop.errors] == [True]  # of the file that is none
    laptop.errors.clear()
    laptop.open(f"?view=data&lang={lang}")
    page.evaluate(DROP, [ROWS, "coop.csv"])
    for number in (1, 2, 3, 4):
        reached = f"#upload-steps li:nth-child({number})[aria-current]"
        page.wait_for_selector(f"{reached} ~ *, {reached}", timeout=60_000, state="attached")
        page.wait_for_selector("#upload-step:not([inert]) h3", timeout=60_000)
        if number == 3:
            assert page.locator(".ends select").count() == 1
            assert page.locator(".upload-counts dd").all_inner_texts() == ["4", "2", "1", "1"]
        page.evaluate(UNFOLDED)
        assert faults(laptop, "#upload") == []
        assert page.evaluate(SMALL) == []
        page.click("#upload .chip.first")
    page.wait_for_selector("#own strong")
    laptop.settle()
    assert faults(laptop) == []
    assert page.evaluate(SMALL) == []
    page.set_viewport_size(LAPTOP)
