"""Forecasts: of a stock by what flows into it and how long it stays, or of a workload by its own past.

Declared in ``forecasts/<key>.yaml``, with the scenarios that they are made under. They are projections, no statistics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


Kind = Literal["stock_flow", "workload"]
Coming = Literal["airline", "level"]

CENTRAL = "central"  # the scenario in which nothing changes; every forecast has it
STAYS = ("cohort", "entered", "ended")
COUNTED = ("cohort", "day")


@dataclass(frozen=True)
class Stays:
    """Who comes into a stock and leaves it, as stays from one day to another.

    Attributes:
        sql: A SELECT over datasets, as ``<source>__<dataset>``, that gives a row for each stay: ``cohort`` (a code of
            the forecast's cohorts), ``entered`` and ``ended`` (a day; null while it lasts). Who moves from one cohort
            to another ends one stay and enters the other.
        count: A SELECT that gives a row for each member of the stock at a count, with ``cohort`` (as cohorts are
            ``counted_as``) and ``day`` (of several in a month the last): the stock that the projection starts from,
            where stays alone do not make it.
        known_from: First month (``2009-01``) from which every entry is known. Stays that entered before it teach no
            length of stay. Default: the first month that was delivered.
    """

    sql: str
    count: str = ""
    known_from: str = ""


@dataclass(frozen=True)
class Workload:
    """The series that a workload's forecast goes on.

    Attributes:
        measure: Operational measure of a source, written ``source.measure``; a count or a sum.
        known_from: First month that is whole. Default: the first that was delivered.
    """

    measure: str
    known_from: str = ""


@dataclass(frozen=True)
class Cohort:
    """A part of the stock whose members come and stay alike.

    Attributes:
        code: As the SELECT gives it.
        label: What people call it.
        counted_as: The code that the count (`Stays`) gives its members; several cohorts may share one. Default:
            its own.
        inflow: How entries go on: ``airline`` (trend and season, ARIMA(0,1,1)(0,1,1) of twelve months; ``level`` where
            fewer than 36 months are known), or ``level`` (as many as in the last twelve months).
    """

    code: str
    label: str
    inflow: Coming = "airline"
    counted_as: str = ""


@dataclass(frozen=True)
class Supposed:
    """One thing that is otherwise in a scenario.

    Attributes:
        of: ``inflow`` (entries, or the workload itself) or ``stay`` (how long those stay who enter from then on).
        percent: By how much it is more, or less where negative.
        each: ``once`` (a step) or ``year`` (so much a year, compounded month by month).
        from_: First month in which it holds (``2012-07``). Default: the first that is projected.
        cohorts: Only of these. Default: of all.
    """

    of: Literal["inflow", "stay"]
    percent: float
    each: Literal["once", "year"] = "once"
    from_: str = ""
    cohorts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """What is supposed, why, and on whose word.

    Attributes:
        name: Short name, unique within the forecast; ``central`` is the one in which nothing changes, and not declared.
        title: What people call it.
        reason: Why anybody should look at it.
        source: Where the supposition comes from, as a reader can find it.
        changes: What is otherwise.
    """

    name: str
    title: str
    reason: str
    source: str
    changes: tuple[Supposed, ...]


@dataclass(frozen=True)
class Forecast:
    """A forecast, month by month.

    Attributes:
        key: Name of the file.
        kind: ``stock_flow`` (needs ``stays`` and ``cohorts``) or ``workload`` (needs ``series``).
        unit: Of the figures.
        reason: What it is for, and who asks for it.
        months: How many are looked ahead unless told otherwise.
        learn: Of how many of the last months lengths of stay are learnt.
        origins: From how many past months the back-test tries it.
        paths: How many futures are drawn for the intervals of a stock.
        seed: Of the draws: the same seed and inputs give the same intervals.
        marking: Protective marking, written on every page.
        notes: What a reader must know, one sentence each.
    """

    key: str
    title: str
    kind: Kind
    unit: str
    reason: str
    summary: str = ""
    stays: Stays | None = None
    series: Workload | None = None
    cohorts: tuple[Cohort, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    months: int = 24
    learn: int = 24
    origins: int = 12
    paths: int = 1000
    seed: int = 1
    marking: str = ""
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, tuple[str, ...]]:
        """Cohorts by the code that a count gives their members, in declared order."""
        out: dict[str, tuple[str, ...]] = {}
        for each in self.cohorts:
            group = each.counted_as or each.code
            out[group] = (*out.get(group, ()), each.code)
        return out

    @property
    def cohort_labels(self) -> dict[str, str]:
        """Label of each cohort, by code."""
        return {each.code: each.label for each in self.cohorts}
