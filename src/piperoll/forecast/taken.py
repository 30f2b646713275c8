"""What a forecast is made from, taken from the store: stays, counts or a series, and which deliveries they rest on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from piperoll.collect.owed import SlotState, slots
from piperoll.derive.codes import create_code_tables
from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.forecast.scenarios import month_number
from piperoll.forecast.survival import OPEN, Counts
from piperoll.govern import Action
from piperoll.journal import Vintage
from piperoll.periods import Period, span
from piperoll.quality import Gap, measure
from piperoll.register.model.forecast import Forecast, Stays
from piperoll.register.model.monitor import OperationalMeasure
from piperoll.register.model.register import Register
from piperoll.register.shape import nearest
from piperoll.register.sql import names_in
from piperoll.store.duck import Connection, DuckError, connect, lock
from piperoll.store.parts import Part
from piperoll.store.vintage import create_views


@dataclass(frozen=True)
class Read:
    """A dataset that was read.

    Attributes:
        deliveries: How many are in force.
        hash: SHA-256 over supplier, period and delivery of each.
    """

    dataset: str
    deliveries: int
    hash: str


@dataclass(frozen=True)
class Taken:
    """Everything that a forecast is made from.

    Attributes:
        months: Consecutive months that are known, from the first that teaches anything to the last.
        gaps: Months within them of which a delivery is missing: they have no flow, and teach no length of stay.
        cohorts: Stays by cohort, in declared order; none for a workload.
        counted: Count of the stock by the code it gives (`Forecast.counts`) and month, where one is declared.
        series: The workload by month; none for a stock.
        simulated: Whether anything of it is simulated.
    """

    months: tuple[Period, ...]
    gaps: frozenset[Period]
    vintage: Vintage
    reads: tuple[Read, ...]
    cohorts: dict[str, Counts] = field(default_factory=dict)
    counted: dict[str, dict[Period, int]] = field(default_factory=dict)
    series: tuple[float | None, ...] = ()
    simulated: bool = False

    def until(self, last: Period) -> Taken:
        """The same as far as it was known at the end of a month, by the days of what happened."""
        at = month_number(last)
        kept = [month for month in self.months if month <= last]
        return Taken(
            tuple(kept),
            self.gaps,
            self.vintage,
            self.reads,
            {code: each.known_by(at) for code, each in self.cohorts.items()},
            {code: {m: n for m, n in each.items() if m <= last} for code, each in self.counted.items()},
            self.series[: len(kept)],
            self.simulated,
        )


def take(desk: Desk, declared: Forecast, vintage: Vintage | str | int | None = None) -> Taken:
    """Read what a forecast needs; the read is recorded.

    Raises:
        UserError: ``PR-F012`` if nothing came yet, ``PR-F013`` if the SQL fails on the data, ``PR-F015`` for a cohort
            that is not declared.
    """
    register = desk.register
    names = frozenset().union(*(names_in(text) for text in register.forecast_queries(declared)))
    every = {f"{source.key}.{each.name}" for source, each in register.datasets()}
    wanted = sorted(every & {name.replace("__", ".", 1) for name in names})
    moment = desk.vintage(vintage)
    parts = [each for each in desk.parts(moment) if each.dataset in wanted]
    states = [each for each in slots(register, desk.deliveries(moment), desk.now().date()) if each.slot.key in wanted]
    months, gaps = _known(declared, states)
    desk.act(Action.STORE_READ, f"vintage {moment.sequence}", details={"datasets": wanted})
    con = connect()
    try:
        create_views(con, register, desk.store, parts, desk.corrections(moment), wanted)
        create_code_tables(con, register, sorted(n.removeprefix("codes__") for n in names if n.startswith("codes__")))
        lock(con, [desk.store.root])
        found = from_tables(con, register, declared, months, gaps)
    finally:
        con.close()
    marked = desk.journal.simulated()
    return Taken(
        months,
        gaps,
        moment,
        tuple(_read(name, parts) for name in wanted),
        **found,
        simulated=any(each.delivery in marked for each in parts),
    )


def from_tables(
    con: Connection, register: Register, declared: Forecast, months: Sequence[Period], gaps: frozenset[Period]
) -> dict[str, Any]:
    """Stays, counts and series of `Taken`, from a connection that has the datasets as tables or views."""
    where = f"forecasts/{declared.key}.yaml"
    if declared.stays is not None:
        labels = declared.cohort_labels
        return {
            "cohorts": stays_of(con, declared.stays, labels, where),
            "counted": counts_of(con, declared.stays, list(declared.counts), where),
        }
    wanted = measure_of(register, declared)
    missing = [Gap(month, "") for month in sorted(gaps)]
    figures = measure(con, wanted, list(months), gaps=missing, where=where).of()
    return {"series": tuple(each.value for each in figures)}


def measure_of(register: Register, declared: Forecast) -> OperationalMeasure:
    """The operational measure that a workload goes on."""
    assert declared.series is not None
    source, _, name = declared.series.measure.partition(".")
    return next(each for each in register.monitors[source].measures if each.name == name)


def stays_of(con: Connection, stays: Stays, labels: dict[str, str], where: str) -> dict[str, Counts]:
    """Stays counted by cohort, month of entry and month of leaving; no row of a person is kept."""
    month = "CAST(EXTRACT(YEAR FROM {0}) * 12 + EXTRACT(MONTH FROM {0}) - 1 AS INTEGER)"
    day = "CAST(entered AS DATE)"
    # Who left before coming in was there on no day; the contract's rules tell of it.
    end = f"CASE WHEN CAST(ended AS DATE) < {day} THEN {day} ELSE CAST(ended AS DATE) END"
    rows = _rows(
        con,
        f"SELECT CAST(cohort AS VARCHAR), {month.format('e')}, {month.format('l')}, count(*) FROM"
        f" (SELECT cohort, {day} AS e, {end} AS l FROM ({_inner(stays.sql)})) WHERE e IS NOT NULL GROUP BY ALL"
        " ORDER BY ALL",
        where,
    )
    _declared({row[0] for row in rows}, labels, where)
    out = {}
    for code in labels:
        mine = [row for row in rows if row[0] == code]
        out[code] = Counts(
            np.array([row[1] for row in mine], dtype=int),
            np.array([OPEN if row[2] is None else row[2] for row in mine], dtype=int),
            np.array([row[3] for row in mine], dtype=int),
        )
    return out


def counts_of(con: Connection, stays: Stays, groups: Sequence[str], where: str) -> dict[str, dict[Period, int]]:
    """Members at the last count of each month, by the code that the count gives them."""
    if not stays.count:
        return {}
    rows = _rows(
        con,
        f"WITH c AS (SELECT CAST(cohort AS VARCHAR) AS cohort, CAST(day AS DATE) AS day FROM ({_inner(stays.count)})),"
        " d AS (SELECT max(day) AS day FROM c GROUP BY date_trunc('month', day))"
        " SELECT c.cohort, strftime(c.day, '%Y-%m'), count(*) FROM c INNER JOIN d ON d.day = c.day GROUP BY ALL"
        " ORDER BY ALL",
        where,
    )
    _declared({row[0] for row in rows}, groups, where)
    months = {row[1] for row in rows}
    held = {(row[0], row[1]): int(row[2]) for row in rows}
    return {code: {Period.parse(m): held.get((code, m), 0) for m in sorted(months)} for code in groups}


def _declared(codes: set[str | None], labels: Iterable[str], where: str) -> None:
    for code in sorted(codes - set(labels), key=str):
        shown = "no cohort" if code is None else f"the cohort `{code[:30]}`"
        fix = (
            nearest(code, labels) if code else ""
        ) or "Declare it under `cohorts`, or leave such rows out in the SQL."
        raise UserError("PR-F015", f"Rows of {shown} are in the data, and it is not declared.", where=where, fix=fix)


def _known(declared: Forecast, states: Sequence[SlotState]) -> tuple[tuple[Period, ...], frozenset[Period]]:
    """The months for which all datasets have something, and those within them of which anything is missing."""
    came: dict[str, list[Period]] = {}
    missing: set[Period] = set()
    for each in states:
        months = Period.parse(each.slot.period).within("month")
        if each.state == "in":
            came.setdefault(each.slot.key, []).extend(months)
        else:
            missing.update(months)
    if not came or len(came) < len({each.slot.key for each in states}):
        lacking = sorted({each.slot.key for each in states} - set(came))
        said = f"Nothing of {lacking[0]} has come in yet." if lacking else "Nothing is owed of what it reads."
        fix = "Collect deliveries first: `piperoll collect`."
        raise UserError("PR-F012", said, where=f"forecasts/{declared.key}.yaml", fix=fix)
    first, last = max(min(each) for each in came.values()), min(max(each) for each in came.values())
    known_from = next((each.known_from for each in (declared.stays, declared.series) if each), "")
    if known_from:
        first = Period.parse(known_from)
    return tuple(span(first, last)), frozenset(month for month in missing if first <= month <= last)


def _read(dataset: str, parts: Sequence[Part]) -> Read:
    mine = sorted((each.supplier, each.period, each.delivery) for each in parts if each.dataset == dataset)
    text = "\n".join("\t".join(each) for each in mine)
    return Read(dataset, len(mine), hashlib.sha256(text.encode()).hexdigest())


def _inner(sql: str) -> str:
    return f"{sql.strip().rstrip(';')}\n"


def _rows(con: Connection, sql: str, where: str) -> list[tuple[Any, ...]]:
    try:
        return con.execute(sql).fetchall()
    except DuckError as error:
        # What DuckDB says may quote a value.
        raise UserError(
            "PR-F013",
            f"The SQL of the forecast failed on the data ({type(error).__name__}).",
            where=where,
            fix="Look for a CAST that some rows do not allow, and for the types of entered, ended and day.",
        ) from None
