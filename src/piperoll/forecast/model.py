"""From what is known at the end of a month to figures for the months after it: of a stock, or of a workload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from piperoll.errors import UserError
from piperoll.forecast.coming import NORMAL_80, NORMAL_95, Expected, expect
from piperoll.forecast.scenarios import factors, month_number
from piperoll.forecast.stockflow import Figures, Start, project
from piperoll.forecast.survival import learn
from piperoll.forecast.taken import Taken
from piperoll.periods import Period
from piperoll.register.model.forecast import Forecast, Scenario


FEWEST = 6  # months without which nothing is projected: a length of stay, or a level, of less is chance


@dataclass(frozen=True)
class Fitted:
    """What was learnt by the end of a month.

    Attributes:
        starts: Of each cohort of a stock.
        coming: Of a workload.
    """

    starts: dict[str, Start] = field(default_factory=dict)
    coming: Expected | None = None


def fit(declared: Forecast, known: Taken, ahead: int) -> Fitted:
    """Learn all that a projection of ``ahead`` months needs from what is known, and from nothing later.

    Raises:
        UserError: ``PR-F012`` if too little is known.
    """
    told = [month for month in known.months if month not in known.gaps]
    if len(told) < FEWEST:
        said = f"A projection needs {FEWEST} whole months; {len(told)} are known"
        last = f" up to {known.months[-1].words}" if known.months else ""
        fix = "Collect what is missing, or project from a later month."
        raise UserError("PR-F012", f"{said}{last}.", where=f"forecasts/{declared.key}.yaml", fix=fix)
    if declared.stays is None:
        return Fitted(coming=expect(known.months, known.series, ahead, "airline"))
    return Fitted({each.code: _start(declared, known, each.code, ahead) for each in declared.cohorts})


def _start(declared: Forecast, known: Taken, code: str, ahead: int) -> Start:
    counts = known.cohorts[code]
    first, last = month_number(known.months[0]), month_number(known.months[-1])
    gaps = {month_number(each) for each in known.gaps}
    leaving = learn(counts, max(first, last - declared.learn + 1), last, gaps=gaps, known_from=first)
    flows = counts.inflow(first, last)
    values = [None if month in known.gaps else float(n) for month, n in zip(known.months, flows, strict=True)]
    model = next(each.inflow for each in declared.cohorts if each.code == code)
    ages = counts.by_age(last).astype(float)
    tie = 1.0
    if counted := _last_count(declared, known, code):
        there, held = counted
        if held:
            tie = there / held
            ages = ages * tie
        elif there and code == _group(declared, code)[0]:
            # Nobody knows since when they are there: as long as anybody is known to be.
            ages = np.concatenate([np.zeros(len(leaving.piece) - 1), [float(there)]])
    return Start(ages, leaving, expect(known.months, values, ahead, model), tie)


def _group(declared: Forecast, code: str) -> tuple[str, ...]:
    return next(codes for codes in declared.counts.values() if code in codes)


def _last_count(declared: Forecast, known: Taken, code: str) -> tuple[int, int] | None:
    """The last count of those that this cohort is counted with, and how many of their stays lasted then."""
    group = next(name for name, codes in declared.counts.items() if code in codes)
    months = [month for month in known.counted.get(group, {}) if month not in known.gaps]
    if not months:
        return None
    last = max(months)
    held = sum(known.cohorts[each].stock(month_number(last)) for each in _group(declared, code))
    return known.counted[group][last], held


def figures(declared: Forecast, fitted: Fitted, scenario: Scenario, months: Sequence[Period]) -> dict[str, Figures]:
    """Figures of a scenario: of the whole (the empty key), then of each cohort.

    A workload's intervals are the airline model's own, of normal errors; a stock's are simulated.
    """
    if fitted.coming is None:
        return project(fitted.starts, scenario, months, paths=declared.paths, seed=declared.seed)
    more = factors(scenario, "inflow", "", months)
    mean, spread = fitted.coming.mean, fitted.coming.spread
    low95, low80, high80, high95 = (
        np.maximum(mean + z * spread, 0.0) * more for z in (-NORMAL_95, -NORMAL_80, NORMAL_80, NORMAL_95)
    )
    return {"": Figures(mean * more, low95, low80, high80, high95, inflow=mean * more)}


def seen(declared: Forecast, taken: Taken, code: str = "") -> dict[Period, float | None]:
    """What was measured month by month, of a cohort or the whole; None where a delivery is missing.

    Of a stock its count, where one is declared; else the stays that lasted at the end of the month.
    """
    if declared.stays is None:
        return dict(zip(taken.months, taken.series, strict=True))
    codes = (code,) if code else tuple(each.code for each in declared.cohorts)
    # A count that does not tell this cohort from others is no figure of it.
    groups = [name for name, held in declared.counts.items() if set(held) <= set(codes)]
    counted = taken.counted and sum(len(declared.counts[name]) for name in groups) == len(codes)
    out: dict[Period, float | None] = {}
    for month in taken.months:
        if month in taken.gaps or (counted and any(month not in taken.counted[name] for name in groups)):
            out[month] = None
        elif counted:
            out[month] = float(sum(taken.counted[name][month] for name in groups))
        else:
            out[month] = float(sum(taken.cohorts[each].stock(month_number(month)) for each in codes))
    return out
