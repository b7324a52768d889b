"""The map of flows: corridors over shaded countries, and France beside them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import frames, hovers, traces
from dashboard.figures.labels import kept_apart
from dashboard.figures.scales import WIDTH_CLASSES, Classes, count_classes, quantile_classes
from dashboard.figures.theme import colour, sequence
from dashboard.state import TOPS, ViewState
from dashboard.views.territories import territories_of
from geo import corridors as geo_corridors
from geo.arcs import Floats, arcs
from geo.drawn import country_ids, frame_lines, sheet_of
from geo.places import places_of
from geo.world import World


@dataclass(frozen=True, eq=False)
class Counted:
    """The totals of links by place id, told apart by identity so that what is drawn of them can
    be kept."""

    rows: Mapping[str, Mapping[Hashable, Any]]


@dataclass(frozen=True, eq=False)
class Backdrop:
    """Corridors behind those chosen, told apart by identity too."""

    table: pd.DataFrame


if TYPE_CHECKING:
    from dashboard.views.flows import Selection

EXTENT = (-136.0, -56.0, 178.0, 73.0)
WORLD_BOX = (0.0, 0.22, 1.0, 1.0)
FRANCE_BOX = (0.0, 0.0, 0.25, 0.33)


def with_ends(world: World, table: pd.DataFrame, state: ViewState) -> pd.DataFrame:
    """Corridors with origin_name, dest_name and the points x0, y0, x1, y1 (degrees)."""
    places = places_of(world)
    origins, dests = table["origin"].tolist(), table["dest"].tolist()
    starts = np.array([places.points[i] for i in origins]).reshape(-1, 2)
    ends = np.array([places.points[i] for i in dests]).reshape(-1, 2)
    return table.assign(
        origin_name=places.names(origins, state.lang), dest_name=places.names(dests, state.lang),
        x0=starts[:, 0], y0=starts[:, 1], x1=ends[:, 0], y1=ends[:, 1],
    )  # fmt: skip


def draw(world: World, selection: Selection, state: ViewState) -> frames.Figure:
    """The world with its corridors, and France beside it."""
    words = catalogue(state.lang)
    bounds = width_bounds(selection, state).bounds
    drawn = _placed(with_ends(world, selection.corridors.head(state.corridors), state))
    lines = _lines(drawn)
    chosen = bool(state.territory or state.partner)
    data = [
        _countries(world, selection, state),
        _backdrop(world, selection.around),
        *traces.corridor_lines(lines, drawn["links"].to_numpy(), bounds, 1.6 if chosen else 1),
        _handles(drawn, lines, words),
        _partners(drawn),
        _names(selection, world, state),
        *_france(world, selection, state),
    ]
    return frames.figure(
        data, state.view, geo=frames.world(WORLD_BOX, EXTENT), geo2=frames.france(FRANCE_BOX)
    )


@lru_cache(maxsize=16)
def _backdrop(world: World, around: Backdrop) -> traces.Trace:
    """The pale corridors that a chosen place stands out from."""
    table = _placed(with_ends(world, around.table.head(TOPS[1]), ViewState()))
    return traces.corridor_lines(_lines(table, 7), table["links"].to_numpy(), (0,), emphasis=0)[0]


def _placed(table: pd.DataFrame) -> pd.DataFrame:
    """Corridors whose two ends have a point."""
    return table[(table["x0"].notna() & table["x1"].notna()).to_numpy()]


def _lines(table: pd.DataFrame, points: int = 13) -> Floats:
    return arcs(table[["x0", "y0"]].to_numpy(float), table[["x1", "y1"]].to_numpy(float), points)


def width_bounds(selection: Selection, state: ViewState) -> Classes:
    """Width classes: fixed bounds, or quantiles of what is drawn where «adaptive» is asked."""
    if state.width == "adaptive" and len(selection.corridors):
        found = quantile_classes(selection.corridors.head(state.corridors)["links"].astype(float))
        return Classes(tuple(sorted({max(1.0, round(b)) for b in found.bounds})), 0, whole=True)
    return count_classes(WIDTH_CLASSES)


def _countries(world: World, selection: Selection, state: ViewState) -> traces.Trace:
    ids = country_ids(world)
    kept = set(selection.links["b_country_id"].unique())
    counts = selection.countries.rows
    return traces.areas(
        f"/geometry/countries.{world.version}.json", ids, _classes(ids, counts),
        [colour("land"), *sequence("under")],
        _area_texts(world, ids, selection.countries, state.lang),
        selected=frozenset(state.partner),
        faded=[bool(state.partner) and i in counts and i not in kept for i in ids],
    )  # fmt: skip


def _classes(ids: Sequence[str], rows: Mapping[str, Mapping[Hashable, Any]]) -> list[int]:
    """The class of each area, 0 where it has no link."""
    links = np.array([rows[i]["links"] if i in rows else 0 for i in ids])
    return np.searchsorted(count_classes().bounds, links, side="right").tolist()  # type: ignore[no-any-return]


@lru_cache(maxsize=32)
def _area_texts(world: World, ids: tuple[str, ...], counted: Counted, lang: str) -> list[str]:
    names = places_of(world).names(ids, lang)
    return hovers.areas(names, [counted.rows.get(i) for i in ids], catalogue(lang))


def _handles(drawn: pd.DataFrame, lines: Floats, words: Catalogue) -> traces.Trace:
    """Unseen points at the middle of each corridor, to hover and click."""
    middle = np.round(lines[:, lines.shape[1] // 2], 2)
    return traces.points(
        middle[:, 0].tolist(), middle[:, 1].tolist(), [9] * len(drawn),
        [hovers.corridor(row, words) for row in drawn.to_dict("records")],
        [f"{a}|{b}" for a, b in zip(drawn["origin"], drawn["dest"], strict=True)],
        fill=colour("corridor"), opacity=0,
    )  # fmt: skip


def _partners(drawn: pd.DataFrame) -> traces.Trace:
    ends = dict(zip(drawn["dest"], zip(drawn["x1"], drawn["y1"], strict=True), strict=True))
    trace = traces.points(
        [round(x, 2) for x, _ in ends.values()], [round(y, 2) for _, y in ends.values()],
        [4] * len(ends), [""] * len(ends), list(ends), fill=colour("corridor-strong"),
    )  # fmt: skip
    return {**trace, "hoverinfo": "skip", "hovertemplate": None}


def _names(selection: Selection, world: World, state: ViewState) -> traces.Trace:
    """Names of the partner countries with most links, as many as fit without touching."""
    places = places_of(world)
    kept = geo_corridors.tally(selection.links["b_country_id"]).head(24).index
    candidates = [(places.name(i, state.lang), *places.points[i]) for i in kept]
    fitting = kept_apart(candidates)
    return traces.labels(
        [x for _, x, _ in fitting], [y for _, _, y in fitting], [escape(n) for n, _, _ in fitting],
        anchor="bottom center",
    )  # fmt: skip


def _france(world: World, selection: Selection, state: ViewState) -> list[traces.Trace]:
    layer = "regions" if state.option("level") == "region" else "departements"
    sheet = sheet_of(world, layer)
    ids, counts = sheet.place_ids, selection.territories.rows
    chosen = territories_of(world, state.territory, layer.removesuffix("s"))
    lon, lat = frame_lines(sheet)
    return [
        traces.areas(
            f"/geometry/{layer}_inset.{world.version}.json", sheet.keys, _classes(ids, counts),
            [colour("land"), *sequence("under")],
            _area_texts(world, tuple(ids), selection.territories, state.lang),
            geo="geo2", selected=frozenset(chosen),
            faded=[bool(chosen) and i not in chosen for i in ids],
        ),
        traces.lines(lon, lat, stroke=colour("rule"), width=0.8, geo="geo2"),
    ]  # fmt: skip
