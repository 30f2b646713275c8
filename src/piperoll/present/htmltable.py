"""A table as accessible HTML: caption, scoped headers, numbers to the right, markers as text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from piperoll.present.pages import slug
from piperoll.present.workbook import Table, Workbook, shown


def html_table(
    book: Workbook,
    table: Table,
    *,
    caption: str = "",
    row_headers: int = 1,
    rows: int | None = None,
    element_id: str = "",
) -> Markup:
    """A table in a frame that scrolls sideways on a narrow screen, reachable by keyboard.

    Args:
        book: The workbook it is of, for notes and shorthand.
        table: The table.
        caption: Caption; empty for the table's heading.
        row_headers: How many of the first columns head their row.
        rows: Show only the first rows; the caption then says so.
        element_id: Id of the frame; empty for the table's name in lower case.
    """
    name = element_id or table.name.lower().replace("_", "-")
    text = caption or book.heading(table)
    table = table.for_people
    listed = list(table.cells())
    if rows is not None and rows < len(listed):
        text = f"{text} (first {rows:,} of {len(listed):,} rows)"
        listed = listed[:rows]
    frame = f'role="region" aria-labelledby="{escape(name)}-caption" tabindex="0"'
    out = [
        f'<div class="piperoll-scroll" {frame}>\n',
        f'<table class="govuk-table piperoll-table" id="{escape(name)}">\n',
        f'<caption class="govuk-table__caption govuk-table__caption--s" id="{escape(name)}-caption">',
        f'<span class="piperoll-caption">{escape(text)}</span></caption>\n',
        '<thead class="govuk-table__head">\n<tr class="govuk-table__row">\n',
    ]
    for column in table.columns:
        kind = " govuk-table__header--numeric" if column.kind != "text" else ""
        label = Markup("<br>").join(book.header(column).split("\n"))
        out.append(f'<th scope="col" class="govuk-table__header{kind}">{label}</th>\n')
    out.append('</tr>\n</thead>\n<tbody class="govuk-table__body">\n')
    for row in listed:
        out.append('<tr class="govuk-table__row">')
        for i, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            words = Markup("<br>").join(shown(cell, column).split("\n"))
            if i < row_headers and column.kind in ("text", "date"):
                out.append(f'<th scope="row" class="govuk-table__header piperoll-row-header">{words}</th>')
            else:
                kind = " govuk-table__cell--numeric" if column.kind != "text" else ""
                out.append(f'<td class="govuk-table__cell{kind}">{words}</td>')
        out.append("</tr>\n")
    out.append("</tbody>\n</table>\n</div>\n")
    return Markup("".join(out)) + _key(book, table)


def _key(book: Workbook, table: Table) -> Markup:
    used = book.used_symbols(table)
    texts = {note.key: note.text for note in book.notes}
    keys = sorted({*table.notes, *(n for c in table.columns for n in c.notes)}, key=lambda k: book.note_numbers[k])
    lines = [f"[{s.marker}] {s.meaning}" for s in used]
    lines += [f"[note {book.note_numbers[key]}] {texts[key]}" for key in keys]
    if table.source:
        lines.append(f"Source: {table.source}")
    if not lines:
        return Markup()
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup('<ul class="govuk-list piperoll-key">{}</ul>\n').format(items)


def plain_table(head: Sequence[str], rows: Sequence[Sequence[str | Markup]], caption: str) -> Markup:
    """A table that scrolls sideways on a narrow screen; columns of figures stand to the right.

    Args:
        head: Header of each column; the first one heads its row.
        rows: Texts, escaped unless they are ``Markup``.
        caption: Caption.
    """
    numeric = [
        k > 0 and all(_numeric(row[k]) for row in rows) and any(row[k] for row in rows) for k in range(len(head))
    ]
    first = Markup(rows[0][0]).striptags() if rows else ""
    name = slug(f"{caption} {head[0]} {len(rows)} {first}")
    out = [
        Markup('<div class="piperoll-scroll" role="region" aria-label="{}" tabindex="0">').format(caption),
        Markup('<table class="govuk-table piperoll-table" id="{}"><caption class="govuk-table__caption '
               'govuk-table__caption--s"><span class="piperoll-caption">{}</span></caption>').format(name, caption),
        Markup('<thead class="govuk-table__head"><tr class="govuk-table__row">'),
    ]  # fmt: skip
    for k, text in enumerate(head):
        kind = " govuk-table__header--numeric" if numeric[k] else ""
        out.append(Markup('<th scope="col" class="govuk-table__header{}">{}</th>').format(kind, text))
    out.append(Markup('</tr></thead><tbody class="govuk-table__body">'))
    for row in rows:
        out.append(Markup('<tr class="govuk-table__row">'))
        for k, value in enumerate(row):
            if k == 0:
                out.append(
                    Markup('<th scope="row" class="govuk-table__header piperoll-row-header">{}</th>').format(value)
                )
                continue
            kind = " govuk-table__cell--numeric" if numeric[k] else ""
            out.append(Markup('<td class="govuk-table__cell{}">{}</td>').format(kind, value))
        out.append(Markup("</tr>"))
    out.append(Markup("</tbody></table></div>\n"))
    return Markup("").join(out)


def _numeric(text: str | Markup) -> bool:
    return not isinstance(text, Markup) and bool(re.fullmatch(r"[<+-]?[\d,.]*%?", text))
