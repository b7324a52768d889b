"""What holds in every view, for states of every kind, in both languages."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import drawn
import plotly.graph_objects as go
import pytest
from drawn import Show

from dashboard.catalogue import catalogue
from dashboard.filters import vocabulary
from dashboard.rendering import parts
from dashboard.showing import shown
from dashboard.state import LANGUAGES, OPTIONS, ViewState, to_query
from geo.conventions import convention_of
from geo.world import World

MALI, BRETAGNE = ("country:MLI",), ("region:53",)
NOWHERE = ("country:TUV",)  # no link, no figure, no coding

STATES = [
    ViewState(view, lang, **filters)
    for lang in LANGUAGES
    for view, filters in [
        *((view, {"measure": m}) for view in OPTIONS for m in OPTIONS[view]["measure"]),
        *((view, {"level": level}) for view in OPTIONS for level in OPTIONS[view]["level"]),
        *((view, {"partner": MALI, "measure": m}) for view in OPTIONS
          for m in OPTIONS[view]["measure"]),
        *((view, {"territory": t}) for view in OPTIONS
          for t in (BRETAGNE, ("departement:93",), ("commune:93066",))),
        ("flows", {"partner_level": "admin1", "width": "adaptive"}),
        ("flows", {"partner_level": "place", "level": "collectivity", "top": 500}),
        ("flows", {"territory": ("commune:93066",), "partner": ("geonames:2451185",)}),
        ("flows", {"theme": ("undeclared",), "status": ("ended",)}),
        ("diaspora", {"origin": ("country:DZA",), "level": "departement"}),
        ("diaspora", {"group": ("ldc",)}),
        ("stances", {"stance": ("unclassified",)}),
        ("stances", {"territory": BRETAGNE, "years": (1990, 2020)}),
    ]
]  # fmt: skip

EMPTY = [
    ("flows", {"partner": NOWHERE}),
    ("flows", {"years": (1901, 1901)}),
    ("flows", {"partner": MALI, "subregion": ("015",)}),
    ("diaspora", {"partner": NOWHERE}),
    ("diaspora", {"years": (1950, 1951)}),
    ("diaspora", {"territory": BRETAGNE, "partner": NOWHERE}),
    ("diaspora", {"group": ("north",), "subregion": ("011",)}),
    ("stances", {"partner": NOWHERE}),
    ("stances", {"stance": ("uncoded",)}),
    ("stances", {"years": (1901, 1901)}),
    ("territory", {"territory": BRETAGNE, "years": (1901, 1901)}),
    ("networks", {"partner": NOWHERE}),
    ("networks", {"years": (1901, 1901)}),
    ("networks", {"territory": BRETAGNE, "partner": NOWHERE, "network": ("c40",)}),
    ("cases", {"partner": NOWHERE}),
    ("cases", {"territory": BRETAGNE, "vector": ("diaspora",)}),
    ("vectors", {"territory": BRETAGNE}),
    ("vectors", {"years": (1901, 1901)}),
]


def html(world: World, state: ViewState) -> dict[str, Any]:
    return parts(world, state, (), shown(world, state).told, vocabulary(world, "fr"))


@pytest.mark.parametrize("state", STATES, ids=to_query)
def test_any_state_is_drawn_and_told(state: ViewState, world: World):
    view = shown(world, state)
    go.Figure(view.figure)
    told, words = view.told, catalogue(state.lang)
    assert told.title
    assert told.sentence.endswith(".")
    assert told.sources
    none = {
        "flows": "no_link_known", "diaspora": "no_data", "gap": "no_data",
        "stances": "stance.uncoded",
        "networks": "networks.none", "cases": "cases.none",
        "territory": "no_link_known", "vectors": "no_data", "index": "no_data",
    }  # fmt: skip
    labels = [swatch.label for _, swatches in told.legend.groups for swatch in swatches]
    if state.view == "flows" and state.option("measure") == "stance":
        assert words.say("stance.uncoded") in labels
    elif state.view in none:
        assert words.say(none[state.view]) in labels
    statement = convention_of(world, state.convention).statement(state.lang)
    assert statement in told.legend.notes
    page = html(world, state)
    assert not re.search(r"\b(nan|None|NaN)\b", " ".join(page.values()))
    assert all(page[part] for part in ("sentence", "legend", "table", "sources"))
    assert len(told.table.keys) == len(told.table.rows)


@pytest.mark.parametrize("state", [s for s in STATES if s.lang == "fr"], ids=to_query)
def test_both_languages_tell_the_same(state: ViewState, world: World):
    fr = shown(world, state)
    en = shown(world, dataclasses.replace(state, lang="en"))
    assert [t.get("z") for t in fr.figure["data"]] == [t.get("z") for t in en.figure["data"]]
    assert sorted(fr.told.table.keys) == sorted(en.told.table.keys)
    assert fr.told.sources == en.told.sources
    assert fr.told.sentence != en.told.sentence


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("view", "filters"), EMPTY)
def test_an_empty_view_keeps_its_map_and_offers_a_way_out(
    view: str, filters: dict[str, Any], lang: str, world: World
):
    state = ViewState(view, lang, **filters)
    seen, told = shown(world, state), html(world, state)
    assert seen.told.empty
    assert seen.told.table.rows == () or view == "diaspora"
    whole = shown(world, ViewState(view, lang, level=state.option("level"))).figure
    assert [t.get("locations") for t in seen.figure["data"] if t["type"] == "choropleth"] == [
        t.get("locations") for t in whole["data"] if t["type"] == "choropleth"
    ]
    assert len(re.findall('data-key="lift=', told["notices"])) == len(filters)
    assert catalogue(lang).say("empty") in told["notices"]


@pytest.mark.parametrize("view", OPTIONS)
def test_the_whole_is_not_empty_and_lifts_nothing(view: str, show: Show, world: World):
    assert not show(view).told.empty
    assert html(world, ViewState(view))["notices"].strip() == ""


def test_a_lift_leads_to_the_address_without_its_filter(world: World):
    told = html(world, ViewState(partner=NOWHERE, years=(1990, 2020)))
    assert 'data-go="?years=1990-2020"' in told["notices"]
    assert 'data-go="?partner=country:TUV"' in told["notices"]


HOSTILE = "<script>alert('1')</script>"


@pytest.fixture(scope="module")
def hostile(world: World) -> World:
    """The same data where a commune, a région, a département, a country and a note are hostile."""
    tables = dict(world.tables)

    def rename(table: str, key: str, value: str, *columns: str) -> None:
        frame = tables[table].copy()
        frame.loc[frame[key] == value, list(columns)] = HOSTILE
        tables[table] = frame

    rename("communes", "commune_id", "commune:93066", "name")
    rename("regions", "region_id", "region:53", "name")
    rename("departements", "departement_id", "departement:93", "name")
    rename("countries", "country_id", "country:MLI", "name_fr", "name_en")
    rename("states", "country_id", "country:MLI", "note_fr", "note_en", "date_situation")
    rename("criteria", "country_id", "country:MLI", "source_title", "source_address")
    return dataclasses.replace(world, version="hostile", tables=tables)


@pytest.mark.parametrize(
    ("view", "filters"),
    [
        ("flows", {"level": "collectivity", "territory": ("commune:93066",)}),
        ("flows", {"partner": MALI}), ("flows", {"territory": BRETAGNE, "partner": NOWHERE}),
        ("diaspora", {"territory": ("departement:93",)}), ("diaspora", {"partner": MALI}),
        ("diaspora", {"level": "region"}), ("stances", {}), ("stances", {"partner": MALI}),
        ("networks", {}), ("networks", {"partner": MALI}), ("cases", {}),
    ],
)  # fmt: skip
def test_a_hostile_name_is_only_text(view: str, filters: dict[str, Any], hostile: World):
    state = ViewState(view, **filters)
    said, told = drawn.texts(shown(hostile, state).figure), html(hostile, state)
    assert any("&lt;script&gt;" in text for text in [*said, *told.values()])
    assert not [text for text in [*said, *told.values()] if "<script" in text]
    assert not re.search(r'href="(?!https?://|/export/|\?)', "".join(told.values()))
