"""Ids and codes that must lead somewhere, within a dataset and from one to another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from geo.check.reading import Folder, Layer, Table
from geo.errors import Fault

# The table and column where each authority's ids are declared, by the word before the colon.
DECLARED: Mapping[str, tuple[str, str]] = {
    "country": ("countries", "country_id"),
    "region": ("regions", "region_id"),
    "departement": ("departements", "departement_id"),
    "epci": ("epci", "epci_id"),
    "commune": ("communes", "commune_id"),
    "admin1": ("admin1", "admin1_id"),
    "geonames": ("places", "place_id"),
    "place": ("places", "place_id"),
    "area": ("areas", "place_id"),
    "contested": ("contested_areas", "area_id"),
    "origin": ("origins", "origin_id"),
}
COLLECTIVITIES = ("region", "departement", "epci", "commune")
TOWNS = ("geonames", "place")

# Columns that hold ids, with the authorities they may name; an empty cell names nothing.
IDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("admin1", "country_id"): ("country",),
    ("cases", "country_id"): ("country",),
    ("cases", "place_id"): ("country", *COLLECTIVITIES, "admin1", *TOWNS),
    ("communes", "departement_id"): ("departement",),
    ("communes", "epci_id"): ("epci",),
    ("communes", "ept_id"): ("epci",),
    ("contested", "other_country_id"): ("country",),
    ("contested_drawn", "area_id"): ("contested",),
    ("contested", "place_id"): (*COLLECTIVITIES, "admin1", *TOWNS),
    ("countries", "drawn_in"): ("country",),
    ("coverage", "country_id"): ("country",),
    ("criteria", "country_id"): ("country",),
    ("departements", "region_id"): ("region",),
    ("departements", "capital_commune_id"): ("commune",),
    ("epci", "departement_id"): ("departement",),
    ("epci", "region_id"): ("region",),
    ("figures", "origin_id"): ("country", "origin"),
    ("figures", "place_id"): ("country", "area", *COLLECTIVITIES),
    ("links", "a_id"): ("country", *COLLECTIVITIES, "admin1", *TOWNS),
    ("links", "b_id"): ("country", *COLLECTIVITIES, "admin1", *TOWNS),
    ("members", "country_id"): ("country",),
    ("members", "place_id"): ("country", *COLLECTIVITIES, "admin1", *TOWNS),
    ("networks", "seat_country_id"): ("country",),
    ("places", "admin1_id"): ("admin1",),
    ("places", "country_id"): ("country",),
    ("places", "place_id"): ("country", *COLLECTIVITIES, "admin1", *TOWNS),
    ("regions", "capital_commune_id"): ("commune",),
    ("states", "country_id"): ("country",),
    ("vectors", "counterpart_id"): ("country",),
    ("vectors", "place_id"): ("country", *COLLECTIVITIES, "admin1", *TOWNS),
}
# Columns whose rows say themselves where a town is: it need not be declared elsewhere.
DECLARING = {("places", "place_id"), ("members", "place_id")}

# Columns of codes (several joined by «;») that are declared in another dataset.
CODES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("cases", "vector_kind"): ("kinds", "kind"),
    ("links", "origin_vector"): ("kinds", "kind"),
}
# Columns named like a field of `codes` that hold numbers or free text.
UNCODED = {("parameters", "value"), ("kinds", "unit")}
SHOWN = 12  # codes that a fault lists, at most

LAYER_OF: Mapping[str, str] = {
    "countries": "country",
    "countries_world": "country",
    "countries_un": "country",
    "countries_un_world": "country",
    "regions": "region",
    "departements": "departement",
    "admin1": "admin1",
}
FINER = {"communes": "commune", "epci": "epci"}  # layers that are brought, or not there


@dataclass(frozen=True, eq=False)
class Known:
    """Every table and layer that ids are looked up in, by name.

    `unread` names those that cannot be read: that is one fault, and what leads there is none.
    """

    tables: Mapping[str, pd.DataFrame]
    layers: Mapping[str, pd.DataFrame]
    unread: frozenset[str] = frozenset()

    def values(self, table: str, column: str) -> set[str]:
        """The values of a column; none where there is no such table or column."""
        frame = self.tables.get(table)
        return set() if frame is None or column not in frame else set(frame[column])


def id_faults(tables: Iterable[Table], known: Known) -> list[Fault]:
    """Ids of no known authority, of one that the column may not name, or declared nowhere."""
    declared = {word: known.values(*where) for word, where in DECLARED.items()}
    faults: list[Fault] = []
    for table in tables:
        for (name, column), allowed in IDS.items():
            if name != table.name or column not in table.frame:
                continue
            free = {word for word in allowed if DECLARED[word][0] in known.unread}
            free |= set(TOWNS) if (name, column) in DECLARING else set()
            cells = table.frame[column]
            right = {value for word in allowed for value in declared[word] if word not in free}
            right |= {value for value in cells if free and value.split(":", 1)[0] in free}
            wrong = cells[(cells != "") & ~cells.isin(right)]
            faults += [
                Fault(table.file, line, f"{column} {_unresolved(value, allowed)}")
                for line, value in zip(wrong.index.tolist(), wrong.tolist(), strict=True)
            ]
    return faults


def _unresolved(value: str, allowed: Collection[str]) -> str:
    word = value.split(":", 1)[0]
    if word not in allowed or ":" not in value:
        return f"«{value}» is no id of {', '.join(f'{name}:' for name in allowed)}"
    table, column = DECLARED[word]
    return f"«{value}» is no {column} of {table}"


def code_faults(folder: Folder) -> list[Fault]:
    """Codes used in a dataset that its own table `codes` has no label for."""
    own = next((t.frame for t in folder.tables if t.name == "codes"), None)
    if own is None or not {"field", "code"} <= set(own.columns):
        return []
    faults: list[Fault] = []
    for field, codes in own.groupby("field")["code"]:
        for table in folder.tables:
            for column in (str(field), f"{field}s"):
                coded = table.name != "codes" and (table.name, column) not in UNCODED
                if coded and column in table.frame:
                    faults += _uncoded(table, column, set(codes), f"codes.csv ({field})")
    return faults


def shared_code_faults(tables: Iterable[Table], known: Known) -> list[Fault]:
    """Codes that another dataset declares and does not have."""
    faults: list[Fault] = []
    for table in tables:
        for (name, column), (where, key) in CODES.items():
            if name == table.name and column in table.frame and where not in known.unread:
                faults += _uncoded(table, column, known.values(where, key), f"{where}.{key}")
        if table.name == "groups" and "column" in table.frame:
            columns = set(known.tables.get("countries", table.frame).columns)
            faults += _uncoded(table, "column", columns, "the columns of countries")
    return faults


def _uncoded(table: Table, column: str, codes: set[str], where: str) -> list[Fault]:
    cells = table.frame[column]
    rest = cells[(cells != "") & ~cells.isin(codes)]
    more = ["…"] if len(codes) > SHOWN else []
    listed = ", ".join([*sorted(codes)[:SHOWN], *more])
    return [
        Fault(table.file, line, f"{column} «{code}» is not in {where}; it has: {listed}")
        for line, value in zip(rest.index.tolist(), rest.tolist(), strict=True)
        for code in value.split(";")
        if code not in codes
    ]


def boundary_faults(layers: Iterable[Layer], known: Known) -> list[Fault]:
    """Boundaries of no known place, and places that should have one and do not; a layer whose
    shapes name their source stands beside that of the atlas, and need not have them all."""
    faults: list[Fault] = []
    for layer in layers:
        table, column = DECLARED[{**LAYER_OF, **FINER}.get(layer.name, "country")]
        if layer.name not in {**LAYER_OF, **FINER} or table in known.unread:
            continue
        have = {str(place) for place in layer.frame["place_id"]} - _contested(layer.name, known)
        elsewhere = _undrawn(layer.name, known)
        faults += [
            Fault(layer.file, 0, f"place_id «{place}» is no {column} of {table}")
            for place in sorted(have - known.values(table, column))
        ]
        faults += (
            []
            if "source_id" in layer.frame
            else [
                Fault(layer.file, 0, f"«{place}» of {table} has no boundary here")
                for place in sorted(_expected(table, column, known) - have - elsewhere)
            ]
        )
    return faults


def _contested(layer: str, known: Known) -> set[str]:
    """Contested areas, which a layer of countries may draw apart from all of them."""
    return known.values("contested_areas", "area_id") if LAYER_OF.get(layer) == "country" else set()


def _undrawn(layer: str, known: Known) -> set[str]:
    """Countries that the convention of a layer draws in another."""
    table = known.tables.get("conventions")
    if table is None or not {"layer", "world_layer", "undrawn"} <= set(table.columns):
        return set()
    mine = table[(table["layer"] == layer) | (table["world_layer"] == layer)]
    return {place for places in mine["undrawn"] for place in places.split(";")}


def _expected(table: str, column: str, known: Known) -> set[str]:
    """The places that a layer must have: all, but countries that are drawn in another."""
    frame = known.tables.get(table)
    if frame is None or column not in frame:
        return set()
    return set(frame.loc[frame["drawn_in"] == "", column] if "drawn_in" in frame else frame[column])
