"""datapackage.json of a dataset: its prose, its sources' versions, its fields."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from geo.build.packages import ACCESSED, CLDR, PACKAGES

HERE = Path(__file__).resolve().parent
PARQUET = "application/vnd.apache.parquet"

TABLES_OF_BOUNDARIES = ["conventions", "contested_areas", "contested_drawn"]

FOREIGN_KEYS: dict[str, dict[str, str]] = {
    "countries": {},
    "groups": {},
    "regions": {"capital_commune_id": "communes"},
    "departements": {"region_id": "regions", "capital_commune_id": "communes"},
    "epci": {"departement_id": "departements", "region_id": "regions"},
    "communes": {"departement_id": "departements", "epci_id": "epci", "ept_id": "epci"},
    "former_communes": {"commune_id": "communes", "departement_id": "departements"},
    "admin1": {"country_id": "countries"},
    "conventions": {},
    "contested_areas": {},
    "contested_drawn": {"area_id": "contested_areas", "convention": "conventions"},
}
KEYS = {"contested_drawn": ["area_id", "convention"]}


def descriptor(dataset: str, resources: list[str]) -> dict[str, Any]:
    """The Data Package descriptor of `reference` (CSV) or `boundaries` (GeoParquet, CSV)."""
    said: dict[str, Any] = json.loads((HERE / f"{dataset}.json").read_text(encoding="utf-8"))
    said["sources"] = [_dated(source) for source in said["sources"]]
    fields = pd.read_csv(HERE / "fields.csv", dtype=str, keep_default_na=False)
    titles = pd.read_csv(HERE / "resources.csv", dtype=str, keep_default_na=False)
    titled = titles[titles["dataset"] == dataset].set_index("name")[["title", "title_en"]]
    said["resources"] = [
        {"name": name, **titled.loc[name].to_dict(), **_described(dataset, name, fields)}
        for name in resources
    ]
    return said


def _dated(source: dict[str, str]) -> dict[str, str]:
    """A source with the version of its package and the day it was obtained."""
    key = source.pop("package")
    version = f"Babel {CLDR}" if key == "names" else PACKAGES[key].vintage
    return {**source, "vintage": f"{source['vintage']} ({version})", "accessed": ACCESSED}


def _described(dataset: str, name: str, fields: pd.DataFrame) -> dict[str, Any]:
    tabular = dataset == "reference" or name in TABLES_OF_BOUNDARIES
    return _table(name, fields) if tabular else _layer(name, fields)


def _table(name: str, fields: pd.DataFrame) -> dict[str, Any]:
    mine = _fields(name, fields)
    keys = [
        {"fields": field, "reference": {"resource": other, "fields": _key(other, fields)}}
        for field, other in FOREIGN_KEYS[name].items()
    ]
    key = KEYS.get(name, [_key(name, fields)])
    schema = {"fields": mine, "primaryKey": key, "foreignKeys": keys}
    return {"profile": "tabular-data-resource", "name": name, "path": f"{name}.csv",
            "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
            "schema": schema}  # fmt: skip


def _layer(name: str, fields: pd.DataFrame) -> dict[str, Any]:
    schema = {"fields": _fields("layer", fields), "primaryKey": ["place_id"]}
    return {"name": name, "path": f"{name}.parquet", "format": "parquet", "mediatype": PARQUET,
            "encoding": "utf-8", "schema": schema}  # fmt: skip


def _key(name: str, fields: pd.DataFrame) -> str:
    """The first field of a table is its key."""
    return str(fields.loc[fields["resource"] == name, "name"].iloc[0])


def _fields(name: str, fields: pd.DataFrame) -> list[dict[str, Any]]:
    mine = fields[fields["resource"] == name].to_dict("records")
    return [_field({str(key): str(value) for key, value in row.items()}) for row in mine]


def _field(row: dict[str, str]) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    for key in ("required", "unique"):
        if row[key] == "true":
            constraints[key] = True
    if row["enum"]:
        constraints["enum"] = row["enum"].split(";")
    shown = ("name", "type", "title", "title_en", "description", "description_fr", "unit")
    said: dict[str, Any] = {key: row[key] for key in shown if row[key]}
    return {**said, "constraints": constraints} if constraints else said
