"""Cases: a card each, none hidden on the map, values as people say them, clicks that choose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from drawn import Rows, Show
from hypothesis import given
from hypothesis import strategies as st

from dashboard.catalogue import catalogue
from dashboard.figures.spread import spread
from dashboard.filters import vocabulary
from dashboard.leading import Leading
from dashboard.panels import beside
from dashboard.reconcile import Act, reconcile
from dashboard.rendering import parts
from dashboard.showing import shown
from dashboard.state import LANGUAGES, OPTIONS, ViewState, parse
from dashboard.views import cases
from dashboard.views.cases_map import ROOM
from geo.cases import KINDS
from geo.world import World

Facts = Callable[[str], Rows]
LAFI_BALA = ("S035", "S036", "S037")


def cards(show: Show, **filters: object) -> list[cases.Card]:
    sections = show("cases", **filters).told.beside.content.sections
    return [card for _, held in sections for card in held]


def symbols(show: Show, **filters: object) -> list[dict[str, object]]:
    return [t for t in show("cases", **filters).figure["data"] if t.get("mode") == "markers"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_case_has_its_card(lang: str, show: Show, facts: Facts):
    rows = facts("cases/cases")
    told = cards(show, lang=lang)
    assert sorted(c.case_id for c in told) == [r["case_id"] for r in rows]
    by_id = {c.case_id: c for c in told}
    for row in rows:
        card = by_id[row["case_id"]]
        assert re.sub(r"\s", " ", card.title) == re.sub(r"\s", " ", row[f"label_{lang}"])
        assert row["source_lines"].replace("-", "–") in card.reference
        assert bool(card.value) == bool(row["value"])
        assert bool(card.place) == bool(row["place_name"])
        assert bool(card.vector_name) == bool(row["vector_kind"])
        assert bool(card.note) == bool(row["note"])


def test_cases_without_a_place_are_listed_as_such(show: Show, facts: Facts):
    (_, placed), (title, unplaced) = show("cases").told.beside.content.sections
    nowhere = [r["case_id"] for r in facts("cases/cases") if not r["lon"]]
    assert [c.case_id for c in unplaced] == nowhere
    assert [c.case_id for c in placed] == sorted(c.case_id for c in placed)
    assert str(len(nowhere)) in title


def test_every_place_has_one_symbol_with_its_count(show: Show, facts: Facts):
    told = [r["case_id"] for r in facts("cases/cases") if r["lon"]]
    keys = [i for t in symbols(show) for key in t["customdata"] for i in str(key).split(",")]
    assert sorted(keys) == told
    counts = [
        int(text) for t in show("cases").figure["data"] if t.get("mode") == "text"
        for text in t["text"]
    ]  # fmt: skip
    at = Counter((r["lon"], r["lat"]) for r in facts("cases/cases") if r["lon"])
    assert sorted(counts) == sorted(at.values())


@pytest.mark.parametrize("filters", [{}, {"measure": "figure"}, {"case": LAFI_BALA}])
def test_no_symbol_hides_another(filters: dict[str, object], show: Show):
    for geo, room in (("geo", ROOM[False]), ("geo2", ROOM[True])):
        at = [(x, y) for t in symbols(show, **filters) if t["geo"] == geo
              for x, y in zip(t["lon"], t["lat"], strict=True)]  # fmt: skip
        points = np.array(at) / room
        far = np.hypot(*(points[:, None] - points[None, :]).transpose(2, 0, 1))
        assert far[~np.eye(len(at), dtype=bool)].min() > 0.97


def test_a_filter_moves_no_symbol(show: Show):
    def places(**filters: object) -> set[tuple[object, ...]]:
        return {(t["geo"], x, y) for t in symbols(show, **filters)
                for x, y in zip(t["lon"], t["lat"], strict=True)}  # fmt: skip

    assert places() == places(measure="case") == places(partner=("country:ZAF",))


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), max_size=12))
def test_spread_gives_each_its_room_and_leaves_the_free_alone(points: list[tuple[int, int]]):
    found = spread([(float(x), float(y)) for x, y in points], (1.0, 1.0))
    assert found.shape == (len(points), 2)
    gaps = [float(np.hypot(*(a - b))) for i, a in enumerate(found) for b in found[:i]]
    assert all(gap > 0.9 for gap in gaps)
    if len(set(points)) == len(points):
        assert found.tolist() == [[float(x), float(y)] for x, y in points]


@pytest.mark.parametrize(
    ("case", "fr", "en"),
    [
        ("S001", "1913", "1913"),
        ("S002", "700–1 000 M€ par an", "700–1,000 M€ a year"),
        ("S004", "66,7 % des relations", "66.7% of relations"),
        ("S009", "environ 1975", "approx. 1975"),
        ("S035", "15 000 personnes", "15,000 people"),
        ("S037", "près de 15 ans", "nearly 15 years"),
        ("S062", "type 1", "type 1"),
        ("S077", "plus de 50 organisations", "more than 50 organisations"),
        ("S010", "", ""),
    ],
)
def test_a_value_is_said_with_its_unit(case: str, fr: str, en: str, show: Show):
    for lang, said in (("fr", fr), ("en", en)):
        (card,) = cards(show, lang=lang, case=(case,))
        assert re.sub(r"\s", " ", card.value) == said


def test_the_kinds_are_buttons_with_their_counts(show: Show, facts: Facts, world: World):
    counts = Counter(r["kind"] for r in facts("cases/cases"))
    assert set(KINDS) == set(counts) == set(OPTIONS["cases"]["measure"]) - {cases.ALL}
    state = ViewState("cases", measure="figure")
    content = show("cases", measure="figure").told.beside.content
    numbers = {k.measure: k.number for k in content.kinds}
    assert numbers == {"all": str(counts.total()), **{k: str(n) for k, n in counts.items()}}
    assert [k.measure for k in content.kinds if k.on] == ["figure"]
    html = beside(show("cases", measure="figure").told.beside,
                  Leading(state, vocabulary(world, "fr")), catalogue("fr"))  # fmt: skip
    assert 'data-key="kind=figure" data-go="?view=cases"' in html
    assert 'data-key="kind=claim" data-go="?view=cases&amp;measure=claim"' in html
    assert {c.kind for c in cards(show, measure="figure", lang="en")} == {"Figure"}


def test_a_click_on_a_symbol_chooses_its_cases_and_gives_them_back(world: World):
    known = vocabulary(world, "fr")
    click = Act("map", ",".join(LAFI_BALA))
    once = reconcile(click, "?view=cases&case=S088", known, (1900, 2100))
    assert once.case == ("S088", *LAFI_BALA)
    assert parse("?view=cases&case=" + ",".join(once.case), known) == (once, ())
    query = "?view=cases&case=" + ",".join(once.case)
    assert reconcile(click, query, known, (1900, 2100)).case == ("S088",)
    none = reconcile(Act("map", "S035,nothing"), "?view=cases", known, (1900, 2100))
    assert none.case == ()


def test_the_cases_chosen_are_shown_alone_with_the_way_back(show: Show, world: World):
    told = cards(show, case=LAFI_BALA)
    assert [c.case_id for c in told] == list(LAFI_BALA)
    assert all(c.chosen for c in told)
    page = parts(world, ViewState("cases", case=LAFI_BALA), (),
                 show("cases", case=LAFI_BALA).told, vocabulary(world, "fr"))  # fmt: skip
    assert 'data-key="case-all" data-go="?view=cases"' in page["beside"]


def test_filters_of_places_and_vectors(show: Show, facts: Facts):
    rows = facts("cases/cases")
    assert {c.case_id for c in cards(show, territory=("departement:73",))} == set(LAFI_BALA)
    assert {c.case_id for c in cards(show, territory=("commune:73065",))} == set(LAFI_BALA)
    south = {r["case_id"] for r in rows if r["country_id"] == "country:ZAF"}
    assert {c.case_id for c in cards(show, partner=("country:ZAF",))} == south
    media = {r["case_id"] for r in rows if r["vector_kind"] == "media"}
    assert {c.case_id for c in cards(show, vector=("media",))} == media


def test_years_do_nothing_and_the_page_says_so(show: Show, world: World):
    state = ViewState("cases", years=(1990, 2000))
    told = shown(world, state).told
    assert len(told.table.rows) == len(show("cases").told.table.rows)
    assert "1990" not in told.sentence
    assert catalogue("fr").say("filter.years") in parts(
        world, state, (), told, vocabulary(world, "fr")
    )["notices"]  # fmt: skip


def test_exports_tell_cases_and_places(world: World, facts: Facts):
    state = ViewState("cases", lang="en")
    rows = cases.rows(world, state)
    assert rows["case_id"].tolist() == [r["case_id"] for r in facts("cases/cases")]
    table = cases.shown(world, cases.select(world, state), state)
    assert table["number"].sum() == rows["lon"].notna().sum()
    assert "South Africa" in set(table["place"])


def test_nothing_kept_leaves_the_symbols(show: Show):
    told = show("cases", partner=("country:TUV",)).told
    assert told.empty
    assert told.table.rows == ()
    assert len(symbols(show, partner=("country:TUV",))) == len(symbols(show))
