"""Contested links on a map of flows: where they end, how many, and why they are marked."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import pandas as pd

from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import traces
from dashboard.figures.theme import colour
from dashboard.state import ViewState
from dashboard.telling import Swatch
from dashboard.views.coded import typeset
from geo.conventions import contested_areas, contested_links, convention_of
from geo.joins import joined_links
from geo.places import places_of
from geo.world import World


def contested_among(world: World, links: pd.DataFrame) -> pd.DataFrame:
    """The contested ends of some links (rows of `links_of`): the rows of `contested_links`."""
    found = _contested(world)
    return found[found.index.isin(links.index)]


@lru_cache(maxsize=4)
def _contested(world: World) -> pd.DataFrame:
    """The rows of `contested_links` by the index of their joined link."""
    found, joined = contested_links(world), joined_links(world)
    return found.set_index(joined.index[pd.Index(joined["link_id"]).get_indexer(found["link_id"])])


def ends(world: World, links: pd.DataFrame, state: ViewState) -> list[traces.Trace]:
    """A hollow diamond at each contested place where some links end; nothing where none does."""
    found = contested_among(world, links)
    points = places_of(world).points
    places = [place for place in found["place_id"].unique() if place in points]
    if not places:
        return []
    texts = [_hover(world, found[found["place_id"] == place], state) for place in places]
    trace = traces.points(
        [round(points[p][0], 2) for p in places], [round(points[p][1], 2) for p in places],
        [10] * len(places), texts, places, fill=colour("ink"), opacity=1,
    )  # fmt: skip
    mark = {"symbol": "diamond-open", "line": {"width": 1.6, "color": colour("ink")}}
    return [{**trace, "marker": {**trace["marker"], **mark}}]


def _hover(world: World, rows: pd.DataFrame, state: ViewState) -> str:
    """The place, its links, why it is contested, and who holds its point in the convention."""
    words, row = catalogue(state.lang), rows.iloc[0]
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


def legend(world: World, links: pd.DataFrame, state: ViewState) -> tuple[Swatch, ...]:
    """What the diamond is, where there is one."""
    n = contested_among(world, links)["link_id"].nunique()
    said = catalogue(state.lang).say("contested.mark", n=n)
    return (Swatch(said, colour("ink"), "end"),) if n else ()


def reasons(world: World, links: pd.DataFrame, lang: str) -> pd.Series:
    """Why each joined link is contested, by their index; empty where it is not."""
    told: dict[str, list[str]] = {}
    found = contested_among(world, links)
    for link, reason in zip(found["link_id"], found[f"reason_{lang}"], strict=True):
        told.setdefault(link, []).append(reason)
    joined = [" ".join(dict.fromkeys(told.get(link, ()))) for link in links["link_id"]]
    return pd.Series(joined, links.index, dtype="object")


def notes(world: World, links: pd.DataFrame, state: ViewState) -> list[str]:
    """How many links are contested, and each reason with how many it is of."""
    words, found = catalogue(state.lang), contested_among(world, links)
    if found.empty:
        return []
    by_reason = found.groupby(f"reason_{state.lang}")["link_id"].nunique()
    ranked = by_reason.sort_values(ascending=False, kind="stable")
    reasons = " ".join(
        _reason(typeset(str(reason), words.lang), int(n), words) for reason, n in ranked.items()
    )
    return [words.say("contested.note", n=found["link_id"].nunique(), reasons=reasons)]


def _reason(reason: str, n: int, words: Catalogue) -> str:
    return words.say("contested.reason", number=words.number(n), reason=reason)
