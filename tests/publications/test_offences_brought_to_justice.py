"""Offences brought to justice, counted again from offences and from the notices that were given in truth."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.publications.dealt_with import brought_to_justice
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION = "offences_brought_to_justice"


def national(sent: Sent, table: str, edition: str, period: str) -> dict[str, float]:
    cells = sent.cells(PUBLICATION, table, edition).filter(period=period, measure="brought_to_justice")
    if "area" in cells.columns:
        cells = cells.filter(area="K04000001")
    return dict(cells.select("way", "value").iter_rows())


@pytest.mark.parametrize("month", [dt.date(2012, 5, 1), dt.date(2011, 6, 1)])
def test_a_month(sent: Sent, month: dt.date) -> None:
    last = (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    expected = brought_to_justice(sent, month, last)
    assert min(expected.values()) > 0
    assert national(sent, "months", "2012-05", f"{month:%Y-%m}") == expected
    assert national(sent, "regions", "2012-05", f"{month:%Y-%m}") == expected


def test_twelve_months_that_end_with_a_quarter(sent: Sent) -> None:
    period = "2011Q2-2012Q1"
    expected = brought_to_justice(sent, dt.date(2011, 4, 1), dt.date(2012, 3, 31))
    assert national(sent, "rolling", period, period) == expected


def test_regions_add_up_to_england_and_wales(sent: Sent) -> None:
    cells = sent.cells(PUBLICATION, "regions", "2012-05").filter(period="2012-05", measure="brought_to_justice")
    regions = cells.filter(pl.col("area_level") == "region").group_by("way").agg(pl.sum("value"))
    assert dict(regions.iter_rows()) == national(sent, "regions", "2012-05", "2012-05")


def test_the_change_is_that_on_the_same_month_of_the_year_before(sent: Sent) -> None:
    now = brought_to_justice(sent, dt.date(2012, 5, 1), dt.date(2012, 5, 31))["CONVICTION"]
    before = brought_to_justice(sent, dt.date(2011, 5, 1), dt.date(2011, 5, 31))["CONVICTION"]
    cells = sent.cells(PUBLICATION, "months", "2012-05").filter(
        period="2012-05", way="CONVICTION", measure="offences_change"
    )
    assert cells["value"].item() == pytest.approx(100 * (now / before - 1))
