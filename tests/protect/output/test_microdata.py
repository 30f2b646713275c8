"""Signs of records of persons; of an identifier only kind and place are told."""

from __future__ import annotations

import datetime as dt

import pytest

from piperoll.protect.output.microdata import check_records, check_remains
from piperoll.protect.output.reading import Book, Cell, Sheet
from piperoll.protect.output.rules import Finding, Rules, Verdict


def checked(rows: list[list[Cell]], rules: Rules | None = None) -> list[Finding]:
    return check_records("f.csv", Sheet("", tuple(tuple(row) for row in rows)), rules or Rules())


def fails(rows: list[list[Cell]]) -> list[str]:
    return [f.sentence for f in checked(rows) if f.verdict is Verdict.FAIL]


def test_a_table_of_statistics_has_no_sign_of_records() -> None:
    rows: list[list[Cell]] = [["area name", "area code", "count"]]
    rows += [[f"Place {n}", f"E07{n:06d}", 100 + n * 7 % 13] for n in range(340)]
    assert [f.verdict for f in checked(rows)] == [Verdict.PASS]
    quarters: list[list[Cell]] = [["quarter", "starts", "count"]]
    quarters += [[f"Q{n}", f"2012-{n:02d}-01", 50] for n in range(1, 13)]
    assert [f.verdict for f in checked(quarters)] == [Verdict.PASS]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("QQ123456C".replace("QQ", "AB"), "National Insurance numbers"),
        ("SW1A 1AA", "postcodes"),
        ("jo@example.org", "e-mail addresses"),
        ("07700 900123", "telephone numbers"),
    ],
)
def test_identifiers_by_their_form_are_told_without_the_value(value: str, kind: str) -> None:
    found = checked([["x", "y"], ["A", value], ["B", "none"]])
    (finding,) = [f for f in found if f.verdict is Verdict.FAIL]
    assert kind in finding.sentence
    assert finding.places == ("B2",)
    assert value not in str(finding)


def test_many_different_dates_are_looked_at() -> None:
    days = [(dt.date(1950, 1, 1) + dt.timedelta(days=411 * n)).isoformat() for n in range(20)]
    found = checked([["when", "n"], *[[day, 1] for day in days]])
    assert [f.verdict for f in found] == [Verdict.REVIEW]
    assert "dates" in found[0].sentence


@pytest.mark.parametrize("header", ["Surname", "date_of_birth", "NHS number", "case_number", "Postcode"])
def test_headers_that_name_an_identifier(header: str) -> None:
    assert len(fails([[header, "n"], ["x", 1], ["y", 2], ["z", 3]])) == 1


@pytest.mark.parametrize("header", ["Name", "provider_name"])
def test_names_of_whom_is_not_said_are_looked_at(header: str) -> None:
    (found,) = checked([[header, "n"], ["x", 1], ["y", 2], ["z", 3]])
    assert found.verdict is Verdict.REVIEW and "of whom or of what" in found.sentence


@pytest.mark.parametrize("header", ["Area name", "name of court", "Region name", "period_name", "la_name", "n"])
def test_headers_that_do_not(header: str) -> None:
    assert fails([[header, "n"], ["x", 1], ["y", 2], ["z", 3]]) == []


def test_free_text() -> None:
    story = "The claimant wrote that the house, in which she had lived since she was born, was " + "very " * 20
    rows: list[list[Cell]] = [["kind", "what"], *[["a", story + str(n)] for n in range(5)]]
    assert "free text" in " ".join(fails(rows))
    assert fails(rows[:4]) == []


def test_titles_and_notes_are_no_free_text() -> None:
    note = (
        "These figures are as perceived by the reporting officer, and should not be relied on as much as others. " * 2
    )
    rows: list[list[Cell]] = [[note + "a"], ["kind", "n"], ["x", 1], ["y", 2], *[[note + str(n)] for n in range(6)]]
    assert fails(rows) == []


def test_many_rows_with_a_key_of_their_own() -> None:
    rows: list[list[Cell]] = [["id", "age", "sex"], *[[1000 + n, 20 + n % 50, n % 2] for n in range(60)]]
    assert any("60 rows" in words or "61 rows" in words for words in fails(rows))
    coded: list[list[Cell]] = [["ref", "age", "sex"], *[[f"AB{n * n:07d}", 20 + n % 50, n % 2] for n in range(60)]]
    assert len(fails(coded)) == 1
    few: list[list[Cell]] = rows[:20]
    assert fails(few) == []


def test_more_rows_than_anybody_reads_are_looked_at() -> None:
    rows: list[list[Cell]] = [["a", "b", "c"], *[[f"p{n % 97}", f"q{n % 89}", n] for n in range(0, 2000, 3)]]
    assert [f.verdict for f in checked(rows)] == [Verdict.REVIEW]


def test_rows_that_repeat_are_records() -> None:
    rows: list[list[Cell]] = [["age", "sex", "outcome"], *[[20 + n % 9, "f" if n % 2 else "m", "x"] for n in range(60)]]
    assert any("rows are there more than once" in words for words in fails(rows))


def test_quarters_are_no_keys_of_persons() -> None:
    rows: list[list[Cell]] = [["quarter", "a", "b"]]
    rows += [[f"{2000 + n // 4}-{n % 4 * 3 + 1:02d}-01", 500 + n * n, 700 - 2 * n] for n in range(48)]
    assert [f.verdict for f in checked(rows)] == [Verdict.PASS]


def test_coordinates_are_identifiers() -> None:
    assert len(fails([["Latitude", "n"], [51.5, 1], [51.6, 2], [51.7, 3]])) == 1


def test_unknown_remains_are_told_too() -> None:
    (finding,) = check_remains(Book("f.xlsx", (), {"something_new": 2}))
    assert (finding.verdict, finding.check) == (Verdict.REVIEW, "something new")
