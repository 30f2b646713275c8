"""What was published before Piperoll is taken in whole or not at all, and counts as known from then on."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
from pathlib import Path

import polars as pl
import pytest

from piperoll.errors import Problem, UserError
from piperoll.journal import PublishedCell
from piperoll.ledger.importing import Imported, cells_in, take_in
from piperoll.release.manifest import MANIFEST
from piperoll.release.table import answer
from piperoll.workspace import Workspace
from tests.searches import AFRICAN, INDIAN, IRISH, NAME, Released, deliverer, searches


HEAD = "measure,period,ethnicity,value,status\n"


def take(home: Workspace, tmp_path: Path, text: str | bytes, name: str = "before.csv") -> Imported:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return take_in(home, [path], NAME, "The annual report of 2019")


def test_the_leak_that_acro_showed(home: Workspace, tmp_path: Path) -> None:
    """40, 35, hidden, all 75: a total of what is shown. Then 78 would tell that the hidden count is 3.

    The example is that of the user guide of ACRO, whose tool leaves it to the eye.
    """
    deliverer(home, tmp_path)(records=searches(dt.date(2020, 7, 3), {IRISH: 40, AFRICAN: 35, INDIAN: 3}))
    others = "".join(f"searches,2020-07,{code},0,\n" for code in ("mixed", "other", "not_stated", "not_known"))
    rows = (
        "searches,2020-07,white,40,\nsearches,2020-07,black,35,\nsearches,2020-07,asian,,c\nsearches,2020-07,all,75,\n"
    )
    made = take(home, tmp_path, HEAD + rows + others)
    assert (made.cells, made.hidden, made.entry.id) == (8, 1, f"{NAME}/2020-07/I1")
    with pytest.raises(UserError, match="PR-P073") as caught:
        answer(home, NAME, "arrests", period="2020-07", where={"total": "*"})
    for known in (
        "asian, 2020-07] is exactly 3",
        "is published as 78",
        "white, 2020-07] as 40",
        "black, 2020-07] as 35",
    ):
        assert known in caught.value.message


def test_the_same_file_again_changes_nothing(home: Workspace, tmp_path: Path) -> None:
    text = HEAD + "searches,2019-07,white,40,\nsearches,2019-07,,[x],\n"
    first = take(home, tmp_path, text)
    assert not first.again and first.entry.purpose == "The annual report of 2019"
    before = home.journal.content_digest()
    again = take(home, tmp_path, text, "renamed.csv")
    assert again.again and again.entry == first.entry and (again.cells, again.hidden) == (2, 0)
    assert home.journal.content_digest() == before
    assert [(c.identity.text, c.value, c.marks) for c in home.journal.published_cells(first.entry.id)] == [
        ("searches|ethnicity=white||2019-07", "40", ""),
        ("searches|||2019-07", "", "[x]"),
    ]


def test_counts_that_no_policy_would_show_are_counted(home: Workspace, tmp_path: Path) -> None:
    assert take(home, tmp_path, HEAD + "searches,2019-07,white,3,\nsearches,2019-07,black,0,\n").small == 1


def test_a_table_as_an_edition_writes_it(released: Released, home: Workspace, tmp_path: Path) -> None:
    data = (released.directory / "tables" / "arrests.csv").read_bytes()
    made = take(home, tmp_path, gzip.compress(data, mtime=0), "arrests.csv.gz")
    held = {
        c.identity.text: (c.value, c.marks)
        for c in released.desk.journal.published_cells(released.made.release.id, "arrests")
    }
    got = {c.identity.text: (c.value, c.marks) for c in home.journal.published_cells(made.entry.id)}
    assert got == held
    assert {cell.table for cell in home.journal.published_cells(made.entry.id)} == {"arrests"}


def test_the_first_edition_revises_what_was_taken_in(home: Workspace, tmp_path: Path) -> None:
    deliverer(home, tmp_path)(records=searches(dt.date(2020, 7, 3), {IRISH: 40, AFRICAN: 35}))
    take(home, tmp_path, HEAD + "searches,2020-07,white,39,\nsearches,2020-07,black,35,\nsearches,2020-06,white,9,\n")
    made = home.release(NAME, "2020Q3", tmp_path / "out")
    assert made.release.edition == "1"
    assert made.revisions.against == f"{NAME}/2020-07/I1"
    assert [(each.before, each.after) for each in made.revisions.revisions] == [("39", "40")]
    assert made.revisions.against_words == "what was published before Piperoll, up to Jul 2020"
    with (tmp_path / "out" / "tables" / "arrests.csv").open(encoding="utf-8", newline="") as file:
        marked = [row["ethnicity_code"] for row in csv.DictReader(file) if "r" in row["searches_status"].split()]
    assert marked == ["white"]
    content = json.loads((tmp_path / "out" / MANIFEST).read_text(encoding="utf-8"))
    assert content["revisions"]["figures_revised"] == 1
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "what was published before Piperoll, up to Jul 2020" in page


GOOD = "searches,2019-07,white,40,\n"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (b"", "PR-P069", "empty"),
        (HEAD, "PR-P069", "no rows"),
        (HEAD.encode() + GOOD.encode() + b"searches,2019-07,\xff\xfe\x00,3,\n", "PR-", "before.csv"),
        (HEAD + GOOD + "searches,2019-07,bla", "PR-P069", "more or fewer columns"),
        (gzip.compress((HEAD + GOOD).encode(), mtime=0)[:-9], "PR-C", "before.csv"),
        (HEAD + GOOD + "searches,2019-07,white,-4,\n", "PR-E041", "before row 3: `value`: the figure is negative"),
        ("measure,period,etnicity,value\nsearches,2019-07,white,4\n", "PR-E040", "Did you mean `ethnicity`?"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_nothing_is_kept(
    home: Workspace, tmp_path: Path, text: str | bytes, code: str, words: str
) -> None:
    with pytest.raises(UserError) as caught:
        take(home, tmp_path, text)
    assert caught.value.code.startswith(code)
    assert words in caught.value.sentence
    assert home.journal.entries() == [] and home.journal.count_cells() == 0


def read(home: Workspace, text: str) -> list[PublishedCell | Problem]:
    rows = list(csv.reader(io.StringIO(text)))
    frame = pl.DataFrame(rows[1:], schema=dict.fromkeys(rows[0], pl.String), orient="row")
    return list(cells_in(home.register, home.publication(NAME), "before", frame))


@pytest.mark.parametrize(
    ("rows", "code", "words"),
    [
        (GOOD, "PR-E043", "row 3: the cell searches|ethnicity=white||2019-07 stands in row 2"),
        ("searches,2019-07,'white,40,", "PR-E043", "row 3"),
        ("searches,2019-07,wite,40,", "PR-E042", "row 3: `ethnicity`: 'wite' is no code of it. Did you mean `white`?"),
        ("serches,2019-07,white,40,", "PR-E042", "row 3: `measure`: 'serches' is no measure. Did you mean `searches`?"),
        ("qqqq,2019-07,white,40,", "PR-E042", "Known are searches, arrests, arrest_share."),
        ("searches,July 2019,white,40,", "PR-E042", "row 3: `period`: 'July 2019' is no period"),
        ("searches,2019-08,white,-4,", "PR-E041", "row 3: `value`: the figure is negative"),
        ("searches,2019-08,white,4.5,", "PR-E041", "the count is no whole number"),
        ("searches,2019-08,white,many,", "PR-E041", "'many' is no number"),
        ('searches,2019-08,white,"1,234",', "PR-E041", "'1,234' is no number"),
        ("searches,2019-08,white,=1+1,", "PR-E041", "'=1+1' is a formula"),
        ("searches,2019-08,white,nan,", "PR-E041", "'nan' is no number"),
        ("searches,2019-08,white,1e400,", "PR-E041", "is no number"),
        ("searches,2019-08,white,,", "PR-E041", "neither a figure nor a mark"),
        ("searches,2019-08,white,4,c", "PR-E041", "shown and marked as hidden"),
        ("searches,2019-08,white,4,secret", "PR-E041", "'secret' is no mark"),
    ],
)
def test_a_row_that_cannot_be_read_is_told(home: Workspace, rows: str, code: str, words: str) -> None:
    good, wrong = read(home, HEAD + GOOD + rows)
    assert isinstance(good, PublishedCell) and good.value == "40"
    assert isinstance(wrong, Problem) and wrong.code == code
    assert words in str(wrong)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("measure,ethnicity,value\nsearches,white,4\n", "`period`: there is no column of periods"),
        ("period,ethnicity\n2019-07,white\n", "there is no column of figures"),
        ("period,searches,qqqq\n2019-07,4,5\n", "`qqqq`: `stop_and_search` has no dimension or measure of this name"),
    ],
)
def test_columns_that_name_nothing_are_told(home: Workspace, text: str, words: str) -> None:
    (problem,) = read(home, text)
    assert isinstance(problem, Problem) and problem.code == "PR-E040"
    assert words in str(problem)


@pytest.mark.parametrize(
    ("row", "value", "marks"),
    [
        ("searches,2019-07,,12,", "12", ""),
        ("searches,2019-07,all,12.0,r", "12", "[r]"),
        ("searches,2019-07,all, [c] ,", "", "[c]"),
        ("searches,2019-07,all,,[c]", "", "[c]"),
        ("searches,2019-07,all,12[r],e", "12", "[e][r]"),
        ("arrest_share,2019-07,all,12,", "12.0", ""),
    ],
)
def test_figures_and_marks_as_people_write_them(home: Workspace, row: str, value: str, marks: str) -> None:
    (cell,) = read(home, HEAD + row)
    assert isinstance(cell, PublishedCell)
    assert (cell.identity.codes, cell.value, cell.marks) == ("", value, marks)


def test_every_mistake_is_told_up_to_a_number(home: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        take(home, tmp_path, HEAD + "".join(f"searches,2019-07,white,x{n},\n" for n in range(60)))
    assert caught.value.sentence.count("PR-E041") == 51 and "and 10 more mistakes" in caught.value.sentence


def test_a_table_that_is_too_large(home: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("piperoll.ledger.importing.MOST", 1)
    with pytest.raises(UserError, match=r"PR-E044.*more than 1 rows"):
        take(home, tmp_path, HEAD + GOOD + GOOD)


def test_files_come_in_together_or_not_at_all(home: Workspace, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text(HEAD + GOOD, encoding="utf-8")
    (tmp_path / "two.csv").write_text(HEAD + "searches,2019-08,white,?,\n", encoding="utf-8")
    both = [tmp_path / "one.csv", tmp_path / "two.csv"]
    with pytest.raises(UserError, match="PR-E041 two row 2"):
        take_in(home, both, NAME)
    assert home.journal.entries() == []
    (tmp_path / "two.csv").write_text(HEAD + GOOD, encoding="utf-8")
    made = take_in(home, both, NAME)
    assert [cell.table for cell in home.journal.published_cells(made.entry.id)] == ["one", "two"]
    with pytest.raises(UserError, match="PR-P069"):
        take_in(home, [tmp_path / "none.csv"], NAME)
    with pytest.raises(UserError, match="PR-W003"):
        take_in(home, both, "stop_and_serch")
