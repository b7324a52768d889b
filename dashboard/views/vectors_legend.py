"""The legend of vectors: what widths, colours, sizes and symbols stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from dashboard.captions import home_convention
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries
from dashboard.figures.scales import WIDTHS, digits_for
from dashboard.figures.theme import colour, sequence
from dashboard.state import ViewState
from dashboard.telling import Legend, Swatch
from dashboard.views.coded import typeset
from dashboard.views.vectors_map import (
    SHADES,
    SYMBOLS,
    diameters,
    flow_classes,
    largest,
    manner,
    share_classes,
    side_of,
    tone,
)
from dashboard.views.vectors_named import (
    kind_label,
    lowered,
    measured,
    plain,
    series_words,
    when,
)
from geo.values import Values
from geo.vectors import label
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.vectors import Layer, Selection


def legend(world: World, selection: Selection, state: ViewState) -> Legend:
    """Widths, classes or sizes of each vector, the ground, the projection, the convention."""
    words = catalogue(state.lang)
    told = [(layer, values) for layer in selection.layers for values in layer.sides]
    alone = [(x, v) for x, v in told if not selection.several or manner(selection, x, v) == "lines"]
    groups = [_group(world, selection, layer, values, words) for layer, values in alone]
    if selection.several:
        groups.append((words.say("vectors.symbols"), _symbols(world, selection, words)))
    areas = [Swatch(words.say("no_data"), colour(SHADES[0]))]
    if any(manner(selection, *pair) != "areas" for pair in told):
        areas.insert(0, Swatch(words.say("vectors.has_figure"), colour(SHADES[1])))
    far = not told or any(side_of(values) == "far" for _, values in told)
    limits = boundaries.legend(world, state) if far else ()
    groups.append((words.say("vectors.areas"), (*areas, *limits)))
    near = any(side_of(values) == "near" for _, values in told)
    notes = [home_convention(world, state.lang, state.convention)]
    notes += [words.say(f"legend.projection.{state.projection}")] if far else []
    notes += [words.say("legend.frames")] if near else []
    return Legend(tuple(group for group in groups if group[1]), tuple(notes))


Group = tuple[str, tuple[Swatch, ...]]


def _group(
    world: World, selection: Selection, layer: Layer, values: Values, words: Catalogue
) -> Group:
    """The key of one vector on one side: widths, classes, or sizes."""
    series, how = values.series, manner(selection, layer, values)
    name = kind_label(world, layer.kind, words.lang) if selection.several else ""
    what = measured(world, layer, values, words)
    unit = typeset(label(world, series.origin, series.unit, words.lang), words.lang)
    said = [part for part in (name, what, unit if unit not in (what, name) else "") if part]
    title = words.say(f"vectors.legend.{how}", where=words.say(f"vectors.on.{side_of(values)}"),
                      said=", ".join(said), year=when(series, words))  # fmt: skip
    if how == "lines":
        return title, _widths(selection, layer, words)
    if how == "areas":
        return title, _classes(values, words)
    return title, _sizes(selection, layer, values, words)


def _symbols(world: World, selection: Selection, words: Catalogue) -> tuple[Swatch, ...]:
    """The symbol of each vector among several, with what it counts and its largest value."""
    found = []
    for layer in selection.layers:
        sides = [v for v in layer.sides if manner(selection, layer, v) != "lines"]
        if not sides:
            continue
        most = [words.say(f"vectors.largest.{side_of(v)}", value=_most(v, words)) for v in sides]
        said = dict.fromkeys(
            f"{lowered(series_words(world, v.series, words.lang))}, {when(v.series, words)}"
            for v in sides
        )
        form = SYMBOLS[layer.number] if layer.number else "point"
        text = words.say("vectors.symbol", kind=kind_label(world, layer.kind, words.lang),
                         series=words.joined(list(said)),
                         most=", ".join(most))  # fmt: skip
        found.append(Swatch(text, colour(tone(selection, layer)), form, 12))
    return tuple(found)


def _most(values: Values, words: Catalogue) -> str:
    return plain(values.series, values.largest, words)


def _widths(selection: Selection, layer: Layer, words: Catalogue) -> tuple[Swatch, ...]:
    stroke = colour(tone(selection, layer) if selection.several else "corridor")
    classes = flow_classes(layer)
    labels = classes.labels(words, _digits(classes.bounds))
    return tuple(Swatch(t, stroke, "line", w) for t, w in zip(labels, WIDTHS, strict=False))


def _digits(bounds: Sequence[float]) -> int:
    return 0 if bounds[-1] >= 20 else digits_for(bounds[-1])


def _classes(values: Values, words: Catalogue) -> tuple[Swatch, ...]:
    classes = share_classes(values)
    known = values.numbers
    spread = float(known.max() - known.min()) if len(known) else 0.0
    labels = classes.labels(words, digits_for(spread))
    return tuple(Swatch(t, c) for t, c in zip(labels, sequence(), strict=False))


def _sizes(
    selection: Selection, layer: Layer, values: Values, words: Catalogue
) -> tuple[Swatch, ...]:
    """Circles of a few round values, as large as on the map."""
    shade = colour(tone(selection, layer))
    most = values.largest
    form = "ring" if values.series.measure == "flow" else "point"
    steps = list(dict.fromkeys(v for v in (_round(most / k) for k in (1, 5, 25)) if v > 0))
    sizes = diameters(pd.Series(steps), most, largest(selection, values))
    return tuple(
        Swatch(plain(values.series, v, words), shade, form, size)
        for v, size in zip(steps, sizes, strict=True)
    )


def _round(value: float) -> float:
    """The value below, in one significant digit: 2948 -> 2000, 3 -> 3; 0 below one."""
    if value < 1:
        return 0.0
    power = 10.0 ** (len(str(int(value))) - 1)
    return float(int(value // power) * power)
