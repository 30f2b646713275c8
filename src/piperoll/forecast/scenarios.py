"""What a scenario makes of inflow and length of stay, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.present.words import joined
from piperoll.register.model.forecast import CENTRAL, Forecast, Scenario, Supposed


NOTHING = Scenario(CENTRAL, "Central", "Nothing changes: what is seen in the past goes on.", "The past alone", ())


def chosen(declared: Forecast, names: Sequence[str] = ()) -> tuple[Scenario, ...]:
    """The central scenario and those of these names (default: all), in the declared order.

    Raises:
        UserError: ``PR-F014`` with the nearest name.
    """
    known = {each.name: each for each in declared.scenarios}
    for name in names:
        if name not in known and name != CENTRAL:
            near = get_close_matches(name, [*known, CENTRAL], n=1)
            hint = f"Did you mean `{near[0]}`?" if near else f"There are {joined([CENTRAL, *known])}."
            said = f"`{declared.key}` has no scenario `{name[:60]}`."
            raise UserError("PR-F014", said, where=f"forecasts/{declared.key}.yaml", fix=hint)
    return (NOTHING, *(each for each in declared.scenarios if not names or each.name in names))


def factors(scenario: Scenario, of: str, cohort: str, months: Sequence[Period]) -> np.ndarray:
    """What inflow (``of`` is ``inflow``) or stays (``stay``) of a cohort are multiplied by in each month.

    A step of p per cent is 1 + p/100 from its month on; p per cent a year is (1 + p/100) to the power of the years
    since its month began, a twelfth at the end of the first month.
    """
    out = np.ones(len(months))
    for change in scenario.changes:
        if change.of != of or (change.cohorts and cohort not in change.cohorts):
            continue
        first = Period.parse(change.from_) if change.from_ else months[0]
        since = np.array([_between(first, month) for month in months], dtype=float)
        size = 1 + change.percent / 100
        power = (since + 1) / 12 if change.each == "year" else np.ones(len(months))
        out *= np.where(since >= 0, size**power, 1.0)
    return out


def words(change: Supposed, labels: dict[str, str] | None = None) -> str:
    """A change as a sentence's part: ``inflow 5% more a year from Jul 2012, of remand``."""
    what = {"inflow": "inflow", "stay": "stays of those who enter"}[change.of]
    how = f"{abs(change.percent):g}% {'more' if change.percent >= 0 else 'less'}"
    if change.of == "stay":
        how = f"{abs(change.percent):g}% {'longer' if change.percent >= 0 else 'shorter'}"
    often = " a year" if change.each == "year" else ""
    since = f" from {Period.parse(change.from_).words}" if change.from_ else " from the first month"
    whose = f", of {joined([(labels or {}).get(each, each) for each in change.cohorts])}" if change.cohorts else ""
    return f"{what} {how}{often}{since}{whose}"


def month_number(month: Period) -> int:
    """Months since the year 0."""
    return month.start.year * 12 + month.start.month - 1


def _between(first: Period, last: Period) -> int:
    return month_number(last) - month_number(first)
