"""A view of a state: what it selects, its figure and its words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from dashboard import filters
from dashboard.captions import marked
from dashboard.catalogue import catalogue
from dashboard.figures.frames import Figure
from dashboard.figures.present import enlarged
from dashboard.state import ViewState
from dashboard.telling import Told
from dashboard.views import VIEWS
from geo.world import World


@dataclass(frozen=True, eq=False)
class Shown:
    """A view of a state: its figure and its words."""

    figure: Figure
    told: Told


@lru_cache(maxsize=256)
def shown(world: World, state: ViewState) -> Shown:
    """Select, draw and tell; memoised, since a state is hashable and a world immutable."""
    view = VIEWS[state.view]
    selection = view.select(world, state)
    told: Told = view.tell(world, selection, state)
    notes = (*filters.changed_rule(world, state), *told.notes)
    figure = view.draw(world, selection, state)
    if state.present == "1":
        place = told.beside.place if told.beside else ""
        figure = enlarged(figure, place)
    sources = marked(world, told.sources, catalogue(state.lang))
    return Shown(figure, replace(told, notes=notes, sources=sources))
