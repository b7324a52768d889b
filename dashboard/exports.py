"""Exports: the rows behind a view, or what it draws, in formats that other tools open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from dashboard import frame
from dashboard.catalogue import catalogue
from dashboard.chromium import NoBrowser, NotPainted
from dashboard.export_data import (
    SCENES,
    Asked,
    as_csv,
    as_geojson,
    as_gpkg,
    as_json,
    as_parquet,
    as_xlsx,
    as_zip,
)
from dashboard.papers import PAPERS, paper
from dashboard.pictures import MOST_PIXELS, as_html, as_pdf, as_png, as_svg, too_large
from dashboard.scenes import Scene
from dashboard.slides import as_pptx
from dashboard.state import Notice, Vocabulary, parse
from dashboard.views import VIEWS
from geo.world import World

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


@dataclass(frozen=True)
class Option:
    """What an export takes beside the query of the page: what is valid, and what to tell who
    writes another value. The first is the default."""

    told: tuple[str, ...]
    valid: Callable[[str], bool]


def _one_of(*values: str) -> Option:
    return Option(values, values.__contains__)


OPTIONS: Mapping[str, Option] = {
    "rows": _one_of("all", "shown"), "bom": _one_of("0", "1"), "crs": _one_of("4326", "2154"),
    "size": Option((*PAPERS, "1200x800"), lambda name: paper(name) is not None),
    "scale": _one_of("1", "2", "3", "4"), "frame": Option((frame.EXAMPLE,), frame.valid),
    "deck": Option((SCENES, "flows,stances"), lambda names: set(names.split(",")) <= {SCENES}
                   or set(names.split(",")) <= set(VIEWS)),
}  # fmt: skip


@dataclass(frozen=True)
class Format:
    """One export format: its media type, how a view becomes bytes, the options it offers; a
    picture is the view itself, the others are its rows."""

    mimetype: str
    write: Callable[[Asked], bytes]
    variants: tuple[str, ...] = ("",)
    picture: bool = False


@dataclass(frozen=True)
class Exported:
    """The bytes of an export with its media type and file name."""

    content: bytes
    mimetype: str
    filename: str


class Refused(Exception):
    """An export that cannot be made as asked; `status` is the HTTP code, the text says why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


EXPORTS: Mapping[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", as_csv, ("", "bom=1")),
    "xlsx": Format(SHEET, as_xlsx),
    "geojson": Format("application/geo+json", as_geojson),
    "gpkg": Format("application/geopackage+sqlite3", as_gpkg, ("", "crs=2154")),
    "parquet": Format("application/vnd.apache.parquet", as_parquet),
    "json": Format("application/json", as_json),
    "zip": Format("application/zip", as_zip),
    "png": Format("image/png", as_png, picture=True),
    "svg": Format("image/svg+xml", as_svg, picture=True),
    "pdf": Format("application/pdf", as_pdf, picture=True),
    "pptx": Format(SLIDES, as_pptx, picture=True),
    "html": Format("text/html; charset=utf-8", as_html, picture=True),
}


def export(
    world: World, view: str, form: str, query: str, words: Vocabulary, base: str = "",
    scenes: Sequence[Scene] = (),
) -> Exported:  # fmt: skip
    """Make an export; Refused where the view, the format or a value is not known.

    `base` is the address of the page, for the link that leads back to it; `scenes` are what a
    deck of scenes shows.
    """
    asked, options, lang = _read(query, words)
    text = catalogue(lang)
    if view not in VIEWS:
        raise Refused(404, text.say("export.view", value=view[:40], allowed=", ".join(VIEWS)))
    if form not in EXPORTS:
        raise Refused(404, text.say("export.format", value=form[:20], allowed=", ".join(EXPORTS)))
    state, notices = parse(f"{asked}&view={view}", words)
    wrong = (
        Notice(name, value[:40], "not_allowed", OPTIONS[name].told)
        for name, value in options.items() if not OPTIONS[name].valid(value)
    )  # fmt: skip
    if notices := (*notices, *wrong):
        raise Refused(400, "\n".join(said(notice, state.lang) for notice in notices))
    asked_for = Asked(world, replace(state, view=view), words, base, options, tuple(scenes))
    if options.get("deck") == SCENES and not scenes:
        raise Refused(400, text.say("export.no_scenes"))
    if form == "png" and too_large(asked_for):
        most = str(MOST_PIXELS // 1_000_000)
        raise Refused(400, text.say("export.too_large", most=most))
    try:
        made = EXPORTS[form].write(asked_for)
    except NoBrowser as error:
        raise Refused(503, text.say("export.no_browser")) from error
    except NotPainted as error:
        raise Refused(500, text.say("export.not_painted", reason=str(error)[:200])) from error
    drawn = options.get("rows") == "shown" and not EXPORTS[form].picture
    return Exported(made, EXPORTS[form].mimetype, f"corridors-{view}{'-shown' * drawn}.{form}")


def said(notice: Notice, lang: str) -> str:
    """A notice in words: which value, of which parameter, why not, and what would do."""
    words = catalogue(lang)
    return words.say(
        f"notice.{notice.reason}", parameter=notice.parameter, value=notice.value,
        allowed=", ".join(notice.allowed),
    )  # fmt: skip


def _read(query: str, words: Vocabulary) -> tuple[str, dict[str, str], str]:
    """The query of the page without `view`, what an export takes beside it, and the language."""
    pairs = [pair.partition("=") for pair in query.lstrip("?").split("&") if pair]
    options = {name: unquote(value) for name, _, value in pairs if name in OPTIONS}
    kept = ["".join(pair) for pair in pairs if pair[0] not in (*OPTIONS, "view")]
    state, _ = parse("&".join(p for p in kept if p.startswith("lang=")), words)
    return "&".join(kept), options, state.lang
