"""The bulletin: one HTML page whose every sentence about figures is made from the figures as published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from piperoll.periods import Period
from piperoll.present.charts import Chart as Drawing
from piperoll.present.charts import Series, bar_chart, line_chart
from piperoll.present.htmltable import html_table
from piperoll.present.pages import Section, figure, render_page
from piperoll.present.parts import heading, warning
from piperoll.present.words import change_words, number
from piperoll.present.workbook import Cell, Column, Workbook
from piperoll.present.workbook import Table as SheetTable
from piperoll.protect.primary import COUNTS
from piperoll.register.model.publication import Chart, Measure, Publication
from piperoll.register.model.register import Register
from piperoll.release.differing import differences_told
from piperoll.release.quality import HIDDEN, Notes
from piperoll.release.revisions import Revisions
from piperoll.release.series import Line, Point, lines_of, main_figure, periods_of


@dataclass(frozen=True)
class Facts:
    """What the bulletin says beside its figures.

    Attributes:
        period: Period of the edition.
        published: Day of publication in words; empty if not set.
        next_update: In words.
        status: Accredited official statistics, or what else it is, in words.
        missing: Suppliers missing, in words.
        notes: Quality notes on disclosure control.
        rules: The policy in words; empty without one.
        warned: What nobody must miss; empty for nothing.
        licence, contact: As the register gives them.
        workbook: Stem of the workbook's file name.
    """

    period: Period
    published: str
    next_update: str
    status: str
    missing: tuple[str, ...]
    notes: Notes
    rules: str
    warned: str
    licence: str
    contact: str
    workbook: str


@dataclass(frozen=True)
class Figure:
    """A chart, its file, and its numbers as a table of the page."""

    name: str
    drawing: Drawing
    table: SheetTable


def figures_of(register: Register, publication: Publication, cells: Mapping[str, pl.DataFrame]) -> dict[str, Figure]:
    """Every chart of the publication that has a figure to draw, from protected cells, by name."""
    found = {chart.name: _figure(register, publication, chart, cells[chart.table]) for chart in publication.charts}
    return {name: figure for name, figure in found.items() if figure is not None}


def main_points(publication: Publication, period: Period, cells: Mapping[str, pl.DataFrame]) -> tuple[str, ...]:
    """A sentence for each main point, with figures and direction as published."""
    measures = {measure.name: measure for measure in publication.measures}
    out = []
    for point in publication.main_points:
        subject = point.subject[:1].upper() + point.subject[1:]
        found = main_figure(publication, point, period, cells)
        if found is None:
            continue
        now, when, then, before = found
        places = measures[point.measure].decimals
        if now.value is None:
            out.append(f"{subject}: no figure for {when.words} can be given {_brackets(now)}.")
        elif then.value is None:
            out.append(f"{subject}: {number(now.value, places)} in {when.words}.")
        else:
            words = change_words(
                subject, then.value, now.value, from_when=before.words, to_when=when.words, places=places
            )
            out.append(f"{words}.")
    return tuple(out)


def bulletin(
    register: Register,
    publication: Publication,
    book: Workbook,
    figures: Mapping[str, Figure],
    points: tuple[str, ...],
    revisions: Revisions,
    facts: Facts,
) -> str:
    """The page ``index.html`` of an edition.

    Args:
        register, publication: What is declared.
        book: The edition's workbook; its tables are offered for download.
        figures: Charts by name; their files are ``charts/<name>.svg``.
        points: Main points.
        revisions: Against the edition before.
        facts: What is said beside the figures.
    """
    sections = [Section("main-points", "Main points", _list(points) if points else _p("No figures can be given."))]
    sections += [
        Section(f"section-{section.key}", section.title, _section(publication, section.key, figures, book))
        for section in publication.sections
    ]
    sections += [
        Section("data", "Data", _data(book, facts)),
        Section("revisions", "Revisions", _revisions(publication, revisions)),
        Section("disclosure", "What may be shown", _shown(book, facts)),
        Section("methods", "Methods and sources", _methods(register, publication)),
        Section("symbols", "Symbols", _symbols(book)),
        Section("about", "About this release", _about(publication, facts)),
    ]
    return render_page(
        f"{publication.title}: {facts.period.words}",
        lead=publication.summary,
        banner=warning(facts.warned) if facts.warned else "",
        body=_head(publication, facts),
        sections=sections,
        site=publication.producer or register.owner,
        description=publication.summary[:155],
        author=publication.producer or register.owner,
        footer=facts.licence,
        contents=True,
    )


def _figure(register: Register, publication: Publication, chart: Chart, cells: pl.DataFrame) -> Figure | None:
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
        title=_finding(chart, lines, periods, measure),
        subtitle=f"{chart.title}{place}, {labels[0]} to {labels[-1]}",
        y_label=measure.unit.capitalize(),
        places=measure.decimals,
    )
    return Figure(chart.name, drawing, _numbers(chart, lines, periods, measures))


def _finding(chart: Chart, lines: list[Line], periods: list[Period], measure: Measure) -> str:
    """What the chart shows, from its last point and the one a year before it."""
    last = periods[-1]
    before = last.year_before
    found = []
    for line in lines:
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


def _section(publication: Publication, key: str, figures: Mapping[str, Figure], book: Workbook) -> Markup:
    section = next(each for each in publication.sections if each.key == key)
    html = _p(section.about)
    for name in section.charts:
        if name not in figures:
            html += _p("A chart is left out here: none of its figures is available.")
            continue
        each = figures[name]
        table = html_table(book, each.table, caption=each.table.title, element_id=f"numbers-{name.replace('_', '-')}")
        numbers = Markup(
            '<details class="govuk-details"><summary class="govuk-details__summary">'
            '<span class="govuk-details__summary-text">{}</span></summary>'
            '<div class="govuk-details__text">{}</div></details>\n'
        ).format(f"{each.table.title}: the numbers", table)
        html += figure(each.drawing, f"charts/{name}.svg", after=numbers)
    titles = {table.stem: table for table in book.tables}
    links = [
        Markup('<a class="govuk-link" href="tables/{0}.csv">{1} (CSV)</a>').format(name, _name(titles[name]))
        for name in section.tables
    ]
    return html + (_list(links) if links else Markup(""))


def _name(table: SheetTable) -> str:
    """A table's number and title; what its notes say stands in the table."""
    return f"{table.name.replace('_', ' ')}: {table.title}"


def _head(publication: Publication, facts: Facts) -> Markup:
    rows = [
        ("Applies to", publication.coverage),
        ("Status", facts.status),
        ("Published", facts.published),
        ("Next update", facts.next_update),
        ("Contact", facts.contact),
    ]
    listed = _summary([(k, v) for k, v in rows if v])
    if facts.missing:
        listed += _p("Some suppliers are missing from these figures: " + "; ".join(facts.missing) + ".")
    return listed


def _data(book: Workbook, facts: Facts) -> Markup:
    files = [
        Markup('<a class="govuk-link" href="{0}.{1}">{2} ({3})</a>').format(facts.workbook, ending, book.title, kind)
        for ending, kind in (("ods", "OpenDocument spreadsheet"), ("xlsx", "Excel workbook"))
    ]
    tables = [
        Markup(
            '<a class="govuk-link" href="tables/{0}.csv">{1}</a> (CSV, {2} rows; '
            '<a class="govuk-link" href="tables/{0}.csv-metadata.json">description of {0}</a>)'
        ).format(table.stem, _name(table), f"{len(table.rows):,}")
        for table in book.tables
    ]
    return _p("All tables as a workbook:") + _list(files) + _p("Each table for machines:") + _list(tables)


def _revisions(publication: Publication, revisions: Revisions) -> Markup:
    if not revisions.against:
        return _p("No earlier edition was published from this system, so there is nothing to compare with.")
    revised = [each for each in revisions.summary if each.revised]
    compared = sum(each.compared for each in revisions.summary)
    text = _p(
        f"Compared with {revisions.against_words}: {number(len(revisions.revisions))} of {number(compared)} "
        "figures that both editions show differ. They are marked [r] in the tables."
    )
    if not revised:
        return text
    labels = {measure.name: measure for measure in publication.measures}
    items = []
    for each in revised:
        size = f", {each.mean_absolute:,.1f} on average and {each.largest:,.1f} at most" if each.largest else ""
        share = f" ({each.mean_relative:.1f}% of the earlier figure)" if each.mean_relative is not None else ""
        items.append(f"{labels[each.measure].label}: {each.revised:,} of {each.compared:,} figures{size}{share}")
    return text + _list(items)


def _shown(book: Workbook, facts: Facts) -> Markup:
    """The policy, then the quality notes; the table stands where they speak of it."""
    html = _p(facts.rules)
    for head, texts in facts.notes.groups:
        html += heading(head, 3) + Markup("").join(_p(text) for text in texts)
        if head == HIDDEN and facts.notes.table is not None:
            html += html_table(book, facts.notes.table, caption=facts.notes.table.title, element_id="not-shown")
    return html


def _methods(register: Register, publication: Publication) -> Markup:
    sources = [f"{register.sources[key].title} ({key})" for key in publication.sources if key in register.sources]
    html = _p("Made from: " + ", ".join(sources) + ".") if sources else Markup("")
    html += Markup("").join(_p(text) for text in publication.methods)
    rules = [
        Markup("<strong>{} ({}).</strong> {}").format(rule.title, rule.id, rule.description)
        for rule in publication.counting_rules
    ]
    html += _p("Counting rules:") + _list(rules) if rules else Markup("")
    differing = differences_told(register, publication)
    return html + (_p("Other publications:") + _list(differing) if differing else Markup(""))


def _symbols(book: Workbook) -> Markup:
    used = book.used_symbols()
    if not used:
        return _p("No symbols are used in this edition.")
    return _summary([(f"[{s.marker}]", s.meaning) for s in used])


def _about(publication: Publication, facts: Facts) -> Markup:
    producer = publication.producer
    cite = f"{producer}, {publication.title}, {facts.period.words}" + (
        f", published {facts.published}" if facts.published else ""
    )
    cite += f". {facts.warned.rstrip('.')}" if facts.warned else ""
    return _p(
        "The file manifest.json lists every file of this release with its SHA-256, the deliveries the figures were "
        "made from and the definitions they follow; anyone can check them."
    ) + _p(f"How to cite: {cite}.")


def _brackets(point: Point) -> str:
    return "".join(f"[{mark}]" for mark in point.marks)


def _p(text: str) -> Markup:
    return Markup('<p class="govuk-body">{}</p>\n').format(text) if text else Markup("")


def _list(items: tuple[str, ...] | list[str] | list[Markup]) -> Markup:
    inner = Markup("").join(Markup("<li>{}</li>\n").format(item) for item in items)
    return Markup('<ul class="govuk-list govuk-list--bullet">\n{}</ul>\n').format(inner)


def _summary(rows: list[tuple[str, str]]) -> Markup:
    inner = Markup("").join(
        Markup(
            '<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">{}</dt>'
            '<dd class="govuk-summary-list__value">{}</dd></div>\n'
        ).format(key, value)
        for key, value in rows
    )
    return Markup('<dl class="govuk-summary-list">\n{}</dl>\n').format(inner)
