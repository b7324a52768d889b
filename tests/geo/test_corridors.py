"""Corridors on five links: filters, pairs, totals in and out, change over time."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.corridors import (
    FAR,
    NEAR,
    SELECTORS,
    UNCODED,
    UNDECLARED,
    corridors,
    counts_by,
    group_members,
    largest,
    links_of,
    reciprocity,
    selected_links,
    started_by_year,
    tally,
    totals,
    without_corridor,
)
from geo.joins import joined_links
from geo.links import Links
from geo.world import World

LEVELS = list(product(NEAR, FAR))


@pytest.fixture(scope="module")
def links(small_world: World) -> Links:
    return links_of(small_world)


@pytest.fixture(scope="module")
def all_links(world: World) -> Links:
    return links_of(world)


@pytest.fixture(scope="module")
def values(all_links: Links) -> dict[str, list[str]]:
    """Some values that each filter can have in the embedded data, and one that it cannot."""
    found: dict[str, list[str]] = {}
    for name, columns in SELECTORS.items():
        held = {v for c in columns for v in (all_links.listed.get(c) or all_links.met(c))}
        found[name] = [*sorted(held - {""})[:12], "nothing"]
    return found


def ids(small_world: World, chosen: Links) -> str:
    """The one-letter ids of a selection, in order."""
    return "".join(joined_links(small_world)["link_id"].iloc[chosen.at])


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ({}, "abcde"),
        ({"territory": ("region:11",)}, "abcd"),
        ({"territory": ("departement:93",)}, "bcd"),
        ({"territory": ("commune:93066",)}, "bc"),
        ({"territory": ("epci:1",)}, "abc"),
        ({"territory": ("epci:2",)}, "bc"),
        ({"territory": ("departement:75", "departement:69")}, "ae"),
        ({"home": ("country:FRA",)}, "abcde"),
        ({"partner": ("country:SEN",)}, "abde"),
        ({"partner": ("admin1:SN-DK",)}, "abe"),
        ({"partner": ("place:mli-kita",)}, "c"),
        ({"subregion": ("202",)}, "abcde"),
        ({"group": ("ldc",)}, "abcde"),
        ({"group": ("north",)}, ""),
        ({"kind": ("twinning",)}, "ae"),
        ({"theme": ("water",)}, "acd"),
        ({"theme": ("health",)}, "a"),
        ({"theme": (UNDECLARED,)}, "be"),
        ({"stance": ("supportive",)}, "abde"),
        ({"stance": ("restricted",)}, "c"),
        ({"stance": (UNCODED,)}, ""),
        ({"status": ("unknown",)}, "ce"),
        ({"kind": ("agreement",), "theme": ("water",)}, "cd"),
        ({"kind": ("agreement",), "theme": ()}, "bcd"),
        ({"kind": ("no such kind",)}, ""),
    ],
)
def test_a_filter_keeps_its_links(
    small_world: World, links: Links, wanted: dict[str, tuple[str, ...]], kept: str
):
    assert ids(small_world, selected_links(links, wanted)) == kept


@pytest.mark.parametrize(
    ("years", "kept"),
    [((1900, 2100), "abde"), ((1990, 1990), "a"), ((1900, 1989), ""), ((2010, 2010), "abe"),
     ((2011, 2011), "ae"), ((2012, 2020), "ade"), ((1998, 2004), "ae")],
)  # fmt: skip
def test_years_keep_links_known_to_have_run(
    small_world: World, links: Links, years: tuple[int, int], kept: str
):
    assert ids(small_world, selected_links(links, {}, years)) == kept


def test_corridors_of_regions_and_countries(links: Links):
    table = corridors(links, "region", "country").frame().set_index(["origin", "dest"])
    assert table["links"].to_dict() == {
        ("region:11", "country:SEN"): 3,
        ("region:11", "country:MLI"): 1,
        ("region:84", "country:SEN"): 1,
    }
    row = table.loc[("region:11", "country:SEN")]
    assert row[["collectivities", "partners", "first_year", "active", "ended"]].tolist() == [
        3, 2, 1990, 2, 1,
    ]  # fmt: skip
    assert pd.isna(table.loc[("region:11", "country:MLI"), "first_year"])


def test_corridors_are_sorted_largest_first_then_by_ids(links: Links):
    table = corridors(links, "region", "country")
    assert table["links"].tolist() == [3, 1, 1]
    assert table["dest"].tolist() == ["country:SEN", "country:MLI", "country:SEN"]


def test_key_figures(links: Links):
    found = totals(links, corridors(links, "departement", "country"))
    assert (found.links, found.corridors, found.collectivities) == (5, 4, 4)
    assert (found.countries, found.partners) == (2, 4)
    assert (found.dated, found.low_confidence) == (4, 1)


def test_no_links_make_no_corridor(links: Links):
    none = links.taken(np.zeros(len(links), dtype=bool))
    for level, partner_level in LEVELS:
        table = corridors(none, level, partner_level)
        assert table.empty
        assert without_corridor(none, level, partner_level) == 0
        assert totals(none, table).links == 0
    assert started_by_year(none) == {}
    assert counts_by(none, "kind").empty
    assert reciprocity(none) == {"mutual": 0, "one_sided": 0, "undeclared": 0}
    top, rest, rest_links = largest(corridors(none, "region", "country"), 10)
    assert (len(top), rest, rest_links) == (0, 0, 0)


def test_counts_and_tallies(links: Links):
    table = counts_by(links, "kind").frame().set_index("key")
    assert table["links"].to_dict() == {"agreement": 3, "twinning": 2}
    assert table["collectivities"].to_dict() == {"agreement": 2, "twinning": 2}
    assert tally(links, "b_country_id") == {"country:SEN": 4, "country:MLI": 1}


def test_starts_by_year_count_the_years_between(links: Links):
    starts = started_by_year(links)
    assert list(starts) == list(range(1990, 2013))
    assert sum(starts.values()) == 4
    assert starts[1991] == 0


def test_reciprocity_keeps_the_undeclared_apart(links: Links):
    assert reciprocity(links) == {"mutual": 1, "one_sided": 1, "undeclared": 3}


def test_groups_are_read_from_their_columns(small_world: World):
    members = group_members(small_world)
    assert members["country:FRA"] == ["north"]
    assert sorted(members["country:SEN"]) == ["ldc", "south"]


@pytest.mark.parametrize(("level", "partner_level"), LEVELS)
def test_totals_in_are_totals_out(all_links: Links, level: str, partner_level: str):
    table = corridors(all_links, level, partner_level)
    left = without_corridor(all_links, level, partner_level)
    assert table["links"].sum() + left == len(all_links)
    assert not table.frame().duplicated(["origin", "dest"]).any()
    assert (table["collectivities"] <= table["links"]).all()
    assert (table["active"] + table["ended"] <= table["links"]).all()


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_filter_never_adds_a_row_and_loses_none(
    all_links: Links, values: dict[str, list[str]], data: st.DataObject
):
    wanted = {
        name: tuple(data.draw(st.lists(st.sampled_from(held), max_size=3, unique=True), label=name))
        for name, held in values.items()
    }
    some = {name: held for i, (name, held) in enumerate(wanted.items()) if i % 2}
    years = data.draw(st.none() | st.tuples(st.integers(1950, 2000), st.integers(2000, 2030)))
    wide, narrow = selected_links(all_links, some, years), selected_links(all_links, wanted, years)
    assert set(narrow.at) <= set(wide.at) <= set(all_links.at)
    level, partner_level = data.draw(st.sampled_from(LEVELS))
    table = corridors(narrow, level, partner_level)
    assert table["links"].sum() + without_corridor(narrow, level, partner_level) == len(narrow)
    top, rest, rest_links = largest(table, data.draw(st.integers(0, 20)))
    assert len(top) + rest == len(table)
    assert top["links"].sum() + rest_links == table["links"].sum()
