"""Files that hold geometry or typed columns: GeoJSON, GeoPackage, Shapefile, (Geo)Parquet."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pyproj
import shapely
from pyarrow import parquet
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError

from geo.ingest.grid import RawTable, table
from geo.ingest.sheets import MOST_CELLS, shown
from geo.ingest.unreadable import UnreadableFile
from geo.schema import CRS

WIDEST = 180.0, 90.0
NEAR = 1e-6  # degrees by which rounding may pass the limits
FAR = 360.0  # beyond, no convention writes degrees
MOST_OF_PARQUET = 2 * 2**30  # bytes once unpacked
LINE = re.compile(r"\bAt line ([0-9]+)")  # of GDAL, on JSON


def vector(source: str, kind: str, wanted: str, encodings: Sequence[str | None]) -> RawTable:
    """A layer of a file of geometry: the one `wanted` by name, else the first with geometry.

    `source` is an address for GDAL; `encodings` are tried in turn for its texts, None for what
    the file says. UnreadableFile where it is damaged, empty or not in known degrees.
    """
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            layer, others = _layer(source, wanted)
            meta, read = _read(source, layer, kind, encodings)
    except UnboundLocalError as error:  # of pyogrio, where GDAL cannot write the system as text
        raise UnreadableFile("no_crs") from error
    except (RuntimeError, ValueError, pa.ArrowException) as error:
        raise _damaged(kind, error) from error
    if not read.num_rows:
        raise UnreadableFile("no_features", layer=layer)
    described = {"format": kind, "encoding": str(meta["encoding"] or "UTF-8"), "layer": layer}
    if others:
        described["other_sheets"] = ", ".join(others)
    if notes := sorted({str(warning.message) for warning in said}):
        described["notes"] = " ".join(notes)
    if meta["geometry_type"] is None:
        return _table(read, described, None)
    column = meta["geometry_name"] or "wkb_geometry"
    shapes = _shapes(read.column(column))
    geometry, told = located(shapes, meta["crs"])
    return _table(read.drop_columns([column]), {**described, **told}, geometry)


def _damaged(kind: str, error: Exception) -> UnreadableFile:
    said = " ".join(str(error).split()).rstrip(".")
    if found := LINE.search(said):
        return UnreadableFile("damaged_at_line", kind=kind, error=said, line=found[1])
    return UnreadableFile("damaged", kind=kind, error=said)


def _layer(source: str, wanted: str) -> tuple[str, list[str]]:
    """The name of the layer to read, and those of the others."""
    layers = [(str(name), kind) for name, kind in pyogrio.list_layers(source)]
    names = [name for name, _ in layers]
    if not names:
        raise UnreadableFile("no_layer")
    if wanted and wanted not in names:
        raise UnreadableFile("no_such_layer", wanted=wanted, names=", ".join(names))
    shaped = [name for name, kind in layers if kind is not None]
    chosen = wanted or (shaped or names)[0]
    return chosen, [name for name in names if name != chosen]


def _read(
    source: str, layer: str, kind: str, encodings: Sequence[str | None]
) -> tuple[dict[str, Any], pa.Table]:
    """What GDAL says of a layer and its rows, in the first encoding that its texts are in."""
    options = {"DATE_AS_STRING": "YES"} if kind == "GeoJSON" else {}
    for encoding in encodings:
        meta, read = pyogrio.read_arrow(source, layer=layer, encoding=encoding, **options)
        try:
            read.validate(full=True)
        except pa.ArrowInvalid:
            continue
        return {**meta, "encoding": encoding or meta["encoding"]}, read
    raise UnreadableFile("unknown_encoding")


def _shapes(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    try:
        read: np.ndarray[Any, Any] = shapely.from_wkb(column.to_numpy())
    except (ShapelyError, TypeError) as error:
        raise UnreadableFile("damaged_geometry", error=str(error)) from error
    return read


def located(shapes: np.ndarray[Any, Any], crs: object) -> tuple[gpd.GeoSeries, dict[str, str]]:
    """Geometry in EPSG:4326 and valid, with what was found and done. UnreadableFile where its
    coordinate system is not known or its coordinates are not of it."""
    system = _system(crs)
    if system.is_geographic:
        _refuse_outside(shapes)
    series = gpd.GeoSeries(shapes, crs=system)
    told = {
        "crs": system.to_string()
        if system.to_authority() is None
        else ":".join(system.to_authority())
    }
    try:
        series = series.to_crs(CRS)
    except ProjError as error:
        raise UnreadableFile(
            "never_degrees", system=system.name, error=str(error), crs=CRS
        ) from error
    _refuse_outside(series.to_numpy())
    held = series.to_numpy()
    none = shapely.is_missing(held) | shapely.is_empty(held)
    wrong = ~none & ~shapely.is_valid(held)
    if wrong.any():
        held = held.copy()
        held[wrong] = shapely.make_valid(held[wrong], method="structure", keep_collapsed=False)
        told["repaired"] = str(int(wrong.sum()))
    if none.any():
        told["without_geometry"] = str(int(none.sum()))
    return gpd.GeoSeries(held, crs=CRS), told


def _system(crs: object) -> pyproj.CRS:
    if not crs:
        raise UnreadableFile("no_crs")
    try:
        system = pyproj.CRS.from_user_input(crs)
    except ProjError as error:
        raise UnreadableFile("unknown_crs", system=str(crs), crs=CRS) from error
    if system.name.lower().startswith(("undefined", "unknown")):
        raise UnreadableFile("no_crs")
    return system


def _refuse_outside(shapes: np.ndarray[Any, Any]) -> None:
    """UnreadableFile at the first feature whose coordinates are no degrees, with what they may
    be instead."""
    bounds = shapely.bounds(shapes)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    reach = np.abs(bounds).reshape(-1, 2, 2).max(axis=1)
    with np.errstate(invalid="ignore"):
        outside = ~empty & ~((reach <= np.add(WIDEST, NEAR)).all(axis=1))
    if not outside.any():
        return
    at = int(np.flatnonzero(outside)[0])
    far_x, far_y = reach[at]
    x, y = map(float, bounds[at, :2])
    if not np.isfinite(reach[at]).all():
        raise UnreadableFile("no_place", feature=at + 1, x=x, y=y, crs=CRS)
    if max(far_x, far_y) > FAR:
        raise UnreadableFile("metres", feature=at + 1, x=x, y=y, crs=CRS)
    if far_x <= WIDEST[1] and far_y <= WIDEST[0]:
        raise UnreadableFile("swapped", feature=at + 1, x=x, y=y)
    raise UnreadableFile("outside", feature=at + 1, x=x, y=y)


def parquet_table(path: Path) -> RawTable:
    """A Parquet or GeoParquet file. UnreadableFile where it is damaged, empty or too large."""
    try:
        file = parquet.ParquetFile(path)
        held = file.metadata
        unpacked = sum(held.row_group(i).total_byte_size for i in range(held.num_row_groups))
        if max(unpacked / MOST_OF_PARQUET, held.num_rows * held.num_columns / MOST_CELLS) > 1:
            raise UnreadableFile("parquet_too_large", rows=held.num_rows, columns=held.num_columns)
        read = file.read()
        geo = json.loads((held.metadata or {}).get(b"geo", b"null"))
        geometry, told = _geometry_of(path, geo) if geo else (None, {})
    except (pa.ArrowException, OSError, ValueError, KeyError, RuntimeError) as error:
        raise _damaged("Parquet", error) from error
    if not read.num_rows:
        raise UnreadableFile("columns_alone")
    shaped = [name for name in read.column_names if geo and name in geo["columns"]]
    described = {"format": "GeoParquet" if geo else "Parquet", "encoding": "UTF-8", **told}
    if len(shaped) > 1:
        described["left_out"] = ", ".join(n for n in shaped if n != geo["primary_column"])
    return _table(read.drop_columns(shaped), described, geometry)


def _geometry_of(path: Path, geo: dict[str, Any]) -> tuple[gpd.GeoSeries, dict[str, str]]:
    frame = gpd.read_parquet(path, columns=[geo["primary_column"]])
    return located(frame.geometry.to_numpy(), frame.crs)


def _table(read: pa.Table, described: dict[str, str], geometry: gpd.GeoSeries | None) -> RawTable:
    names = [" ".join(name.split()) for name in read.column_names]
    cells = pd.DataFrame(
        {i: _texts(read.column(i)) for i in range(read.num_columns)}, index=range(read.num_rows)
    )
    return table(names, cells, 1, described, geometry)


def _texts(column: pa.ChunkedArray) -> pd.Series[str]:
    """A column as texts, as sheets show them; lists and records as JSON, bytes in hexadecimal."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return _texts(column.cast(kind.storage_type))
    if pa.types.is_dictionary(kind):
        return _texts(column.cast(kind.value_type))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_integer(kind):
        texts = column.cast(pa.large_string()).fill_null("")
        series: pd.Series[str] = texts.to_pandas()
        return series
    written = _writer(kind)
    return pd.Series(
        ["" if value is None else written(value) for value in column.to_pylist()], dtype="str"
    )


def _writer(kind: pa.DataType) -> Callable[[Any], str]:
    """How values of a type are written."""
    types = pa.types
    if types.is_floating(kind):
        return lambda value: "" if np.isnan(value) else shown(value)
    if types.is_boolean(kind) or types.is_temporal(kind):
        return shown
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return lambda value: str(value.hex())
    if types.is_nested(kind):
        return lambda value: json.dumps(value, ensure_ascii=False, default=str)
    return str
