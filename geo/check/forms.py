"""Tables held against their Table Schema by the frictionless library, in our own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from geo.check.reading import Folder, Table
from geo.errors import DataError, Fault
from geo.load import read_table
from geo.schema import column_faults, source_row_faults

MANY = 1_000_000  # faults per table before frictionless stops: never, in practice


def form_faults(folder: Folder) -> list[Fault]:
    """All that tables alone can have wrong: types, constraints, keys, columns, sources."""
    known = {str(source["id"]) for source in folder.descriptor.get("sources", [])}
    faults: list[Fault] = []
    for table, found in schema_faults(folder):
        found += column_faults(table.name, table.frame, table.file)
        by_row = table.frame.set_axis(table.frame.index - 2)
        found += source_row_faults(by_row, known, table.file)
        faults += found or load_faults(folder, table)
    return faults


def load_faults(folder: Folder, table: Table) -> list[Fault]:
    """What the atlas refuses though the schema allows it, such as «True» for «true»."""
    try:
        read_table(folder.path / table.resource["path"], table.resource)
    except DataError as error:
        return list(error.faults)
    return []


def schema_faults(folder: Folder) -> Iterator[tuple[Table, list[Fault]]]:
    """Each table with its faults against declared types, constraints, primary, foreign keys."""
    from frictionless import FrictionlessException, Package

    package = None
    for table in folder.tables:
        try:
            package = package or Package(str(folder.path / "datapackage.json"))
            report = package.get_resource(table.name).validate(limit_errors=MANY)
            errors = [*report.errors, *(error for task in report.tasks for error in task.errors)]
        except FrictionlessException as error:
            errors = error.reasons or [error.error]
        yield table, [_fault(error.to_dict(), table) for error in errors]


def _fault(error: Mapping[str, Any], table: Table) -> Fault:
    number = error.get("rowNumber")
    if number is None:
        return Fault(table.file, 1 if "labels" in error else 0, _said(error, table))
    line = table.lines[number - 1] if number <= len(table.lines) else number
    return Fault(table.file, line, _said(error, table))


def _said(error: Mapping[str, Any], table: Table) -> str:
    """The fault in a sentence that quotes the value and says what would be right."""
    name, cell, kind = error.get("fieldName", ""), error.get("cell", ""), error["type"]
    if kind == "constraint-error":
        return f"{name} «{cell}» {_constraint(error, table)}"
    if kind == "type-error":
        return f"{name} «{cell}» is not of the type {_field(table, name).get('type', 'string')}"
    if kind == "unique-error":
        return f"{name} «{cell}» stands in another row too; it is unique"
    if kind == "primary-key":
        keys = table.resource["schema"].get("primaryKey", [])
        return f"another row has the same {', '.join(keys)}; together they are the row's key"
    if kind == "foreign-key":
        columns, values = ", ".join(error["fieldNames"]), ", ".join(map(str, error["fieldCells"]))
        other = error["referenceName"] or table.name
        return f"{columns} «{values}» is no {', '.join(error['referenceFieldNames'])} of {other}"
    return str(error["message"])


def _constraint(error: Mapping[str, Any], table: Table) -> str:
    found = re.match(r'constraint "(\w+)"', str(error.get("note", "")))
    name = found[1] if found else ""
    value = _field(table, error["fieldName"]).get("constraints", {}).get(name)
    if name == "required":
        return "is empty; every row has one"
    if name == "enum":
        return f"is not one of: {', '.join(map(str, value))}"
    words = {"pattern": "has not the form", "minimum": "is below", "maximum": "is above"}
    return f"{words.get(name, f'breaks the constraint {name}')} {value}"


def _field(table: Table, name: str) -> Mapping[str, Any]:
    fields: list[dict[str, Any]] = table.resource["schema"]["fields"]
    return next((field for field in fields if field["name"] == name), {})
