"""The digest of prisons, counted again from counts of prisoners, temporary licences and movements."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, YEAR = "prison_performance_digest", "2011/12"


def by_prison(sent: Sent, table: str, measure: str) -> dict[str, float]:
    cells = sent.cells(PUBLICATION, table, YEAR).filter(period=YEAR, measure=measure)
    return {code: n for code, n in cells.select("prison", "value").iter_rows() if n}


def counted(sent: Sent, rows: pl.DataFrame, column: str) -> dict[str, int]:
    known = {each.code for each in sent.register.codes["prison"].codes}
    own = Counter(each if each in known else "not_known" for each in rows[column])
    return {**own, "all": rows.height} if rows.height else {}


def in_year(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    return rows.filter(pl.col(column).is_between(dt.date(2011, 4, 1), dt.date(2012, 3, 31)))


def test_prisoners_at_the_end_of_the_year(sent: Sent) -> None:
    rows = sent.rows("nomis_iis.snapshot_population")
    held = rows.filter(snapshot_kind="MONTHLY", snapshot_date=dt.date(2012, 3, 30))
    assert by_prison(sent, "population", "prisoners_month") == counted(sent, held, "establishment")


def test_temporary_licences_and_failures(sent: Sent) -> None:
    out = in_year(sent.rows("nomis_iis.rotl"), "out_date")
    assert by_prison(sent, "licences", "prison_licences") == counted(sent, out, "establishment") != {}
    failed = out.filter(pl.col("failure").is_not_null())
    assert by_prison(sent, "licences", "prison_failures") == counted(sent, failed, "establishment")


def test_escapes_and_absconds(sent: Sent) -> None:
    moves = in_year(sent.rows("nomis_iis.movement"), "movement_date").filter(movement_type="REL")
    for measure, reason in (("escapes", "ESCP"), ("absconds", "UAL")):
        away = moves.filter(reason=reason)
        assert by_prison(sent, "escapes", measure) == counted(sent, away, "from_agy")
