"""What is still to come of a monthly series: its mean month by month, and futures drawn around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from piperoll.forecast.airline import LEAST, SEASON, Learnt, forecast, learn
from piperoll.periods import Period
from piperoll.register.model.forecast import Coming


NORMAL_95 = 1.959963984540054
NORMAL_80 = 1.2815515655446004


@dataclass(frozen=True)
class Expected:
    """What is expected of the months to come.

    Attributes:
        mean: One for each month; never below nought.
        spread: Standard deviation of the error, of each month.
        carried: How much a shock of one month weighs so many months later (psi weights); empty for a level, in which
            months are independent of each other.
        way: How it was made, in words.
        shared: Share of the variance of a level that all months of a future have in common: what is not known of it.
    """

    mean: np.ndarray
    spread: np.ndarray
    carried: np.ndarray
    way: str
    shared: float = 0.0

    def draws(self, rng: np.random.Generator, paths: int) -> np.ndarray:
        """Futures: a row for each path, a column for each month; never below nought."""
        ahead = len(self.mean)
        shocks = rng.standard_normal((paths, ahead))
        if len(self.carried):
            errors = np.stack([shocks[:, : at + 1] @ self.carried[at::-1] for at in range(ahead)], axis=1)
            errors /= np.sqrt(np.cumsum(self.carried**2))
        else:
            level = rng.standard_normal((paths, 1))
            errors = np.sqrt(1 - self.shared) * shocks + np.sqrt(self.shared) * level
        return np.maximum(self.mean + errors * self.spread, 0.0)


def expect(
    months: Sequence[Period], values: Sequence[float | None], ahead: int, model: Coming, learnt: Learnt | None = None
) -> Expected:
    """What is expected after a series.

    Args:
        months: Consecutive months, one for each value.
        values: None where there is no figure.
        model: ``airline`` falls back to ``level`` where there are too few figures.

    Raises:
        ValueError: If there is no figure at all.
    """
    known = [float(each) for each in values if each is not None]
    if not known:
        raise ValueError("a series without a figure")
    if model == "airline" and len(known) >= LEAST:
        return _airline(months, values, ahead, learnt)
    last = [float(each) for each in values[-SEASON:] if each is not None] or known[-SEASON:]
    mean = sum(last) / len(last)
    # Counts vary at least as Poisson's do.
    variance = max(sum((each - mean) ** 2 for each in last) / max(1, len(last) - 1), mean)
    few = "" if model == "level" else f", since fewer than {LEAST} months are known"
    unknown = 1 / len(last)
    return Expected(
        np.full(ahead, mean),
        np.full(ahead, np.sqrt(variance * (1 + unknown))),
        np.zeros(0),
        f"as many as in the last {len(last)} months{few}",
        shared=unknown / (1 + unknown),
    )


def _airline(months: Sequence[Period], values: Sequence[float | None], ahead: int, learnt: Learnt | None) -> Expected:
    known = [float(each) for each in values if each is not None]
    way = f"trend and season of {len(known)} months (airline model)"
    if max(known) == min(known):
        return Expected(np.full(ahead, known[-1]), np.zeros(ahead), np.ones(ahead), way)
    learnt = learnt or learn(values)
    said = forecast(months, values, ahead, floor=None, learnt=learnt)
    spread = np.array([(each.high - each.low) / (2 * NORMAL_95) for each in said])
    mean = np.maximum(np.array([each.value for each in said]), 0.0)
    return Expected(mean, spread, psi(float(learnt.coefficients[0]), float(learnt.coefficients[1]), ahead), way)


def psi(theta: float, seasonal: float, ahead: int) -> np.ndarray:
    """The first weights of (1 + theta B)(1 + seasonal B^12) / ((1 - B)(1 - B^12)) as a series in B.

    Box and Jenkins, *Time Series Analysis* (1970), sections 5.2 and 9.2: weight j is what a shock adds j months later.
    """
    weights = np.zeros(max(ahead, SEASON + 2))
    weights[0], weights[1] = 1.0, theta
    weights[SEASON] += seasonal
    weights[SEASON + 1] += theta * seasonal
    weights = np.cumsum(weights)
    for at in range(SEASON, len(weights)):
        weights[at] += weights[at - SEASON]
    return weights[:ahead]
