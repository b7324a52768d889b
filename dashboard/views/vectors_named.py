"""How vectors, their measures, years and values are said."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from dashboard.catalogue import Catalogue
from dashboard.views.coded import typeset
from geo.series import Series
from geo.values import Values
from geo.vectors import kinds_of, label
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.vectors import Layer


@lru_cache(maxsize=256)
def kind_label(world: World, kind: str, lang: str) -> str:
    """The words of a kind; its code where the data declare none."""
    labels = kinds_of(world).set_index("kind")[f"label_{lang}"]
    return typeset(str(labels.get(kind, kind)), lang)


def when(series: Series, words: Catalogue) -> str:
    return str(series.year) if series.year else words.say("vectors.undated")


def lowered(text: str) -> str:
    """A label inside a sentence: its first letter small, unless it is an acronym's."""
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"


def measured(world: World, layer: Layer, values: Values, words: Catalogue) -> str:
    """What values are: their indicator; their unit where they have none, or are directed."""
    series = values.series
    if series.indicator and not (len(layer.flows) and values.level == "country"):
        return series_words(world, series, words.lang)
    return typeset(label(world, series.origin, series.unit, words.lang), words.lang)


def plain(series: Series, value: float, words: Catalogue) -> str:
    digits = 0 if abs(value) >= 100 or value == int(value) else 1
    if series.is_share:
        return words.percent(value)
    return words.number(value, digits)


def amount(world: World, series: Series, value: float, bound: str, words: Catalogue) -> str:
    """A value with its unit; «≥» where it is a lower bound."""
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 1 else 3
    if series.unit == "percent":
        text = words.percent(value)
    else:
        unit = typeset(label(world, series.origin, series.unit, words.lang), words.lang)
        text = words.say("vectors.amount", value=words.number(value, digits), unit=unit)
    return words.say("at_least", value=text) if bound == "lower" else text


def series_words(world: World, series: Series, lang: str) -> str:
    """What a series measures: its indicator where it has one, else its unit."""
    code = series.indicator or series.unit
    return typeset(label(world, series.origin, code, lang), lang)
