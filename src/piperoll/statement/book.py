"""The Statement as a workbook: sources, facts, publications, common procedures, abbreviations, changes."""

from __future__ import annotations

from piperoll.present.workbook import Cell, Column, Contact, Cover, Link, Table, Value, Workbook
from piperoll.register.model.facts import Frame, Output
from piperoll.register.model.register import Register
from piperoll.statement.document import Line, Part, Statement
from piperoll.statement.words import date_words, often, upper


Row = tuple[Cell | Value, ...]
_EMPTY = Cell(None, ("z",))
_KINDS = {
    "official": "official statistics",
    "third_party": "statistics or data of another producer",
    "ad_hoc": "ad hoc statistics",
    "management_information": "management information",
    "non_statistical": "not statistics",
    "model_input": "input to a model",
}
_HEADINGS = (
    ("statistical", "Statistical publication"),
    ("non_statistical", "Non-statistical publication"),
    ("synergies", "Synergies"),
)


def workbook(text: Statement, register: Register) -> Workbook:
    """The workbook; every table that would be empty is left out."""
    frame = register.frame
    assert frame is not None
    made = [
        _sources(text),
        _facts(text),
        _outputs(register, frame),
        _common(text),
        _notes(text),
        _abbreviations(frame),
    ]
    if text.since:
        made.append(_changes(text))
    tables = [table for table in made if table.rows]
    numbered = tuple(_numbered(table, n) for n, table in enumerate(tables, 1))
    return Workbook(
        title=text.title,
        author=text.publisher,
        cover=_cover(text, frame),
        tables=numbered,
        keywords=("administrative sources", "official statistics"),
    )


def _numbered(table: Table, number: int) -> Table:
    return Table(
        f"Table_{number}", table.title, table.columns, table.rows, table.lines, table.source, table.key, slug=table.slug
    )


def _cover(text: Statement, frame: Frame) -> Cover:
    licence = ""
    links = []
    if frame.licence:
        licence = f"{frame.licence.name}. {frame.licence.copyright}."
        links.append(Link(frame.licence.name, frame.licence.href))
    if frame.website:
        links.append(Link(frame.website.text, frame.website.href))
    links += [Link(each.title, each.href) for each in frame.guidance if each.href]
    return Cover(
        summary=(
            f"{len(text.entries)} administrative sources, what they hold, how they are collected and used, "
            "who sees them and what is published from them.",
            f"As it stood on {date_words(text.as_of)}.",
            *((f"Changes are told against {text.since}.",) if text.since else ()),
        ),
        next_update=f"Brought up to date {often((frame.update,))}." if frame.update else "",
        contact=Contact(text.publisher, frame.contact) if frame.contact else None,
        links=tuple(links),
        licence=licence,
    )


def _sources(text: Statement) -> Table:
    columns = (
        Column("source", "Source"),
        Column("number", "Number", "integer"),
        Column("title", "Title", width=50),
        Column("title_as_printed", "Title as printed, where it differs", width=50),
        Column("section", "Section of the contents", width=40),
        Column("page", "Page in the contents", "integer"),
        Column("domain", "Domain it works in", width=30),
        Column("status", "Status", width=30),
    )
    rows = tuple(
        (
            entry.key, entry.number, entry.title, entry.stated_title or _EMPTY, entry.section or _EMPTY,
            entry.page if entry.page is not None else _EMPTY, entry.domain or _EMPTY, upper(entry.state_words),
        )
        for entry in text.entries
    )  # fmt: skip
    title = f"Sources, {date_words(text.as_of)}"
    return Table("sources", title, columns, rows, key=("source",), slug="sources")


def _facts(text: Statement) -> Table:
    columns = (
        Column("source", "Source"),
        Column("heading", "Heading", width=28),
        Column("fact_number", "Fact number", "integer"),
        Column("fact", "Fact", width=90),
        Column("state", "State"),
        Column("address", "Address", width=40),
        *((Column("change", f"Change since {text.since}"),) if text.since else ()),
    )
    rows: list[Row] = []
    for entry in text.entries:
        for part in entry.parts:
            for n, line in enumerate(part.lines, 1):
                row: Row = (entry.key, part.title, n, line.plain, line.state, line.href or _EMPTY)
                rows.append((*row, line.change or _EMPTY) if text.since else row)
    return Table(
        "facts", f"Facts by source and heading, {date_words(text.as_of)}", columns, tuple(rows),
        key=("source", "heading", "fact_number"), slug="facts",
    )  # fmt: skip


def _outputs(register: Register, frame: Frame) -> Table:
    columns = (
        Column("source", "Source"),
        Column("heading", "Heading", width=28),
        Column("entry_number", "Entry number", "integer"),
        Column("publication", "Publication", width=60),
        Column("named", "As this entry names it, where that differs", width=50),
        Column("kind", "Kind", width=30),
        Column("producer", "Producer, where stated", width=30),
        Column("frequency", "Frequency, where stated", width=20),
    )
    rows: list[Row] = []
    for source in register.sources.values():
        if source.entry is None:
            continue
        for key, heading in _HEADINGS:
            outputs: str | tuple[Output, ...] = getattr(source.entry, key)
            if isinstance(outputs, str):
                continue
            for n, output in enumerate(outputs, 1):
                product = frame.product(output.product)
                rows.append(
                    (
                        source.key,
                        heading,
                        n,
                        product.title,
                        output.named or _EMPTY,
                        _KINDS[product.kind],
                        product.producer or _EMPTY,
                        output.frequency or product.frequency or _EMPTY,
                    )
                )
    return Table(
        "publications", "Publications and other products by source", columns, tuple(rows),
        key=("source", "heading", "entry_number"), slug="publications",
    )  # fmt: skip


def _common(text: Statement) -> Table:
    columns = (
        Column("part", "Part", width=36),
        Column("statement_number", "Statement number", "integer"),
        Column("statement", "Statement", width=90),
        Column("address", "Address", width=50),
    )
    rows: list[Row] = []
    for part in (*text.front, *text.back):
        rows += [(part.title, n, line.plain, line.href or _EMPTY) for n, line in enumerate(part.lines, 1)]
    return Table(
        "common", "What holds for all sources", columns, tuple(rows), key=("part", "statement_number"), slug="common"
    )


def _notes(text: Statement) -> Table:
    columns = (
        Column("source", "Source"),
        Column("note_number", "Note number", "integer"),
        Column("note", "Note on the source text", width=90),
    )
    rows = tuple((entry.key, n, line.plain) for entry in text.entries for n, line in enumerate(entry.notes, 1))
    return Table(
        "text_notes", "Notes on the source text, for owners to confirm", columns, rows,
        key=("source", "note_number"), slug="text_notes",
    )  # fmt: skip


def _abbreviations(frame: Frame) -> Table:
    columns = (Column("abbreviation", "Abbreviation"), Column("meaning", "Meaning", width=60))
    rows = tuple(sorted(frame.abbreviations.items()))
    return Table("abbreviations", "Abbreviations", columns, rows, key=("abbreviation",), slug="abbreviations")


def _changes(text: Statement) -> Table:
    columns = (
        Column("change_number", "Change number", "integer"),
        Column("source", "Source"),
        Column("heading", "Heading", width=28),
        Column("change", "Change"),
        Column("fact", "Fact", width=90),
    )
    rows: list[Row] = []
    for entry in text.changes:
        if entry.kind != "changed":
            rows.append((len(rows) + 1, entry.key, "Whole entry", entry.kind, entry.title))
        for part in entry.parts:
            rows += [(len(rows) + n, *row) for n, row in enumerate(_change_rows(entry.key, part), 1)]
    return Table(
        "changes", f"What changed since {text.since}", columns, tuple(rows), key=("change_number",), slug="changes"
    )


def _change_rows(key: str, part: Part) -> list[tuple[str, str, str, str]]:
    return [(key, part.title, line.change, _whole(line)) for line in part.lines]


def _whole(line: Line) -> str:
    return f"{line.plain} {line.href}".strip()
