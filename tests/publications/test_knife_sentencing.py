"""Knife possession sentencing, counted again from the Police National Computer's occasions."""

from __future__ import annotations

import pytest

from tests.publications.dealt_with import Dealt, proven, same, tally
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, PERIOD = "knife_sentencing", "2012Q1"
KNIVES = ("CJ88144", "PC53001")


@pytest.fixture(scope="module")
def cases(sent: Sent) -> list[Dealt]:
    found = [each for each in proven(sent) if each.code in KNIVES]
    assert len(found) > 100
    return found


def quarter(cases: list[Dealt]) -> list[Dealt]:
    return [each for each in cases if each.day.year == 2012 and each.day.month <= 3]


def test_cases_by_outcome_age_and_weapon(sent: Sent, cases: list[Dealt]) -> None:
    here = quarter(cases)
    ages = sent.cells(PUBLICATION, "outcomes", PERIOD).filter(period=PERIOD, measure="cases")
    same(ages, ("outcome", "age"), tally(here, lambda each: each.outcome, lambda each: each.age_group))
    weapons = sent.cells(PUBLICATION, "offences", PERIOD).filter(period=PERIOD, measure="cases")
    same(weapons, ("offence", "outcome"), tally(here, lambda each: each.code, lambda each: each.outcome))


def test_custody_and_its_length_in_a_year(sent: Sent, cases: list[Dealt]) -> None:
    year = [each for each in cases if each.day.year == 2011]
    custody = [each.days for each in year if each.outcome == "CUSTODY" and each.days is not None]
    cells = sent.cells(PUBLICATION, "custody", PERIOD).filter(period="2011", age="all")
    found = dict(cells.select("measure", "value").iter_rows())
    assert found["cases"] == len(year)
    assert found["knife_sentenced"] == len([each for each in year if each.convicted])
    assert found["knife_in_custody"] == len(custody) > 0
    assert found["knife_custody_share"] == pytest.approx(100 * len(custody) / len(year))
    assert found["knife_custody_length"] == pytest.approx(sum(custody) / len(custody))


def test_regions_of_a_year(sent: Sent, cases: list[Dealt]) -> None:
    cells = sent.cells(PUBLICATION, "areas", "2011").filter(period="2011", measure="cases", area_level="region")
    expected = tally([each for each in cases if each.day.year == 2011], lambda each: each.area)
    same(cells, ("area",), {key: count for key, count in expected.items() if key != ("all",)})
