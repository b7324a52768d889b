"""How the columns of a file are read: proposed, corrected, saved, used again."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from geo.errors import DataError, Fault
from geo.ingest.columns import FIELDS, LINK, personal, proposed
from geo.ingest.reading import RawTable

ROLES = (*(f"{side}_{name}" for side in "ab" for name in FIELDS), *LINK)
KINDS = {"twinning": ("jumel", "twin", "sister", "partnerstadt"),
         "decentralised_cooperation": ("cooperation", "coop")}  # fmt: skip
SAMPLE = 200


@dataclass(frozen=True)
class Reading:
    """Which column has which role; `constants` hold what no column says, such as the kind of all
    links; `separators` part several values in one cell; `personal` are dropped; `decisions` are
    places by the key of the end that they were taken for."""

    kind: str
    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    separators: str = ";|\n"
    personal: Sequence[str] = ()
    decisions: Mapping[str, str] = field(default_factory=dict)


def propose(table: RawTable, file: str) -> Reading:
    """A mapping of a table of links, by the names of its columns and of the file."""
    samples = {str(c): table.rows[c].head(SAMPLE).tolist() for c in table.rows.columns}
    private = personal(samples)
    roles = proposed(column for column in samples if column not in private)
    said = f"{file} {' '.join(samples)}".lower()
    kinds = [kind for kind, words in KINDS.items() if any(word in said for word in words)]
    constants = {} if "kind" in roles or not kinds else {"kind": kinds[0]}
    return Reading("links", roles, constants, personal=tuple(private))


def read_mapping(path: Path, table: RawTable) -> Reading:
    """A saved mapping; DataError with every fault where it cannot be used with this table."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        given = Reading(**held)
    except (OSError, ValueError, TypeError) as error:
        said = f"is no mapping: {error}; one is written beside every import as mapping.json"
        raise DataError([Fault(path.name, 0, said)]) from error
    faults = [f"role «{role}» is not one of {', '.join(ROLES)}"
              for role in (*given.columns, *given.constants) if role not in ROLES]  # fmt: skip
    have = ", ".join(map(str, table.rows.columns))
    faults += [f"column «{column}», for {role}, is not in the file, which has: {have}"
               for role, column in given.columns.items() if column not in table.rows]  # fmt: skip
    if faults:
        raise DataError([Fault(path.name, 0, fault) for fault in faults])
    return given


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
