"""Links as arrays, one position a link: what filters, corridors and totals stand on.

A selection holds positions alone, and takes from a column what it is asked for: a frame of thirty
columns would be copied whole at each step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Column:
    """A column of few values: `codes` are positions in `values`, which are sorted texts."""

    codes: Indices
    values: Objects

    @cached_property
    def code(self) -> Mapping[str, int]:
        """The code of each value."""
        return {str(value): code for code, value in enumerate(self.values)}

    @classmethod
    def of(cls, texts: Any) -> Column:
        """The column of a sequence of texts, one a link; what is missing is empty."""
        codes, values = pd.factorize(pd.Series(texts, dtype=object).fillna(""), sort=True)
        return cls(codes.astype(np.int64), np.asarray(values, dtype=object))


@dataclass(frozen=True, eq=False)
class Links:
    """Links, or a selection of them. `at`: the position of each in the rows of `joined_links`.

    `coded`: columns of one text a link; `listed`: for each column of several values a link, which
    links have each value; `plain`: years (NaN where unknown) and whether a link is active or
    ended. All are of every link; `codes`, `numbers` and `has` are of those selected.
    """

    at: Indices
    coded: Mapping[str, Column]
    listed: Mapping[str, Mapping[str, Mask]]
    plain: Mapping[str, npt.NDArray[Any]]
    _taken: dict[str, npt.NDArray[Any]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.at)

    @property
    def empty(self) -> bool:
        return not len(self.at)

    def taken(self, kept: Mask) -> Links:
        """Those of these links where `kept` is true."""
        return replace(self, at=self.at[kept], _taken={})

    def recoded(self, **columns: Column) -> Links:
        """The same links with some columns of every link replaced."""
        return replace(self, coded={**self.coded, **columns}, _taken={})

    def codes(self, name: str) -> Indices:
        """The code of each link in a column of one text."""
        return self._of(name, self.coded[name].codes)

    def values(self, name: str) -> Objects:
        """The values that codes are positions in."""
        return self.coded[name].values

    def texts(self, name: str) -> Objects:
        """The text of each link in a column."""
        return self.values(name)[self.codes(name)]

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """A plain column of these links."""
        return self._of(name, self.plain[name])

    def having(self, name: str, wanted: Iterable[str]) -> Mask:
        """Which of these links have any of the values wanted in a column of either kind."""
        if name in self.coded:
            known = self.coded[name].code
            codes = [known[value] for value in wanted if value in known]
            return np.isin(self.codes(name), codes)
        found = np.zeros(len(self), dtype=bool)
        for value in wanted:
            if value in self.listed[name]:
                found |= self.listed[name][value][self.at]
        return found

    def placed(self, name: str) -> Mask:
        """Where a column of one text is not empty."""
        blank = self.coded[name].code.get("", -1)
        return np.not_equal(self.codes(name), blank)

    def met(self, name: str) -> list[str]:
        """The different texts of a column, the empty one included, sorted."""
        return self.values(name)[self.counted(name) > 0].tolist()  # type: ignore[no-any-return]

    def counted(self, name: str) -> Indices:
        """How many links have each of the values of a column, by code."""
        return np.bincount(self.codes(name), minlength=len(self.values(name)))

    def _of(self, name: str, whole: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if name not in self._taken:
            self._taken[name] = whole[self.at]
        return self._taken[name]


def listed(values: Iterable[Sequence[str]]) -> Mapping[str, Mask]:
    """Which links have each of the values that they list, a sequence a link."""
    rows = list(values)
    found: dict[str, Mask] = {}
    for at, held in enumerate(rows):
        for value in held:
            found.setdefault(value, np.zeros(len(rows), dtype=bool))[at] = True
    return found


def firsts(values: Objects) -> Indices:
    """The position of each different value where it is met first."""
    return np.sort(np.unique(values, return_index=True)[1])


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of links and their totals: columns of equal length, a position a group."""

    columns: Mapping[str, npt.NDArray[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    @property
    def empty(self) -> bool:
        return not len(self)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self.columns[name]

    def taken(self, kept: Mask | Indices | slice) -> Groups:
        """Some of the groups, by mask, positions or slice."""
        return Groups({name: column[kept] for name, column in self.columns.items()})

    def first(self, n: int) -> Groups:
        return self.taken(slice(n))

    def joined(self, **columns: npt.NDArray[Any]) -> Groups:
        """The same groups with more columns."""
        return Groups({**self.columns, **columns})

    def records(self) -> list[dict[str, Any]]:
        """A dictionary a group."""
        rows = zip(*(column.tolist() for column in self.columns.values()), strict=True)
        return [dict(zip(self.columns, row, strict=True)) for row in rows]

    def frame(self) -> pd.DataFrame:
        """A row a group."""
        return pd.DataFrame(dict(self.columns))


def largest_first(values: npt.NDArray[Any]) -> Indices:
    """Positions of numbers, the largest first, those that are NaN last."""
    order: Indices = pd.Series(values).sort_values(ascending=False).index.to_numpy()
    return order
