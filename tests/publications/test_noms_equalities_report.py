"""The equalities report on staff, counted again from the extract of staff and the counts of processes."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, YEAR = "noms_equalities_report", "2011/12"
FIELDS = {
    "ETHNICITY": "ethnicity",
    "DISABILITY": "disability",
    "RELIGION": "religion",
    "SEXUAL_ORIENTATION": "sexual_orientation",
}


def people(sent: Sent) -> pl.DataFrame:
    """Employees in post on 31 March 2012, a row each."""
    staff = sent.rows("oracle_hrms.staff").filter(_period="2012-03").filter("primary_assignment")
    return staff.filter(pl.col("leave_date").is_null() | (pl.col("leave_date") > pl.date(2012, 3, 30)))


def declared(staff: pl.DataFrame, characteristic: str) -> list[str]:
    return [each for each in staff[FIELDS[characteristic]] if each not in (None, "NS", "NOT_DECLARED")]


def test_who_declared_what(sent: Sent) -> None:
    staff = people(sent)
    cells = sent.cells(PUBLICATION, "declared", YEAR).filter(period=YEAR)
    shown = {row[:2]: row[2] for row in cells.select("characteristic", "measure", "value").iter_rows()}
    for characteristic in FIELDS:
        n = len(declared(staff, characteristic))
        assert shown[characteristic, "staff"] == staff.height
        assert shown[characteristic, "declared"] == n < staff.height
        assert shown[characteristic, "declaration_rate"] == pytest.approx(100 * n / staff.height)
    assert shown["SEX", "declared"] == shown["AGE", "declared"] == staff.height


def test_representation_of_every_group(sent: Sent) -> None:
    staff = people(sent)
    parent = {each.code: each.parent for each in sent.register.codes["ethnicity"].codes}
    groups = {
        "ETHNICITY": [f"ETHNICITY_{parent[each]}" for each in declared(staff, "ETHNICITY")],
        "DISABILITY": [f"DISABILITY_{each}" for each in declared(staff, "DISABILITY")],
        "RELIGION": [f"RELIGION_{each}" for each in declared(staff, "RELIGION")],
        "SEXUAL_ORIENTATION": [f"ORIENTATION_{each}" for each in declared(staff, "SEXUAL_ORIENTATION")],
        "SEX": [f"SEX_{each}" for each in staff["sex"]],
    }
    cells = sent.cells(PUBLICATION, "representation", YEAR).filter(period=YEAR)
    shown = {row[:2]: row[2] for row in cells.select("equality_group", "measure", "value").iter_rows()}
    of = {each.code: each.parent for each in sent.register.codes["staff_equality_group"].codes}
    for code, characteristic in of.items():
        if characteristic == "AGE":
            continue
        own = Counter(groups[characteristic])
        assert shown[code, "in_group"] == own[code]
        assert shown[code, "representation"] == pytest.approx(100 * own[code] / own.total())
        assert own.total() > 0.6 * staff.height
    assert shown["AGE_UNDER_40", "in_group"] + shown["AGE_40_PLUS", "in_group"] == staff.height


def test_processes_divide_the_same_staff_by_each_characteristic(sent: Sent) -> None:
    told = sent.rows("oracle_hrms.equality_count").filter(_period=YEAR)
    sums = told.group_by("process", "characteristic").agg(pl.col("staff").sum())
    cells = sent.cells(PUBLICATION, "processes", YEAR).filter(period=YEAR)
    shown = {row[:2]: row[2] for row in cells.select("process", "process_group", "value").iter_rows()}
    assert sums.height == 24
    for process, characteristic, staff in sums.iter_rows():
        assert shown[process, characteristic] == staff
    women = told.filter(characteristic="SEX", group_code="2").select("process", "staff")
    for process, staff in women.iter_rows():
        assert shown[process, "SEX_2"] == staff
    not_told = told.filter(characteristic="RELIGION", group_code="NOT_DECLARED").select("process", "staff")
    for process, staff in not_told.iter_rows():
        assert shown[process, "RELIGION_NOT_DECLARED"] == staff
