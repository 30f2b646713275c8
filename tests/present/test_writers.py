"""What the spreadsheet writers write, read back by programs that share no code with them."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odf.opendocument import load as load_odf

from piperoll.present.layout import lines_needed, sheets_of
from piperoll.present.lint import lint_bytes
from piperoll.present.ods import MIMETYPE, letters, write_ods
from piperoll.present.workbook import Cell, Column, Workbook
from piperoll.present.xlsx import write_xlsx


WRITERS = pytest.mark.parametrize("write", [write_ods, write_xlsx])


def _rows(data: bytes, sheet: str) -> list[list[object]]:
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(sheet).to_python()


@WRITERS
def test_two_writings_are_the_same_bytes(write: Callable[[Workbook], bytes], book: Workbook) -> None:
    assert write(book) == write(replace(book))


@WRITERS
def test_nothing_in_the_container_tells_the_time(write: Callable[[Workbook], bytes], book: Workbook) -> None:
    with zipfile.ZipFile(io.BytesIO(write(book))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        text = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="replace")
    assert str(dt.date.today()) not in text


@WRITERS
def test_sheets_come_in_order(write: Callable[[Workbook], bytes], book: Workbook) -> None:
    names = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(write(book))).sheet_names
    assert names == ["Cover", "Contents", "Notes", "Symbols", "Table_1", "Table_2"]


@WRITERS
def test_numbers_are_numbers_and_markers_are_beside_them(write: Callable[[Workbook], bytes], book: Workbook) -> None:
    rows = _rows(write(book), "Table_1")
    top = next(i for i, row in enumerate(rows) if row[0] == "Place code")
    assert rows[top + 1][3:6] == [12345, 1.25, -3.5]
    assert rows[top + 2][3:6] == [12000, 1.2, 0]
    assert rows[top + 3][3:6] == ["[c]", "[c]", "[z]"]
    assert rows[top + 4][3:6] == [0, "[low]", "[x]"]
    assert rows[top][4] == "Rate\n(per 1,000 households)\n[note 3]"


@WRITERS
def test_a_text_like_a_formula_stays_a_text(write: Callable[[Workbook], bytes], book: Workbook) -> None:
    rows = _rows(write(book), "Table_1")
    assert '=cmd|"/c calc"!A1 <b>& Sons</b>' in {row[1] for row in rows}


@WRITERS
def test_a_workbook_without_notes_or_markers_has_no_such_sheets(
    write: Callable[[Workbook], bytes], book: Workbook
) -> None:
    bare = replace(book, tables=book.tables[1:], notes=())
    names = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(write(bare))).sheet_names
    assert names == ["Cover", "Contents", "Table_2"]


def test_xlsx_properties_and_tables(xlsx: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx))
    assert book.properties.title == "Widget statistics, England and Wales, Apr to Jun 2012"
    assert book.properties.language == "en-GB"
    assert book.properties.creator == "Ministry of Widgets"
    assert book.properties.created == dt.datetime(2012, 8, 9, 9, 30)
    assert book["Table_1"].tables["Table_1"].ref == "A7:G11"
    assert book["Table_1"].tables["Table_1"].autoFilter is None
    assert book["Table_1"]["D8"].number_format == '#,##0" [r]"'
    assert book["Contents"]["A6"].hyperlink.location == "'Table_1'!A1"
    assert book["Cover"]["A1"].font.name == "Arial"


def test_ods_container_begins_with_its_type_uncompressed(ods: bytes) -> None:
    assert ods[30:38] == b"mimetype"
    assert ods[38 : 38 + len(MIMETYPE)] == MIMETYPE.encode()
    with zipfile.ZipFile(io.BytesIO(ods)) as archive:
        manifest = archive.read("META-INF/manifest.xml").decode()
        for name in archive.namelist():
            assert name in {"mimetype", "META-INF/manifest.xml"} or f'full-path="{name}"' in manifest


def test_ods_opens_in_odfpy_with_its_properties(ods: bytes) -> None:
    document = load_odf(io.BytesIO(ods))
    text = document.metaxml()
    assert "<dc:language>en-GB</dc:language>" in text
    assert "Widget statistics, England and Wales, Apr to Jun 2012" in text


def test_column_letters() -> None:
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


safe_text = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=30
).filter(lambda t: t.strip() == t)
cells = st.one_of(
    st.integers(-(10**12), 10**12),
    st.builds(Cell, st.integers(0, 10**6), st.sampled_from([("r",), ("p", "e")])),
    st.sampled_from([Cell(None, ("c",)), Cell(None, ("z",))]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(safe_text, cells), min_size=1, max_size=6, unique_by=lambda row: row[0]))
def test_any_text_and_number_comes_back_as_it_was(book: Workbook, rows: list[tuple[str, object]]) -> None:
    columns = (Column("name", "Name"), Column("n", "Number", "integer"))
    table = replace(book.tables[1], columns=columns, rows=tuple(rows))
    small = replace(book, tables=(table,), notes=())
    expected = [
        [name, c.value if isinstance(c, Cell) and c.value is not None else c if isinstance(c, int) else None]
        for name, c in rows
    ]
    for name, data in (("a.ods", write_ods(small)), ("a.xlsx", write_xlsx(small))):
        read = _rows(data, "Table_2")[-len(rows) :]
        got = [[row[0], None if isinstance(row[1], str) else row[1]] for row in read]
        assert got == expected, name
        assert not [p for p in lint_bytes(name, data) if p.code not in ("PR-Y126", "PR-Y129", "PR-Y132")]


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["ods", "xlsx"])
def test_libreoffice_opens_it_and_sees_the_same(suffix: str, ods: bytes, xlsx: bytes, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / f"in.{suffix}").write_bytes(ods if suffix == "ods" else xlsx)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run([*command, f"{tmp_path}/out", f"{tmp_path}/in.{suffix}"], check=True, capture_output=True)
    book = openpyxl.load_workbook(tmp_path / "out/in.xlsx")
    sheet = book["Table_1"]
    assert [cell.value for cell in sheet[8]][3:6] == [12345, 1.25, -3.5]
    assert sheet["B10"].value == '=cmd|"/c calc"!A1 <b>& Sons</b>'
    assert sheet["B10"].data_type in ("s", "inlineStr")
    assert book["Table_1"].title == "Table_1"


def test_runs_of_spaces_survive_in_ods(book: Workbook) -> None:
    table = replace(book.tables[1], rows=(("a  b   c <d>  &e", 1),))
    rows = _rows(write_ods(replace(book, tables=(table,), notes=())), "Table_2")
    assert rows[-1][0] == "a  b   c <d>  &e"


def test_xlsx_names_its_font_and_no_theme(xlsx: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert "scheme" not in styles
    assert "Calibri" not in styles


def test_a_cover_says_only_what_it_was_told(book: Workbook) -> None:
    bare = replace(book, cover=replace(book.cover, contact=None, links=(), published=None, status=""))
    texts = [row[0] for row in _rows(write_ods(bare), "Cover")]
    assert "Contact" not in texts
    assert "Publication date" not in texts
    assert "Publisher" in texts


def test_widths_follow_the_text_within_bounds(book: Workbook) -> None:
    table = replace(
        book.tables[1],
        columns=(Column("year", "Y"), Column("widgets", "An extraordinarily long header of many words", "integer")),
        rows=(("x" * 500, 1),),
    )
    sheet = sheets_of(replace(book, tables=(table,), notes=()))[-1]
    assert sheet.widths[0] == 60
    assert 16 <= sheet.widths[1] <= 24
    assert lines_needed("one\ntwo", 10) == 2
    assert lines_needed("x" * 30, 11) == 3
