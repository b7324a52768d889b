"""The rule of stances: on rows drawn by hand, and on every State that was coded."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from geo.stances import CLASSES, GRADES, Rule, classified, rule_of, stances_of
from geo.world import World

HERE = Path(__file__).parent
with (HERE / "expected_stances.csv").open(encoding="utf-8") as lines:
    EXPECTED = {row["country_id"]: row for row in csv.DictReader(lines)}

CRITERIA = (
    "legal_basis", "state_funding", "state_body", "associations_channel", "prior_authorisation",
    "spending_abroad_limit", "state_informed",
)  # fmt: skip


@pytest.fixture
def rule() -> Rule:
    return Rule(
        weights=(("legal_basis", 10), ("state_funding", 20), ("state_body", 10),
                 ("associations_channel", 10), ("prior_authorisation", -15),
                 ("spending_abroad_limit", -15)),
        limits=("prior_authorisation", "spending_abroad_limit"), counted=CRITERIA, start=50,
        supportive=75, uninformed=20, partial=0.5, min_known=4, margin=2.5,
    )  # fmt: skip


def placed(rule: Rule, **values: str) -> pd.Series:
    """The class of one State; what is not given is «no»."""
    cells = dict.fromkeys(CRITERIA, "no") | {"state_incapacity": "no"} | values
    return classified(pd.DataFrame([cells], index=["X"]), rule).loc["X"]


def number(text: str) -> float | None:
    return float(text) if text else None


@pytest.mark.parametrize("country", EXPECTED)
def test_a_coded_state_is_given_back(world: World, country: str):
    wanted, row = EXPECTED[country], stances_of(world).loc[country]
    assert row["stance"] == wanted["class"]
    assert row["strict"] == wanted["seen_only"]
    assert (row["confidence"], row["variant"]) == (wanted["confidence"], wanted["variant"])
    assert row["known"] == int(wanted["criteria_known"])
    assert row["stable"] == (wanted["stable"] == "true")
    for column, key in (("position", "position"), ("position_min", "min"), ("position_max", "max")):
        have = None if pd.isna(row[column]) else row[column]
        assert have == number(wanted[key]), column


def test_every_coded_state_and_no_other_has_a_stance(world: World):
    table = stances_of(world)
    assert set(table.index) == set(EXPECTED)
    assert set(table["stance"]) <= set(CLASSES)
    assert set(table["confidence"]) <= {*GRADES, ""}
    assert rule_of(world).supportive == 75


@pytest.mark.parametrize(
    ("values", "stance", "position"),
    [
        ({"legal_basis": "yes", "state_funding": "yes", "state_informed": "yes"},
         "supportive", 80),
        ({"legal_basis": "yes", "state_funding": "partial", "state_body": "partial",
          "state_informed": "yes"},
         "supportive", 75),
        ({"legal_basis": "yes", "prior_authorisation": "yes"}, "restricted", 45),
        ({"legal_basis": "yes", "spending_abroad_limit": "partial", "state_informed": "yes"},
         "restricted", 52.5),
        ({"legal_basis": "yes", "state_funding": "yes", "state_body": "yes",
          "associations_channel": "yes", "prior_authorisation": "yes"}, "supportive", 85),
        ({"legal_basis": "yes"}, "uninformed", 10),
        ({"associations_channel": "partial"}, "uninformed", 5),
        ({"state_informed": "yes"}, "unclassified", None),
        ({"legal_basis": "yes", "prior_authorisation": "unknown"}, "unclassified", None),
        ({"legal_basis": "unknown", "state_funding": "unknown", "state_body": "unknown",
          "associations_channel": "unknown"}, "unclassified", None),
    ],
)  # fmt: skip
def test_the_rule(rule: Rule, values: dict[str, str], stance: str, position: float | None):
    row = placed(rule, **values)
    assert row["stance"] == stance
    assert (None if pd.isna(row["position"]) else row["position"]) == position


def test_unknown_counts_for_nothing_and_widens_the_range(rule: Rule):
    row = placed(rule, legal_basis="yes", state_funding="unknown", state_informed="yes",
                 prior_authorisation="yes")  # fmt: skip
    assert (row["position"], row["position_min"], row["position_max"]) == (45, 45, 65)
    assert row["stable"]


def test_a_class_that_an_unknown_could_change_is_not_stable(rule: Rule):
    row = placed(rule, legal_basis="yes", state_funding="yes", spending_abroad_limit="unknown",
                 state_informed="yes")  # fmt: skip
    assert (row["stance"], row["position_min"], row["position_max"]) == ("supportive", 65, 80)
    assert not row["stable"]


def test_an_unclassified_state_keeps_its_range(rule: Rule):
    row = placed(rule, legal_basis="yes", associations_channel="partial", state_informed="unknown",
                 prior_authorisation="unknown", spending_abroad_limit="unknown")  # fmt: skip
    assert pd.isna(row["position"])
    assert (row["position_min"], row["position_max"]) == (35, 65)


def test_a_state_that_cannot_act_is_supportive_by_necessity(rule: Rule):
    row = placed(rule, legal_basis="yes", state_funding="yes", state_incapacity="yes")
    assert (row["stance"], row["variant"]) == ("supportive", "by_necessity")


def test_the_small_world(small_world: World):
    table = stances_of(small_world)
    assert table["stance"].to_dict() == {"country:MLI": "restricted", "country:SEN": "supportive"}
    assert table.loc["country:SEN", "position"] == 90
    assert table.loc["country:SEN", "confidence"] == "A"
