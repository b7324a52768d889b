"""Ends of links to places: by code, then by name within what surrounds them, then by point.

Homonyms are told apart by where they lie or wait for a decision; they are never decided by order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod
from rapidfuzz import fuzz, process
from tqdm import tqdm

from geo.ingest.countries import country_of
from geo.ingest.gazetteer import (
    Town,
    alpha2,
    folded,
    french,
    levelled,
    names_of,
    town_of,
    towns,
    unit_codes,
    units,
    variants,
)
from geo.places import FRANCE, places_of
from geo.schema import CRS
from geo.world import World

NEAR_KM = 30.0  # a town of the same name further off is another one
BORDER = 0.15  # degrees: a point drawn across the limit of its département
ALIKE, DOUBTFUL = 90.0, 78.0  # of 100: taken for the same name; worth a look
LARGER = 10  # times the people of the next homonym, for a town without a point
NAMED = re.compile(r"(?:commune|epci|departement|region|country|admin1|geonames|place):\S+")
METHODS = ("code", "name", "former_name", "name_begins", "name_alike", "name_largest", "point")
WIDE = ("region", "departement")  # levels that no town is of
ITEM = re.compile(r"Q\d+")
WIDE_NAME = re.compile(
    r" (?:county|province|region|department|prefecture|governorate|voivodeship|oblast)$"
)
SAME_KM = 10.0  # a town and its other names
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class End:
    """One end as a file writes it; the point in degrees, NaN where there is none; `unit` is the
    département of the point, `country` an id."""

    name: str
    code: str = ""
    country: str = ""
    level: str = ""
    departement: str = ""
    lon: float = math.nan
    lat: float = math.nan
    unit: str = ""

    @property
    def key(self) -> str:
        """What a decision on it is remembered by: all that the file tells of it but its point."""
        return " | ".join((self.name or self.code, self.country, self.departement)).rstrip(" |")

    @property
    def located(self) -> bool:
        """Whether the file gives it a point."""
        return not (math.isnan(self.lon) or math.isnan(self.lat))


@dataclass(frozen=True)
class Match:
    """What an end was found to be: `place_id` "" where nothing, with the reason; `score` from 0
    to 1; `candidates` for a decision to take; `km` from the point of the file to that of the
    place found; `country` is that of the end, told or found from its point."""

    place_id: str = ""
    method: str = ""
    score: float = 0.0
    reason: str = ""
    candidates: tuple[str, ...] = ()
    town: Town | None = None
    km: float = math.nan
    country: str = field(default="", compare=False)

    @property
    def doubtful(self) -> bool:
        """Whether it waits for a decision."""
        return not self.place_id and bool(self.candidates)


def matched(world: World, ends: Sequence[End], progress: bool = False) -> list[Match]:
    """A match for each end, French or not; `progress` shows how many are done."""
    at_home = _with_units(world, ends)
    inside = _countries_of_points(world, [end for end in at_home if not end.country])
    found = []
    for end in tqdm(at_home, unit="end", disable=not progress):
        known = end if end.country else replace(end, country=inside.get((end.lon, end.lat), ""))
        match = _french(world, known) if known.country == FRANCE else _abroad(world, known)
        found.append(replace(match, country=known.country))
    return found


def _french(world: World, end: End) -> Match:
    """A French collectivity: by code, by name, by a name that it has grown from or is much like."""
    held = french(world)
    if end.code and (place := _coded(world, end, held.codes)):
        return _agreeing(world, place, end)
    names = variants(end.name)
    if not names:
        return Match(reason="no_name")
    level = end.level or levelled(end.name)[0]
    for name in (*names, *_by_other_names(end, names)):
        exact = _candidates(held.by_name, name, level)
        wider = () if level else _wider(held.by_name, name)
        kept = _around(world, exact, end) or _around(world, wider, end)
        if len(kept) == 1:
            return Match(kept[0], "name", 1.0)
        if len(kept) > 1:
            return Match(reason="homonyms", candidates=kept)
    former = _formerly(held.former, names, end)
    if len(former) == 1:
        return Match(former[0], "former_name", 1.0)
    return Match(reason="homonyms", candidates=former) if former else _alike(world, names, end)


def _formerly(
    former: Mapping[str, tuple[tuple[str, str], ...]], names: Sequence[str], end: End
) -> tuple[str, ...]:
    """The communes that a former one of the name is now a part of, in the département of the end
    where the file tells it."""
    where = end.unit or end.departement
    told = [pair for name in names for pair in former.get(name, ())]
    return tuple(dict.fromkeys(place for unit, place in told if where in ("", unit)))


def _by_other_names(end: End, names: Sequence[str]) -> list[str]:
    """The French names of towns near the end that are also called so (Dunkirk, Dunkerque)."""
    if not end.located:
        return []
    found = [town for name in names for town in towns("FR").get(name, ())]
    near = [town for town in found if km_between(end.lon, end.lat, town.lon, town.lat) <= SAME_KM]
    return [name for town in near for name in names_of("FR")[town.place_id]]


def _coded(world: World, end: End, codes: Mapping[str, str]) -> str:
    """The place of an INSEE or SIREN code, with the zero that a spreadsheet took away; of that of
    a département or région where the level of the end, or the name beside it, says which."""
    text = end.code.strip()
    if NAMED.fullmatch(text):
        return text if text in places_of(world) else codes.get(text.partition(":")[2], "")
    if end.level in WIDE or len(text) <= 3:
        levels = (end.level,) if end.level in WIDE else WIDE
        found = [place for level in levels
                 if (place := f"{level}:{text.upper().zfill(2)}") in places_of(world)
                 and (end.level or _alike_named(world, place, end.name))]  # fmt: skip
        return found[0] if len(found) == 1 else ""
    padded = text.upper().zfill(5) if text.isdigit() and len(text) == 4 else text.upper()
    return codes.get(padded, "") if len(padded) in (5, 9) else ""


def _agreeing(world: World, place: str, end: End) -> Match:
    """A place found by code, unless the name beside it is quite another."""
    if not _alike_named(world, place, end.name):
        return Match(reason="code_and_name_disagree", candidates=(place,))
    return Match(place, "code", 1.0)


def _alike_named(world: World, place: str, name: str) -> bool:
    """Whether a place may be called so; every one may be called nothing."""
    own = folded(places_of(world).name(place, "fr"))
    return not name or fuzz.token_set_ratio(own, levelled(name)[1]) >= DOUBTFUL


def _candidates(
    by_name: Mapping[tuple[str, str], tuple[str, ...]], name: str, level: str
) -> tuple[str, ...]:
    """Places of a name at a level; at any level where none is stated, a commune before the
    département or région that only it can be taken for (Paris)."""
    if level:
        return by_name.get((level, name), ())
    return by_name.get(("commune", name), ()) or _wider(by_name, name)


def _wider(by_name: Mapping[tuple[str, str], tuple[str, ...]], name: str) -> tuple[str, ...]:
    """Places of a name that are no communes."""
    return tuple(p for lv in ("epci", "departement", "region") for p in by_name.get((lv, name), ()))


def _around(world: World, candidates: tuple[str, ...], end: End) -> tuple[str, ...]:
    """Those of the candidates that lie where the end does, as far as its file tells."""
    where = end.unit or end.departement
    if not where or not candidates:
        return candidates
    places = places_of(world)
    here = tuple(p for p in candidates if where in (p, places.value(p, "departement_id"))
                 or not places.value(p, "departement_id"))  # fmt: skip
    if here or not end.located:
        return here
    shapes = _departements(world)
    point = shapely.Point(end.lon, end.lat)
    near = [p for p in candidates
            if (unit := places.value(p, "departement_id")) in shapes.index
            and shapely.distance(shapes.loc[unit], point) < BORDER]  # fmt: skip
    return tuple(near)


def _alike(world: World, names: Sequence[str], end: End) -> Match:
    """In the département of the end: the one name that begins so, or the most alike; a decision
    where it is less so."""
    held = french(world)
    here = held.in_departement.get(end.unit or end.departement, {})
    longer = [place for own, place in here.items() if own.startswith(f"{names[0]} ")]
    if end.located and len(longer) == 1:
        return Match(longer[0], "name_begins", 0.9)
    best = process.extractOne(names[0], here.keys(), scorer=fuzz.ratio, score_cutoff=DOUBTFUL)
    if best and best[1] >= ALIKE:
        return Match(here[best[0]], "name_alike", best[1] / 100)
    found = tuple(longer) or ((here[best[0]],) if best else ())
    if found:
        return Match(reason="name_less_alike", candidates=found)
    elsewhere = any(_candidates(held.by_name, name, end.level) for name in names)
    return Match(reason="name_is_elsewhere" if elsewhere else "unknown_name")


def _abroad(world: World, end: End) -> Match:
    """A place abroad: by code, by name in its country near its point, by its point alone."""
    if not end.country:
        return Match(reason="unknown_country" if end.name or end.code else "no_name")
    if end.code and (coded := _coded_abroad(world, end)):
        return coded
    if not end.name.strip():
        return Match(end.country, "name", 1.0)
    names, country = variants(end.name), towns(alpha2(world).get(end.country, ""))
    wide = end.level in WIDE or bool(WIDE_NAME.search(folded(end.name)))
    found = tuple(dict.fromkeys(
        town for name in names for town in country.get(name, ()) if not wide))  # fmt: skip
    here = units(world).get(end.country, {})
    exact = tuple(dict.fromkeys(unit for name in names for unit in here.get(name, ())))
    if end.located and not (wide and exact):
        return _near(found, end)
    if len(exact) == 1 and (not found or levelled(end.name)[0]):
        return Match(exact[0], "name", 1.0)
    if country_of(world, end.name) == end.country:
        return Match(end.country, "name", 1.0)
    return _largest(found)


def _coded_abroad(world: World, end: End) -> Match | None:
    """A place abroad by an id of the atlas, an ISO 3166-2 code, an item of Wikidata or an id of
    GeoNames; a bare number is one of these only under a name of that town, and an item is a unit
    only without a name: that of a city may be its unit's too (Berlin)."""
    code = end.code.strip()
    unit = "" if end.name and ITEM.fullmatch(code) else unit_codes(world).get(code.upper(), "")
    of_country = unit and places_of(world).value(unit, "country_id") == end.country
    if of_country or code in places_of(world):
        return Match(unit if of_country else code, "code", 1.0)
    country = alpha2(world).get(end.country, "")
    town = town_of(country, code if not code.isdigit() else f"geonames:{code}")
    if town is None:
        return None
    named = not code.isdigit() or set(variants(end.name)) & set(names_of(country)[town.place_id])
    return Match(town.place_id, "code", 1.0, town=town) if named else None


def _near(found: Iterable[Town], end: End) -> Match:
    """The nearest town of the name, within reach of the point; else the point alone."""
    apart = [(km_between(end.lon, end.lat, town.lon, town.lat), town) for town in found]
    reached = [pair for pair in apart if pair[0] <= NEAR_KM]
    if reached:
        km, town = min(reached, key=lambda pair: pair[0])
        return Match(town.place_id, "name", 1.0, town=town, km=km)
    return Match(point_id(end), "point", 0.5, km=0.0)


def _largest(found: Sequence[Town]) -> Match:
    """The one town of a name without a point, or one far larger than its homonyms."""
    if not found:
        return Match(reason="unknown_name")
    first, *others = found
    if not others:
        return Match(first.place_id, "name", 1.0, town=first)
    if first.population >= LARGER * max(others[0].population, 1):
        return Match(first.place_id, "name_largest", 0.8, town=first)
    return Match(reason="homonyms", candidates=tuple(town.place_id for town in found[:8]))


def point_id(end: End) -> str:
    """An id for a place that only its point tells: its country, name and point to 0.01 degree."""
    slug = re.sub(r"[^a-z0-9]+", "-", folded(end.name)).strip("-") or "unnamed"
    at = "-".join(f"{'n' if value < 0 else ''}{abs(round(value * 100))}"
                  for value in (end.lat, end.lon))  # fmt: skip
    return f"place:{end.country.partition(':')[2]}-{slug[:40]}-{at}"


def km_between(lon: float, lat: float, lon2: float, lat2: float) -> float:
    """Kilometres between two points in degrees, along the ellipsoid."""
    return float(_GEOD.inv(lon, lat, lon2, lat2)[2]) / 1000


@lru_cache(maxsize=4)
def _departements(world: World) -> gpd.GeoSeries:
    """Shapes of the départements by id."""
    return world.layer("departements").set_index("place_id").geometry


def _with_units(world: World, ends: Sequence[End]) -> list[End]:
    """The ends, French ones with the département that their point lies in, or is nearest to
    where a simplified coast leaves it at sea."""
    at = [i for i, end in enumerate(ends) if end.located and end.country in ("", FRANCE)]
    shapes, held = _departements(world), list(ends)
    found = _holding(shapes, [ends[i] for i in at])
    for i, unit in zip(at, found, strict=True):
        near = unit or (_nearest(shapes, ends[i]) if ends[i].country == FRANCE else "")
        if near:
            held[i] = replace(ends[i], unit=near, country=FRANCE)
    return held


def _nearest(shapes: gpd.GeoSeries, end: End) -> str:
    """The shape nearest to a point within BORDER, "" for none."""
    point = shapely.Point(end.lon, end.lat)
    found = shapes.sindex.query(point, predicate="dwithin", distance=BORDER * 2)
    near = sorted((shapely.distance(shapes.iloc[i], point), str(shapes.index[i])) for i in found)
    return near[0][1] if near else ""


def _countries_of_points(world: World, ends: Sequence[End]) -> dict[tuple[float, float], str]:
    """The country of each point, for ends whose country the file does not name."""
    located = [end for end in ends if end.located]
    shapes = world.layer("countries").set_index("place_id").geometry
    found = _holding(shapes, located)
    return {(end.lon, end.lat): place for end, place in zip(located, found, strict=True)
            if place.startswith("country:")}  # fmt: skip


def _holding(shapes: gpd.GeoSeries, ends: Sequence[End]) -> list[str]:
    """The id of the shape that holds each point, "" for none."""
    points = gpd.points_from_xy([e.lon for e in ends], [e.lat for e in ends], crs=CRS)
    at, inside = shapes.sindex.query(np.asarray(points), predicate="intersects")
    held = dict(zip(at.tolist(), shapes.index.to_numpy()[inside].tolist(), strict=True))
    return [str(held.get(i, "")) for i in range(len(ends))]
