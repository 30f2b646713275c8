"""What people do to a spreadsheet is told, asked or refused, with sheet, row and cure; never settled in silence."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from piperoll.collect.checking import expected_of
from piperoll.collect.limits import Limits
from piperoll.collect.prepare import prepare
from piperoll.collect.prepared import CheckContext
from piperoll.collect.remarks import Expected, Remark, at_rows
from piperoll.collect.sheet_hidden import hidden
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.store.tokens import Keyring
from tests.collect.returns_tools import HEADER, MAY, NAME, SUM, book, justice, rows


@pytest.fixture(scope="module")
def register() -> Register:
    return justice()


@pytest.fixture
def expected(register: Register, tmp_path: Path) -> Expected:
    context = CheckContext(
        "fta", "fta_return", "03", "Cumbria Police", "2012-05", "x", MAY, tmp_path, Keyring(tmp_path / "keys")
    )
    return expected_of(register, context)


@pytest.fixture
def read(register: Register, tmp_path: Path, limits: Limits, expected: Expected) -> Any:
    count = iter(range(100))

    def reader(data: bytes, name: str = NAME) -> Any:
        path, work = tmp_path / name, tmp_path / f"work{next(count)}"
        path.write_bytes(data)
        work.mkdir()
        got = prepare(path, work, register.dataset("fta.fta_return"), name, limits, None, expected)
        return got, pq.read_table(got.path).to_pylist()

    return reader


def codes(got: Any) -> list[tuple[str, str]]:
    return [(each.code, each.severity) for each in got.remarks]


def refusal(read: Any, data: bytes) -> UserError:
    with pytest.raises(UserError) as caught:
        read(data)
    return caught.value


def test_a_right_return_raises_nothing(read: Any) -> None:
    got, found = read(book([HEADER, *rows()]))
    assert got.remarks == () and [r["closing"] for r in found] == ["1240", "810", "312"]


def test_a_header_lower_down_is_told(read: Any) -> None:
    lines = [["Cumbria Constabulary"], ["FTA warrants, May 2012"], [], HEADER, *rows()]
    got, found = read(book(lines))
    assert "The header stands in row 4, not 1 as agreed." in got.notes
    assert [r["_row"] for r in found] == [5, 6, 7] and got.remarks == ()


def test_a_total_that_adds_up_is_left_out_and_told(read: Any) -> None:
    for label in (["Total"], [None, None, "Grand total"], ["03", MAY, "TOTALS"]):
        line = (label + [None, None])[:3]
        got, found = read(book([HEADER, *rows(), [*line, *SUM]]))
        assert len(found) == 3 and codes(got) == [("PR-C186", "W")]
        assert got.remarks[0].rows == (5,) and "`Return`, row 5" in got.remarks[0].sentence


def test_the_line_of_all_categories_is_a_row_since_the_contract_has_it(read: Any) -> None:
    got, found = read(book([HEADER, *rows(), ["03", MAY, "ALL", *SUM, 0]]))
    assert len(found) == 4 and got.remarks == ()


def test_a_total_that_does_not_add_up_is_asked(read: Any) -> None:
    got, found = read(book([HEADER, *rows(), ["Total", None, None, SUM[0], SUM[1] + 1, *SUM[2:]]]))
    assert len(found) == 3 and codes(got) == [("PR-C186", "R")]
    assert got.remarks[0].field == "received" and "Which is right" in got.remarks[0].fix
    assert str(SUM[1]) not in got.remarks[0].text, "no value of the data is told"


def test_subtotals_add_up_by_their_part(read: Any) -> None:
    a, b, c = rows()
    part = [x + y for x, y in zip(a[3:8], b[3:8], strict=True)]
    got, found = read(book([HEADER, a, b, ["Subtotal", None, None, *part], c, ["Total", None, None, *SUM]]))
    assert len(found) == 3 and codes(got) == [("PR-C186", "W")] and got.remarks[0].rows == (4, 6)


def test_sums_without_a_name_are_left_out_and_asked(read: Any) -> None:
    got, found = read(book([HEADER, *rows(), [None, None, None, *SUM]]))
    assert len(found) == 3 and codes(got) == [("PR-C186", "R")]
    got, found = read(book([HEADER, *rows(), [None, None, None, *SUM[:4], SUM[4] + 1]]))
    assert len(found) == 4 and got.remarks == (), "what is no sum is a row, and the contract refuses it"


def test_notes_below_are_not_read_and_asked(read: Any) -> None:
    lines = [HEADER, *rows(), [], ["Note 1: two warrants were counted in April."], ["Prepared by", "A. Clerk"]]
    got, found = read(book(lines))
    assert len(found) == 3 and codes(got) == [("PR-C187", "R")]
    assert got.remarks[0].rows == (6, 7) and "below the table" in got.remarks[0].sentence
    assert "Clerk" not in got.remarks[0].text


def test_headings_between_rows_are_asked(read: Any) -> None:
    a, b, c = rows()
    got, found = read(book([HEADER, a, ["Less serious warrants"], b, c]))
    assert len(found) == 3 and "among the rows" in got.remarks[0].sentence


def test_a_half_empty_row_is_no_note(read: Any) -> None:
    got, found = read(book([HEADER, *rows(), ["03"], ["03", MAY, "A"]]))
    assert [r["_row"] for r in found] == [2, 3, 4, 5, 6] and got.remarks == ()


def test_numbers_as_text_are_read_and_told(read: Any) -> None:
    lines = rows()
    lines[0][3], lines[0][7], lines[1][4] = "1,200", "1,240 ", " 90\u00a0"
    got, found = read(book([HEADER, *lines]))
    assert (found[0]["opening"], found[0]["closing"], found[1]["received"]) == ("1200", "1240", "90")
    assert codes(got) == [("PR-C188", "W")] * 3
    assert {r.field: r.rows for r in got.remarks} == {"opening": (2,), "closing": (2,), "received": (3,)}


def test_numbers_that_may_mean_two_things_are_left_as_they_are(read: Any) -> None:
    lines = rows()
    lines[0][3], lines[1][3], lines[2][3] = "1,20", "1.200,5", "about 300"
    got, found = read(book([HEADER, *lines]))
    assert [r["opening"] for r in found] == ["1,20", "1.200,5", "about 300"] and got.remarks == ()


def test_a_lost_nought_is_found_where_one_code_alone_fits(read: Any) -> None:
    got, found = read(book([HEADER, *rows(force=3)]))
    assert {r["force_code"] for r in found} == {"03"} and codes(got) == [("PR-C188", "W")]
    assert "begins with nought" in got.remarks[0].sentence


def test_a_code_merged_over_its_rows_is_taken_for_each_and_asked(read: Any) -> None:
    got, found = read(book([HEADER, *rows()], lambda s: (s.merge_cells("A2:A4"), s.merge_cells("B2:B4"))))
    assert [(r["force_code"], r["month"]) for r in found] == [("03", "2012-05-01")] * 3
    assert codes(got) == [("PR-C185", "R")] * 2 and got.remarks[0].rows == (3, 4)


def test_a_merged_count_is_never_spread(read: Any) -> None:
    got, found = read(book([HEADER, *rows()], lambda s: s.merge_cells("D2:D4")))
    assert [r["opening"] for r in found] == ["1200", None, None]
    assert got.remarks == () and any("merged" in note for note in got.notes)


def test_hidden_rows_and_columns_are_read_and_asked(read: Any) -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[90].hidden = True
        sheet.column_dimensions["E"].hidden = True

    got, found = read(book([HEADER, *rows()], hide))
    assert len(found) == 3 and codes(got) == [("PR-C184", "R")] * 2
    assert got.remarks[0].rows == (3,) and got.remarks[1].field == "received"


def test_the_wrong_month_is_refused(read: Any) -> None:
    for above in (
        ["Month", "April 2012"],
        ["Period:", "2012-04"],
        ["Return month: Apr-12"],
        ["Month", dt.date(2012, 4, 1)],
        ["April 2012"],
        ["04/2012"],
    ):
        error = refusal(read, book([above, HEADER, *rows()]))
        assert error.code == "PR-C180" and "row 1" in error.message and "Apr 2012" in error.message, above
    assert refusal(read, book([HEADER, *rows()], sheet="Apr 2012")).code == "PR-C180"


def test_the_right_month_passes_in_every_way_of_writing_it(read: Any) -> None:
    for above in (
        ["Month", "May 2012"],
        ["Period", "2012-05"],
        ["MAY-12"],
        ["Month", dt.date(2012, 5, 31)],
        ["2012 May"],
    ):
        got, _ = read(book([above, HEADER, *rows()]))
        assert got.remarks == (), above


def test_a_period_within_a_sentence_is_asked(read: Any) -> None:
    got, _ = read(book([["Form of warrants, version of April 2011"], HEADER, *rows()]))
    assert codes(got) == [("PR-C183", "R")] and got.remarks[0].rows == (1,)
    got, _ = read(book([["Warrants of May 2012, form of April 2011"], HEADER, *rows()]))
    assert got.remarks == ()


def test_what_a_label_says_and_nobody_understands_is_asked(read: Any) -> None:
    got, _ = read(book([["Period", "this month"], ["Force", "our force"], HEADER, *rows()]))
    assert codes(got) == [("PR-C183", "R")] * 2


def test_another_supplier_or_return_is_refused(read: Any) -> None:
    assert refusal(read, book([["Force", "Kent Police"], HEADER, *rows()])).code == "PR-C181"
    assert refusal(read, book([["Dataset", "pnd.cohort_count"], HEADER, *rows()])).code == "PR-C181"
    got, _ = read(book([["Force", "Cumbria Police"], ["Dataset", "fta.fta_return"], HEADER, *rows()]))
    assert got.remarks == ()


def test_two_tables_are_refused(read: Any) -> None:
    again = [HEADER, *rows(), [], HEADER, *rows(dt.date(2012, 4, 1))]
    error = refusal(read, book(again))
    assert error.code == "PR-C182" and "row 1" in error.message and "row 6" in error.message
    other = [
        HEADER,
        *rows(),
        [],
        ["Summary of the year"],
        ["Court", "Issued on", "By", "Number", "Rate"],
        ["X", 1, 2, 3, 4],
    ]
    assert refusal(read, book(other)).code == "PR-C182"
    side = [[*HEADER, None, *HEADER], *([*each, None, *each] for each in rows())]
    assert refusal(read, book(side)).code == "PR-C182"


def test_sentences_name_rows_and_hold_together() -> None:
    assert [at_rows(r) for r in ((4,), (4, 5, 6), (4, 6), range(1, 20, 2))] == [
        "row 4",
        "rows 4 to 6",
        "rows 4, 6",
        "rows 1, 3, 5, 7, 9 ...",
    ]
    assert Remark("PR-C184", "R", "Seen.", "Right?").text == "PR-C184 Seen. Right?"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_saved_by_libreoffice_it_is_read_alike(read: Any, tmp_path: Path, limits: Limits) -> None:
    def damage(sheet: Any) -> None:
        sheet.row_dimensions[4].hidden = True
        sheet.column_dimensions["F"].hidden = True
        sheet.merge_cells("A4:A6")

    lines = [["Month", "May 2012"], [], HEADER, *rows(), ["Total", None, None, *SUM], [], ["Note: late by a day."]]
    data = book(lines, damage)
    first, held = read(data)
    source = tmp_path / "sent.xlsx"
    source.write_bytes(data)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    for ending in ("ods", "xlsx"):
        out = tmp_path / ending
        done = subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", ending, "--outdir", str(out), str(source)],
            check=False,
            capture_output=True,
            timeout=240,
        )
        assert done.returncode == 0
        got, found = read((out / f"sent.{ending}").read_bytes(), f"fta_return_03_2012-05.{ending}")
        seen = hidden(out / f"sent.{ending}", "Return", limits)
        assert (seen.rows, seen.columns) == ((4,), (6,)), ending
        assert {"PR-C184", "PR-C186", "PR-C187"} <= {code for code, _ in codes(got)}
        if ending == "xlsx":
            assert found == held and codes(got) == codes(first)
        assert len(found) == 3


def test_periods_of_other_kinds() -> None:
    from piperoll.collect.sheet_said import Words, compare

    def held(text: Any, period: str) -> list[str]:
        slot = Expected("a", "b", "x", Period.parse(period))
        return [each.code for each in compare([Words("period", text, "S", 1, True)], [], slot, "f")]

    assert (
        held("Q2 2012", "2012Q2")
        == held("2011/12", "2011/12")
        == held("2011-2012", "2011/12")
        == held(2012, "2012")
        == []
    )
    for text, period in (("Q1 2012", "2012Q2"), ("2010/11", "2011/12"), (2011, "2012")):
        with pytest.raises(UserError, match="PR-C180"):
            held(text, period)
    assert re.search("PR-C183", " ".join(held("soon", "2012")))
