"""How each convention draws contested areas, measured on its shapes and never typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from shapely import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from geo.build.descriptor import HERE
from geo.build.shapes import Layer, clean, merged, parts
from geo.build.united_nations import place_of

SLIVER = 8.0  # percent of an area: coastlines and borders of two files differ by less
EQUAL_AREA = Transformer.from_crs("EPSG:4326", "EPSG:6933", always_xy=True)

SAID = {
    "fr": {"own": "À part", "one": "Dans\u00a0: {names}", "several": "Partagé\u00a0: {names}",
           "none": "Dans aucun pays", "file": "{said}\u202f; dans le fichier d’origine, {there}",
           "share": "{name} {share}\u00a0%"},
    "en": {"own": "Separate", "one": "In: {names}", "several": "Divided: {names}",
           "none": "In no country", "file": "{said}; in the original file, {there}",
           "share": "{name} {share}%"},
}  # fmt: skip

COLUMNS = ["area_id", "convention", "manner", "place_ids", "shares", "file_ids", "measured_by",
           "statement_fr", "statement_en", "source_id"]  # fmt: skip

Held = list[tuple[str, int]]
_TEXT = {"codes": "str", "undrawn": "str"}


def contested_tables(
    files: Mapping[str, Layer],
    units: list[dict[str, Any]],
    layers: Mapping[str, Layer],
    countries: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """The tables conventions, contested_areas and contested_drawn.

    `files`: areas by code, as the files of countries have them; `layers`: as written.
    """
    conventions, areas = (
        pd.read_csv(HERE / f"{name}.csv", keep_default_na=False, dtype=_TEXT)
        for name in ("conventions", "contested")
    )
    shapes = area_shapes(areas, {**files, "units": _units(areas, units)})
    names = pd.concat([
        pd.DataFrame({"fr": table["name_fr"], "en": table["name_en"]}).set_index(table[key])
        for table, key in ((countries, "country_id"), (areas, "area_id"))
    ])  # fmt: skip
    drawn = [
        drawn_areas(areas, shapes, layers[row["layer"]],
                    {place_of(code): shape for code, shape in files[row["source_id"]].items()},
                    names).assign(convention=row["convention"], source_id=row["source_id"])
        for row in conventions.to_dict("records")
    ]  # fmt: skip
    return {
        "conventions": conventions,
        "contested_areas": areas.drop(columns=["file", "codes"]),
        "contested_drawn": pd.concat(drawn)[COLUMNS].sort_values(COLUMNS[:2], ignore_index=True),
    }


def area_shapes(areas: pd.DataFrame, files: Mapping[str, Layer]) -> dict[str, MultiPolygon]:
    """The surface of each area that a file has, by area id."""
    return {
        area["area_id"]: merged([files[area["file"]][code] for code in area["codes"].split(";")])
        for area in areas.to_dict("records")
        if area["file"]
    }


def _units(areas: pd.DataFrame, units: list[dict[str, Any]]) -> Layer:
    wanted = {code for codes in areas.loc[areas["file"] == "units", "codes"]
              for code in codes.split(";")}  # fmt: skip
    return {
        unit["properties"]["iso_3166_2"]: clean(parts(shapely.geometry.shape(unit["geometry"])))
        for unit in units
        if unit["properties"]["iso_3166_2"] in wanted
    }


def held_by(area: BaseGeometry, layer: Mapping[str, BaseGeometry]) -> Held:
    """Who holds an area: features with their share of it in percent, the largest first.

    Of a point, the feature it lies in. Of a polygon, shares of its surface on an equal-area
    projection; those below SLIVER are left out.
    """
    near = {place: shape for place, shape in layer.items() if shape.intersects(area)}
    if isinstance(area, Point):
        return [(place, 100) for place in sorted(near)]
    whole = _surface(area)
    shares = {p: 100 * _surface(shape.intersection(area)) / whole for p, shape in near.items()}
    ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    return [(place, round(share)) for place, share in ranked if share >= SLIVER]


def _surface(shape: BaseGeometry) -> float:
    flat = shapely.transform(shape, lambda at: np.column_stack(EQUAL_AREA.transform(*at.T)))
    return float(flat.area)


def drawn_areas(
    areas: pd.DataFrame,
    shapes: Mapping[str, MultiPolygon],
    layer: Layer,
    package: Layer,
    names: pd.DataFrame,
) -> pd.DataFrame:
    """One row an area: who holds it in a convention's layer, and in the file it comes from.

    `areas`: area_id, lon, lat, codes (its own in the files). `shapes`: by area id, where a
    file has one. `layer`: as written, by place id. `package`: as in the file, by place id.
    `names`: by country id and area id, columns fr and en.
    """
    rows = []
    for area in areas.to_dict("records"):
        place = area["area_id"]
        at = shapes.get(place, Point(area["lon"], area["lat"]))
        held, there = held_by(at, layer), held_by(at, package)
        own = {place, *(f"country:{code}" for code in area["codes"].split(";"))}
        said = {lang: _said(held, there, own, names[lang], lang) for lang in SAID}
        rows.append({
            "area_id": place,
            "manner": _manner(held, own),
            "place_ids": ";".join(key for key, _ in held),
            "shares": ";".join(str(share) for _, share in held),
            "file_ids": ";".join(key for key, _ in there),
            "measured_by": "surface" if place in shapes else "point",
            "statement_fr": said["fr"],
            "statement_en": said["en"],
        })  # fmt: skip
    return pd.DataFrame(rows)


def _manner(held: Held, own: set[str]) -> str:
    """none, own (an area of its own), one (in one other) or several."""
    if len(held) == 1:
        return "own" if held[0][0] in own else "one"
    return "several" if held else "none"


def _said(held: Held, there: Held, own: set[str], names: pd.Series, lang: str) -> str:
    """How the area is drawn, and how the file has it where that is not the same."""
    here, before = _worded(held, own, names, lang), _worded(there, own, names, lang)
    if here == before:
        return here
    return SAID[lang]["file"].format(said=here, there=before[0].lower() + before[1:])


def _worded(held: Held, own: set[str], names: pd.Series, lang: str) -> str:
    said, manner = SAID[lang], _manner(held, own)
    called = [str(names.get(key, key)) for key, _ in held]
    if manner == "several":
        pairs = zip(called, held, strict=True)
        called = [said["share"].format(name=name, share=share) for name, (_, share) in pairs]
    return said[manner].format(names=", ".join(called))
