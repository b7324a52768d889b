"""Which territories of a map hold, or are, or lie in, the chosen ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from geo.places import places_of
from geo.world import World

ORDER = ("region", "departement", "epci", "commune")
HOLDERS = ("region_id", "departement_id", "epci_id", "ept_id")


def territories_of(
    world: World, chosen: tuple[str, ...], level: str, below: bool = False
) -> set[str]:
    """Ids at `level` (one of ORDER) for territories of any level.

    A région chosen stands for its départements, a département for its communes; a commune for the
    département it lies in, unless `below` asks only for what lies within the choice.
    """
    places = places_of(world)
    of_level = {i: places.value(i, "level") for i in chosen}
    wider = ORDER[: ORDER.index(level)]
    if below:
        of_level = {i: kind for i, kind in of_level.items() if kind in (*wider, level)}
    held = {i for i, kind in of_level.items() if kind == level}
    if level != "commune":
        held |= {places.value(i, f"{level}_id") for i in of_level}
    within = _within(world, level)
    for holder, kind in of_level.items():
        held.update(within.get(holder, ()) if kind in wider else ())
    return held - {""}


@lru_cache(maxsize=16)
def _within(world: World, level: str) -> Mapping[str, list[str]]:
    """The territories of a level that lie in each wider one."""
    frame = places_of(world).frame
    frame = frame[frame["level"] == level]
    found: dict[str, list[str]] = {}
    for column in HOLDERS:
        for place, holder in zip(frame.index, frame[column], strict=True):
            found.setdefault(holder, []).append(place)
    return found
