"""Rows as files that other tools open, each with what it says of itself where it can hold it."""

from __future__ import annotations

import io
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import orjson
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import shapely

from dashboard import filters
from dashboard.downloads import DESCRIPTOR, packed
from dashboard.export_about import About, about, lines
from dashboard.export_shapes import projected, shapes_of
from dashboard.scenes import Scene
from dashboard.state import ViewState, Vocabulary
from dashboard.views import VIEWS
from dashboard.views.stances_rule import rule_code
from geo.schema import CRS
from geo.world import World

FORMULA = ("=", "+", "-", "@", "\t", "\r")
NEGATIVE = re.compile(r"-\d+([.,]\d+)?")
LAYER = "rows"
ABOUT = "about"
SCENES = "scenes"  # the deck of all scenes
WIDEST = 60  # characters of a column of a sheet
TYPES = {"i": "integer", "u": "integer", "f": "number", "b": "boolean"}


@dataclass(frozen=True, eq=False)
class Asked:
    """A view as an export wants it; rows, their shapes and what is said of them are made when a
    format asks, once."""

    world: World
    state: ViewState
    words: Vocabulary
    base: str
    options: Mapping[str, str]
    scenes: tuple[Scene, ...] = ()
    name: str = ""
    note: str = ""

    @property
    def deck(self) -> list[Asked]:
        """The views of a deck: those that `deck` names, the scenes with their name and note, or
        this view alone."""
        named, lang = self.options.get("deck", ""), self.state.lang
        if named != SCENES:
            views = named.split(",") if named else [self.state.view]
            return [replace(self, state=self.state.in_view(view)) for view in views]
        return [
            replace(self, state=replace(s.state, lang=lang), name=s.name(lang), note=s.note(lang))
            for s in self.scenes
        ]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The finest rows that the view stands on, or, with `rows=shown`, what it draws."""
        module, world, state = VIEWS[self.state.view], self.world, self.state
        found: pd.DataFrame = (
            module.shown(world, module.select(world, state), state)
            if self.options.get("rows") == "shown" else module.rows(world, state)
        )  # fmt: skip
        if filters.rule_weights(world, state) and "rule" not in found:
            found = found.assign(rule=rule_code(world, state))
        return found

    @cached_property
    def about(self) -> About:
        """What the export says of itself."""
        return about(self.world, self.state, self.words, self.base)

    @cached_property
    def shapes(self) -> gpd.GeoSeries:
        """The shape of each row, in degrees; None where the data place nothing."""
        return shapes_of(self.world, self.rows, self.state.convention)


def whole_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Years as whole numbers, empty where there is none."""
    years = [c for c in rows.columns if c.endswith("year")]
    return rows.astype(dict.fromkeys(years, "Int64"))


def guarded(rows: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run as a formula, kept as text by a leading apostrophe."""
    safe = rows.copy()
    for name in rows.select_dtypes(["object", "str", "category"]).columns:
        held = rows[name].astype("object")
        text = held.astype("str")
        runs = text.str.startswith(FORMULA) & held.notna() & ~text.str.fullmatch(NEGATIVE)
        safe[name] = held.mask(runs, "'" + text)
    return safe


def as_csv(asked: Asked) -> bytes:
    """RFC 4180: lines end with CR LF, and a cell that holds either is quoted. `bom=1` puts the
    mark first by which Excel knows UTF-8."""
    written = guarded(whole_years(asked.rows)).to_csv(index=False, lineterminator="\r\n")
    return written.encode("utf-8-sig" if asked.options.get("bom") == "1" else "utf-8")


def as_json(asked: Asked) -> bytes:
    """The rows as a list of objects."""
    return whole_years(asked.rows).to_json(orient="records", force_ascii=False).encode("utf-8")


def as_geojson(asked: Asked) -> bytes:
    """RFC 7946; the foreign members `boundaries` and `about` say which convention the shapes
    follow, and what the rows are."""
    shapes = list(asked.shapes)
    # Many rows stand on one territory: its shape is written once.
    written = {shape: orjson.Fragment(shapely.to_geojson(shape)) for shape in set(shapes) - {None}}
    features = [
        {"type": "Feature", "properties": row, "geometry": written.get(shape)}
        for row, shape in zip(orjson.loads(as_json(asked)), shapes, strict=True)
    ]
    said = {"convention": asked.about.convention_name, "statement": asked.about.convention}
    return orjson.dumps({
        "type": "FeatureCollection", "boundaries": said, "about": asdict(asked.about),
        "features": features,
    })  # fmt: skip


def as_xlsx(asked: Asked) -> bytes:
    """A workbook: the rows, text always as text, and a sheet that says what they are."""
    told = pd.DataFrame(lines(asked.about, asked.state.lang), columns=["", " "])
    rows, written = whole_years(asked.rows), io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(written, engine="xlsxwriter", engine_kwargs={"options": plain}) as book:
        for name, frame in ((LAYER, rows), (ABOUT, told)):
            frame.to_excel(book, sheet_name=name, index=False, header=name == LAYER)
            sheet = book.sheets[name]
            for at, column in enumerate(frame.columns):
                sheet.set_column(at, at, _width(frame[column], str(column)))
        book.sheets[LAYER].freeze_panes(1, 0)
    return written.getvalue()


def _width(cells: pd.Series, head: str) -> int:
    longest = cells.head(200).astype("str").str.len().max()
    return int(min(max(len(head), 0 if pd.isna(longest) else longest) + 2, WIDEST))


def as_gpkg(asked: Asked) -> bytes:
    """OGC GeoPackage: the layer `rows`, in degrees or as `crs` asks (EPSG), and a table `about`."""
    frame = _frame(asked)
    if crs := asked.options.get("crs"):
        frame = projected(frame, int(crs))
    told = pd.DataFrame(lines(asked.about, asked.state.lang), columns=["subject", "text"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{LAYER}.gpkg"
        pyogrio.write_dataframe(frame, path, layer=LAYER)
        pyogrio.write_dataframe(told, path, layer=ABOUT, append=True)
        return path.read_bytes()


def as_parquet(asked: Asked) -> bytes:
    """GeoParquet; the metadata of the file hold `about` as JSON."""
    written, again = io.BytesIO(), io.BytesIO()
    _frame(asked).to_parquet(written, index=False)
    written.seek(0)
    table = pq.read_table(written)
    said = {ABOUT: json.dumps(asdict(asked.about), ensure_ascii=False)}
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), **said}), again)
    return again.getvalue()


def _frame(asked: Asked) -> gpd.GeoDataFrame:
    """Rows with shapes, text as text: formats of databases know no categories."""
    frame = gpd.GeoDataFrame(whole_years(asked.rows), geometry=asked.shapes, crs=CRS)
    mixed = frame.select_dtypes(["object", "category", "str"]).columns
    return frame.astype({name: "str" for name in mixed if name != "geometry"})


PACKED: Mapping[str, Callable[[Asked], bytes]] = {
    "csv": as_csv, "xlsx": as_xlsx, "geojson": as_geojson, "gpkg": as_gpkg, "parquet": as_parquet,
}  # fmt: skip


def as_zip(asked: Asked) -> bytes:
    """A Data Package: the rows in every format, with the descriptor that says what they are."""
    files = ((f"{LAYER}.{form}", write(asked)) for form, write in PACKED.items())
    return packed([(DESCRIPTOR, _descriptor(asked)), *files])


def _descriptor(asked: Asked) -> bytes:
    """A Frictionless Data Package: the table as CSV with its schema, and the other files."""
    rows, said = whole_years(asked.rows), asked.about
    fields = [{"name": name, "type": TYPES.get(kind.kind, "string")}
              for name, kind in rows.dtypes.items()]  # fmt: skip
    others = [{"name": f"{LAYER}-{form}", "path": f"{LAYER}.{form}", "type": "file"}
              for form in PACKED if form != "csv"]  # fmt: skip
    table = {"name": LAYER, "path": f"{LAYER}.csv", "profile": "tabular-data-resource",
             "encoding": "utf-8", "schema": {"fields": fields}}  # fmt: skip
    return orjson.dumps({
        "name": f"corridors-{asked.state.view}", "profile": "data-package", "title": said.title,
        "description": "\n".join((said.sentence, *said.notes, said.convention)),
        "homepage": said.link, "created": f"{said.made}T00:00:00Z", "version": said.data_version,
        "sources": [{"title": source} for source in said.sources],
        "resources": [table, *others],
    }, option=orjson.OPT_INDENT_2)  # fmt: skip
