"""Offending, employment and benefits, counted again from what the departments returned, by means of its own.

Each person's months are walked one by one in Python; the models set numbers of months against each other in SQL.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator

import polars as pl
import pytest

from justice_world.data_share import DataShare
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.world import Delivery
from tests.justice_world.roombench import send
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
ADULT = {"18_20", "21_24", "25_29", "30_34", "35_39", "40_44", "45_49", "50_PLUS"}
OUT_OF_WORK = {"JSA", "IS", "IB", "ESA"}
POINTS = {"BEFORE_1": -1, "AFTER_1": 1, "AFTER_3": 3, "AFTER_6": 6, "AFTER_12": 12, "AFTER_24": 24}


class Returned(Sent):
    """The return alone, of a world that tells of nothing else."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.deliveries = defaultdict(list)
        for each in send(DataShare, register, 7, 0.002, "2010-12", "2010-12").deliveries:
            self.deliveries[each.dataset].append(each)
        self._truth, self._made = {}, {}


@pytest.fixture(scope="module")
def returned(justice: Register) -> Returned:
    return Returned(justice)


def month(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:]) - 1


class Lives:
    """By person: events that count, months with an out-of-work benefit, benefits by month, tax years in employment."""

    def __init__(self, sent: Returned) -> None:
        self.people = {row["study_person"]: row for row in sent.rows("linked.share_person").iter_rows(named=True)}
        self.claimed: dict[str, set[int]] = defaultdict(set)
        self.benefits: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in sent.rows("linked.share_benefit").iter_rows(named=True):
            for each in range(month(row["start_month"]), month(row["end_month"] or "2013-12") + 1):
                self.benefits[row["study_person"]][each].add(row["benefit"])
                if row["benefit"] in OUT_OF_WORK:
                    self.claimed[row["study_person"]].add(each)
        self.worked = {
            (row["study_person"], int(row["tax_year"][:4])): row["weeks_band"]
            for row in sent.rows("linked.share_employment").iter_rows(named=True)
        }
        self.index: dict[tuple[str, str, str], tuple[int, str]] = {}
        for row in sent.rows("linked.share_event").sort("study_person", "event_no").iter_rows(named=True):
            if row["age_band"] in ADULT:
                key = (row["study_person"], row["event_kind"], row["event_month"][:4])
                self.index.setdefault(key, (month(row["event_month"]), row["age_band"]))

    def of(self, year: str) -> Iterator[tuple[str, str, int, str]]:
        for (person, kind, when), (at, age) in self.index.items():
            if when == year:
                yield person, kind, at, age


@pytest.fixture(scope="module")
def lives(returned: Returned) -> Lives:
    return Lives(returned)


def tax_year(at: int) -> int:
    return at // 12 if at % 12 >= 3 else at // 12 - 1


def values(cells: pl.DataFrame, *keys: str) -> dict[tuple[object, ...], float]:
    rows = cells.select("measure", "period", *keys, "value").iter_rows()
    return {row[:-1]: row[-1] for row in rows if row[-1] is not None}


def test_who_claimed_in_each_month_of_the_follow_up(returned: Returned, lives: Lives) -> None:
    found = values(returned.cells("offending_employment_benefits", "claiming", "2010"), "event", "follow_up")
    assert {key[1] for key in found} == {str(year) for year in range(2000, 2011)}
    for year in ("2000", "2008", "2009", "2010"):
        followed, claimed = Counter(), Counter()
        for person, kind, at, _ in lives.of(year):
            for point, months in POINTS.items():
                if at + months <= 2010 * 12 + 11:
                    followed[kind, point] += 1
                    claimed[kind, point] += at + months in lives.claimed[person]
        assert followed["RELEASE", "AFTER_1"] > 20
        for kind in ("CAUTION", "NON_CUSTODIAL", "CUSTODY", "RELEASE"):
            for point in POINTS:
                key = (year, kind, point)
                assert found["share_followed", *key] == followed[kind, point], key
                assert found["share_claimed", *key] == claimed[kind, point], key
                if followed[kind, point]:
                    share = 100 * claimed[kind, point] / followed[kind, point]
                    assert found["share_claimed_rate", *key] == pytest.approx(share)
                else:
                    assert ("share_claimed_rate", *key) not in found


def test_who_was_employed_in_the_tax_year_and_the_next(returned: Returned, lives: Lives) -> None:
    found = values(returned.cells("offending_employment_benefits", "employment", "2010"), "event")
    for year in ("2000", "2008", "2009"):
        counts = Counter()
        for person, kind, at, _ in lives.of(year):
            whole = (tax_year(at) + 2) * 12 + 2 <= 2010 * 12 + 11
            counts["share_offenders", kind] += 1
            counts["share_employed", kind] += (person, tax_year(at)) in lives.worked
            counts["share_followed_next", kind] += whole
            counts["share_employed_next", kind] += whole and (person, tax_year(at) + 1) in lives.worked
        for (measure, kind), count in counts.items():
            assert found[measure, year, kind] == count, (measure, year, kind)
    assert found["share_followed_next", "2010", "CAUTION"] == 0


def test_claims_open_in_the_last_month_and_the_part_of_offenders(returned: Returned, lives: Lives) -> None:
    found = values(returned.cells("offending_employment_benefits", "open", "2010"), "benefit")
    spells = returned.rows("linked.share_benefit")
    still = spells.filter(pl.col("end_month").is_null() | (pl.col("end_month") == "2010-12"))
    theirs = Counter(still["benefit"].to_list())
    whole = dict(returned.rows("linked.share_claims").select("benefit", pl.col("claims_thousands") * 1000).iter_rows())
    for benefit, count in whole.items():
        assert found["share_all_claims", "2010", benefit] == count
        assert found["share_open", "2010", benefit] == theirs[benefit]
    work = sum(theirs[each] for each in OUT_OF_WORK)
    assert found["share_open", "2010", "OUT_OF_WORK"] == work > 200
    assert found["share_open_rate", "2010", "all"] == pytest.approx(
        100 * sum(theirs.values()) / float(sum(whole.values()))
    )


def test_prisoners_who_had_claimed_before_and_what_they_claimed(returned: Returned, lives: Lives) -> None:
    ages = values(returned.cells("benefit_claims_prisoners", "ages", "2010"), "age")
    benefits = values(returned.cells("benefit_claims_prisoners", "benefits", "2010"), "benefit")
    for year in ("2009", "2010"):
        counts, held, on = Counter(), Counter(), Counter()
        for person, kind, at, age in lives.of(year):
            if kind != "CUSTODY":
                continue
            followed = at + 1 <= 2010 * 12 + 11
            for group in (age, "all"):
                counts["sentenced_share", group] += 1
                counts["sentenced_claimed", group] += at - 1 in lives.claimed[person]
                counts["sentenced_followed", group] += followed
                counts["sentenced_claimed_after", group] += followed and at + 1 in lives.claimed[person]
            months = lives.benefits[person]
            for benefit in months[at - 1]:
                held[benefit] += 1
                on[benefit] += followed and all(benefit in months[each] for each in (at, at + 1))
        assert counts["sentenced_share", "all"] > 50
        for (measure, group), count in counts.items():
            assert ages[measure, year, group] == count, (measure, year, group)
        for benefit in ("JSA", "IS", "DLA"):
            assert benefits["claims_before", year, benefit] == held[benefit]
            assert benefits["claims_going_on", year, benefit] == on[benefit], (year, benefit)


def test_sex_age_and_ethnic_group_for_assessments_of_equality(returned: Returned, lives: Lives) -> None:
    for table, key, of in (
        ("sexes", "sex", lambda person, _: lives.people[person]["sex"]),
        ("ages", "age", lambda _, age: age),
        ("groups", "ethnicity", lambda person, _: lives.people[person]["ethnicity"]),
    ):
        found = values(returned.cells("equality_impact_assessments", table, "2010"), "event", key)
        counts = Counter()
        for person, kind, at, age in lives.of("2010"):
            for group in (of(person, age), "all"):
                counts["equality_offenders", kind, group] += 1
                counts["equality_claimed", kind, group] += at - 1 in lives.claimed[person]
                counts["equality_employed", kind, group] += (person, tax_year(at)) in lives.worked
        assert len(counts) > 20
        for (measure, kind, group), count in counts.items():
            assert found[measure, "2010", kind, group] == count, (table, measure, kind, group)


def test_later_claims_by_weeks_of_employment_for_research(returned: Returned, lives: Lives) -> None:
    found = values(returned.cells("moj_research_reports", "weeks", "2010"), "event", "weeks", "follow_up")
    followed, claimed = Counter(), Counter()
    for person, kind, at, _ in lives.of("2009"):
        for group in (lives.worked.get((person, tax_year(at)), "NONE"), "all"):
            if at + 12 <= 2010 * 12 + 11:
                followed[kind, group] += 1
                claimed[kind, group] += at + 12 in lives.claimed[person]
    assert {group for _, group in followed} == {"NONE", "UNDER_13", "13_25", "26_38", "39_PLUS", "all"}
    for (kind, group), count in followed.items():
        assert found["research_followed", "2009", kind, group, "AFTER_12"] == count
        assert found["research_claimed", "2009", kind, group, "AFTER_12"] == claimed[kind, group]


def test_people_in_the_linked_data_by_source_and_number_of_sources(returned: Returned) -> None:
    draw = random.Random(11)
    inputs = ("libra.mc_defendant", "crest.cc_defendant", "pnc.pnc_person", "nomis_iis.prisoner", "probation.supervision",
              "iaps.requirement", "oasys.assessment")  # fmt: skip
    rows = [(draw.choice(inputs), f"R{number}", f"P{draw.randrange(900)}") for number in range(2500)]
    frame = pl.DataFrame(rows, schema=["dataset", "record", "person"], orient="row")
    returned.deliveries["linked.person"] = [Delivery("linked.person", "offenders", Period.parse("2011-11"), frame)]
    records = values(returned.cells("linked_data_guest_chapter", "records", "2011"), "source")
    held = defaultdict(set)
    for dataset, _, person in rows:
        held[person].add(dataset.partition(".")[0])
    by_source = Counter(dataset.partition(".")[0] for dataset, _, _ in rows)
    for source, count in by_source.items():
        assert records["linked_records", "2011", source] == count
        assert records["linked_people", "2011", source] == sum(source in each for each in held.values())
    assert records["linked_people", "2011", "all"] == len(held)
    overlap = values(returned.cells("linked_data_guest_chapter", "overlap", "2011"), "sources")
    for number, count in Counter(len(each) for each in held.values()).items():
        assert overlap["people_by_sources", "2011", str(number)] == count
    assert overlap["people_by_sources", "2011", "all"] == len(held)
