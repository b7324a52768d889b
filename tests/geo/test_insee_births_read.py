"""INSEE's tables by country of birth: cells added up by country, and countries across."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from geo.ingest.imported import Imported
from geo.ingest.kinds import KINDS
from geo.ingest.mapping import Reading
from geo.ingest.reading import read
from geo.ingest.sources import laid_out, proposed
from geo.world import World

pytestmark = pytest.mark.usefixtures("read_once")

CELLS = list(product(("1", "2"), ("00", "15", "25", "55")))


def taken(path: Path, world: World) -> tuple[Imported, Reading]:
    table, reading = proposed(read(path), path.name)
    assert laid_out(read(path), reading).rows.equals(table.rows)
    return KINDS["vectors"].imported(world, table, reading, "INSEE"), reading


def lines(path: Path, header: str, *held: str) -> Path:
    path.write_text("\n".join([header, *held]) + "\n", "utf-8")
    return path


def births(*countries: tuple[str, float], code: str = "35238") -> list[str]:
    """A line for each country, sex and age, each of so many people."""
    return [f"COM;{code};Rennes;{sex};{age};{country};{n}"
            for country, n in countries for sex, age in CELLS]  # fmt: skip


HEADER = "NIVGEO;CODGEO;LIBGEO;SEXE;AGE4;PAYS_NAISSANCE;NB"


@pytest.mark.parametrize(
    ("file", "definition"),
    [
        ("immigres_par_pays_de_naissance_2021.csv", "immigrants"),
        ("population_pays_de_naissance_2021.csv", "born_abroad"),
    ],
)
def test_cells_are_added_up_by_country_of_birth(
    file: str, definition: str, tmp_path: Path, world: World
):
    held = births(("Maroc", 100.5), ("Algérie", 10), ("Autres pays d'Afrique", 3))
    made, reading = taken(lines(tmp_path / file, HEADER, *held), world)
    assert reading.source == "insee_births"
    rows = made.tables["figures"].set_index("origin_id")
    assert rows["value"].to_dict() == {"country:MAR": "804", "country:DZA": "80"}
    assert {*rows["place_id"]} == {"commune:35238"}
    assert {*rows["definition"]} == {definition}
    assert {*rows["year"]} == {"2021"}
    assert rows.loc["country:DZA", "note_fr"].startswith("moins de 200 : ")
    assert made.refused["reason"].tolist() == ["group_of_countries"]
    assert len(made.judged) == 3


def test_what_the_file_does_not_say_is_not_guessed(tmp_path: Path, world: World):
    made, reading = taken(lines(tmp_path / "TD_2021.csv", HEADER, *births(("Mali", 1))), world)
    assert "definition" not in reading.constants
    assert not len(made.tables["figures"])
    assert made.tables["vectors"]["indicator"].tolist() == ["immigrants_by_origin"]


def test_only_immigrants_count_where_they_are_told_apart(tmp_path: Path, world: World):
    held = [f"35238;{immi};{sex};{age};Tunisie;{n}"
            for immi, n in (("1", 5), ("2", 1000)) for sex, age in CELLS]  # fmt: skip
    path = lines(tmp_path / "TD_2020.csv", "CODGEO;IMMI;SEXE;AGEQ;PNAI;NB", *held)
    made, reading = taken(path, world)
    assert reading.constants["definition"] == "immigrants"
    assert made.tables["figures"]["value"].tolist() == ["40"]
    assert made.refused["reason"].tolist() == ["other_population"]


def test_codes_that_are_no_countries_are_told_once_a_commune(tmp_path: Path, world: World):
    held = [f"35238;{sex};{code};7" for sex in "12" for code in ("01", "02")]
    made, _ = taken(lines(tmp_path / "TD_2020.csv", "CODGEO;SEXE;PNAI12;NB", *held), world)
    assert made.refused["reason"].tolist() == ["unknown_country"] * 2


def test_tables_of_adults_or_of_other_things_are_none(tmp_path: Path):
    adults = [line for line in births(("Mali", 1)) if ";00;" not in line]
    path = lines(tmp_path / "TD_2021.csv", HEADER, *adults)
    assert proposed(read(path), path.name)[1].source == ""
    other = lines(tmp_path / "TD_2021.csv", "CODGEO;SEXE;DIPL;NB", "35238;1;A;5", "35238;2;B;5")
    assert proposed(read(other), other.name)[1].source == ""


def test_a_column_a_country_is_unfolded(tmp_path: Path, world: World):
    path = lines(
        tmp_path / "immigres_pays_naissance_dep_2021.csv",
        "Immigrés selon le pays de naissance par département en 2021;;;;;;",
        "Champ : France hors Mayotte;;;;;;",
        ";;;;;;",
        "Code département;Département;Espagne;Turquie;Tunisie;Autres pays de l'UE27;Ensemble",
        "01;Ain;1 234;2 900;;4 000;8 134",
        "974;La Réunion;50;20;;;70",
        "Source : Insee, recensement de la population 2021;;;;;;",
    )
    made, reading = taken(path, world)
    assert reading.constants["definition"] == "immigrants"
    rows = made.tables["figures"]
    assert rows[["place_id", "origin_id", "value"]].to_numpy().tolist() == [
        ["departement:01", "country:ESP", "1234"],
        ["departement:01", "country:TUR", "2900"],
        ["departement:974", "country:ESP", "50"],
        ["departement:974", "country:TUR", "20"],
    ]
    counts = made.refused["reason"].value_counts().to_dict()
    assert counts == {"no_value": 8, "group_of_countries": 3}
