"""The compendium's cohort of a calendar year, counted again a person at a time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable

import pytest

from tests.publications.offending import Member, cohort
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, PERIOD = "reoffending_compendium", "2010"


@pytest.fixture(scope="module")
def members(sent: Sent) -> list[Member]:
    """The offenders of 2010."""
    return cohort(sent, dt.date(2010, 1, 1), dt.date(2010, 12, 31))


def compare(
    sent: Sent,
    table: str,
    axes: tuple[str, ...],
    members: list[Member],
    codes: Callable[[Member], Iterable[tuple[str, ...]]],
) -> None:
    """Every cell of the year, exact, against what the members make of it."""
    cells = sent.cells(PUBLICATION, table, PERIOD).filter(period=PERIOD)
    many, again = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    for member in members:
        many.update(codes(member))
        again.update(codes(member) if member.reoffences else ())
    shown = set()
    for measure, *place, value in cells.select("measure", *axes, "value").iter_rows():
        key = tuple(place)
        shown.add(key)
        if measure.endswith("rate"):
            assert value == (pytest.approx(100 * again[key] / many[key]) if many[key] else None), key
        else:
            assert value == (again if measure.endswith("reoffenders") else many)[key], (measure, key)
    assert set(many) <= shown


def test_offences(sent: Sent, members: list[Member]) -> None:
    known = {each.code for each in sent.register.codes["ho_class"].codes}

    def offence(member: Member) -> str:
        return member.of if member.of in known and not member.disposal.startswith("CUSTODY") else "not_known"

    compare(sent, "offences", ("offence",), members, lambda m: [("all",), (offence(m),)])


def test_disposals_and_sexes(sent: Sent, members: list[Member]) -> None:
    def group(member: Member) -> str:
        if member.disposal in ("CAUTION", "COND_CAUTION", "REPRIMAND", "WARNING"):
            return "OUT_OF_COURT"
        return "CUSTODY" if member.disposal.startswith("CUSTODY") else "COURT"

    compare(
        sent,
        "sexes",
        ("disposal", "sex"),
        members,
        lambda m: [(d, s) for d in ("all", group(m), m.disposal) for s in ("all", m.someone.sex or "0")],
    )


def test_histories(sent: Sent, members: list[Member]) -> None:
    bands = {1: "0", 3: "1_2", 7: "3_6", 11: "7_10", 15: "11_14"}

    def band(member: Member) -> str:
        return next((code for below, code in bands.items() if member.previous < below), "15_PLUS")

    cells = sent.cells(PUBLICATION, "histories", PERIOD).filter(period=PERIOD, disposal="all", measure="year_offenders")
    assert dict(cells.select("previous", "value").iter_rows()) == {
        **dict.fromkeys([*bands.values(), "15_PLUS"], 0),
        **Counter(band(each) for each in members),
        "all": len(members),
    }


def test_prisons(sent: Sent, members: list[Member]) -> None:
    out = [each for each in members if each.disposal.startswith("CUSTODY")]
    assert len({each.of for each in out}) > 3
    compare(sent, "prisons", ("prison",), out, lambda m: [("all",), (m.of,)])
