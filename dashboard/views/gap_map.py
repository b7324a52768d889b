"""The map of the gap: residuals on a diverging scale, paler inside the predictive interval."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from dashboard.captions import home_convention
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import frames, traces
from dashboard.figures.theme import colour
from dashboard.state import ViewState
from dashboard.telling import Legend, Swatch
from dashboard.views.diaspora_map import inset_frames
from dashboard.views.gap_words import Row, of_territory, signed
from geo.drawn import sheet_hatches, sheet_of
from geo.places import places_of
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.gap import Selection

BOUNDS = (-1.5, -0.5, 0.5, 1.5)  # residuals, in standard deviations
INSIDE = ("gap-less-2-in", "gap-less-1-in", "gap-mid", "gap-more-1-in", "gap-more-2-in")
OUTSIDE = ("gap-less-2", "gap-less-1", "gap-more-1", "gap-more-2")
TOKENS = ("nodata", *OUTSIDE[:2], *INSIDE, *OUTSIDE[2:], "unclassified")


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """France by the residual of each territory; no figure is a hatch."""
    layer = f"{selection.level}s"
    sheet = sheet_of(world, layer)
    told = {row["place_id"]: row for row in selection.gap.table.to_dict("records")}
    area = traces.areas(
        f"/geometry/{layer}.{world.version}.json", sheet.keys,
        [TOKENS.index(shade(told.get(i))) for i in sheet.place_ids], [colour(t) for t in TOKENS],
        [_hover(world, told.get(i), i, state.lang) for i in sheet.place_ids],
        selected=selection.chosen,
    )  # fmt: skip
    unknown = [key for key, i in zip(sheet.keys, sheet.place_ids, strict=True) if i not in told]
    hatch = traces.hatch(sheet_hatches(world, layer), unknown)
    return frames.figure([area, hatch, *inset_frames(sheet, state.lang)],
                         state.view + selection.level, geo=frames.france())  # fmt: skip


def shade(row: Row | None) -> str:
    """The colour (a token) of a territory: by its residual, paler inside its interval."""
    if row is None:
        return "nodata"
    if not row["verdict"]:
        return "unclassified"
    step = int(np.searchsorted(BOUNDS, row["residual"], side="right"))
    if row["verdict"] == "expected":
        return INSIDE[step]
    if row["verdict"] == "less":
        return OUTSIDE[0] if step == 0 else OUTSIDE[1]
    return OUTSIDE[3] if step == len(BOUNDS) else OUTSIDE[2]


def _hover(world: World, row: Row | None, place_id: str, lang: str) -> str:
    words = catalogue(lang)
    name = f"<b>{escape(places_of(world).name(place_id, lang))}</b>"
    lines = of_territory(row, words) if row is not None else [words.say("no_data")]
    return "<br>".join([name, *map(escape, lines)])


def legend(world: World, selection: Selection, state: ViewState) -> Legend:
    """The classes that occur, outside the interval and inside it, and where nothing is known."""
    words = catalogue(state.lang)
    used = {shade(row) for row in selection.gap.table.to_dict("records")}
    ranges = _ranges(words)
    groups = [
        (words.say("gap.legend.outside"), _swatches(OUTSIDE, [*ranges[:2], *ranges[3:]], used)),
        (words.say("gap.legend.inside"), _swatches(INSIDE, ranges, used)),
    ]
    groups = [group for group in groups if group[1]]
    none = [Swatch(words.say("no_data"), colour("nodata"), "hatch")]
    if "unclassified" in used:
        none.insert(0, Swatch(words.say("gap.no_model"), colour("unclassified")))
    notes = (
        *((words.say("gap.legend.note"),) if groups else ()), words.say("legend.frames"),
        home_convention(world, state.lang, state.convention),
    )  # fmt: skip
    return Legend(groups=(*groups, ("", tuple(none))), notes=notes)


def _ranges(words: Catalogue) -> list[str]:
    """«< −1,5», «−1,5 à −0,5», …, «> 1,5»."""
    said = [signed(words, bound, 1, plus=True) for bound in BOUNDS]
    between = [words.say("gap.range", low=a, high=b) for a, b in pairwise(said)]
    return [f"< {said[0]}", *between, f"> {said[-1]}"]


def _swatches(tokens: tuple[str, ...], labels: list[str], used: set[str]) -> tuple[Swatch, ...]:
    return tuple(
        Swatch(label, colour(token))
        for token, label in zip(tokens, labels, strict=True) if token in used
    )  # fmt: skip
