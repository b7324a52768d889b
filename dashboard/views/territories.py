"""Which régions or départements of a map hold, or are, the chosen territories."""

from __future__ import annotations

from geo.places import places_of
from geo.world import World


def territories_of(
    world: World, chosen: tuple[str, ...], level: str, below: bool = False
) -> set[str]:
    """Ids at `level` (region or departement) for territories of any level.

    A région chosen stands for its départements; a commune for the département it lies in, unless
    `below` asks only for what lies within the choice.
    """
    frame = places_of(world).frame
    column = f"{level}_id"
    if below:
        chosen = tuple(i for i in chosen if frame.at[i, "level"] in ("region", "departement"))
        chosen = tuple(
            i for i in chosen if level == "departement" or frame.at[i, "level"] == "region"
        )
    held = {places_of(world).value(i, column) for i in chosen}
    regions = [i for i in chosen if frame.at[i, "level"] == "region"]
    if level == "departement" and regions:
        inside = frame[(frame["level"] == "departement") & frame["region_id"].isin(regions)]
        held |= set(inside.index)
    return held - {""}
