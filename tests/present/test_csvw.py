from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from csvw import CSVW

from piperoll.errors import Problems
from piperoll.present.csvw import csv_files, csv_header, write_csv, write_metadata
from piperoll.present.lint import lint_bytes
from piperoll.present.workbook import Cell, Column, Workbook


def _metadata(book: Workbook) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(write_metadata(book, book.tables[0]))
    return result


def _is_valid(directory: Path, name: str) -> bool:
    """The csvw package's verdict, with its traps avoided: it tells of faults by warnings, and of a key by raising."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        # Its own code leaves a file open and uses names that newer libraries deprecate: neither is our finding.
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=ResourceWarning)
        try:
            return bool(CSVW(str(directory / f"{name}-metadata.json"), validate=True).is_valid)
        except ValueError:
            return False


def _written(book: Workbook, directory: Path) -> Path:
    for name, data in csv_files(book).items():
        (directory / name).write_bytes(data)
    return directory


def test_the_csv_is_tidy_with_a_status_beside_each_number(book: Workbook) -> None:
    rows = list(csv.reader(io.StringIO(write_csv(book.tables[0]).decode(), newline="")))
    assert rows[0] == csv_header(book.tables[0])
    assert rows[0][3:7] == ["widgets", "widgets_status", "rate", "rate_status"]
    assert rows[1][3:9] == ["12345", "r", "1.25", "", "-3.5", ""]
    assert rows[2][5:7] == ["1.20", "r e"]
    assert rows[3][3:5] == ["", "c"]
    assert rows[1][9] == "2012-07-01"


def test_a_text_like_a_formula_is_guarded_and_a_negative_number_is_not(book: Workbook) -> None:
    rows = list(csv.reader(io.StringIO(write_csv(book.tables[0]).decode(), newline="")))
    assert rows[3][1].startswith("'=cmd|")
    assert rows[1][7] == "-3.5"
    assert any("apostrophe" in note["rdfs:comment"] for note in _metadata(book)["notes"])


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_every_start_of_a_formula_is_guarded(book: Workbook, start: str) -> None:
    table = replace(book.tables[1], rows=((f"{start}1+1", 5),))
    assert write_csv(table).decode().splitlines()[1] == f"'{start}1+1,5,"


def test_a_number_column_has_a_status_in_every_edition(book: Workbook) -> None:
    assert csv_header(book.tables[1]) == ["year", "widgets", "widgets_status"]


def test_the_metadata_say_what_the_table_is(book: Workbook) -> None:
    document = _metadata(book)
    assert document["dc:title"] == "Widgets by place, England and Wales, Jan to Jun 2012"
    assert document["dc:issued"] == "2012-08-09"
    assert document["tableSchema"]["primaryKey"] == ["place_code", "period"]
    assert {code["skos:notation"] for code in document["skos:hasTopConcept"]} == {"c", "e", "low", "r", "x", "z"}
    columns = {column["name"]: column for column in document["tableSchema"]["columns"]}
    assert columns["rate"]["datatype"]["base"] == "decimal"
    assert columns["rate"]["dc:title"] == "Rate (per 1,000 households)"
    assert columns["place_code"]["required"] is True
    assert columns["widgets"]["required"] is False


def test_the_csvw_validator_accepts_every_file(book: Workbook, tmp_path: Path) -> None:
    _written(book, tmp_path)
    assert _is_valid(tmp_path, "widgets-by-place.csv")
    assert _is_valid(tmp_path, "table_2.csv")


def test_the_csvw_validator_would_refuse_a_broken_one(book: Workbook, tmp_path: Path) -> None:
    path = _written(book, tmp_path) / "table_2.csv"
    path.write_bytes(path.read_bytes().replace(b"2003,109", b"2003,many"))
    assert not _is_valid(tmp_path, "table_2.csv")


def test_two_writings_are_the_same_bytes(book: Workbook) -> None:
    assert csv_files(book) == csv_files(replace(book))


def test_a_workbook_that_breaks_the_guidance_is_not_written(book: Workbook) -> None:
    with pytest.raises(Problems):
        csv_files(replace(book, title=""))


def test_a_marked_text_column_gets_a_status_too(book: Workbook) -> None:
    columns = (Column("year", "Year"), Column("place", "Place"), Column("n", "N", "integer"))
    table = replace(book.tables[1], columns=columns, rows=(("2001", Cell(None, ("x",)), 1),), key=("year",))
    marked = replace(book, tables=(table,), notes=())
    assert csv_header(table) == ["year", "place", "place_status", "n", "n_status"]
    files = csv_files(marked)
    assert lint_bytes("table_2.csv", files["table_2.csv"], files["table_2.csv-metadata.json"]) == ()


def _edit(old: bytes, new: bytes) -> Callable[[bytes, bytes], tuple[bytes, bytes]]:
    def edit(data: bytes, metadata: bytes) -> tuple[bytes, bytes]:
        assert old in data
        return data.replace(old, new, 1), metadata

    return edit


def _meta(old: bytes, new: bytes) -> Callable[[bytes, bytes], tuple[bytes, bytes]]:
    def edit(data: bytes, metadata: bytes) -> tuple[bytes, bytes]:
        assert old in metadata
        return data, metadata.replace(old, new, 1)

    return edit


LINT_BREAKS = {
    "PR-Y170": _meta(b"{", b"["),
    "PR-Y171": _edit(b"year,widgets,", b"widgets,year,"),
    "PR-Y172": _edit(b"2003,109,", b"2003,109"),
    "PR-Y173": _edit(b"2003,109,", b",109,"),
    "PR-Y174": _edit(b"2003,109,", b"2003,1.5,"),
    "PR-Y175": _edit(b"2004,", b"2003,"),
    "PR-Y176": _edit(b"2003,109,", b"2003,,"),
    "PR-Y177": _meta(b'"dc:publisher"', b'"dc:nobody"'),
    "PR-Y178": _edit(b"2003,109,", b"=1+1,109,"),
    "PR-Y179": _edit(b"2003,109,", b"\xff,109,"),
}


@pytest.mark.parametrize("code", sorted(LINT_BREAKS))
def test_each_check_of_the_csv_linter(book: Workbook, code: str) -> None:
    data, metadata = LINT_BREAKS[code](write_csv(book.tables[1]), write_metadata(book, book.tables[1]))
    assert {problem.code for problem in lint_bytes("table_2.csv", data, metadata)} == {code}


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("widgets-by-place.csv", b"2012-07-01", b"2012-02-30", "PR-Y174"),
        ("widgets-by-place.csv", b"12345,r,", b"12345,q,", "PR-Y174"),
        ("widgets-by-place.csv", b"12345,r,", b"12345,\x07,", "PR-Y179"),
        ("widgets-by-place.csv", b"North <East>", b'"North', "PR-Y172"),
    ],
)
def test_more_of_the_csv_linter(book: Workbook, name: str, old: bytes, new: bytes, code: str) -> None:
    files = csv_files(book)
    data = files[name].replace(old, new, 1)
    assert data != files[name]
    assert code in {problem.code for problem in lint_bytes(name, data, files[f"{name}-metadata.json"])}


def test_a_pattern_of_someone_elses_is_not_run(book: Workbook) -> None:
    document = json.loads(write_metadata(book, book.tables[1]))
    document["tableSchema"]["columns"][0]["datatype"] = {"base": "string", "format": "(a*)*b"}
    data = write_csv(book.tables[1]).replace(b"2003,", b"a" * 60 + b",")
    assert [p.code for p in lint_bytes("table_2.csv", data, json.dumps(document).encode())] == ["PR-Y170"]


@pytest.mark.parametrize("metadata", [b"", b"[]", b'{"tableSchema": {"columns": [1]}}', b'{"tableSchema": 5}', b"\xff"])
def test_metadata_that_are_none(book: Workbook, metadata: bytes) -> None:
    assert [p.code for p in lint_bytes("table_2.csv", write_csv(book.tables[1]), metadata)] == ["PR-Y170"]


def test_what_is_written_is_clean(book: Workbook) -> None:
    files = csv_files(book)
    for name in ("widgets-by-place.csv", "table_2.csv"):
        assert lint_bytes(name, files[name], files[f"{name}-metadata.json"]) == ()


def test_findings_show_no_values(book: Workbook) -> None:
    data = write_csv(book.tables[1]).replace(b"2003,109,", b"2003,CANARY,")
    (problem,) = lint_bytes("table_2.csv", data, write_metadata(book, book.tables[1]))
    assert "CANARY" not in str(problem)
    assert problem.where == "table_2.csv row 2"
