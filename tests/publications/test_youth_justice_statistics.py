"""Youth Justice Statistics, counted again from what youth offending teams and the youth secure estate sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, YEAR = "youth_justice_statistics", "2011/12"
FIRST, LAST = dt.date(2011, 4, 1), dt.date(2012, 3, 31)
QUARTERS = ("2011Q2", "2011Q3", "2011Q4", "2012Q1")


def figures(sent: Sent, table: str, measure: str, *dimensions: str, period: str = YEAR) -> dict[tuple[str, ...], float]:
    """Figures of the period by codes, those that are not zero."""
    cells = sent.cells(PUBLICATION, table, YEAR).filter(measure=measure, period=period)
    return {row[:-1]: row[-1] for row in cells.select(*dimensions, "value").iter_rows() if row[-1]}


def in_year(sent: Sent, dataset: str, day: str) -> pl.DataFrame:
    return sent.rows(dataset).filter(pl.col(day).is_between(FIRST, LAST))


def test_proven_offences_are_those_of_the_returns_of_the_year(sent: Sent) -> None:
    told = sent.rows("yjmis.offence").filter(pl.col("_period").is_in(QUARTERS))
    expected = {(code,): n for code, n in Counter(told["offence_type"]).items()} | {("all",): told.height}
    assert figures(sent, "offences", "youth_offences", "offence") == expected
    assert len(expected) > 8


def test_proven_offences_are_as_many_as_teams_say_themselves(sent: Sent) -> None:
    """Each team's own total of the year is a return of its own."""
    own = sent.rows("yjmis.aggregate_return").filter(year=YEAR, measure="OFFENCES", dim1="ALL")
    areas = figures(sent, "areas", "youth_offences", "area")
    assert {code: n for (code,), n in areas.items() if code.startswith("Y")} == {
        yot: n for yot, n in own.select("yot", "count").iter_rows() if n
    }


def test_offences_of_regions_are_those_of_their_teams(sent: Sent) -> None:
    region = {each.code: each.parent for each in sent.register.codes["yot"].codes}
    told = sent.rows("yjmis.offence").filter(pl.col("_period").is_in(QUARTERS))
    expected = Counter(region[yot] for yot in told["yot"])
    areas = figures(sent, "areas", "youth_offences", "area")
    assert {code: n for (code,), n in areas.items() if not code.startswith("Y")} == expected | {
        "K04000001": told.height
    }


def test_offences_of_the_years_before_come_from_aggregate_returns(sent: Sent) -> None:
    own = sent.rows("themis.yot_return").filter(measure="OFFENCES", dim1="ALL")["count"].sum()
    cells = sent.cells(PUBLICATION, "offences", "2008/09").filter(
        period="2008/09", offence="all", measure="youth_offences"
    )
    assert cells["value"].item() == own > 10_000


def test_disposals_by_tier_and_region(sent: Sent) -> None:
    made = in_year(sent, "yjmis.disposal", "outcome_date")
    assert made.height > 100
    outcomes = Counter(made["outcome"]) + Counter(made["tier"]) + Counter(all=made.height)
    assert figures(sent, "disposals", "youth_disposals", "disposal") == {(code,): n for code, n in outcomes.items()}
    region = {each.code: each.parent for each in sent.register.codes["yot"].codes}
    tiers = Counter((region[yot], tier) for yot, tier in made.select("yot", "tier").iter_rows())
    shown = figures(sent, "tiers", "youth_disposals", "area", "disposal")
    assert {key: n for key, n in shown.items() if key[0] != "K04000001" and key[1] != "all"} == tiers


def test_young_people_once_a_year_at_their_first_disposal(sent: Sent) -> None:
    made = in_year(sent, "yjmis.disposal", "outcome_date").sort("outcome_date", "disposal_ref")
    first = made.group_by("yot", "yp_ref", maintain_order=True).first()
    people = sent.states("yjmis.yp").select("yot", "yp_ref", "sex", "ethnicity", "dob")
    offences = sent.rows("yjmis.offence").select("offence_ref", "offence_date")
    joined = first.join(people, on=["yot", "yp_ref"], how="left").join(offences, on="offence_ref", how="left")
    ages = [
        day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        for day, born in joined.select("offence_date", "dob").iter_rows()
    ]
    groups = ["10_14" if age <= 14 else str(age) for age in ages]
    pairs = Counter(zip(groups, joined["sex"], strict=True))
    shown = figures(sent, "young_people", "young_people", "age", "sex")
    assert {key: n for key, n in shown.items() if "all" not in key} == pairs
    assert shown["all", "all"] == first.height < made.height
    parent = {each.code: each.parent for each in sent.register.codes["ethnicity"].codes}
    ethnic = Counter(parent[code or "NS"] for code in joined["ethnicity"])
    assert figures(sent, "ethnicity", "young_people", "ethnicity") == {
        (code,): n for code, n in (ethnic + Counter(all=first.height)).items()
    }


def test_remand_decisions(sent: Sent) -> None:
    made = in_year(sent, "yjmis.remand", "decided_on")
    expected = Counter(made["decision"]) + Counter(all=made.height)
    assert figures(sent, "remands", "remands", "decision") == {(code,): n for code, n in expected.items()}


def test_average_population_in_custody(sent: Sent) -> None:
    """Twelve snapshots, all of them of SACHS, although eAsset holds March 2012, too."""
    held = sent.rows("sachs.custody_snapshot").filter(
        pl.col("reporting_month").is_between(pl.lit("2011-04"), pl.lit("2012-03"))
    )
    assert held["reporting_month"].n_unique() == 12
    birthday = pl.col("dob").dt.offset_by("18y")
    young = held.filter(birthday > pl.col("snapshot_date"))
    pairs = Counter(young.select("accommodation", "legal_basis").iter_rows())
    shown = figures(sent, "custody", "youth_in_custody", "accommodation", "legal_basis")
    assert {key: pytest.approx(n / 12) for key, n in pairs.items()} == {
        k: v for k, v in shown.items() if "all" not in k
    }
    assert shown["all", "all"] == pytest.approx(young.height / 12)


def test_first_time_entrants_are_those_of_the_four_quarters(sent: Sent) -> None:
    """Of the criminal justice statistics, whose own test counts them again from the Police National Computer."""
    quarterly = [
        sent.cells("criminal_justice_statistics_quarterly", "entrants", quarter).filter(
            measure="entrants", period=quarter, young_age="all"
        )
        for quarter in QUARTERS
    ]
    expected: Counter[str] = Counter()
    for cells in quarterly:
        expected.update({sex: int(n) for sex, n in cells.select("sex", "value").iter_rows()})
    shown = figures(sent, "entrants", "entrants", "young_age", "sex")
    assert {sex: n for (age, sex), n in shown.items() if age == "all"} == +expected
    assert expected["all"] > 20
