"""Returns and management information on staff, counted again from the extracts of both systems, and from the truth.

Of `public_sector_employment_quarterly`, `civil_service_employment_annual`, `quarterly_data_summary`,
`workforce_mi_monthly_return`, `workforce_management_information` and `senior_salaries_transparency`.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
from collections import Counter

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
BOTH = ("oracle_hrms.staff", "phoenix.staff")


def shown(
    sent: Sent, publication: str, table: str, period: str, measure: str, *by: str
) -> dict[tuple[str, ...], float]:
    """Figures of the period by codes, those that are not zero."""
    cells = sent.cells(publication, table, period).filter(measure=measure, period=period)
    return {row[:-1]: row[-1] for row in cells.select(*by, "value").iter_rows() if row[-1]}


def in_post(sent: Sent, dataset: str, month: str) -> pl.DataFrame:
    """Assignments of employees who have no last day, or one on the month's last day or later."""
    year, number = int(month[:4]), int(month[5:])
    last = dt.date(year, number, calendar.monthrange(year, number)[1])
    return sent.rows(dataset).filter(
        pl.col("_period") == month, pl.col("leave_date").is_null() | (pl.col("leave_date") >= last)
    )


def bodies(sent: Sent, month: str) -> pl.DataFrame:
    """Both systems' staff with their body; no employee is in both, as the world without faults has it."""
    noms = in_post(sent, "oracle_hrms.staff", month).with_columns(body=pl.lit("NOMS"))
    levels = {each.code: each.attributes["level"] for each in sent.register.codes["staff_grade"].codes}
    noms = noms.with_columns(level=pl.col("grade").replace_strict(levels))
    phoenix = in_post(sent, "phoenix.staff", month).with_columns(body="business_group", level="responsibility_level")
    kept = ["employee_no", "nino", "primary_assignment", "body", "level", "sex", "contract", "region", "fte", "dob",
            "ethnicity", "disability", "month", "salary"]  # fmt: skip
    both = pl.concat([noms.select(kept), phoenix.select(kept)])
    assert both.filter("primary_assignment")["nino"].is_duplicated().sum() == 0
    return both


def counts(frame: pl.DataFrame, *by: str) -> dict[tuple[str, ...], float]:
    return dict(Counter(frame.select(by).iter_rows()))


def inner(cells: dict[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    return {key: n for key, n in cells.items() if "all" not in key}


@pytest.mark.parametrize(("period", "month"), [("2010Q4", "2010-12"), ("2012Q1", "2012-03")])
def test_public_sector_employment_is_the_stock_at_the_end_of_the_quarter(sent: Sent, period: str, month: str) -> None:
    staff, key = bodies(sent, month), "public_sector_employment_quarterly"
    people = staff.filter("primary_assignment")
    heads = shown(sent, key, "bodies", period, "headcount", "body")
    assert inner(heads) == counts(people, "body")
    assert heads[("all",)] == people.height > 150
    fte = staff.group_by("body").agg(pl.col("fte").cast(pl.Float64).sum())
    full = shown(sent, key, "bodies", period, "fte", "body")
    assert inner(full) == {(body,): pytest.approx(n) for body, n in fte.iter_rows()}
    patterns = people.with_columns(pattern=pl.when(pl.col("fte") < 1).then(pl.lit("PART")).otherwise(pl.lit("FULL")))
    assert inner(shown(sent, key, "patterns", period, "headcount", "sex", "pattern")) == counts(
        patterns, "sex", "pattern"
    )
    assert inner(shown(sent, key, "contracts", period, "headcount", "body", "contract")) == counts(
        people, "body", "contract"
    )
    regions = shown(sent, key, "regions", period, "headcount", "region")
    assert regions.pop(("K04000001",)) == people.height
    assert regions == counts(people, "region")


def test_headcount_is_that_of_the_payroll(sent: Sent) -> None:
    """The payroll's own control total of each quarter's last month."""
    payroll = dict(sent.rows("oracle_hrms.payroll_control").select("_period", "headcount").iter_rows())
    for period, month in (("2009Q2", "2009-06"), ("2011Q3", "2011-09"), ("2012Q2", "2012-06")):
        heads = shown(sent, "public_sector_employment_quarterly", "bodies", period, "headcount", "body")
        assert heads[("NOMS",)] == payroll[month]


def test_the_annual_survey_counts_on_31_march(sent: Sent) -> None:
    period, key = "2011/12", "civil_service_employment_annual"
    people = bodies(sent, "2012-03").filter("primary_assignment")
    assert inner(shown(sent, key, "levels", period, "headcount", "body", "responsibility")) == counts(
        people, "body", "level"
    )
    parent = {each.code: each.parent for each in sent.register.codes["ethnicity"].codes}
    groups = people.with_columns(group=pl.col("ethnicity").fill_null("NS").replace_strict(parent))
    found = shown(sent, key, "ethnicity", period, "headcount", "responsibility", "ethnicity")
    assert inner(found) == counts(groups, "level", "group")
    declared = people.with_columns(pl.col("disability").fill_null("NOT_DECLARED"))
    found = shown(sent, key, "disability", period, "headcount", "responsibility", "disability")
    assert inner(found) == counts(declared, "level", "disability")
    found = shown(sent, key, "ages", period, "headcount", "age", "sex")
    decades: Counter[str] = Counter()
    for born, month in people.select("dob", "month").iter_rows():
        age = month.year - born.year - ((month.month, month.day) < (born.month, born.day))
        band = "16_19" if age < 20 else f"{age // 10}0_{age // 10}9"
        decades["60_64" if 60 <= age < 65 else "65_PLUS" if age >= 65 else band] += 1
    assert {key[0]: n for key, n in found.items() if key[1] == "all" and key[0] != "all"} == decades
    salaries = Counter(str(int(each) // 5000 * 5000) for each in people["salary"])
    found = shown(sent, key, "salaries", period, "headcount", "salary", "sex")
    assert {key[0]: n for key, n in found.items() if key[1] == "all" and key[0] != "all"} == salaries


def test_the_quarterly_data_summary_counts_phoenix_alone(sent: Sent) -> None:
    period, key = "2012Q1", "quarterly_data_summary"
    people = in_post(sent, "phoenix.staff", "2012-03").filter("primary_assignment")
    assert inner(shown(sent, key, "size", period, "hq_headcount", "body")) == counts(people, "business_group")
    assert inner(shown(sent, key, "shape", period, "hq_headcount", "responsibility")) == counts(
        people, "responsibility_level"
    )
    cells = sent.cells(key, "diversity", period).filter(period=period)
    found = dict(cells.select("measure", "value").iter_rows())
    told = people.filter(pl.col("ethnicity").is_not_null() & (pl.col("ethnicity") != "NS"))
    minority = told.filter(~pl.col("ethnicity").str.starts_with("W"))
    assert (found["counted"], found["ethnicity_declared"], found["minority"]) == (
        people.height,
        told.height,
        minority.height,
    )
    assert found["minority_share"] == pytest.approx(100 * minority.height / told.height)
    assert found["women"] == people.filter(sex="2").height
    assert found["disabled"] == people.filter(disability="DECLARED").height > 0


def test_the_monthly_return_counts_bodies_and_levels(sent: Sent) -> None:
    month, key = "2012-05", "workforce_mi_monthly_return"
    staff = in_post(sent, "phoenix.staff", month)
    people = staff.filter("primary_assignment")
    found = shown(sent, key, "staff", month, "hq_headcount", "body", "responsibility")
    assert inner(found) == counts(people, "business_group", "responsibility_level")
    full = shown(sent, key, "months", month, "hq_fte", "body")
    assert full[("all",)] == pytest.approx(float(staff["fte"].sum()))


def test_management_information_counts_grades_regions_and_leavers(sent: Sent) -> None:
    month, key = "2012-03", "workforce_management_information"
    people = in_post(sent, "oracle_hrms.staff", month).filter("primary_assignment")
    assert inner(shown(sent, key, "grades", month, "noms_headcount", "grade")) == counts(people, "grade")
    found = shown(sent, key, "roles", month, "noms_headcount", "region", "role")
    assert {k: n for k, n in inner(found).items() if k[0] != "K04000001"} == counts(people, "region", "role_family")
    gone = 0
    for year, number in ((2010, 9), (2011, 3), (2011, 12)):
        month = f"{year}-{number:02d}"
        left = sent.truth("staff").filter(
            pl.col("system") == "oracle_hrms",
            pl.col("last_day").is_between(
                dt.date(year, number, 1), dt.date(year, number, calendar.monthrange(year, number)[1])
            ),
        )
        told = shown(sent, key, "leavers", month, "leavers", "why").get(("all",), 0)
        assert told == left.height
        gone += left.height
    assert gone > 0


def test_senior_civil_servants_by_salary_and_role(sent: Sent) -> None:
    """The small world has none: its managers are made senior here, and counted."""
    promoted = object.__new__(Sent)
    promoted.__dict__ = {**sent.__dict__, "_made": {}}
    promoted.deliveries = {
        **sent.deliveries,
        "oracle_hrms.staff": [
            dataclasses.replace(
                each,
                frame=each.frame.with_columns(
                    grade=pl.when(pl.col("grade").str.starts_with("GOV")).then(pl.lit("SCS")).otherwise(pl.col("grade"))
                ),
            )
            for each in sent.deliveries["oracle_hrms.staff"]
        ],
    }
    people = in_post(sent, "oracle_hrms.staff", "2012-03").filter(pl.col("grade").str.starts_with("GOV"))
    assert people.height > 3
    key, period = "senior_salaries_transparency", "2011/12"
    salaries = Counter(str(int(each) // 5000 * 5000) for each in people["salary"])
    found = shown(promoted, key, "salaries", period, "senior", "salary")
    assert inner(found) == {(band,): n for band, n in salaries.items()}
    assert inner(shown(promoted, key, "roles", period, "senior", "role")) == counts(people, "role_family")
    assert found[("all",)] == people.height
    assert shown(sent, key, "salaries", period, "senior", "salary") == {}
