"""The visual language, read from the style sheet so that page and figures cannot differ."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

TOKENS = Path(__file__).resolve().parents[2] / "assets" / "1-tokens.css"
FONT = "Inter, system-ui, sans-serif"


@lru_cache
def tokens() -> dict[str, str]:
    """Every `--name: value` of the style sheet's tokens."""
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", TOKENS.read_text(encoding="utf-8")))


def colour(name: str) -> str:
    """The colour of a token; KeyError for an unknown name."""
    return tokens()[name]


def sequence() -> list[str]:
    """The five classes of a quantity, light to dark."""
    return [colour(f"seq-{i}") for i in range(1, 6)]
