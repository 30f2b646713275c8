"""Files are read in a limited child, and what a workbook carries unseen is told."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from odf.office import Annotation
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl.comments import Comment

from piperoll.collect.limits import Limits
from piperoll.errors import UserError
from piperoll.protect.output import Verdict, check_outputs
from piperoll.protect.output.reading import LIMITS, Book, _plain, read, read_in_child
from piperoll.protect.output.record import digest
from piperoll.protect.output.remains import remains


def xlsx(path: Path) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Claims"
    for row in (["area", "count"], ["A", 40], ["B", 12.5], ["C", "[c]"]):
        sheet.append(row)
    book.save(path)
    return book


def one(path: Path, **more: object) -> Book:
    return read([path], **more)[0]


def test_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    xlsx(path)
    book = one(path)
    assert [(s.name, s.visible, s.rows) for s in book.sheets] == [
        ("Claims", True, (("area", "count"), ("A", 40), ("B", 12.5), ("C", "[c]")))
    ]
    assert book.remains == {}


def test_what_a_workbook_carries_unseen(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsx(path)
    sheet = book["Claims"]
    sheet["B2"].comment = Comment("John Smith's case", "me")
    sheet["C2"] = "=B2-37"
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    secret = book.create_sheet("data")
    secret.append(["person", "amount"])
    secret.sheet_state = "hidden"
    book.save(path)
    read_back = one(path)
    assert {s.name: s.visible for s in read_back.sheets} == {"Claims": True, "data": False}
    assert read_back.remains == {"comments": 1, "formulas": 1, "hidden_columns": 1, "hidden_rows": 1}
    record = check_outputs([path])
    told = {f.check: f.verdict for f in record.findings}
    assert told["hidden sheet"] is Verdict.FAIL
    assert told["hidden rows"] is Verdict.FAIL
    assert told["hidden columns"] is Verdict.FAIL
    assert told["comments"] is Verdict.REVIEW
    assert told["formulas"] is Verdict.REVIEW
    assert "Smith" not in record.json()


def test_records_in_the_cache_of_a_pivot_table(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    xlsx(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/pivotCache/pivotCacheDefinition1.xml", "<pivotCacheDefinition xmlns='x'/>")
        archive.writestr(
            "xl/pivotCache/pivotCacheRecords1.xml",
            "<pivotCacheRecords>" + "<r><x v='1'/></r>" * 7 + "</pivotCacheRecords>",
        )
        archive.writestr("xl/embeddings/Workbook1.xlsx", b"x")
        archive.writestr("xl/vbaProject.bin", b"x")
    found = {f.check: f for f in check_outputs([path]).findings}
    assert "7 records lie in the cache" in found["pivot records"].sentence
    assert found["pivot records"].verdict is Verdict.FAIL
    assert found["embedded files"].verdict is Verdict.FAIL
    assert found["macros"].verdict is Verdict.REVIEW


def test_patterns_across_blocks_are_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    xlsx(path)
    filler = "<x a='" + "y" * ((1 << 20) - 30) + "'/>"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/pivotCache/pivotCacheRecords1.xml", filler + "<r><x/></r>" * 9 + filler + "<r>" + "<r>")
    assert one(path).remains == {"pivot_records": 11}


def test_an_open_document(tmp_path: Path) -> None:
    document = OpenDocumentSpreadsheet()
    table = Table(name="Claims")
    for values in (["area", "count"], ["A", 7]):
        row = TableRow()
        for value in values:
            number = isinstance(value, int)
            cell = TableCell(valuetype="float", value=value) if number else TableCell(valuetype="string")
            cell.addElement(P(text=str(value)))
            if number:
                note = Annotation()
                note.addElement(P(text="private"))
                cell.addElement(note)
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    path = tmp_path / "a.ods"
    document.save(str(path))
    book = one(path)
    assert book.sheets[0].rows[0] == ("area", "count")
    assert book.sheets[0].rows[1][1] == 7
    assert book.remains == {"comments": 1}
    assert {f.check for f in check_outputs([path]).of(Verdict.FAIL)} == {"threshold"}


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"area;count\nA;40\n", (("area", "count"), ("A", "40"))),
        (b"\xef\xbb\xbfarea,count\r\nA,\r\n", (("area", "count"), ("A",))),
        ("area\tcount\nZürich\t40\n".encode("cp1252"), (("area", "count"), ("Zürich", "40"))),
        (b'area,count\n"Bath, and North East Somerset","1,240"\n', (("area", "count"), ("Bath, and North East Somerset", "1,240"))),
    ],
)  # fmt: skip
def test_texts(tmp_path: Path, data: bytes, rows: tuple[tuple[str, ...], ...]) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    assert one(path).sheets[0].rows == rows


def in_child(path: Path, limits: Limits = LIMITS) -> Book:
    """The child's part in this process, where a debugger and the measure of coverage can see it."""
    work = path.parent / "work"
    work.mkdir()
    answer = read_in_child({}, {"path": str(path), "told": path.name, "work": str(work), "limits": limits})
    return Book.from_json(path.name, answer)


def test_the_childs_part(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first["B2"] = "area"
    first["C2"] = True
    first["C3"] = dt.date(2012, 4, 1)
    first["C4"] = "=1/0"
    first["D2"] = "=A1"
    book.create_chartsheet("picture")
    path = tmp_path / "a.xlsx"
    book.save(path)
    found = in_child(path)
    assert [s.name for s in found.sheets] == ["Sheet", "picture"]
    assert found.sheets[0].rows[1][:3] == (None, "area", "true")
    assert found.sheets[0].rows[2] == (None, None, "2012-04-01")
    assert found.sheets[1].rows == ()
    assert found.remains == {"formulas": 2}


@pytest.mark.parametrize("name", ["a.csv", "b.csv"])
def test_the_childs_part_of_a_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes("place,count\nZ\u00fcrich,40\n,\n".encode("utf-8" if name == "a.csv" else "cp1252"))
    assert in_child(path).sheets[0].rows == (("place", "count"), ("Z\u00fcrich", "40"), ())


@pytest.mark.parametrize(
    ("data", "code"), [(b"PAR1....PAR1", "PR-P130"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "PR-C019")]
)
def test_what_the_child_refuses(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    with pytest.raises(UserError, match=code):
        in_child(path)


def test_the_child_counts_cells(tmp_path: Path) -> None:
    small = Limits(memory_mb=1024, cpu_seconds=60, wall_seconds=60, file_mb=16, cells=5)
    path = tmp_path / "a.xlsx"
    xlsx(path)
    with pytest.raises(UserError, match="too many cells"):
        in_child(path, small)


def test_a_damaged_part_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", "<office:annotation >" * 5000)
    data = bytearray(path.read_bytes())
    data[60:64] = b"\xff\xff\xff\xff"
    path.write_bytes(bytes(data))
    assert remains(path, LIMITS) == {"unreadable_parts": 1}
    assert remains(tmp_path / "none", LIMITS) == {}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [(float("nan"), "nan"), (float("inf"), "nan"), (2.0, 2), (2.5, 2.5), (1e300, 1e300), (b"x", "b'x'")],
)
def test_cells_of_a_workbook(cell: object, expected: object) -> None:
    assert _plain(cell) == expected


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", b"0" * (200 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "codes"),
    [
        ("a.xlsx", b"PK\x03\x04 not a zip", {"PR-C014"}),
        ("a.pdf", b"%PDF-1.7", {"PR-C007"}),
        ("a.csv", b"", {"PR-C006"}),
        ("a.zip", b"PK\x05\x06" + b"\0" * 18, {"PR-P130"}),
        ("a.parquet", b"PAR1....PAR1", {"PR-P130"}),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, {"PR-C019"}),
    ],
)
def test_files_that_are_not_read(tmp_path: Path, name: str, data: bytes, codes: set[str]) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UserError) as caught:
        read([path])
    assert caught.value.code in codes
    assert caught.value.where == name


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(bomb())
    with pytest.raises(UserError, match="PR-C005"):
        read([path])


def test_too_many_cells_are_no_output(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" * 60)
    small = Limits(memory_mb=1024, cpu_seconds=60, wall_seconds=60, file_mb=16, cells=100)
    with pytest.raises(UserError, match=r"PR-P130.*too many cells"):
        one(path, limits=small)
    assert len(one(path, limits=LIMITS).sheets[0].rows) == 60


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"PR-P130.*no such file"):
        read([tmp_path / "none.csv"])


@pytest.mark.parametrize(
    "answer",
    [None, {}, {"sheets": [{}], "remains": {}}, {"sheets": [], "remains": []},
     {"sheets": [{"name": "a", "visible": True, "rows": [[{"x": 1}]]}], "remains": {}},
     {"sheets": [{"name": 5, "visible": True, "rows": []}], "remains": {}}],
)  # fmt: skip
def test_an_answer_of_the_child_is_believed_in_nothing(answer: object) -> None:
    with pytest.raises(UserError, match="PR-C003"):
        Book.from_json("a.csv", answer)


def test_digests(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert digest(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
