"""`python -m geo ingest FILE`: a table that a person brings into a dataset of the atlas."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from geo.cache import cache_folder
from geo.errors import DataError, Fault
from geo.ingest.downloads import fetched
from geo.ingest.grid import RawTable
from geo.ingest.kinds import KINDS, checked
from geo.ingest.mapping import Reading, decided, read_mapping
from geo.ingest.output import written
from geo.ingest.reading import read
from geo.ingest.sources import OFFICIAL, laid_out, proposed
from geo.ingest.unreadable import UnreadableFile
from geo.ingest.wikidata import QUERY, joined
from geo.load import EMBEDDED, load

PROVENANCE = ("title", "producer", "citation", "address", "licence", "vintage")
SHOWN = 5
USAGE = 2


def run(options: argparse.Namespace) -> int:
    """Read, propose, ask, match, write, tell; 1 with every fault where the file is of no use."""
    if options.query:
        print(QUERY, end="")
        return 0
    file = _file(options)
    table, reading = _understood(options, file)
    _shown(reading, table)
    if not (options.accept or options.mapping or _agreed()):
        return USAGE
    known = OFFICIAL[reading.source].provenance if reading.source in OFFICIAL else {}
    provenance = {name: getattr(options, name) or known.get(name, "") for name in PROVENANCE}
    title = provenance["title"] or file.stem
    importer = KINDS[reading.kind].imported
    made = importer(load(EMBEDDED), table, reading, title, sys.stderr.isatty())
    try:
        told = written(made, reading, file, options.out, provenance, options.since)
        if options.report:
            text = json.dumps(told, ensure_ascii=False, indent=2)
            options.report.write_text(f"{text}\n", "utf-8")
    except OSError as error:
        said = f"cannot be written: {error.strerror or error} ({error.filename})"
        raise DataError([Fault(str(options.out), 0, said)]) from error
    _said(told, options.out)
    return 0


def _file(options: argparse.Namespace) -> Path:
    """The file to read: a path, or the name of an official source, which is downloaded unless a
    local copy is given."""
    source = OFFICIAL.get(str(options.what))
    if options.file or not source or options.what.exists():
        given: Path = options.file or options.what
        return given
    if not source.address:
        said = ("has no public address that is known for sure; get its file by hand and give it: "
                f"python -m geo ingest {options.what} --file FILE")  # fmt: skip
        raise DataError([Fault(str(options.what), 0, said)])
    folder = options.cache or cache_folder() / "sources"
    return fetched(source.address, folder, source.file, again=options.again)


def _understood(options: argparse.Namespace, file: Path) -> tuple[RawTable, Reading]:
    """The table with the mapping that reads it, saved or proposed, checked."""
    try:
        table = read(file, options.sheet)
        if options.nodes:
            table = joined(table, read(options.nodes))
    except UnreadableFile as error:
        raise DataError([Fault(file.name, 0, str(error))]) from error
    if options.mapping:
        reading = read_mapping(options.mapping)
        table = laid_out(table, reading)
    else:
        table, reading = proposed(table, file.name, options.kind)
    if options.nodes:
        reading = replace(reading, separators="")
    if options.decisions:
        reading = decided(reading, options.decisions)
    return table, checked(reading, table, file, options.mapping)


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
    for name, changes in told.get("changes", {}).items():
        said = ", ".join(f"{count} {change}" for change, count in changes.items())
        print(f"  since {told['since']}, {name}: {said}")
    print(f"Written to {out}: python app.py --data {out}")
