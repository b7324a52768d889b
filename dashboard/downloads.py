"""The files of the datasets as they are, one by one or a dataset at once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from geo.world import Dataset, World

DESCRIPTOR = "datapackage.json"
MEDIA = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
}
# What an import leaves beside the tables of a dataset.
REPORT = "report.json"
BESIDE = (REPORT, "refused.csv", "doubtful.csv", "matches.csv", "changes.csv", "mapping.json")
DATED = (2026, 1, 1, 0, 0, 0)  # the same bytes for the same files


def files_of(dataset: Dataset) -> tuple[str, ...]:
    """The names of the files that a dataset is made of, its descriptor first."""
    return (DESCRIPTOR, *(resource.path for resource in dataset.resources))


def left_beside(folder: Path) -> tuple[str, ...]:
    """The files that an import left beside its tables; none where a dataset was not imported."""
    imported = (folder / REPORT).exists()
    return tuple(name for name in BESIDE if imported and (folder / name).exists())


def media_type(file: str) -> str:
    """The media type of a file, by the end of its name."""
    return MEDIA.get(file[file.rfind(".") :], "application/octet-stream")


def content(world: World, dataset: str, file: str) -> bytes | None:
    """The bytes of one file of a dataset; None for a name that is not one of its files."""
    held = world.datasets.get(dataset)
    if held is None or file not in (*files_of(held), *left_beside(held.folder)):
        return None
    return (held.folder / file).read_bytes()


@lru_cache(maxsize=16)
def archive(world: World, dataset: str) -> bytes | None:
    """All files of a dataset as a zip, below a folder of its name; None for an unknown one."""
    held = world.datasets.get(dataset)
    if held is None:
        return None
    return packed(
        (f"{dataset}/{file}", (held.folder / file).read_bytes()) for file in files_of(held)
    )


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Files, by name and content, as a zip."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in files:
            folder.writestr(entry(name), content)
    return written.getvalue()


def entry(name: str) -> zipfile.ZipInfo:
    """A file of a zip under a name; its date is none of the clock, which may tell one that a zip
    cannot hold."""
    made = zipfile.ZipInfo(name, DATED)
    made.compress_type = zipfile.ZIP_DEFLATED
    return made
