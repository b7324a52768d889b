"""What is wrong with a file that cannot be read as a table, in one sentence of each language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from string import Formatter
from typing import Any

SENTENCES: Mapping[str, Mapping[str, str]] = json.loads(
    Path(__file__).with_suffix(".json").read_text("utf-8")
)
"""By code, then by language, as templates; `{n:,}` is a figure in groups of three, written as the
language does. What a library says of a file, `{error}`, is in English only, and so is not told in
French."""
THE_FILE = "it "  # begins the English sentences whose subject is the file


class UnreadableFile(Exception):
    """A file that cannot be read as a table: what is wrong, where, and what would be right.

    `code` is that of a sentence, `values` are what it names. As a text it is the English sentence
    as it follows the name of the file: «is empty: it has no bytes».
    """

    def __init__(self, code: str, /, **values: str | int | float) -> None:
        self.code, self.values = code, values
        super().__init__(self.said("en").removeprefix(THE_FILE))

    def said(self, lang: str) -> str:
        """The sentence in a language, `fr` or `en`, with its subject and without its full stop, on
        one line."""
        values = {name: _on_one_line(value) for name, value in self.values.items()}
        return WRITERS[lang].format(SENTENCES[self.code][lang], **values).strip()

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), self.code, **self.values), ()


class Writer(Formatter):
    """Templates filled as str.format does, the signs of figures that have a form («{n:,}») being
    those of a language."""

    def __init__(self, signs: Mapping[str, str]) -> None:
        self.signs = str.maketrans(dict(signs))

    def format_field(self, value: Any, format_spec: str) -> str:
        text = format(value, format_spec)
        return text.translate(self.signs) if format_spec else text


WRITERS = {"en": Writer({}), "fr": Writer({",": "\u202f", ".": ","})}


def _on_one_line(value: str | int | float) -> str | int | float:
    return re.sub(r"\s+", " ", value) if isinstance(value, str) else value
