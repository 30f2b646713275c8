"""Figures of single courts for officials, counted again from claims and from what courts reported."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.publications.civil import Shown, counted, within
from tests.publications.sent import Sent
from tests.publications.test_court_statistics import claims


pytestmark = pytest.mark.slow
PUBLICATION, MONTH, NATION = "spreadsheets_for_officials", "2012-03", "K04000001"
MARCH = (dt.date(2012, 3, 1), dt.date(2012, 3, 31))


def reported(sent: Sent, level: str) -> pl.DataFrame:
    rows = sent.states("perfdb.measure_value").filter(
        pl.col("period_month") == MARCH[0], level=level, case_type="ALL", unit="COUNT"
    )
    assert not rows.select("measure_id", "court_code").is_duplicated().any()
    return rows


def test_claims_of_each_court(sent: Sent) -> None:
    held = sent.states("caseman.claim").select("claim_number", "issue_date", "court_code")
    online = sent.states("pcol.pcol_claim").select("claim_number", "issue_date", "court_code")
    every = pl.concat([held, online.join(held, on="claim_number", how="anti")]).unique("claim_number")
    issued = within(every, "issue_date", MARCH).with_columns(pl.col("court_code").fill_null("not_known"))
    cells = sent.cells(PUBLICATION, "claims", MARCH[0].strftime("%Y-%m")).filter(period=MONTH, claim_type="all")
    found = {code: n for code, n in cells.select("court", "value").iter_rows() if n}
    courts = counted(issued, "court_code")
    assert {code: n for code, n in found.items() if code in courts} == courts
    assert found[NATION] == issued.height > 300
    regions = ("LON", "MID", "NE", "NW", "SE", "SW", "WAL")
    assert sum(found.get(each, 0) for each in regions) + found.get("not_known", 0) == found[NATION]


def test_claims_by_type(sent: Sent) -> None:
    issued = within(claims(sent), "issue_date", MARCH)
    expected = counted(issued, "claim_type") | {"all": issued.height}
    assert Shown(sent, PUBLICATION, "types", MONTH).nonzero("claim_type", "claims_issued") == expected


def test_counts_that_courts_reported(sent: Sent) -> None:
    rows = reported(sent, "COURT")
    table = Shown(sent, PUBLICATION, "reported", MONTH)
    sums = dict(rows.group_by("measure_id").agg(pl.col("value").cast(pl.Float64).sum()).iter_rows())
    assert table.nonzero("reported", "reported_count") == {code: n for code, n in sums.items() if n}
    courts = dict(rows.group_by("measure_id").agg(pl.col("court_code").n_unique()).iter_rows())
    assert table.nonzero("reported", "courts_reporting") == courts
    assert courts["CC_CLAIMS"] > 100


def test_totals_of_the_nation_are_those_that_were_reported(sent: Sent) -> None:
    """The national branch adds up what courts reported; where all did, the two agree."""
    national = dict(reported(sent, "NATIONAL").select("measure_id", pl.col("value").cast(pl.Float64)).iter_rows())
    found = Shown(sent, PUBLICATION, "reported", MONTH).by("reported", "reported_count")
    assert national
    for code, value in national.items():
        assert found[code] == pytest.approx(value)
