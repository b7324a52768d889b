"""Exports: the rows behind a view, or what it draws, in formats that other tools open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dashboard.catalogue import catalogue
from dashboard.export_data import (
    Asked,
    as_csv,
    as_geojson,
    as_gpkg,
    as_json,
    as_parquet,
    as_xlsx,
    as_zip,
)
from dashboard.filters import rule_weights
from dashboard.state import Notice, Vocabulary, parse
from dashboard.views import VIEWS
from dashboard.views.stances_rule import rule_code
from geo.world import World

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What an export takes beside the query of the page, with its values; the first is the default.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "rows": ("all", "shown"), "bom": ("0", "1"), "crs": ("4326", "2154"),
}  # fmt: skip


@dataclass(frozen=True)
class Format:
    """One export format: its media type, how rows become bytes, the options it offers."""

    mimetype: str
    write: Callable[[Asked], bytes]
    variants: tuple[str, ...] = ("",)


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
}


def export(
    world: World, view: str, form: str, query: str, words: Vocabulary, base: str = ""
) -> Exported:
    """Make an export; Refused where the view, the format or a value is not known.

    `base` is the address of the page, for the link that leads back to it.
    """
    asked, options, lang = _read(query, words)
    text = catalogue(lang)
    if view not in VIEWS:
        raise Refused(404, text.say("export.view", value=view[:40], allowed=", ".join(VIEWS)))
    if form not in EXPORTS:
        raise Refused(404, text.say("export.format", value=form[:20], allowed=", ".join(EXPORTS)))
    state, notices = parse(f"{asked}&view={view}", words)
    wrong = (
        Notice(name, value[:40], "not_allowed", OPTIONS[name])
        for name, value in options.items() if value not in OPTIONS[name]
    )  # fmt: skip
    if notices := (*notices, *wrong):
        raise Refused(400, "\n".join(said(notice, state.lang) for notice in notices))
    module = VIEWS[view]
    state = replace(state, view=view)
    drawn = options.get("rows") == "shown"
    rows = (
        module.shown(world, module.select(world, state), state)
        if drawn else module.rows(world, state)
    )  # fmt: skip
    if rule_weights(world, state) and "rule" not in rows:
        rows = rows.assign(rule=rule_code(world, state))
    made = EXPORTS[form].write(Asked(world, rows, state, words, base, options))
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
    options = {name: value for name, _, value in pairs if name in OPTIONS}
    kept = ["".join(pair) for pair in pairs if pair[0] not in (*OPTIONS, "view")]
    state, _ = parse("&".join(p for p in kept if p.startswith("lang=")), words)
    return "&".join(kept), options, state.lang
