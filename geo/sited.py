"""Places told by their point: what contains each, its State, and which side of a choice it is on.

A network's member or a case stands for itself: it has no other end. A choice of territories takes
French collectivities, a choice of partners, subregion, group or stance takes places by their State.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.corridors import UNCODED, group_members
from geo.joins import Joined, locate, units_of
from geo.places import ANCESTORS, FRANCE, places_of
from geo.schema import CRS
from geo.stances import stances_of
from geo.world import World

Mask = npt.NDArray[np.bool_]
Wanted = Mapping[str, tuple[str, ...]]

# The columns that hold the values of a filter of place, on either side.
NEAR = {"territory": ("place_id", "region_id", "departement_id", "epci_id", "ept_id")}
FAR: Mapping[str, tuple[str, ...]] = {
    "partner": ("place_id", "admin1_id", "country_id"),
    "subregion": ("subregion",),
    "group": ("groups",),
    "stance": ("stance",),
}


def joined(world: World, rows: pd.DataFrame) -> tuple[pd.DataFrame, Joined]:
    """Places with all that contains each: by code, then by where the point lies.

    `rows`: place_id (unique), country_id, lon, lat in EPSG:4326. Answers the rows with the columns
    of ANCESTORS, subregion, groups, stance and name_fr, name_en (empty where no table names the
    place), and the join to units: régions or départements in France, first-level units abroad.
    """
    known = places_of(world).frame.drop(columns=["lon", "lat", "country_id"])
    held = known.reindex(rows["place_id"]).set_axis(rows.index)
    ancestors = [c for c in ANCESTORS if c != "country_id"]
    found = rows.assign(**{c: held[c].fillna("") for c in (*ancestors, "name_fr", "name_en")})
    french = found["country_id"] == FRANCE
    code = found["departement_id"].where(found["departement_id"] != "", found["region_id"])
    units = locate(_points(found, code.where(french, found["admin1_id"])), _units(world))
    unit = found["place_id"].map(units.located.set_index("place_id")["unit_id"]).fillna("")
    return _of_state(world, _within(world, found, unit)), units


def _points(rows: pd.DataFrame, code: pd.Series) -> gpd.GeoDataFrame:
    at = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), index=rows.index)
    return gpd.GeoDataFrame(
        {"place_id": rows["place_id"], "country_id": rows["country_id"], "unit_id": code},
        geometry=at.where(rows["lon"].notna() & rows["lat"].notna(), None).to_numpy(),
        crs=CRS,
    ).reset_index(drop=True)


@lru_cache(maxsize=4)
def _units(world: World) -> gpd.GeoDataFrame:
    """First-level units abroad and départements of France: place_id, country_id, geometry.

    Régions come last and without a shape: only a code leads to them, never a point.
    """
    abroad = units_of(world)
    departements = world.layer("departements").assign(country_id=FRANCE)
    regions = world.table("regions")["region_id"]
    named = gpd.GeoDataFrame(
        {"place_id": regions, "country_id": FRANCE}, geometry=[None] * len(regions), crs=CRS
    )
    columns = ["place_id", "country_id", "geometry"]
    layers = [abroad[abroad["country_id"] != FRANCE], departements, named]
    return pd.concat([layer[columns] for layer in layers], ignore_index=True)


def _within(world: World, rows: pd.DataFrame, unit: pd.Series) -> pd.DataFrame:
    """The unit found, and its région, where the reference said nothing."""
    region = world.table("departements").set_index("departement_id")["region_id"]
    of_region = unit.map(region).fillna("")
    found = {"departement_id": unit.where(unit.isin(region.index), ""), "region_id": of_region,
             "admin1_id": unit.where(unit.str.startswith("admin1:"), "")}  # fmt: skip
    return rows.assign(**{c: rows[c].where(rows[c] != "", v) for c, v in found.items()})


@lru_cache(maxsize=4)
def subregions(world: World) -> Mapping[str, str]:
    """The subregion of each country."""
    countries = world.table("countries")
    return dict(zip(countries["country_id"], countries["m49_subregion"], strict=True))


def _of_state(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """What filters of States stand on: subregion, groups (several a State) and stance."""
    country, members = rows["country_id"], group_members(world)
    stance = country.map(stances_of(world)["stance"]).fillna(UNCODED)
    return rows.assign(
        subregion=country.map(subregions(world)).fillna(""),
        groups=pd.Series([members.get(c, []) for c in country], index=rows.index, dtype=object),
        stance=stance.where(country != "", ""),
        french=country == FRANCE,
    )


def holding(rows: pd.DataFrame, wanted: Wanted, columns: Mapping[str, tuple[str, ...]]) -> Mask:
    """True for rows that pass every filter of `columns`: any wanted value in any of its columns.

    The cells of a column hold one value or a list of them; a filter that wants nothing keeps all.
    """
    mask = np.ones(len(rows), dtype=bool)
    for name, held in columns.items():
        if values := set(wanted.get(name, ())):
            found = np.zeros(len(rows), dtype=bool)
            for column in held:
                found |= np.array(_wanted(rows[column].tolist(), values), dtype=bool)
            mask &= found
    return mask


def _wanted(cells: list[Any], values: set[str]) -> list[bool]:
    if cells and isinstance(cells[0], list):
        return [not values.isdisjoint(cell) for cell in cells]
    return [cell in values for cell in cells]


def sides(rows: pd.DataFrame, wanted: Wanted) -> tuple[Mask | None, Mask | None]:
    """French rows of the territories chosen, and rows of the States and places chosen.

    None for a side where nothing is chosen. Where both are, the far side is abroad.
    """
    near = any(wanted.get(name) for name in NEAR)
    far = any(wanted.get(name) for name in FAR)
    french = rows["french"].to_numpy(dtype=bool)
    here = french & holding(rows, wanted, NEAR) if near else None
    there = holding(rows, wanted, FAR) if far else None
    return here, there & ~french if there is not None and near else there
