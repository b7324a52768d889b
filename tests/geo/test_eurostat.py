"""Eurostat's people by country of birth or citizenship: SDMX-CSV, TSV, long tables of regions."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geo.__main__ import main
from geo.ingest.imported import Imported
from geo.ingest.kinds import KINDS
from geo.ingest.mapping import Reading
from geo.ingest.nuts import DEPARTEMENTS, OVERSEAS, REGIONS, territory
from geo.ingest.reading import read
from geo.ingest.sources import proposed
from geo.load import EMBEDDED, load
from geo.places import places_of
from geo.world import World

pytestmark = pytest.mark.usefixtures("read_once")

ONE = """DATAFLOW,LAST UPDATE,freq,c_birth,age,sex,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG
{0},20/06/25 23:00:00,A,DZ,TOTAL,T,NR,FRY5,2021,1000,
{0},20/06/25 23:00:00,A,FOR,TOTAL,T,NR,FRY5,2021,60000,b
{0},20/06/25 23:00:00,A,TOTAL,TOTAL,T,NR,FRY5,2021,250000,
{0},20/06/25 23:00:00,A,NAT,TOTAL,T,NR,FRY5,2021,190000,
{0},20/06/25 23:00:00,A,EU27_2020_FOR,TOTAL,T,NR,FRY5,2021,500,
{0},20/06/25 23:00:00,A,MF,TOTAL,T,NR,FRY5,2021,10,
{0},20/06/25 23:00:00,A,DZ,Y_LT15,T,NR,FRY5,2021,100,
{0},20/06/25 23:00:00,A,DZ,TOTAL,F,NR,FRY5,2021,450,
{0},20/06/25 23:00:00,A,DZ,TOTAL,T,PC,FRY5,2021,0.4,
{0},20/06/25 23:00:00,A,DZ,TOTAL,T,NR,FRY50,2021,1000,u
{0},20/06/25 23:00:00,A,DZ,TOTAL,T,NR,FRC1,2021,77,
{0},20/06/25 23:00:00,A,DZ,TOTAL,T,NR,FRZZ,2021,1,
{0},20/06/25 23:00:00,A,DZ,TOTAL,T,NR,ITC4,2021,9,
{0},20/06/25 23:00:00,A,DZ,TOTAL,T,NR,EU27_2020,2021,9,
{0},20/06/25 23:00:00,A,EL,TOTAL,T,NR,DE,2021,300000,e
{0},20/06/25 23:00:00,A,DE,TOTAL,T,NR,DE,2021,70000000,
{0},20/06/25 23:00:00,A,UK,TOTAL,T,NR,EL,2021,,c
{0},20/06/25 23:00:00,A,XK,TOTAL,T,NR,LU00,2021,3000,p
"""


def taken(path: Path, world: World) -> tuple[Imported, Reading]:
    table, reading = proposed(read(path), path.name)
    return KINDS["vectors"].imported(world, table, reading, "Eurostat"), reading


def vectors(made: Imported) -> dict[tuple[str, str, str], str]:
    rows = made.tables["vectors"]
    keys = zip(rows["place_id"], rows["counterpart_id"], rows["year"], strict=True)
    return dict(zip(keys, rows["value"], strict=True))


def figures(made: Imported) -> dict[tuple[str, str, str], str]:
    rows = made.tables["figures"]
    keys = zip(rows["place_id"], rows["origin_id"], rows["year"], strict=True)
    return dict(zip(keys, rows["value"], strict=True))


def test_sdmx_csv(tmp_path: Path, world: World):
    path = tmp_path / "estat.csv"
    path.write_text(ONE.format("ESTAT:CENS_21COB_R3(1.0)"), "utf-8")
    made, reading = taken(path, world)
    assert reading.source == "eurostat_observations"
    assert figures(made) == {
        ("region:06", "country:DZA", "2021"): "1000", ("region:06", "origin:all", "2021"): "60000",
        ("departement:976", "country:DZA", "2021"): "1000",
    }  # fmt: skip
    assert vectors(made) == {("country:DEU", "country:GRC", "2021"): "300000",
                             ("country:LUX", "country:XKX", "2021"): "3000"}  # fmt: skip
    assert made.judged["reason"].tolist() == [
        "", "", "whole_population", "own_country", "group_of_countries", "own_country",
        "not_a_total", "not_a_total", "other_unit", "", "former_region", "unknown_code",
        "region_without_a_name", "group_of_countries", "", "own_country", "no_value", "",
    ]  # fmt: skip
    rows = made.tables["vectors"].set_index("place_id")
    assert rows.loc["country:DEU", "estimate"] == "true"
    assert rows.loc["country:DEU", "note"] == "e: estimated"
    assert rows.loc["country:LUX", "estimate"] == "false"
    assert (made.tables["figures"]["definition"] == "born_abroad").all()
    assert made.tables["figures"]["note"].tolist() == ["", "b: break in time series",
                                                       "u: low reliability"]  # fmt: skip


def test_sdmx_csv_two_with_words_beside_codes(tmp_path: Path, world: World):
    path = tmp_path / "migr_pop1ctz_linear_2_0.csv"
    path.write_text(
        "STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,freq,Time frequency,citizen,Country of citizenship,"
        "age,Age class,sex,Sex,unit,Unit of measure,geo,Geopolitical entity (reporting),"
        "TIME_PERIOD,Time,OBS_VALUE,Observation value,OBS_FLAG,CONF_STATUS\n"
        + "".join(
            f"dataflow,ESTAT:MIGR_POP1CTZ(1.0),By citizenship,A,Annual,{code},{word},TOTAL,Total,"
            f"{sex},Total,NR,Number,{geo},{name},2020,,{value},,,\n"
            for code, word, sex, geo, name, value in (
                ("MA", "Morocco", "T", "FR", "France", 500000),
                ("MA", "Morocco", "M", "FR", "France", 260000),
                ("FOR", "Foreign country", "T", "AT13", "Wien", 600000),
                ("TR", "Türkiye", "T", "ITC4", "Lombardia", 5),
            )
        ),
        "utf-8",
    )
    made, reading = taken(path, world)
    assert reading.constants["definition"] == "foreigners"
    assert vectors(made) == {("country:FRA", "country:MAR", "2020"): "500000",
                             ("admin1:AT-9", "", "2020"): "600000"}  # fmt: skip
    assert made.judged["reason"].tolist() == ["", "not_a_total", "", "unknown_name"]


@pytest.mark.parametrize("years", [["2011", "2021"], [str(year) for year in range(2009, 2022)]])
def test_the_bulk_download(tmp_path: Path, world: World, years: list[str]):
    """Its columns are parted by tabs, those within the first by commas: with few years the commas
    are the more."""
    path = tmp_path / "estat_cens_21cob_r3.tsv"
    told = "\t".join([": "] * (len(years) - 2))
    told += "\t" if told else ""
    path.write_text(
        "freq,c_birth,age,sex,unit,geo\\TIME_PERIOD\t" + "\t".join(f"{y} " for y in years) + "\n"
        f"A,BT,TOTAL,T,NR,FRB06\t{told}123 b\t1234 \n"
        f"A,FOR,TOTAL,T,NR,PT\t{told}: c\t8.5e3 ep\n"
        f"A,DZ,TOTAL,M,NR,PT\t{told}1\t2\n",
        "utf-8",
    )
    made, reading = taken(path, world)
    assert reading.source == "eurostat_bulk"
    before = years[-2]
    assert figures(made) == {("departement:45", "country:BTN", before): "123",
                             ("departement:45", "country:BTN", "2021"): "1234"}  # fmt: skip
    assert vectors(made) == {("country:PRT", "", "2021"): "8500"}
    assert made.tables["vectors"]["note"].tolist() == ["e: estimated, p: provisional"]
    assert made.tables["vectors"]["estimate"].tolist() == ["true"]
    empty = 2 * (len(years) - 2) + 1
    assert made.judged["reason"].value_counts().to_dict() == {
        "": 3, "no_value": empty, "not_a_total": len(years)}  # fmt: skip
    assert made.refused["line"].tolist()[-1] == 4


@pytest.mark.parametrize("dataset", ["ESTAT:MIGR_IMM3CTB(1.0)", "ESTAT:CENS_21COBHS_R3(1.0)"])
def test_other_datasets_of_these_columns_are_none(tmp_path: Path, dataset: str):
    path = tmp_path / "estat.csv"
    path.write_text(ONE.format(dataset), "utf-8")
    assert proposed(read(path), path.name)[1].source == ""


def test_france_by_its_codes(world: World):
    """Every département has one NUTS 3, and is of the région of its NUTS 1 in the atlas."""
    found = {}
    for nuts2, codes in DEPARTEMENTS.items():
        for i, code in enumerate(codes.split(), 1):
            found[f"{nuts2}{i}"] = f"departement:{code}"
            nuts1 = places_of(world).value(f"departement:{code}", "region_id")
            assert nuts1 == f"region:{REGIONS[nuts2[:3]]}"
            assert territory(f"{nuts2}{i}").place_id == f"departement:{code}"
    overseas = {f"departement:{code}" for _, code in OVERSEAS.values()}
    atlas = {*world.table("departements")["departement_id"]}
    assert {place for place in atlas if len(place) == len("departement:01")} == {*found.values()}
    assert len(found) == 96
    assert overseas <= atlas
    for nuts2, (region, code) in OVERSEAS.items():
        assert territory(nuts2).place_id == f"region:{region}"
        assert places_of(world).value(f"departement:{code}", "region_id") == f"region:{region}"
    # A NUTS 2 is a région where it has all the départements of one.
    regions = world.table("departements").groupby("region_id")["departement_id"].agg(set)
    for nuts2, codes in DEPARTEMENTS.items():
        whole = regions[f"region:{REGIONS[nuts2[:3]]}"]
        same = whole == {f"departement:{code}" for code in codes.split()}
        assert bool(territory(nuts2).place_id) == same
        assert same or territory(nuts2).reason == "former_region"


REGION = {"level": "nuts2", "year": "2021", "unit": "personnes", "note": "25 premiers pays",
          "population_definition": "nés à l'étranger", "territory_country_iso3": "",
          "source_title": "Eurostat", "source_ref": "x", "licence": "CC BY 4.0"}  # fmt: skip


def test_long_tables_of_regions(tmp_path: Path, world: World):
    path = tmp_path / "regions.csv"
    rows = [
        ("FRY5", "Mayotte", "COM", "Comoros", "9"), ("FRE2", "Picardie", "DZA", "Algeria", "8"),
        ("BE35", "Prov. Namur", "DZA", "Algeria", "7"), ("EL43", "Κρήτη", "ALB", "Albania", "6"),
        ("CY00", "Κύπρος", "GRC", "Greece", "5"), ("FRH0", "Bretagne", "SPM", "St Pierre", "4"),
        ("DE11", "Stuttgart", "DEU", "Germany", "3"), ("DE11", "Stuttgart", "TUR", "Türkiye", "2"),
    ]  # fmt: skip
    columns = ["territory_code", "territory_name", "origin_iso3_or_group", "origin_label", "value"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*columns, *REGION])
        writer.writeheader()
        writer.writerows({**dict(zip(columns, row, strict=True)), **REGION} for row in rows)
    made, reading = taken(path, world)
    assert reading.source == "eurostat_regions"
    assert figures(made) == {("region:06", "country:COM", "2021"): "9"}
    assert vectors(made) == {
        ("admin1:BE-WNA", "country:DZA", "2021"): "7", ("admin1:GR-M", "country:ALB", "2021"): "6",
        ("country:CYP", "country:GRC", "2021"): "5",
    }  # fmt: skip
    assert made.judged["reason"].tolist() == [
        "", "former_region", "", "", "", "own_country", "own_country", "unknown_name"]  # fmt: skip


def test_it_is_one_command(tmp_path: Path):
    path = tmp_path / "estat.csv"
    path.write_text(ONE.format("ESTAT:CENS_21COB_R3(1.0)"), "utf-8")
    out = tmp_path / "out"
    assert main(["ingest", str(path), "--accept", "--out", str(out)]) == 0
    rows = load(EMBEDDED, out).table("figures")
    told = rows[(rows["place_id"] == "region:06") & (rows["origin_id"] == "country:DZA")]
    assert told["value"].tolist() == [1000]
    again = tmp_path / "again"
    mapping = str(out / "mapping.json")
    assert main(["ingest", str(path), "--mapping", mapping, "--out", str(again)]) == 0
    assert (again / "figures.csv").read_bytes() == (out / "figures.csv").read_bytes()


def test_the_regions_of_europe(real: Path, world: World):
    path = real / "flows" / "europe_nuts2_origines_eurostat_2021.csv"
    made, _ = taken(path, world)
    assert len(made.outcomes) == 12500
    reasons = made.judged["reason"].value_counts()
    # 16 NUTS 2 of France are régions that were; the 10 others are régions, which the atlas has.
    assert reasons["former_region"] == 16 * 50
    assert reasons["already_in_the_atlas"] > 200
    assert "differs_from_the_atlas" not in reasons
    with path.open(encoding="utf-8", newline="") as file:
        lines = [row for row in csv.DictReader(file) if row["unit"] == "personnes"]
    vienna = {row["origin_iso3_or_group"]: row["value"] for row in lines
              if row["territory_code"] == "AT13"}  # fmt: skip
    rows = made.tables["vectors"]
    here = rows[(rows["place_id"] == "admin1:AT-9") & (rows["unit"] == "personnes")]
    assert dict(zip(here["counterpart_id"].str[8:], here["value"], strict=True)) == vienna
