"""The map by keyboard: its places one after the other, said, ringed, chosen, left."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from dashboard.figures.theme import colour
from dashboard.state import VIEWS

pytestmark = pytest.mark.browser

MAPS = tuple(view for view in VIEWS if view != "data")
# Everything that the mouse reads on the map.
TEXTS = """() => document.querySelector("#map .js-plotly-plot")._fullData
  .filter((trace) => trace.hovertemplate).flatMap((trace) => [...(trace.text || [])])"""
# Whether the middle of the ring is within the area drawn for a place.
RINGED = """(place) => {
  const ring = document.querySelector("#ring").getBoundingClientRect();
  const [x, y] = [ring.x + ring.width / 2, ring.y + ring.height / 2];
  const paths = [...document.querySelectorAll("#map .choroplethlayer path")];
  const box = paths.find((p) => p.__data__.loc === place).getBoundingClientRect();
  return ring.width > 0 && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}"""
# All areas are there: their boundaries are fetched.
DRAWN = """() => document.querySelector("#map .js-plotly-plot")?.calcdata
  ?.every((points) => points[0].trace.type !== "choropleth" || points.some((p) => p.ct))"""
OUTLINED = "[...document.querySelectorAll('#map path.reached')].map((p) => p.__data__.loc)"


def opened(visit: Any, query: str = "") -> Any:
    """The page in a state, the focus on its map with no place reached."""
    visit.go(query) if visit.page.url != "about:blank" else visit.open(query)
    visit.page.wait_for_function(DRAWN)
    visit.page.evaluate("document.activeElement.blur()")
    visit.page.focus("#walk")
    return visit


def pressed(visit: Any, *keys: str) -> str:
    for key in keys:
        visit.page.keyboard.press(key)
    return str(visit.text("#reached"))


def test_arrows_follow_the_ranking_and_say_what_the_mouse_reads(laptop):
    opened(laptop)
    ranking = laptop.page.locator("#ranking section:first-child .line-label").all_inner_texts()
    walked = [pressed(laptop, key) for key in ("ArrowRight", "ArrowDown", "ArrowRight")]
    assert [text.split(" : ")[0] for text in walked] == ranking[:3]
    assert walked[0].startswith("Sénégal : 75 liens · 60 collectivités françaises")
    assert walked[0].endswith(" · Territoires, 1 sur 242")
    assert walked[1].endswith(" · 2 sur 242")
    assert laptop.page.evaluate(RINGED, "country:MAR")
    assert laptop.page.evaluate(OUTLINED) == ["country:MAR"]
    assert pressed(laptop, "ArrowLeft", "ArrowUp").startswith("Sénégal")
    assert pressed(laptop, "End").endswith(" · 242 sur 242")
    assert pressed(laptop, "Home").startswith("Sénégal")
    assert laptop.page.get_attribute("#reached", "role") == "status"


def test_pages_lead_from_countries_to_corridors_and_to_france(laptop):
    opened(laptop)
    pressed(laptop, "ArrowRight")
    assert re.match(r"Île-de-France – .* · Corridors, 1 sur 100$", pressed(laptop, "PageDown"))
    ring, way = (laptop.page.locator(s).bounding_box() for s in ("#ring", "#way path:last-child"))
    middle = ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2
    assert way["x"] - 1 <= middle[0] <= way["x"] + way["width"] + 1
    assert way["y"] - 1 <= middle[1] <= way["y"] + way["height"] + 1
    assert max(way["width"], way["height"]) > 20
    assert pressed(laptop, "PageDown").endswith("Lieux, 1 sur 8")
    assert laptop.page.locator("#way").count() == 0
    assert pressed(laptop, "PageDown").startswith("Île-de-France : 209 liens")
    assert laptop.page.evaluate(RINGED, "region:11")
    assert pressed(laptop, "PageDown").startswith("Sénégal")
    assert pressed(laptop, "PageUp").startswith("Île-de-France : 209 liens")
    assert pressed(laptop, "ArrowLeft").endswith("Lieux, 8 sur 8")


def test_enter_chooses_as_a_click_does_and_escape_undoes(laptop):
    opened(laptop)
    pressed(laptop, "ArrowRight", "ArrowRight", "Enter")
    laptop.settle()
    assert laptop.query == "?partner=country:MLI"
    assert "63 liens" in laptop.text("#sentence")
    assert laptop.page.evaluate("document.activeElement.id") == "walk"
    laptop.page.wait_for_function("document.querySelector('#reached').textContent.includes('séle')")
    assert laptop.page.evaluate(RINGED, "country:MLI")
    pressed(laptop, "Enter")
    laptop.settle()
    assert laptop.query == ""
    pressed(laptop, "PageDown", "ArrowRight", "Enter")
    laptop.settle()
    assert laptop.query == "?territory=region:11&partner=country:MLI"
    assert pressed(laptop, "Escape") == ""
    laptop.settle()
    assert laptop.query == ""
    assert not laptop.page.is_visible("#ring")


def test_enter_with_shift_leads_into_the_place(laptop):
    opened(laptop)
    pressed(laptop, "ArrowRight", "ArrowRight", "Shift+Enter")
    laptop.settle()
    assert laptop.query == "?partner=country:MLI&partner_level=admin1"


def test_a_place_out_of_the_frame_is_brought_into_it(laptop):
    opened(laptop)
    pressed(laptop, "ArrowRight", "+", "+", "+", "+", "+")
    scale = "document.querySelector('#map .js-plotly-plot')._fullLayout.geo.projection.scale"
    assert laptop.page.evaluate(scale) > 5
    assert pressed(laptop, *["ArrowRight"] * 6).startswith("Chine")
    laptop.page.wait_for_selector("#ring:visible")
    assert laptop.page.evaluate(RINGED, "country:CHN")
    pressed(laptop, "0")
    laptop.page.wait_for_function(f"{scale} < 1.2")
    opened(laptop, "?projection=globe")
    pressed(laptop, *["ArrowRight"] * 7)
    laptop.page.wait_for_selector("#ring:visible")
    assert laptop.page.evaluate(RINGED, "country:CHN")


def test_the_arrows_are_the_presenters_unless_the_map_has_the_focus(laptop):
    opened(laptop, "?present=1")
    laptop.page.evaluate("document.activeElement.blur()")
    laptop.page.keyboard.press("ArrowRight")
    laptop.settle()
    assert laptop.text(".scene-name").startswith("2 / ")
    laptop.page.focus("#walk")
    assert pressed(laptop, "ArrowRight") != ""
    assert laptop.text(".scene-name").startswith("2 / ")
    laptop.page.mouse.move(900, 600)
    laptop.page.mouse.down()
    laptop.page.mouse.up()
    laptop.settle()
    laptop.page.keyboard.press("ArrowLeft")
    laptop.settle()
    assert laptop.text(".scene-name").startswith("1 / ")


@pytest.mark.parametrize("view", MAPS)
def test_every_map_is_walked_in_the_words_of_the_mouse(laptop, view):
    opened(laptop, "" if view == "flows" else f"?view={view}")
    said = {html.unescape(re.sub(r"<.*?>", "", text.split("<br>")[0])) for text in
            laptop.page.evaluate(TEXTS)}  # fmt: skip
    names = {text.replace("\xa0", " ").replace("\u202f", " ") for text in said}
    for key in ("ArrowRight", "ArrowRight", "PageDown", "End"):
        reached = pressed(laptop, key)
        assert any(reached.startswith(name) for name in names - {""}), reached
        assert laptop.page.is_visible("#ring")


def luminance(shade: str) -> float:
    channels = [int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2])


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def test_the_ring_shows_on_every_ground(laptop):
    opened(laptop)
    pressed(laptop, "ArrowRight")
    style = laptop.page.evaluate(
        "(() => { const s = getComputedStyle(document.querySelector('#ring'));"
        " return [s.borderTopColor, s.borderTopWidth, s.outlineColor, s.outlineWidth]; })()"
    )
    inner, outer = (
        "#" + "".join(f"{int(n):02x}" for n in re.findall(r"\d+", style[i])[:3]) for i in (0, 2)
    )
    assert inner == colour("ink")
    assert min(float(style[i].removesuffix("px")) for i in (1, 3)) >= 2
    both = luminance(inner), luminance(outer)
    for ground in (step / 100 for step in range(101)):
        assert max(contrast(ring, ground) for ring in both) >= 3
