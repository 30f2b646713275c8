"""The model of a published workbook: cover, contents, notes, symbols and one table a sheet.

Every writer (ODS, XLSX, CSV with CSVW, HTML) writes from this one model, so that a figure cannot differ
between formats. The model follows the Government Analysis Function's "Releasing statistics in spreadsheets"
(30 June 2021): one table a sheet, one header row, units and notes in the header, nothing below the table, a
marker in square brackets instead of a blank cell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Literal

from piperoll.errors import Problem, Problems
from piperoll.present.symbols import STANDARD, Shorthand, brackets, shorthand
from piperoll.present.words import number


Value = str | int | float | Decimal | dt.date | None
Kind = Literal["text", "integer", "decimal", "percent", "date"]
_MONTHS = {
    1: "January", 2: "February", 3: "March", 4: "April", 5: "May", 6: "June", 7: "July", 8: "August",
    9: "September", 10: "October", 11: "November", 12: "December",
}  # fmt: skip
NUMERIC = ("integer", "decimal", "percent")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, the shorthand beside it or in its place.

    Attributes:
        value: Text, number or date; None where a marker stands in its place.
        marks: Markers without their brackets, in the order shown: ``("r", "e")``.
    """

    value: Value
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: Name in the CSV: lower case, unique in the table.
        label: Header text for people, unique in the table together with unit and notes.
        kind: ``text``, ``integer``, ``decimal``, ``percent`` or ``date``. A percentage is written as
            published (``12.3`` for 12.3%), its unit stands in the header.
        unit: Written in round brackets under the label.
        notes: Keys of the notes the header refers to.
        places: Decimals shown and written of a decimal or percent.
        width: Width in characters; 0 to let the writer choose.
        description: Longer description, for the CSV's metadata.
        property_url: What the column means, for the CSV's metadata.
        machine: Whether it is for machines alone: in the CSV, not in workbooks and pages.
    """

    name: str
    label: str
    kind: Kind = "text"
    unit: str = ""
    notes: tuple[str, ...] = ()
    places: int = 1
    width: int = 0
    description: str = ""
    property_url: str = ""
    machine: bool = False

    @property
    def numeric(self) -> bool:
        """Whether the cells are numbers."""
        return self.kind in NUMERIC

    @property
    def shown_places(self) -> int:
        """Decimals shown: none for integers."""
        return 0 if self.kind == "integer" else self.places


@dataclass(frozen=True)
class Table:
    """One table, on a sheet (or in a CSV) of its own.

    Attributes:
        name: Sheet and table name, for example ``Table_1``.
        title: What it shows, where and when, without its number.
        columns: Its columns, text columns first.
        rows: Tuples as long as ``columns`` of ``Cell`` or bare values.
        lines: Lines between title and table (what it holds, how to read it).
        source: Where the figures come from.
        key: Names of the columns that identify a row; empty for all text and date columns.
        notes: Keys of the notes the title refers to.
        slug: Stem of its CSV file; empty for the name in lower case.
        description: Longer description, for the CSV's metadata.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell | Value, ...], ...]
    lines: tuple[str, ...] = ()
    source: str = ""
    key: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    slug: str = ""
    description: str = ""

    @property
    def stem(self) -> str:
        """Stem of the CSV's file name."""
        return self.slug or self.name.lower()

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Names of the columns that identify a row."""
        return self.key or tuple(c.name for c in self.columns if not c.numeric)

    @cached_property
    def marks(self) -> frozenset[str]:
        """Every marker used in its cells."""
        found = {c.marks for row in self.rows for c in row if isinstance(c, Cell) and c.marks}
        return frozenset(mark for marks in found for mark in marks)

    @cached_property
    def marked_columns(self) -> frozenset[str]:
        """Names of the columns in which any cell has a marker."""
        at = {i for row in self.rows for i, c in enumerate(row) if isinstance(c, Cell) and c.marks}
        return frozenset(self.columns[i].name for i in at)

    @cached_property
    def for_people(self) -> Table:
        """The same table without the columns that are for machines alone."""
        kept = [i for i, column in enumerate(self.columns) if not column.machine]
        if len(kept) == len(self.columns):
            return self
        columns = tuple(self.columns[i] for i in kept)
        names = {column.name for column in columns}
        return replace(
            self,
            columns=columns,
            rows=tuple(tuple(row[i] for i in kept) for row in self.rows),
            key=tuple(name for name in self.key if name in names),
        )

    def cells(self) -> Iterator[list[Cell]]:
        """Its rows, each item as a ``Cell``."""
        for row in self.rows:
            yield [c if isinstance(c, Cell) else Cell(c) for c in row]


@dataclass(frozen=True)
class Note:
    """A note by key; its number follows from the order in which the tables refer to it."""

    key: str
    text: str


@dataclass(frozen=True)
class Link:
    """Words that lead to an address (``https:`` or ``mailto:``)."""

    text: str
    href: str


@dataclass(frozen=True)
class Contact:
    """Who answers for the statistics."""

    name: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Cover:
    """What the first sheet says.

    Attributes:
        summary: What the workbook holds, a line each.
        source: Where the figures come from.
        published: Date of publication.
        next_update: Date or words.
        contact: Responsible statistician.
        status: Accredited official statistics, official statistics, or neither, in words.
        revisions: What was revised and why, in words.
        quality: Words on quality and methods.
        links: Release page, quality report, methodology.
        licence: Licence in words.
        more: Further headings with their lines.
    """

    summary: tuple[str, ...] = ()
    source: str = ""
    published: dt.date | None = None
    next_update: str = ""
    contact: Contact | None = None
    status: str = ""
    revisions: str = ""
    quality: str = ""
    links: tuple[Link, ...] = ()
    licence: str = ""
    more: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Workbook:
    """A workbook to publish.

    Attributes:
        title: Title of the document and of its cover.
        author: The organisation.
        cover: What the first sheet says.
        tables: At least one.
        notes: Every note that a table refers to.
        annexes: Tables about the tables (quality), each on a sheet before them; in workbooks alone, without a number.
        extra_shorthand: Markers of this workbook's own, besides the register's.
        shorthand_version: Version of the shorthand register.
        language: BCP 47 tag.
        identifier: Address of the publication, for metadata.
    """

    title: str
    author: str
    cover: Cover
    tables: tuple[Table, ...]
    notes: tuple[Note, ...] = ()
    annexes: tuple[Table, ...] = ()
    extra_shorthand: tuple[Shorthand, ...] = ()
    shorthand_version: str = STANDARD
    language: str = "en-GB"
    identifier: str = ""
    keywords: tuple[str, ...] = field(default=())

    @cached_property
    def symbols(self) -> dict[str, Shorthand]:
        """Every marker that may be used, by marker."""
        return shorthand(self.shorthand_version) | {s.marker: s for s in self.extra_shorthand}

    def used_symbols(self, table: Table | None = None) -> tuple[Shorthand, ...]:
        """The markers used in one table, or in all of them, in alphabetical order."""
        tables = (table,) if table else (*self.tables, *self.annexes)
        used = sorted({mark for t in tables for mark in t.marks})
        return tuple(self.symbols[mark] for mark in used if mark in self.symbols)

    @cached_property
    def note_numbers(self) -> dict[str, int]:
        """Number of each note by key, in the order in which tables refer to them."""
        order: dict[str, int] = {}
        for table in (*self.annexes, *self.tables):
            for key in (*table.notes, *(n for c in table.columns for n in c.notes)):
                order.setdefault(key, len(order) + 1)
        return order

    @property
    def ordered_notes(self) -> tuple[tuple[int, str], ...]:
        """Number and text of each note referred to, in the order of their numbers."""
        texts = {note.key: note.text for note in self.notes}
        return tuple((n, texts[key]) for key, n in self.note_numbers.items() if key in texts)

    def header(self, column: Column) -> str:
        """Header cell: label, unit in round brackets and notes, each on a line of its own."""
        return self._with_notes([column.label, *([f"({column.unit})"] if column.unit else [])], column.notes, "\n")

    def heading(self, table: Table) -> str:
        """Title cell of a table: ``Table 1: title [note 1]``."""
        return self._with_notes([f"{table.name.replace('_', ' ')}: {table.title}"], table.notes, " ")

    def introduction(self, table: Table) -> tuple[str, ...]:
        """Lines between the title cell and the table."""
        refers = bool(table.notes or any(c.notes for c in table.columns))
        first = "This worksheet contains one table." + (
            " Some cells refer to notes, which can be found on the Notes worksheet." if refers else ""
        )
        used = self.used_symbols(table)
        key = f"Shorthand: {'; '.join(f'[{s.marker}] {s.meaning}' for s in used)}." if used else ""
        source = f"Source: {table.source}" if table.source else ""
        return tuple(line for line in (first, key, *table.lines, source) if line)

    def check(self) -> tuple[Problem, ...]:
        """Everything in the model that would break the guidance if written; empty if nothing would."""
        from piperoll.present.check import problems_of

        return problems_of(self)

    def require(self) -> None:
        """Raise what ``check`` finds.

        Raises:
            Problems: With every finding.
        """
        problems = self.check()
        if problems:
            raise Problems(problems)

    def _with_notes(self, parts: list[str], notes: tuple[str, ...], by: str) -> str:
        marks = "".join(f"[note {self.note_numbers[key]}]" for key in notes)
        return by.join([*parts, marks] if marks else parts)


def shown(cell: Cell, column: Column) -> str:
    """A cell as people read it: ``1,234``, ``1,234 [r]``, ``[c]``, ``16 November 2012``."""
    value, marks = cell.value, brackets(cell.marks)
    if value is None:
        return marks
    if isinstance(value, str):
        text = value
    elif isinstance(value, dt.date):
        text = day_words(value)
    else:
        text = number(value, column.shown_places)
    return f"{text} {marks}" if marks else text


def day_words(day: dt.date) -> str:
    """``16 November 2012``, whatever the locale."""
    return f"{day.day} {_MONTHS[day.month]} {day.year}"


def plain(value: int | float | Decimal, column: Column) -> str:
    """A number as machines read it: no separators, exactly the decimals shown."""
    return number(value, column.shown_places).replace(",", "")
