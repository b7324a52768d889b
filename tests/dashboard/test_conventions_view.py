"""The boundary convention in the page: its layer, its words, contested limits and links."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import drawn
import pytest
from drawn import Rows, Show

from dashboard.exports import export
from dashboard.filters import convention_options
from dashboard.showing import shown
from dashboard.state import OPTIONS, ViewState, Vocabulary, parse
from dashboard.views.coded import typeset
from geo.conventions import convention_names, convention_of
from geo.drawn import unassigned_ids
from geo.world import World

ON_THE_WORLD = [view for view in OPTIONS if view not in ("diaspora", "gap", "data", "index")]


def diamonds(figure: drawn.Figure) -> dict[str, str]:
    """The hover of each contested end that is marked, by place id."""
    traces = [t for t in figure["data"] if t.get("marker", {}).get("symbol") == "diamond-open"]
    pairs = [zip(t["customdata"], t["text"], strict=True) for t in traces]
    return {place: text for each in pairs for place, text in each}


def test_the_address_takes_the_conventions_of_the_data(world: World, words: Vocabulary):
    assert words.conventions == convention_names(world)
    assert parse("?convention=un", words)[0].convention == "un"
    assert parse("?convention=visionscarto", words)[0].convention == ""
    state, notices = parse("?convention=mine", words)
    assert state.convention == ""
    assert notices[0].allowed == convention_names(world)
    assert [value for value, _ in convention_options(world, "en")] == ["default", "un"]


@pytest.mark.parametrize("view", ON_THE_WORLD)
@pytest.mark.parametrize("convention", ["", "un"])
def test_a_map_of_the_world_follows_the_convention_and_says_which(
    world: World, view: str, convention: str
):
    told = shown(world, ViewState(view, "en", convention=convention))
    followed = convention_of(world, convention)
    layers = {t["geojson"] for t in told.figure["data"] if "countries" in t.get("geojson", "")}
    assert layers <= {f"/geometry/{followed.layer}.{world.version}.json"}
    statement = followed.statement("en")
    assert statement in told.told.legend.notes
    if layers:
        assert len(drawn.limits(told.figure)) == 1
        marks = [s.form for _, swatches in told.told.legend.groups for s in swatches]
        assert "limit" in marks


def test_areas_of_no_state_are_on_the_map_under_their_name(world: World, show: Show):
    areas = [t for t in show("stances", convention="un").figure["data"] if "locations" in t]
    unassigned = next(t for t in areas if t["locations"][0].startswith("contested:"))
    assert tuple(unassigned["locations"]) == unassigned_ids(world, "un")
    assert any("Jammu-et-Cachemire" in text for text in unassigned["text"])
    default = [t for t in show("stances").figure["data"] if "locations" in t]
    assert not any(k.startswith("contested:") for t in default for k in t["locations"])


def test_every_contested_end_is_marked_with_its_links_and_its_reason(
    show: Show, facts: Callable[[str], Rows]
):
    reasons = {row["place_id"]: row["reason_fr"] for row in facts("links/contested")}
    ends = [row["b_id"] for row in facts("links/links") if row["b_id"] in reasons]
    view = show()
    marked = diamonds(view.figure)
    assert set(marked) == set(ends)
    for place, text in marked.items():
        assert f"{ends.count(place)} lien" in text
        assert reasons[place].split()[0] in text
    assert "Ukraine" in marked["geonames:688533"]
    notes = " ".join(view.told.notes)
    assert f"{len(ends)} liens finissent en un lieu contesté" in notes
    assert all(typeset(reasons[place], "fr") in notes for place in marked)


def test_only_the_contested_links_that_are_shown_are_marked(show: Show):
    ukraine = show(partner=("country:UKR",))
    assert set(diamonds(ukraine.figure)) == {"geonames:688533", "geonames:713513"}
    mali = show(partner=("country:MLI",))
    assert diamonds(mali.figure) == {}
    assert not any("contesté" in note for note in mali.told.notes)


def test_sources_name_the_convention_followed_and_no_other(world: World, show: Show):
    said = " ".join(show("stances").told.sources)
    assert "UN Geodata" not in said
    followed = " ".join(show("stances", convention="un").told.sources)
    assert world.sources["boundaries/un"].citation in followed
    assert world.sources["boundaries/world"].citation in followed


@pytest.mark.parametrize("convention", ["", "un"])
def test_geojson_states_the_convention_and_follows_it(
    world: World, words: Vocabulary, convention: str
):
    query = f"?convention={convention}" if convention else "?"
    made = json.loads(export(world, "stances", "geojson", query, words).content)
    followed = convention_of(world, convention)
    assert made["boundaries"] == {
        "convention": followed.name, "statement": followed.statement("fr"),
    }  # fmt: skip
    layer = world.layer(followed.layer).set_index("place_id").geometry
    india = next(f for f in made["features"] if f["properties"]["country_id"] == "country:IND")
    held = sum(len(part[0]) for part in india["geometry"]["coordinates"])
    assert held == sum(len(part.exterior.coords) for part in layer["country:IND"].geoms)


def test_the_convention_changes_nothing_but_the_drawing(world: World):
    state = ViewState("flows", "fr")
    one, other = (
        shown(world, dataclasses.replace(state, convention=name)).told for name in ("", "un")
    )
    assert (one.sentence, one.key_figures, one.rankings, one.table) == (
        other.sentence, other.key_figures, other.rankings, other.table,
    )  # fmt: skip


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_exported_links_say_why_they_are_contested(
    lang: str, world: World, words: Vocabulary, facts: Callable[[str], Rows]
):
    reasons = {row["place_id"]: row[f"reason_{lang}"] for row in facts("links/contested")}
    expected = {
        row["link_id"]: reasons[row["b_id"]] for row in facts("links/links")
        if row["b_id"] in reasons
    }  # fmt: skip
    links = json.loads(export(world, "flows", "json", f"lang={lang}", words).content)
    assert {r["link_id"]: r["contested"] for r in links if r["contested"]} == expected
    assert len(expected) == 13
