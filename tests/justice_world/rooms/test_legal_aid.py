"""Legal aid holds to its contracts; certificates move from one system to the other and none counts twice."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from justice_world.legal_aid import LegalAid
from justice_world.legal_aid.civil import MIGRATION
from piperoll.periods import Period, span
from piperoll.simulate.world import Delivery
from tests.justice_world.judged import JUSTICE, Judge, rows
from tests.justice_world.roombench import setting


MONTHS = span(Period.parse("2012-12"), Period.parse("2013-08"))
SCALE = 0.01
Sent = tuple[list[Delivery], list[dict[str, pl.DataFrame]]]


def _crown(month: Period) -> list[Delivery]:
    """Defendants sent to the Crown Court in a month, and the cases that ended in it."""
    day = month.start
    numbers = [f"T{day.year}{day.month:02d}{n:02d}" for n in range(40)]
    same = {"court_code": ["401"] * 40, "case_no": numbers}
    people = pl.DataFrame(
        {**same, "def_no": [1] * 40, "surname": ["Okafor"] * 40, "forename": ["Ada"] * 40, "dob": [dt.date(1980, 3, 9)] * 40,
         "asn": ["1101ZD0100000410780J"] * 40, "receipt_date": [day] * 40, "representation": ["LEGAL_AID"] * 40},
    )  # fmt: skip
    cases = pl.DataFrame(
        {**same, "case_type": ["TRIAL_EITHERWAY"] * 40, "first_hearing_date": [day + dt.timedelta(5)] * 40,
         "main_hearing_start": [day + dt.timedelta(9)] * 40, "main_hearing_end": [day + dt.timedelta(15)] * 40,
         "disposal_date": [day + dt.timedelta(20)] * 40},
    )  # fmt: skip
    return [Delivery("crest.cc_defendant", "LON", month, people), Delivery("crest.cc_case", "LON", month, cases)]


def _send() -> Sent:
    room = LegalAid(setting(JUSTICE, 7, SCALE, str(MONTHS[0]), str(MONTHS[-1])))
    found = [room.month(month, _crown(month)) for month in MONTHS]
    return [each for deliveries, _ in found for each in deliveries], [truth for _, truth in found]


@pytest.fixture(scope="module")
def sent() -> Sent:
    return _send()


def test_clean_extracts_pass_their_contracts(sent: Sent) -> None:
    judge = Judge()
    found = judge.take(sent[0], [str(each) for each in MONTHS])
    assert judge.refusals() == {}
    assert {each.partition(".")[0] for each in found.rows} == {"cwa", "cis", "maat", "ccr_cclf", "ccms"}
    assert 0 < found.share("cwa.claim", "CWA-V02") < 0.01
    assert found.share("cwa.claim", "CWA-V06") < 0.02


def test_who_sends_follows_the_change_of_bodies(sent: Sent) -> None:
    senders = {(str(each.period) >= "2013-04", each.supplier) for each in sent[0]}
    assert senders == {(False, "LSC"), (True, "LAA")}


def test_one_system_at_a_time_holds_certificates(sent: Sent) -> None:
    old = {str(each.period) for each in sent[0] if each.dataset == "cis.certificate"}
    new = {str(each.period) for each in sent[0] if each.dataset == "ccms.case"}
    assert max(old) == "2013-06" and min(new) == str(MIGRATION)
    assert {str(each.period) for each in sent[0] if each.dataset == "ccms.parallel_run"} == {
        "2013-04",
        "2013-05",
        "2013-06",
    }


def test_every_open_certificate_becomes_one_case(sent: Sent) -> None:
    last = rows(sent[0], "cis.certificate").sort("_period", maintain_order=True).unique("cert_ref", keep="last")
    waiting = set(last.filter(pl.col("status").is_in(["APPLIED", "GRANTED"]))["cert_ref"])
    moved = rows(sent[0], "ccms.migration_map")
    assert waiting <= set(moved["cert_ref"]) and moved["lsc_case_ref"].is_unique().all()
    cases = rows(sent[0], "ccms.case").filter(pl.col("legacy_cert_ref").is_not_null())
    pairs = cases.select(pl.col("legacy_cert_ref").alias("cert_ref"), "lsc_case_ref").unique()
    assert pairs.join(moved, on=["cert_ref", "lsc_case_ref"]).height == pairs.height == len(set(pairs["cert_ref"]))


def test_certificates_counted_once_are_those_of_the_truth(sent: Sent) -> None:
    truth = pl.concat([each["legal_aid_certificates"] for each in sent[1]])
    old = set(rows(sent[0], "cis.certificate")["cert_ref"])
    cases = rows(sent[0], "ccms.case").unique("lsc_case_ref")
    fresh = cases.filter(pl.col("legacy_cert_ref").is_null()).height
    assert len(old) + fresh == truth.height
    assert set(cases["legacy_cert_ref"].drop_nulls()) <= old


def test_bills_are_of_orders_and_cases_that_exist(sent: Sent) -> None:
    bills = rows(sent[0], "ccr_cclf.claim")
    orders = pl.concat([each["legal_aid_orders"] for each in sent[1]])
    assert bills.height > 200 and set(bills["maat_id"]) <= set(orders["maat_id"])
    assert bills.filter(pl.col("system") == "CCR")["maat_id"].is_unique().all()
    known = bills.join(orders, on="maat_id")
    assert ((known["case_number"] == known["crown_case"]).mean() or 0) > 0.98


def test_acts_of_assistance_are_about_as_many_as_published(sent: Sent) -> None:
    claims = rows(sent[0], "cwa.claim")
    yearly = {area: n / len(MONTHS) * 12 / SCALE for area, n in claims.group_by("area_of_law").len().iter_rows()}
    assert 0.8 < yearly["LEGAL_HELP"] / 782_000 < 1.2  # Legal Aid Statistics 2012-13
    assert 0.7 < yearly["CRIME_LOWER"] / 1_235_000 < 1.2


def test_the_same_seed_sends_the_same(sent: Sent) -> None:
    again, _ = _send()
    assert all(a.frame.equals(b.frame) for a, b in zip(sent[0], again, strict=True))
