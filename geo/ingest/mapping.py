"""How the columns of a file are read: proposed, corrected, saved, used again."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from geo.errors import DataError, Fault
from geo.ingest.columns import personal
from geo.ingest.grid import RawTable

SAMPLE = 200


@dataclass(frozen=True)
class Reading:
    """Which column has which role; `constants` hold what no column says, such as the kind of all
    links; `separators` part several values in one cell; `personal` are dropped; `decisions` are
    places by the key of the end that they were taken for. `across` are the columns of a wide
    table that hold a fact each, and `across_is` the role of what their names say. `source` is the
    official source that laid the table out, where one did."""

    kind: str
    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    separators: str = ";|\n"
    personal: Sequence[str] = ()
    decisions: Mapping[str, str] = field(default_factory=dict)
    across: Sequence[str] = ()
    across_is: str = ""
    source: str = ""


def open_columns(table: RawTable) -> tuple[list[str], tuple[str, ...]]:
    """The columns of a table that may be read, and those that hold persons."""
    samples = {str(c): table.rows[c].head(SAMPLE).tolist() for c in table.rows.columns}
    private = personal(samples)
    return [column for column in samples if column not in private], tuple(private)


def read_mapping(path: Path) -> Reading:
    """A saved mapping; DataError where the file holds none."""
    try:
        return Reading(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        said = f"is no mapping: {error}; one is written beside every import as mapping.json"
        raise DataError([Fault(path.name, 0, said)]) from error


def mapping_faults(given: Reading, table: RawTable, roles: Sequence[str]) -> list[str]:
    """A sentence for each thing that keeps a mapping from being used with a table."""
    have = ", ".join(map(str, table.rows.columns))
    faults = [f"role «{role}» is not one of {', '.join(roles)}"
              for role in (*given.columns, *given.constants) if role not in roles]  # fmt: skip
    used = [*given.columns.items(), *((given.across_is, column) for column in given.across)]
    return faults + [f"column «{column}», for {role}, is not in the file, which has: {have}"
                     for role, column in used if column not in table.rows]  # fmt: skip


def decided(reading: Reading, path: Path) -> Reading:
    """The same with the decisions that were written in the column `decision` of a list of doubtful
    rows; DataError where the file has no such columns."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError) as error:
        raise DataError(
            [Fault(path.name, 0, f"cannot be read as CSV in UTF-8: {error}")]
        ) from error
    if rows and not {"end", "decision"} <= set(rows[0]):
        said = "has no columns «end» and «decision»; it is the doubtful.csv of an import"
        raise DataError([Fault(path.name, 1, said)])
    told = {row["end"]: row["decision"].strip() for row in rows if row["decision"].strip()}
    return replace(reading, decisions={**reading.decisions, **told})


def write_mapping(mapping: Reading, path: Path) -> None:
    """Save a mapping, to be used again on the next edition of the same file."""
    path.write_text(json.dumps(asdict(mapping), ensure_ascii=False, indent=2) + "\n", "utf-8")
