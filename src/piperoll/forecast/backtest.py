"""A forecast tried on the past: what would have been said from each of the last months, beside a seasonal naive one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from piperoll.forecast.airline import LEAST, SEASON, forecast, learn, seasonal_naive
from piperoll.periods import Period


@dataclass(frozen=True)
class Tested:
    """How a forecast would have done.

    Attributes:
        origins: From how many months it was tried.
        ahead: How many months ahead it looked, at most.
        error, naive: Mean absolute error of the forecast, and of the same month a year before.
        cover: Share of figures within the interval of 95 in 100.
        figures: Figures it was held against.
    """

    origins: int
    ahead: int
    error: float
    naive: float
    cover: float
    figures: int

    @property
    def better(self) -> bool:
        """Whether it beats the naive forecast."""
        return self.error < self.naive

    @property
    def ratio(self) -> float | None:
        """Error as a share of the naive one; None where the naive one makes none."""
        return self.error / self.naive if self.naive else None


def backtest(
    months: Sequence[Period], values: Sequence[float | None], ahead: int = 3, origins: int = SEASON
) -> Tested | None:
    """Try a forecast from each of the last ``origins`` months for which what followed is known.

    The coefficients are learnt once, from what was known at the first of them; each forecast uses what was known by
    then. Months without a figure, or without one a year before, are not held against either forecast.

    Returns:
        None if the series is too short to try it even once.
    """
    first = max(LEAST, len(values) - origins)
    while first < len(values) and sum(each is not None for each in values[:first]) < LEAST:
        first += 1
    if first >= len(values):
        return None
    learnt = learn(values[:first])
    errors: list[float] = []
    naive: list[float] = []
    inside = 0
    for known in range(first, len(values)):
        truth = values[known : known + ahead]
        said = forecast(months[:known], values[:known], len(truth), floor=None, learnt=learnt)
        plain = seasonal_naive(values[:known], len(truth))
        for each, before, true in zip(said, plain, truth, strict=True):
            if true is None or before is None:
                continue
            errors.append(abs(each.value - true))
            naive.append(abs(before - true))
            inside += each.low <= true <= each.high
    many = len(errors)
    if not many:
        return None
    return Tested(len(values) - first, ahead, sum(errors) / many, sum(naive) / many, inside / many, many)
