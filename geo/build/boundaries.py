"""The layers of data/boundaries, simplified so that neighbours keep one border."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.build.shapes import Layer, faults, oriented, rounded, simplified, without_specks
from geo.errors import DataError, Fault


@dataclass(frozen=True)
class Detail:
    """How a layer is drawn: tolerance in degrees, least island in square degrees, digits kept."""

    tolerance: float
    speck: float
    digits: int


DETAIL = {
    "countries_world": Detail(tolerance=0.2, speck=0.05, digits=3),
    "countries": Detail(tolerance=0.0, speck=0.0, digits=4),
    "countries_un_world": Detail(tolerance=0.2, speck=0.05, digits=3),
    "countries_un": Detail(tolerance=0.0, speck=0.0, digits=4),
    "departements": Detail(tolerance=0.005, speck=0.00002, digits=4),
    "admin1": Detail(tolerance=0.02, speck=0.0005, digits=4),
}


def drawn(name: str, layer: Layer) -> Layer:
    """A layer at its detail: simplified, without specks, on its grid, oriented, without fault."""
    detail = DETAIL[name]
    if detail.tolerance:
        layer = simplified(layer, detail.tolerance)
    layer = oriented(rounded(without_specks(layer, detail.speck), detail.digits))
    check(name, layer)
    return layer


def check(name: str, layer: Layer) -> None:
    """Raise DataError where a shape is not fit to be drawn or neighbours overlap."""
    found = faults(layer)
    edges = shapely.coverage_invalid_edges(np.array(list(layer.values())))
    found += [
        f"{place} overlaps a neighbour or leaves a gap along {edge.length:.4f} degrees"
        for place, edge in zip(layer, edges, strict=True) if not edge.is_empty
    ]  # fmt: skip
    if found:
        raise DataError([Fault(f"boundaries/{name}.parquet", 0, text) for text in found])


def frame(layer: Layer) -> gpd.GeoDataFrame:
    """A layer as a table of place_id and geometry, sorted by place_id."""
    places = sorted(layer)
    return gpd.GeoDataFrame(
        {"place_id": places}, geometry=[layer[place] for place in places], crs="EPSG:4326"
    )
