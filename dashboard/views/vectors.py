"""Vectors: one view for every kind that the data declare, stocks and flows drawn as such."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from dashboard import filters
from dashboard.catalogue import Catalogue, catalogue
from dashboard.state import ViewState
from dashboard.views.territories import territories_of
from dashboard.views.vectors_map import draw
from dashboard.views.vectors_words import tell
from geo.adding import by_place, values_of
from geo.corridors import UNCODED, group_members
from geo.drawn import sheet_of
from geo.places import FRANCE, places_of
from geo.series import Rows, Series, held_by, kind_of, numbered, rows_of
from geo.stances import stances_of
from geo.values import Flow, Placed, Values, flows_of, latest, leading
from geo.vectors import kinds_of, label, vectors_of
from geo.world import World

__all__ = ["draw", "rows", "select", "shown", "tell"]
LEVELS = {"region": "region", "departement": "departement", "collectivity": "commune"}
MOST = 6  # vectors drawn at once, each with its colour and symbol


@dataclass(frozen=True, eq=False)
class Layer:
    """One vector: its values by country abroad (`far`), by French territory (`near`), and its
    directed quantities (`flows`, empty for what has none). `number` is its place among those
    drawn. A side is None where the vector has no figure there; `elsewhere` are the French levels
    that have some where this one has none."""

    vector: str
    kind: str
    number: int
    far: Values | None
    near: Values | None
    flows: tuple[Flow, ...]
    elsewhere: tuple[str, ...] = ()

    @property
    def sides(self) -> tuple[Values, ...]:
        """The values there are, abroad first."""
        return tuple(side for side in (self.far, self.near) if side is not None)


@dataclass(frozen=True, eq=False)
class Selection:
    """The vectors drawn, under the filters.

    `own` are the layers of exactly what the filters keep, to be counted and told; `layers` are
    drawn, and keep what surrounds a chosen place. `dropped` vectors are beyond MOST; `undated`
    rows were left out by the choice of years.
    """

    layers: tuple[Layer, ...]
    own: tuple[Layer, ...]
    asked: tuple[str, ...]
    dropped: tuple[str, ...]
    undated: int
    unplaced: int
    chosen: frozenset[str]
    partners: frozenset[str]
    level: str

    @property
    def several(self) -> bool:
        """Whether several vectors are drawn together."""
        return len(self.asked) > 1


@lru_cache(maxsize=4)
def default_vectors(world: World) -> tuple[str, ...]:
    """What is shown until someone chooses: the flow with a direction that reaches most places;
    without any, the kind with most figures."""
    table = vectors_of(world).table
    flows = table[(table["measure"] == "flow") & (table["counterpart_id"] != "")]
    held = flows if len(flows) else table
    return tuple(held["kind"].value_counts().index[:1])


def select(world: World, state: ViewState) -> Selection:
    """The values of the vectors asked, under every filter that acts on them.

    A choice of territories leaves the map of France whole, and one of partners that of the world:
    the chosen are told apart there, as on the maps of flows.
    """
    every = state.vector or default_vectors(world)
    asked, kept, level = every[:MOST], kept_by(world, state), LEVELS[state.option("level")]
    layers = [_layer(world, vector, i, kept, level) for i, vector in enumerate(asked)]
    own = layers
    if kept.territory or kept.partners:
        own = [_narrowed(world, layer, kept) for layer in layers]
    apart, kinds = _apart_by_kind(world), {kind_of(world, vector) for vector in asked}
    return Selection(
        layers=tuple(layers), own=tuple(own), asked=asked, dropped=every[MOST:],
        undated=sum(_undated(world, vector, kept) for vector in asked),
        unplaced=sum(apart[kind] for kind in kinds),
        chosen=frozenset(territories_of(world, kept.territory, _drawn_level(state))),
        partners=frozenset(kept.partners), level=level,
    )  # fmt: skip


@lru_cache(maxsize=4)
def _apart_by_kind(world: World) -> Counter[str]:
    """How many rows of each kind are not in the table."""
    return Counter(vectors_of(world).apart["kind"])


@dataclass(frozen=True)
class Kept:
    """What the filters keep of the vectors: years, countries (None for all), territories, and the
    countries of the partners chosen."""

    years: tuple[int, int] | None
    countries: tuple[str, ...] | None
    territory: tuple[str, ...]
    partners: tuple[str, ...]


def kept_by(world: World, state: ViewState) -> Kept:
    """What the filters of a state keep. Figures abroad are by country: a town chosen as partner
    stands for its own."""
    places = places_of(world)
    partners = tuple(dict.fromkeys(places.value(p, "country_id") for p in state.partner))
    narrowed = state.subregion or state.group or state.stance
    countries = _countries(world, state) if narrowed else None
    return Kept(state.years, countries, state.territory, partners)


def _countries(world: World, state: ViewState) -> tuple[str, ...]:
    countries, groups = world.table("countries"), group_members(world)
    subregion = dict(zip(countries["country_id"], countries["m49_subregion"], strict=True))
    stance = stances_of(world, filters.rule_weights(world, state))["stance"].to_dict()
    return tuple(
        country for country in subregion
        if (not state.subregion or subregion[country] in state.subregion)
        and (not state.group or not set(state.group).isdisjoint(groups[country]))
        and (not state.stance or stance.get(country, UNCODED) in state.stance)
    )  # fmt: skip


def _drawn_level(state: ViewState) -> str:
    """The level of the areas of France: départements under the points of collectivities."""
    return "region" if state.option("level") == "region" else "departement"


@lru_cache(maxsize=64)
def _rows(world: World, vector: str, kept: Kept) -> Rows:
    """The rows of a vector that the filters keep; kept from one choice of place to the next."""
    rows, found = rows_of(world, vector), numbered(world)
    if kept.years:
        first, last = kept.years
        rows = rows[(found.year[rows] >= first) & (found.year[rows] <= last)]
    if kept.countries is not None:
        rows = rows[np.isin(found.far[rows], found.ids_at(kept.countries))]
    return held_by(world, rows, kept.territory, kept.partners)


@lru_cache(maxsize=128)
def _values(world: World, vector: str, kept: Kept, level: str) -> Placed:
    """All the values of a vector at a level; abroad, without the series that have France as a
    whole alone, which make no map."""
    values = by_place(world, _rows(world, vector, kept), level)
    if level != "country":
        return values
    away = ~np.isin(values.at, numbered(world).ids_at([FRANCE]))
    return values.only(np.isin(values.series, values.series[away]))


def _undated(world: World, vector: str, kept: Kept) -> int:
    """Rows that a choice of years leaves out because they have none."""
    if not kept.years:
        return 0
    year = numbered(world).year[_rows(world, vector, replace(kept, years=None))]
    return int(np.count_nonzero(year == 0))


def _layer(world: World, vector: str, number: int, kept: Kept, level: str) -> Layer:
    """The values of one vector on both sides, each of the series that serves there."""
    kind = kind_of(world, vector)
    out, here = replace(kept, partners=()), replace(kept, territory=())
    outside, within = _values(world, vector, out, "country"), _values(world, vector, here, level)
    far, near = _chosen_series(outside, within, kind)
    abroad, inside = _rows(world, vector, out), _rows(world, vector, here)
    return Layer(
        vector, kind, number,
        far=values_of(world, abroad, far, "country", outside) if far else None,
        near=values_of(world, inside, near, level, within) if near else None,
        flows=flows_of(world, _rows(world, vector, kept), far or _NONE),
        elsewhere=() if near else _levels_with(world, vector, here, level),
    )  # fmt: skip


def _narrowed(world: World, layer: Layer, kept: Kept) -> Layer:
    """The same series, of exactly the rows that the filters keep."""
    rows = _rows(world, layer.vector, kept)
    far, near = (
        v and values_of(world, rows, v.series, v.level, _values(world, layer.vector, kept, v.level))
        for v in (layer.far, layer.near)
    )
    return replace(layer, far=far, near=near)


_NONE = Series("", "", "", "flow", "", 0)


def _chosen_series(
    outside: Placed, within: Placed, kind: str
) -> tuple[Series | None, Series | None]:
    """The series of each side: the same on both where it has figures on both and covers at least
    half of what the widest covers abroad."""
    far, near = latest(outside).get(kind), leading(within).get(kind)
    if far is None or near is None or far == near:
        return far, near
    here, widest = {found.series for found in within.covered}, outside.covered[0].places
    for found in outside.covered:
        if found.series in here and found.places * 2 >= widest:
            return found.series, found.series
    return far, near


def _levels_with(world: World, vector: str, kept: Kept, level: str) -> tuple[str, ...]:
    """The levels of the view that have a value where this one has none."""
    return tuple(
        name for name, here in LEVELS.items()
        if here != level and len(_values(world, vector, kept, here))
    )  # fmt: skip


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One figure, link, membership or case a row, of the vectors asked (of all when none is)."""
    asked = state.vector or tuple(kinds_of(world)["kind"])
    parts = [_rows(world, vector, kept_by(world, state)) for vector in asked]
    table = vectors_of(world).table.take(np.unique(np.concatenate(parts)))
    words, names = catalogue(state.lang), places_of(world).frame[f"name_{state.lang}"]
    kinds = kinds_of(world).set_index("kind")[f"label_{state.lang}"]
    return pd.DataFrame(
        {
            "kind": table["kind"],
            "vector": table["kind"].map(kinds),
            "place_id": table["place_id"],
            "place": table["place_id"].map(names).fillna(table["place_id"]),
            "level": table["level"],
            "counterpart_id": table["counterpart_id"],
            "counterpart": table["counterpart_id"].map(names).fillna(""),
            "indicator": _labels(world, table, "indicator", words),
            "value": table["value"],
            "unit": _labels(world, table, "unit", words),
            "measure": table["measure"],
            "year": table["year"],
            "estimate": table["estimate"],
            "bound": table["bound"],
            "source": table["source_title"],
            "source_address": table["source_address"],
            "note": table["note"],
            "dataset": table["origin"],
        }
    ).reset_index(drop=True)


def _labels(world: World, table: pd.DataFrame, column: str, words: Catalogue) -> list[str]:
    pairs = zip(table["origin"].tolist(), table[column].tolist(), strict=True)
    return [label(world, origin, code, words.lang) if code else "" for origin, code in pairs]


def shown(world: World, selection: Selection, state: ViewState) -> pd.DataFrame:
    """One value a row, as the maps show it: by country abroad, then by French territory."""
    names = places_of(world).frame[f"name_{state.lang}"]
    kinds = kinds_of(world).set_index("kind")[f"label_{state.lang}"]
    parts = [
        values.table.assign(
            kind=layer.kind, vector=kinds.get(layer.kind, layer.kind), level=values.level,
            indicator=_said(world, values.series, "indicator", state.lang),
            unit=_said(world, values.series, "unit", state.lang),
            measure=values.series.measure, year=values.series.year or None,
        )
        for layer in selection.own for values in layer.sides
    ]  # fmt: skip
    columns = ["kind", "vector", "level", "place_id", "name", "indicator", "value", "unit",
               "measure", "year", "estimate", "bound", "rows", "source_id"]  # fmt: skip
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    named = table["place_id"].map(names).fillna(table["place_id"])
    table = table.assign(name=named, year=table["year"].astype("Int64"))
    return table[columns].reset_index(drop=True)


def _said(world: World, series: Series, what: str, lang: str) -> str:
    code = getattr(series, what)
    return label(world, series.origin, code, lang) if code else ""


def territories_drawn(world: World, state: ViewState) -> int:
    """How many French territories the map of this level has."""
    layer = f"{_drawn_level(state)}s"
    return int(sheet_of(world, layer).territories["place_id"].nunique())
