"""Forecasts by the airline model, ARIMA(0,1,1)(0,1,1)12, fitted by statsmodels.

The seasonal model of Box and Jenkins, *Time Series Analysis: Forecasting and Control* (1970), chapter 9, that seasonal
adjustment of official statistics starts from (TRAMO, X-13ARIMA-SEATS). In state space a month without a figure is no
obstacle: the filter steps over it (Durbin and Koopman, *Time Series Analysis by State Space Methods*, section 4.10).
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from piperoll.errors import UserError
from piperoll.periods import Period


if TYPE_CHECKING:
    import numpy as np


SEASON = 12
LEAST = 36  # figures: after taking differences by month and by year, two years are left to learn from
COVER = 0.95
THREADS = "OPENBLAS_NUM_THREADS"


@dataclass(frozen=True)
class Ahead:
    """What is expected of one month to come.

    Attributes:
        value: Mean of what is expected.
        low, high: Interval that should hold the figure 95 times in 100, if the future is as the past.
    """

    month: Period
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Learnt:
    """What was learnt from a series: coefficients, in units of its spread around its centre."""

    centre: float
    spread: float
    coefficients: np.ndarray


def forecast(
    months: Sequence[Period],
    values: Sequence[float | None],
    ahead: int,
    *,
    floor: float | None = 0.0,
    learnt: Learnt | None = None,
) -> list[Ahead]:
    """Forecast a monthly series.

    Args:
        months: Consecutive months, one for each value.
        values: What was measured; None where there is no figure.
        ahead: How many months to look ahead.
        floor: Least that the measure can be; None if it may be negative.
        learnt: Coefficients learnt before; default: they are learnt from the series.

    Raises:
        UserError: ``PR-Q009`` if there are figures of fewer than three years.
    """
    known = [float(value) for value in values if value is not None]
    if len(known) < LEAST:
        raise UserError(
            "PR-Q009",
            f"A forecast needs {LEAST} months with a figure each; there are {len(known)}.",
            fix="Wait for more months, or collect what is missing.",
        )
    later = [months[-1].shift(step) for step in range(1, ahead + 1)]
    if max(known) == min(known):
        # Nothing moves: there is nothing to estimate, and a spread of nought divides nothing.
        return [Ahead(month, known[-1], known[-1], known[-1]) for month in later]
    learnt = learnt or learn(values)
    result = _model(values, learnt.centre, learnt.spread).filter(learnt.coefficients).get_forecast(ahead)
    mean = [float(value) * learnt.spread + learnt.centre for value in result.predicted_mean]
    bounds = [[float(x) * learnt.spread + learnt.centre for x in pair] for pair in result.conf_int(alpha=1 - COVER)]

    def least(value: float) -> float:
        return value if floor is None else max(floor, value)

    return [
        Ahead(month, least(value), least(low), least(high))
        for month, value, (low, high) in zip(later, mean, bounds, strict=True)
    ]


def learn(values: Sequence[float | None]) -> Learnt:
    """Estimate the coefficients by maximum likelihood."""
    known = [float(value) for value in values if value is not None]
    centre = sum(known) / len(known)
    # The optimiser's steps are of a fixed size: figured in their own spread, counts and pounds fit alike.
    spread = math.sqrt(sum((each - centre) ** 2 for each in known) / len(known)) or 1.0
    model = _model(values, centre, spread)  # statsmodels sets filters of its own when it is imported
    with warnings.catch_warnings():
        # That starting values are poor, or the optimum flat, is judged by the back-test, which says how good it is.
        warnings.simplefilter("ignore")
        fitted = model.fit(disp=False, maxiter=200)
    return Learnt(centre, spread, fitted.params)


def seasonal_naive(values: Sequence[float | None], ahead: int) -> list[float | None]:
    """The same month of the last year known: what any forecast must beat."""
    return [values[len(values) - SEASON + step % SEASON] for step in range(ahead)]


def _model(values: Sequence[float | None], centre: float, spread: float) -> Any:
    import numpy as np

    scaled = np.array([math.nan if each is None else (each - centre) / spread for each in values])
    return _sarimax()(scaled, order=(0, 1, 1), seasonal_order=(0, 1, 1, SEASON))


@cache
def _sarimax() -> Any:
    """The class of statsmodels, over linear algebra on one thread.

    The filter multiplies matrices of a few dozen rows, month by month. Sharing that out among threads takes ten to
    thirty times as long as doing it. How many threads the library of SciPy has is read when it is loaded, and no later.
    """
    before = os.environ.get(THREADS)
    os.environ[THREADS] = "1"
    try:
        import scipy.linalg  # noqa: F401
    finally:
        if before is None:
            del os.environ[THREADS]
        else:
            os.environ[THREADS] = before
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    return SARIMAX
