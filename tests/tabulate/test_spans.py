"""Periods that are rows, and earlier ones that changes need."""

from __future__ import annotations

import pytest

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.publication import Measure, Table
from piperoll.tabulate.spans import earlier, edition_of, rows_of, support_of


def rows(edition: str, **declared: object) -> list[str]:
    table = Table("t", "1", "T", ("m",), {}, **declared)
    return [str(each) for each in rows_of(table, Period.parse(edition))]


def test_the_last_so_many() -> None:
    assert rows("2012Q2", last=3) == ["2011Q4", "2012Q1", "2012Q2"]
    assert rows("2012Q2") == ["2012Q2"]
    assert rows("2012-02", last=3, period="month") == ["2011-12", "2012-01", "2012-02"]
    assert rows("2011/12", last=2, period="financial_year") == ["2010/11", "2011/12"]


def test_from_the_first_on() -> None:
    assert rows("2012Q2", first="2011Q4") == ["2011Q4", "2012Q1", "2012Q2"]
    assert rows("2012Q2", first="2012Q1", last=8) == ["2012Q1", "2012Q2"]


@pytest.mark.parametrize(
    ("edition", "years"),
    [("2012Q2", ["2011"]), ("2012Q4", ["2011", "2012"]), ("2012Q3", ["2011"]), ("2011Q3", ["2010"])],
)
def test_years_that_lie_wholly_within(edition: str, years: list[str]) -> None:
    assert rows(edition, last=8, also_years=True)[8:] == years


def test_no_year_is_within_three_quarters() -> None:
    assert rows("2012Q3", last=3, also_years=True) == ["2012Q1", "2012Q2", "2012Q3"]


@pytest.mark.parametrize("edition", ["2012", "2012-05", "2012/13", "2010Q4"])
def test_other_kinds_and_earlier_periods_are_refused(edition: str) -> None:
    with pytest.raises(UserError) as caught:
        rows(edition, first="2011Q1")
    assert caught.value.code == "PR-T001"


@pytest.mark.parametrize(
    ("edition", "kind", "last"),
    [
        ("2012Q2", "month", "2012-06"),
        ("2012Q2", "quarter", "2012Q2"),
        ("2012Q2", "year", "2011"),
        ("2012Q4", "year", "2012"),
        ("2012Q1", "financial_year", "2011/12"),
        ("2012Q2", "rolling_year", "2011Q3-2012Q2"),
        ("2012-05", "rolling_year", "2011Q2-2012Q1"),
        ("2012", "quarter", "2012Q4"),
    ],
)
def test_the_last_period_of_a_table_in_an_edition(edition: str, kind: str, last: str) -> None:
    assert str(edition_of(Table("t", "1", "T", ("m",), {}, period=kind), Period.parse(edition))) == last


def test_financial_years_that_lie_wholly_within() -> None:
    assert rows("2012Q1", last=9, also_years=True, years="financial_year")[9:] == ["2010/11", "2011/12"]
    assert rows("2012Q4", last=9, also_years=True, years="financial_year")[9:] == ["2011/12"]


def test_rolling_years_go_on_by_quarters() -> None:
    found = rows("2011Q3-2012Q2", last=2, period="rolling_year", also_years=True)
    assert found == ["2011Q2-2012Q1", "2011Q3-2012Q2"]


@pytest.mark.parametrize(
    ("period", "against", "base"),
    [
        ("2012Q2", "previous_year", "2011Q2"),
        ("2012Q1", "previous_period", "2011Q4"),
        ("2012", "previous_year", "2011"),
        ("2012-02", "previous_year", "2011-02"),
        ("2012-01", "previous_period", "2011-12"),
        ("2011/12", "previous_year", "2010/11"),
        ("2011Q3-2012Q2", "previous_year", "2010Q3-2011Q2"),
        ("2011Q3-2012Q2", "previous_period", "2011Q2-2012Q1"),
    ],
)
def test_what_a_change_compares_with(period: str, against: str, base: str) -> None:
    measure = Measure("c", "C", "change", of="m", against=against)
    assert str(earlier(Period.parse(period), measure)) == base


def test_support_is_what_is_not_shown() -> None:
    change = Measure("c", "C", "change", of="m")
    shown = [Period.parse(text) for text in ("2011Q2", "2012Q2", "2011", "2012")]
    assert [str(each) for each in support_of(shown, [change])] == ["2010Q2", "2010"]
    assert support_of(shown, []) == ()
