"""Each question of the README is answered at its address: the page is opened and read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

README = Path(__file__).resolve().parents[2] / "README.md"
ROW = re.compile(r"^\| ([SQ]\d+) \| .+ \| `(\?[^`]*)` \|$", re.M)
ADDRESSES = dict(ROW.findall(README.read_text(encoding="utf-8")))

# What stands on the page: for each question, texts in elements of these ids.
ANSWERS = {
    "S1": {"breakdown": ["Coopération décentralisée au développement", "851"],
           "plain": ["5 000", "1 500", "700 – 1 000", "66,7 %", "40 %"]},
    "S2": {"beside": ["Liens commencés", "Liens terminés", "Liens en cours, connus",
                      "561 liens sans année de début"]},
    "S3": {"breakdown": ["référentiel déclaré", "Non déclaré", "941 · 100 %"]},
    "S4": {"sheet": ["Outils de soutien", "Base légale de l’action extérieure", "degré B"]},
    "S5": {"legend": ["Soutien (75 à 100)", "Non classé", "Pas de donnée"],
           "notes": ["Règle. Départ à 50", "non informé (0 à 20)"],
           "weights": ["Changer les poids de la règle"]},
    "S6": {"sentence": ["Consulats étrangers", "(stock, 2022", "(flux, 2023"],
           "ranking": ["Turquie≥ 6", "Afghanistan16 948"], "legend": ["dans le sens de la flèche"]},
    "S7": {"sentence": ["94 départements sur 109"], "ranking": ["Seine-Saint-Denis (93)"],
           "beside": ["Diversité des origines", "Poids, à changer", "15 écartés, non mis à zéro"]},
    "S8": {"title": ["Seine-Saint-Denis"], "beside": ["50", "Palestine", "Saint-Denis"]},
    "S9": {"breakdown": ["initiative déclarée", "Non déclaré"],
           "notes": ["Initiative du lien : mutuelle 0"]},
    "S10": {"beside": ["C40", "En croissance", "Membres en commun"]},
    "S11": {"legend": ["13 liens finissent en un lieu contesté", "Nations unies"]},
    "S12": {"beside": ["Premier congrès fondant une organisation mondiale de villes",
                       "compte rendu de l’atelier, lignes 12–16"]},
    "Q1": {"ranking": ["Une diaspora et aucune coopération", "Ariège (09)"],
           "beside": ["Aucune cause n’est établie"]},
    "Q2": {"sentence": ["38 liens", "Territoire : Bretagne", "posture de l’État : Restriction"],
           "ranking": ["Mali"]},
    "Q3": {"title": ["Saint-Denis (93)"],
           "beside": ["Les plus semblables, et avec qui ils travaillent", "Tours (37)"]},
}  # fmt: skip


def test_the_readme_asks_every_question():
    assert list(ADDRESSES) == [*(f"S{n}" for n in range(1, 13)), "Q1", "Q2", "Q3"]
    assert list(ANSWERS) == list(ADDRESSES)


@pytest.mark.parametrize("question", ANSWERS)
def test_the_address_answers(question: str, visit):
    visit.open(ADDRESSES[question])
    assert visit.page.locator("#notices .notice").count() == 0
    for element, texts in ANSWERS[question].items():
        told = " ".join(str(visit.page.text_content(f"#{element}")).split())
        told = told.replace("\u202f", " ").replace("\xa0", " ")
        for text in texts:
            assert text in told, f"{text!r} is not in #{element}: {told[:400]}"
