"""The transnationalisation index: a method that is printed, its ingredients, its sensitivity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd

from dashboard.catalogue import catalogue
from dashboard.state import ViewState, Weights
from dashboard.views.index_map import draw
from dashboard.views.index_words import ingredient_name, said_weights, tell
from dashboard.views.territories import territories_of
from geo.places import places_of
from geo.series import kind_of
from geo.transnational import (
    Dichotomy,
    Index,
    Ingredient,
    dichotomy,
    index_of,
    ingredients_of,
    sensitivity,
)
from geo.vectors import label
from geo.world import World

__all__ = ["draw", "rows", "select", "shown", "tell"]


@dataclass(frozen=True, eq=False)
class Ranked:
    """The index under some weights, and its range of ranks by territory (`ranges`, as
    `geo.transnational.sensitivity` gives it, by place_id), whatever is chosen.

    `changed` are the weights that differ from the default.
    """

    index: Index
    ranges: pd.DataFrame
    apart: Dichotomy
    changed: Weights

    @cached_property
    def spread(self) -> dict[str, tuple[float, float]]:
        """The ends of each territory's range of ranks under drawn weights, by place_id."""
        low, high = self.ranges["low"].tolist(), self.ranges["high"].tolist()
        return dict(zip(self.ranges.index.tolist(), zip(low, high, strict=True), strict=True))

    @property
    def used(self) -> tuple[Ingredient, ...]:
        """The ingredients, in the order of the columns."""
        return self.index.ingredients.used


@dataclass(frozen=True, eq=False)
class Selection:
    """The index under the weights of the state, and the territories chosen."""

    ranked: Ranked
    chosen: frozenset[str]


def weights_of(world: World, state: ViewState) -> Weights:
    """The weights that are not the default at the level of a state: those it changes, and zero
    for the ingredients of other vectors than those it asks for."""
    used = ingredients_of(world, state.option("level")).used
    given, asked = dict(state.weights), {kind_of(world, vector) for vector in state.vector}
    weights = (
        (item.key, given.get(item.key, 1.0) if not asked or item.kind in asked else 0.0)
        for item in used
    )
    return tuple((key, weight) for key, weight in weights if weight != 1)


def select(world: World, state: ViewState) -> Selection:
    """The index of every territory; a choice of territories tells them apart and leaves the rest,
    since a rank is one among all."""
    level, changed = state.option("level"), weights_of(world, state)
    chosen = territories_of(world, state.territory, level)
    return Selection(_ranked(world, level, changed), frozenset(chosen))


@lru_cache(maxsize=32)
def _ranked(world: World, level: str, weights: Weights) -> Ranked:
    index = index_of(world, level, weights)
    return Ranked(index, sensitivity(index).set_index("place_id"), dichotomy(index), weights)


def _kept(selection: Selection, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the territories chosen, all of them where none is."""
    chosen = selection.chosen
    return table[table["place_id"].isin(chosen)] if chosen else table


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One ingredient of one territory a row: as published, as scored, its score, its weight."""
    selection = select(world, state)
    index, lang = selection.ranked.index, state.lang
    found = index.ingredients
    words, places = catalogue(lang), found.amounts.index.tolist()
    parts = [
        pd.DataFrame(
            {
                "place_id": places,
                "name": places_of(world).names(places, lang),
                "ingredient": item.key,
                "label": ingredient_name(world, item, words),
                "published": found.amounts[item.key].to_numpy(),
                "published_unit": _unit(world, item, lang),
                "value": found.values[item.key].round(4).to_numpy(),
                "value_unit": words.say(f"index.per.{item.per}"),
                "score": index.scores[item.key].round(2).to_numpy(),
                "weight": index.weights[item.key],
                "year": item.series.year or None,
                "estimate": item.estimate,
                "source": " | ".join(world.sources[key].citation for key in item.sources),
            }
        )
        for item in found.used
    ]
    columns = ["place_id", "name", "ingredient", "label", "published", "published_unit", "value",
               "value_unit", "score", "weight", "year", "estimate", "source"]  # fmt: skip
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat([part.astype({"year": "Int64"}) for part in parts], ignore_index=True)
    return _kept(selection, table).reset_index(drop=True)


def _unit(world: World, item: Ingredient, lang: str) -> str:
    if item.per == "groups":
        return catalogue(lang).say("index.per.groups")
    return label(world, item.series.origin, item.series.unit, lang)


def shown(world: World, selection: Selection, state: ViewState) -> pd.DataFrame:
    """One territory a row: index, rank and its ranges, the score of each ingredient, or why it
    has none; and the weights."""
    words, ranked = catalogue(state.lang), selection.ranked
    table = ranked.index.table
    reasons = {code: words.say(f"index.reason.{code}") for code in set(table["reason"]) - {""}}
    scores = ranked.index.scores.round(2).add_prefix("score_")
    named = table.assign(
        name=table["place_id"].map(places_of(world).frame[f"name_{state.lang}"]),
        index=table["index"].round(2), rank=table["rank"].astype("Int64"),
        reason=table["reason"].map(reasons).fillna(""),
        weights=said_weights(world, ranked, words),
    )  # fmt: skip
    ranges = ranked.ranges[["best", "worst", "low", "high"]].round(1)
    named = named.join(ranges, on="place_id").join(scores, on="place_id")
    first = ["place_id", "name", "index", "rank", "best", "worst", "low", "high", "present",
             "reason", "weights"]  # fmt: skip
    columns = [*first, *(c for c in named.columns if c not in first)]
    return _kept(selection, named[columns]).reset_index(drop=True)
