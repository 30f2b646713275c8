"""A forecast tried on the past: what would have been said from each of the last months, beside a seasonal naive one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from piperoll.forecast.smooth import LEAST, SEASON, forecast, seasonal_naive
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


def backtest(months: Sequence[Period], values: Sequence[float], ahead: int = 3, origins: int = SEASON) -> Tested | None:
    """Try a forecast from each of the last ``origins`` months for which what followed is known.

    Each time only what was known by then is used.

    Returns:
        None if the series is too short to try it even once.
    """
    last = len(values) - 1  # what follows an origin must hold one figure at least
    starts = list(range(max(LEAST, last - origins + 1), last + 1))
    if not starts:
        return None
    errors: list[float] = []
    naive: list[float] = []
    inside = 0
    for known in starts:
        truth = values[known : known + ahead]
        said = forecast(months[:known], values[:known], len(truth), floor=None)
        errors += [abs(each.value - true) for each, true in zip(said, truth, strict=True)]
        plain = seasonal_naive(values[:known], len(truth))
        naive += [abs(each - true) for each, true in zip(plain, truth, strict=True)]
        inside += sum(each.low <= true <= each.high for each, true in zip(said, truth, strict=True))
    many = len(errors)
    return Tested(len(starts), ahead, sum(errors) / many, sum(naive) / many, inside / many, many)
