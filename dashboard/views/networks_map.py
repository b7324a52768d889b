"""The map of networks: one symbol a place, the members chosen over the others, France below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries, frames, traces
from dashboard.figures.scales import count_classes
from dashboard.figures.theme import colour, pale
from dashboard.state import ViewState
from dashboard.views import points_map
from geo.drawn import sheet_of
from geo.networks import Network, gathered, members_of
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
    return points_map.figure(
        [
            *_areas(world, selection, state, words),
            *_points(world, selection, state, words, french=False),
            _seats(selection, state, words),
            *_points(world, selection, state, words, french=True),
        ],
        state, EXTENT,
    )  # fmt: skip


def _areas(
    world: World, selection: Selection, state: ViewState, words: Catalogue
) -> list[traces.Trace]:
    """Countries and French territories that hold members, apart from those that hold none."""
    places = selection.places[selection.places["memberships"] > 0]
    frame = places_of(world).frame
    units = frame[f"{state.option('level')}_id"].reindex(places["place_id"])
    none = words.say("networks.none")
    abroad, here = (points_map.tallied(ids.tolist()) for ids in (places["country_id"], units))
    said = [{i: words.say("networks.members", n=n) for i, n in each.items()}
            for each in (abroad, here)]  # fmt: skip
    return [
        points_map.countries(world, state, abroad, said[0], none),
        *boundaries.contested(world, state),
        *points_map.france(world, state, here, said[1], none),
    ]


def _points(
    world: World, selection: Selection, state: ViewState, words: Catalogue, *, french: bool
) -> list[traces.Trace]:
    """Every place known in pale, then those kept: who belongs by its mark, others hollow."""
    geo = "geo2" if french else "geo"
    around = _placed(world, _everyone(world), state, french)
    kept = _placed(world, selection.places, state, french)
    rest = around[~around["place_id"].isin(kept["place_id"])]
    belongs, apart = kept[kept["memberships"] > 0], kept[kept["memberships"] == 0]
    found = [_trace(world, selection, rest, FADED, geo, state)]
    for mark in marks(selection.networks, selection.chosen, words):
        of_it = [mark.key in ("all", _held(row, selection)) for row in belongs["networks"]]
        mine = belongs[np.array(of_it, dtype=bool)]
        found.append(_trace(world, selection, mine, mark, geo, state))
    found.append(
        _trace(world, selection, apart, Mark("", colour("ink-soft"), "circle-open"), geo, state)
    )
    said = belongs.head(NAMED)
    name = said["name_fr" if state.lang == "fr" else "name_en"]
    candidates = list(zip(name, said["lon"], said["lat"], strict=True))
    room = points_map.ON_FRANCE if french else points_map.ON_WORLD
    return [*found, points_map.names(candidates, room, geo)]


@lru_cache(maxsize=4)
def _everyone(world: World) -> pd.DataFrame:
    return gathered(members_of(world))


def _placed(world: World, places: pd.DataFrame, state: ViewState, french: bool) -> pd.DataFrame:
    """Places of France where its sheet has them, or those abroad; those without a point are in
    the table only."""
    rows = places[(places["french"] == french) & places["lon"].notna() & places["lat"].notna()]
    if not french:
        return rows
    region = places_of(world).frame["region_id"].reindex(rows["place_id"]).fillna("").tolist()
    sheet = sheet_of(world, f"{state.option('level')}s")
    at = sheet.placed(rows["lon"].to_numpy(float), rows["lat"].to_numpy(float), region)
    return rows.assign(lon=at[:, 0], lat=at[:, 1])


def _held(networks: Sequence[str], selection: Selection) -> str:
    """Which of the two networks chosen a place is in."""
    mine = [key for key in selection.chosen if key in networks]
    return mine[0] if len(mine) == 1 else "both"


def _trace(
    world: World, selection: Selection, places: pd.DataFrame, mark: Mark, geo: str, state: ViewState
) -> traces.Trace:
    classes = count_classes(MEMBERSHIPS).of(places["memberships"].astype(float)).clip(lower=0)
    trace = traces.points(
        places["lon"].round(3).tolist(), places["lat"].round(3).tolist(),
        [PALE if mark == FADED else SIZES[k] for k in classes.astype(int)],
        [_hover(world, selection, row, state) for row in places.to_dict("records")],
        places["place_id"].tolist(), fill=mark.colour, geo=geo,
    )  # fmt: skip
    return {**trace, "marker": {**trace["marker"], "symbol": mark.symbol}}


def _hover(
    world: World, selection: Selection, place: Mapping[object, object], state: ViewState
) -> str:
    """Name and country, the networks it belongs to with their dynamic, the others apart."""
    words, places = catalogue(state.lang), places_of(world)
    country = str(place["country_id"])
    name = escape(str(place[f"name_{state.lang}"]))
    of = "" if country == FRANCE or country not in places else places.name(country, state.lang)
    lines = [f"<b>{name}</b>{f' · {escape(of)}' if of else ''}"]
    held = [selection.networks[key] for key in _listed(place["networks"])]
    if held:
        said = [f"{escape(n.acronym)} {SIGNS[n.dynamic]}" for n in held]
        lines.append(f"{words.say('networks.n', n=len(held))}<br>{'<br>'.join(said)}")
    lines += selection.apart.get(str(place["place_id"]), [])
    return "<br>".join(lines)


def _listed(cell: object) -> list[str]:
    return cell if isinstance(cell, list) else []


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
