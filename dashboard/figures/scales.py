"""Classes of quantities: their bounds, their labels, and which class a value is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.catalogue import Catalogue

COUNTS = (1, 5, 10, 25, 50)  # links a country or territory: the same for every filter
WIDTH_CLASSES = (1, 2, 4, 8, 16)
WIDTHS = (0.7, 1.2, 2.0, 3.0, 4.4)  # pixels


@dataclass(frozen=True)
class Classes:
    """Lower bounds of ordered classes; the last class has no upper bound but `highest`."""

    bounds: tuple[float, ...]
    highest: float
    whole: bool = False

    def of(self, values: pd.Series) -> pd.Series:
        """Class of each value, 0 for the first; -1 where there is no value or it is below all."""
        found = np.searchsorted(self.bounds, values.to_numpy(float), side="right") - 1
        return pd.Series(np.where(values.isna(), -1, found), index=values.index)

    def labels(self, words: Catalogue, digits: int = 0) -> list[str]:
        """«2 – 4», «30 +» for whole numbers; «2,5 – 5,1» for shares."""
        texts = []
        for i, low in enumerate(self.bounds):
            last = i == len(self.bounds) - 1
            high = self.highest if last else self.bounds[i + 1] - (1 if self.whole else 0)
            low_text, high_text = words.number(low, digits), words.number(high, digits)
            if self.whole and last:
                texts.append(f"{low_text} +")
            else:
                texts.append(low_text if low_text == high_text else f"{low_text} – {high_text}")
        return texts


def count_classes(bounds: Sequence[int] = COUNTS) -> Classes:
    """Fixed classes of counts, so that a colour means the same under every filter."""
    return Classes(tuple(map(float, bounds)), float("inf"), whole=True)


def quantile_classes(values: pd.Series, classes: int = 5) -> Classes:
    """Classes that hold as many territories each, their bounds rounded to be read aloud."""
    known = values.dropna().to_numpy(float)
    if not len(known):
        return Classes((0.0,), 0.0)
    digits = digits_for(float(known.max() - known.min()) or float(known.max()))
    cuts = np.quantile(known, np.linspace(0, 1, classes + 1)[:-1])
    bounds = np.unique(np.round(cuts, digits))
    bounds[0] = np.floor(known.min() * 10**digits) / 10**digits
    return Classes(tuple(np.unique(bounds).tolist()), float(known.max()))


def digits_for(spread: float) -> int:
    """Decimals that tell the classes of a spread apart: 1 for tens of per cent, 2 below 5."""
    if spread >= 1000:
        return 0
    return 1 if spread >= 5 else 2 if spread >= 0.5 else 3
