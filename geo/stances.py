"""The stance of States: from criteria to a position and a class, by one printed rule.

Weights and thresholds are data (`rule`, `parameters`); this module only applies them, in the
order that the rule states: too little known, then no information reaches the State, then
support, then limits. «unknown» never counts as «no».
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.world import World

CLASSES = ("supportive", "restricted", "uninformed", "unclassified")
VALUES = ("yes", "partial", "no", "unknown")
GRADES = ("A", "B", "C")
Weights = tuple[tuple[str, float], ...]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rule:
    """Points by criterion for «yes», and the thresholds of the classes (points out of 100)."""

    weights: Weights
    limits: tuple[str, ...]
    counted: tuple[str, ...]
    start: float
    supportive: float
    uninformed: float
    partial: float
    min_known: int
    margin: float


@lru_cache(maxsize=32)
def rule_of(world: World, weights: Weights = ()) -> Rule:
    """The rule as the data holds it, with the weights that a person changed.

    A criterion keeps its side: the weight of a limit is given without its sign.
    """
    rows = world.table("rule")
    changed = dict(weights)
    rows["weight"] = [
        float(changed.get(criterion, abs(weight))) * (-1 if weight < 0 else 1)
        for criterion, weight in zip(rows["criterion"], rows["weight"], strict=True)
    ]
    value = world.table("parameters").set_index("name")["value"].astype(float)
    weighted = rows[rows["role"].isin(["support", "limit"])]
    return Rule(
        weights=tuple(zip(weighted["criterion"], weighted["weight"], strict=True)),
        limits=tuple(rows.loc[rows["role"] == "limit", "criterion"]),
        counted=tuple(rows.loc[rows["counted"], "criterion"]),
        start=value["start"],
        supportive=value["supportive_threshold"],
        uninformed=value["uninformed_ceiling"],
        partial=value["partial_share"],
        min_known=int(value["min_known"]),
        margin=value["boundary_margin"],
    )


@lru_cache(maxsize=32)
def stances_of(world: World, weights: Weights = ()) -> pd.DataFrame:
    """One row a coded State: stance, position and its range, stable, strict, confidence.

    Indexed by country_id. `strict` is the class when only cells read in a text count.
    `boundary` says that the position is within the margin of the supportive threshold.
    """
    rule = rule_of(world, weights)
    values, grades = cells_of(world)
    table = classified(values, rule)
    table["strict"] = classified(values.where(grades != "C", "unknown"), rule)["stance"]
    table["confidence"] = _confidence(values, grades, table["stance"], rule)
    table["boundary"] = (table["position"] - rule.supportive).abs() <= rule.margin
    table["boundary"] &= table["stance"] != "uninformed"
    states = world.table("states").set_index("country_id")
    return table.join(states[["date_situation", "source_short", "note_fr", "note_en"]])


@lru_cache(maxsize=32)
def states_of(world: World, weights: Weights = ()) -> Mapping[str, Mapping[Any, Any]]:
    """The rows of `stances_of`, by country."""
    rows = stances_of(world, weights).to_dict("index")
    return MappingProxyType({str(country): row for country, row in rows.items()})


@lru_cache(maxsize=4)
def cells_of(world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Values and grades of the criteria: a row a State, a column a criterion."""
    cells = world.table("criteria").set_index(["country_id", "criterion"])
    criteria = world.table("rule")["criterion"]
    values, grades = (
        cells[column].unstack(fill_value=absent).reindex(columns=criteria, fill_value=absent)
        for column, absent in (("value", "unknown"), ("grade", ""))
    )
    return values.astype(object), grades.astype(object)


def classified(values: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Class, position, range and stability of States.

    `values`: one row a State, one column a criterion, each of VALUES.
    """
    known = (values[list(rule.counted)] != "unknown").sum(axis=1)
    worst, best = _completed(values, rule, "worst"), _completed(values, rule, "best")
    table = pd.DataFrame({"known": known, "stance": _stance(values, rule, known)})
    at = _position(values, rule, table["stance"])
    table["position"] = at.where(table["stance"] != "unclassified")
    low, high = (_position(v, rule, _stance(v, rule, known + 8)) for v in (worst, best))
    ranged = known >= rule.min_known
    table["position_min"] = pd.concat([low, high], axis=1).min(axis=1).where(ranged)
    table["position_max"] = pd.concat([low, high], axis=1).max(axis=1).where(ranged)
    same = (_stance(worst, rule, known) == table["stance"]) & (
        _stance(best, rule, known) == table["stance"]
    )
    table["stable"] = same & (table["stance"] != "unclassified")
    needy = values.get("state_incapacity", pd.Series("no", index=values.index)) == "yes"
    table["variant"] = np.where(needy & (table["stance"] == "supportive"), "by_necessity", "")
    return table


def _shares(values: pd.DataFrame, criteria: Sequence[str], rule: Rule) -> Floats:
    """What each value counts for: 1 for «yes», the rule's share for «partial», else 0."""
    held = values[list(criteria)].to_numpy(object)
    return np.asarray((held == "yes") + rule.partial * (held == "partial"), dtype=float)


def _points(values: pd.DataFrame, rule: Rule) -> pd.Series:
    criteria, weights = zip(*rule.weights, strict=True)
    points = rule.start + _shares(values, criteria, rule) @ np.array(weights)
    return pd.Series(points, index=values.index)


def _unheard(values: pd.DataFrame) -> pd.Series:
    """No information reaches the State, and it neither pays, follows nor authorises."""
    silent = (values[["state_funding", "state_body", "prior_authorisation"]] != "yes").all(axis=1)
    return (values["state_informed"] == "no") & silent


def _stance(values: pd.DataFrame, rule: Rule, known: pd.Series) -> pd.Series:
    limited = values[list(rule.limits)].isin(["yes", "partial"]).any(axis=1)
    unproven = (known < rule.min_known) | (values["prior_authorisation"] == "unknown")
    classes = np.select(
        [unproven, _unheard(values), _points(values, rule) >= rule.supportive, limited],
        ["unclassified", "uninformed", "supportive", "restricted"],
        default="unclassified",
    )
    return pd.Series(classes, index=values.index)


def _position(values: pd.DataFrame, rule: Rule, stance: pd.Series) -> pd.Series:
    """Position on the continuum, 0 to 100: the points, or below the ceiling if uninformed."""
    bottom = ("legal_basis", "associations_channel")
    low = _shares(values, bottom, rule).mean(axis=1) * rule.uninformed
    return _points(values, rule).clip(0, 100).where(stance != "uninformed", low)


def _completed(values: pd.DataFrame, rule: Rule, case: str) -> pd.DataFrame:
    """Every unknown replaced by what places the State lowest, or highest."""
    filled = values.copy()
    for criterion in rule.counted:
        best = "no" if criterion in rule.limits else "yes"
        worst = "yes" if criterion in rule.limits else "no"
        known = values[criterion] != "unknown"
        filled[criterion] = values[criterion].where(known, best if case == "best" else worst)
    return filled


def _confidence(
    values: pd.DataFrame, grades: pd.DataFrame, stance: pd.Series, rule: Rule
) -> pd.Series:
    """A, B or C: how much of what is known was read in a text; empty where not classified."""
    counted = list(rule.counted)
    known = values[counted] != "unknown"
    seen = (grades[counted].isin(["A", "B"]) & known).sum(axis=1) / known.sum(axis=1)
    law = (grades["legal_basis"] == "A") | (grades["prior_authorisation"] == "A")
    sure = (seen >= 0.6) & law & (grades["prior_authorisation"] != "C")
    grade = pd.Series(np.select([sure, seen >= 0.5], ["A", "B"], default="C"), index=values.index)
    grade = grade.where(stance != "uninformed", grades["state_informed"])
    return grade.where(stance != "unclassified", "")
