"""How long things take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Lag:
    """A lognormal number of days.

    Attributes:
        median: Median, in days.
        sigma: Spread of the logarithm.
        least, most: Bounds in days, inclusive; values beyond are put on the bound.
    """

    median: float
    sigma: float
    least: int = 0
    most: int = 3650

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """``count`` whole numbers of days."""
        days = self.median * np.exp(self.sigma * rng.standard_normal(count))
        return np.clip(np.rint(days), self.least, self.most).astype(np.int64)


@dataclass(frozen=True)
class Window:
    """A number of days drawn evenly from ``least`` to ``most``, inclusive."""

    least: int
    most: int

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """``count`` whole numbers of days."""
        return rng.integers(self.least, self.most + 1, count)
