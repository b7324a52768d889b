"""Cases of the small world by hand; the embedded ones counted again with the csv module."""

from __future__ import annotations

import csv
import math
from collections import Counter

import pandas as pd
import pytest

from geo.cases import KINDS, bounds_of, cases_of, gathered, kinds, selected, unplaced
from geo.load import EMBEDDED
from geo.world import World

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def cases(small_world: World) -> pd.DataFrame:
    return cases_of(small_world)


@pytest.fixture(scope="module")
def all_cases(world: World) -> pd.DataFrame:
    return cases_of(world)


@pytest.fixture(scope="module")
def facts() -> Rows:
    with (EMBEDDED / "cases" / "cases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digits(rows: pd.DataFrame) -> str:
    """«12» for S001 and S002."""
    return "".join(case[-1] for case in rows["case_id"])


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ({}, "1234567"),
        ({"territory": ("region:84",)}, "5"),
        ({"territory": ("commune:69123",)}, "5"),
        ({"territory": ("region:11",)}, ""),
        ({"partner": ("country:FRA",)}, "2356"),
        ({"partner": ("admin1:SN-DK",)}, "1"),
        ({"partner": ("admin1:ML-1",)}, ""),
        ({"subregion": ("202",)}, "17"),
        ({"group": ("north",)}, "2356"),
        ({"stance": ("restricted",)}, "7"),
        ({"territory": ("departement:69",), "partner": ("country:MLI",)}, "57"),
        ({"nature": ("figure",)}, "236"),
        ({"nature": ("claim", "case")}, "1457"),
        ({"case": ("S002", "S007")}, "27"),
        ({"vector": ("diaspora",)}, ""),
    ],
)
def test_a_filter_keeps_its_cases(
    cases: pd.DataFrame, wanted: dict[str, tuple[str, ...]], kept: str
):
    assert digits(selected(cases, wanted)) == kept


def test_a_whole_country_lies_in_no_region(cases: pd.DataFrame):
    by_id = cases.set_index("case_id")
    assert by_id.loc["S002", ["region_id", "departement_id", "whole"]].tolist() == ["", "", True]
    assert by_id.loc["S005", ["region_id", "departement_id", "whole"]].tolist() == [
        "region:84", "departement:69", False,
    ]  # fmt: skip
    assert by_id.loc["S004", ["placed", "stance", "region_id"]].tolist() == [False, "", ""]


def test_cases_of_one_place_are_gathered(cases: pd.DataFrame):
    table = gathered(cases)
    assert table[["place_fr", "number", "whole"]].values.tolist() == [
        ["France", 3, True], ["Dakar", 1, False], ["Lyon", 1, False], ["Mali", 1, True],
    ]  # fmt: skip
    assert table["cases"].tolist()[0] == ["S002", "S003", "S006"]
    assert digits(unplaced(cases)) == "4"


@pytest.mark.parametrize(
    ("value", "bounds"),
    [
        ("1913", (1913, 1913)),
        ("700-1000", (700, 1000)),
        ("66.7", (66.7, 66.7)),
        ("1.5-2", (1.5, 2)),
    ],
)
def test_a_value_has_bounds(value: str, bounds: tuple[float, float]):
    assert bounds_of(value) == bounds


@pytest.mark.parametrize("value", ["", "many", "-3", "7-", "10 %"])
def test_what_is_no_number_has_none(value: str):
    assert all(math.isnan(bound) for bound in bounds_of(value))


def test_nothing_and_one_row_do_well(cases: pd.DataFrame):
    none, one = cases.iloc[:0], cases.iloc[:1]
    assert gathered(none).empty
    assert unplaced(none).empty
    assert kinds(none) == dict.fromkeys(KINDS, 0)
    assert selected(none, {"territory": ("region:84",), "partner": ("country:MLI",)}).empty
    assert gathered(one)["cases"].tolist() == [["S001"]]


def test_embedded_cases_are_all_there(all_cases: pd.DataFrame, facts: Rows):
    assert all_cases["case_id"].tolist() == [row["case_id"] for row in facts]
    assert kinds(all_cases) == {kind: sum(r["kind"] == kind for r in facts) for kind in KINDS}
    assert {case for ids in gathered(all_cases)["cases"] for case in ids} == {
        row["case_id"] for row in facts if row["lon"]
    }
    assert set(unplaced(all_cases)["case_id"]) == {r["case_id"] for r in facts if not r["lon"]}
    told = Counter((r["lon"], r["lat"]) for r in facts if r["lon"])
    assert sorted(gathered(all_cases)["number"]) == sorted(told.values())
    numbers = all_cases.set_index("case_id")
    assert numbers.loc["S088", "low"] == float(next(
        row["value"] for row in facts if row["case_id"] == "S088"
    ))  # fmt: skip


def test_every_embedded_value_is_a_number_with_a_unit(all_cases: pd.DataFrame):
    told = all_cases[all_cases["value"] != ""]
    assert told["low"].notna().all()
    assert (told["low"] <= told["high"]).all()
    assert (told["unit"] != "").all()
    assert all_cases.loc[all_cases["value"] == "", "low"].isna().all()


def test_embedded_cases_of_a_territory(all_cases: pd.DataFrame, facts: Rows):
    found = selected(all_cases, {"territory": ("region:84",)})
    assert set(found["case_id"]) == {r["case_id"] for r in facts if r["place_name"] == "Chambéry"}
    found = selected(all_cases, {"vector": ("diaspora",), "territory": ("departement:93",)})
    assert found["place_name"].tolist() == ["Seine-Saint-Denis"]
