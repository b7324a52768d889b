"""What explains a map of corridors: its legend, and the orders of magnitude it is held against."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dashboard.captions import home_convention
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures import boundaries
from dashboard.figures.scales import WIDTHS, count_classes
from dashboard.figures.theme import colour, pale, sequence
from dashboard.state import ViewState
from dashboard.telling import Legend, Plain, Swatch
from dashboard.views import contested
from dashboard.views.categories import categories
from dashboard.views.flows_map import DECLARED_CLASSES, width_bounds
from geo.categories import COLUMN, MIXED
from geo.corridors import DECLARED
from geo.links import Links
from geo.notions import held, orders_of
from geo.stances import CLASSES
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.flows import Selection

Swatches = tuple[Swatch, ...]


def legend(world: World, selection: Selection, state: ViewState) -> Legend:
    """Widths, what the colours of corridors say, what the areas say, projection, convention."""
    words = catalogue(state.lang)
    groups = [(words.say(f"legend.corridor.{_width(state)}"), _strokes(selection, state, words))]
    if selection.measure in COLUMN and state.view == "flows":
        groups.append((words.say(f"legend.by.{selection.measure}"),
                       _colours(world, selection, state)))  # fmt: skip
    groups.append(_areas(selection, words))
    sensitive = (*boundaries.legend(world, state), *contested.legend(world, selection.links, state))
    groups += [("", sensitive)] if sensitive else []
    notes = (
        home_convention(world, state.lang, state.convention),
        words.say(f"legend.projection.{state.projection}"),
    )
    return Legend(tuple(groups), notes)


def _width(state: ViewState) -> str:
    return state.width if state.view == "flows" else "fixed"


def _strokes(selection: Selection, state: ViewState, words: Catalogue) -> Swatches:
    told = zip(width_bounds(selection, state).labels(words), WIDTHS, strict=False)
    shade = "ink-soft" if selection.measure in COLUMN else "corridor"
    return tuple(Swatch(label, colour(shade), "line", width) for label, width in told)


def _colours(world: World, selection: Selection, state: ViewState) -> Swatches:
    """The values that the corridors shown have."""
    met = set(selection.codes.values()) - ({MIXED} if selection.measure == "stance" else set())
    return tuple(
        Swatch(c.label, c.colour, "line", 3)
        for c in categories(world, selection.measure, state.lang)
        if c.code in met
    )


def _areas(selection: Selection, words: Catalogue) -> tuple[str, Swatches]:
    none = Swatch(words.say("no_link_known"), colour("land"))
    if selection.measure == "stance":
        told = (Swatch(words.say(f"stance.{c}"), pale(colour(c))) for c in CLASSES[:-1])
        hatched = Swatch(words.say("stance.unclassified"), pale(colour("unclassified")), "hatch")
        uncoded = Swatch(words.say("stance.uncoded"), colour("land"))
        return words.say("legend.areas.stance"), (*told, hatched, uncoded)
    if selection.measure in DECLARED:
        nothing = Swatch(words.say("legend.none_declared"), colour("unclassified"))
        shades = zip(DECLARED_CLASSES.labels(words), sequence()[1:], strict=True)
        told = (Swatch(words.say("legend.share_of_links", range=r), c) for r, c in shades)
        return words.say("legend.areas.declared"), (none, nothing, *told)
    shades = zip(count_classes().labels(words), sequence("under"), strict=True)
    return words.say("legend.links"), (none, *(Swatch(label, shade) for label, shade in shades))


def national_orders(world: World, links: Links, lang: str) -> Plain:
    """The national orders of magnitude beside what the links shown hold, with the ratio."""
    words, shown = catalogue(lang), held(links)
    labels = _labels(world, lang)
    rows: list[tuple[str, ...]] = []
    told = ""
    for order in _orders(world):
        if order["subject"] != told:
            told = str(order["subject"])
            rows.append((labels[told], "", "", ""))
        rows.append(_order(order, shown.get(told, (0, 0)), words))
    head = ("", *(words.say(f"orders.head.{name}") for name in ("nation", "here", "ratio")))
    return Plain(words.say("orders.title"), head, tuple(rows), words.say("orders.note"))


@lru_cache(maxsize=4)
def _orders(world: World) -> Sequence[Mapping[Hashable, Any]]:
    return orders_of(world).to_dict("records")


@lru_cache(maxsize=4)
def _labels(world: World, lang: str) -> dict[str, str]:
    """The names of notions and relations by code."""
    named = (world.table("notions").set_index("notion"),
             world.table("relations").set_index("relation"))  # fmt: skip
    return {str(code): text for table in named for code, text in table[f"label_{lang}"].items()}


def _order(
    order: Mapping[Hashable, Any], here: tuple[int, int], words: Catalogue
) -> tuple[str, ...]:
    """One order of magnitude: what it measures, the nation, the links shown, the ratio."""
    links, collectivities = here
    low, high = (words.number(order[end], 1) for end in ("low", "high"))
    national = low if low == high else f"{low} – {high}"
    said = words.say(f"orders.{order['indicator']}")
    if order["indicator"] == "collectivities":
        ratio = words.percent(collectivities / order["low"] * 100)
        return said, national, words.number(collectivities), ratio
    if order["indicator"] == "share":
        return said, words.percent(order["low"]), words.say("n_links", n=links), "–"
    return said, national, words.say("orders.none"), "–"
