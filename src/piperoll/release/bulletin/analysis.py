"""A section of analysis: its words, charts with their numbers, and where its tables are."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from piperoll.present.htmltable import html_table
from piperoll.present.pages import figure
from piperoll.present.parts import bullets, details, paragraph
from piperoll.present.workbook import Workbook
from piperoll.register.model.publication import Publication
from piperoll.release.bulletin.data import name_of
from piperoll.release.bulletin.figures import Figure


def analysis_section(publication: Publication, key: str, figures: Mapping[str, Figure], book: Workbook) -> Markup:
    """The section of this key."""
    section = next(each for each in publication.sections if each.key == key)
    html = paragraph(section.about)
    for name in section.charts:
        if name not in figures:
            html += paragraph("A chart is left out here: none of its figures is available.")
            continue
        each = figures[name]
        table = html_table(book, each.table, caption=each.table.title, element_id=f"numbers-{name.replace('_', '-')}")
        numbers = details(f"{each.table.title}: the numbers", table)
        html += figure(each.drawing, f"charts/{name}.svg", after=numbers)
    titles = {table.stem: table for table in book.tables}
    links = [
        Markup('<a class="govuk-link" href="tables/{0}.csv">{1} (CSV)</a>').format(name, name_of(titles[name]))
        for name in section.tables
    ]
    return html + (bullets(links) if links else Markup(""))
