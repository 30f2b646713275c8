"""A stock carried on: closed forms of a steady state, a step, intervals, scenarios."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.forecast.coming import Expected
from piperoll.forecast.scenarios import NOTHING
from piperoll.forecast.stockflow import Start, carried_on, project
from piperoll.register.model.forecast import Scenario, Supposed
from tests.forecast.systems import leaving, months, start


HAZARDS = [0.3, 0.2, 0.1, 0.05]
SPAN = months(36)


def survival(hazards: list[float], ages: int) -> np.ndarray:
    return np.cumprod([1 - hazards[min(age, len(hazards) - 1)] for age in range(ages)])


def supposing(*changes: Supposed) -> Scenario:
    return Scenario("other", "Other", "To see.", "A test", changes)


def test_by_hand() -> None:
    # 10 of age 0 and 4 of age 1; 20 come each month; half leave in the first month, a quarter in each later one.
    found = project({"a": start([0.5, 0.25], 20, 2, [10, 4])}, NOTHING, months(2), paths=100, seed=1)["a"]
    assert found.central == pytest.approx([10 + 7.5 + 3, 10 + 7.5 + 0.75 * 10.5])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.05, 0.9), min_size=1, max_size=6), st.floats(1, 1000))
def test_in_a_steady_state_the_stock_is_inflow_times_stay(hazards: list[float], inflow: float) -> None:
    stay = leaving(hazards).mean_stay()
    ages = inflow * survival(hazards, 400)
    central = project({"a": start(hazards, inflow, 12, ages.tolist())}, NOTHING, months(12), paths=100, seed=1)
    # Little's law: and it stays there.
    assert central["a"].central == pytest.approx(inflow * stay, rel=1e-6)


def test_from_nothing_a_step_in_inflow_converges_as_the_survival_says() -> None:
    found = project({"a": start(HAZARDS, 100, 36)}, NOTHING, SPAN, paths=100, seed=1)["a"].central
    assert found == pytest.approx(100 * np.cumsum(survival(HAZARDS, 36)))
    # What is still lacking of the steady state is what survives as long.
    whole = 100 * leaving(HAZARDS).mean_stay()
    rest = 100 * (leaving(HAZARDS).mean_stay() - np.cumsum(survival(HAZARDS, 36)))
    assert whole - found == pytest.approx(rest)
    assert (whole - found[-1]) / (whole - found[-2]) == pytest.approx(0.95)


def test_a_step_of_a_scenario_comes_in_with_the_survival() -> None:
    ages = (100 * survival(HAZARDS, 300)).tolist()
    cohorts = {"a": start(HAZARDS, 100, 36, ages)}
    more = supposing(Supposed("inflow", 10, "once", str(SPAN[6])))
    base, other = (project(cohorts, each, SPAN, paths=100, seed=1)["a"].central for each in (NOTHING, more))
    added = other - base
    assert added[:6] == pytest.approx(0, abs=1e-9)
    assert added[6:] == pytest.approx(10 * np.cumsum(survival(HAZARDS, 30)))


def test_longer_stays_of_those_who_enter_lead_to_a_stock_so_much_larger() -> None:
    hazards = [0.08]
    span = months(100)
    cohorts = {"a": start(hazards, 100, 100, (100 * survival(hazards, 150)).tolist())}
    longer = supposing(Supposed("stay", 20))
    base, other = (project(cohorts, each, span, paths=100, seed=1)["a"].central for each in (NOTHING, longer))
    # Those who are there already leave as they would: at first hardly anything changes.
    assert other[0] == pytest.approx(base[0], rel=0.002)
    assert other[-1] / base[-1] == pytest.approx(1.2, rel=0.02)


def test_no_change_is_the_central_scenario_to_the_last_bit() -> None:
    cohorts = {"a": start(HAZARDS, 100, 12, [50, 40]), "b": start([0.1], 10, 12, [90])}
    nothing = supposing(Supposed("inflow", 0, "year"), Supposed("stay", 0))
    first, second = (project(cohorts, each, months(12), paths=200, seed=3) for each in (NOTHING, nothing))
    for code in ("", "a", "b"):
        for name in ("central", "low95", "low80", "high80", "high95", "inflow"):
            assert getattr(first[code], name).tobytes() == getattr(second[code], name).tobytes()


def test_a_change_of_one_cohort_leaves_the_others() -> None:
    cohorts = {"a": start(HAZARDS, 100, 12), "b": start(HAZARDS, 100, 12)}
    only = supposing(Supposed("inflow", 50, cohorts=("b",)))
    first, second = (project(cohorts, each, months(12), paths=100, seed=3) for each in (NOTHING, only))
    assert first["a"].high95.tobytes() == second["a"].high95.tobytes()
    assert second["b"].central == pytest.approx(1.5 * first["b"].central)
    assert second[""].central == pytest.approx(second["a"].central + second["b"].central)
    assert first["b"].central.tolist() == first["a"].central.tolist()
    assert first["b"].high95.tobytes() != first["a"].high95.tobytes()  # chance is each one's own


def test_intervals_hold_the_centre_and_each_other_and_widen() -> None:
    coming = Expected(np.full(24, 100.0), np.full(24, 10.0), np.ones(24), "as told")
    found = project({"a": Start(np.array([300.0, 100.0]), leaving(HAZARDS, 500), coming)}, NOTHING, months(24),
                    paths=1000, seed=1)[""]  # fmt: skip
    for low, high in ((found.low95, found.low80), (found.low80, found.central), (found.central, found.high80),
                      (found.high80, found.high95)):  # fmt: skip
        assert (low <= high).all()
    width = found.high95 - found.low95
    assert width[12] > 1.5 * width[0]
    assert (found.low95 >= 0).all()


def test_chance_of_leaving_alone_is_binomial() -> None:
    # 1000 of whom each leaves with probability a half in the month, nobody comes: sd is sqrt(250).
    found = project({"a": start([0.5], 0, 1, [1000])}, NOTHING, months(1), paths=4000, seed=1)["a"]
    assert found.central[0] == 500
    assert (found.high95[0] - found.low95[0]) / (2 * 1.96) == pytest.approx(250**0.5, rel=0.05)


def test_the_variance_of_leaving_follows_the_binomial_over_months() -> None:
    ages, none = np.array([[1000.0]]), np.zeros((1, 5))
    stock, variance = carried_on(ages, none, np.full((1, 6), 0.2), np.ones(5))
    stay = 0.8 ** np.arange(1, 6)
    assert stock[0] == pytest.approx(1000 * stay)
    assert variance[0] == pytest.approx(1000 * stay * (1 - stay))
    assert carried_on(ages, none, np.full((1, 6), 0.2), np.ones(5), 3.0)[1][0] == pytest.approx(3 * variance[0])


def test_another_seed_gives_other_bounds_and_the_same_centre() -> None:
    cohorts = {"a": start(HAZARDS, 100, 6, risk=200)}
    one, same, other = (project(cohorts, NOTHING, months(6), paths=200, seed=seed)["a"] for seed in (1, 1, 2))
    assert one.low95.tobytes() == same.low95.tobytes()
    assert one.low95.tobytes() != other.low95.tobytes()
    assert one.central.tobytes() == other.central.tobytes()
