"""The atlas enlarged with a person's own links: every view and its export stand on them."""

from __future__ import annotations

import pytest

from dashboard.exports import export
from dashboard.filters import vocabulary
from dashboard.layout import period
from dashboard.rendering import rendered
from dashboard.state import VIEWS
from geo.__main__ import main
from geo.load import EMBEDDED, load
from geo.world import World

ROWS = """Commune;Pays;Partenaire;Lat partenaire;Lon partenaire;Type;Année
Ville de Paris;Allemagne;Cologne;50,94;6,96;Jumelage;1987
Ville de Marseille;;Un lieu sans nom connu;52,1;5,1;Jumelage;
Région Bretagne;Japon;Kyoto;;;Accord;2001
"""


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The embedded data and three links of a file."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.csv").write_text(ROWS, encoding="cp1252")
    out = folder / "out"
    assert main(["ingest", str(folder / "own.csv"), "--accept", "--out", str(out)]) == 0
    return load(EMBEDDED, out)


def test_a_place_that_only_a_point_tells_has_its_country(larger: World):
    places = larger.table("places").set_index("place_id")
    own = places[places["source_id"] == "links-own/file"]
    assert sorted(own["country_id"]) == ["country:DEU", "country:JPN", "country:NLD"]


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_shows_the_enlarged_data(view: str, larger: World):
    words = vocabulary(larger, "fr")
    query = f"?view={view}&lang=en"
    assert rendered(larger, query, None, words, period(larger), ())
    assert export(larger, view, "csv", query, words).content


def test_the_links_are_there_with_their_source(larger: World):
    made = export(larger, "flows", "csv", "partner=country:DEU", vocabulary(larger, "fr"))
    text = made.content.decode("utf-8")
    assert "Cologne" in text or "Köln" in text
    assert "own" in text
