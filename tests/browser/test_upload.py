"""A file brought in the page: dropped, read, tried, kept, seen by one visitor alone, removed."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from waitress.server import create_server

from app import create_app
from dashboard.workspaces import Workspaces
from geo.world import World

pytestmark = pytest.mark.browser

ROWS = """Commune;Pays;Partenaire;Lat partenaire;Lon partenaire;Type;Année
Ville de Paris;Allemagne;Cologne;50,94;6,96;Jumelage;1987
Région Bretagne;Japon;Kyoto;;;Accord;2001
Saint-Denis;Mali;Kita;;;Accord;2001
Paris;Perdu;Nulle part;;;Accord;2001
"""
DROP = """([text, name]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  for (const type of ["dragover", "drop"])
    document.querySelector("#bring").dispatchEvent(
      new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
REACHED = """(text) => document.querySelector("#upload-steps [aria-current]").textContent === text
  && document.activeElement.tagName === "H3" && !document.querySelector("#upload-step").inert"""
WIDER = "(e) => e.scrollWidth > e.clientWidth + 1"
FIRST = "#upload .chip.first"


@pytest.fixture(scope="module")
def spaces(world: World, tmp_path_factory: pytest.TempPathFactory) -> Workspaces:
    return Workspaces(world, (), tmp_path_factory.mktemp("spaces"))


@pytest.fixture(scope="module")
def address(world: World, spaces: Workspaces) -> Iterator[str]:
    """The address of an app that takes files."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(world, spaces=spaces)
    server = create_server(app.server, host="127.0.0.1", port=port, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{port}"
    server.close()


def drop(visit: Any, text: str = ROWS, name: str = "coop.csv") -> None:
    visit.page.evaluate(DROP, [text, name])
    visit.page.wait_for_selector("#upload-step :is(select, .chip)")


def step(visit: Any) -> str:
    return str(visit.text("#upload-steps [aria-current]"))


def press(visit: Any, awaited: str, selector: str = FIRST) -> None:
    """Press a button by keyboard and wait for the step that it leads to, with the focus there."""
    visit.page.focus(selector)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_function(REACHED, arg=awaited, timeout=120_000)


def counts(visit: Any) -> list[str]:
    return [str(text) for text in visit.page.locator(".upload-counts dd").all_inner_texts()]


def held(spaces: Workspaces) -> set[Path]:
    return set(spaces.folder.iterdir())


def links(visit: Any) -> int:
    return int(re.sub(r"\D", "", visit.text("#sentence").split(" liens")[0]))


def test_a_file_from_its_drop_to_its_removal(visit, browser, spaces):
    others = held(spaces)
    visit.open()
    before, sentence = links(visit), visit.text("#sentence")
    visit.open("?view=data")
    assert visit.page.locator("#own").inner_text() == ""
    drop(visit)
    assert step(visit) == "1. Fichier"
    assert "coop.csv" in visit.text("#upload-step")
    visit.page.get_by_label("Producteur").fill("Ville d’Essai")
    press(visit, "2. Colonnes")
    assert visit.page.locator(".roles select").first.input_value() == "0"
    assert "Cologne" in visit.text(".roles")
    press(visit, "3. Aperçu")
    assert counts(visit) == ["4", "2", "1", "1"]
    assert "pays inconnu" in visit.text("#upload-step")
    visit.page.locator(".ends select").select_option("commune:93066")
    press(visit, "3. Aperçu")
    visit.page.wait_for_function(
        "document.querySelectorAll('.upload-counts dd')[1].textContent === '3'"
    )
    assert counts(visit) == ["4", "3", "0", "1"]
    assert visit.page.locator(".ends select").input_value() == "commune:93066"
    press(visit, "4. Ajouté")
    visit.page.click(FIRST)
    visit.page.wait_for_selector("#own strong")
    visit.settle()
    assert visit.page.locator("#own").is_visible()
    assert "coop.csv" in visit.text("#own")
    assert links(visit) == before + 3
    assert "Ville d’Essai, coop (coop.csv)" in visit.page.inner_html("#sources")
    visit.open("?partner=country:JPN")
    assert "coop.csv" in visit.text("#own")
    visit.open("?present=1")
    assert visit.page.locator("#own").is_visible()

    other = browser.new_page(bypass_csp=True)
    other.goto(f"{visit.address}/")
    other.wait_for_function("document.querySelector('#sentence')?.textContent")
    assert other.inner_text("#sentence").replace("\u202f", " ").replace("\xa0", " ") == sentence
    assert other.inner_text("#own") == ""
    other.close()

    visit.open()
    visit.page.once("dialog", lambda dialog: dialog.accept())
    visit.page.click("[data-own=remove]")
    visit.page.wait_for_function("document.querySelector('#own')?.innerHTML === ''")
    visit.page.wait_for_function("document.querySelector('#sentence')?.textContent")
    visit.settle()
    assert visit.text("#sentence") == sentence
    assert visit.page.context.cookies() == []
    assert held(spaces) == others


def test_a_file_chosen_with_the_button_and_given_up(visit, spaces, tmp_path: Path):
    (tmp_path / "own.csv").write_text(ROWS, encoding="utf-8")
    others = held(spaces)
    visit.open("?view=data&lang=en")
    with visit.page.expect_file_chooser() as chooser:
        visit.page.focus("#bring-choose")
        visit.page.keyboard.press("Enter")
    chooser.value.set_files(tmp_path / "own.csv")
    visit.page.wait_for_selector("#upload-step select")
    assert step(visit) == "1. File"
    assert len(held(spaces) - others) == 1
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_function("!document.querySelector('#upload').open")
    assert visit.page.evaluate("document.activeElement.id") == "bring-choose"
    assert visit.query == "?view=data&lang=en"
    visit.page.wait_for_timeout(300)
    assert held(spaces) == others


def test_columns_are_corrected_by_hand(visit):
    visit.open("?view=data")
    text = ROWS.replace("Commune;", "Qui;").replace("Type", "Genre").replace("Partenaire;", "Avec;")
    drop(visit, text)
    press(visit, "2. Colonnes")
    visit.page.locator("#upload details summary").click()
    for label, column in (("Territoire français : nom", "Qui"), ("Partenaire : nom", "Avec")):
        visit.page.get_by_label(label, exact=True).select_option(label=column)
    kind = visit.page.get_by_label("Type du lien", exact=True)
    kind.select_option(label="La même valeur pour toutes les lignes :")
    value = visit.page.get_by_label("Valeur pour toutes les lignes (Type du lien)")
    assert value.is_visible()
    value.select_option("twinning")
    press(visit, "3. Aperçu")
    assert counts(visit) == ["4", "2", "1", "1"]
    press(visit, "2. Colonnes", "#upload .upload-acts .chip:nth-child(2)")
    assert visit.page.get_by_label("Type du lien", exact=True).input_value() == "\0"
    press(visit, "1. Fichier", "#upload .upload-acts .chip:nth-child(2)")


def test_what_a_file_holds_is_shown_as_text(visit):
    visit.open("?view=data")
    hostile = "<img src=x onerror=\"document.title='taken'\">"
    drop(
        visit, f"Commune;Pays;{hostile};Type\nParis;{hostile};{hostile};Accord\n", f"{hostile}.csv"
    )
    assert "<img" in visit.text("#upload-step")
    press(visit, "2. Colonnes")
    assert "<img" in visit.text("#upload-step")
    visit.page.locator("#upload details summary").click()
    visit.page.get_by_label("Partenaire : nom", exact=True).select_option(label=hostile)
    press(visit, "3. Aperçu")
    assert visit.page.locator("#upload img, #own img").count() == 0
    assert visit.page.title() != "taken"


def test_a_file_of_no_use_is_told_and_another_may_follow(visit):
    visit.open("?view=data")
    drop(visit, "%PDF-1.4", "note.pdf")
    visit.page.wait_for_selector("#upload-said.wrong")
    assert "PDF" in visit.text("#upload-said")
    with visit.page.expect_file_chooser():
        visit.page.click(FIRST)
    assert [e for e in visit.errors if "400" not in e] == []
    visit.errors.clear()


def test_a_file_too_large_is_not_sent(visit):
    visit.open("?view=data")
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.page.evaluate(DROP, ["x" * 20_000_001, "large.csv"])
    assert "20 Mo" in visit.text("#bring-said")
    assert asked == []


def test_a_file_dropped_on_another_view_is_not_opened(visit):
    visit.open()
    assert not visit.page.locator("#bring").is_visible()
    visit.page.evaluate(DROP, [ROWS, "coop.csv"])
    assert not visit.page.locator("#upload").is_visible()


def test_it_fits_a_telephone(telephone):
    visit = telephone
    visit.open("?view=data")
    drop(visit)
    for awaited in ("2. Colonnes", "3. Aperçu"):
        press(visit, awaited)
        assert not visit.page.locator("#upload").evaluate(WIDER), awaited
        assert visit.page.locator(FIRST).is_visible()
    visit.page.keyboard.press("Escape")
