"""The table of sources: the way that each delivery took, sums, and sources that sent nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from piperoll.cli.by_source import Came, by_source, print_by_source, way_of
from piperoll.journal import Delivery, Query
from piperoll.register.model.register import Register, Source


SOURCES = {key: Source(key, key.title()) for key in ("fta", "iaps", "oasys")}
REGISTER = Register(Path("register"), "register", "Register", "", SOURCES, {}, {}, {}, {})
NOON = dt.datetime(2012, 5, 1, 12, tzinfo=dt.UTC)


def delivery(number: int, source: str, filename: str, mode: str = "events", rows: int = 10) -> Delivery:
    return Delivery(
        id=f"d{number}", sha256=f"{number:064d}", filename=filename, source=source, dataset="x", supplier="s",
        period="2012-04", mode=mode, verdict="accepted", rows_in=rows, rows_kept=rows - 1, rows_refused=1,
        received_at=NOON,
    )  # fmt: skip


SENT = [
    delivery(1, "fta", "mail-01/attachment-1.xlsx"),
    delivery(2, "fta", "2012-05/fta_03.XLSX"),
    delivery(3, "fta", "2012-05/fta_04.csv"),
    delivery(4, "fta", "2012-05/fta_05.csv.gz", "increment"),
    delivery(5, "iaps", "iaps/iaps.requirement/NOMS", "increment", rows=100),
]
WAYS = {"d1": "mail", "d5": "database"}


def query(delivery: str) -> Query:
    return Query(delivery=delivery, rule="A-V01", key=f"k{delivery}", sentence="Is it so?")


@pytest.mark.parametrize(
    ("number", "way"), [(0, "mail"), (1, "spreadsheet"), (2, "file"), (3, "file"), (4, "database")]
)
def test_the_receipt_goes_before_the_name(number: int, way: str) -> None:
    assert way_of(SENT[number], WAYS) == way


def test_a_line_for_each_source_and_way() -> None:
    lines = by_source(REGISTER, SENT, [query("d5"), query("d5"), query("d3"), query("unknown")], WAYS)
    assert lines == [
        Came("fta", "file", ("events", "increment"), 2, 20, 18, 2, 1),
        Came("fta", "mail", ("events",), 1, 10, 9, 1, 0),
        Came("fta", "spreadsheet", ("events",), 1, 10, 9, 1, 0),
        Came("iaps", "database", ("increment",), 1, 100, 99, 1, 2),
        Came("oasys", "-"),
    ]


def test_the_table_ends_with_sums(capsys: pytest.CaptureFixture[str]) -> None:
    print_by_source(by_source(REGISTER, SENT, [], WAYS))
    *_, last, told = capsys.readouterr().out.splitlines()
    assert last.split() == ["all", "5", "140", "135", "5", "0"]
    assert told == "2 of 3 sources have sent: 2 by file, 1 by mail, 1 by spreadsheet, 1 by database."


def test_nothing_has_come(capsys: pytest.CaptureFixture[str]) -> None:
    print_by_source(by_source(REGISTER, [], [], {}))
    assert capsys.readouterr().out.splitlines()[-1] == "0 of 3 sources have sent."
