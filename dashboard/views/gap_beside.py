"""Beside the map of the gap: the scatter of territories with the model, and the model in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dashboard import filters
from dashboard.catalogue import Catalogue, catalogue
from dashboard.figures.theme import colour
from dashboard.state import ViewState
from dashboard.telling import Beside
from dashboard.views.gap_map import shade
from dashboard.views.gap_words import of_territory, refused, signed
from geo.gap import PER, Gap, Model, Refusal, predicted
from geo.world import World

if TYPE_CHECKING:
    from dashboard.views.gap import Selection

ZERO, FLOOR, TOP = 4.0, 10.0, 98.0  # heights (%): of no link, of the least rate, of the largest
LEFT, RIGHT = 2.0, 98.0
STEPS = 60
NAMED = 6
LETTER, LINE = 2.2, 8.0  # per cent of the frame that a letter of a name takes, and its height
LIFT = 7.0  # how much higher the name of a point without links stands
Numbers = list[float]


@dataclass(frozen=True)
class Point:
    """One territory of the scatter: its place in per cent of the frame from its lower left."""

    place: str
    label: str
    title: str
    left: float
    bottom: float
    colour: str
    outside: bool
    chosen: bool
    width: float
    named: bool = False

    @property
    def before(self) -> bool:
        """Whether its name stands before it, where there is no room for it after."""
        return self.left > 100 - self.width and self.left > 50

    @property
    def span(self) -> tuple[float, float]:
        """From where to where its name goes, the point included."""
        left = self.left - self.width if self.before else self.left - 1
        return left, left + self.width + 1

    @property
    def height(self) -> float:
        """How high its name stands."""
        return self.bottom + (LIFT if self.low else 0)

    @property
    def low(self) -> bool:
        """Whether it stands on the line of no link, with others beside it."""
        return self.bottom <= ZERO


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Scatter:
    """Points, ticks of both axes, the curve and its band as points of an SVG of 100 by 100."""

    points: tuple[Point, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    curve: str
    band: str
    across_label: str
    up_label: str
    caption: str


@dataclass(frozen=True)
class Side:
    """What the template draws: the scatter (None without a figure), the territories chosen line
    by line, the model in words, its formula, and what it is not."""

    scatter: Scatter | None
    chosen: tuple[tuple[str, str, str], ...]
    model: tuple[str, ...]
    formula: str
    disclaimer: tuple[str, ...]


@dataclass(frozen=True)
class Scale:
    """A logarithmic scale from `low` to `high`, drawn between two per cents."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = math.log(self.high / self.low)
        return self.start + (self.end - self.start) * math.log(value / self.low) / span


def beside(world: World, selection: Selection, state: ViewState) -> Beside:
    """The scatter and the model next to the map."""
    words, gap = catalogue(state.lang), selection.gap
    rows = [r for r in gap.table.to_dict("records") if r["place_id"] in selection.chosen]
    chosen = tuple(
        (r["place_id"], filters.place_label(world, r["place_id"], state.lang),
         " · ".join(of_territory(r, words)))
        for r in rows
    )  # fmt: skip
    side = Side(
        scatter=_scatter(world, selection, words) if len(gap.table) else None,
        chosen=chosen,
        model=tuple(_model(gap, selection.level, words)),
        formula=gap.model.formula if isinstance(gap.model, Model) else "",
        disclaimer=(words.say("gap.disclaimer"), words.say("flows.coverage")),
    )  # fmt: skip
    return Beside("gap", side, "right")


def _scatter(world: World, selection: Selection, words: Catalogue) -> Scatter:
    gap = selection.gap
    table = gap.table.assign(rate=gap.table["links"] / gap.table["population"] * PER)
    people = float(table["population"].median())
    drawn = _curve(gap, people)
    across = _scale(table["share"].tolist(), LEFT, RIGHT)
    up = _scale([*table["rate"].tolist(), *drawn.rate, *drawn.high], FLOOR, TOP)
    population = words.number(round(people, -3))
    return Scatter(
        points=_points(world, selection, table, across, up, words),
        across=tuple(Tick(across(t), words.percent(t)) for t in _nice(across)),
        up=(Tick(ZERO, words.number(0)),
            *(Tick(up(t), words.number(t, 3)) for t in _nice(up))),
        curve=_path([(across(x), up(y)) for x, y in zip(drawn.share, drawn.rate, strict=True)]),
        band=_band(drawn, across, up),
        across_label=words.say("gap.axis.share"),
        up_label=words.say("gap.axis.rate", per=PER),
        caption=words.say(
            "gap.caption" if len(drawn.share) else "gap.caption.none", population=population
        ),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Curve:
    """Along the shares, links for PER inhabitants: expected, and the ends of the interval."""

    share: Numbers
    rate: Numbers
    low: Numbers
    high: Numbers


def _curve(gap: Gap, population: float) -> Curve:
    """What the model says of territories of one population; nothing without a model."""
    if isinstance(gap.model, Refusal):
        return Curve([], [], [], [])
    shares = gap.table.loc[gap.table["share"] > 0, "share"]
    grid = np.geomspace(float(shares.min()), float(shares.max()), STEPS)
    found = predicted(gap.model, grid, np.full(STEPS, population))
    rates = ((values / population * PER).tolist() for values in found)
    return Curve(grid.tolist(), *rates)


def _scale(values: Sequence[float], start: float, end: float) -> Scale:
    """The span of the positive values with a margin; from 1 to 10 where there is none."""
    known = [v for v in values if v > 0]
    low, high = (min(known), max(known)) if known else (1.0, 10.0)
    return Scale(low / 1.15, high * 1.15, start, end)


def _nice(scale: Scale) -> list[float]:
    """Round values inside a scale: 1, 2, 5 and their tens; every ten where these are too many."""
    first, last = math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high))
    steps = (1,) if last - first > 3 else (1, 2, 5)
    found = [m * 10.0**k for k in range(first, last + 1) for m in steps]
    return [v for v in found if scale.low <= v <= scale.high]


def _points(
    world: World, selection: Selection, table: pd.DataFrame, across: Scale, up: Scale,
    words: Catalogue,
) -> tuple[Point, ...]:  # fmt: skip
    """Those that stand out and those chosen last, so that they lie on top."""
    found = [
        Point(
            place=row["place_id"], label=label,
            title=" · ".join([label, *of_territory(row, words)]),
            left=across(row["share"]) if row["share"] > 0 else 0.0,
            bottom=up(row["rate"]) if row["rate"] > 0 else ZERO,
            colour=colour(shade(row)), outside=row["verdict"] in ("less", "more"),
            chosen=row["place_id"] in selection.chosen,
            width=LETTER * len(label) + 3,
        )
        for row in table.to_dict("records")
        for label in [filters.place_label(world, row["place_id"], words.lang)]
    ]  # fmt: skip
    names = _named(found, table.set_index("place_id")["residual"].abs(), bool(selection.chosen))
    found = [replace(point, named=point.place in names) for point in found]
    return tuple(sorted(found, key=lambda point: (point.chosen, point.outside)))


def _named(points: Sequence[Point], distance: pd.Series, chosen: bool) -> set[str]:
    """The points whose name is written: those chosen, else those that stand out furthest, as long
    as no other name stands where theirs would."""
    wanted = [p for p in points if (p.chosen if chosen else p.outside)]
    kept: list[Point] = []
    for point in sorted(wanted, key=lambda p: -float(distance[p.place])):
        start, end = point.span
        free = all(
            end < first or last < start or abs(point.height - other.height) > LINE
            for other in kept for first, last in [other.span]
        )  # fmt: skip
        if free and len(kept) < NAMED:
            kept.append(point)
    return {point.place for point in kept}


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Points of an SVG whose ordinate goes down."""
    return " ".join(f"{x:.2f},{100 - y:.2f}" for x, y in points)


def _band(drawn: Curve, across: Scale, up: Scale) -> str:
    """The outline of the interval, along its upper end and back along the lower one."""
    ends = [(x, low, high) for x, low, high in zip(drawn.share, drawn.low, drawn.high, strict=True)
            if high > 0]  # fmt: skip
    above = [(across(x), up(high)) for x, _, high in ends]
    below = [(across(x), up(low) if low > 0 else ZERO) for x, low, _ in ends]
    return _path([*above, *reversed(below)])


def _model(gap: Gap, level: str, words: Catalogue) -> list[str]:
    """Which model, why, what its slope says, and how far that can be told from nothing."""
    model = gap.model
    if isinstance(model, Refusal):
        return [words.say("gap.model.refused", why=refused(model, words))]
    territories = f"{words.number(model.territories)} " + words.say(
        f"levels.{level}", n=model.territories
    )
    chance = words.say("gap.p.small" if model.p_value < 0.001 else "gap.p",
                       value=words.number(model.p_value, 3))  # fmt: skip
    said = [
        words.say("gap.model.what", name=words.say(f"gap.model.name.{model.name}"),
                  territories=territories, links=words.say("n_links", n=model.links)),
        words.say(f"gap.model.why.{model.name}", spread=words.number(model.spread, 2), p=chance),
        words.say("gap.model.slope", slope=signed(words, model.slope, 2),
                  error=words.number(model.slope_error, 2), low=signed(words, model.slope_low, 2),
                  high=signed(words, model.slope_high, 2), **_doubled(model, words)),
        words.say(f"gap.model.{_direction(model)}"),
    ]  # fmt: skip
    if model.zeros:
        said.append(words.say("gap.model.zeros", n=model.zeros, share=words.percent(model.zero_as)))
    return said


def _doubled(model: Model, words: Catalogue) -> dict[str, str]:
    """How many more links go with twice the share, in per cent, with the interval."""
    slopes = {"double": model.slope, "least": model.slope_low, "most": model.slope_high}
    return {
        name: words.say("percent", value=signed(words, (2**slope - 1) * 100, 0, plus=True))
        for name, slope in slopes.items()
    }


def _direction(model: Model) -> str:
    """Whether the interval of the slope leaves zero out, and on which side."""
    if model.slope_low > 0:
        return "rises"
    return "falls" if model.slope_high < 0 else "unsure"
