"""Corridors told apart by relation, notion, stance or what they declare, on data that declare."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import drawn
import pytest
from drawn import Facts, Show

from dashboard.filters import options_of
from dashboard.showing import shown
from dashboard.state import CATEGORIES, ViewState
from dashboard.views.categories import categories
from geo.categories import prevailing
from geo.corridors import UNDECLARED, links_of
from geo.load import EMBEDDED, load
from geo.world import World

DECLARED = ("referential", "initiative", "place_of_action")


@pytest.fixture(scope="module")
def richer(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The embedded data where three links of four declare what they can."""
    root = tmp_path_factory.mktemp("richer") / "data"
    shutil.copytree(EMBEDDED, root)
    path = root / "links" / "links.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    said = {"referential": ("humanist", "pro_domo", "political"),
            "initiative": ("a", "b", "mutual"), "place_of_action": ("a", "b", "both")}  # fmt: skip
    for number, row in enumerate(rows):
        if number % 4:
            row.update({name: codes[number % 3] for name, codes in said.items()})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return load(root)


@pytest.mark.parametrize("measure", CATEGORIES)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_value_has_words_and_a_colour_of_its_own(measure: str, lang: str, world: World):
    told = categories(world, measure, lang)
    assert len({c.label for c in told}) == len({c.code for c in told}) == len(told)
    coloured = [c.colour for c in told if c.code not in (UNDECLARED, "unclassified", "mixed")]
    assert len(set(coloured)) == len(coloured)


@pytest.mark.parametrize("measure", DECLARED)
def test_what_nobody_declares_is_said_so(measure: str, show: Show):
    parts = show(measure=measure).told.breakdown.parts
    assert [(p.value, p.share) for p in parts] == [(UNDECLARED, 1)]
    area = drawn.area(show(measure=measure).figure, "countries")
    assert set(area["z"]) <= {0, 1}


@pytest.mark.parametrize("measure", DECLARED)
def test_shares_of_what_is_declared_on_map_and_in_figures(measure: str, richer: World):
    view = shown(richer, ViewState(measure=measure))
    counts = Counter(links_of(richer).texts(measure))
    told = {p.value: int(p.amount.split(" · ")[0]) for p in view.told.breakdown.parts}
    assert told == dict(counts)
    assert sum(p.share for p in view.told.breakdown.parts) == pytest.approx(1)
    area = drawn.area(view.figure, "countries")
    links = links_of(richer)
    for country in ("country:MLI", "country:SEN", "country:MAR"):
        here = links.taken(links.having("b_country_id", [country]))
        share = (here.texts(measure) != UNDECLARED).mean() * 100
        z = area["z"][area["locations"].index(country)]
        assert z == 1 + (share > 0) + (share >= 25) + (share >= 50) + (share >= 75)


def test_a_referential_filters(richer: World):
    counts = Counter(links_of(richer).texts("referential"))
    for code, n in counts.items():
        view = shown(richer, ViewState(referential=(code,)))
        assert len(shown(richer, ViewState(referential=(code,))).told.table.rows) > 0
        assert view.told.key_figures[0].value == str(n)
    assert options_of(richer, "referential", "fr")[-1][0] == UNDECLARED


@pytest.mark.parametrize("measure", CATEGORIES)
def test_corridors_have_the_colour_of_most_of_their_links(measure: str, richer: World):
    view = shown(richer, ViewState(measure=measure, top=500))
    shade = {c.code: c.colour for c in categories(richer, measure, "fr")}
    codes = prevailing(links_of(richer), "region", "country", measure)
    strokes = {
        t["line"]["color"] for t in view.figure["data"]
        if t.get("mode") == "lines" and t["geo"] == "geo"
    }  # fmt: skip
    assert {shade[code] for code in codes.values()} <= strokes


def test_which_of_my_partners_sit_in_restrictive_states(show: Show, facts: Facts):
    """Two clicks: my territory, then the part «restricted» of the links by stance."""
    mine = show(territory=("region:53",))
    part = next(p for p in mine.told.breakdown.parts if p.value == "restricted")
    assert (part.parameter, part.value) == ("stance", "restricted")
    answer = show(territory=("region:53",), stance=("restricted",))
    assert answer.told.key_figures[0].value == part.amount.split(" · ")[0]
    partners = {line.value for line in answer.told.rankings[0].lines}
    strict = {r["country_id"] for r in facts("stances/states")}
    assert partners <= strict


def test_changed_weights_move_the_map_and_are_said(show: Show):
    usual, changed = show("stances"), show("stances", weights=(("legal_basis", 60.0),))
    before = drawn.area(usual.figure, "countries")["z"]
    assert before != drawn.area(changed.figure, "countries")["z"]
    assert any("60 au lieu de 10" in note for note in changed.told.notes)
    assert not any("au lieu de" in note for note in usual.told.notes)
    links = show(weights=(("legal_basis", 60.0),))
    assert any("60 au lieu de 10" in note for note in links.told.notes)
    assert links.told.breakdown != show().told.breakdown


def test_the_export_says_which_rule(words: object, world: World):
    from dashboard.exports import export

    for query, said in (("", "published"), ("weights=legal_basis:60", "legal_basis=60")):
        text = export(world, "stances", "csv", query, words).content.decode()  # type: ignore[arg-type]
        rows = list(csv.DictReader(text.splitlines()))
        assert {row["rule"] for row in rows} == {said}


def test_national_orders_stand_beside_the_data(show: Show, facts: Facts):
    told = show().told.plain[0]
    rows = {row[0]: row[1:] for row in told.rows[:3]}
    assert told.rows[0][0] == "Coopération décentralisée"
    collectivities = rows["Collectivités"]
    kinds = {"twinning", "decentralised_cooperation", "agreement"}
    here = len({r["a_id"] for r in facts("links/links") if r["kind"] in kinds})
    assert collectivities[:2] == ("5\u202f000", str(here))
    assert collectivities[2].startswith("9")


def test_the_data_folder_stays_as_it_is(richer: World, world: World):
    assert richer.version != world.version
    assert Path(EMBEDDED / "links" / "links.csv").exists()
