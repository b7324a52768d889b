"""Datasets read as they stand, faults and all: cells as text, with the line each row begins on."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.errors import DataError, Fault
from geo.load import dataset_folders, read_descriptor, read_layer


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of text. `frame` is indexed by the line of the file that each row begins on;
    `lines` has the line of every record, the header and blank ones included."""

    name: str
    file: str
    frame: pd.DataFrame
    lines: tuple[int, ...]
    resource: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Layer:
    """Boundaries: place_id, geometry."""

    name: str
    file: str
    frame: gpd.GeoDataFrame


@dataclass(eq=False)
class Folder:
    """What could be read of one dataset, and the faults met while reading."""

    path: Path
    descriptor: Mapping[str, Any] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def folders_below(root: Path) -> tuple[list[Path], list[Fault]]:
    """The dataset folders at or below a path, or the fault that there is none."""
    try:
        return dataset_folders(root), []
    except DataError as error:
        return [], list(error.faults)


def read_folder(path: Path) -> Folder:
    """A dataset with all that can be read of it; never raises for bad data."""
    folder = Folder(path)
    try:
        folder.descriptor = read_descriptor(path)
    except DataError as error:
        folder.faults += error.faults
        return folder
    for resource in folder.descriptor["resources"]:
        try:
            if resource["path"].endswith(".parquet"):
                folder.layers.append(_layer(path / resource["path"], resource["name"]))
            else:
                folder.tables.append(read_text_table(path / resource["path"], resource))
        except DataError as error:
            folder.faults += error.faults
    return folder


def _layer(path: Path, name: str) -> Layer:
    return Layer(name, f"{path.parent.name}/{path.name}", read_layer(path))


def read_text_table(path: Path, resource: Mapping[str, Any]) -> Table:
    """A CSV file as text. Raises DataError where it is no CSV in UTF-8."""
    file = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise DataError([Fault(file, 0, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        said = f"byte {error.object[error.start]:#04x} is not UTF-8; tables are in UTF-8"
        raise DataError([Fault(file, line, said)]) from None
    records, lines = _records(text, file)
    if not records:
        raise DataError([Fault(file, 0, "is empty; the first line names the columns")])
    header = records[0]
    if len(set(header)) < len(header):
        raise DataError([Fault(file, 1, f"two columns have one name: {', '.join(header)}")])
    kept = [i for i in range(1, len(records)) if records[i]]
    width = len(header)
    rows = [(records[i] + [""] * width)[:width] for i in kept]
    frame = pd.DataFrame(rows, columns=header, index=[lines[i] for i in kept], dtype="object")
    return Table(resource["name"], file, frame, tuple(lines), resource)


def _records(text: str, file: str) -> tuple[list[list[str]], list[int]]:
    """The records of a CSV text and the line each begins on; a quoted cell may hold line ends."""
    reader = csv.reader(io.StringIO(text, newline=""))
    records, lines = [], []
    try:
        begins = 1
        for record in reader:
            records.append(record)
            lines.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise DataError([Fault(file, reader.line_num, f"is not CSV: {error}")]) from None
    return records, lines
