"""The mark that stands over data that a visitor has enlarged."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.catalogue import catalogue
from dashboard.panels import template
from dashboard.state import Vocabulary, parse


def parts(files: Sequence[str] | None, query: str, known: Vocabulary) -> dict[str, str]:
    """The mark as the page's part: the names of the files, or nothing; no part where files are
    not taken."""
    if files is None:
        return {}
    lang = parse(query, known)[0].lang
    return {"own": str(template("own").mark(files, catalogue(lang))).strip() if files else ""}
