"""A view as a picture, as paper and as a page: PNG, SVG, PDF, HTML."""

from __future__ import annotations

from dashboard import snapshot
from dashboard.chromium import Wanted, painter
from dashboard.export_data import Asked
from dashboard.papers import PAPERS, Paper, paper

MOST_PIXELS = 64_000_000
USUAL = "slide"
USUAL_PAGE = "a4"


def too_large(asked: Asked) -> bool:
    """True for a PNG of more pixels than a browser paints at once."""
    wanted, scale = _paper(asked, USUAL), int(asked.options.get("scale", "1"))
    return wanted.width * wanted.height * scale**2 > MOST_PIXELS


def as_png(asked: Asked) -> bytes:
    """A picture of `size`, with `scale` pixels for one of its px."""
    wanted = _paper(asked, USUAL)
    scale = int(asked.options.get("scale", "1"))
    density, pixels = wanted.scale * scale, wanted.height * scale
    document = snapshot.sheet(asked, wanted.layout)
    return _painted(document, Wanted(wanted.layout, ("png",), density, pixels))


def as_svg(asked: Asked) -> bytes:
    """The same as SVG 1.1: text is text, its fonts are inside."""
    wanted = _paper(asked, USUAL)
    return _painted(snapshot.sheet(asked, wanted.layout), Wanted(wanted.layout, ("svg",)))


def as_pdf(asked: Asked) -> bytes:
    """A tagged PDF of vectors, on A4 unless `size` says otherwise; what does not fit beside the
    map goes on over the next pages."""
    wanted = _paper(asked, USUAL_PAGE)
    document = snapshot.printed(asked, wanted.layout)
    return _painted(document, Wanted(wanted.layout, ("pdf",), inches=wanted.inches))


def as_html(asked: Asked) -> bytes:
    """A page that opens from disk without a network; needs no browser to be made."""
    return snapshot.page(asked).encode("utf-8")


def _painted(document: str, wanted: Wanted) -> bytes:
    return painter().paint(document, wanted)[0]


def _paper(asked: Asked, usual: str) -> Paper:
    return paper(asked.options.get("size", usual)) or PAPERS[usual]
