"""Levels finer than the département that figures are shown at: those whose shapes are brought."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd
import pandas as pd

from geo.places import places_of
from geo.schema import LAYER_OF
from geo.world import World

FINER = ("commune", "epci")


@lru_cache(maxsize=8)
def finer_levels(world: World) -> tuple[str, ...]:
    """Those of FINER at which a place has both a shape and a figure on diasporas; mostly none."""
    figures = world.table("figures")["place_id"].unique()
    return tuple(
        level for level in FINER
        if LAYER_OF[level] in world.layers
        and world.layer(LAYER_OF[level])["place_id"].isin(figures).any()
    )  # fmt: skip


def finer_layers(world: World) -> tuple[str, ...]:
    """The layers of those levels."""
    return tuple(LAYER_OF[level] for level in finer_levels(world))


def around_figures(world: World, name: str) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """The shapes of a layer in the départements where one of its places has a figure, and the
    département of each; those of the collectivities of the Pacific and others are left out, as
    the sheet of France has no frame for them."""
    layer, frame = world.layer(name), places_of(world).frame
    unit = layer["place_id"].map(frame["departement_id"]).fillna("")
    figures = world.table("figures")["place_id"].unique()
    units = world.table("departements")
    laid = units.loc[units["zone"] != "com", "departement_id"]
    told = unit[layer["place_id"].isin(figures)]
    kept = unit.isin(told) & unit.isin(laid)
    return layer[kept], unit[kept]
