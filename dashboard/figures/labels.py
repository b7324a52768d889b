"""Which names fit on a map without touching each other."""

from __future__ import annotations

from collections.abc import Iterable

Label = tuple[str, float, float]

CHARACTER, HEIGHT = 2.1, 4.2  # degrees taken by one letter and one line on the world map


def kept_apart(candidates: Iterable[Label], size: float = 1) -> list[Label]:
    """The first labels (name, lon, lat), in order of importance, that overlap no earlier one;
    `size` is that of letters against the map, 1 where the world fills its frame on a laptop."""
    kept: list[Label] = []
    for name, lon, lat in candidates:
        if lon == lon and not any(_touch((name, lon, lat), other, size) for other in kept):
            kept.append((name, lon, lat))
    return kept


def kept_in(candidates: Iterable[Label], room: tuple[float, float]) -> list[Label]:
    """The first labels that overlap no earlier one, where a letter and a line take `room`
    (degrees of longitude, of latitude)."""
    across, up = CHARACTER / room[0], HEIGHT / room[1]
    kept = kept_apart((name, lon * across, lat * up) for name, lon, lat in candidates)
    return [(name, lon / across, lat / up) for name, lon, lat in kept]


def _touch(one: Label, other: Label, size: float) -> bool:
    across = CHARACTER * size * (len(one[0]) + len(other[0])) / 2
    return abs(one[1] - other[1]) < across and abs(one[2] - other[2]) < HEIGHT * size
