"""Untrusted tables: read in a child, refused with a sentence."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from piperoll.errors import UserError
from piperoll.protect.files.read import read_tables


def test_tables_come_as_text(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.csv", tmp_path / "b.csv.gz"
    plain.write_bytes(b'\xef\xbb\xbfarea;n\n"A; 1";007\nB;\n')
    packed.write_bytes(gzip.compress(b"area,n\nA,1\n"))
    found = read_tables([plain, packed], 100)
    assert found["a"].to_dict(as_series=False) == {"area": ["A; 1", "B"], "n": ["007", ""]}
    assert found["b"].rows() == [("A", "1")]


def test_two_files_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_text("area,n\nA,1\n", encoding="utf-8")
    assert list(read_tables([tmp_path / "one" / "a.csv", tmp_path / "two" / "a.csv"], 9)) == ["a", "a+"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "PR-"),
        (b"area,n\n", "PR-P069"),
        (b"area,area\nA,1\n", "PR-P069"),
        (b"area,\nA,1\n", "PR-P069"),
        (b"area,n\nA,1,2\n", "PR-P069"),
        (b"area,n\nA\n", "PR-P069"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PR-"),
        (b"area,n\nZ\xfcrich,1\n", "PR-C008"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(UserError, match=code):
        read_tables([path], 100)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="PR-P069"):
        read_tables([tmp_path / "none.csv"], 100)


@pytest.mark.parametrize("quoted", [False, True])
def test_more_rows_than_allowed_are_refused_by_counting(tmp_path: Path, quoted: bool) -> None:
    path = tmp_path / "t.csv"
    path.write_text("area,n\n" + ('"A",1\n' if quoted else "A,1\n") * 101, encoding="utf-8")
    with pytest.raises(UserError, match=r"PR-P062 t.csv: the table has more than 100 cells"):
        read_tables([path], 100)
    path.write_text("area,n\n" + ('"A",1\n' if quoted else "A,1\n") * 100, encoding="utf-8")
    assert read_tables([path], 100)["t"].height == 100


def test_a_table_of_ten_million_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(b"area,n\n")
        for _ in range(100):
            file.write(b"A,1\n" * 100_000)
    with pytest.raises(UserError, match="PR-P062"):
        read_tables([path], 5_000_000)
