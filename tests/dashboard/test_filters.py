"""The filters: what they are called, what they find, what they refuse."""

from __future__ import annotations

from collections import Counter

import pytest

from dashboard import filters
from dashboard.catalogue import catalogue
from dashboard.layout import as_options, base_options, choice_options
from dashboard.state import LANGUAGES, TOPS, VIEWS, WIDTHS, ViewState, Vocabulary
from geo.world import World

PHRASES = [
    ("territory", "departement:93", "territoire\xa0: Seine-Saint-Denis (93)",
     "territory: Seine-Saint-Denis (93)"),
    ("partner", "country:MLI", "partenaire\xa0: Mali", "partner: Mali"),
    ("subregion", "011", "sous-région\xa0: Afrique occidentale", "subregion: Western Africa"),
    ("group", "ldc", "groupe\xa0: Pays les moins avancés", "group: Least developed countries"),
    ("kind", "twinning", "type\xa0: Jumelage", "kind: Twinning"),
    ("notion", "development", "notion\xa0: Coopération décentralisée au développement",
     "notion: Decentralised cooperation for development"),
    ("relation", "north_south", "relation\xa0: Nord–Sud", "relation: North–South"),
    ("theme", "health", "thème\xa0: Santé", "theme: Health"),
    ("stance", "supportive", "posture de l’État\xa0: Soutien", "stance of the State: Supportive"),
    ("status", "ended", "statut\xa0: Terminé", "status: Ended"),
    ("referential", "humanist", "référentiel\xa0: Humaniste", "referential: Humanist"),
    ("origin", "country:DZA", "pays de naissance\xa0: Algérie", "country of birth: Algeria"),
    ("network", "c40", "réseau\xa0: C40, réseau de grandes villes pour le climat",
     "network: C40 Cities Climate Leadership Group"),
    ("vector", "remittances", "vecteur\xa0: Transferts d'argent des migrants",
     "vector: Migrant remittances"),
    ("case", "S001", "cas\xa0: Premier congrès fondant une organisation mondiale de villes (Gand)",
     "case: First congress founding a world organisation of cities (Ghent)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "fr", "en"), PHRASES)
def test_a_filter_says_itself(name: str, value: str, fr: str, en: str, world: World):
    view = filters.BY_NAME[name].views[0]
    for lang, phrase in (("fr", fr), ("en", en)):
        state = ViewState(view, lang, **{name: (value,)})
        assert filters.phrases(world, state) == [phrase]
        assert phrase[1:] in filters.sentence("Here", world, state)


def test_every_filter_is_in_the_table():
    assert [row.name for row in filters.FILTERS] == [name for name, *_ in PHRASES]


def test_years_and_several_values_are_said(world: World):
    countries = ("MLI", "SEN", "MAR", "TUN", "BEN", "TGO")
    state = ViewState(partner=tuple(f"country:{c}" for c in countries), years=(1990, 2020))
    assert filters.sentence("3 liens", world, state) == (
        "3 liens. Partenaire\xa0: Mali, Sénégal, Maroc, Tunisie et 2 autres\u202f; "
        "années 1990–2020."
    )
    assert filters.sentence("3 liens", world, ViewState()) == "3 liens."


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("row", [r for r in filters.FILTERS if not r.search], ids=lambda r: r.name)
def test_every_value_has_a_label_of_its_own(row: filters.Filter, lang: str, world: World):
    options = filters.options_of(world, row.name, lang)
    labels = [label for _, label in options]
    assert options
    assert all(label and label != value for value, label in options)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("name", ["kind", "status", "theme"])
def test_only_codes_that_links_use_are_offered(name: str, world: World):
    used = set(";".join(world.table("links")[{"theme": "themes"}.get(name, name)]).split(";"))
    offered = {value for value, _ in filters.options_of(world, name, "fr")}
    assert offered - {"undeclared"} == used - {""}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_choice_has_a_label(view: str, lang: str):
    for options in choice_options(view, lang).values():
        assert all(option["label"] for option in options)
        assert len({option["label"] for option in options}) == len(options)
    assert all(catalogue(lang).say(f"width.{width}") for width in WIDTHS)
    assert [catalogue(lang).number(top) for top in TOPS] == ["25", "100", "250", "500"]


@pytest.mark.parametrize(
    ("name", "typed", "first"),
    [
        ("territory", "ile de fr", "region:11"),
        ("territory", "ÎLE-DE-FRANCE", "region:11"),
        ("territory", "seine saint denis", "departement:93"),
        ("territory", "l hay les roses", "commune:94038"),
        ("partner", "mali", "country:MLI"),
        ("partner", "sikasso", "admin1:ML-3"),
        ("partner", "senegal", "country:SEN"),
        ("origin", "algerie", "country:DZA"),
        ("origin", "algeria", "country:DZA"),
    ],
)
def test_a_name_is_found_without_its_accents(name: str, typed: str, first: str, world: World):
    assert filters.found(world, name, typed, "fr")[0][0] == first


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("partner", "france"),
        ("origin", "france"),
        ("partner", "saint-denis"),
        ("territory", "mali"),
    ],
)
def test_a_search_finds_only_what_may_be_chosen(
    name: str, typed: str, world: World, words: Vocabulary
):
    found = filters.found(world, name, typed, "fr")
    assert [value for value, _ in found if not words.known(name, value)] == []


def test_nothing_typed_offers_the_widest_places(world: World):
    assert {v.split(":")[0] for v, _ in filters.found(world, "territory", " ", "fr")} == {"region"}
    countries = filters.found(world, "partner", "", "fr")
    assert ("country:FRA", "France") not in countries
    assert countries == sorted(countries, key=lambda option: filters.fold(option[1]))
    assert base_options(world, "partner", "fr") == as_options(countries)


def test_options_are_searchable_without_accents():
    assert as_options([("country:SEN", "Sénégal")], "sén")[0]["search"] == "Sénégal senegal sén"


@pytest.mark.parametrize(
    ("place_id", "label"),
    [
        ("commune:93066", "Saint-Denis (93)"),
        ("commune:97411", "Saint-Denis (974)"),
        ("departement:93", "Seine-Saint-Denis (93)"),
        ("region:53", "Bretagne"),
        ("country:MLI", "Mali"),
        ("departement:75", "Paris (75) · département"),
        ("commune:75056", "Paris (75) · commune"),
        ("admin1:ML-3", "Sikasso (Mali) · région ou province"),
        ("geonames:2451185", "Sikasso (Mali) · ville ou commune"),
    ],
)
def test_homonyms_are_told_apart(place_id: str, label: str, world: World):
    assert filters.label(world, "partner", place_id, "fr") == label


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["territory", "partner"])
def test_no_two_places_bear_one_label(name: str, lang: str, world: World, words: Vocabulary):
    ids = [i for i in filters.places_of(world).frame.index if words.known(name, i)]
    count = Counter(filters.place_label(world, i, lang) for i in ids)
    assert [label for label, times in count.items() if times > 1] == []


@pytest.mark.parametrize(
    ("name", "value", "known"),
    [
        ("territory", "region:53", True), ("territory", "commune:93066", True),
        ("territory", "epci:200054781", True), ("territory", "country:FRA", False),
        ("territory", "country:MLI", False), ("territory", "admin1:SN-DK", False),
        ("partner", "country:MLI", True), ("partner", "admin1:SN-DK", True),
        ("partner", "geonames:2451185", True), ("partner", "country:FRA", True),
        ("partner", "region:53", False), ("partner", "commune:93066", False),
        ("origin", "country:MLI", True), ("origin", "admin1:SN-DK", False),
        ("origin", "country:FRA", False), ("kind", "twinning", True), ("kind", "actor", False),
        ("theme", "undeclared", True), ("stance", "uncoded", True), ("stance", "", False),
        ("status", "signatory", False), ("subregion", "011", True), ("group", "ldc", True),
    ],
)  # fmt: skip
def test_the_vocabulary(name: str, value: str, known: bool, words: Vocabulary):
    assert words.known(name, value) is known


def test_examples_are_values(words: Vocabulary):
    assert all(words.known(n, value) for n, values in words.examples.items() for value in values)
    assert set(words.examples) == {*filters.BY_NAME, "weights"}


@pytest.mark.parametrize(
    ("view", "idle"),
    [("flows", ["Pays de naissance"]), ("diaspora", ["Type de lien", "Thème", "Statut du lien"])],
)
def test_filters_without_effect_are_named(view: str, idle: list[str]):
    state = ViewState(
        view, origin=("country:DZA",), kind=("twinning",), theme=("health",), status=("ended",)
    )
    assert filters.idle(state) == idle
