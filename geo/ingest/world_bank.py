"""The World Bank's and KNOMAD's bilateral matrices of migrants and of remittances.

Their quirks: a title on the first row and the header on the second; rows are countries of origin
of migrants, or of sending of remittances, and columns those of residence, or of receiving; totals
as formulas; notes below the last country. The sheet `countries-comparison` has wrong codes and is
not read.
"""

from __future__ import annotations

from dataclasses import replace

from geo.ingest.countries import names_country
from geo.ingest.figures import BY_ORIGIN
from geo.ingest.grid import RawTable
from geo.ingest.mapping import Reading
from geo.ingest.rows import year_of
from geo.ingest.unfolding import places_across

PRODUCER = "World Bank, KNOMAD"
MIGRANTS = {
    "title": "Bilateral Estimates of Migrant Stocks", "producer": PRODUCER,
    "citation": "World Bank, Bilateral Estimates of Migrant Stocks", "licence": "CC BY 4.0",
}  # fmt: skip
REMITTANCES = {
    "title": "Bilateral Remittance Estimates", "producer": PRODUCER,
    "citation": "World Bank, Bilateral Remittance Matrix", "licence": "CC BY 4.0",
}  # fmt: skip
FEWEST = 100  # countries across a matrix of the world


def holds_migrants(table: RawTable, file: str) -> bool:
    """Whether a table is the matrix of migrant stocks."""
    return _matrix(table, file, "migra")


def holds_remittances(table: RawTable, file: str) -> bool:
    """Whether a table is the matrix of remittances."""
    return _matrix(table, file, "remit")


def _matrix(table: RawTable, file: str, word: str) -> bool:
    """A matrix of the world whose sheet is called as in these workbooks."""
    sheet = table.described.get("sheet", "").lower()
    bilateral = "bilateral" in sheet or "bilateral" in file.lower()
    return bilateral and word in (sheet if "bilateral" in sheet else file.lower()) and (
        len(_across(table)) >= FEWEST)  # fmt: skip


def _across(table: RawTable) -> list[str]:
    return places_across([str(column) for column in table.rows.columns[1:]], names_country)


def migrants(table: RawTable) -> tuple[RawTable, Reading]:
    """People by country of residence, across, and of origin, down."""
    return _read(table, {"vector": "diaspora", "indicator": BY_ORIGIN, "unit": "people",
                         "measure": "stock", "estimate": "true"})  # fmt: skip


def remittances(table: RawTable) -> tuple[RawTable, Reading]:
    """Money by country that receives it, across, and that it is sent from, down; a model."""
    return _read(table, {"vector": "remittances", "indicator": "received_from_counterpart",
                         "unit": "million USD", "measure": "flow", "estimate": "true"})  # fmt: skip


def _read(table: RawTable, constants: dict[str, str]) -> tuple[RawTable, Reading]:
    first, across = str(table.rows.columns[0]), _across(table)
    empty = (table.rows[across] == "").all(axis=1)
    positions = table.lines[~empty] - table.first_line
    kept = replace(table, rows=table.rows[~empty], positions=positions)
    year = year_of(table.described.get("sheet", ""))
    told = constants | ({"year": year} if year else {})
    return kept, Reading("vectors", {"counterpart_name": first}, told, across=across,
                         across_is="place_name")  # fmt: skip
