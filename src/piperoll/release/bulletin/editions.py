"""The sections on a correction, and on the editions made before this one."""

from __future__ import annotations

from markupsafe import Markup

from piperoll.present.htmltable import html_table, plain_table
from piperoll.present.parts import details, link, paragraph, warning
from piperoll.present.words import counted
from piperoll.present.workbook import Workbook
from piperoll.release.bulletin.facts import Facts
from piperoll.release.kept import LIST
from piperoll.release.notice import Notice
from piperoll.release.vintages import table_of


SHOWN = 100  # corrected figures on the page; the workbook has them all
OPEN = 8  # editions from which their list opens on demand


def correction_banner(notice: Notice | None) -> Markup:
    """The notice at the top of the page, before its title."""
    if notice is None:
        return Markup()
    return warning(Markup("{} {}").format(notice.summary, link("What was wrong, and why", "#correction")))


def correction_section(book: Workbook, notice: Notice) -> Markup:
    """What was wrong, why, and each corrected figure, old and new."""
    html = Markup("").join(paragraph(text) for text in notice.lines)
    sheet = notice.sheet()
    if sheet is None:
        return html
    if len(notice.changed) > SHOWN:
        html += paragraph(f"The workbook has all of them, on the worksheet {sheet.name}.")
    return html + html_table(book, sheet, caption=sheet.title, rows=SHOWN, element_id="corrected", row_headers=4)


def editions_section(facts: Facts) -> Markup:
    """Every edition of the publication made before this one, with the hash of its manifest."""
    if not facts.listed:
        return paragraph("This is the first edition of this publication that was published from this system.")
    heads, rows = table_of(facts.listed)
    html = paragraph(
        f"{counted(len(rows), 'edition')} of this publication came before this one. Each is kept as it was published; "
        "the SHA-256 of its manifest tells whether a copy is whole."
    )
    if any(each.period == str(facts.period) and not each.withdrawn for each in facts.listed):
        html += paragraph(link("Earlier editions of this period", LIST))
    table = plain_table(heads, rows, "Editions before this one, newest first")
    return html + (table if len(rows) <= OPEN else details("All earlier editions", table))
