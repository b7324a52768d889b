"""Exports: the rows behind a view, or what it draws, in formats that other tools open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import orjson
import pandas as pd
import shapely

from dashboard.catalogue import catalogue
from dashboard.filters import rule_weights
from dashboard.state import Notice, ViewState, Vocabulary, parse
from dashboard.views import VIEWS
from dashboard.views.stances_rule import rule_code
from geo.arcs import track
from geo.conventions import convention_of
from geo.schema import CRS
from geo.world import World

Geometry = pd.Series
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Format:
    """One export format: its media type and how rows become bytes."""

    mimetype: str
    write: Callable[[World, pd.DataFrame, ViewState], bytes]


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


def export(world: World, view: str, form: str, query: str, words: Vocabulary) -> Exported:
    """Make an export; Refused where the view, the format or a value is not known."""
    asked, which, lang = _read(query, words)
    text = catalogue(lang)
    if view not in VIEWS:
        raise Refused(404, text.say("export.view", value=view[:40], allowed=", ".join(VIEWS)))
    if form not in EXPORTS:
        raise Refused(404, text.say("export.format", value=form[:20], allowed=", ".join(EXPORTS)))
    state, notices = parse(f"{asked}&view={view}", words)
    if which not in ("all", "shown"):
        notices = (*notices, Notice("rows", which[:40], "not_allowed", ("all", "shown")))
    if notices:
        raise Refused(400, "\n".join(said(notice, state.lang) for notice in notices))
    module = VIEWS[view]
    state = replace(state, view=view)
    rows = (
        module.shown(world, module.select(world, state), state)
        if which == "shown"
        else module.rows(world, state)
    )
    if rule_weights(world, state) and "rule" not in rows:
        rows = rows.assign(rule=rule_code(world, state))
    name = f"corridors-{view}{'-shown' if which == 'shown' else ''}.{form}"
    return Exported(EXPORTS[form].write(world, rows, state), EXPORTS[form].mimetype, name)


def said(notice: Notice, lang: str) -> str:
    """A notice in words: which value, of which parameter, why not, and what would do."""
    words = catalogue(lang)
    return words.say(
        f"notice.{notice.reason}", parameter=notice.parameter, value=notice.value,
        allowed=", ".join(notice.allowed),
    )  # fmt: skip


def _read(query: str, words: Vocabulary) -> tuple[str, str, str]:
    """The query without `rows` and `view`, which rows are asked, and the language."""
    pairs = [p for p in query.lstrip("?").split("&") if p]
    which = [p.split("=", 1)[1] for p in pairs if p.startswith("rows=")]
    kept = [p for p in pairs if not p.startswith(("rows=", "view="))]
    state, _ = parse("&".join(p for p in kept if p.startswith("lang=")), words)
    return "&".join(kept), which[-1] if which else "all", state.lang


def _csv(_world: World, rows: pd.DataFrame, _state: ViewState) -> bytes:
    """RFC 4180: lines end with CR LF, and a cell that holds either is quoted."""
    return guarded(_whole_years(rows)).to_csv(index=False, lineterminator="\r\n").encode("utf-8")


def guarded(rows: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run as a formula, kept as text by a leading apostrophe."""
    safe = rows.copy()
    for name in rows.select_dtypes(["object", "str", "category"]).columns:
        held = rows[name].astype("object")
        runs = held.astype("str").str.startswith(FORMULA) & held.notna()
        safe[name] = held.mask(runs, "'" + held.astype("str"))
    return safe


def _whole_years(rows: pd.DataFrame) -> pd.DataFrame:
    years = [c for c in rows.columns if c.endswith("year")]
    return rows.astype(dict.fromkeys(years, "Int64"))


def _json(_world: World, rows: pd.DataFrame, _state: ViewState) -> bytes:
    return _whole_years(rows).to_json(orient="records", force_ascii=False).encode("utf-8")


def _geojson(world: World, rows: pd.DataFrame, state: ViewState) -> bytes:
    """RFC 7946: links and corridors as lines, territories and States as polygons; the foreign
    member `boundaries` states the convention that they follow."""
    shapes = list(_geometry(world, rows, state.convention))
    # Many rows stand on one territory: its shape is written once.
    written = {shape: orjson.Fragment(shapely.to_geojson(shape)) for shape in set(shapes) - {None}}
    properties = orjson.loads(_json(world, rows, state))
    features = [
        {"type": "Feature", "properties": row, "geometry": written.get(shape)}
        for row, shape in zip(properties, shapes, strict=True)
    ]
    convention = convention_of(world, state.convention)
    said = {"convention": convention.name, "statement": convention.statement(state.lang)}
    return orjson.dumps({"type": "FeatureCollection", "boundaries": said, "features": features})


def _geometry(world: World, rows: pd.DataFrame, convention: str) -> gpd.GeoSeries:
    ends = _ends(rows)
    if ends:
        shapes = [track(*points) for points in zip(*(rows[c] for c in ends), strict=True)]
        return gpd.GeoSeries(shapes, index=rows.index, crs=CRS)
    if {"lon", "lat"} <= set(rows.columns):
        at = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), index=rows.index, crs=CRS)
        return at.where(rows["lon"].notna() & rows["lat"].notna(), None)
    key = "place_id" if "place_id" in rows else "country_id"
    followed = convention_of(world, convention).layer
    layers = [world.layer(name) for name in (followed, "regions", "departements")]
    known = pd.concat(layers).set_index("place_id").geometry
    places = rows[key] if key in rows else pd.Series("", index=rows.index)
    return gpd.GeoSeries(known.reindex(places).to_numpy(), index=rows.index, crs=CRS)


def _ends(rows: pd.DataFrame) -> tuple[str, ...]:
    for ends in (
        ("territory_lon", "territory_lat", "partner_lon", "partner_lat"),
        ("x0", "y0", "x1", "y1"),
    ):
        if set(ends) <= set(rows.columns):
            return ends
    return ()


EXPORTS: Mapping[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", _csv),
    "json": Format("application/json", _json),
    "geojson": Format("application/geo+json", _geojson),
}
