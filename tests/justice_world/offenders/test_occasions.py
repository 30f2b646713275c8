"""Every proven occasion is on the PNC, numbered within its identity; what is thinned hangs together."""

from __future__ import annotations

import polars as pl
import pytest

from justice_world.offenders.systems import ACTIVE, ENGLAND_AND_WALES
from tests.justice_world.offenders.conftest import SHARE
from tests.justice_world.roombench import Sent


ID = "pnc_id"


@pytest.fixture(scope="module")
def occasions(sent: Sent) -> pl.DataFrame:
    return sent.rows("pnc.pnc_occasion")


def test_occasions_are_numbered_from_one_in_the_order_of_days(occasions: pl.DataFrame) -> None:
    by = occasions.sort(ID, "occasion_no").group_by(ID, maintain_order=True).agg("occasion_no", "occasion_date")
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by["occasion_no"].to_list())
    assert all(days == sorted(days) for days in by["occasion_date"].to_list())
    assert (by["occasion_no"].list.len() > 1).mean() > 0.3


def test_an_identity_is_sent_in_every_month_in_which_it_has_an_occasion(sent: Sent, occasions: pl.DataFrame) -> None:
    persons = sent.rows("pnc.pnc_person")
    assert not persons.select(ID, "_period").is_duplicated().any()
    told = set(persons.select(ID, "_period").rows())
    assert told == set(occasions.select(ID, "_period").unique().rows())
    last = occasions.group_by(ID, "_period").agg(day=pl.col("occasion_date").max())
    both = persons.join(last, on=[ID, "_period"])
    assert (both["updated_date"] == both["day"]).all()
    # What is written of an identity is written once.
    assert persons.group_by(ID).agg(pl.col("surname").n_unique(), pl.col("dob").n_unique()).select(
        pl.max("surname", "dob")
    ).row(0) == (1, 1)  # fmt: skip


def test_every_occasion_has_an_offence_and_every_court_occasion_a_court(sent: Sent, occasions: pl.DataFrame) -> None:
    offences = sent.rows("pnc.pnc_offence").select(ID, "occasion_no").unique()
    assert occasions.join(offences, on=[ID, "occasion_no"], how="anti").height < 0.05 * occasions.height
    assert offences.join(occasions, on=[ID, "occasion_no"], how="anti").height == 0
    court = occasions["occasion_type"] == "COURT"
    assert (occasions["court_code"].is_not_null() == court).all() and 0.7 < court.mean() < 0.99


def test_what_is_thinned_hangs_together(sent: Sent) -> None:
    orders, programmes = sent.rows("probation.supervision"), sent.rows("iaps.requirement")
    assert set(programmes["person"]) <= set(orders["person"])
    inside = set(orders["person"]) | set(sent.rows("nomis_iis.prisoner")["person"])
    assert set(sent.rows("oasys.assessment")["person"]) <= inside
    assert sent.truth["people"].height == round(ENGLAND_AND_WALES * ACTIVE * SHARE)
