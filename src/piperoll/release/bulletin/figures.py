"""Charts of a bulletin, from protected cells, each with its finding as a sentence and its numbers as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from piperoll.periods import Period
from piperoll.present.charts import MOST_SERIES, Series, bar_chart, line_chart
from piperoll.present.charts import Chart as Drawing
from piperoll.present.panels import MOST as MOST_PANELS
from piperoll.present.panels import panels
from piperoll.present.tiles import Tile, tile_map
from piperoll.present.workbook import Cell, Column
from piperoll.present.workbook import Table as SheetTable
from piperoll.protect.primary import COUNTS
from piperoll.register.model.publication import Chart, Dimension, Measure, Publication
from piperoll.register.model.register import Register
from piperoll.register.narrative import AGAINST, Call, Part
from piperoll.release.bulletin.points import literal
from piperoll.release.sentences import Sentence, Teller
from piperoll.release.sentences.say import say
from piperoll.release.series import Line, Point, lines_of, periods_of, table_of
from piperoll.release.status import SeriesBreak, breaks_of


@dataclass(frozen=True)
class Figure:
    """A chart, its file, and its numbers as a table of the page.

    Attributes:
        finding: Its title as a sentence; None where it has no finding and is called by its subject.
    """

    name: str
    drawing: Drawing
    table: SheetTable
    finding: Sentence | None = None


def figures_of(
    register: Register, publication: Publication, cells: Mapping[str, pl.DataFrame], teller: Teller
) -> dict[str, Figure]:
    """Every chart of the publication that has a figure to draw, from protected cells, by name."""
    found = {
        chart.name: _figure(register, publication, chart, cells[chart.table], teller) for chart in publication.charts
    }
    return {name: figure for name, figure in found.items() if figure is not None}


def _figure(
    register: Register, publication: Publication, chart: Chart, cells: pl.DataFrame, teller: Teller
) -> Figure | None:
    lines = lines_of(register, publication, chart, cells)
    dimension = next((each for each in publication.dimensions if each.name == chart.dimension), None)
    if dimension is not None and chart.form in ("panels", "map"):
        lines = _ordered(register, chart, dimension, lines)
    elif _at_once(chart) and dimension is not None:
        lines = _ordered(register, chart, dimension, lines, every=True)
    elif dimension is not None and len(chart.measures) == 1 and MOST_SERIES < len(lines) <= MOST_PANELS:
        chart = replace(chart, form="panels")  # More lines than can be told apart in one picture.
        lines = _ordered(register, chart, dimension, lines, every=True)
    periods = periods_of(lines, chart.last)
    if chart.form == "map":
        periods = periods[-1:]
    measures = {measure.name: measure for measure in publication.measures}
    measure = measures[chart.measures[0]]
    series = [Series(line.name, tuple(line.points.get(str(p), Point(None)).value for p in periods)) for line in lines]
    if all(value is None for line in series for value in line.values):
        return None
    finding = _finding(publication, chart, lines, measure, teller)
    place = f", {publication.coverage}" if publication.coverage else ""
    span = " to ".join(dict.fromkeys((periods[0].words, periods[-1].words)))
    units = {measures[line.measure].unit for line in lines}
    said: dict[str, Any] = {
        "title": finding.text if finding is not None else chart.title,
        "subtitle": f"{chart.title}{place}, {span}",
        "y_label": measure.unit.capitalize() if len(units) == 1 else "",
    }
    unit = "%" if measure.unit == "per cent" else ""
    labels = [period.words for period in periods]
    if chart.form == "map" and dimension is not None:
        drawing = tile_map(_tiles(register, chart, dimension, lines, periods[-1]), places=measure.decimals, **said)
        return Figure(chart.name, drawing, _areas(chart, dimension, lines, periods[-1], measure), finding)
    if _at_once(chart):
        values = tuple(value for each in series for value in each.values[-1:])
        drawing = bar_chart(
            [line.name for line in lines], [Series(labels[-1], values)], places=measure.decimals, **said
        )
    elif chart.form == "panels":
        gaps = [[_mark(line, period) for period in periods] for line in lines]
        drawing = panels(labels, series, gaps, places=measure.decimals, **said)
    else:
        draw = bar_chart if chart.form == "bar" else line_chart
        drawing = draw(
            labels,
            series,
            places=measure.decimals,
            unit=unit if chart.form == "line" else "",
            breaks=_gaps(chart, lines, periods, breaks_of(register, publication)),
            **said,
        )
    return Figure(chart.name, drawing, _numbers(chart, lines, periods, measures), finding)


def _at_once(chart: Chart) -> bool:
    """Whether it is a bar for each code in one period, by its side the name."""
    return chart.form == "bar" and chart.last == 1 and chart.dimension is not None and len(chart.measures) == 1


def _ordered(
    register: Register, chart: Chart, dimension: Dimension, lines: Sequence[Line], *, every: bool = False
) -> list[Line]:
    """Lines in the order of the level's code list, without what is not known unless ``every`` line is wanted."""
    level = next((each for each in dimension.levels if each.name == chart.level), None)
    order = [each.code for each in register.codes[level.codes].codes] if level is not None else []
    known = [line for line in lines if line.codes[dimension.name] in order]
    rest = [line for line in lines if line not in known] if every else []
    return [*sorted(known, key=lambda line: order.index(line.codes[dimension.name])), *rest]


def _tiles(register: Register, chart: Chart, dimension: Dimension, lines: Sequence[Line], period: Period) -> list[Tile]:
    level = next(each for each in dimension.levels if each.name == chart.level)
    drawn = {line.codes[dimension.name]: line for line in lines}
    tiles = []
    for code in register.codes[level.codes].codes:
        line = drawn.get(code.code)
        point = line.points.get(str(period), Point(None, ("x",))) if line else Point(None, ("x",))
        row, column = int(code.attributes["tile_row"]), int(code.attributes["tile_column"])
        tiles.append(Tile(code.label, row, column, point.value, "".join(f"[{mark}]" for mark in point.marks)))
    return tiles


def _mark(line: Line, period: Period) -> str:
    """What stands in place of a figure that is not there."""
    point = line.points.get(str(period), Point(None, ("x",)))
    return "" if point.value is not None else "".join(f"[{mark}]" for mark in point.marks or ("x",))


def _finding(
    publication: Publication, chart: Chart, lines: Sequence[Line], measure: Measure, teller: Teller
) -> Sentence | None:
    """What the chart shows, as a sentence: of the first line that has one, or of all panels or tiles."""
    place, table = f"chart-{chart.name.replace('_', '-')}", ("table", chart.table)
    where = tuple((chart.where or {}).items())
    by = ("by", f"{chart.dimension}.{chart.level}")
    label = measure.label
    parts: list[Sequence[Part]] = []
    if chart.form == "panels":
        for against in AGAINST:
            since = Call("period", options=(table, ("at", against)))
            spread = Call("spread", measure.name, (*where, table, by, ("against", against)))
            parts.append((literal(f"{label} by {_level(publication, chart)} since "), since, ": ", spread))
    elif chart.form == "map":
        high, low = (Call(name, measure.name, (*where, table, by)) for name in ("highest", "lowest"))
        parts = [(literal(f"{label}: "), high, ", ", low)]
    else:
        rows = table_of(publication, chart.table).rows
        # Against the year before; where a chart is too short for it, against the period before.
        for against in AGAINST:
            told = []
            for line in lines:
                named = line.name if chart.dimension is None else f"{line.name}: {label[:1].lower()}{label[1:]}"
                named += "," if "," in (line.name if chart.dimension is None else label) else ""
                codes = tuple((name, code) for name, code in line.codes.items() if name in rows)
                call = Call("moved", line.measure, (*codes, table, ("against", against)))
                told.append((_size(teller, call), (literal(f"{named} "), call)))
            parts += [each for _, each in sorted(told, key=lambda each: -each[0])]
    for each in parts:
        found = teller.finding(place, each)
        if found is not None:
            return found
    return None


def _size(teller: Teller, call: Call) -> float:
    """How much a line moved, so that a title tells of the one that moved most; less than none if it hardly did."""
    meant = teller.referee.meant(call)
    if meant is None or len(meant.cells) < 2:
        return -1.0
    now, then = (each.value for each in meant.cells[:2])
    if now is None or then is None or "little changed" in say(meant.op, meant.cells, meant.given).text:
        return -1.0
    return abs(float(now - then))


def _level(publication: Publication, chart: Chart) -> str:
    """What the level of a chart is called, in the middle of a sentence."""
    dimension = next(each for each in publication.dimensions if each.name == chart.dimension)
    level = next((each for each in dimension.levels if each.name == chart.level), None)
    return ((level.label if level is not None else "") or dimension.label).lower()


def _areas(chart: Chart, dimension: Dimension, lines: Sequence[Line], period: Period, measure: Measure) -> SheetTable:
    """The numbers of a map: an area a row."""
    kind = "integer" if measure.kind in COUNTS else "decimal"
    columns = (
        Column("area", dimension.label),
        Column("value", f"{measure.label}, {period.words}", kind, unit=measure.unit, places=measure.decimals),  # type: ignore[arg-type]
    )
    rows = tuple((line.name, _cell(line, period, kind)) for line in lines)
    return SheetTable(name=f"Chart_{chart.name}", title=chart.title, columns=columns, rows=rows, slug=chart.name)


def _cell(line: Line, period: Period, kind: str) -> Cell:
    point = line.points.get(str(period), Point(None, ("x",)))
    value = round(point.value) if point.value is not None and kind == "integer" else point.value
    return Cell(value, point.marks if value is not None or point.marks else ("x",))


def _gaps(
    chart: Chart, lines: Sequence[Line], periods: Sequence[Period], breaks: Sequence[SeriesBreak]
) -> tuple[int, ...]:
    """Places of the periods with which any of the lines breaks, but the first, which nothing drawn comes before."""
    return tuple(
        place
        for place, period in enumerate(periods)
        if place
        and any(
            each.begins(period) and each.concerns(chart.table, line.measure, line.codes)
            for each in breaks
            for line in lines
        )
    )


def _numbers(chart: Chart, lines: list[Line], periods: list[Period], measures: Mapping[str, Measure]) -> SheetTable:
    columns = [Column("period", "Period")]
    for index, line in enumerate(lines):
        measure = measures[line.measure]
        kind = "integer" if measure.kind in COUNTS else "decimal"
        columns.append(
            Column(f"line_{index}", line.name, kind, unit=measure.unit, places=measure.decimals)  # type: ignore[arg-type]
        )
    rows: list[tuple[Cell | str, ...]] = []
    for period in reversed(periods):
        cells = [_cell(line, period, column.kind) for line, column in zip(lines, columns[1:], strict=True)]
        rows.append((period.words, *cells))
    return SheetTable(
        name=f"Chart_{chart.name}", title=chart.title, columns=tuple(columns), rows=tuple(rows), slug=chart.name
    )
