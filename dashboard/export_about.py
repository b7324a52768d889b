"""What an export says of itself: title, filters in words, sources, convention, date, version."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from dashboard.catalogue import catalogue
from dashboard.showing import shown
from dashboard.state import ViewState, Vocabulary, to_query
from geo.conventions import convention_of
from geo.world import World


@dataclass(frozen=True)
class About:
    """An export in words; `link` leads to the view that shows the same."""

    title: str
    sentence: str
    notes: tuple[str, ...]
    sources: tuple[str, ...]
    convention: str
    convention_name: str
    made: str
    data_version: str
    link: str


def about(world: World, state: ViewState, words: Vocabulary, base: str = "") -> About:
    """What is said of the rows of a state; `base` is the address of the page, with its slash."""
    told = shown(world, state).told
    convention = convention_of(world, state.convention)
    return About(
        title=told.title, sentence=told.sentence, notes=told.notes, sources=told.sources,
        convention=convention.statement(state.lang), convention_name=convention.name,
        made=datetime.datetime.now(datetime.UTC).date().isoformat(),
        data_version=world.version, link=f"{base}{to_query(state, words.lang)}",
    )  # fmt: skip


def lines(said: About, lang: str) -> list[tuple[str, str]]:
    """The same as pairs of a label and a text, one source or note a line."""
    words = catalogue(lang)
    pairs = [
        ("title", said.title), ("sentence", said.sentence),
        *(("note", note) for note in said.notes), ("convention", said.convention),
        *(("source", source) for source in said.sources), ("made", said.made),
        ("version", said.data_version), ("link", said.link),
    ]  # fmt: skip
    return [(words.say(f"about.{name}"), text) for name, text in pairs]
