"""The rows of a table by the role of their columns, and the places that their ends are."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from geo.ingest.countries import country_of, names_group
from geo.ingest.ends import End, Match, km_between, matched
from geo.ingest.gazetteer import alpha2, town_of
from geo.ingest.grid import RawTable, numbers
from geo.ingest.imported import MATCHES
from geo.ingest.mapping import Reading
from geo.places import fold, places_of
from geo.world import World

PLACE_COLUMNS = (
    "place_id", "name", "name_fr", "other_names", "level", "country_id", "admin1_id", "lon", "lat",
    "coord_method", "source_id",
)  # fmt: skip
SOURCE = "file"
YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
LEVELS: Mapping[str, tuple[str, ...]] = {
    "epci": ("epci", "intercommunal", "metropole", "agglomeration", "communaute"),
    "commune": ("commune", "municipality", "ville", "city", "town"),
    "departement": ("departement", "department", "nuts3", "nuts 3"),
    "region": ("region", "nuts1", "nuts2", "nuts 1", "nuts 2"),
    "country": ("country", "pays", "state", "etat"),
}
NOWHERE = (math.nan, math.nan)
ALL_OF_THEM = Match(method="all", score=1.0)


@dataclass(frozen=True, eq=False)
class Ends:
    """The ends of each row by side, and the match of each different end."""

    sides: Mapping[str, Sequence[tuple[End, ...]]]
    found: Mapping[End, Match]

    def matches(self, world: World, sides: Mapping[str, str]) -> pd.DataFrame:
        """MATCHES: each different end of a side, under the name that `sides` gives it."""
        told = []
        for side, held in self.sides.items():
            counts: dict[End, int] = {}
            for end in (end for row in held for end in row):
                counts[end] = counts.get(end, 0) + 1
            for end, rows in counts.items():
                match = self.found[end]
                told.append((
                    end.key, sides[side], rows, match.place_id, name_of(world, match),
                    match.method, match.score, _apart(world, end, match), match.reason,
                ))  # fmt: skip
        return pd.DataFrame(told, columns=list(MATCHES))


def name_of(world: World, match: Match) -> str:
    """What the place of a match is called in French, "" where none was found."""
    places = places_of(world)
    if match.town and match.place_id not in places:
        return match.town.name
    return places.name(match.place_id, "fr") if match.place_id in places else ""


def by_role(table: RawTable, reading: Reading, figures: Sequence[str] = ()) -> pd.DataFrame:
    """The cells of the file by role, constants in the place of columns that are not there;
    `figures` are the roles read as numbers, NaN where a cell holds none."""
    held = {role: table.rows[column].str.strip() for role, column in reading.columns.items()}
    cells = pd.DataFrame(held, index=table.rows.index)
    for role, value in reading.constants.items():
        cells[role] = value
    decimal = str(table.described.get("decimal", ""))
    for role in figures:
        told = cells[role] if role in cells else pd.Series("", index=cells.index)
        cells[role] = numbers(told, decimal).astype("float64")
    return cells


def column(cells: pd.DataFrame, role: str) -> list[str]:
    """The texts of a role, empty where no column has it."""
    return cells[role].astype(str).tolist() if role in cells else [""] * len(cells)


def found_ends(
    world: World, ends: Mapping[str, Sequence[tuple[End, ...]]], reading: Reading,
    progress: bool = False,
) -> Ends:  # fmt: skip
    """Every different end matched once, decisions taken."""
    distinct = list(dict.fromkeys(end for held in ends.values() for row in held for end in row))
    found = dict(zip(distinct, matched(world, distinct, progress), strict=True))
    return Ends(ends, found | _decided(world, found, reading.decisions))


def _decided(
    world: World, found: Mapping[End, Match], decisions: Mapping[str, str]
) -> dict[End, Match]:
    """The ends that a person decided on, each with the place taken among its candidates or of
    the atlas."""
    decided = {}
    for end, match in found.items():
        place = decisions.get(end.key, "")
        if match.doubtful and (place in match.candidates or place in places_of(world)):
            town = town_of(alpha2(world).get(match.country, ""), place)
            decided[end] = Match(place, "decision", 1.0, town=town, country=match.country)
    return decided


def mapped(texts: Sequence[str], read: Callable[[str], str]) -> list[str]:
    """What each text is read as; each different one is read once."""
    known = {text: read(text) for text in set(texts)}
    return [known[text] for text in texts]


def country_ends(world: World, cells: pd.DataFrame, *sides: str) -> Ends:
    """Ends that are countries, by the code, else by the name; the end without either is all of
    them. Of two names of one country, that of a group (Micronesia) is the group."""
    told = {side: list(zip(column(cells, f"{side}_code"), column(cells, f"{side}_name"),
                           strict=True)) for side in sides}  # fmt: skip
    ends = {pair: End(pair[1], pair[0]) for pairs in told.values() for pair in pairs}
    known = {pair: country_of(world, pair[0]) or country_of(world, pair[1]) for pair in ends}
    twice = Counter(known.values())
    found = {}
    for (code, name), country in known.items():
        group = names_group(name) and (not country or twice[country] > 1)
        method = "code" if country_of(world, code) else "name"
        found[ends[code, name]] = (
            ALL_OF_THEM if not code and not name
            else Match(reason="group_of_countries") if group
            else Match(country, method, 1.0, country=country) if country
            else Match(reason="unknown_country")
        )  # fmt: skip
    return Ends({side: [(ends[pair],) for pair in pairs] for side, pairs in told.items()}, found)


def ends_of(
    world: World, cells: pd.DataFrame, side: str, separators: str = "", home: str = ""
) -> list[tuple[End, ...]]:
    """The ends of each row on one side: one, or several where a cell names several. `home` is the
    country of all where no column tells one."""
    said = column(cells, f"{side}_country")
    home = "" if f"{side}_country" in cells else home
    known = {text: country_of(world, text) for text in set(said)}
    apart = re.compile("[" + re.escape(separators) + "]") if separators else None
    found = []
    texts = (column(cells, f"{side}_{name}") for name in ("name", "code", "level", "departement"))
    told = zip(*texts, said, *_points(cells, side), strict=True)
    for name, code, level, departement, country, x, y in told:
        names = [n.strip() for n in apart.split(name) if n.strip()] if apart else [name]
        alone = len(names) < 2
        point = (x, y) if alone and x == x and y == y else NOWHERE
        where = known[country] or (home if not country else "")
        found.append(tuple(
            End(each, code if alone else "", where, worded(level, LEVELS),
                departement_id(departement), *point)
            for each in names or [""]
        ))  # fmt: skip
    return found


def _points(cells: pd.DataFrame, side: str) -> tuple[list[float], list[float]]:
    """Longitudes and latitudes, NaN where there are none."""
    lon, lat = (
        cells[f"{side}_{name}"].tolist() if f"{side}_{name}" in cells else [math.nan] * len(cells)
        for name in ("lon", "lat")
    )
    return lon, lat


def departement_id(text: str) -> str:
    """The département that a code says, as an id; "" for what is no code."""
    code = text.strip().upper()
    return f"departement:{code.zfill(2)}" if re.fullmatch(r"\d{1,3}|2[AB]", code) else ""


def new_places(
    world: World, ends: Ends, rows: Iterable[tuple[End, ...]], also: Iterable[str] = ()
) -> pd.DataFrame:
    """PLACE_COLUMNS: the places of ends that the atlas does not have yet; `also` are others that
    it has."""
    frame, made = places_of(world).frame, {}
    known = {*frame.index[frame["level"] != "town"], *world.table("places")["place_id"], *also}
    for end in (end for row in rows for end in row):
        match = ends.found[end]
        if match.place_id in known or not match.place_id:
            continue
        lon, lat = (match.town.lon, match.town.lat) if match.town else (end.lon, end.lat)
        made[match.place_id] = {
            **dict.fromkeys(PLACE_COLUMNS, ""), "place_id": match.place_id,
            "name": match.town.name if match.town else end.name,
            "level": "commune" if match.town else "other", "country_id": match.country,
            "lon": lon, "lat": lat, "source_id": SOURCE,
            "coord_method": "geonames" if match.town else "file",
        }  # fmt: skip
    return pd.DataFrame(list(made.values()), columns=list(PLACE_COLUMNS))


def worded(text: str, known: Mapping[str, tuple[str, ...]], default: str = "") -> str:
    """The code that a text is or that one of its words says, `default` for none."""
    said = fold(text)
    if not said:
        return default
    if said.replace(" ", "_") in known:
        return said.replace(" ", "_")
    found = [code for code, words in known.items() if any(word in said for word in words)]
    return found[0] if found else default


def first_reason(
    index: pd.Index, reasons: Sequence[tuple[pd.Series, str | pd.Series]]
) -> pd.Series:
    """The first of the reasons that holds for each row, "" where none does; each is a mask with
    its code, or with codes by row."""
    reason = pd.Series("", index=index, dtype=object)
    for wrong, said in reasons:
        reason = reason.mask((reason == "") & wrong, said)
    return reason


def year_of(text: str) -> str:
    """The first year that a text holds, "" for none."""
    found = YEAR.search(text)
    return found[1] if found else ""


def _apart(world: World, end: End, match: Match) -> float:
    """Kilometres between the point of the file and that of the place found, NaN without one."""
    if not end.located or not match.place_id or not math.isnan(match.km):
        return match.km
    lon, lat = places_of(world).points.get(match.place_id, NOWHERE)
    return km_between(end.lon, end.lat, lon, lat) if lon == lon else math.nan
