"""What links are told apart by: counted by hand, corridor by corridor and year by year."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest

from geo import corridors as geo_corridors
from geo.categories import (
    COLUMN,
    MIXED,
    by_year,
    declared_share,
    prevailing,
    prevailing_by,
    tallied,
)
from geo.corridors import UNDECLARED, links_of
from geo.links import Links
from geo.load import EMBEDDED
from geo.world import World

PERIOD = (1990, 2012)


def none_of(links: Links) -> Links:
    return links.taken(np.zeros(len(links), dtype=bool))


def test_values_are_tallied(small_world: World):
    links = links_of(small_world)
    assert tallied(links, "referential") == {
        "undeclared": 3, "humanist": 1, "political": 1,
    }  # fmt: skip
    assert tallied(links, "stance") == {"supportive": 4, "restricted": 1}
    assert tallied(none_of(links), "relation") == {}


def test_most_links_decide_and_a_draw_is_mixed(small_world: World):
    links = links_of(small_world)
    assert prevailing(links, "departement", "country", "referential") == {
        ("departement:75", "country:SEN"): "humanist",
        ("departement:93", "country:SEN"): "undeclared",
        ("departement:93", "country:MLI"): "political",
        ("departement:69", "country:SEN"): "undeclared",
    }
    halves = links.taken(links.having("a_departement_id", ["departement:75", "departement:69"]))
    assert prevailing_by(halves, "b_country_id", "referential") == {"country:SEN": MIXED}
    assert prevailing(none_of(links), "region", "country", "stance") == {}


@pytest.mark.parametrize("measure", COLUMN)
def test_every_corridor_has_a_value(measure: str, world: World):
    links = links_of(world)
    table = geo_corridors.corridors(links, "departement", "country")
    codes = prevailing(links, "departement", "country", measure)
    assert set(zip(table["origin"], table["dest"], strict=True)) <= set(codes)


def test_shares_of_what_is_declared(small_world: World):
    links = links_of(small_world)
    table = declared_share(links, "b_country_id", "referential", UNDECLARED)
    assert table.loc["country:SEN"].tolist() == [4, 1, 25.0]
    assert table.loc["country:MLI"].tolist() == [1, 1, 100.0]
    assert declared_share(none_of(links), "b_country_id", "initiative", UNDECLARED).empty


def test_years_by_hand(small_world: World):
    """a 1990 active, b 2005-2010, c undated, d 2012 active, e 1998 of unknown status."""
    years = by_year(links_of(small_world), "stance", PERIOD)
    total = {n: years.frame(n).sum(axis=1) for n in ("started", "ended", "active")}
    assert {y: n for y, n in total["started"].items() if n} == {1990: 1, 1998: 1, 2005: 1, 2012: 1}
    assert {y: n for y, n in total["ended"].items() if n} == {2010: 1}
    assert [int(total["active"][y]) for y in (1990, 2004, 2005, 2010, 2011, 2012)] == [
        1, 1, 2, 2, 1, 2,
    ]  # fmt: skip
    assert (years.undated, years.unfollowed) == (1, 1)
    assert list(years.frame("started").index) == list(range(1990, 2013))


def test_no_link_has_no_years(small_world: World):
    years = by_year(none_of(links_of(small_world)), "relation", PERIOD)
    assert years.started.sum() == years.active.sum() == 0
    assert (years.undated, years.unfollowed) == (0, 0)


def test_one_link_is_counted_alone(small_world: World):
    links = links_of(small_world)
    years = by_year(links.taken(links.having("b_id", ["place:mli-kita"])), "relation", PERIOD)
    assert years.started.sum() == 0
    assert years.undated == 1


def test_years_of_the_embedded_links(world: World):
    with (EMBEDDED / "links/links.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    years = by_year(links_of(world), "relation", (1950, 2026))
    started = pd.Series([int(r["start_year"]) for r in rows if r["start_year"]]).value_counts()
    totals = years.frame("started").sum(axis=1)
    assert {y: n for y, n in totals.items() if n} == started.to_dict()
    assert years.undated == sum(not r["start_year"] for r in rows)
    assert years.ended.sum() == sum(bool(r["end_year"]) for r in rows)
    active = [
        r for r in rows
        if r["start_year"] and int(r["start_year"]) <= 2000
        and (int(r["end_year"]) >= 2000 if r["end_year"] else r["status"] == "active")
    ]  # fmt: skip
    assert years.frame("active").loc[2000].sum() == len(active)
