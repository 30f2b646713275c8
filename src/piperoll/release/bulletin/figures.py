"""Charts of a bulletin, from protected cells, each with its numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from piperoll.periods import Period
from piperoll.present.charts import Chart as Drawing
from piperoll.present.charts import Series, bar_chart, line_chart
from piperoll.present.words import change_words
from piperoll.present.workbook import Cell, Column
from piperoll.present.workbook import Table as SheetTable
from piperoll.protect.primary import COUNTS
from piperoll.register.model.publication import Chart, Measure, Publication
from piperoll.register.model.register import Register
from piperoll.release.series import Line, Point, lines_of, periods_of
from piperoll.release.status import SeriesBreak, breaks_of, crossed


@dataclass(frozen=True)
class Figure:
    """A chart, its file, and its numbers as a table of the page."""

    name: str
    drawing: Drawing
    table: SheetTable


def figures_of(register: Register, publication: Publication, cells: Mapping[str, pl.DataFrame]) -> dict[str, Figure]:
    """Every chart of the publication that has a figure to draw, from protected cells, by name."""
    breaks = breaks_of(register, publication)
    found = {
        chart.name: _figure(register, publication, chart, cells[chart.table], breaks) for chart in publication.charts
    }
    return {name: figure for name, figure in found.items() if figure is not None}


def _figure(
    register: Register,
    publication: Publication,
    chart: Chart,
    cells: pl.DataFrame,
    breaks: Sequence[SeriesBreak] = (),
) -> Figure | None:
    lines = lines_of(register, publication, chart, cells)
    periods = periods_of(lines, chart.last)
    measures = {measure.name: measure for measure in publication.measures}
    measure = measures[chart.measures[0]]
    series = [Series(line.name, tuple(line.points.get(str(p), Point(None)).value for p in periods)) for line in lines]
    if all(value is None for line in series for value in line.values):
        return None
    labels = [period.words for period in periods]
    draw = bar_chart if chart.form == "bar" else line_chart
    place = f", {publication.coverage}" if publication.coverage else ""
    drawing = draw(
        labels,
        series,
        title=_finding(chart, lines, periods, measure, breaks),
        subtitle=f"{chart.title}{place}, {labels[0]} to {labels[-1]}",
        y_label=measure.unit.capitalize(),
        places=measure.decimals,
        breaks=_broken(chart, lines, periods, breaks),
    )
    return Figure(chart.name, drawing, _numbers(chart, lines, periods, measures))


def _broken(chart: Chart, lines: list[Line], periods: list[Period], breaks: Sequence[SeriesBreak]) -> tuple[int, ...]:
    """Places of the periods with which any of the lines breaks, but the first, which nothing drawn comes before."""
    return tuple(
        place
        for place, period in enumerate(periods)
        if place
        and any(
            each.begins(period) and each.concerns(chart.table, line.measure, _codes(chart, line))
            for each in breaks
            for line in lines
        )
    )


def _codes(chart: Chart, line: Line) -> dict[str, str]:
    """The codes that a line is of."""
    return {**(chart.where or {}), **({chart.dimension: line.code} if chart.dimension else {})}


def _finding(
    chart: Chart, lines: list[Line], periods: list[Period], measure: Measure, breaks: Sequence[SeriesBreak] = ()
) -> str:
    """What the chart shows, from its last point and the one a year before it, unless its series breaks between them."""
    last = periods[-1]
    before = last.year_before
    found = []
    for line in lines:
        if crossed(breaks, before, last, line.measure, _codes(chart, line), chart.table):
            return chart.title
        now, then = line.points.get(str(last)), line.points.get(str(before))
        if now and then and now.value is not None and then.value is not None:
            found.append(
                change_words(
                    line.name if chart.dimension is None else f"{line.name}: {measure.label.lower()}",
                    then.value,
                    now.value,
                    from_when=before.words,
                    to_when=last.words,
                    places=measure.decimals,
                    plural=measure.kind in COUNTS,
                )
            )
    return found[0] if found else chart.title


def _numbers(chart: Chart, lines: list[Line], periods: list[Period], measures: Mapping[str, Measure]) -> SheetTable:
    columns = [Column("period", "Period")]
    for index, line in enumerate(lines):
        measure = measures[line.measure]
        kind = "integer" if measure.kind in COUNTS else "decimal"
        columns.append(
            Column(f"line_{index}", line.name, kind, unit=measure.unit, places=measure.decimals)  # type: ignore[arg-type]
        )
    rows = []
    for period in reversed(periods):
        row: list[Cell | str] = [period.words]
        for line, column in zip(lines, columns[1:], strict=True):
            point = line.points.get(str(period), Point(None, ("x",)))
            value = round(point.value) if point.value is not None and column.kind == "integer" else point.value
            row.append(Cell(value, point.marks if value is not None or point.marks else ("x",)))
        rows.append(tuple(row))
    return SheetTable(
        name=f"Chart_{chart.name}", title=chart.title, columns=tuple(columns), rows=tuple(rows), slug=chart.name
    )
