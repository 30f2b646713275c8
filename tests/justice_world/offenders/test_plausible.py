"""Magnitudes of what the criminal courts' systems send: near those of England and Wales, as wide as the sample asks.

Bands are the published figure of `tools/magnitudes.yaml` and the room that a sample of this size needs; the page
`docs/reference/magnitudes.md` has them closer.
"""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.justice_world.offenders.conftest import SHARE
from tests.justice_world.roombench import Sent


YEAR = 2011


@pytest.fixture(scope="module")
def occasions(sent: Sent) -> pl.DataFrame:
    return sent.rows("pnc.pnc_occasion").sort("pnc_id", "occasion_no")


@pytest.fixture(scope="module")
def population(sent: Sent) -> pl.DataFrame:
    """Prisoners of the quarterly snapshots of a year, with the number of those snapshots."""
    rows = sent.rows("nomis_iis.snapshot_population")
    return rows.filter((pl.col("snapshot_kind") == "QUARTERLY") & (pl.col("snapshot_date").dt.year() == YEAR))


def _in(rows: pl.DataFrame, day: str, year: int = YEAR) -> int:
    return rows.filter(pl.col(day).dt.year() == year).height


def test_occasions_are_numbered_from_1_in_the_order_of_days(occasions: pl.DataFrame) -> None:
    each = occasions.group_by("pnc_id", maintain_order=True).agg(
        numbered=pl.col("occasion_no") == pl.int_range(1, pl.len() + 1),
        ordered=pl.col("occasion_date").is_sorted(),
        many=pl.len(),
    )
    assert each["numbered"].list.all().all()
    assert each["ordered"].all()
    assert each.filter(pl.col("many") > 1).height > each.height / 5


def test_an_occasion_comes_in_the_month_of_its_day(occasions: pl.DataFrame) -> None:
    assert occasions["_period"].to_list() == occasions["occasion_date"].dt.strftime("%Y-%m").to_list()


def test_each_month_with_an_occasion_tells_who_it_is(sent: Sent, occasions: pl.DataFrame) -> None:
    told = sent.rows("pnc.pnc_person").select("pnc_id", "_period")
    assert told.is_unique().all()
    dealt = occasions.select("pnc_id", "_period").unique()
    assert dealt.sort("pnc_id", "_period").equals(told.sort("pnc_id", "_period"))


def test_an_identity_stays_what_it_was_written_as(sent: Sent) -> None:
    columns = ("cro", "surname", "forenames", "dob", "sex", "nationality")
    persons = sent.rows("pnc.pnc_person")
    assert persons.select("pnc_id", *columns).unique().height == persons["pnc_id"].n_unique() < persons.height


def test_offences_and_disposals_belong_to_an_occasion(sent: Sent, occasions: pl.DataFrame) -> None:
    keys = ["pnc_id", "occasion_no"]
    for dataset in ("pnc.pnc_offence", "pnc.pnc_disposal"):
        rows = sent.rows(dataset)
        assert rows.join(occasions, on=keys, how="anti").height == 0
        assert occasions.join(rows, on=keys, how="anti").height < 0.02 * occasions.height


def test_who_comes_to_court_has_the_court_on_the_occasion(occasions: pl.DataFrame) -> None:
    court = occasions["occasion_type"] == "COURT"
    assert (occasions["court_code"].is_not_null() == court).all()
    assert 0.5 < court.mean() < 0.95


def test_about_three_in_ten_adults_reoffend_within_a_year(sent: Sent, occasions: pl.DataFrame) -> None:
    offences = sent.rows("pnc.pnc_offence")
    guilty = offences.filter(pl.col("adjudication") == "GUILTY").select("pnc_id", "occasion_no").unique()
    cautioned = occasions.filter(~pl.col("occasion_type").is_in(["COURT", "PND"])).select("pnc_id", "occasion_no")
    proven = occasions.join(pl.concat([guilty, cautioned]), on=["pnc_id", "occasion_no"], how="semi")
    born = sent.now("pnc.pnc_person", "pnc_id").select("pnc_id", "dob").drop_nulls()
    begins, ends = dt.date(2010, 7, 1), dt.date(2011, 6, 30)
    inside = proven.join(born, on="pnc_id").filter(pl.col("occasion_date").is_between(begins, ends))
    grown = inside.filter(pl.col("occasion_date") >= pl.col("dob").dt.offset_by("18y"))
    first = grown.group_by("pnc_id").agg(start=pl.col("occasion_date").min())
    again = (
        proven.join(first, on="pnc_id")
        .filter(
            (pl.col("occasion_date") > pl.col("start"))
            & (pl.col("occasion_date") <= pl.col("start").dt.offset_by("1y"))
        )["pnc_id"]
        .n_unique()
    )
    assert first.height > 1000
    assert 0.24 < again / first.height < 0.36


def test_one_prisoner_in_twenty_is_a_woman(population: pl.DataFrame) -> None:
    known = population.filter(pl.col("sex").is_in(["1", "2"]))
    assert known.height > 1000
    assert 0.02 < (known["sex"] == "2").mean() < 0.08


def test_one_prisoner_in_ten_is_untried_and_a_few_are_not_sentenced_yet(population: pl.DataFrame) -> None:
    assert 0.07 < (population["custody_type"] == "UNTRIED").mean() < 0.14
    assert 0.015 < (population["custody_type"] == "UNSENTENCED").mean() < 0.07


def test_statuses_of_a_booking_follow_each_other(sent: Sent) -> None:
    found = sent.now("nomis_iis.imprisonment_status", "book_id", "status_seq").sort("book_id", "status_seq")
    told = found.group_by("book_id", maintain_order=True).agg(
        ordered=pl.col("from_date").is_sorted(),
        numbered=(pl.col("status_seq") == pl.int_range(1, pl.len() + 1)).all(),
        meets=(pl.col("from_date").shift(-1) == pl.col("to_date")).drop_nulls().all(),
        kinds=pl.col("status").n_unique() == pl.len(),
    )
    assert told.select(pl.col("ordered", "numbered", "meets", "kinds").all()).row(0) == (True, True, True, True)
    assert {"RX", "JR", "SENT03"} <= set(found["status"])


def test_prisons_hold_as_many_as_they_did(population: pl.DataFrame) -> None:
    held = population.height / population["snapshot_date"].n_unique() / SHARE
    assert 0.75 * 85_400 < held < 1.25 * 85_400


def test_courts_have_the_defendants_that_they_had(sent: Sent) -> None:
    ended = sent.rows("libra.mc_offence").filter(pl.col("completion_date").dt.year() == YEAR)
    assert ended.select("case_no", "def_id").n_unique() / SHARE == pytest.approx(1_580_000, rel=0.1)
    cases = sent.now("crest.cc_case", "court_code", "case_no")
    defendants = sent.rows("crest.cc_defendant").join(cases.select("court_code", "case_no", "case_type"),
                                                      on=["court_code", "case_no"])  # fmt: skip
    for sentence, published in ((False, 101_000), (True, 43_000)):
        of = defendants.filter((pl.col("case_type") == "SENTENCE") == sentence)
        assert _in(of, "receipt_date") / SHARE == pytest.approx(published, rel=0.25)


def test_trusts_have_the_orders_reports_and_programmes_that_they_had(sent: Sent) -> None:
    begun = sent.now("probation.supervision", "trust", "order_ref").filter(
        pl.col("supervision_type").is_in(["CO", "SSO"])
    )
    assert _in(begun, "start_date") / SHARE == pytest.approx(165_000, rel=0.25)
    assert _in(sent.rows("probation.court_report"), "delivered") / SHARE == pytest.approx(205_000, rel=0.3)
    programmes = sent.now("iaps.requirement", "requirement_id")
    assert _in(programmes, "start_date") / SHARE == pytest.approx(18_000, rel=0.5)


def test_a_programme_is_of_somebody_under_an_order(sent: Sent) -> None:
    truth = sent.truth["person_records"]
    under = set(truth.filter(pl.col("dataset") == "probation.supervision")["person"])
    programmes = truth.filter(pl.col("dataset") == "iaps.requirement")["person"]
    assert programmes.len() > 100
    assert set(programmes) <= under
