"""Data older than the code: what the code needs and they lack is told by file and column; without
the rest every view, sheet and export is there all the same."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import small

import app
from dashboard import layout
from dashboard.exports import export
from dashboard.filters import FILTERS, found, vocabulary
from dashboard.rendering import rendered
from dashboard.state import LANGUAGES, OPTIONS
from geo.errors import DataError
from geo.ingest.countries import names_of
from geo.ingest.gazetteer import french, unit_codes, units
from geo.load import EMBEDDED, load, read_dataset
from geo.places import places_of
from geo.schema import COLUMNS, WHERE_THERE
from geo.world import World

NEEDED = {**COLUMNS, **WHERE_THERE}
HELD = {
    (dataset, table): text.strip().split("\n")[0].split(",")
    for dataset, tables in small.TABLES.items() for table, text in tables.items()
}  # fmt: skip
LACKS = {
    (dataset, table): [c for c in NEEDED[table] if c in held and c != "source_id"]
    for (dataset, table), held in HELD.items() if table in NEEDED
}  # fmt: skip
LOOKED_AT = ("dac_recipient", "income_group", "ldc")
RULED = {"groups": ("column", "ldc", 2), "notions": ("partner_column", "dac_recipient", 3)}
PLACES = (
    "territory=departement:93", "territory=region:53", "territory=commune:93066",
    "territory=epci:200054781", "partner=country:MAR", "partner=country:FRA",
    "partner=admin1:SN-DK",
)  # fmt: skip
CHOSEN = (
    "territory=region:11&partner=country:MLI&theme=health,undeclared&status=active&convention=un",
    "origin=country:DZA&group=ldc&notion=development&subregion=011&relation=north_south",
    "vector=consulate,refugee_asylum&network=c40&case=S001&stance=restricted&present=1",
)  # fmt: skip


def without(path: Path, columns: set[str]) -> None:
    """Take columns out of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    kept = [at for at, name in enumerate(rows[0]) if name not in columns]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[r[at] for at in kept] for r in rows])


def described(folder: Path, lacks: dict[str, list[str]], tables: tuple[str, ...] = ()) -> None:
    """Take columns of tables out of a descriptor, and, where `tables` are named, all others."""
    path = folder / "datapackage.json"
    told = json.loads(path.read_text("utf-8"))
    if tables:
        told["resources"] = [
            r for r in told["resources"] if r["name"] in tables or r["path"].endswith(".parquet")
        ]
    for resource in told["resources"]:
        fields = resource.get("schema", {}).get("fields", [])
        fields[:] = [f for f in fields if f["name"] not in lacks.get(resource["name"], ())]
    path.write_text(json.dumps(told), "utf-8")


def test_every_table_that_the_code_needs_is_in_the_small_world():
    assert {table for _, table in HELD} >= set(COLUMNS)
    assert sum(map(len, LACKS.values())) > 150


@pytest.mark.parametrize(("dataset", "table"), list(LACKS))
def test_columns_that_were_not_there_yet_are_told(dataset: str, table: str, copied: Path):
    """The table and its descriptor agree with each other: both are of an earlier version."""
    lacks = LACKS[dataset, table]
    without(copied / dataset / f"{table}.csv", {*lacks})
    described(copied / dataset, {table: lacks})
    with pytest.raises(DataError) as refusal:
        read_dataset(copied / dataset)
    said = f"{dataset}/{table}.csv:1: columns {', '.join(lacks)} are missing"
    assert [str(fault).startswith(said) for fault in refusal.value.faults] == [True]


@pytest.mark.parametrize("table", list(RULED))
def test_a_rule_that_looks_at_a_column_of_later_is_told(table: str, copied: Path):
    """The countries are older than the rule: each is well formed."""
    name, column, line = RULED[table]
    without(copied / "reference" / "countries.csv", {column})
    described(copied / "reference", {"countries": [column]})
    with pytest.raises(DataError) as refusal:
        load(copied)
    told = [str(fault) for fault in refusal.value.faults]
    assert f"{table}.csv:{line}: {name} «{column}» is no column of the countries" in told


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The embedded data without any table or column that the code does not need; those stay that
    the rules of groups and notions look at."""
    folder = Path(shutil.copytree(EMBEDDED, tmp_path_factory.mktemp("older") / "data"))
    for dataset in {path.parent for path in folder.glob("*/datapackage.json")}:
        lacks = {}
        for path in dataset.glob("*.csv"):
            if path.stem not in COLUMNS:
                path.unlink()
                continue
            header = path.read_text("utf-8").partition("\n")[0].split(",")
            ruled = LOOKED_AT if path.stem == "countries" else ()
            lacks[path.stem] = [*{*header} - {*COLUMNS[path.stem], *ruled, "source_id"}]
            without(path, {*lacks[path.stem]})
        described(dataset, lacks, tuple(COLUMNS))
    return load(folder)


def asked() -> Iterator[str]:
    for view, options in OPTIONS.items():
        for at in range(max(map(len, options.values()))):
            told = "&".join(f"{k}={v[min(at, len(v) - 1)]}" for k, v in options.items())
            yield f"?view={view}&lang={LANGUAGES[at % 2]}&{told}"
        for at, chosen in enumerate(PLACES if view == "territory" else CHOSEN):
            yield f"?view={view}&lang={LANGUAGES[at % 2]}&{chosen}"


def test_without_what_it_does_not_need_every_view_is_there(bare: World):
    assert "other_names" not in bare.table("places")
    app.create_app(bare)
    words, period = vocabulary(bare, "fr"), layout.period(bare)
    seen = set()
    for query in asked():
        _, _, told = rendered(bare, query, None, words, period)
        assert "class" in told
        seen.add(parse_qs(query[1:])["view"][0])
    assert seen == set(OPTIONS)


def test_without_it_lists_and_searches_are_there(bare: World):
    for lang in LANGUAGES:
        layout.page(bare, lang)
        for row in FILTERS:
            if row.search:
                assert all(label for _, label in found(bare, row.name, "a", lang))
    assert "admin1:SN-DK" in places_of(bare).search("dakar", ("admin1",))


@pytest.mark.parametrize("form", ["csv", "html"])
def test_without_it_every_view_is_exported(form: str, bare: World):
    words = vocabulary(bare, "fr")
    for view in OPTIONS:
        for query in ("", "partner=country:MLI&lang=en&rows=shown"):
            assert export(bare, view, form, query, words).content


def test_without_it_files_can_be_brought(bare: World):
    """What matches the names of a file stands on the same tables."""
    assert names_of(bare)["mali"] == "country:MLI"
    assert french(bare).codes["93066"] == "commune:93066"
    assert unit_codes(bare)["SN-DK"] == "admin1:SN-DK"
    assert units(bare)["country:SEN"]


def test_a_server_of_older_data_says_what_they_lack(copied: Path):
    without(copied / "links" / "links.csv", {"confidence"})
    described(copied / "links", {"links": ["confidence"]})
    server, _ = app.served([copied / "links"], "fr")
    client = server.test_client()
    said = "links/links.csv:1: columns confidence are missing"
    for address in ("/", "/health", "/ready", "/export/flows.csv"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert said in (answer.json["reason"] if answer.is_json else answer.text)


def test_columns_of_later_are_no_fault(copied: Path):
    """Data newer than the code say more than it reads."""
    path = copied / "links" / "links.csv"
    rows = path.read_text("utf-8").rstrip("\n").split("\n")
    path.write_text("\n".join([f"{rows[0]},later", *(f"{r},x" for r in rows[1:])]) + "\n", "utf-8")
    assert list(load(copied).table("links")["later"]) == ["x"] * (len(rows) - 1)
