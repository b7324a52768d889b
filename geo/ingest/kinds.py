"""What the rows of a file may be: one row a kind, each a module of the same four names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from geo.errors import DataError, Fault
from geo.ingest import boundaries, links, memberships, stances, vectors
from geo.ingest.grid import RawTable
from geo.ingest.imported import Imported
from geo.ingest.mapping import Reading, mapping_faults
from geo.world import World


class Kind(Protocol):
    """What a module that reads a kind of table offers."""

    ROLES: tuple[str, ...]

    def proposed(self, table: RawTable, file: str) -> Reading:
        """A mapping by the names of the columns and of the file."""

    def missing(self, reading: Reading) -> list[str]:
        """A sentence for each thing that the kind needs and the mapping lacks."""

    def imported(
        self, world: World, table: RawTable, reading: Reading, title: str, progress: bool = False
    ) -> Imported:
        """Every row of the table, judged."""


KINDS: Mapping[str, Kind] = {
    "links": links, "vectors": vectors, "stances": stances, "memberships": memberships,
    "boundaries": boundaries,
}  # fmt: skip
NAMED = 20  # columns told in a message


def propose(table: RawTable, file: str, kind: str = "") -> Reading:
    """A mapping of a table, as a kind or as that which its columns are most like."""
    return KINDS[kind or kind_of(table, file)].proposed(table, file)


def kind_of(table: RawTable, file: str) -> str:
    """The first kind whose needs the names of the columns meet; where none does, vectors for a
    table of figures and links for any other."""
    told = {name: kind.proposed(table, file) for name, kind in KINDS.items()}
    fits = (name for name, reading in told.items() if not KINDS[name].missing(reading))
    figures = told["vectors"].across or "value" in told["vectors"].columns
    return next(fits, "vectors" if figures else "links")


def checked(reading: Reading, table: RawTable, file: Path, mapping: Path | None = None) -> Reading:
    """The same mapping; DataError with every reason where it cannot be used with the table."""
    if reading.kind not in KINDS:
        said = f"kind «{reading.kind}» is not one of {', '.join(KINDS)}"
        raise DataError([Fault((mapping or file).name, 0, said)])
    faults = mapping_faults(reading, table, KINDS[reading.kind].ROLES)
    if faults:
        raise DataError([Fault((mapping or file).name, 0, fault) for fault in faults])
    names = [str(column) for column in table.rows.columns]
    have = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if names[NAMED:] else "")
    said = f"the file has: {have}; `--mapping M.json` says which column is which"
    lacking = KINDS[reading.kind].missing(reading)
    if lacking:
        raise DataError([Fault(file.name, table.first_line, f"{fault}; {said}")
                         for fault in lacking])  # fmt: skip
    return reading
