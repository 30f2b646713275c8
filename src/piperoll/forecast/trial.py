"""A forecast tried on the past: made anew from each of the last months, and held against what followed.

Everything is learnt again at each origin, from what had happened by then. What came in later of those months is used
all the same: the deliveries are those of one vintage, so that errors of late data are no part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from piperoll.errors import UserError
from piperoll.forecast.model import figures, fit, seen
from piperoll.forecast.scenarios import NOTHING
from piperoll.forecast.stockflow import Figures
from piperoll.forecast.taken import Taken
from piperoll.periods import Period
from piperoll.register.model.forecast import Forecast


YEAR = 12
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Horizon:
    """How forecasts so many months ahead would have done.

    Attributes:
        figures: How many were held against what followed.
        error, percent: Mean absolute error, and the same in per cent of the figure (months of nought left out; None if
            all were).
        seasonal, same: Mean absolute error of the same month of the last year known, over the same months (None if
            there is none), and of the last figure known.
        cover80, cover95: Share of figures within the intervals.
    """

    ahead: int
    figures: int
    error: float
    percent: float | None
    seasonal: float | None
    same: float
    cover80: float
    cover95: float


@dataclass(frozen=True)
class Trial:
    """A back-test.

    Attributes:
        origins: Last months known that it was made from.
        horizons: In order of months ahead.
    """

    origins: tuple[Period, ...]
    horizons: tuple[Horizon, ...]

    @property
    def figures(self) -> int:
        """How many figures were held against what followed."""
        return sum(each.figures for each in self.horizons)

    def cover(self, level: str) -> float:
        """Share of all figures within the interval of 80 or 95 in 100 (``level`` ``80`` or ``95``)."""
        inside = sum(each.figures * getattr(each, f"cover{level}") for each in self.horizons)
        return float(inside / self.figures)


@dataclass(frozen=True)
class _One:
    truth: float
    said: float
    year: float | None
    last: float
    in80: bool
    in95: bool


def backtest(
    declared: Forecast, taken: Taken, ahead: int, progress: Progress = lambda words, done, total: None
) -> Trial | None:
    """Try a forecast of ``ahead`` months from each of the last ``declared.origins`` months that something follows.

    Returns:
        None if too little is known to try it even once.
    """
    truth = seen(declared, taken)
    origins = [month for month in taken.months[:-1] if truth[month] is not None][-declared.origins :]
    made: list[Period] = []
    by: dict[int, list[_One]] = {}
    for done, origin in enumerate(origins):
        progress(f"Trying from {origin.words}", done, len(origins))
        months = [origin.shift(step) for step in range(1, ahead + 1)]
        months = [month for month in months if month in truth]
        try:
            fitted = fit(declared, taken.until(origin), len(months))
        except UserError as error:
            if error.code != "PR-F012":  # that too little was known by then
                raise
            continue
        said = figures(declared, fitted, NOTHING, months)[""]
        made.append(origin)
        for step, month in enumerate(months):
            one = _one(said, step, month, origin, truth)
            if one is not None:
                by.setdefault(step + 1, []).append(one)
    progress("Tried", len(origins), len(origins))
    if not by:
        return None
    return Trial(tuple(made), tuple(_horizon(step, by[step]) for step in sorted(by)))


def _one(said: Figures, step: int, month: Period, origin: Period, truth: Mapping[Period, float | None]) -> _One | None:
    found, last = truth[month], truth[origin]
    if found is None or last is None:
        return None
    back = month.shift(-YEAR * (step // YEAR + 1))
    return _One(
        found,
        float(said.central[step]),
        truth.get(back),
        last,
        bool(said.low80[step] <= found <= said.high80[step]),
        bool(said.low95[step] <= found <= said.high95[step]),
    )


def _horizon(step: int, every: Sequence[_One]) -> Horizon:
    # All are held against the same months: those that have one a year before, if any has.
    ones = [each for each in every if each.year is not None] or every
    many = len(ones)
    parts = [abs(each.said - each.truth) / each.truth for each in ones if each.truth]
    years = [abs(each.year - each.truth) for each in ones if each.year is not None]
    return Horizon(
        step,
        many,
        sum(abs(each.said - each.truth) for each in ones) / many,
        100 * sum(parts) / len(parts) if parts else None,
        sum(years) / many if years else None,
        sum(abs(each.last - each.truth) for each in ones) / many,
        sum(each.in80 for each in ones) / many,
        sum(each.in95 for each in ones) / many,
    )
