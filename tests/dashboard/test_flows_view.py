"""Flows: the right links, corridors and shades, at a scale that does not move."""

from __future__ import annotations

from collections import Counter

import drawn
import pytest
from drawn import Facts, Show

from dashboard.figures.theme import colour, pale
from dashboard.state import LANGUAGES

MALI, BRETAGNE = ("country:MLI",), ("region:53",)


@pytest.fixture(scope="module")
def country_of(facts: Facts) -> dict[str, str]:
    """The country of each partner, read from the files."""
    known = {row["place_id"]: row["country_id"] for row in facts("links/places")}
    known |= {row["admin1_id"]: row["country_id"] for row in facts("reference/admin1")}
    return known | {row["country_id"]: row["country_id"] for row in facts("reference/countries")}


@pytest.fixture(scope="module")
def links_by_country(facts: Facts, country_of: dict[str, str]) -> Counter[str]:
    return Counter(country_of[row["b_id"]] for row in facts("links/links"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_mali(lang: str, show: Show, links_by_country: Counter[str]):
    view = show(lang=lang, partner=MALI)
    assert links_by_country["country:MLI"] == 63
    assert view.told.key_figures[0].value == "63"
    assert view.told.sentence.startswith("63 ")
    assert "Mali" in view.told.sentence
    partners = view.told.rankings[0].lines
    assert [(x.value, x.amount, x.selected) for x in partners] == [("country:MLI", "63", True)]


def test_only_mali_stands_out_when_it_is_chosen(show: Show, links_by_country: Counter[str]):
    countries = drawn.area(show(partner=MALI).figure, "countries")
    others = set(countries["locations"]) & set(links_by_country) - {"country:MLI"}
    assert drawn.outlined(countries) == {"country:MLI"}
    assert drawn.faded(countries) == others
    assert drawn.colours(countries)["country:MLI"] == colour("under-5")


def test_countries_are_shaded_by_their_links(show: Show, links_by_country: Counter[str]):
    countries = drawn.area(show().figure, "countries")
    bounds = ((50, "under-5"), (25, "under-4"), (10, "under-3"), (5, "under-2"), (1, "under-1"))
    expected = {
        i: next((colour(c) for least, c in bounds if links_by_country[i] >= least), colour("land"))
        for i in countries["locations"]
    }
    assert drawn.colours(countries) == expected
    assert drawn.faded(countries) == set()


def test_a_shade_does_not_depend_on_the_choice(show: Show):
    """A country keeps its class when another is chosen, in the paler colour of that class."""
    before = drawn.colours(drawn.area(show().figure, "countries"))
    after = drawn.colours(drawn.area(show(partner=MALI).figure, "countries"))
    assert after["country:SEN"] == pale(before["country:SEN"])


def test_bretagne_stands_for_all_below_it(show: Show, facts: Facts):
    region = {r["departement_id"]: r["region_id"] for r in facts("reference/departements")}
    region |= {r["commune_id"]: region[r["departement_id"]] for r in facts("reference/communes")}
    region |= {r["epci_id"]: r["region_id"] for r in facts("reference/epci")}
    region |= {r["region_id"]: r["region_id"] for r in facts("reference/regions")}
    below = [row for row in facts("links/links") if region.get(row["a_id"]) == "region:53"]
    view = show(territory=BRETAGNE, level="collectivity")
    assert view.told.key_figures[0].value == str(len(below))
    assert view.told.key_figures[1].value == str(len({row["a_id"] for row in below}))
    assert {key.split("|")[0] for key in drawn.handles(view.figure)} == {r["a_id"] for r in below}
    regions = drawn.area(show(territory=BRETAGNE).figure, "regions")
    assert drawn.outlined(regions) == {"region:53"}


def test_a_departement_and_its_enlarged_copy_are_outlined(show: Show):
    figure = show(territory=("departement:93",), level="departement").figure
    outlined = drawn.outlined(drawn.area(figure, "departements"))
    assert outlined == {"departement:93", "departement:93@paris"}


def test_widths_keep_their_scale_from_one_filter_to_the_next(show: Show):
    whole, few = show().told.legend, show(partner=MALI, kind=("twinning",)).told.legend
    assert whole.groups[0] == few.groups[0]
    assert whole.groups[0][0] == "Corridors\xa0: liens (échelle fixe)"


def test_adaptive_widths_say_so(show: Show):
    title, strokes = show(width="adaptive", territory=("departement:93",)).told.legend.groups[0]
    assert title == "Corridors\xa0: liens (échelle adaptée)"
    assert strokes != show().told.legend.groups[0][1]


@pytest.mark.parametrize("top", [25, 100, 250, 500])
def test_what_is_drawn_and_the_rest_add_up(top: int, show: Show):
    view = show(level="collectivity", partner_level="place", top=top)
    corridors = len(view.told.table.rows)
    links = sorted((row[2] for row in view.told.table.rows), reverse=True)
    placed = len(drawn.handles(view.figure))
    assert placed <= top <= 500
    rest = f"les {corridors - top:_} autres comptent {sum(links[top:]):_} liens".replace(
        "_", "\u202f")  # fmt: skip
    assert any(note.startswith(f"{top} corridors") and rest in note for note in view.told.notes)


def test_the_25_largest_are_drawn(show: Show):
    view = show(top=25)
    largest = sorted(view.told.table.rows, key=lambda row: -row[2])[:25]
    assert len(drawn.handles(view.figure)) == 25
    assert sum(row[2] for row in view.told.table.rows) == 941
    smallest_drawn = min(row[2] for row in largest)
    assert all(row[2] <= smallest_drawn for row in view.told.table.rows[25:])


def test_nothing_is_left_to_tell_when_all_is_drawn(show: Show):
    assert not [n for n in show(partner=MALI).told.notes if "corridors sont tracés" in n]


def test_what_surrounds_a_choice_is_faded_not_removed(show: Show):
    lines = drawn.lines(show(partner=MALI).figure)
    faint = [t for t in lines if t["opacity"] < 0.2]
    strong = [t for t in lines if t["geo"] == "geo" and t["opacity"] > 0.5]
    assert len(faint) == 1
    assert faint[0]["lon"].count(None) > 11
    assert sum(t["lon"].count(None) for t in strong) == len(
        drawn.handles(show(partner=MALI).figure)
    )


def test_the_parts_by_stance_add_up_to_the_links(show: Show):
    parts = show(partner=("country:MLI", "country:SEN")).told.breakdown.parts
    counts = {p.value: int(p.amount.split(" · ")[0]) for p in parts}
    assert counts.keys() <= {
        "supportive", "restricted", "uninformed", "unclassified", "uncoded"}  # fmt: skip
    total = int(show(partner=("country:MLI", "country:SEN")).told.key_figures[0].value)
    assert sum(counts.values()) == total
    assert sum(p.share for p in parts) == pytest.approx(1)


def test_the_timeline_counts_the_dated_links(show: Show, facts: Facts, country_of: dict[str, str]):
    started = Counter(
        int(row["start_year"]) for row in facts("links/links")
        if country_of[row["b_id"]] == "country:MLI" and row["start_year"]
    )  # fmt: skip
    timeline = show(partner=MALI).told.timeline
    assert [year for year, height, _ in timeline.bars if height] == sorted(started)
    assert max(timeline.bars, key=lambda bar: bar[1])[0] in {
        year for year, n in started.items() if n == max(started.values())
    }
    assert f"{63 - sum(started.values())} liens" in timeline.note


def test_one_link(show: Show):
    view = show(partner=("country:ALB",))
    assert [f.value for f in view.told.key_figures] == ["1", "1", "1", "1"]
    assert view.told.sentence.startswith(
        "1 lien de coopération sur 941\xa0: 1 collectivité française"
    )
    assert view.told.sentence.count("1 partenaire dans 1 pays") == 1


def test_sources_are_those_of_the_links_shown(show: Show, facts: Facts):
    wikidata = "Wikidata, property P190"
    by_source = {row["source_id"]: row for row in facts("links/links")}
    assert set(by_source) == {"pages", "wikidata"}
    assert any(s.startswith(wikidata) for s in show().told.sources)
    ended = show(status=("ended",)).told
    used = {row["source_id"] for row in facts("links/links") if row["status"] == "ended"}
    assert used == {"pages"}
    assert not [s for s in ended.sources if s.startswith(wikidata)]


def test_an_empty_view_credits_no_links_and_no_stances(show: Show):
    sources = show(years=(1901, 1901)).told.sources
    assert all(s.startswith("Made with Natural Earth") for s in sources)


def test_a_link_without_a_place_at_a_level_is_counted_not_drawn(show: Show):
    view = show(partner_level="admin1")
    in_corridors = sum(row[2] for row in view.told.table.rows)
    assert any(f"{941 - in_corridors} lien" in note for note in view.told.notes)
