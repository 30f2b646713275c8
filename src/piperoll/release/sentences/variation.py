"""Whether a change of a count is one to speak of, or lies within the ordinary variation of its series.

The counts are put on Anscombe's scale, y = 2 sqrt(x + 3/8), on which a Poisson count has variance 1 whatever its size
(Anscombe 1948, Biometrika 35, 246-254). The change is D = y(t) - y(t - s), s periods being a year (or the one period
that it is compared with). A series that is counted afresh each period and moves with nothing but chance has a D of
standard deviation sqrt(2): a change of up to 1.96 of these is ordinary, however large it is in per cent.

Real series vary more: claims come in batches, offices close. How much is taken from the series itself, by the second
differences of D, in which level, season and a steady trend cancel (Gasser, Sroka and Jennen-Steinmetz 1986, Biometrika
73, 625-633), with 1.4826 times the median of their sizes for their standard deviation, so that a few great shocks do
not count for much (Hampel 1974, JASA 69, 383-393). Where periods vary independently a second difference has 6 times the
variance of D (10 times for s = 1, 5 times for s = 2). A change within 1.96 of these is ordinary, too, as long as it is
below five per cent: readers have to hear of more, whatever the series has been through.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from statistics import median


YEARS = 5  # of figures before the one that is judged
LEAST = 8  # second differences
MATERIAL = 0.05  # of the earlier figure
METHOD = (
    "Words for changes of counts. Where a table has at least five years of a count, a change is called little changed "
    "if it lies within the ordinary variation of the series. Counts are compared after the square-root transformation "
    "(Anscombe, 1948). A change is ordinary if chance alone explains it, that is up to 1.96 standard deviations of "
    "the difference of two Poisson counts; or if it is below 5% and up to 1.96 standard deviations of what the series "
    "has shown, estimated from the second differences of its changes (Gasser and others, 1986) by their median size "
    "(Hampel, 1974). Both figures are given all the same. Where a series is shorter, or its periods overlap, words "
    "follow the figures alone."
)
_Z = 1.96
_TIMES = {1: 10, 2: 5}  # Variance of a second difference in those of D; 6 for all others.


def ordinary(series: Sequence[Decimal | None], lag: int) -> bool | None:
    """Whether the last change of a series is ordinary; None where the series is too short to tell.

    Args:
        series: Counts of successive periods, oldest first; the last is the one that is judged. None where not known.
        lag: How many periods before the last one it is compared with.
    """
    scaled = [None if value is None or value < 0 else 2 * math.sqrt(float(value) + 0.375) for value in series]
    changes = _differences(scaled, lag)
    seconds = [abs(each) for each in _differences(_differences(changes[:-1], 1), 1) if each is not None]
    last = changes[-1] if changes else None
    if last is None or len(seconds) < LEAST:
        return None
    now, then = series[-1], series[-1 - lag]
    if now is None or then is None:
        return None
    shown = 1.4826 * median(seconds) / math.sqrt(_TIMES.get(lag, 6))
    small = abs(float(now - then)) < MATERIAL * float(then)
    return abs(last) <= _Z * math.sqrt(2) or (small and abs(last) <= _Z * shown)


def _differences(values: Sequence[float | None], lag: int) -> list[float | None]:
    """Each value less the one so many places before; None where either is not known."""
    pairs = zip(values[lag:], values, strict=False)
    return [None if now is None or then is None else now - then for now, then in pairs]
