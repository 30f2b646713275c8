"""What must stay open about a primary cell.

Width W: at least W + 1 counts remain possible. The default is 4, since a count rounded to 5 leaves five possible
counts, and a suppressed one should not be known better. Levels, for magnitudes: the possible values must reach far
enough below and above the true one (lower, upper) or be wide enough in all (sliding).
Source: Fischetti and Salazar (2001); Handbook on Statistical Disclosure Control, 2nd edition, section 4.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.relations import Ints


NOT_EXACT = 1
AS_ROUNDED = 4


@dataclass(frozen=True)
class Requirement:
    """For each cell; only primary ones are looked at.

    Attributes:
        below: How far under the true value the possible values must reach.
        above: How far over it.
        span: Least difference between the greatest and the least.
    """

    below: Ints
    above: Ints
    span: Ints

    @property
    def arrays(self) -> tuple[Ints, Ints, Ints]:
        """Below, above, span."""
        return self.below, self.above, self.span

    @classmethod
    def width(cls, cells: int, width: int = AS_ROUNDED) -> Requirement:
        """At least ``width + 1`` possible counts."""
        nothing = np.zeros(cells, np.int64)
        return cls(nothing, nothing, np.full(cells, width, np.int64))

    @classmethod
    def around(cls, values: Ints, by: int = 1) -> Requirement:
        """Both ``value - by`` (zero at least) and ``value + by`` remain possible."""
        return cls(np.minimum(values, by), np.full(len(values), by, np.int64), np.zeros(len(values), np.int64))

    @classmethod
    def levels(cls, values: Ints, lower: Ints, upper: Ints, sliding: Ints | None = None) -> Requirement:
        """Protection levels; a lower level never asks for less than zero."""
        span = np.zeros(len(values), np.int64) if sliding is None else sliding.astype(np.int64)
        return cls(np.minimum(values, lower).astype(np.int64), upper.astype(np.int64), span)

    def within(self, other: Requirement, cells: Ints) -> bool:
        """Whether ``other`` asks for all that this asks for."""
        below, above, span = other.below[cells], other.above[cells], other.span[cells]
        less = (self.below[cells] <= below) & (self.above[cells] <= above)
        return bool((less & (self.span[cells] <= np.maximum(span, below + above))).all())

    def broken(self, values: Ints, low: Ints, high: Ints, cells: Ints) -> Mask:
        """Which of ``cells`` are known too well when ``low`` to ``high`` are their possible values."""
        below, above, span = self.below[cells], self.above[cells], self.span[cells]
        at, least, most = values[cells], low[cells], high[cells]
        return (least > at - below) | (most < at + above) | (most - least < span)
