"""Primary rules for amounts: worked by hand, and against a plain implementation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from math import ceil

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.protect.magnitude import Dominance, Frequency, Percent, PriorPosterior, Rule, examine
from piperoll.protect.requirement import Requirement


def one_cell(amounts: Sequence[float], *rules: Rule, **more: object) -> dict[str, object]:
    frame = pl.DataFrame({"area": ["A"] * len(amounts), "firm": range(len(amounts)), "amount": amounts})
    return examine(frame, ["area"], "amount", rules, contributor="firm", **more).row(0, named=True)


@pytest.mark.parametrize(
    ("rule", "amounts", "upper"),
    [
        # p = 10: X - x1 - x2 = 5 < 50, so 10/100 * 500 - 5 = 45.
        (Percent(10), [500, 300, 5], 45),
        (Percent(10), [500, 300, 50], 0),
        (Percent(10), [500, 300, 49], 1),
        # The two others together know all: 50 - 0.
        (Percent(10, coalition=2), [500, 300, 100], 50),
        (Percent(10, coalition=2), [500, 300, 100, 30], 20),
        # 100/85 * 800 - 805 = 136.17..., upwards.
        (Dominance(2, 85), [500, 300, 5], 137),
        (Dominance(2, 85), [425, 425, 150], 0),
        (Dominance(1, "62.5"), [63, 37], 1),
        (Dominance(1, 62.5), [625, 375], 0),
        # p/q = 1/5: 100 - 5.
        (PriorPosterior(10, 50), [500, 300, 5], 95),
        (PriorPosterior(10, 100), [500, 300, 5], 45),
        (Frequency(3, margin=20), [500, 300], 160),
        (Frequency(3, margin=20), [500, 300, 5], 0),
        (Frequency(3), [0], 1),
        (Percent(10), [500], 50),
        (Percent(10), [0, 0], 0),
    ],
)
def test_rules_and_levels(rule: Rule, amounts: list[int], upper: int) -> None:
    cell = one_cell(amounts, rule)
    assert (cell["primary"], cell["upper_level"], cell["rules"]) == (upper > 0, upper, rule.name if upper else "")
    assert cell["lower_level"] == min(upper, sum(amounts))
    assert cell["total"] == sum(amounts)
    assert cell["n"] == len(amounts)


def test_the_largest_level_of_the_broken_rules_holds() -> None:
    cell = one_cell([500, 300, 5], Percent(10), Dominance(2, 85), Frequency(3))
    assert cell["upper_level"] == 137
    assert cell["rules"] == "p=10; (2,85)"
    assert (cell["top_1"], cell["top_2"]) == (500, 300)


def test_an_estimate_made_from_a_total_at_the_level_is_no_closer_than_p_per_cent() -> None:
    amounts = [500, 300, 5]
    level = one_cell(amounts, Percent(10))["upper_level"]
    assert isinstance(level, int)
    # The second largest takes the highest total it must think possible, less its own.
    assert sum(amounts) + level - 300 >= 1.1 * 500


def test_contributions_of_one_owner_are_one() -> None:
    frame = pl.DataFrame(
        {
            "area": ["A"] * 4,
            "firm": [1, 2, 3, 4],
            "owner": ["x", "x", None, None],
            "amount": [40, 40, 10, 10],
        }
    )
    apart = examine(frame, ["area"], "amount", [Dominance(1, 50)], contributor="firm")
    together = examine(frame, ["area"], "amount", [Dominance(1, 50)], contributor="firm", holding="owner")
    assert (apart["primary"][0], apart["n"][0]) == (False, 4)
    assert (together["primary"][0], together["n"][0], together["top_1"][0]) == (True, 3, 80)


def test_an_owner_named_like_a_firm_is_not_that_firm() -> None:
    frame = pl.DataFrame({"area": ["A", "A"], "firm": ["x", "y"], "owner": [None, "x"], "amount": [1, 1]})
    assert examine(frame, ["area"], "amount", [Frequency(1)], contributor="firm", holding="owner")["n"][0] == 2


def test_totals_are_made_along_hierarchies() -> None:
    frame = pl.DataFrame({"area": ["a1", "a2", "b1"], "kind": ["k", "l", "k"], "firm": [1, 1, 2], "amount": [5, 7, 11]})
    parents = {"area": {"a1": "a", "a2": "a", "b1": "b", "a": "all", "b": "all"}, "kind": {"k": "any", "l": "any"}}
    cells = examine(frame, ["area", "kind"], "amount", [Percent(10)], contributor="firm", hierarchies=parents)
    found = {(row[0], row[1]): (row[2], row[3]) for row in cells.iter_rows()}
    assert found["a", "any"] == (12, 1)
    assert found["all", "any"] == (23, 2)
    assert found["all", "k"] == (16, 2)
    absent = {("a1", "l"), ("a2", "k"), ("b1", "l"), ("b", "l")}
    assert len(found) == 6 * 3 - len(absent)
    assert not absent & set(found)


def test_pence_are_counted_exactly() -> None:
    cell = one_cell([0.1, 0.2, 0.03], Percent(10), unit="0.01")
    assert (cell["total"], cell["top_1"], cell["upper_level"]) == (33, 20, 0)
    assert one_cell([0.29, 0.07, 0.01], Percent(10), unit="0.01")["upper_level"] == 2


def refused(frame: pl.DataFrame, rules: Sequence[Rule] = (Percent(10),), **more: object) -> UserError:
    with pytest.raises(UserError) as caught:
        examine(frame, ["area"], "amount", rules, contributor="firm", **more)
    return caught.value


def contributions(*amounts: object) -> pl.DataFrame:
    return pl.DataFrame({"area": ["A"] * len(amounts), "firm": range(len(amounts)), "amount": amounts}, strict=False)


def test_negative_amounts_are_refused_with_the_reason_and_without_the_amount() -> None:
    error = refused(contributions(5, -731, -2))
    assert error.code == "PR-P100"
    assert "2 amounts are negative" in error.sentence
    assert "first in row 2" in error.sentence
    assert "a share says nothing" in error.sentence
    assert "731" not in error.sentence


@pytest.mark.parametrize(
    ("frame", "more", "code", "words"),
    [
        (contributions(5, None), {}, "PR-P101", "1 amounts are missing"),
        (contributions(5.0, float("nan")), {}, "PR-P101", "row 2"),
        (contributions("5"), {}, "PR-P101", "not numbers"),
        (contributions(5.5), {}, "PR-P101", "no whole multiples of 1"),
        (contributions(1e17), {}, "PR-P101", "no whole multiples"),
        (contributions(5), {"rules": []}, "PR-P102", "no rule"),
        (contributions(5), {"unit": 0}, "PR-P102", "above 0"),
        (contributions(5), {"unit": "penny"}, "PR-P102", "penny"),
        (contributions(5), {"hierarchies": {"area": {"A": "B", "B": "A"}}}, "PR-P103", "circle"),
        (contributions(5), {"hierarchies": {"kind": {"A": "B"}}}, "PR-P104", "`kind`"),
        (contributions(5), {"holding": "owner"}, "PR-P104", "`owner`"),
    ],
)
def test_what_cannot_be_examined(frame: pl.DataFrame, more: dict[str, object], code: str, words: str) -> None:
    error = refused(frame, **more)
    assert error.code == code
    assert words in error.sentence


@pytest.mark.parametrize(
    "make",
    [
        lambda: Percent(0),
        lambda: Percent("ten"),
        lambda: Percent(float("nan")),
        lambda: Percent(10, coalition=0),
        lambda: Dominance(0, 85),
        lambda: Dominance(2, 101),
        lambda: Dominance(True, 85),
        lambda: PriorPosterior(50, 10),
        lambda: Frequency(0),
    ],
)
def test_rules_that_mean_nothing_are_refused(make: object) -> None:
    with pytest.raises(UserError, match="PR-P102"):
        make()


def test_no_contributions_make_no_cells() -> None:
    empty = pl.DataFrame(schema={"area": pl.String, "firm": pl.Int64, "amount": pl.Int64})
    assert examine(empty, ["area"], "amount", [Percent(10)], contributor="firm").height == 0


def test_levels_are_a_requirement_of_the_engine() -> None:
    frame = pl.DataFrame({"area": ["A"] * 3 + ["B"] * 3, "firm": range(6), "amount": [500, 300, 5, 300, 280, 290]})
    cells = examine(frame, ["area"], "amount", [Percent(10)], contributor="firm")
    total, lower, upper = (cells[name].to_numpy() for name in ("total", "lower_level", "upper_level"))
    requirement = Requirement.levels(total, lower, upper)
    both = np.array([0, 1])
    assert requirement.broken(total, total - 45, total + 45, both).tolist() == [False, False]
    assert requirement.broken(total, total - 45, total + 44, both).tolist() == [True, False]
    assert requirement.broken(total, total - 44, total + 45, both).tolist() == [True, False]


# --- against a plain implementation -----------------------------------------------------------------------------------


def plain(amounts: list[int], p: Fraction, n: int, k: Fraction, least: int) -> tuple[int, int, int]:
    xs = sorted(amounts, reverse=True)
    total = sum(xs)
    second = xs[1] if len(xs) > 1 else 0
    by_percent = p * xs[0] - (total - xs[0] - second)
    by_dominance = sum(xs[:n]) / k - total
    by_frequency = max(Fraction(total, 5), Fraction(1)) if len(xs) < least else Fraction(0)
    one, two, three = (max(0, ceil(level)) for level in (by_percent, by_dominance, by_frequency))
    return one, two, three


@given(
    rows=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 6), st.integers(0, 40)), min_size=1, max_size=30),
    p=st.integers(1, 60),
    n=st.integers(1, 3),
    k=st.integers(30, 100),
    least=st.integers(1, 4),
)
def test_levels_equal_the_plain_formulas(rows: list[tuple[int, int, int]], p: int, n: int, k: int, least: int) -> None:
    frame = pl.DataFrame(rows, schema=["area", "firm", "amount"], orient="row")
    firms: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for area, firm, amount in rows:
        firms[area][firm] += amount
    rules = (Percent(p), Dominance(n, k), Frequency(least))
    for place, rule in enumerate(rules):
        cells = examine(frame, ["area"], "amount", [rule], contributor="firm")
        expected = [
            plain(list(firms[a].values()), Fraction(p, 100), n, Fraction(k, 100), least)[place] for a in sorted(firms)
        ]
        assert cells["upper_level"].to_list() == expected
    together = examine(frame, ["area"], "amount", rules, contributor="firm")
    assert together["upper_level"].to_list() == [
        max(plain(list(firms[a].values()), Fraction(p, 100), n, Fraction(k, 100), least)) for a in sorted(firms)
    ]
