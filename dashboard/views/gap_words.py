"""The gap in words: signed numbers, a refusal, what is said of one territory."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from dashboard.catalogue import Catalogue
from geo.gap import Refusal

Row = Mapping[Hashable, Any]


def signed(words: Catalogue, value: float, digits: int = 1, plus: bool = False) -> str:
    """A number with a true minus sign, and a plus where it is asked."""
    said = words.number(abs(round(value, digits)), digits)
    return f"−{said}" if round(value, digits) < 0 else f"+{said}" if plus and value > 0 else said


def refused(refusal: Refusal, words: Catalogue) -> str:
    """Why there is no model."""
    return words.say(f"gap.refusal.{refusal.reason}", found=refusal.found, least=refusal.least)


def of_territory(row: Row, words: Catalogue) -> list[str]:
    """Links, people, and what the model expects of one territory, a line each."""
    share = words.percent(row["share"])
    lines = [
        words.say("n_links", n=int(row["links"])),
        words.say("gap.people.least" if row["bound"] == "lower" else "gap.people", share=share,
                  n=round(row["people"])),
    ]  # fmt: skip
    if row["estimate"]:
        lines[1] += f" ({words.say('estimate').lower()})"
    if row["verdict"]:
        lines += [
            words.say("gap.expects", expected=words.number(row["expected"], 1),
                      low=int(row["low"]), high=int(row["high"])),
            words.say(f"gap.is.{row['verdict']}", residual=signed(words, row["residual"], 2, True)),
        ]  # fmt: skip
    return lines
