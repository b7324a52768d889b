"""Where buttons lead: one level down, back up, into another view."""

from __future__ import annotations

import pytest

from dashboard.filters import path_of
from dashboard.leading import Leading, address, into, upwards
from dashboard.rendering import parts
from dashboard.showing import shown
from dashboard.state import ViewState, Vocabulary, parse
from geo.world import World


@pytest.mark.parametrize(
    ("state", "place", "after"),
    [
        (ViewState(), "region:53", ViewState(territory=("region:53",), level="departement")),
        (ViewState(), "departement:35",
         ViewState(territory=("departement:35",), level="collectivity")),
        (ViewState(territory=("region:11",)), "region:53",
         ViewState(territory=("region:53",), level="departement")),
        (ViewState(), "country:MLI", ViewState(partner=("country:MLI",), partner_level="admin1")),
        (ViewState(), "admin1:ML-1", ViewState(partner=("admin1:ML-1",), partner_level="place")),
        (ViewState("diaspora", level="region"), "region:53",
         ViewState("diaspora", territory=("region:53",), level="departement")),
        (ViewState(), "commune:35238", ViewState("territory", territory=("commune:35238",))),
        (ViewState("stances"), "country:MLI", ViewState("territory", partner=("country:MLI",))),
        (ViewState(theme=("health",)), "geonames:2451185",
         ViewState("territory", theme=("health",), partner=("geonames:2451185",))),
    ],
)  # fmt: skip
def test_into_a_place(state: ViewState, place: str, after: ViewState):
    assert into(state, place) == after


def test_back_up_from_a_commune(world: World):
    path = path_of(world, "commune:35238")
    assert path == ["region:53", "departement:35", "commune:35238"]
    state = ViewState(territory=("commune:35238",), level="collectivity", theme=("health",))
    steps = upwards(state, "territory", path)
    assert [place for place, _ in steps] == ["", *path]
    assert steps[0][1] == ViewState(theme=("health",))
    assert steps[1][1] == ViewState(
        territory=("region:53",), level="departement", theme=("health",)
    )
    assert steps[2][1].level == "collectivity"


def test_back_up_from_a_town_abroad(world: World):
    towns = [p for p in world.table("links")["b_id"] if p.startswith("geonames:")]
    path = path_of(world, towns[0])
    assert path[0].startswith("country:")
    assert path[-1] == towns[0]


def test_going_in_and_up_again_is_where_one_was(world: World):
    inside = into(ViewState(), "region:53")
    steps = upwards(inside, "territory", path_of(world, "region:53"))
    assert steps[0][1] == ViewState()
    assert steps[-1][1] == inside


def test_a_button_leads_where_its_state_says(words: Vocabulary):
    go = Leading(ViewState(partner=("country:MLI",)), words)
    assert parse(go("partner", "country:MLI"), words) == (ViewState(), ())
    there, notices = parse(go.to("stances", territory=("region:53",)), words)
    assert there == ViewState("stances", partner=("country:MLI",), territory=("region:53",))
    assert notices == ()
    assert address(ViewState(), words) == "?"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_crumbs_are_on_the_page(lang: str, world: World, words: Vocabulary):
    state = ViewState(lang=lang, territory=("departement:35",), partner=("country:MLI",))
    crumbs = parts(world, state, (), shown(world, state).told, words)["crumbs"]
    assert "Bretagne" in crumbs
    assert "Mali" in crumbs
    assert crumbs.count("<ol>") == 2
    assert parts(world, ViewState(lang=lang), (), shown(world, state).told, words)[
        "crumbs"].count("<ol>") == 0  # fmt: skip
