"""`python -m geo ingest FILE`: a table of links into a dataset of the atlas."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from geo.errors import DataError, Fault
from geo.ingest.links import imported
from geo.ingest.mapping import Reading, decided, propose, read_mapping
from geo.ingest.output import written
from geo.ingest.reading import RawTable, UnreadableFile, read
from geo.load import EMBEDDED, load

PROVENANCE = ("title", "producer", "citation", "address", "licence", "vintage")
NEEDED = ("b_name", "b_country", "b_code")
SHOWN = 5
NAMED = 20  # columns told in a message
USAGE = 2


def run(options: argparse.Namespace) -> int:
    """Read, propose, ask, match, write, tell; 1 with every fault where the file is of no use."""
    try:
        table = read(options.file, options.sheet)
    except UnreadableFile as error:
        raise DataError([Fault(options.file.name, 0, str(error))]) from error
    reading = (read_mapping(options.mapping, table) if options.mapping
               else propose(table, options.file.name))  # fmt: skip
    if options.decisions:
        reading = decided(reading, options.decisions)
    _usable(reading, table, options.file)
    _shown(reading, table)
    if not (options.accept or options.mapping or _agreed()):
        return USAGE
    title = options.title or options.file.stem
    made = imported(load(EMBEDDED), table, reading, title, sys.stderr.isatty())
    provenance = {name: getattr(options, name) for name in PROVENANCE}
    told = written(made, table, reading, options.file, options.out, provenance)
    if options.report:
        options.report.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
    _said(told, options.out)
    return 0


def _usable(reading: Reading, table: RawTable, file: Path) -> None:
    """DataError where the mapping lacks an end or the kind of links."""
    names = [str(column) for column in table.rows.columns]
    have = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if names[NAMED:] else "")
    roles = {**reading.columns, **reading.constants}
    faults = []
    if not {"a_name", "a_code"} & set(roles):
        faults.append("no column was found for the French end (a_name or a_code)")
    if not set(NEEDED) & set(roles):
        faults.append(f"no column was found for the partner ({', '.join(NEEDED)})")
    if "kind" not in roles:
        faults.append("no column and no word of the file says the kind of the links: give one in "
                      "a mapping, as \"constants\": {\"kind\": \"twinning\"}")  # fmt: skip
    if faults:
        said = f"the file has: {have}; `--mapping M.json` says which column is which"
        raise DataError([Fault(file.name, table.first_line, f"{fault}; {said}")
                         for fault in faults])  # fmt: skip


def _shown(reading: Reading, table: RawTable) -> None:
    """The proposal, with the first rows as they would be read."""
    print("Read as:", ", ".join(f"{key} {value}" for key, value in table.described.items()))
    for role, column in reading.columns.items():
        first = " | ".join(str(cell) for cell in table.rows[column].head(SHOWN))
        print(f"  {role:15} <- {column}: {first}")
    for role, value in reading.constants.items():
        print(f"  {role:15} =  {value}")
    if reading.personal:
        print("  dropped, personal:", ", ".join(reading.personal))


def _agreed() -> bool:
    """The answer of a person at a terminal; no where nobody can be asked."""
    if not sys.stdin.isatty():
        print("Nothing was imported: --accept takes this mapping, --mapping another.",
              file=sys.stderr)  # fmt: skip
        return False
    return input("Import so? [y/N] ").strip().lower() in ("y", "yes", "o", "oui")


def _said(told: dict[str, Any], out: Path) -> None:
    print(f"{told['rows_read']} rows read: {told['kept']} kept ({told['links']} links), "
          f"{told['doubtful']} doubtful, {told['refused']} refused.")  # fmt: skip
    for name in ("refused_by_reason", "doubtful_by_reason"):
        for reason, count in told[name].items():
            print(f"  {name.partition('_')[0]}, {reason}: {count}")
    print(f"Written to {out}: python app.py --data {out}")
