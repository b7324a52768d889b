"""INSEE's census tables by commune and by country of birth or nationality, a line a cell.

Beside CODGEO and NB, a table of this kind has sexes, ages or both (SEXE, AGE...), one column of
countries, and perhaps IMMI, of which 1 are the immigrants. The cells are added up to one figure a
commune and country, like those of IMG1A. Tables with a column a country need none of this: they
are unfolded like any other.
"""

from __future__ import annotations

import re

from geo.ingest.countries import names_country
from geo.ingest.grid import RawTable
from geo.ingest.insee import BESIDE, PEOPLE, ROLES, added_up, cells_of
from geo.ingest.mapping import Reading

AGE = re.compile(r"AGE\w*")
BIRTH = re.compile(r"0+")  # the youngest age; other tables count those of 15 and more
COUNTRIES = re.compile(r"P?NAI|NATIO|PAYS|BIRTH")  # what a column of countries is called
IMMIGRANTS = "1"  # of IMMI
OTHERS = "IMMI 2"  # who are no immigrants, whatever their country


def holds(table: RawTable, _file: str) -> bool:
    """Whether a table has a line for each commune, country and sex or age, of all ages."""
    columns, ages = {*map(str, table.rows.columns)}, _ages(table)
    young = [any(BIRTH.fullmatch(age.strip()) for age in table.rows[name].unique())
             for name in ages]  # fmt: skip
    return (
        {"CODGEO", "NB"} <= columns
        and bool(ages or "SEXE" in columns)
        and all(young)
        and bool(_countries(table))
    )


def births(table: RawTable) -> tuple[RawTable, Reading]:
    """A figure for each commune and country, of immigrants where the table tells them apart."""
    rows, variable = table.rows, _countries(table)
    immigrants = "IMMI" in rows
    cells = cells_of(rows, variable)
    if immigrants:
        others = rows["IMMI"].str.strip() != IMMIGRANTS
        cells["modality"] = cells["modality"].mask(others, OTHERS)
    laid = added_up(table, cells, variable, {*cells["modality"]} - {OTHERS})
    constants = {**PEOPLE, **({"definition": "immigrants"} if immigrants else {})}
    return laid, Reading("vectors", {**ROLES, "counterpart_name": variable}, constants)


def _ages(table: RawTable) -> list[str]:
    return [name for name in map(str, table.rows.columns) if AGE.fullmatch(name)]


def _countries(table: RawTable) -> str:
    """The column of countries, where it is the one that is left and holds or is called so."""
    beside = {*BESIDE, *_ages(table), "SEXE", "IMMI"}
    left = [name for name in map(str, table.rows.columns) if name not in beside]
    if len(left) != 1:
        return ""
    held = [*filter(None, (text.strip() for text in table.rows[left[0]].unique()))]
    known = sum(map(names_country, held))
    return left[0] if 2 * known > len(held) or COUNTRIES.search(left[0].upper()) else ""
