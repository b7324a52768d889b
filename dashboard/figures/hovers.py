"""What the mouse reads on a map of links: names, numbers, years, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from dashboard.catalogue import Catalogue

Row = Mapping[str, Any]


def corridor(row: Row, words: Catalogue) -> str:
    """A corridor, by the names of its ends and its totals."""
    return (
        f"<b>{escape(row['origin_name'])} – {escape(row['dest_name'])}</b><br>{_totals(row, words)}"
    )


def areas(names: Sequence[str], rows: Sequence[Row | None], words: Catalogue) -> list[str]:
    """Countries or territories with the totals of their links; None where they have none."""
    none = words.say("no_link_known")
    return [
        f"<b>{escape(name)}</b><br>{_totals(row, words) if row else none}"
        for name, row in zip(names, rows, strict=True)
    ]


def _totals(row: Row, words: Catalogue) -> str:
    counts = [
        words.say("n_links", n=int(row["links"])),
        words.say("n_collectivities", n=int(row["collectivities"])),
    ]
    sources = words.say("n_sources", n=int(row["sources"]))
    return f"{' · '.join(counts)}<br>{_years(row, words)} · {sources}"


def _years(row: Row, words: Catalogue) -> str:
    first, last = row["first_year"], row["last_year"]
    if first != first:
        return words.say("no_date")
    if first == last:
        return words.say("dated_once", year=str(int(first)))
    return words.say("dated", first=str(int(first)), last=str(int(last)))
