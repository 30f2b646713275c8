"""Workbooks: XLSX, XLS, XLSB and ODS. Each cell becomes the text that its type means, and what was lost is told."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from array import array
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any

from piperoll.collect.columns import Columns, match, require, shown
from piperoll.collect.limits import MIB, Limits
from piperoll.collect.prepared import Prepared
from piperoll.collect.remarks import Expected, Remark, at_rows, counted
from piperoll.collect.sheet_cells import Cells
from piperoll.collect.sheet_hidden import hidden
from piperoll.collect.sheet_lines import Lines
from piperoll.collect.sheet_said import SCANNED, compare, words_beside, words_of
from piperoll.collect.unpack import inspect_zip
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset, Field


BATCH = 20_000
EXACT_INTEGERS = 1 << 53
_AGAIN = "Save it afresh, or export the sheet as CSV in UTF-8."


def read_sheet(
    path: Path, work: Path, dataset: Dataset, told: str, limits: Limits, expected: Expected | None = None
) -> Prepared:
    """Make a workbook's sheet ready to be checked: every cell a text, empty rows left out, row numbers kept.

    Rows of totals and words are left out, and what people do to spreadsheets is told or asked (`Prepared.remarks`).

    Raises:
        UserError: PR-C019 when it cannot be opened, PR-C020 when the sheet is not clear, PR-C010 and PR-C011
            for the header, PR-C009 for its size, PR-C180 and PR-C181 when it says that it is for another slot,
            PR-C182 when it holds two tables.
    """
    import python_calamine as calamine

    formulas = 0
    if zipfile.is_zipfile(path):
        inspect_zip(path, told, limits)
        formulas = count_formulas(path, limits)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError:
        fix = "Ask for it without a password, over a channel that is safe."
        raise UserError("PR-C017", "The workbook is encrypted with a password.", where=told, fix=fix) from None
    except (calamine.CalamineError, OSError, ValueError):
        message = "The workbook is damaged, or no workbook."
        raise UserError("PR-C019", message, where=told, fix=_AGAIN) from None
    sheet, columns, header_at, notes, others = _choose(book, dataset, told, limits)
    remarks = _said(sheet, header_at, others, expected, told) if expected else []
    if formulas:
        notes.append(f"Cells hold formulas ({formulas} in the workbook): their last saved values were read.")
    _require_one_table(columns, sheet.name, header_at, told)
    require(columns, dataset, told)
    out = work / "sheet.parquet"
    codes = expected.codes if expected else {}
    fields = [{name: dataset.field(f) for f, name in columns.mapping.items()}.get(name) for name in columns.names]
    cells = Cells(fields, codes, sheet.merged_cell_ranges or (), header_at, sheet.name)
    lines = Lines(dataset, fields, columns.names, header_at, codes, sheet.name, told)
    written = _Written(fields, cells, lines)
    notes += written.write(sheet, columns, header_at, out)
    notes += _merged(sheet, header_at)
    remarks += [*cells.remarks(), *lines.remarks(), *_unseen(path, sheet, columns, written.rows, limits)]
    return Prepared(
        path=out,
        kind="parquet",
        columns=columns.names,
        mapping=columns.mapping,
        extra=columns.extra,
        file=told,
        sheet=sheet.name,
        first_row=header_at + 1,
        notes=(*notes, *columns.notes),
        remarks=tuple(remarks),
    )


def _said(sheet: Any, header_at: int, others: list[tuple[str, Any]], expected: Expected, told: str) -> list[Remark]:
    """Hold against the slot what the sheet says above its table, and the sheets beside it."""
    found = list(words_of(sheet.name, islice(_rows(sheet), header_at - 1)))
    for name, other in others:
        found += words_beside(name, islice(_rows(other), SCANNED))
    return compare(found, [sheet.name], expected, told)


def _require_one_table(columns: Columns, sheet: str, header_at: int, told: str) -> None:
    """Refuse two tables side by side: columns named twice, with one without a name between them.

    Raises:
        UserError: PR-C182.
    """
    if len(columns.twice) < 2 or not any(name.startswith("column_") for name in columns.extra):
        return
    message = f"The sheet {shown(sheet)} holds two tables side by side; their headers stand in row {header_at}."
    fix = "Leave one table in the sheet, with one header row; a file for each period."
    raise UserError("PR-C182", message, where=told, fix=fix)


def _unseen(path: Path, sheet: Any, columns: Columns, rows: array[int], limits: Limits) -> list[Remark]:
    """Ask about hidden rows and columns that were read."""
    found = hidden(path, sheet.name, limits)
    held = set(rows) if found.rows else set()
    numbers = [number for number in found.rows if number in held]
    remarks = []
    if numbers:
        rows_read = f"{counted(len(numbers), 'row')} hidden or filtered out, and read."
        said = f"Sheet {shown(sheet.name)}, {at_rows(numbers)}: {rows_read}"
        fix = "Do they belong to the return?"
        remarks.append(Remark("PR-C184", "R", said, fix, count=len(numbers), rows=tuple(numbers)))
    for name, header in columns.mapping.items():
        if columns.names.index(header) + 1 in found.columns:
            said = f"Sheet {shown(sheet.name)}: the column `{name}` is hidden, and was read."
            remarks.append(Remark("PR-C184", "R", said, "Are its values those meant?", name))
    return remarks


def _choose(
    book: Any, dataset: Dataset, told: str, limits: Limits
) -> tuple[Any, Columns, int, list[str], list[tuple[str, Any]]]:
    """The sheet that the contract means, its columns, the row of its header, notes; and the other sheets with data."""
    visible = {m.name: str(m.visible).endswith(".Visible") for m in book.sheets_metadata}
    names = list(book.sheet_names)
    notes: list[str] = []
    agreed = dataset.file.sheet
    if agreed is not None:
        if agreed not in names:
            near = get_close_matches(agreed, names, n=1)
            fix = f"Did you mean {shown(near[0])}?" if near else f"The workbook has {len(names)} other sheets."
            raise UserError("PR-C020", f"There is no sheet {shown(agreed)}.", where=told, fix=fix)
        chosen = [agreed]
    else:
        chosen = names
    found = []
    for name in chosen:
        try:
            sheet = book.get_sheet_by_name(name)
        except Exception:
            raise UserError("PR-C019", f"The sheet {shown(name)} is damaged.", where=told, fix=_AGAIN) from None
        if sheet.start is None or sheet.height == 0:
            continue
        if sheet.height * sheet.width > limits.cells or sheet.width > limits.columns:
            message = f"The sheet {shown(name)} is too large ({sheet.height} rows by {sheet.width} columns)."
            raise UserError("PR-C009", message, where=told, fix="Delete what is not data, or deliver CSV.")
        found.append((name, sheet, *_header(sheet, dataset)))
    if not found:
        fix = "If there is nothing to deliver, say so: --nil, or `nil: true` in the manifest."
        raise UserError("PR-C006", "The workbook holds no data.", where=told, fix=fix)
    fitting = [f for f in found if f[2].score and not f[2].missing] if len(found) > 1 else found
    shown_ones = [f for f in fitting if visible.get(f[0], True)]
    if len(shown_ones or fitting) != 1:
        listed = ", ".join(shown(f[0]) for f in (shown_ones or fitting or found)[:8])
        message = f"{len(found)} sheets hold data and it is not clear which is meant: {listed}."
        fix = "Deliver a workbook with one sheet, or name the sheet in the contract (`file: sheet:`)."
        raise UserError("PR-C020", message, where=told, fix=fix)
    name, sheet, columns, at = (shown_ones or fitting)[0]
    if not visible.get(name, True):
        notes.append(f"The sheet {shown(name)} is hidden; it was read.")
    others = [f for f in found if f[0] != name]
    if others:
        hidden = sum(1 for f in others if not visible.get(f[0], True))
        notes.append(f"Other sheets that hold data and were not read: {len(others)} (hidden: {hidden}).")
    if at != dataset.file.header_row:
        notes.append(f"The header stands in row {at}, not {dataset.file.header_row} as agreed.")
    return sheet, columns, at, notes, [(f[0], f[1]) for f in others]


def _header(sheet: Any, dataset: Dataset) -> tuple[Columns, int]:
    """The row among the first forty that names most columns; the agreed one where it names as many."""
    best: tuple[Columns, int] | None = None
    for number, row in _rows(sheet):
        if number > 40 and best is not None:
            break
        columns = match(_trim([_plain(cell) for cell in row]), dataset)
        better = best is None or columns.score > best[0].score
        same = best is not None and columns.score == best[0].score and number == dataset.file.header_row
        if better or same:
            best = (columns, number)
    assert best is not None
    return best


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Rows with their numbers as people count them; cells from column A on."""
    _, left = sheet.start
    empty = [""] * left
    # Rows above the data are given, as empty ones; cells left of it are not
    for number, row in enumerate(sheet.iter_rows(), 1):
        yield number, empty + row


def _trim(texts: list[str]) -> list[str]:
    while texts and not texts[-1].strip():
        texts.pop()
    return texts


class _Written:
    """The rows of a sheet on their way to Parquet; ``rows`` are the numbers of those written."""

    def __init__(self, fields: list[Field | None], cells: Cells, lines: Lines) -> None:
        self.rows: array[int] = array("q")
        self._fields, self._cells, self._lines = fields, cells, lines

    def write(self, sheet: Any, columns: Columns, header_at: int, out: Path) -> list[str]:
        """Write them, and give notes on what was lost."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        fields, cells, lines = self._fields, self._cells, self._lines
        width = len(fields)
        schema = pa.schema([*((name, pa.string()) for name in columns.names), ("_row", pa.int64())])
        numbers = [0] * width
        big = 0
        beyond = 0
        with pq.ParquetWriter(out, schema) as writer:
            batch: list[list[Any]] = []
            for number, row in _rows(sheet):
                if number <= header_at:
                    continue
                texts: list[Any] = []
                for place in range(width):
                    cell = row[place] if place < len(row) else ""
                    field = fields[place]
                    if isinstance(cell, int | float) and not isinstance(cell, bool):
                        if field is not None and field.type.startswith(("str", "code")):
                            numbers[place] += 1
                        big += abs(cell) >= EXACT_INTEGERS
                    texts.append(cell_text(cell, field))
                beyond += any(_plain(cell).strip() for cell in row[width:])
                cells.mend(number, texts)
                cells.fill(number, texts)
                if any(texts) and lines.kind(number, texts) == "row":
                    batch.append([*texts, number])
                    self.rows.append(number)
                if len(batch) == BATCH:
                    _flush(writer, schema, batch)
            _flush(writer, schema, batch)
        notes = [
            f"The column `{field.name}` is a text; "
            f"cells that hold a number, so that leading zeros may be lost: {count}."
            for field, count in zip(fields, numbers, strict=True)
            if field is not None and count
        ]
        if big:
            notes.append(f"{big} numbers have more than 15 digits: a workbook does not keep them exactly.")
        if beyond:
            notes.append(f"{beyond} rows hold cells beyond the last named column; these were not read.")
        return notes


def _flush(writer: Any, schema: Any, batch: list[list[Any]]) -> None:
    import pyarrow as pa

    if batch:
        columns = zip(*batch, strict=True)
        writer.write_table(pa.table([pa.array(c, t.type) for c, t in zip(columns, schema, strict=True)], schema=schema))
        batch.clear()


def cell_text(cell: Any, field: Field | None) -> str | None:
    """A cell as a CSV of the same data would have it."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, dt.datetime | dt.date) and field is not None and field.format:
        return cell.strftime(field.format)
    if isinstance(cell, dt.datetime) and field is not None and field.type == "date" and cell.time() == dt.time():
        return cell.date().isoformat()
    return _plain(cell)


def _plain(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT_INTEGERS else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _merged(sheet: Any, header_at: int) -> list[str]:
    ranges = sheet.merged_cell_ranges or []
    below = [r for r in ranges if r[1][0] + 1 > header_at]
    if not below:
        return []
    return [f"{len(below)} ranges of cells are merged: only the first cell of each holds a value."]


def count_formulas(path: Path, limits: Limits) -> int:
    """How many cells of a workbook hold a formula (XLSX and ODS; XLSB is binary and tells nothing)."""
    count = 0
    pattern = re.compile(rb"<f[ >/]|table:formula=")
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not (info.filename.startswith("xl/worksheets/") or info.filename == "content.xml"):
                continue
            tail = b""
            done = 0
            try:
                with archive.open(info) as part:
                    while (block := part.read(MIB)) and done < limits.file_mb * MIB:
                        done += len(block)
                        count += len(pattern.findall(tail + block)) - len(pattern.findall(tail))
                        tail = block[-16:]
            except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError):
                return count
    return count
