"""Boundary conventions: what each is called and says, how it draws contested areas and links."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.joins import NEAREST_KM, kilometres
from geo.places import places_of
from geo.world import World

AREA = "contested:"


@dataclass(frozen=True)
class Convention:
    """One way of drawing boundaries: its words, its layers, the source of its shapes.

    `layer` is at 1:50 million, `world_layer` generalised. `undrawn` are the countries that it
    draws in another. `statement` goes under every map and in every export.
    """

    name: str
    labels: Mapping[str, str]
    statements: Mapping[str, str]
    details: Mapping[str, str]
    layer: str
    world_layer: str
    undrawn: tuple[str, ...]
    source: str

    def label(self, lang: str) -> str:
        """Its short name in `fr` or `en`."""
        return self.labels[lang]

    def statement(self, lang: str) -> str:
        """What is said of it under every map, in `fr` or `en`."""
        return self.statements[lang]

    def detail(self, lang: str) -> str:
        """All that it draws and where it departs from its source, in `fr` or `en`."""
        return self.details[lang]


@lru_cache(maxsize=4)
def conventions(world: World) -> tuple[Convention, ...]:
    """The conventions of a world, in the order of their table; the first is the default."""
    return tuple(
        Convention(
            name=row["convention"],
            labels=_both(row, "label"),
            statements=_both(row, "statement"),
            details=_both(row, "details"),
            layer=row["layer"],
            world_layer=row["world_layer"],
            undrawn=tuple(filter(None, row["undrawn"].split(";"))),
            source=row["source_id"],
        )
        for row in world.table("conventions").to_dict("records")
    )


def _both(row: Mapping[Hashable, Any], what: str) -> Mapping[str, str]:
    return MappingProxyType({lang: row[f"{what}_{lang}"] for lang in ("fr", "en")})


def convention_names(world: World) -> tuple[str, ...]:
    """The names of the conventions, the default first."""
    return tuple(each.name for each in conventions(world))


def convention_of(world: World, name: str = "") -> Convention:
    """A convention by its name, the default for an empty one; KeyError for an unknown one."""
    if not name:
        return conventions(world)[0]
    return {each.name: each for each in conventions(world)}[name]


@lru_cache(maxsize=4)
def contested_areas(world: World) -> pd.DataFrame:
    """How each convention draws each contested area, as measured at build.

    One row an area and convention: area_id, name_fr, name_en, lon, lat, convention, manner (own,
    one, several, none), place_ids, shares (percent), statement_fr, statement_en, source_id; areas
    in the order of their French names, conventions in theirs.
    """
    order = {name: rank for rank, name in enumerate(convention_names(world))}
    areas = world.table("contested_areas").drop(columns="source_id")
    drawn = areas.merge(world.table("contested_drawn"), on="area_id", validate="one_to_many")
    drawn = drawn.assign(_rank=drawn["convention"].map(order))
    return drawn.sort_values(["name_fr", "_rank"], ignore_index=True).drop(columns="_rank")


def drawn_apart(world: World, name: str = "") -> dict[str, str]:
    """Contested areas that a convention draws as a shape of their own: area id -> shape's id."""
    drawn = contested_areas(world)
    mine = (drawn["convention"] == convention_of(world, name).name) & (drawn["manner"] == "own")
    return dict(zip(drawn.loc[mine, "area_id"], drawn.loc[mine, "place_ids"], strict=True))


@lru_cache(maxsize=4)
def contested_places(world: World) -> pd.DataFrame:
    """Contested places with what each convention's shapes hold at their point.

    One row a place of the table `contested`: place_id, country_id (declared), other_country_id,
    reason_fr, reason_en, source_title, source_address, source_id, and for each convention a
    column `in_<convention>`: the id of a country or contested area, "" where none is within 25 km.
    """
    table = world.table("contested").reset_index(drop=True)
    places = places_of(world).frame.reindex(table["place_id"])
    points = list(zip(places["lon"].astype(float), places["lat"].astype(float), strict=True))
    held = {
        f"in_{each.name}": [_holder(world, each.layer, lon, lat) for lon, lat in points]
        for each in conventions(world)
    }
    table.insert(1, "country_id", places["country_id"].fillna("").to_numpy())
    return table.assign(**held)


def _holder(world: World, layer: str, lon: float, lat: float) -> str:
    """The id of the shape that a point lies in, or of the nearest one within 25 km."""
    if not np.isfinite([lon, lat]).all():
        return ""
    point = shapely.Point(lon, lat)
    frame = world.layer(layer)
    ids, shapes = frame["place_id"].to_numpy(), frame.geometry.to_numpy()
    reach = NEAREST_KM / (110.5 * max(np.cos(np.radians(lat)), 0.05))
    near = shapely.dwithin(shapes, point, reach)
    if not near.any():
        return ""
    km = kilometres(np.full(near.sum(), point, dtype=object), shapes[near])
    distance, place = min(zip(km, ids[near], strict=True))
    return str(place) if distance <= NEAREST_KM else ""


@lru_cache(maxsize=4)
def contested_links(world: World) -> pd.DataFrame:
    """Links with an end in a contested place: link_id, end (a or b), and `contested_places`.

    Sorted by link_id; a link whose two ends are contested has two rows.
    """
    links = world.table("links")
    ends = pd.concat(
        [
            pd.DataFrame({"link_id": links["link_id"], "end": end, "place_id": links[f"{end}_id"]})
            for end in ("a", "b")
        ]
    )
    found = ends.merge(contested_places(world), on="place_id", validate="many_to_one")
    return found.sort_values(["link_id", "end"], ignore_index=True)
