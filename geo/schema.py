"""The form of a dataset: its descriptor, its sources, the columns that the code stands on.

A dataset is a Frictionless Data Package folder. Every fault is gathered, then raised once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geo.errors import Fault

CRS = "EPSG:4326"

SOURCE_KEYS = (
    "id", "producer", "title", "citation", "path", "licence", "accessed", "vintage",
)  # fmt: skip

DESCRIPTOR: Mapping[str, type] = {"name": str, "title": str, "resources": list, "sources": list}

# Boundary layers that the code draws and joins with, each with place_id and geometry.
LAYERS = (
    "countries", "countries_world", "countries_un", "countries_un_world", "regions",
    "departements", "admin1",
)  # fmt: skip

# The layer that holds the shapes of a level; those of communes and EPCI are brought or absent.
LAYER_OF: Mapping[str, str] = {
    "country": "countries", "region": "regions", "departement": "departements",
    "admin1": "admin1", "commune": "communes", "epci": "epci",
}  # fmt: skip

# Tables that the code reads by name, with the columns it cannot do without.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "countries": (
        "country_id", "name_fr", "name_en", "iso2", "iso3", "iso_numeric", "m49_region",
        "m49_subregion", "subregion_fr", "subregion_en", "group", "lon", "lat",
    ),
    "groups": ("group_id", "column", "value", "label_fr", "label_en", "rule_fr", "rule_en"),
    "regions": ("region_id", "name", "zone", "population", "lon", "lat"),
    "departements": ("departement_id", "name", "region_id", "zone", "population", "lon", "lat"),
    "epci": ("epci_id", "name", "departement_id", "region_id", "population"),
    "communes": ("commune_id", "name", "departement_id", "epci_id", "ept_id", "population"),
    "admin1": ("admin1_id", "country_id", "name_fr", "name_en", "name_local", "lon", "lat"),
    "conventions": (
        "convention", "label_fr", "label_en", "statement_fr", "statement_en", "details_fr",
        "details_en", "layer", "world_layer", "undrawn",
    ),
    "contested_areas": ("area_id", "name_fr", "name_en", "lon", "lat"),
    "contested_drawn": (
        "area_id", "convention", "manner", "place_ids", "shares", "statement_fr", "statement_en",
    ),
    "contested": (
        "place_id", "other_country_id", "reason_fr", "reason_en", "source_title", "source_address",
    ),
    "notions": ("notion", "kinds", "partner_column", "partner_value", "label_fr", "label_en"),
    "relations": ("relation", "label_fr", "label_en"),
    "orders": ("subject", "indicator", "case_id"),
    "places": ("place_id", "name", "level", "country_id", "lon", "lat"),
    "links": (
        "link_id", "a_id", "b_id", "kind", "themes", "start_year", "end_year", "status",
        "origin_vector", "referential", "initiative", "place_of_action", "evidence", "confidence",
        "source_id", "source_title", "source_address", "note",
    ),
    "figures": (
        "place_id", "origin_id", "definition", "measure", "unit", "year", "value", "bound",
        "estimate", "source_id",
    ),
    "definitions": ("definition", "label_fr", "label_en", "statement_fr", "statement_en"),
    "criteria": (
        "country_id", "criterion", "value", "grade", "source_title", "source_address",
        "date_situation",
    ),
    "codes": ("field", "code", "label_fr", "label_en"),
    "states": ("country_id", "date_situation", "source_short", "note_fr", "note_en"),
    "rule": ("criterion", "weight", "role", "counted", "label_fr", "label_en"),
    "parameters": ("name", "value"),
    "kinds": (
        "kind", "label_fr", "label_en", "family", "measure", "visibility", "open_data_source",
    ),
    "vectors": (
        "kind", "place_id", "counterpart_id", "indicator", "value", "unit", "measure", "year",
        "estimate", "source_id", "source_title", "source_address",
    ),
    "networks": (
        "network_id", "name_fr", "name_en", "acronym", "founded", "ended", "seat_name",
        "seat_name_fr", "seat_country_id", "seat_lon", "seat_lat", "theme", "link_theme", "scope",
        "dynamic", "dynamic_basis", "dynamic_basis_fr", "members", "members_year",
        "members_counted", "french_members", "source_lines", "evidence", "source_title",
        "source_address", "note", "note_fr",
    ),
    "members": (
        "network_id", "member_name", "place_id", "level", "country_id", "lon", "lat",
        "since_year", "until_year", "status", "evidence", "source_title", "source_address", "note",
    ),
    "cases": (
        "case_id", "label_fr", "label_en", "kind", "value", "unit", "place_name", "place_name_en",
        "place_level", "place_id", "country_id", "lon", "lat", "vector_kind", "source_lines",
        "note", "note_fr",
    ),
}  # fmt: skip


# Tables that the code reads where they are there, with what it then cannot do without.
WHERE_THERE: Mapping[str, tuple[str, ...]] = {
    "former_communes": ("code", "name", "commune_id", "departement_id"),
    "coverage": ("country_id", "links", "french_collectivities"),
}

# Columns whose cells name a column of the countries, that a rule then looks at.
RULED = (("groups", "column"), ("notions", "partner_column"))


@dataclass(frozen=True)
class Source:
    """Where rows come from; `key` is `dataset/id`, the credit to show is `citation`."""

    key: str
    producer: str
    title: str
    citation: str
    address: str
    licence: str
    accessed: str
    vintage: str


def source_faults(descriptor: Mapping[str, Any], file: str) -> list[Fault]:
    """Every missing or empty piece of provenance in a descriptor."""
    faults = [
        Fault(file, 0, f"«{key}» is missing or empty; a dataset says its {key}")
        for key, form in DESCRIPTOR.items()
        if not descriptor.get(key) or not isinstance(descriptor[key], form)
    ]
    for number, source in enumerate(_listed(descriptor, "sources"), start=1):
        faults += [
            Fault(file, 0, f"source {number} ({source.get('id', 'no id')}): «{key}» is missing or "
                           "empty; every source states " + ", ".join(SOURCE_KEYS))
            for key in SOURCE_KEYS
            if not str(source.get(key) or "").strip()
        ]  # fmt: skip
    ids = [str(source.get("id")) for source in _listed(descriptor, "sources")]
    twice = sorted({key for key in ids if ids.count(key) > 1})
    return faults + [Fault(file, 0, f"two sources have the id «{key}»") for key in twice]


def resource_faults(descriptor: Mapping[str, Any], file: str) -> list[Fault]:
    """Resources that cannot be read: no name, no file of this folder, no list of fields."""
    faults: list[Fault] = []
    for number, resource in enumerate(_listed(descriptor, "resources"), start=1):
        said = f"resource {number} ({resource.get('name', 'no name')})"
        path = resource.get("path")
        if not isinstance(resource.get("name"), str):
            faults.append(Fault(file, 0, f"{said}: «name» is missing; it names the table"))
        if not isinstance(path, str) or "/" in path or "\\" in path or path.startswith("."):
            faults.append(Fault(file, 0, f"{said}: «path» is «{path}»; it is the name of a file "
                                         "in this folder"))  # fmt: skip
        elif not path.endswith(".parquet") and not _fields(resource):
            faults.append(Fault(file, 0, f"{said}: «schema» has no list of named fields; it "
                                         "says what each column holds"))  # fmt: skip
    return faults


def _fields(resource: Mapping[str, Any]) -> bool:
    """Whether a resource has a schema with a list of fields that have names."""
    schema = resource.get("schema")
    fields = _listed(schema, "fields") if isinstance(schema, Mapping) else []
    return bool(fields) and all(isinstance(field.get("name"), str) for field in fields)


def sources_of(descriptor: Mapping[str, Any]) -> dict[str, Source]:
    """The sources of a descriptor without faults, by their key."""
    name = descriptor["name"]
    return {
        f"{name}/{s['id']}": Source(
            key=f"{name}/{s['id']}", producer=s["producer"], title=s["title"],
            citation=s["citation"], address=s["path"], licence=s["licence"],
            accessed=s["accessed"], vintage=s["vintage"],
        )
        for s in descriptor["sources"]
    }  # fmt: skip


def column_faults(name: str, frame: pd.DataFrame, file: str) -> list[Fault]:
    """Columns that the code needs and the table lacks."""
    needed = (*COLUMNS.get(name, ()), *WHERE_THERE.get(name, ()))
    missing = [column for column in needed if column not in frame.columns]
    if not missing:
        return []
    have = ", ".join(map(str, frame.columns))
    return [Fault(file, 1, f"columns {', '.join(missing)} are missing; the header has: {have}")]


def source_row_faults(frame: pd.DataFrame, known: set[str], file: str) -> list[Fault]:
    """Rows whose source is empty or not one of the package's sources (header is line 1)."""
    if "source_id" not in frame.columns:
        return [Fault(file, 1, "column source_id is missing; every row names its source")]
    wrong = frame.loc[~frame["source_id"].isin(known), "source_id"]
    allowed = ", ".join(sorted(known))
    return [
        Fault(file, line + 2, f"source_id «{value}» is not a source of this package; "
                              f"it has: {allowed}")
        for line, value in zip(wrong.index.tolist(), wrong.tolist(), strict=True)
    ]  # fmt: skip


def crs_name(crs: Any) -> str:
    """A coordinate system by its code, such as EPSG:2154, or its name where it has none."""
    authority = crs.to_authority() if crs else None
    return ":".join(authority) if authority else str(crs.name if crs else "no stated system")


def _listed(descriptor: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = descriptor.get(key)
    entries = value if isinstance(value, list) else []
    return [entry if isinstance(entry, Mapping) else {} for entry in entries]
