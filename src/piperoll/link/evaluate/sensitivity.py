"""How much a figure depends on where records are joined: the same count over a band of thresholds.

::

    band(linked, lambda label: len(np.unique(label)))       # how many persons
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from piperoll.link.cluster.persons import persons
from piperoll.link.engine import Linked


BAND = (0.5, 0.75, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Band:
    """A figure at each threshold.

    Attributes:
        thresholds: Probabilities from which records are joined.
        values: The figure at each.
    """

    thresholds: tuple[float, ...]
    values: tuple[float, ...]

    @property
    def low(self) -> float:
        """The least of them."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The largest."""
        return max(self.values)

    @property
    def spread(self) -> float:
        """From least to largest, as a share of the middle of both."""
        middle = (self.low + self.high) / 2
        return (self.high - self.low) / middle if middle else 0.0


def band(linked: Linked, figure: Callable[[np.ndarray], float], thresholds: Sequence[float] = BAND) -> Band:
    """A figure over a band of thresholds.

    Args:
        figure: Of int32 (records,): the first record of each record's person, in the order of ``linked``'s records.
    """
    ready = linked.ready
    values = []
    for each in thresholds:
        found = persons(linked.scanner, linked.pairs, linked.weights, ready.vetoes, each)
        values.append(float(figure(found.label)))
    return Band(tuple(thresholds), tuple(values))


def person_count(label: np.ndarray) -> float:
    """How many persons there are."""
    return float(len(np.unique(label)))
