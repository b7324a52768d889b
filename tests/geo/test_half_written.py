"""Datasets cut short, emptied or missing: a fault that names the file, and never half a world."""

from __future__ import annotations

from pathlib import Path

import pytest
import small

from geo.errors import DataError
from geo.load import load

FILES = sorted({"datapackage.json", *(f"{table}.csv" for held in small.TABLES.values()
                                      for table in held)})  # fmt: skip


def held(folder: Path, pattern: str = "*") -> list[Path]:
    return sorted(path for path in folder.rglob(pattern) if path.is_file())


def faults(folder: Path, file: Path) -> list[str]:
    """What is said of a folder that cannot be used; the file is among what is named."""
    with pytest.raises(DataError) as refusal:
        load(folder)
    told = [str(fault) for fault in refusal.value.faults]
    assert any(file.name in text or file.stem in text for text in told), told
    return told


def cut(path: Path, kept: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])


@pytest.mark.parametrize("kept", [0.0, 0.7])
def test_a_descriptor_cut_short(kept: float, copied: Path):
    for path in held(copied, "datapackage.json"):
        whole = path.read_bytes()
        cut(path, kept)
        assert faults(copied, path)
        path.write_bytes(whole)


@pytest.mark.parametrize("kept", [0.0, 0.6])
def test_a_layer_cut_short(kept: float, copied: Path):
    paths = [path for path in held(copied) if path.suffix not in (".csv", ".json")]
    assert paths
    for path in paths:
        whole = path.read_bytes()
        cut(path, kept)
        assert faults(copied, path)
        path.write_bytes(whole)


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_missing(file: str, copied: Path):
    path = held(copied, file)[0]
    path.unlink()
    if file == "datapackage.json":
        assert faults(copied, path.parent)
    else:
        assert faults(copied, path)


@pytest.mark.parametrize("table", [file for file in FILES if file.endswith(".csv")])
def test_a_table_cut_in_its_header(table: str, copied: Path):
    path = held(copied, table)[0]
    header = path.read_text("utf-8").partition("\n")[0]
    path.write_text(header[: len(header) // 2], "utf-8")
    assert faults(copied, path)


def test_a_line_cut_in_the_middle(copied: Path):
    """In a row as in a file of Git LFS that was never fetched."""
    path = held(copied, "links.csv")[0]
    whole = path.read_text("utf-8")
    path.write_text(whole[: whole.rindex(",")].rpartition(",")[0], "utf-8")
    told = faults(copied, path)
    assert any(text.startswith(str(path)) or f"{path.name}:" in text for text in told)
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "utf-8")
    assert faults(copied, path)
