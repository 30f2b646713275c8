"""Signs that a sheet holds records of persons and no statistics, and what a workbook carries unseen.

Of an identifier its kind and column are told, never the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from piperoll.protect.output.reading import Book, Cell, Sheet
from piperoll.protect.output.rules import Finding, Place, Rules, Verdict
from piperoll.protect.output.tables import MARKS, name_of, parse


# Kinds of identifier by the form of their values. Formats: HMRC's National Insurance Manual (NIM39110); NHS Data
# Dictionary (NHS number, ten digits); Royal Mail's postcode format.
VALUES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("National Insurance numbers", re.compile(
        r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]", re.IGNORECASE)),
    ("postcodes", re.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}", re.I)),
    ("e-mail addresses", re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.I)),
    ("telephone numbers", re.compile(r"(\+44 ?|0)7\d{3} ?\d{3} ?\d{3}")),
    ("dates", re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T][\d:.]+)?|\d{1,2}[/.]\d{1,2}[/.](19|20)\d{2}")),
)  # fmt: skip
NAMES = re.compile(
    r"\b(surname|forename|(first|last|full|middle|maiden|given|family|person|client|patient|claimant|defendant|"
    r"applicant|employee|respondent|child|mother|father) name|nino|ni number|nhs number|nhs no|dob|date of birth|"
    r"birth date|address|postcode|e-?mail|phone|mobile|passport|urn|uprn|case number|case no|claim number|"
    r"person id|patient id|record id|respondent id|latitude|longitude|easting|northing|coordinates)\b"
)
# The first or last day of a month stands for a period.
_PERIOD = re.compile(r"\d{4}-\d{2}-(01|28|29|30|31)|(01|1|28|29|30|31)[/.]\d{1,2}[/.]\d{4}")
# Whose names, is not said.
_NAME = re.compile(r"\bnames?\b")
_PLACE_NAMES = re.compile(
    r"\b(area|region|country|authority|local authority|la|lad|utla|ward|court|force|office|file|sheet|table|"
    r"variable|period|indicator|measure|sector|industry|organisation|establishment)\b"
)
_LEFT: dict[str, tuple[Verdict, str, str]] = {
    "comments": (Verdict.REVIEW, "cells have comments", "Delete comments, or move what readers need into notes."),
    "embedded_files": (Verdict.FAIL, "files are embedded in the workbook", "Delete them; paste charts as pictures."),
    "formulas": (Verdict.REVIEW, "cells hold formulas: they may lead back to what is not shown", "Save values only."),
    "hidden_columns": (Verdict.FAIL, "ranges of columns are hidden", "Delete hidden columns: anybody can show them."),
    "hidden_rows": (Verdict.FAIL, "rows are hidden or filtered away", "Delete hidden rows: anybody can show them."),
    "links": (Verdict.REVIEW, "links lead to other workbooks and keep copies of their cells", "Break the links."),
    "macros": (Verdict.REVIEW, "parts hold macros", "Save the workbook without macros."),
    "pivot_caches": (Verdict.REVIEW, "pivot tables keep the values of the data they were made from",
                     "Copy the pivot table and paste it as values."),
    "pivot_records": (Verdict.FAIL, "records lie in the cache of a pivot table: the data behind it, row by row",
                      "Copy the pivot table and paste it as values."),
    "tracked_changes": (Verdict.FAIL, "records of tracked changes keep what was deleted",
                        "Accept the changes and switch tracking off."),
    "unreadable_parts": (Verdict.REVIEW, "parts of the workbook cannot be read", "Save the workbook afresh."),
}  # fmt: skip


def check_remains(book: Book) -> list[Finding]:
    """Findings about what a workbook carries beside its visible cells."""
    out = []
    for sheet in book.sheets:
        if not sheet.visible and any(cell is not None for row in sheet.rows for cell in row):
            out.append(
                Place(book.file, sheet.name).finding(
                    "hidden sheet",
                    Verdict.FAIL,
                    "The sheet is hidden and holds cells; it is checked like the others.",
                    "Delete the sheet: anybody can show it.",
                )
            )
    for kind, count in sorted(book.remains.items()):
        verdict, what, cure = _LEFT.get(kind, (Verdict.REVIEW, f"{kind} are there", "Save the workbook afresh."))
        out.append(Place(book.file).finding(kind.replace("_", " "), verdict, f"{count} {what}.", cure))
    return out


def check_records(file: str, sheet: Sheet, rules: Rules) -> list[Finding]:
    """Signs of records of persons in a sheet."""
    place = Place(file, sheet.name)
    found = [*_identifiers(place, sheet), *_free_text(place, sheet, rules), *_many_rows(place, sheet, rules)]
    return found or [place.passed("records of persons", "No sign of records of persons.")]


def _columns(sheet: Sheet) -> Iterator[tuple[int, list[tuple[int, Cell]]]]:
    width = max((len(row) for row in sheet.rows), default=0)
    for column in range(width):
        yield (
            column,
            [(n, row[column]) for n, row in enumerate(sheet.rows) if len(row) > column and row[column] is not None],
        )


def _identifiers(place: Place, sheet: Sheet) -> Iterator[Finding]:
    for column, cells in _columns(sheet):
        texts = [(n, str(cell).strip()) for n, cell in cells]
        for kind, pattern in VALUES:
            hits = [n for n, text in texts if pattern.fullmatch(text)]
            distinct = len({text for _, text in texts if pattern.fullmatch(text)})
            # A few dates are the periods of a table; many different ones are those of persons.
            if kind == "dates":
                days = {text for _, text in texts if pattern.fullmatch(text) and not _PERIOD.match(text)}
                if len(days) < 15 or distinct * 2 < len(hits):
                    continue
            if hits:
                yield place.finding(
                    "identifiers",
                    Verdict.FAIL if kind != "dates" else Verdict.REVIEW,
                    f"{len(hits)} cells look like {kind}.",
                    "Take the column out.",
                    [name_of(n, column) for n in hits],
                )
        for n, text in texts[:12]:
            # Titles and notes stand alone in their rows.
            if sum(cell is not None for cell in sheet.rows[n]) < 2:
                continue
            plain = re.sub(r"[_\W]+", " ", text.casefold()).strip()
            below = len(texts) - [row for row, _ in texts].index(n) - 1
            if len(plain) <= 40 and NAMES.search(plain) and not _PLACE_NAMES.search(plain) and below >= 2:
                yield place.finding(
                    "identifiers",
                    Verdict.FAIL,
                    f"A column of {below} cells is headed like an identifier of persons.",
                    "Take the column out, or give it the name of what it holds.",
                    [name_of(n, column)],
                )
                break
            if plain in ("name", "names") or (_NAME.search(plain) and len(plain) <= 40 and below >= 2):
                if not _PLACE_NAMES.search(plain) and below >= 2:
                    yield place.finding(
                        "identifiers",
                        Verdict.REVIEW,
                        f"A column of {below} cells is headed as names, of whom or of what it does not say.",
                        "See that it names no persons.",
                        [name_of(n, column)],
                    )
                break


def _free_text(place: Place, sheet: Sheet, rules: Rules) -> Iterator[Finding]:
    for column, cells in _columns(sheet):
        # Titles and notes stand alone in their rows.
        long = [
            n
            for n, cell in cells
            if isinstance(cell, str) and len(cell) > rules.text and sum(c is not None for c in sheet.rows[n]) > 1
        ]
        if len(long) >= 5:
            yield place.finding(
                "free text",
                Verdict.FAIL,
                f"{len(long)} cells of a column hold more than {rules.text} characters: free text may name people.",
                "Take the column out, or code what it says.",
                [name_of(n, column) for n in long],
            )


def _many_rows(place: Place, sheet: Sheet, rules: Rules) -> Iterator[Finding]:
    """Many rows, each with a key of its own that is no label of a category."""
    rows = [row for row in sheet.rows if sum(cell is not None for cell in row) >= 3]
    if len(rows) <= rules.rows:
        return
    for column, cells in _columns(sheet):
        values = [str(cell).strip() for _, cell in cells[1:]]
        keys = [v for v in values if v.casefold() not in MARKS]
        if len(keys) < len(rows) - 2 or len(set(keys)) < len(keys):
            continue
        whole = [number for v in keys if (number := parse(v)[0]) is not None and number.is_integer()]
        runs = len(whole) == len(keys) and len(whole) > 1 and max(whole) - min(whole) == len(whole) - 1
        coded = all(re.fullmatch(r"(?=.*\d)[A-Za-z0-9/-]{6,}", v) and not VALUES[-1][1].fullmatch(v) for v in keys)
        # Codes of places are nine characters of a known form: a letter and eight digits (ONS).
        places = sum(bool(re.fullmatch(r"[EWSNKJ]\d{8}", v)) for v in keys) == len(keys)
        if (runs or coded) and not places:
            yield place.finding(
                "records of persons",
                Verdict.FAIL,
                f"{len(rows)} rows each have a number or code of their own: they look like records of persons.",
                "Give statistics of the records, not the records.",
                [name_of(cells[0][0], column)],
            )
            return
    again = len(rows) - len({tuple(row) for row in rows})
    if again > len(rows) // 100:
        yield place.finding(
            "records of persons",
            Verdict.FAIL,
            f"{again} of {len(rows)} rows are there more than once: a table has each category once, records repeat.",
            "Give statistics of the records, not the records.",
        )
    elif len(rows) > 20 * rules.rows:
        yield place.finding(
            "records of persons",
            Verdict.REVIEW,
            f"The sheet has {len(rows)} rows: more than anybody reads in a table.",
            "See that they are statistics and not records.",
        )
