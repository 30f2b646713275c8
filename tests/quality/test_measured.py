"""Operational measures: each form against a plain reference, and what is missing told in place of a nought."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.periods import Period, span
from piperoll.quality import Gap, measure
from piperoll.register.model.monitor import Form, OperationalMeasure, Target
from piperoll.store.duck import Connection, connect


MONTHS = span(Period.parse("2012-01"), Period.parse("2012-04"))
Row = tuple[str, str, dt.date, dt.date | None, int | None]
ROWS: list[Row] = [
    ("x", "north", dt.date(2011, 12, 5), dt.date(2012, 2, 1), 10),
    ("x", "north", dt.date(2012, 1, 5), dt.date(2012, 1, 31), 20),
    ("x", "north", dt.date(2012, 1, 31), None, 40),
    ("y", "south", dt.date(2012, 1, 1), dt.date(2012, 4, 30), None),
    ("y", "south", dt.date(2012, 3, 1), dt.date(2012, 2, 1), 7),
]


@pytest.fixture
def con() -> Iterator[Connection]:
    con = connect()
    fill(con, ROWS)
    yield con
    con.close()


def fill(con: Connection, rows: list[Row]) -> None:
    con.execute("CREATE OR REPLACE TABLE t (o VARCHAR, s VARCHAR, a DATE, z DATE, v INTEGER)").fetchall()
    for row in rows:
        con.execute("INSERT INTO t VALUES (?, ?, ?, ?, ?)", row).fetchall()


def wanted(form: Form, target: Target | None = None, value: str = "v") -> OperationalMeasure:
    days = "a AS opened, z AS closed" if form == "stock" else f"a AS day, {value} AS value"
    sql = f"SELECT o AS office, s AS supplier, {days} FROM t"
    return OperationalMeasure("m", "Measure", "in", form, sql, target=target)


def figures(con: Connection, form: Form, **how: object) -> list[tuple[str, str, float | None, str]]:
    found = measure(con, wanted(form), MONTHS, **how)
    return [(each.of, str(each.month)[-2:], each.value, each.mark) for each in found.figures]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("count", [3, 0, 1, 0]),
        ("sum", [60, 0, 7, 0]),
        ("mean", [30, None, 7, None]),
        ("median", [30, None, 7, None]),
        # the row closed before it was opened was never open
        ("stock", [3, 2, 2, 1]),
    ],
)
def test_each_form(con: Connection, form: Form, expected: list[float | None]) -> None:
    assert [value for _, _, value, _ in figures(con, form)] == expected


def test_nothing_to_average_is_marked(con: Connection) -> None:
    assert [mark for *_, mark in figures(con, "median")] == ["", "z", "", "z"]
    assert [mark for *_, mark in figures(con, "count")] == [""] * 4


def test_a_share_leaves_out_what_is_not_known(con: Connection) -> None:
    found = measure(con, wanted("share", value="v > 15"), MONTHS)
    assert [each.value for each in found.figures] == [100.0, None, 0.0, None]
    assert [each.rows for each in found.figures] == [2, 0, 1, 0]


def test_by_office_and_by_supplier(con: Connection) -> None:
    by_office = figures(con, "count", by="office")
    assert [value for of, _, value, _ in by_office if of == "x"] == [2, 0, 0, 0]
    assert [value for of, _, value, _ in by_office if of == "y"] == [1, 0, 1, 0]
    assert {of for of, *_ in figures(con, "stock", by="supplier")} == {"north", "south"}


def test_a_missing_supplier_is_no_nought(con: Connection) -> None:
    gaps = [Gap(MONTHS[1], "south")]
    found = measure(con, wanted("count"), MONTHS, gaps=gaps).figures
    assert [(each.value, each.mark) for each in found] == [(3, ""), (None, "x"), (1, ""), (0, "")]
    assert found[1].missing == ("south",)


def test_a_missing_supplier_concerns_its_own_offices(con: Connection) -> None:
    found = figures(con, "count", by="office", gaps=[Gap(MONTHS[0], "south")])
    assert [mark for of, _, _, mark in found if of == "x"] == [""] * 4
    assert [mark for of, _, _, mark in found if of == "y"] == ["x", "", "", ""]


def test_a_supplier_that_never_came_is_shown(con: Connection) -> None:
    found = figures(con, "count", by="supplier", gaps=[Gap(month, "west") for month in MONTHS])
    assert [(value, mark) for of, _, value, mark in found if of == "west"] == [(None, "x")] * 4


def test_a_stock_after_a_gap_is_unreliable(con: Connection) -> None:
    found = measure(con, wanted("stock"), MONTHS, gaps=[Gap(MONTHS[2], "north")]).figures
    assert [each.mark for each in found] == ["", "", "u", "u"]
    assert [each.value for each in found] == [3, 2, 2, 1]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (Target(2, "at_least", "x"), ["met", "not met", "not met", "not met"]),
        (Target(2, "at_most", "x"), ["not met", "met", "met", "met"]),
        (Target(2, "at_least", "x", from_=dt.date(2012, 2, 1), to=dt.date(2012, 2, 29)), ["", "not met", "", ""]),
    ],
)
def test_targets_are_met_or_not_while_they_hold(con: Connection, target: Target, expected: list[str]) -> None:
    found = measure(con, wanted("count", target), MONTHS)
    assert [each.status for each in found.figures] == expected


def test_without_a_figure_no_target_is_judged(con: Connection) -> None:
    found = measure(con, wanted("median", Target(2, "at_least", "x")), MONTHS, gaps=[Gap(MONTHS[0], "north")])
    assert [each.status for each in found.figures] == ["", "", "met", ""]


def test_an_office_that_is_not_known(con: Connection) -> None:
    fill(con, [(None, "north", dt.date(2012, 1, 1), None, 1)])
    assert measure(con, wanted("count"), MONTHS, by="office").names == ("(not known)",)


def test_sql_that_fails_says_no_value(con: Connection) -> None:
    fill(con, [("secret", "north", dt.date(2012, 1, 1), None, 1)])
    with pytest.raises(UserError) as caught:
        measure(con, wanted("sum", value="CAST(o AS INTEGER)"), MONTHS, where="monitor/x.yaml")
    assert caught.value.code == "PR-Q007"
    assert "secret" not in caught.value.sentence
    assert "monitor/x.yaml" in caught.value.sentence


_DAYS = st.dates(dt.date(2011, 11, 1), dt.date(2012, 5, 31))
_ROWS = st.lists(
    st.tuples(
        st.sampled_from("xy"), st.sampled_from(["n", "s"]), _DAYS, st.none() | _DAYS, st.none() | st.integers(0, 9)
    ),
    max_size=12,
)


@settings(max_examples=12)
@given(_ROWS)
def test_agrees_with_the_plain_reference(rows: list[Row]) -> None:
    con = connect()
    try:
        fill(con, rows)
        for form in ("count", "sum", "mean", "median", "stock"):
            found = measure(con, wanted(form), MONTHS)
            assert [each.value for each in found.figures] == [plain(form, rows, month) for month in MONTHS], form
    finally:
        con.close()


def plain(form: str, rows: list[Row], month: Period) -> float | None:
    if form == "stock":
        opened = [row for row in rows if row[2] <= month.end]
        return sum(row[3] is None or (row[3] > month.end and row[3] >= row[2]) for row in opened)
    now = [row for row in rows if month.holds(row[2])]
    if form == "count":
        return len(now)
    values = [row[4] for row in now if row[4] is not None]
    if form == "sum":
        return sum(values)
    if not values:
        return None
    return pytest.approx(statistics.mean(values)) if form == "mean" else statistics.median(values)
