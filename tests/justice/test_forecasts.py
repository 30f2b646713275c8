"""Forecasts of the register: what they read is there, their SQL runs on rows of the contracts, and stays are stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from piperoll.derive.codes import create_code_tables
from piperoll.forecast.scenarios import chosen, factors, month_number, words
from piperoll.forecast.survival import OPEN
from piperoll.forecast.taken import counts_of, from_tables, measure_of, stays_of
from piperoll.periods import Period, span
from piperoll.register.model.forecast import Stays
from piperoll.store.duck import Connection, connect
from tests.justice.storebench import load_tables, rows_of
from tests.justice.test_rules import REGISTER


# It takes the whole register.
pytestmark = pytest.mark.slow
PRISON = "prison_population_short_term"
MONTHS = span(Period.parse("2005-01"), Period.parse("2013-12"))


@pytest.fixture(scope="module")
def con() -> Iterator[Connection]:
    made = connect()
    load_tables(made, REGISTER, rows_of(REGISTER))
    create_code_tables(made, REGISTER, sorted(REGISTER.codes))
    yield made
    made.close()


def test_the_forecasts_that_the_statement_names_are_declared() -> None:
    kinds = {key: each.kind for key, each in REGISTER.forecasts.items()}
    assert kinds[PRISON] == "stock_flow"
    assert {"crown_court_receipts", "county_court_claims", "legal_aid_claims"} <= set(kinds)
    for key, each in REGISTER.forecasts.items():
        assert each.marking and each.reason and each.scenarios, key


@pytest.mark.parametrize("key", sorted(REGISTER.forecasts))
def test_its_sql_runs_on_rows_of_the_contracts(key: str, con: Connection) -> None:
    declared = REGISTER.forecasts[key]
    found = from_tables(con, REGISTER, declared, MONTHS, frozenset())
    if declared.kind == "workload":
        assert sum(found["series"]) > 0
        assert measure_of(REGISTER, declared).role == "in"
    else:
        assert sum(each.many.sum() for each in found["cohorts"].values()) > 0
        assert sum(sum(each.values()) for each in found["counted"].values()) > 0


@pytest.mark.parametrize("key", sorted(REGISTER.forecasts))
def test_its_scenarios_change_something(key: str) -> None:
    declared = REGISTER.forecasts[key]
    months = span(Period.parse("2012-07"), Period.parse("2014-06"))
    cohorts = list(declared.cohort_labels) or [""]
    for scenario in chosen(declared)[1:]:
        moved = [factors(scenario, of, code, months)[-1] for of in ("inflow", "stay") for code in cohorts]
        assert any(each != 1 for each in moved), scenario.name
        assert all(words(change, declared.cohort_labels) for change in scenario.changes)


@pytest.fixture
def prison() -> Iterator[Connection]:
    """Two bookings: one on remand, convicted and sentenced to a year; one remanded and released, and a life sentence."""
    made = connect()
    made.execute("CREATE TABLE nomis_iis__booking (book_id VARCHAR, booking_end DATE, admission_reason VARCHAR)")
    made.execute("CREATE TABLE nomis_iis__imprisonment_status "
                 "(book_id VARCHAR, status VARCHAR, from_date DATE, to_date DATE)")  # fmt: skip
    made.execute("CREATE TABLE nomis_iis__sentence "
                 "(book_id VARCHAR, term_years INTEGER, term_months INTEGER, term_days INTEGER)")  # fmt: skip
    made.execute("CREATE TABLE nomis_iis__snapshot_population "
                 "(snapshot_kind VARCHAR, snapshot_date DATE, custody_type VARCHAR)")  # fmt: skip
    create_code_tables(made, REGISTER, ["imprisonment_status", "movement_reason"])
    yield made
    made.close()


def put(con: Connection, booking: str, reason: str, *statuses: tuple[str, str, str | None], term: int = 0,
        ended: str | None = None) -> None:  # fmt: skip
    con.execute("INSERT INTO nomis_iis__booking VALUES (?, ?, ?)", [booking, ended, reason])
    for status, first, last in statuses:
        con.execute("INSERT INTO nomis_iis__imprisonment_status VALUES (?, ?, ?, ?)", [booking, status, first, last])
    if term:
        con.execute("INSERT INTO nomis_iis__sentence VALUES (?, ?, ?, 0)", [booking, term // 12, term % 12])


def stays(con: Connection) -> dict[str, list[tuple[int, int | None, int]]]:
    declared = REGISTER.forecasts[PRISON]
    assert isinstance(declared.stays, Stays)
    zero = month_number(Period.parse("2012-01"))
    found = stays_of(con, declared.stays, declared.cohort_labels, "")
    return {
        code: [(int(e) - zero, None if x == OPEN else int(x) - zero, int(n))
               for e, x, n in zip(each.entered, each.ended, each.many, strict=True)]
        for code, each in found.items() if len(each.many)
    }  # fmt: skip


def test_who_is_remanded_and_then_sentenced_is_in_one_cohort_at_a_time(prison: Connection) -> None:
    put(prison, "1", "N", ("RX", "2012-01-10", "2012-03-05"), ("JR", "2012-03-05", "2012-04-02"),
        ("SENT03", "2012-04-02", None), term=12)  # fmt: skip
    assert stays(prison) == {"UNTRIED": [(0, 2, 1)], "UNSENTENCED": [(2, 3, 1)], "12M_TO_4Y": [(3, None, 1)]}


def test_a_status_left_open_ends_with_the_sentence_or_the_booking(prison: Connection) -> None:
    put(prison, "1", "N", ("RX", "2012-01-10", None), ("SENT03", "2012-04-02", "2012-08-01"), term=6)
    put(prison, "2", "N", ("RX", "2012-02-10", None), ended="2012-03-01")
    assert stays(prison) == {"UNTRIED": [(0, 3, 1), (1, 2, 1)], "UP_TO_6M": [(3, 7, 1)]}


def test_a_remand_during_a_sentence_is_no_stay_of_its_own(prison: Connection) -> None:
    put(prison, "1", "I", ("SENT03", "2012-01-10", None), ("RX", "2012-03-01", "2012-05-01"), term=60)
    assert stays(prison) == {"4Y_AND_OVER": [(0, None, 1)]}


@pytest.mark.parametrize(
    ("reason", "status", "term", "cohort"),
    [
        ("I", "SENT03", 6, "UP_TO_6M"), ("I", "SENT03", 7, "6M_TO_12M"), ("I", "SENT03", 12, "12M_TO_4Y"),
        ("I", "SENT03", 48, "4Y_AND_OVER"), ("I", "LIFE", 0, "INDETERMINATE"), ("L", "SENT03", 48, "RECALL"),
        ("L", "LR_LIFE", 0, "INDETERMINATE"), ("F", "A_FINE", 0, "NON_CRIMINAL"), ("E", "DET", 0, "NON_CRIMINAL"),
        ("N", "SEC38", 0, "UNSENTENCED"), ("N", "NON_CUST", 0, None),
    ],
)  # fmt: skip
def test_cohorts(prison: Connection, reason: str, status: str, term: int, cohort: str | None) -> None:
    put(prison, "1", reason, (status, "2012-01-10", None), term=term)
    assert stays(prison) == ({cohort: [(0, None, 1)]} if cohort else {})


def test_counts_are_of_the_last_friday_and_of_custody(prison: Connection) -> None:
    for kind, day, custody in (("MONTHLY", dt.date(2012, 1, 27), "SENTENCED"), ("MONTHLY", dt.date(2012, 1, 27), "FINE"),
                               ("WEEKLY", dt.date(2012, 1, 27), "SENTENCED"),
                               ("MONTHLY", dt.date(2012, 1, 27), "OTHER")):  # fmt: skip
        prison.execute("INSERT INTO nomis_iis__snapshot_population VALUES (?, ?, ?)", [kind, day, custody])
    declared = REGISTER.forecasts[PRISON]
    assert declared.stays is not None
    found = counts_of(prison, declared.stays, list(declared.counts), "")
    january = Period.parse("2012-01")
    assert {code: each[january] for code, each in found.items()} == {
        "UNTRIED": 0, "UNSENTENCED": 0, "SENTENCED": 1, "NON_CRIMINAL": 1}  # fmt: skip
