"""Which tables count the same: by the figures they share, and by the categories across their tops."""

from __future__ import annotations

import pytest

from piperoll.protect.output.families import Apart, Cell, agreeing, compare, families, gap, variables


def shown(*values: int) -> dict[Cell, tuple[int, int | None]]:
    return {("", frozenset({("la", str(n))})): (value, value) for n, value in enumerate(values)}


def test_variables_are_one_if_most_of_the_shorter_ones_categories_agree() -> None:
    sex = frozenset({"male", "female", "other", "not stated"})
    short = frozenset({"male", "female"})
    group = frozenset({"white", "black", "other", "not stated"})
    half = frozenset({"male", "x", "y", "z"})
    assert variables([sex, group, short, half, group]) == [0, 1, 0, 3, 1]
    # What stands in any variable tells nothing, unless it is all there is.
    assert variables([frozenset({"other", "a"}), frozenset({"other"}), frozenset({"other"})]) == [0, 1, 1]


def test_tables_are_apart_if_most_of_their_larger_figures_are() -> None:
    assert compare([shown(100, 200, 3), shown(103, 200, 4)], 10) == []
    assert compare([shown(100, 200, 300), shown(150, 290, 300)], 10) == [Apart(0, 1, 3, 2, 0)]
    assert compare([shown(100, 200, 300, 3), shown(150, 290, 300, 4)], 10) == [Apart(0, 1, 4, 3, 1)]
    # Small figures differ by little whatever they count.
    assert compare([shown(3, 4, 5), shown(9, 8, 7)], 10) == []
    assert compare([shown(100), {}], 10) == []


@pytest.mark.parametrize(
    ("one", "two", "by"),
    [((5, 5), (8, 8), 3), ((8, 8), (5, 5), 3), ((3, 7), (5, 5), 0), ((0, None), (9, 9), 0), ((9, 12), (0, 4), 5)],
)
def test_figures_are_apart_by_what_lies_between(one: tuple[int, int | None], two: tuple[int, int], by: int) -> None:
    assert gap(one, two) == by


def test_who_is_apart_from_none_joins_the_most_alike() -> None:
    apart = [Apart(1, 2, 9, 9, 0)]
    assert families(4, apart) == [0, 0, 1, 0]
    like = {(3, 2): 5, (3, 1): 2}
    assert families(4, apart, lambda one, two: like.get((one, two), 0)) == [0, 0, 1, 1]
    assert families(3, []) == [0, 0, 0]


def test_agreement_counts_figures_that_are_not_small() -> None:
    assert agreeing(shown(100, 200, 3), shown(100, 201, 3), 10) == 1
    assert agreeing(shown(100), shown(100, 5, 5), 10) == 1
