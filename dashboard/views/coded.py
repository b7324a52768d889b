"""The words of the codes of a dataset, and its texts as the language sets them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from geo.world import World

NARROW = "\u202f"
WIDE = "\u00a0"


@lru_cache(maxsize=64)
def labels(world: World, dataset: str, field: str, lang: str) -> Mapping[str, str]:
    """Code -> label of a field of one dataset; several datasets have fields of the same name."""
    codes = world.table("codes")
    rows = codes[(codes["field"] == field) & codes["source_id"].str.startswith(f"{dataset}/")]
    return dict(zip(rows["code"], rows[f"label_{lang}"], strict=True))


@lru_cache(maxsize=4096)
def typeset(text: str, lang: str) -> str:
    """A French text with its apostrophes, and with the spaces of its punctuation kept from
    breaking; others as they are."""
    if lang != "fr":
        return text
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    text = re.sub(r" ([;!?])", rf"{NARROW}\1", text)
    return re.sub(r" ([:%»€])", rf"{WIDE}\1", text).replace("« ", f"«{WIDE}")
