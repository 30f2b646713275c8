"""A stock that was not taken on the day agreed (``G-V13``)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from piperoll.register.model.contract import Dataset, Snapshot
from tests.collect.check_tools import DATASET, Bench, register, rows, text


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def stock(snapshot: Snapshot) -> Dataset:
    return dataclasses.replace(DATASET, mode="snapshot", cut_off=None, snapshot=snapshot)


@pytest.mark.parametrize(
    ("snapshot", "right", "wrong"),
    [
        (Snapshot("day", "friday", "nearest"), "2012-04-27", "2012-05-04"),
        (Snapshot("day", "friday", "first_after"), "2012-05-04", "2012-04-27"),
        (Snapshot("day"), "2012-04-30", "2012-04-27"),
    ],
)
def test_another_day_is_asked_about(bench: Bench, snapshot: Snapshot, right: str, wrong: str) -> None:
    dataset = stock(snapshot)
    data = rows({"day": right}, {"day": wrong}, {"day": right})
    data = [{**each, "court": "CC"} for each in data]
    result = bench.check(text(data), dataset, register(dataset))
    (found,) = [each for each in result.findings if each.rule == "G-V13"]
    assert (found.severity, found.field, found.count, result.rows_kept) == ("R", "day", 1, 3)
    (asked,) = [each for each in result.queries if each.rule == "G-V13"]
    assert right in asked.sentence and wrong not in asked.sentence


def test_severity_is_the_contracts(bench: Bench) -> None:
    dataset = stock(Snapshot("day", "friday", "last", "E"))
    result = bench.check(text(rows({"day": "2012-04-27"}, {"day": "2012-04-26"})), dataset, register(dataset))
    assert (result.rows_kept, result.rows_refused) == (1, 1)
    assert ("G-V13", "E") in {(each.rule, each.severity) for each in result.findings}


def test_no_day_agreed_none_asked_about(bench: Bench) -> None:
    dataset = dataclasses.replace(DATASET, mode="snapshot", cut_off=None)
    result = bench.check(text(rows({"day": "2012-04-03"})), dataset, register(dataset))
    assert [each for each in result.findings if each.rule == "G-V13"] == []
