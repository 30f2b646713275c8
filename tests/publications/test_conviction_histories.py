"""Conviction histories, counted again from the Police National Computer's occasions, a person at a time."""

from __future__ import annotations

import statistics
from collections import defaultdict

import pytest

from tests.publications.dealt_with import Dealt, band, proven, same, tally
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, PERIOD = "conviction_histories", "2011"


@pytest.fixture(scope="module")
def convictions(sent: Sent) -> list[Dealt]:
    found = [each for each in proven(sent) if each.convicted and each.day.year == 2011]
    assert len(found) > 1000
    return found


def test_convictions_by_history_and_sex(sent: Sent, convictions: list[Dealt]) -> None:
    cells = sent.cells(PUBLICATION, "histories", PERIOD).filter(period=PERIOD, measure="convictions")
    same(cells, ("previous", "sex"), tally(convictions, band, lambda each: each.sex))


def test_offenders_are_counted_once_in_each_total(sent: Sent, convictions: list[Dealt]) -> None:
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in convictions:
        for key in ((band(each), each.sex), (band(each), "all"), ("all", each.sex), ("all", "all")):
            people[key].add(each.person)
    cells = sent.cells(PUBLICATION, "histories", PERIOD).filter(period=PERIOD, measure="convicted_offenders")
    same(cells, ("previous", "sex"), {key: len(found) for key, found in people.items()})
    assert len(people["all", "all"]) < len(convictions)


def test_convictions_by_age_offence_and_sentence(sent: Sent, convictions: list[Dealt]) -> None:
    groups = {each.code: each.parent for each in sent.register.codes["cjs_offence"].codes}
    by = {
        "ages": ("previous", "age", band, lambda each: each.age_group),
        "offences": ("offence", "previous", lambda each: groups[each.code], band),
        "sentences": ("sentence", "previous", lambda each: each.outcome, band),
    }
    for table, (first, second, *parts) in by.items():
        cells = sent.cells(PUBLICATION, table, PERIOD).filter(period=PERIOD, measure="convictions")
        same(cells, (first, second), tally(convictions, *parts))


def test_shares_mean_and_median(sent: Sent, convictions: list[Dealt]) -> None:
    for sentence in ("all", "CUSTODY", "FINE"):
        before = [each.previous for each in convictions if sentence in ("all", each.outcome)]
        cells = sent.cells(PUBLICATION, "shares", PERIOD).filter(period=PERIOD, sentence=sentence)
        found = dict(cells.select("measure", "value").iter_rows())
        assert found["first_conviction_share"] == pytest.approx(100 * before.count(0) / len(before))
        assert found["many_share"] == pytest.approx(100 * len([each for each in before if each >= 15]) / len(before))
        assert found["mean_previous"] == pytest.approx(statistics.mean(before))
        assert found["median_previous"] == statistics.median(before)
