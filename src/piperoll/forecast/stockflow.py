"""A stock projected by what flows in and how long it stays: cohort by cohort, month by month.

With N[a, t] members of age a (months since the month of entry) at the end of month t, inflow I[t] and hazards h[a],

    N[0, t] = I[t] (1 - h[0])          N[a, t] = N[a-1, t-1] (1 - h[a])

and the stock is the sum over ages and cohorts: the cohort component method of population projection (Preston, Heuveline
and Guillot, *Demography*, 2001, chapter 6). In a steady state it is inflow times mean stay (Little's law).

Intervals are simulated: each path draws an inflow (`coming`), hazards as uncertain as what was seen leaves them, and
leaving itself, whose variance V follows V[a, t] = p^2 V[a-1, t-1] + p (1-p) N[a-1, t-1] with p = 1 - h[a]. What the
model does not know of (a change of law, of policy) is in no interval; scenarios are for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from piperoll.forecast.coming import Expected
from piperoll.forecast.scenarios import factors
from piperoll.forecast.survival import Leaving, stretched
from piperoll.periods import Period
from piperoll.register.model.forecast import Scenario


LEVELS = {"low95": 0.025, "low80": 0.10, "high80": 0.90, "high95": 0.975}


@dataclass(frozen=True)
class Start:
    """All that a cohort's projection starts from.

    Attributes:
        ages: Members at the end of the last month known, by age.
        leaving: How long they stay.
        coming: Who is still to come.
        tie: What `ages` was multiplied by to agree with a count; 1 where there is none.
    """

    ages: np.ndarray
    leaving: Leaving
    coming: Expected
    tie: float = 1.0


@dataclass(frozen=True)
class Figures:
    """Month by month: the central figure and its intervals.

    Attributes:
        low95, low80, high80, high95: Bounds that hold the figure 95 and 80 times in 100, if the future is as the past.
        inflow: Central inflow of the month, where it is a stock's.
    """

    central: np.ndarray
    low95: np.ndarray
    low80: np.ndarray
    high80: np.ndarray
    high95: np.ndarray
    inflow: np.ndarray


def project(
    starts: Mapping[str, Start], scenario: Scenario, months: Sequence[Period], *, paths: int, seed: int
) -> dict[str, Figures]:
    """Project every cohort and all together (the empty key).

    Scenarios of one seed draw the same futures, so that what differs between them is what they suppose.
    """
    ahead = len(months)
    found: dict[str, Figures] = {}
    whole = np.zeros((paths, ahead))
    central, inflows = np.zeros(ahead), np.zeros(ahead)
    for place, (code, start) in enumerate(starts.items()):
        more, longer = (factors(scenario, of, code, months) for of in ("inflow", "stay"))
        coming = start.coming.mean * more
        hazards = start.leaving.hazards(len(start.ages) + ahead)
        mean, _ = carried_on(start.ages[None, :], coming[None, :], hazards[None, :], longer, start.leaving.excess)
        # A generator of its own for each cohort: one more cohort changes no other's draws.
        rng = np.random.default_rng([seed, place])
        futures = start.coming.draws(rng, paths) * more
        drawn = start.leaving.hazards(len(start.ages) + ahead, start.leaving.draws(rng, paths))
        ages = np.broadcast_to(start.ages, (paths, len(start.ages)))
        stock, variance = carried_on(ages, futures, drawn, longer, start.leaving.excess)
        stock = np.maximum(stock + np.sqrt(variance) * rng.standard_normal((paths, ahead)), 0.0)
        found[code] = _figures(mean[0], stock, coming)
        whole += stock
        central, inflows = central + mean[0], inflows + coming
    return {"": _figures(central, whole, inflows), **found}


def carried_on(
    ages: np.ndarray, inflow: np.ndarray, hazards: np.ndarray, longer: np.ndarray, excess: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Carry a stock on.

    Args:
        ages: Members by age at the start, a row for each path.
        inflow: A column for each month, a row for each path.
        hazards: By age, a row for each path; as many ages as may be reached.
        longer: By what the stays of those who enter in each month are multiplied.
        excess: By what the variance of leaving is multiplied.

    Returns:
        Stock at the end of each month and the variance that leaving gives it, both a row for each path.
    """
    paths, ahead = inflow.shape
    start = ages.shape[1]
    # Members by the month they entered, the oldest first: each month of entry keeps its own hazards.
    there = np.zeros((paths, start + ahead))
    there[:, :start] = ages[:, ::-1]
    spread = np.zeros_like(there)
    stays = np.concatenate([np.ones(start), longer])
    tables = {factor: stretched(hazards, float(factor)) for factor in sorted(set(stays.tolist()))}
    table = np.stack([tables[factor] for factor in sorted(tables)])
    which = np.array([sorted(tables).index(factor) for factor in stays.tolist()])
    stock, variance = np.zeros((paths, ahead)), np.zeros((paths, ahead))
    for step in range(ahead):
        there[:, start + step] = inflow[:, step]
        here = np.arange(start + step + 1)
        age = (start + step) - here
        stay = 1 - table[which[here], :, age].T
        spread[:, here] = stay**2 * spread[:, here] + excess * stay * (1 - stay) * there[:, here]
        there[:, here] *= stay
        stock[:, step] = there.sum(axis=1)
        variance[:, step] = spread.sum(axis=1)
    return stock, variance


def _figures(central: np.ndarray, stock: np.ndarray, inflow: np.ndarray) -> Figures:
    bounds = {name: np.quantile(stock, at, axis=0) for name, at in LEVELS.items()}
    # The middle of what is drawn may lie a little beside what is expected; an interval holds its own centre.
    low = {name: np.minimum(bounds[name], central) for name in ("low95", "low80")}
    high = {name: np.maximum(bounds[name], central) for name in ("high80", "high95")}
    return Figures(central, low["low95"], low["low80"], high["high80"], high["high95"], inflow)
