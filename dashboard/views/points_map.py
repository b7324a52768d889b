"""What maps of points share: the world over France, areas that count what lies in them, names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape

from dashboard.figures import boundaries, frames, traces
from dashboard.figures.labels import Label, kept_in
from dashboard.figures.theme import colour
from dashboard.state import ViewState
from dashboard.views.territories import territories_of
from geo.drawn import country_ids, frame_lines, sheet_of
from geo.places import places_of
from geo.world import World

WORLD_BOX = (0.0, 0.47, 1.0, 1.0)
FRANCE_BOX = (0.0, 0.0, 1.0, 0.45)
# Degrees that a letter and a line of a name take on each map.
ON_WORLD = (3.6, 7.0)
ON_FRANCE = (0.42, 0.75)
SHADES = ("land", "under-2")


def countries(
    world: World, state: ViewState, counted: Mapping[str, int], said: Mapping[int, str], none: str
) -> traces.Trace:
    """Countries, those that hold something apart from the others; under their name `said` of how
    much they hold, else `none`."""
    ids = country_ids(world, state.convention)
    return traces.areas(
        boundaries.address(world, state), ids, [int(counted.get(i, 0) > 0) for i in ids],
        [colour(shade) for shade in SHADES],
        _texts(_headings(world, ids, state.lang), ids, counted, said, none),
        selected=frozenset(state.partner),
    )  # fmt: skip


def france(
    world: World, state: ViewState, counted: Mapping[str, int], said: Mapping[int, str], none: str
) -> list[traces.Trace]:
    """France on its sheet, likewise, with the outlines of its frames."""
    layer = f"{state.option('level')}s"
    sheet = sheet_of(world, layer)
    ids = tuple(sheet.place_ids)
    chosen = territories_of(world, state.territory, state.option("level"))
    lon, lat = frame_lines(sheet)
    return [
        traces.areas(
            f"/geometry/{layer}_inset.{world.version}.json", sheet.keys,
            [int(counted.get(i, 0) > 0) for i in ids],
            [colour(shade) for shade in SHADES],
            _texts(_headings(world, ids, state.lang), ids, counted, said, none),
            geo="geo2", selected=frozenset(chosen),
        ),
        traces.lines(lon, lat, stroke=colour("rule"), width=0.8, geo="geo2"),
    ]  # fmt: skip


@lru_cache(maxsize=16)
def _headings(world: World, place_ids: tuple[str, ...], lang: str) -> list[str]:
    """The name of each place as the mouse reads it first; nothing for what has none."""
    names = places_of(world)
    return [f"<b>{escape(names.name(i, lang))}</b><br>" if i in names else "" for i in place_ids]


def _texts(
    headings: Sequence[str], place_ids: Sequence[str], counted: Mapping[str, int],
    said: Mapping[int, str], none: str,
) -> list[str]:  # fmt: skip
    return [
        head + said.get(counted.get(i, 0), none)
        for head, i in zip(headings, place_ids, strict=True)
    ]


def figure(
    data: list[traces.Trace], state: ViewState, extent: frames.Box = frames.WORLD
) -> frames.Figure:
    """The two maps, one over the other."""
    revision = "-".join((state.view, state.option("level"), state.projection, state.convention))
    return frames.figure(
        data, revision, geo=frames.world(WORLD_BOX, extent, projection=state.projection),
        geo2=frames.france(FRANCE_BOX),
    )  # fmt: skip


def names(
    candidates: Sequence[Label], room: tuple[float, float], geo: str, anchor: str = "top center"
) -> traces.Trace:
    """The first names (name, lon, lat) that fit; `room` is what a letter and a line take."""
    fitting = kept_in(candidates, room)
    return traces.labels(
        [lon for _, lon, _ in fitting], [lat for _, _, lat in fitting],
        [escape(name) for name, _, _ in fitting], geo=geo, anchor=anchor,
    )  # fmt: skip
