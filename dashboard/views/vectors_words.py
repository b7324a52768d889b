"""What the view of vectors says: sentence, figures, rankings, kinds, legend, table, sources."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dashboard import filters
from dashboard.captions import credits
from dashboard.catalogue import Catalogue, catalogue
from dashboard.state import ViewState
from dashboard.telling import (
    Beside,
    Column,
    KeyFigure,
    Line,
    Ranking,
    Table,
    Told,
)
from dashboard.views.coded import typeset
from dashboard.views.vectors_legend import legend
from dashboard.views.vectors_map import drawn_flows, placed, side_of
from dashboard.views.vectors_named import kind_label, lowered, measured, plain, series_words, when
from geo.places import FRANCE, places_of
from geo.series import Series, series_of, topic_label, topics_of
from geo.values import Values
from geo.vectors import kinds_of, label
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.vectors import Layer, Selection

RANKED = 8
SIDES = {"far": "partner", "near": "territory"}


@dataclass(frozen=True)
class Kind:
    """One kind as a button: `value` toggles it, `title` says more or names its open source."""

    value: str
    label: str
    amount: str
    title: str
    source: str
    selected: bool = False


@dataclass(frozen=True)
class Kinds:
    """Some kinds as a row, and all of them by family: those with figures first, most first."""

    row: tuple[Kind, ...]
    families: tuple[tuple[str, tuple[Kind, ...]], ...]
    summary: str


def tell(world: World, selection: Selection, state: ViewState) -> Told:
    """All that is said of the vectors drawn."""
    words = catalogue(state.lang)
    told = [(layer, values) for layer in selection.own for values in layer.sides]
    told = [(layer, values) for layer, values in told if values.figures]
    used = {figure.source_id for _, values in told for figure in values.figures}
    between = "\u202f; " if state.lang == "fr" else "; "
    said = between.join(_phrase(world, layer, words) for layer in selection.own)
    sentence = words.say("vectors.sentence" if state.vector else "vectors.by_default", said=said)
    return Told(
        title=words.say("vectors.title"),
        sentence=filters.sentence(sentence, world, state, named=("vector",)),
        key_figures=_key_figures(world, selection, told, words),
        rankings=(*_rankings(world, told, state), *_topics(world, selection, state)),
        legend=legend(world, selection, state),
        table=_table(world, told, state, words),
        sources=credits(world, used, ("boundaries",), state.convention),
        beside=Beside("vectors", _kinds(world, selection, state, words), "below"),
        notes=tuple(_notes(world, selection, told, words)),
        empty=not told,
    )


def _phrase(world: World, layer: Layer, words: Catalogue) -> str:
    """«Transferts d’argent des migrants : reçu de la contrepartie, 2017, 172 pays»."""
    sides = [side for side in layer.sides if side.figures]
    name = kind_label(world, layer.kind, words.lang)
    if not sides:
        return words.say("vectors.none", kind=name)
    if len(sides) == 1 and len(layer.flows):
        return words.say("vectors.flow_phrase", kind=name, year=when(sides[0].series, words),
                         places=_reached(world, layer, sides[0], words))  # fmt: skip
    parts = [_side_words(world, layer, values, words) for values in sides]
    if len(sides) == 2 and sides[0].series == sides[1].series:
        places = words.joined([_reached(world, layer, values, words) for values in sides])
        parts = [_series_said(world, sides[0].series, words, places)]
    return words.say("vectors.phrase", kind=name, series=words.joined(parts))


def _side_words(world: World, layer: Layer, values: Values, words: Catalogue) -> str:
    return _series_said(world, values.series, words, _reached(world, layer, values, words))


def _reached(world: World, layer: Layer, values: Values, words: Catalogue) -> str:
    """How many places have a figure; of a flow from one place, where it starts too."""
    places = _places(values, words)
    origins = {flow.origin_id for flow in layer.flows}
    if values.level != "country" or len(origins) != 1:
        return places
    return words.say("vectors.from", place=_name(world, origins.pop(), words.lang), places=places)


def _series_said(world: World, series: Series, words: Catalogue, places: str) -> str:
    what = lowered(series_words(world, series, words.lang))
    return words.say("vectors.series", series=what, measure=words.say(f"vectors.{series.measure}"),
                     year=when(series, words), places=places)  # fmt: skip


def _places(values: Values, words: Catalogue) -> str:
    return words.say(f"vectors.places.{values.level}", n=len(values.figures))


def _key_figures(
    world: World, selection: Selection, told: Sequence[tuple[Layer, Values]], words: Catalogue
) -> tuple[KeyFigure, ...]:
    """For each series its whole, where its figures add up; else how far its figures go."""
    found = []
    for layer, values in told[:6]:
        series, column = values.series, values.placed.value
        name = measured(world, layer, values, words)
        name = kind_label(world, layer.kind, words.lang) if selection.several else name
        note = f"{_places(values, words)}{f', {series.year}' if series.year else ''}"
        if values.estimated:
            note = f"{note} · {words.say('estimate').lower()}"
        if series.is_share:
            low, high = (plain(series, v, words) for v in (column.min(), column.max()))
            text = low if low == high else f"{low} – {high}"
        else:
            text = plain(series, float(column.sum()), words)
            text = words.say("at_least", value=text) if values.bounded else text
        found.append(KeyFigure(text, name, note))
    return tuple(found)


def _rankings(
    world: World, told: Sequence[tuple[Layer, Values]], state: ViewState
) -> list[Ranking]:
    words = catalogue(state.lang)
    found = []
    for layer, values in told:
        most = values.largest or 1.0
        parameter = SIDES[side_of(values)]
        chosen: tuple[str, ...] = getattr(state, parameter)
        lines = tuple(
            Line(
                parameter, _choosable(world, row.place_id),
                _name(world, row.place_id, state.lang),
                _short(values.series, row.value, row.bound, words),
                row.value / most, row.place_id in chosen,
                words.say("estimate") if row.estimate else "",
            )
            for row in values.figures[:RANKED]
        )  # fmt: skip
        rest = len(values.figures) - len(lines)
        title = words.say("vectors.ranking", kind=kind_label(world, layer.kind, state.lang),
                          series=lowered(measured(world, layer, values, words)),
                          year=when(values.series, words))  # fmt: skip
        found.append(Ranking(title, lines, words.say("ranking.more", n=rest) if rest else ""))
    return found


def _short(series: Series, value: float, bound: str, words: Catalogue) -> str:
    text = plain(series, float(value), words) if value >= 1 else words.number(float(value), 3)
    return words.say("at_least", value=text) if bound == "lower" else text


def _choosable(world: World, place_id: str) -> str:
    """The value that a click gives to a filter; none for France itself or an unknown place."""
    return "" if place_id == FRANCE or place_id not in places_of(world) else place_id


def _name(world: World, place_id: str, lang: str) -> str:
    known = place_id in places_of(world)
    return filters.place_label(world, place_id, lang) if known else place_id


def _topics(world: World, selection: Selection, state: ViewState) -> list[Ranking]:
    """All that the data measure of the one vector asked, each a button."""
    words = catalogue(state.lang)
    if selection.several or not selection.layers:
        return []
    kind = selection.layers[0].kind
    topics = [(i, s) for i, s in topics_of(world).items() if s.kind == kind]
    if len(topics) < 2:
        return []
    drawn = {values.series.topic for layer in selection.own for values in layer.sides}
    lines = tuple(
        Line("vector", topic, typeset(topic_label(world, s, state.lang), state.lang),
             _years(world, topic), 0.0, topic in state.vector or topic in drawn)
        for topic, s in topics
    )  # fmt: skip
    return [Ranking(words.say("vectors.topics"), lines)]


def _years(world: World, topic: str) -> str:
    """The years that a topic has figures of: «2021», «2006–2021», nothing where none is stated."""
    years = [str(series.year) for series in series_of(world, topic) if series.year]
    return "–".join(dict.fromkeys((min(years), max(years)))) if years else ""


def _kinds(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Kinds:
    """Every kind of the data as a button; the chosen come first in the row."""
    chosen = {layer.kind for layer in selection.layers} | set(state.vector)
    told = [(family, replace(kind, selected=True) if kind.value in chosen else kind)
            for family, kind in _every_kind(world, state.lang)]  # fmt: skip
    families = {family: words.say(f"vectors.family.{family}") for family, _ in told}
    row = sorted((k for _, k in told if k.amount), key=lambda k: not k.selected)
    return Kinds(
        tuple(row),
        tuple((name, tuple(k for f, k in told if f == family))
              for family, name in families.items()),
        words.say("vectors.choose", n=len(told), held=len(row)),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _every_kind(world: World, lang: str) -> tuple[tuple[str, Kind], ...]:
    """Every kind, none chosen, with its family: those with most figures first."""
    kinds = kinds_of(world).sort_values("figures", ascending=False, kind="stable")
    words = catalogue(lang)
    return tuple((str(row["family"]), _kind(row, words)) for row in kinds.to_dict("records"))


def _kind(row: Mapping[Hashable, Any], words: Catalogue) -> Kind:
    source = str(row["open_data_source"]) or words.say("vectors.no_source")
    seen = words.say(f"vectors.visibility.{row['visibility']}")
    return Kind(
        str(row["kind"]), typeset(str(row[f"label_{words.lang}"]), words.lang),
        words.number(row["figures"]) if row["figures"] else "", seen,
        words.say("vectors.source", source=typeset(source, words.lang)),
    )  # fmt: skip


def _table(
    world: World, told: Sequence[tuple[Layer, Values]], state: ViewState, words: Catalogue
) -> Table:
    columns = (
        Column("territory", words.say("column.territory"), parameter="territory"),
        Column("partner", words.say("vectors.column.country"), parameter="partner"),
        Column("vector", words.say("vectors.column.vector")),
        Column("value", words.say("vectors.column.value"), numeric=True),
        Column("unit", words.say("vectors.column.unit")),
        Column("year", words.say("column.year"), numeric=True),
        Column("bound", words.say("column.bound")),
    )
    rows, keys = [], []
    for layer, values in told:
        series = values.series
        what = " · ".join((kind_label(world, layer.kind, state.lang),
                           series_words(world, series, state.lang)))  # fmt: skip
        unit = typeset(label(world, series.origin, series.unit, state.lang), state.lang)
        far = values.level == "country"
        for row in values.figures:
            name, key = _name(world, row.place_id, state.lang), _choosable(world, row.place_id)
            said = [words.say(f"bound.{row.bound}")]
            said += [words.say("estimate")] if row.estimate else []
            rows.append(("" if far else name, name if far else "", what, row.value, unit,
                         series.year or None, " · ".join(said)))  # fmt: skip
            keys.append(("" if far else key, key if far else ""))
    return Table(columns, tuple(rows), tuple(keys))


def _notes(
    world: World, selection: Selection, told: Sequence[tuple[Layer, Values]], words: Catalogue
) -> list[str]:
    """What is not drawn, and how to read what is."""
    found = []
    for layer in selection.own:
        name = kind_label(world, layer.kind, words.lang)
        if layer.elsewhere:
            levels = words.joined([words.say(f"level.{level}") for level in layer.elsewhere])
            found.append(words.say("vectors.elsewhere", kind=name, levels=levels))
        drawn, all_of_them = len(drawn_flows(layer)), sum(f.value > 0 for f in layer.flows)
        if drawn < all_of_them:
            found.append(words.say("vectors.largest", n=drawn, of=all_of_them))
    near = [(layer, values) for layer, values in told if values.level != "country"]
    at = placed(world, near)
    lost = sum(figure.place_id not in at for _, v in near for figure in v.figures)
    unused = sum(values.unused for _, values in told)
    beyond = sum(values.unplaced for _, values in near)
    counts = {"nowhere": lost, "beyond": beyond, "unused": unused,
              "undated_left": selection.undated, "unplaced": selection.unplaced,
              "dropped": len(selection.dropped)}  # fmt: skip
    found += [words.say(f"vectors.{key}", n=n) for key, n in counts.items() if n]
    if any(values.bounded for _, values in told):
        found.append(words.say("vectors.lower"))
    if any(values.estimated for _, values in told):
        found.append(words.say("vectors.estimates"))
    return [*found, words.say("vectors.never_added")]
