"""Countries as a convention draws them: their layer, areas of no State, contested limits."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from dashboard.catalogue import catalogue
from dashboard.figures import traces
from dashboard.figures.theme import colour
from dashboard.state import ViewState
from dashboard.telling import Swatch
from geo.conventions import contested_areas, convention_of
from geo.drawn import contested_outlines, unassigned_ids
from geo.world import World


def address(world: World, state: ViewState) -> str:
    """Where the browser finds the countries of the convention that is followed."""
    return f"/geometry/{convention_of(world, state.convention).layer}.{world.version}.json"


def contested(world: World, state: ViewState) -> tuple[traces.Trace, ...]:
    """The areas that the convention gives to no State, on the ground of countries without data,
    and the limits of all that it draws apart, dashed."""
    return _contested(world, ViewState(lang=state.lang, convention=state.convention))


@lru_cache(maxsize=8)
def _contested(world: World, state: ViewState) -> tuple[traces.Trace, ...]:
    lon, lat = contested_outlines(world, state.convention)
    limits = traces.lines(lon, lat, stroke=colour("ink-soft"), width=1)
    limits["line"]["dash"] = "3px,2px"
    ids = unassigned_ids(world, state.convention)
    if not ids:
        return (limits,)
    areas = contested_areas(world)
    areas = areas[areas["convention"] == convention_of(world, state.convention).name]
    names = areas.set_index("area_id")[f"name_{state.lang}"]
    said = catalogue(state.lang).say("contested.no_state")
    texts = [f"<b>{escape(names[i])}</b><br>{said}" for i in ids]
    ground = traces.areas(address(world, state), ids, [0] * len(ids), [colour("land")], texts)
    return ground, limits


def legend(world: World, state: ViewState) -> tuple[Swatch, ...]:
    """What the dashed limits are, where there are any."""
    if not contested_outlines(world, state.convention)[0]:
        return ()
    return (Swatch(catalogue(state.lang).say("contested.limits"), colour("ink-soft"), "limit"),)
