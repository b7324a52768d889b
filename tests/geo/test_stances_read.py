"""Tables of what States do, and of who belongs to networks, read into the atlas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.__main__ import main
from geo.ingest import memberships, stances
from geo.ingest.grid import RawTable
from geo.ingest.kinds import propose
from geo.load import EMBEDDED, load
from geo.networks import networks_of
from geo.stances import cells_of, stances_of
from geo.world import World

pytestmark = pytest.mark.usefixtures("read_once")

CRITERIA = """Pays;Base légale;Autorisation préalable;Financement de l'État;Source;URL
Mali;oui;non;partiel;Loi X;https://example.org/x
Atlantide;oui;oui;oui;Y;
Allemagne;peut-être;;n.d.;Z;
Bhoutan;oui;non;inconnu;W;
"""
MEMBERS = """Réseau,Membre,Pays,Adhésion,Courriel
Eurocities,Bergerac,France,2005,a@b.example
Eurocitees,Rennes,France,2005,a@b.example
Réseau des villes d'essai,Bamako,Mali,2011,
Réseau des villes d'essai,Saint-Denis,France,2011,
,Rennes,France,2001,
"""


def table(text: str, delimiter: str) -> RawTable:
    head, *rows = (line.split(delimiter) for line in text.splitlines())
    return RawTable(pd.DataFrame(rows, columns=head, dtype="str"), 2, {})


def test_columns_called_by_criteria_are_values_each(world: World):
    raw = table(CRITERIA, ";")
    reading = propose(raw, "etats.csv")
    assert reading.kind == "stances"
    made = stances.imported(world, raw, reading, "A file")
    assert len(made.outcomes) == 12
    reasons = made.refused.groupby("line")["reason"].apply(sorted).to_dict()
    assert reasons[3] == ["unknown_country"] * 3
    assert reasons[4] == ["no_value", "no_value", "unknown_value"]
    kept = made.tables["criteria"].set_index(["country_id", "criterion"])["value"].to_dict()
    assert kept["country:BTN", "legal_basis"] == "yes"
    assert kept["country:BTN", "state_funding"] == "unknown"
    assert made.tables["states"]["country_id"].tolist() == ["country:BTN"]
    assert set(made.tables["criteria"]["grade"]) == {"C"}


def test_a_value_brought_takes_the_place_of_the_atlas_s_and_says_so(tmp_path: Path, world: World):
    held = cells_of(world)[0]
    was = held.loc["country:MLI", "prior_authorisation"]
    value = "no" if was != "no" else "yes"
    path = tmp_path / "etats.csv"
    path.write_text("Pays;Critère;Valeur;Source\n"
                    f"Mali;prior_authorisation;{value};Loi X\n", "utf-8")  # fmt: skip
    out = tmp_path / "out"
    assert main(["ingest", str(path), "--accept", "--out", str(out)]) == 0
    assert main(["check", "--no-progress", str(out)]) == 0
    larger = load(EMBEDDED, out)
    assert cells_of(larger)[0].loc["country:MLI", "prior_authorisation"] == value
    assert len(larger.table("criteria")) == len(world.table("criteria"))
    assert len(stances_of(larger)) == len(stances_of(world))
    raw = table(path.read_text("utf-8"), ";")
    made = stances.imported(world, raw, propose(raw, "etats.csv"), "A file")
    expected = "replaces_the_atlas" if was != "unknown" else ""
    assert made.judged["reason"].tolist() == [expected]


def test_a_table_of_classes_is_told_to_give_criteria(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "classes.csv"
    path.write_text("Pays;Classe\nMali;soutien\n", "utf-8")
    asked = ["ingest", str(path), "--as", "stances", "--accept", "--out", str(tmp_path / "out")]
    assert main(asked) == 1
    assert "legal_basis" in capsys.readouterr().err


def test_members_join_the_networks_they_name(tmp_path: Path, world: World):
    path = tmp_path / "reseaux.csv"
    path.write_text(MEMBERS, "utf-8")
    out = tmp_path / "out"
    assert main(["ingest", str(path), "--accept", "--out", str(out)]) == 0
    assert main(["check", "--no-progress", str(out)]) == 0
    members = pd.read_csv(out / "members.csv", dtype=str, keep_default_na=False)
    assert members[["network_id", "place_id", "since_year"]].values.tolist() == [
        ["eurocities", "commune:24037", "2005"],
        ["reseau-des-villes-d-essai", "geonames:2460596", "2011"],
    ]
    doubtful = pd.read_csv(out / "doubtful.csv", dtype=str, keep_default_na=False)
    assert doubtful[["line", "reason", "candidates"]].values.tolist()[0] == [
        "3", "network_less_alike", "eurocities",
    ]  # fmt: skip
    assert doubtful["reason"].tolist() == ["network_less_alike", "homonyms"]
    assert all("example" not in file.read_text("utf-8") for file in out.iterdir())
    larger = load(EMBEDDED, out)
    networks = networks_of(larger)
    known = networks_of(world)
    assert networks["eurocities"].known == known["eurocities"].known + 1
    assert networks["reseau-des-villes-d-essai"].known == 1


def test_the_network_meant_is_decided_once(tmp_path: Path):
    path, first, second = (tmp_path / name for name in ("reseaux.csv", "first", "second"))
    path.write_text(MEMBERS, "utf-8")
    assert main(["ingest", str(path), "--accept", "--out", str(first)]) == 0
    doubtful = pd.read_csv(first / "doubtful.csv", dtype=str, keep_default_na=False)
    doubtful["decision"] = ["eurocities", "commune:93066"]
    doubtful.to_csv(first / "doubtful.csv", index=False)
    decided = ["--decisions", str(first / "doubtful.csv"), "--out", str(second)]
    assert main(["ingest", str(path), "--accept", *decided]) == 0
    members = pd.read_csv(second / "members.csv", dtype=str)
    assert set(members["place_id"]) >= {"commune:35238", "commune:93066"} - set(
        load(EMBEDDED).table("members").query("network_id == 'eurocities'")["place_id"]
    )


WORDS = st.one_of(st.sampled_from(["Mali", "Rennes", "Eurocities", "oui", "", "C40", "2001"]),
                  st.text(max_size=8))  # fmt: skip


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=8))
def test_every_row_read_has_one_outcome(world: World, rows: list[tuple[str, str, str]]):
    cells = [list(row) for row in rows]
    for module, columns in (
        (stances, ["Pays", "Critère", "Valeur"]), (memberships, ["Réseau", "Membre", "Pays"]),
    ):  # fmt: skip
        raw = RawTable(pd.DataFrame(cells, columns=columns, dtype="str"), 2, {})
        made = module.imported(world, raw, module.proposed(raw, "x.csv"), "x")
        counts = made.outcomes.value_counts()
        assert len(made.outcomes) == len(rows)
        assert set(counts.index) <= {"kept", "doubtful", "refused"}
        assert len(made.refused) == counts.get("refused", 0)
        assert len(made.doubtful) == counts.get("doubtful", 0)
        assert made.refused["reason"].astype(bool).all()
