"""The atlas enlarged with tables of every kind: each view stands on them, and tells of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboard.catalogue import catalogue
from dashboard.downloads import content
from dashboard.exports import export
from dashboard.filters import vocabulary
from dashboard.layout import period
from dashboard.rendering import rendered
from dashboard.state import VIEWS
from dashboard.views.data_import import imports
from geo.__main__ import main
from geo.load import EMBEDDED, load
from geo.world import World

FILES = {
    "etats.csv": "Pays;Base légale;Autorisation préalable;Source\nBhoutan;oui;non;<b>Loi</b>\n",
    "reseaux.csv": "Réseau;Membre;Pays;Mail\nRéseau d'essai;Bamako;Mali;a@b.example\n"
                   "Réseau d'essai;Rennes;France;\nEurocitees;Rennes;France;\n",
    "transferts.csv": "Pays;Année;Transferts reçus;unit;vector;counterpart_code\n"
                      "Mali;2019;12,5;million USD;remittances;ESP\nAsie;2019;3;x;remittances;\n",
    "origines.csv": "Code commune;Pays de naissance;Année;Nombre d'immigrés\n35238;Mali;2020;812\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Four datasets, each of one file; the memberships of two editions."""
    folder = tmp_path_factory.mktemp("own")
    made = {}
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
        made[name] = folder / name.partition(".")[0]
        asked = ["ingest", str(folder / name), "--accept", "--out", str(made[name])]
        assert main(asked) == 0
    (folder / "reseaux.csv").write_text(FILES["reseaux.csv"].replace("Bamako", "Kayes"), "utf-8")
    assert main(["ingest", str(folder / "reseaux.csv"), "--accept", "--out",
                 str(made["reseaux.csv"])]) == 0  # fmt: skip
    return made


@pytest.fixture(scope="module")
def larger(folders: dict[str, Path]) -> World:
    """The embedded data with all of them."""
    return load(EMBEDDED, *folders.values())


def test_each_kind_is_told_by_the_columns(folders: dict[str, Path]):
    kinds = {name: json.loads((path / "report.json").read_text("utf-8"))["kind"]
             for name, path in folders.items()}  # fmt: skip
    assert list(kinds.values()) == ["stances", "memberships", "vectors", "vectors"]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("asked", ["", "&territory=region:53", "&partner=country:MLI"])
def test_every_view_shows_the_enlarged_data(view: str, asked: str, larger: World):
    words, query = vocabulary(larger, "fr"), f"view={view}&lang=en{asked}"
    _, _, told = rendered(larger, f"?{query}", None, words, period(larger), ())
    assert "<b>Loi" not in json.dumps(told)
    assert export(larger, view, "csv", query, words).content


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_says_what_became_of_each_file(lang: str, larger: World):
    words = catalogue(lang)
    folder = larger.datasets["memberships-reseaux"].folder
    grids = {grid.key: grid for grid in imports(folder, words)}
    rows = {cells[0].text: cells[1].text for cells in grids["import-rows"].rows}
    assert rows[words.say("upload.count.rows_read")] == "3"
    assert rows[words.say("upload.count.kept")] == "2"
    assert rows[words.say("upload.count.doubtful")] == "1"
    assert grids["import-rows"].note.endswith("Mail")
    covered = {cells[0].text: cells[1].text for cells in grids["import-covered"].rows}
    members = words.say("upload.table.members")
    assert covered[f"{members} – {words.say('upload.covers.place_id')}"] == "2"
    [left] = grids["import-left"].rows
    assert words.say("upload.reason.network_less_alike") in left[0].text
    changes = {cells[0].text.partition(" – ")[2]: cells[1].text
               for cells in grids["import-changes"].rows}  # fmt: skip
    assert changes == {words.say("upload.change.added"): "1", words.say("upload.change.gone"): "1"}
    assert imports(larger.datasets["links"].folder, words) == ()


def test_what_was_left_out_can_be_had(larger: World):
    held = content(larger, "memberships-reseaux", "doubtful.csv")
    assert held is not None
    assert b"Eurocitees" in held
    assert b"example" not in held
    assert content(larger, "links", "report.json") is None
    assert content(larger, "memberships-reseaux", "../reseaux.csv") is None
