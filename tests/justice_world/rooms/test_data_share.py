"""The departments' return of the world's offenders: it keeps to its contract, says nothing of who they are, and is true."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from justice_world.data_share import DataShare
from justice_world.data_share.lives import MONTHS, OPEN, Spells, benefits, days, employment, offending
from justice_world.systems import ROOMS
from piperoll.periods import Period
from piperoll.register.model.register import Register
from tests.justice_world.judged import Judge, periods
from tests.justice_world.roombench import Sent, send


TABLES = ("share_person", "share_event", "share_benefit", "share_employment", "share_claims")
SHARE = 0.002


@pytest.fixture(scope="module")
def sent(register: Register) -> Sent:
    return send(DataShare, register, 7, SHARE, "2010-11", "2011-01")


def test_it_comes_once_whole_and_from_who_linked_it(sent: Sent) -> None:
    assert [(each.dataset, each.supplier, str(each.period)) for each in sent.deliveries] == [
        (f"linked.{name}", "DWP", "2010") for name in TABLES
    ]
    assert sent.rows("linked.share_person").height == pytest.approx(3_600_000 * SHARE, rel=0.1)


@pytest.mark.slow
def test_it_keeps_to_every_rule_of_its_contract(sent: Sent, register: Register) -> None:
    judge = Judge(register)
    found = judge.take(sent.deliveries, periods(sent.deliveries))
    assert found.rows["linked.share_benefit"] > 5000
    told = {place: count for place, count in found.failed.items() if count}
    assert told == {}


def test_every_pseudonym_has_an_event_and_no_other_table_has_others(sent: Sent) -> None:
    people = set(sent.rows("linked.share_person")["study_person"])
    assert set(sent.rows("linked.share_event")["study_person"]) == people
    for name in ("share_benefit", "share_employment"):
        assert set(sent.rows(f"linked.{name}")["study_person"]) <= people


def test_the_truth_alone_says_whose_a_pseudonym_is(sent: Sent) -> None:
    truth = sent.truth["data_share_people"]
    assert truth["study_person"].to_list() == sent.rows("linked.share_person")["study_person"].sort().to_list()
    assert not truth["person"].is_duplicated().any()
    # Neither the order of the rows nor the pseudonym itself follows that of the people.
    number = sent.rows("linked.share_person").join(truth, on="study_person")["person"]
    assert abs(np.corrcoef(np.arange(number.len()), number.to_numpy())[0, 1]) < 0.05


def test_nothing_that_is_written_has_the_form_of_an_identifier(sent: Sent) -> None:
    texts = {
        str(value) for each in sent.deliveries for name in each.frame.columns for value in each.frame[name].unique()
    }
    forms = r"[A-Za-z]{2} ?(\d ?){6}[A-Da-d]|\d{4}-\d{2}-\d{2}|\d{6,}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[a-z]{3,}|.* .*"
    assert len(texts) > 5000
    assert [each for each in texts if re.fullmatch(forms, each)] == []


def test_custody_ends_most_claims_and_a_third_is_employed(sent: Sent) -> None:
    spells = sent.rows("linked.share_benefit")
    custody = sent.rows("linked.share_event").filter(pl.col("event_kind") == "CUSTODY")
    at = custody.select("study_person", month="event_month").join(spells, on="study_person")
    before = at.filter(
        (pl.col("start_month") < pl.col("month")) & (pl.col("end_month").fill_null("9999") >= pl.col("month"))
    )
    going_on = (before["end_month"].fill_null("9999") > before["month"]).mean()
    assert before.height > 200
    assert 0.02 < going_on < 0.15
    people, worked = sent.rows("linked.share_person").height, sent.rows("linked.share_employment").height
    assert worked / people / 11 == pytest.approx(0.33, abs=0.08)


def test_claims_of_offenders_are_the_share_of_all_that_they_are_said_to_be(sent: Sent) -> None:
    still = pl.col("end_month").is_null() | (pl.col("end_month") == "2010-12")
    theirs = dict(sent.rows("linked.share_benefit").filter(still)["benefit"].value_counts().iter_rows())
    whole = dict(sent.rows("linked.share_claims").select("benefit", pl.col("claims_thousands") * 1000).iter_rows())
    assert theirs["JSA"] / float(whole["JSA"]) == pytest.approx(0.33, abs=0.01)
    assert all(theirs.get(each, 0) <= whole[each] for each in whole)


def test_the_same_seed_gives_the_same_rows_and_another_other_pseudonyms(register: Register, sent: Sent) -> None:
    again = send(DataShare, register, 7, SHARE, "2010-12", "2010-12")
    for mine, other in zip(sent.deliveries, again.deliveries, strict=True):
        assert_frame_equal(mine.frame, other.frame)
    another = send(DataShare, register, 8, SHARE, "2010-12", "2010-12")
    mine, other = (set(each.rows("linked.share_person")["study_person"]) for each in (sent, another))
    assert not mine & other


def test_a_world_without_that_month_or_without_people_sends_none(register: Register) -> None:
    assert send(DataShare, register, 7, SHARE, "2011-01", "2011-02").deliveries == []
    assert send(DataShare, register, 7, SHARE, "2009-12", "2009-12").deliveries == []


def test_no_other_room_draws_from_its_streams() -> None:
    """Streams go by name: what is sent by others is the same with the share as without it."""
    top = Path(__file__).parents[3] / "src" / "justice_world"
    drawn = [path.name for path in sorted(top.rglob("*.py")) if '"data share' in path.read_text(encoding="utf-8")]
    assert drawn == ["room.py"]
    assert DataShare in ROOMS


# --- lives ------------------------------------------------------------------------------------------------------------


def test_a_release_follows_its_sentence_and_nobody_is_under_ten() -> None:
    born = np.full(4000, int(np.datetime64("1994-07-15").astype(np.int64)))
    events = offending(np.random.default_rng(3), born)
    assert events.first.min() >= (2004 - 2000) * 12 + 7
    assert (np.diff(events.person) >= 0).all()
    released = events.of(events.kind == "RELEASE")
    ends = {
        *zip(*(getattr(events.of(events.kind == "CUSTODY"), name).tolist() for name in ("person", "last")), strict=True)
    }
    assert set(zip(released.person.tolist(), released.first.tolist(), strict=True)) <= ends
    assert len(released.person) > 100


def test_a_claim_ends_with_the_sentence_and_none_begins_while_it_is_served() -> None:
    size = 3000
    custody = Spells(np.arange(size), np.full(size, "CUSTODY", object), np.full(size, 60), np.full(size, 72))
    spells = benefits(np.random.default_rng(4), size, custody)
    over = (spells.first <= 60) & (spells.last > 60)
    inside = (spells.first > 60) & (spells.first < 72)
    assert over.sum() < 0.2 * ((spells.first <= 60) & (spells.last >= 60)).sum()
    assert inside.sum() < 0.2 * ((spells.first > 48) & (spells.first < 60)).sum()
    same = spells.person[1:] == spells.person[:-1]
    assert (spells.first[1:][same] > spells.last[:-1][same]).all()
    assert spells.last.max() == OPEN
    assert not ((spells.last >= MONTHS) & (spells.last != OPEN)).any()


def test_months_are_days_and_employment_is_of_whole_years() -> None:
    assert days(np.array([0, 131])).astype("datetime64[D]").astype(str).tolist() == ["2000-01-01", "2010-12-01"]
    person, year, weeks = employment(np.random.default_rng(5), 50)
    assert set(year.tolist()) <= set(range(2000, 2011))
    assert len(set(zip(person.tolist(), year.tolist(), strict=True))) == len(weeks)
    assert Period.parse("2010").start.year in year
