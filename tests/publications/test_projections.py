"""What projections start from and reports divide by: the same figures as those published, and counted again."""

from __future__ import annotations

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
QUARTER, YEAR = "2012Q1", "2011/12"


def test_prisoners_of_each_month_by_custody(sent: Sent) -> None:
    snapshots = sent.rows("nomis_iis.snapshot_population").filter(snapshot_kind="MONTHLY")
    cells = sent.cells("prison_population_projections", "population", "2012-03")
    for month in ("2011-12", "2012-03"):
        held = snapshots.filter(pl.col("snapshot_date").dt.strftime("%Y-%m") == month)
        assert held["snapshot_date"].n_unique() == 1
        shown = dict(cells.filter(period=month).select("custody", "value").iter_rows())
        counted = dict(held.group_by("custody_type").len().iter_rows())
        assert {code: shown[code] for code in counted} == counted and shown["all"] == held.height > 50


def test_sentencing_is_that_of_criminal_justice_statistics(sent: Sent) -> None:
    mine = sent.cells("prison_population_projections", "sentencing", QUARTER)
    published = sent.cells("criminal_justice_statistics_quarterly", "sentences", QUARTER).filter(
        pl.col("measure").is_in(["sentenced", "in_custody"])
    )
    both = mine.join(published, on="identity", suffix="_published")
    assert both.height >= 4
    assert both["value"].to_list() == both["value_published"].to_list()
    assert mine.filter(measure="in_custody", court="all", period=QUARTER)["value"].item() > 0


def test_staff_of_the_report_are_those_of_the_survey(sent: Sent) -> None:
    mine = sent.cells("annual_report_and_accounts", "bodies", YEAR).filter(period=YEAR)
    survey = sent.cells("civil_service_employment_annual", "levels", YEAR).filter(period=YEAR)
    both = mine.join(survey, on="identity", suffix="_survey")
    assert both.height == mine.height >= 6
    assert both["value"].to_list() == both["value_survey"].to_list()
    assert mine.filter(measure="headcount", body="all")["value"].item() > 100
