"""What a sheet says, as plain values for its template."""

from __future__ import annotations

from dataclasses import dataclass, field

from dashboard.telling import Breakdown, KeyFigure, Ranking, Timeline

COLLECTED = 10  # rows told of each list


@dataclass(frozen=True)
class PlaceLink:
    """A place by its label; a click opens its sheet, as a territory or as a partner."""

    parameter: str
    place_id: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: text, with what may stand in it.

    `places` open their sheets, `toggles` is the filter and value that a click on the text
    changes, `dot` a colour beside the text, `address` a page, `small` a line below.
    """

    text: str = ""
    places: tuple[PlaceLink, ...] = ()
    toggles: tuple[str, str] = ("", "")
    dot: str = ""
    address: str = ""
    small: str = ""


@dataclass(frozen=True)
class Head:
    """The head of a column; `numeric` ones align right, `short` ones stay on one line."""

    label: str
    numeric: bool = False
    short: bool = False

    @property
    def css(self) -> str:
        """The class of its cells."""
        return "number" if self.numeric else "short" if self.short else ""


@dataclass(frozen=True)
class Block:
    """A section with a table: `none` is said in its place where it has no row."""

    key: str
    title: str
    head: tuple[Head, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    lead: str = ""
    rest: str = ""
    notes: tuple[str, ...] = ()
    none: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Stance:
    """A State's stance: its class with its colour, what it rests on, its tools of support."""

    title: str
    name: str
    colour: str
    lines: tuple[str, ...]
    tools_title: str
    tools: tuple[tuple[str, str, str], ...]
    no_tools: str
    criteria: Block | None
    rule: str
    place: PlaceLink | None = None


@dataclass(frozen=True)
class Invitation:
    """What the page says while no place is chosen."""

    lead: str
    lists: tuple[Ranking, ...]


@dataclass(frozen=True)
class SheetPage:
    """The sheet of a place, in the order in which it is read."""

    level: str
    within: tuple[PlaceLink, ...]
    facts: tuple[tuple[str, str], ...]
    others: tuple[PlaceLink, ...]
    figures: tuple[KeyFigure, ...]
    stance: Stance | None
    partners: tuple[Block, ...]
    rankings: tuple[Ranking, ...]
    themes_none: str
    timeline: Timeline | None
    years_title: str
    years_none: str
    by_stance: Breakdown | None
    blocks: tuple[Block, ...]
    sources_title: str
    sources: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())
