"""Tables are found in sheets as people make them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.protect.output.reading import Cell, Sheet
from piperoll.protect.output.tables import Table, find_tables, is_figure, is_total, name_of, parse


def tables(text: str) -> list[Table]:
    rows = [[cell.strip() or None for cell in line.split("|")] for line in text.strip("\n").splitlines()]
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    return find_tables("f.csv", Sheet("s", tuple(tuple(row) for row in rows)))


def one(text: str) -> Table:
    (found,) = tables(text)
    return found


def test_a_cross_tabulation() -> None:
    table = one("la|x|y|z|All\nA|40|35||75\nB|20|30|*|50")
    assert table.names == ("la",)
    assert table.labels == (("A",), ("B",))
    assert [(c.name, c.role, c.category, c.total) for c in table.columns] == [
        ("x", "count", True, False), ("y", "count", True, False), ("z", "count", True, False), ("All", "count", True, True),
    ]  # fmt: skip
    assert [f.number for f in table.figures[0]] == [40, 35, None, 75]
    assert table.figures[1][2].hidden
    assert table.figures[0][2].at == "D2"
    assert table.place.table == "A1:E3"


def test_a_tidy_table() -> None:
    table = one("region|year|kind|count|percent\nN|2011|a|12|40.0%\nN|2012|b|18|60.0%")
    assert table.names == ("region", "year", "kind")
    assert [(c.name, c.role, c.category) for c in table.columns] == [
        ("count", "count", False),
        ("percent", "percent", False),
    ]
    assert table.figures[0][1].percent
    assert table.figures[0][1].decimals == 1


def test_titles_notes_and_two_tables_on_a_sheet() -> None:
    found = tables(
        "Table 1: claims\nSource: us\narea|claims\nA|1,234\nB|17\nNote: provisional\n\narea|2011|2012\nA|5|6\nTotal|5|6"
    )
    assert [t.place.table for t in found] == ["A3:B5", "A8:C10"]
    assert found[0].figures[0][0].number == 1234
    assert [c.name for c in found[1].columns] == ["2011", "2012"]
    assert all(c.category for c in found[1].columns)
    assert found[1].total_row(1)


def test_a_header_of_two_rows_spans() -> None:
    table = one("|men||women|\narea|young|old|young|old\nA|1|2|3|4\nB|5|6|7|8")
    assert [c.name for c in table.columns] == ["men / young", "men / old", "women / young", "women / old"]


def test_labels_span_the_rows_below() -> None:
    table = one("region|kind|n\nN|a|1\n|b|2\nS|a|3")
    assert table.labels == (("N", "a"), ("N", "b"), ("S", "a"))


def test_without_a_header_columns_have_their_letters() -> None:
    table = one("A|12|13\nB|14|15")
    assert table.names == ("column A",)
    assert [c.name for c in table.columns] == ["column B", "column C"]


@pytest.mark.parametrize("text", ["just a title", "a|b\nc|d", "one\ntwo\nthree"])
def test_what_is_no_table(text: str) -> None:
    assert tables(text) == []


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("mean_income", "statistic"), ("% of claims", "percent"), ("Share", "percent"), ("min", "least"), ("Max", "most"),
        ("top_1", "largest"), ("second", "second"), ("turnover", "sum"), ("sd", "spread"), ("df", "freedom"),
        ("N", "count"), ("claims", "count"),
    ],
)  # fmt: skip
def test_roles_of_columns(name: str, role: str) -> None:
    (column,) = one(f"area|{name}\nA|12\nB|15").columns
    assert column.role == role


def test_a_column_of_fractions_is_no_count() -> None:
    assert one("area|claims\nA|12.5\nB|15").columns[0].role == "statistic"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12", (12.0, None, False, 0)), ("1,234.50", (1234.5, None, False, 2)), ("<10", (None, 10, False, 0)),
        ("fewer than 5", (None, 5, False, 0)), ("12.5%", (12.5, None, True, 1)), ("-3", (-3.0, None, False, 0)),
        ("1,23", (None, None, False, 0)), ("-", (None, None, False, 0)), ("", (None, None, False, 0)),
        (None, (None, None, False, 0)), (7, (7.0, None, False, 0)), (0.25, (0.25, None, False, 2)), ("E07", (None,) * 2 + (False, 0)),
    ],
)  # fmt: skip
def test_cells(cell: Cell, expected: tuple[object, ...]) -> None:
    assert parse(cell) == expected


def test_marks_and_totals() -> None:
    assert is_figure("[c]")
    assert is_figure("*")
    assert not is_figure("Leeds")
    assert all(map(is_total, ["All", "Total", "All ages", "total claims", "Grand total", "Subtotal"]))
    assert not any(map(is_total, ["Allerdale", "Totnes", "Other"]))


@given(row=st.integers(0, 10**6), column=st.integers(0, 20_000))
def test_names_of_cells_are_those_of_spreadsheets(row: int, column: int) -> None:
    name = name_of(row, column)
    letters = name.rstrip("0123456789")
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    assert number - 1 == column
    assert int(name[len(letters) :]) == row + 1


CELLS = st.one_of(
    st.none(), st.integers(-5, 3000), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=6)
)


@given(rows=st.lists(st.lists(CELLS, max_size=6), max_size=12))
def test_any_grid_is_gone_through(rows: list[list[Cell]]) -> None:
    found = find_tables("f", Sheet("s", tuple(tuple(row) for row in rows)))
    for table in found:
        assert len(table.labels) == len(table.figures)
        assert all(len(row) == len(table.columns) for row in table.figures)
        assert all(len(row) == len(table.names) for row in table.labels)
