"""The section on quality: how far the sources are assured, and what came of what was owed."""

from __future__ import annotations

from markupsafe import Markup

from piperoll.present.htmltable import html_table
from piperoll.present.parts import facts as facts_list
from piperoll.present.parts import heading, paragraph
from piperoll.present.workbook import Cell, Column, Table, Value, Workbook
from piperoll.release.assured import Assured, Response
from piperoll.release.bulletin.facts import Facts


_TOOLKIT = (
    "Each administrative source is assessed by the toolkit for Quality Assurance of Administrative Data (QAAD) of the "
    "Office for Statistics Regulation: by the likelihood of quality concerns and by the public interest, a level of "
    "assurance is required, from A0 (none) to A3 (comprehensive), and four areas of practice are judged against it."
)
_NONE = "No deliveries are owed for the period of this edition alone."


def quality_section(book: Workbook, facts: Facts) -> Markup:
    """The assessment of each source, then the deliveries behind the edition's own period."""
    quality = facts.quality
    html = Markup("")
    if quality.trust:
        html += heading("How far the sources are assured", 3) + paragraph(_TOOLKIT)
        html += facts_list([(each.source, " ".join((*each.sentences, *each.caveats))) for each in quality.trust])
    html += heading("What came of what was owed", 3)
    if not quality.responses:
        return html + paragraph(_NONE)
    table = responses(quality)
    return html + html_table(book, table, caption=f"{table.title}, {facts.period.words}", element_id="responses")


def responses(quality: Assured) -> Table:
    """Deliveries and rows by dataset."""
    columns = (
        Column("dataset", "Dataset"),
        Column("owed", "Deliveries owed", "integer"),
        Column("came", "Received", "integer"),
        Column("rate", "Response rate", "percent", unit="%", places=1),
        Column("rows", "Rows received", "integer"),
        Column("refused", "Rows refused", "percent", unit="%", places=2),
    )
    return Table(
        "Responses",
        "Deliveries owed and received, and rows refused, by dataset",
        columns,
        tuple(_row(each) for each in quality.responses),
        key=("dataset",),
    )


def _row(each: Response) -> tuple[Cell | Value, ...]:
    rate = Cell(round(100 * each.came / each.owed, 1)) if each.owed else Cell(None, ("z",))
    refused = Cell(round(100 * each.refused / each.rows, 2)) if each.rows else Cell(None, ("z",))
    return (each.dataset, each.owed, each.came, rate, each.rows, refused)
