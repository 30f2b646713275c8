"""Local adult re-offending, counted again a person at a time from what trusts and the police sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

import pytest

from tests.publications.offending import now, people
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, YEAR = "local_adult_reoffending", "2011Q1-2011Q4"
DAYS = [dt.date(2011, 3, 31), dt.date(2011, 6, 30), dt.date(2011, 9, 30), dt.date(2011, 12, 31)]
# Three and six months after each, as a calendar has them.
ENDS = {
    DAYS[0]: (dt.date(2011, 6, 30), dt.date(2011, 9, 30)),
    DAYS[1]: (dt.date(2011, 9, 30), dt.date(2011, 12, 30)),
    DAYS[2]: (dt.date(2011, 12, 30), dt.date(2012, 3, 30)),
    DAYS[3]: (dt.date(2012, 3, 31), dt.date(2012, 6, 30)),
}


@dataclass
class Adult:
    """An adult on the caseload on a day."""

    day: dt.date
    trust: str
    matched: bool
    sex: str = ""
    age: str = ""
    previous: int = 0
    reoffended: bool = False

    @property
    def band(self) -> str:
        """Band of previous offences."""
        bands = {0: "0", 2: "1_2", 6: "3_6", 10: "7_10", 14: "11_14"}
        return next((code for most, code in bands.items() if self.previous <= most), "15_PLUS")

    @property
    def like(self) -> tuple[object, ...]:
        """Whom the prediction takes for alike."""
        return self.day, self.sex, self.age, self.band


@pytest.fixture(scope="module")
def adults(sent: Sent) -> list[Adult]:
    """The caseloads of the four days."""
    everybody, stands = people(sent), now(sent)
    known = set(sent.states("pnc.pnc_person")["pnc_id"])
    orders = {(r["trust"], r["order_ref"]): r for r in sent.states("probation.supervision").iter_rows(named=True)}
    found: list[Adult] = []
    for day in DAYS:
        mine: dict[str, tuple[dt.date, str, str]] = {}
        ages: dict[str, int | None] = {}
        for row in sent.states("probation.caseload").iter_rows(named=True):
            if row["as_at"] != day or row["supervision_type"] in ("PRE_RELEASE", "DEFERRED"):
                continue
            order = orders.get((row["trust"], row["order_ref"]))
            pnc = stands.get(order["pnc_id"], order["pnc_id"]) if order else None
            who = pnc if pnc in known else f"{row['trust']} {row['crn']}"
            born = everybody[pnc].born if pnc in known else None
            if born is None and order is not None and order["dob"] is not None:
                born = order["dob"].year, order["dob"].month
            place = row["start_date"], row["trust"], row["order_ref"]
            if who not in mine or (-place[0].toordinal(), *place[1:]) < (-mine[who][0].toordinal(), *mine[who][1:]):
                mine[who] = place
                ages[who] = None if born is None else day.year - born[0] - (day.month < born[1])
        for who, (_, trust, _) in mine.items():
            age = ages[who]
            if age is not None and age < 18:
                continue
            if who not in known:
                found.append(Adult(day, trust, False))
                continue
            one = everybody[who]
            three, six = ENDS[day]
            again = any(day < each.committed <= three and each.proven <= six for each in one.offences)
            previous = sum(each.proven <= day for each in one.offences)
            young = "UNDER_25" if age is not None and age < 25 else "25_PLUS"
            found.append(Adult(day, trust, True, one.sex, young, previous, again))
    return found


def cells(sent: Sent, table: str, period: str, *axes: str) -> dict[tuple[str, ...], float | None]:
    """Cells of a period by measure and codes."""
    found = sent.cells(PUBLICATION, table, period).filter(period=period)
    return {row[:-1]: row[-1] for row in found.select("measure", *axes, "value").iter_rows()}


def test_trusts_against_what_was_predicted(sent: Sent, adults: list[Adult]) -> None:
    followed = [each for each in adults if each.matched]
    assert len(followed) > 1000 and sum(each.reoffended for each in followed) > 50
    alike = defaultdict(list)
    for each in followed:
        alike[each.like].append(each.reoffended)
    many, again, expected = Counter[str](), Counter[str](), Counter[str]()
    for each in followed:
        for trust in ("all", each.trust):
            many[trust] += 1
            again[trust] += each.reoffended
            expected[trust] += sum(alike[each.like]) / len(alike[each.like])  # type: ignore[assignment]
    found = cells(sent, "trusts", YEAR, "trust")
    trusts = {trust for _, trust in found}
    assert len(trusts) == 36
    for trust in trusts:
        assert found["caseload_offenders", trust] == many[trust], trust
        assert found["caseload_reoffenders", trust] == again[trust], trust
        assert found["predicted", trust] == pytest.approx(expected[trust]), trust
        rate = pytest.approx(100 * again[trust] / many[trust]) if many[trust] else None
        assert found["caseload_reoffending_rate", trust] == rate
    assert found["against_predicted", "all"] == pytest.approx(100)
    assert cells(sent, "series", YEAR, "trust")["caseload_offenders", "all"] == many["all"]


def test_people_and_histories(sent: Sent, adults: list[Adult]) -> None:
    followed = [each for each in adults if each.matched]
    bands = Counter(each.band for each in followed)
    found = cells(sent, "histories", YEAR, "previous")
    assert {code: found["caseload_offenders", code] for code in bands} == bands
    again = Counter(each.band for each in followed if each.reoffended)
    assert {code: found["caseload_reoffenders", code] for code in bands} == {code: again[code] for code in bands}
    groups = Counter((sex, age) for each in followed for sex in ("all", each.sex) for age in ("all", each.age))
    shown = cells(sent, "people", YEAR, "sex", "age")
    assert {key: shown["caseload_offenders", *key] for key in groups} == groups


def test_caseload_matched(sent: Sent, adults: list[Adult]) -> None:
    last = [each for each in adults if each.day == DAYS[-1]]
    found = cells(sent, "matched", "2011Q4", "trust")
    assert found["supervised", "all"] == len(last)
    assert found["matched", "all"] == sum(each.matched for each in last) < len(last)
    for trust, many in Counter(each.trust for each in last).items():
        assert found["supervised", trust] == many
