"""Rooms of family courts, tribunals, requests, interpreters and performance: magnitudes, truth, the same again."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from justice_world.county_court.insolvency import PRESENTED
from justice_world.family import Family
from justice_world.foi import Requests
from justice_world.language import Interpreters
from justice_world.performance import Performance
from justice_world.performance.room import PETITIONS
from justice_world.places import read_places
from justice_world.rooms import Serials, listed, within
from justice_world.tribunals import Tribunals
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate import Persons, build
from piperoll.simulate.world import Delivery
from tests.justice_world.roombench import Sent, send, setting


ALONE = (Family, Tribunals, Requests, Interpreters)  # what they send rests on no other system


@pytest.fixture(scope="module")
def family(register: Register) -> Sent:
    return send(Family, register, 4, 0.05, "2012-03", "2012-11")


# --- family courts ----------------------------------------------------------------------------------------------------


def test_cases_begin_at_their_published_number(family: Sent) -> None:
    cases = family.rows("familyman.case")
    letters = dict(cases["case_number"].str.slice(4, 1).value_counts().iter_rows())
    for letter, expected in {"P": 50_600, "C": 15_400, "D": 124_500, "F": 18_900}.items():
        assert letters[letter] == pytest.approx(expected * 0.75 * 0.05, rel=0.15), letter


def test_a_care_case_of_familyman_is_keyed_again(family: Sent) -> None:
    keyed = family.truth["care_cases"]
    truth = family.rows("familyman.case")["case_number"]
    assert keyed["true_number"].is_in(truth.implode()).mean() > 0.97  # the last ones are entered next month
    wrong = (keyed["true_number"] != keyed["case_number"]).mean()
    assert wrong is not None and 0 <= wrong < 0.03
    sent = family.rows("cms_care.care_case")
    assert sent["application_date"].min() > dt.date(2012, 4, 1)
    assert sent["case_number"].is_in(keyed["case_number"].implode()).all()


def test_a_case_leaves_the_monitoring_system_once_it_has_ended(family: Sent) -> None:
    sent = family.rows("cms_care.care_case")
    over = sent.filter(pl.col("current_stage").is_in(["CONCLUDED", "WITHDRAWN"]))
    assert over.height > 3
    assert not over["case_number"].is_duplicated().any()
    later = over.join(sent, on="case_number", suffix="_other").filter(pl.col("_period_other") > pl.col("_period"))
    assert later.is_empty()


def test_who_a_party_is_is_known_and_some_come_again(family: Sent) -> None:
    parties = family.truth["family_parties"]
    persons = parties["person"].drop_nulls()
    assert 0 < persons.is_duplicated().mean() < 0.1
    sent = family.rows("familyman.party").join(parties, on="party")
    again = sent.filter(pl.col("person").is_duplicated() & pl.col("person").is_not_null())
    assert again.group_by("person").agg(pl.col("true_born").n_unique())["true_born"].max() == 1
    slips = again.group_by("person").agg(pl.col("person_family_name").n_unique())["person_family_name"]
    assert 0 < (slips > 1).mean() < 0.1
    organisations = sent.filter(pl.col("company").is_not_null())
    assert organisations["person"].null_count() == organisations.height > 0


def test_children_named_by_an_event_are_children_of_its_case(family: Sent) -> None:
    events = family.rows("familyman.event").select("event", "case_number")
    roles = family.rows("familyman.role").select("role", "role_model", of=pl.col("case_number"))
    named = family.rows("familyman.event_field").drop_nulls("role").join(events, on="event").join(roles, on="role")
    assert named.height > 100
    assert (named["case_number"] == named["of"]).all()
    assert named["role_model"].str.starts_with("CHLD").all()


def test_forced_marriage_cases_come_whole_whatever_the_scale(register: Register) -> None:
    small = send(Family, register, 4, 0.001, "2012-01", "2012-12")
    assert 100 < small.rows("fmpo.fmpo_application").height < 230
    orders = small.rows("fmpo.fmpo_disposal").filter(pl.col("disposal_type") == "ORDER_MADE")
    assert orders["power_of_arrest"].null_count() == 0


# --- tribunals --------------------------------------------------------------------------------------------------------


def test_stocks_follow_from_cases(register: Register) -> None:
    sent = send(Tribunals, register, 4, 0.003, "2012-01", "2012-04")
    stock = sent.rows("tribunals.trib_stock").filter(pl.col("chamber_jurisdiction") == "SSCS").sort("month")
    cases = sent.truth["tribunal_cases"].filter(pl.col("chamber_jurisdiction") == "SSCS")
    came = cases.group_by(pl.col("receipt_date").dt.month_start().alias("month")).len().sort("month")
    assert stock["receipts"].to_list() == came["len"].to_list()
    assert stock["disposals"].min() > 0.4 * stock["receipts"].mean()
    flow = stock["outstanding"].diff() - (stock["receipts"] - stock["disposals"])
    assert (flow.drop_nulls().abs() <= 0.05 * stock["outstanding"].max()).all()


def test_claims_have_complaints_and_multiples(register: Register) -> None:
    sent = send(Tribunals, register, 4, 0.02, "2012-01", "2012-01")
    claims = sent.rows("tribunals.trib_case").filter(pl.col("receipt_date") >= dt.date(2012, 1, 1))
    claims = claims.filter(pl.col("chamber_jurisdiction") == "ET")
    assert claims["complaint_count"].mean() == pytest.approx(1.7, abs=0.15)
    sizes = claims.drop_nulls("multiple_ref").group_by("source_system", "multiple_ref").len()["len"]
    assert sizes.min() >= 2
    assert 0.4 < sizes.sum() / claims.height < 0.85
    heads = sent.rows("tribunals.trib_complaint").join(claims, on=["source_system", "case_ref"], how="semi")
    assert heads.height == claims["complaint_count"].sum()


# --- requests for information -----------------------------------------------------------------------------------------


def _due(day: dt.date, days: int, holidays: set[dt.date]) -> dt.date:
    """The plain reading: step by step, counting days on which somebody works."""
    while day.weekday() > 4 or day in holidays:
        day += dt.timedelta(1)
    while days:
        day += dt.timedelta(1)
        days -= day.weekday() < 5 and day not in holidays
    return day


def test_what_is_due_counts_bank_holidays_of_the_whole_kingdom(register: Register) -> None:
    sent = send(Requests, register, 4, 0.01, "2012-06", "2012-08")
    holidays = {dt.date.fromisoformat(each.code) for each in register.codes["uk_bank_holiday"].codes}
    assert {dt.date(2012, 7, 12), dt.date(2012, 8, 6), dt.date(2012, 3, 19), dt.date(2012, 11, 30)} <= holidays
    rows = sent.rows("foi.foi_case")
    right = [
        row["external_deadline"]
        == _due(row["received_date"], 20 + row["extension_wd"] + row["clock_stopped_days"], holidays)
        for row in rows.iter_rows(named=True)
    ]
    assert 0.96 < np.mean(right) < 1.0  # a few are reckoned by the calendar of England and Wales
    in_time = sent.truth["foi_requests"].drop_nulls("days_taken")["days_taken"] <= 20
    assert 0.75 < in_time.mean() < 0.92


def test_reviews_follow_requests(register: Register) -> None:
    sent = send(Requests, register, 4, 0.01, "2012-01", "2012-06").rows("foi.foi_case")
    reviews = sent.filter(pl.col("type").str.contains("_IR_"))
    assert reviews.height > 10
    assert reviews["internal_review_of"].is_in(sent["number"].implode()).all()
    first = sent.unique("number", keep="first", maintain_order=True)
    both = reviews.join(first, left_on="internal_review_of", right_on="number", suffix="_first")
    assert (both["received_date"] > both["received_date_first"]).all()


# --- interpreters -----------------------------------------------------------------------------------------------------


def test_each_snapshot_holds_everything_so_far_and_a_few_outcomes_change(register: Register) -> None:
    sent = send(Interpreters, register, 4, 0.01, "2012-01", "2012-06")
    one, two = (each for each in sent.deliveries if each.dataset == "language.lang_request")
    assert (str(one.period), str(two.period)) == ("2012Q1", "2012Q2")
    assert one.frame["request_id"].is_in(two.frame["request_id"].implode()).all()
    both = one.frame.drop_nulls("status").join(two.frame, on="request_id", suffix="_later")
    changed = both.filter(pl.col("status") != pl.col("status_later"))
    assert 0 < changed.height < 0.02 * both.height
    assert set(changed["status_later"]) == {"CUSTOMER_DID_NOT_ATTEND"}


# --- performance ------------------------------------------------------------------------------------------------------


def _claims(court: str, number: int) -> Delivery:
    rows = pl.DataFrame({"court_code": [court] * number, "issue_date": [dt.date(2012, 1, 9)] * number})
    return Delivery("caseman.claim", "LON", Period.parse("2012-01"), rows)


def test_totals_add_up_and_agree_with_what_others_sent(register: Register) -> None:
    month = Period.parse("2012-01")
    room = Performance(setting(register, 4, 1.0, "2012-01", "2012-01"))
    courts = pl.DataFrame({"court_code": ["413", "413", "417"], "receipt_date": [dt.date(2012, 1, 3)] * 3})
    held = [_claims("BR", 5), _claims("CR", 2), Delivery("crest.cc_case", "LON", month, courts)]
    (sent,), truth = room.month(month, held)
    rows = sent.frame
    nation = rows.filter(pl.col("level") == "NATIONAL")
    value = dict(nation.filter(pl.col("case_type") == "ALL").select("measure_id", "value").iter_rows())
    assert (value["CC_CLAIMS"], value["CROWN_RECEIPTS"]) == (7, 3)
    assert "MC_CASES" not in value
    for level in ("COURT", "AREA", "REGION"):
        part = rows.filter((pl.col("level") == level) & (pl.col("unit") == "COUNT"))
        for measure, kind in PETITIONS.items():
            total = part.filter(pl.col("measure_id") == measure)["value"].sum()
            assert total == value[measure], (level, measure)
            assert float(total) == pytest.approx(PRESENTED[kind][2012] / 3, rel=0.25)
    assert not rows.select("measure_id", "level", "court_code", "case_type").is_duplicated().any()
    assert truth["performance"]["value"].sum() > 0


# --- all of them ------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_rows(register: Register) -> None:
    for room in ALONE:
        one, two = (send(room, register, 9, 0.003, "2012-03", "2012-04") for _ in range(2))
        assert [each.dataset for each in one.deliveries] == [each.dataset for each in two.deliveries]
        for mine, other in zip(one.deliveries, two.deliveries, strict=True):
            assert_frame_equal(mine.frame, other.frame)


def test_nothing_is_sent_before_a_source_begins(register: Register) -> None:
    for room in (*ALONE, Performance):
        assert send(room, register, 9, 0.003, "2008-09", "2008-09").deliveries == []


def test_the_world_sends_them_all_where_there_are_persons(register: Register) -> None:
    month = Period.parse("2012-01")
    (batch,) = build("justice", register, 7, 0.01, month, month, Persons(0.0005)).batches()
    sources = {each.dataset.split(".")[0] for each in batch.deliveries}
    assert {"caseman", "familyman", "fmpo", "tribunals", "foi", "perfdb"} <= sources
    (perf,) = (each.frame for each in batch.deliveries if each.dataset == "perfdb.measure_value")
    issued = sum(each.frame.height for each in batch.deliveries if each.dataset == "caseman.claim")
    told = perf.filter((pl.col("measure_id") == "CC_CLAIMS") & (pl.col("level") == "NATIONAL"))["value"].item()
    assert int(told) == issued


def test_a_register_without_a_list_is_told(register: Register) -> None:
    assert read_places(register).courts.len() > 0
    with pytest.raises(UserError, match="no code list nothing"):
        listed(register, "nothing")


def test_serials_run_by_group_and_year() -> None:
    serials = Serials()
    assert serials.give(2011, np.array([0, 1, 0]), 2).tolist() == [1, 1, 2]
    assert serials.give(2011, np.array([1, 0]), 2).tolist() == [2, 3]
    assert serials.give(2012, np.array([0]), 2).tolist() == [1]
    assert within(np.array([5, 2, 5, 5, 2])).tolist() == [0, 0, 1, 2, 1]
