"""The one step: packages in, the two datasets out, the same bytes for the same packages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from tqdm import tqdm

from geo.build.boundaries import drawn, frame
from geo.build.contested import contested_tables
from geo.build.countries import country_shapes, country_table
from geo.build.descriptor import HERE, TABLES_OF_BOUNDARIES, descriptor
from geo.build.france import (
    commune_table,
    departement_shapes,
    departement_table,
    epci_table,
    former_table,
    region_shapes,
    region_table,
)
from geo.build.packages import csv_member, json_member, member, obtain
from geo.build.shapes import Layer, decode, oriented
from geo.build.united_nations import FILE, by_codes, topology, united_nations
from geo.build.units import admin1_ids, admin1_shapes, admin1_table, admin1_units

Tables = dict[str, pd.DataFrame]


def build(out: Path, cache: Path | None = None, progress: bool = True) -> None:
    """Write `out`/reference and `out`/boundaries from the pinned packages.

    `cache` is where the packages are kept (a folder of the platform's when none is given).
    Raises PackageError where one cannot be had, DataError where a layer is not fit to draw.
    """
    archives = obtain(cache, progress)
    with steps(8, progress) as step:
        step("read")
        units = json_member(archives["admin1"], "data/states/admin1.json")["features"]
        world = json_member(archives["countries"], "world/50m.json")
        concordance = csv_member(archives["concordance"], "bblocks/places/concordance.csv")
        france = {
            name: json_member(archives["france"], f"data/{name}.json")
            for name in ("communes", "epci", "ept", "departements", "regions")
        }
        step("countries")
        files = {"world": by_codes(decode(world, "countries"))}
        tables, layers = countries(world, units, concordance)
        step("United Nations")
        script = member(archives["un"], FILE).decode("utf-8")
        files["un"] = by_codes(decode(topology(script), "countries"))
        layers |= second_convention(files["un"], files["world"], units)
        tables |= contested_tables(files, units, layers, tables["countries"])
        step("France")
        tables_of_france, layers_of_france = collectivities(units, france)
        step("units of the world")
        tables_of_units, layers_of_units = first_level(units)
        tables |= tables_of_france | tables_of_units
        layers |= layers_of_france | layers_of_units
        tables["groups"] = pd.read_csv(HERE / "groups.csv", dtype=str, keep_default_na=False)
        step("tables")
        write_reference(tables, out / "reference")
        step("layers")
        write_boundaries(layers, tables, out / "boundaries")
        step("done")


def countries(
    world: dict[str, Any], units: list[dict[str, Any]], concordance: pd.DataFrame
) -> tuple[Tables, dict[str, Layer]]:
    """The table of countries and their two layers."""
    full = country_shapes(decode(world, "countries"), units)
    layers = {name: drawn(name, full) for name in ("countries", "countries_world")}
    return {"countries": country_table(concordance, layers["countries"], units)}, layers


def second_convention(file: Layer, world: Layer, units: list[dict[str, Any]]) -> dict[str, Layer]:
    """The two layers of countries as the United Nations draw them."""
    full = united_nations(file, world, units)
    return {name: drawn(name, full) for name in ("countries_un", "countries_un_world")}


def collectivities(
    units: list[dict[str, Any]], france: dict[str, list[dict[str, Any]]]
) -> tuple[Tables, dict[str, Layer]]:
    """The four tables of French collectivities, the layers of départements and régions."""
    departements = drawn("departements", departement_shapes(units))
    regions = oriented(region_shapes(departements, france["departements"]))
    communes = commune_table(france["communes"], france["epci"], france["ept"])
    tables = {
        "regions": region_table(france["regions"], communes, regions),
        "departements": departement_table(france["departements"], communes, departements),
        "epci": epci_table([*france["epci"], *france["ept"]], communes),
        "communes": communes.drop(columns="region_id"),
        "former_communes": former_table(france["communes"]),
    }
    return tables, {"regions": regions, "departements": departements}


def first_level(units: list[dict[str, Any]]) -> tuple[Tables, dict[str, Layer]]:
    """The table of first-level units abroad and their layer."""
    taken = admin1_units(units)
    ids = admin1_ids(taken)
    layer = drawn("admin1", admin1_shapes(taken, ids))
    return {"admin1": admin1_table(taken, ids, layer)}, {"admin1": layer}


RESOURCES = {
    "reference": ["countries", "groups", "regions", "departements", "epci", "communes",
                  "former_communes", "admin1"],
    "boundaries": ["countries_world", "countries", "countries_un_world", "countries_un",
                   "regions", "departements", "admin1", *TABLES_OF_BOUNDARIES],
}  # fmt: skip


def write_reference(tables: Tables, folder: Path) -> None:
    """The tables as CSV with their descriptor."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tables(tables, RESOURCES["reference"], folder)
    write_descriptor("reference", folder)


def write_tables(tables: Tables, names: Iterable[str], folder: Path) -> None:
    """Tables as CSV: UTF-8, line feeds."""
    for name in names:
        tables[name].to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


def write_boundaries(layers: dict[str, Layer], tables: Tables, folder: Path) -> None:
    """The layers as GeoParquet, conventions and contested areas as CSV, their descriptor."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tables(tables, TABLES_OF_BOUNDARIES, folder)
    for name in RESOURCES["boundaries"]:
        if name not in layers:
            continue
        table: gpd.GeoDataFrame = frame(layers[name])
        table.to_parquet(
            folder / f"{name}.parquet", index=False, compression="zstd", compression_level=19
        )
    write_descriptor("boundaries", folder)


def write_descriptor(dataset: str, folder: Path) -> None:
    """datapackage.json beside the data."""
    text = json.dumps(descriptor(dataset, RESOURCES[dataset]), ensure_ascii=False, indent=2)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8", newline="\n")


@contextmanager
def steps(total: int, progress: bool) -> Iterator[Callable[[str], None]]:
    """A progress bar that names the step that begins."""
    with tqdm(total=total, disable=not progress, bar_format="{l_bar}{bar}| {elapsed}") as bar:

        def begin(name: str) -> None:
            bar.set_description(name)
            bar.update()

        yield begin
