"""What NOMS tells of prisons and probation trusts, counted again from their extracts.

Of `annual_programme_reviews`, `noms_annual_report_mi_addendum` and `noms_performance_hub`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

import numpy as np
import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
YEAR, FIRST, LAST = "2011/12", dt.date(2011, 4, 1), dt.date(2012, 3, 31)
QUARTER, BEGIN, END = "2012Q1", dt.date(2012, 1, 1), dt.date(2012, 3, 31)
REVIEWS, ADDENDUM, HUB = "annual_programme_reviews", "noms_annual_report_mi_addendum", "noms_performance_hub"


def shown(
    sent: Sent, publication: str, table: str, period: str, measure: str, *by: str
) -> dict[tuple[str, ...], float]:
    """Figures of the period by codes, those that are there and not zero."""
    cells = sent.cells(publication, table, period).filter(measure=measure, period=period)
    return {row[:-1]: row[-1] for row in cells.select(*by, "value").iter_rows() if row[-1]}


def inner(cells: dict[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    return {key: n for key, n in cells.items() if "all" not in key}


def counts(frame: pl.DataFrame, *by: str) -> dict[tuple[str, ...], float]:
    return dict(Counter(frame.select(by).iter_rows()))


def between(frame: pl.DataFrame, day: str, first: dt.date, last: dt.date) -> pl.DataFrame:
    return frame.filter(pl.col(day).is_between(first, last))


@pytest.mark.parametrize(
    ("publication", "table", "period", "first", "last"),
    [
        (REVIEWS, "trusts", YEAR, FIRST, LAST),
        (ADDENDUM, "trusts", YEAR, FIRST, LAST),
        (HUB, "trusts", QUARTER, BEGIN, END),
    ],
)
def test_programmes_of_trusts(
    sent: Sent, publication: str, table: str, period: str, first: dt.date, last: dt.date
) -> None:
    asked = sent.states("iaps.requirement")
    for measure, day in (("referrals", "referral_date"), ("starts", "start_date"), ("completions", "completion_date")):
        own = between(asked, day, first, last)
        cells = shown(sent, publication, table, period, measure, "trust")
        assert inner(cells) == counts(own, "trust")
        assert cells[("all",)] == own.height > 0


def test_programmes_what_became_of_them_and_sessions(sent: Sent) -> None:
    started = between(sent.states("iaps.requirement"), "start_date", FIRST, LAST)
    assert inner(shown(sent, REVIEWS, "cohort", YEAR, "cohort_starts", "programme", "order_type")) == counts(
        started, "programme", "order_type"
    )
    completed = started.filter(status="COMPLETED")
    share = shown(sent, REVIEWS, "cohort", YEAR, "cohort_share", "programme", "order_type")
    assert share["all", "all"] == pytest.approx(100 * completed.height / started.height)
    failed = started.filter(status="NOT_COMPLETED")
    assert inner(shown(sent, REVIEWS, "reasons", YEAR, "not_completed", "trust", "why")) == counts(
        failed.with_columns(pl.col("noncompletion_reason").fill_null("not_known")), "trust", "noncompletion_reason"
    )
    assert failed.height > 0
    trust = dict(sent.states("iaps.requirement").select("requirement_id", "trust").iter_rows())
    held = between(sent.rows("iaps.session"), "session_date", FIRST, LAST)
    held = held.filter(pl.col("absence_reason").ne_missing("CANCELLED"))
    assert inner(shown(sent, REVIEWS, "sessions", YEAR, "sessions", "trust")) == {
        (code,): n for code, n in Counter(trust[each] for each in held["requirement_id"]).items()
    }
    attended = shown(sent, REVIEWS, "sessions", YEAR, "attended", "trust")
    assert attended[("all",)] == held["attended"].sum() < held.height


@pytest.mark.parametrize(
    ("publication", "period", "first", "last"), [(ADDENDUM, YEAR, FIRST, LAST), (HUB, QUARTER, BEGIN, END)]
)
def test_orders_and_licences_that_ended_well(
    sent: Sent, publication: str, period: str, first: dt.date, last: dt.date
) -> None:
    ended = between(sent.states("probation.supervision"), "termination_date", first, last)
    ended = ended.filter(
        pl.col("supervision_type").is_in(["CO", "SSO", "POST_RELEASE"]),
        ~pl.col("termination_reason").is_in(["DEATH", "TRANSFER"]),
    )
    well = ended.filter(pl.col("termination_reason").str.starts_with("COMPLETED"))
    assert inner(shown(sent, publication, "ended", period, "ended", "trust")) == counts(ended, "trust")
    cells = shown(sent, publication, "ended", period, "ended_well", "trust")
    assert inner(cells) == counts(well, "trust")
    assert 0 < cells[("all",)] < ended.height


@pytest.mark.parametrize(
    ("publication", "table", "period", "first", "last"),
    [(ADDENDUM, "trust_reports", YEAR, FIRST, LAST), (HUB, "reports", QUARTER, BEGIN, END)],
)
def test_court_reports_in_time_by_a_calendar(
    sent: Sent, publication: str, table: str, period: str, first: dt.date, last: dt.date
) -> None:
    """Working days by NumPy's calendar, which knows weekends by itself."""
    holidays = [
        each.code
        for each in sent.register.codes["uk_bank_holiday"].codes
        if "England and Wales" in each.attributes["nations"]
    ]
    target = {each.code: int(each.attributes["target_days"]) for each in sent.register.codes["court_report_type"].codes}
    made = between(sent.rows("probation.court_report"), "delivered", first, last)
    day = dt.timedelta(days=1)
    in_time = [
        np.busday_count(asked + day, given + day, holidays=holidays) <= target[kind]
        for asked, given, kind in made.select("requested", "delivered", "report_type").iter_rows()
    ]
    timely = made.filter(pl.Series(in_time, dtype=pl.Boolean))
    assert inner(shown(sent, publication, table, period, "reports", "trust")) == counts(made, "trust")
    assert inner(shown(sent, publication, table, period, "in_time", "trust")) == counts(timely, "trust")
    assert made.height > 50
    assert publication == HUB or timely.height < made.height


def test_temporary_release_and_adjudications(sent: Sent) -> None:
    out = between(sent.rows("nomis_iis.rotl"), "out_date", FIRST, LAST)
    cells = shown(sent, ADDENDUM, "temporary_release", YEAR, "releases", "licence")
    assert inner(cells) == counts(out, "rotl_type")
    failed = out.filter(pl.col("failure").is_not_null())
    assert inner(shown(sent, ADDENDUM, "temporary_release", YEAR, "failures", "licence")) == counts(failed, "rotl_type")
    heard = between(sent.rows("nomis_iis.adjudication"), "heard_date", FIRST, LAST)
    assert inner(shown(sent, ADDENDUM, "prisons", YEAR, "charges", "prison")) == counts(heard, "establishment")
    proved = heard.filter(finding="PROVED")
    assert inner(shown(sent, ADDENDUM, "prisons", YEAR, "proved", "prison")) == counts(proved, "establishment")
    assert proved.height > 100


def test_sickness_by_the_average_of_staff(sent: Sent) -> None:
    staff = sent.rows("oracle_hrms.staff")
    last_day = pl.col("month").dt.month_end()
    staff = staff.filter(
        pl.col("month").is_between(FIRST, LAST), pl.col("leave_date").is_null() | (pl.col("leave_date") >= last_day)
    )
    average = float(staff["fte"].sum()) / 12
    spells = sent.rows("oracle_hrms.absence").unique(["employee_no", "start_date"], keep="last", maintain_order=True)
    lost = between(spells, "end_date", FIRST, LAST)
    cells = sent.cells(ADDENDUM, "sickness", YEAR).filter(period=YEAR)
    found = dict(cells.select("measure", "value").iter_rows())
    assert found["average_staff"] == pytest.approx(average)
    assert found["days_lost"] == pytest.approx(float(lost["days_lost"].sum()))
    assert found["days_each"] == pytest.approx(float(lost["days_lost"].sum()) / average)
    reasons = lost.group_by(pl.col("reason").fill_null("UNKNOWN")).agg(pl.col("days_lost").cast(pl.Float64).sum())
    assert inner(shown(sent, ADDENDUM, "reasons", YEAR, "days_lost", "why")) == {
        (code,): pytest.approx(n) for code, n in reasons.iter_rows() if n
    }


def test_assessments_of_the_quarter(sent: Sent) -> None:
    made = between(sent.rows("oasys.assessment").filter(status="COMPLETE"), "completed", BEGIN, END)
    assert made.height > 50
    assert inner(shown(sent, HUB, "assessments", QUARTER, "assessments", "location", "stage")) == counts(
        made, "location", "stage"
    )
    days = (made["completed"] - made["initiated"]).dt.total_days().mean()
    cells = shown(sent, HUB, "assessments", QUARTER, "assessment_days", "location", "stage")
    assert cells["all", "all"] == pytest.approx(days)
    harm = made.with_columns(pl.col("harm_community").fill_null("not_known"))
    assert inner(shown(sent, HUB, "harm", QUARTER, "assessments", "location", "harm")) == counts(
        harm, "location", "harm_community"
    )


def test_incidents_are_those_that_truly_happened(sent: Sent) -> None:
    """Both systems hold some of them; the truth holds each once."""
    true = between(sent.truth("incidents").with_columns(day=pl.col("occurred_at").dt.date()), "day", BEGIN, END)
    true = true.filter(~pl.col("status").is_in(["DUP", "NOT_REPORTABLE", "REOPENED", "WAS_CLOSED"]))
    family = {each.code: each.attributes["family"] for each in sent.register.codes["incident_type"].codes}
    expected = Counter(family[each] for each in true["type"])
    cells = shown(sent, HUB, "incidents", QUARTER, "incidents", "family")
    assert {key[0]: n for key, n in inner(cells).items()} == expected
    assert cells[("all",)] == true.height > 10


def test_deaths_by_cause(sent: Sent) -> None:
    """Of the quarter of each death that the last list holds."""
    outside = ("ROTL_OTHER", "UNLAWFULLY_AT_LARGE", "APPROVED_PREMISES")
    listed = sent.states("deaths.death").filter(~pl.col("location").is_in(outside))
    listed = listed.with_columns(quarter=pl.col("date_of_death").dt.truncate("1q"))
    assert listed.height > 0
    for (quarter,), died in listed.group_by("quarter"):
        assert isinstance(quarter, dt.date)
        period = f"{quarter.year}Q{(quarter.month + 2) // 3}"
        causes = [final or apparent for final, apparent in died.select("final_cause", "apparent_cause").iter_rows()]
        cells = shown(sent, HUB, "deaths", period, "deaths", "cause")
        assert cells == {(cause,): n for cause, n in (Counter(causes) + Counter(all=died.height)).items()}
