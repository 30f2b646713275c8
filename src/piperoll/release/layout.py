"""Protected cells -> a table of the published workbook.

A row for each period and combination of codes; a column for each measure. Codes stand in columns of their own beside
the names, so that machines need not read names and people need not read codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import polars as pl

from piperoll.periods import Period
from piperoll.present.workbook import Cell, Column, Value
from piperoll.present.workbook import Table as SheetTable
from piperoll.register.model.publication import Dimension, Measure, Publication, Table
from piperoll.register.model.register import Register
from piperoll.tabulate import Hierarchy, excluding


_KIND = {"count": "integer", "sum": "integer", "change": "percent", "share": "percent", "progression": "percent"}


@dataclass(frozen=True)
class Shape:
    """Where things are in a table's CSV: what `verify` needs to read it back.

    Attributes:
        table: Name of the table and stem of its CSV.
        measures: Column of each measure -> its kind.
        levels: Column holding the level of a dimension that has a national level -> values that are national.
    """

    table: str
    measures: dict[str, str]
    levels: dict[str, list[str]]


def dimensions_of(publication: Publication, table: Table) -> tuple[Dimension, ...]:
    """The dimensions of a table, in the order in which it names them."""
    by_name = {dimension.name: dimension for dimension in publication.dimensions}
    return tuple(by_name[name] for name in table.rows)


def sheet_table(register: Register, publication: Publication, table: Table, cells: pl.DataFrame) -> SheetTable:
    """A table as the workbook, the CSV and the bulletin show it.

    Args:
        register: For the labels of codes.
        publication: For measures and dimensions.
        table: Definition of the table.
        cells: Its protected cells; rows with ``support`` are left out. Suppliers missing from them stand in the title.
    """
    gone = excluding(register, cells)
    dimensions = dimensions_of(publication, table)
    measures = _measures(publication, table)
    levels = {d.name: list(table.rows[d.name]) for d in dimensions}
    names = Names(register, dimensions)
    shown = _cells_by_row(cells, dimensions)

    def place(row: _Row) -> tuple[object, ...]:
        when = Period.parse(row.period)
        codes = [names.place(d.name, level, code) for d, (code, level) in zip(dimensions, row.codes, strict=True)]
        return (when.kind == table.years and table.period != table.years, when.start, *codes)

    rows: list[tuple[Cell | Value, ...]] = []
    for key in sorted(shown, key=place):
        row: list[Cell | Value] = [key.period, Period.parse(key.period).words]
        for dimension, (code, level) in zip(dimensions, key.codes, strict=True):
            row += [code, names.label(dimension.name, level, code)]
            if len(levels[dimension.name]) > 1:
                row.append(names.level(dimension, level))
        row += [shown[key].get(measure.name, Cell(None, ("z",))) for measure in measures]
        rows.append(tuple(row))
    return SheetTable(
        name=f"Table_{table.number}",
        title=f"{table.title}, {gone}" if gone else table.title,
        columns=_columns(dimensions, measures, levels),
        rows=tuple(rows),
        notes=table.notes,
        slug=table.name,
        description=table.description,
        key=("period", *(f"{d.name}_code" for d in dimensions), *_level_columns(dimensions, levels)),
    )


def shape_of(publication: Publication, table: Table) -> Shape:
    """Where measures and levels stand in the table's CSV."""
    dimensions = dimensions_of(publication, table)
    levels = {}
    for dimension in dimensions:
        national = [level.label or level.name for level in dimension.levels if level.national]
        if national and not table.national_only:
            column = f"{dimension.name}_level" if len(table.rows[dimension.name]) > 1 else ""
            only = table.rows[dimension.name]
            if column:
                levels[column] = national
            elif [level.name for level in dimension.levels if level.national] != list(only):
                levels[f"{dimension.name}_code"] = []
    return Shape(table.name, {m.name: m.kind for m in _measures(publication, table)}, levels)


class Names:
    """Labels and places of codes and levels of a table's dimensions."""

    def __init__(self, register: Register, dimensions: tuple[Dimension, ...]) -> None:
        self._levels = {(d.name, level.name): level.label or level.name for d in dimensions for level in d.levels}
        self._steps = {
            (d.name, step.name): (depth, step)
            for d in dimensions
            for depth, step in enumerate(reversed(Hierarchy(register, d).steps))
        }

    def label(self, dimension: str, level: str, code: str) -> str:
        """What people read for a code."""
        return self._steps[dimension, level][1].labels.get(code, code)

    def level(self, dimension: Dimension, level: str) -> str:
        """What people read for a level."""
        return self._levels.get((dimension.name, level), dimension.total_label if level == "total" else level)

    def place(self, dimension: str, level: str, code: str) -> tuple[int, int]:
        """Where a code stands: coarsest level first, then the order of its list."""
        depth, step = self._steps[dimension, level]
        return depth, self._index(dimension, level).get(code, len(step.codes))

    @cache  # noqa: B019 - a handful of instances for each edition
    def _index(self, dimension: str, level: str) -> dict[str, int]:
        return {code: place for place, code in enumerate(self._steps[dimension, level][1].codes)}


def _measures(publication: Publication, table: Table) -> tuple[Measure, ...]:
    by_name = {measure.name: measure for measure in publication.measures}
    return tuple(by_name[name] for name in table.measures)


def _columns(
    dimensions: tuple[Dimension, ...], measures: tuple[Measure, ...], levels: dict[str, list[str]]
) -> tuple[Column, ...]:
    columns = [Column("period", "Period code", machine=True), Column("period_name", "Period")]
    for dimension in dimensions:
        columns += [
            Column(f"{dimension.name}_code", f"{dimension.label} code"),
            Column(dimension.name, dimension.label),
        ]
        if len(levels[dimension.name]) > 1:
            columns.append(Column(f"{dimension.name}_level", f"{dimension.label} level"))
    for measure in measures:
        columns.append(
            Column(
                measure.name,
                measure.label,
                kind=_KIND.get(measure.kind, "decimal"),  # type: ignore[arg-type]
                unit=measure.unit,
                places=measure.decimals,
                description=measure.description,
            )
        )
    return tuple(columns)


def _level_columns(dimensions: tuple[Dimension, ...], levels: dict[str, list[str]]) -> tuple[str, ...]:
    return tuple(f"{d.name}_level" for d in dimensions if len(levels[d.name]) > 1)


class _Row(NamedTuple):
    """What identifies a row: its period, and code and level of each dimension."""

    period: str
    codes: tuple[tuple[str, str], ...]


def _cells_by_row(cells: pl.DataFrame, dimensions: tuple[Dimension, ...]) -> dict[_Row, dict[str, Cell]]:
    out: dict[_Row, dict[str, Cell]] = {}
    codes = [name for d in dimensions for name in (d.name, f"{d.name}_level")]
    # A code that is its parent's only child is the same cell as the parent, and stands once, as the parent.
    once = cells.filter(~pl.col("support")).unique("identity", keep="first", maintain_order=True)
    wanted = once.select("period", *codes, "measure", "kind", "shown", "marks")
    for record in wanted.iter_rows():
        period, *pairs, measure, kind, shown, marks = record
        key = _Row(period, tuple((pairs[i], pairs[i + 1]) for i in range(0, len(pairs), 2)))
        value: Value = shown
        if shown is not None and _KIND.get(kind) == "integer":
            value = round(shown)
        out.setdefault(key, {})[measure] = Cell(value, tuple(marks) if shown is not None or marks else ("x",))
    return out
