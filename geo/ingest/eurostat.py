"""Eurostat's people by country of birth or of citizenship: the censuses, and the yearly stocks.

Three layouts: SDMX-CSV, a line an observation (columns `geo`, `TIME_PERIOD`, `OBS_VALUE`,
`OBS_FLAG`); the TSV of the bulk download, whose first column holds the dimensions with commas
between and the others a year each, a flag after a figure; and long tables of regions with the
codes of NUTS and of ISO 3166. Only lines of both sexes and all ages are figures of a diaspora.

`FOR` is all that come from abroad. `TOTAL`, `NAT` and the country itself are no diaspora, nor are
its own territories beyond the seas; groups of countries overlap.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from geo.ingest.grid import RawTable
from geo.ingest.mapping import Reading
from geo.ingest.nuts import FRENCH, country_code, iso3, territory
from geo.ingest.rows import mapped
from geo.ingest.unfolding import ACROSS, VALUE, YEAR, unfolded

PEOPLE = {
    "title": "Population by country of birth or of citizenship", "producer": "Eurostat",
    "citation": "Eurostat, population by country of birth or of citizenship",
    "address": "https://ec.europa.eu/eurostat/databrowser", "licence": "CC BY 4.0",
}  # fmt: skip
# The datasets of stocks of people; others of the same columns tell of flows or of parts of them.
STOCKS = re.compile(r"cens_(?:11|21)(?:cob|ctz)_r\d|migr_pop(?:3ctb|1ctz)", re.IGNORECASE)
DEFINITIONS = {"c_birth": "born_abroad", "citizen": "foreigners"}
NAMED_BY = {"DATAFLOW", "STRUCTURE_ID"}
DIMENSIONS_ASIDE = {"freq", "unit", "geo", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG", "CONF_STATUS",
                    "STRUCTURE", "STRUCTURE_NAME", "LAST UPDATE", *NAMED_BY,
                    *DEFINITIONS}  # fmt: skip
CODED = re.compile(r"[A-Za-z_0-9]+")  # the columns of codes; those of their words have capitals
BULK = re.compile(r"geo\\TIME_PERIOD", re.IGNORECASE)
CELL = re.compile(r"\s*(?P<value>:|-?[\d.]+(?:e-?\d+)?)?\s*(?P<flags>[a-z]*)\s*", re.IGNORECASE)
WHOLE = ("TOTAL", "T", "")
COUNTED = ("NR", "PER", "")
ALL_ABROAD = "FOR"
ASIDE = {"TOTAL": "whole_population", "NAT": "own_country"}
ESTIMATED = ("e", "f", "s")
FLAGS = {"b": "break in time series", "c": "confidential", "d": "definition differs",
         "e": "estimated", "f": "forecast", "n": "not significant", "p": "provisional",
         "r": "revised", "s": "Eurostat estimate", "u": "low reliability",
         "z": "not applicable"}  # fmt: skip
# What regions are called before their own name.
BEFORE = re.compile(r"(?:Prov\.|Provincia Autonoma di|Principado de|Comunidad(?: Foral)? de"
                    r"|Ciudad de|Região Autónoma d[ao]s?)\s+")  # fmt: skip
LONG = {"territory_code", "territory_name", "level", "origin_iso3_or_group", "year", "value",
        "unit", "population_definition"}  # fmt: skip
CONSTANTS = {"vector": "diaspora", "measure": "stock"}
COUNTRY, ESTIMATE, MARKED, LEFT_OUT = "country of the place", "estimate", "flags", "left out"


def holds_observations(table: RawTable, file: str) -> bool:
    """Whether a table is SDMX-CSV of a stock of people by origin."""
    columns = {*map(str, table.rows.columns)}
    return {"geo", "TIME_PERIOD", "OBS_VALUE"} <= columns and bool(columns & {*DEFINITIONS}) and (
        _of_stocks(table, file))  # fmt: skip


def holds_bulk(table: RawTable, file: str) -> bool:
    """Whether a table is the TSV of a stock of people by origin."""
    columns = [str(column) for column in table.rows.columns]
    key = next((column for column in columns if BULK.search(column)), "")
    told = ",".join(columns[: columns.index(key) + 1]) if key else ""
    return bool({*re.split(r"[,\\]", told)} & {*DEFINITIONS}) and _of_stocks(table, file)


def holds_regions(table: RawTable, _file: str) -> bool:
    """Whether a table is a long one of NUTS by origin."""
    columns = {*map(str, table.rows.columns)}
    return columns >= LONG and bool(table.rows["level"].str.match("nuts", case=False).all())


def _of_stocks(table: RawTable, file: str) -> bool:
    """Whether what the lines or the name of the file call the dataset is one of STOCKS."""
    named = [column for column in NAMED_BY if column in table.rows]
    said = {text for column in named for text in table.rows[column].unique()} or {file}
    return all(STOCKS.search(text) for text in said)


def observations(table: RawTable) -> tuple[RawTable, Reading]:
    """A figure for each line."""
    names = [str(column) for column in table.rows.columns]
    label = next((name for name in names if name.lower().startswith("geopolitical entity")), "")
    flags = table.rows["OBS_FLAG"] if "OBS_FLAG" in names else None
    return _read(table, "TIME_PERIOD", "OBS_VALUE", label, flags)


def bulk(table: RawTable) -> tuple[RawTable, Reading]:
    """A figure for each line and year."""
    wide = _parted(table)
    years = [str(column) for column in wide.rows.columns if YEAR.fullmatch(str(column))]
    laid = unfolded(wide, years)
    cells = {text: CELL.fullmatch(text) for text in laid.rows[VALUE].unique()}
    value = [(m["value"] or "") if (m := cells[text]) else text for text in laid.rows[VALUE]]
    flags = [m["flags"].lower() if (m := cells[text]) else "" for text in laid.rows[VALUE]]
    rows = laid.rows.assign(**{VALUE: value}).rename(columns={ACROSS: "TIME_PERIOD"})
    return _read(replace(laid, rows=rows), "TIME_PERIOD", VALUE, "",
                 pd.Series(flags, index=rows.index, dtype="str"))  # fmt: skip


def _parted(table: RawTable) -> RawTable:
    """The bulk table with a column a dimension and a year, whichever of the tabs and the commas
    its columns were parted by."""
    names = [str(column) for column in table.rows.columns]
    at = next(i for i, name in enumerate(names) if BULK.search(name))
    head = [part for name in names[: at + 1] for part in BULK.split(name)[0].split(",") if part]
    years = [*names[at].split()[1:], *names[at + 1 :]]
    told = zip(*(table.rows[name].tolist() for name in names), strict=True)
    lines = pd.Series(["\t".join(cells) for cells in told], index=table.rows.index, dtype="str")
    cells = lines.str.replace("\t", ",", regex=False).str.split(",", expand=True)
    cells = cells.fillna("").reindex(columns=range(len(head) + 1 + len(years)), fill_value="")
    cells.columns = pd.Index([*head, "geo", *years], dtype="str")
    return replace(table, rows=cells.apply(lambda column: column.str.strip()).astype("str"))


def regions(table: RawTable) -> tuple[RawTable, Reading]:
    """A figure for each line."""
    roles = {
        "place_code": "territory_code", "place_name": "territory_name", "place_level": "level",
        "counterpart_code": "origin_iso3_or_group", "year": "year", "value": "value",
        "unit": "unit", "definition": "population_definition",
    }  # fmt: skip
    others = {"counterpart_name": "origin_label", "note": "note", "source_title": "source_title",
              "source_address": "source_ref"}  # fmt: skip
    roles |= {role: column for role, column in others.items() if column in table.rows}
    return _coded(table, roles, CONSTANTS)


def _read(
    table: RawTable, year: str, value: str, label: str, flags: pd.Series | None
) -> tuple[RawTable, Reading]:
    origin = next(name for name in DEFINITIONS if name in table.rows)
    roles = {"place_code": "geo", "counterpart_code": origin, "year": year, "value": value}
    roles |= {"place_name": label} if label else {}
    rows = table.rows
    if flags is not None:
        marks = flags.str.strip().str.lower().tolist()
        rows = rows.assign(**{ESTIMATE: mapped(marks, _estimated), MARKED: mapped(marks, _flagged)})
        roles |= {"estimate": ESTIMATE, "note": MARKED}
    constants = {**CONSTANTS, "unit": "people", "definition": DEFINITIONS[origin],
                 "place_level": "region"}  # fmt: skip
    laid, reading = _coded(replace(table, rows=rows), roles, constants)
    out = laid.rows[LEFT_OUT].mask(_of_other_units(rows), "other_unit")
    rows = laid.rows.assign(**{LEFT_OUT: out.mask(_of_parts(rows), "not_a_total")})
    return replace(laid, rows=rows), reading


def _coded(
    table: RawTable, roles: dict[str, str], constants: dict[str, str]
) -> tuple[RawTable, Reading]:
    """The table with the codes of the atlas in the place of Eurostat's, where there are such, the
    country of each place, and what a line is left out for; each pair of codes is read once."""
    rows = table.rows
    columns = [roles["place_code"], roles["counterpart_code"]]
    names = rows[roles["place_name"]].tolist() if "place_name" in roles else [""] * len(rows)
    pairs = list(zip(*(rows[column].tolist() for column in columns), names, strict=True))
    read = {pair: _pair(*(text.strip() for text in pair)) for pair in set(pairs)}
    columns += [COUNTRY, LEFT_OUT]
    told = zip(*(read[pair] for pair in pairs), strict=True)
    made = {column: list(cells) for column, cells in zip(columns, told, strict=True)}
    if "place_name" in roles:
        made[roles["place_name"]] = [BEFORE.sub("", name, count=1) for name in names]
    if "counterpart_name" in roles:
        known = pd.Series(made[roles["counterpart_code"]], index=rows.index) != ""
        made[roles["counterpart_name"]] = rows[roles["counterpart_name"]].where(known, "").tolist()
    roles = {**roles, "place_country": COUNTRY, "left_out": LEFT_OUT}
    return replace(table, rows=rows.assign(**made).astype("str")), Reading(
        "vectors", roles, constants)  # fmt: skip


def _pair(geo: str, origin: str, name: str) -> tuple[str, str, str, str]:
    """The code of a place and of its counterpart, the country of the place, and the reason that
    the pair is left out for."""
    place = territory(geo)
    counterpart = country_code(origin) if len(origin) == 2 else origin
    reason = place.reason or _aside(place.country, origin, counterpart)
    known = "" if origin == ALL_ABROAD else counterpart or origin
    if place.place_id or name or place.reason:
        return place.place_id or geo, known, place.country, reason
    return geo, known, "", reason or "region_without_a_name"


def _of_parts(rows: pd.DataFrame) -> pd.Series:
    """The lines of a sex, an age or a part of any other dimension."""
    part = pd.Series(False, index=rows.index)
    for column in map(str, rows.columns):
        if column not in DIMENSIONS_ASIDE and column.islower() and CODED.fullmatch(column) and (
            column not in (VALUE, ESTIMATE, MARKED)):  # fmt: skip
            part |= ~rows[column].str.strip().isin(WHOLE)
    return part


def _of_other_units(rows: pd.DataFrame) -> pd.Series:
    """The lines that count no people."""
    if "unit" not in rows:
        return pd.Series(False, index=rows.index)
    return ~rows["unit"].str.strip().isin(COUNTED)


def _aside(country: str, origin: str, counterpart: str) -> str:
    """Why an origin is that of no diaspora of a country."""
    if origin == ALL_ABROAD:
        return ""
    if origin in ASIDE:
        return ASIDE[origin]
    if counterpart == country or (country == "FRA" and counterpart in FRENCH):
        return "own_country"
    return "" if counterpart in iso3().values() else "group_of_countries"


def _estimated(mark: str) -> str:
    return "true" if {*mark} & {*ESTIMATED} else "false"


def _flagged(mark: str) -> str:
    """What the flags of a figure say."""
    return ", ".join(f"{letter}: {FLAGS[letter]}" for letter in mark if letter in FLAGS)
