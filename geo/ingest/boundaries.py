"""A file of boundaries, of communes, EPCI, départements, régions, units or States, to layers of
the atlas.

Each feature has one outcome: kept, doubtful or refused, with its reason. Several features kept for
one place are parts of it, and make one shape. EPCI are dissolved from the communes of the file,
where all their members are in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.ingest.boundary_columns import OTHER, level_of_file, roles_of
from geo.ingest.boundary_ends import Features, features_of, parts_of
from geo.ingest.grid import RawTable
from geo.ingest.imported import DOUBTFUL, JUDGED, KEPT, REFUSED, Imported
from geo.ingest.mapping import Reading, open_columns
from geo.ingest.rows import SOURCE, Ends, by_role
from geo.ingest.shapes import (
    Shape,
    Shapes,
    dissolved,
    fault_of,
    joined,
    km_apart,
    layer_of,
    lightened,
    rivals,
    swapped,
    vertices,
)
from geo.places import places_of
from geo.schema import LAYER_OF
from geo.world import World

ROLES: tuple[str, ...] = (
    "place_code", "place_other_code", "place_name", "place_level", "place_country",
    "place_departement",
)  # fmt: skip
ELSEWHERE_KM = 10.0  # between a shape and where the atlas has its place; its own are generalised
LISTED = 50  # EPCI whose members are not all there, told of in the report
NO_PLACE = "no column was found for the {0} of the places (place_{0})"
NO_SHAPES = "the file holds no shapes, or nothing says which place each is"


@dataclass(frozen=True)
class Judged:
    """What became of a row, and the place that it is."""

    outcome: str
    reason: str = ""
    candidates: str = ""
    place: str = ""
    km: float = 0.0


def proposed(table: RawTable, file: str) -> Reading:
    """A mapping by the names of the columns, of the layer and of the file."""
    names, private = open_columns(table)
    if table.geometry is None:
        return Reading("boundaries", {}, personal=private)
    roles, level = roles_of(names)
    level = level or level_of_file(table, file, roles.get("place_code", ""))
    told = {"place_level": level} if level and "place_level" not in roles else {}
    return Reading("boundaries", roles, told, personal=private)


def missing(reading: Reading) -> list[str]:
    """A sentence for each thing that boundaries need and the mapping lacks."""
    if {"place_code", "place_name"} & {*reading.columns}:
        return []
    return [NO_PLACE.format("code"), NO_PLACE.format("name"), NO_SHAPES]


def imported(
    world: World, table: RawTable, reading: Reading, title: str, progress: bool = False
) -> Imported:
    """Read every feature of a file as the boundary of a place."""
    del title  # the shapes of a layer have no title of their own
    shapes = _shapes(table)
    features = features_of(world, by_role(table, reading), shapes, reading, progress)
    rows = [_judged(world, features, at, shape) for at, shape in enumerate(shapes)]
    rows = _with_former(world, features, rows)
    rows = _without_repeats(rows, shapes)
    rows = _near_their_point(world, rows, shapes)
    whole, tolerance = lightened(_by_place(rows, shapes))
    epci, partial = dissolved(whole, _members(world))
    told = {
        "features_joined": sum(row.outcome == KEPT for row in rows) - len(whole),
        "former_communes_joined": sum(
            row.outcome == KEPT and was is not None
            for row, was in zip(rows, features.former, strict=True)),
        "vertices": vertices(whole), "simplified_by_degrees": tolerance,
        "epci_dissolved": len(epci), "epci_incomplete": len(partial),
        "epci_members_missing": _lacking(partial),
    }  # fmt: skip
    return Imported(
        table, {}, _table(features, rows).set_axis(table.rows.index),
        _matches(world, features, rows), _layers({**epci, **whole}, features.levels), told,
    )  # fmt: skip


def _shapes(table: RawTable) -> list[Shape]:
    """The shape of each row, an empty one where the file has none."""
    nothing = shapely.Polygon()
    if table.geometry is None:
        return [nothing] * len(table.rows)
    return [shape or nothing for shape in table.geometry.reindex(table.rows.index)]


def _judged(world: World, features: Features, at: int, shape: Shape) -> Judged:
    """What a row is by itself: its shape, its level, its place, where it lies."""
    if fault := fault_of(shape):
        return Judged(REFUSED, fault)
    match, former, level = features.match(at), features.former[at], features.levels[at]
    if former:
        return Judged(REFUSED, "former_commune", former.commune, former.commune)
    if not match.place_id:
        none = "level_not_held" if level == OTHER else "level_not_known"
        outcome = DOUBTFUL if match.doubtful else REFUSED
        return Judged(outcome, match.reason or none, " ".join(match.candidates))
    if match.place_id.partition(":")[0] not in LAYER_OF:
        return Judged(REFUSED, "level_not_held", match.place_id)
    return _placed(world, match.place_id, shape)


def _placed(world: World, place: str, shape: Shape) -> Judged:
    """Kept where the shape lies near that which the atlas has of the place, or of its
    département."""
    home = _home(world, place)
    km = km_apart(shape, home) if home else 0.0
    if not home or km <= ELSEWHERE_KM:
        return Judged(KEPT, place=place)
    turned = km_apart(swapped(shape), home) <= ELSEWHERE_KM
    reason = "latitude_and_longitude_swapped" if turned else "elsewhere"
    return Judged(REFUSED, reason, f"{place} {km:.0f} km", place, km)


def _home(world: World, place: str) -> Shape | None:
    """The shape that the atlas has of a place, else of its département; None without either."""
    for each in (place, places_of(world).value(place, "departement_id")):
        layer = LAYER_OF.get(each.partition(":")[0], "")
        known = _known(world, layer) if layer in world.layers else {}
        if each in known:
            return known[each]
    return None


@lru_cache(maxsize=8)
def _known(world: World, layer: str) -> Mapping[str, Shape]:
    """The shapes of a layer by place."""
    frame = world.layers[layer]
    return dict(zip(frame["place_id"], frame.geometry, strict=True))


def _with_former(world: World, features: Features, rows: Sequence[Judged]) -> list[Judged]:
    """The same with the former communes of a file that has all the parts of what they are in
    now; where it lacks one, that commune is refused too, for its shape is that of before."""
    parts: dict[str, set[str]] = {}
    for former in features.former:
        if former:
            parts.setdefault(former.commune, set()).add(former.code)
    for at, row in enumerate(rows):
        if row.outcome == KEPT and row.place in parts:
            parts[row.place].add(features.ends.sides["place"][at][0].code.zfill(5))
    whole = {now for now, codes in parts.items() if codes >= parts_of(world, now)}
    made = []
    for row, former in zip(rows, features.former, strict=True):
        if former and row.reason == "former_commune" and former.commune in whole:
            made.append(Judged(KEPT, place=former.commune))
        elif row.outcome == KEPT and row.place in parts.keys() - whole:
            made.append(Judged(REFUSED, "before_its_merger", row.place, row.place))
        else:
            made.append(row)
    return made


def _without_repeats(rows: Sequence[Judged], shapes: Sequence[Shape]) -> list[Judged]:
    """The same without the features that cover the ground of an earlier one of their place."""
    parts: dict[str, list[Shape]] = {}
    made = []
    for row, shape in zip(rows, shapes, strict=True):
        if row.outcome != KEPT:
            made.append(row)
        elif any(rivals(shape, other) for other in parts.get(row.place, ())):
            made.append(Judged(REFUSED, "repeated_in_the_file", row.place, row.place))
        else:
            parts.setdefault(row.place, []).append(shape)
            made.append(row)
    return made


def _near_their_point(
    world: World, rows: Sequence[Judged], shapes: Sequence[Shape]
) -> list[Judged]:
    """The same without the places whose shape does not hold, or lie near, their point."""
    far = {}
    for place, shape in _by_place(rows, shapes).items():
        lon, lat = places_of(world).points[place]
        km = km_apart(shape, shapely.Point(lon, lat)) if lon == lon else 0.0
        if km > ELSEWHERE_KM:
            far[place] = km
    return [
        Judged(REFUSED, "elsewhere", f"{row.place} {far[row.place]:.0f} km", row.place,
               far[row.place])
        if row.outcome == KEPT and row.place in far else row for row in rows
    ]  # fmt: skip


def _by_place(rows: Sequence[Judged], shapes: Sequence[Shape]) -> Shapes:
    """The shape of each place kept, its features as one."""
    parts: dict[str, list[Shape]] = {}
    for row, shape in zip(rows, shapes, strict=True):
        if row.outcome == KEPT:
            parts.setdefault(row.place, []).append(shape)
    return {place: joined(found) for place, found in parts.items()}


def _members(world: World) -> dict[str, list[str]]:
    """The communes of each EPCI, and of each établissement public territorial of Paris."""
    communes = world.table("communes")
    held: dict[str, list[str]] = {}
    for kind in ("epci_id", "ept_id"):
        for group, commune in zip(communes[kind], communes["commune_id"], strict=True):
            if group:
                held.setdefault(group, []).append(commune)
    return held


def _lacking(partial: Mapping[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """The EPCI whose members are not all there, those that lack least first."""
    least = sorted(partial.items(), key=lambda row: (row[1][1] - row[1][0], row[0]))
    return [{"epci_id": place, "have": have, "of": of} for place, (have, of) in least[:LISTED]]


def _table(features: Features, rows: Sequence[Judged]) -> pd.DataFrame:
    """JUDGED for each row; the end of those that were not kept."""
    ends = features.ends.sides["place"]
    told = [(row.outcome, row.reason, "" if row.outcome == KEPT else end.key, row.candidates)
            for row, (end,) in zip(rows, ends, strict=True)]  # fmt: skip
    return pd.DataFrame(told, columns=list(JUDGED))


def _matches(world: World, features: Features, rows: Sequence[Judged]) -> pd.DataFrame:
    """MATCHES, with how far from its place a shape was that is elsewhere."""
    found = dict(features.ends.found)
    for row, (end,) in zip(rows, features.ends.sides["place"], strict=True):
        if row.km:
            found[end] = replace(found[end], km=row.km)
    return Ends(features.ends.sides, found).matches(world, {"place": "places"})


def _layers(shapes: Shapes, levels: Sequence[str]) -> dict[str, gpd.GeoDataFrame]:
    """A layer for each level of which there are shapes; an empty one where nothing was kept."""
    apart: dict[str, Shapes] = {}
    for place, shape in shapes.items():
        apart.setdefault(LAYER_OF[place.partition(":")[0]], {})[place] = shape
    if not apart:
        named = next((level for level in levels if level in LAYER_OF), "commune")
        apart = {LAYER_OF[named]: {}}
    return {name: layer_of(held, SOURCE) for name, held in apart.items()}
