"""Notions and relations: by the rules of the data, on links drawn by hand and on every link."""

from __future__ import annotations

import csv
from collections import Counter

import pandas as pd
import pytest

from geo.corridors import links_of
from geo.load import EMBEDDED
from geo.notions import NESTED, held, narrowest, notions_of, orders_of, relation, relations_of
from geo.world import World


def read(name: str) -> list[dict[str, str]]:
    with (EMBEDDED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def linked(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Links by hand: kind, State of one end, State of the other."""
    return pd.DataFrame(rows, columns=["kind", "a_country_id", "b_country_id"])


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("north", "north", "north_north"), ("north", "south", "north_south"),
        ("south", "north", "north_south"), ("south", "south", "south_south"),
        ("north", "emerging", "emerging"), ("emerging", "south", "emerging"),
        ("emerging", "emerging", "emerging"), ("north", "", "unclassified"),
        ("unclassified", "emerging", "unclassified"),
    ],
)  # fmt: skip
def test_a_relation_is_that_of_two_groups(one: str, other: str, told: str):
    assert relation(one, other) == told


def test_notions_are_nested(world: World):
    links = linked(
        ("twinning", "country:FRA", "country:MLI"), ("agreement", "country:FRA", "country:DEU"),
        ("project", "country:FRA", "country:MLI"), ("network", "country:FRA", "country:DEU"),
    )  # fmt: skip
    assert [sorted(notions) for notions in notions_of(world, links)] == [
        ["cooperation", "development", "external_action"], ["cooperation", "external_action"],
        ["external_action"], ["external_action"],
    ]  # fmt: skip
    assert [narrowest(n) for n in notions_of(world, links)] == [
        "development", "cooperation", "external_action", "external_action",
    ]  # fmt: skip


def test_inside_europe_comes_on_top(world: World):
    links = linked(
        ("twinning", "country:FRA", "country:DEU"), ("twinning", "country:FRA", "country:UKR"),
        ("twinning", "country:FRA", "country:CAN"), ("twinning", "country:MLI", "country:SEN"),
        ("twinning", "country:FRA", "country:ETH"),
    )  # fmt: skip
    assert relations_of(world, links).tolist() == [
        ["north_north", "inside_europe"], ["emerging", "inside_europe"], ["north_north"],
        ["south_south"], ["unclassified"],
    ]  # fmt: skip


def test_no_link_has_no_notion(world: World):
    assert notions_of(world, linked()).empty
    assert relations_of(world, linked()).empty


def test_every_embedded_link_by_the_rules_of_the_data(world: World):
    countries = {row["country_id"]: row for row in read("reference/countries")}
    kinds = {row["notion"]: set(row["kinds"].split(";")) for row in read("notions/notions")}
    rows = links_of(world)
    told: Counter[str] = Counter()
    for kind, far in zip(rows.texts("kind"), rows.texts("b_country_id"), strict=True):
        aided = countries[far]["dac_recipient"] == "true"
        told["external_action"] += 1
        told["cooperation"] += kind in kinds["cooperation"]
        told["development"] += kind in kinds["development"] and aided
        told[relation("north", countries[far]["group"])] += 1
        told["inside_europe"] += countries[far]["m49_region"] == "150"
    found = held(rows)
    assert {code: links for code, (links, _) in found.items()} == dict(told)
    assert set(rows.listed["notions"]) <= set(NESTED)
    assert found["external_action"][1] == len({row["a_id"] for row in read("links/links")})


def test_orders_of_magnitude_are_the_figures_of_the_record(world: World):
    orders = orders_of(world).set_index(["subject", "indicator"])
    assert tuple(orders.loc[("external_action", "budget"), ["low", "high"]]) == (700, 1000)
    assert tuple(orders.loc[("cooperation", "collectivities"), ["low", "high"]]) == (5000, 5000)
    assert tuple(orders.loc[("development", "budget"), ["low", "high"]]) == (70, 70)
    assert tuple(orders.loc[("inside_europe", "share"), ["low", "high"]]) == (40, 40)
    assert set(orders["source_lines"]) != {""}


def test_a_missing_case_leaves_its_order_out(small_world: World):
    assert set(orders_of(small_world)["case_id"]) <= set(small_world.table("cases")["case_id"])
