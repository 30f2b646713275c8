"""SQL that counts: the measures of one model by every level asked for, in one pass with GROUPING SETS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import duckdb
import polars as pl
import pyarrow as pa

from piperoll.derive.codes import create_table
from piperoll.errors import UserError
from piperoll.periods import Kind, Period
from piperoll.register.model.publication import Measure
from piperoll.store.duck import quote_name
from piperoll.tabulate.hierarchy import WITHIN, Hierarchy


@dataclass(frozen=True)
class Axis:
    """A dimension of a table: its hierarchy, and the levels shown, in the table's order."""

    name: str
    hierarchy: Hierarchy
    levels: tuple[str, ...]

    @property
    def elapsed(self) -> bool:
        """Whether its codes are numbers of quarters since the start and no column of the model."""
        return bool(self.hierarchy.dimension.steps)


PERIOD_SQL: dict[Kind, str] = {
    "year": "CAST(EXTRACT(YEAR FROM {0}) AS VARCHAR)",
    "quarter": "CAST(EXTRACT(YEAR FROM {0}) AS VARCHAR) || 'Q' || CAST(EXTRACT(QUARTER FROM {0}) AS VARCHAR)",
    "month": "CAST(EXTRACT(YEAR FROM {0}) AS VARCHAR) || '-' || "
    "SUBSTRING(CAST(100 + EXTRACT(MONTH FROM {0}) AS VARCHAR), 2, 2)",
    "financial_year": "CAST(EXTRACT(YEAR FROM {0} - INTERVAL '3' MONTH) AS VARCHAR) || '/' || "
    "SUBSTRING(CAST(1000 + (EXTRACT(YEAR FROM {0} - INTERVAL '3' MONTH) + 1) % 100 AS VARCHAR), 3, 2)",
}


def count_query(
    model: str, column: str, axes: Sequence[Axis], measures: Sequence[Measure], periods: Iterable[Period]
) -> str:
    """The query: a row for each period and code combination that has any rows.

    Columns: ``period``, one for each axis (the code), one ``<axis>_level`` (its level), then for each measure ``v<i>``
    (its value) and ``n<i>`` (rows behind it).
    """
    periods = tuple(periods)
    kinds = sorted({each.kind for each in periods})
    placed = [axis for axis in axes if not axis.elapsed]
    quarters = next((axis.hierarchy.dimension.steps for axis in axes if axis.elapsed), ())
    date = quote_name(column)
    inner = [f"{PERIOD_SQL[kind].format(date)} AS p_{kind}" for kind in kinds]
    joins = []
    for place, axis in enumerate(placed):
        path = axis.hierarchy.unknown_path
        for name in axis.levels:
            index = [step.name for step in axis.hierarchy.steps].index(name)
            expression = f"h{place}.l{index}"
            if path:
                expression = f"COALESCE({expression}, {_text(path[index])})"
            inner.append(f"{expression} AS d{place}_{index}")
        joins.append(
            f"LEFT JOIN {_table(place)} AS h{place} ON h{place}.code = m.{quote_name(axis.hierarchy.dimension.column)}"
        )
    aggregates = []
    for place, measure in enumerate(measures):
        made, values = _aggregates(place, measure, date, quarters)
        inner += made
        aggregates += values
    start = min(each.start for each in periods)
    end = max(each.end for each in periods)
    groups, gid = _groups(kinds, placed)
    return (
        f"WITH placed AS (\n  SELECT {', '.join(inner)}\n  FROM {quote_name(model)} AS m\n  "
        + "\n  ".join(joins)
        + f"\n  WHERE {date} BETWEEN DATE '{start}' AND DATE '{end}'\n)\n"
        f"SELECT {', '.join(gid)}, {', '.join(aggregates)}\nFROM placed\nGROUP BY GROUPING SETS ({groups})"
    )


def _groups(kinds: Sequence[Kind], placed: Sequence[Axis]) -> tuple[str, list[str]]:
    """The grouping sets, and expressions that say which of them a row is of."""
    options: list[list[str]] = [[f"p_{kind}" for kind in kinds]]
    columns = [
        "COALESCE(" + ", ".join(f"p_{kind}" for kind in kinds) + ", '') AS period"
        if len(kinds) > 1
        else f"p_{kinds[0]} AS period"
    ]
    for place, axis in enumerate(placed):
        names = [step.name for step in axis.hierarchy.steps]
        own = [(f"d{place}_{names.index(level)}", level) for level in axis.levels]
        options.append([column for column, _ in own])
        columns.append(
            ("COALESCE(" + ", ".join(column for column, _ in own) + ")" if len(own) > 1 else own[0][0])
            + f" AS {quote_name(axis.name)}"
        )
        cases = " ".join(f"WHEN GROUPING({column}) = 0 THEN {_text(level)}" for column, level in own)
        columns.append(f"CASE {cases} END AS {quote_name(axis.name + '_level')}")
    sets = ", ".join("(" + ", ".join(each) + ")" for each in product(*options))
    return sets, columns


def _aggregates(
    place: int, measure: Measure, date: str, quarters: Sequence[int]
) -> tuple[list[str], list[str]]:
    condition = f"({measure.where})" if measure.where else "TRUE"
    inner = [f"{condition} AS w{place}"]
    keep = f"FILTER (WHERE w{place})"
    if measure.kind == "progression":
        event = quote_name(measure.value or "")
        inner += [
            f"{event} <= {date} + INTERVAL '{3 * n}' MONTH AS q{place}_{n}" for n in quarters
        ]
        made = [f"COUNT(*) FILTER (WHERE w{place} AND q{place}_{n}) AS v{place}_{n}" for n in quarters]
        return inner, [*made, f"COUNT(*) {keep} AS n{place}"]
    if measure.kind == "count":
        return inner, [f"COUNT(*) {keep} AS v{place}", f"COUNT(*) {keep} AS n{place}"]
    inner.append(f"({measure.value}) AS x{place}")
    value = {
        "sum": f"CAST(SUM(x{place}) {keep} AS DOUBLE)",
        "mean": f"AVG(CAST(x{place} AS DOUBLE)) {keep}",
        "median": f"MEDIAN(CAST(x{place} AS DOUBLE)) {keep}",
    }[measure.kind]
    return inner, [f"{value} AS v{place}", f"COUNT(x{place}) {keep} AS n{place}"]


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _table(place: int) -> str:
    return f"_axis_{place}"


def count(
    con: duckdb.DuckDBPyConnection,
    model: str,
    column: str,
    axes: Sequence[Axis],
    measures: Sequence[Measure],
    periods: Iterable[Period],
) -> pl.DataFrame:
    """Run `count_query`: columns period, codes and levels, ``measure`` (name), ``value``, ``n``; only what is there.

    Raises:
        UserError: ``PR-T004`` when rows have a code that no list holds and the dimension declares no ``unknown``.
    """
    placed = [axis for axis in axes if not axis.elapsed]
    for place, axis in enumerate(placed):
        create_table(con, _table(place), _paths(axis.hierarchy))
        if axis.hierarchy.dimension.unknown is None:
            _all_known(con, model, column, axis, place)
    periods = tuple(periods)
    wide = con.sql(count_query(model, column, axes, measures, periods)).pl()
    wide = wide.filter(pl.col("period").is_in([str(each) for each in periods]))
    keys = ["period", *(name for axis in placed for name in (axis.name, f"{axis.name}_level"))]
    within = next((axis for axis in axes if axis.elapsed), None)
    parts = []
    for place, measure in enumerate(measures):
        if measure.kind == "progression" and within is not None:
            for n in within.hierarchy.dimension.steps:
                parts.append(
                    wide.select(
                        *keys,
                        pl.lit(str(n)).alias(within.name),
                        pl.lit(WITHIN).alias(f"{within.name}_level"),
                        pl.lit(measure.name).alias("measure"),
                        pl.col(f"v{place}_{n}").cast(pl.Float64).alias("value"),
                        pl.col(f"n{place}").cast(pl.Int64).alias("n"),
                    )
                )
        else:
            parts.append(
                wide.select(
                    *keys,
                    pl.lit(measure.name).alias("measure"),
                    pl.col(f"v{place}").cast(pl.Float64).alias("value"),
                    pl.col(f"n{place}").cast(pl.Int64).alias("n"),
                )
            )
    return pl.concat(parts)


def _paths(hierarchy: Hierarchy) -> pa.Table:
    codes = list(hierarchy.paths)
    data = {"code": codes}
    for place in range(len(hierarchy.steps)):
        data[f"l{place}"] = [hierarchy.paths[code][place] for code in codes]
    return pa.table(data, schema=pa.schema([(name, pa.string()) for name in data]))


def _all_known(con: duckdb.DuckDBPyConnection, model: str, column: str, axis: Axis, place: int) -> None:
    field = quote_name(axis.hierarchy.dimension.column)
    found = con.execute(
        f"SELECT count(*) FROM {quote_name(model)} AS m LEFT JOIN {_table(place)} AS h ON h.code = m.{field} "
        f"WHERE h.code IS NULL AND m.{quote_name(column)} IS NOT NULL"
    ).fetchall()[0][0]
    if found:
        raise UserError(
            "PR-T004",
            f"{found} rows of the model {model} have no code of the dimension {axis.name} in {field}.",
            where="publication.yaml",
            fix="Correct the model, add the codes to the list, or give the dimension an `unknown` code.",
        )
