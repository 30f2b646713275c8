"""The section on revisions."""

from __future__ import annotations

from markupsafe import Markup

from piperoll.present.htmltable import html_table
from piperoll.present.parts import bullets, details, heading, paragraph
from piperoll.present.words import number
from piperoll.present.workbook import Workbook
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.release.revisions import Revisions
from piperoll.release.status import status_words
from piperoll.release.track import Record
from piperoll.release.tracksheets import sheet_of, triangle_sheet, words_of


def revisions_section(
    register: Register, publication: Publication, book: Workbook, revisions: Revisions, record: Record
) -> Markup:
    """What may still change, where series break, and how many figures differ from the edition before, by how much."""
    marks = {mark for table in book.tables for mark in table.marks}
    status = Markup("").join(paragraph(text) for text in status_words(register, publication, marks=marks))
    return status + _against(publication, revisions) + _sizes(publication, book, record)


def _sizes(publication: Publication, book: Workbook, record: Record) -> Markup:
    """How large revisions have been over all editions, and the headline series as each published them."""
    html = heading("How much figures are revised", 3) + Markup("").join(paragraph(text) for text in words_of(record))
    sheet = sheet_of(publication, record)
    if sheet is not None:
        html += html_table(book, sheet, caption=sheet.title, element_id="sizes-of-revisions", row_headers=2)
    for place, triangle in enumerate(record.triangles, start=1):
        if triangle.width > 1:
            table = triangle_sheet(publication, triangle, place)
            name = f"triangle-{place}"
            html += details(table.title, html_table(book, table, caption=table.title, element_id=name))
    return html


def _against(publication: Publication, revisions: Revisions) -> Markup:
    if not revisions.against:
        return paragraph("No earlier edition was published from this system, so there is nothing to compare with.")
    revised = [each for each in revisions.summary if each.revised]
    compared = sum(each.compared for each in revisions.summary)
    text = paragraph(
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
    return text + bullets(items)
