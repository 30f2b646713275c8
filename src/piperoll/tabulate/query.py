"""SQL that counts: the measures of one model by every level asked for, in one pass with GROUPING SETS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import duckdb
import polars as pl

from piperoll.derive.codes import create_from_lists
from piperoll.derive.conditions import condition
from piperoll.errors import Problem, Problems, UserError
from piperoll.periods import Period
from piperoll.register.model.publication import Measure
from piperoll.store.duck import quote_name, quote_text
from piperoll.store.stream import Stream
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


PERIODS = "_periods"  # Table of the months (``y``, ``m``) of each ``period``; a month may be of several.
EXACT = "DECIMAL(38, 10)"  # A sum of floats depends on its order, and the order on threads.


SUMS, ROWS, ENDS = "sums", "rows", "ends"


def way(measure: Measure) -> str:
    """How a measure is counted: by sums of sums, from rows themselves, or of the last months of periods."""
    if measure.kind in ("median", "percentile", "distinct"):
        return ROWS
    return ENDS if measure.kind == "stock" else SUMS


def summed(measure: Measure) -> bool:
    """Whether it adds up a column, in which a row may have no number."""
    return measure.kind == "sum" or (measure.kind == "stock" and bool(measure.value))


def months_of(periods: Iterable[Period], *, ends: bool) -> dict[str, list[Any]]:
    """The table `PERIODS`: the months of each period, or only its last."""
    pairs = [
        (str(period), month)
        for period in dict.fromkeys(periods)
        for month in (period.within("month")[-1:] if ends else period.within("month"))
    ]
    return {
        "period": [text for text, _ in pairs],
        "y": [month.start.year for _, month in pairs],
        "m": [month.start.month for _, month in pairs],
    }


def count_query(
    model: str, column: str, axes: Sequence[Axis], measures: Sequence[Measure], periods: Iterable[Period]
) -> str:
    """The query: a row for each period and code combination that has any rows.

    Rows are summed by month and finest code first, then up the hierarchies; what has no sums (medians, percentiles, how
    many are different) starts from the rows themselves. All measures are of one `way`. The tables `PERIODS` and those
    of the axes are there.

    Columns: ``period``, one for each axis (the code), one ``<axis>_level`` (its level), then for each measure ``v<i>``
    (its value; for a progression ``v<i>_<quarters>``), ``n<i>`` (rows behind it) and for a sum ``r<i>`` (rows that were
    to be added up, those without a number among them).
    """
    periods = tuple(periods)
    placed = [axis for axis in axes if not axis.elapsed]
    quarters = next((axis.hierarchy.dimension.steps for axis in axes if axis.elapsed), ())
    date = f"m.{quote_name(column)}"
    base = [f"EXTRACT(YEAR FROM {date}) AS y", f"EXTRACT(MONTH FROM {date}) AS m"]
    base += [f"m.{quote_name(axis.hierarchy.dimension.column)} AS k{place}" for place, axis in enumerate(placed)]
    keys = len(base)
    carried: list[str] = []
    final: list[str] = []
    for place, measure in enumerate(measures):
        for name, first, last in _aggregates(place, measure, date, quarters):
            base.append(f"{first} AS {name}")
            carried.append(name)
            final.append(f"{last} AS {name}")
    grouped = "" if way(measures[0]) == ROWS else f"\n  GROUP BY {', '.join(map(str, range(1, keys + 1)))}"
    codes, joins = _places(placed)
    start = min(each.start for each in periods)
    end = max(each.end for each in periods)
    sets, keys_shown = _groups(placed)
    return (
        f"WITH base AS (\n  SELECT {', '.join(base)}\n  FROM {quote_name(model)} AS m\n"
        f"  WHERE {date} BETWEEN DATE '{start}' AND DATE '{end}'{grouped}\n),\n"
        f"placed AS (\n  SELECT {', '.join(['p.period', *codes, *carried])}\n"
        f"  FROM base\n  INNER JOIN {PERIODS} AS p ON p.y = base.y AND p.m = base.m {' '.join(joins)}\n)\n"
        f"SELECT {', '.join([*keys_shown, *final])}\nFROM placed\nGROUP BY GROUPING SETS ({sets})"
    )


def _places(placed: Sequence[Axis]) -> tuple[list[str], list[str]]:
    """Columns with the code of each level shown, and the joins that find them."""
    columns, joins = [], []
    for place, axis in enumerate(placed):
        path = axis.hierarchy.unknown_path
        names = [step.name for step in axis.hierarchy.steps]
        for index in (names.index(level) for level in axis.levels):
            code = f"h{place}.l{index}"
            if path:
                code = f"COALESCE({code}, {quote_text(path[index])})"
            columns.append(f"{code} AS d{place}_{index}")
        joins.append(f"LEFT JOIN {_table(place)} AS h{place} ON h{place}.code = base.k{place}")
    return columns, joins


def _groups(placed: Sequence[Axis]) -> tuple[str, list[str]]:
    """The grouping sets, and expressions that say which of them a row is of."""
    options: list[list[str]] = [["period"]]
    columns = ["period"]
    for place, axis in enumerate(placed):
        names = [step.name for step in axis.hierarchy.steps]
        own = [(f"d{place}_{names.index(level)}", level) for level in axis.levels]
        options.append([column for column, _ in own])
        columns.append(
            ("COALESCE(" + ", ".join(column for column, _ in own) + ")" if len(own) > 1 else own[0][0])
            + f" AS {quote_name(axis.name)}"
        )
        cases = " ".join(f"WHEN GROUPING({column}) = 0 THEN {quote_text(level)}" for column, level in own)
        columns.append(f"CASE {cases} END AS {quote_name(axis.name + '_level')}")
    sets = ", ".join("(" + ", ".join(each) + ")" for each in product(*options))
    return sets, columns


def _aggregates(place: int, measure: Measure, date: str, quarters: Sequence[int]) -> list[tuple[str, str, str]]:
    """For each column a measure needs: its name, what is made of rows, and what is made of that."""
    where = f"({_expression(measure.where)})" if measure.where else "TRUE"
    counted = _expression(measure.value) if measure.value else ""
    keep = f"FILTER (WHERE {where})"
    value, cases = f"v{place}", f"n{place}"

    def whole(name: str, condition: str) -> tuple[str, str, str]:
        return name, f"COUNT(*) FILTER (WHERE {condition})", f"CAST(SUM({name}) AS BIGINT)"

    if measure.kind == "count" or (measure.kind == "stock" and not counted):
        return [whole(value, where), whole(cases, where)]
    if measure.kind == "progression":
        event = quote_name(measure.value or "")
        reached = [
            whole(f"{value}_{n}", f"{where} AND m.{event} <= {date} + INTERVAL '{3 * n}' MONTH") for n in quarters
        ]
        return [*reached, whole(cases, where)]
    if measure.kind == "distinct":
        row = f"CASE WHEN {where} THEN {counted} END"
        return [(value, row, f"COUNT(DISTINCT {value})"), (cases, row, f"COUNT(DISTINCT {cases})")]
    if way(measure) == ROWS:
        row = f"CASE WHEN {where} THEN CAST({counted} AS DOUBLE) END"
        middle = f"MEDIAN({value})" if measure.kind == "median" else f"QUANTILE_CONT({value}, {measure.at})"
        return [(value, row, middle), (cases, row, f"COUNT({cases})")]
    if measure.kind == "maximum":
        most = (value, f"MAX(CAST({counted} AS DOUBLE)) {keep}", f"MAX({value})")
        return [most, (cases, f"COUNT({counted}) {keep}", f"CAST(SUM({cases}) AS BIGINT)")]
    total = (value, f"SUM(CAST({counted} AS {EXACT})) {keep}", f"CAST(SUM({value}) AS DOUBLE)")
    number = (cases, f"COUNT({counted}) {keep}", f"CAST(SUM({cases}) AS BIGINT)")
    return [total, number, whole(f"r{place}", where)] if summed(measure) else [total, number]


def _expression(text: str) -> str:
    """A condition or value of the register, within the subset and written anew: no comment of it survives."""
    parsed = condition(text, "publication.yaml")
    if isinstance(parsed, Problem):
        raise Problems([parsed])
    return parsed.sql


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
    """Run `count_query`: columns period, codes and levels, ``measure`` (name), ``value``, ``n``, ``known``.

    Only what is there; what is not ``known`` is a sum over rows none of which has a number.

    Raises:
        UserError: ``PR-T004`` when rows have a code that no list holds and the dimension declares no ``unknown``.
    """
    placed = [axis for axis in axes if not axis.elapsed]
    for place, axis in enumerate(placed):
        paths = _paths(axis.hierarchy)
        create_from_lists(con, _table(place), paths, dict.fromkeys(paths, "VARCHAR"))
        if axis.hierarchy.dimension.unknown is None:
            _all_known(con, model, column, axis, place)
    periods = tuple(periods)
    months = months_of(periods, ends=way(measures[0]) == ENDS)
    create_from_lists(con, PERIODS, months, {"period": "VARCHAR", "y": "BIGINT", "m": "BIGINT"})
    wide = pl.DataFrame(Stream(con.sql(count_query(model, column, axes, measures, periods))))
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
                        pl.lit(True).alias("known"),
                    )
                )
        else:
            parts.append(
                wide.select(
                    *keys,
                    pl.lit(measure.name).alias("measure"),
                    _value(measure, place).alias("value"),
                    pl.col(f"n{place}").cast(pl.Int64).alias("n"),
                    (_known(place) if summed(measure) else pl.lit(True)).alias("known"),
                )
            )
    return pl.concat(parts)


def _value(measure: Measure, place: int) -> pl.Expr:
    value = pl.col(f"v{place}").cast(pl.Float64)
    return value / pl.col(f"n{place}") if measure.kind == "mean" else value


def _known(place: int) -> pl.Expr:
    return (pl.col(f"n{place}").fill_null(0) > 0) | (pl.col(f"r{place}").fill_null(0) == 0)


def _paths(hierarchy: Hierarchy) -> dict[str, list[str]]:
    codes = list(hierarchy.paths)
    levels = range(len(hierarchy.steps))
    return {"code": codes, **{f"l{place}": [hierarchy.paths[code][place] for code in codes] for place in levels}}


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
