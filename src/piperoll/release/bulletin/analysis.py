"""A section of analysis: its words, charts with their numbers, and where its tables are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from piperoll.present.htmltable import html_table
from piperoll.present.pages import figure
from piperoll.present.parts import bullets, details, paragraph
from piperoll.present.workbook import Workbook
from piperoll.register.model.publication import Publication
from piperoll.register.model.publication import Section as Declared
from piperoll.release.bulletin.data import name_of
from piperoll.release.bulletin.figures import Figure
from piperoll.release.sentences import Sentence, Teller


Paragraphs = tuple[tuple[Sentence, ...], ...]


def narrative_of(publication: Publication, teller: Teller) -> dict[str, Paragraphs]:
    """The paragraphs of each section by its key, as the figures have them; one without a sentence is left out."""
    told = {}
    for section in publication.sections:
        place = f"section-{section.key.replace('_', '-')}"
        told[section.key] = tuple(tuple(each) for text in section.text if (each := teller.paragraph(place, text)))
    return told


def joined(sentences: Iterable[Sentence]) -> Markup:
    """Sentences one after the other, each with what it refers to."""
    return Markup(" ").join(sentence.html for sentence in sentences)


def analysis_section(
    section: Declared, paragraphs: Paragraphs, figures: Mapping[str, Figure], book: Workbook
) -> Markup:
    """A section: what it is about, its paragraphs, its charts, where its tables are."""
    html = paragraph(section.about) if section.about else Markup("")
    html += Markup("").join(paragraph(joined(each)) for each in paragraphs)
    for name in section.charts:
        if name not in figures:
            html += paragraph("A chart is left out here: none of its figures is available.")
            continue
        each = figures[name]
        table = html_table(book, each.table, caption=each.table.title, element_id=f"numbers-{name.replace('_', '-')}")
        numbers = details(f"{each.table.title}: the numbers", table)
        title = each.finding.html if each.finding is not None else ""
        html += figure(each.drawing, f"charts/{name}.svg", title=title, after=numbers)
    titles = {table.stem: table for table in book.tables}
    links = [
        Markup('<a class="govuk-link" href="tables/{0}.csv">{1} (CSV)</a>').format(name, name_of(titles[name]))
        for name in section.tables
    ]
    return html + bullets(links)
