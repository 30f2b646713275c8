"""Proven re-offending, counted again a person at a time from what the police and prisons sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable

import polars as pl
import pytest

from tests.publications.offending import Member, cohort, discharges
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, COHORT, QUARTER = "proven_reoffending", "2010Q1-2010Q4", "2010Q4"
GROUPS = {
    **dict.fromkeys(("CAUTION", "COND_CAUTION", "REPRIMAND", "WARNING"), "OUT_OF_COURT"),
    **dict.fromkeys(("SUSPENDED", "COMMUNITY", "YOUTH_ORDER", "FINE", "DISCHARGE", "OTHER_COURT"), "COURT"),
}
APPEARANCE = {"1": "W", "2": "W", "3": "B", "4": "A", "5": "O", "6": "O", "0": "N", "9": "N", "": "not_known"}


@pytest.fixture(scope="module")
def members(sent: Sent) -> list[Member]:
    """Whoever had an event in 2010, whose last follow-up ended with June 2012."""
    return cohort(sent, dt.date(2010, 1, 1), dt.date(2010, 12, 31))


def compare(
    sent: Sent,
    table: str,
    axes: tuple[str, ...],
    members: list[Member],
    codes: Callable[[Member], Iterable[tuple[str, ...]]],
) -> None:
    """Every cell of the edition's own cohort is what the members make of it."""
    cells = sent.cells(PUBLICATION, table, COHORT).filter(period=COHORT)
    found = {row[:-1]: row[-1] for row in cells.select("measure", *axes, "value").iter_rows()}
    counts: Counter[tuple[str, ...]] = Counter()
    for member in members:
        for place in codes(member):
            counts["offenders", *place] += 1
            counts["reoffenders", *place] += bool(member.reoffences)
            counts["reoffences", *place] += len(member.reoffences)
            counts["serious_reoffences", *place] += sum(each.serious for each in member.reoffences)
    places = {key[1:] for key in found}
    assert {key[1:] for key in counts} <= places
    for place in places:
        many, again, what, serious = (counts[name, *place] for name in
                                      ("offenders", "reoffenders", "reoffences", "serious_reoffences"))  # fmt: skip
        expected = {
            "offenders": many,
            "reoffenders": again,
            "reoffences": what,
            "serious_reoffences": serious,
            "reoffending_rate": 100 * again / many if many else None,
            "per_offender": what / many if many else None,
            "per_reoffender": what / again if again else None,
            "serious_rate": 100 * serious / many if many else None,
        }
        for name, value in expected.items():
            if (name, *place) in found:
                assert found[name, *place] == (None if value is None else pytest.approx(value)), (name, place)


def test_adults_and_youths(sent: Sent, members: list[Member]) -> None:
    assert len(members) > 1000
    assert 0.1 < sum(bool(each.reoffences) for each in members) / len(members) < 0.9
    compare(sent, "summary", ("age",), members, lambda m: [("all",), (m.type,)])


def test_ages_and_sexes(sent: Sent, members: list[Member]) -> None:
    def band(member: Member) -> str:
        age = member.someone.age(member.day)
        for least, code in ((50, "50_PLUS"), (45, "45_49"), (40, "40_44"), (35, "35_39"), (30, "30_34"), (25, "25_29"),
                            (21, "21_24"), (18, "18_20"), (15, "15_17"), (12, "12_14"), (10, "10_11")):  # fmt: skip
            if age is not None and age >= least:
                return code
        return "not_known"

    compare(
        sent, "ages", ("sex", "age"), members,
        lambda m: {(s, a) for s in ("all", m.someone.sex or "0") for a in ("all", m.type, band(m))},
    )  # fmt: skip


def test_disposals(sent: Sent, members: list[Member]) -> None:
    assert sum(each.disposal.startswith("CUSTODY") for each in members) > 50
    compare(
        sent,
        "disposals",
        ("disposal",),
        members,
        lambda m: [("all",), (GROUPS.get(m.disposal, "CUSTODY"),), (m.disposal,)],
    )


def test_previous_offences(sent: Sent, members: list[Member]) -> None:
    least = {15: "15_PLUS", 11: "11_14", 7: "7_10", 3: "3_6", 1: "1_2", 0: "0"}

    def band(many: int) -> str:
        return next(code for fewest, code in least.items() if many >= fewest)

    compare(sent, "histories", ("previous",), members, lambda m: [("all",), (band(m.previous),)])


def test_ethnic_appearance(sent: Sent, members: list[Member]) -> None:
    compare(sent, "ethnicity", ("ethnicity",), members, lambda m: [("all",), (APPEARANCE[m.someone.appearance],)])


def test_discharges_matched(sent: Sent) -> None:
    quarter = discharges(sent).filter(pl.col("movement_date").is_between(dt.date(2010, 10, 1), dt.date(2010, 12, 31)))
    cells = sent.cells(PUBLICATION, "matched", QUARTER).filter(period=QUARTER)
    found = {row[:2]: row[2] for row in cells.select("length", "measure", "value").iter_rows()}
    lengths = {length for length, _ in found} - {"all"}
    assert set(quarter["disposal"]) <= lengths
    for length in lengths:
        rows = quarter.filter(disposal=length)
        assert found[length, "discharges"] == rows.height
        assert found[length, "discharges_matched"] == rows["person"].is_not_null().sum()
    assert found["all", "discharges"] == quarter.height > 50
    assert 50 < found["all", "discharge_match_rate"] == 100 * found["all", "discharges_matched"] / quarter.height <= 100
