"""World: an immutable set of tables and boundary layers, their sources and one version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo.schema import Source


@dataclass(frozen=True)
class Licence:
    """A licence that a dataset, or a part of it, is under."""

    name: str
    title: str
    address: str


@dataclass(frozen=True)
class Resource:
    """One table or layer of a dataset: its file, and its columns in their order."""

    name: str
    path: str
    title_fr: str
    title_en: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Dataset:
    """What a descriptor says of one dataset, and how many rows each of its tables has."""

    name: str
    title_fr: str
    title_en: str
    description_fr: str
    description_en: str
    folder: Path
    licences: tuple[Licence, ...]
    resources: tuple[Resource, ...]
    sources: tuple[Source, ...]
    rows: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class World:
    """All that is known. Two worlds of the same version hold the same data.

    `table` hands out shallow copies: under pandas' copy-on-write, whatever a caller writes
    to them never reaches the world.
    """

    version: str
    datasets: Mapping[str, Dataset]
    sources: Mapping[str, Source]
    tables: Mapping[str, pd.DataFrame]
    layers: Mapping[str, gpd.GeoDataFrame]

    def table(self, name: str) -> pd.DataFrame:
        """The rows of one table; KeyError for a name no dataset has."""
        return self.tables[name].copy(deep=False)

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """One boundary layer: place_id, geometry in EPSG:4326."""
        return self.layers[name].copy(deep=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, World) and other.version == self.version

    def __hash__(self) -> int:
        return hash(self.version)
