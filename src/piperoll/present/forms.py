"""An accessible workbook to be filled in: guidance first, then one table with one header row, lists last.

It follows the rules of published workbooks (Arial 12, no merged cells, no colour alone, one table a sheet, nothing
below it), and lets a cell take only what it may. Cells that are given are written; nothing is hidden or locked, since
a locked sheet is copied into another one.
"""

from __future__ import annotations

import copy
import datetime as dt
import io
from dataclasses import dataclass
from typing import Any, Literal

import xlsxwriter

from piperoll.present.layout import Line
from piperoll.present.xlsx import OPTIONS, SIZES, Formats, settled


Value = str | int | dt.date | None
FORM, GUIDANCE, COLUMNS, LISTS = "Return", "Guidance", "Columns", "Lists"
_MAXIMUM = 9_999_999_999


@dataclass(frozen=True)
class FormColumn:
    """A column to be filled in.

    Attributes:
        name: Header, exactly as it is read back.
        kind: What its cells take.
        title: What it is, in a few words.
        hint: Longer words.
        required: Whether no row may leave it empty.
        codes: Codes it takes, each with its meaning; empty for none.
        least: Smallest number, if any.
    """

    name: str
    kind: Literal["text", "integer", "decimal", "date"] = "text"
    title: str = ""
    hint: str = ""
    required: bool = False
    codes: tuple[tuple[str, str], ...] = ()
    least: int | None = None


@dataclass(frozen=True)
class Form:
    """A workbook to be filled in.

    Attributes:
        title: Of the document.
        author: Who asks for it.
        said: Label and value, a line each, as the reader finds them again: dataset, supplier, period.
        lines: Guidance.
        columns: Of the table.
        rows: What is filled in already, as long as ``columns``.
        room: Rows that take values, those filled in among them.
        sheet: Name of the sheet of the table.
        header_row: Row of its header, from 1.
        dated: Day written as the file's own, so that the same form is the same bytes.
    """

    title: str
    author: str
    said: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    columns: tuple[FormColumn, ...]
    rows: tuple[tuple[Value, ...], ...] = ()
    room: int = 200
    sheet: str = FORM
    header_row: int = 1
    dated: dt.date = dt.date(2000, 1, 1)


def write_form(form: Form) -> bytes:
    """The form as the bytes of an XLSX file; the same form gives the same bytes."""
    out = io.BytesIO()
    target = xlsxwriter.Workbook(out, copy.deepcopy(OPTIONS))
    day = form.dated
    target.set_properties(
        {"title": form.title, "author": form.author, "created": dt.datetime(day.year, day.month, day.day, 9, 30)}
    )
    formats = Formats(target)
    guidance = target.add_worksheet(GUIDANCE)
    sheet = target.add_worksheet(form.sheet)
    columns = target.add_worksheet(COLUMNS)
    lists = [c for c in form.columns if c.codes]
    listed = target.add_worksheet(LISTS) if lists else None
    _guidance(guidance, form, formats)
    _columns(columns, form, formats)
    places = _lists(listed, lists, formats) if listed is not None else {}
    _table(sheet, form, formats, places)
    sheet.activate()
    target.close()
    return settled(out.getvalue(), "en-GB")


def _guidance(sheet: Any, form: Form, formats: Formats) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, form.title, formats.get(bold=True, font_size=SIZES["title"]))
    row = 1
    for label, value in form.said:
        sheet.write_string(row, 0, label, formats.get(bold=True))
        sheet.write_string(row, 1, value, formats.get())
        row += 1
    for line in (Line("How to fill it in", "heading"), *(Line(text) for text in form.lines)):
        sheet.write_string(row, 0, line.text, formats.get(bold=line.style != "text", font_size=SIZES[line.style]))
        row += 1


def _columns(sheet: Any, form: Form, formats: Formats) -> None:
    rows = [
        [c.name, c.title, c.hint or c.title, "yes" if c.required else "no", f"see {LISTS}" if c.codes else c.kind]
        for c in form.columns
    ]
    _small(sheet, "The columns of the return", ["Column", "Title", "What it holds", "Needed", "Takes"], rows, formats)


def _lists(sheet: Any, lists: list[FormColumn], formats: Formats) -> dict[str, str]:
    """Write the lists, one below the other in one table; the range of each column's codes."""
    rows: list[list[str]] = []
    places: dict[str, str] = {}
    for column in lists:
        first = len(rows) + 4
        rows += [[column.name, code, meaning] for code, meaning in column.codes]
        places[column.name] = f"={LISTS}!$B${first}:$B${first + len(column.codes) - 1}"
    _small(sheet, "What the columns with lists take", ["Column", "Value", "Meaning"], rows, formats)
    return places


def _small(sheet: Any, title: str, headers: list[str], rows: list[list[str]], formats: Formats) -> None:
    sheet.write_string(0, 0, title, formats.get(bold=True, font_size=SIZES["title"]))
    sheet.write_string(1, 0, "This worksheet contains one table.", formats.get())
    for at, header in enumerate(headers):
        longest = max((len(row[at]) for row in rows), default=0)
        sheet.set_column(at, at, min(60, max(10, longest, len(header)) + 2))
    sheet.add_table(
        2, 0, 2 + max(1, len(rows)), len(headers) - 1,
        {"name": f"{sheet.name}_table", "autofilter": False, "style": None,
         "columns": [{"header": h, "header_format": formats.get(bold=True)} for h in headers]},
    )  # fmt: skip
    for number, row in enumerate(rows, 3):
        for at, text in enumerate(row):
            sheet.write_string(number, at, text, formats.get(text_wrap=True))


def _table(sheet: Any, form: Form, formats: Formats, places: dict[str, str]) -> None:
    top = form.header_row - 1
    bottom = top + max(form.room, len(form.rows), 1)
    for at, column in enumerate(form.columns):
        pattern = {"date": "yyyy-mm-dd", "integer": "0", "decimal": "0.00"}.get(column.kind, "@")
        sheet.set_column(at, at, max(12, len(column.name) + 2), formats.get(num_format=pattern))
        if rule := _rule(column, places):
            sheet.data_validation(top + 1, at, bottom, at, rule)
    sheet.add_table(
        top, 0, bottom, len(form.columns) - 1,
        {"name": "Return_table", "autofilter": False, "style": None,
         "columns": [{"header": c.name, "header_format": formats.get(bold=True)} for c in form.columns]},
    )  # fmt: skip
    for number, row in enumerate(form.rows, top + 1):
        for at, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, dt.date):
                sheet.write_datetime(number, at, value, formats.get(num_format="yyyy-mm-dd"))
            elif isinstance(value, int):
                sheet.write_number(number, at, value, formats.get(num_format="0"))
            else:
                sheet.write_string(number, at, value, formats.get(num_format="@"))
    sheet.freeze_panes(top + 1, 0)


def _rule(column: FormColumn, places: dict[str, str]) -> dict[str, Any] | None:
    """What a program that opens the form lets a cell take."""
    words = {
        "input_title": column.name[:32],
        "input_message": (column.title or column.name)[:255],
        "error_title": "Not one of its values"[:32],
        "ignore_blank": True,
    }
    if column.codes:
        message = f"Take a value of the list; what each means stands on the sheet {LISTS}."
        return {**words, "validate": "list", "source": places[column.name], "error_message": message}
    if column.kind in ("integer", "decimal"):
        least = -_MAXIMUM if column.least is None else column.least
        noun = "a whole number" if column.kind == "integer" else "a number"
        message = f"Write {noun}{f', {least} or more' if column.least is not None else ''}."
        limits = {"criteria": "between", "minimum": least, "maximum": _MAXIMUM, "error_message": message}
        return {**words, "validate": column.kind, **limits}
    if column.kind == "date":
        limits = {"criteria": ">=", "value": dt.date(1900, 1, 1), "error_message": "Write a date."}
        return {**words, "validate": "date", **limits}
    return None
