"""Wide tables, where a line holds a fact in each of many columns, as one fact a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from geo.ingest.grid import RawTable

YEAR = re.compile(r"(?:18|19|20)\d\d")
FEWEST_YEARS, FEWEST_PLACES, MOST_PART = 2, 5, 0.6
ACROSS, VALUE = "across", "value"


def years_across(columns: Sequence[str]) -> list[str]:
    """The columns that are called by a year, where there are some."""
    found = [column for column in columns if YEAR.fullmatch(column.strip())]
    return found if len(found) >= FEWEST_YEARS else []


def places_across(columns: Sequence[str], known: Callable[[str], bool]) -> list[str]:
    """The columns from the first to the last that are called by a place, where most of these
    are; one among them that is none is a total or a name to be refused."""
    at = [i for i, column in enumerate(columns) if known(column)]
    if len(at) < FEWEST_PLACES or len(at) < MOST_PART * (len(columns) - at[0]):
        return []
    return list(columns[at[0] :])


def unfolded(table: RawTable, across: Sequence[str]) -> RawTable:
    """One row for each cell of the columns `across`, line by line: their name stands in the column
    `across`, the cell in `value`, beside the cells of the other columns."""
    kept = [column for column in table.rows.columns if column not in across]
    wide, count = len(across), len(table.rows)
    rows = table.rows[kept].loc[table.rows.index.repeat(wide)].reset_index(drop=True)
    rows[ACROSS] = np.tile(np.asarray(across, dtype=object), count)
    rows[VALUE] = table.rows[list(across)].to_numpy(dtype=object).ravel()
    positions = pd.Series(np.repeat(table.rows.index.to_numpy(), wide), index=rows.index)
    return RawTable(rows.astype("str"), table.first_line, table.described, None, positions)
