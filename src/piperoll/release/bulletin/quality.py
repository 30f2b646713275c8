"""The section on quality: how far the sources are assured, what to know of their data, what came, what was revised."""

from __future__ import annotations

from markupsafe import Markup

from piperoll.present.htmltable import html_table
from piperoll.present.parts import bullets, heading, paragraph
from piperoll.present.parts import facts as facts_list
from piperoll.present.workbook import Cell, Column, Table, Value, Workbook
from piperoll.release.assured import Assured, Response
from piperoll.release.bulletin.facts import Facts
from piperoll.release.caveats import NOTHING_OWED


_TOOLKIT = (
    "Each administrative source is assessed by the toolkit for Quality Assurance of Administrative Data (QAAD) of the "
    "Office for Statistics Regulation: by the likelihood of quality concerns and by the public interest, a level of "
    "assurance is required, from A0 (none) to A3 (comprehensive), and four areas of practice are judged against it."
)


def quality_section(book: Workbook, facts: Facts) -> Markup:
    """The assessment of each source, its caveats, the deliveries behind the edition's own period, and revisions."""
    quality = facts.quality
    html = Markup("")
    if quality.trust:
        html += heading("How far the sources are assured", 3) + paragraph(_TOOLKIT)
        html += facts_list([(each.source, " ".join((*each.sentences, *each.caveats))) for each in quality.trust])
    caveats = facts.caveats
    known = [f"{each.title}: {text}" for each in caveats.sources for text in each.caveats] if caveats else []
    if known:
        html += heading("What to know of the data", 3) + bullets(known)
    html += heading("What came of what was owed", 3)
    if quality.responses:
        table = responses(quality)
        html += html_table(book, table, caption=f"{table.title}, {facts.period.words}", element_id="responses")
    else:
        html += paragraph(NOTHING_OWED)
    return html + (heading("What was revised", 3) + paragraph(caveats.revisions) if caveats else Markup(""))


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
