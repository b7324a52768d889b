"""Sizes of pictures: named papers and screens, or a size of one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, sqrt

AREA = 1280 * 720  # px of the layout: type and strokes keep their part of a sheet of any size
NARROWEST = 800  # px of the layout
LEAST, MOST = 400, 6000  # px of a side
ASPECT = 2.5  # of the longer side to the shorter, at most


@dataclass(frozen=True)
class Paper:
    """A size in px of 1/96 inch, as CSS has them."""

    width: int
    height: int

    @property
    def scale(self) -> float:
        """How much larger than its layout the sheet is drawn."""
        return self.width / self.layout[0]

    @property
    def layout(self) -> tuple[int, int]:
        """Width and height (px) that the sheet is laid out in."""
        scale = min(sqrt(self.width * self.height / AREA), self.width / NARROWEST)
        width = round(self.width / scale)
        return width, ceil(self.height * width / self.width)

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height on paper."""
        return self.width / 96, self.height / 96


PAPERS: Mapping[str, Paper] = {
    "slide": Paper(1280, 720), "a4": Paper(1123, 794), "a4-portrait": Paper(794, 1123),
    "a3": Paper(1587, 1123), "a3-portrait": Paper(1123, 1587), "square": Paper(1080, 1080),
}  # fmt: skip


def paper(name: str) -> Paper | None:
    """The paper of a name, or of a size such as `1200x800`; None for what is neither or cannot
    hold a map."""
    if name in PAPERS:
        return PAPERS[name]
    written = re.fullmatch(r"(\d{3,4})x(\d{3,4})", name)
    if not written:
        return None
    width, height = int(written[1]), int(written[2])
    sides = sorted((width, height))
    fits = sides[0] >= LEAST and sides[1] <= MOST and sides[1] <= ASPECT * sides[0]
    return Paper(width, height) if fits else None
