"""The map of the index: France in five classes, and those left out as such."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

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
    from dashboard.views.index import Ranked, Selection


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """France in classes of the index; a territory without index has the colour of no data."""
    ranked, chosen = selection.ranked, selection.chosen
    level = ranked.index.level
    sheet = sheet_of(world, f"{level}s")
    classes, texts = _areas(world, ranked, catalogue(state.lang))
    area = traces.areas(
        f"/geometry/{level}s.{world.version}.json", sheet.keys, classes,
        [colour("nodata"), *sequence()], texts, selected=chosen,
        faded=[bool(chosen) and i not in chosen for i in sheet.place_ids],
    )  # fmt: skip
    return frames.figure([area, *inset_frames(sheet, state.lang)], f"{state.view}{level}",
                         geo=frames.france())  # fmt: skip


@lru_cache(maxsize=16)
def _areas(world: World, ranked: Ranked, words: Catalogue) -> tuple[list[int], list[str]]:
    """The class and the words of each area of the sheet."""
    ids = sheet_of(world, f"{ranked.index.level}s").place_ids
    index = ranked.index.table.set_index("place_id")["index"].reindex(ids)
    texts = hovers(world, ranked, words)
    return (index_classes(ranked).of(index) + 1).tolist(), [texts.get(i, "") for i in ids]


@lru_cache(maxsize=32)
def index_classes(ranked: Ranked) -> Classes:
    """Five classes that hold as many territories each."""
    return quantile_classes(ranked.index.table["index"])


def hovers(world: World, ranked: Ranked, words: Catalogue) -> dict[str, str]:
    """What the mouse reads of each territory: index, rank with its range, or why it has none."""
    ranges, places, n = ranked.spread, places_of(world), len(ranked.index.ranked)
    found = {}
    for row in ranked.index.table.to_dict("records"):
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
        lines.append(words.say("index.present", n=int(row["present"]), total=len(ranked.used)))
        found[place] = "<br>".join(lines)
    return found
