"""The map of flows: corridors over shaded countries, and France beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashboard import filters
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries, frames, hovers, traces
from dashboard.figures.labels import kept_apart
from dashboard.figures.scales import WIDTH_CLASSES, Classes, count_classes, quantile_classes
from dashboard.figures.theme import colour, pale, sequence
from dashboard.state import TOPS, ViewState
from dashboard.views import contested
from dashboard.views.categories import categories
from dashboard.views.territories import territories_of
from geo import corridors as geo_corridors
from geo.arcs import Floats, arcs
from geo.categories import declared_share
from geo.closer import bounds_of, sheet_bounds, units_in
from geo.drawn import country_ids, frame_lines, hatches, sheet_of
from geo.links import Groups, Links, firsts
from geo.places import places_of
from geo.stances import CLASSES, stances_of
from geo.world import World


@dataclass(frozen=True, eq=False)
class Counted:
    """The totals of `links` by the places of a column, told apart by identity so that what is
    drawn of them can be kept."""

    rows: Mapping[str, Mapping[str, Any]]
    links: Links
    column: str


@dataclass(frozen=True, eq=False)
class Backdrop:
    """Corridors behind those chosen, told apart by identity too."""

    table: Groups


def counted(links: Links, column: str) -> Counted:
    """The totals of links by the places of a column."""
    rows = geo_corridors.counts_by(links, column).records()
    return Counted({row["key"]: row for row in rows}, links, column)


if TYPE_CHECKING:
    from dashboard.views.flows import Selection

SMALLER = {"time": 1.6, "matrix": 1.9}  # how much larger letters are where the map is smaller
EXTENT = (-136.0, -56.0, 178.0, 73.0)
# Both maps side by side where one looks into a part of France, of the world, or of both.
LOOKING_IN = {
    (False, True): ((0.36, 0.0, 1.0, 1.0), (0.0, 0.0, 0.35, 1.0)),
    (True, False): ((0.27, 0.0, 1.0, 1.0), (0.0, 0.0, 0.26, 0.4)),
    (True, True): ((0.46, 0.0, 1.0, 1.0), (0.0, 0.0, 0.45, 1.0)),
    (False, False): ((0.0, 0.22, 1.0, 1.0), (0.0, 0.0, 0.25, 0.33)),
}
BELOW = {"region": ("departement", "collectivity")}
DECLARED_CLASSES = Classes((0.001, 25.0, 50.0, 75.0), 100.0)  # % of links that declare
Shading = tuple[list[int], list[str]]


def with_ends(world: World, table: Groups, state: ViewState) -> Groups:
    """Corridors with origin_name, dest_name and the points x0, y0, x1, y1 (degrees)."""
    places = places_of(world)
    origins, dests = table["origin"].tolist(), table["dest"].tolist()
    starts = np.array([places.points[i] for i in origins]).reshape(-1, 2)
    ends = np.array([places.points[i] for i in dests]).reshape(-1, 2)
    return table.joined(
        origin_name=np.array(places.names(origins, state.lang), dtype=object),
        dest_name=np.array(places.names(dests, state.lang), dtype=object),
        x0=starts[:, 0], y0=starts[:, 1], x1=ends[:, 0], y1=ends[:, 1],
    )  # fmt: skip


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """The world with its corridors, and France beside it."""
    words = catalogue(state.lang)
    drawn = placed(with_ends(world, selection.corridors.first(state.corridors), state))
    lines = arc_lines(drawn)
    chosen = bool(state.territory or state.partner)
    data = [
        *_countries(world, selection, state),
        _backdrop(world, selection.around),
        *_corridors(world, selection, state, drawn, lines, 1.6 if chosen else 1),
        _handles(drawn, lines, words),
        _partners(drawn),
        *contested.ends(world, selection.links, state),
        _names(selection, world, state),
        *_france(world, selection, state, drawn),
    ]
    far, near = framed(world, state)
    return frames.figure(data, f"{state.view} {far} {near}", geo=far, geo2=near)


def framed(world: World, state: ViewState) -> tuple[dict[str, Any], dict[str, Any]]:
    """The frames of the world and of France: on the place that is told apart, where one is."""
    country, territory = entered(world, state, "partner"), entered(world, state, "territory")
    world_box, france_box = LOOKING_IN[bool(country), bool(territory)]
    far = frames.world(world_box, EXTENT, state.projection)
    near = frames.france(france_box)
    if country:
        far = frames.around(bounds_of(world, country), world_box)
    if territory:
        near = frames.france(france_box, sheet_bounds(world, territory))
    return far, near


def entered(world: World, state: ViewState, name: str) -> str:
    """The one place chosen on a side where what lies in it is told apart, else ""."""
    chosen: tuple[str, ...] = getattr(state, name)
    if len(chosen) != 1:
        return ""
    places = places_of(world)
    if name == "partner":
        deeper = state.option("partner_level") != "country"
        return places.value(chosen[0], "country_id") if deeper else ""
    level = places.value(chosen[0], "level")
    holder = places.value(chosen[0], "region_id" if level == "region" else "departement_id")
    deeper = state.option("level") in BELOW.get(level, ("collectivity",))
    return holder if deeper else ""


def _corridors(
    world: World, selection: Selection, state: ViewState, drawn: Groups, lines: Floats,
    emphasis: float,
) -> list[traces.Trace]:  # fmt: skip
    """Corridors by their number of links; where they are told apart, one colour a value."""
    bounds, links = width_bounds(selection, state).bounds, drawn["links"]
    if not selection.codes:
        return traces.corridor_lines(lines, links, bounds, emphasis)
    ends = zip(drawn["origin"], drawn["dest"], strict=True)
    codes = np.array([selection.codes[pair] for pair in ends], dtype=object)
    found = []
    for category in reversed(categories(world, selection.measure, state.lang)):
        here = codes == category.code
        if here.any():
            found += traces.corridor_lines(
                lines[here], links[here], bounds, emphasis * 1.3, category.colour
            )
    return found


@lru_cache(maxsize=16)
def _backdrop(world: World, around: Backdrop) -> traces.Trace:
    """The pale corridors that a chosen place stands out from."""
    table = placed(with_ends(world, around.table.first(TOPS[1]), ViewState()))
    return traces.corridor_lines(arc_lines(table, 7), table["links"], (0,), emphasis=0)[0]


def placed(table: Groups) -> Groups:
    """Corridors whose two ends have a point."""
    return table.taken(~np.isnan(table["x0"]) & ~np.isnan(table["x1"]))


def arc_lines(table: Groups, points: int = 13) -> Floats:
    """The curved lines of corridors, (n, points, 2) in degrees."""
    starts, ends = (np.column_stack((table[f"x{end}"], table[f"y{end}"])) for end in (0, 1))
    return arcs(starts, ends, points)


def width_bounds(selection: Selection, state: ViewState) -> Classes:
    """Width classes: fixed bounds, or quantiles of what is drawn where «adaptive» is asked."""
    if state.width == "adaptive" and state.view == "flows" and len(selection.corridors):
        found = quantile_classes(
            pd.Series(selection.corridors.first(state.corridors)["links"], dtype=float)
        )
        return Classes(tuple(sorted({max(1.0, round(b)) for b in found.bounds})), 0, whole=True)
    return count_classes(WIDTH_CLASSES)


def _countries(world: World, selection: Selection, state: ViewState) -> list[traces.Trace]:
    ids = country_ids(world, state.convention)
    kept = set(selection.links.met("b_country_id"))
    counts = selection.countries.rows
    classes, colours = _shaded(world, ids, selection.countries, selection.measure, state)
    inside = entered(world, state, "partner")
    if inside and units_in(world, inside):
        classes = [0 if i == inside else held for i, held in zip(ids, classes, strict=True)]
    area = traces.areas(
        boundaries.address(world, state), ids, classes, colours,
        _area_texts(world, ids, selection.countries, state.lang),
        selected=frozenset() if inside else frozenset(state.partner),
        faded=[bool(state.partner) and i in counts and i not in kept for i in ids],
    )  # fmt: skip
    return [
        area, *boundaries.contested(world, state), *_units(world, selection, state),
        *_unclassified(world, selection, state),
    ]  # fmt: skip


def _unclassified(world: World, selection: Selection, state: ViewState) -> list[traces.Trace]:
    """The hatch of States that were coded and not classified, where areas tell stances."""
    if selection.measure != "stance":
        return []
    stances = stances_of(world, filters.rule_weights(world, state))["stance"]
    unclassified = list(stances.index[stances == "unclassified"])
    return [traces.hatch(hatches(world, state.convention), unclassified)]


def _units(world: World, selection: Selection, state: ViewState) -> list[traces.Trace]:
    """The first-level units of the country that was entered, shaded by links."""
    country = entered(world, state, "partner")
    ids = units_in(world, country) if country else ()
    if not ids:
        return []
    rows = counted(selection.countries.links, "b_admin1_id").rows
    names = places_of(world).names(ids, state.lang)
    texts = hovers.areas(names, [rows.get(i) for i in ids], catalogue(state.lang))
    layer = f"admin1-{country.split(':')[1]}"
    return [
        traces.areas(
            f"/geometry/{layer}.{world.version}.json", ids, _classes(ids, rows),
            [colour("unit"), *sequence("under")], texts, selected=frozenset(state.partner),
        )
    ]  # fmt: skip


def _shaded(
    world: World, ids: Sequence[str], counted: Counted, measure: str, state: ViewState
) -> Shading:
    """The class of each area and the colours of classes: links, stances, or what is declared."""
    if measure == "stance":
        stances = stances_of(world, filters.rule_weights(world, state))["stance"].to_dict()
        order = {name: at + 1 for at, name in enumerate(CLASSES)}
        held = [order.get(stances.get(i, ""), 0) for i in ids]
        return held, [colour("land"), *(pale(colour(name)) for name in CLASSES)]
    if measure in geo_corridors.DECLARED:
        return _declared(ids, counted, measure)
    return _classes(ids, counted.rows), [colour("land"), *sequence("under")]


def _declared(ids: Sequence[str], counted: Counted, measure: str) -> Shading:
    """Areas by the share of their links that declare something of a measure."""
    shares = declared_share(
        counted.links, counted.column, measure, geo_corridors.UNDECLARED
    )["share"].reindex(list(ids))  # fmt: skip
    classes = DECLARED_CLASSES.of(shares) + 2
    colours = [colour("land"), colour("unclassified"), *sequence()[1:]]
    return classes.where(shares.notna(), 0).tolist(), colours


def _classes(ids: Sequence[str], rows: Mapping[str, Mapping[str, Any]]) -> list[int]:
    """The class of each area, 0 where it has no link."""
    links = np.array([rows[i]["links"] if i in rows else 0 for i in ids])
    return np.searchsorted(count_classes().bounds, links, side="right").tolist()  # type: ignore[no-any-return]


@lru_cache(maxsize=32)
def _area_texts(world: World, ids: tuple[str, ...], counted: Counted, lang: str) -> list[str]:
    names = places_of(world).names(ids, lang)
    return hovers.areas(names, [counted.rows.get(i) for i in ids], catalogue(lang))


def _handles(drawn: Groups, lines: Floats, words: Catalogue) -> traces.Trace:
    """Unseen points at the middle of each corridor, to hover and click."""
    middle = np.round(lines[:, lines.shape[1] // 2], 2)
    return traces.points(
        middle[:, 0].tolist(), middle[:, 1].tolist(), [9] * len(drawn),
        [hovers.corridor(row, words) for row in drawn.records()],
        [f"{a}|{b}" for a, b in zip(drawn["origin"], drawn["dest"], strict=True)],
        fill=colour("corridor"), opacity=0,
    )  # fmt: skip


def _partners(drawn: Groups) -> traces.Trace:
    lon, lat = (np.round(drawn[axis], 2).tolist() for axis in ("x1", "y1"))
    ends = dict(zip(drawn["dest"], zip(lon, lat, strict=True), strict=True))
    trace = traces.points(
        [x for x, _ in ends.values()], [y for _, y in ends.values()],
        [4] * len(ends), [""] * len(ends), list(ends), fill=colour("corridor-strong"),
    )  # fmt: skip
    return {**trace, "hoverinfo": "skip", "hovertemplate": None}


def _names(selection: Selection, world: World, state: ViewState) -> traces.Trace:
    """Names of the partners with most links, as many as fit without touching: countries, or the
    units of the country that was entered."""
    places, country = places_of(world), entered(world, state, "partner")
    column = "b_admin1_id" if country else "b_country_id"
    kept = list(geo_corridors.tally(selection.links, column))[:24]
    candidates = [(places.name(i, state.lang), *places.points[i]) for i in kept]
    if state.projection == "globe":
        candidates = [c for c in candidates if frames.on_the_near_side(*c[1:])]
    _, south, _, north = bounds_of(world, country) if country else EXTENT
    size = (north - south) / 170 if country else SMALLER.get(state.view, 1)
    fitting = kept_apart(candidates, size)
    return traces.labels(
        [x for _, x, _ in fitting], [y for _, _, y in fitting], [escape(n) for n, _, _ in fitting],
        anchor="bottom center",
    )  # fmt: skip


def _france(
    world: World, selection: Selection, state: ViewState, drawn: Groups
) -> list[traces.Trace]:
    """France in régions or départements; with the points of collectivities at that level."""
    layer = "regions" if state.option("level") == "region" else "departements"
    sheet = sheet_of(world, layer)
    ids = sheet.place_ids
    classes, colours = _shaded(world, ids, selection.territories, selection.measure, state)
    if selection.measure == "stance":
        classes, colours = [1] * len(ids), [colour("land"), _home_shade(world, state)]
    chosen = territories_of(world, state.territory, layer.removesuffix("s"))
    lon, lat = frame_lines(sheet)
    return [
        traces.areas(
            f"/geometry/{_detail(world, state, layer)}.{world.version}.json", sheet.keys, classes,
            colours,
            _area_texts(world, tuple(ids), selection.territories, state.lang),
            geo="geo2",
            selected=frozenset() if entered(world, state, "territory") else frozenset(chosen),
            faded=[bool(chosen) and i not in chosen for i in ids],
        ),
        traces.lines(lon, lat, stroke=colour("rule"), width=0.8, geo="geo2"),
        *(_collectivities(world, drawn) if state.option("level") == "collectivity" else []),
    ]  # fmt: skip


def _detail(world: World, state: ViewState, layer: str) -> str:
    """The layer of France that suits the size it is drawn at."""
    return layer if entered(world, state, "territory") else f"{layer}_inset"


def _home_shade(world: World, state: ViewState) -> str:
    """The colour of the State that the map is seen from, by its own stance."""
    stances = stances_of(world, filters.rule_weights(world, state))["stance"]
    return pale(colour(stances.get(state.home, "land")))


def _collectivities(world: World, drawn: Groups) -> list[traces.Trace]:
    """The French ends of corridors as points on the sheet, to hover and click."""
    ends = drawn.taken(firsts(drawn["origin"]))
    ids = ends["origin"].tolist()
    regions = [places_of(world).value(i, "region_id") for i in ids]
    at = np.round(
        sheet_of(world, "departements").placed(
            ends["x0"], ends["y0"], regions
        ), 3,
    )  # fmt: skip
    return [
        traces.points(
            at[:, 0].tolist(), at[:, 1].tolist(), [7] * len(ids),
            [escape(name) for name in ends["origin_name"]], ids, fill=colour("corridor-strong"),
            geo="geo2",
        )
    ]  # fmt: skip
