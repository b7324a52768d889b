"""The map of the index: France in five classes, and those left out as such."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import frames, traces
from dashboard.figures.scales import Classes, quantile_classes
from dashboard.figures.theme import colour, sequence
from dashboard.state import ViewState
from dashboard.views.diaspora_map import inset_frames
from geo.drawn import sheet_of
from geo.places import places_of
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.index import Selection


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """France in classes of the index; a territory without index has the colour of no data."""
    level = selection.level
    sheet = sheet_of(world, f"{level}s")
    ids = sheet.place_ids
    index = selection.index.table.set_index("place_id")["index"].reindex(ids)
    classes = index_classes(selection).of(index) + 1
    texts = hovers(world, selection, catalogue(state.lang))
    area = traces.areas(
        f"/geometry/{level}s.{world.version}.json", sheet.keys, [int(k) for k in classes],
        [colour("nodata"), *sequence()], [texts.get(i, "") for i in ids],
        selected=selection.chosen,
        faded=[bool(selection.chosen) and i not in selection.chosen for i in ids],
    )  # fmt: skip
    return frames.figure([area, *inset_frames(sheet, state.lang)], f"{state.view}{level}",
                         geo=frames.france())  # fmt: skip


def index_classes(selection: Selection) -> Classes:
    """Five classes that hold as many territories each."""
    values: pd.Series = selection.index.table["index"]
    return quantile_classes(values)


def hovers(world: World, selection: Selection, words: Catalogue) -> dict[str, str]:
    """What the mouse reads of each territory: index, rank with its range, or why it has none."""
    ranges, places, n = selection.spread, places_of(world), len(selection.index.ranked)
    found = {}
    for row in selection.index.table.to_dict("records"):
        place = str(row["place_id"])
        lines = [f"<b>{escape(places.name(place, words.lang))}</b>"]
        if row["reason"]:
            lines += [words.say("no_data"), words.say(f"index.reason.{row['reason']}")]
        else:
            low, high = map(round, ranges[place])
            lines += [
                words.say("index.value", value=words.number(row["index"], 1)),
                words.say("index.rank", rank=int(row["rank"]), n=n, low=low, high=high),
            ]
        lines.append(words.say("index.present", n=int(row["present"]), total=len(selection.used)))
        found[place] = "<br>".join(lines)
    return found
