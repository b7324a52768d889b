"""The small map of a sheet: the links of one place over the world, and France below it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries, frames, hovers, traces
from dashboard.figures.labels import kept_apart
from dashboard.figures.scales import WIDTH_CLASSES, count_classes
from dashboard.figures.theme import colour, sequence
from dashboard.state import ViewState
from dashboard.views.flows_map import arc_lines, counted, placed, with_ends
from dashboard.views.territories import territories_of
from geo import corridors as geo_corridors
from geo.drawn import country_ids, frame_lines, sheet_of
from geo.links import Floats, Groups, Objects, firsts
from geo.places import FRANCE, places_of
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.territory import Selection

WORLD_BOX = (0.0, 0.46, 1.0, 1.0)
FRANCE_BOX = (0.0, 0.0, 1.0, 0.44)
EXTENT = (-136.0, -56.0, 178.0, 73.0)
LAYER = "departements"
NAMED = 6
MANY = 150  # from so many points on, they are smaller
CROWDING = 2.2  # names take more degrees here than on the large map


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """Countries and départements shaded by the links of the sheet, with a line for each link."""
    table = geo_corridors.corridors(selection.links, "collectivity", "place")
    drawn = with_ends(world, table if selection.subject else table.first(0), state)
    data = [
        _countries(world, selection, state),
        *boundaries.contested(world, state),
        *_lines(drawn, state),
        *_france(world, selection, state),
    ]
    data += [*_ends(world, drawn), _names(world, selection, state)]
    far = frames.world(WORLD_BOX, EXTENT, state.projection)
    near = frames.france(FRANCE_BOX)
    return frames.figure(data, f"{state.view} {state.projection}", geo=far, geo2=near)


def _countries(world: World, selection: Selection, state: ViewState) -> traces.Trace:
    ids = country_ids(world, state.convention)
    rows = counted(selection.links, "b_country_id").rows
    places = places_of(world)
    outlined = {places.value(i, "country_id") for i in (selection.subject, *state.partner) if i}
    if selection.subject != FRANCE:
        outlined.discard(FRANCE)
    return traces.areas(
        boundaries.address(world, state), ids, _classes(list(ids), rows),
        [colour("land"), *sequence("under")],
        hovers.areas(places.names(ids, state.lang), [rows.get(i) for i in ids],
                     catalogue(state.lang)),
        selected=frozenset(outlined),
    )  # fmt: skip


def _france(world: World, selection: Selection, state: ViewState) -> list[traces.Trace]:
    sheet = sheet_of(world, LAYER)
    ids, rows = sheet.place_ids, counted(selection.links, "a_departement_id").rows
    places = places_of(world)
    chosen = territories_of(world, state.territory, "departement")
    lon, lat = frame_lines(sheet)
    area = traces.areas(
        f"/geometry/{LAYER}_inset.{world.version}.json", sheet.keys, _classes(ids, rows),
        [colour("land"), *sequence("under")],
        hovers.areas(places.names(ids, state.lang), [rows.get(i) for i in ids],
                     catalogue(state.lang)),
        geo="geo2", selected=frozenset(chosen),
    )  # fmt: skip
    return [area, traces.lines(lon, lat, stroke=colour("rule"), width=0.8, geo="geo2")]


def _classes(ids: list[str], rows: Mapping[str, Mapping[str, Any]]) -> list[int]:
    links = np.array([rows[i]["links"] if i in rows else 0 for i in ids])
    found: list[int] = np.searchsorted(count_classes().bounds, links, side="right").tolist()
    return found


def _lines(drawn: Groups, state: ViewState) -> list[traces.Trace]:
    """A line for each pair of places that both have a point, with its handle for the mouse."""
    drawn = placed(drawn)
    if drawn.empty:
        return []
    lines = arc_lines(drawn)
    middle = np.round(lines[:, lines.shape[1] // 2], 2)
    words = catalogue(state.lang)
    handles = traces.points(
        middle[:, 0].tolist(), middle[:, 1].tolist(), [9] * len(drawn),
        [hovers.corridor(row, words) for row in drawn.records()],
        [f"{a}|{b}" for a, b in zip(drawn["origin"], drawn["dest"], strict=True)],
        fill=colour("corridor"), opacity=0,
    )  # fmt: skip
    return [*traces.corridor_lines(lines, drawn["links"], WIDTH_CLASSES, 1.2), handles]


def _ends(world: World, drawn: Groups) -> list[traces.Trace]:
    """The two ends of links as points: abroad on the world, in France on its sheet."""
    if drawn.empty:
        return []
    far, near = (drawn.taken(firsts(drawn[end])) for end in ("dest", "origin"))
    places = places_of(world)
    regions = [places.value(i, "region_id") for i in near["origin"]]
    at = sheet_of(world, LAYER).placed(near["x0"], near["y0"], regions)
    return [
        _points(far["x1"], far["y1"], far["dest_name"], far["dest"], "geo"),
        _points(at[:, 0], at[:, 1], near["origin_name"], near["origin"], "geo2"),
    ]


def _points(lon: Floats, lat: Floats, names: Objects, ids: Objects, geo: str) -> traces.Trace:
    lon, lat = np.round(lon, 3), np.round(lat, 3)
    known = ~np.isnan(lon) & ~np.isnan(lat)
    size = 5 if known.sum() < MANY else 3
    return traces.points(
        lon[known].tolist(), lat[known].tolist(), [size] * len(ids[known]),
        [f"<b>{escape(name)}</b>" for name in names[known]], ids[known].tolist(),
        fill=colour("corridor-strong"), geo=geo,
    )  # fmt: skip


def _names(world: World, selection: Selection, state: ViewState) -> traces.Trace:
    """The names of the countries with most links, as many as fit."""
    places = places_of(world)
    kept = list(geo_corridors.tally(selection.links, "b_country_id"))[:NAMED]
    at = {places.name(i, state.lang): places.points[i] for i in kept}
    fitting = kept_apart(((name, *point) for name, point in at.items()), CROWDING)
    return traces.labels(
        [x for _, x, _ in fitting], [y for _, _, y in fitting],
        [escape(n) for n, _, _ in fitting], anchor="bottom center",
    )  # fmt: skip


def drawn_notes(words: Catalogue, state: ViewState, statement: str) -> tuple[str, ...]:
    """What goes under the map: the convention, and the two projections."""
    return (
        statement,
        words.say(f"legend.projection.{state.projection}"),
        words.say("legend.frames"),
    )
