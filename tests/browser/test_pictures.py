"""Pictures, papers, slides and pages of views, read back by readers that are not ours."""

from __future__ import annotations

import base64
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from threading import Timer
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import chromium
import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from pptx import Presentation
from pypdf import PdfReader

import app
from dashboard import batch
from dashboard.catalogue import catalogue
from dashboard.chromium import NoBrowser, Wanted, painter
from dashboard.exports import OPTIONS, Refused, export
from dashboard.filters import vocabulary
from dashboard.papers import PAPERS, Paper, paper
from dashboard.scenes import READY, read
from dashboard.showing import shown
from dashboard.state import LANGUAGES, VIEWS, Vocabulary, parse
from geo.world import World

pytestmark = pytest.mark.browser

BASE = "http://atlas.example/"
MALI = "partner=country:MLI"
SVG = "{http://www.w3.org/2000/svg}"
LARGEST_PAGE = 3_000_000  # bytes
Export = Callable[..., bytes]


@pytest.fixture(scope="module", autouse=True)
def found() -> Iterator[None]:
    """The Chromium of the other browser tests."""
    path = chromium.find()
    if path is None:
        pytest.skip("no Chromium: install it (apt-get install chromium) or set CHROMIUM")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER_PATH", path)
        yield


@pytest.fixture(scope="module")
def words(world: World) -> Vocabulary:
    return vocabulary(world, "fr")


@pytest.fixture(scope="module")
def made(world: World, words: Vocabulary) -> Export:
    scenes = read(READY, words)
    return lambda view, form, query="": export(
        world, view, form, query, words, BASE, scenes).content  # fmt: skip


@pytest.fixture(scope="module")
def client(world: World) -> FlaskClient:
    return app.create_app(world).server.test_client()


def plain(text: str) -> str:
    """A text without the spaces that readers tell apart or lose."""
    return re.sub(r"\s", "", text)


def said(world: World, words: Vocabulary, query: str) -> tuple[str, str]:
    """The title and the sentence of a view."""
    state, notices = parse(query, words)
    assert not notices
    told = shown(world, state).told
    return told.title, told.sentence


SHARP = ["slide", "2000x1999"]  # at four times the pixels; the others at one


@pytest.mark.parametrize(
    ("size", "scale"),
    [*((size, 1) for size in (*PAPERS, "1000x400", "400x1000")), *((size, 4) for size in SHARP)],
)
def test_a_png_has_the_pixels_asked_and_a_code_that_opens_the_view(
    size: str, scale: int, made: Export, words: Vocabulary
):
    query = f"{MALI}&lang=en"
    image = Image.open(io.BytesIO(made("flows", "png", f"{query}&size={size}&scale={scale}")))
    asked = paper(size)
    assert asked is not None
    assert image.size == (asked.width * scale, asked.height * scale)
    if min(asked.width, asked.height) * scale >= 700:
        link = zxingcpp.read_barcodes(image)[0].text
        assert link.startswith(BASE)
        assert parse(urlsplit(link).query, words) == parse(query, words)


@pytest.mark.parametrize(("view", "lang"), list(zip(VIEWS, cycle(LANGUAGES), strict=False)))
def test_an_svg_is_text_and_shapes_with_its_fonts_inside(
    view: str, lang: str, made: Export, world: World, words: Vocabulary
):
    drawn = made(view, "svg", f"lang={lang}")
    root = ET.fromstring(drawn)
    texts = plain("".join("".join(node.itertext()) for node in root.iter(f"{SVG}text")))
    title, sentence = said(world, words, f"view={view}&lang={lang}")
    for text in (title, sentence, BASE, world.version[:12], catalogue(lang).say("about.source")):
        assert plain(text) in texts
    for source in shown(world, parse(f"view={view}&lang={lang}", words)[0]).told.sources:
        assert plain(source) in texts
    style = "".join(root.find(f"{SVG}style").itertext())  # type: ignore[union-attr]
    fonts = re.findall(r"url\(\"?data:font/woff2;base64,([^\")]+)", style)
    assert len(fonts) == 4
    assert all(base64.b64decode(font).startswith(b"wOF2") for font in fonts)
    assert not list(root.iter(f"{SVG}foreignObject"))
    assert not re.findall(rb'(?:href|src)="(?!data:|#)', drawn)


@pytest.mark.parametrize("size", ["", "a4", "a4-portrait", "a3", "a3-portrait"])
def test_a_pdf_is_one_tagged_page_of_vectors(
    size: str, made: Export, world: World, words: Vocabulary
):
    document = PdfReader(io.BytesIO(made("flows", "pdf", f"{MALI}&size={size}" if size else MALI)))
    root, asked = document.trailer["/Root"], PAPERS[size or "a4"]
    [page] = document.pages
    width, height = (round(float(side) / 72 * 25.4) for side in page.mediabox[2:])
    assert (width, height) == tuple(round(side / 96 * 25.4) for side in asked_sides(asked))
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    title, sentence = said(world, words, MALI)
    assert document.metadata is not None
    assert document.metadata.title == f"{title} – Corridors"
    text = plain(page.extract_text())
    for part in (title, sentence, f"{BASE}?{MALI}", world.version[:12]):
        assert plain(part) in text
    assert all(embedded(font.get_object()) for font in page["/Resources"]["/Font"].values())
    assert not [image for image in page.images if image.image and image.image.width > 600]


def asked_sides(asked: Paper) -> tuple[int, int]:
    return asked.width, asked.height


def embedded(font: dict[str, object]) -> bool:
    """Whether a font of a PDF brings its glyphs."""
    if font["/Subtype"] == "/Type3":
        return True
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font  # type: ignore[index]
    return any(f"/FontFile{n}" in inner["/FontDescriptor"] for n in ("", "2", "3"))


def test_what_does_not_fit_goes_on_over_the_next_pages(made: Export):
    document = PdfReader(io.BytesIO(made("index", "pdf", "")))
    assert len(document.pages) > 1
    text = plain("".join(page.extract_text() for page in document.pages))
    assert "Haute-Corse(2B)" in text
    assert "TerritoiredeBelfort(90)" in text
    sheet = PdfReader(io.BytesIO(made("territory", "pdf", "territory=departement:93")))
    assert "Sourcesdecettefiche" in plain("".join(p.extract_text() for p in sheet.pages))


def texts_of(slide: object) -> str:
    frames = [s.text_frame.text for s in slide.shapes if s.has_text_frame]  # type: ignore[attr-defined]
    return plain(" ".join(frames))


@pytest.mark.parametrize(("lang", "view"), list(zip(cycle(LANGUAGES[::-1]), VIEWS, strict=False)))
def test_a_slide_is_native_text_and_a_map_of_vectors(
    view: str, lang: str, made: Export, world: World, words: Vocabulary
):
    content = made(view, "pptx", f"lang={lang}")
    deck = Presentation(io.BytesIO(content))
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=0.001)
    slide = deck.slides[0]
    title, sentence = said(world, words, f"view={view}&lang={lang}")
    told = shown(world, parse(f"view={view}&lang={lang}", words)[0]).told
    assert slide.shapes.title.text == title
    native = texts_of(slide)
    for text in (sentence, *told.sources, *(f.value for f in told.key_figures[:4])):
        assert plain(text) in native
    notes = plain(slide.notes_slide.notes_text_frame.text)
    assert all(plain(text) in notes for text in (*told.notes, *told.sources))
    pictures = [
        s for s in slide.shapes if s.shape_type is not None and "PICTURE" in str(s.shape_type)
    ]
    mapped = [p for p in pictures if b"svgBlip" in ET.tostring(p._element)]
    assert len(mapped) == (view != "data")
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert len([n for n in names if n.endswith(".svg")]) == len(mapped)
    for picture in mapped:
        assert picture.image.content_type == "image/png"
        assert plain(sentence) in plain(picture._element.nvPicPr.cNvPr.get("descr"))
    for shape in slide.shapes:
        assert shape.left >= 0
        assert shape.left + shape.width <= deck.slide_width
        assert shape.top + shape.height <= deck.slide_height


def test_the_table_of_a_slide_is_native(made: Export):
    slide = Presentation(io.BytesIO(made("flows", "pptx", MALI))).slides[0]
    [table] = [shape.table for shape in slide.shapes if shape.has_table]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[1:] == [["Mali", "63"]]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("place", ["territory=departement:93", MALI, "territory=region:53"])
def test_the_brief_of_a_place_is_its_sheet_in_a_few_slides(place: str, lang: str, made: Export):
    deck = Presentation(io.BytesIO(made("territory", "pptx", f"{place}&lang={lang}")))
    assert 3 <= len(deck.slides) <= 4
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert len(set(titles)) == len(titles)
    assert all(any(shape.has_table for shape in slide.shapes) for slide in deck.slides)
    if place == MALI:
        criteria = next(s.table for s in deck.slides[1].shapes if s.has_table)
        assert len(criteria.rows) == 9


def test_all_scenes_in_one_deck(made: Export, words: Vocabulary):
    scenes = read(READY, words)
    deck = Presentation(io.BytesIO(made("flows", "pptx", "deck=scenes&lang=en")))
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert [t for t in titles if t in {s.name("en") for s in scenes}] == [
        s.name("en") for s in scenes]  # fmt: skip
    notes = deck.slides[0].notes_slide.notes_text_frame.text
    assert notes.startswith(scenes[0].note("en"))


def test_scenes_sent_with_the_request_make_the_deck(client: FlaskClient):
    scenes = [{"name": "\x00Mali\ud800", "note": "<b>", "query": f"?{MALI}"}]
    answer = client.post("/export/flows.pptx?deck=scenes", json=scenes)
    [slide] = Presentation(io.BytesIO(answer.data)).slides
    assert slide.shapes.title.text == "Mali"
    for body, said in ((b"[]", "scène"), (b"\xff", "JSON"), (b"[" * 99_999, "JSON"),
                       (b'[{"name": "x", "query": "?view=volcanoes"}]', "volcanoes")):  # fmt: skip
        answer = client.post("/export/flows.pptx?deck=scenes", data=body)
        assert answer.status_code == 400
        assert said in answer.text


def test_several_views_in_one_deck_share_their_filters(made: Export):
    deck = Presentation(io.BytesIO(made("flows", "pptx", f"{MALI}&deck=flows,stances")))
    assert [slide.shapes.title.text for slide in deck.slides] == [
        "Corridors de coopération", "Postures des États"]  # fmt: skip
    assert all("Mali" in texts_of(slide) for slide in deck.slides)


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_from_disk_and_moves(view: str, made: Export, browser, tmp_path):
    content = made(view, "html", "")
    assert len(content) <= LARGEST_PAGE
    path = tmp_path / "page.html"
    path.write_bytes(content)
    context = browser.new_context(viewport={"width": 1366, "height": 768}, offline=True)
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith(
        (path.as_uri(), "data:")) else None)  # fmt: skip
    page.goto(path.as_uri())
    page.evaluate("snapshot.ready")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    if view == "stances":
        scale = "document.querySelector('#map').layout.geo.projection.scale"
        box = page.locator("#map").bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.move(*middle)
        page.mouse.move(middle[0] + 2, middle[1] + 2)
        page.wait_for_selector(".hoverlayer .hovertext", state="attached")
        before = page.evaluate(scale)
        page.mouse.wheel(0, -600)
        page.wait_for_timeout(500)
        assert page.evaluate(scale) != before
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
    assert wrong == []


@pytest.mark.parametrize(
    "query", ["size=12x1", "size=9999x10", "size=1000x399", "size=<script>", "scale=5", "scale=",
              "frame=geo", "frame=geo:1,2,3", "frame=geo:1e9,2,3,4,5", "frame=geo:0,2,3,4,5",
              "deck=nope", "deck=scenes,flows", "deck="],
)  # fmt: skip
def test_an_option_that_is_none_is_refused_with_what_is(query: str, made: Export):
    with pytest.raises(Refused) as refusal:
        made("flows", "png", query)
    assert refusal.value.status == 400
    assert ", ".join(OPTIONS[query.partition("=")[0]].told) in str(refusal.value)


def test_a_picture_too_large_for_a_browser_is_refused(made: Export):
    with pytest.raises(Refused, match="64 millions"):
        made("flows", "png", "size=6000x6000&scale=2")


def test_without_any_network_all_is_painted(tmp_path: Path):
    """The command in a network of its own, where there is nothing, not even this machine."""
    alone = ["unshare", "--net", "--map-root-user"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("networks cannot be set apart here (unshare --net)")
    out = tmp_path / "mali.pptx"
    asked = [sys.executable, app.__file__, "--export", f"?{MALI}", "--out", str(out)]
    subprocess.run([*alone, *asked], check=True, timeout=120)
    assert len(Presentation(str(out)).slides) == 1


def test_the_frame_moves_the_map_and_nothing_else(made: Export):
    still = ET.fromstring(made("stances", "svg", ""))
    moved = ET.fromstring(made("stances", "svg", "frame=geo%3A6,10,14,11,0"))
    texts = [[t.text for t in root.iter(f"{SVG}text") if t.get("x")] for root in (still, moved)]
    assert texts[0] == texts[1]
    paths = [{p.get("d") for p in root.iter(f"{SVG}path")} for root in (still, moved)]
    assert len(paths[0] & paths[1]) < len(paths[0]) / 4


def test_two_at_once_do_not_disturb_each_other(made: Export):
    asked = [("flows", MALI), ("stances", ""), ("diaspora", "lang=en"), ("flows", "lang=en")]
    alone = [made(view, "png", query) for view, query in asked]
    with ThreadPoolExecutor(4) as crew:
        together = list(crew.map(lambda pair: made(pair[0], "png", pair[1]), asked))
    assert together == alone


def test_a_browser_that_fell_is_started_again(made: Export):
    before = made("stances", "png")
    browser = painter()._browser
    assert browser is not None
    os.kill(browser.subprocess.pid, signal.SIGKILL)
    assert made("stances", "png") == before


@pytest.mark.parametrize("after", [0.0, 0.1, 0.3])
def test_a_browser_that_falls_while_it_paints_is_started_again(after: float):
    drawn = "new Promise(done => setTimeout(done, 400))"
    document = f"<!doctype html><script>snapshot = {{ready: {drawn}, height: () => 9}}</script>"
    wanted = Wanted((9, 9), ("png",), pixels=9)
    before = painter().paint(document, wanted)
    browser = painter()._browser
    assert browser is not None
    Timer(after, os.kill, (browser.subprocess.pid, signal.SIGKILL)).start()
    assert painter().paint(document, wanted) == before
    assert painter()._browser is not browser


def test_without_a_browser_a_sentence_says_what_to_do(
    made: Export, monkeypatch: pytest.MonkeyPatch
):
    painter().close()
    monkeypatch.setenv("BROWSER_PATH", "/nowhere/chromium")
    for form in ("png", "svg", "pdf", "pptx"):
        with pytest.raises(Refused, match="BROWSER_PATH") as refusal:
            made("flows", form)
        assert refusal.value.status == 503
    assert made("flows", "csv")
    assert made("flows", "html")
    with pytest.raises(NoBrowser):
        painter().paint("", Wanted((100, 100), ("png",)))


def test_a_batch_is_sent_while_it_is_made(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batch, "territories", lambda *_: ["region:53", "region:11"])
    answer = client.get(f"/export/flows.pdf?{MALI}&each=region")
    assert answer.status_code == 200
    held = zipfile.ZipFile(io.BytesIO(answer.data))
    assert held.namelist() == ["region-53.pdf", "region-11.pdf"]
    texts = [plain(PdfReader(held.open(n)).pages[0].extract_text()) for n in held.namelist()]
    assert ["Bretagne" in texts[0], "Bretagne" in texts[1]] == [True, False]


def test_a_batch_of_nothing_known_is_refused_before_it_begins(client: FlaskClient):
    answer = client.get("/export/flows.csv?each=planet")
    assert answer.status_code == 400
    assert "departement, region" in answer.text
    assert client.get("/export/flows.csv?each=region&partner=country:ZZZ").status_code == 400
    every = client.get("/export/flows.csv?each=region")
    assert every.headers["X-Files"] == "18"
    assert len(zipfile.ZipFile(io.BytesIO(every.data)).namelist()) == 18
