"""Types, classes, keys, periods and counts, told from values."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable

import pytest

from piperoll.draft.seen import Seen
from piperoll.errors import UserError


Look = Callable[..., Seen]


def table(header: str, rows: Iterable[str]) -> str:
    return "\n".join((header, *rows, ""))


def column(look: Look, name: str, values: Iterable[object], times: int = 1) -> tuple[str, str]:
    """Type and format found for a column of these values."""
    rows = [f"{value},{n}" for n, value in enumerate(list(values) * times)]
    found = look(table(f"{name},other", rows)).columns[0]
    return found.type, found.format


@pytest.mark.parametrize(
    ("name", "values", "type_", "form"),
    [
        ("x", range(100), "int", ""),
        ("x", [-1, 0, 7], "int", ""),
        ("x", ["01", "02"] * 10, "code", ""),  # zeros before are kept
        ("x", ["1.5", "-2.25", "100"], "dec(7,2)", ""),
        ("x", ["2012-05-01", "2012-06-30"], "date", ""),
        ("x", ["31/12/2012", "01/02/2012"], "date", "%d/%m/%Y"),
        ("x", ["18/02/25", "01/02/25"], "date", "%d/%m/%y"),
        ("x", ["12/31/2012", "02/01/2012"], "date", "%m/%d/%Y"),
        ("x", ["01-Feb-2012"], "date", "%d-%b-%Y"),
        ("day", ["20120501"], "date", "%Y%m%d"),
        ("x", ["20120501"], "int", ""),  # a number that happens to be a day, where no name says so
        ("x", ["2012-05-01 10:30:00"], "datetime", ""),
        ("x", ["2020-07-01T10:30:00+00:00"], "datetime", "%Y-%m-%dT%H:%M:%S+00:00"),
        ("x", ["True", "False"], "bool", ""),
        ("x", ["yes", "no"], "bool", ""),
        ("x", ["1e3", "2"], "str", ""),
        ("x", [" 1", " 2"], "str", ""),
    ],
)
def test_types(look: Look, name: str, values: Iterable[object], type_: str, form: str) -> None:
    assert column(look, name, values) == (type_, form)


def test_few_different_texts_are_codes_and_their_list_is_kept(look: Look) -> None:
    seen = look(table("kind,n", (f"{'abc'[n % 3]},{n}" for n in range(60))))
    assert seen.column("kind").codes == ("a", "b", "c")
    assert seen.column("n").codes == ()


def test_many_different_texts_are_no_codes(look: Look) -> None:
    assert look(table("kind,n", (f"text {n} of many,{n}" for n in range(60)))).column("kind").type == "str"


def test_texts_for_missing_values_among_numbers(look: Look) -> None:
    found = look(table("amount,x", ["1,a", "NA,b", "3,c", "..,d", "5,e"])).column("amount")
    assert (found.type, found.missing, found.nulls) == ("int", ("..", "NA"), 2)


def test_a_day_that_could_have_the_month_first_is_told(look: Look) -> None:
    found = look(table("seen_on,x", (f"0{n % 9 + 1}/0{n % 7 + 1}/2012,{n}" for n in range(50)))).column("seen_on")
    assert found.format == "%d/%m/%Y"
    assert "month first" in found.note


def test_a_text_that_is_nearly_all_dates_is_told(look: Look) -> None:
    days = [f"2012-05-{n % 28 + 1:02d},{n}" for n in range(60)]
    days[7] = "unknown,7"
    found = look(table("seen_on,x", days)).column("seen_on")
    assert found.type == "str"
    assert found.note == "All but 1 of 60 values are dates: are those mistakes?"


def test_nothing_is_told_of_a_nearly_date_of_birth(look: Look) -> None:
    days = [f"1980-05-{n % 28 + 1:02d},{n}" for n in range(60)]
    days[7] = "31 April,7"
    found = look(table("date_of_birth,x", days)).column("date_of_birth")
    assert (found.cls, found.type, found.note, found.codes) == ("D", "str", "", ())


def test_identifiers_never_get_codes(look: Look) -> None:
    rows = (f"{'Smith Jones Brown'.split()[n % 3]},C{n % 40:04d}A,{n % 3}" for n in range(80))
    seen = look(table("surname,case_ref,x", rows))
    assert seen.column("surname").cls == "D"
    assert seen.column("case_ref").cls == "A" or not seen.column("case_ref").codes
    assert all(not each.codes for each in seen.columns if each.cls in ("D", "L"))


def test_a_reference_number_is_the_key(look: Look) -> None:
    seen = look(table("case_number,kind", (f"AB{n:05d},{'xy'[n % 2]}" for n in range(50))))
    assert seen.column("case_number").cls == "L"
    assert seen.key == ("case_number",)


def test_a_key_of_several_columns_has_no_column_to_spare(look: Look) -> None:
    rows = [f"{area},{kind},{flag},{area * kind}" for area in range(5) for kind in range(4) for flag in ("p",)]
    seen = look(table("area,kind,flag,count", rows))
    assert seen.key == ("area", "kind")


def test_rows_that_look_alike_have_no_key(look: Look) -> None:
    assert look(table("kind,colour", ["a,b", "a,b", "c,d"] * 10)).key == ()


def test_a_column_of_numbers_of_cases_makes_cells(look: Look) -> None:
    rows = [f"{area},{sex},{area * 7 + len(sex)}" for area in range(10, 30) for sex in ("male", "female")]
    seen = look(table("area_number,sex,offences", rows))
    assert [each.name for each in seen.columns if each.counted] == ["offences"]
    assert seen.column("area_number").type == "code"


def test_records_with_numbers_are_not_cells(look: Look) -> None:
    rows = (f"AB{n:05d},Smith,{n % 5}" for n in range(40))
    assert not any(each.counted for each in look(table("case_number,surname,offences", rows)).columns)


@pytest.mark.parametrize(
    ("header", "rows", "grain", "months"),
    [
        ("day,x", ["2012-05-01,1", "2012-06-01,2"], "day", ["2012-05", "2012-06"]),
        ("year,x", ["2011,1", "2012,2"], "year", ["2011-01", "2012-01"]),
        ("period,x", ["2012-05,1", "2012-06,2"], "month", ["2012-05", "2012-06"]),
        ("period,x", ["2012Q1,1", "2012 Q4,2"], "quarter", ["2012-01", "2012-10"]),
        ("period,x", ["2011/12,1", "2012/13,2"], "financial_year", ["2011-04", "2012-04"]),
        ("year,quarter,x", ["2012,1,1", "2012,4,2"], "quarter", ["2012-01", "2012-10"]),
        ("financial_year,quarter,x", ["2011/12,Q1,1", "2011/12,Q4,2"], "quarter", ["2011-04", "2012-01"]),
        ("year,month,x", ["2012,1,1", "2012,12,2"], "month", ["2012-01", "2012-12"]),
        ("period,x", ["2011/13,1", "2012/14,2"], "none", []),
        ("height,x", ["1999,1", "2001,2"], "none", []),
        ("date_of_birth,x", ["1980-01-01,1", "1981-01-01,2"], "none", []),
    ],
)
def test_when_a_row_counts(look: Look, header: str, rows: list[str], grain: str, months: list[str]) -> None:
    seen = look(table(header, rows))
    assert (seen.grain, sorted(seen.months)) == (grain, months)


def test_the_likeliest_of_several_dates(look: Look) -> None:
    rows = (f"2012-05-{n % 28 + 1:02d},{'2012-07-01' if n % 2 else ''},2012-04-01" for n in range(40))
    seen = look(table("received_on,closed_on,amended", rows))
    assert seen.when == "s.received_on"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
def test_delimiters(look: Look, delimiter: str) -> None:
    rows = [delimiter.join(("a", f"{n}", "one, two; three" if delimiter not in ",;" else "one")) for n in range(9)]
    seen = look(delimiter.join(("kind", "n", "words")) + "\n" + "\n".join(rows))
    assert seen.delimiter == delimiter
    assert [each.name for each in seen.columns] == ["kind", "n", "words"]


def test_windows_1252_is_a_guess(look: Look) -> None:
    assert look("kind,price\ncaf\xe9,1\nth\xe9,2\n".encode("cp1252")).encoding == "cp1252"


def test_byte_order_mark_and_gzip(look: Look) -> None:
    seen = look(gzip.compress("\ufeffkind,n\na,1\nb,2\n".encode()), "file.csv.gz")
    assert (seen.rows, [each.name for each in seen.columns]) == (2, ["kind", "n"])


def test_a_title_above_the_header(look: Look) -> None:
    seen = look("Complaints received\n\nkind,n,area\na,1,x\nb,2,y\n")
    assert (seen.header_row, seen.rows) == (3, 2)


def test_quoted_values_run_over_lines(look: Look) -> None:
    seen = look('kind,words\na,"one\ntwo"\nb,"say ""so"""\n')
    assert (seen.rows, seen.broken) == (2, 0)


def test_broken_lines_are_counted(look: Look) -> None:
    seen = look(table("kind,n", ["a,1", "b,2", "c", "d,4,5", "e,6"]))
    assert (seen.rows, seen.broken) == (3, 2)


def test_columns_without_a_name_are_left_out_and_told(look: Look) -> None:
    seen = look(table("a,b,c,d,e,", (f"{n},x,y,z,w,v" for n in range(5))))
    assert seen.unnamed == 1
    assert [each.name for each in seen.columns] == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "PR-C006"),
        (b"   \n\n", "PR-I003"),
        (b"kind,n\n", "PR-I003"),
        (b"1,2\n3,4\n", "PR-I004"),
        (b"Smith,1980-01-01,x\nJones,1981-01-01,y\n", "PR-I004"),
        (b"Smith,x,SW1A 1AA\nJones,y,AB1 2CD\n", "PR-I004"),
        (b"Smith,x,s@example.org\nJones,y,j@example.org\n", "PR-I004"),
        (b"nsw,10\nvic,20\nnsw,30\n", "PR-I004"),
        (b"kind,Kind\na,b\n", "PR-I004"),
        (b"\x00\x01\x02", "PR-C008"),
        (b"%PDF-1.4", "PR-C007"),
        (b"<html><body>Not found</body></html>", "PR-C007"),
        (b"PK\x03\x04rest", "PR-I002"),
        (b"PAR1rest", "PR-I002"),
        (gzip.compress(b"kind,n\na,1\n", mtime=0)[:-9], "PR-C014"),
        (b"\x81\x8d\x8f,\x90\nx,y\n", "PR-C008"),
    ],
)
def test_what_cannot_be_drafted_from(look: Look, content: bytes, code: str) -> None:
    with pytest.raises(UserError) as told:
        look(content)
    assert told.value.code == code


def test_two_headers_that_give_one_name(look: Look) -> None:
    seen = look(table("Größe,Grosse", (f"{n},{n * 2}" for n in range(9))))
    assert [(each.name, each.header) for each in seen.columns] == [("grosse_2", "Größe"), ("grosse", "Grosse")]


def test_headers_that_cannot_be_written_down(look: Look) -> None:
    with pytest.raises(UserError) as told:
        look("\x01,\x02\na,b\n")
    assert told.value.code == "PR-I004"


def test_one_endless_line(look: Look) -> None:
    with pytest.raises(UserError) as told:
        look("a" * 300_000)
    assert told.value.code == "PR-I003"


def test_of_a_large_file_the_start_is_looked_at(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("piperoll.draft.look.MOST_ROWS", 5)
    seen = look(table("kind,n", (f"a,{n}" for n in range(60))))
    assert (seen.rows, seen.whole) == (5, False)
