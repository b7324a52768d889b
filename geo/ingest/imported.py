"""What came of a table: rows for the atlas, and what became of every row that was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from geo.ingest.grid import RawTable

KEPT, DOUBTFUL, REFUSED = "kept", "doubtful", "refused"
JUDGED = ("outcome", "reason", "end", "candidates")
MATCHES = ("end", "side", "rows", "place_id", "name", "method", "score", "km", "reason")


@dataclass(frozen=True, eq=False)
class Imported:
    """What came of a table.

    `table`: the rows that were judged, a fact each (a line of a wide table holds several).
    `tables` and `layers`: rows for the tables and layers of the atlas, by name. `judged`: JUDGED,
    on the index of the table. `matches`: MATCHES, one row a different end; score from 0 to 1, km
    between the point of the file and that of the place, NaN where it has none. `told`: what else
    the report says, by name.
    """

    table: RawTable
    tables: Mapping[str, pd.DataFrame]
    judged: pd.DataFrame
    matches: pd.DataFrame
    layers: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    told: Mapping[str, object] = field(default_factory=dict)

    @property
    def outcomes(self) -> pd.Series:
        """Kept, doubtful or refused for each row read."""
        return self.judged["outcome"]

    @property
    def refused(self) -> pd.DataFrame:
        """The rows refused, as the file has them, each with its line and the reason."""
        return self._left_out(REFUSED)

    @property
    def doubtful(self) -> pd.DataFrame:
        """The rows that wait for a decision, likewise, with the candidates."""
        held = self._left_out(DOUBTFUL)
        held.insert(4, "decision", "")
        return held

    def _left_out(self, outcome: str) -> pd.DataFrame:
        rows = self.judged[self.judged["outcome"] == outcome]
        told = rows[["reason", "end", "candidates"]].reset_index(drop=True)
        told.insert(0, "line", self.table.lines.loc[rows.index].to_numpy())
        return pd.concat([told, self.table.rows.loc[rows.index].reset_index(drop=True)], axis=1)

    @property
    def matched_by(self) -> dict[str, dict[str, int]]:
        """How many ends of rows each method found, by side; by reason those that nothing did."""
        how = self.matches["method"].where(self.matches["method"] != "", self.matches["reason"])
        counts = self.matches.assign(how=how).groupby(["side", "how"], sort=False)["rows"].sum()
        told: dict[str, dict[str, int]] = {}
        for row in counts.sort_values(ascending=False).reset_index().to_dict("records"):
            told.setdefault(row["side"], {})[row["how"]] = int(row["rows"])
        return told
