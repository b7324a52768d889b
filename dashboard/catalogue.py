"""Texts, numbers and lists in the person's language, from the catalogues in locale/."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal

FOLDER = Path(__file__).parent / "locale"


@dataclass(frozen=True, eq=False)
class Catalogue:
    """One language: `say("key", n=3)` gives its sentence, with the plural that n asks for."""

    lang: str
    texts: Mapping[str, str | Mapping[str, str]]
    locale: Locale

    def say(self, key: str, **values: object) -> str:
        """The text of a key; numbers among the values are written as the locale does."""
        text = self.texts[key]
        if not isinstance(text, str):
            count = values.get("n", 0)
            form = self.plural(count) if isinstance(count, (int, float)) else "other"
            text = text.get(form) or text["other"]
        return text.format(**{name: self._written(value) for name, value in values.items()})

    def say_or(self, key: str, otherwise: str, **values: object) -> str:
        """The text of a key, or another where the catalogue has none."""
        return self.say(key, **values) if key in self.texts else otherwise

    @lru_cache(maxsize=4096)  # noqa: B019  (catalogues are two, and live as long as the app)
    def plural(self, count: float) -> str:
        """The form that a number asks of a noun: `one`, `other`."""
        return str(self.locale.plural_form(count))

    @lru_cache(maxsize=4096)  # noqa: B019
    def number(self, value: float, digits: int = 0) -> str:
        """`12 129` or `12,129`; at most `digits` decimals."""
        pattern = "#,##0" + ("." + "#" * digits if digits else "")
        return format_decimal(round(value, digits), format=pattern, locale=self.locale)

    def percent(self, share: float) -> str:
        """A share in per cent, with one decimal below 10 and two below 1."""
        digits = 2 if abs(share) < 1 else 1
        return self.say("percent", value=self.number(share, digits))

    def joined(self, words: Sequence[str]) -> str:
        """«a, b et c»."""
        return format_list(list(words), locale=self.locale)

    def _written(self, value: object) -> object:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return self.number(float(value), 1) if is_number else value  # type: ignore[arg-type]


@lru_cache
def catalogue(lang: str) -> Catalogue:
    """The catalogue of a language, `fr` or `en`."""
    files = sorted((FOLDER / lang).glob("*.json"))
    texts = {k: t for file in files for k, t in json.loads(file.read_text("utf-8")).items()}
    return Catalogue(lang, texts, Locale.parse(lang))
