"""Where the buttons of the page lead: addresses of states next to the one that is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

from dashboard.state import OPTIONS, ViewState, Vocabulary, part, to_query, toggled

# One level further down, on either side of a corridor.
BELOW = {
    "region": "departement", "departement": "collectivity", "country": "admin1", "admin1": "place",
}  # fmt: skip
FRENCH = ("region", "departement", "epci", "commune")


class Go(Protocol):
    """What a template asks for addresses."""

    def __call__(self, parameter: str, value: str) -> str: ...
    def to(self, view: str = "", **changes: Any) -> str: ...


@dataclass(frozen=True)
class Leading:
    """The addresses that lead away from a state."""

    state: ViewState
    known: Vocabulary

    def __call__(self, parameter: str, value: str) -> str:
        """The same with one value of a filter added, or taken out where it was in."""
        values = toggled(getattr(self.state, parameter), value)
        parts = self._parts | {parameter: part(parameter, values) if values else ""}
        return "?" + "&".join(filter(None, parts.values()))

    @cached_property
    def _parts(self) -> dict[str, str]:
        """Each field of the state as the query string has it, "" where it is left out."""
        left_out = vars(ViewState(lang=self.known.lang))
        return {name: "" if value == left_out[name] else part(name, value)
                for name, value in vars(self.state).items()}  # fmt: skip

    def to(self, view: str = "", **changes: Any) -> str:
        """The same filters in another view, with some of them replaced."""
        return address(replace(self.state.in_view(view or self.state.view), **changes), self.known)


def address(state: ViewState, known: Vocabulary) -> str:
    """The query string of a state; «?» for the opening page."""
    return to_query(state, known.lang) or "?"


def into(state: ViewState, place: str) -> ViewState:
    """One level down into a place: it alone is chosen, and what lies in it is told apart. Where
    the view goes no deeper, the sheet of the place."""
    kind = place.split(":", 1)[0]
    side, name = ("level", "territory") if kind in FRENCH else ("partner_level", "partner")
    below = BELOW.get(kind, "")
    chosen: dict[str, Any] = {name: (place,)}
    if below not in OPTIONS[state.view][side]:
        return replace(state.in_view("territory"), **chosen)
    chosen[side] = below
    return replace(state, **chosen)


def upwards(state: ViewState, name: str, path: list[str]) -> list[tuple[str, ViewState]]:
    """The places that hold the one chosen in a filter, widest first, each with the state that
    shows it; `path` is their ids, the chosen one last. The first is the whole: no place at all."""
    side = "level" if name == "territory" else "partner_level"
    levels = OPTIONS[state.view][side]
    blank: dict[str, Any] = {name: (), side: ""}
    found = [("", replace(state, **blank))]
    for place in path:
        below = BELOW.get(place.split(":", 1)[0], "")
        change: dict[str, Any] = {name: (place,), side: below if below in levels else levels[-1]}
        found.append((place, replace(state, **change)))
    return found
