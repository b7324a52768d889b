"""Official sources whose layout is known: one row a source, each read by a module of its own.

A source is recognised by its columns. Its module lays the table out, a fact a row, with the
mapping that reads it; from there it is a table like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from geo.ingest import eurostat, insee, insee_births, un_desa, wikidata, world_bank
from geo.ingest.figures import DEFINED
from geo.ingest.grid import RawTable
from geo.ingest.kinds import propose
from geo.ingest.mapping import Reading
from geo.ingest.rows import worded, year_of

Laid = tuple[RawTable, Reading]


@dataclass(frozen=True)
class Official:
    """A source: how it is recognised, by the table and the name of its file; how it is laid out;
    its provenance, of the keys that the command takes; the public address of its data, "" where
    none is known for sure, and what to call the file that comes from there."""

    kind: str
    recognised: Callable[[RawTable, str], bool]
    laid_out: Callable[[RawTable], Laid]
    provenance: Mapping[str, str]
    address: str = ""
    file: str = ""


OFFICIAL: Mapping[str, Official] = {
    "wikidata": Official(
        "links",
        wikidata.holds_twin_towns,
        wikidata.twin_towns,
        wikidata.SOURCE,
        wikidata.address(),
        wikidata.FILE,
    ),
    "world_bank_migration": Official(
        "vectors", world_bank.holds_migrants, world_bank.migrants, world_bank.MIGRANTS
    ),
    "world_bank_remittances": Official(
        "vectors", world_bank.holds_remittances, world_bank.remittances, world_bank.REMITTANCES
    ),
    "un_desa_pairs": Official(
        "vectors",
        un_desa.holds_pairs,
        un_desa.pairs,
        un_desa.STOCK,
        un_desa.ADDRESS,
        un_desa.FILE,
    ),
    "un_desa_totals": Official("vectors", un_desa.holds_totals, un_desa.totals, un_desa.STOCK),
    "un_desa_matrix": Official("vectors", un_desa.holds_matrix, un_desa.matrix, un_desa.STOCK),
    "eurostat_observations": Official(
        "vectors", eurostat.holds_observations, eurostat.observations, eurostat.PEOPLE
    ),
    "eurostat_bulk": Official("vectors", eurostat.holds_bulk, eurostat.bulk, eurostat.PEOPLE),
    "eurostat_regions": Official(
        "vectors", eurostat.holds_regions, eurostat.regions, eurostat.PEOPLE
    ),
    "insee_lines": Official("vectors", insee.holds_lines, insee.lines, insee.CENSUS),
    "insee_columns": Official("vectors", insee.holds_columns, insee.columns, insee.CENSUS),
    "insee_births": Official("vectors", insee_births.holds, insee_births.births, insee.CENSUS),
}


def proposed(table: RawTable, file: str, kind: str = "") -> Laid:
    """A table, laid out where it is of an official source, with the mapping proposed for it."""
    for name, source in OFFICIAL.items():
        if kind in ("", source.kind) and source.recognised(table, file):
            laid, reading = source.laid_out(table)
            return laid, _worded(replace(reading, source=name), file)
    return table, propose(table, file, kind)


def _worded(reading: Reading, file: str) -> Reading:
    """The mapping of vectors with the year and the definition that the name of the file says,
    where nothing else does."""
    if reading.kind != "vectors":
        return reading
    said = {"year": year_of(file)}
    if reading.source == "insee_births":
        words = " ".join([*re.split(r"[\W_]+", file), *reading.columns.values()])
        said["definition"] = worded(words, DEFINED)
    told = {*reading.columns, *reading.constants, reading.across_is}
    more = {role: text for role, text in said.items() if text and role not in told}
    return replace(reading, constants={**reading.constants, **more})


def laid_out(table: RawTable, reading: Reading) -> RawTable:
    """The table as the source of a saved mapping lays it out."""
    return OFFICIAL[reading.source].laid_out(table)[0] if reading.source in OFFICIAL else table
