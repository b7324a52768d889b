"""From an act of the person and the address as it was, to the state that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dashboard.filters import BY_NAME
from dashboard.leading import into
from dashboard.state import (
    HOME_VIEWS,
    LISTS,
    PROJECTIONS,
    TOPS,
    WEIGHTS,
    WIDTHS,
    YEARS,
    ViewState,
    Vocabulary,
    options_in,
    parse,
)
from geo.places import FRANCE

CHOICES = ("level", "partner_level", "measure", "width", "projection", "convention")
CONTROLS = (*LISTS, "years", *CHOICES, "top")
PLACES = ("territory", "partner", "origin")
DEFAULT = "default"


@dataclass(frozen=True)
class Act:
    """What was done: `source` is url, map or the name of a control; `data` what it gave."""

    source: str
    data: Any = None
    controls: Mapping[str, Any] = field(default_factory=dict)


def act_of(asked: object) -> Act:
    """What the page reports: {source, controls} for a control, {source, place} for the map."""
    told = asked if isinstance(asked, dict) else {}
    controls = told.get("controls")
    return Act(
        str(told.get("source", "")),
        told.get("place"),
        controls if isinstance(controls, dict) else {},
    )


def reconcile(act: Act, query: str, words: Vocabulary, period: tuple[int, int]) -> ViewState:
    """The state after an act. A control's change wins over the address, everything else starts
    from it. `period` is the whole range of the years' slider, which means «all years»."""
    state, _ = parse(query, words)
    if act.source == "map":
        return _clicked(state, act.data, words)
    if act.source == "into":
        return _entered(state, str(act.data or "").split("@")[0], words)
    if act.source == "weights":
        return _weighted(state, act.data, words)
    if act.source in CONTROLS:
        return _controlled(state, act, words, period)
    return state


def control_values(state: ViewState, period: tuple[int, int]) -> dict[str, Any]:
    """The value that each control has in a state."""
    values: dict[str, Any] = {name: list(getattr(state, name)) for name in LISTS}
    values["years"] = list(state.years or period)
    values |= {name: state.option(name) for name in ("level", "partner_level", "measure")}
    drawing = {"width": state.width, "projection": state.projection, "top": str(state.corridors)}
    return {**values, **drawing, "convention": state.convention or DEFAULT}


def cleared(state: ViewState) -> ViewState:
    """The state without the places that were chosen."""
    changes: dict[str, Any] = dict.fromkeys(PLACES, ())
    return replace(state, **changes)


def _clicked(state: ViewState, place: object, words: Vocabulary) -> ViewState:
    """A click on the map: an area is one place, the middle of a corridor its two ends."""
    near, bar, far = str(place or "").split("@")[0].partition("|")
    cases = tuple(near.split(","))
    if all(words.known("case", case) for case in cases):
        rest = tuple(case for case in state.case if case not in cases)
        taken = len(rest) + len(cases) == len(state.case)
        return replace(state, case=rest if taken else (*rest, *cases))
    if bar:
        if not (words.known("territory", near) and words.known("partner", far)):
            return state
        again = (state.territory, state.partner) == ((near,), (far,))
        return replace(state, territory=() if again else (near,), partner=() if again else (far,))
    for name in ("territory", "partner"):
        if words.known(name, near) and (near != FRANCE or state.view in HOME_VIEWS):
            return (
                _alone(state, name, near)
                if state.view == "territory"
                else state.toggled(name, near)
            )
    return state


def _alone(state: ViewState, name: str, place: str) -> ViewState:
    """A sheet is of one place: it takes the place of those chosen on its side, or leaves."""
    change: dict[str, Any] = {name: () if getattr(state, name) == (place,) else (place,)}
    return replace(state, **change)


def _entered(state: ViewState, place: str, words: Vocabulary) -> ViewState:
    """A second click on a place: one level down into it."""
    name = next((n for n in ("territory", "partner") if words.known(n, place)), "")
    return into(state, place) if name and place != FRANCE else state


def _weighted(state: ViewState, given: Any, words: Vocabulary) -> ViewState:
    """Weights changed by the person: {name: number, or None for the default}."""
    held = dict(state.weights)
    for name, number in (given if isinstance(given, dict) else {}).items():
        held.pop(name, None)
        if words.known("weights", str(name)) and isinstance(number, (int, float)):
            held[name] = round(min(max(float(number), WEIGHTS[0]), WEIGHTS[1]), 2)
    return replace(state, weights=tuple(sorted(held.items())))


def _controlled(
    state: ViewState, act: Act, words: Vocabulary, period: tuple[int, int]
) -> ViewState:
    """All filters together, so that two quick changes never undo one another; a choice of how
    to draw only when it is the one that was made, since its default depends on the rest."""
    controls = act.controls
    changes: dict[str, Any] = {
        name: tuple(v for v in _several(controls, name, str) if words.known(name, v))
        for name in BY_NAME
    }
    years = _several(controls, "years", int) or list(period)
    ends = (min(years), max(years))
    changes["years"] = (
        ends if ends != period and YEARS[0] <= ends[0] <= ends[1] <= YEARS[1] else None
    )
    return replace(state, **changes, **_chosen(state, act.source, controls.get(act.source), words))


def _several(controls: Mapping[str, Any], name: str, kind: type) -> list[Any]:
    """The values of one kind that a control holds."""
    held = controls.get(name)
    return [v for v in held if isinstance(v, kind)] if isinstance(held, (list, tuple)) else []


def _chosen(state: ViewState, name: str, value: Any, words: Vocabulary) -> dict[str, Any]:
    """The change that a choice makes; its default leaves the address."""
    if value in options_in(state.view, words).get(name, ()):
        blank: dict[str, Any] = {name: ""}
        default = replace(state, **blank).option(name)
        return {name: "" if value == default else value}
    if name == "top" and str(value) in map(str, TOPS):
        return {"top": 0 if int(value) == TOPS[1] else int(value)}
    if name == "convention" and isinstance(value, str):
        return {"convention": "" if value == DEFAULT else value}
    allowed = {"width": WIDTHS, "projection": PROJECTIONS}
    return {name: value} if value in allowed.get(name, ()) else {}
