"""The panels: rows in order, pages that exist, buttons that lead where they say."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from dashboard import panels
from dashboard.catalogue import catalogue
from dashboard.filters import vocabulary
from dashboard.leading import Leading
from dashboard.panels import PAGE, sorted_rows
from dashboard.rendering import parts, turned
from dashboard.showing import shown
from dashboard.state import ViewState, Vocabulary, parse
from dashboard.telling import Column, Table
from dashboard.views import TABS
from geo.world import World

TABLE = Table(
    (
        Column("name", "Nom", parameter="partner"), Column("links", "Liens", numeric=True),
        Column("first_year", "Année"),
    ),
    (("Zambie", 3, 1990), ("Équateur", 12129, None), ("eau", None, 2001), ("", 0, 1985)),
    (("z",), ("q",), ("e",), ("n",)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("column", "down", "order"),
    [
        ("", False, [0, 1, 2, 3]),
        ("nowhere", True, [0, 1, 2, 3]),
        ("name", False, [2, 1, 0, 3]),
        ("name", True, [0, 1, 2, 3]),
        ("links", False, [3, 0, 1, 2]),
        ("links", True, [1, 0, 3, 2]),
        ("first_year", False, [3, 0, 2, 1]),
        ("first_year", True, [2, 0, 3, 1]),
    ],
)
def test_rows_are_sorted_with_the_empty_ones_last(column: str, down: bool, order: list[int]):
    assert sorted_rows(TABLE, column, down) == order


def page(told: Table, **sorting: Any) -> str:
    return panels.table(told, lambda name, value: f"?{name}={value}", catalogue("fr"), sorting)


def first_cells(text: str) -> list[str]:
    return re.findall(r'data-key="row:partner=(\w*)"', text)


MANY = Table(
    (Column("n", "N", numeric=True, parameter="partner"),), tuple((i,) for i in range(60)),
    tuple((f"k{i}",) for i in range(60)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "first", "rows"),
    [(0, "k0", PAGE), (1, "k25", PAGE), (2, "k50", 10), (99, "k50", 10), (-5, "k0", PAGE),
     (None, "k0", PAGE), ("2", "k0", PAGE)],
)  # fmt: skip
def test_a_page_that_is_not_there_is_the_nearest(asked: Any, first: str, rows: int):
    keys = first_cells(page(MANY, page=asked))
    assert (keys[0], len(keys)) == (first, rows)


def test_the_first_and_last_pages_lead_nowhere_further():
    assert "page 1 sur 3 · 60 lignes" in page(MANY)
    assert page(MANY).count("disabled") == 1
    assert page(MANY, page=1).count("disabled") == 0
    assert page(MANY, page=2).count("disabled") == 1
    assert page(Table((Column("n", "N"),), ())).count("disabled") == 2


def test_each_column_with_a_filter_leads_to_its_own(world: World, words: Vocabulary):
    told = parts(world, ViewState(), (), shown(world, ViewState()).told, words)["table"]
    assert 'data-key="row:territory=region:11"' in told
    assert 'data-key="row:partner=country:MLI"' in told


def test_a_row_without_a_value_has_no_button():
    column = Column("n", "N", parameter="partner")
    text = page(Table((column,), (("a",), ("b",)), (("",), ("k",))))
    assert first_cells(text) == ["k"]
    assert "<td>a</td>" in text


def test_the_order_is_told_to_screen_readers():
    assert page(TABLE, column="links", down=True).count('aria-sort="descending"') == 1
    assert page(TABLE, column="links").count('aria-sort="ascending"') == 1
    assert page(TABLE).count('aria-sort="none"') == 3


def test_cells_are_written_for_people():
    text = page(TABLE)
    assert "12\u202f129" in text
    assert ">1990<" in text
    assert "None" not in text
    assert text.count(">–<") == 2


def links(text: str) -> list[tuple[str, str]]:
    """The key and the address of each button."""
    found = re.findall(r'data-key="([^"]*)" data-go="([^"]*)"', text)
    return [(html.unescape(key), html.unescape(go)) for key, go in found]


@pytest.mark.parametrize(
    "state",
    [
        ViewState(), ViewState(partner=("country:MLI",)),
        ViewState(lang="en", level="collectivity"),
        ViewState("diaspora", territory=("departement:93",)), ViewState("diaspora", lang="en"),
        ViewState("stances"), ViewState("stances", kind=("twinning",)),
        ViewState("stances", stance=("supportive",)),
    ],
    ids=str,
)  # fmt: skip
def test_every_button_leads_to_the_state_it_names(
    state: ViewState, world: World, words: Vocabulary
):
    told = parts(world, state, (), shown(world, state).told, words)
    buttons = links(told["ranking"] + told["breakdown"] + told["table"])
    named = [(key.removeprefix("row:").split("=", 1), go) for key, go in buttons]
    assert named
    for (name, value), go in named:
        if value:
            assert parse(go, words) == (state.toggled(name, value), ())


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_language_of_the_server_stays_out_of_its_addresses(lang: str, world: World):
    go = Leading(ViewState(lang=lang), vocabulary(world, lang))
    assert go("partner", "country:MLI") == "?partner=country:MLI"
    assert Leading(ViewState(lang=lang, partner=("x",)), vocabulary(world, lang))(
        "partner", "x") == "?"  # fmt: skip


def test_what_is_chosen_says_so(world: World, words: Vocabulary):
    state = ViewState(partner=("country:MLI",))
    ranking = parts(world, state, (), shown(world, state).told, words)["ranking"]
    assert ranking.count('aria-pressed="true"') == 1
    assert 'data-key="partner=country:MLI" data-go="?"' in ranking


@pytest.mark.parametrize("sorting", [{}, {"column": "links", "down": True}, {"page": 3}, None])
def test_the_table_is_turned_in_any_state(sorting: Any, world: World, words: Vocabulary):
    told = turned(world, "?partner=country:MLI", sorting, words)["parts"]
    assert list(told) == ["table"]
    assert len(first_cells(told["table"].replace("country:", ""))) == 11


def test_views_and_languages_keep_the_filters(world: World, words: Vocabulary):
    state = ViewState(partner=("country:MLI",), level="departement", theme=("health",))
    told = parts(world, state, (), shown(world, state).told, words)
    tabs = dict(links(told["filter-view"]))
    assert list(tabs) == [f"view-{tab[0]}" for tab in TABS]
    below = dict(links(told["filter-subview"]))
    assert list(below) == ["subview-flows", "subview-time", "subview-matrix"]
    for key, go in (tabs | below).items():
        assert parse(go, words) == (state.in_view(key.split("-")[1]), ())
    assert "lang=en&amp;partner=country:MLI" in told["filter-lang"]
