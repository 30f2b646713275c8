"""Find a value among distinct values at once, by its fingerprint."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from piperoll.link.encode.values import fingerprints


class Lookup:
    """Distinct values, texts or whole numbers.

    Args:
        distinct: The values.
        known: Their fingerprints in order, and where each stands; made if not given.
    """

    def __init__(self, distinct: pl.Series, known: tuple[np.ndarray, np.ndarray] | None = None) -> None:
        self.distinct = distinct
        self._known = known

    @property
    def sorted(self) -> tuple[np.ndarray, np.ndarray]:
        """Fingerprints in order, uint64, and positions of their values, int64."""
        if self._known is None:
            prints = _prints(self.distinct)
            order = np.argsort(prints, kind="stable")
            self._known = prints[order], order
        return self._known

    def find(self, value: Any) -> int:
        """Position of a value; -1 if it is not there."""
        if value is None or not len(self.distinct):
            return -1
        prints, order = self.sorted
        one = _prints(pl.Series([value], dtype=self.distinct.dtype))[0]
        at = int(np.searchsorted(prints, one))
        while at < len(prints) and prints[at] == one:
            if self.distinct[int(order[at])] == value:
                return int(order[at])
            at += 1
        return -1


def _prints(values: pl.Series) -> np.ndarray:
    if values.dtype == pl.String:
        return fingerprints(values)
    return values.cast(pl.Int64).to_numpy().astype(np.uint64)
