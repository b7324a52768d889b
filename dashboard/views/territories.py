"""Which territories of a map hold, or are, or lie in, the chosen ones."""

from __future__ import annotations

from geo.places import places_of
from geo.world import World

ORDER = ("region", "departement", "epci", "commune")
HOLDING = {"epci": ("epci_id", "ept_id")}


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
    frame = places.frame[places.frame["level"] == level]
    for kind in set(of_level.values()) & {*wider}:
        inside = [i for i, each in of_level.items() if each == kind]
        for holder in HOLDING.get(kind, (f"{kind}_id",)):
            held |= set(frame.index[frame[holder].isin(inside)])
    return held - {""}
