"""Protected cells as series over periods: what charts and their tables are made from."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from piperoll.periods import Period
from piperoll.register.model.publication import Chart, Publication, Table
from piperoll.register.model.register import Register
from piperoll.register.refer import top_of
from piperoll.release.layout import Names, dimensions_of


@dataclass(frozen=True)
class Point:
    """One published figure: the number (None where a mark stands in its place) and its marks."""

    value: float | None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A named series.

    Attributes:
        name: What people read.
        points: By period as written.
        measure: Measure it shows.
        codes: Code of each dimension that it is told apart by.
    """

    name: str
    points: dict[str, Point]
    measure: str
    codes: dict[str, str] = field(default_factory=dict)


def table_of(publication: Publication, name: str) -> Table:
    """A table of the publication by name."""
    return next(table for table in publication.tables if table.name == name)


def lines_of(register: Register, publication: Publication, chart: Chart, cells: pl.DataFrame) -> list[Line]:
    """The lines of a chart: one for each code of its dimension's level, or one for each measure.

    Args:
        cells: Protected cells of the chart's table. Dimensions that the chart neither draws nor fixes stand at their
            total.
    """
    table = table_of(publication, chart.table)
    wanted = [text for text in cells["period"].unique() if Period.parse(text).kind == table.period]
    frame = cells.filter(~pl.col("support") & pl.col("period").is_in(wanted))
    fixed: dict[str, str] = {}
    for dimension in dimensions_of(publication, table):
        if dimension.name == chart.dimension:
            frame = frame.filter(pl.col(f"{dimension.name}_level") == chart.level)
            continue
        # What is neither drawn nor fixed stands at its total, which the register has seen to (PR-R135).
        code = (chart.where or {}).get(dimension.name) or top_of(dimension, table, register.codes.get)
        if code is not None:
            fixed[dimension.name] = code
            frame = frame.filter(pl.col(dimension.name) == code)
    measures = {measure.name: measure for measure in publication.measures}
    out: list[Line] = []
    for name in chart.measures:
        of_measure = frame.filter(pl.col("measure") == name)
        if chart.dimension is None:
            out.append(Line(measures[name].label, _points(of_measure), name, dict(fixed)))
            continue
        dimension = next(d for d in publication.dimensions if d.name == chart.dimension)
        names = Names(register, (dimension,))
        for code in of_measure[chart.dimension].unique(maintain_order=True).sort():
            label = names.label(dimension.name, chart.level or "", code)
            codes = {**fixed, dimension.name: code}
            out.append(Line(label, _points(of_measure.filter(pl.col(chart.dimension) == code)), name, codes))
    return out


def periods_of(lines: list[Line], last: int | None = None) -> list[Period]:
    """Every period of the lines in order; only the last so many if told so."""
    found = sorted({Period.parse(text) for line in lines for text in line.points})
    return found[-last:] if last else found


def _points(frame: pl.DataFrame) -> dict[str, Point]:
    return {
        period: Point(shown, tuple(marks))
        for period, shown, marks in frame.select("period", "shown", "marks").iter_rows()
    }
