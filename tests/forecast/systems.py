"""Systems with known truth: who enters each month and how long each stays are drawn from what the test says."""

from __future__ import annotations

from collections import Counter

import numpy as np

from piperoll.forecast.coming import Expected
from piperoll.forecast.scenarios import month_number
from piperoll.forecast.stockflow import Start
from piperoll.forecast.survival import OPEN, Counts, Leaving
from piperoll.periods import Period


FIRST = Period.parse("2006-01")
ZERO = month_number(FIRST)


def months(count: int, first: Period = FIRST) -> list[Period]:
    return [first.shift(step) for step in range(count)]


def counts(pairs: list[tuple[int, int | None, int]]) -> Counts:
    """From months since `FIRST`: entered, ended (None while it lasts), how many."""
    entered, ended, many = zip(*pairs, strict=True)
    return Counts(
        np.array(entered) + ZERO, np.array([OPEN if each is None else each + ZERO for each in ended]), np.array(many)
    )


def drawn(inflow: list[int], hazards: list[float], last: int, seed: int = 1) -> Counts:
    """A system: so many enter each month; the share of ``hazards`` leaves in each month of a stay, the last for ever.

    What happens after ``last`` (months since `FIRST`) is not known.
    """
    rng = np.random.default_rng(seed)
    found: Counter[tuple[int, int | None]] = Counter()
    for month, many in enumerate(inflow):
        there = many
        for age in range(last - month + 1):
            gone = int(rng.binomial(there, hazards[min(age, len(hazards) - 1)]))
            found[month, month + age] += gone
            there -= gone
        found[month, None] += there
    return counts([(e, x, n) for (e, x), n in sorted(found.items(), key=str) if n])


def leaving(hazards: list[float], risk: float = 1e9) -> Leaving:
    """Hazards known so well that nothing of them is left to chance."""
    return Leaving(np.arange(len(hazards)), np.array(hazards) * risk, np.full(len(hazards), risk))


def start(hazards: list[float], inflow: float, ahead: int, ages: list[float] | None = None, risk: float = 1e9) -> Start:
    """A cohort with a level inflow known for certain."""
    coming = Expected(np.full(ahead, float(inflow)), np.zeros(ahead), np.ones(ahead), "as told")
    return Start(np.array(ages if ages is not None else [0.0]), leaving(hazards, risk), coming)
