"""`python -m geo ingest FILE`: a table that a person brings into a dataset of the atlas."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from geo.errors import DataError, Fault
from geo.ingest.grid import RawTable
from geo.ingest.kinds import KINDS, checked, propose
from geo.ingest.mapping import Reading, decided, read_mapping
from geo.ingest.output import written
from geo.ingest.reading import UnreadableFile, read
from geo.load import EMBEDDED, load

PROVENANCE = ("title", "producer", "citation", "address", "licence", "vintage")
SHOWN = 5
USAGE = 2


def run(options: argparse.Namespace) -> int:
    """Read, propose, ask, match, write, tell; 1 with every fault where the file is of no use."""
    try:
        table = read(options.file, options.sheet)
    except UnreadableFile as error:
        raise DataError([Fault(options.file.name, 0, str(error))]) from error
    reading = (read_mapping(options.mapping) if options.mapping
               else propose(table, options.file.name, options.kind))  # fmt: skip
    if options.decisions:
        reading = decided(reading, options.decisions)
    reading = checked(reading, table, options.file, options.mapping)
    _shown(reading, table)
    if not (options.accept or options.mapping or _agreed()):
        return USAGE
    title = options.title or options.file.stem
    world = load(EMBEDDED)
    made = KINDS[reading.kind].imported(world, table, reading, title, sys.stderr.isatty())
    provenance = {name: getattr(options, name) for name in PROVENANCE}
    told = written(made, reading, options.file, options.out, provenance)
    if options.report:
        options.report.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
    _said(told, options.out)
    return 0


def _shown(reading: Reading, table: RawTable) -> None:
    """The proposal, with the first rows as they would be read."""
    described = ", ".join(f"{key} {value}" for key, value in table.described.items())
    print(f"{reading.kind.capitalize()}, read as: {described}")
    for role, column in reading.columns.items():
        first = " | ".join(str(cell) for cell in table.rows[column].head(SHOWN))
        print(f"  {role:15} <- {column}: {first}")
    for role, value in reading.constants.items():
        print(f"  {role:15} =  {value}")
    if reading.across:
        print(f"  {reading.across_is:15} <- the names of {len(reading.across)} columns: "
              + ", ".join(map(str, reading.across[:SHOWN])))  # fmt: skip
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
    added = ", ".join(f"{count} {name}" for name, count in told["added"].items())
    print(f"{told['rows_read']} rows read: {told['kept']} kept ({added}), "
          f"{told['doubtful']} doubtful, {told['refused']} refused.")  # fmt: skip
    for name in ("refused_by_reason", "doubtful_by_reason"):
        for reason, count in told[name].items():
            print(f"  {name.partition('_')[0]}, {reason}: {count}")
    print(f"Written to {out}: python app.py --data {out}")
