"""Operational measures of a source, counted by month, and by office or supplier, over views of its datasets.

Figures are exact and for those who run the system. A month for which a supplier's delivery is missing has no figure,
``[x]``; a stock after a gap is unreliable, ``[u]``. Neither is ever zero in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.monitor import OperationalMeasure, Target
from piperoll.store.duck import DuckError


if TYPE_CHECKING:
    from piperoll.store.duck import Connection


By = Literal["", "office", "supplier"]
Status = Literal["", "met", "not met"]
_SUMS: dict[str, str] = {
    "count": "count(*)",
    "sum": "sum(CAST(value AS DOUBLE))",
    "mean": "avg(CAST(value AS DOUBLE))",
    "median": "median(CAST(value AS DOUBLE))",
    "share": "100 * avg(CASE WHEN value THEN 1.0 ELSE 0.0 END)",
}
_ZERO = ("count", "sum")  # nothing to count is nought; nothing to average is no figure


@dataclass(frozen=True)
class Gap:
    """A supplier of which nothing counts for a month."""

    month: Period
    supplier: str


@dataclass(frozen=True)
class Figure:
    """One figure of an operational measure.

    Attributes:
        of: Office or supplier; empty for all together.
        value: None where there is none.
        rows: How many rows it is of.
        mark: ``x`` not available, since a supplier is missing; ``z`` nothing to average; ``u`` a stock after a gap.
        missing: Suppliers that are missing.
        status: Whether the target is met, where one holds and there is a figure.
    """

    measure: str
    of: str
    month: Period
    value: float | None
    rows: int = 0
    mark: Literal["", "x", "z", "u"] = ""
    missing: tuple[str, ...] = ()
    status: Status = ""


@dataclass(frozen=True)
class Measured:
    """A measure and its figures, by office or supplier and then by month."""

    measure: OperationalMeasure
    figures: tuple[Figure, ...]

    def of(self, name: str = "") -> tuple[Figure, ...]:
        """Figures of one office or supplier, month by month."""
        return tuple(each for each in self.figures if each.of == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Offices or suppliers in order; one empty name for all together."""
        return tuple(dict.fromkeys(each.of for each in self.figures))


def measure(
    con: Connection,
    wanted: OperationalMeasure,
    months: Sequence[Period],
    *,
    by: By = "",
    gaps: Iterable[Gap] = (),
    where: str = "",
) -> Measured:
    """Count one measure.

    Args:
        con: With a view ``<source>__<dataset>`` for each dataset that the SQL reads; locked.
        wanted: What is counted.
        months: Consecutive months, of which there is a figure each.
        by: Office, supplier, or neither.
        gaps: What is missing of the datasets that the SQL reads, in any month.
        where: Place of the declaration, for errors.

    Raises:
        UserError: ``PR-Q007`` if the SQL fails on the data.
    """
    known = list(gaps)
    suppliers = _suppliers(con, wanted, where) if by == "office" and known else {}
    counted = (
        _stock(con, wanted, months, by, where) if wanted.form == "stock" else _flow(con, wanted, months, by, where)
    )
    names = sorted({name for name, _ in counted}) if by else [""]
    if by == "supplier":
        # A supplier of which nothing ever came has no row, and is what a reader must see first.
        names = sorted({*names, *(each.supplier for each in known if each.month in months)})
    figures = []
    for name in names:
        concerned = [each for each in known if by != "supplier" or each.supplier == name]
        if by == "office":
            concerned = [each for each in known if each.supplier in suppliers.get(name, {each.supplier})]
        figures += [_figure(wanted, name, month, counted.get((name, str(month))), concerned) for month in months]
    return Measured(wanted, tuple(figures))


def _figure(
    wanted: OperationalMeasure, name: str, month: Period, found: tuple[float | None, int] | None, gaps: list[Gap]
) -> Figure:
    value, rows = found or (None, 0)
    if wanted.form == "stock":
        missing = tuple(sorted({each.supplier for each in gaps if each.month.start <= month.start}))
        return Figure(wanted.name, name, month, value or 0.0, rows, "u" if missing else "", missing,
                      _status(wanted.target, month, value or 0.0))  # fmt: skip
    missing = tuple(sorted({each.supplier for each in gaps if each.month == month}))
    if missing:
        return Figure(wanted.name, name, month, None, rows, "x", missing)
    if value is None:
        if wanted.form not in _ZERO:
            return Figure(wanted.name, name, month, None, 0, "z")
        value = 0.0
    return Figure(wanted.name, name, month, value, rows, status=_status(wanted.target, month, value))


def _status(target: Target | None, month: Period, value: float) -> Status:
    if target is None or (target.from_ and month.end < target.from_) or (target.to and month.start > target.to):
        return ""
    met = value >= target.value if target.direction == "at_least" else value <= target.value
    return "met" if met else "not met"


def _flow(
    con: Connection, wanted: OperationalMeasure, months: Sequence[Period], by: By, where: str
) -> dict[tuple[str, str], tuple[float | None, int]]:
    valued = "" if wanted.form == "count" else " AND value IS NOT NULL"
    sql = (
        f"SELECT {_name(by)} AS name, strftime(CAST(day AS DATE), '%Y-%m') AS month, {_SUMS[wanted.form]} AS value,"
        f" count(*) AS n FROM ({_inner(wanted)}) WHERE CAST(day AS DATE) BETWEEN DATE '{months[0].start}'"
        f" AND DATE '{months[-1].end}'{valued} GROUP BY ALL ORDER BY ALL"
    )
    return {(name, month): (None if value is None else float(value), int(n))
            for name, month, value, n in _rows(con, sql, wanted, where)}  # fmt: skip


def _stock(
    con: Connection, wanted: OperationalMeasure, months: Sequence[Period], by: By, where: str
) -> dict[tuple[str, str], tuple[float | None, int]]:
    """Rows opened in or before a month, less those closed in or before it: counted by month and added up."""
    inner = f"SELECT {_name(by)} AS name, CAST(opened AS DATE) AS o, CAST(closed AS DATE) AS c FROM ({_inner(wanted)})"
    # A row closed before it was opened was never open.
    counted = f"SELECT name, o, CASE WHEN c < o THEN o ELSE c END AS c FROM ({inner}) WHERE o IS NOT NULL"
    sql = (
        f"WITH r AS ({counted}), moves AS (SELECT name, o AS day, 1 AS step FROM r"
        " UNION ALL SELECT name, c, -1 FROM r WHERE c IS NOT NULL)"
        " SELECT name, strftime(day, '%Y-%m') AS month, CAST(sum(step) AS BIGINT) AS step FROM moves"
        f" WHERE day <= DATE '{months[-1].end}' GROUP BY ALL ORDER BY ALL"
    )
    steps: dict[str, dict[str, int]] = {}
    for name, month, step in _rows(con, sql, wanted, where):
        steps.setdefault(name, {})[month] = int(step)
    out: dict[tuple[str, str], tuple[float | None, int]] = {}
    for name, each in steps.items():
        held = sum(step for month, step in each.items() if month < str(months[0]))
        for month in months:
            held += each.get(str(month), 0)
            out[name, str(month)] = (float(held), held)
    return out


def _suppliers(con: Connection, wanted: OperationalMeasure, where: str) -> dict[str, set[str]]:
    """Suppliers that ever told of an office: if one of them is missing, so is the office."""
    sql = f"SELECT DISTINCT {_name('office')}, CAST(supplier AS VARCHAR) FROM ({_inner(wanted)}) ORDER BY ALL"
    out: dict[str, set[str]] = {}
    for office, supplier in _rows(con, sql, wanted, where):
        out.setdefault(office, set()).add(supplier)
    return out


def _inner(wanted: OperationalMeasure) -> str:
    return f"{wanted.sql.strip().rstrip(';')}\n"


def _name(by: By) -> str:
    return f"coalesce(CAST({by} AS VARCHAR), '(not known)')" if by else "''"


def _rows(con: Connection, sql: str, wanted: OperationalMeasure, where: str) -> list[tuple[Any, ...]]:
    try:
        return con.execute(sql).fetchall()
    except DuckError as error:
        # What DuckDB says may quote a value.
        raise UserError(
            "PR-Q007",
            f"The measure `{wanted.name}` failed while it was counted ({type(error).__name__}).",
            where=where,
            fix="Look for a CAST or a division that some rows do not allow, and for the types of day and value.",
        ) from None
