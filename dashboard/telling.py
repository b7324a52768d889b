"""What a view says besides its map: plain values that the page and the exports both read."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class KeyFigure:
    """One number with its name; `note` says what it leaves out."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a ranking: a click on it toggles `value` in the filter `parameter`."""

    parameter: str
    value: str
    label: str
    amount: str
    share: float
    selected: bool = False
    detail: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Ranking:
    """Lines in order, largest first; `rest` says what is below the last one."""

    title: str
    lines: tuple[Line, ...]
    rest: str = ""


@dataclass(frozen=True)
class Timeline:
    """Bars over years: (year, height from 0 to 1, text)."""

    title: str
    bars: tuple[tuple[int, float, str], ...]
    note: str = ""


@dataclass(frozen=True)
class Part:
    """One part of a whole, with the colour it has on the map."""

    parameter: str
    value: str
    label: str
    amount: str
    share: float
    colour: str
    selected: bool = False


@dataclass(frozen=True)
class Breakdown:
    """Parts that add up to the whole of what is shown."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Swatch:
    """One entry of the legend; `form` is area, hatch, line or point, `size` in pixels."""

    label: str
    colour: str
    form: str = "area"
    size: float = 0


@dataclass(frozen=True)
class Legend:
    """Groups of swatches under their titles, then notes such as the boundary convention."""

    groups: tuple[tuple[str, tuple[Swatch, ...]], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of the table: `numeric` ones align right; the cells of one with a `parameter`
    toggle a value of that filter."""

    name: str
    label: str
    numeric: bool = False
    parameter: str = ""


@dataclass(frozen=True)
class Table:
    """The data shown, a row a thing; `keys` gives, for each row, the values that its cells
    toggle, one for each column with a parameter."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]
    keys: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class SheetLine:
    """One criterion of a State: its value, how sure, and the text or document behind it."""

    label: str
    value: str
    grade: str
    source: str
    address: str
    date: str
    points: str = ""
    meaning: str = ""
    group: str = ""


@dataclass(frozen=True)
class Sheet:
    """What is known of one place, line by line."""

    title: str
    note: str
    lines: tuple[SheetLine, ...]
    result: str = ""


@dataclass(frozen=True)
class WeightField:
    """A weight that the person may change: its name in the address, its value, its default, and
    the sign of the side it is on."""

    name: str
    label: str
    value: str
    default: str
    sign: str = ""

    @property
    def changed(self) -> bool:
        return self.value != self.default


@dataclass(frozen=True)
class Plain:
    """A small table of the side panel: its head, its rows of text, a note."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Beside:
    """What a view shows next to its map: `content` for the macro `beside` of its template.

    `place`: below or right of the map, wide (right, over the side panel), or alone (no map).
    """

    template: str
    content: object
    place: str = "right"


@dataclass(frozen=True)
class Told:
    """All that a view says about what it shows."""

    title: str
    sentence: str
    key_figures: tuple[KeyFigure, ...]
    rankings: tuple[Ranking, ...]
    legend: Legend
    table: Table
    sources: tuple[str, ...]
    timeline: Timeline | None = None
    breakdown: Breakdown | None = None
    sheet: Sheet | None = None
    beside: Beside | None = None
    plain: tuple[Plain, ...] = ()
    weights: tuple[WeightField, ...] = ()
    notes: tuple[str, ...] = field(default=())
    empty: bool = False
