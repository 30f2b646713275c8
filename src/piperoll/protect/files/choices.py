"""What each choice would cost, before one is made: width, rounding, a second geography. For statisticians, inside.

Each choice is protected without proof, so costs are those of patterns found safe by adding up (and by linear programs
where figures are exact); a proof may add a few cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl
from markupsafe import Markup

from piperoll.errors import UserError
from piperoll.present.charts import Chart, Series, line_chart
from piperoll.present.htmltable import html_table
from piperoll.present.pages import STATIC, Section, figure, render_page, stylesheet
from piperoll.present.parts import paragraph
from piperoll.present.workbook import Cell, Column, Cover, Table, Value, Workbook
from piperoll.protect.exposed import too_well
from piperoll.protect.files.report import figures
from piperoll.protect.files.rule import most_width
from piperoll.protect.files.run import Given, Progress, loaded, protect_table
from piperoll.protect.files.spec import Loaded, PublishedSpec, RequirementSpec


WIDTHS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Choice:
    """One way to protect the tables and what it costs.

    Attributes:
        name: In words. width: Of the requirement. published: Exact or rounded.
        divisions: Hierarchies taken in (all, or without a further one).
        secondary: Cells hidden for others; None if no pattern is safe. share, value_share: Of what could be shown.
        leaks: Cells known better than asked if only those hidden for themselves are hidden.
        refused: The sentence where no pattern is safe.
    """

    width: int
    published: str
    divisions: str
    primary: int | None
    secondary: int | None
    share: float | None
    value_share: float | None
    gap: float | None
    refused: str = ""
    leaks: int | None = None


def compare(
    tables: pl.DataFrame | Mapping[str, pl.DataFrame],
    spec: Given,
    *,
    seed: str = "",
    progress: Progress = lambda _: None,
) -> tuple[Choice, ...]:
    """Protect in every way.

    Raises:
        UserError: As `protect_table`, but where a choice is infeasible that is its result.
    """
    read = loaded(spec)
    kinds = [("exact", PublishedSpec("exact", 5, read.spec.published.exact))]
    kinds.append((f"rounded to {read.spec.published.base}", replace(read.spec.published, as_="rounded")))
    out = []
    for words, part in _divisions(read):
        for kind, published in kinds:
            for width in WIDTHS:
                if 0 <= most_width(read.spec) < width:
                    continue
                progress(f"{words}, {kind}, width {width}")
                chosen = part.changed(
                    published=published,
                    requirement=RequirementSpec(width=width),
                    limits=replace(read.spec.limits, proof=False, gap=max(read.spec.limits.gap, 0.02)),
                    seed=read.spec.seed or seed or "choices",
                )
                out.append(_one(tables, chosen, width, kind, words))
    return tuple(out)


def _divisions(read: Loaded) -> list[tuple[str, Loaded]]:
    """All hierarchies; and without each dimension's further ones, where there are any."""
    spec = read.spec
    first = tuple(replace(d, hierarchies=d.hierarchies[:1]) for d in spec.dimensions)
    if first == spec.dimensions:
        return [("all divisions", read)]
    further = [h.name for d in spec.dimensions for h in d.hierarchies[1:]]
    return [(f"without {', '.join(further)}", read.changed(dimensions=first)), (f"with {', '.join(further)}", read)]


def _one(tables: pl.DataFrame | Mapping[str, pl.DataFrame], read: Loaded, width: int, kind: str, words: str) -> Choice:
    try:
        made = protect_table(tables, read)
    except UserError as error:
        if error.code != "PR-P044":
            raise
        return Choice(width, kind, words, None, None, None, None, None, error.message)
    cost = figures(made)
    return Choice(
        width, kind, words, cost["primary"], cost["secondary"], cost["secondary_share"], cost["secondary_value_share"],
        cost["gap"], leaks=too_well(made.problem),
    )  # fmt: skip


def choices_page(
    choices: Sequence[Choice], title: str, pictures: Mapping[str, Chart] | None = None, more: str = ""
) -> dict[str, bytes]:
    """A page with a chart and a table, by file name.

    Args:
        title: Of what is protected.
        pictures: Further charts, by the stem of their file.
        more: A further paragraph on what the words mean.
    """
    kinds = list(dict.fromkeys((each.published, each.divisions) for each in choices))
    widths = sorted({each.width for each in choices})
    lines = []
    for kind, words in kinds:
        by = {each.width: each.secondary for each in choices if (each.published, each.divisions) == (kind, words)}
        name = kind if len({w for _, w in kinds}) == 1 else f"{kind}, {words}"
        if any(value is not None for value in by.values()):
            lines.append(Series(name, tuple(by.get(width) for width in widths)))
    files = {f"assets/{name}": stylesheet(name) for name in ("govuk.css", "piperoll.css") if (STATIC / name).exists()}
    drawing = Markup("")
    if lines:
        chart = line_chart(
            [str(width) for width in widths], lines[:6], title=_finding(choices),
            subtitle="Cells hidden for others, by width", y_label="cells hidden for others",
        )  # fmt: skip
        files["choices.svg"] = chart.svg
        drawing = figure(chart, "choices.svg")
    table = _table(choices)
    book = Workbook(table.title, "Piperoll", Cover(), (table,))
    further = Markup("")
    for name, picture in (pictures or {}).items():
        files[f"{name}.svg"] = picture.svg
        further += figure(picture, f"{name}.svg")
    sections = [
        Section("costs", "What each choice costs", drawing + Markup(html_table(book, table))),
        *([Section("pictures", "What the policy as it is hides", further)] if further else []),
        Section("meaning", "What the words mean", _meaning() + (paragraph(more) if more else Markup(""))),
    ]
    refused = [
        f"{each.published}, {each.divisions}, width {each.width}: {each.refused}" for each in choices if each.refused
    ]
    if refused:
        items = Markup("").join(Markup("<li>{}</li>").format(text) for text in refused)
        html = Markup('<ul class="govuk-list govuk-list--bullet">{}</ul>').format(items)
        sections.append(Section("impossible", "What cannot be made safe", html))
    title = f"What protecting costs: {title or 'the table'}"
    lead = "Internal: for those who choose how to protect the table. Nothing has been protected yet."
    files["index.html"] = render_page(title, sections=sections, lead=lead, language="en").encode()
    return files


def _finding(choices: Sequence[Choice]) -> str:
    known = [each for each in choices if each.secondary is not None]
    most = max(known, key=lambda each: each.secondary or 0)
    least = min(known, key=lambda each: each.secondary or 0)
    return f"From {least.secondary:,} to {most.secondary:,} further cells are hidden, depending on the choice"


def _table(choices: Sequence[Choice]) -> Table:
    columns = (
        Column("published", "Published"),
        Column("divisions", "Divisions"),
        Column("width", "Width", "integer"),
        Column("primary", "Hidden for themselves", "integer", unit="cells"),
        Column("leaks", "Known too well if only those are hidden", "integer", unit="cells"),
        Column("secondary", "Hidden for others", "integer", unit="cells"),
        Column("share", "Share of what could be shown", "percent", unit="%"),
        Column("value_share", "Share of its sum", "percent", unit="%", places=2),
        Column("gap", "At most from the best", "percent", unit="%"),
    )
    rows: list[tuple[Cell | Value, ...]] = []
    for each in choices:
        shares = (_percent(each.share), _percent(each.value_share), _percent(each.gap))
        costs = [
            Cell(None, ("z",)) if x is None else Cell(x) for x in (each.primary, each.leaks, each.secondary, *shares)
        ]
        rows.append((each.published, each.divisions, each.width, *costs))
    return Table("Table_1", "Cost of each choice", columns, tuple(rows), key=("published", "divisions", "width"))


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 3)


def _meaning() -> Markup:
    return Markup(
        '<dl class="govuk-summary-list">'
        "<dt>Width</dt><dd>A hidden count keeps at least this many possible values besides one: width 4, five.</dd>"
        "<dt>Known too well</dt><dd>Hidden cells that a reader can narrow down below the width by adding up, if "
        "nothing else is hidden.</dd>"
        "<dt>Rounded</dt><dd>Figures shown are rounded; readers know less, so less has to be hidden.</dd>"
        "<dt>Divisions</dt><dd>Each further way to divide the same area gives readers more to add up and subtract.</dd>"
        "</dl>"
    )
