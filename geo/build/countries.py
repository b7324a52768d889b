"""Countries of the world: shapes that follow ISO 3166, names, groups, a point each."""

from __future__ import annotations

from typing import Any

import pandas as pd
import shapely
from babel import Locale

from geo.build.shapes import Layer, clean, inserted, label_point, merged, parts

# Natural Earth draws places that have no code of their own in ISO 3166; each goes with the
# State that the United Nations count it with.
WITHIN = {
    "SOL": "SOM",  # Somaliland
    "CYN": "CYP",  # Northern Cyprus
    "ATC": "AUS",  # Ashmore and Cartier Islands
}
LEFT_OUT = {
    "KAS",  # Siachen Glacier, claimed by India and Pakistan, in neither
    "IOA",  # "Indian Ocean Territories": Christmas and Cocos Islands come apart, from the units
}

# Codes of Natural Earth's first-level units whose shapes stand for a country that the country
# file lacks: too small for its scale, or lumped with another.
FROM_UNITS = {
    "BVT": ["NO-X01~"],
    "CCK": ["-99-X15~"],
    "CXR": ["-99-X14~"],
    "GIB": ["GI-X01~"],
    "TKL": ["TK-X01~"],
    "UMI": ["UM-67", "UM-71", "UM-76", "UM-79", "UM-81", "UM-84", "UM-86", "UM-95"],
    "VAT": ["VA-X01~"],
}

# Entries of ISO 3166 that are drawn as part of another country, with the unit for their point.
DRAWN_IN = {
    "BES": ("NLD", "NL-BQ1"),
    "GLP": ("FRA", "FR-GP"),
    "GUF": ("FRA", "FR-GF"),
    "MTQ": ("FRA", "FR-MQ"),
    "MYT": ("FRA", "FR-YT"),
    "REU": ("FRA", "FR-RE"),
    "SJM": ("NOR", "NO-21"),
}

# The CLDR's everyday variants (alt="short"), which babel does not expose, and two of its
# French names that lack their preposition or take capitals in a list.
NAMES_FR = {"HK": "Hong Kong", "MO": "Macao", "PS": "Palestine", "VA": "Vatican"}
NAMES_EN = {
    "HK": "Hong Kong", "MO": "Macao", "PS": "Palestine",
    "CD": "Congo-Kinshasa", "CG": "Congo-Brazzaville",
}  # fmt: skip
REGIONS_FR = {"057": "Micronésie", "053": "Australie et Nouvelle-Zélande"}
REGIONS_EN = {"057": "Micronesia", "053": "Australia and New Zealand"}

# The concordance was written by a program that took Namibia's code for a missing value.
ISO2 = {"NAM": "NA"}

INCOME = {
    "Low income": "low",
    "Lower middle income": "lower_middle",
    "Upper middle income": "upper_middle",
    "High income": "high",
    "Not classified": "",
    "": "",
}
GROUP = {"high": "north", "upper_middle": "emerging", "lower_middle": "south", "low": "south",
         "": "unclassified"}  # fmt: skip


def country_shapes(
    decoded: list[tuple[dict[str, Any], shapely.MultiPolygon]], units: list[dict[str, Any]]
) -> Layer:
    """Shapes of countries by place id, at the scale of the file (1:50 million)."""
    pieces: dict[str, list[shapely.MultiPolygon]] = {}
    for properties, shape in decoded:
        code = properties["a3"]
        if code not in LEFT_OUT and not shape.is_empty:
            pieces.setdefault(f"country:{WITHIN.get(code, code)}", []).append(shape)
    layer = {place: merged(shapes) for place, shapes in sorted(pieces.items())}
    by_code = units_by_code(units)
    for code, wanted in FROM_UNITS.items():
        inserted(layer, f"country:{code}", merged([by_code[unit] for unit in wanted]))
    return dict(sorted(layer.items()))


def units_by_code(units: list[dict[str, Any]]) -> dict[str, shapely.MultiPolygon]:
    """Shapes of first-level units by Natural Earth's `iso_3166_2`."""
    wanted = {code for codes in FROM_UNITS.values() for code in codes}
    wanted |= {unit for _, unit in DRAWN_IN.values()}
    return {
        unit["properties"]["iso_3166_2"]: clean(parts(shapely.geometry.shape(unit["geometry"])))
        for unit in units
        if unit["properties"]["iso_3166_2"] in wanted
    }


def country_table(
    concordance: pd.DataFrame, layer: Layer, units: list[dict[str, Any]]
) -> pd.DataFrame:
    """One row per entry of the concordance (ISO 3166-1 and Kosovo), sorted by id."""
    c = concordance.assign(iso2_code=_iso2(concordance))
    region, subregion = _m49(c["region_code"]), _finest_region(c)
    income = c["income_level"].map(INCOME)
    points = _points(c["iso3_code"], layer, units)
    table = pd.DataFrame({
        "country_id": "country:" + c["iso3_code"],
        "iso3": c["iso3_code"],
        "iso2": c["iso2_code"],
        "iso_numeric": c["iso_numeric_code"].map(lambda code: code.zfill(3) if code else ""),
        "name_fr": _names(c["iso2_code"], "fr", NAMES_FR),
        "name_en": _names(c["iso2_code"], "en", NAMES_EN),
        "m49_region": region,
        "m49_region_fr": _names(region, "fr", REGIONS_FR),
        "m49_region_en": _names(region, "en", REGIONS_EN),
        "m49_subregion": subregion,
        "subregion_fr": _names(subregion, "fr", REGIONS_FR),
        "subregion_en": _names(subregion, "en", REGIONS_EN),
        "income_group": income,
        "dac_code": c["dac_code"],
        "dac_recipient": _recipient(c["ldc"], income),
        "ldc": c["ldc"].str.lower(),
        "group": income.map(GROUP),
        "drawn_in": [f"country:{DRAWN_IN[k][0]}" if k in DRAWN_IN else "" for k in c["iso3_code"]],
        "lon": [point.x for point in points],
        "lat": [point.y for point in points],
        "source_id": "concordance",
    })  # fmt: skip
    return table.sort_values("country_id", ignore_index=True)


def _points(codes: pd.Series, layer: Layer, units: list[dict[str, Any]]) -> list[shapely.Point]:
    """Label points; what is drawn in another country takes its own unit's."""
    by_code = units_by_code(units)
    shapes = {code: layer.get(f"country:{code}") for code in codes}
    for code, (_, unit) in DRAWN_IN.items():
        shapes[code] = by_code[unit]
    return [label_point(shape) for shape in shapes.values() if shape is not None]


def _recipient(ldc: pd.Series, income: pd.Series) -> pd.Series:
    """Say "true" where the DAC's rule is met, "" where this table cannot tell.

    The list takes all least developed countries and all low and middle income ones but members
    of the EU and former G8 members, none of which is low or middle income here. Countries that
    passed the threshold lately may still be on it, so "false" is never said.
    """
    met = ldc.eq("True") | income.isin(["low", "lower_middle", "upper_middle"])
    return met.map({True: "true", False: ""})


def _iso2(c: pd.DataFrame) -> pd.Series:
    return c["iso3_code"].map(ISO2).fillna(c["iso2_code"])


def _m49(codes: pd.Series) -> pd.Series:
    return codes.map(lambda code: code.zfill(3) if code else "")


def _finest_region(c: pd.DataFrame) -> pd.Series:
    """M49 intermediate region where there is one (Western Africa), else the sub-region."""
    finer = c["intermediate_region_code"]
    return _m49(finer.where(finer != "", c["subregion_code"]))


def _names(codes: pd.Series, language: str, everyday: dict[str, str]) -> list[str]:
    known = Locale(language).territories
    return [everyday.get(code, known[code]) if code else "" for code in codes]
