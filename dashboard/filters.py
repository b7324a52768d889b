"""The filters: one row each, with what it can be, how it is named, and where it acts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dashboard.catalogue import Catalogue, catalogue
from dashboard.state import LISTS, OPTIONS, ViewState, Vocabulary, Weights
from geo.conventions import convention_names, conventions
from geo.corridors import UNCODED, UNDECLARED
from geo.finer import finer_levels
from geo.places import FRANCE, Places, fold, places_of
from geo.series import topic_label, topics_of
from geo.stances import CLASSES, rule_of
from geo.transnational import DIVERSITY
from geo.world import World

FRENCH_LEVELS = ("region", "departement", "epci", "commune")
FAR_LEVELS = ("country", "admin1", "town")
Option = tuple[str, str]


@dataclass(frozen=True)
class Filter:
    """One filter. `search` is the levels of places it finds; else `options` are its values."""

    name: str
    views: tuple[str, ...]
    options: Callable[[World, Catalogue], list[Option]] = lambda _world, _words: []
    search: tuple[str, ...] = ()


def _by_label(options: Iterable[Option]) -> list[Option]:
    return sorted(options, key=lambda option: fold(option[1]))


def _codes(field: str, column: str) -> Callable[[World, Catalogue], list[Option]]:
    """The codes of a field that links use; other datasets have fields of the same name."""

    def options(world: World, words: Catalogue) -> list[Option]:
        codes, used = world.table("codes"), set(";".join(world.table("links")[column]).split(";"))
        rows = codes[(codes["field"] == field) & codes["code"].isin(used)].drop_duplicates("code")
        return list(zip(rows["code"], rows[f"label_{words.lang}"], strict=True))

    return options


def _themes(world: World, words: Catalogue) -> list[Option]:
    return [
        *_by_label(_codes("theme", "themes")(world, words)),
        (UNDECLARED, words.say("undeclared")),
    ]


def _subregions(world: World, words: Catalogue) -> list[Option]:
    rows = world.table("countries").drop_duplicates("m49_subregion")
    rows = rows[rows["m49_subregion"] != ""]
    return _by_label(zip(rows["m49_subregion"], rows[f"subregion_{words.lang}"], strict=True))


def _groups(world: World, words: Catalogue) -> list[Option]:
    rows = world.table("groups")
    return list(zip(rows["group_id"], rows[f"label_{words.lang}"], strict=True))


def _labelled(table: str, column: str = "label") -> Callable[[World, Catalogue], list[Option]]:
    """The rows of a table whose first column is their key, under their label in the language."""

    def options(world: World, words: Catalogue) -> list[Option]:
        rows = world.table(table)
        return list(zip(rows.iloc[:, 0], rows[f"{column}_{words.lang}"], strict=True))

    return options


def _vectors(world: World, words: Catalogue) -> list[Option]:
    """Kinds of vectors, each followed by what the data measure of it where that is several."""
    topics = topics_of(world)
    found = []
    for kind, name in _by_label(_labelled("kinds")(world, words)):
        own = [(i, s) for i, s in topics.items() if s.kind == kind]
        said = [(i, f"{name} · {topic_label(world, s, words.lang)}") for i, s in own]
        found += [(kind, name), *(said if len(said) > 1 else [])]
    return found


def _referentials(world: World, words: Catalogue) -> list[Option]:
    codes = world.table("codes")
    rows = codes[codes["field"] == "referential"]
    return [
        *zip(rows["code"], rows[f"label_{words.lang}"], strict=True),
        (UNDECLARED, words.say("undeclared")),
    ]


def _stances(_world: World, words: Catalogue) -> list[Option]:
    return [(key, words.say(f"stance.{key}")) for key in (*CLASSES, UNCODED)]


# The views whose rows are, or rest on, cooperation links.
CORRIDOR_VIEWS = ("flows", "time", "matrix")
LINK_VIEWS = (*CORRIDOR_VIEWS, "stances", "gap", "territory")
PLACE_VIEWS = (*LINK_VIEWS, "diaspora", "vectors", "networks", "cases")
COUNTRY_VIEWS = (
    *CORRIDOR_VIEWS, "stances", "diaspora", "gap", "vectors", "networks", "cases", "territory",
)  # fmt: skip
WORLD_VIEWS = (*CORRIDOR_VIEWS, "stances", "vectors", "networks", "cases", "territory")

# The views whose rows have no year to filter by.
UNDATED = ("index", "cases")

FILTERS = (
    Filter("territory", (*PLACE_VIEWS, "index"), search=FRENCH_LEVELS),
    Filter("partner", PLACE_VIEWS, search=FAR_LEVELS),
    Filter("subregion", COUNTRY_VIEWS, _subregions),
    Filter("group", COUNTRY_VIEWS, _groups),
    Filter("kind", LINK_VIEWS, _codes("kind", "kind")),
    Filter("notion", LINK_VIEWS, _labelled("notions")),
    Filter("relation", LINK_VIEWS, _labelled("relations")),
    Filter("theme", (*LINK_VIEWS, "networks"), _themes),
    Filter("stance", COUNTRY_VIEWS, _stances),
    Filter("status", LINK_VIEWS, _codes("status", "status")),
    Filter("referential", LINK_VIEWS, _referentials),
    Filter("origin", ("diaspora", "gap"), search=("country",)),
    Filter("network", ("networks",), _labelled("networks", "name")),
    Filter("vector", ("vectors", "index", "cases"), _vectors),
    Filter("case", ("cases",), _labelled("cases")),
)
BY_NAME = {row.name: row for row in FILTERS}

# How the map is drawn: the views that each choice acts on.
DRAWING: Mapping[str, tuple[str, ...]] = {
    "top": CORRIDOR_VIEWS, "width": CORRIDOR_VIEWS, "projection": WORLD_VIEWS,
    "convention": WORLD_VIEWS,
}  # fmt: skip


@lru_cache(maxsize=64)
def options_of(world: World, name: str, lang: str) -> tuple[Option, ...]:
    """The values of a filter that is not searched, with their labels."""
    return tuple(BY_NAME[name].options(world, catalogue(lang)))


def label(world: World, name: str, value: str, lang: str) -> str:
    """A value of a filter as people say it."""
    if BY_NAME[name].search:
        return place_label(world, value, lang)
    return _labels(world, name, lang).get(value, value)


@lru_cache(maxsize=64)
def _labels(world: World, name: str, lang: str) -> Mapping[str, str]:
    """The values of a filter that is not searched, by code."""
    return dict(options_of(world, name, lang))


def place_label(world: World, place_id: str, lang: str) -> str:
    """A place's name, with what tells it from its homonyms."""
    return _homonyms(world, lang).get(place_id) or _plain_label(world, place_id, lang)


@lru_cache(maxsize=4)
def _homonyms(world: World, lang: str) -> Mapping[str, str]:
    """Labels of the places whose plain label is also another's: with the level, else the code."""
    places, words = places_of(world), catalogue(lang)
    plain = {i: _plain_label(world, i, lang) for i in places.frame.index}
    french = {i: places.value(i, "country_id") == FRANCE for i in plain}
    count = Counter((label, french[i]) for i, label in plain.items())
    shared = {
        i: f"{label} · {words.say('place.' + places.value(i, 'level'))}"
        for i, label in plain.items() if count[label, french[i]] > 1
    }  # fmt: skip
    again = Counter(shared.values())
    return {i: t if again[t] == 1 else f"{t} {i.split(':', 1)[1]}" for i, t in shared.items()}


def _plain_label(world: World, place_id: str, lang: str) -> str:
    places = places_of(world)
    name = places.name(place_id, lang)
    level, number = place_id.split(":", 1)
    if level in ("region", "country", "epci"):
        return name
    if level == "departement":
        return f"{name} ({number})"
    if level == "commune":
        return f"{name} ({places.value(place_id, 'departement_id').split(':')[1]})"
    return f"{name} ({places.name(places.value(place_id, 'country_id'), lang)})"


def found(world: World, name: str, text: str, lang: str) -> list[Option]:
    """Places that a search in one filter proposes, with labels; countries when nothing is typed."""
    row = BY_NAME[name]
    places = places_of(world)
    if not text.strip():
        return list(_first_choices(world, row.search[0], lang))
    known = vocabulary(world, lang).known
    ids = [i for i in places.search(text, row.search) if known(name, i)]
    return [(i, place_label(world, i, lang)) for i in ids]


@lru_cache(maxsize=16)
def _first_choices(world: World, level: str, lang: str) -> tuple[Option, ...]:
    frame = places_of(world).frame
    ids = frame.index[(frame["level"] == level) & (frame["place_id"] != FRANCE)]
    return tuple(_by_label((i, place_label(world, i, lang)) for i in ids))


@lru_cache(maxsize=4)
def vocabulary(world: World, lang: str = "fr") -> Vocabulary:
    """What the data of a world allows in the address."""
    places = places_of(world)
    fixed = {row.name: dict(options_of(world, row.name, "fr")) for row in FILTERS if not row.search}
    fixed["weights"] = dict.fromkeys(weighted(world), "")

    def known(name: str, value: str) -> bool:
        if name in fixed:
            return value in fixed[name]
        if value not in places:
            return False
        level, french = places.value(value, "level"), _is_french(places, value)
        if name == "territory":
            return french and level in FRENCH_LEVELS
        if name == "partner":
            return level == "country" or not french
        return level == "country" and value != FRANCE

    examples = {name: tuple(options)[:8] for name, options in fixed.items()}
    examples |= {
        "territory": ("region:53", "departement:93", "commune:13055"),
        "partner": ("country:MLI", "admin1:SN-DK"),
        "origin": ("country:DZA",),
    }
    return Vocabulary(
        known=known, examples=examples, lang=lang, conventions=convention_names(world),
        finer={"diaspora": finer_levels(world)},
    )  # fmt: skip


def rule_weights(world: World, state: ViewState) -> Weights:
    """The weights of a state that change the rule on stances, in a view where these count."""
    if state.view not in BY_NAME["stance"].views:
        return ()
    criteria = {name for name, _ in rule_of(world).weights}
    return tuple((name, value) for name, value in state.weights if name in criteria)


def weighted(world: World) -> tuple[str, ...]:
    """What a person may weigh otherwise: the criteria of the rule on stances, and what can be an
    ingredient of the index."""
    criteria = tuple(name for name, _ in rule_of(world).weights)
    return (*criteria, *world.table("kinds")["kind"].unique(), DIVERSITY)


def hidden(state: ViewState) -> list[str]:
    """The fields of the rail that have nothing to act on in this view and hold no value."""
    lists = [r.name for r in FILTERS if not acts(r, state) and not getattr(state, r.name)]
    drawing = [name for name, views in DRAWING.items() if state.view not in views]
    drawing += ["drawing"] if len(drawing) == len(DRAWING) else []
    single = [name for name, values in OPTIONS[state.view].items() if len(values) < 2]
    undated = ["years"] if state.view in UNDATED and not state.years else []
    return [f"field-{name}" for name in (*lists, *undated, *drawing, *single)]


def convention_options(world: World, lang: str) -> list[Option]:
    """The conventions that boundaries can follow; the first is the one followed by default."""
    first, *others = conventions(world)
    return [("default", first.label(lang)), *((each.name, each.label(lang)) for each in others)]


def path_of(world: World, place_id: str) -> list[str]:
    """The place with what holds it below its country's State, widest first: a commune with its
    région and département; a town with its country and first-level unit."""
    places = places_of(world)
    french = _is_french(places, place_id)
    ancestors = ("region_id", "departement_id") if french else ("country_id", "admin1_id")
    held = [places.value(place_id, column) for column in ancestors]
    return list(dict.fromkeys([*(i for i in held if i), place_id]))


def _is_french(places: Places, place_id: str) -> bool:
    """True for a place of France below the State."""
    return place_id != FRANCE and places.value(place_id, "country_id") == FRANCE


def active(state: ViewState) -> list[tuple[Filter, tuple[str, ...]]]:
    """The list filters that have values, in the order of the rail."""
    return [(BY_NAME[n], getattr(state, n)) for n in LISTS if getattr(state, n)]


def acts(row: Filter, state: ViewState) -> bool:
    """True where a filter acts on the view; in diasporas a country of birth stands before the
    country of the partner."""
    if row.name == "partner" and state.view == "diaspora" and state.origin:
        return False
    return state.view in row.views


def phrases(world: World, state: ViewState, named: tuple[str, ...] = ()) -> list[str]:
    """Each active filter that acts on the view, in words: «partenaire : Mali»."""
    words = catalogue(state.lang)
    said = []
    for row, values in active(state):
        if acts(row, state) and row.name not in named:
            names = [label(world, row.name, v, state.lang) for v in values[:4]]
            if len(values) > 4:
                names.append(words.say("others", n=len(values) - 4))
            said.append(words.say(f"phrase.{row.name}", names=words.joined(names)))
    if state.years and state.view not in UNDATED:
        said.append(words.say("phrase.years", first=str(state.years[0]), last=str(state.years[1])))
    return said


def sentence(said: str, world: World, state: ViewState, named: tuple[str, ...] = ()) -> str:
    """What is shown, then the filters that act and are not `named` in it, as sentences."""
    clauses = ("; " if state.lang == "en" else "\u202f; ").join(phrases(world, state, named))
    return f"{said}. {clauses[:1].upper()}{clauses[1:]}." if clauses else f"{said}."


def idle(state: ViewState) -> list[str]:
    """The active filters that have nothing to act on in this view, by name."""
    words = catalogue(state.lang)
    names = [row.name for row, _ in active(state) if not acts(row, state)]
    names += ["years"] if state.years and state.view in UNDATED else []
    return [words.say(f"filter.{name}") for name in names]


def changed_rule(world: World, state: ViewState) -> list[str]:
    """The weights that a person changed in the rule on stances, said where stances are shown."""
    words, changed = catalogue(state.lang), rule_weights(world, state)
    if not changed:
        return []
    label = world.table("rule").set_index("criterion")[f"label_{state.lang}"]
    usual = {name: abs(weight) for name, weight in rule_of(world).weights}
    told = [
        words.say("weights.one", name=label[name], weight=value, usual=usual[name])
        for name, value in changed
    ]
    return [words.say("weights.changed", weights=words.joined(told))]
