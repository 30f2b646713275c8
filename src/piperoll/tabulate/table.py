"""From a table's definition to its cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import duckdb
import polars as pl

from piperoll.derive.plan import Planned, plan
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.publication import Measure, Publication, Table
from piperoll.register.model.register import Register
from piperoll.tabulate.assemble import Frame, assemble
from piperoll.tabulate.cells import CELL_SCHEMA
from piperoll.tabulate.hierarchy import Hierarchy
from piperoll.tabulate.missing import Missing
from piperoll.tabulate.query import Axis, count
from piperoll.tabulate.spans import rows_of, support_of


COUNTED = ("count", "sum", "mean", "median", "progression")


def find_table(publication: Publication, name: str) -> Table:
    """The table of this name or number.

    Raises:
        UserError: ``PR-T005`` if there is none.
    """
    for table in publication.tables:
        if name in (table.name, table.number):
            return table
    raise UserError(
        "PR-T005",
        f"{publication.key} has no table {name}.",
        fix=f"Its tables are: {', '.join(table.name for table in publication.tables)}.",
    )


def models_of(publication: Publication, tables: Iterable[Table]) -> tuple[str, ...]:
    """Names of the models that these tables count, sorted."""
    names = {
        measure.model for table in tables for measure in _closure(publication, table.measures).values() if measure.model
    }
    return tuple(sorted(names))


def tabulate(
    con: duckdb.DuckDBPyConnection,
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
        con: Connection in which `piperoll.derive.run` has made the models.
        register, publication: What is declared.
        table: A table of the publication, or its name or number.
        period: Period of the edition: what is known is known up to its end.
        shown: Periods that are rows instead of those the table declares.
        missing: Deliveries that are owed and not there.
        planned: The publication's models, if they are planned already.

    Returns:
        One row a cell, see `piperoll.tabulate.cells`; sorted by measure, period, codes in the table's order.

    Raises:
        UserError: ``PR-T001`` to ``PR-T008``.
    """
    table = find_table(publication, table) if isinstance(table, str) else table
    period = Period.parse(period) if isinstance(period, str) else period
    rows = tuple(shown) if shown is not None else rows_of(table, period)
    measures = _closure(publication, table.measures)
    axes = axes_of(register, publication, table)
    _fits(table, axes, measures.values())
    asked = [measures[name] for name in table.measures]
    support = support_of(rows, [each for each in asked if each.kind == "change"])
    counted = [each for each in measures.values() if each.kind in COUNTED]
    parts = []
    for group in sorted({_group(each) for each in counted}):
        same = [each for each in counted if _group(each) == group]
        parts.append(count(con, group[0], group[1], axes, same, (*rows, *support)))
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
        planned=tuple(planned) if planned is not None else plan(register, publication),
    )
    return assemble(frame, pl.concat(parts, how="diagonal"))


def axes_of(register: Register, publication: Publication, table: Table) -> tuple[Axis, ...]:
    """A table's dimensions with the levels it shows.

    Raises:
        UserError: ``PR-T003`` for an unknown dimension or level, ``PR-T008`` for a name that cells need themselves.
    """
    dimensions = {each.name: each for each in publication.dimensions}
    axes = []
    for name, levels in table.rows.items():
        if name not in dimensions:
            raise UserError(
                "PR-T003",
                f"the table {table.name} has rows by {name}, which is no dimension.",
                where=f"publications/{publication.key}/publication.yaml",
                fix=f"Dimensions are: {', '.join(sorted(dimensions))}.",
            )
        if (
            name in CELL_SCHEMA
            or (name.endswith("_level") and name.removesuffix("_level") in dimensions)
            or name.startswith("_")
        ):
            raise UserError(
                "PR-T008",
                f"a dimension cannot be named {name}: cells have a column of that name for something else.",
                where=f"publications/{publication.key}/publication.yaml",
                fix=f"Rename it; taken are {', '.join(CELL_SCHEMA)}.",
            )
        hierarchy = Hierarchy(register, dimensions[name])
        for level in levels:
            hierarchy.step(level)
        national = [step.name for step in hierarchy.steps if step.national]
        own = tuple(level for level in levels if not (table.national_only and national) or level in national)
        axes.append(Axis(name, hierarchy, own or tuple(national)))
    return tuple(axes)


def _group(measure: Measure) -> tuple[str, str, bool]:
    """What is counted in one pass: measures of one model and period column; medians apart, as they have no sums."""
    return measure.model or "", measure.period_column or "", measure.kind == "median"


def _closure(publication: Publication, names: Iterable[str]) -> dict[str, Measure]:
    """These measures and those they are made from, in order of first need."""
    known = {each.name: each for each in publication.measures}

    def add(found: dict[str, Measure], name: str) -> dict[str, Measure]:
        if name in found:
            return found
        if name not in known:
            raise UserError(
                "PR-T006",
                f"there is no measure {name}.",
                where=f"publications/{publication.key}/publication.yaml",
                fix=f"Measures are: {', '.join(sorted(known))}.",
            )
        measure = known[name]
        found[name] = measure
        for other in (measure.of, measure.numerator, measure.denominator):
            if other and not other.startswith("codes:"):
                add(found, other)
        return found

    return reduce(add, names, {})


def _fits(table: Table, axes: Sequence[Axis], measures: Iterable[Measure]) -> None:
    elapsed = any(axis.elapsed for axis in axes)
    for measure in measures:
        if (measure.kind == "progression") != elapsed:
            raise UserError(
                "PR-T007",
                f"the table {table.name} cannot show {measure.name}: progressions go with a dimension of `steps`, "
                "and no other measure does.",
                where="publication.yaml",
                fix="Move the measure to a table of its own.",
            )
        if measure.kind in COUNTED and not (measure.model and measure.period_column):
            raise UserError(
                "PR-T007",
                f"the measure {measure.name} names no model or no period column.",
                where="publication.yaml",
                fix="Give it `model` and `period_column`.",
            )
        if measure.kind in ("sum", "mean", "median", "progression") and not measure.value:
            raise UserError(
                "PR-T007",
                f"the measure {measure.name} is a {measure.kind} and names no `value`.",
                where="publication.yaml",
                fix="Name the column, or write an expression over the model's columns.",
            )
