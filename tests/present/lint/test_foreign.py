"""Spreadsheets that other programs wrote: the faults that published workbooks really have."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from openpyxl.styles import Font, PatternFill

from piperoll.present.lint import lint_bytes
from piperoll.present.lint.files import read_spreadsheet
from piperoll.present.ods import write_ods
from piperoll.present.workbook import Workbook


def _codes(name: str, data: bytes) -> set[str]:
    return {problem.code for problem in lint_bytes(name, data)}


def _as_usually_made() -> bytes:
    """A workbook as many are still made: a merged title, a footnote below, colours, small print, panes."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "Table 1"
    sheet.merge_cells("A1:C1")
    for row in (["Area", "Q1 2012", "Q2 2012"], ["North", "1,234", 5], ["South", "..", None], [], ["1 A footnote"]):
        sheet.append(row)
    sheet["B2"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["A6"].font = Font(size=8)
    sheet["C5"] = "=SUM(C3:C4)"
    sheet.freeze_panes = "B3"
    sheet.auto_filter.ref = "A2:C4"
    sheet.column_dimensions["D"].hidden = True
    book.create_sheet("Sheet2").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_as_usually_made() -> None:
    codes = _codes("a.xlsx", _as_usually_made())
    assert codes >= {
        "PR-Y101", "PR-Y102", "PR-Y105", "PR-Y106", "PR-Y107", "PR-Y108", "PR-Y111",
        "PR-Y122", "PR-Y123", "PR-Y125", "PR-Y127", "PR-Y128", "PR-Y132",
    }  # fmt: skip


def test_text_kept_in_the_cell_itself_is_read() -> None:
    out = io.BytesIO()
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append(["A title", True, 2.5])
    book.save(out)
    (read,) = read_spreadsheet(".xlsx", out.getvalue()).sheets
    kinds = [read.cells[0, c].kind for c in range(3)]
    assert kinds == ["text", "boolean", "number"]
    assert read.cells[0, 0].text == "A title"
    assert read.cells[0, 2].value == "2.5"


def test_an_ods_of_another_library() -> None:
    document = OpenDocumentSpreadsheet()
    table = Table(name="Data")
    row = TableRow()
    wide = TableCell(valuetype="string", numbercolumnsspanned=2, numberrowsspanned=1)
    wide.addElement(P(text="A title"))
    row.addElement(wide)
    row.addElement(CoveredTableCell())
    table.addElement(row)
    repeated = TableRow(numberrowsrepeated=3)
    repeated.addElement(TableCell(valuetype="float", value=5, numbercolumnsrepeated=2))
    table.addElement(repeated)
    document.spreadsheet.addElement(table)
    out = io.BytesIO()
    document.save(out)
    (read,) = read_spreadsheet(".ods", out.getvalue()).sheets
    assert read.merged == 1
    assert sorted(read.cells) == [(0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 1)]
    assert {"PR-Y101", "PR-Y102", "PR-Y111", "PR-Y125"} <= _codes("a.ods", out.getvalue())


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["ods", "xlsx"])
def test_what_libreoffice_makes_of_a_clean_workbook_is_read_alike(book: Workbook, tmp_path: Path, suffix: str) -> None:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "a.ods").write_bytes(write_ods(book))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", suffix, "--outdir", str(tmp_path / "out")]
    subprocess.run([*command, str(tmp_path / "a.ods")], check=True, capture_output=True)
    data = (tmp_path / f"out/a.{suffix}").read_bytes()
    mine = read_spreadsheet(".ods", write_ods(book))
    theirs = read_spreadsheet(f".{suffix}", data)
    assert [sheet.name for sheet in theirs.sheets] == [sheet.name for sheet in mine.sheets]
    assert theirs.title == mine.title
    for a, b in zip(mine.sheets, theirs.sheets, strict=True):
        # Column by column: what is stored survives, whatever styles LibreOffice makes of it.
        assert {p: float(c.value) for p, c in a.cells.items() if c.value} == {
            p: float(c.value) for p, c in b.cells.items() if c.value
        }
        assert {p: c.text for p, c in a.cells.items() if c.kind == "text"} == {
            p: c.text for p, c in b.cells.items() if c.kind == "text"
        }
        assert [(t.top, t.left, t.bottom, t.right) for t in a.tables] == [
            (t.top, t.left, t.bottom, t.right) for t in b.tables
        ]
