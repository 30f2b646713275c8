"""The picture of a source as a page: one file, no script, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup

from piperoll.periods import Period
from piperoll.picture.burden import question_words, unused_words
from piperoll.picture.gather import Held, Picture
from piperoll.picture.sentences import (
    HEADINGS,
    KINDS,
    MADE,
    asked_words,
    lead,
    moved_words,
    notable,
    share,
    wanting,
    year_before,
)
from piperoll.present.charts import Chart, Series, line_chart
from piperoll.present.htmltable import plain_table
from piperoll.present.pages import Section, figure, one_file, render_page, slug
from piperoll.present.words import change_words, counted, number
from piperoll.quality import Emptiness
from piperoll.statement.document import Line


MOST_LINES = 4  # fields drawn of a dataset
MOST_ROWS = 24  # periods in a table; the chart shows them all


def page(picture: Picture) -> str:
    """The picture as one HTML file.

    Raises:
        UserError: ``PR-Y040`` if the stylesheet was not made at set-up.
    """
    sections = [Section(key, title, _lines(picture.lines(key))) for key, title in HEADINGS if picture.lines(key)]
    if picture.held:
        sections.append(Section("owes", "What it owes and has delivered", _owes(picture)))
        sections.append(Section("volumes", "Volumes", _each(picture, _volumes)))
        sections.append(Section("empty", "Empty fields", _each(picture, _empty)))
        sections.append(Section("queries", "Open queries", _queries(picture)))
        sections.append(Section("unused", "Fields that nothing uses", _unused(picture)))
    sections.append(Section("quality", "Quality", _quality(picture)))
    if picture.lines("access"):
        sections.append(Section("access", "Who has access", _lines(picture.lines("access"))))
    sections.append(Section("used", "Where it is used", _used(picture)))
    title = picture.source.title
    text = render_page(
        title, sections=sections, lead=lead(picture), site=picture.register.title, home="#main-content", language="en",
        footer=f"As of {picture.today.isoformat()}. For those who work on the source: it stays inside.",
    )  # fmt: skip
    return one_file(text)


def _each(picture: Picture, part: Callable[[Held], Markup]) -> Markup:
    heading = Markup('<h3 class="govuk-heading-m">{}</h3>\n{}')
    return Markup("").join(heading.format(held.dataset.title, part(held)) for held in picture.held)


def _owes(picture: Picture) -> Markup:
    rows = []
    for each in picture.held:
        group = picture.register.suppliers.get(each.dataset.suppliers)
        states = each.counts
        last = str(each.delivered[-1].period) if each.delivered else "none"
        many = counted(len(group.suppliers) if group else 0, "supplier")
        since = f"{many} since {Period.parse(each.dataset.owed_from).words}" if each.dataset.owed_from else "nobody"
        figures = [number(states[state]) for state in ("in", "owed", "late", "refused")]
        rows.append((each.dataset.title, since, *figures, last))
    head = ("Dataset", "Owed by", "In", "Not yet due", "Late", "Refused", "Last in")
    out = plain_table(head, rows, "Slots by state")
    for each in picture.held:
        words = wanting(each, picture.names)
        if words:
            out += Markup('<p class="govuk-body">{}, not in:</p>{}').format(each.dataset.title, _bullets(words))
    return out


def _volumes(held: Held) -> Markup:
    found = held.delivered
    if not found:
        return _p("Nothing has come yet.")
    out = Markup()
    whole = [each for each in found if each.deliveries and each.whole]
    if len(found) > 1 and whole:
        last = whole[-1]
        earlier = last.period.shift(-(12 // last.period.months))
        first = next((each for each in whole if each.period == earlier), whole[0])
        said = change_words("Rows kept", first.rows_kept, last.rows_kept, from_when=first.period.words,
                            to_when=last.period.words)  # fmt: skip
        chart = line_chart(
            [each.period.words for each in found],
            [Series("Rows kept", tuple(each.rows_kept if each in whole else None for each in found))],
            title=said,
            subtitle=f"{held.dataset.title}: rows kept by period, all suppliers together",
            y_label="rows",
        )
        gaps = len(found) - len(whole)
        out += _figure(chart)
        if gaps:
            out += _p(f"Not drawn: {counted(gaps, 'period')} in which a supplier is missing.")
    rows = []
    for each in reversed(found[-MOST_ROWS:]):
        change = year_before(found, each)
        counts = [number(value) for value in (each.rows_in, each.rows_kept, each.rows_refused)]
        on_year = "" if change is None else f"{change:+.1f}%"
        rows.append((each.period.words, f"{each.suppliers} of {each.owing}", *counts, on_year))
    caption = (
        "Volumes by period" if len(found) <= MOST_ROWS else f"Volumes, the last {MOST_ROWS} of {len(found)} periods"
    )
    head = ("Period", "Suppliers in", "Rows in", "Kept", "Refused", "On the year")
    return out + _details(plain_table(head, rows, caption), "Volumes as a table")


def _empty(held: Held) -> Markup:
    found = notable(held.fields)
    if not held.fields:
        return _p("Nothing has come yet.")
    if not found:
        return _p("Every field is filled in every row.")
    out = Markup()
    drawn = [each for each in found if len(each.shares) > 1][:MOST_LINES]
    if drawn:
        out += _figure(_empty_chart(held, drawn))
    rows = []
    for each in found:
        last = list(each.shares.values())[-1]
        rows.append(
            (each.field, held.dataset.field(each.field).title, share(each.overall), share(last), moved_words(each))
        )
    full = len(held.fields) - len(found)
    head = ("Field", "Title", "Empty", "In the last period", "Points on before")
    out += plain_table(head, rows, "Share of rows kept in which a field is empty")
    return out + (_p(f"Filled in every row: {full} of {len(held.fields)} fields.") if full else Markup())


def _empty_chart(held: Held, drawn: Sequence[Emptiness]) -> Chart:
    periods = sorted({period for each in drawn for period in each.shares})
    series = [
        Series(each.field, tuple(None if p not in each.shares else round(100 * each.shares[p], 2) for p in periods))
        for each in drawn
    ]
    top = drawn[0]
    points = moved_words(top)
    said = f"{top.field} moved most: {points} percentage points" if points else "Missingness is steady"
    many = "the field that moved most" if len(drawn) == 1 else f"the {len(drawn)} fields that moved most"
    return line_chart([p.words for p in periods], series, title=said, unit="%", places=1, y_label="% empty",
                      subtitle=f"{held.dataset.title}: share of rows kept that are empty, {many}")  # fmt: skip


def _queries(picture: Picture) -> Markup:
    some = [each for each in picture.asked if each.queries]
    if not some:
        return _p("None.")
    out = Markup()
    for each in some:
        words = [question_words(question) for question in each.first]
        listed = _bullets(words)
        out += _details(listed, asked_words(each, picture.names))
    return out


def _unused(picture: Picture) -> Markup:
    empty = {f"{held.key}.{each.field}": each.overall for held in picture.held for each in held.fields}
    rows = []
    for use in picture.unused:
        path = f"{use.dataset}.{use.field.name}"
        filled = "always" if use.field.null == "never" else "may be empty"
        rows.append((path, use.field.title, filled, share(empty[path]) if path in empty else "not known"))
    table = (
        plain_table(("Field", "Title", "Filled in", "Empty"), rows, "Fields that nothing uses") if rows else Markup()
    )
    return _p(unused_words(picture)) + table


def _quality(picture: Picture) -> Markup:
    judged = picture.judged
    if judged is None:
        return _p("Not assessed yet.")
    out = _p(" ".join(judged.sentences))
    rows = []
    for each in judged.areas:
        tag = Markup('<strong class="govuk-tag govuk-tag--{} govuk-!-margin-top-1">{}</strong>').format(
            "red" if each.short else "green", "falls short" if each.short else "reached"
        )
        evidence = _bullets(each.evidence) if each.evidence else "none"
        rows.append((each.title, Markup("{}<br>{}").format(each.words, tag), evidence, each.reviewed.isoformat()))
    out += plain_table(("Area of practice", "Level", "Evidence", "Reviewed"), rows, "Levels by area of practice")
    found = judged.assessment
    if found.caveats:
        out += _p("What readers of its statistics are told:") + _bullets(found.caveats)
    reason = f"{found.reason} " if found.reason else ""
    return out + _p(f"{reason}Owner: {found.owner}. Next review by {found.review_by.isoformat()}.")


def _used(picture: Picture) -> Markup:
    rows = [(KINDS[each.kind], each.title, ", ".join(each.reads)) for each in picture.served]
    out = (
        plain_table(("How", "What", "Reads"), rows, "Made from it here")
        if rows
        else _p("Nothing is made from it here yet.")
    )
    for key, title in MADE:
        if picture.lines(key):
            out += Markup('<h3 class="govuk-heading-m govuk-!-margin-top-4" id="{}">{}</h3>').format(
                slug(key), title
            ) + _lines(picture.lines(key))
    return out


def _lines(lines: Iterable[Line]) -> Markup:
    items = []
    for line in lines:
        inner = _bullets(line.items) if line.items else Markup()
        items.append(Markup("<li>{}{}</li>").format(line.text, inner))
    return Markup('<ul class="govuk-list govuk-list--bullet">{}</ul>').format(Markup("").join(items))


def _figure(chart: Chart) -> Markup:
    return figure(chart, f"data:image/svg+xml;base64,{base64.b64encode(chart.svg).decode('ascii')}", level=4)


def _p(text: str) -> Markup:
    return Markup('<p class="govuk-body">{}</p>\n').format(text)


def _bullets(items: Iterable[str]) -> Markup:
    inner = Markup("").join(Markup("<li>{}</li>").format(text) for text in items)
    return Markup('<ul class="govuk-list govuk-list--bullet">{}</ul>').format(inner)


def _details(inner: Markup, summary: str) -> Markup:
    return Markup(
        '<details class="govuk-details"><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">{}</span></summary>'
        '<div class="govuk-details__text">{}</div></details>\n'
    ).format(summary, inner)
