"""What the view of vectors says: sentence, figures, rankings, kinds, legend, table, sources."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
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
from geo.series import Series, Values, of_topic, topic_label, topics_of
from geo.vectors import kinds_of, label, vectors_of
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
    selected: bool


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
    told = [(layer, values) for layer, values in told if len(values.table)]
    used = {s for _, values in told for s in values.table["source_id"]}
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
    sides = [side for side in layer.sides if len(side.table)]
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
    origins = set(layer.flows["origin_id"])
    if values.level != "country" or len(origins) != 1:
        return places
    return words.say("vectors.from", place=_name(world, origins.pop(), words.lang), places=places)


def _series_said(world: World, series: Series, words: Catalogue, places: str) -> str:
    what = lowered(series_words(world, series, words.lang))
    return words.say("vectors.series", series=what, measure=words.say(f"vectors.{series.measure}"),
                     year=when(series, words), places=places)  # fmt: skip


def _places(values: Values, words: Catalogue) -> str:
    return words.say(f"vectors.places.{values.level}", n=len(values.table))


def _key_figures(
    world: World, selection: Selection, told: Sequence[tuple[Layer, Values]], words: Catalogue
) -> tuple[KeyFigure, ...]:
    """For each series its whole, where its figures add up; else how far its figures go."""
    found = []
    for layer, values in told[:6]:
        series, column = values.series, values.table["value"]
        name = measured(world, layer, values, words)
        name = kind_label(world, layer.kind, words.lang) if selection.several else name
        note = f"{_places(values, words)}{f', {series.year}' if series.year else ''}"
        if values.table["estimate"].any():
            note = f"{note} · {words.say('estimate').lower()}"
        if series.is_share:
            low, high = (plain(series, v, words) for v in (column.min(), column.max()))
            text = low if low == high else f"{low} – {high}"
        else:
            text = plain(series, float(column.sum()), words)
            lower = (values.table["bound"] == "lower").any()
            text = words.say("at_least", value=text) if lower else text
        found.append(KeyFigure(text, name, note))
    return tuple(found)


def _rankings(
    world: World, told: Sequence[tuple[Layer, Values]], state: ViewState
) -> list[Ranking]:
    words = catalogue(state.lang)
    found = []
    for layer, values in told:
        table = values.table
        most = float(table["value"].max()) or 1.0
        parameter = SIDES[side_of(values)]
        chosen: tuple[str, ...] = getattr(state, parameter)
        lines = tuple(
            Line(
                parameter, _choosable(world, str(row["place_id"])),
                _name(world, str(row["place_id"]), state.lang),
                _short(values.series, row["value"], str(row["bound"]), words),
                row["value"] / most, row["place_id"] in chosen,
                words.say("estimate") if row["estimate"] else "",
            )
            for row in table.head(RANKED).to_dict("records")
        )  # fmt: skip
        rest = len(table) - len(lines)
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
    years = of_topic(world, vectors_of(world).table, topic)["year"].dropna()
    ends = dict.fromkeys((str(years.min()), str(years.max()))) if len(years) else {}
    return "–".join(ends)


def _kinds(world: World, selection: Selection, state: ViewState, words: Catalogue) -> Kinds:
    """Every kind of the data as a button; the chosen come first in the row."""
    drawn = {layer.kind for layer in selection.layers}
    kinds = kinds_of(world).sort_values("figures", ascending=False, kind="stable")
    told = [(str(row["family"]), _kind(row, drawn | set(state.vector), words))
            for row in kinds.to_dict("records")]  # fmt: skip
    families = {family: words.say(f"vectors.family.{family}") for family, _ in told}
    row = sorted((k for _, k in told if k.amount), key=lambda k: not k.selected)
    return Kinds(
        tuple(row),
        tuple((name, tuple(k for f, k in told if f == family))
              for family, name in families.items()),
        words.say("vectors.choose", n=len(told), held=len(row)),
    )  # fmt: skip


def _kind(row: Mapping[Hashable, Any], chosen: set[str], words: Catalogue) -> Kind:
    source = str(row["open_data_source"]) or words.say("vectors.no_source")
    seen = words.say(f"vectors.visibility.{row['visibility']}")
    return Kind(
        str(row["kind"]), typeset(str(row[f"label_{words.lang}"]), words.lang),
        words.number(row["figures"]) if row["figures"] else "", seen,
        words.say("vectors.source", source=typeset(source, words.lang)), row["kind"] in chosen,
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
        for row in values.table.to_dict("records"):
            place, name = str(row["place_id"]), _name(world, str(row["place_id"]), state.lang)
            far = values.level == "country"
            said = [words.say(f"bound.{row['bound']}")]
            said += [words.say("estimate")] if row["estimate"] else []
            rows.append(("" if far else name, name if far else "", what, row["value"], unit,
                         series.year or None, " · ".join(said)))  # fmt: skip
            key = _choosable(world, place)
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
        drawn, all_of_them = len(drawn_flows(layer)), int((layer.flows["value"] > 0).sum())
        if drawn < all_of_them:
            found.append(words.say("vectors.largest", n=drawn, of=all_of_them))
    near = [(layer, values) for layer, values in told if values.level != "country"]
    at = placed(world, near)
    lost = sum(1 for _, v in near for i in v.table["place_id"] if i not in at)
    unused = sum(values.unused for _, values in told)
    beyond = sum(values.unplaced for _, values in near)
    counts = {"nowhere": lost, "beyond": beyond, "unused": unused,
              "undated_left": selection.undated, "unplaced": selection.unplaced,
              "dropped": len(selection.dropped)}  # fmt: skip
    found += [words.say(f"vectors.{key}", n=n) for key, n in counts.items() if n]
    if any((values.table["bound"] == "lower").any() for _, values in told):
        found.append(words.say("vectors.lower"))
    if any(values.table["estimate"].any() for _, values in told):
        found.append(words.say("vectors.estimates"))
    return [*found, words.say("vectors.never_added")]
