"""Networks: members known and counted, pale and chosen, cards, overlap, both sides."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import drawn
import pytest
from drawn import Rows, Show

from dashboard.catalogue import catalogue
from dashboard.figures.theme import colour
from dashboard.filters import vocabulary
from dashboard.leading import Leading
from dashboard.panels import beside
from dashboard.state import LANGUAGES, ViewState
from dashboard.views import networks
from dashboard.views.coded import typeset
from dashboard.views.networks_map import SIGNS
from geo.networks import BELONGS, DYNAMICS, FEW
from geo.world import World

Facts = Callable[[str], Rows]
PAIR = ("c40", "uccn")


def belonging(facts: Facts, **wanted: str) -> Rows:
    rows = facts("networks/members")
    kept = [r for r in rows if r["status"] in BELONGS]
    return [r for r in kept if all(r[name] == value for name, value in wanted.items())]


def marked(show: Show, **filters: object) -> dict[str, set[str]]:
    """Places drawn, by the colour and symbol of their mark."""
    found: dict[str, set[str]] = {}
    for trace in show("networks", **filters).figure["data"]:
        if trace.get("mode") == "markers":
            key = f"{trace['marker']['color']} {trace['marker']['symbol']}"
            found.setdefault(key, set()).update(trace["customdata"])
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_key_figures_are_those_of_the_data(lang: str, show: Show, facts: Facts):
    told, words, rows = show("networks", lang=lang).told, catalogue(lang), belonging(facts)
    values = {f.label: f.value for f in told.key_figures}
    counts = {
        "networks": len({r["network_id"] for r in rows}), "memberships": len(rows),
        "collectivities": len({r["place_id"] for r in rows}),
        "countries": len({r["country_id"] for r in rows}),
    }  # fmt: skip
    for name, n in counts.items():
        assert values[words.say(f"networks.key.{name}", n=n)] == words.number(n)
    national = next(r["value"] for r in facts("cases/cases") if r["case_id"] == networks.NATIONAL)
    assert values[words.say("networks.key.national")] == national
    french = {r["network_id"] for r in rows if r["country_id"] == "country:FRA"}
    share = words.percent(len(french) / float(national) * 100)
    assert told.key_figures[-1].note.endswith(share)


def test_every_member_with_a_point_is_drawn_once(show: Show, facts: Facts):
    places = {r["place_id"] for r in facts("networks/members") if r["lon"]}
    figure = show("networks").figure
    keys = [k for t in figure["data"] if t.get("mode") == "markers" for k in t["customdata"]]
    assert Counter(keys) == Counter(places)


def test_french_members_are_on_the_map_of_france(show: Show):
    for trace in show("networks").figure["data"]:
        if trace.get("mode") == "markers":
            french = {key.split(":")[0] in ("commune", "epci", "region", "departement")
                      for key in trace["customdata"]}  # fmt: skip
            assert french <= {trace["geo"] == "geo2"}


def test_the_two_networks_chosen_are_told_apart_by_shape_too(show: Show, facts: Facts):
    held = {n: {r["place_id"] for r in belonging(facts, network_id=n)} for n in PAIR}
    points = {r["place_id"] for r in facts("networks/members") if r["lon"]}
    found = marked(show, network=PAIR)
    one, other = (held[n] & points for n in PAIR)
    assert found[f"{colour('cat-1')} circle"] == one - other
    assert found[f"{colour('cat-2')} square"] == other - one
    assert found[f"{colour('cat-3')} diamond"] == one & other


def test_what_is_not_chosen_stays_pale(show: Show):
    every, some = marked(show), marked(show, network=("aimf",))
    whole = set().union(*every.values())
    assert set().union(*some.values()) - {"country:FRA"} == whole
    accent = f"{colour('accent')} circle"
    assert len(some[accent]) < len(every[accent])


def test_pilots_candidates_and_the_gone_are_hollow_and_not_counted(show: Show, facts: Facts):
    apart = [r for r in facts("networks/members") if r["status"] not in BELONGS]
    only = {r["place_id"] for r in apart} - {r["place_id"] for r in belonging(facts)}
    assert marked(show)[f"{colour('ink-soft')} circle-open"] == only
    assert str(len(belonging(facts))) in show("networks").told.sentence
    table = show("networks").told.table
    assert len(table.rows) == len(facts("networks/members"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_dynamic_is_a_sign_and_a_word(lang: str, show: Show, facts: Facts):
    labels = {r["code"]: r[f"label_{lang}"].lower() for r in facts("networks/codes")
              if r["field"] == "dynamic"}  # fmt: skip
    rows = {r["network_id"]: r for r in facts("networks/networks")}
    members, dynamics = show("networks", lang=lang).told.rankings
    for line in (*members.lines, *dynamics.lines):
        dynamic = rows[line.value]["dynamic"]
        assert line.label.endswith(f"{SIGNS[dynamic]} {labels[dynamic]}")
        assert line.parameter == "network"
    known = [r["network_id"] for r in rows.values() if r["dynamic"] != "unknown"]
    assert sorted(line.value for line in dynamics.lines) == sorted(known)
    order = [DYNAMICS.index(rows[line.value]["dynamic"]) for line in dynamics.lines]
    assert order == sorted(order)
    assert str(len(rows) - len(known)) in dynamics.rest
    assert len(set(SIGNS.values())) == len(SIGNS) == len(DYNAMICS)


def test_the_ranking_offers_other_networks_than_the_one_chosen(show: Show):
    free, chosen = show("networks").told, show("networks", network=("aimf",)).told
    assert [line.value for line in free.rankings[0].lines] == [
        line.value for line in chosen.rankings[0].lines
    ]
    assert [line.value for line in chosen.rankings[0].lines if line.selected] == ["aimf"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", ["c40", "eccar", "uccn", "iula", "rcdp", "energy-cities"])
def test_a_card_says_the_dynamic_its_basis_and_the_source(
    key: str, lang: str, show: Show, facts: Facts
):
    row = next(r for r in facts("networks/networks") if r["network_id"] == key)
    (card,) = show("networks", lang=lang, network=(key,)).told.beside.content.cards
    basis = row["dynamic_basis_fr" if lang == "fr" else "dynamic_basis"]
    assert card.basis == typeset(basis, lang)
    assert row[f"name_{lang}"] in card.title
    said, words = dict(card.lines), catalogue(lang)
    members = said[words.say("networks.card.members")]
    if row["members"]:
        assert words.number(int(row["members"])) in members
    assert ("%" in members) == (key == "eccar"), "a share only of what the number counts"
    assert card.source in (row["source_title"], words.say("networks.record"), "")
    evidence = {r["code"]: r[f"label_{lang}"] for r in facts("networks/codes")
                if r["field"] == "evidence"}  # fmt: skip
    assert card.grade == evidence[row["evidence"]]


def test_the_matrix_holds_what_sets_share(show: Show, facts: Facts):
    held = {n["network_id"]: set() for n in facts("networks/networks")}
    for row in belonging(facts):
        held[row["network_id"]].add(row["place_id"])
    rows = show("networks").told.beside.content.rows
    assert {r.network_id for r in rows} == {n for n, places in held.items() if len(places) >= FEW}
    for at, row in enumerate(rows):
        assert row.known == str(len(held[row.network_id]))
        assert [c.a_id for c in row.cells] == [r.network_id for r in rows[:at]]
        for cell in row.cells:
            common = held[cell.a_id] & held[cell.b_id]
            assert cell.common == str(len(common))
            assert (cell.shade == 0) == (not common)
            share = len(common) / len(held[cell.a_id] | held[cell.b_id]) * 100
            assert catalogue("fr").percent(share) in cell.text


def test_a_cell_chooses_both_networks_and_gives_them_back(show: Show, world: World):
    known, words = vocabulary(world, "fr"), catalogue("fr")
    for state, leads in ((ViewState("networks"), "?view=networks&amp;network=c40,uccn"),
                         (ViewState("networks", network=PAIR), "?view=networks")):  # fmt: skip
        told = show("networks", network=state.network).told.beside
        html = beside(told, Leading(state, known), words)
        cell = re.search(r'data-key="pair=c40\|uccn" data-go="([^"]*)"', html)
        assert cell
        assert cell[1] == leads


def test_the_pair_chosen_is_said_in_full(show: Show):
    content = show("networks", network=PAIR).told.beside.content
    chosen = [c for r in content.rows for c in r.cells if c.chosen]
    assert [c.text for c in chosen] == [content.pair]
    assert show("networks").told.beside.content.pair == ""


def test_both_sides_keep_shared_networks(show: Show, facts: Facts):
    told = show("networks", territory=("commune:31555",), partner=("country:SEN",)).told
    rows = facts("networks/members")
    mine = {r["network_id"] for r in rows if r["place_id"] == "commune:31555"}
    theirs = {r["network_id"] for r in rows if r["country_id"] == "country:SEN"}
    assert {key for key, *_ in told.table.keys} == mine & theirs
    assert mine & theirs


def test_a_network_without_member_has_its_card_and_no_false_nought(show: Show):
    told = show("networks", network=("iula",)).told
    assert told.table.rows == ()
    assert not told.empty
    line = next(r for r in told.rankings[1].lines if r.value == "iula")
    assert line.amount == "–"


def test_exports_tell_memberships_and_networks(world: World, facts: Facts):
    state = ViewState("networks")
    rows = networks.rows(world, state)
    assert len(rows) == len(facts("networks/members"))
    table = networks.shown(world, networks.select(world, state), state).set_index("network_id")
    assert len(table) == len(facts("networks/networks"))
    assert table["members"].sum() == len(belonging(facts))
    assert table.loc["uccn", "stated_of"] == "part"
    assert table["coverage"].isna()["uccn"]
    one = ViewState("networks", partner=("country:SEN",))
    kept = networks.shown(world, networks.select(world, one), one)
    theirs = [r for r in facts("networks/members") if r["country_id"] == "country:SEN"]
    assert set(kept["network_id"]) == {r["network_id"] for r in theirs}
    assert kept["members"].sum() == sum(r["status"] in BELONGS for r in theirs)


def test_years_leave_the_undated_aside_and_say_so(show: Show, facts: Facts):
    told = show("networks", years=(1990, 2005)).told
    undated = sum(not r["since_year"] for r in facts("networks/members"))
    assert any(str(undated) in note for note in told.notes)
    assert all(row[5] is not None and row[5] <= 2005 for row in told.table.rows)


def test_a_hostile_name_is_only_text(world: World):
    members = world.table("members")
    members.loc[:, "member_name"] = "<script>alert(1)</script>"
    places = world.table("places").assign(name="<b onclick=x>", name_fr="")
    hostile = type(world)(
        "hostile networks", world.datasets, world.sources,
        {**world.tables, "members": members, "places": places}, world.layers,
    )  # fmt: skip
    state = ViewState("networks")
    figure = networks.draw(hostile, networks.select(hostile, state), state)
    said = [text for text in drawn.texts(figure) if "alert" in text or "onclick" in text]
    assert said
    assert not [text for text in said if "<script" in text or "<b onclick" in text]
