"""Operational measures of every source: each runs on rows of its contract, and counts what is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from piperoll.periods import Period, span
from piperoll.quality.measured import measure
from piperoll.register.model.monitor import OperationalMeasure
from piperoll.register.sql import names_in
from piperoll.store.duck import Connection, connect
from tests.justice.rulebench import Sent
from tests.justice.storebench import load_tables, rows_of
from tests.justice.test_rules import REGISTER


MONTHS = span(Period.parse("2005-01"), Period.parse("2013-12"))
MEASURES = [
    pytest.param(key, each, id=f"{key}.{each.name}")
    for key, monitor in sorted(REGISTER.monitors.items())
    for each in monitor.measures
]


@pytest.fixture(scope="module")
def rows() -> dict[str, list[tuple[Sent, dict[str, Any]]]]:
    return rows_of(REGISTER)


@pytest.fixture(scope="module")
def con(rows: dict[str, list[tuple[Sent, dict[str, Any]]]]) -> Iterator[Connection]:
    made = connect()
    load_tables(made, REGISTER, rows)
    yield made
    made.close()


def test_every_source_has_measures() -> None:
    assert set(REGISTER.monitors) == set(REGISTER.sources)
    for key, monitor in REGISTER.monitors.items():
        assert len({each.role for each in monitor.measures}) > 1, key


@pytest.mark.parametrize(("key", "wanted"), MEASURES)
def test_a_measure_runs_and_counts_something(key: str, wanted: OperationalMeasure, con: Connection) -> None:
    assert any(name.startswith(f"{key}__") for name in names_in(wanted.sql))
    whole = measure(con, wanted, MONTHS)
    assert len(whole.figures) == len(MONTHS)
    by_office = measure(con, wanted, MONTHS, by="office")
    assert sum(each.rows for each in by_office.figures) == sum(each.rows for each in whole.figures)
    if wanted.form in ("count", "sum", "stock"):
        total = sum(each.value or 0 for each in by_office.figures)
        assert total == pytest.approx(sum(each.value or 0 for each in whole.figures))


# What each should come to, counted from the rows themselves: dataset, field of the day, and which rows.
COUNTED: dict[tuple[str, str], tuple[str, str, dict[str, tuple[Any, ...]]]] = {
    ("ppud", "recalls"): ("ppud.recall", "revoked_at", {}),
    ("ppud", "returned"): ("ppud.recall", "returned_at", {}),
    ("irs", "self_harm"): ("irs.incident", "occurred_at", {"type": ("SELF_HARM",)}),
    ("deaths", "self_inflicted"): ("deaths.death", "date_of_death", {"apparent_cause": ("SELF_INFLICTED",)}),
    ("maat", "decided"): ("maat.rep_order", "decision_date", {}),
    ("iaps", "referrals"): ("iaps.requirement", "referral_date", {}),
    ("foi", "received"): ("foi.foi_case", "received_date", {"routine": (False,)}),
    ("pnd", "issued"): ("pnd.notice", "issue_date", {}),
    ("tribunals", "receipts"): ("tribunals.trib_case", "receipt_date", {}),
    ("fmpo", "orders"): ("fmpo.fmpo_disposal", "disposal_date", {"disposal_type": ("ORDER_MADE",)}),
    ("yjmis", "offences"): ("yjmis.offence", "offence_date", {}),
    ("cis", "applications"): ("cis.certificate", "application_date", {}),
}


@pytest.mark.parametrize(("source", "name"), COUNTED)
def test_counts_are_those_of_the_records(
    source: str, name: str, con: Connection, rows: dict[str, list[tuple[Sent, dict[str, Any]]]]
) -> None:
    dataset, day, wanted = COUNTED[source, name]
    days = pl.Series([
        str(row[day])[:7] for _, row in rows[dataset]
        if row.get(day) and all(row.get(field) in values for field, values in wanted.items())
    ])  # fmt: skip
    expected = {month: days.filter(days == month).len() for month in map(str, MONTHS)}
    (declared,) = [each for each in REGISTER.monitors[source].measures if each.name == name]
    found = {str(each.month): each.value for each in measure(con, declared, MONTHS).figures}
    assert sum(expected.values()) > 0
    assert found == expected


def test_a_recall_is_in_time_by_the_hour() -> None:
    con = connect()
    con.execute("CREATE TABLE ppud__recall (revoked_at TIMESTAMP, returned_at TIMESTAMP, recall_type VARCHAR, "
                "probation_trust VARCHAR, _supplier VARCHAR)")  # fmt: skip
    revoked = dt.datetime(2011, 2, 1, 9)
    for hours in (74, 74.1, 10):
        con.execute("INSERT INTO ppud__recall VALUES (?, ?, 'EMERGENCY', 'LON', 'PPC')",
                    [revoked, revoked + dt.timedelta(hours=hours)])  # fmt: skip
    (declared,) = [each for each in REGISTER.monitors["ppud"].measures if each.name == "emergency_in_time"]
    (figure,) = measure(con, declared, [Period.parse("2011-02")]).figures
    assert figure.value == pytest.approx(200 / 3) and figure.status == "not met"
    con.close()
