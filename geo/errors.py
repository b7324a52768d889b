"""What can be wrong with data, said with the file, the line and what would be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong, at one place; `line` counts from 1 and 0 means the whole file."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}"


class DataError(Exception):
    """Data that cannot be used; carries every fault found, not the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class SchemaError(DataError):
    """A dataset folder whose descriptor or tables are not of the agreed form."""


class CrsMismatch(DataError):
    """Geometry in another coordinate system than the one it is joined with."""


class PackageError(Exception):
    """A package that the build needs cannot be obtained or is not the one pinned."""
