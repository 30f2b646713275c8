"""Every check on the model: a workbook that breaks it, and only it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from piperoll.errors import Problems, UserError
from piperoll.present.ods import write_ods
from piperoll.present.symbols import STANDARD, Shorthand, shorthand
from piperoll.present.workbook import Cell, Column, Contact, Link, Note, Table, Workbook, shown
from piperoll.present.xlsx import write_xlsx


def _with_table(book: Workbook, **changes: object) -> Workbook:
    return replace(book, tables=(replace(book.tables[1], **changes),), notes=())


def _column(**changes: object) -> tuple[Column, ...]:
    year = Column("year", "Year")
    return (year, replace(Column("widgets", "Widgets", "integer"), **changes))


class _Long(tuple[object, ...]):
    """Says that it is longer than a worksheet, and is not."""

    __slots__ = ()

    def __len__(self) -> int:
        return 1_000_001


BREAKS: dict[str, Callable[[Workbook], Workbook]] = {
    "PR-Y002": lambda b: replace(b, title=" "),
    "PR-Y003": lambda b: replace(b, tables=(), notes=()),
    "PR-Y004": lambda b: replace(b, tables=(*b.tables, replace(b.tables[1], slug="other"))),
    "PR-Y005": lambda b: replace(b, notes=(*b.notes, Note("rate", "again"))),
    "PR-Y006": lambda b: replace(b, notes=(*b.notes, Note("new", "never used"))),
    "PR-Y007": lambda b: replace(b, notes=b.notes[1:]),
    "PR-Y008": lambda b: _with_table(b, rows=(("200\x001", 1),)),
    "PR-Y009": lambda b: replace(b, cover=replace(b.cover, links=(Link("here", "javascript:alert(1)"),))),
    "PR-Y010": lambda b: _with_table(b, name="A1"),
    "PR-Y011": lambda b: _with_table(b, slug="../etc/passwd"),
    "PR-Y012": lambda b: _with_table(b, rows=()),
    "PR-Y014": lambda b: _with_table(b, rows=(("2001",),), key=()),
    "PR-Y015": lambda b: _with_table(b, columns=_column(label="year")),
    "PR-Y016": lambda b: _with_table(b, columns=_column(name="Widgets (n)")),
    "PR-Y017": lambda b: _with_table(b, columns=_column(label=" ")),
    "PR-Y018": lambda b: _with_table(b, key=("place",)),
    "PR-Y019": lambda b: _with_table(b, rows=(("2001", 1), ("2001", 2))),
    "PR-Y020": lambda b: _with_table(b, rows=(("2001", Cell(None, ("q",))),)),
    "PR-Y021": lambda b: _with_table(b, rows=(("2001", Cell(3, ("c",))),)),
    "PR-Y013": lambda b: _with_table(b, rows=_Long()),
    "PR-Y022": lambda b: _with_table(b, rows=(("2001", None),)),
    "PR-Y023": lambda b: _with_table(b, rows=(("2001", float("nan")),)),
}


@pytest.mark.parametrize("code", sorted(BREAKS))
def test_each_check_finds_what_breaks_it_and_nothing_else(book: Workbook, code: str) -> None:
    broken = BREAKS[code](book)
    assert {problem.code for problem in broken.check()} == {code}
    with pytest.raises(Problems) as caught:
        write_ods(broken)
    assert caught.value.code == code
    with pytest.raises(Problems):
        write_xlsx(broken)


def test_a_whole_workbook_passes(book: Workbook) -> None:
    assert book.check() == ()


@pytest.mark.parametrize("name", ["A1", "xfd7", "R", "c", "R1C1", "r2", "Cover", "notes_list", "1st", "a b", "x" * 32])
def test_names_that_a_spreadsheet_would_not_take(book: Workbook, name: str) -> None:
    assert "PR-Y010" in {problem.code for problem in _with_table(book, name=name).check()}


@pytest.mark.parametrize("language", ["english", "EN", "en_GB", "en-GB<x/>"])
def test_a_language_is_a_tag(book: Workbook, language: str) -> None:
    assert [problem.code for problem in replace(book, language=language).check()] == ["PR-Y002"]


def test_a_header_too_long_for_a_table_is_found(book: Workbook) -> None:
    assert [p.code for p in _with_table(book, columns=_column(label="x" * 256)).check()] == ["PR-Y017"]


def test_an_email_address_is_checked_as_a_link_is(book: Workbook) -> None:
    cover = replace(book.cover, contact=Contact("A", 'a@b.example" onclick="x'))
    assert [p.code for p in replace(book, cover=cover).check()] == ["PR-Y009"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 1),
        ("date", "2012"),
        ("integer", "1"),
        ("integer", True),
        ("integer", 1.5),
        ("decimal", float("inf")),
        ("integer", 10**15),
        ("integer", -(10**400)),
        ("date", dt.datetime(2012, 1, 1)),
    ],
)
def test_a_value_of_another_kind_is_found(book: Workbook, kind: str, value: object) -> None:
    broken = _with_table(book, columns=_column(kind=kind), rows=(("2001", value),), key=("year",))
    assert [problem.code for problem in broken.check()] == ["PR-Y023"]


def test_findings_of_one_kind_are_counted_after_the_twentieth(book: Workbook) -> None:
    broken = _with_table(book, rows=tuple((f"{i}", None) for i in range(1000, 1100)))
    problems = broken.check()
    assert len(problems) == 21
    assert "80 more" in problems[-1].message


def test_a_blank_text_is_blank_and_a_key_is_never_missing(book: Workbook) -> None:
    assert [p.code for p in _with_table(book, rows=(("", 1),)).check()] == ["PR-Y022"]
    assert [p.code for p in _with_table(book, rows=((Cell(None, ("x",)), 1),)).check()] == ["PR-Y022"]


def test_no_message_shows_a_value(book: Workbook) -> None:
    broken = _with_table(book, rows=(("SECRET-CANARY\x01", "SECRET-CANARY"),))
    assert "CANARY" not in Problems(broken.check()).sentence


def test_notes_are_numbered_in_the_order_in_which_tables_refer_to_them(book: Workbook) -> None:
    assert book.note_numbers == {"place": 1, "count": 2, "rate": 3}
    assert book.ordered_notes[0] == (1, "Places as at 1 April 2012.")
    assert book.header(book.tables[0].columns[4]) == "Rate\n(per 1,000 households)\n[note 3]"
    assert book.heading(book.tables[0]).endswith("Jan to Jun 2012 [note 1]")


def test_the_introduction_explains_the_shorthand_of_its_own_table(book: Workbook) -> None:
    first, second = (book.introduction(table) for table in book.tables)
    assert "[low] low: the figure rounds to 0" in first[1]
    assert second == ("This worksheet contains one table.",)


def test_a_workbook_may_explain_markers_of_its_own(book: Workbook) -> None:
    own = Shorthand("w", "none recorded", replaces=True)
    marked = _with_table(book, rows=(("2001", Cell(None, ("w",))),))
    assert [p.code for p in marked.check()] == ["PR-Y020"]
    assert replace(marked, extra_shorthand=(own,)).check() == ()
    assert replace(marked, shorthand_version="statswales").check() == ()


def test_an_unknown_version_of_the_shorthand_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        shorthand("1086")
    assert caught.value.code == "PR-Y001"
    assert STANDARD in caught.value.fix


def test_cells_are_shown_as_people_read_them(book: Workbook) -> None:
    table: Table = book.tables[0]
    texts = [[shown(c, column) for c, column in zip(row, table.columns, strict=True)] for row in table.cells()]
    assert texts[0][3:] == ["12,345 [r]", "1.25", "-3.5", "1 July 2012"]
    assert texts[1][4] == "1.20 [r][e]"
    assert texts[2][3] == "[c]"
