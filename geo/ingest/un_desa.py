"""UN DESA's International Migrant Stock: people by country of residence and of origin.

Editions of 2020 and 2024: titles above a header on row 11; a line is a destination and an origin;
the years come three times, for both sexes together, then men, then women, and only the first are
read. The total of a destination is its line of the origin «World», or the only line of the
workbooks without origins. Edition of 2019: a line is a year and a destination, the origins are
columns, and the men and women have sheets of their own, which are not read. A cleaned copy of it
in CSV has zeros where the workbook has empty cells: they tell nothing.

Places have location codes, ISO 3166-1 numeric below 900; from 900 on they are the world, its
regions and groups by income. Names bear stars and numbers of notes. «..» and «-» are missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from geo.ingest.countries import names_country
from geo.ingest.grid import RawTable
from geo.ingest.mapping import Reading
from geo.ingest.rows import mapped
from geo.ingest.unfolding import ACROSS, VALUE, places_across, unfolded, years_across
from geo.places import fold

PRODUCER = "United Nations, Department of Economic and Social Affairs, Population Division"
STOCK = {
    "title": "International Migrant Stock", "producer": PRODUCER,
    "citation": f"{PRODUCER}, International Migrant Stock",
    "address": "https://www.un.org/development/desa/pd/content/international-migrant-stock",
    "licence": "CC BY 3.0 IGO",
}  # fmt: skip
FILE = "undesa_pd_2024_ims_stock_by_sex_destination_and_origin.xlsx"
ADDRESS = ("https://www.un.org/development/desa/pd/sites/www.un.org.development.desa.pd/files/"
           f"{FILE}")  # fmt: skip
CONSTANTS = {"vector": "diaspora", "unit": "people", "measure": "stock",
             "estimate": "true"}  # fmt: skip
TOTAL, PART = "immigrants", "immigrants_by_origin"  # series of their own: never summed together
SHEET = "Table 1"  # numbers of both sexes; the others hold shares, or men and women
WORLD, GROUPS_FROM = 900, 900
FEWEST = 100  # countries across a matrix of the world
NAME = "region, development group, country or area"
NOTES = re.compile(r"[*\s]+$|\s*\([\da-z]\)\s*[*\s]*$")
# What the letters of the type of data say, by the notes of the workbooks.
TYPES = {"B": "from people born abroad", "C": "from foreign citizens", "R": "refugees added",
         "I": "imputed from other countries"}  # fmt: skip
LEFT_OUT, INDICATOR = "left out", "indicator"
PLACE, ORIGIN = "place_code", "counterpart_code"


def holds_pairs(table: RawTable, _file: str) -> bool:
    """Whether a table is that of 2020 or 2024, by destination and origin."""
    columns = _columns(table)
    coded = {"location code of destination", "location code of origin"} <= columns.keys()
    return _numbers(table) and coded and bool(years_across(list(columns.values())))


def holds_totals(table: RawTable, file: str) -> bool:
    """Whether a table is that of 2020 or 2024 by destination alone."""
    columns = _columns(table)
    told = {NAME, "location code"} <= columns.keys() and "destination" in file.lower()
    return _numbers(table) and told and bool(years_across(list(columns.values())))


def holds_matrix(table: RawTable, _file: str) -> bool:
    """Whether a table is that of 2019, or its cleaned copy."""
    columns = _columns(table)
    place = "dest" in columns or any("area of destination" in name for name in columns)
    return _numbers(table) and "year" in columns and place and len(_origins(table)) >= FEWEST


def _numbers(table: RawTable) -> bool:
    return table.described.get("sheet", SHEET) == SHEET


def _columns(table: RawTable) -> dict[str, str]:
    """The columns by their names without accents and case."""
    return {fold(str(column)).strip(): str(column) for column in table.rows.columns}


def _origins(table: RawTable) -> list[str]:
    """The columns of origins, with those of totals and remainders before them."""
    names = [str(column) for column in table.rows.columns]
    at = places_across(names, lambda name: names_country(_bare(name)))
    return at if len(at) >= FEWEST else []


def pairs(table: RawTable) -> tuple[RawTable, Reading]:
    """A figure for each line and year."""
    columns = _columns(table)
    return _by_year(table, {
        PLACE: columns["location code of destination"],
        "place_name": columns[f"{NAME} of destination"],
        ORIGIN: columns["location code of origin"],
        "counterpart_name": columns[f"{NAME} of origin"],
    })  # fmt: skip


def totals(table: RawTable) -> tuple[RawTable, Reading]:
    """A figure for each destination and year, of all origins."""
    columns = _columns(table)
    return _by_year(table, {PLACE: columns["location code"], "place_name": columns[NAME]})


def _by_year(table: RawTable, read: dict[str, str]) -> tuple[RawTable, Reading]:
    years = years_across([str(column) for column in table.rows.columns])
    laid, roles = _tidied(table, read)
    return laid, Reading("vectors", roles, CONSTANTS, across=years, across_is="year")


def matrix(table: RawTable) -> tuple[RawTable, Reading]:
    """A figure for each line and origin."""
    columns = _columns(table)
    cleaned = "dest" in columns
    place = next(columns[name] for name in columns if name == "dest" or "area of dest" in name)
    read = {"place_name": place, "counterpart_name": ACROSS}
    read |= {PLACE: columns["code"]} if "code" in columns else {}
    laid, roles = _tidied(unfolded(table, _origins(table)), read)
    rows = laid.rows
    total = rows[ACROSS].str.lower() == "total"
    zero = (rows[LEFT_OUT] == "") & (rows[VALUE] == "0") & cleaned
    rows[ACROSS] = rows[ACROSS].where(~total, "")
    rows[INDICATOR] = np.where(total, TOTAL, PART)
    rows[LEFT_OUT] = rows[LEFT_OUT].mask(zero, "zero_or_no_value")
    roles |= {"year": columns["year"], "value": VALUE}
    return replace(laid, rows=rows), Reading("vectors", roles, CONSTANTS)


def _tidied(table: RawTable, read: Mapping[str, str]) -> tuple[RawTable, dict[str, str]]:
    """The lines of places, with plain codes and names, and what groups are left out for; and the
    column of each role. The line of the world is that of all origins together."""
    rows = table.rows[(table.rows[read["place_name"]].str.strip() != "").to_numpy()]
    rows = rows.assign(**{
        column: mapped(rows[column].tolist(), _code if role in (PLACE, ORIGIN) else _bare)
        for role, column in read.items()
    })  # fmt: skip
    codes = {role: pd.to_numeric(rows[read[role]], errors="coerce")
             for role in (PLACE, ORIGIN) if role in read}  # fmt: skip
    groups = {role: code >= GROUPS_FROM for role, code in codes.items()}
    out = groups.get(PLACE, pd.Series(False, index=rows.index))
    part = pd.Series(False, index=rows.index)
    if ORIGIN in read:
        whole = (codes[ORIGIN] == WORLD) & ~out
        out = out | (groups[ORIGIN] & ~whole)
        both = [read[ORIGIN], read["counterpart_name"]]
        rows[both] = rows[both].mask(whole, "")
        part = ~whole
    rows[LEFT_OUT] = np.where(out, "group_of_countries", "")
    rows[INDICATOR] = np.where(part, PART, TOTAL)
    roles = {**read, "left_out": LEFT_OUT, "indicator": INDICATOR}
    for name, column in _columns(table).items():
        if name.startswith("type of data"):
            rows[column] = mapped(rows[column].tolist(), _basis)
            roles["note"] = column
    return replace(table, rows=rows.astype("str")), roles


def _code(text: str) -> str:
    """A location code with the zeros that a number has lost."""
    return text.strip().zfill(3) if text.strip() else ""


def _bare(name: str) -> str:
    """A name without the star and the number of a note after it."""
    return NOTES.sub("", name.strip())


def _basis(text: str) -> str:
    """What a figure was made from, by the letters of the source."""
    told = [TYPES[letter] for letter in text.split() if letter in TYPES]
    return f"{text.strip()}: {', '.join(told)}" if told else ""
