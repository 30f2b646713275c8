"""Operational measures for a terminal, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from piperoll.picture.operations import Expected, Operations
from piperoll.present.words import counted, joined, number
from piperoll.quality import Figure, Measured
from piperoll.register.model.monitor import ROLES, OperationalMeasure


HEADER = ("source", "measure", "label", "role", "unit", "by", "code", "name", "month", "value", "mark", "rows",
          "target", "direction", "status", "missing")  # fmt: skip
STYLES = {"met": "green", "not met": "bold red"}
WIDE = 6  # months beside each other on a terminal of ordinary width
MARKS = {
    "x": "[x] not available: a supplier is missing",
    "z": "[z] nothing to average",
    "u": "[u] unreliable: something is missing up to this month",
}


def shown(figure: Figure, measure: OperationalMeasure) -> str:
    """A figure as text, with its mark."""
    text = "" if figure.value is None else number(figure.value, measure.decimals)
    mark = f"[{figure.mark}]" if figure.mark else ""
    return f"{text} {mark}".strip()


def show(found: Operations, console: Console | None = None) -> None:
    """Print the measures: months down the side for the whole, offices or suppliers for a breakdown."""
    console = console or Console()
    by = {"office": f" by {found.monitor.office}", "supplier": " by supplier"}.get(found.by, "")
    first, last = found.months[0], found.months[-1]
    span = first.words if first == last else f"{first.words} to {last.words}"
    console.print(Text(f"{found.source.title}: operational measures{by}, {span}", style="bold"))
    for role, heading in ROLES.items():
        chosen = [each for each in found.measured if each.measure.role == role]
        if not chosen:
            continue
        console.print()
        console.print(Text(heading, style="bold underline"))
        if not found.by:
            _whole(found, chosen, console)
        for each in chosen:
            if found.by:
                _broken_down(found, each, console)
            _target(each, console)
    _below(found, console)
    for expected in found.expected:
        console.print()
        _forecast(expected, console)


def _whole(found: Operations, measures: Sequence[Measured], console: Console) -> None:
    """Months down, a measure a column, with whether its target is met."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Month", no_wrap=True)
    for each in measures:
        table.add_column(_header(each.measure), justify="right", min_width=10)
        if each.measure.target:
            table.add_column("Target", no_wrap=True)
    for month in found.months:
        row = [Text(month.words)]
        for each in measures:
            figure = next(figure for figure in each.figures if figure.month == month)
            row.append(Text(shown(figure, each.measure)))
            if each.measure.target:
                row.append(Text(figure.status, style=STYLES.get(figure.status, "")))
        table.add_row(*row)
    console.print(table)


def _broken_down(found: Operations, each: Measured, console: Console) -> None:
    """Offices or suppliers down, the last months beside each other."""
    console.print(Text(_header(each.measure)))
    months = found.months[-WIDE:]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column((found.monitor.office if found.by == "office" else "supplier").capitalize())
    for month in months:
        table.add_column(month.words, justify="right", no_wrap=True)
    for name in each.names:
        figures = {figure.month: figure for figure in each.of(name)}
        cells = [Text(shown(figures[month], each.measure), style=STYLES.get(figures[month].status, ""))
                 for month in months]  # fmt: skip
        table.add_row(Text(found.names.get(name, name)), *cells)
    console.print(table)


def _header(measure: OperationalMeasure) -> str:
    return f"{measure.label} ({measure.unit})" if measure.unit else measure.label


def _target(each: Measured, console: Console) -> None:
    target = each.measure.target
    if target is None:
        return
    word = "at least" if target.direction == "at_least" else "at most"
    when = ""
    if target.from_ or target.to:
        when = f", from {target.from_ or 'ever'} to {target.to or 'now'}"
    judged = [figure for figure in each.figures if figure.status]
    met = sum(figure.status == "met" for figure in judged)
    told = f" Met in {met} of {counted(len(judged), 'figure')}." if judged else " No figure here falls under it."
    unit = each.measure.unit
    value = f"{target.value:g}{unit if unit == '%' else f' {unit}'}"
    console.print(
        Text(f"Target of {each.measure.label[0].lower()}{each.measure.label[1:]}: {word} {value}{when}.{told}")
    )
    console.print(Text(f"  Source: {target.source}."))


def _below(found: Operations, console: Console) -> None:
    figures = [figure for each in found.measured for figure in each.figures]
    used = {figure.mark for figure in figures if figure.mark}
    for mark, words in MARKS.items():
        if mark in used:
            console.print(Text(words))
    missing = sorted({(figure.month, each) for figure in figures for each in figure.missing if figure.mark == "x"})
    by_supplier: dict[str, list[str]] = {}
    for month, supplier in missing:
        by_supplier.setdefault(supplier, []).append(str(month))
    for supplier, months in by_supplier.items():
        console.print(Text(f"Missing: {found.suppliers.get(supplier, supplier)} for {joined(months)}."))
    for note in found.monitor.notes:
        console.print(Text(f"Note: {note}"))


def _forecast(expected: Expected, console: Console) -> None:
    measure = expected.measure
    if expected.why_not:
        console.print(Text(f"No forecast of {measure.label.lower()}: {expected.why_not}"))
        return
    console.print(Text(f"Forecast: {_header(measure)}", style="bold"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Month", "Expected", "95% from", "to"):
        table.add_column(name, justify="left" if name == "Month" else "right")
    for each in expected.ahead:
        figures = (each.value, each.low, each.high)
        table.add_row(Text(each.month.words), *(Text(number(value, measure.decimals)) for value in figures))
    console.print(table)
    console.print(Text(forecast_words(expected)))


def forecast_words(expected: Expected) -> str:
    """How the forecast was made, and how it would have done on the past."""
    known = f"Made from {counted(len(expected.known), 'month')} up to {expected.known[-1].words}."
    tested = expected.tested
    if tested is None:
        return f"{known} There is too little of the past to try it on."
    places = expected.measure.decimals
    error, naive = number(tested.error, places), number(tested.naive, places)
    how = "better" if tested.better else "no better"
    ratio = f" ({tested.ratio:.2f} of it)" if tested.ratio is not None else ""
    return (
        f"{known} Tried on the last {counted(tested.origins, 'month')}, up to {counted(tested.ahead, 'month')} ahead: "
        f"mean absolute error {error}, against {naive} of the same month a year before: {how}{ratio}. "
        f"{tested.cover:.0%} of {counted(tested.figures, 'figure')} lay within the interval that should hold 95%."
    )


def csv_text(found: Operations) -> str:
    """Every figure as CSV, a row each; forecasts follow with the mark ``f`` and their interval apart."""
    stream = io.StringIO()
    out = csv.writer(stream, lineterminator="\r\n")
    out.writerow((*HEADER, "low", "high"))
    for each in found.measured:
        for figure in each.figures:
            name = found.names.get(figure.of, figure.of) if found.by else ""
            value = "" if figure.value is None else number(figure.value, each.measure.decimals).replace(",", "")
            place = (found.by, figure.of, name, figure.month)
            judged = (*_target_columns(each.measure), figure.status, " ".join(figure.missing))
            out.writerow((*_about(found, each.measure), *place, value, figure.mark, figure.rows, *judged, "", ""))
    for expected in found.expected:
        for ahead in expected.ahead:
            places = expected.measure.decimals
            value, low, high = (number(v, places).replace(",", "") for v in (ahead.value, ahead.low, ahead.high))
            out.writerow((*_about(found, expected.measure), "", "", "", ahead.month, value, "f", "",
                          *_target_columns(expected.measure), "", "", low, high))  # fmt: skip
    return stream.getvalue()


def _about(found: Operations, measure: OperationalMeasure) -> tuple[str, ...]:
    return found.source.key, measure.name, measure.label, measure.role, measure.unit


def _target_columns(measure: OperationalMeasure) -> tuple[str, str]:
    target = measure.target
    return (f"{target.value:g}", target.direction) if target else ("", "")
