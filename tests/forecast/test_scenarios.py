"""Scenarios as data: what they multiply, from when, of whom, and how they are told."""

from __future__ import annotations

import pytest

from piperoll.errors import UserError
from piperoll.forecast.scenarios import chosen, factors, month_number, words
from piperoll.periods import Period
from piperoll.register.model.forecast import Cohort, Forecast, Scenario, Stays, Supposed
from tests.forecast.systems import months


SPAN = months(24, Period.parse("2012-07"))


def scenario(*changes: Supposed, name: str = "more") -> Scenario:
    return Scenario(name, "More", "To see.", "A test", changes)


def test_a_step_holds_from_its_month_on() -> None:
    found = factors(scenario(Supposed("inflow", 10, "once", "2012-10")), "inflow", "a", SPAN)
    assert found[:3].tolist() == [1, 1, 1]
    assert found[3:].tolist() == pytest.approx([1.1] * 21)


def test_so_much_a_year_is_compounded_by_month() -> None:
    found = factors(scenario(Supposed("inflow", 5, "year")), "inflow", "a", SPAN)
    assert found[0] == pytest.approx(1.05 ** (1 / 12))
    assert found[11] == pytest.approx(1.05)
    assert found[23] == pytest.approx(1.05**2)


def test_a_change_that_began_before_goes_on() -> None:
    found = factors(scenario(Supposed("inflow", 5, "year", "2011-07")), "inflow", "a", SPAN)
    assert found[0] == pytest.approx(1.05 ** (13 / 12))


def test_changes_add_up_and_are_of_those_they_name() -> None:
    both = scenario(Supposed("inflow", 10), Supposed("inflow", -50, cohorts=("b",)), Supposed("stay", 20))
    assert factors(both, "inflow", "a", SPAN)[0] == pytest.approx(1.1)
    assert factors(both, "inflow", "b", SPAN)[0] == pytest.approx(0.55)
    assert factors(both, "stay", "b", SPAN)[0] == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Supposed("inflow", 5, "year"), "inflow 5% more a year from the first month"),
        (Supposed("inflow", -2.5), "inflow 2.5% less from the first month"),
        (Supposed("stay", 10, "once", "2012-10", ("a", "b")),
         "stays of those who enter 10% longer from Oct 2012, of Remand and b"),
        (Supposed("stay", -10), "stays of those who enter 10% shorter from the first month"),
    ],
)  # fmt: skip
def test_in_words(change: Supposed, said: str) -> None:
    assert words(change, {"a": "Remand"}) == said


def declared(*scenarios: Scenario) -> Forecast:
    stays = Stays("SELECT 1")
    return Forecast("stock", "Stock", "stock_flow", "people", "To see.", stays=stays, cohorts=(Cohort("a", "A"),),
                    scenarios=scenarios)  # fmt: skip


def test_the_central_one_is_always_there_and_first() -> None:
    found = declared(scenario(), scenario(name="less"))
    assert [each.name for each in chosen(found)] == ["central", "more", "less"]
    assert [each.name for each in chosen(found, ["less"])] == ["central", "less"]
    assert [each.name for each in chosen(found, ["central"])] == ["central"]


def test_a_scenario_that_is_not_there_has_a_nearest_name() -> None:
    with pytest.raises(UserError, match=r"PR-F014 .*no scenario `mroe`. Did you mean `more`\?") as caught:
        chosen(declared(scenario()), ["mroe"])
    assert caught.value.exit_status == 26


def test_months_are_numbered_one_by_one() -> None:
    assert [month_number(each) - month_number(SPAN[0]) for each in SPAN] == list(range(24))


def test_cohorts_by_what_counts_call_them() -> None:
    cohorts = (Cohort("a", "A"), Cohort("b", "B", counted_as="rest"), Cohort("c", "C", counted_as="rest"))
    found = Forecast("stock", "Stock", "stock_flow", "people", "To see.", cohorts=cohorts)
    assert found.counts == {"a": ("a",), "rest": ("b", "c")}
