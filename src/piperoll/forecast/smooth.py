"""Exponential smoothing with a level, a damped trend and a season of twelve months, fitted by statsmodels.

The additive model ETS(A,Ad,A) of Hyndman, Koehler, Ord and Snyder, *Forecasting with Exponential Smoothing* (2008); the
intervals are the model's own (chapter 6).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from piperoll.errors import UserError
from piperoll.periods import Period


SEASON = 12
LEAST = 24  # months: two of each, to learn a season
COVER = 0.95


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


def forecast(
    months: Sequence[Period], values: Sequence[float], ahead: int, *, floor: float | None = 0.0
) -> list[Ahead]:
    """Forecast a monthly series.

    Args:
        months: Consecutive months, one for each value.
        values: What was measured.
        ahead: How many months to look ahead.
        floor: Least that the measure can be; None if it may be negative.

    Raises:
        UserError: ``PR-Q009`` if the series is shorter than two years.
    """
    if len(values) < LEAST:
        raise UserError(
            "PR-Q009",
            f"A forecast needs {LEAST} months in a row with a figure each; there are {len(values)}.",
            fix="Wait for more months, or collect what is missing.",
        )
    later = [months[-1].shift(step) for step in range(1, ahead + 1)]
    if max(values) == min(values):
        # Nothing moves: there is nothing to estimate, and the optimiser divides by a spread of nought.
        return [Ahead(month, float(values[-1]), float(values[-1]), float(values[-1])) for month in later]
    mean, low, high = _fitted(values, ahead)

    def least(value: float) -> float:
        return value if floor is None else max(floor, value)

    return [Ahead(month, least(m), least(a), least(b)) for month, m, a, b in zip(later, mean, low, high, strict=True)]


def seasonal_naive(values: Sequence[float], ahead: int) -> list[float]:
    """The same month of the last year known: what any forecast must beat."""
    return [float(values[len(values) - SEASON + step % SEASON]) for step in range(ahead)]


def _fitted(values: Sequence[float], ahead: int) -> tuple[list[float], list[float], list[float]]:
    import numpy as np
    import pandas as pd
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    series = np.asarray(values, dtype=float)
    # The optimiser's steps are of the size of the values: figured in their own spread, counts and pounds fit alike.
    centre, spread = float(series.mean()), float(series.std())
    scaled = pd.Series((series - centre) / spread)  # predictions are read off by its labels
    with warnings.catch_warnings():
        # Whether it converged is judged by the back-test, which says how good it is.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = ETSModel(scaled, error="add", trend="add", damped_trend=True, seasonal="add", seasonal_periods=SEASON)
        fit = model.fit(disp=False, maxiter=1000)
        frame = fit.get_prediction(start=len(scaled), end=len(scaled) + ahead - 1).summary_frame(alpha=1 - COVER)
    columns = ("mean", "pi_lower", "pi_upper")
    mean, low, high = ([float(x) * spread + centre for x in frame[name]] for name in columns)
    return mean, low, high
