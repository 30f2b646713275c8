"""Returns from the form to the supplier's word on its figures, through the commands."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from piperoll.cli import main
from piperoll.collect.returns.template import carried_over, form_of, period_field, supplier_field
from piperoll.present.forms import write_form
from piperoll.register.model.register import Register
from piperoll.workspace import Workspace
from tests.collect.returns_tools import COUNTS, HEADER, JUSTICE, NAME, SUM, book, justice, rows


JUNE = dt.date(2012, 6, 1)


@pytest.fixture(scope="module")
def register() -> Register:
    return justice()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setenv("PIPEROLL_NOW", "2012-07-30T09:30:00+00:00")

    def runner(*words: str | Path) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--register", str(JUSTICE), "--home", str(tmp_path / "home"), *map(str, words)])
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out + out.err

    return runner


def lines_of(path: Path, sheet: str = "Return") -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))


def take(run: Any, tmp_path: Path, lines: list[list[Any]], name: str = NAME) -> str:
    path = tmp_path / name
    path.write_bytes(book(lines))
    return str(run("collect", path)[1])


def test_what_is_filled_in_follows_from_the_contract(register: Register) -> None:
    returned, notice = register.dataset("fta.fta_return"), register.dataset("pnd.notice")
    assert (supplier_field(register, returned), period_field(returned)) == ("force_code", "month")
    assert carried_over("fta", returned) == {"opening": "closing"} and carried_over("pnd", notice) == {}
    claims = register.dataset("caseman.claim")
    assert period_field(claims) == ""


def test_a_form_is_the_same_bytes_each_time_and_takes_only_what_it_may(register: Register, tmp_path: Path) -> None:
    dataset = register.dataset("fta.fta_return")
    data = write_form(form_of(register, "fta", dataset))
    assert hashlib.sha256(data).digest() == hashlib.sha256(write_form(form_of(register, "fta", dataset))).digest()
    path = tmp_path / "form.xlsx"
    path.write_bytes(data)
    made = openpyxl.load_workbook(path)
    assert made.sheetnames == ["Guidance", "Return", "Columns", "Lists"]
    assert [c.value for c in made["Return"][1]] == [f.name for f in dataset.fields]
    rules = {str(r.sqref).split(":")[0]: r for r in made["Return"].data_validations.dataValidation}
    assert rules["A2"].type == "list" and rules["D2"].type == "whole" and rules["D2"].formula1 == "0"
    assert rules["B2"].type == "date"
    first, last = (int(p) for p in rules["A2"].formula1.replace("Lists!$B$", "").split(":$B$"))
    assert [made["Lists"].cell(n, 2).value for n in (first, last)] == ["01", "63"]
    assert not any(s.merged_cells.ranges for s in made) and all(s.sheet_state == "visible" for s in made)


def test_from_the_form_to_the_word_on_the_figures(run: Any, tmp_path: Path) -> None:
    form = tmp_path / NAME
    assert (
        run("returns", "template", "fta", "fta_return", "--supplier", "03", "--period", "2012-05", "--out", form)[0]
        == 0
    )
    made = openpyxl.load_workbook(form)
    said = {row[0]: row[1] for row in made["Guidance"].iter_rows(values_only=True)}
    assert (said["Dataset"], said["Supplier"], said["Period"]) == ("fta.fta_return", "03", "2012-05")
    heads = [c.value for c in made["Return"][1]]
    for row in made["Return"].iter_rows(min_row=2, max_row=5):
        cells = dict(zip(heads, row, strict=True))
        assert cells["force_code"].value == "03" and cells["month"].value == dt.datetime(2012, 5, 1)
        counts = COUNTS.get(cells["category"].value, SUM)
        for name, value in zip(heads[3:8], counts, strict=True):
            cells[name].value = value
        cells["revision"].value = 0
    made.save(form)
    status, text = run("collect", form)
    assert status == 0 and "4 in = 4 valid" in text and "0 queries to send" in text

    wrong = tmp_path / "fta_return_03_2012-06.xlsx"
    wrong.write_bytes(form.read_bytes())
    made.save(wrong)
    status, text = run("collect", wrong)
    assert status == 16 and "PR-C180" in text and "Guidance" in text, "last month's file under this month's name"

    after = tmp_path / "next" / "fta_return_03_2012-06.xlsx"
    run("returns", "template", "fta", "fta_return", "--supplier", "03", "--period", "2012-06", "--out", after)
    assert [row[3] for row in lines_of(after)[1:]] == [1240, 810, 312, 2362], "it begins with what May left"

    status, text = run("returns", "verify", "fta", "--period", "2012-05", "--out", tmp_path / "figures")
    (figures,) = (tmp_path / "figures").iterdir()
    assert status == 0 and figures.name == "figures_fta_return_03_2012-05.xlsx" and "1 file in" in text
    shown = [c for row in lines_of(figures, "Table_1") for c in row]
    assert 1240 in shown and "A Most serious" in shown

    status, text = run(
        "returns", "correct", "03", "fta.fta_return", "2012-05", "--by", "A. Clerk", "--reason", "B is wrong"
    )
    assert status == 0 and text.startswith("R1: 03 says that its figures are to be corrected")
    assert "to be corrected" in run("returns", "list", "fta", "--period", "2012-05")[1]
    for _ in range(2):
        assert run("returns", "confirm", "03", "fta.fta_return", "2012-05", "--by", "A. Clerk")[1].startswith(
            "R2: 03 confirms"
        )
    assert "1 in, 1 confirmed" in run("returns", "list", "fta", "--period", "2012-05")[1]

    journal = Workspace(JUSTICE, tmp_path / "home").journal
    assert [(w.state, w.by, w.reason) for w in journal.words()] == [
        ("correct", "A. Clerk", "B is wrong"),
        ("confirmed", "A. Clerk", ""),
    ]
    acts = [e.action for e in journal.audit_entries() if e.action.startswith("return.")]
    assert acts.count("return.word") == 2 and {"return.template", "return.verify"} <= set(acts)

    changed = rows()
    changed[1][9] = "counted anew"
    assert "accepted" in take(run, tmp_path, [HEADER, *changed])
    assert "0 confirmed" in run("returns", "list", "fta", "--period", "2012-05")[1], (
        "word on earlier figures is none on these"
    )


@pytest.mark.slow
def test_each_file_of_figures_holds_one_suppliers_alone(run: Any, tmp_path: Path) -> None:
    take(run, tmp_path, [HEADER, *rows()])
    other = [["46", r[1], r[2], *(7 * n for n in r[3:8]), 0, None] for r in rows()]
    take(run, tmp_path, [HEADER, *other], "fta_return_46_2012-05.xlsx")
    run("returns", "verify", "fta", "fta_return", "--period", "2012-05", "--out", tmp_path / "figures")
    held = {
        path.name: {c for s in openpyxl.load_workbook(path) for row in s.iter_rows(values_only=True) for c in row}
        for path in (tmp_path / "figures").iterdir()
    }
    cumbria, kent = held["figures_fta_return_03_2012-05.xlsx"], held["figures_fta_return_46_2012-05.xlsx"]
    assert 1240 in cumbria and 7 * 1240 not in cumbria and 7 * 1240 in kent and 1240 not in kent
    assert not any("Kent" in str(c) for c in cumbria) and not any("Cumbria" in str(c) for c in kent)
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "figures").iterdir())


@pytest.mark.slow
def test_queries_of_a_damaged_return_name_sheet_row_and_cure(run: Any, tmp_path: Path) -> None:
    lines = [HEADER, *rows(), ["Total", None, None, *SUM[:4], 1], [], ["Note: all counted by hand."]]
    text = take(run, tmp_path, lines)
    assert "accepted with queries" in text and "3 rows kept" in text
    asked = run("queries")[1]
    assert "PR-C186" in asked and "`Return`, row 5" in asked and "Which is right" in asked
    assert "PR-C187" in asked and "row 7" in asked and "2 queries open" in asked


@pytest.mark.slow
def test_a_copy_of_last_month_is_asked_about(run: Any, tmp_path: Path) -> None:
    take(run, tmp_path, [HEADER, *rows()])
    copied = rows(JUNE)
    for each in copied:
        each[3] = each[3]
    heads = [*HEADER, "correction_reason"]
    text = take(run, tmp_path, [heads, *([*each, "counted anew"] for each in copied)], "fta_return_03_2012-06.xlsx")
    assert "PR-C189" in text and "May 2012" in text
    copied[0][3], copied[0][7] = copied[0][3] + 1, copied[0][7] + 1
    text = take(run, tmp_path, [heads, *([*each, "counted anew"] for each in copied)], "fta_return_03_2012-06.xlsx")
    assert "PR-C189" not in text


@pytest.mark.slow
def test_reminders_for_what_is_late_and_no_more(run: Any, tmp_path: Path) -> None:
    take(run, tmp_path, [HEADER, *rows()])
    run(
        "collect",
        "--dataset",
        "fta.fta_return",
        "--supplier",
        "20",
        "--period",
        "2012-05",
        "--not-available",
        "new system",
    )
    status, text = run("returns", "remind", "--period", "2012-05", "--source", "fta", "--out", tmp_path / "drafts")
    names = sorted(p.name for p in (tmp_path / "drafts").iterdir())
    assert status == 0 and "41 suppliers late with 49 returns" in text and len(names) == 41
    assert not any(name.startswith(("reminder_03_", "reminder_20_")) for name in names)
    kent = (tmp_path / "drafts" / "reminder_46_kent_police.txt").read_text()
    assert "2 returns overdue" in kent and "May 2012: due 2012-06-21, 39 days ago" in kent and "[x]" in kent
    assert "0 suppliers late" in run("returns", "remind", "--period", "2012-07", "--source", "fta")[1], "not due yet"
    assert "To: Kent Police" in run("returns", "remind", "--period", "2012-05", "--supplier", "46")[1]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("template", "fta", "--out", "x.xlsx"), "PR-C190"),
        (("template", "fta", "fta_retrun", "--out", "x.xlsx"), "PR-C190"),
        (("template", "fta", "fta_return", "--supplier", "99", "--out", "x.xlsx"), "PR-C190"),
        (("template", "fta", "fta_return", "--period", "2012", "--out", "x.xlsx"), "PR-C190"),
        (("template", "fta", "fta_return", "--out", "folder"), "PR-C190"),
        (("template", "fta", "fta_return", "--out", "x.pdf"), "PR-C191"),
        (("template", "fat", "--out", "x.xlsx"), "PR-W005"),
        (("template", "fta", "fta_return", "--out", "/proc/nowhere/x.xlsx"), "PR-C191"),
        (("confirm", "03", "fta.fta_return", "2012-05", "--by", "A"), "PR-C192"),
        (("remind", "--period", "May"), "PR-W001"),
    ],
)
def test_mistakes_are_sentences(run: Any, tmp_path: Path, monkeypatch: Any, words: tuple[str, ...], code: str) -> None:
    monkeypatch.chdir(tmp_path)
    status, text = run("returns", *words)
    assert status >= 10 and text.startswith(code) and "Traceback" not in text


@pytest.mark.slow
def test_a_word_needs_who_and_why(run: Any, tmp_path: Path) -> None:
    take(run, tmp_path, [HEADER, *rows()])
    place = ("03", "fta.fta_return", "2012-05")
    assert run("returns", "confirm", *place, "--by", " ")[1].startswith("PR-J020")
    assert run("returns", "correct", *place, "--by", "A. Clerk", "--reason", " ")[1].startswith("PR-J020")
    assert Workspace(JUSTICE, tmp_path / "home").journal.words() == []
