"""The days of the criminal courts' world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from justice_world.population.people import START


__all__ = ["END", "START", "Shown"]

# The population alone ends earlier (`justice_world.population.people.END`); years of the world are as full as its.
END = int(np.datetime64("2014-01-01").astype(np.int64))


@dataclass(frozen=True)
class Shown:
    """What a world of some months can show: of the rest nothing is written out, though all of it is drawn.

    Attributes:
        first, last: First day of the first month and last day of the last, since 1970.
    """

    first: int
    last: int

    def rows(self, entered: np.ndarray, began: np.ndarray | None = None) -> np.ndarray:
        """Positions of what enters on these days, of what began within the world, too (on the same days, if None)."""
        there = (entered >= self.first) & (entered <= self.last)
        return np.flatnonzero(there if began is None else there & (began >= self.first))
