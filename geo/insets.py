"""France on one sheet: the overseas départements and Paris beside the mainland, each in a frame.

Everything is placed in the plane of Lambert-93 (metres) and handed back in degrees, so that a
map in that projection draws the sheet as composed. Only pictures use it: exports and joins keep
the true coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely import affinity

from geo.schema import CRS

SHEET = "EPSG:2154"
Floats = npt.NDArray[np.float64]
Matrix = tuple[float, float, float, float, float, float]  # as shapely's affine_transform takes it


@dataclass(frozen=True)
class Frame:
    """A box of the sheet (metres) that holds some territories at a scale of their own."""

    key: str
    crs: str
    box: tuple[float, float, float, float]
    regions: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()


_LEFT, _RIGHT, _TOP, _STEP, _HEIGHT = -215e3, 25e3, 7115e3, 214e3, 200e3
NAME, ASIDE = 34e3, 6e3  # metres of a frame's top that its name has, and from its edges

_OVERSEAS = (
    ("guadeloupe", "EPSG:5490", "01", "971"),
    ("martinique", "EPSG:5490", "02", "972"),
    ("guyane", "EPSG:2972", "03", "973"),
    ("reunion", "EPSG:2975", "04", "974"),
    ("mayotte", "EPSG:4471", "06", "976"),
)

FRAMES = (
    *(
        Frame(
            key, crs, (_LEFT, _TOP - i * _STEP - _HEIGHT, _RIGHT, _TOP - i * _STEP),
            (f"region:{region}",), (f"departement:{departement}",),
        )
        for i, (key, crs, region, departement) in enumerate(_OVERSEAS)
    ),
    Frame(
        "paris", SHEET, (1010e3, 6935e3, 1260e3, 7115e3), (),
        ("departement:75", "departement:92", "departement:93", "departement:94"),
    ),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Sheet:
    """`territories`: key (place_id, or place_id@frame for an enlarged copy), place_id, geometry;
    `lines`: the frames' outlines; `names`: frame key, lon, lat, scale (times the mainland's)."""

    territories: gpd.GeoDataFrame
    lines: gpd.GeoSeries
    names: tuple[tuple[str, float, float, float], ...]
    moves: tuple[tuple[Frame, Matrix], ...] = ()

    @cached_property
    def keys(self) -> list[str]:
        """The key of each drawn territory, in the order of the layer."""
        return list(self.territories["key"])

    @cached_property
    def place_ids(self) -> list[str]:
        """The place that each drawn territory is, in the same order."""
        return list(self.territories["place_id"])

    def placed(self, lon: Floats, lat: Floats, region_ids: Sequence[str]) -> Floats:
        """Where points (degrees) of these régions lie on the sheet: shape (n, 2) of lon, lat.

        A point of the mainland stays where it is, one overseas goes into its frame.
        """
        at = np.column_stack([lon, lat]).astype(float)
        regions = np.asarray(region_ids, dtype=object)
        for frame, (a, b, d, e, x, y) in self.moves:
            inside = np.isin(regions, frame.regions) & ~np.isnan(at).any(1)
            if inside.any():
                there = gpd.GeoSeries(gpd.points_from_xy(*at[inside].T), crs=CRS).to_crs(frame.crs)
                moved = there.affine_transform([a, b, d, e, x, y]).set_crs(
                    SHEET, allow_override=True
                )
                at[inside] = moved.to_crs(CRS).get_coordinates().to_numpy()
        return at


def composed(layer: gpd.GeoDataFrame, units: pd.Series | None = None) -> Sheet:
    """Lay a layer of régions or départements out on the sheet. `layer`: place_id, geometry.

    Of a finer layer `units` are the départements of its places: overseas ones fill the frame of
    theirs, and none is enlarged twice.
    """
    held = layer["place_id"] if units is None else units
    whole = layer[["place_id", "geometry"]].to_crs(SHEET)
    parts, boxes, names, moves = [], [], [], []
    moved: set[str] = set()
    for frame in FRAMES:
        inside = layer[held.isin(frame.regions + frame.departements)]
        copy = frame.key == "paris"
        if inside.empty or (copy and units is not None):
            continue
        placed, matrix = _framed(inside[["place_id", "geometry"]].to_crs(frame.crs), frame)
        placed["key"] = placed["place_id"] + (f"@{frame.key}" if copy else "")
        moved |= set() if copy else set(placed["place_id"])
        parts.append(placed)
        boxes.append(shapely.segmentize(shapely.box(*frame.box).exterior, 50e3))
        names.append((frame.key, frame.box[0] + ASIDE, frame.box[3] - ASIDE, matrix[0]))
        moves.append((frame, matrix))
    main = whole[~whole["place_id"].isin(moved)].assign(key=lambda t: t["place_id"])
    sheet = gpd.GeoDataFrame(
        {
            "key": [k for part in (main, *parts) for k in part["key"]],
            "place_id": [p for part in (main, *parts) for p in part["place_id"]],
        },
        geometry=[g for part in (main, *parts) for g in part.geometry],
        crs=SHEET,
    )
    corners = gpd.GeoSeries(gpd.points_from_xy([n[1] for n in names], [n[2] for n in names]),
                            crs=SHEET).to_crs(CRS)  # fmt: skip
    return Sheet(
        territories=sheet.to_crs(CRS),
        lines=gpd.GeoSeries(boxes, crs=SHEET).to_crs(CRS),
        names=tuple(
            (key, float(at.x), float(at.y), scale)
            for (key, _, _, scale), at in zip(names, corners, strict=True)
        ),
        moves=tuple(moves),
    )


def _framed(inside: gpd.GeoDataFrame, frame: Frame) -> tuple[gpd.GeoDataFrame, Matrix]:
    """Scale and shift territories (metres) into a frame below its name, with a margin, keeping
    their shape; and the affine transformation that does it."""
    west, south, east, north = inside.total_bounds
    left, bottom, right, top = frame.box
    top -= NAME
    scale = 0.9 * min((right - left) / (east - west), (top - bottom) / (north - south))
    matrix = (
        scale, 0, 0, scale,
        (left + right) / 2 - scale * (west + east) / 2,
        (bottom + top) / 2 - scale * (south + north) / 2,
    )  # fmt: skip
    moved = [affinity.affine_transform(shape, matrix) for shape in inside.geometry]
    return inside.assign(geometry=gpd.GeoSeries(moved, index=inside.index, crs=None).array), matrix
