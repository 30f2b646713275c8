"""The stock of the Crown Court as published: cases open, received and disposed of by quarter, 2016 to 2025.

A quarter stands for a month here: nothing in the model knows how long its steps are. Of the ages of cases nothing is
published, so that all are as likely to be disposed of: the hazard is disposals over cases there in the quarter.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from piperoll.forecast.coming import Expected, expect
from piperoll.forecast.scenarios import NOTHING
from piperoll.forecast.stockflow import Start, project
from piperoll.forecast.survival import Leaving
from tests.forecast.systems import months


FILE = Path(__file__).parents[3] / "shared/data/statistics/moj_crown_court_2025q4/gold_backlog_trajectory.csv"
pytestmark = pytest.mark.skipif(
    not FILE.is_file(),
    reason="needs ../shared/data/statistics: tables made from Criminal Court Statistics Quarterly, Ministry of Justice",
)
LEARN = 4  # quarters


@pytest.fixture(scope="module")
def court() -> dict[str, np.ndarray]:
    with FILE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in ("open", "receipts", "disposals")}


def said(court: dict[str, np.ndarray], origin: int, ahead: int, *, told: bool) -> np.ndarray:
    """Stock after ``origin``; with ``told`` receipts as they came to be, else as many as in the year before."""
    past = slice(origin - LEARN + 1, origin + 1)
    risk = court["open"][origin - LEARN : origin] + court["receipts"][past]
    leaving = Leaving(np.array([0]), court["disposals"][past].sum(keepdims=True), risk.sum(keepdims=True))
    if told:
        come = court["receipts"][origin + 1 : origin + 1 + ahead]
        coming = Expected(come, np.zeros(ahead), np.ones(ahead), "as they came")
    else:
        coming = expect(months(LEARN), court["receipts"][past].tolist(), ahead, "level")
    start = Start(court["open"][origin : origin + 1], leaving, coming)
    return project({"all": start}, NOTHING, months(ahead), paths=100, seed=1)["all"].central


def test_stocks_are_what_flows_leave(court: dict[str, np.ndarray]) -> None:
    # As published they do not quite add up, since cases are reopened and counts corrected: by a half per cent at most.
    carried = court["open"][:-1] + court["receipts"][1:] - court["disposals"][1:]
    assert np.abs(carried / court["open"][1:] - 1).max() < 0.01


def test_a_year_ahead(court: dict[str, np.ndarray]) -> None:
    errors = {
        name: np.array([
            abs((said(court, origin, 4, told=True)[-1] if name == "told" else said(court, origin, 4, told=False)[-1]
                 if name == "level" else court["open"][origin]) - court["open"][origin + 4])
            for origin in range(LEARN, len(court["open"]) - 4)
        ])
        for name in ("told", "level", "same")
    }  # fmt: skip
    means = {name: float(each.mean()) for name, each in errors.items()}
    # Whoever knew what would come, knew a year ahead better than that nothing changes. Whoever does not, hardly does:
    # the court disposes of as many cases as it has judges for, not of a share of those that wait.
    assert means["told"] < 0.8 * means["same"]
    assert means["level"] == pytest.approx(means["same"], rel=0.1)
