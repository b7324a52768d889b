"""Going deeper: into places and back, through the years, over the matrix, with other weights."""

from __future__ import annotations

from typing import Any

import pytest
from test_page import click_area, spot_of

pytestmark = pytest.mark.browser


def test_a_double_click_leads_into_a_region_and_a_crumb_back(visit):
    visit.open()
    visit.page.mouse.dblclick(*spot_of(visit, "region:53"))
    visit.settle()
    visit.page.wait_for_function("location.search.includes('level=departement')")
    visit.settle()
    assert "territory=region:53" in visit.query
    assert "Bretagne" in visit.text("#crumbs")
    visit.page.locator("#crumbs button", has_text="France").click()
    visit.settle()
    assert visit.query == ""


def test_down_to_a_commune_by_the_keyboard(visit):
    visit.open("?territory=region:53")
    for level in ("departement",):
        visit.page.locator("#crumbs button", has_text="▾").focus()
        visit.page.keyboard.press("Enter")
        visit.settle()
        assert f"level={level}" in visit.query
    click_area(visit, "departement:35")
    assert "departement:35" in visit.query


def test_into_a_country_its_units_are_drawn(visit):
    visit.open("?partner=country:SEN&partner_level=admin1")
    visit.page.wait_for_function(
        """() => [...document.querySelectorAll('#map .choroplethlayer path')]
                   .some((p) => p.__data__ && String(p.__data__.loc).startsWith('admin1:SN-'))"""
    )
    assert "Monde" in visit.text("#crumbs")


@pytest.mark.parametrize("projection", ["pacific", "globe"])
def test_other_projections_draw_and_answer_a_click(projection: str, visit):
    visit.open(f"?projection={projection}")
    click_area(visit, "country:MLI")
    assert "partner=country:MLI" in visit.query
    assert f"projection={projection}" in visit.query


def test_a_window_of_years_drawn_over_the_bars(visit):
    visit.open("?view=time")
    box = visit.page.locator(".brush").first.bounding_box()
    y = box["y"] + box["height"] / 2
    visit.page.mouse.move(box["x"] + box["width"] * 0.5, y)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + box["width"] * 0.7, y, steps=4)
    visit.page.mouse.up()
    visit.page.wait_for_function("location.search.includes('years=')")
    visit.settle()
    first, last = years(visit)
    assert 1985 <= first < last <= 2010
    assert f"Années {first}–{last}" in visit.text("#sentence")
    visit.page.locator("#beside button", has_text="Toutes les années").click()
    visit.settle()
    assert visit.query == "?view=time"


def years(visit: Any) -> tuple[int, int]:
    first, last = visit.query.split("years=")[1].split("&")[0].split("-")
    return int(first), int(last)


def test_the_years_play_and_stop(visit):
    visit.open("?view=time&years=1990-1999")
    visit.page.click("[data-play]")
    visit.page.wait_for_function("location.search.includes('years=1992-2001')", timeout=20000)
    assert visit.page.get_attribute("[data-play]", "aria-pressed") == "true"
    visit.page.click("[data-play]")
    visit.page.wait_for_function(
        "document.querySelector('[data-play]').getAttribute('aria-pressed') === 'false'"
    )
    visit.settle()
    first, last = years(visit)
    assert last - first == 9


def test_the_matrix_sorts_and_filters_both_ways(visit):
    visit.open("?view=matrix")
    heads = ".matrix tbody th button span:first-child"
    before = visit.page.locator(heads).all_inner_texts()
    visit.page.locator(".matrix .far .order").nth(2).click()
    after = visit.page.locator(heads).all_inner_texts()
    assert sorted(before) == sorted(after)
    assert before != after
    visit.page.click('[data-key="cell:region:53|country:MLI"]')
    visit.settle()
    assert visit.query == "?view=matrix&territory=region:53&partner=country:MLI"
    assert visit.page.locator(".matrix td.chosen").count() == 1
    visit.page.keyboard.press("Escape")
    visit.settle()
    click_area(visit, "country:BRA")
    assert visit.page.locator(".matrix th.far.chosen").count() == 1


def test_weights_change_the_rule_and_go_back(visit):
    visit.open("?view=stances")
    visit.page.click("#weights summary")
    visit.page.fill('[data-weight="legal_basis"]', "60")
    visit.page.keyboard.press("Tab")
    visit.page.wait_for_function("location.search.includes('weights=legal_basis:60')")
    visit.settle()
    assert "Règle modifiée" in visit.text("#notes")
    visit.page.locator("#weights button").click()
    visit.settle()
    assert visit.query == "?view=stances"


def test_restrictive_partners_in_two_clicks(visit):
    visit.open()
    click_area(visit, "region:53")
    visit.page.locator("#breakdown button", has_text="Restriction").click()
    visit.settle()
    assert visit.query == "?territory=region:53&stance=restricted"
    assert visit.page.locator("#ranking button").count() > 3


@pytest.mark.parametrize("view", ["flows", "vectors", "networks"])
def test_a_choice_leaves_the_map_its_size(view: str, visit):
    """Were its size to change, the map would be drawn twice."""
    visit.open(f"?view={view}")
    lines = visit.page.locator("#ranking button[data-go]")
    sizes = []
    for i in (0, 0, 1):
        lines.nth(i).click()
        visit.settle()
        sizes.append(visit.page.locator("#map").bounding_box())
    assert visit.query != f"?view={view}"
    assert sizes[0] == sizes[1] == sizes[2]
