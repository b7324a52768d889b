"""Tables of links read into the atlas: every row has one outcome, and nothing is lost."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.__main__ import main
from geo.ingest.ends import METHODS
from geo.ingest.imported import Imported
from geo.ingest.kinds import propose
from geo.ingest.links import imported
from geo.ingest.mapping import Reading
from geo.ingest.reading import RawTable, read
from geo.load import EMBEDDED, load
from geo.places import places_of
from geo.world import World

pytestmark = pytest.mark.usefixtures("read_once")

COLUMNS = ["Collectivité française", "Pays", "Partenaire", "Type", "Année", "Courriel"]
ROWS = [
    ["Ville de Paris", "Allemagne", "Cologne", "Jumelage", "signé en 1987", "x@y.example"],
    ["Région Bretagne", "Mali", "Bamako", "Coopération décentralisée", "", ""],
    ["Saint-Denis", "Mali", "Bamako", "Jumelage", "", ""],
    ["Ville de Paris", "Atlantide", "Poseidonia", "Jumelage", "", ""],
    ["Nulle-Part-sur-Rien", "Mali", "Bamako", "Jumelage", "", ""],
    ["Ville de Paris", "Allemagne", "Köln", "jumelage", "1987", ""],
    ["Ville de Paris", "France", "Marseille", "Jumelage", "", ""],
    ["Ville de Paris", "Mali", "Bamako", "on ne sait", "", ""],
    ["Lyon; Ville de Paris", "Japon", "Kyoto", "Accord", "2001-05-04", "a@b.example"],
]
Read = Callable[..., Imported]


def table(rows: list[list[str]], columns: list[str] = COLUMNS) -> RawTable:
    return RawTable(pd.DataFrame(rows, columns=columns, dtype="str"), 2, {"format": "csv"})


@pytest.fixture(scope="module")
def made(world: World) -> Imported:
    raw = table(ROWS)
    return imported(world, raw, propose(raw, "coop.csv"), "A file")


def test_each_row_has_its_outcome_and_its_reason(made: Imported):
    assert made.outcomes.tolist() == [
        "kept", "kept", "doubtful", "refused", "refused", "refused", "refused", "refused", "kept",
    ]  # fmt: skip
    refused = dict(zip(made.refused["line"], made.refused["reason"], strict=True))
    assert refused == {
        5: "unknown_country", 6: "unknown_name", 7: "repeated_in_the_file",
        8: "both_ends_in_france", 9: "unknown_kind",
    }  # fmt: skip
    [doubt] = made.doubtful.to_dict("records")
    assert (doubt["line"], doubt["reason"]) == (4, "homonyms")
    assert doubt["end"] == "Saint-Denis | country:FRA"
    assert "commune:93066" in doubt["candidates"].split()


def test_a_row_left_out_keeps_its_cells(made: Imported):
    assert made.refused.loc[0, "Partenaire"] == "Poseidonia"


def test_the_links_are_those_of_the_file(made: Imported):
    told = made.tables["links"][["a_id", "b_id", "kind", "start_year"]].values.tolist()
    assert told == [
        ["commune:75056", "geonames:2886242", "twinning", "1987"],
        ["region:53", "geonames:2460596", "decentralised_cooperation", ""],
        ["commune:69123", "geonames:1857910", "agreement", "2001"],
        ["commune:75056", "geonames:1857910", "agreement", "2001"],
    ]
    assert made.tables["links"]["link_id"].is_unique


def test_a_link_that_the_atlas_has_is_not_told_twice(world: World):
    link = world.table("links").iloc[0]
    raw = table([[link["a_id"], link["b_id"], "twinning"]], ["a_code", "b_code", "kind"])
    partner = places_of(world).value(link["b_id"], "country_id")
    raw.rows["b_country"] = partner
    again = imported(world, raw, propose(raw, "x.csv"), "x")
    assert again.refused["reason"].tolist() == ["already_in_the_atlas"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "coop.csv"
    with path.open("w", encoding="utf-8", newline="") as held:
        csv.writer(held, delimiter=";").writerows([COLUMNS, *ROWS])
    return path


def test_the_command_writes_a_dataset_that_the_atlas_loads(file: Path, tmp_path: Path):
    out, said = tmp_path / "out", tmp_path / "report.json"
    assert main(["ingest", str(file), "--accept", "--out", str(out), "--report", str(said)]) == 0
    told = json.loads(said.read_text("utf-8"))
    assert told["rows_read"] == told["kept"] + told["doubtful"] + told["refused"] == 9
    assert told["added"] == {"places": 2, "links": 4}
    assert told["coverage"]["links"] == {"a_id": 3, "b_id": 3, "years": [1987, 2001]}
    assert told["scores"]["1"] == sum(told["scores"].values())
    assert told["dropped_columns"] == ["Courriel"]
    assert sum(told["refused_by_reason"].values()) == told["refused"] == 5
    for path in out.iterdir():
        assert "example" not in path.read_text("utf-8"), path.name
    larger = load(EMBEDDED, out)
    assert len(larger.table("links")) == 941 + 4
    assert "geonames:2886242" in places_of(larger)
    assert main(["check", str(out)]) in (0, 1)


def test_the_mapping_serves_again_and_may_be_corrected(file: Path, tmp_path: Path):
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["ingest", str(file), "--accept", "--out", str(first)]) == 0
    mapping = first / "mapping.json"
    again = ["ingest", str(file), "--mapping", str(mapping), "--out", str(second)]
    assert main(again) == 0
    assert (first / "links.csv").read_bytes() == (second / "links.csv").read_bytes()


def test_a_decision_is_taken_and_remembered(file: Path, tmp_path: Path):
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    assert main(["ingest", str(file), "--accept", "--out", str(first)]) == 0
    doubtful = pd.read_csv(first / "doubtful.csv", dtype=str, keep_default_na=False)
    doubtful["decision"] = "commune:93066"
    doubtful.to_csv(first / "doubtful.csv", index=False)
    decided = ["--decisions", str(first / "doubtful.csv"), "--out", str(second)]
    assert main(["ingest", str(file), "--accept", *decided]) == 0
    mapping = ["--mapping", str(second / "mapping.json"), "--out", str(third)]
    assert main(["ingest", str(file), *mapping]) == 0
    for out in (second, third):
        told = json.loads((out / "report.json").read_text("utf-8"))
        assert (told["kept"], told["doubtful"]) == (4, 0)
        assert told["matched_by"]["decision"] == 1
        assert "commune:93066" in (out / "links.csv").read_text("utf-8")


def test_a_decision_for_no_candidate_is_not_taken(world: World):
    raw = table(ROWS)
    reading = replace(propose(raw, "x.csv"), decisions={"Saint-Denis | country:FRA": "commune:1"})
    assert imported(world, raw, reading, "x").outcomes.tolist().count("doubtful") == 1


@pytest.mark.parametrize(
    ("held", "said"),
    [("{", "no mapping"), ('{"kind": "links", "columns": {"c_name": "Pays"}}', "role «c_name»"),
     ('{"kind": "links", "columns": {"a_name": "Nom"}}', "column «Nom»")],
)  # fmt: skip
def test_a_mapping_that_cannot_be_used_says_why(
    held: str, said: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    wrong = tmp_path / "wrong.json"
    wrong.write_text(held, "utf-8")
    out = tmp_path / "out"
    assert main(["ingest", str(file), "--mapping", str(wrong), "--out", str(out)]) == 1
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_a_file_without_what_it_takes_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "x.csv"
    path.write_text("source,target\nQ1,Q2\n", "utf-8")
    assert main(["ingest", str(path), "--accept", "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "French end" in told
    assert "partner" in told
    assert "source, target" in told


def test_nobody_agreed_nothing_is_written(file: Path, tmp_path: Path):
    assert main(["ingest", str(file), "--out", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(*[st.one_of(
    st.sampled_from(["Paris", "Mali", "Bamako", "Jumelage", "", "93066", "=1+1", "2.3"]),
    st.text(max_size=12))] * 6), max_size=8))  # fmt: skip
def test_every_row_read_has_one_outcome(world: World, rows: list[tuple[str, ...]]):
    raw = table([list(row) for row in rows])
    roles = {"a_name": COLUMNS[0], "b_country": COLUMNS[1], "b_name": COLUMNS[2],
             "kind": COLUMNS[3], "start_year": COLUMNS[4], "b_lat": COLUMNS[5]}  # fmt: skip
    made = imported(world, raw, Reading("links", roles), "x")
    assert len(made.outcomes) == len(rows)
    assert set(made.outcomes) <= {"kept", "doubtful", "refused"}
    counts = made.outcomes.value_counts()
    assert len(made.refused) == counts.get("refused", 0)
    assert len(made.doubtful) == counts.get("doubtful", 0)
    assert made.refused["reason"].astype(bool).all()
    assert len(made.tables["links"]) >= counts.get("kept", 0)


def test_the_twinnings_of_wikidata(real: Path, world: World):
    raw = read(real / "links" / "wikidata_twinnings_france.tsv")
    made = imported(world, raw, propose(raw, "wikidata_twinnings_france.tsv"), "Wikidata")
    assert len(made.outcomes) == 3869
    for side, least in (("french", 0.97), ("foreign", 0.95)):
        ways = made.matched_by[side]
        assert sum(n for way, n in ways.items() if way in METHODS) >= least * 3869
    points = made.tables["places"].set_index("place_id")[["lon", "lat"]].astype(float)
    kept = raw.rows.loc[made.outcomes[made.outcomes == "kept"].index]
    ends = made.tables["links"]["b_id"].reset_index(drop=True)
    given = kept[["destinationlong", "destinationlat"]].astype(float).reset_index(drop=True)
    known = ends.isin(points.index)
    found = points.loc[ends[known]]
    apart = Geod(ellps="WGS84").inv(
        given.loc[known, "destinationlong"], given.loc[known, "destinationlat"],
        found["lon"].to_numpy(), found["lat"].to_numpy(),
    )[2]  # fmt: skip
    assert known.mean() > 0.9
    assert max(apart) <= 30_000
