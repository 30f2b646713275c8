"""Whether a change of a count lies within the ordinary variation of its series.

The counts are put on Anscombe's scale, y = 2 sqrt(x + 3/8), on which a Poisson count has variance 1 whatever its size
(Anscombe 1948, Biometrika 35, 246-254). The change is D = y(t) - y(t - s), s periods being a year (or the one period
that it is compared with). A series that is counted afresh each period and moves with nothing but chance has a D of
standard deviation sqrt(2). Real series vary more: claims come in batches, offices close. How much is taken from the
series itself, by the differences of successive D, in which level, trend and season cancel (von Neumann and others 1941,
Annals of Mathematical Statistics 12, 153-162), with the median of their sizes times 1.4826 for their standard
deviation, so that a few great shocks do not count for much (Hampel 1974, JASA 69, 383-393). Where periods vary
independently a successive difference of D has 2 times the variance of D (3 times for s = 1).

The change is ordinary if it is at most 1.96 times the larger of the two standard deviations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from statistics import median


YEARS = 5  # of figures before the one that is judged
LEAST = 8  # successive differences
METHOD = (
    "Words for changes of counts. Where a table has at least five years of a count, a change is called little changed "
    "if it lies within the ordinary variation of the series: no more than 1.96 standard deviations of such changes, "
    "after the square-root transformation of counts (Anscombe, 1948). The standard deviation is the larger of what "
    "chance alone gives counts of this size (Poisson) and what the series has shown, estimated from the differences of "
    "successive changes (von Neumann and others, 1941) by their median size (Hampel, 1974). Both figures are given all "
    "the same. Where a series is shorter, or its periods overlap, words follow the figures alone."
)
_Z = 1.96


def ordinary(series: Sequence[Decimal | None], lag: int) -> bool | None:
    """Whether the last change of a series is ordinary; None where the series is too short to tell.

    Args:
        series: Counts of successive periods, oldest first; the last is the one that is judged. None where not known.
        lag: How many periods before the last one it is compared with.
    """
    scaled = [None if value is None or value < 0 else 2 * math.sqrt(float(value) + 0.375) for value in series]
    changes = [_minus(now, then) for now, then in zip(scaled[lag:], scaled, strict=False)]
    last = changes[-1] if changes else None
    before = changes[:-1]
    moves = [abs(move) for move in map(_minus, before[1:], before) if move is not None]
    if last is None or len(moves) < LEAST:
        return None
    shown = 1.4826 * median(moves) / math.sqrt(3 if lag == 1 else 2)
    return abs(last) <= _Z * max(math.sqrt(2), shown)


def _minus(now: float | None, then: float | None) -> float | None:
    return None if now is None or then is None else now - then
