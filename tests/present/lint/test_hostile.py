"""Files that are not what they say: the linter answers with one finding, never with an exception."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.present.lint import lint_bytes, lint_directory, lint_file


def _zip(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(f"{name}.xml", data)
    return out.getvalue()


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize("name", ["a.ods", "a.xlsx"])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a zip",
        _zip(),
        _zip(content=b"<a/>"),
        _zip(content=BOMB),
        _zip(content=b"<a>"),
        _zip(content=b"\xff\xfe<\x00a\x00/\x00>\x00"),
        _zip(**{"xl/workbook": b"<workbook/>"}) + b"trailing",
    ],
    ids=["empty", "text", "no parts", "nothing in it", "entities", "cut short", "utf-16", "other"],
)
def test_no_spreadsheet(name: str, data: bytes) -> None:
    found = {problem.code for problem in lint_bytes(name, data)}
    assert found & {"PR-Y100", "PR-Y101"}
    assert all(problem.message for problem in lint_bytes(name, data))


@dataclass(frozen=True)
class Whole:
    """A spreadsheet's bytes, which no report of a failed example quotes."""

    data: bytes = field(repr=False)


@pytest.fixture
def whole(request: pytest.FixtureRequest) -> Whole:
    return Whole(request.getfixturevalue(request.param))


@pytest.mark.parametrize(("name", "whole"), [("a.ods", "ods"), ("a.xlsx", "xlsx")], indirect=["whole"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10**6), byte=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_file_never_raises(name: str, at: int, byte: int, cut: bool, whole: Whole) -> None:
    data = bytearray(whole.data)
    at %= len(data)
    if cut:
        del data[at:]
    else:
        data[at] = byte
    lint_bytes(name, bytes(data))


@pytest.mark.parametrize("name", ["a.ods", "a.xlsx"])
def test_a_version_that_no_zip_file_has(name: str, ods: bytes, xlsx: bytes) -> None:
    data = bytearray(ods if name == "a.ods" else xlsx)
    data[data.rindex(b"PK\x01\x02") + 6] = 190
    (problem,) = lint_bytes(name, bytes(data))
    assert problem.code == "PR-Y100" and problem.message


def test_rows_repeated_without_end() -> None:
    office = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    table = 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    content = (
        f"<office:document-content {office} {table}><office:body><office:spreadsheet><table:table>"
        f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    assert [p.code for p in lint_bytes("a.ods", _zip(content=content.encode()))] == ["PR-Y100"]


def test_a_kind_of_file_nobody_knows() -> None:
    with pytest.raises(UserError) as caught:
        lint_bytes("a.docx", b"")
    assert caught.value.code == "PR-Y060"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        lint_file(tmp_path / "a.ods")
    assert caught.value.code == "PR-Y061"


def test_a_directory_is_read_in_order(tmp_path: Path, ods: bytes) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/x.ods").write_bytes(ods)
    (tmp_path / "c.csv").write_bytes(b"a\r\n")
    (tmp_path / "a.ods").write_bytes(b"")
    (tmp_path / "ignored.txt").write_bytes(b"")
    found = lint_directory(tmp_path)
    assert [(p.code, p.where.split()[0]) for p in found] == [("PR-Y100", "a.ods"), ("PR-Y170", "c.csv")]
