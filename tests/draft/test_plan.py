"""Slot, mode, pattern, first table: decided from a look."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from piperoll.draft.plan import make_plan, totals_within
from piperoll.draft.seen import Column, Seen


TODAY = dt.date(2020, 12, 1)
SEX = Column("sex", "Sex", "code", "Q", "", "2 values", "its name", (), 0, 2, ("F", "M"))
SEEN = Seen(
    rows=100, whole=True, broken=0, encoding="utf-8", delimiter=",", header_row=1, columns=(SEX,), unnamed=0, key=(),
    when="s.day", when_columns=(), when_why="a day", grain="day", months={},
)  # fmt: skip


def plan_of(
    months: dict[str, int], grain: str = "day", stem: str = "file"
) -> tuple[str, str, str, int | None, str | None]:
    plan = make_plan(replace(SEEN, months=months, grain=grain), stem, "file", TODAY)
    return str(plan.slot), plan.mode, plan.rows, plan.last, plan.first


@pytest.mark.parametrize(
    ("months", "grain", "expected"),
    [
        ({"2020-05": 9}, "day", ("2020-05", "events", "month", 1, None)),
        ({"2020-04": 9, "2020-06": 9}, "day", ("2020Q2", "events", "month", 3, None)),
        ({"2019-01": 9, "2019-12": 9}, "day", ("2019", "events", "quarter", 4, None)),
        ({"2018-04": 9, "2019-01": 9}, "quarter", ("2018/19", "events", "quarter", 4, None)),
        ({"2018-04": 9}, "financial_year", ("2018/19", "events", "financial_year", 1, None)),
        ({"2018-01": 9}, "year", ("2018", "events", "year", 1, None)),
        ({"2020-04": 9}, "quarter", ("2020Q2", "events", "quarter", 1, None)),
        ({"2019-01": 9, "2020-03": 9}, "day", ("2020", "full", "quarter", None, "2019Q1")),
        ({"1950-01": 9, "2019-03": 9}, "day", ("2019", "full", "year", None, "2000")),
        ({"2010-04": 9, "2018-04": 9}, "financial_year", ("2018/19", "full", "financial_year", None, "2010/11")),
        ({"2020-05": 9, "2031-05": 9}, "day", ("2020", "full", "quarter", None, "2020Q2")),  # none lies ahead
        ({}, "none", ("2020", "full", "year", 1, None)),
    ],
)
def test_slot_and_table(months: dict[str, int], grain: str, expected: tuple[object, ...]) -> None:
    assert plan_of(months, grain) == expected


def test_a_few_stray_days_do_not_widen_the_slot() -> None:
    assert plan_of({"2020-06": 34, "2020-07": 25_892, "2020-08": 20_146, "2020-09": 19_892})[0] == "2020Q3"
    assert plan_of({"2020-06": 2_000, "2020-07": 25_892})[0] == "2020"


@pytest.mark.parametrize(
    ("stem", "months", "grain", "pattern", "named"),
    [
        ("claims_2020-05", {"2020-05": 1}, "day", "claims_{period}.csv", True),
        ("claims_202005", {"2020-05": 1}, "day", "claims_{period}.csv", True),
        ("2020Q2 claims", {"2020-04": 1, "2020-06": 1}, "day", "2020Q2_claims_{period}.csv", False),
        ("claims_2020q2_final", {"2020-04": 1, "2020-06": 1}, "day", "claims_{period}_final.csv", True),
        ("outcomes_2018_19", {"2018-04": 1, "2019-01": 1}, "quarter", "outcomes_{period}.csv", True),
        ("met_2020_07_09", {"2020-07": 1, "2020-09": 1}, "day", "met_{period}.csv", False),
        ("claims", {"2020-05": 1}, "day", "claims_{period}.csv", False),
        ("../odd name{x}", {"2020-05": 1}, "day", "odd_name_x_{period}.csv", False),
    ],
)
def test_pattern(stem: str, months: dict[str, int], grain: str, pattern: str, named: bool) -> None:
    plan = make_plan(replace(SEEN, months=months, grain=grain), stem, "file", TODAY)
    assert (plan.pattern, plan.named) == (pattern, named)


def test_breakdowns_are_two_at_most_and_quasi_identifiers_come_first() -> None:
    kind = replace(SEX, name="kind", cls="A", codes=("a", "b", "c"))
    wide = replace(SEX, name="wide", cls="A", codes=tuple(f"c{n}" for n in range(60)))
    plan = make_plan(replace(SEEN, columns=(wide, kind, replace(kind, name="colour"), SEX)), "file", "file", TODAY)
    assert [each.name for each in plan.breakdowns] == ["sex", "by_kind"]


def test_codes_for_the_whole_and_for_no_value_are_free() -> None:
    odd = replace(SEX, name="period", codes=("All", "not_known", "x"))
    (found,) = make_plan(replace(SEEN, columns=(odd,)), "file", "file", TODAY).breakdowns
    assert (found.name, found.total, found.unknown) == ("by_period", "whole", "no_value")


def test_codes_that_look_like_totals_are_counted() -> None:
    assert totals_within(replace(SEX, codes=("All", "Total persons", "Allerdale", "x"))) == 2


def test_sums_take_the_fullest_first() -> None:
    some = Column("some", "", "int", "M", "", "", "", (), 9, 40, counted=True)
    every = replace(some, name="every", nulls=0)
    plan = make_plan(replace(SEEN, columns=(SEX, some, every)), "file", "file", TODAY)
    assert [each.name for each in plan.sums] == ["every", "some"]
    assert plan.measure == "sum_of_every"
