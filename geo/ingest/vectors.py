"""A table of vectors, stocks or flows by place, to figures of the atlas.

A row is one figure: of a place, with or of a counterpart abroad or of all. A wide table, whose
columns are years or countries, is unfolded first, so that each cell has its outcome.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from geo.ingest.columns import ASIDE, FIELDS, first_named, words_of
from geo.ingest.countries import country_of, names_country, names_group
from geo.ingest.figures import (
    COUNTERPART,
    DEFINED,
    KINDS_SAID,
    PEOPLE,
    PLACE,
    diaspora_rows,
    figures_read,
    judged,
    of_diasporas,
    vector_rows,
)
from geo.ingest.grid import RawTable, numbers
from geo.ingest.imported import KEPT, Imported
from geo.ingest.mapping import SAMPLE, Reading, open_columns
from geo.ingest.rows import (
    Ends,
    by_role,
    column,
    country_ends,
    ends_of,
    found_ends,
    new_places,
    worded,
    year_of,
)
from geo.ingest.unfolding import ACROSS, VALUE, places_across, unfolded, years_across
from geo.places import FRANCE, places_of
from geo.world import World

TOLD = ("value", "unit", "year", "vector", "indicator", "definition", "measure", "estimate",
        "note", "note_fr", "source_title", "source_address", "left_out")  # fmt: skip
ROLES = (*(f"place_{name}" for name in FIELDS), "counterpart_name", "counterpart_code", *TOLD)
SHORT, LONG = re.compile(r"\w{1,3}"), re.compile(r"\w{4,9}")  # codes; a footnote is none of both
MOST = 0.6  # of the cells of a column of figures
# The words that a column's name must hold, by role, the surest first.
WORDS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "counterpart_code": (("origin", "iso3"), ("origin", "code"), ("origine", "code"),
                         ("counterpart", "code"), ("partner", "code"), ("c", "birth"),
                         ("citizen",)),
    "counterpart_name": (("origin",), ("origine",), ("naissance",), ("nationalite",),
                         ("nationality",), ("birth",), ("counterpart",), ("partner",),
                         ("partenaire",), ("provenance",), ("sending",), ("from",)),
    "place_code": (("territory", "code"), ("territoire", "code"), ("codgeo",), ("insee",),
                   ("destination", "code"), ("place", "code"), ("geo", "code"), ("commune", "code"),
                   ("departement", "code"), ("region", "code"), ("siren",), ("geo",), ("code",)),
    "place_name": (("territory", "name"), ("territoire", "name"), ("libgeo",), ("territoire",),
                   ("territory",), ("destination",), ("dest",), ("residence",), ("receiving",),
                   ("commune",), ("departement",), ("region",), ("collectivite",), ("place",),
                   ("nom",), ("name",), ("libelle",), ("to",)),
    "place_country": (("territory", "country"), ("place", "country"), ("residence", "country"),
                      ("destination", "country")),
    "place_level": (("level",), ("niveau",)),
    "year": (("year",), ("annee",), ("time", "period"), ("millesime",), ("an",), ("date",)),
    "value": (("value",), ("valeur",), ("obs", "value"), ("nombre",), ("number",), ("effectif",),
              ("effectifs",), ("population",), ("montant",), ("amount",), ("total",), ("nb",)),
    "unit": (("unit",), ("unite",)),
    "definition": (("definition",), ("population", "definition")),
    "indicator": (("indicator",), ("indicateur",), ("variable",)),
    "vector": (("vector",), ("vecteur",), ("kind",), ("type",)),
    "estimate": (("estimate",), ("estimation",)),
    "note": (("note",), ("notes",), ("observation",), ("commentaire",)),
    "source_title": (("source", "title"), ("source",)),
    "source_address": (("source", "ref"), ("url",), ("lien",), ("address",), ("adresse",)),
}  # fmt: skip


def proposed(table: RawTable, file: str) -> Reading:
    """A mapping by the names of the columns and of the file; columns that are called by years or
    countries are told to be unfolded."""
    names, private = open_columns(table)
    years, places = years_across(names), places_across(names, names_country)
    across, across_is = (years, "year") if years else (places, "")
    left = [name for name in names if name not in across]
    roles = _roles(left)
    if across and not across_is:
        taken = "place_name" in roles or "place_code" in roles
        across_is = COUNTERPART + "_name" if taken or "counterpart_name" not in roles else (
            "place_name")  # fmt: skip
    if left and not {"place_name", "place_code"} & {*roles, across_is}:
        roles["place_name"] = next((n for n in left if n not in roles.values()), left[0])
    if across:
        roles.pop("value", None)
    elif "value" not in roles:
        roles |= _figures_in(table, [name for name in left if name not in roles.values()])
    constants = _constants(f"{file} {' '.join(left)} {table.described.get('sheet', '')}", roles)
    return Reading("vectors", roles, constants, personal=private, across=across,
                   across_is=across_is)  # fmt: skip


def _figures_in(table: RawTable, columns: Sequence[str]) -> dict[str, str]:
    """The one column that holds figures, as the value; nothing where none or several do. Degrees,
    distances and populations are no figures of a vector."""
    aside = {*FIELDS["lat"], *FIELDS["lon"], *ASIDE}
    told = {name: table.rows[name].head(SAMPLE) for name in columns
            if not aside & {*words_of(name)}}  # fmt: skip
    decimal = str(table.described.get("decimal", ""))
    held = [name for name, cells in told.items() if (cells != "").any()
            and numbers(cells[cells != ""], decimal).notna().mean() > MOST]  # fmt: skip
    return {"value": held[0]} if len(held) == 1 else {}


def _roles(columns: Sequence[str]) -> dict[str, str]:
    """Roles by names; a column of countries is the place's where no other is, else the
    counterpart's."""
    roles = first_named(columns, WORDS)
    left = [column for column in columns if column not in roles.values()]
    side = COUNTERPART if {"place_name", "place_code"} & {*roles} else PLACE
    if f"{side}_name" not in roles:
        roles |= first_named(left, {f"{side}_name": (("country",), ("pays",))})
    return roles


def _constants(said: str, roles: Mapping[str, str]) -> dict[str, str]:
    """What the words of a file say of all its rows."""
    words = said.replace("_", " ")
    kind = worded(words, KINDS_SAID)
    told = {} if "vector" in roles or not kind else {"vector": kind}
    if kind == "diaspora":
        definition = worded(words, DEFINED)
        told |= {"definition": definition} if definition and "definition" not in roles else {}
        told |= {} if "unit" in roles else {"unit": PEOPLE}
    year = year_of(words)
    return told | ({"year": year} if year and "year" not in roles else {})


def missing(reading: Reading) -> list[str]:
    """A sentence for each thing that vectors need and the mapping lacks."""
    roles = {*reading.columns, *reading.constants, reading.across_is}
    faults = []
    if not {"place_name", "place_code"} & roles:
        faults.append("no column was found for the place (place_name or place_code)")
    if "value" not in roles and not reading.across:
        faults.append("no column was found for the figures (value), and none is called by a year "
                      "or a country")  # fmt: skip
    for role, example in (("vector", "remittances"), ("unit", "million USD")):
        if role not in roles:
            faults.append(f"no column and no word of the file says the {role}: give one in a "
                          f"mapping, as \"constants\": {{\"{role}\": \"{example}\"}}")  # fmt: skip
    return faults


def imported(
    world: World, table: RawTable, reading: Reading, title: str, progress: bool = False
) -> Imported:
    """Read every row, or every cell of a wide table, as a figure; `title` is what the source is
    called where the file names none; `progress` shows a bar over the places."""
    long, reading = _long(table, reading)
    cells = by_role(long, reading)
    ends = _ends(world, cells, reading, progress)
    rows = figures_read(world, cells, ends, str(long.described.get("decimal", "")))
    outcomes = judged(world, rows)
    kept = rows[outcomes["outcome"] == KEPT]
    inside = of_diasporas(kept)
    towns = new_places(world, ends, (ends.sides[PLACE][row] for row in np.flatnonzero(
        outcomes["outcome"] == KEPT).tolist()))  # fmt: skip
    return Imported(
        long, {"places": towns, "vectors": vector_rows(kept[~inside], title),
               "figures": diaspora_rows(kept[inside])},
        outcomes.set_axis(long.rows.index), ends.matches(world, {PLACE: PLACE,
                                                               COUNTERPART: COUNTERPART}),
    )  # fmt: skip


def _long(table: RawTable, reading: Reading) -> tuple[RawTable, Reading]:
    """The table with a figure a row, and the mapping of it."""
    if not reading.across:
        return table, reading
    columns = {**reading.columns, "value": VALUE, reading.across_is: ACROSS}
    return unfolded(table, reading.across), replace(reading, columns=columns)


def _ends(world: World, cells: pd.DataFrame, reading: Reading, progress: bool) -> Ends:
    """The place and the counterpart of each row. A column whose different texts are countries for
    the most part holds countries; any other holds French collectivities, or places of the country
    that a column names."""
    if "place_country" not in cells and _holds_countries(world, cells):
        return country_ends(world, cells, PLACE, COUNTERPART)
    far = country_ends(world, cells, COUNTERPART)
    levelled = cells.assign(place_level=_levels(world, cells, reading))
    told = {PLACE: ends_of(world, levelled, PLACE, "", FRANCE)}
    near = found_ends(world, told, reading, progress)
    return Ends({**near.sides, **far.sides}, {**near.found, **far.found})


def _holds_countries(world: World, cells: pd.DataFrame) -> bool:
    """Whether the places of a table are countries."""
    pairs = zip(column(cells, "place_code"), column(cells, "place_name"), strict=True)
    told = {*pairs} - {("", "")}
    known = [pair for pair in told if any(country_of(world, text) for text in pair)
             or names_group(pair[1])]  # fmt: skip
    return 2 * len(known) > len(told)


def _levels(world: World, cells: pd.DataFrame, reading: Reading) -> list[str]:
    """The level of each place as its column says it; for codes of two characters, that of the
    column's name, else the one level that has them all."""
    told = column(cells, "place_level")
    if any(told):
        return told
    named = worded(reading.columns.get("place_code", ""), {"departement": ("dep",),
                                                           "region": ("reg",)})  # fmt: skip
    said = {code.strip().upper() for code in column(cells, "place_code")}
    codes = {code for code in said if SHORT.fullmatch(code)}
    if not codes or any(LONG.fullmatch(code) for code in said):
        return told
    levels = [level for level in ("departement", "region")
              if all(f"{level}:{code.zfill(2)}" in places_of(world) for code in codes)]  # fmt: skip
    level = named or (levels[0] if len(levels) == 1 else "")
    return [level] * len(cells)
