"""Series of an edition's cells: large changes, outliers and breaks, by plain and robust measures.

Nothing here judges: each finding says what was seen, how strong it is, and against what.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import polars as pl

from piperoll.periods import Period


COUNTED = ("count", "sum", "stock", "distinct")
# A value is an outlier where its modified z-score is beyond this (Iglewicz and Hoaglin, How to Detect and Handle
# Outliers, 1993); 0.6745 makes the median absolute deviation that of a normal distribution.
OUTLIER, NORMAL = 3.5, 0.6745
FEWEST = 8  # earlier values without which nothing is called an outlier
SIDE = 4  # values on either side of a break
BREAK = 5.0  # distance of two levels, in deviations within them


@dataclass(frozen=True)
class Seen:
    """Something that was seen in a series.

    Attributes:
        kind: ``change``, ``outlier`` or ``break``.
        table, measure: Where.
        codes: Of the cell, as its identity has them.
        period: At which period.
        then, now: What is compared: the earlier figure (or level) and this one.
        strength: How far apart they are: for counts in standard deviations of a difference of two Poisson counts, for
            outliers the modified z-score, for breaks deviations.
    """

    kind: str
    table: str
    measure: str
    codes: str
    period: str
    then: float
    now: float
    strength: float

    @property
    def place(self) -> str:
        """Measure and codes, as one text."""
        return f"{self.measure} ({self.codes})" if self.codes else self.measure


def changes(cells: pl.DataFrame, table: str, period: Period) -> list[Seen]:
    """Counts of a period beside those of the same period a year earlier, strongest first.

    The strength is ``(now - then) / sqrt(now + then)``: what two independent Poisson counts of one expectation would
    differ by has deviation 1. A change of 40 to 60 is as strong as one of 4,900 to 5,100.
    """
    found = []
    for measure, codes, values in _series(cells):
        now, then = values.get(period), values.get(period.year_before)
        if now is None or then is None or now == then:
            continue
        strength = (now - then) / math.sqrt(max(now + then, 1.0))
        found.append(Seen("change", table, measure, codes, str(period), then, now, strength))
    return sorted(found, key=lambda each: (-abs(each.strength), each.place))


def outliers(cells: pl.DataFrame, table: str, period: Period) -> list[Seen]:
    """The period's values that lie far from all earlier ones of their series, by the modified z-score."""
    found = []
    for measure, codes, values in _series(cells):
        now = values.get(period)
        earlier = [value for at, value in values.items() if at.end < period.start and value is not None]
        if now is None or len(earlier) < FEWEST:
            continue
        middle = median(earlier)
        spread = median(abs(each - middle) for each in earlier)
        if spread == 0:
            # Of whole numbers that never moved the smallest step that can be seen is one.
            spread = 1.0
        score = NORMAL * (now - middle) / spread
        if abs(score) > OUTLIER:
            found.append(Seen("outlier", table, measure, codes, str(period), middle, now, score))
    return sorted(found, key=lambda each: (-abs(each.strength), each.place))


def breaks(cells: pl.DataFrame, table: str, period: Period) -> list[Seen]:
    """Where the level of a series changed for good: the strongest step of each, if every value lies on its own side."""
    found = []
    for measure, codes, values in _series(cells):
        known = sorted((at, value) for at, value in values.items() if value is not None and at.end <= period.end)
        best: Seen | None = None
        for place in range(SIDE, len(known) - SIDE + 1):
            before = [value for _, value in known[place - SIDE : place]]
            after = [value for _, value in known[place : place + SIDE]]
            if not (max(before) < min(after) or max(after) < min(before)):
                continue
            step = sum(after) / SIDE - sum(before) / SIDE
            within = math.sqrt((_spread(before) + _spread(after)) / 2)
            strength = step / max(within, 1.0)
            if abs(strength) >= BREAK and (best is None or abs(strength) > abs(best.strength)):
                best = Seen(
                    "break",
                    table,
                    measure,
                    codes,
                    str(known[place][0]),
                    sum(before) / SIDE,
                    sum(after) / SIDE,
                    strength,
                )
        if best is not None:
            found.append(best)
    return sorted(found, key=lambda each: (-abs(each.strength), each.place))


def _spread(values: Sequence[float]) -> float:
    middle = sum(values) / len(values)
    return sum((each - middle) ** 2 for each in values) / (len(values) - 1)


def _series(cells: pl.DataFrame) -> Iterable[tuple[str, str, dict[Period, float | None]]]:
    """Each counted series of a table: measure, codes, value by period. A year beside its quarters is of another one."""
    counted = cells.filter(pl.col("kind").is_in(COUNTED))
    if counted.is_empty():
        return
    rows = counted.select("measure", "identity", "period", "value").unique(maintain_order=True)
    found: dict[tuple[str, str, str], dict[Period, float | None]] = {}
    for measure, identity, text, value in rows.iter_rows():
        period = Period.parse(text)
        codes = str(identity).split("|")[1]
        found.setdefault((measure, codes, period.kind), {})[period] = value
    for (measure, codes, _), values in found.items():
        yield measure, codes, values
