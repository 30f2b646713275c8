"""The section on data: every file of the edition with figures."""

from __future__ import annotations

from markupsafe import Markup

from piperoll.present.parts import bullets, paragraph
from piperoll.present.workbook import Table as SheetTable
from piperoll.present.workbook import Workbook
from piperoll.release.bulletin.facts import Facts


_LONG = 100  # letters of the names of missing suppliers


def name_of(table: SheetTable) -> str:
    """A table's number and title; what its notes say, and a long list of who is missing, stand in the table."""
    title, _, gone = table.title.partition(", excluding ")
    short = f"{title}, excluding suppliers that are missing" if len(gone) > _LONG else table.title
    return f"{table.name.replace('_', ' ')}: {short}"


def data_section(book: Workbook, facts: Facts) -> Markup:
    """Links to the workbooks, and to each table for machines."""
    files = [
        Markup('<a class="govuk-link" href="{0}.{1}">{2} ({3})</a>').format(facts.workbook, ending, book.title, kind)
        for ending, kind in (("ods", "OpenDocument spreadsheet"), ("xlsx", "Excel workbook"))
    ]
    tables = [
        Markup(
            '<a class="govuk-link" href="tables/{0}.csv">{1}</a> (CSV, {2} rows; '
            '<a class="govuk-link" href="tables/{0}.csv-metadata.json">description of {0}</a>)'
        ).format(table.stem, name_of(table), f"{len(table.rows):,}")
        for table in book.tables
    ]
    return (
        paragraph("All tables as a workbook:")
        + bullets(files)
        + paragraph("Each table for machines:")
        + bullets(tables)
    )
