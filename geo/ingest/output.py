"""What an import leaves: a dataset of the atlas's own form, what was left out, and a report."""

from __future__ import annotations

import datetime
import json
from collections.abc import Hashable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from geo.ingest.editions import counted, differences
from geo.ingest.imported import Imported
from geo.ingest.mapping import Reading, write_mapping
from geo.ingest.rows import SOURCE
from geo.load import EMBEDDED, dataset_folders, read_descriptor

COVERED = ("a_id", "b_id", "place_id", "counterpart_id", "origin_id", "country_id", "network_id")
FAR_KM = 30.0  # a name whose place lies further from the point of the file is told of
UNSAID = "Non indiqué / Not stated"
READ = {
    "links": ("Liens lus", "Links"), "vectors": ("Vecteurs lus", "Vectors"),
    "stances": ("Critères d’États lus", "Criteria of States"),
    "memberships": ("Adhésions lues", "Memberships"),
    "boundaries": ("Limites lues", "Boundaries"),
}  # fmt: skip


def written(
    made: Imported, reading: Reading, file: Path, out: Path, provenance: Mapping[str, str],
    since: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Write the dataset, the rows left out, the matches, the mapping and the report to a folder;
    all of it or nothing. `since` is the dataset of an earlier edition, else what the folder holds:
    changes.csv lists what differs. Returns the report."""
    earlier = since or (out if (out / "datapackage.json").exists() else None)
    changes = differences(earlier, made.tables) if earlier else None
    part = out.with_name(f".{out.name}.part")
    part.mkdir(parents=True, exist_ok=True)
    for old in part.iterdir():
        old.unlink()
    for name, frame in _filled(made).items():
        _csv(frame, part / f"{name}.csv")
    for name, layer in made.layers.items():
        layer.to_parquet(part / f"{name}.parquet")
    for name, rows in (("refused", made.refused), ("doubtful", made.doubtful)):
        _csv(rows.drop(columns=list(reading.personal), errors="ignore"), part / f"{name}.csv")
    _csv(made.matches.round({"score": 3, "km": 1}), part / "matches.csv")
    write_mapping(reading, part / "mapping.json")
    told = report(made, reading, file)
    if changes is not None:
        _csv(changes, part / "changes.csv")
        told |= {"since": str(since.name) if since else out.name, "changes": counted(changes)}
    _json(told, part / "report.json")
    _json(_descriptor(made, reading, file, provenance), part / "datapackage.json")
    _replaced(part, out)
    return told


def _filled(made: Imported) -> Mapping[str, pd.DataFrame]:
    """The tables that have rows; all of them where none has any, so that a dataset has one."""
    return {name: rows for name, rows in made.tables.items() if len(rows)} or (
        {} if made.layers else made.tables)  # fmt: skip


def _replaced(part: Path, out: Path) -> None:
    """Put the files of one folder in the place of those of another, of which none remains that an
    import had written."""
    out.mkdir(parents=True, exist_ok=True)
    names = {path.name for path in part.iterdir()}
    for name in _tables_of(out) - names:
        (out / name).unlink(missing_ok=True)
    for path in sorted(part.iterdir()):
        path.replace(out / path.name)
    part.rmdir()


def _tables_of(folder: Path) -> set[str]:
    """The files of the tables and layers that the descriptor of a folder names."""
    try:
        held = json.loads((folder / "datapackage.json").read_text("utf-8"))
        return {Path(str(resource["path"])).name for resource in held["resources"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def report(made: Imported, reading: Reading, file: Path) -> dict[str, Any]:
    """What became of every row: rows_read is kept, doubtful and refused together."""
    outcomes = made.outcomes.value_counts()
    ways: dict[str, int] = {}
    for methods in made.matched_by.values():
        for method, count in methods.items():
            ways[method] = ways.get(method, 0) + count
    table = made.table
    read = {*reading.columns.values(), *reading.across, *reading.personal}
    return {
        "file": file.name, "read_as": dict(table.described), "kind": reading.kind,
        "columns": dict(reading.columns), "constants": dict(reading.constants),
        "rows_read": len(table.rows),
        **{name: int(outcomes.get(name, 0)) for name in ("kept", "doubtful", "refused")},
        "added": {**{name: len(rows) for name, rows in _filled(made).items()},
                  **{name: len(layer) for name, layer in made.layers.items()}},
        "coverage": _coverage(_filled(made)),
        "matched_by": ways, "ends": made.matched_by, "scores": _scores(made.matches),
        "far": _far(made.matches), "unmatched": _unmatched(made.matches),
        "refused_by_reason": _counts(made.refused), "doubtful_by_reason": _counts(made.doubtful),
        **made.told,
        "dropped_columns": list(reading.personal),
        "unread_columns": [str(c) for c in table.rows.columns if c not in read],
    }  # fmt: skip


def _coverage(tables: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, Any]]:
    """How many different places, States and networks each table is of, and its first and last
    year."""
    told: dict[str, dict[str, Any]] = {}
    for name, rows in tables.items():
        ids = [column for column in rows.columns if column in COVERED]
        told[name] = {column: int(rows.loc[rows[column] != "", column].nunique()) for column in ids}
        dated = rows[[column for column in rows.columns if str(column).endswith("year")]]
        years = sorted({str(year) for year in dated.to_numpy().ravel() if str(year).isdigit()})
        told[name] |= {"years": [int(years[0]), int(years[-1])]} if years else {}
    return told


def _counts(rows: pd.DataFrame) -> dict[str, int]:
    return {str(reason): int(count) for reason, count in rows["reason"].value_counts().items()}


def _scores(matches: pd.DataFrame) -> dict[str, int]:
    """How many different ends were matched with a score of 1, of 0.9 or more, and less."""
    score = matches.loc[matches["place_id"] != "", "score"]
    return {"1": int((score >= 1).sum()), "0.9": int(((score >= 0.9) & (score < 1)).sum()),
            "less": int((score < 0.9).sum())}  # fmt: skip


def _far(matches: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """The ends whose place, found by code or name, lies far from the point that the file gives."""
    far = matches[matches["km"] > FAR_KM].sort_values("km", ascending=False)
    return far[["end", "place_id", "km"]].round(1).to_dict("records")


def _unmatched(matches: pd.DataFrame, most: int = 50) -> list[dict[Hashable, Any]]:
    """The ends that nothing was found for, those of most rows first."""
    lost = matches[matches["place_id"] == ""].sort_values(["rows", "end"], ascending=[False, True])
    return lost.head(most)[["end", "rows", "reason"]].to_dict("records")


def _descriptor(
    made: Imported, reading: Reading, file: Path, provenance: Mapping[str, str]
) -> dict[str, Any]:
    """A Frictionless Data Package like those of the atlas; what nobody said is said so."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    title = provenance.get("title") or file.stem
    french, english = READ[reading.kind]
    source = {
        "id": SOURCE, "producer": provenance.get("producer") or UNSAID,
        "title": title, "citation": provenance.get("citation") or _cited(title, file, provenance),
        "path": provenance.get("address") or file.name,
        "licence": provenance.get("licence") or UNSAID,
        "accessed": today, "vintage": provenance.get("vintage") or UNSAID,
    }  # fmt: skip
    return {
        "profile": "tabular-data-package", "name": f"{reading.kind}-{_slug(file.stem)}",
        "title": title,
        "description": f"{french} dans {file.name} ; report.json dit ce qu’est devenue chaque "
                       "ligne.",
        "description_en": f"{english} read from {file.name}; report.json says what became of each "
                          "row.",
        "licenses": [{"name": "other", "title": source["licence"]}],
        "sources": [source],
        "resources": [*(_resource(name, rows) for name, rows in _filled(made).items()),
                      *({"name": name, "path": f"{name}.parquet"} for name in made.layers)],
    }  # fmt: skip


def _cited(title: str, file: Path, provenance: Mapping[str, str]) -> str:
    told = (provenance.get("producer"), title, provenance.get("vintage"))
    return f"{', '.join(text for text in told if text)} ({file.name})"


def _resource(name: str, rows: pd.DataFrame) -> dict[str, Any]:
    fields = [{"name": column, "type": _types().get((name, str(column)), "string")}
              for column in rows.columns]  # fmt: skip
    return {"name": name, "path": f"{name}.csv", "profile": "tabular-data-resource",
            "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
            "schema": {"fields": fields}}  # fmt: skip


@lru_cache(maxsize=1)
def _types() -> dict[tuple[str, str], str]:
    """The type of each column of each table of the atlas, as its descriptors declare it."""
    return {
        (resource["name"], field["name"]): field.get("type", "string")
        for folder in dataset_folders(EMBEDDED)
        for resource in read_descriptor(folder)["resources"]
        for field in resource.get("schema", {}).get("fields", [])
    }


def _slug(text: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower()).strip("-")


def _csv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _json(held: Mapping[str, Any], path: Path) -> None:
    path.write_text(json.dumps(held, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
