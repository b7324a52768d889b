"""Columns of tables of links by their names, and which of them name a person."""

from __future__ import annotations

import pytest

from geo.ingest.columns import personal, proposed_link, words_of

WIKIDATA = (
    "origincityLabel", "origincountry", "originlat", "originlong", "originpopulation",
    "sistercityLabel", "destinationlat", "destinationlong", "destinationpopulation",
    "destination_countryLabel", "dist", "eu",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "words"),
    [("origincityLabel", ["origin", "city", "label"]), ("originlat", ["origin", "lat"]),
     ("destination_countryLabel", ["destination", "country", "label"]),
     ("Collectivité française", ["collectivite", "francaise"]), ("Code INSEE", ["code", "insee"]),
     ("N° SIREN", ["n", "siren"]), ("observations", ["observations"])],
)  # fmt: skip
def test_the_words_of_a_name(name: str, words: list[str]):
    assert words_of(name) == words


def test_the_columns_of_wikidata():
    assert proposed_link(WIKIDATA) == {
        "a_name": "origincityLabel", "a_country": "origincountry", "a_lat": "originlat",
        "a_lon": "originlong", "b_name": "sistercityLabel", "b_lat": "destinationlat",
        "b_lon": "destinationlong", "b_country": "destination_countryLabel",
    }  # fmt: skip


def test_french_columns_without_a_side():
    found = proposed_link([
        "Collectivité française", "Département", "Pays", "Collectivité partenaire", "Thématiques",
        "Date de début", "Statut",
    ])  # fmt: skip
    assert found == {
        "a_name": "Collectivité française", "a_departement": "Département", "b_country": "Pays",
        "b_name": "Collectivité partenaire", "themes": "Thématiques",
        "start_year": "Date de début", "status": "Statut",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["CODE_INSEE", "code insee", "Code Insee", "code-insee"])
def test_case_accents_and_joints_do_not_count(name: str):
    assert proposed_link([name, "Partenaire"])["a_code"] == name


def test_no_column_has_two_roles():
    for names in (WIKIDATA, ["a", "b"], ["source", "target"], ["commune", "commune partenaire"]):
        found = proposed_link(names)
        assert len(set(found.values())) == len(found)
        assert set(found.values()) <= set(names)


def test_persons_are_found_by_name_and_by_what_cells_hold():
    held = {
        "Nom de l'élu": ["X"], "Courriel": [""], "Contact": [], "Commune": ["Lyon", "Dole"],
        "Divers": ["a.b@mairie.example", "c@d.example", ""], "Joindre": ["01 02 03 04 05"],
        "Note": ["voir a@b.example", "", "rien", "rien", "rien"],
    }  # fmt: skip
    assert personal(held) == ["Nom de l'élu", "Courriel", "Contact", "Divers", "Joindre"]
