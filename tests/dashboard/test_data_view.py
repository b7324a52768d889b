"""The page of data and method: its document, its downloads, its exports."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from drawn import Rows, Show
from flask.testing import FlaskClient

import app
from dashboard import downloads
from dashboard.catalogue import catalogue
from dashboard.exports import export
from dashboard.leading import Leading
from dashboard.panels import beside
from dashboard.showing import shown
from dashboard.state import OPTIONS, ViewState, Vocabulary
from dashboard.views.data import document
from dashboard.views.data_content import Cell, Grid
from geo.load import EMBEDDED, load
from geo.world import World

FILES = sorted(path for path in EMBEDDED.glob("*/*.*"))


class Read(HTMLParser):
    """The headings and the addresses of a piece of HTML, in their order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.addresses += [value or "" for name, value in attrs if name == "href"]


@pytest.fixture(scope="module")
def client(world: World) -> FlaskClient:
    return app.create_app(world).server.test_client()


def page(world: World, words: Vocabulary, lang: str) -> str:
    state = ViewState("data", lang)
    return beside(shown(world, state).told.beside, Leading(state, words), catalogue(lang))


def grids(world: World, lang: str = "en") -> dict[str, Grid]:
    return {grid.key: grid for part in document(world, lang).parts for grid in part.grids}


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid.rows]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_dataset_is_there_with_its_sources_and_files(
    world: World, words: Vocabulary, lang: str
):
    said = html.unescape(page(world, words, lang))
    for path in EMBEDDED.glob("*/datapackage.json"):
        described = json.loads(path.read_text(encoding="utf-8"))
        assert described["title" if lang == "fr" else "title_en"] in said
        for source in described["sources"]:
            for key in ("producer", "title", "licence", "vintage", "accessed"):
                assert source[key] in said, (path.parent.name, key)
        for licence in described["licenses"]:
            assert licence["title"] in said


def test_every_file_and_every_dataset_can_be_downloaded(
    world: World, words: Vocabulary, client: FlaskClient
):
    offered = {a for a in Read(page(world, words, "fr")).addresses if a.startswith("/data/")}
    files = {f"/data/{path.parent.name}/{path.name}" for path in FILES}
    assert offered == files | {f"/data/{name}.zip" for name in world.datasets}
    assert all(client.get(address).status_code == 200 for address in offered)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_is_served_as_it_is(client: FlaskClient, path: Path):
    answer = client.get(f"/data/{path.parent.name}/{path.name}")
    assert answer.data == path.read_bytes()
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="{path.parent.name}-{path.name}"'
    )


def test_a_zip_holds_the_files_of_the_dataset_and_nothing_else(world: World, client: FlaskClient):
    answer = client.get("/data/links.zip")
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as held:
        folder = EMBEDDED / "links"
        assert sorted(held.namelist()) == sorted(f"links/{p.name}" for p in folder.iterdir())
        for name in held.namelist():
            assert held.read(name) == (EMBEDDED / name).read_bytes()
    downloads.archive.cache_clear()
    assert downloads.archive(world, "links") == answer.data


@pytest.mark.parametrize(
    "address",
    [
        "/data/links/../../README.md", "/data/links/..%2f..%2fREADME.md",
        "/data/links/%2e%2e%2f%2e%2e%2fapp.py", "/data/..%2fdata/links.csv", "/data/../app.py",
        "/data/links/links.csv%00", "/data/links/", "/data/links/.", "/data/nothing/links.csv",
        "/data/links/nothing.csv", "/data/nothing.zip", "/data/..zip", "/data/links/LINKS.csv",
        "/data/links//etc/passwd", "/data/links/%2fetc%2fpasswd",
    ],
)  # fmt: skip
def test_nothing_but_the_files_of_datasets_is_served(client: FlaskClient, address: str):
    answer = client.get(address)
    assert answer.status_code == 404 or b"attachment" not in str(answer.headers).encode()
    assert b"create_app" not in answer.data
    assert b"root:" not in answer.data


def test_a_file_beside_the_tables_that_no_descriptor_names_is_not_served(copied: Path):
    (copied / "links" / "notes.txt").write_text("mine", encoding="utf-8")
    world = load(copied)
    assert downloads.content(world, "links", "notes.txt") is None
    assert downloads.content(world, "links", "links.csv")
    with zipfile.ZipFile(io.BytesIO(downloads.archive(world, "links") or b"")) as held:
        assert "links/notes.txt" not in held.namelist()


def test_an_archive_of_nothing_is_none(small_world: World):
    assert downloads.archive(small_world, "nothing") is None
    assert downloads.media_type("a.parquet") == "application/vnd.apache.parquet"
    assert downloads.media_type("a") == "application/octet-stream"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_headings_follow_one_another(world: World, words: Vocabulary, lang: str):
    """The page has h1 and h2 above; a level is never skipped on the way down."""
    headings = [2, *Read(page(world, words, lang)).headings]
    assert all(b - a <= 1 for a, b in pairwise(headings))
    assert headings.count(3) == 6


def test_the_country_table_has_the_links_of_each_country(show: Show, facts: Callable[[str], Rows]):
    table = show("data", lang="en").told.table
    place = {row["place_id"]: row["country_id"] for row in facts("links/places")}
    counted = Counter(place.get(row["b_id"], row["b_id"]) for row in facts("links/links"))
    at = [column.name for column in table.columns].index("links")
    held = {key[0]: row[at] for key, row in zip(table.keys, table.rows, strict=True)}
    assert {place: n for place, n in held.items() if n} == dict(counted)
    assert len(held) == len(facts("reference/countries")) - 1


def test_links_that_wikidata_has_and_the_atlas_lacks(world: World):
    rows = texts(grids(world)["missing"])
    assert rows[0][:3] == ["Germany", "0", "1,175"]
    assert all(int(r[1].replace(",", "")) < int(r[2].replace(",", "")) for r in rows)


def test_decades_add_up_to_all_links(world: World, facts: Callable[[str], Rows]):
    rows = texts(grids(world)["decades"])
    assert sum(int(row[1]) for row in rows) == len(facts("links/links"))
    nineties = [r for r in facts("links/links") if r["start_year"].startswith("199")]
    assert ["1990–1999", str(len(nineties))] in rows


def test_what_found_no_place_is_listed_with_its_reason(world: World):
    rows = texts(grids(world)["unmatched"])
    assert rows[0][:3] == ["Dakhla (Western Sahara)", "Links", "point in another country"]
    assert all(row[2] for row in rows)


def test_contested_areas_are_said_under_each_convention(world: World, facts: Callable[[str], Rows]):
    grid = grids(world)["areas"]
    assert [head.label for head in grid.head[1:]] == [
        row["label_en"] for row in facts("boundaries/conventions")
    ]
    said = {row[0]: row[1:] for row in texts(grid)}
    assert said["Kosovo"] == ["Separate", "Separate; in the original file, in: Serbia"]
    assert said["Golan Heights"] == ["In: Israel", "In: Syria"]
    assert len(said) == len(facts("boundaries/contested_areas"))


def test_methods_lead_only_to_views_that_are_there(world: World, words: Vocabulary):
    methods = document(world, "en").methods
    assert {method.view for method in methods} - {""} <= set(OPTIONS)
    assert "25 km" in methods[0].text
    conventions = next(m for m in methods if m.key == "conventions")
    assert "Jammu and Kashmir" in conventions.text
    assert 'data-go="?view=stances' in page(world, words, "fr")


def test_a_list_folds_past_its_first_rows_but_never_for_a_few():
    rows = tuple((Cell(str(n)),) for n in range(20))
    long = Grid("x", "X", (), rows, first=8, fold="more")
    assert (len(long.seen), len(long.folded)) == (8, 12)
    short = Grid("x", "X", (), rows[:11], first=8, fold="more")
    assert (len(short.seen), len(short.folded)) == (11, 0)
    whole = Grid("x", "X", (), rows)
    assert whole.folded == ()


def test_rows_export_one_table_a_row(world: World, words: Vocabulary):
    made = export(world, "data", "csv", "?lang=en", words)
    rows = list(csv.DictReader(io.StringIO(made.content.decode("utf-8"))))
    assert {(row["dataset"], row["file"]) for row in rows} == {
        (path.parent.name, path.name) for path in FILES if path.name != "datapackage.json"
    }
    links = next(row for row in rows if row["file"] == "links.csv")
    assert links["rows"] == "941"
    assert "Wikidata contributors" in links["producers"]
    assert links["download"] == "/data/links/links.csv"
    assert all(row["licences"] and row["vintages"] and row["accessed"] for row in rows)


def test_shown_exports_one_country_a_row(world: World, words: Vocabulary):
    made = export(world, "data", "json", "?lang=en&rows=shown", words)
    mali = next(r for r in json.loads(made.content) if r["country_id"] == "country:MLI")
    assert (mali["name"], mali["links"], mali["wikidata_links"]) == ("Mali", 63, 40)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_small_world_makes_a_page_too(small_world: World, words: Vocabulary, lang: str):
    state = ViewState("data", lang)
    told = shown(small_world, state).told
    made = beside(told.beside, Leading(state, words), catalogue(lang))
    assert not re.search(r"\b(nan|None|NaN|NA)\b", made)
    assert len(told.table.rows) == 2
