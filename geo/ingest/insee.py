"""INSEE's census tables by commune: IMG1A, by the situation as to immigration, and NAT1, by
nationality.

Two layouts: semicolons, a line for each commune, sex, age and modality (CODGEO, SEXE, AGE4, IMMI
or INATC, NB; NIVGEO and LIBGEO where there are such columns), and workbooks, a line a commune and
a column for each age, modality and sex (AGE415_IMMI1_SEXE2), with a sheet COM and a sheet ARM. In
both the cells are added up to one figure a commune and modality: IMMI 1 are immigrants, INATC 2
foreigners. Arrondissements of Paris, Lyon and Marseille are parts of communes that stand beside
them.

Communes are those of the year of publication. Where some have been merged since, the new commune
has a figure only if all that it was made of are in the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from geo.ingest.grid import RawTable, numbers
from geo.ingest.mapping import Reading
from geo.load import EMBEDDED

CENSUS = {
    "title": "Recensement de la population : étrangers et immigrés", "producer": "INSEE",
    "citation": "INSEE, recensement de la population, exploitation principale",
    "address": "https://www.insee.fr", "licence": "Licence Ouverte 2.0",
}  # fmt: skip
# The modality of each variable that is a diaspora, and its definition in the atlas.
DIASPORAS = {"IMMI": ("1", "immigrants"), "INATC": ("2", "foreigners")}
CELL = re.compile(r"AGE4(?P<age>\d\d)_(?P<variable>IMMI|INATC)(?P<modality>\d)_SEXE(?P<sex>\d)")
YOUNGEST = "00"  # the ages begin at birth: other tables count those of 15 and more
CELLS = {"SEXE", "AGE4"}
BESIDE = {"NIVGEO", "CODGEO", "LIBGEO", "NB"}
PARTS = re.compile(r"751(?:0[1-9]|1\d|20)|6938[1-9]|132(?:0[1-9]|1[0-6])")
ROLES = {"place_code": "commune", "value": "people", "note": "note", "note_fr": "note_fr",
         "left_out": "left out"}  # fmt: skip
PEOPLE = {"vector": "diaspora", "unit": "people", "measure": "stock"}
SMALL = 200
CARE = "under 200: to be handled with care, the sample is imprecise (INSEE)"
CARE_FR = "moins de 200 : à manier avec précaution, le sondage étant imprécis (INSEE)"


@dataclass(frozen=True)
class Communes:
    """The communes of today, and by code of each that others were merged into, the codes of all
    that it was made of."""

    today: frozenset[str]
    merged: Mapping[str, frozenset[str]]


def holds_lines(table: RawTable, _file: str) -> bool:
    """Whether a table is IMG1A or NAT1 with a line a cell, of all sexes and ages."""
    columns = {*map(str, table.rows.columns)}
    variables = columns & {*DIASPORAS}
    return (
        len(variables) == 1
        and {"CODGEO", "NB", *CELLS} <= columns <= {*BESIDE, *CELLS, *variables}
        and YOUNGEST in {age.strip().zfill(2) for age in table.rows["AGE4"].unique()}
    )


def holds_columns(table: RawTable, _file: str) -> bool:
    """Whether a table is IMG1A or NAT1 with a column a cell, of all ages."""
    cells = [found for column in map(str, table.rows.columns) if (found := CELL.fullmatch(column))]
    return "CODGEO" in table.rows and YOUNGEST in {cell["age"] for cell in cells}


def lines(table: RawTable) -> tuple[RawTable, Reading]:
    """A figure for each commune and modality, from the lines of a sex and an age."""
    variable = next(name for name in DIASPORAS if name in table.rows)
    return _added_up(table, cells_of(table.rows, variable), variable)


def cells_of(rows: pd.DataFrame, variable: str) -> pd.DataFrame:
    """The cells (code, part, modality, value, line) of a table with a line a cell."""
    return pd.DataFrame({
        "code": rows["CODGEO"].str.strip().str.upper().str.zfill(5),
        "part": rows["NIVGEO"] == "ARM" if "NIVGEO" in rows else False,
        "modality": rows[variable].str.strip(), "value": numbers(rows["NB"], "."),
        "line": np.arange(len(rows)),
    })  # fmt: skip


def columns(table: RawTable) -> tuple[RawTable, Reading]:
    """A figure for each commune and modality, from the columns of a sex and an age."""
    named = {column: found for column in map(str, table.rows.columns)
             if (found := CELL.fullmatch(column))}  # fmt: skip
    rows = table.rows[table.rows["CODGEO"].str.strip() != ""]
    part = table.described.get("sheet", "COM").upper().startswith("ARM")
    pieces = [pd.DataFrame({
        "code": rows["CODGEO"].str.strip().str.upper().str.zfill(5), "part": part,
        "modality": cell["modality"], "value": numbers(rows[column], "."),
        "line": rows.index,
    }) for column, cell in named.items()]  # fmt: skip
    variable = next(iter(named.values()))["variable"]
    return _added_up(table, pd.concat(pieces, ignore_index=True), variable)


def _added_up(table: RawTable, cells: pd.DataFrame, variable: str) -> tuple[RawTable, Reading]:
    """The figures of the modality that is a diaspora, with the mapping that reads them."""
    wanted, definition = DIASPORAS[variable]
    laid = added_up(table, cells, variable, {wanted})
    return laid, Reading("vectors", ROLES, {**PEOPLE, "definition": definition})


def added_up(
    table: RawTable, cells: pd.DataFrame, variable: str, wanted: Collection[str]
) -> RawTable:
    """The cells (code, part, modality, value, line) as figures, a commune and modality each; a sum
    that lacks a cell is none, and a modality that is not wanted is left out."""
    cells["part"] |= cells["code"].str.fullmatch(PARTS.pattern)
    by = ["code", "part", "modality"]
    sums = cells.groupby(by, sort=False).agg(
        people=("value", "sum"), told=("value", "count"), cells=("value", "size"),
        line=("line", "min")).reset_index()  # fmt: skip
    figures = _of_today(sums.assign(people=sums["people"].where(sums["told"] == sums["cells"])))
    other = (figures["left out"] == "") & ~figures["modality"].isin(wanted)
    figures["left out"] = figures["left out"].mask(other, "other_population")
    small = figures["people"] < SMALL
    people = figures["people"].round(2)
    rows = pd.DataFrame({
        "commune": figures["code"], variable: figures["modality"],
        "people": people.map(lambda value: "" if value != value else f"{value:.10g}"),
        "cells added up": figures["cells"].astype(str), "note": np.where(small, CARE, ""),
        "note_fr": np.where(small, CARE_FR, ""), "left out": figures["left out"],
    }).astype("str")  # fmt: skip
    told = {**table.described, "added_up": f"{len(cells):,} cells to {len(rows):,} figures",
            "decimal": "."}  # fmt: skip
    return RawTable(rows, table.first_line, told, None, figures["line"])


def _of_today(sums: pd.DataFrame) -> pd.DataFrame:
    """The sums of communes that are one today added up, where all of them are there."""
    known = communes()
    into = {code: new for new, codes in known.merged.items() for code in codes}
    held = {*sums.loc[~sums["part"], "code"]}
    whole = {new for new, codes in known.merged.items() if codes <= held}
    alone = {new for new, codes in known.merged.items() if codes & held <= {new}}
    new = sums["code"].map(into).fillna(sums["code"])
    joined = ~sums["part"] & new.isin(whole)
    added = sums[joined].assign(code=new[joined]).groupby(["code", "modality"], sort=False).agg(
        people=("people", lambda people: people.sum(skipna=False)), cells=("cells", "sum"),
        line=("line", "min")).reset_index()  # fmt: skip
    rest = sums[~joined]
    lacking = ~rest["part"] & rest["code"].isin(into) & ~new[~joined].isin(alone)
    unknown = ~rest["code"].isin(known.today) & ~rest["code"].isin(into)
    reasons = [(rest["part"].astype(bool), "part_of_a_commune"), (lacking, "parts_missing"),
               (unknown, "unknown_code")]  # fmt: skip
    out = np.select([mask for mask, _ in reasons], [said for _, said in reasons], "")
    figures = pd.concat([rest.assign(**{"left out": out}), added.assign(**{"left out": ""})])
    return figures.sort_values(["line", "modality"]).reset_index(drop=True)


@lru_cache(maxsize=1)
def communes() -> Communes:
    """The communes of the embedded data; communes merged before 2006 have no figure of their own
    in these tables and are not told."""
    folder = EMBEDDED / "reference"
    with (folder / "communes.csv").open(encoding="utf-8", newline="") as file:
        today = frozenset(row["code"] for row in csv.DictReader(file))
    merged: dict[str, set[str]] = {}
    with (folder / "former_communes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "deleguee":
                new = row["commune_id"].partition(":")[2]
                merged.setdefault(new, {new}).add(row["code"])
    return Communes(today, {new: frozenset(codes) for new, codes in merged.items()})
