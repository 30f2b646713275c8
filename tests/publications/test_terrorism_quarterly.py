"""People in custody for terrorism and all prisoners, counted again from the prisons' counts of a day."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, PERIOD = "terrorism_quarterly", "2012Q1"


def held(sent: Sent) -> pl.DataFrame:
    """Who was there on the last day of March 2012."""
    day = sent.rows("nomis_iis.snapshot_population").filter(snapshot_kind="QUARTERLY")
    return day.filter(pl.col("snapshot_date") == pl.date(2012, 3, 31))


@pytest.mark.parametrize(
    ("table", "axis", "column"), [("custody", "custody", "custody_type"), ("ethnicity", "ethnicity", "")]
)
def test_all_prisoners_of_the_day(sent: Sent, table: str, axis: str, column: str) -> None:
    groups = {each.code: each.parent for each in sent.register.codes["ethnicity"].codes}
    cells = sent.cells(PUBLICATION, table, PERIOD).filter(period=PERIOD, measure="terrorism_prisoners")
    found = dict(cells.select(axis, "value").iter_rows())
    rows = held(sent)
    if column:
        known = Counter(rows[column].to_list())
    else:
        known = Counter(groups.get(each, "not_known") for each in rows["ethnicity"])
    assert found.pop("all") == rows.height > 200
    assert {code: value for code, value in found.items() if value} == known


def test_terrorism_is_what_is_charged_under_its_acts(sent: Sent) -> None:
    charged = sent.states("nomis_iis.charge").filter(pl.col("offence_code").str.slice(0, 4).is_in(["TR00", "TR06"]))
    inside = sent.states("nomis_iis.booking").filter(
        pl.col("book_id").is_in(charged["book_id"].to_list()),
        pl.col("booking_begin") <= pl.date(2012, 3, 31),
        pl.col("booking_end").is_null() | (pl.col("booking_end") >= pl.date(2012, 3, 31)),
    )
    many = held(sent).filter(pl.col("noms_no").is_in(inside["noms_no"].to_list())).height
    cells = sent.cells(PUBLICATION, "acts", PERIOD).filter(period=PERIOD, act="all")
    assert cells["value"].to_list() == [many]
