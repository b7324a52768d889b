"""Contested links on a map of flows: where they end, how many, and why they are marked."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import traces
from dashboard.figures.theme import colour
from dashboard.state import ViewState
from dashboard.telling import Swatch
from dashboard.views.coded import typeset
from geo.conventions import contested_areas, contested_links, convention_of
from geo.joins import joined_links
from geo.links import Indices, Links
from geo.places import places_of
from geo.world import World

Ends = Sequence[Mapping[Hashable, Any]]


def contested_among(world: World, at: Indices) -> Ends:
    """The contested ends of some links, by their positions: the rows of `contested_links`."""
    positions, ends = _contested(world)
    kept = np.isin(positions, at)
    return [end for end, held in zip(ends, kept.tolist(), strict=True) if held]


@lru_cache(maxsize=4)
def _contested(world: World) -> tuple[Indices, Ends]:
    """The rows of `contested_links`, each with the position of its link."""
    found, links = contested_links(world), joined_links(world)["link_id"]
    return pd.Index(links).get_indexer(found["link_id"]), found.to_dict("records")


def _links_in(ends: Ends) -> int:
    return len({end["link_id"] for end in ends})


def ends(world: World, links: Links, state: ViewState) -> list[traces.Trace]:
    """A hollow diamond at each contested place where some links end; nothing where none does."""
    points = places_of(world).points
    found: dict[str, list[Mapping[Hashable, Any]]] = {}
    for end in contested_among(world, links.at):
        if end["place_id"] in points:
            found.setdefault(str(end["place_id"]), []).append(end)
    if not found:
        return []
    texts = [_hover(world, held, state) for held in found.values()]
    trace = traces.points(
        [round(points[p][0], 2) for p in found], [round(points[p][1], 2) for p in found],
        [10] * len(found), texts, list(found), fill=colour("ink"), opacity=1,
    )  # fmt: skip
    mark = {"symbol": "diamond-open", "line": {"width": 1.6, "color": colour("ink")}}
    return [{**trace, "marker": {**trace["marker"], **mark}}]


def _hover(world: World, rows: Ends, state: ViewState) -> str:
    """The place, its links, why it is contested, and who holds its point in the convention."""
    words, row = catalogue(state.lang), rows[0]
    convention = convention_of(world, state.convention)
    held = _name(world, str(row[f"in_{convention.name}"]), state.lang)
    return "<br>".join([
        f"<b>{escape(places_of(world).name(str(row['place_id']), state.lang))}</b>",
        words.say("contested.n_links", n=len(rows)),
        *_lines(escape(typeset(str(row[f"reason_{state.lang}"]), state.lang))),
        words.say("contested.held", convention=escape(convention.label(state.lang)),
                  place=escape(held or words.say("contested.nobody"))),
    ])  # fmt: skip


def _lines(text: str, width: int = 60) -> list[str]:
    """A text in lines that a hover can hold."""
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _name(world: World, place: str, lang: str) -> str:
    places = places_of(world)
    return places.name(place, lang) if place in places else _areas(world, lang).get(place, "")


@lru_cache(maxsize=4)
def _areas(world: World, lang: str) -> dict[str, str]:
    areas = contested_areas(world)
    return dict(zip(areas["area_id"], areas[f"name_{lang}"], strict=True))


def legend(world: World, links: Links, state: ViewState) -> tuple[Swatch, ...]:
    """What the diamond is, where there is one."""
    n = _links_in(contested_among(world, links.at))
    said = catalogue(state.lang).say("contested.mark", n=n)
    return (Swatch(said, colour("ink"), "end"),) if n else ()


def reasons(world: World, links: pd.DataFrame, lang: str) -> pd.Series:
    """Why each joined link is contested, by their index; empty where it is not."""
    told: dict[str, list[str]] = {}
    found = contested_among(world, links.index.to_numpy())
    for end in found:
        told.setdefault(end["link_id"], []).append(end[f"reason_{lang}"])
    joined = [" ".join(dict.fromkeys(told.get(link, ()))) for link in links["link_id"]]
    return pd.Series(joined, links.index, dtype="object")


def notes(world: World, links: Links, state: ViewState) -> list[str]:
    """How many links are contested, and each reason with how many it is of."""
    words, found = catalogue(state.lang), contested_among(world, links.at)
    if not found:
        return []
    by_reason: dict[str, set[str]] = {}
    for end in found:
        by_reason.setdefault(str(end[f"reason_{state.lang}"]), set()).add(end["link_id"])
    ranked = sorted(by_reason.items(), key=lambda held: (-len(held[1]), held[0]))
    reasons = " ".join(
        _reason(typeset(reason, words.lang), len(held), words) for reason, held in ranked
    )
    return [words.say("contested.note", n=_links_in(found), reasons=reasons)]


def _reason(reason: str, n: int, words: Catalogue) -> str:
    return words.say("contested.reason", number=words.number(n), reason=reason)
