"""Justice outcomes, counted again from offences on the Police National Computer."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from tests.publications.dealt_with import KINDS, same
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, PERIOD = "justice_outcomes", "2012-05"


@pytest.fixture(scope="module")
def outcomes(sent: Sent) -> Counter[tuple[str, str]]:
    """Offences of May 2012 by force and outcome; each has one disposal in the simulated world."""
    keys = ["pnc_id", "occasion_no"]
    month = sent.states("pnc.pnc_occasion").filter(
        pl.col("occasion_date").is_between(pl.date(2012, 5, 1), pl.date(2012, 5, 31))
    )
    offences = (
        sent.states("pnc.pnc_offence")
        .filter("recordable")
        .join(month.select(*keys, "occasion_type", "force_owner"), on=keys)
    )
    disposals = sent.states("pnc.pnc_disposal").select(*keys, "offence_seq", "disposal")
    rows = offences.join(disposals, on=[*keys, "offence_seq"])
    assert rows.height == offences.height > 300
    found: Counter[tuple[str, str]] = Counter()
    for row in rows.iter_rows(named=True):
        if row["occasion_type"] == "COURT":
            guilty = row["adjudication"] == "GUILTY"
            outcome = KINDS[row["disposal"]] if guilty else "NOT_GUILTY"
        else:
            outcome = "PND" if row["occasion_type"] == "PND" else "CAUTION"
        found.update([(row["force_owner"], outcome), (row["force_owner"], "all")])
    return found


def test_outcomes(sent: Sent, outcomes: Counter[tuple[str, str]]) -> None:
    expected: Counter[tuple[str, ...]] = Counter()
    for (_, outcome), count in outcomes.items():
        expected[outcome,] += count
    assert len(expected) > 7
    same(sent.cells(PUBLICATION, "outcomes", PERIOD).filter(period=PERIOD), ("outcome",), expected)


def test_forces(sent: Sent, outcomes: Counter[tuple[str, str]]) -> None:
    cells = sent.cells(PUBLICATION, "forces", PERIOD).filter(pl.col("force") != "K04000001", period=PERIOD)
    same(cells, ("force", "outcome"), outcomes)
