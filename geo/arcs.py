"""Lines of corridors: great circles bent to one side so that neighbours can be told apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]


def unit_vectors(lon: Floats, lat: Floats) -> Floats:
    """Decimal degrees to points on the unit sphere, shape (..., 3)."""
    lam, phi = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def degrees(vectors: Floats) -> Floats:
    """Points on the sphere to lon, lat in decimal degrees, shape (..., 2)."""
    x, y, z = np.moveaxis(vectors, -1, 0)
    return np.stack([np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))], -1)


def arcs(starts: Floats, ends: Floats, points: int = 17, bend: float = 0.12) -> Floats:
    """Arcs between pairs of points, shape (n, points, 2) of lon, lat.

    `starts`, `ends`: (n, 2) decimal degrees. `bend` is the sideways offset at the middle as a
    share of the length; 0 gives great circles. Every arc leans to its left, so that two arcs
    from one origin never cross near it.
    """
    a, b = unit_vectors(*starts.T), unit_vectors(*ends.T)
    angle = np.arccos(np.clip((a * b).sum(-1), -1, 1))[:, None]
    side = np.cross(a, b)
    norm = np.linalg.norm(side, axis=-1, keepdims=True)
    side = np.divide(side, norm, out=np.zeros_like(side), where=norm > 1e-12)
    t = np.linspace(0, 1, points)[None, :]
    sine = np.where(angle > 1e-9, np.sin(angle), 1)
    forward = np.where(angle > 1e-9, np.sin((1 - t) * angle) / sine, 1 - t)
    backward = np.where(angle > 1e-9, np.sin(t * angle) / sine, t)
    line = forward[..., None] * a[:, None] + backward[..., None] * b[:, None]
    offset = bend * angle * np.sin(np.pi * t)
    line = line + offset[..., None] * side[:, None]
    return degrees(line / np.linalg.norm(line, axis=-1, keepdims=True))


def split(line: Floats) -> list[Floats]:
    """A line (n, 2) in the parts that lie on one side of the antimeridian, meeting it exactly."""
    parts: list[Floats] = []
    start = 0
    first: list[Floats] = []
    for i in np.flatnonzero(np.abs(np.diff(line[:, 0])) > 180).tolist():
        (x0, y0), (x1, y1) = line[i], line[i + 1]
        edge = 180.0 if x0 > 0 else -180.0
        share = abs(edge - x0) / (abs(edge - x0) + abs(-edge - x1) or 1)
        lat = y0 + share * (y1 - y0)
        parts.append(np.vstack([*first, line[start : i + 1], [[edge, lat]]]))
        first, start = [np.array([[-edge, lat]])], i + 1
    parts.append(np.vstack([*first, line[start:]]))
    return [part for part in parts if len(part) > 1]


def broken(lines: Floats, decimals: int = 2) -> tuple[list[float | None], list[float | None]]:
    """Many lines as one: lon and lat with None between lines and where one crosses 180 degrees."""
    lon: list[float | None] = []
    lat: list[float | None] = []
    crossing = np.any(np.abs(np.diff(lines[..., 0])) > 180, axis=-1)
    for line, crosses in zip(lines, crossing.tolist(), strict=True):
        for part in split(line) if crosses else [line]:
            at = np.round(part, decimals)
            lon += [*at[:, 0].tolist(), None]
            lat += [*at[:, 1].tolist(), None]
    return lon, lat


def track(x0: float, y0: float, x1: float, y1: float) -> shapely.Geometry | None:
    """The great circle between two points (degrees) as a line that RFC 7946 accepts; None where
    a point is missing."""
    ends = np.array([[x0, y0], [x1, y1]], dtype=float)
    if np.isnan(ends).any():
        return None
    parts = split(np.round(arcs(ends[:1], ends[1:], bend=0.0)[0], 5))
    return shapely.LineString(parts[0]) if len(parts) == 1 else shapely.MultiLineString(parts)
