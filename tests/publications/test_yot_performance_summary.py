"""The quarterly performance summary of youth offending teams, counted again from their returns."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, PERIOD = "yot_performance_summary", "2011Q2"
FIRST, LAST = dt.date(2011, 4, 1), dt.date(2011, 6, 30)
NATION = "K04000001"


def national(sent: Sent) -> dict[str, float]:
    cells = sent.cells(PUBLICATION, "summary", PERIOD).filter(period=PERIOD, area=NATION)
    return dict(cells.select("measure", "value").iter_rows())


def of_quarter(sent: Sent, dataset: str, day: str) -> pl.DataFrame:
    return sent.rows(dataset).filter(pl.col(day).is_between(FIRST, LAST))


def followed(sent: Sent, made: pl.DataFrame, dataset: str, day: str, where: pl.Expr) -> int:
    """How many of the disposals something of the same young person follows within 90 days: one by one."""
    after: dict[tuple[str, str], list[dt.date]] = {}
    for yot, ref, on in sent.rows(dataset).filter(where).select("yot", "yp_ref", day).iter_rows():
        after.setdefault((yot, ref), []).append(on)
    rows = made.select("yot", "yp_ref", "outcome_date").iter_rows()
    return sum(any(0 <= (on - decided).days <= 90 for on in after.get((yot, ref), ())) for yot, ref, decided in rows)


def test_disposals_to_custody(sent: Sent) -> None:
    made = of_quarter(sent, "yjmis.disposal", "outcome_date")
    shown = national(sent)
    assert (shown["yot_disposals"], shown["custody"]) == (made.height, made.filter(tier="CUSTODY").height)
    assert shown["yot_custody_share"] == pytest.approx(100 * shown["custody"] / shown["yot_disposals"])
    assert shown["custody"] > 0


def test_final_warnings_with_an_intervention(sent: Sent) -> None:
    warned = of_quarter(sent, "yjmis.disposal", "outcome_date").filter(outcome="FINAL_WARNING")
    expected = followed(sent, warned, "yjmis.intervention", "started_on", pl.col("kind") == "FINAL_WARNING")
    shown = national(sent)
    assert (shown["warnings"], shown["supported"]) == (warned.height, expected)
    assert 0 < expected <= warned.height


def test_assessments_at_the_start(sent: Sent) -> None:
    orders = of_quarter(sent, "yjmis.disposal", "outcome_date").filter(pl.col("tier").is_in(["COMMUNITY", "CUSTODY"]))
    expected = followed(sent, orders, "yjmis.asset", "assessed_on", pl.col("stage") == "START")
    shown = national(sent)
    assert (shown["yot_orders"], shown["assessed"]) == (orders.height, expected)
    assert shown["assessed_share"] == pytest.approx(100 * expected / orders.height)


def test_remands_to_secure_places(sent: Sent) -> None:
    year = sent.rows("yjmis.remand").filter(pl.col("decided_on").is_between(dt.date(2011, 4, 1), dt.date(2012, 3, 31)))
    cells = sent.cells(PUBLICATION, "summary", "2012Q1").filter(period="2011/12", area=NATION)
    shown = dict(cells.select("measure", "value").iter_rows())
    secure = year.filter(pl.col("decision").is_in(["SECURE", "CUSTODY"]))
    assert (shown["yot_remands"], shown["secure"]) == (year.height, secure.height)
    assert secure.height > 0


def test_teams_add_up_to_the_nation(sent: Sent) -> None:
    made = of_quarter(sent, "yjmis.disposal", "outcome_date")
    cells = sent.cells(PUBLICATION, "custody", PERIOD).filter(measure="yot_disposals")
    shown = dict(cells.select("area", "value").iter_rows())
    own = dict(made.group_by("yot").len().iter_rows())
    assert {code: n for code, n in shown.items() if code.startswith("Y") and n} == own
    assert shown[NATION] == sum(own.values())
