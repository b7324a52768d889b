"""States: the classes as coded, unclassified apart from uncoded, the rule and the texts."""

from __future__ import annotations

import csv
import io

import drawn
import pytest
import shapely
from drawn import Facts, Show

from dashboard import rendering, showing
from dashboard.catalogue import catalogue
from dashboard.exports import export
from dashboard.figures.theme import colour, pale
from dashboard.filters import BY_NAME
from dashboard.state import LANGUAGES, ViewState, Vocabulary, parse
from geo.stances import stances_of
from geo.world import World

MALI = ("country:MLI",)
CLASSES = {"supportive": 19, "restricted": 40, "uninformed": 1, "unclassified": 33}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_classes_as_coded(lang: str, show: Show):
    told, words = show("stances", lang=lang).told, catalogue(lang)
    figures = {f.label: f.value for f in told.key_figures}
    assert {c: figures[words.say(f"stance.{c}")] for c in CLASSES} == {
        c: str(n) for c, n in CLASSES.items()
    }
    assert {p.value: int(p.amount) for p in told.breakdown.parts} == CLASSES
    assert "93" in told.sentence
    assert "60" in told.sentence


def test_each_class_has_its_colour_and_uncoded_another(show: Show, world: World):
    area = drawn.area(show("stances").figure, "countries")
    stance = stances_of(world)["stance"]
    expected = {i: colour(stance.get(i, "nodata")) for i in area["locations"]}
    assert drawn.colours(area) == expected
    assert len({colour(c) for c in (*CLASSES, "nodata")}) == 5


def hatched(show: Show, world: World, **filters: object) -> set[str]:
    """The countries that the hatch lies on, by its points."""
    line = drawn.lines(show("stances", **filters).figure)[0]
    at = [(x, y) for x, y in zip(line["lon"], line["lat"], strict=True) if x is not None]
    strokes = shapely.linestrings([at[i : i + 2] for i in range(0, len(at), 2)])
    middles = shapely.line_interpolate_point(strokes, 0.5, normalized=True)
    layer = world.layer("countries_world")
    _, place = layer.sindex.query(middles[shapely.length(strokes) > 0.1], predicate="intersects")
    return set(layer["place_id"].iloc[place])


def test_the_hatch_is_on_unclassified_states_only(show: Show, world: World):
    stance = stances_of(world)["stance"]
    unclassified = set(stance.index[stance == "unclassified"])
    drawn_ones = set(world.layer("countries_world")["place_id"])
    on = hatched(show, world)
    assert on <= unclassified
    # States too small for a stroke of the hatch keep the grey alone.
    assert len(on) >= 0.8 * len(unclassified & drawn_ones)


def test_the_hatch_follows_the_filters(show: Show, world: World):
    assert hatched(show, world, subregion=("011",)) < hatched(show, world)
    lines = drawn.lines(show("stances", stance=("supportive",)).figure)
    assert lines[0]["lon"] == [None]


def test_what_the_filters_leave_out_is_paler(show: Show, world: World):
    area = drawn.area(show("stances", partner=MALI).figure, "countries")
    assert drawn.outlined(area) == {"country:MLI"}
    assert drawn.colours(area)["country:MLI"] == colour("restricted")
    coded = set(stances_of(world).index) & set(area["locations"])
    assert drawn.faded(area) == coded - {"country:MLI"}
    assert drawn.colours(area)["country:SEN"] == pale(colour(stances_of(world).at[
        "country:SEN", "stance"]))  # fmt: skip


def test_one_state_has_a_sheet_of_its_criteria(show: Show, facts: Facts):
    told = show("stances", partner=MALI).told
    cells = [row for row in facts("stances/criteria") if row["country_id"] == "country:MLI"]
    assert told.key_figures[0].value == "Restriction"
    assert told.sheet is not None
    assert len(told.sheet.lines) == len(cells) == 8
    assert {line.source for line in told.sheet.lines} == {row["source_title"] for row in cells}
    assert {line.value for line in told.sheet.lines} <= {"oui", "en partie", "non", "inconnu"}
    assert show("stances", partner=("country:MLI", "country:SEN")).told.sheet is None


def test_the_position_has_its_range(show: Show, world: World):
    row = stances_of(world).loc["country:MLI"]
    figure = show("stances", partner=MALI, lang="en").told.key_figures[1]
    assert figure.value == f"{row['position']:g}"
    assert figure.note == f"{row['position_min']:g} – {row['position_max']:g}"


def test_the_rule_is_printed_with_its_weights(show: Show, facts: Facts):
    rule = show("stances").told.notes[0]
    weighted = [row for row in facts("stances/rule") if float(row["weight"])]
    labels = [row["label_fr"] for row in weighted]
    assert all(label[0].lower() + label[1:] in rule for label in labels)
    assert all(f"{abs(float(row['weight'])):g}" in rule for row in weighted)


@pytest.mark.parametrize("measure", ["position", "confidence"])
def test_other_measures_keep_unclassified_and_uncoded_apart(measure: str, show: Show, world: World):
    view = show("stances", measure=measure)
    filled = drawn.colours(drawn.area(view.figure, "countries"))
    stance = stances_of(world)["stance"]
    for place, shade in filled.items():
        kind = stance.get(place, "nodata")
        special = {"nodata": colour("nodata"), "unclassified": colour("unclassified")}
        assert special.get(kind, shade) == shade
        assert kind in special or shade not in special.values()
    assert set(filled.values()) <= {s.colour for _, group in view.told.legend.groups for s in group}


def test_positions_are_in_their_class(show: Show, world: World):
    view = show("stances", measure="position")
    filled = drawn.colours(drawn.area(view.figure, "countries"))
    swatches = {s.colour: s.label for s in view.told.legend.groups[0][1]}
    for place, position in stances_of(world)["position"].dropna().items():
        if place in filled:
            low, high = map(int, swatches[filled[place]].split(" – "))
            assert low <= position <= high


def test_filters_on_links_keep_the_states_they_reach(show: Show, facts: Facts):
    told = show("stances", territory=("departement:93",)).told
    places = {row["place_id"]: row["country_id"] for row in facts("links/places")}
    kept = {key for (key,) in told.table.keys}
    assert kept <= set(places.values())
    assert told.rankings[0].title == "États partenaires, par nombre de liens"
    assert all(row[6] > 0 for row in told.table.rows)
    flows = show("flows", territory=("departement:93",), partner_level="country").told
    assert kept <= {dest for _, dest in flows.table.keys}


def test_sources_are_those_of_the_states_kept(show: Show, world: World, facts: Facts):
    used = {r["source_id"] for r in facts("stances/criteria") if r["country_id"] == "country:MLI"}
    told = " ".join(show("stances", partner=MALI).told.sources)
    for key, source in world.sources.items():
        if key.startswith("stances/"):
            assert (source.citation in told) is (key.split("/")[1] in used)


@pytest.mark.parametrize("view", BY_NAME["stance"].views)
def test_a_changed_rule_is_said_on_every_view_and_in_its_exports(
    view: str, world: World, words: Vocabulary
):
    query = f"view={view}&stance=restricted&weights=legal_basis:0"
    state, notices = parse(query, words)
    assert notices == ()
    told = showing.shown(world, state).told
    assert any("Règle modifiée" in note and "0" in note for note in told.notes)
    if told.beside and told.beside.place in ("wide", "alone"):
        page = rendering.parts(world, state, (), told, words)
        assert "Règle modifiée" in page["notices"]
    for which in ("all", "shown"):
        lines = export(world, view, "csv", f"{query}&rows={which}", words).content.decode("utf-8")
        table = list(csv.DictReader(io.StringIO(lines)))
        assert {row["rule"] for row in table} <= {"legal_basis=0"}


def test_the_home_state_has_its_criteria_and_its_sheet(show: Show, words: Vocabulary):
    france = ("country:FRA",)
    assert len(show("stances", partner=france).told.sheet.lines) >= 7
    row = next(line for line in show("stances").told.rankings[0].lines if line.label == "France")
    assert row.value == "country:FRA"
    table = show("stances").told.table
    assert all(key for (key,) in table.keys)
    sheet = show("territory", partner=france).told
    assert "941" in sheet.sentence
    assert not sheet.empty
    chosen = ViewState("stances", partner=france)
    assert parse("view=stances&partner=country:FRA", words) == (chosen, ())
    assert chosen.in_view("territory").partner == france
    assert chosen.in_view("flows").partner == ()
