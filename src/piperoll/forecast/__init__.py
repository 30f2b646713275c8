"""Forecasts of monthly measures, with intervals, and how they would have done on the past."""

from __future__ import annotations

from piperoll.forecast.airline import Ahead, forecast, seasonal_naive
from piperoll.forecast.backtest import Tested, backtest


__all__ = ["Ahead", "Tested", "backtest", "forecast", "seasonal_naive"]
