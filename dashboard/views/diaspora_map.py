"""The map of diasporas: France in classes of a share, overseas and Paris in their frames."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashboard.catalogue import catalogue
from dashboard.figures import frames, traces
from dashboard.figures.theme import colour, sequence
from dashboard.state import ViewState
from dashboard.views.territories import territories_of
from geo.drawn import frame_lines, sheet_of
from geo.finer import FINER
from geo.insets import Sheet
from geo.places import places_of
from geo.schema import LAYER_OF
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.diaspora_stock import Selection

MARGIN = 0.04  # of what is drawn of a finer level, on each side


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """France in classes of the share, overseas and Paris in frames of their own."""
    level = state.option("level")
    layer = LAYER_OF[level]
    sheet = sheet_of(world, layer)
    told = {row["place_id"]: row for row in selection.drawn.rows}
    share = pd.Series([told[i]["share"] if i in told else np.nan for i in sheet.place_ids])
    area = traces.areas(
        f"/geometry/{layer}.{world.version}.json", sheet.keys,
        (selection.drawn.classes.of(share) + 1).tolist(), [colour("nodata"), *sequence()],
        [_hover(world, selection, i, told.get(i), state.lang) for i in sheet.place_ids],
        selected=selection.chosen & {*state.territory} if level in FINER else selection.chosen,
        faded=[bool(selection.chosen) and i not in selection.chosen for i in sheet.place_ids],
    )  # fmt: skip
    wider = tuple(i for i in state.territory if level in FINER and not i.startswith(f"{level}:"))
    return frames.figure(
        [area, *inset_frames(sheet, state.lang)],
        "-".join((state.view, level, *wider)),
        geo=frames.france(extent=_extent(world, sheet, level, wider)),
    )  # fmt: skip


def _extent(world: World, sheet: Sheet, level: str, wider: tuple[str, ...]) -> frames.Box:
    """The whole sheet of France; of a finer level the part of it that has shapes, or that is in
    the `wider` territories chosen (degrees)."""
    if level not in FINER:
        return frames.FRANCE
    drawn, inside = sheet.territories, territories_of(world, wider, level)
    here = drawn[drawn["place_id"].isin(inside)] if wider else drawn
    here = drawn if here.empty else here
    west, south, east, north = map(float, here.total_bounds)
    margin = max(east - west, north - south) * MARGIN
    return west - margin, south - margin, east + margin, north + margin


def inset_frames(sheet: Sheet, lang: str) -> list[traces.Trace]:
    """The outlines of the inset frames and their names with their scale."""
    words, names = catalogue(lang), sheet.names
    lon, lat = frame_lines(sheet)
    said = [words.say(f"frame.{key}", scale=round(scale, 1)) for key, _, _, scale in names]
    return [
        traces.lines(lon or [None], lat or [None], stroke=colour("rule"), width=0.8),
        traces.labels([n[1] for n in names], [n[2] for n in names], said,
                      anchor="bottom right", size=10, meta=traces.FRAME),
    ]  # fmt: skip


def _hover(
    world: World, selection: Selection, place_id: str, row: Mapping[Hashable, Any] | None, lang: str
) -> str:
    words = catalogue(lang)
    name = escape(places_of(world).name(place_id, lang))
    if row is None:
        return f"<b>{name}</b><br>{words.say('no_data')}"
    lines = [f"<b>{name}</b>"]
    if row["share"] == row["share"]:
        lines.append(words.say("diaspora.share", share=words.percent(row["share"])))
    if row["number"] > 0:
        at_least = row["bound"] == "lower"
        key = "diaspora.at_least" if at_least else "diaspora.number"
        lines.append(words.say(key, n=int(row["number"])))
    if row["estimate"]:
        lines.append(words.say("estimate"))
    source = world.sources[row["source_id"]]
    lines.append(f"{selection.stock.year} · {escape(source.producer)}")
    return "<br>".join(lines)
