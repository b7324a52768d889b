"""The state and its address: what is written is read back, and nonsense never breaks the page."""

from __future__ import annotations

from dataclasses import fields, replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.exports import said
from dashboard.filters import BY_NAME, options_of, vocabulary
from dashboard.state import (
    LANGUAGES,
    LISTS,
    OPTIONS,
    TOPS,
    VIEWS,
    WIDTHS,
    ViewState,
    Vocabulary,
    parse,
    to_query,
)
from geo.places import places_of
from geo.world import World

PARAMETERS = tuple(field.name for field in fields(ViewState))
MALI = ViewState(partner=("country:MLI",))


@pytest.fixture(scope="module")
def states(world: World, words: Vocabulary) -> st.SearchStrategy[ViewState]:
    """Every state that real values can make."""
    ids = list(places_of(world).frame.index)
    values = {
        name: [i for i in ids if words.known(name, i)] if BY_NAME[name].search
        else [value for value, _ in options_of(world, name, "fr")]
        for name in LISTS
    }  # fmt: skip
    lists = {
        name: st.lists(st.sampled_from(known), max_size=3, unique=True).map(tuple)
        for name, known in values.items()
    }
    year = st.integers(1900, 2100)
    years = st.none() | st.tuples(year, year).map(lambda pair: (min(pair), max(pair)))

    def of_view(view: str) -> st.SearchStrategy[ViewState]:
        options = {name: st.sampled_from(("", *OPTIONS[view][name])) for name in OPTIONS[view]}
        return st.builds(
            ViewState, view=st.just(view), lang=st.sampled_from(LANGUAGES), **lists, years=years,
            **options, top=st.sampled_from((0, *TOPS)), width=st.sampled_from(WIDTHS),
        )  # fmt: skip

    return st.sampled_from(VIEWS).flatmap(of_view)


@given(data=st.data(), lang=st.sampled_from(LANGUAGES))
def test_what_is_written_is_read_back(
    data: st.DataObject, lang: str, states: st.SearchStrategy[ViewState], world: World
):
    state = data.draw(states)
    assert parse(to_query(state, lang), vocabulary(world, lang)) == (state, ())


@pytest.mark.parametrize(
    ("state", "lang", "query"),
    [
        (ViewState(), "fr", ""),
        (ViewState(lang="en"), "en", ""),
        (ViewState(lang="en"), "fr", "?lang=en"),
        (ViewState("diaspora"), "fr", "?view=diaspora"),
        (ViewState(years=(1990, 2020)), "fr", "?years=1990-2020"),
        (ViewState(partner=("country:MLI", "admin1:SN-DK")), "fr",
         "?partner=country:MLI,admin1:SN-DK"),
        (ViewState("stances", measure="position", top=25, width="adaptive"), "fr",
         "?view=stances&measure=position&top=25&width=adaptive"),
    ],
)  # fmt: skip
def test_defaults_stay_out_of_the_address(state: ViewState, lang: str, query: str):
    assert to_query(state, lang) == query


@pytest.mark.parametrize(
    ("query", "parameter", "reason"),
    [
        ("view=volcanoes", "view", "not_allowed"),
        ("view=", "view", "not_allowed"),
        ("lang=de", "lang", "not_allowed"),
        ("home=country:DEU", "home", "not_allowed"),
        ("width=huge", "width", "not_allowed"),
        ("top=7", "top", "not_allowed"),
        ("top=²5", "top", "not_allowed"),
        ("level=country", "level", "not_allowed"),
        ("view=stances&level=region", "level", "not_allowed"),
        ("measure=class", "measure", "not_allowed"),
        ("years=2020-1990", "years", "bad_years"),
        ("years=1492-1493", "years", "bad_years"),
        ("years=١٩٩٠-٢٠٢٠", "years", "bad_years"),
        ("years=1990-2020%0A", "years", "bad_years"),
        ("years=", "years", "bad_years"),
        ("partner=country:ZZZ", "partner", "unknown_value"),
        ("partner=departement:93", "partner", "unknown_value"),
        ("partner=%00", "partner", "unknown_value"),
        ("partner=%F0%9F", "partner", "unknown_value"),
        ("territory=country:MLI", "territory", "unknown_value"),
        ("origin=admin1:SN-DK", "origin", "unknown_value"),
        ("theme=<script>", "theme", "unknown_value"),
        ("partner=country:MLI,nowhere", "partner", "unknown_value"),
        ("partner=country:MLI&partner=nowhere", "partner", "unknown_value"),
        ("volcano=1", "volcano", "unknown_parameter"),
        ("=", "", "unknown_parameter"),
        ("%00=%00", "\0", "unknown_parameter"),
        ("partner=" + "é" * 30_000, "", "too_long"),
        ("kind=" + ",".join(f"k{i}" for i in range(300)), "kind", "too_many"),
    ],
)
def test_nonsense_gives_a_notice(query: str, parameter: str, reason: str, words: Vocabulary):
    state, notices = parse(f"?{query}", words)
    assert (parameter, reason) in {(n.parameter, n.reason) for n in notices}
    assert parse(to_query(state), words) == (state, ())
    for notice in notices:
        assert len(notice.value) <= 60
        assert all("{" not in said(notice, lang) for lang in LANGUAGES)


@pytest.mark.parametrize("query", ["", "?", "&&", "partner=", "partner=,,"])
def test_nothing_asked_is_the_default(query: str, words: Vocabulary):
    assert parse(query, words) == (ViewState(), ())


def test_what_can_be_used_is_used(words: Vocabulary):
    state, notices = parse("partner=nowhere,country:MLI&years=x&top=25", words)
    assert state == ViewState(partner=("country:MLI",), top=25)
    assert [n.parameter for n in notices] == ["partner", "years"]


def test_a_repeated_list_is_one_list(words: Vocabulary):
    state, notices = parse("partner=country:MLI&partner=country:SEN,country:MLI", words)
    assert (state.partner, notices) == (("country:MLI", "country:SEN"), ())


VALUES = st.text(max_size=20) | st.sampled_from(
    ["%00", "%F0%9F%98", "%", "a" * 5000, "1990-2020", "country:MLI", ",", "‮", "İ", "=&=", "+", "#"]
)


@given(pairs=st.lists(st.tuples(st.sampled_from(PARAMETERS) | VALUES, VALUES), max_size=8),
       quoted=st.booleans())  # fmt: skip
def test_reading_never_fails(pairs: list[tuple[str, str]], quoted: bool, words: Vocabulary):
    code = quote if quoted else str
    state, notices = parse("&".join(f"{code(n)}={code(v)}" for n, v in pairs), words)
    assert parse(to_query(state), words) == (state, ())
    assert all(said(notice, "fr") and said(notice, "en") for notice in notices)


@given(text=st.text())
def test_any_text_is_an_address(text: str, words: Vocabulary):
    state, _ = parse(text, words)
    assert parse(to_query(state), words) == (state, ())


@given(data=st.data(), view=st.sampled_from(VIEWS))
def test_another_view_keeps_the_filters_and_resets_what_it_lacks(
    data: st.DataObject, view: str, states: st.SearchStrategy[ViewState], words: Vocabulary
):
    state = data.draw(states)
    there = state.in_view(view)
    assert parse(to_query(there), words) == (there, ())
    assert all(getattr(there, name) == getattr(state, name) for name in (*LISTS, "years", "lang"))
    assert state.in_view(state.view) == state
    for name, allowed in OPTIONS[view].items():
        kept = getattr(state, name)
        assert getattr(there, name) == (kept if kept in allowed else "")


@given(data=st.data(), name=st.sampled_from(LISTS))
def test_toggled_twice_is_the_identity(
    data: st.DataObject, name: str, states: st.SearchStrategy[ViewState]
):
    state = data.draw(states)
    assert state.toggled(name, "new").toggled(name, "new") == state
    assert "new" in getattr(state.toggled(name, "new"), name)
    for value in getattr(state, name):
        back = state.toggled(name, value).toggled(name, value)
        assert set(getattr(back, name)) == set(getattr(state, name))
        assert replace(back, **{name: ()}) == replace(state, **{name: ()})


@pytest.mark.parametrize(
    ("filters", "level"),
    [
        ({}, "departement"),
        ({"partner": ("country:MLI",)}, "region"),
        ({"origin": ("country:DZA",)}, "region"),
        ({"origin": ("country:DZA",), "level": "departement"}, "departement"),
        ({"territory": ("region:53",)}, "departement"),
    ],
)
def test_diasporas_by_origin_are_told_by_region(filters: dict[str, object], level: str):
    assert ViewState("diaspora", **filters).option("level") == level
    assert ViewState("flows", **{**filters, "level": ""}).option("level") == "region"


def test_a_state_can_be_kept_and_compared():
    assert hash(MALI) == hash(ViewState(partner=("country:MLI",)))
    assert MALI.corridors == 100
    assert ViewState(top=500).corridors == 500
