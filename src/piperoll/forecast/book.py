"""A projection as a workbook: figures, scenarios, back-test, how it was made, and what from.

The tables are those of `piperoll.present.workbook`, so that whatever writes a release can carry them.
"""

from __future__ import annotations

import numpy as np

from piperoll.forecast.make import Projection
from piperoll.forecast.scenarios import words
from piperoll.present.words import counted, number, rounded
from piperoll.present.workbook import Cell, Column, Cover, Table, Value, Workbook
from piperoll.register.model.forecast import CENTRAL


Row = tuple[Cell | Value, ...]
FORECAST = ("f",)
NONE = Cell(None, ("z",))
BOUNDS = ("low95", "low80", "high80", "high95")
PROJECTION = (
    "Projection, not statistics: it says what would be if the past, or what a scenario supposes, went on. "
    "It is no official statistic and is not to be quoted as one."
)
INTERNAL = "Internal: made from exact figures; keep it inside."
SIMULATED = "Made from simulated records."


def book_of(found: Projection) -> Workbook:
    """The workbook; a back-test that was not made, or could not be, has no table."""
    tables = [_figures(found), _scenarios(found), _learnt(found), _inputs(found)]
    if found.trial is not None:
        tables.insert(2, _trial(found))
    numbered = tuple(
        Table(f"Table_{n}", t.title, t.columns, t.rows, t.lines, t.source, t.key, slug=t.slug)
        for n, t in enumerate(tables, 1)
    )
    return Workbook(found.declared.title, found.owner, _cover(found), numbered, keywords=("projection",))


def title_of(found: Projection) -> str:
    """``Prison population, projected from Jul 2012 to Jun 2014``."""
    return f"{found.declared.title}, projected from {found.months[0].words} to {found.months[-1].words}"


def warnings(found: Projection) -> tuple[str, ...]:
    """What nobody must miss."""
    marking = f"{found.declared.marking.upper()}." if found.declared.marking else ""
    return tuple(each for each in (marking, PROJECTION, INTERNAL, SIMULATED if found.taken.simulated else "") if each)


def trial_words(found: Projection) -> str:
    """How it would have done on the past, in sentences; whichever way that went."""
    trial = found.trial
    if trial is None:
        return "Too little of the past is known to try it on." if found.tried else "It was not tried on the past."
    first, last = trial.horizons[0], trial.horizons[-1]
    told = [
        f"Made anew from {counted(len(trial.origins), 'past month')} ({trial.origins[0].words} to "
        f"{trial.origins[-1].words}), from what had happened by then."
    ]
    for each in dict.fromkeys((first, last)):
        beside = [f"{number(each.same, 1)} if nothing changed"]
        if each.seasonal is not None:
            beside.append(f"{number(each.seasonal, 1)} of the same month a year before")
        rivals = [each.same] + ([each.seasonal] if each.seasonal is not None else [])
        how = "better than both" if len(rivals) == 2 else "better"
        verdict = how if all(each.error < rival for rival in rivals) else "no better than the best of these"
        told.append(
            f"{counted(each.ahead, 'month')} ahead the mean absolute error is {number(each.error, 1)}, against "
            f"{' and '.join(beside)}: {verdict}."
        )
    told.append(
        f"{trial.cover('80'):.0%} of {counted(trial.figures, 'figure')} lay within the interval of 80%, "
        f"{trial.cover('95'):.0%} within that of 95%."
    )
    return " ".join(told)


def made_words(found: Projection) -> str:
    """How central figures and intervals are made."""
    declared = found.declared
    if declared.kind == "workload":
        return (
            "The series goes on by the airline model, ARIMA(0,1,1)(0,1,1) of twelve months; intervals are the model's, "
            "of normal errors, and leave out that its coefficients are estimates."
        )
    return (
        f"Each cohort is carried on by age: who enters, and the share that leaves in each month of a stay, learnt from "
        f"the last {declared.learn} months. Intervals are simulated: {number(declared.paths)} futures of inflow, of "
        f"lengths of stay as uncertain as what was seen leaves them, and of chance; seed {found.seed_hash[:16]}."
    )


def _cover(found: Projection) -> Cover:
    declared = found.declared
    summary = (*warnings(found), declared.summary, f"What it is for: {declared.reason}")
    return Cover(
        summary=tuple(each.strip() for each in summary if each.strip()),
        source=f"{found.owner}; records up to {found.base.words}, vintage {found.taken.vintage.sequence}",
        quality=f"{made_words(found)} {trial_words(found)}",
        more=(("What to know", declared.notes),) if declared.notes else (),
    )


def _figures(found: Projection) -> Table:
    stock = found.declared.kind == "stock_flow"
    unit = found.declared.unit
    columns = [
        Column("scenario", "Scenario", width=28),
        Column("cohort_code", "Code", machine=True),
        Column("cohort", "Cohort" if stock else "Series", width=32),
        Column("month", "Month", description="As a period"),
        Column("central", "Central", "integer", unit),
        *(Column(name, f"{name[-2:]}% {'from' if name[0] == 'l' else 'to'}", "integer", unit) for name in BOUNDS),
    ]
    if stock:
        columns.append(Column("inflow", "Inflow", "integer", unit))
    rows: list[Row] = []
    for scenario in found.scenarios:
        for code, label in found.cohorts.items():
            each = found.figures[scenario.name][code]
            values = [each.central, *(getattr(each, name) for name in BOUNDS), *([each.inflow] if stock else [])]
            for step, month in enumerate(found.months):
                shown = tuple(Cell(whole(value[step]), FORECAST) for value in values)
                rows.append((scenario.title, code or "all", label, str(month), *shown))
    return Table(
        "figures", title_of(found), tuple(columns), tuple(rows), lines=warnings(found),
        key=("scenario", "cohort_code", "month"), slug="projection",
    )  # fmt: skip


def _scenarios(found: Projection) -> Table:
    columns = (
        Column("scenario", "Scenario", width=28),
        Column("supposed", "What is supposed", width=60),
        Column("reason", "Why", width=60),
        Column("source", "Source", width=50),
    )
    rows = tuple(
        (
            each.title,
            "; ".join(words(change, found.declared.cohort_labels) for change in each.changes) or "nothing changes",
            each.reason.strip(),
            each.source.strip(),
        )
        for each in found.scenarios
    )
    return Table("scenarios", "Scenarios: what is supposed, why, and on whose word", columns, rows, key=("scenario",),
                 slug="scenarios")  # fmt: skip


def _trial(found: Projection) -> Table:
    assert found.trial is not None
    unit = found.declared.unit
    columns = (
        Column("ahead", "Months ahead", "integer"),
        Column("figures", "Figures held against", "integer"),
        Column("error", "Mean absolute error", "decimal", unit),
        Column("percent", "Mean absolute error in per cent", "percent", "%"),
        Column("seasonal", "Error of the same month a year before", "decimal", unit),
        Column("same", "Error if nothing changed", "decimal", unit),
        Column("cover80", "Within the 80% interval", "percent", "%"),
        Column("cover95", "Within the 95% interval", "percent", "%"),
    )
    rows: list[Row] = [
        (
            each.ahead, each.figures, _one(each.error), _one(each.percent), _one(each.seasonal), _one(each.same),
            _one(100 * each.cover80), _one(100 * each.cover95),
        )
        for each in found.trial.horizons
    ]  # fmt: skip
    lines = (trial_words(found), "Deliveries are those of one vintage: errors of late data are no part of it.")
    return Table("trial", "Back-test: how it would have done", columns, tuple(rows), lines=lines, key=("ahead",),
                 slug="backtest")  # fmt: skip


def _learnt(found: Projection) -> Table:
    """What was learnt of each cohort, or of the series."""
    columns = (
        Column("cohort", "Cohort", width=32),
        Column("inflow_by", "How inflow goes on", width=60),
        Column("inflow", "Mean inflow a month", "decimal"),
        Column("mean_stay", "Mean stay, months", "decimal"),
        Column("steady", "Stock if both went on for ever", "decimal"),
        Column("start", "Stock at the start", "decimal"),
        Column("tie", "Count over stays", "decimal", places=3),
    )
    rows: list[Row] = []
    for code, start in found.fitted.starts.items():
        inflow, stay = float(start.coming.mean.mean()), start.leaving.mean_stay()
        bounded = np.isfinite(stay)
        rows.append((
            found.cohorts[code], start.coming.way, _one(inflow), _one(stay) if bounded else NONE,
            _one(inflow * stay) if bounded else NONE, _one(float(start.ages.sum())), _one(start.tie, 3),
        ))  # fmt: skip
    if found.fitted.coming is not None:
        way, mean = found.fitted.coming.way, float(found.fitted.coming.mean.mean())
        rows.append((found.declared.title, way, _one(mean), NONE, NONE, NONE, NONE))
    title = f"What was learnt up to {found.base.words}"
    return Table("learnt", title, columns, tuple(rows), lines=(made_words(found),),
                 key=("cohort",), slug="learnt")  # fmt: skip


def _inputs(found: Projection) -> Table:
    columns = (
        Column("dataset", "Dataset", width=40),
        Column("deliveries", "Deliveries in force", "integer"),
        Column("hash", "SHA-256 over suppliers, periods and deliveries", width=70),
    )
    rows = tuple((each.dataset, each.deliveries, each.hash) for each in found.taken.reads)
    lines = (
        f"Vintage {found.taken.vintage.sequence}; definition {found.definition}; seed {found.seed_hash}.",
        f"Months known: {found.taken.months[0].words} to {found.base.words}"
        + (
            f", but for {counted(len(gaps), 'month')} of which a delivery is missing."
            if (gaps := _gaps(found))
            else "."
        ),
    )
    return Table("inputs", "What it was made from", columns, rows, lines=lines, key=("dataset",), slug="inputs")


def _gaps(found: Projection) -> list[str]:
    return [str(month) for month in sorted(found.taken.gaps) if month <= found.base]


def scenario_title(found: Projection, name: str = CENTRAL) -> str:
    """Title of a scenario."""
    return next(each.title for each in found.scenarios if each.name == name)


def whole(value: float) -> int:
    """A figure as shown: a whole number."""
    return int(rounded(float(value)))


def _one(value: float | None, places: int = 1) -> Cell | Value:
    return NONE if value is None else rounded(float(value), places)
