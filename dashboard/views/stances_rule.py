"""The rule on stances: in words, as fields that a person changes, and applied to one State."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from dashboard import filters
from dashboard.catalogue import Catalogue, catalogue
from dashboard.state import ViewState
from dashboard.telling import Sheet, SheetLine, WeightField
from geo.places import places_of
from geo.stances import Rule, rule_of, states_of
from geo.world import World

ROLES = ("support", "limit", "information", "context")
PUBLISHED = "published"
Row = Mapping[Any, Any]


@lru_cache(maxsize=32)
def rule_in_words(rule: Rule, world: World, words: Catalogue) -> str:
    """The rule from criteria to class, with its weights and thresholds."""
    label = world.table("rule").set_index("criterion")[f"label_{words.lang}"]
    said = {
        limit: ", ".join(
            f"{_signed(weight, limit, words)} {label[criterion][:1].lower()}{label[criterion][1:]}"
            for criterion, weight in rule.weights
            if (criterion in rule.limits) == limit
        )
        for limit in (False, True)
    }
    return words.say(
        "stances.rule", start=rule.start, supports=said[False], limits=said[True],
        supportive=rule.supportive, uninformed=rule.uninformed, known=rule.min_known,
        counted=len(rule.counted),
    )  # fmt: skip


def _signed(points: float, limit: bool, words: Catalogue) -> str:
    """Points with the sign of their side: «+10», «−7,5»."""
    return f"{'−' if limit else '+'}{words.number(abs(points), 1)}"


def rule_code(world: World, state: ViewState) -> str:
    """What an export says of the rule: `published`, or the weights that were changed."""
    changed = filters.rule_weights(world, state)
    return ";".join(f"{name}={value:g}" for name, value in changed) or PUBLISHED


def weight_fields(world: World, state: ViewState) -> tuple[WeightField, ...]:
    """The weights of the rule, each as a field; limits are given without their sign."""
    return _fields(world, rule_of(world, filters.rule_weights(world, state)), state.lang)


@lru_cache(maxsize=32)
def _fields(world: World, rule: Rule, lang: str) -> tuple[WeightField, ...]:
    label = world.table("rule").set_index("criterion")[f"label_{lang}"]
    usual = dict(rule_of(world).weights)
    return tuple(
        WeightField(name, label[name], f"{abs(weight):g}", f"{abs(usual[name]):g}",
                    "−" if name in rule.limits else "+")
        for name, weight in rule.weights
    )  # fmt: skip


def criteria_sheet(world: World, country: str, state: ViewState) -> Sheet:
    """The criteria of one State: value, points, grade, text or document, date; tools of support
    first, and what the rule makes of them."""
    words, lang = catalogue(state.lang), state.lang
    rule, cells = rule_of(world, filters.rule_weights(world, state)), _cells(world)
    lines = tuple(
        _line(rule, row, cells.get((country, row["criterion"]), {}), words)
        for row in _criteria(world)
    )
    note = str(states_of(world)[country][f"note_{lang}"])
    return Sheet(places_of(world).name(country, lang), note, lines, _result(world, country, state))


@lru_cache(maxsize=4)
def _criteria(world: World) -> list[Row]:
    """The criteria of the rule in the order that they are told."""
    return sorted(world.table("rule").to_dict("records"), key=lambda row: ROLES.index(row["role"]))


@lru_cache(maxsize=4)
def _cells(world: World) -> Mapping[tuple[str, str], Row]:
    """What is known of each State (its id) and criterion."""
    rows = world.table("criteria").fillna("").to_dict("records")
    return {(row["country_id"], row["criterion"]): row for row in rows}


def _line(rule: Rule, criterion: Row, cell: Row, words: Catalogue) -> SheetLine:
    value, grade = str(cell.get("value") or "unknown"), cell.get("grade")
    return SheetLine(
        str(criterion[f"label_{words.lang}"]), words.say(f"value.{value}"),
        words.say("stances.graded", grade=grade) if grade else "",
        str(cell.get("source_title", "")), str(cell.get("source_address", "")),
        str(cell.get("date_situation", "")),
        _points(rule, str(criterion["criterion"]), value, words),
        str(criterion.get(f"{value}_{words.lang}", "")),
        words.say(f"stances.role.{criterion['role']}"),
    )  # fmt: skip


def _points(rule: Rule, criterion: str, value: str, words: Catalogue) -> str:
    """What one answer adds to the position or takes from it; "" where it counts for nothing."""
    share = {"yes": 1.0, "partial": rule.partial}.get(value, 0.0)
    weight = dict(rule.weights).get(criterion, 0.0)
    return _signed(weight * share, criterion in rule.limits, words) if weight * share else ""


def _result(world: World, country: str, state: ViewState) -> str:
    """Class and position, as the rule gives them from the criteria."""
    words, weights = catalogue(state.lang), filters.rule_weights(world, state)
    row = states_of(world, weights)[country]
    stance = words.say(f"stance.{row['stance']}")
    if row["position"] != row["position"]:
        known = len(rule_of(world).counted)
        return words.say("stances.result.none", stance=stance, n=int(row["known"]), counted=known)
    return words.say("stances.result", stance=stance, position=row["position"],
                     low=row["position_min"], high=row["position_max"],
                     confidence=row["confidence"])  # fmt: skip
