"""Parole reviews, indeterminate sentences, restricted patients and the population of years, counted again from what was sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
ISP = ["IPP", "DPP", "MANDATORY", "DISCRETIONARY", "AUTOMATIC"]


def shown(sent: Sent, publication: str, table: str, period: str, *by: str) -> dict[tuple[str, ...], float]:
    cells = sent.cells(publication, table, period).filter(period=period)
    return {row[:-1]: row[-1] for row in cells.select("measure", *by, "value").iter_rows()}


def counted(rows: pl.DataFrame, column: str) -> dict[str, int]:
    """Rows by a column, and all of them."""
    return {**Counter(rows[column]), "all": rows.height} if rows.height else {}


def of(cells: dict[tuple[str, ...], float], measure: str) -> dict[str, float]:
    return {key[1]: n for key, n in cells.items() if key[0] == measure and n}


def in_year(rows: pl.DataFrame, column: str, year: int) -> pl.DataFrame:
    return rows.filter(pl.col(column).dt.year() == year)


def test_parole_reviews(sent: Sent) -> None:
    heard = sent.states("ppud.parole_review").filter(pl.col("outcome").is_not_null())
    heard = heard.filter(pl.col("hearing_date").is_between(dt.date(2011, 4, 1), dt.date(2012, 3, 31)))
    cells = shown(sent, "parole_board_annual_report", "outcomes", "2011/12", "hearing", "outcome")
    pairs = Counter(heard.select("hearing_type", "outcome").iter_rows())
    assert {key[1:]: n for key, n in cells.items() if n and "all" not in key} == dict(pairs)
    assert cells["reviews_heard", "all", "all"] == heard.height > 0
    cells = shown(sent, "parole_board_annual_report", "stages", "2011/12", "stage")
    assert of(cells, "reviews_heard") == counted(heard, "stage")
    assert of(cells, "release_directed") == counted(heard.filter(outcome="RELEASE"), "stage")


@pytest.mark.parametrize("year", [2010, 2011])
def test_indeterminate_sentences(sent: Sent, year: int) -> None:
    offenders = sent.states("ppud.offender").filter(pl.col("custody_type").is_in(ISP))
    given = in_year(offenders, "sentence_date", year)
    cells = shown(sent, "isp_and_mentally_disordered", "sentences", str(year), "isp")
    assert of(cells, "sentences") == counted(given, "custody_type")
    if given.height:
        days = [(end - start).days for start, end in given.select("sentence_date", "tariff_expiry_date").iter_rows()]
        assert cells["mean_tariff", "all"] == pytest.approx(sum(days) / len(days) / 365.25)
    kinds = dict(offenders.select("ppud_id", "custody_type").iter_rows())
    released = in_year(sent.rows("ppud.release"), "release_date", year)
    released = released.filter(pl.col("ppud_id").is_in(list(kinds))).with_columns(kind=pl.col("ppud_id").replace(kinds))
    cells = shown(sent, "isp_and_mentally_disordered", "releases", str(year), "isp")
    assert of(cells, "isp_released") == counted(released, "kind")
    assert of(cells, "isp_again") == counted(released.filter("after_recall"), "kind")


@pytest.mark.parametrize("year", [2010, 2011])
def test_restricted_patients(sent: Sent, year: int) -> None:
    publication = "isp_and_mentally_disordered"
    held = in_year(sent.rows("ppud.restricted_population"), "snapshot_date", year)
    cells = shown(sent, publication, "held", str(year), "section", "sex")
    pairs = Counter(held.select("section", "sex").iter_rows())
    assert {key[1:]: n for key, n in cells.items() if n and "all" not in key} == dict(pairs)
    assert cells["restricted_held", "all", "all"] == held.height > 0
    patients = sent.states("ppud.restricted_patient")
    cells = shown(sent, publication, "admissions", str(year), "section")
    assert of(cells, "restricted_admitted") == counted(in_year(patients, "admission_date", year), "section")
    assert of(cells, "restricted_recalled") == counted(in_year(patients, "recalled_to_hospital", year), "section")
    cells = shown(sent, publication, "discharges", str(year), "discharge")
    assert of(cells, "restricted_left") == counted(in_year(patients, "discharge_date", year), "discharge_type")


@pytest.mark.parametrize("year", [2010, 2011])
def test_population_of_a_year_is_that_of_its_last_day(sent: Sent, year: int) -> None:
    rows = sent.rows("nomis_iis.snapshot_population").filter(snapshot_kind="QUARTERLY")
    held = rows.filter(snapshot_date=dt.date(year, 12, 31))
    cells = shown(sent, "story_of_the_prison_population", "custody", str(year), "custody", "sex")
    pairs = Counter(held.select("custody_type", "sex").iter_rows())
    found = {key[1:]: n for key, n in cells.items() if key[0] == "prisoners_quarter" and n and "all" not in key}
    assert found == dict(pairs)
    assert cells["prisoners_quarter", "all", "all"] == held.height > 100
    sentenced = held.filter(custody_type="SENTENCED")
    for table, column in (("sentence", "sentence_length"), ("offence", "offence_group")):
        cells = shown(sent, "story_of_the_prison_population", table, str(year), table)
        assert of(cells, "sentenced_quarter") == counted(sentenced, column)
