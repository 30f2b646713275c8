"""Toolkits for the Youth Justice Board, counted again from the returns of youth offending teams."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, PERIOD = "yjb_toolkits", "2011Q2"
FIRST, LAST = dt.date(2011, 4, 1), dt.date(2011, 6, 30)


def shown(sent: Sent, table: str, measure: str, *dimensions: str) -> dict[tuple[str, ...], float]:
    """Figures of the quarter by codes, those that are there and not zero."""
    cells = sent.cells(PUBLICATION, table, PERIOD).filter(measure=measure, period=PERIOD)
    return {row[:-1]: row[-1] for row in cells.select(*dimensions, "value").iter_rows() if row[-1]}


def of_quarter(sent: Sent, dataset: str, day: str) -> pl.DataFrame:
    return sent.rows(dataset).filter(pl.col(day).is_between(FIRST, LAST))


def test_offences_by_gravity(sent: Sent) -> None:
    told = sent.rows("yjmis.offence").filter(_period=PERIOD)
    expected = Counter(str(each) for each in told["gravity"]) + Counter(all=told.height)
    assert shown(sent, "gravity", "gravity_offences", "gravity") == {(code,): n for code, n in expected.items()}


def test_assessments_by_stage(sent: Sent) -> None:
    made = of_quarter(sent, "yjmis.asset", "assessed_on")
    assert made.height > 10
    expected = Counter(made["stage"]) + Counter(all=made.height)
    assert shown(sent, "assessments", "asset_assessments", "stage") == {(code,): n for code, n in expected.items()}
    assert shown(sent, "assessments", "mean_score", "stage")[("all",)] == pytest.approx(made["total"].mean())
    start = made.filter(stage="START")["total"]
    assert shown(sent, "assessments", "median_score", "stage")[("START",)] == start.median()


def test_scores_of_sections_add_up_to_the_mean_of_the_total(sent: Sent) -> None:
    made = of_quarter(sent, "yjmis.asset", "assessed_on")
    sections = shown(sent, "sections", "section_score", "section")
    for place in range(1, 13):
        mean = made[f"score_{place:02d}"].mean()
        assert sections.get((f"{place:02d}",), 0) == pytest.approx(mean)
    assert sum(sections.values()) == pytest.approx(made["total"].mean())


def test_interventions_by_region_and_kind(sent: Sent) -> None:
    region = {each.code: each.parent for each in sent.register.codes["yot"].codes}
    begun = of_quarter(sent, "yjmis.intervention", "started_on")
    expected = Counter((region[yot], kind) for yot, kind in begun.select("yot", "kind").iter_rows())
    cells = shown(sent, "interventions", "interventions", "area", "intervention")
    assert {key: n for key, n in cells.items() if key[0] != "K04000001" and key[1] != "all"} == expected
    assert cells["K04000001", "all"] == begun.height


def test_young_people_by_care_status(sent: Sent) -> None:
    made = of_quarter(sent, "yjmis.disposal", "outcome_date").unique(["yot", "yp_ref"])
    people = made.join(sent.states("yjmis.yp").select("yot", "yp_ref", "care_status"), on=["yot", "yp_ref"], how="left")
    expected = Counter(code or "not_known" for code in people["care_status"]) + Counter(all=made.height)
    assert shown(sent, "care", "care_young_people", "care_status") == {(code,): n for code, n in expected.items()}
    assert len(expected) > 2
