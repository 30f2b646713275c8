"""A declared forecast, made from a home: decided and recorded, read, projected under each scenario, and tried."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.forecast.model import Fitted, figures, fit, seen
from piperoll.forecast.scenarios import chosen
from piperoll.forecast.stockflow import Figures
from piperoll.forecast.taken import Taken, take
from piperoll.forecast.trial import Progress, Trial, backtest
from piperoll.govern import Action
from piperoll.journal import Vintage
from piperoll.periods import Period
from piperoll.register.model.forecast import Forecast, Scenario
from piperoll.register.model.register import Register


@dataclass(frozen=True)
class Projection:
    """A forecast that was made.

    Attributes:
        definition: SHA-256 of the file that declares it.
        owner: The body that answers for it.
        base: Last month it was made from; ``months`` follow it.
        seen: What was measured, month by month, by cohort (the empty key: the whole); later months than ``base``, too,
            where they are known.
        figures: By scenario, then by cohort.
        trial: None where it was not asked for, or too little is known.
        tried: Whether a back-test was asked for.
    """

    declared: Forecast
    definition: str
    owner: str
    base: Period
    months: tuple[Period, ...]
    taken: Taken
    fitted: Fitted
    scenarios: tuple[Scenario, ...]
    seen: dict[str, dict[Period, float | None]]
    figures: dict[str, dict[str, Figures]]
    trial: Trial | None = None
    tried: bool = False

    @property
    def cohorts(self) -> dict[str, str]:
        """Label of the whole and of each cohort, by code."""
        whole = "All" if self.declared.cohorts else self.declared.title
        return {"": whole, **self.declared.cohort_labels}

    @property
    def seed_hash(self) -> str:
        """SHA-256 of what the draws start from."""
        return hashlib.sha256(f"{self.declared.key}\0{self.declared.seed}\0{self.declared.paths}".encode()).hexdigest()


def declared_as(register: Register, key: str) -> Forecast:
    """The forecast of this key.

    Raises:
        UserError: ``PR-F011`` with the nearest name.
    """
    found = register.forecasts.get(key)
    if found is None:
        near = get_close_matches(key, register.forecasts, n=1)
        there = f"There are {', '.join(register.forecasts)}." if register.forecasts else "None is declared."
        raise UserError("PR-F011", f"There is no forecast `{key[:60]}`.", where="forecasts",
                        fix=f"Did you mean `{near[0]}`?" if near else there)  # fmt: skip
    return found


def make(
    desk: Desk,
    key: str,
    *,
    first: str | None = None,
    scenarios: Sequence[str] = (),
    months: int | None = None,
    vintage: Vintage | str | int | None = None,
    tried: bool = False,
    progress: Progress = lambda words, done, total: None,
) -> Projection:
    """Make a forecast; the act and what it reads are recorded.

    Args:
        desk: Register, home and actor.
        key: Of the forecast.
        first: First month projected, as a period that begins with it; default: the month after the last known. Nothing
            later than the month before it is used.
        scenarios: Names, besides the central one; default all.
        months: How many; default as declared.
        tried: Also try it on the past.

    Raises:
        UserError: ``PR-F011``, ``PR-F014`` for a name that there is not, ``PR-F012`` if too little is known,
            ``PR-F016`` for a month that it cannot start from; as `taken.take`.
    """
    declared = declared_as(desk.register, key)
    wanted = chosen(declared, scenarios)
    asked = Period.parse(first).within("month")[0] if first else None
    ahead = months or declared.months
    details = {"from": str(asked or ""), "months": ahead, "scenarios": [each.name for each in wanted]}
    desk.act(Action.FORECAST_MAKE, f"forecast {key}", details=details)
    taken = take(desk, declared, vintage)
    base = _base(declared, taken, asked)
    known = taken.until(base)
    progress("Learning", 0, 0)
    fitted = fit(declared, known, ahead)
    span = tuple(base.shift(step) for step in range(1, ahead + 1))
    return Projection(
        declared,
        hashlib.sha256((desk.register.root / f"forecasts/{key}.yaml").read_bytes()).hexdigest(),
        desk.register.owner,
        base,
        span,
        taken,
        fitted,
        wanted,
        {code: seen(declared, taken, code) for code in ("", *declared.cohort_labels)},
        {each.name: figures(declared, fitted, each, span) for each in wanted},
        backtest(declared, taken, ahead, progress) if tried else None,
        tried,
    )


def _base(declared: Forecast, taken: Taken, asked: Period | None) -> Period:
    last = taken.months[-1]
    if asked is None:
        return last
    base = asked.shift(-1)
    if base not in taken.months:
        said = f"`{declared.key}` cannot be projected from {asked.words}."
        fix = f"It is known from {taken.months[0].words} to {last.words}: begin at {last.shift(1)} at the latest."
        raise UserError("PR-F016", said, where=f"forecasts/{declared.key}.yaml", fix=fix)
    return base
