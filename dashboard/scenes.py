"""Scenes of a presentation: a name, a note and a query string each, kept in a file of JSON.

The file is a list in the order of the talk; each scene is an object:
`{"name": {"fr": …, "en": …}, "note": {"fr": …, "en": …}, "query": "?view=…"}`. A name or a note may
also be one text for both languages.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.state import LANGUAGES, ViewState, Vocabulary, parse

READY = Path(__file__).resolve().parents[1] / "data" / "scenes.json"
MOST = 200


@dataclass(frozen=True)
class Scene:
    """One scene: what it is called, what is said with it, and the state that it shows."""

    names: tuple[str, ...]
    notes: tuple[str, ...]
    state: ViewState

    def name(self, lang: str) -> str:
        """Its name in `fr` or `en`."""
        return self.names[LANGUAGES.index(lang)]

    def note(self, lang: str) -> str:
        """What the presenter says with it, in `fr` or `en`."""
        return self.notes[LANGUAGES.index(lang)]


class SceneError(Exception):
    """A file of scenes that cannot be used, or what of it cannot, a line each."""


def read(path: Path, words: Vocabulary) -> tuple[Scene, ...]:
    """The scenes of a file; SceneError with every fault, by the number of the scene."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SceneError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise SceneError(f"{path} is not JSON in UTF-8: {error}") from error
    if not isinstance(held, list) or len(held) > MOST:
        raise SceneError(f"{path}: a list of at most {MOST} scenes is expected")
    faults: list[str] = []
    scenes = []
    for number, entry in enumerate(held, 1):
        try:
            scenes.append(_scene(entry, words))
        except SceneError as fault:
            faults.append(f"{path}, scene {number}: {fault}")
    if faults:
        raise SceneError("\n".join(faults))
    return tuple(scenes)


def _scene(entry: Any, words: Vocabulary) -> Scene:
    if not isinstance(entry, dict) or not isinstance(entry.get("query"), str):
        raise SceneError("an object with name, note and query is expected")
    state, notices = parse(entry["query"], words)
    if notices:
        wrong = ", ".join(f"{n.parameter}={n.value}" for n in notices)
        raise SceneError(f"the query has what is not known: {wrong}")
    names = _texts(entry.get("name"))
    if not all(names):
        raise SceneError("the name is missing in one of the languages")
    return Scene(names, _texts(entry.get("note", "")), state)


def _texts(given: Any) -> tuple[str, ...]:
    """A text in each language: one for both, or an object with one each."""
    by_lang = given if isinstance(given, dict) else dict.fromkeys(LANGUAGES, given or "")
    return tuple(str(by_lang.get(lang, "")).strip() for lang in LANGUAGES)
