"""Tables of vectors read into the atlas: long or wide, of French territories or of countries."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.__main__ import main
from geo.diaspora import figures_of
from geo.ingest.figures import BY_ORIGIN
from geo.ingest.grid import RawTable
from geo.ingest.imported import Imported
from geo.ingest.kinds import propose
from geo.ingest.mapping import Reading
from geo.ingest.vectors import imported
from geo.load import EMBEDDED, load
from geo.vectors import vectors_of
from geo.world import World

pytestmark = pytest.mark.usefixtures("read_once")


def table(rows: list[list[str]], columns: list[str], **described: str) -> RawTable:
    return RawTable(pd.DataFrame(rows, columns=columns, dtype="str"), 2, described)


def outcomes(made: Imported) -> list[tuple[str, str]]:
    return list(zip(made.judged["outcome"], made.judged["reason"], strict=True))


def read(world: World, raw: RawTable, file: str) -> Imported:
    return imported(world, raw, propose(raw, file, "vectors"), "A file")


def test_people_of_an_origin_in_a_departement_join_the_diasporas(world: World):
    raw = table(
        [["35", "Ille-et-Vilaine", "Mali", "2019", "1 234"], ["35", "Ille-et-Vilaine", "", "1921",
                                                              "30000"],
         ["99", "Nulle part", "Mali", "2019", "3"], ["29", "Finistère", "Mali", "2019", "n.d."],
         ["29", "Finistère", "Afrique", "2019", "50"], ["29", "Finistère", "Mali", "l'an 9", "5"],
         ["29", "Finistère", "Mali", "2018", "beaucoup"]],
        ["Code département", "Département", "Pays de naissance", "Année", "Immigrés"],
    )  # fmt: skip
    reading = propose(raw, "immigres.csv", "vectors")
    reading = Reading(**{**vars(reading), "columns": {**reading.columns, "value": "Immigrés"}})
    made = imported(world, raw, reading, "A file")
    assert outcomes(made) == [
        ("kept", ""), ("kept", ""), ("refused", "unknown_name"), ("refused", "no_value"),
        ("refused", "group_of_countries"), ("refused", "unreadable_year"),
        ("refused", "not_a_number"),
    ]  # fmt: skip
    assert made.tables["figures"][["place_id", "origin_id", "definition", "value"]].values.tolist(
    ) == [["departement:35", "country:MLI", "immigrants", "1234"],
          ["departement:35", "origin:all", "immigrants", "30000"]]  # fmt: skip


def test_a_code_of_two_characters_is_of_the_level_that_its_column_says(world: World):
    rows = [["11", "Aude", "5"], ["24", "Dordogne", "6"]]
    raw = table([[*row, "consulates", "consulate", "2020"] for row in rows],
                ["Code département", "Nom", "Nombre", "Unité", "Vecteur", "Année"])  # fmt: skip
    made = read(world, raw, "x.csv")
    assert made.tables["vectors"]["place_id"].tolist() == ["departement:11", "departement:24"]


def test_columns_called_by_years_are_figures_each(world: World):
    raw = table([["Mali", "10", "12"], ["Sénégal", "..", "7"]], ["Pays", "1990", "2000"])
    made = read(world, raw, "remittances, million USD.csv")
    reading = propose(raw, "remittances.csv", "vectors")
    assert (list(reading.across), reading.across_is) == (["1990", "2000"], "year")
    made = imported(world, raw, Reading(**{**vars(reading), "constants": {
        "vector": "remittances", "unit": "million USD", "indicator": "x"}}), "A file")  # fmt: skip
    told = made.tables["vectors"][["place_id", "year", "value"]].values.tolist()
    assert told == [["country:MLI", "1990", "10"], ["country:MLI", "2000", "12"],
                    ["country:SEN", "2000", "7"]]  # fmt: skip
    assert made.refused[["line", "reason"]].values.tolist() == [[3, "no_value"]]


def test_columns_called_by_countries_are_figures_each(world: World):
    names = ["Mali", "Sénégal", "Togo", "Bénin", "Niger", "Total"]
    raw = table([["France", "2019", "1", "2", "3", "4", "0", "10"]], ["Dest", "Year", *names])
    made = read(world, raw, "migrants.csv")
    assert len(made.outcomes) == 6
    told = made.tables["vectors"]
    assert told["counterpart_id"].tolist() == [
        f"country:{code}" for code in ("MLI", "SEN", "TGO", "BEN", "NER")
    ]
    assert set(told["place_id"]) == {"country:FRA"}
    assert set(told["indicator"]) == {BY_ORIGIN}
    assert made.refused["reason"].tolist() == ["group_of_countries"]


def test_what_would_be_counted_twice_is_not_taken(world: World):
    columns = ["place_code", "counterpart_code", "vector", "unit", "year", "value"]
    raw = table([
        ["35238", "MLI", "consulate", "consulates", "2001", "1"],
        ["35238", "MLI", "consulate", "consulates", "2001", "1"],
        ["35238", "", "consulate", "consulates", "2001", "4"],
        ["29019", "SEN", "consulate", "consulates", "2001", "1"],
        ["29019", "SEN", "consulate", "consulates", "2001", "2"],
    ], columns)  # fmt: skip
    made = read(world, raw, "x.csv")
    assert outcomes(made) == [
        ("kept", ""), ("refused", "repeated_in_the_file"), ("refused", "total_and_parts"),
        ("refused", "several_values"), ("refused", "several_values"),
    ]  # fmt: skip


def test_a_figure_of_the_atlas_is_not_told_twice(world: World):
    own = world.table("figures")
    own = own[(own["measure"] == "number") & own["place_id"].str.startswith("departement:")
              & own["origin_id"].str.startswith("country:")].iloc[0]  # fmt: skip
    cells = [own["place_id"], own["origin_id"], own["definition"], "people", str(own["year"])]
    raw = table([[*cells, f"{own['value']:.0f}", "diaspora"],
                 [*cells, f"{own['value'] + 1:.0f}", "diaspora"]][:1],
                ["place_code", "counterpart_code", "definition", "unit", "year", "value",
                 "vector"])  # fmt: skip
    assert outcomes(read(world, raw, "x.csv")) == [("refused", "already_in_the_atlas")]
    raw.rows["value"] = f"{own['value'] + 1:.0f}"
    assert outcomes(read(world, raw, "x.csv")) == [("refused", "differs_from_the_atlas")]


def test_of_two_names_of_one_country_the_group_is_the_group(world: World):
    both = ["Micronesia", "Micronesia (Fed. States of)", "Mali", "Togo", "Niger"]
    raw = table([[name, "2019", "remittances", "million USD", "x", "5"] for name in both],
                ["Pays", "Année", "vector", "unit", "indicator", "value"])  # fmt: skip
    made = read(world, raw, "x.csv")
    assert made.judged["reason"].tolist() == ["group_of_countries", "", "", "", ""]
    alone = read(world, table(raw.rows.iloc[[0, 2, 3, 4]].values.tolist(), list(raw.rows)), "x.csv")
    assert alone.judged["reason"].tolist() == ["", "", "", ""]


def test_the_command_says_what_the_mapping_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "x.csv"
    path.write_text("Commune;Année\nRennes;2001\n", "utf-8")
    out = ["--as", "vectors", "--accept", "--out", str(tmp_path / "out")]
    assert main(["ingest", str(path), *out]) == 1
    told = capsys.readouterr().err
    for word in ("figures (value)", "says the vector", "says the unit", "Commune, Année"):
        assert word in told
    assert not (tmp_path / "out").exists()


def test_the_atlas_stands_on_what_was_brought(tmp_path: Path, world: World):
    path = tmp_path / "etrangers.csv"
    path.write_text("Code commune;Nationalité;Année;Étrangers\n35238;Mali;2020;812\n"
                    "31555;Mali;2020;77\n", "utf-8")  # fmt: skip
    mapping = tmp_path / "m.json"
    mapping.write_text('{"kind": "vectors", "columns": {"place_code": "Code commune", '
                       '"counterpart_name": "Nationalité", "year": "Année", "value": "Étrangers"}, '
                       '"constants": {"vector": "diaspora", "definition": "foreigners", '
                       '"unit": "people"}}', "utf-8")  # fmt: skip
    out = tmp_path / "out"
    assert main(["ingest", str(path), "--mapping", str(mapping), "--out", str(out)]) == 0
    assert main(["check", "--no-progress", str(out)]) == 0
    larger = load(EMBEDDED, out)
    figures = figures_of(larger).frame
    rennes = figures[figures["place_id"] == "commune:35238"]
    assert rennes[["origin_id", "value"]].astype(object).values.tolist() == [["country:MLI", 812.0]]
    assert len(vectors_of(larger).table) == len(vectors_of(world).table) + 2


def test_a_number_that_the_atlas_only_estimates_takes_the_estimate_s_place(
    tmp_path: Path, world: World
):
    known = figures_of(world).frame
    asked = (known["definition"] == "foreigners") & (known["measure"] == "number")
    estimated = known[asked & known["estimate"] & (known["origin_id"] == "origin:all")].iloc[0]
    place, year = str(estimated["place_id"]), int(estimated["year"])
    path, out = tmp_path / "etrangers.csv", tmp_path / "out"
    path.write_text("place_code;year;value;definition;vector;unit\n"
                    f"{place};{year};77;foreigners;diaspora;people\n", "utf-8")  # fmt: skip
    assert main(["ingest", str(path), "--accept", "--out", str(out)]) == 0
    larger = figures_of(load(EMBEDDED, out)).frame
    held = larger[(larger["definition"] == "foreigners") & (larger["measure"] == "number")]
    held = held[(held["place_id"] == place) & (held["year"] == year)]
    assert held[held["origin_id"] == "origin:all"]["value"].tolist() == [77]


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(*[st.one_of(
    st.sampled_from(["Mali", "Rennes", "35238", "2019", "", "1 234,5", "diaspora", "people", "-"]),
    st.text(max_size=10))] * 6), max_size=8), wide=st.booleans())  # fmt: skip
def test_every_row_read_has_one_outcome(world: World, rows: list[tuple[str, ...]], wide: bool):
    columns = ["place", "2001", "year", "2002", "vector", "unit"]
    raw = table([list(row) for row in rows], columns)
    roles = {"place_name": "place", "vector": "vector", "unit": "unit"}
    reading = Reading("vectors", {**roles, "value": "2001", "counterpart_name": "2002"})
    if wide:
        reading = Reading("vectors", roles, across=["2001", "2002"], across_is="year")
    made = imported(world, raw, reading, "x")
    assert len(made.outcomes) == len(rows) * (2 if wide else 1)
    assert set(made.outcomes) <= {"kept", "doubtful", "refused"}
    kept = int((made.outcomes == "kept").sum())
    assert kept == sum(len(made.tables[name]) for name in ("vectors", "figures"))
    assert kept + len(made.refused) + len(made.doubtful) == len(made.outcomes)
    assert made.refused["reason"].astype(bool).all()
