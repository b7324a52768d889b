"""The tables of slides: what ranks beside a map, and the sheet of a place in a few of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.catalogue import Catalogue, catalogue
from dashboard.export_data import Asked
from dashboard.panels import cell
from dashboard.showing import shown
from dashboard.telling import Ranking, Table
from dashboard.views.territory_content import Block, Cell, SheetPage

COLUMNS = 5
LONG = 34  # characters of a column, above which its texts go over several lines
WITHOUT_MAP = "alone"


@dataclass(frozen=True)
class Grid:
    """A table of texts: its title, heads and rows, and what is said of those it does not tell."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    rest: str = ""

    @property
    def shares(self) -> tuple[float, ...]:
        """Parts of the width, by the longest texts and words of each column."""
        columns = list(zip(self.head, *self.rows, strict=True))
        words = [max(len(word) for text in texts for word in (*text.split(), "")) + 5
                 for texts in columns]  # fmt: skip
        texts = [min(max(len(text) for text in held), LONG) + 3 for held in columns]
        wants = [max(pair) for pair in zip(words, texts, strict=True)]
        return tuple(want / sum(wants) for want in wants)

    def said_after(self, kept: int, words: Catalogue) -> str:
        """What is said below the first rows, where these are not all there is."""
        return self.rest if kept == len(self.rows) else words.say("slide.beginning")


def beside_of(asked: Asked) -> Grid | None:
    """What stands beside the map of a slide: the first ranking of the view; its table where there
    is no map; nothing where the view has something of its own there."""
    told, words = shown(asked.world, asked.state).told, catalogue(asked.state.lang)
    if page := sheet_of(asked):
        return _of_block(page.partners[0]) if page.partners[0].rows else None
    place = told.beside.place if told.beside else ""
    if place == WITHOUT_MAP:
        return _of_table(told.table, told.title, words)
    ranked = [ranking for ranking in told.rankings if ranking.lines]
    return _of_ranking(ranked[0], words) if ranked and place in ("", "below") else None


def brief_of(asked: Asked) -> list[tuple[str, tuple[Grid, ...]]]:
    """The sheet of a place as slides of tables, a title and the tables of each; none for a view
    that is not the sheet of one place."""
    page, title = sheet_of(asked), shown(asked.world, asked.state).told.title
    if page is None:
        return []
    by_key = {block.key: block for block in page.blocks}
    criteria = [page.stance.criteria] if page.stance and page.stance.criteria else []
    people = [by_key["origins"], by_key["totals"]]
    slides = [
        tuple(_of_block(block) for block in blocks if block.rows)
        for blocks in (criteria, people, [by_key["links"]])
    ]
    return [(f"{title} – {grids[0].title}", grids) for grids in slides if grids]


def sheet_of(asked: Asked) -> SheetPage | None:
    """The sheet of a place, where that is what the view shows."""
    told = shown(asked.world, asked.state).told
    page = told.beside.content if told.beside else None
    return page if isinstance(page, SheetPage) else None


def _of_ranking(ranking: Ranking, words: Catalogue) -> Grid:
    rows = tuple((line.label, line.amount) for line in ranking.lines)
    head = (words.say("slide.name"), words.say("slide.amount"))
    return Grid(ranking.title, head, rows, ranking.rest)


def _of_table(table: Table, title: str, words: Catalogue) -> Grid:
    columns = table.columns[:COLUMNS]
    rows = tuple(
        tuple(cell(c.name, value, words) for c, value in zip(columns, row, strict=False))
        for row in table.rows
    )
    return Grid(title, tuple(c.label for c in columns), rows)


def _of_block(block: Block) -> Grid:
    rows = tuple(tuple(_cell(held) for held in row) for row in block.rows)
    return Grid(block.title, tuple(head.label for head in block.head), rows, block.rest)


def _cell(held: Cell) -> str:
    named: Sequence[str] = [place.label for place in held.places]
    return " · ".join((*named, *(text for text in (held.text,) if text)))
