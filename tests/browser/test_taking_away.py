"""From the page's menu: files made while the page goes on, cancelled, or refused with a reason."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import chromium
import pytest
from PIL import Image
from pptx import Presentation
from test_presenting import SCENES, press, shown

pytestmark = pytest.mark.browser

MALI = "?partner=country:MLI"


@pytest.fixture(scope="module", autouse=True)
def found() -> Any:
    """The pictures of the server are painted by the Chromium of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER_PATH", chromium.find() or "")
        yield


def taken(visit: Any, selector: str) -> Path:
    """The file that a choice of the menu brings."""
    with visit.page.expect_download(timeout=60_000) as waiting:
        visit.page.click(f"#exports {selector}")
    visit.page.wait_for_function("document.querySelectorAll('#tasks li').length === 0")
    return Path(waiting.value.path())


def pixels(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_a_picture_has_the_size_and_sharpness_chosen(visit):
    visit.open(MALI)
    visit.page.click("#export-menu button")
    visit.page.select_option("#picture-size", "square")
    visit.page.select_option("#picture-scale", "3")
    assert pixels(taken(visit, "a[href*='flows.png']")) == (3240, 3240)
    visit.page.select_option("#picture-size", "own")
    visit.page.fill("#picture-own", "900x600")
    assert pixels(taken(visit, "a[href*='flows.png']")) == (2700, 1800)


def test_pan_and_zoom_go_with_the_picture(visit):
    visit.open("?view=stances")
    asked: list[str] = []
    visit.page.on("request", lambda r: asked.append(r.url) if "/export/" in r.url else None)
    visit.page.click("#export-menu button")
    taken(visit, "a[href*='stances.svg']")
    assert "frame" not in parse_qs(urlsplit(asked[-1]).query)
    visit.page.keyboard.press("Escape")
    box = visit.page.locator("#map").bounding_box()
    visit.page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.5)
    visit.page.mouse.wheel(0, -800)
    visit.page.wait_for_timeout(600)
    visit.page.click("#export-menu button")
    moved = taken(visit, "a[href*='stances.svg']").read_text("utf-8")
    [frame] = parse_qs(urlsplit(asked[-1]).query)["frame"]
    name, _, values = frame.partition(":")
    scale, lon, lat, *_ = (float(value) for value in values.split(","))
    assert name == "geo"
    assert scale > 1.2
    layout = visit.page.evaluate("document.querySelector('#map .js-plotly-plot').layout.geo")
    assert layout["projection"]["scale"] == pytest.approx(scale, abs=1e-3)
    assert layout["center"] == pytest.approx({"lon": lon, "lat": lat}, abs=1e-3)
    assert moved.startswith("<svg")


def test_the_page_goes_on_while_files_are_made_and_one_can_be_cancelled(visit):
    visit.open()
    visit.page.click("#export-menu button")
    visit.page.click("#exports a[href*='each=region']")
    visit.page.click("#exports a[href*='deck=scenes']")
    assert visit.page.locator("#tasks li").count() == 2
    visit.page.keyboard.press("Escape")
    visit.page.click("#ranking button:has-text('Sénégal')")
    visit.settle()
    assert visit.query == "?partner=country:SEN"
    visit.page.wait_for_function(
        "document.querySelector('#tasks li span').textContent.includes('sur 18')", timeout=30_000
    )
    for _ in range(2):
        visit.page.locator("#tasks button").first.click()
    visit.page.wait_for_function("document.querySelectorAll('#tasks li').length === 0")
    assert visit.text("#sentence").startswith("75 liens")


def test_what_cannot_be_made_says_why_and_closes(visit):
    visit.open()
    visit.page.click("#export-menu button")
    visit.page.select_option("#picture-size", "own")
    visit.page.fill("#picture-own", "9x9")
    visit.page.click("#exports a[href*='flows.png']")
    visit.page.wait_for_selector("#tasks .failed")
    assert "a4-portrait" in visit.text("#tasks")
    visit.page.click("#tasks button")
    assert visit.page.locator("#tasks li").count() == 0
    visit.errors.clear()  # the browser tells its console of the answer 400


def scene_names(visit: Any) -> list[str]:
    return list(visit.page.evaluate(
        "[...document.querySelectorAll('#scene-rows input')].map((field) => field.value)"
    ))  # fmt: skip


def test_a_view_is_added_to_the_scenes_ordered_presented_and_taken_away(visit):
    visit.open(MALI)
    visit.page.click("#scenes-edit")
    visit.page.wait_for_selector("#scene-rows li")
    ready = [scene["name"]["fr"] for scene in SCENES]
    assert scene_names(visit) == ready
    visit.page.click("[data-scenes=add]")
    assert scene_names(visit) == [*ready, "Corridors de coopération"]
    visit.page.fill("#scene-rows li:last-child input", "Le Mali")
    visit.page.press("#scene-rows li:last-child input", "Tab")
    for _ in ready:
        visit.page.locator("#scene-rows li", has=visit.page.locator("[title='Plus tôt']")).nth(
            scene_names(visit).index("Le Mali")
        ).locator("[title='Plus tôt']").click()
    assert scene_names(visit) == ["Le Mali", *ready]
    visit.page.locator("#scene-rows li:nth-child(2) [title=Retirer]").click()
    assert scene_names(visit) == ["Le Mali", *ready[1:]]
    with visit.page.expect_download() as waiting:
        visit.page.click("[data-scenes=save]")
    held = json.loads(Path(waiting.value.path()).read_text("utf-8"))
    assert [scene["query"] for scene in held] == [MALI, *(s["query"] for s in SCENES[1:])]
    visit.page.click("[data-scenes=close]")
    press(visit, "f")
    assert shown(visit) == f"1 / {len(SCENES)} · Le Mali"
    press(visit, "ArrowRight")
    assert shown(visit) == f"2 / {len(SCENES)} · {ready[1]}"
    press(visit, "Escape")
    visit.page.click("#export-menu button")
    deck = Presentation(str(taken(visit, "a[href*='deck=scenes']")))
    assert deck.slides[0].shapes.title.text == "Le Mali"


def test_a_file_of_scenes_is_opened_or_its_faults_are_said(visit, tmp_path: Path):
    visit.open()
    visit.page.click("#scenes-edit")
    visit.page.wait_for_selector("#scene-rows li")
    wrong, right = tmp_path / "wrong.json", tmp_path / "right.json"
    wrong.write_text('[{"name": "x", "query": "?partner=country:ZZZ"}]', "utf-8")
    hostile = "<img src=x onerror=document.title='taken'>"
    right.write_text(json.dumps([{"name": hostile, "note": hostile, "query": MALI}]), "utf-8")
    for path in (wrong, right):
        with visit.page.expect_file_chooser() as choosing:
            visit.page.click("[data-scenes=open]")
        choosing.value.set_files(path)
        visit.page.wait_for_function("document.querySelector('#scenes-said').textContent !== ''")
        if path == wrong:
            assert visit.text("#scenes-said") == (
                "scène 1 : l’adresse a ce qui n’est pas connu : partner=country:ZZZ")  # fmt: skip
            assert len(scene_names(visit)) == len(SCENES)
    assert scene_names(visit) == [hostile]
    visit.page.click("#scene-rows [title=Montrer]")
    visit.settle()
    assert visit.query == MALI
    press(visit, "f")
    assert shown(visit) == f"1 / 1 · {hostile}"
    assert visit.page.title() != "taken"
    press(visit, "Escape")
    visit.page.click("#scenes-edit")
    visit.page.click("[data-scenes=ready]")
    assert len(scene_names(visit)) == len(SCENES)
    visit.errors.clear()  # the browser tells its console of the answer 400


def test_a_zip_of_every_region_arrives_whole(visit):
    visit.open("?view=stances&lang=en")
    visit.open("?theme=health")
    visit.page.click("#export-menu button")
    held = zipfile.ZipFile(io.BytesIO(taken(visit, "a[href*='each=region']").read_bytes()))
    assert len(held.namelist()) == 18
    assert held.testzip() is None
