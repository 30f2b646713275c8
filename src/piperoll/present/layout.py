"""From the workbook model to sheets: what each says, in which order. Both spreadsheet writers follow it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from piperoll.present.workbook import Cell, Column, Table, Workbook, day_words, shown


Style = Literal["title", "heading", "text"]
_WIDEST, _NARROWEST = 60, 10
_FRONT_WIDTH = 90
_MEASURED_ROWS = 2_000  # widths are taken from the first rows; a later, longer text wraps


@dataclass(frozen=True)
class Line:
    """A line of text in column A.

    Attributes:
        text: What it says.
        style: ``title``, ``heading`` or ``text``.
        href: Where it leads: an address, or ``#Sheet`` for another sheet; empty for nowhere.
    """

    text: str
    style: Style = "text"
    href: str = ""


@dataclass(frozen=True)
class Sheet:
    """A worksheet: lines in column A, then at most one table against its left edge.

    Attributes:
        name: Of the worksheet.
        lines: Above the table, the first being the title.
        headers: Texts of the table's header row.
        table: The table, if any.
        table_name: Its name, unique in the workbook.
        links: Sheet that the first cell of each row leads to; empty where rows lead nowhere.
    """

    name: str
    lines: tuple[Line, ...]
    headers: tuple[str, ...] = ()
    table: Table | None = None
    table_name: str = ""
    links: tuple[str, ...] = ()

    @property
    def widths(self) -> tuple[int, ...]:
        """Width of each column in characters."""
        if self.table is None:
            return (_FRONT_WIDTH,)
        out = []
        for i, (column, header) in enumerate(zip(self.table.columns, self.headers, strict=True)):
            longest = _header_width(header)
            for row in self.table.rows[:_MEASURED_ROWS]:
                item = row[i]
                cell = item if isinstance(item, Cell) else Cell(item)
                longest = max(longest, len(shown(cell, column)))
            out.append(column.width or max(_NARROWEST, min(_WIDEST, longest + 3)))
        return tuple(out)


def _header_width(header: str) -> int:
    """Room for the longest word of a header, and for each of its lines on at most three lines."""
    words = max((len(word) for word in header.split()), default=0)
    return max(words, *(-(-len(part) // 3) + 5 for part in header.split("\n")))


def lines_needed(text: str, width: int) -> int:
    """Lines that a text takes when wrapped in a column of a width in characters."""
    return sum(max(1, -(-len(part) // max(1, width - 1))) for part in text.split("\n"))


def sheets_of(book: Workbook) -> tuple[Sheet, ...]:
    """Cover, Contents, Notes and Symbols where needed, annexes, then a sheet for each table."""
    front = [_notes(book), _symbols(book)]
    front_sheets = [sheet for sheet in front if sheet] + [_table(book, each, each.title) for each in book.annexes]
    tables = [_table(book, table) for table in book.tables]
    return (_cover(book), _contents([*front_sheets, *tables]), *front_sheets, *tables)


def _cover(book: Workbook) -> Sheet:
    cover = book.cover
    lines = [Line(book.title, "title"), *(Line(text) for text in cover.summary)]

    def add(heading: str, *texts: str) -> None:
        said = [text for text in texts if text]
        if said:
            lines.append(Line(heading, "heading"))
            lines.extend(Line(text) for text in said)

    add("Status of these statistics", cover.status)
    add("Source", cover.source)
    add("Publication date", day_words(cover.published) if cover.published else "")
    add("Next update", cover.next_update)
    add("Revisions", cover.revisions)
    add("Quality and methods", cover.quality)
    for heading, texts in cover.more:
        add(heading, *texts)
    if cover.links:
        lines.append(Line("Related links", "heading"))
        lines.extend(Line(link.text, href=link.href) for link in cover.links)
    if cover.contact:
        add("Contact", cover.contact.name)
        if cover.contact.email:
            lines.append(Line(cover.contact.email, href=f"mailto:{cover.contact.email}"))
        if cover.contact.phone:
            lines.append(Line(f"Telephone: {cover.contact.phone}"))
    add("Publisher", book.author)
    add("Licence", cover.licence)
    return Sheet("Cover", tuple(lines))


def _contents(sheets: list[Sheet]) -> Sheet:
    columns = (
        Column("worksheet", "Worksheet name", width=24),
        Column("title", "Worksheet title", width=80),
    )
    rows = tuple((sheet.name, sheet.lines[0].text) for sheet in sheets)
    return _front(
        Table("Contents", "Contents", columns, rows),
        Line("Contents", "title"),
        "This worksheet contains one table, which leads to each of the other worksheets.",
        links=tuple(sheet.name for sheet in sheets),
    )


def _notes(book: Workbook) -> Sheet | None:
    if not book.ordered_notes:
        return None
    columns = (Column("note", "Note number", width=16), Column("text", "Note text", width=90))
    rows = tuple((f"note {n}", text) for n, text in book.ordered_notes)
    return _front(
        Table("Notes", "Notes", columns, rows),
        Line("Notes", "title"),
        "This worksheet contains one table. The tables refer to these notes by number in square brackets.",
    )


def _symbols(book: Workbook) -> Sheet | None:
    used = book.used_symbols()
    if not used:
        return None
    columns = (Column("shorthand", "Shorthand", width=16), Column("meaning", "Meaning", width=70))
    return _front(
        Table("Symbols", "Symbols", columns, tuple((f"[{s.marker}]", s.meaning) for s in used)),
        Line("Symbols", "title"),
        "This worksheet contains one table. It explains the shorthand used in the tables.",
    )


def _front(table: Table, title: Line, text: str, links: tuple[str, ...] = ()) -> Sheet:
    headers = tuple(c.label for c in table.columns)
    return Sheet(table.name, (title, Line(text)), headers, table, f"{table.name.lower()}_list", links)


def _table(book: Workbook, table: Table, title: str = "") -> Sheet:
    lines = (
        Line(title or book.heading(table), "title"),
        *(Line(text) for text in book.introduction(table)),
        Line("Back to contents", href="#Contents"),
    )
    shown = table.for_people
    return Sheet(table.name, lines, tuple(book.header(c) for c in shown.columns), shown, table.name)
