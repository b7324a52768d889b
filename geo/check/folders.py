"""The whole check of dataset folders: each on its own, then all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import pandas as pd

from geo.check.forms import form_faults
from geo.check.positions import position_faults
from geo.check.reading import Folder, Layer, Table, folders_below, read_folder
from geo.check.references import (
    CODES,
    DECLARED,
    LAYER_OF,
    Known,
    boundary_faults,
    code_faults,
    id_faults,
    shared_code_faults,
)
from geo.check.shapes import layer_faults
from geo.errors import Fault
from geo.load import EMBEDDED, layered

T = TypeVar("T")


def check(folders: Iterable[Path] = (EMBEDDED,), progress: bool = True) -> list[Fault]:
    """Every fault of the datasets at or below these folders, sorted by file and line.

    Ids are looked up in these datasets; a table that none of them has is taken from the
    embedded data, so that a dataset of one's own can be checked alone.
    """
    faults: list[Fault] = []
    paths: list[Path] = []
    for root in folders:
        found, none = folders_below(Path(root))
        paths += found
        faults += none
    read = [read_folder(path) for path in _told(paths, "read", progress)]
    for folder in read:
        faults += folder.faults + code_faults(folder)
    for folder in _told(read, "tables", progress):
        faults += form_faults(folder)
    tables = [table for folder in read for table in folder.tables]
    layers = [layer for folder in read for layer in folder.layers]
    for layer in _told(layers, "layers", progress):
        faults += layer_faults(layer)
    return sorted({*faults, *_together(tables, layers, _unread(read))})


def _unread(folders: list[Folder]) -> frozenset[str]:
    """Tables and layers that these datasets have and that cannot be read."""
    have = {table.name for folder in folders for table in folder.tables}
    have |= {layer.name for folder in folders for layer in folder.layers}
    said = {r["name"] for folder in folders for r in folder.descriptor.get("resources", [])}
    return frozenset(said - have)


def _together(tables: list[Table], layers: list[Layer], unread: frozenset[str]) -> list[Fault]:
    """Faults that only show when the datasets are held against each other."""
    known = _known(tables, layers, unread)
    return [
        *id_faults(tables, known),
        *shared_code_faults(tables, known),
        *boundary_faults(layers, known),
        *position_faults(tables, known),
    ]


def _known(tables: list[Table], layers: list[Layer], unread: frozenset[str]) -> Known:
    """What ids are looked up in: these datasets, completed from the embedded ones."""
    own_tables = _by_name(tables)
    own_layers = _layers_by_name(layers)
    wanted = {table for table, _ in DECLARED.values()} | {table for table, _ in CODES.values()}
    if wanted <= set(own_tables) and set(LAYER_OF) <= set(own_layers):
        return Known(own_tables, own_layers, unread)
    embedded = _embedded()
    more_tables = {t.name: t.frame for folder in embedded for t in folder.tables}
    more_layers = [x for folder in embedded for x in folder.layers if x.name not in unread]
    return Known(
        {name: frame for name, frame in more_tables.items() if name not in unread} | own_tables,
        _layers_by_name([*more_layers, *layers]),
        unread,
    )


def _layers_by_name(layers: list[Layer]) -> dict[str, gpd.GeoDataFrame]:
    """Layers of one name in several datasets as one, as the atlas loads them."""
    names = dict.fromkeys(layer.name for layer in layers)
    return {name: layered([x.frame for x in layers if x.name == name]) for name in names}


def _by_name(tables: list[Table]) -> dict[str, pd.DataFrame]:
    """Tables of one name in several datasets as one, as the atlas loads them."""
    names = {table.name for table in tables}
    return {
        name: pd.concat([table.frame for table in tables if table.name == name]).fillna("")
        for name in names
    }


@lru_cache(maxsize=1)
def _embedded() -> tuple[Folder, ...]:
    return tuple(read_folder(path) for path in folders_below(EMBEDDED)[0])


def _told(items: Sequence[T], name: str, progress: bool) -> Iterator[T]:
    """The items with a progress bar on a terminal, where tqdm is installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        return iter(items)
    return iter(tqdm(items, desc=name, disable=None if progress else True, leave=False))
