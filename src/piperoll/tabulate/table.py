"""From a table's definition to its cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
import polars as pl

from piperoll.derive.engine import Engine, engine_of
from piperoll.derive.plan import Planned, plan
from piperoll.errors import Problems
from piperoll.periods import Period
from piperoll.register.model.publication import Measure, Publication, Table
from piperoll.register.model.register import Register
from piperoll.tabulate.assemble import Frame, assemble
from piperoll.tabulate.check import check_table
from piperoll.tabulate.define import COUNTED, axes_of, check_fits, closure, find_table
from piperoll.tabulate.missing import Missing
from piperoll.tabulate.query import count, way
from piperoll.tabulate.spans import rows_of, support_of


def tabulate(
    con: duckdb.DuckDBPyConnection | Engine,
    register: Register,
    publication: Publication,
    table: Table | str,
    period: Period | str,
    *,
    shown: Iterable[Period] | None = None,
    missing: Iterable[Missing] = (),
    planned: Sequence[Planned] | None = None,
) -> pl.DataFrame:
    """Make the cells of a table.

    Args:
        con: Engine or DuckDB connection in which `piperoll.derive.run` has made the models.
        register, publication: What is declared.
        table: A table of the publication, or its name or number.
        period: Period of the edition: what is known is known up to its end.
        shown: Periods that are rows instead of those the table declares.
        missing: Deliveries that are owed and not there.
        planned: The publication's models, if they are planned already.

    Returns:
        One row a cell, see `piperoll.tabulate.cells`; sorted by measure, period, codes in the table's order.

    Raises:
        UserError: ``PR-T001`` to ``PR-T009``.
    """
    table = find_table(publication, table) if isinstance(table, str) else table
    period = Period.parse(period) if isinstance(period, str) else period
    rows = tuple(shown) if shown is not None else rows_of(table, period)
    measures = closure(publication, table.measures)
    axes = axes_of(register, publication, table)
    check_fits(table, axes, measures.values())
    planned = tuple(planned) if planned is not None else plan(register, publication)
    if problems := check_table(publication, table, axes, measures.values(), planned):
        raise Problems(problems)
    asked = [measures[name] for name in table.measures]
    support = support_of(rows, [each for each in asked if each.kind == "change"])
    engine = engine_of(con)
    counted = [each for each in measures.values() if each.kind in COUNTED]
    parts = []
    for group in sorted({_group(each) for each in counted}):
        same = [each for each in counted if _group(each) == group]
        parts.append(count(engine, group[0], group[1], axes, same, (*rows, *support)))
    frame = Frame(
        register=register,
        publication=publication,
        table=table,
        axes=axes,
        measures=measures,
        rows=rows,
        support=support,
        edition=period,
        missing=tuple(sorted(missing)),
        planned=planned,
    )
    return assemble(frame, pl.concat(parts, how="diagonal"))


def _group(measure: Measure) -> tuple[str, str, str]:
    """What is counted in one pass: measures of one model and period column that are counted in one way."""
    return measure.model or "", measure.period_column or "", way(measure)
