"""The page as people use it: open, filter, click, switch, go back, share, and get lost."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def spot_of(visit: Any, place: str) -> tuple[float, float]:
    """A point of the screen in the middle of a drawn area, found by the place it stands for."""
    spot = visit.page.evaluate(
        """(place) => {
          const paths = [...document.querySelectorAll('#map .choroplethlayer path')];
          const path = paths.find((p) => p.__data__ && p.__data__.loc === place);
          const box = path.getBoundingClientRect(), matrix = path.getScreenCTM().inverse();
          const inside = [];
          for (let i = 1; i < 20; i++) for (let j = 1; j < 20; j++) {
            const x = box.x + box.width * i / 20, y = box.y + box.height * j / 20;
            if (path.isPointInFill(new DOMPoint(x, y).matrixTransform(matrix))) inside.push([x, y]);
          }
          const middle = [0, 1].map((k) => inside.reduce((t, p) => t + p[k], 0) / inside.length);
          const far = (p) => Math.hypot(p[0] - middle[0], p[1] - middle[1]);
          return inside.sort((p, q) => far(p) - far(q))[0];
        }""",
        place,
    )
    assert spot, f"{place} is nowhere to be clicked"
    return spot[0], spot[1]


def click_area(visit: Any, place: str) -> None:
    """Click in the middle of a drawn area."""
    spot = spot_of(visit, place)
    visit.page.mouse.move(*spot)
    visit.page.wait_for_timeout(80)
    visit.page.mouse.click(*spot)
    visit.settle()


def choose(visit: Any, name: str, typed: str, label: str) -> None:
    """Open a list of the rail, type, and choose the option that has the label."""
    visit.page.click(f"#filter-{name}")
    visit.page.fill(".dash-dropdown-search", typed)
    visit.page.wait_for_timeout(500)
    visit.page.locator(".dash-dropdown-option", has_text=label).first.click()
    visit.settle()


def test_opens_on_real_corridors(visit):
    visit.open()
    assert "941 liens de coopération sur 941" in visit.text("#sentence")
    assert visit.page.evaluate("document.documentElement.lang") == "fr"
    assert visit.page.locator("#ranking button").count() > 10
    assert "Sahara occidental" in visit.text("#legend")
    assert "Aucun lien connu" in visit.text("#legend")


@pytest.mark.parametrize("view", ["flows", "diaspora", "stances"])
def test_no_scroll_and_a_wide_map_on_a_laptop(visit, view):
    visit.open(f"?view={view}")
    assert visit.page.evaluate("document.documentElement.scrollHeight") <= 768
    assert visit.page.locator("#map").bounding_box()["width"] >= 0.6 * 1366


def test_a_region_is_found_without_accents_and_filters(visit):
    visit.open()
    choose(visit, "territory", "ile de fr", "Île-de-France")
    assert visit.query == "?territory=region:11"
    assert "Territoire : Île-de-France" in visit.text("#sentence")
    assert "209" in visit.text("#key-figures")


def test_a_commune_is_found_by_search(visit):
    visit.open()
    choose(visit, "territory", "seine saint denis", "Seine-Saint-Denis")
    assert visit.query == "?territory=departement:93"


def test_every_view_follows_mali(visit):
    visit.open()
    click_area(visit, "country:MLI")
    assert visit.query == "?partner=country:MLI"
    assert "63 liens" in visit.text("#sentence")
    visit.page.click("#view-diaspora")
    visit.settle()
    assert visit.query == "?view=diaspora&partner=country:MLI"
    assert "Mali" in visit.text("#sentence")
    assert "Île-de-France" in visit.text("#ranking")
    visit.page.click("#view-stances")
    visit.settle()
    assert "Mali : critères et textes" in visit.text("#sheet")
    assert "Restriction" in visit.text("#key-figures")


def test_every_view_follows_seine_saint_denis(visit):
    visit.open("?view=diaspora")
    click_area(visit, "departement:93")
    assert visit.query == "?view=diaspora&territory=departement:93"
    assert "Algérie" in visit.text("#ranking")
    visit.page.click("#view-flows")
    visit.settle()
    assert "50 liens" in visit.text("#sentence")
    visit.page.click("#view-stances")
    visit.settle()
    assert "19 États codés sur 93" in visit.text("#sentence")


def test_an_enlarged_copy_stands_for_its_departement(visit):
    visit.open("?view=diaspora")
    click_area(visit, "departement:94@paris")
    assert visit.query == "?view=diaspora&territory=departement:94"


def test_a_second_click_and_escape_undo_a_choice(visit):
    visit.open()
    click_area(visit, "country:IND")
    click_area(visit, "country:IND")
    assert visit.query == ""
    click_area(visit, "country:IND")
    assert visit.query == "?partner=country:IND"
    visit.page.keyboard.press("Escape")
    visit.settle()
    assert visit.query == ""
    assert "941 liens" in visit.text("#sentence")


def test_lines_parts_and_rows_write_the_same_state(visit):
    visit.open()
    visit.page.click("#ranking button:has-text('Sénégal')")
    visit.settle()
    assert visit.query == "?partner=country:SEN"
    visit.page.click("#breakdown button:has-text('Soutien')")
    visit.settle()
    assert visit.query == "?partner=country:SEN&stance=supportive"
    visit.page.click("#rail-reset button")
    visit.settle()
    visit.page.click("#table-toggle")
    visit.page.click("#table tbody tr:first-child td:nth-child(1) button")
    visit.settle()
    visit.page.click("#table tbody tr:first-child td:nth-child(2) button")
    visit.settle()
    assert visit.query.startswith("?territory=region:11&partner=country:")
    assert visit.page.locator("#table tbody tr").count() > 0


def test_back_forward_and_a_pasted_link_restore_the_state(visit):
    visit.open()
    visit.page.click("#ranking button:has-text('Maroc')")
    visit.settle()
    visit.page.click("#view-stances")
    visit.settle()
    visit.page.go_back()
    visit.settle()
    assert visit.query == "?partner=country:MAR"
    assert "62 liens" in visit.text("#sentence")
    visit.page.go_back()
    visit.settle()
    assert "941 liens de coopération sur 941" in visit.text("#sentence")
    visit.page.go_forward()
    visit.settle()
    assert "Partenaire : Maroc" in visit.text("#sentence")
    visit.open("?territory=commune:35238&years=1980-2010&lang=en")
    assert "Territory: Rennes (35); years 1980–2010" in visit.text("#sentence")
    assert "Rennes (35)" in visit.text("#filter-territory")
    assert visit.page.evaluate("document.documentElement.lang") == "en"


def test_another_language_keeps_the_state(visit):
    visit.open("?partner=country:MLI")
    visit.page.click("#lang-en")
    visit.page.wait_for_selector("text=Clear all")
    visit.settle()
    assert "63 cooperation links of 941" in visit.text("#sentence")
    assert "Mali" in visit.text("#filter-partner")
    assert visit.page.evaluate("document.documentElement.lang") == "en"
    visit.page.click("#lang-fr")
    visit.page.wait_for_selector("text=Tout effacer")
    visit.settle()
    assert "63 liens" in visit.text("#sentence")


def test_an_empty_result_keeps_the_map_and_offers_a_way_out(visit):
    visit.open("?partner=country:FJI&theme=health")
    assert "Rien ne répond" in visit.text("#notices")
    assert visit.page.locator("#map .choroplethlayer path").count() > 200
    visit.page.click("#notices button:has-text('Partenaire')")
    visit.settle()
    assert visit.query == "?theme=health"
    assert "Rien ne répond" not in visit.text("#notices")


@pytest.mark.parametrize(
    "query",
    [
        "?view=nothing&foo=%00%ff&territory=region:99,<script>alert(1)</script>&years=soon",
        "?partner=" + "x" * 3000,
        "?&&&===%%%",
        "?years=2020-1990&top=-1&level=galaxy&lang=xx",
    ],
)
def test_nonsense_in_the_address_is_said_and_the_page_lives(visit, query):
    visit.open(query)
    assert "941 liens de coopération sur 941" in visit.text("#sentence")
    assert visit.page.locator("script:has-text('alert(1)')").count() == 0


def test_nonsense_is_quoted_back(visit):
    visit.open("?territory=region:99")
    assert "« region:99 » n’est pas connu" in visit.text("#notices")


def test_pan_and_zoom_survive_a_filter(visit):
    visit.open()
    visit.page.mouse.move(700, 350)
    for _ in range(4):
        visit.page.mouse.wheel(0, -240)
        visit.page.wait_for_timeout(60)
    visit.page.wait_for_timeout(400)
    zoom = "document.querySelector('#map .js-plotly-plot')._fullLayout.geo.projection.scale"
    zoomed = visit.page.evaluate(zoom)
    assert zoomed > 1.3
    visit.page.click("#ranking button:has-text('Chine')")
    visit.settle()
    assert visit.page.evaluate(zoom) == pytest.approx(zoomed, rel=0.01)


def test_hover_says_name_and_number(visit):
    visit.open()
    spot = visit.page.evaluate(
        """() => {
          const p = [...document.querySelectorAll('#map .choroplethlayer path')]
            .find((p) => p.__data__.loc === 'country:CHN').getBoundingClientRect();
          return [p.x + p.width * 0.35, p.y + p.height * 0.45];
        }"""
    )
    visit.page.mouse.move(*spot, steps=4)
    visit.page.wait_for_selector("#map .hoverlayer .hovertext")
    assert "Chine" in visit.page.text_content("#map .hoverlayer")


def test_controls_answer(visit):
    visit.open()
    visit.page.click("#filter-kind")
    visit.page.locator(".dash-dropdown-option", has_text="Jumelage").first.click()
    visit.settle()
    assert visit.query == "?kind=twinning"
    visit.page.keyboard.press("Escape")
    visit.page.click("#filter-level")
    visit.page.locator(".dash-dropdown-option", has_text="départements").first.click()
    visit.settle()
    assert "level=departement" in visit.query
    assert "kind=twinning" in visit.query


def test_exports_are_offered_for_what_is_shown(visit):
    visit.open("?partner=country:MLI")
    visit.page.click("#export-menu button")
    links = visit.page.locator("#exports a").evaluate_all(
        "(all) => all.map((a) => a.getAttribute('href'))"
    )
    assert "/export/flows.csv?partner=country:MLI" in links
    assert "/export/flows.geojson?partner=country:MLI&rows=shown" in links
    answer = visit.page.request.get(visit.address + "/export/flows.csv?partner=country:MLI")
    assert answer.status == 200
    assert len(answer.text().splitlines()) >= 64


def test_a_telephone_has_the_map_first_and_no_sideways_scroll(telephone):
    telephone.open()
    width = telephone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    box = {i: telephone.page.locator(i).bounding_box() for i in ("#map", "#key-figures")}
    assert box["#map"]["y"] < box["#key-figures"]["y"]
    telephone.page.click("#rail-toggle")
    assert telephone.page.locator("#filter-territory").is_visible()
    telephone.page.click("#ranking button:has-text('Sénégal')")
    telephone.settle()
    assert telephone.query == "?partner=country:SEN"


def test_the_keyboard_reaches_the_rankings(visit):
    visit.open()
    visit.page.focus("#ranking button >> nth=0")
    visit.page.keyboard.press("Enter")
    visit.settle()
    assert visit.query == "?partner=country:SEN"
    assert visit.page.evaluate("document.activeElement.dataset.key") == "partner=country:SEN"
