"""What a state asks of the diasporas: the people by territory, their origins, their change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from dashboard import filters
from dashboard.figures.scales import Classes, quantile_classes
from dashboard.state import ViewState
from dashboard.views.territories import territories_of
from geo import diaspora as geo_diaspora
from geo.corridors import UNCODED, group_members
from geo.drawn import sheet_of
from geo.links import Groups, largest_first
from geo.places import FRANCE, places_of
from geo.schema import LAYER_OF
from geo.sited import subregions
from geo.stances import states_of
from geo.world import World

COUNTRY_FIGURES = {"immigrants": "area:FRA-METRO", "foreigners": FRANCE, "born_abroad": ""}
Row = Mapping[Any, Any]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A stock in the territories that the map draws; `undrawn` ones have a figure and no shape."""

    stock: geo_diaspora.Stock
    undrawn: int

    @cached_property
    def rows(self) -> Sequence[Row]:
        """A territory a row, the largest share first, those without one last."""
        rows = self.stock.rows
        return rows.taken(largest_first(rows["share"])).records()

    @cached_property
    def classes(self) -> Classes:
        """The classes of the share."""
        return quantile_classes(pd.Series(self.stock.rows["share"]))


@dataclass(frozen=True, eq=False)
class Selection:
    """What is drawn, the origins it counts, its change over time, its ranked origins."""

    drawn: Drawn
    origins: tuple[str, ...]
    asked: str
    chosen: frozenset[str]
    ranked: Groups
    series: Groups
    territories: int
    level: str

    @property
    def stock(self) -> geo_diaspora.Stock:
        """People by territory."""
        return self.drawn.stock


def origins_of(world: World, state: ViewState) -> tuple[str, ...]:
    """Countries of origin that the filters leave; empty means all people, not «none»."""
    places = places_of(world)
    named = state.origin or tuple(
        dict.fromkeys(places.value(p, "country_id") for p in state.partner)
    )
    narrowing = state.subregion or state.group or state.stance
    if not narrowing:
        return named
    groups, subregion = group_members(world), subregions(world)
    states = states_of(world, filters.rule_weights(world, state))
    stance = {country: row["stance"] for country, row in states.items()}
    kept = [
        country
        for country in (named or subregion)
        if (not state.subregion or subregion[country] in state.subregion)
        and (not state.group or not set(state.group).isdisjoint(groups[country]))
        and (not state.stance or stance.get(country, UNCODED) in state.stance)
        and country != FRANCE
    ]
    return tuple(kept) or ("country:none",)


def select(world: World, state: ViewState) -> Selection:
    """The stock that the filters ask for, under a definition that has it by origin."""
    origins, level = origins_of(world, state), state.option("level")
    asked = state.option("measure")
    definition = "born_abroad" if origins else asked
    drawn = _drawn(world, definition, origins, level, state.years)
    chosen = tuple(sorted(territories_of(world, state.territory, level)))
    return Selection(
        drawn=drawn, origins=origins, asked=asked, chosen=frozenset(chosen),
        ranked=_origins(world, definition, chosen),
        series=_series(world, asked, chosen or tuple(drawn.stock.rows["place_id"])),
        territories=len(set(sheet_of(world, LAYER_OF[level]).place_ids)), level=level,
    )  # fmt: skip


@lru_cache(maxsize=64)
def stock_of(
    world: World, definition: str, origins: tuple[str, ...], level: str,
    years: tuple[int, int] | None,
) -> geo_diaspora.Stock:  # fmt: skip
    """The stock does not depend on the territories chosen: kept from one choice to the next."""
    return geo_diaspora.stock(geo_diaspora.figures_of(world), definition, origins, level, years)


@lru_cache(maxsize=64)
def _drawn(
    world: World, definition: str, origins: tuple[str, ...], level: str,
    years: tuple[int, int] | None,
) -> Drawn:  # fmt: skip
    """The part of the stock that the map draws: kept likewise."""
    told = stock_of(world, definition, origins, level, years)
    stock = told.within(set(sheet_of(world, LAYER_OF[level]).place_ids))
    return Drawn(stock, len(told.rows) - len(stock.rows))


@lru_cache(maxsize=64)
def _origins(world: World, definition: str, chosen: tuple[str, ...]) -> Groups:
    """Countries of origin in the chosen territories, else in the whole country."""
    figures = geo_diaspora.figures_of(world)
    if chosen:
        return geo_diaspora.origins_ranked(figures, "born_abroad", chosen)
    if definition == "born_abroad":
        regions = list(world.table("regions")["region_id"])
        return geo_diaspora.origins_ranked(figures, definition, regions)
    return geo_diaspora.origins_ranked(figures, definition, [COUNTRY_FIGURES[definition]])


@lru_cache(maxsize=64)
def _series(world: World, definition: str, territories: tuple[str, ...]) -> Groups:
    """The change over time, kept likewise."""
    return geo_diaspora.series(geo_diaspora.figures_of(world), definition, territories)


def definition_of(world: World, definition: str) -> Row:
    """The words of a definition: its row of the table."""
    return _definitions(world)[definition]


@lru_cache(maxsize=4)
def _definitions(world: World) -> Mapping[str, Row]:
    return {row["definition"]: row for row in world.table("definitions").to_dict("records")}
