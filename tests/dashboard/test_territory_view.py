"""Sheets: one page on any place, its buttons, its silences, what its export holds."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser

import drawn
import plotly.graph_objects as go
import pytest
from drawn import Rows, Show

from dashboard import panels
from dashboard.catalogue import catalogue
from dashboard.exports import export
from dashboard.filters import vocabulary
from dashboard.leading import Leading
from dashboard.reconcile import act_of, reconcile
from dashboard.showing import shown
from dashboard.state import LANGUAGES, ViewState, Vocabulary, parse, to_query
from dashboard.views import territory
from dashboard.views.territory_content import Block, Invitation, SheetPage
from geo.likeness import alike
from geo.places import places_of
from geo.world import World

Facts = Callable[[str], Rows]
MALI, SAINT_DENIS = ("country:MLI",), ("departement:93",)
PLACES = [
    {}, {"territory": ("region:53",)}, {"territory": SAINT_DENIS},
    {"territory": ("epci:200054781",)}, {"territory": ("commune:93066",)},
    {"territory": ("commune:01001",)}, {"territory": ("departement:976",)}, {"partner": MALI},
    {"partner": ("country:TUV",)}, {"partner": ("admin1:SN-DK",)},
    {"partner": ("geonames:2253354",)}, {"territory": SAINT_DENIS, "partner": MALI},
    {"territory": ("region:53",), "years": (1901, 1901)},
    {"territory": ("region:53",), "kind": ("twinning",), "theme": ("health",)},
]  # fmt: skip
STATES = [ViewState("territory", lang, **place) for lang in LANGUAGES for place in PLACES]


def html(world: World, state: ViewState) -> str:
    """What stands beside the map."""
    go_to, words = Leading(state, vocabulary(world, "fr")), catalogue(state.lang)
    return panels.beside(shown(world, state).told.beside, go_to, words)


def sheet(show: Show, **filters: object) -> SheetPage:
    content = show("territory", **filters).told.beside.content
    assert isinstance(content, SheetPage)
    return content


def block(page: SheetPage, key: str) -> Block:
    """One section of a sheet."""
    return next(b for b in (*page.partners, *page.blocks) if b.key == key)


class Outline(HTMLParser):
    """The headings and the heads of tables of a page, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.heads: list[str] = []
        self.open = Counter[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[tag] += tag not in ("br", "img", "col")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "th":
            self.heads.append(dict(attrs).get("scope") or "")

    def handle_endtag(self, tag: str) -> None:
        self.open[tag] -= 1


@pytest.mark.parametrize("state", STATES, ids=to_query)
def test_any_sheet_is_drawn_and_told(state: ViewState, world: World):
    seen = shown(world, state)
    go.Figure(seen.figure)
    text = html(world, state)
    assert seen.told.title
    assert seen.told.sentence.endswith(".")
    assert seen.told.sources
    assert not re.search(r"\b(nan|None|NaN)\b", text)
    outline = Outline(text)
    assert not +outline.open
    assert set(outline.headings) <= {3, 4}
    assert outline.headings[:1] in ([3], [])
    assert set(outline.heads) <= {"col", "row"}


@pytest.mark.parametrize("state", [s for s in STATES if s.lang == "fr"], ids=to_query)
def test_both_languages_tell_the_same(state: ViewState, world: World):
    fr, en = (shown(world, dataclasses.replace(state, lang=lang)) for lang in LANGUAGES)
    assert [t.get("z") for t in fr.figure["data"]] == [t.get("z") for t in en.figure["data"]]
    assert sorted(fr.told.table.keys) == sorted(en.told.table.keys)
    assert fr.told.sources == en.told.sources
    one, other = fr.told.beside.content, en.told.beside.content
    if isinstance(one, SheetPage):
        assert [len(b.rows) for b in one.blocks] == [len(b.rows) for b in other.blocks]
        assert [b.title for b in one.blocks] != [b.title for b in other.blocks]


def test_without_a_place_the_page_offers_those_with_most_links(show: Show, facts: Facts):
    told = show("territory").told
    content = told.beside.content
    assert isinstance(content, Invitation)
    country = {r["place_id"]: r["country_id"] for r in facts("links/places")}
    counts = Counter(country[r["b_id"]] for r in facts("links/links"))
    offered = {line.value: int(line.amount) for line in content.lists[-1].lines}
    assert offered == {key: counts[key] for key in offered}
    assert sorted(offered.values(), reverse=True) == sorted(counts.values(), reverse=True)[:10]
    assert not told.empty
    assert len(told.table.rows) == len(facts("links/links"))


def test_the_territory_comes_before_the_partner_and_the_last_before_the_others(world: World):
    def subject(**filters: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        found = territory.select(world, ViewState("territory", **filters))
        return found.subject, found.others

    assert subject(partner=MALI) == ("country:MLI", ())
    assert subject(territory=SAINT_DENIS, partner=MALI) == ("departement:93", MALI)
    two = ("region:53", "departement:93")
    assert subject(territory=two) == ("departement:93", ("region:53",))


def test_a_territory_and_a_partner_leave_the_links_between_them(
    world: World, show: Show, facts: Facts
):
    both = show("territory", territory=("region:53",), partner=MALI)
    country = {r["place_id"]: r["country_id"] for r in facts("links/places")}
    breton = {c["commune_id"] for c in facts("reference/communes")
              if c["departement_id"] in ("departement:22", "departement:29", "departement:35",
                                         "departement:56")}  # fmt: skip
    breton |= {e["epci_id"] for e in facts("reference/epci") if e["region_id"] == "region:53"}
    breton |= {"region:53", "departement:22", "departement:29", "departement:35", "departement:56"}
    expected = [r for r in facts("links/links")
                if r["a_id"] in breton and country[r["b_id"]] == "country:MLI"]  # fmt: skip
    assert len(both.told.table.rows) == len(expected)
    text = html(world, ViewState("territory", territory=("region:53",), partner=MALI))
    assert 'data-go="?view=territory&amp;partner=country:MLI"' in text


def test_the_partners_are_those_of_the_links(show: Show, facts: Facts):
    found = block(sheet(show, territory=("commune:93066",)), "partners")
    country = {r["place_id"]: r["country_id"] for r in facts("links/places")}
    counts = Counter(country[r["b_id"]] for r in facts("links/links")
                     if r["a_id"] == "commune:93066")  # fmt: skip
    told = {row[0].places[0].place_id: int(row[2].text) for row in found.rows}
    assert told == dict(counts)
    assert {row[1].text for row in found.rows} <= {"Soutien", "Restriction", "Non classé"}
    assert all(row[1].dot for row in found.rows)


def test_a_place_without_anything_says_so(world: World, show: Show):
    page = sheet(show, territory=("commune:01001",))
    text = unescape(html(world, ViewState("territory", territory=("commune:01001",))))
    for key in ("partners", "partner-places", "vectors", "networks", "cases", "links"):
        silent = block(page, key)
        assert silent.rows == ()
        assert silent.none
        assert f'<p class="none">{silent.none}</p>' in text
    assert page.themes_none in text
    assert page.years_none in text
    told = show("territory", territory=("commune:01001",)).told
    assert "Aucun lien" in told.sentence
    assert not told.empty


def test_a_commune_says_that_figures_are_of_its_departement(show: Show):
    page = sheet(show, territory=("commune:93066",))
    assert "Seine-Saint-Denis (93)" in block(page, "origins").lead
    assert "Seine-Saint-Denis (93)" in block(page, "totals").lead
    assert not any("immigrés" in figure.label for figure in page.figures)
    own = sheet(show, territory=SAINT_DENIS)
    assert not block(own, "totals").lead
    assert [f.value for f in own.figures if "immigrés" in f.label] == ["31,4\xa0%"]


def test_filters_empty_the_links_and_the_page_says_which(show: Show):
    told = show("territory", territory=("region:53",), years=(1901, 1901)).told
    assert told.empty
    assert told.table.rows == ()
    assert "filtres" in told.sentence
    page = told.beside.content
    assert block(page, "networks").rows
    known = [int(row[2].text) for row in block(page, "origins").rows]
    assert sum(known) > 0


def test_the_stance_of_a_country_with_its_texts_and_tools(show: Show, facts: Facts, world: World):
    page = sheet(show, partner=MALI)
    cells = {r["criterion"]: r for r in facts("stances/criteria")
             if r["country_id"] == "country:MLI"}  # fmt: skip
    rule = {r["criterion"]: r for r in facts("stances/rule")}
    assert page.stance is not None
    assert page.stance.criteria is not None
    assert len(page.stance.criteria.rows) == len(rule)
    addresses = {row[3].address for row in page.stance.criteria.rows if row[3].address}
    assert addresses == {c["source_address"] for c in cells.values() if c["source_address"]}
    tools = {
        rule[c]["label_fr"] for c, r in cells.items()
        if rule[c]["role"] == "support" and r["value"] in ("yes", "partial")
    }  # fmt: skip
    assert {label for label, _, _ in page.stance.tools} == tools
    text = html(world, ViewState("territory", partner=MALI))
    assert all(f'href="{unescape(a)}"' in unescape(text) for a in addresses)


def test_uncoded_is_neither_support_nor_restriction(show: Show):
    page = sheet(show, partner=("country:TUV",))
    assert page.stance is not None
    assert page.stance.name == "Pas de donnée"
    assert page.stance.criteria is None
    assert page.stance.tools == ()


def test_a_town_leads_to_the_sheet_of_its_state(show: Show):
    page = sheet(show, partner=("geonames:2253354",))
    assert page.stance is not None
    assert page.stance.place is not None
    assert page.stance.place.place_id == "country:SEN"
    assert [p.place_id for p in page.within] == ["country:SEN", "admin1:SN-DK"]


def test_the_most_alike_open_their_sheets(world: World, show: Show, words: Vocabulary):
    found = alike(world, "departement:93")
    page = sheet(show, territory=SAINT_DENIS)
    told = block(page, "likeness")
    assert [row[0].places[0].place_id for row in told.rows] == found.table["place_id"].tolist()
    assert [row[1].text for row in told.rows] == [
        f"{d:.2f}".replace(".", ",") for d in found.table["distance"]
    ]
    partners = [tuple(p.place_id for p in row[4].places) for row in told.rows]
    assert partners == [tuple(p for p, _ in found.partners[i]) for i in found.table["place_id"]]
    assert "Jaccard" in told.notes[0]
    text = html(world, ViewState("territory", territory=SAINT_DENIS))
    goes = [unescape(g) for g in re.findall(r'data-go="([^"]*)"', text)]
    assert f"?view=territory&territory={found.table.at[0, 'place_id']}" in goes
    assert all(parse(g, words)[1] == () for g in goes)


def test_a_sheet_keeps_the_filters_when_it_opens_another(world: World):
    text = html(world, ViewState("territory", territory=SAINT_DENIS, kind=("twinning",)))
    assert 'data-go="?view=territory&amp;partner=country:MAR&amp;kind=twinning"' in text


def test_a_click_on_the_map_changes_the_sheet(words: Vocabulary):
    def after(place: str, **filters: tuple[str, ...]) -> ViewState:
        state = ViewState("territory", **filters)
        act = act_of({"source": "map", "place": place})
        return reconcile(act, to_query(state), words, (1950, 2025))

    assert after("departement:92", territory=SAINT_DENIS).territory == ("departement:92",)
    assert after("departement:93@paris", territory=SAINT_DENIS).territory == ()
    assert after("country:SEN", partner=MALI).partner == ("country:SEN",)
    both = after("country:MLI", territory=SAINT_DENIS)
    assert (both.territory, both.partner) == (SAINT_DENIS, MALI)


def test_the_map_is_of_the_links_of_the_sheet(show: Show, facts: Facts):
    figure = show("territory", partner=MALI).figure
    home = drawn.area(figure, "departements")
    shaded = {k.split("@")[0] for k, z in zip(home["locations"], home["z"], strict=True) if z > 0}
    departement = {r["commune_id"]: r["departement_id"] for r in facts("reference/communes")}
    departement |= {r["epci_id"]: r["departement_id"] for r in facts("reference/epci")}
    country = {r["place_id"]: r["country_id"] for r in facts("links/places")}
    near = {departement.get(r["a_id"], r["a_id"]) for r in facts("links/links")
            if country[r["b_id"]] == "country:MLI"}  # fmt: skip
    assert shaded == {d for d in near if d.startswith("departement:")}
    assert drawn.outlined(drawn.area(figure, "countries")) == {"country:MLI"}
    assert len(drawn.handles(figure)) == len({
        (r["a_id"], r["b_id"]) for r in facts("links/links")
        if country[r["b_id"]] == "country:MLI"
    })  # fmt: skip


def test_a_territory_is_outlined_and_france_is_not(show: Show):
    figure = show("territory", territory=SAINT_DENIS).figure
    assert drawn.outlined(drawn.area(figure, "countries")) == set()
    outlined = {k.split("@")[0] for k in drawn.outlined(drawn.area(figure, "departements"))}
    assert outlined == {"departement:93"}


def test_the_facts_of_a_sheet_can_be_taken_away(world: World):
    state = ViewState("territory", territory=SAINT_DENIS)
    selection = territory.select(world, state)
    table = territory.shown(world, selection, state)
    assert selection.sheet is not None
    of = table.groupby("section")["value"].sum()
    links = len(selection.sheet.links)
    assert [of[s] for s in ("links", "partners", "partner", "kind", "status", "stance")] == (
        [links] * 6
    )
    alike_rows = table[(table["section"] == "alike") & (table["code"] == "")]
    assert (
        alike_rows["place_id"].tolist() == alike(world, "departement:93").table["place_id"].tolist()
    )
    assert set(table.loc[table["source_id"] != "", "source_id"]) <= set(world.sources)
    assert table["section"].ne("").all()


@pytest.mark.parametrize("form", ["csv", "json", "geojson"])
@pytest.mark.parametrize("rows", ["all", "shown"])
def test_a_sheet_is_exported(form: str, rows: str, world: World, words: Vocabulary):
    for query in (
        "territory=departement:93",
        "partner=country:MLI&lang=en",
        "",
        "territory=commune:01001",
    ):
        found = export(world, "territory", form, f"{query}&rows={rows}", words)
        assert found.filename.startswith("corridors-territory")
        assert found.content


def test_an_export_of_links_is_that_of_the_sheet(world: World, words: Vocabulary):
    found = export(world, "territory", "csv", "territory=region:53,departement:93", words)
    alone = export(world, "territory", "csv", "territory=departement:93", words)
    assert found.content == alone.content
    assert len(alone.content.decode("utf-8").strip().split("\r\n")) == 51


HOSTILE = "<script>alert('1')</script>"


def test_a_hostile_name_is_only_text(world: World):
    tables = dict(world.tables)
    for table, key, value, columns in (
        ("departements", "departement_id", "departement:93", ["name"]),
        ("countries", "country_id", "country:MLI", ["name_fr"]),
        ("networks", "network_id", "anvita", ["name_fr", "acronym"]),
        ("kinds", "kind", "consulate", ["label_fr"]),
    ):
        frame = tables[table].copy()
        frame.loc[frame[key] == value, columns] = HOSTILE
        tables[table] = frame
    hostile = dataclasses.replace(world, version="hostile sheets", tables=tables)
    assert places_of(hostile).name("country:MLI", "fr") == HOSTILE
    for filters in ({"territory": SAINT_DENIS}, {"partner": MALI}):
        state = ViewState("territory", **filters)
        said = [html(hostile, state), *drawn.texts(shown(hostile, state).figure)]
        assert any("&lt;script&gt;" in text for text in said)
        assert not [text for text in said if "<script" in text]
