"""The only reader of data/: dataset folders in, a World out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.csv as arrow_csv

from geo.errors import DataError, Fault, SchemaError
from geo.schema import (
    COLUMNS,
    CRS,
    LAYERS,
    RULED,
    Source,
    column_faults,
    crs_name,
    resource_faults,
    source_faults,
    source_row_faults,
    sources_of,
)
from geo.world import Dataset, Licence, Resource, World

EMBEDDED = Path(__file__).resolve().parent.parent / "data"
TABLES = (".csv", ".parquet")  # what the files of a dataset end in

# What one row only tells of, in the tables where a later dataset may tell otherwise.
KEYS = {"criteria": ("country_id", "criterion"), "states": ("country_id",)}
NUMBERS = {"integer": "Int64", "year": "Int64", "number": "float64"}


def load(*roots: Path) -> World:
    """Read every dataset folder below `roots` (the embedded data when none is given).

    Raises SchemaError with every fault where a descriptor, a source or a column is missing.
    """
    folders = [folder for root in (roots or (EMBEDDED,)) for folder in dataset_folders(root)]
    tables: dict[str, list[pd.DataFrame]] = {}
    layers: dict[str, list[gpd.GeoDataFrame]] = {}
    datasets: dict[str, Dataset] = {}
    faults: list[Fault] = []
    for folder in folders:
        try:
            dataset, its_tables, its_layers = read_dataset(folder)
        except DataError as error:
            faults += error.faults
            continue
        if dataset.name in datasets:
            faults.append(Fault(f"{folder.name}/datapackage.json", 0, f"a second dataset is named "
                                f"«{dataset.name}»; names are unique"))  # fmt: skip
        datasets[dataset.name] = dataset
        for name, frame in its_tables.items():
            tables.setdefault(name, []).append(frame)
        for name, layer in its_layers.items():
            layers.setdefault(name, []).append(layer)
    faults += [] if faults else _absent(tables, layers, roots)
    faults += [] if faults else _unruled(tables)
    if faults:
        raise SchemaError(faults)
    return World(
        version=version_of(folders),
        datasets=MappingProxyType(datasets),
        sources=MappingProxyType({s.key: s for d in datasets.values() for s in d.sources}),
        tables=MappingProxyType({n: _tabled(n, frames) for n, frames in tables.items()}),
        layers=MappingProxyType({n: layered(frames) for n, frames in layers.items()}),
    )


def dataset_folders(root: Path) -> list[Path]:
    """The dataset folders at or directly below `root`, in the order of their names. SchemaError
    where there is none, or where one has tables and no descriptor."""
    found = sorted(path.parent for path in root.glob("*/datapackage.json"))
    if (root / "datapackage.json").exists():
        found = [root]
    tables = {path.parent for path in root.glob("*/*") if path.suffix in TABLES}
    lost = [] if found == [root] else sorted(tables - {*found})
    if lost:
        said = "has tables and no datapackage.json that says what they are and where they come from"
        raise SchemaError([Fault(folder.name, 0, said) for folder in lost])
    if not found:
        raise SchemaError([Fault(root.name, 0, "no dataset here: a dataset is a folder with a "
                                               "datapackage.json beside its tables")])  # fmt: skip
    return found


def read_dataset(
    folder: Path,
) -> tuple[Dataset, dict[str, pd.DataFrame], dict[str, gpd.GeoDataFrame]]:
    """One dataset with its tables and layers; SchemaError lists all that is wrong with it."""
    descriptor = read_descriptor(folder)
    sources = sources_of(descriptor)
    known = {key.split("/", 1)[1] for key in sources}
    tables: dict[str, pd.DataFrame] = {}
    layers: dict[str, gpd.GeoDataFrame] = {}
    faults: list[Fault] = []
    for resource in descriptor["resources"]:
        file = f"{folder.name}/{resource['path']}"
        try:
            if resource["path"].endswith(".parquet"):
                layer = read_layer(folder / resource["path"])
                faults += _credited(layer, descriptor["name"], known, file)
                layers[resource["name"]] = layer
                continue
            frame = read_table(folder / resource["path"], resource)
        except DataError as error:
            faults += error.faults
            continue
        faults += column_faults(resource["name"], frame, file)
        faults += source_row_faults(frame, known, file)
        if "source_id" in frame.columns:
            frame["source_id"] = descriptor["name"] + "/" + frame["source_id"].astype(str)
        tables[resource["name"]] = frame
    if faults:
        raise SchemaError(faults)
    return _described(folder, descriptor, tuple(sources.values()), tables, layers), tables, layers


def _credited(layer: gpd.GeoDataFrame, dataset: str, known: set[str], file: str) -> list[Fault]:
    """Put the key of its source on each shape of a layer that names them; those that do not are
    all of their dataset. A fault for each shape of a source that is not known."""
    if "source_id" not in layer.columns:
        return []
    faults = source_row_faults(layer, known, file)
    layer["source_id"] = dataset + "/" + layer["source_id"].astype(str)
    return faults


def read_descriptor(folder: Path) -> dict[str, Any]:
    """datapackage.json of a folder, refused when its provenance is not complete."""
    file = f"{folder.name}/datapackage.json"
    try:
        descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SchemaError([Fault(file, 0, f"cannot be read as JSON in UTF-8: {error}")]) from None
    if not isinstance(descriptor, dict):
        raise SchemaError([Fault(file, 0, "holds no object; see the other datasets' descriptors")])
    if faults := source_faults(descriptor, file) + resource_faults(descriptor, file):
        raise SchemaError(faults)
    return descriptor


def read_table(path: Path, resource: Mapping[str, Any]) -> pd.DataFrame:
    """A CSV table with the types its schema declares; text is never missing, only empty."""
    file = f"{path.parent.name}/{path.name}"
    fields = {f["name"]: f.get("type", "string") for f in resource["schema"]["fields"]}
    convert = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(fields, "string"), strings_can_be_null=False
    )
    parse = arrow_csv.ParseOptions(newlines_in_values=True)
    try:
        frame: pd.DataFrame = arrow_csv.read_csv(
            path, convert_options=convert, parse_options=parse
        ).to_pandas()
    except (OSError, ValueError) as error:
        raise SchemaError([Fault(file, 0, f"cannot be read as CSV in UTF-8: {error}")]) from None
    faults: list[Fault] = []
    for name, kind in fields.items():
        if name not in frame.columns:
            faults.append(Fault(file, 1, f"column {name} is declared but missing"))
        elif kind in NUMBERS:
            frame[name], wrong = numbers(frame[name], kind, file)
            faults += wrong
        elif kind == "boolean":
            frame[name], wrong = truths(frame[name], file)
            faults += wrong
    if faults:
        raise SchemaError(faults)
    return frame


def numbers(column: pd.Series, kind: str, file: str) -> tuple[pd.Series, list[Fault]]:
    """A text column as numbers, and a fault for each cell that is none."""
    values = pd.to_numeric(column.where(column != ""), errors="coerce").astype("float64")
    usable = values.abs() < np.inf
    if NUMBERS[kind] == "Int64":
        usable &= values % 1 == 0
    wrong = (column != "") & ~usable
    faults = _cells(column, wrong, f"is not a {kind}", file)
    return (values if faults or kind == "number" else values.astype("Int64")), faults


def truths(column: pd.Series, file: str) -> tuple[pd.Series, list[Fault]]:
    """A text column as true and false (empty is false), and a fault for each other cell."""
    wrong = ~column.isin(["true", "false", ""])
    return column == "true", _cells(column, wrong, "is neither true nor false", file)


def _cells(column: pd.Series, wrong: pd.Series, said: str, file: str) -> list[Fault]:
    """A fault for each wrong cell of a column; the header is line 1."""
    return [
        Fault(file, row + 2, f"{column.name} «{column.iloc[row]}» {said}")
        for row in np.flatnonzero(wrong).tolist()
    ]


def read_layer(path: Path) -> gpd.GeoDataFrame:
    """A GeoParquet layer: place_id and geometry, in EPSG:4326."""
    file = f"{path.parent.name}/{path.name}"
    try:
        layer = gpd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise SchemaError([Fault(file, 0, f"cannot be read as GeoParquet: {error}")]) from None
    if layer.crs != CRS:
        raise SchemaError([Fault(file, 0, f"is in {crs_name(layer.crs)}; boundaries are in {CRS}")])
    if "place_id" not in layer.columns:
        raise SchemaError([Fault(file, 0, "column place_id is missing")])
    return layer


def version_of(folders: Iterable[Path]) -> str:
    """A short hash that changes when any byte of any dataset does."""
    digest = hashlib.blake2b(digest_size=8)
    for folder in folders:
        for path in sorted(folder.iterdir()):
            digest.update(path.name.encode())
            digest.update(hashlib.blake2b(path.read_bytes()).digest())
    return digest.hexdigest()


def _described(
    folder: Path,
    descriptor: Mapping[str, Any],
    sources: tuple[Source, ...],
    tables: Mapping[str, pd.DataFrame],
    layers: Mapping[str, gpd.GeoDataFrame],
) -> Dataset:
    frames: dict[str, pd.DataFrame] = {**tables, **layers}
    title, description = descriptor["title"], descriptor.get("description", "")
    return Dataset(
        name=descriptor["name"],
        title_fr=title,
        title_en=descriptor.get("title_en") or title,
        description_fr=description,
        description_en=descriptor.get("description_en") or description,
        folder=folder,
        licences=tuple(
            Licence(said.get("name", ""), said.get("title", ""), said.get("path", ""))
            for said in descriptor.get("licenses", [])
        ),
        resources=tuple(_resource(said, frames) for said in descriptor["resources"]),
        sources=sources,
        rows=MappingProxyType({name: len(frame) for name, frame in frames.items()}),
    )


def _resource(said: Mapping[str, Any], frames: Mapping[str, pd.DataFrame]) -> Resource:
    """A table or layer under its title, or its name where the descriptor gives none."""
    name, title = said["name"], said.get("title") or said["name"]
    columns = tuple(map(str, frames[name].columns))
    return Resource(name, said["path"], title, said.get("title_en") or title, columns)


def _absent(
    tables: Mapping[str, object], layers: Mapping[str, object], roots: tuple[Path, ...]
) -> list[Fault]:
    where = ", ".join(root.name for root in roots) or EMBEDDED.name
    return [
        Fault(where, 0, f"no dataset has a {kind} «{name}»")
        for kind, names, have in (("table", COLUMNS, tables), ("layer", LAYERS, layers))
        for name in names
        if name not in have
    ]


def _unruled(tables: Mapping[str, list[pd.DataFrame]]) -> list[Fault]:
    """The rules of groups and notions that look at a column which no table of countries has."""
    have = {str(column) for frame in tables["countries"] for column in frame.columns}
    return [
        Fault(f"{name}.csv", row + 2, f"{column} «{named}» is no column of the countries")
        for name, column in RULED
        for frame in tables[name]
        for row, named in enumerate(frame[column].astype(str))
        if named and named not in have
    ]


def _tabled(name: str, frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The rows of several datasets as one table; where a table is keyed, a row of a later dataset
    takes the place of that of an earlier one."""
    table: pd.DataFrame = _stacked(frames)
    if name not in KEYS or len(frames) == 1:
        return table
    return table.drop_duplicates(list(KEYS[name]), keep="last").reset_index(drop=True)


def layered(frames: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """The shapes of several datasets as one layer: that of the last dataset to bring a place, in
    the order of the first."""
    layer = _stacked(frames)
    if len(frames) == 1:
        return layer
    last = layer.drop_duplicates("place_id", keep="last").set_index("place_id")
    shapes = last.reindex(layer["place_id"].unique()).reset_index()
    return gpd.GeoDataFrame(shapes.fillna({"source_id": ""}), geometry="geometry", crs=CRS)


def _stacked(frames: list[Any]) -> Any:
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
