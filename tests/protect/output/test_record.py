"""The record of a check, and the ledger as what an output is compared with."""

from __future__ import annotations

import json
from pathlib import Path

from openpyxl import Workbook

from piperoll.journal import CellIdentity, PublishedCell
from piperoll.protect.output import Rules, Verdict, check_outputs, from_ledger
from piperoll.protect.output.record import Record
from piperoll.protect.output.rules import Finding


def test_the_record_as_json_and_as_a_page(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("area,count\nA,3\nB,40\n")
    before = tmp_path / "earlier.csv"
    before.write_text("area,count\nA,3\nC,40\n")
    record = check_outputs([path], before=[before])
    data = json.loads(record.json())
    assert data["verdict"] == "fail"
    assert data["against"] == ["earlier.csv"]
    assert data["files"][0]["name"] == "a.csv"
    assert data["rules"]["threshold"] == 10
    (fail,) = [f for f in data["findings"] if f["verdict"] == "fail"]
    assert (fail["check"], fail["places"], fail["table"]) == ("threshold", ["B2"], "A1:B3")
    page = record.markdown()
    assert page.startswith("# Output check: fail\n")
    assert page.index("Must be changed") < page.index("Passed")
    assert "(B2)" in page
    assert record.json() == check_outputs([path], before=[before]).json()


def test_text_of_a_file_makes_no_markup() -> None:
    finding = Finding("threshold", Verdict.FAIL, "a|b.csv", "<script>*x*", "A1:B2", "one\ntwo", "[x](y)")
    page = Record({"a|b.csv": "0"}, (), Rules(), (finding,)).markdown()
    assert r"a\|b.csv \<script\>\*x\* A1:B2" in page
    assert "one two" in page
    assert r"\[x\](y)" in page


def test_nothing_found_passes() -> None:
    assert Record({}, (), Rules(), ()).verdict is Verdict.PASS


def test_a_sheet_without_a_table_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("only words\nand more\n")
    assert [f.check for f in check_outputs([path]).of(Verdict.REVIEW)] == ["tables"]


def test_a_workbooks_sheets_of_words_pass_beside_its_tables(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Statistics of claims"])
    book.create_sheet("Contents").append(["Table", "Title"])
    book["Contents"].append(["One", "Claims by area"])
    for row in (["area", "count"], ["A", 30], ["B", 40]):
        book["One"].append(row) if "One" in book.sheetnames else book.create_sheet("One").append(row)
    book.save(tmp_path / "book.xlsx")
    record = check_outputs([tmp_path / "book.xlsx"])
    assert record.verdict is Verdict.PASS
    assert [f.sheet for f in record.findings if f.sentence == "It holds no figures."] == ["Sheet", "Contents"]


def test_a_contents_list_with_numbers_of_tables_holds_no_counts(tmp_path: Path) -> None:
    path = tmp_path / "contents.csv"
    path.write_text("Table,Title\n1,Claims by area\n2,Claims by type\n3,Orders\n")
    assert [f.check for f in check_outputs([path]).findings if f.verdict is not Verdict.PASS] == ["tables"]


def cell(value: str, marks: str = "", version: str = "2012-04") -> PublishedCell:
    return PublishedCell(CellIdentity("claims", "geography=E07;kind=a%3Bb", version, "2012Q2"), "1", value, marks)


def test_cells_of_the_ledger() -> None:
    cells = [cell("45"), cell("", "c"), cell("", "x"), cell("33.3"), cell("45", version=""), cell("47"), cell("1,240")]
    found = list(from_ledger(cells, "possession/2012Q2/1", 5))
    assert [(each.value, each.base) for each in found] == [(45, 5), (None, 1), (45, 1), (47, 1), (1240, 5)]
    assert found[0].codes == (("geography", "E07"), ("kind", "a;b"), ("period", "2012Q2"))
    assert found[0].source == "possession/2012Q2/1 1"
    assert found[0].measure == "claims"
