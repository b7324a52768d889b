"""Places: one table of every collectivity, unit and State, each with all that contains it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd

from geo.world import World

LEVELS = ("country", "region", "departement", "epci", "commune", "admin1", "town")
ANCESTORS = ("country_id", "region_id", "departement_id", "epci_id", "ept_id", "admin1_id")
COLUMNS = (
    "place_id", "name_fr", "name_en", "level", *ANCESTORS, "population", "lon", "lat",
)  # fmt: skip
FRANCE = "country:FRA"
_MARKS = re.compile("[\u0300-\u036f]")
_JOINTS = re.compile("[-'’_/]")


@dataclass(frozen=True, eq=False)
class Places:
    """Every place by id; `frame` is indexed by place_id and has the columns of COLUMNS."""

    frame: pd.DataFrame

    @cached_property
    def folded(self) -> list[str]:
        """The names of each place in both languages, ready to be searched."""
        names = zip(self.frame["name_fr"].tolist(), self.frame["name_en"].tolist(), strict=True)
        return [fold(fr if fr == en else f"{fr} | {en}") for fr, en in names]

    @cached_property
    def _columns(self) -> dict[str, dict[str, str]]:
        wanted = ("name_fr", "name_en", "level", *ANCESTORS)
        ids = self.frame.index.tolist()
        return {c: dict(zip(ids, self.frame[c].tolist(), strict=True)) for c in wanted}

    @cached_property
    def points(self) -> dict[str, tuple[float, float]]:
        """Longitude and latitude of every place, NaN where it has no point (degrees)."""
        lon, lat = self.frame["lon"].tolist(), self.frame["lat"].tolist()
        return dict(zip(self.frame.index.tolist(), zip(lon, lat, strict=True), strict=True))

    def __contains__(self, place_id: object) -> bool:
        return place_id in self._columns["level"]

    def value(self, place_id: str, column: str) -> str:
        """One text column of one place; KeyError for an unknown id."""
        return self._columns[column][place_id]

    def name(self, place_id: str, lang: str) -> str:
        """The place's name in the language; KeyError for an unknown id."""
        return self._columns[f"name_{lang}"][place_id]

    def names(self, place_ids: Iterable[str], lang: str) -> list[str]:
        return [self.name(place_id, lang) for place_id in place_ids]

    def search(self, text: str, levels: Sequence[str], limit: int = 50) -> list[str]:
        """Ids of places whose name holds `text`, accents and case aside.

        Names that begin with it come first, then wider levels, then larger populations.
        """
        wanted = fold(text)
        hits = [i for i, name in enumerate(self.folded) if wanted and wanted in name]
        found = self.frame.iloc[hits][["level", "population"]]
        found = found.assign(
            begins=[not self.folded[i].startswith(wanted) for i in hits],
            rank=found["level"].map({level: i for i, level in enumerate(levels)}),
        ).dropna(subset=["rank"])
        ordered = found.sort_values(["begins", "rank", "population"], ascending=[True, True, False])
        return list(ordered.index[:limit])


def fold(text: str) -> str:
    """Lower case, no accents, hyphens as spaces: «Île-de-France» -> «ile de france»."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = bare.replace("œ", "oe")
    return " ".join(_JOINTS.sub(" ", _MARKS.sub("", bare)).split())


@lru_cache(maxsize=4)
def places_of(world: World) -> Places:
    """The places of a world: reference tables first, then the towns that only links and
    networks name."""
    parts = [
        _abroad(world, "countries", "country"), _french(world, "regions", "region"),
        _french(world, "departements", "departement"), _french(world, "epci", "epci"),
        _communes(world), _abroad(world, "admin1", "admin1"),
    ]  # fmt: skip
    towns = _towns(world)
    frame = pd.concat([*parts, towns], ignore_index=True)
    frame = frame.drop_duplicates("place_id").set_index("place_id", drop=False)
    frame = frame.reindex(columns=list(COLUMNS))
    frame = _with_points(frame, towns)
    text = [c for c in COLUMNS if c not in ("population", "lon", "lat")]
    frame[text] = frame[text].fillna("").astype(str)
    return Places(frame)


def _abroad(world: World, table: str, level: str) -> pd.DataFrame:
    """Rows of countries or of first-level units, which have a name in both languages."""
    t = world.table(table)
    return t.assign(place_id=t[f"{level}_id"], level=level)


def _french(world: World, table: str, level: str) -> pd.DataFrame:
    """Rows of French collectivities, which have one name in every language."""
    t = world.table(table)
    return t.assign(
        place_id=t[f"{level}_id"], level=level, country_id=FRANCE, name_fr=t["name"],
        name_en=t["name"],
    )  # fmt: skip


def _communes(world: World) -> pd.DataFrame:
    t = _french(world, "communes", "commune")
    region = world.table("departements").set_index("departement_id")["region_id"]
    return t.assign(region_id=t["departement_id"].map(region))


def _towns(world: World) -> pd.DataFrame:
    """Places that links name, then those that only a membership of a network names."""
    t = world.table("places")
    name_fr = t["name_fr"].where(t["name_fr"] != "", t["name"]) if "name_fr" in t else t["name"]
    members = world.table("members")[["place_id", "member_name", "country_id", "lon", "lat"]]
    members = members[members["place_id"] != ""].drop_duplicates("place_id")
    named = members.assign(name_fr=members["member_name"], name_en=members["member_name"])
    towns = [t.assign(name_fr=name_fr, name_en=t["name"]), named]
    return pd.concat(towns, ignore_index=True).assign(level="town")


def _with_points(frame: pd.DataFrame, towns: pd.DataFrame) -> pd.DataFrame:
    """Points for the places that the reference has none for, from where links put them."""
    known = towns.drop_duplicates("place_id").set_index("place_id")
    for axis in ("lon", "lat"):
        frame[axis] = frame[axis].fillna(frame["place_id"].map(known[axis]))
    return frame
