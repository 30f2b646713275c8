"""The account of a merge for people: terminal, page and CSV say the same counts, and never a record."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from rich.console import Console

from piperoll.derive.merges import Made
from piperoll.derive.merges.report import account_rows, difference_rows, listed, page, show, verdict, within, write
from piperoll.errors import UserError
from piperoll.register.model.codes import Code, CodeList
from piperoll.register.model.merge import Explanation, Merge
from piperoll.register.model.register import Register
from tests.derive.merges.bench import BASE, made, record


STYLED = (Path(__file__).resolve().parents[3] / "src/piperoll/present/static/govuk.css").exists()
REASONS = (
    Explanation("late", "Its delivery <was> late.", "missing", side="old", when="m.minute = 1"),
    Explanation("never", "It never happens.", "differs", when="false"),
)
MERGE = replace(BASE, reasons=REASONS, offices="branch", sides=(BASE.sides[0], replace(BASE.sides[1], expected="true")))


def register(merge: Merge = MERGE) -> Register:
    branch = CodeList("branch", "Branches", (Code("N", "North & South"),))
    return Register(
        root=Path(), key="library", title="Library", owner="Library", sources={}, codes={"branch": branch},
        suppliers={}, publications={}, policies={}, merges={merge.key: merge},
    )  # fmt: skip


@pytest.fixture
def found() -> Made:
    """Two months: a pair that differs, one explained and one unexplained gap, and a record that is rightly alone."""
    may = dt.date(2012, 5, 2)
    return made(
        MERGE,
        new=[record("n-canary", "p-canary", 0, "X"), record("n2", "q", 1), record("n3", "r", 2, day=may)],
        old=[record("o-canary", "p-canary", 0, "Y"), record("o2", "s", day=may)],
    )


def test_the_account_adds_up_by_month(found: Made) -> None:
    assert account_rows(found) == [
        ("2012-04", "New system", "2", "1", "0", "1", "0", ""),
        ("2012-04", "Old system", "1", "1", "0", "0", "0", "2"),
        ("2012-05", "New system", "1", "0", "0", "0", "1", ""),
        ("2012-05", "Old system", "1", "0", "1", "0", "0", "2"),
    ]


def test_reasons_that_explained_nothing_are_listed_with_none(found: Made) -> None:
    assert difference_rows(found) == [
        ("Old system lacks it", "Its delivery <was> late.", "1"),
        ("Old system lacks it", "Nobody knows why.", "1"),
        ("Old system says another kind", "Nobody knows why.", "1"),
        ("One says another value", "It never happens.", "0"),
    ]
    assert difference_rows(found, places={"N": "North"})[0] == (
        "North", "Old system lacks it", "Its delivery <was> late.", "1",
    )  # fmt: skip


def test_a_period_is_a_part_of_it(found: Made) -> None:
    may = within(found, "2012-05")
    assert [each.month for each in may.reconciled] == ["2012-05", "2012-05"] and may.merged == {"2012-05": 2}
    assert difference_rows(may)[0] == ("Old system lacks it", "Nobody knows why.", "1")
    assert within(found, "2012Q2").reconciled == found.reconciled and within(found, None) is found
    with pytest.raises(UserError, match=r"PR-D025 .*2011.*2012-04 to 2012-05"):
        within(found, "2011")


def test_the_verdict_says_how_much_is_unexplained(found: Made) -> None:
    assert verdict(found) == (
        "50.00% of 4 compared records differ for reasons unknown; MORE THAN the 0.00% that are allowed."
    )
    assert "; within the 60.00%" in verdict(replace(found, merge=replace(MERGE, unexplained=0.6)))


def test_the_terminal_tells_counts_and_no_record(found: Made) -> None:
    console = Console(file=io.StringIO(), width=120)
    show(found, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Records of both systems" in text and "2012-05" in text and "MORE THAN" in text
    assert "canary" not in text
    listed(register(), console)
    assert "both: Records of both systems (New system, Old system)" in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_register_without_merges_says_so() -> None:
    console = Console(file=io.StringIO(), width=120)
    listed(replace(register(), merges={}), console)
    assert "declares no merges" in console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.skipif(not STYLED, reason="the stylesheet is made at set-up")
def test_the_page_holds_the_same_counts_and_no_record(found: Made) -> None:
    text = page(found, register())
    soup = BeautifulSoup(text, "html.parser")
    tables = [
        [tuple(cell.get_text() for cell in row.find_all(["th", "td"])) for row in table.select("tbody tr")]
        for table in soup.find_all("table")
    ]
    assert tables[:2] == [account_rows(found), difference_rows(found)]
    assert tables[2][0][0] == "North & South"
    assert "canary" not in text and "<was>" not in text and "&lt;was&gt;" in text
    ids = [each["id"] for each in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


@pytest.mark.skipif(not STYLED, reason="the stylesheet is made at set-up")
def test_the_files_hold_the_same_counts_and_no_record(found: Made, tmp_path: Path) -> None:
    write(found, register(), tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    assert sorted(each.name for each in folder.iterdir()) == ["account.csv", "differences.csv", "index.html"]
    with (folder / "account.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(each["month"], each["side"], each["rows"], each["merged"]) for each in rows] == [
        ("2012-04", "new", "2", "2"), ("2012-04", "old", "1", "2"),
        ("2012-05", "new", "1", "2"), ("2012-05", "old", "1", "2"),
    ]  # fmt: skip
    with (folder / "differences.csv").open(encoding="utf-8", newline="") as file:
        differences = list(csv.DictReader(file))
    assert sum(int(each["count"]) for each in differences) == found.differences.height
    assert all(b"canary" not in each.read_bytes() for each in folder.iterdir())
