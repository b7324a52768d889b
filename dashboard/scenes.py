"""Scenes of a presentation: a name, a note and a query string each, kept in a file of JSON.

The file is a list in the order of the talk; each scene is an object:
`{"name": {"fr": …, "en": …}, "note": {"fr": …, "en": …}, "query": "?view=…"}`. A name or a note may
also be one text for both languages.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.catalogue import catalogue
from dashboard.state import LANGUAGES, ViewState, Vocabulary, parse, to_query

READY = Path(__file__).resolve().parents[1] / "data" / "scenes.json"
MOST = 200
LONGEST = 2000  # characters of a name or a note


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
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SceneError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SceneError(f"{path}: {_said('json', 'en', reason=error)}") from error
    return parsed(text, words, "en", f"{path}, ")


def parsed(text: str, words: Vocabulary, lang: str, where: str = "") -> tuple[Scene, ...]:
    """The scenes that a text holds; SceneError with every fault in `lang`, each after `where`."""
    try:
        held = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SceneError(f"{where}{_said('json', lang, reason=error)}") from error
    if not isinstance(held, list) or len(held) > MOST:
        raise SceneError(f"{where}{_said('list', lang, most=str(MOST))}")
    faults: list[str] = []
    scenes = []
    for number, entry in enumerate(held, 1):
        try:
            scenes.append(_scene(entry, words, lang))
        except SceneError as fault:
            faults.append(f"{where}{_said('number', lang, number=str(number))} {fault}")
    if faults:
        raise SceneError("\n".join(faults))
    return tuple(scenes)


def written(scenes: Sequence[Scene], words: Vocabulary) -> list[dict[str, Any]]:
    """Scenes as a file holds them."""
    return [
        {"name": dict(zip(LANGUAGES, scene.names, strict=True)),
         "note": dict(zip(LANGUAGES, scene.notes, strict=True)),
         "query": to_query(scene.state, words.lang)}
        for scene in scenes
    ]  # fmt: skip


def _said(fault: str, lang: str, **values: object) -> str:
    return catalogue(lang).say(f"scenes.fault.{fault}", **values)


def _scene(entry: Any, words: Vocabulary, lang: str) -> Scene:
    if not isinstance(entry, dict) or not isinstance(entry.get("query"), str):
        raise SceneError(_said("object", lang))
    state, notices = parse(entry["query"], words)
    if notices:
        wrong = ", ".join(f"{n.parameter}={n.value}" for n in notices)
        raise SceneError(_said("query", lang, wrong=wrong))
    names = _texts(entry.get("name"))
    if not all(names):
        raise SceneError(_said("name", lang))
    return Scene(names, _texts(entry.get("note", "")), state)


def _texts(given: Any) -> tuple[str, ...]:
    """A text in each language: one for both, or an object with one each."""
    by_lang = given if isinstance(given, dict) else dict.fromkeys(LANGUAGES, given or "")
    return tuple(_written(str(by_lang.get(lang, "")))[:LONGEST] for lang in LANGUAGES)


def _written(text: str) -> str:
    """A text without what no document can hold: control characters and halves of characters."""
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()
