"""The map of networks: one symbol a place, the members chosen over the others, France below."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries, frames, traces
from dashboard.figures.theme import colour, pale
from dashboard.state import ViewState
from dashboard.views import points_map
from geo.drawn import sheet_of
from geo.networks import Gathered, Network, gathered, members_of, networks_of, towns_of
from geo.places import FRANCE, places_of
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.networks import Selection

EXTENT = (-131.0, -47.0, 179.0, 70.0)
MEMBERSHIPS = (1, 2, 3, 5)
SIZES = (7.0, 9.5, 12.0, 15.0)  # pixels
PALE = 4.5
NAMED = 14
SIGNS = {"growing": "↑", "plateau": "=", "shrinking": "↓", "ended": "×", "unknown": "?"}


@dataclass(frozen=True)
class Mark:
    """How some members are drawn; `label` is "" where there is one kind of them only."""

    key: str
    colour: str
    symbol: str
    label: str = ""


FADED = Mark("", pale(colour("ink-soft")), "circle")
APART = Mark("", colour("ink-soft"), "circle-open")


def marks(networks: Mapping[str, Network], chosen: Sequence[str], words: Catalogue) -> list[Mark]:
    """One kind of mark, or three where two networks are chosen: of the one, of the other, of
    both."""
    if len(chosen) != 2:
        return [Mark("all", colour("accent"), "circle")]
    one, other = (networks[key].acronym for key in chosen)
    return [
        Mark(chosen[0], colour("cat-1"), "circle", words.say("networks.only", name=one)),
        Mark(chosen[1], colour("cat-2"), "square", words.say("networks.only", name=other)),
        Mark("both", colour("cat-3"), "diamond", words.say("networks.both")),
    ]


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """The world with its members abroad, France with its own; what is not chosen is pale."""
    words = catalogue(state.lang)
    kept = _hovers(world, selection.places, selection.apart, state.lang)
    said = {**_said(world, state.lang), **kept}
    return points_map.figure(
        [
            *_areas(world, selection, state, words),
            *_points(world, selection, state, said, french=False),
            _seats(selection, state, words),
            *_points(world, selection, state, said, french=True),
        ],
        state, EXTENT,
    )  # fmt: skip


def _areas(
    world: World, selection: Selection, state: ViewState, words: Catalogue
) -> list[traces.Trace]:
    """Countries and French territories that hold members, apart from those that hold none."""
    belong = [place for place, held in selection.places.items() if held.networks]
    places, towns, unit = places_of(world), towns_of(world), f"{state.option('level')}_id"
    abroad = Counter(towns[place].country_id for place in belong)
    here = Counter(places.value(place, unit) for place in belong if place in places)
    said = {n: words.say("networks.members", n=n) for n in {*abroad.values(), *here.values()}}
    none = words.say("networks.none")
    return [
        points_map.countries(world, state, abroad, said, none),
        *boundaries.contested(world, state),
        *points_map.france(world, state, here, said, none),
    ]


def _points(
    world: World, selection: Selection, state: ViewState, said: Mapping[str, str], *, french: bool
) -> list[traces.Trace]:
    """Every place known in pale, then those kept: who belongs by its mark, others hollow; `said`
    is what the mouse reads on each."""
    geo, room = ("geo2", points_map.ON_FRANCE) if french else ("geo", points_map.ON_WORLD)
    at, places = _placed(world, f"{state.option('level')}s")[french], selection.places

    def drawn(keys: Sequence[str], mark: Mark) -> traces.Trace:
        sizes = [PALE if mark == FADED else _size(len(places[key].networks)) for key in keys]
        lon, lat = np.round(np.reshape([at[key] for key in keys], (-1, 2)), 3).T.tolist()
        trace = traces.points(
            lon, lat, sizes, [said[key] for key in keys], keys, fill=mark.colour, geo=geo
        )
        return {**trace, "marker": {**trace["marker"], "symbol": mark.symbol}}

    kept = [key for key in places if key in at]
    belong = [key for key in kept if places[key].networks]
    towns = towns_of(world)
    candidates = [(towns[key].name(state.lang), *at[key]) for key in belong[:NAMED]]
    return [
        drawn([key for key in at if key not in places], FADED),
        *(
            drawn([k for k in belong if mark.key in ("all", _held(places[k], selection))], mark)
            for mark in marks(selection.networks, selection.chosen, catalogue(state.lang))
        ),
        drawn([key for key in kept if not places[key].networks], APART),
        points_map.names(candidates, room, geo),
    ]  # fmt: skip


@lru_cache(maxsize=8)
def _placed(world: World, layer: str) -> Mapping[bool, Mapping[str, tuple[float, float]]]:
    """Where places are drawn (degrees), by whether they are in France, where its sheet has them;
    those without a point are in the table only."""
    towns, places = towns_of(world), places_of(world)
    near = [key for key, town in towns.items() if town.placed and town.french]
    region = [places.value(key, "region_id") if key in places else "" for key in near]
    lon, lat = (np.array([getattr(towns[key], axis) for key in near]) for axis in ("lon", "lat"))
    at = sheet_of(world, layer).placed(lon, lat, region).tolist()
    return {
        True: {key: (x, y) for key, (x, y) in zip(near, at, strict=True)},
        False: {i: (t.lon, t.lat) for i, t in towns.items() if t.placed and not t.french},
    }


def _size(memberships: int) -> float:
    """The size of the symbol of a place in so many networks, in pixels."""
    return SIZES[max(bisect(MEMBERSHIPS, memberships) - 1, 0)]


def _held(place: Gathered, selection: Selection) -> str:
    """Which of the two networks chosen a place is in."""
    mine = [key for key in selection.chosen if key in place.networks]
    return mine[0] if len(mine) == 1 else "both"


@lru_cache(maxsize=4)
def _said(world: World, lang: str) -> Mapping[str, str]:
    """What the mouse reads on each place where no filter chooses."""
    return _hovers(world, gathered(members_of(world)), {}, lang)


def _hovers(
    world: World, places: Mapping[str, Gathered], apart: Mapping[str, list[str]], lang: str
) -> dict[str, str]:
    """Name and country, the networks a place belongs to with their dynamic, the others apart."""
    words, heads = catalogue(lang), _heads(world, lang)
    line = {key: f"<br>{escape(n.acronym)} {SIGNS[n.dynamic]}"
            for key, n in networks_of(world).items()}  # fmt: skip
    count = {len(held.networks) for held in places.values()} - {0}
    several = {n: f"<br>{words.say('networks.n', n=n)}" for n in count} | {0: ""}
    return {
        key: "".join((
            heads[key], several[len(held.networks)], *(line[n] for n in held.networks),
            *(f"<br>{said}" for said in apart.get(key, ())),
        ))
        for key, held in places.items()
    }  # fmt: skip


@lru_cache(maxsize=4)
def _heads(world: World, lang: str) -> Mapping[str, str]:
    """The name of each place, and of its country abroad."""
    places = places_of(world)
    found = {}
    for key, town in towns_of(world).items():
        abroad = town.country_id != FRANCE and town.country_id in places
        of = places.name(town.country_id, lang) if abroad else ""
        name = f"<b>{escape(town.name(lang))}</b>"
        found[key] = f"{name} · {escape(of)}" if of else name
    return found


def _seats(selection: Selection, state: ViewState, words: Catalogue) -> traces.Trace:
    """The seats of the networks chosen, as far as they are known."""
    seated = [n for key in selection.chosen if (n := selection.networks[key]).seat]
    at = [n.seat for n in seated if n.seat]
    texts = [
        words.say("networks.seat", name=escape(n.acronym),
                  seat=escape(n.seat_name_fr if state.lang == "fr" else n.seat_name_en))
        for n in seated
    ]  # fmt: skip
    trace = traces.points(
        [lon for lon, _ in at], [lat for _, lat in at], [13] * len(at), texts,
        [n.seat_country_id for n in seated], fill=colour("ink"),
    )  # fmt: skip
    return {**trace, "marker": {**trace["marker"], "symbol": "star"}}
