"""The state of the page: one small frozen value that lives in the address.

`parse(to_query(state)) == state`. Reading never fails: a value that cannot be used is left out
and a Notice says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote

HOME = "country:FRA"
YEARS = (1900, 2100)
TOPS = (25, 100, 250, 500)
MAX_VALUES = 200
MAX_QUERY = 20_000

LISTS = (
    "territory", "partner", "subregion", "group", "kind", "notion", "relation", "theme", "stance",
    "status", "referential", "origin", "network", "vector", "case",
)  # fmt: skip

# What corridors can be told apart by.
CATEGORIES = ("relation", "notion", "stance", "referential", "initiative", "place_of_action")

# What each view can be asked for; the first of each is its default.
OPTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "flows": {
        "level": ("region", "departement", "collectivity"),
        "partner_level": ("country", "admin1", "place"),
        "measure": ("links", *CATEGORIES),
    },
    "time": {
        "level": ("region", "departement", "collectivity"),
        "partner_level": ("country", "admin1", "place"),
        "measure": ("relation", "relation_share", "stance", "stance_share"),
    },
    "matrix": {
        "level": ("region", "departement", "collectivity"),
        "partner_level": ("country", "admin1", "place"),
        "measure": ("links", "collectivities"),
    },
    "diaspora": {
        "level": ("departement", "region"),
        "partner_level": ("country",),
        "measure": ("immigrants", "foreigners", "born_abroad"),
    },
    "gap": {
        "level": ("departement", "region"),
        "partner_level": ("country",),
        "measure": ("immigrants", "foreigners", "born_abroad"),
    },
    "networks": {
        "level": ("region", "departement"),
        "partner_level": ("country",),
        "measure": ("members",),
    },
    "cases": {
        "level": ("region", "departement"),
        "partner_level": ("country",),
        "measure": ("all", "case", "figure", "network", "actor", "claim"),
    },
    "stances": {
        "level": ("country",),
        "partner_level": ("country",),
        "measure": ("class", "position", "confidence"),
    },
    "vectors": {
        "level": ("region", "departement", "collectivity"),
        "partner_level": ("country",),
        "measure": ("value",),
    },
    "index": {
        "level": ("departement", "region"),
        "partner_level": ("country",),
        "measure": ("index",),
    },
    "territory": {
        "level": ("country",),
        "partner_level": ("country",),
        "measure": ("links",),
    },
    "data": {
        "level": ("country",),
        "partner_level": ("country",),
        "measure": ("tables",),
    },
}
VIEWS = tuple(OPTIONS)
LANGUAGES = ("fr", "en")
HOME_VIEWS = ("stances", "networks", "cases", "territory")  # the home State is a choice there
WIDTHS = ("fixed", "adaptive")
PROJECTIONS = ("world", "pacific", "globe")
WEIGHTS = (0.0, 100.0)
SWITCH = ("0", "1")
Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class ViewState:
    """Everything that decides what is shown. Empty means «all», or the view's default."""

    view: str = "flows"
    lang: str = "fr"
    home: str = HOME
    territory: tuple[str, ...] = ()
    partner: tuple[str, ...] = ()
    subregion: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    notion: tuple[str, ...] = ()
    relation: tuple[str, ...] = ()
    theme: tuple[str, ...] = ()
    stance: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    referential: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    vector: tuple[str, ...] = ()
    case: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    level: str = ""
    partner_level: str = ""
    measure: str = ""
    top: int = 0
    width: str = "fixed"
    projection: str = PROJECTIONS[0]
    convention: str = ""
    weights: Weights = ()
    embed: str = "0"
    present: str = "0"

    def option(self, name: str) -> str:
        """level, partner_level or measure as it applies: what was asked, or the view's default.

        By country of birth, only people born abroad are published for each territory, and for
        régions more than for départements.
        """
        default = OPTIONS[self.view][name][0]
        chosen = self.view in ("diaspora", "gap") and (self.partner or self.origin)
        if chosen or (self.view == "gap" and (self.subregion or self.group or self.stance)):
            default = {"level": "region", "measure": "born_abroad"}.get(name, default)
        return str(getattr(self, name)) or default

    @property
    def corridors(self) -> int:
        """How many corridors are drawn at most."""
        return self.top or TOPS[1]

    def toggled(self, name: str, value: str) -> ViewState:
        """This state with one value of a list filter added, or taken out where it was in."""
        changes: dict[str, Any] = {name: toggled(getattr(self, name), value)}
        return replace(self, **changes)

    def in_view(self, view: str) -> ViewState:
        """The same filters in another view; what that view has no such option for is reset."""
        if view == self.view:
            return self
        kept: dict[str, Any] = {
            name: getattr(self, name) if getattr(self, name) in allowed else ""
            for name, allowed in OPTIONS[view].items()
        }
        if view not in HOME_VIEWS:
            kept["partner"] = tuple(place for place in self.partner if place != self.home)
        return replace(self, view=view, **kept)


def toggled(have: tuple[str, ...], value: str) -> tuple[str, ...]:
    """Values with one more, or without it where it was in."""
    return tuple(v for v in have if v != value) if value in have else (*have, value)


@dataclass(frozen=True)
class Notice:
    """A value of the address that was not used: `reason` is a key of the catalogues."""

    parameter: str
    value: str
    reason: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """What values the data allows: `known(parameter, value)`; `examples` to quote in notices."""

    known: Callable[[str, str], bool]
    examples: Mapping[str, tuple[str, ...]]
    lang: str = "fr"
    homes: tuple[str, ...] = (HOME,)
    conventions: tuple[str, ...] = ()
    finer: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # levels by view


def options_in(view: str, words: Vocabulary) -> Mapping[str, tuple[str, ...]]:
    """What a view can be asked for, with the finer levels that the data allow."""
    levels = (*OPTIONS[view]["level"], *words.finer.get(view, ()))
    return {**OPTIONS[view], "level": levels}


def parse(query: str, words: Vocabulary) -> tuple[ViewState, tuple[Notice, ...]]:
    """The state that a query string asks for, and what of it could not be used."""
    state, notices = ViewState(lang=words.lang), []
    if len(query) > MAX_QUERY:
        return state, (Notice("", query[:40] + "…", "too_long"),)
    pairs: dict[str, str] = {}
    for name, value in parse_qsl(query.lstrip("?"), keep_blank_values=True, errors="replace"):
        again = name in LISTS and name in pairs
        pairs[name] = f"{pairs[name]},{value}" if again else value
    changes: dict[str, Any] = {}
    view, notice = _view(pairs.pop("view", state.view))
    notices += notice
    for name, text in pairs.items():
        read, notice = _read(name, text, view, words)
        notices += notice
        if read is not None:
            changes[name] = read
    return replace(state, view=view, **changes), tuple(notices)


def to_query(state: ViewState, lang: str = "fr") -> str:
    """The query string of a state, without what is default; "" or "?view=…".

    `lang` is the language of the address without one.
    """
    default = vars(_opening(lang))
    parts = [part(name, v) for name, v in vars(state).items() if v != default[name]]
    return "?" + "&".join(parts) if parts else ""


def part(name: str, value: object) -> str:
    """One field as the query string has it."""
    return f"{name}={_coded(value)}"


@lru_cache
def _opening(lang: str) -> ViewState:
    """The state of an address without a query."""
    return ViewState(lang=lang)


def _coded(value: object) -> str:
    if isinstance(value, tuple) and value and isinstance(value[0], int):
        return f"{value[0]}-{value[1]}"
    if isinstance(value, tuple):
        text = ",".join(f"{v[0]}:{v[1]:g}" if isinstance(v, tuple) else str(v) for v in value)
    else:
        text = str(value)
    return quote(text, safe=":,-_.~")


def _view(text: str) -> tuple[str, list[Notice]]:
    if text in VIEWS:
        return text, []
    return VIEWS[0], [Notice("view", _short(text), "not_allowed", VIEWS)]


def _read(name: str, text: str, view: str, words: Vocabulary) -> tuple[object, list[Notice]]:
    """The value of one parameter, or None with the notice that says why not."""
    if name in LISTS:
        return _list(name, text, words)
    if name == "years":
        return _years(text)
    if name == "weights":
        return _weights(text, words)
    allowed = _choices(name, view, words)
    if not allowed:
        return None, [Notice(_short(name), _short(text), "unknown_parameter", _parameters())]
    if text in allowed:
        unsaid = name == "convention" and text == allowed[0]
        return "" if unsaid else int(text) if name == "top" else text, []
    return None, [Notice(name, _short(text), "not_allowed", allowed)]


def _choices(name: str, view: str, words: Vocabulary) -> tuple[str, ...]:
    choices: dict[str, tuple[str, ...]] = {
        "lang": LANGUAGES, "home": words.homes, "width": WIDTHS,
        "top": tuple(map(str, TOPS)), "projection": PROJECTIONS,
        "convention": words.conventions, "embed": SWITCH, "present": SWITCH,
        **options_in(view, words),
    }  # fmt: skip
    return choices.get(name, ())


def _list(name: str, text: str, words: Vocabulary) -> tuple[tuple[str, ...] | None, list[Notice]]:
    asked = [v for v in dict.fromkeys(part.strip() for part in text.split(",")) if v]
    good = tuple(v for v in asked[:MAX_VALUES] if words.known(name, v))
    bad = [v for v in asked[:MAX_VALUES] if v not in good]
    notices = [
        Notice(name, _short(value), "unknown_value", words.examples.get(name, ())) for value in bad
    ]
    if len(asked) > MAX_VALUES:
        notices.append(Notice(name, str(len(asked)), "too_many", (str(MAX_VALUES),)))
    return good or None, notices


def _years(text: str) -> tuple[tuple[int, int] | None, list[Notice]]:
    match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{4}))?", text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if YEARS[0] <= first <= last <= YEARS[1]:
        return (first, last), []
    return None, [Notice("years", _short(text), "bad_years", ("1990-2020",))]


def _weights(text: str, words: Vocabulary) -> tuple[Weights | None, list[Notice]]:
    """Weights such as `legal_basis:20,state_body:5`, each name once, in the order of names."""
    found: dict[str, float] = {}
    notices = []
    for part in [p.strip() for p in text.split(",") if p.strip()][:MAX_VALUES]:
        name, _, number = part.partition(":")
        known = words.known("weights", name)
        if known and re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", number):
            found[name] = min(max(float(number), WEIGHTS[0]), WEIGHTS[1])
        else:
            names = words.examples.get("weights", ())
            allowed = tuple(f"{name}:20" for name in names[:1]) if known else names
            reason = "bad_weight" if known else "unknown_value"
            notices.append(Notice("weights", _short(part), reason, allowed))
    return tuple(sorted(found.items())) or None, notices


def _parameters() -> tuple[str, ...]:
    return tuple(each.name for each in fields(ViewState))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
