"""What corridors can be told apart by: the values of a measure, with their words and colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dashboard import filters
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures.theme import colour
from dashboard.telling import Breakdown, Part
from geo.categories import MIXED, tallied
from geo.corridors import DECLARED, UNCODED, UNDECLARED
from geo.links import Links
from geo.notions import INSIDE_EUROPE, NESTED, UNCLASSIFIED
from geo.world import World

FILTERED = ("relation", "stance", "referential")  # measures whose values are those of a filter
SHADES = 6
# Lines need more weight than areas: not classified is as dark as its hatch.
STANCE_SHADES = {
    "supportive": "supportive", "restricted": "restricted", "uninformed": "uninformed",
    "unclassified": "hatch",
}  # fmt: skip
NEUTRAL = (UNDECLARED, UNCODED, UNCLASSIFIED, MIXED)


@dataclass(frozen=True)
class Category:
    """One value of a measure."""

    code: str
    label: str
    colour: str


@lru_cache(maxsize=64)
def categories(world: World, measure: str, lang: str) -> tuple[Category, ...]:
    """The values that links of this world can have, in the order they are told; `mixed` last."""
    words = catalogue(lang)
    coloured = 0
    found = []
    values = _values(world, measure, words)
    values = [*values, *_unsaid(world, measure, {code for code, _ in values})]
    for code, label in (*values, (MIXED, words.say("category.mixed"))):
        if measure == "stance" and code in STANCE_SHADES:
            shade = colour(STANCE_SHADES[code])
        elif code in NEUTRAL:
            shade = colour("cat-none")
        else:
            coloured += 1
            shade = colour(f"cat-{(coloured - 1) % SHADES + 1}")
        found.append(Category(code, label, shade))
    return tuple(found)


def _values(world: World, measure: str, words: Catalogue) -> Sequence[tuple[str, str]]:
    """Codes and labels: those of the filter of the same name, else of the table of codes."""
    if measure == "notion":
        labels = dict(filters.options_of(world, measure, words.lang))
        return [(code, words.say(f"notion.only.{code}", name=labels[code])) for code in NESTED]
    if measure in FILTERED:
        options = filters.options_of(world, measure, words.lang)
        return [option for option in options if option[0] != INSIDE_EUROPE]
    codes = world.table("codes")
    rows = codes[codes["field"] == measure]
    return [
        *zip(rows["code"], rows[f"label_{words.lang}"], strict=True),
        (UNDECLARED, words.say("undeclared")),
    ]


def _unsaid(world: World, measure: str, known: set[str]) -> list[tuple[str, str]]:
    """The codes that links declare and that no table has words for: they are told as they are."""
    if measure not in DECLARED:
        return []
    held = world.table("links")[measure].dropna().astype(str).unique()
    return [(code, code) for code in sorted(held) if code and code not in known]


def by_category(
    world: World, links: Links, measure: str, chosen: Sequence[str], lang: str
) -> Breakdown:
    """The links shown by the values of a measure; a click on one filters where it is a filter."""
    words, counts = catalogue(lang), tallied(links, measure)
    whole = max(sum(counts.values()), 1)
    parts = tuple(
        Part(
            measure if measure in FILTERED else "",
            c.code, c.label,
            _amount(measure, counts[c.code], whole, words),
            counts[c.code] / whole, c.colour, c.code in chosen,
        )
        for c in categories(world, measure, lang) if c.code in counts
    )  # fmt: skip
    return Breakdown(words.say(f"category.by.{measure}"), parts)


def _amount(measure: str, links: int, whole: int, words: Catalogue) -> str:
    """Links, and their share but for relations: who is in the data decides of that one."""
    if measure == "relation":
        return words.number(links)
    return words.say("category.part", n=links, share=words.percent(links / whole * 100))


def labels_of(world: World, measure: str, lang: str) -> dict[str, str]:
    """The words of each value."""
    return {c.code: c.label for c in categories(world, measure, lang)}
