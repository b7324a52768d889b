"""From an act to the state that follows: controls, clicks, second clicks, nonsense."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.reconcile import Act, act_of, cleared, control_values, reconcile
from dashboard.state import ViewState, Vocabulary, to_query

PERIOD = (1950, 2025)
MALI = ("country:MLI",)


def after(act: Act, state: ViewState, words: Vocabulary) -> ViewState:
    return reconcile(act, to_query(state), words, PERIOD)


def changed(state: ViewState, source: str, **values: Any) -> Act:
    """One control was changed on the page of a state."""
    return Act(source, controls={**control_values(state, PERIOD), **values})


def click(place: object) -> Act:
    """What the page sends for a click: the place of an area, or the two ends of a corridor."""
    return act_of({"source": "map", "place": place})


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("partner", ["country:MLI"], {"partner": MALI}),
        ("partner", ["country:MLI", "nowhere"], {"partner": MALI}),
        ("partner", None, {}),
        ("theme", ["health", "undeclared"], {"theme": ("health", "undeclared")}),
        ("years", [1990, 2020], {"years": (1990, 2020)}),
        ("years", [2020, 1990], {"years": (1990, 2020)}),
        ("years", list(PERIOD), {}),
        ("years", None, {}),
        ("level", "departement", {"level": "departement"}),
        ("level", "region", {}),
        ("level", "galaxy", {}),
        ("top", "25", {"top": 25}),
        ("top", "100", {}),
        ("top", "7", {}),
        ("width", "adaptive", {"width": "adaptive"}),
        ("width", "huge", {}),
    ],
)
def test_a_control_changes_the_state(
    source: str, value: Any, expected: dict[str, Any], words: Vocabulary
):
    start = ViewState()
    assert after(changed(start, source, **{source: value}), start, words) == ViewState(**expected)


def test_the_default_of_a_choice_leaves_the_address(words: Vocabulary):
    start = ViewState("diaspora", partner=MALI, level="departement")
    assert after(changed(start, "level", level="region"), start, words).level == ""
    start = ViewState("diaspora")
    assert after(changed(start, "level", level="region"), start, words).level == "region"


def test_a_cleared_control_clears_its_filter(words: Vocabulary):
    start = ViewState(partner=MALI, years=(1990, 2020), kind=("twinning",))
    assert after(changed(start, "partner", partner=[]), start, words) == replace(start, partner=())
    whole = after(changed(start, "years", years=list(PERIOD)), start, words)
    assert whole == replace(start, years=None)


def test_two_quick_changes_keep_both(words: Vocabulary):
    """The second is sent before the address has the first: the controls already hold it."""
    start = ViewState()
    act = changed(start, "theme", partner=["country:MLI"], theme=["health"])
    assert after(act, start, words) == ViewState(partner=MALI, theme=("health",))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("country:MLI", {"partner": MALI}),
        ("region:53", {"territory": ("region:53",)}),
        ("departement:93@paris", {"territory": ("departement:93",)}),
        ("geonames:2451185", {"partner": ("geonames:2451185",)}),
        ("region:53|country:MLI", {"territory": ("region:53",), "partner": MALI}),
    ],
)
def test_a_click_on_the_map_chooses(place: str, expected: dict[str, Any], words: Vocabulary):
    start = ViewState(years=(1990, 2020))
    assert after(click(place), start, words) == replace(start, **expected)


@pytest.mark.parametrize(
    "place", ["country:MLI", "region:53", "departement:93@paris", "region:53|country:MLI"]
)
def test_a_second_click_undoes(place: str, words: Vocabulary):
    start = ViewState("stances", kind=("twinning",))
    once = after(click(place), start, words)
    assert once != start
    assert after(click(place), once, words) == start


@pytest.mark.parametrize(
    "place",
    [
        None, "", "x", "@", "|", 7, [], {}, ["country:MLI"], {"points": []}, "country:FRA",
        "country:ZZZ", "region:53|nowhere", "country:MLI|region:53", "region:53|",
        "region:53|country:MLI|country:SEN",
    ],
)  # fmt: skip
def test_a_click_on_nothing_changes_nothing(place: object, words: Vocabulary):
    start = ViewState(partner=("country:SEN",))
    assert after(click(place), start, words) == start


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(source=st.sampled_from(["theme", "years", "top", "level", "width", "url", "x"]), junk=JSON)
def test_controls_never_break_the_state(source: str, junk: Any, words: Vocabulary):
    controls = {"theme": junk, "years": junk, "top": junk, "level": junk, "width": junk}
    state = reconcile(Act(source, None, controls), "?view=flows", words, PERIOD)
    assert to_query(state, "fr") is not None


@given(junk=JSON)
def test_clicks_never_break_the_state(junk: Any, words: Vocabulary):
    assert reconcile(click(junk), "", words, PERIOD) == ViewState()
    assert reconcile(act_of(junk), "", words, PERIOD) == ViewState()


def test_the_address_is_taken_as_it_is(words: Vocabulary):
    state = ViewState("stances", "en", partner=MALI)
    assert after(Act("url"), state, words) == state


def test_controls_show_the_state():
    state = ViewState("diaspora", partner=MALI, top=25)
    values = control_values(state, PERIOD)
    assert (values["partner"], values["years"], values["level"]) == (["country:MLI"], [1950, 2025],
                                                                    "region")  # fmt: skip
    assert (values["top"], values["width"]) == ("25", "fixed")


def test_cleared_lifts_the_places_and_nothing_else():
    state = ViewState(territory=("region:53",), partner=MALI, origin=MALI, kind=("twinning",))
    assert cleared(state) == ViewState(kind=("twinning",))
