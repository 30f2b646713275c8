"""Youth custody for the newsletter, counted again from snapshots of the system that was in use then."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from tests.publications.dealt_with import same
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, EDITION = "sentencing_guidelines_newsletter", "2011-12"


def held(sent: Sent, month: str, by: str) -> Counter[tuple[str, ...]]:
    """Young people under 18 at a month's snapshot in SACHS; the age is that on the day."""
    rows = sent.states("sachs.custody_snapshot").filter(reporting_month=month)
    born, on = pl.col("dob"), pl.col("snapshot_date")
    birthday = (on.dt.month() * 100 + on.dt.day()) >= (born.dt.month() * 100 + born.dt.day())
    young = rows.filter(on.dt.year() - born.dt.year() - (~birthday).cast(pl.Int32) < 18)
    found: Counter[tuple[str, ...]] = Counter(
        {(value,): count for value, count in young[by].value_counts().iter_rows()}
    )
    found["all",] = young.height
    return found


@pytest.mark.parametrize("by", ["legal_basis", "accommodation"])
@pytest.mark.parametrize("month", ["2010-06", "2011-12"])
def test_months(sent: Sent, by: str, month: str) -> None:
    cells = sent.cells(PUBLICATION, by, EDITION).filter(period=month, measure="held")
    same(cells, (by,), held(sent, month, by))


def test_the_change_is_that_on_the_same_month_of_the_year_before(sent: Sent) -> None:
    now, before = (held(sent, month, "legal_basis")["all",] for month in ("2011-12", "2010-12"))
    cells = sent.cells(PUBLICATION, "legal_basis", EDITION).filter(
        period="2011-12", measure="held_change", legal_basis="all"
    )
    assert cells["value"].item() == pytest.approx(100 * (now / before - 1))
