"""Cases: what the source tells of, each with its place, its value and the lines to read it in."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from dashboard import filters
from dashboard.captions import credits, home_convention
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries
from dashboard.figures.theme import colour
from dashboard.state import LISTS, OPTIONS, ViewState
from dashboard.telling import (
    Beside,
    Column,
    KeyFigure,
    Legend,
    Line,
    Ranking,
    Swatch,
    Table,
    Told,
)
from dashboard.views.cases_map import draw
from dashboard.views.coded import labels, typeset
from geo.cases import KINDS, cases_of, gathered, kinds, places_in, selected
from geo.places import FRANCE, places_of
from geo.series import kind_of
from geo.world import World

RANKED = 10
ALL = "all"
YEAR = "year"  # the unit of values that are a date
__all__ = ["draw", "rows", "select", "shown", "tell"]


@dataclass(frozen=True, eq=False)
class Selection:
    """Cases kept; `open` pass all filters but the cases chosen, `any_kind` all but the kind as
    well; `every` is all cases, `titles` their titles in the language."""

    cases: pd.DataFrame
    open: pd.DataFrame
    any_kind: pd.DataFrame
    every: pd.DataFrame
    titles: Mapping[str, str]


@dataclass(frozen=True)
class Card:
    """One case; `vector` is the kind of vector that it tells of, with its name."""

    case_id: str
    kind: str
    value: str
    title: str
    place: str
    note: str
    reference: str
    vector: str
    vector_name: str
    chosen: bool


@dataclass(frozen=True)
class Kind:
    """A button: the measure it leads to, its name, how many cases it shows."""

    measure: str
    label: str
    number: str
    on: bool


@dataclass(frozen=True)
class Cards:
    """All that the template shows: cards under the heading of their section."""

    kinds: tuple[Kind, ...]
    sections: tuple[tuple[str, tuple[Card, ...]], ...]
    chosen: str
    vectors: bool


def select(world: World, state: ViewState) -> Selection:
    """Apply every filter, and the kind of case that the measure is."""
    every = cases_of(world)
    wanted = wanted_of(world, state)
    free = {name: values for name, values in wanted.items() if name != "case"}
    any_kind = selected(every, {**free, "nature": ()})
    open_ = selected(every, free)
    titles = dict(zip(every["case_id"], every[f"label_{state.lang}"], strict=True))
    return Selection(selected(open_, wanted), open_, any_kind, every, titles)


def wanted_of(world: World, state: ViewState) -> dict[str, tuple[str, ...]]:
    """The filters of a state that act on cases; the measure is the kind of case, and of a vector
    only its kind counts here."""
    wanted = {n: getattr(state, n) for n in LISTS if "cases" in filters.BY_NAME[n].views}
    measure = state.option("measure")
    wanted["vector"] = tuple(kind_of(world, vector) for vector in state.vector)
    return {**wanted, "nature": () if measure == ALL else (measure,)}


def rows(world: World, state: ViewState) -> pd.DataFrame:
    """One case a row."""
    lang = state.lang
    columns = {
        "case_id": "case_id", "kind": "kind", f"label_{lang}": "label", "value": "value",
        "low": "low", "high": "high", "unit": "unit", _place(lang): "place",
        "place_level": "place_level", "country_id": "country_id", "region_id": "region_id",
        "departement_id": "departement_id", "lon": "lon", "lat": "lat",
        "vector_kind": "vector_kind", "source_lines": "source_lines", _note(lang): "note",
    }  # fmt: skip
    kept = selected(cases_of(world), wanted_of(world, state))
    return kept[list(columns)].rename(columns=columns).reset_index(drop=True)


def shown(_world: World, selection: Selection, state: ViewState) -> pd.DataFrame:
    """One place a row, with the cases gathered there; cases without a place are not drawn."""
    table = gathered(selection.cases)
    table = table.assign(cases=table["cases"].map(";".join), place=table[f"place_{state.lang}"])
    return table[["place", "country_id", "lon", "lat", "whole", "number", "cases"]]


def _place(lang: str) -> str:
    return "place_name" if lang == "fr" else "place_name_en"


def _note(lang: str) -> str:
    return "note_fr" if lang == "fr" else "note"


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """Sentence, key figures, vectors and countries ranked, cards, legend, table, source."""
    words = catalogue(state.lang)
    kept = selection.cases
    sentence = words.say(
        "cases.sentence", n=len(kept), total=len(selection.every),
        placed=int(kept["placed"].sum()), places=words.say("cases.places", n=places_in(kept)),
    )  # fmt: skip
    if state.option("measure") != ALL:
        kind = words.say(f"measure.{state.option('measure')}")
        sentence = words.say("cases.of_kind", said=sentence, kind=kind)
    return Told(
        title=words.say("cases.title"),
        sentence=filters.sentence(sentence, world, state),
        key_figures=_key_figures(selection, words),
        rankings=(_by_vector(world, selection, state), _by_country(world, selection, state)),
        legend=_legend(world, state, words),
        table=_table(world, selection, state),
        sources=credits(
            world, set(selection.every["source_id"]), ("boundaries",), state.convention
        ),
        beside=Beside("cases", _cards(world, selection, state), "right"),
        notes=(words.say("cases.undated"), words.say("cases.checked")),
        empty=kept.empty,
    )


def _key_figures(selection: Selection, words: Catalogue) -> tuple[KeyFigure, ...]:
    kept = selection.cases
    placed = int(kept["placed"].sum())
    counts = {
        "cases": (len(kept), words.say("of_total", total=len(selection.every))),
        "placed": (placed, words.say("cases.unplaced", n=len(kept) - placed)),
        "countries": (int(kept.loc[kept["country_id"] != "", "country_id"].nunique()), ""),
        "valued": (int((kept["value"] != "").sum()), ""),
    }
    return tuple(
        KeyFigure(words.number(n), words.say(f"cases.key.{name}", n=n), note)
        for name, (n, note) in counts.items()
    )


def _by_vector(world: World, selection: Selection, state: ViewState) -> Ranking:
    """Cases by the kind of vector that they tell of."""
    words = catalogue(state.lang)
    kept = selection.cases[selection.cases["vector_kind"] != ""]
    named = _vector_names(world, state.lang)
    lines = _lines(kept["vector_kind"], "vector", named, state.vector, words)
    without = words.say("cases.no_vector", n=len(selection.cases) - len(kept))
    return Ranking(words.say("cases.ranking.vector"), lines, without)


@lru_cache(maxsize=4)
def _vector_names(world: World, lang: str) -> Mapping[str, str]:
    kinds_ = world.table("kinds")
    return dict(zip(kinds_["kind"], kinds_[f"label_{lang}"], strict=True))


def _by_country(world: World, selection: Selection, state: ViewState) -> Ranking:
    words, places = catalogue(state.lang), places_of(world)
    kept = selection.cases[selection.cases["country_id"] != ""]
    named = {i: places.name(i, state.lang) for i in kept["country_id"].unique()}
    lines = _lines(kept["country_id"], "partner", named, state.partner, words)
    return Ranking(words.say("cases.ranking.country"), lines)


def _lines(
    column: pd.Series, parameter: str, named: Mapping[str, str], chosen: tuple[str, ...],
    words: Catalogue,
) -> tuple[Line, ...]:  # fmt: skip
    """Values of a column by how many cases have them; France is no partner to filter by."""
    counts = column.value_counts()
    ordered = sorted(counts.items(), key=lambda item: (-int(item[1]), str(item[0])))[:RANKED]
    most = max((int(n) for _, n in ordered), default=1)
    return tuple(
        Line(
            parameter, "" if key == FRANCE else str(key), named.get(str(key), str(key)),
            words.number(int(n)), int(n) / most, key in chosen,
        )
        for key, n in ordered
    )  # fmt: skip


def _cards(world: World, selection: Selection, state: ViewState) -> Cards:
    """The cases shown in the order of the source, those with a place first."""
    words = catalogue(state.lang)
    cards = [_card(world, row, state) for row in selection.cases.to_dict("records")]
    placed = selection.cases["placed"].tolist()
    sections = [
        (words.say(f"cases.section.{name}", n=sum(p == has for p in placed)),
         tuple(card for card, p in zip(cards, placed, strict=True) if p == has))
        for name, has in (("placed", True), ("unplaced", False))
    ]  # fmt: skip
    counts = kinds(selection.any_kind)
    numbers = {ALL: len(selection.any_kind), **counts}
    return Cards(
        kinds=tuple(
            Kind(name, words.say(f"measure.{name}"), words.number(numbers[name]),
                 state.option("measure") == name)
            for name in (ALL, *KINDS)
        ),
        sections=tuple((title, held) for title, held in sections if held),
        chosen=words.say("cases.chosen", n=len(selection.cases)) if state.case else "",
        vectors="vectors" in OPTIONS,
    )  # fmt: skip


def _card(world: World, row: Mapping[Hashable, Any], state: ViewState) -> Card:
    lang, words = state.lang, catalogue(state.lang)
    kind = labels(world, "cases", "kind", lang)
    vectors = _vector_names(world, lang)
    place = row[_place(lang)]
    if row["whole"] and row["place_name"] == places_of(world).name(row["country_id"], "fr"):
        place = words.say("cases.whole", place=place)
    lines = str(row["source_lines"])
    several = 2 if "-" in lines or ";" in lines else 1
    return Card(
        case_id=row["case_id"], kind=kind.get(row["kind"], row["kind"]),
        value=value_of(row, labels(world, "cases", "unit", lang), words),
        title=typeset(row[f"label_{lang}"], lang), place=place,
        note=typeset(row[_note(lang)], lang),
        reference=words.say("cases.reference", n=several, lines=lines.replace("-", "–")),
        vector=row["vector_kind"], vector_name=vectors.get(row["vector_kind"], ""),
        chosen=row["case_id"] in state.case,
    )  # fmt: skip


def value_of(row: Mapping[Hashable, Any], units: Mapping[str, str], words: Catalogue) -> str:
    """A value with its unit as it is said: «plus de 50 organisations», «700–1 000 M€ par an».

    What a unit has in brackets comes before the number; a year has neither unit nor separators.
    """
    if row["value"] == "":
        return ""
    if row["low"] != row["low"]:
        return f"{row['value']} {units.get(row['unit'], row['unit'])}"
    dated = str(row["unit"]).split(" ")[0] == YEAR
    bounds = [str(int(v)) if dated else words.number(v, 1) for v in (row["low"], row["high"])]
    number = "–".join(dict.fromkeys(bounds))
    unit, qualifier = _unit(units.get(row["unit"], row["unit"]))
    said = number if dated else f"{unit} {number}" if unit == "type" else f"{number} {unit}"
    said = f"{qualifier} {said}" if qualifier else said
    return said.replace(" %", "%") if words.lang == "en" else typeset(said, words.lang)


def _unit(label: str) -> tuple[str, str]:
    """«organisations (plus de)» -> («organisations», «plus de»)."""
    found = re.fullmatch(r"(.+) \((.+)\)", label)
    return (found[1], found[2]) if found else (label, "")


def _legend(world: World, state: ViewState, words: Catalogue) -> Legend:
    symbols = (
        Swatch(words.say("cases.legend.place"), colour("accent"), "point case", 15),
        Swatch(words.say("cases.legend.whole"), colour("accent"), "point case square", 14),
        Swatch(words.say("cases.legend.outside"), colour("hatch"), "point case faded", 15),
    )
    areas = (
        Swatch(words.say("cases.none"), colour("land")),
        Swatch(words.say("cases.some"), colour("under-2")),
    )
    return Legend(
        ((words.say("cases.legend"), symbols), ("", (*areas, *boundaries.legend(world, state)))),
        (words.say("cases.legend.moved"), home_convention(world, state.lang, state.convention),
         words.say(f"legend.projection.{state.projection}")),
    )  # fmt: skip


def _table(world: World, selection: Selection, state: ViewState) -> Table:
    words, lang = catalogue(state.lang), state.lang
    columns = (
        Column("case", words.say("filter.case"), parameter="case"),
        Column("kind", words.say("cases.column.kind")),
        Column("value", words.say("cases.column.value")),
        Column("place", words.say("cases.column.place")),
        Column("vector", words.say("filter.vector"), parameter="vector"),
        Column("lines", words.say("cases.column.lines")),
    )
    values, keys = [], []
    for row in selection.cases.to_dict("records"):
        card = _card(world, row, state)
        values.append((
            card.title, card.kind, card.value or None, row[_place(lang)] or None,
            card.vector_name or None, str(row["source_lines"]).replace("-", "–"),
        ))  # fmt: skip
        keys.append((card.case_id, card.vector))
    return Table(columns, tuple(values), tuple(keys))
