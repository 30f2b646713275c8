"""How many cases begin, and how long they take."""

from __future__ import annotations

import numpy as np

from piperoll.periods import Period
from piperoll.simulate.calendars import working_days


# Cases a year in England and Wales, by letter. Court Statistics Quarterly and Judicial and Court Statistics 2010 to
# 2012: about 52,000 private law cases, 14,500 public law ones, 120,000 petitions for divorce, 20,000 cases of domestic
# violence, 5,000 adoptions.
YEARLY = {
    2010: {"P": 52_000, "C": 14_000, "D": 133_500, "F": 22_500, "A": 4_700},
    2011: {"P": 53_500, "C": 14_800, "D": 129_300, "F": 21_000, "A": 4_900},
    2012: {"P": 50_600, "C": 15_400, "D": 124_500, "F": 18_900, "A": 5_500},
    2013: {"P": 54_600, "C": 16_400, "D": 117_600, "F": 19_200, "A": 6_300},
}
# Median weeks from application to the final order in care proceedings: 55 on average in 2011, falling towards the
# limit of 26 that the Children and Families Act 2014 set (Court Statistics Quarterly, care timeliness).
CARE_WEEKS = {2010: 50.0, 2011: 49.0, 2012: 43.0, 2013: 33.0}
FORCED_MARRIAGE = {2008: 40, 2009: 100, 2010: 130, 2011: 130, 2012: 150, 2013: 160}  # applications a year


def near(series: dict[int, float] | dict[int, int], year: int) -> float:
    """The value of a year, or of the nearest one known."""
    return float(series[min(max(year, min(series)), max(series))])


def cases(month: Period, share: float, rng: np.random.Generator) -> dict[str, int]:
    """Cases that begin in a month, by letter."""
    year = min(max(month.start.year, min(YEARLY)), max(YEARLY))
    part = len(working_days(month)) / 253 * share
    return {letter: int(rng.poisson(count * part)) for letter, count in YEARLY[year].items()}
