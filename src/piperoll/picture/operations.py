"""Operational measures of a source as of now: which months there are, what is missing of them, and every figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from piperoll.collect.owed import SlotState, slots
from piperoll.derive.codes import create_code_tables
from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.forecast import Ahead, Tested, backtest, forecast
from piperoll.govern import Action
from piperoll.periods import Period, span
from piperoll.quality import Gap, Measured, measure
from piperoll.quality.measured import By
from piperoll.register.declared import require_declared
from piperoll.register.model.monitor import Monitor, OperationalMeasure
from piperoll.register.model.register import Register, Source
from piperoll.register.sql import names_in
from piperoll.store.duck import connect, lock
from piperoll.store.vintage import create_views


SHOWN = 13  # months shown unless told otherwise: a year, and the same month a year before
FORECASTING = "forecasting"  # the use in a source's entry that asks for it


@dataclass(frozen=True)
class Expected:
    """A forecast of a measure, for the whole country.

    Attributes:
        known: Months that it was made from.
        ahead: What is expected.
        tested: How it would have done on the past; None if there is too little of it.
        why_not: Why there is none.
    """

    measure: OperationalMeasure
    known: tuple[Period, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    tested: Tested | None = None
    why_not: str = ""


@dataclass(frozen=True)
class Operations:
    """The operational measures of a source.

    Attributes:
        months: Months for which there are figures, oldest first.
        names: Names of offices or suppliers, by code.
        expected: Forecasts, if they were asked for.
    """

    source: Source
    monitor: Monitor
    months: tuple[Period, ...]
    by: By
    measured: tuple[Measured, ...]
    names: dict[str, str]
    suppliers: dict[str, str]
    expected: tuple[Expected, ...] = ()

    @property
    def where(self) -> str:
        """Where the measures are declared."""
        return f"monitor/{self.monitor.key}.yaml"


def operations(
    desk: Desk, key: str, *, period: str | None = None, by: By = "", ahead: int = 0, only: Sequence[str] = ()
) -> Operations:
    """Count the operational measures of a source; the read is recorded.

    Args:
        desk: Register, home and actor.
        key: Of the source.
        period: As written; its months are shown. Default: the last 13 months up to the last of which anything came.
        by: Office, supplier or neither.
        ahead: Months to forecast; 0 for none.
        only: Names of measures; default all.

    Raises:
        UserError: ``PR-W005`` for an unknown source, ``PR-Q008`` where it declares no measures, or none of a name,
            ``PR-Q010`` if nothing came yet or nothing is owed for the period, ``PR-Q011`` if a forecast is asked of a
            source that is not used for forecasting.
    """
    require_declared(desk.register, source=key)
    register = desk.register
    monitor = _monitor(register, key, only)
    if ahead and FORECASTING not in _uses(register.sources[key]):
        said = f"The register does not list `{key}` as used for forecasting."
        fix = "Leave the forecast out, or add the use to its entry."
        raise UserError("PR-Q011", said, where=f"sources/{key}.yaml", fix=fix)
    desk.act(Action.MONITOR_READ, f"source {key}", details={"by": by or "all", "period": period or ""})
    reads = {each.name: _reads(register, each) for each in monitor.measures}
    wanted = sorted({dataset for each in reads.values() for dataset in each})
    today = desk.now().date()
    every = slots(register, desk.journal.deliveries(), today)
    states = [each for each in every if each.slot.key in wanted]
    covered = _covered(states)
    months = _months(key, covered, period)
    moment = desk.vintage()
    desk.act(Action.STORE_READ, f"vintage {moment.sequence}", details={"datasets": wanted})
    con = connect()
    try:
        create_views(con, register, desk.store, desk.parts(moment), desk.corrections(moment), wanted)
        create_code_tables(con, register, _lists(monitor.measures))
        lock(con, [desk.store.root])
        where = f"monitor/{key}.yaml"
        found = []
        expected = []
        for each in monitor.measures:
            gaps = _gaps(states, reads[each.name])
            found.append(measure(con, each, months, by=by, gaps=gaps, where=where))
            if ahead and each.role in ("in", "out") and each.form in ("count", "sum"):
                whole = measure(con, each, covered, gaps=gaps, where=where)
                expected.append(_expected(whole, ahead))
    finally:
        con.close()
    suppliers = {s.key: s.name for group in register.suppliers.values() for s in group.suppliers}
    names = suppliers if by == "supplier" else _offices(register, monitor)
    return Operations(register.sources[key], monitor, tuple(months), by, tuple(found), names, suppliers,
                      tuple(expected))  # fmt: skip


def _monitor(register: Register, key: str, only: Sequence[str]) -> Monitor:
    monitor = register.monitors.get(key)
    if monitor is None:
        there = ", ".join(register.monitors) or "no source"
        raise UserError("PR-Q008", f"No operational measures of `{key}` are declared.", where=f"monitor/{key}.yaml",
                        fix=f"Declare them; those of {there} may serve as an example.")  # fmt: skip
    names = [each.name for each in monitor.measures]
    for name in only:
        if name not in names:
            raise UserError("PR-Q008", f"`{key}` declares no measure `{name[:60]}`.", where=f"monitor/{key}.yaml",
                            fix=f"Its measures are {', '.join(names)}.")  # fmt: skip
    kept = tuple(each for each in monitor.measures if not only or each.name in only)
    return Monitor(monitor.key, kept, monitor.office, monitor.offices, monitor.notes)


def _uses(source: Source) -> set[str]:
    return {each.use for each in source.entry.applications} if source.entry else set()


def _reads(register: Register, wanted: OperationalMeasure) -> tuple[str, ...]:
    known = {f"{source.key}.{each.name}" for source, each in register.datasets()}
    return tuple(sorted(known & {name.replace("__", ".", 1) for name in names_in(wanted.sql)}))


def _lists(measures: Iterable[OperationalMeasure]) -> list[str]:
    names = {name for each in measures for name in names_in(each.sql)}
    return sorted(name.removeprefix("codes__") for name in names if name.startswith("codes__"))


def _offices(register: Register, monitor: Monitor) -> dict[str, str]:
    return {each.code: each.label for each in register.codes[monitor.offices].codes} if monitor.offices else {}


def _covered(states: Sequence[SlotState]) -> list[Period]:
    """Months from the first that is owed to the last of which anything came, over the datasets that are read."""
    came = [month for each in states if each.state == "in" for month in _of(each)]
    if not came:
        return []
    return span(min(month for each in states for month in _of(each)), max(came))


def _of(state: SlotState) -> list[Period]:
    return Period.parse(state.slot.period).within("month")


def _gaps(states: Sequence[SlotState], datasets: Sequence[str]) -> list[Gap]:
    """What is owed of the datasets and does not count: late, refused, or not yet due."""
    found = {Gap(month, each.slot.supplier) for each in states if each.slot.key in datasets and each.state != "in"
             for month in _of(each)}  # fmt: skip
    return sorted(found, key=lambda each: (each.month, each.supplier))


def _months(key: str, covered: Sequence[Period], period: str | None) -> list[Period]:
    if not covered:
        raise UserError("PR-Q010", f"Nothing that `{key}` measures has come in yet.",
                        fix="Collect deliveries first: `piperoll collect`.")  # fmt: skip
    if period is None:
        return list(covered[-SHOWN:])
    asked = Period.parse(period)
    wanted = [month for month in covered if asked.start <= month.start and month.end <= asked.end]
    if not wanted:
        raise UserError("PR-Q010", f"There is nothing of `{key}` for {asked.words}.",
                        fix=f"There are months from {covered[0]} to {covered[-1]}.")  # fmt: skip
    return wanted


def _expected(whole: Measured, ahead: int) -> Expected:
    """A forecast of a measure for the whole; a month for which a supplier is missing is stepped over."""
    known = list(whole.of())
    # Nothing before the first record is no history, but the time before there was any.
    while known and not known[0].value:
        known.pop(0)
    months = [each.month for each in known]
    values = [each.value for each in known]
    try:
        found = forecast(months, values, ahead)
    except UserError as error:
        return Expected(whole.measure, tuple(months), why_not=error.message)
    return Expected(whole.measure, tuple(months), tuple(found), backtest(months, values, ahead))
