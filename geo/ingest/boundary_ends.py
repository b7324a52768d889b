"""The places that the features of a file of boundaries are: their level, then which one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd
from rapidfuzz import fuzz

from geo.ingest.boundary_columns import OTHER, level_of_code, level_said
from geo.ingest.countries import country_of
from geo.ingest.ends import DOUBTFUL, End, Match
from geo.ingest.gazetteer import FRENCH_LEVELS, folded, french, units, variants
from geo.ingest.mapping import Reading
from geo.ingest.rows import Ends, column, departement_id, found_ends
from geo.ingest.shapes import Shape, fault_of
from geo.places import FRANCE, places_of
from geo.world import World

NO_CODE = ("", "-99", "-1", "NONE", "NULL", "NR", "NC")
FRENCH_UNIT = re.compile(r"FR-(\d\d|2[AB]|97\d)")
REFUSING = ("", OTHER)


@dataclass(frozen=True)
class Former:
    """A commune that is now a part of another: its code, its name, what holds it."""

    code: str
    name: str
    commune: str


@dataclass(frozen=True, eq=False)
class Features:
    """What each row is by its own word: its level, its end, its match, and the former commune
    that it is, None for most."""

    levels: Sequence[str]
    ends: Ends
    former: Sequence[Former | None]

    def match(self, at: int) -> Match:
        """What the end of a row was found to be."""
        return self.ends.found[self.ends.sides["place"][at][0]]


def features_of(
    world: World, cells: pd.DataFrame, shapes: Sequence[Shape],
    reading: Reading, progress: bool = False,
) -> Features:  # fmt: skip
    """The place that each row is; a country's or unit's by its code or name, a French one's as
    the ends of links are."""
    codes = [_code(text) for text in column(cells, "place_code")]
    countries = _countries(world, cells)
    levels = _levels(world, cells, codes, countries)
    told = zip(codes, column(cells, "place_name"), levels, countries,
               column(cells, "place_departement"), shapes, strict=True)  # fmt: skip
    ends = [_end(*row) for row in told]
    home = [(end,) for end in ends if end.country == FRANCE and end.level in FRENCH_LEVELS]
    found = dict(found_ends(world, {"place": home}, reading, progress).found)
    other = [_code(text) for text in column(cells, "place_other_code")]
    for end, spare in zip(ends, other, strict=True):
        if end not in found:
            found[end] = _far(world, end, spare)
        elif _lost_code(world, end):
            found[end] = Match(reason="unknown_code")
    former = [_formerly(world, end, found[end]) for end in ends]
    found |= {end: Match(was.commune, "former_name", 1.0, country=FRANCE)
              for end, was in zip(ends, former, strict=True) if was}  # fmt: skip
    return Features(levels, Ends({"place": [(end,) for end in ends]}, found), former)


def _code(text: str) -> str:
    """A code, "" for what stands where there is none."""
    return "" if text.strip().upper() in NO_CODE else text.strip()


def _countries(world: World, cells: pd.DataFrame) -> list[str]:
    """The country that a row names, "" for none."""
    said = column(cells, "place_country")
    known = {text: country_of(world, text) for text in set(said)}
    return [known[text] for text in said]


def _levels(
    world: World, cells: pd.DataFrame, codes: Sequence[str], countries: Sequence[str]
) -> list[str]:
    """The level of each row: what it or the file says, what its code tells, else what most names
    of the file are names of; "" where nothing tells it."""
    said = [level_said(text) for text in column(cells, "place_level")]
    own = [word or level_of_code(code) for word, code in zip(said, codes, strict=True)]
    if "" in own:
        most = _voted(world, codes, column(cells, "place_name"), own)
        own = [level or most for level in own]
    away = zip(own, countries, strict=True)
    return ["admin1" if level == "region" and country not in ("", FRANCE) else level
            for level, country in away]  # fmt: skip


def _voted(world: World, codes: Sequence[str], names: Sequence[str], levels: Sequence[str]) -> str:
    """The level at which most rows without one are places, by code and name together, by either
    where there is one; "" for a tie and where less than half are."""
    rows = [(code, name) for code, name, level in zip(codes, names, levels, strict=True)
            if not level]  # fmt: skip
    counts = {level: sum(_is_at(world, level, *row) for row in rows) for level in FRENCH_LEVELS}
    first, second = sorted(counts.values(), reverse=True)[:2]
    best = max(counts, key=lambda level: counts[level])
    return best if first > second and first * 2 >= len(rows) else ""


def _is_at(world: World, level: str, code: str, name: str) -> bool:
    """Whether a place of the level has this code and a name like this one."""
    if not code:
        return any((level, form) in french(world).by_name for form in variants(name))
    place = f"{level}:{code.upper().zfill(2)}"
    return place in places_of(world) and (not name or _alike(world, place, name))


def _alike(world: World, place: str, name: str) -> bool:
    own = folded(places_of(world).name(place, "fr"))
    return fuzz.token_set_ratio(own, folded(name)) >= DOUBTFUL


def _end(code: str, name: str, level: str, country: str, unit: str, shape: Shape) -> End:
    """The end that a row tells; where it has no code, with a point of its shape to tell homonyms
    apart by."""
    where = country or (FRANCE if level in FRENCH_LEVELS else "")
    if level == "admin1" and where in ("", FRANCE) and (found := FRENCH_UNIT.fullmatch(code)):
        return End(name, found[1], FRANCE, "departement")
    if level == "admin1" and where == FRANCE:
        code, level = "", "region"
    told = End(name, code, where, level, departement_id(unit))
    if code or fault_of(shape) or where != FRANCE:
        return told
    at = shape.representative_point()
    return replace(told, lon=at.x, lat=at.y)


def _lost_code(world: World, end: End) -> bool:
    """Whether a French end has a code that is no place's: its name must not stand for it."""
    codes, text = french(world).codes, end.code.upper()
    if not text:
        return False
    if end.level in ("departement", "region"):
        return f"{end.level}:{text.zfill(2)}" not in places_of(world)
    return (text.zfill(5) if len(text) == 4 else text) not in codes


def _far(world: World, end: End, spare: str) -> Match:
    """A State or a first-level unit, by code, by the `spare` code, by name."""
    if end.level == "country":
        return _country(world, end, spare)
    if end.level != "admin1":
        return Match()
    places, place = places_of(world), f"admin1:{end.code.upper()}"
    if end.code and place in places:
        return Match(place, "code", 1.0, country=places.value(place, "country_id"))
    here = units(world).get(end.country, {})
    found = sorted({unit for form in variants(end.name) for unit in here.get(form, ())})
    if len(found) == 1:
        return Match(found[0], "name", 1.0, country=end.country)
    return Match(reason="homonyms" if found else "unknown_name" if end.country
                 else "unknown_country")  # fmt: skip


def _country(world: World, end: End, spare: str) -> Match:
    """A State; doubtful where its code and its name are those of two."""
    by_code = country_of(world, end.code) or country_of(world, spare) or end.country
    by_name = country_of(world, end.name)
    if by_code and by_name and by_code != by_name:
        return Match(reason="code_and_name_disagree")
    if by_code:
        return Match(by_code, "code", 1.0, country=by_code)
    return Match(by_name, "name", 1.0, country=by_name) if by_name else Match(reason="unknown_name")


def _formerly(world: World, end: End, match: Match) -> Former | None:
    """The former commune that a row is: by a code that is no commune's any more, by a code whose
    name is the former one's, or by name alone."""
    if end.level != "commune" or end.country != FRANCE:
        return None
    held = formers(world).get(end.code.zfill(5), ()) if end.code else ()
    now = f"commune:{end.code.zfill(5)}"
    for former in held:
        own = folded(places_of(world).name(now, "fr")) if now in places_of(world) else ""
        if not own or folded(former.name) == folded(end.name) != own:
            return former
    if match.method == "former_name":
        return Former("", end.name, match.place_id)
    return None


@lru_cache(maxsize=4)
def formers(world: World) -> Mapping[str, tuple[Former, ...]]:
    """The communes that are parts of another, by code; none where the world tells of none."""
    if "former_communes" not in world.tables:
        return {}
    told: dict[str, list[Former]] = {}
    for row in world.table("former_communes").to_dict("records"):
        code, name, now = str(row["code"]), str(row["name"]), str(row["commune_id"])
        told.setdefault(code, []).append(Former(code, name, now))
    return {code: tuple(rows) for code, rows in told.items()}


def parts_of(world: World, commune: str) -> frozenset[str]:
    """The codes that a commune is made of: its own and those of its former communes."""
    held = {former.code for rows in formers(world).values() for former in rows
            if former.commune == commune}  # fmt: skip
    return frozenset({commune.partition(":")[2], *held})
