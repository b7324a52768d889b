"""The index: its ingredients side by side, weights that can be changed, who is left out."""

from __future__ import annotations

import csv
import io

import drawn
import pytest
from drawn import Show

from dashboard import filters
from dashboard.exports import Refused, export
from dashboard.figures.theme import colour
from dashboard.rendering import parts
from dashboard.showing import shown
from dashboard.state import LANGUAGES, ViewState, Vocabulary, parse, to_query
from dashboard.views import index
from geo.transnational import index_of, ingredients_of, sensitivity
from geo.world import World

CHANGED = (("diaspora", 3.0), ("diversity", 0.0))


@pytest.mark.parametrize("level", ["departement", "region"])
def test_the_map_has_the_classes_of_the_index_and_no_data(level: str, show: Show, world: World):
    view = show("index", level=level)
    shades = drawn.colours(drawn.area(view.figure, f"{level}s"))
    table = index_of(world, level).table.set_index("place_id")["index"]
    for key, shade in shades.items():
        place = key.split("@")[0]
        assert (shade == colour("nodata")) is bool(table.isna()[place]), key
    best, worst = table.idxmax(), table.idxmin()
    assert shades[best] == colour("seq-5")
    assert shades[worst] == colour("seq-1")
    assert len(view.told.legend.groups[0][1]) == 6


def test_who_is_left_out_is_named_with_the_reason(show: Show, world: World):
    content = show("index").told.beside.content
    table = index_of(world, "departement").table
    assert {r.place_id for r in content.left_out} == set(table[table["reason"] != ""]["place_id"])
    assert all(r.reason and not r.index and not r.rank for r in content.left_out)
    mayotte = next(r for r in content.left_out if r.place_id == "departement:976")
    assert "–" in [cell.text for cell in mayotte.cells]
    texts = drawn.area(show("index").figure, "departements")
    said = dict(zip(texts["locations"], texts["text"], strict=True))["departement:976"]
    assert "Pas de donnée" in said
    assert "Écarté" in said


def test_ingredients_stand_side_by_side_with_their_coverage(show: Show, world: World):
    content = show("index", level="region").told.beside.content
    found = ingredients_of(world, "region")
    assert [h.key for h in content.heads] == [i.key for i in found.used]
    assert [h.coverage for h in content.heads] == [f"{i.territories}/{i.of}" for i in found.used]
    row = next(r for r in content.rows if r.place_id == "region:11")
    known = found.values.loc["region:11"].notna().tolist()
    assert [cell.text != "–" for cell in row.cells] == known


def test_ranks_carry_their_range(show: Show, world: World):
    content = show("index").told.beside.content
    ranges = sensitivity(index_of(world, "departement")).set_index("place_id")
    for row in content.rows:
        low, high = row.range.split("–")
        assert int(low) == round(ranges.at[row.place_id, "low"])
        assert int(high) == round(ranges.at[row.place_id, "high"])
        assert 0 <= row.low <= row.high <= 100


@pytest.mark.parametrize("lang", LANGUAGES)
def test_changed_weights_are_said_shown_and_exported(
    lang: str, show: Show, world: World, words: Vocabulary
):
    told = show("index", lang=lang, weights=CHANGED).told
    assert ("poids changés" if lang == "fr" else "changed weights") in told.sentence
    assert "3" in told.sentence
    assert ("poids égaux" if lang == "fr" else "equal weights") in show(
        "index", lang=lang
    ).told.sentence
    assert {h.key: h.weight for h in told.beside.content.heads}["diaspora"] == "3"
    state = ViewState("index", lang, weights=CHANGED)
    page = parts(world, state, (), told, filters.vocabulary(world, "fr"))["beside"]
    assert 'data-weight="diaspora" data-default="1"' in page
    query = to_query(state).lstrip("?")
    content = export(world, "index", "csv", f"{query}&rows=shown", words).content.decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(content)))
    expected = index_of(world, "departement", CHANGED).table.set_index("place_id")["index"]
    for row in rows:
        assert row["weights"]
        assert (row["index"] == "") is bool(expected.isna()[row["place_id"]])
        if row["index"]:
            assert float(row["index"]) == pytest.approx(expected[row["place_id"]], abs=0.006)
    content = export(world, "index", "csv", query, words).content.decode("utf-8")
    weights = {(r["ingredient"], float(r["weight"])) for r in csv.DictReader(io.StringIO(content))}
    assert {("diaspora", 3.0), ("diversity", 0.0), ("city_network", 1.0)} <= weights


def test_the_vectors_asked_are_the_ingredients(show: Show, world: World):
    told = show("index", vector=("city_network", "decentralised_cooperation")).told
    weights = {h.key: h.weight for h in told.beside.content.heads}
    assert weights == {
        "city_network": "1", "decentralised_cooperation": "1", "diaspora": "0", "diversity": "0",
    }  # fmt: skip
    alone = (("diaspora", 0.0), ("diversity", 0.0))
    expected = index_of(world, "departement", alone).ranked["place_id"].tolist()
    assert [row.place_id for row in told.beside.content.rows] == expected
    assert "Vecteur" in told.sentence
    none = show("index", vector=("media",)).told
    assert none.empty


def test_weights_come_and_go_in_the_address(words: Vocabulary):
    state, notices = parse("view=index&weights=diaspora:3,diversity:0", words)
    assert (state.weights, notices) == (CHANGED, ())
    state, notices = parse("view=index&weights=nobody:3,diaspora:-1,diaspora:x", words)
    assert state.weights == ()
    assert len(notices) == 3


def test_a_weight_of_another_view_or_level_changes_nothing(show: Show):
    same = show("index").told.beside.content.rows
    for name in ("legal_basis", "refugee_asylum", "media"):
        told = show("index", weights=((name, 5.0),)).told
        assert told.beside.content.rows == same
        assert "poids égaux" in told.sentence


def test_no_weight_leaves_everybody_out(show: Show, world: World):
    none = tuple((i.key, 0.0) for i in ingredients_of(world, "departement").used)
    view = show("index", weights=none)
    assert view.told.empty
    assert set(drawn.colours(drawn.area(view.figure, "departements")).values()) == {
        colour("nodata")
    }
    assert not view.told.beside.content.rows


def test_a_territory_chosen_comes_first_and_is_outlined(show: Show):
    view = show("index", territory=("departement:93",))
    first = view.told.beside.content.rows[0]
    assert (first.place_id, first.selected) == ("departement:93", True)
    assert drawn.outlined(drawn.area(view.figure, "departements")) >= {"departement:93"}
    assert len(view.told.table.rows) == 1
    whole = show("index").told.beside.content.rows
    assert sorted(r.rank for r in whole) == sorted(r.rank for r in view.told.beside.content.rows)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_method_is_printed_with_its_numbers(lang: str, show: Show, world: World):
    view = show("index", lang=lang)
    said = " ".join(view.told.notes)
    for number in ("50", "100", "500", "3"):
        assert number in said
    page = parts(world, ViewState("index", lang), (), view.told, filters.vocabulary(world, "fr"))
    assert all(note.split(".")[0][:30] in page["beside"] for note in view.told.notes)
    aside = [kind for _, kinds in view.told.beside.content.aside for kind in kinds]
    assert len(aside) == len(index_of(world, "departement").ingredients.aside)


def test_nothing_is_exported_for_nonsense(world: World, words: Vocabulary):
    with pytest.raises(Refused):
        export(world, "index", "csv", "weights=diaspora:lots", words)


def test_one_row_a_territory_and_ingredient(world: World):
    rows = index.rows(world, ViewState("index", territory=("departement:93",)))
    assert rows["ingredient"].tolist() == [i.key for i in ingredients_of(world, "departement").used]
    assert set(rows["place_id"]) == {"departement:93"}
    assert rows["source"].str.len().min() > 0
    assert shown(world, ViewState("index")).told.sources
