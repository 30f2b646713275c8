"""Between which watermarks an extract lies: against deliveries in force, each row exactly once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.collect.database.types import literal, read, written
from piperoll.collect.database.windows import Window, window
from piperoll.journal import Delivery


def made(period: str, after: str, watermark: str, database: str = "a", way: str = "database") -> Delivery:
    came = {"way": way, "database": database, "after": after, "watermark": watermark}
    return Delivery(
        id=period, sha256="0", filename="f", source="s", dataset="d", supplier="t", period=period, mode="increment",
        received_at=dt.datetime(2012, 1, 1, tzinfo=dt.UTC), verdict="accepted", receipt={"provenance": came},
    )  # fmt: skip


JAN, FEB, APR = (
    made("2012-01", "", "number 5"),
    made("2012-02", "number 5", "number 9"),
    made("2012-04", "number 9", "number 20"),
)


@pytest.mark.parametrize(
    ("deliveries", "period", "expected"),
    [
        ([], "2012-01", Window()),
        ([JAN, FEB], "2012-03", Window(Decimal(9))),
        ([FEB, JAN], "2012-02", Window(Decimal(5))),
        ([JAN, FEB], "2012-01", Window(None, Decimal(5), "2012-02")),
        ([FEB], "2012-01", Window(None, Decimal(5))),
        ([JAN, APR], "2012-02", Window(Decimal(5), Decimal(9))),
        ([FEB, APR], "2012-03", Window(Decimal(9), Decimal(9), "2012-04")),
        ([made("2012-02", "", "number 9")], "2012-01", Window(None, None, "2012-02")),
        ([made("2012-01", "", "number 5", "b"), made("2012-02", "", "number 5", way="mail")], "2012-03", Window()),
        ([made("2012-01", "", "")], "2012-03", Window()),
    ],
)  # fmt: skip
def test_windows(deliveries: list[Delivery], period: str, expected: Window) -> None:
    assert window(deliveries, "a", period) == expected


@settings(max_examples=60)
@given(st.lists(st.integers(1, 4), max_size=12), st.data())
def test_whatever_is_withdrawn_no_row_is_lost(periods: list[int], data: st.DataObject) -> None:
    """Rows with watermarks 1 to now; periods are extracted and withdrawn in any order, and in the end all in order."""
    held: dict[int, Delivery] = {}
    now = 0

    def take(month: int) -> None:
        found = window(held.values(), "a", f"2012-{month:02d}")
        if not found.held:
            after = "" if found.after is None else written(found.after)
            upto = found.upto if found.upto is not None else now
            held[month] = made(f"2012-{month:02d}", after, written(upto))

    for month in periods:
        now += 1
        if month in held and data.draw(st.booleans()):
            del held[month]
        else:
            take(month)
    now += 1
    for month in range(1, 6):
        if month not in held:
            take(month)
    covered = set()
    for each in held.values():
        came = each.receipt["provenance"]
        first = int(read(came["after"])) if came["after"] else 0
        covered |= set(range(first + 1, int(read(came["watermark"])) + 1))
    assert covered == set(range(1, now + 1))


@pytest.mark.parametrize(
    ("value", "text", "sql"),
    [
        (7, "number 7", "7"),
        (Decimal("1E+3"), "number 1000", "1000"),
        (Decimal("1.50"), "number 1.50", "1.50"),
        (dt.date(2012, 5, 1), "date 2012-05-01", "{d '2012-05-01'}"),
        (dt.datetime(2012, 5, 1, 2, 3, 4, 5), "time 2012-05-01 02:03:04.000005", "{ts '2012-05-01 02:03:04.000005'}"),
    ],
)
def test_watermarks_are_written_and_read(value: object, text: str, sql: str) -> None:
    assert written(value) == text and read(text) == value
    assert literal(value, []) == sql


def test_a_text_is_a_parameter_and_never_sql() -> None:
    parameters: list[str] = []
    assert literal("x'; DROP TABLE t; --", parameters) == "?" and parameters == ["x'; DROP TABLE t; --"]
    with pytest.raises(TypeError):
        literal(1.5, [])
