"""First-level units of every country but France: shapes, ids, names (Natural Earth, 10m)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pandas as pd
import shapely

from geo.build.shapes import Layer, clean, label_point, parts

# Natural Earth's own country codes, and the ISO 3166-1 code of the country meant.
ISO3 = {
    "ALD": "ALA",  # Åland
    "ATC": "AUS",  # Ashmore and Cartier Islands
    "CSI": "AUS",  # Coral Sea Islands
    "CYN": "CYP",  # Northern Cyprus, counted with Cyprus by the United Nations
    "KAB": "KAZ",  # Baikonur, leased to Russia
    "KOS": "XKX",  # Kosovo, by the user-assigned code that the World Bank and the EU use
    "PSX": "PSE",  # Palestine
    "SAH": "ESH",  # Western Sahara
    "SDS": "SSD",  # South Sudan
    "SOL": "SOM",  # Somaliland, counted with Somalia by the United Nations
    "USG": "CUB",  # Guantánamo Bay, leased to the United States
}
# Units whose code differs from their country's.
ISO3_OF_UNIT = {
    "UA-40": "UKR",  # Sevastopol: Crimea is in Ukraine here, as in the country layer
    "UA-43": "UKR",  # Crimea
    "-99-X14~": "CXR",
    "-99-X15~": "CCK",
    "NO-X01~": "BVT",
    "TK-X01~": "TKL",
    "NO-21": "SJM",
    "NL-BQ1": "BES",
    "NL-BQ2": "BES",
    "NL-BQ3": "BES",
}
# No unit of a country: contested by several States, or a base on another's soil.
LEFT_OUT = {
    "-99-X06~",  # Siachen Glacier
    "-99-X08~",  # Spratly Islands
    "CN-X01~",  # Paracel Islands
    "-99-X16~",  # Dhekelia, British base in Cyprus
    "-99-X17~",  # Akrotiri, British base in Cyprus
}
# Units whose translated names belong to another place or another time: the main name stands.
MAIN_NAME = {
    "admin1:DK-84", "admin1:ET-SN", "admin1:IT-BZ", "admin1:IT-GE", "admin1:KZ-AST", "admin1:ML-3",
    "admin1:NE-BIH-2224", "admin1:NE-KOS-5902", "admin1:NE-KOS-5908", "admin1:NE-MNP-4940",
    "admin1:NE-SPM-4866", "admin1:PH-SUN",
}  # fmt: skip
# Units whose French name lost the noun it needs.
NAME_FR = {
    "admin1:EG-C": "Le Caire",
    "admin1:PS-GZZ": "Bande de Gaza",
    "admin1:RU-YEV": "Oblast autonome juif",
}
PREPOSITION = re.compile(r"(de la |de l['’]|des |de |du |d['’])")

FRANCE = {"FRA", "CLP"}  # their units are départements and collectivities

ISO_3166_2 = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


def admin1_units(units: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The units taken: not France's, not contested, and with a name."""
    return [
        unit for unit in units
        if unit["properties"]["adm0_a3"] not in FRANCE
        and unit["properties"]["iso_3166_2"] not in LEFT_OUT
        and unit["properties"].get("name")
    ]  # fmt: skip


def admin1_ids(units: list[dict[str, Any]]) -> list[str]:
    """An id for each unit: its ISO 3166-2 code where it is one and names one unit only.

    Elsewhere the code of Natural Earth, whose "+00?" would not survive in an address: "-00".
    """
    times = Counter(unit["properties"]["iso_3166_2"] for unit in units)
    return [
        f"admin1:{code}"
        if ISO_3166_2.fullmatch(code := unit["properties"]["iso_3166_2"]) and times[code] == 1
        else "admin1:NE-" + unit["properties"]["adm1_code"].replace("+", "-").rstrip("?")
        for unit in units
    ]


def admin1_shapes(units: list[dict[str, Any]], ids: list[str]) -> Layer:
    """Shapes by id, at full detail, overlaps in the file cleared.

    Two units of Friuli (ITA-5457, ITA-5455) overlap their Slovenian neighbours by up to 0.7
    degree of border; `coverage_clean` gives each overlap to the neighbour with the longest
    border there.
    """
    shapes = [clean(parts(shapely.geometry.shape(unit["geometry"]))) for unit in units]
    layer = dict(zip(ids, shapes, strict=True))
    near = [
        place for place, shape in layer.items()
        if place.startswith(("admin1:IT", "admin1:SI", "admin1:NE-ITA", "admin1:NE-SVN"))
        and shape.intersects(shapely.box(12.3, 45.5, 14.3, 46.8))
    ]  # fmt: skip
    mended = shapely.coverage_clean(  # type: ignore[attr-defined]  # newer than its stubs
        [layer[place] for place in near]
    )
    layer.update({p: shapely.MultiPolygon(parts(m)) for p, m in zip(near, mended, strict=True)})
    return dict(sorted(layer.items()))


def admin1_table(units: list[dict[str, Any]], ids: list[str], layer: Layer) -> pd.DataFrame:
    """One row per unit, sorted by id; the point lies inside the shape that is written."""
    rows = []
    for unit, place in zip(units, ids, strict=True):
        said = unit["properties"]
        point = label_point(layer[place])
        rows.append({
            "admin1_id": place,
            "country_id": f"country:{country(said)}",
            "name_fr": NAME_FR.get(place) or french(said.get("name_fr") or said["name"]),
            "name_en": said.get("name_en") or said["name"],
            "name_local": said.get("name_local") or said["name"],
            "type_en": said.get("type_en") or "",
            "lon": point.x,
            "lat": point.y,
            "wikidata_id": said.get("wikidataid") or "",
            "source_id": "units",
            "main": said["name"],
        })  # fmt: skip
    return told_apart(pd.DataFrame(rows)).sort_values("admin1_id", ignore_index=True)


def told_apart(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the main name where a translation names several units of one country.

    Natural Earth translates through Wikidata, where a unit may stand for an older, larger one:
    three regions of Madagascar all became "Tamatave". An item that several units share, or that
    is another place's, identifies none of them and is left out.
    """
    out = table.drop(columns="main")
    wrong = table["admin1_id"].isin(MAIN_NAME)
    for column in ("name_fr", "name_en"):
        shared = table.duplicated(["country_id", column], keep=False)
        out[column] = table[column].where(~(shared | wrong), table["main"])
    shared = table.duplicated("wikidata_id", keep=False)
    out["wikidata_id"] = table["wikidata_id"].where(~(shared | wrong), "")
    return out


def french(name: str) -> str:
    """A French name without the preposition that its lost noun left behind ("de Gaza")."""
    bare = PREPOSITION.sub("", name, count=1) if PREPOSITION.match(name) else name
    return bare[0].upper() + bare[1:]


def country(said: dict[str, Any]) -> str:
    """ISO 3166-1 alpha-3 code of a unit's country."""
    code: str = said["adm0_a3"]
    return ISO3_OF_UNIT.get(said["iso_3166_2"]) or ISO3.get(code, code)
