"""What the page of data and method shows, as plain values for its template."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.telling import KeyFigure


@dataclass(frozen=True)
class Cell:
    """One cell: its text, the length of a bar from 0 to 1 (none below 0), and where it leads."""

    text: str
    share: float = -1
    partner: str = ""


@dataclass(frozen=True)
class Head:
    """The head of a column; numbers are aligned right."""

    label: str
    number: bool = False


@dataclass(frozen=True)
class Grid:
    """A small table under its title; past its `first` rows it folds, and `fold` opens the rest."""

    key: str
    title: str
    head: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lead: str = ""
    note: str = ""
    none: str = ""
    first: int = 0
    fold: str = ""

    @property
    def seen(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows that are not folded; all of them where only a few would be."""
        few = len(self.rows) <= self.first + 3
        return self.rows if few or not self.first else self.rows[: self.first]

    @property
    def folded(self) -> tuple[tuple[Cell, ...], ...]:
        return self.rows[len(self.seen) :]


@dataclass(frozen=True)
class File:
    """One table or layer of a dataset, with its address as it is."""

    title: str
    name: str
    rows: str
    columns: str
    size: str
    address: str


@dataclass(frozen=True)
class Origin:
    """One source of a dataset: who made it, what it is, under which licence, of when."""

    producer: str
    title: str
    address: str
    licence: str
    vintage: str
    accessed: str
    rows: str


@dataclass(frozen=True)
class Card:
    """One dataset: what it is, where it comes from, its files; of one that was imported, what
    became of its rows and the files that say so."""

    key: str
    title: str
    brief: str
    licences: tuple[tuple[str, str], ...]
    description: str
    files: tuple[File, ...]
    origins: tuple[Origin, ...]
    archive: str
    archive_label: str
    descriptor: str
    imports: tuple[Grid, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Method:
    """One method in words, and the view that applies it where there is one."""

    key: str
    title: str
    text: str
    view: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the page under its title."""

    key: str
    title: str
    grids: tuple[Grid, ...]


@dataclass(frozen=True)
class Document:
    """The whole page."""

    figures: tuple[KeyFigure, ...]
    cards: tuple[Card, ...]
    parts: tuple[Part, ...]
    methods: tuple[Method, ...]
