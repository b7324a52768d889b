"""A view as a document of its own: an HTML page with its map, words, sources, date and link.

Pictures and PDF are this document as a browser paints it on a sheet; the HTML export is the same
document as a page.
"""

from __future__ import annotations

import datetime
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import segno
from babel.dates import format_date
from markupsafe import Markup

from dashboard import filters, panels
from dashboard.catalogue import Catalogue, catalogue
from dashboard.export_about import About
from dashboard.export_data import Asked
from dashboard.figures.frames import HANDLING, Figure
from dashboard.frame import framed
from dashboard.showing import shown
from dashboard.telling import Beside, Told
from geo.closer import drawn_layer
from geo.world import World

ASSETS = Path(__file__).resolve().parents[1] / "assets"
OWN = Path(__file__).parent / "templates"
SCRIPTS = (
    ASSETS / "00-geo.js",
    ASSETS / "0-plotly-geo.min.js",
    OWN / "snapshot.js",
    OWN / "snapshot-svg.js",
)
BUTTONS = ("Zoom in", "Zoom out", "Reset")
UPRIGHT = 0.95  # below this ratio of width to height, what stands beside a map goes below it
SPARE = 2  # px by which a sheet is lower than its page, lest a second one be begun
CODED = 900  # bytes of a link, at most, in a QR code
BARE = ("bare", "alone")  # documents that say nothing of themselves
PANEL = ("breakdown", "sheet", "ranking", "timeline", "plain")
STATIC = {"staticPlot": True}


@dataclass(frozen=True)
class Document:
    """What the template of a document reads."""

    lang: str
    about: About
    made: str
    classes: str
    size: tuple[int, int] | None
    says: bool
    mapped: bool
    warnings: list[str]
    convention: str
    figures: Markup
    legend: Markup
    beside: Markup
    panel: dict[str, Markup]
    table: Markup
    rows: int
    code: Markup
    style: Markup
    held: Markup
    scripts: tuple[Markup, ...]


def page(asked: Asked) -> str:
    """The view as a page that opens from disk: hover and zoom, notes, and its table."""
    return _written(asked, "living", None)


def sheet(asked: Asked, size: tuple[int, int]) -> str:
    """The view on a sheet of `size` (px of layout) with all that it says of itself."""
    return _written(asked, "paged", size)


def printed(asked: Asked, size: tuple[int, int]) -> str:
    """The same for paper: what does not fit on the first page goes on over the next ones."""
    return _written(asked, "printed", (size[0], size[1] - SPARE))


def bare(asked: Asked, size: tuple[int, int], *, alone: bool = False) -> str:
    """The map with its legend and, but for one `alone`, what stands beside it, and no more."""
    return _written(asked, "alone" if alone else "bare", size)


def _written(asked: Asked, kind: str, size: tuple[int, int] | None) -> str:
    words = catalogue(asked.state.lang)
    return str(panels.template("snapshot").document(_document(asked, kind, size), words)).strip()


def _document(asked: Asked, kind: str, size: tuple[int, int] | None) -> Document:
    view, words = shown(asked.world, asked.state), catalogue(asked.state.lang)
    told, about = view.told, asked.about
    figure = framed(view.figure, asked.options.get("frame", ""))
    living, beside = kind == "living", None if kind == "alone" else told.beside
    return Document(
        lang=words.lang, about=about, made=_date(about.made, words), size=size,
        classes=_classes(beside, asked, kind, size), says=kind not in BARE,
        mapped=bool(figure["data"]), warnings=filters.changed_rule(asked.world, asked.state),
        convention="" if about.convention in told.legend.notes else about.convention,
        figures=Markup(panels.key_figures(told)), legend=Markup(panels.legend(told)),
        beside=Markup(panels.beside(beside, _Nowhere(), words)),
        panel=_panel(told, words) if living else {},
        table=Markup(panels.whole_table(told.table, words)) if living else Markup(),
        rows=len(told.table.rows), code=_code(about.link), style=_style(),
        held=_held(asked.world, figure, {**(HANDLING if living else STATIC), **_locale(words)}),
        scripts=_scripts(),
    )  # fmt: skip


class _Nowhere:
    """Where the buttons of a document lead: it has no state to change."""

    def __call__(self, parameter: str, value: str) -> str:  # noqa: ARG002
        return ""

    def to(self, view: str = "", **changes: Any) -> str:  # noqa: ARG002
        return ""


def _panel(told: Told, words: Catalogue) -> dict[str, Markup]:
    """What the side panel of the page says, but for what can only be handled there."""
    parts = panels.panels(told, _Nowhere(), words)
    return {name: Markup(parts[name].strip()) for name in PANEL}


def _classes(beside: Beside | None, asked: Asked, kind: str, size: tuple[int, int] | None) -> str:
    place = beside.place if beside else ""
    tall = bool(size and size[0] < size[1] * UPRIGHT)
    aside = size and not tall and place in ("", "below")  # room for the legend at the right
    names = [
        "bare" if kind in BARE else kind, f"view-{asked.state.view}",
        f"beside-{place}" if place else "", "tall" if tall else "", "aside" if aside else "",
    ]  # fmt: skip
    return " ".join(name for name in names if name)


def _date(made: str, words: Catalogue) -> str:
    return format_date(datetime.date.fromisoformat(made), "long", locale=words.locale)


def _code(link: str) -> Markup:
    """The link as a QR code; nothing for one too long to be read from a picture."""
    if len(link.encode()) > CODED:
        return Markup()
    return Markup(segno.make(link, error="m", micro=False).svg_inline(border=2, omitsize=True))


@lru_cache
def _style() -> Markup:
    """The style of the page on screen without that of its controls, fonts inside."""
    files = [*sorted(ASSETS.glob("[1-6]*.css")), OWN / "snapshot.css"]
    text = "\n".join(file.read_text("utf-8") for file in files)
    return Markup(re.sub(r"url\((fonts/[\w.-]+)\)", _inside, text))


def _inside(found: re.Match[str]) -> str:
    held = b64encode((ASSETS / found[1]).read_bytes()).decode("ascii")
    return f"url(data:font/woff2;base64,{held})"


@lru_cache
def _scripts() -> tuple[Markup, ...]:
    return tuple(Markup(file.read_text("utf-8").replace("</script", "<\\/script"))
                 for file in SCRIPTS)  # fmt: skip


def _held(world: World, figure: Figure, config: Mapping[str, Any]) -> Markup:
    """The figure, how it may be handled, and the boundaries it names, as JSON that no text can
    leave."""
    names = {t["geojson"] for t in figure["data"] if isinstance(t.get("geojson"), str)}
    layers = {
        address: orjson.Fragment(drawn_layer(world, Path(address).name.split(".")[0]))
        for address in sorted(names)
    }
    written = orjson.dumps({"figure": figure, "config": config, "layers": layers},
                           option=orjson.OPT_SERIALIZE_NUMPY)  # fmt: skip
    return Markup(written.decode("utf-8").replace("<", "\\u003c"))


def _locale(words: Catalogue) -> dict[str, Any]:
    """The buttons of the map in the language of the page."""
    said = {key: words.say(f"map.{key.split()[-1].lower()}") for key in BUTTONS}
    return {"locale": words.lang, "locales": {words.lang: {"dictionary": said}}}
