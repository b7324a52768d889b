"""Two editions of one source: what the new one adds, ends, changes, and no longer has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geo.errors import DataError, Fault
from geo.ingest.figures import FIGURE_KEY, VECTOR_KEY
from geo.load import read_dataset

# What a row of each table tells of, and what changes when it ends.
KEYS: Mapping[str, tuple[str, ...]] = {
    "links": ("a_id", "b_id", "kind"),
    "vectors": tuple(VECTOR_KEY),
    "figures": tuple(FIGURE_KEY),
    "criteria": ("country_id", "criterion"),
    "members": ("network_id", "place_id"),
    "networks": ("network_id",),
}
ENDS = (("status", ("ended", "left")), ("end_year", None), ("until_year", None))
ASIDE = ("source_id", "source_title", "link_id", "place_name", "member_name")
CHANGES = ("table", "change", "key", "column", "before", "after")
ADDED, GONE, ENDED, CHANGED = "added", "gone", "ended", "changed"


def differences(before: Path, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """CHANGES: one row for each row added or gone, and for each cell that changed, between the
    dataset in a folder and the tables of a new edition. DataError where the folder holds none."""
    if not (before / "datapackage.json").exists():
        said = "holds no dataset of an earlier edition: a datapackage.json beside its tables"
        raise DataError([Fault(before.name, 0, said)])
    earlier = read_dataset(before)[1]
    found = [_between(name, key, _texts(earlier.get(name), key), _texts(tables.get(name), key))
             for name, key in KEYS.items() if name in earlier or name in tables]  # fmt: skip
    return pd.concat([pd.DataFrame(columns=list(CHANGES)), *found], ignore_index=True)


def _texts(table: pd.DataFrame | None, key: tuple[str, ...]) -> pd.DataFrame:
    """Every cell as the text that a file has, by key."""
    if table is None or table.empty:
        return pd.DataFrame(columns=[*key]).set_index(pd.Index([], dtype=object))
    texts = table.astype("string").fillna("").replace({"<NA>": "", "nan": ""}).astype(object)
    texts = texts.map(_plain)
    joined = texts[list(key)].agg(" | ".join, axis=1)
    return texts.set_index(pd.Index(joined, dtype=object))


def _plain(text: str) -> str:
    """A truth or a whole number as it is written, however its column was read."""
    return text.removesuffix(".0").replace("True", "true").replace("False", "false")


def _between(name: str, key: tuple[str, ...], old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """CHANGES of one table."""
    rows = [(name, ADDED, each, "", "", "") for each in new.index.difference(old.index)]
    rows += [(name, GONE, each, "", "", "") for each in old.index.difference(new.index)]
    both = old.index.intersection(new.index)
    for column in [c for c in new.columns if c in old.columns and c not in (*key, *ASIDE)]:
        was, now = old.loc[both, column], new.loc[both, column]
        for each in both[(was != now).to_numpy(dtype=bool)]:
            change = ENDED if _ends(column, was[each], now[each]) else CHANGED
            rows.append((name, change, each, column, was[each], now[each]))
    return pd.DataFrame(rows, columns=list(CHANGES))


def _ends(column: str, before: str, after: str) -> bool:
    """Whether a cell says that what its row tells of has ended since."""
    return any(
        column == name and not (before in said if said else before)
        and bool(after in said if said else after) for name, said in ENDS
    )  # fmt: skip


def counted(changes: pd.DataFrame) -> dict[str, dict[str, int]]:
    """How many rows of each table were added, are gone, have ended or changed."""
    rows = changes.drop_duplicates(["table", "change", "key"])
    told: dict[str, dict[str, int]] = {}
    sizes = rows.groupby(["table", "change"], as_index=False).size()
    for row in sizes.to_dict("records"):
        told.setdefault(row["table"], {})[row["change"]] = int(row["size"])
    return told
