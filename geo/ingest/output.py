"""What an import leaves: a dataset of the atlas's own form, what was left out, and a report."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from geo.ingest.links import LINK_COLUMNS, PLACE_COLUMNS, SOURCE, Imported
from geo.ingest.mapping import Reading, write_mapping
from geo.ingest.reading import RawTable

NUMBERS = {"start_year": "integer", "end_year": "integer", "lon": "number", "lat": "number"}


def written(
    made: Imported, table: RawTable, reading: Reading, file: Path, out: Path,
    provenance: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """Write the dataset, the rows left out, the mapping and the report to a folder; all of it or
    nothing. Returns the report."""
    part = out.with_name(f".{out.name}.part")
    part.mkdir(parents=True, exist_ok=True)
    for old in part.iterdir():
        old.unlink()
    _csv(made.links, part / "links.csv")
    _csv(made.places, part / "places.csv")
    _csv(made.refused.drop(columns=list(reading.personal), errors="ignore"), part / "refused.csv")
    _csv(made.doubtful.drop(columns=list(reading.personal), errors="ignore"),
         part / "doubtful.csv")  # fmt: skip
    write_mapping(reading, part / "mapping.json")
    told = report(made, table, reading, file)
    _json(told, part / "report.json")
    _json(_descriptor(file, provenance), part / "datapackage.json")
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(part.iterdir()):
        path.replace(out / path.name)
    part.rmdir()
    return told


def report(made: Imported, table: RawTable, reading: Reading, file: Path) -> dict[str, Any]:
    """What became of every row: rows_read is kept, doubtful and refused together."""
    outcomes = made.outcomes.value_counts()
    ways: dict[str, int] = {}
    for methods in made.matched_by.values():
        for method, count in methods.items():
            ways[method] = ways.get(method, 0) + count
    return {
        "file": file.name, "read_as": dict(table.described), "kind": reading.kind,
        "columns": dict(reading.columns), "constants": dict(reading.constants),
        "rows_read": len(table.rows),
        **{name: int(outcomes.get(name, 0)) for name in ("kept", "doubtful", "refused")},
        "links": len(made.links), "new_places": len(made.places),
        "matched_by": ways, "ends": {side: dict(ways) for side, ways in made.matched_by.items()},
        "refused_by_reason": _counts(made.refused), "doubtful_by_reason": _counts(made.doubtful),
        "dropped_columns": list(reading.personal),
        "unread_columns": [str(c) for c in table.rows.columns
                           if c not in (*reading.columns.values(), *reading.personal)],
    }  # fmt: skip


def _counts(rows: pd.DataFrame) -> dict[str, int]:
    return {str(reason): int(count) for reason, count in rows["reason"].value_counts().items()}


def _descriptor(file: Path, provenance: Mapping[str, str]) -> dict[str, Any]:
    """A Frictionless Data Package like those of the atlas; what nobody said is said so."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    title = provenance.get("title") or file.stem
    source = {
        "id": SOURCE, "producer": provenance.get("producer") or "Not stated with the file",
        "title": title, "citation": provenance.get("citation") or f"{title} ({file.name})",
        "path": provenance.get("address") or file.name,
        "licence": provenance.get("licence") or "Not stated with the file",
        "accessed": today, "vintage": provenance.get("vintage") or "Not stated with the file",
    }  # fmt: skip
    return {
        "profile": "tabular-data-package", "name": f"links-{_slug(file.stem)}", "title": title,
        "description": f"Links read from {file.name}; report.json says what became of each row.",
        "licenses": [{"name": "other", "title": source["licence"]}],
        "sources": [source],
        "resources": [_resource("places", PLACE_COLUMNS), _resource("links", LINK_COLUMNS)],
    }  # fmt: skip


def _resource(name: str, columns: tuple[str, ...]) -> dict[str, Any]:
    fields = [{"name": column, "type": NUMBERS.get(column, "string")} for column in columns]
    return {"name": name, "path": f"{name}.csv", "profile": "tabular-data-resource",
            "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
            "schema": {"fields": fields}}  # fmt: skip


def _slug(text: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower()).strip("-")


def _csv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _json(held: Mapping[str, Any], path: Path) -> None:
    path.write_text(json.dumps(held, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
