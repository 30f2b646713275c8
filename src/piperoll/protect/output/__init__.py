"""Check what researchers want to take out: tables in CSV, XLSX, XLS and ODS, and what follows from them.

::

    record = check_outputs([Path("claims_by_type.csv")], Rules(threshold=10), before=[Path("claims.csv")])
    record.verdict                   # Verdict.FAIL
    print(record.markdown())

It finds tables by itself, so it may miss one or take something for one: it helps the person who decides, and does not
stand in for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from piperoll.protect.output.checks import check_table
from piperoll.protect.output.difference import check_differences
from piperoll.protect.output.facts import gather
from piperoll.protect.output.ledger import from_ledger
from piperoll.protect.output.microdata import check_records, check_remains
from piperoll.protect.output.reading import Book, read
from piperoll.protect.output.record import Record, digest
from piperoll.protect.output.rules import Finding, Place, Released, Rules, Verdict
from piperoll.protect.output.tables import Table, find_tables, parse


__all__ = ["Finding", "Record", "Released", "Rules", "Verdict", "check_outputs", "from_ledger"]

# Files that are named where something concerns all of them.
NAMED = 3


def check_outputs(
    paths: Sequence[Path],
    rules: Rules | None = None,
    *,
    before: Sequence[Path] = (),
    released: Iterable[Released] = (),
    about: Mapping[str, str] | None = None,
    measure: str = "",
) -> Record:
    """Check files that are to leave, together, and with what left before.

    Args:
        paths: The output: CSV, XLSX, XLS or ODS.
        rules: Thresholds.
        before: Outputs that were let out earlier.
        released: Figures of earlier releases, from the ledger.
        about: Dimension to code that the tables of the output are about, where they do not say so (``period: 2012Q2``).
        measure: Name that the output's counts have in what was released.

    Raises:
        UserError: PR-P130 or PR-C001 to PR-C019 for a file that cannot be read.
    """
    rules = rules or Rules()
    known = list(released)
    books = read([*paths, *before])
    findings: list[Finding] = []
    tables: list[tuple[Table, bool]] = []
    for place, book in enumerate(books):
        new = place < len(paths)
        found = [table for sheet in book.sheets for table in find_tables(book.file, sheet)]
        tables += [(table, new) for table in found]
        if new:
            findings += _check_book(book, found, rules)
    names = ", ".join(book.file for book in books[: len(paths)]) if len(paths) <= NAMED else f"{len(paths)} files"
    facts = gather(tables, known, about or {}, measure, rules.threshold)
    findings += check_differences(facts, rules, Place(names))
    sources = list(dict.fromkeys(each.source.split(" ")[0] for each in known))
    return Record(
        {path.name: digest(path) for path in paths},
        tuple([path.name for path in before] + sources),
        rules,
        tuple(findings),
    )


def _check_book(book: Book, tables: list[Table], rules: Rules) -> list[Finding]:
    out = check_remains(book)
    for sheet in book.sheets:
        if not any(cell is not None for row in sheet.rows for cell in row):
            continue
        out += check_records(book.file, sheet, rules)
        here = [table for table in tables if table.place.sheet == sheet.name]
        for table in here:
            out += check_table(table, rules)
        if not here and tables and not any(parse(cell)[0] is not None for row in sheet.rows for cell in row):
            out.append(Place(book.file, sheet.name).passed("tables", "It holds no figures."))
        elif not here:
            out.append(
                Place(book.file, sheet.name).finding(
                    "tables",
                    Verdict.REVIEW,
                    "No table was found: nothing could be checked as one.",
                    "Look at it by eye, or give a table with a header row and a column of labels.",
                )
            )
    return out
