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


@lru_cache
def pale(shade: str) -> str:
    """A colour (#rrggbb) mixed with two thirds of the land's: what is not chosen."""
    mix = zip(_channels(shade), _channels(colour("land")), strict=True)
    return "#" + "".join(f"{round(a * 0.3 + b * 0.7):02x}" for a, b in mix)


def _channels(shade: str) -> list[int]:
    return [int(shade[i : i + 2], 16) for i in (1, 3, 5)]


def sequence(name: str = "seq") -> list[str]:
    """The five classes of a quantity, light to dark: `seq`, or `under` beneath corridors."""
    return [colour(f"{name}-{i}") for i in range(1, 6)]
