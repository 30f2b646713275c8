"""Controlled rounding: by hand, against every table there is, and what is refused."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from piperoll.errors import UserError
from piperoll.protect import rounding
from piperoll.protect.relations import Names, Relations
from piperoll.protect.rounding import Limits, additive, controlled, round_tables
from piperoll.protect.tables import Dimension, Hierarchy, Linked, Table, link


def cube(*sizes: int) -> tuple[sparse.csr_matrix, tuple[int, ...]]:
    """Relations of a table with a total in each dimension (the last position), and its shape with totals."""
    shape = tuple(size + 1 for size in sizes)
    numbers = np.arange(int(np.prod(shape))).reshape(shape)
    rows = []
    for axis in range(len(shape)):
        for line in np.moveaxis(numbers, axis, -1).reshape(-1, shape[axis]):
            row = np.zeros(numbers.size, dtype=np.int64)
            row[line[:-1]] = 1
            row[line[-1]] = -1
            rows.append(row)
    return sparse.csr_matrix(np.array(rows)), shape


def filled(inner: np.ndarray) -> np.ndarray:
    out = inner
    for axis in range(inner.ndim):
        out = np.concatenate([out, out.sum(axis=axis, keepdims=True)], axis=axis)
    return out.reshape(-1).astype(np.int64)


def test_a_row_is_rounded_so_that_it_adds_up() -> None:
    rows, _ = cube(3)
    values = filled(np.array([12, 12, 12]))
    done = controlled(values, rows, 5)
    # To the nearest, 10 + 10 + 10 would stand beside 35; one of the three goes up, or the total down.
    assert (rows @ done.values).tolist() == [0]
    assert done.distance == 2 + 2 + 3 + 1
    assert done.optimal
    assert (done.gap, done.steps, done.moved) == (0.0, 0, 0)
    assert "no closer table exists" in done.sentence


def test_multiples_of_the_base_stay() -> None:
    rows, _ = cube(2, 2)
    values = filled(np.array([[5, 10], [0, 15]]))
    assert controlled(values, rows, 5).values.tolist() == values.tolist()


def smallest(values: np.ndarray, rows: sparse.csr_matrix, base: int, steps: int) -> int | None:
    """The least distance of all tables, one after the other."""
    choices = []
    for value in values:
        low, high = value // base, -(-value // base)
        choices.append([base * k for k in range(max(0, low - steps), high + steps + 1)])
    best = None
    for table in product(*choices):
        out = np.array(table)
        if not (rows @ out).any():
            distance = int(np.abs(out - values).sum())
            best = distance if best is None else min(best, distance)
    return best


@settings(max_examples=60, deadline=None)
@given(inner=st.lists(st.integers(0, 13), min_size=4, max_size=4), base=st.sampled_from([3, 5, 10]))
def test_no_table_is_nearer(inner: list[int], base: int) -> None:
    rows, _ = cube(2, 2)
    values = filled(np.array(inner).reshape(2, 2))
    done = controlled(values, rows, base)
    assert not (done.values % base).any()
    assert not (rows @ done.values).any()
    assert (np.abs(done.values - values) < base).all()
    assert done.optimal
    assert done.distance == smallest(values, rows, base, 0)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), base=st.sampled_from([3, 5]))
def test_tables_of_three_dimensions_add_up(seed: int, base: int) -> None:
    rows, _ = cube(3, 3, 3)
    values = filled(np.random.default_rng(seed).integers(0, 14, (3, 3, 3)))
    done = controlled(values, rows, base)
    assert not (rows @ done.values).any()
    assert not (done.values % base).any()
    assert done.bound <= done.distance
    assert (np.abs(done.values - values) < base * (done.steps + 1)).all()


# A relation that neighbours may fail: 3 * 7 = 21, and neither 20 nor 25 is three times 5 or 10.
TRIPLE = sparse.csr_matrix(np.array([[3, -1]]))


def test_where_the_nearest_multiples_do_not_add_up_counts_move_a_step_further() -> None:
    values = np.array([7, 21])
    assert smallest(values, TRIPLE, 5, 0) is None
    with pytest.raises(UserError, match="PR-P120"):
        controlled(values, TRIPLE, 5, limits=Limits(steps=0))
    done = controlled(values, TRIPLE, 5)
    assert done.steps == 1
    assert done.distance == smallest(values, TRIPLE, 5, 1) == 2 + 6
    assert done.values.tolist() == [5, 15]
    assert done.moved == 1
    assert done.optimal
    assert "1 multiples further" in done.sentence


@settings(max_examples=40, deadline=None)
@given(first=st.integers(0, 60), factor=st.integers(2, 4))
def test_steps_are_as_few_and_the_table_as_near_as_can_be(first: int, factor: int) -> None:
    rows = sparse.csr_matrix(np.array([[factor, -1]]))
    values = np.array([first, factor * first])
    expected = next((s, d) for s in range(4) if (d := smallest(values, rows, 5, s)) is not None)
    done = controlled(values, rows, 5, limits=Limits(steps=3))
    assert (done.steps, done.distance, done.optimal) == (*expected, True)


def test_published_cells_are_at_least_the_floor() -> None:
    rows, _ = cube(2)
    values = filled(np.array([8, 9]))
    assert controlled(values, rows, 5).values.tolist() != [10, 10, 20]
    done = controlled(values, rows, 5, threshold=8)
    assert done.values.tolist() == [10, 10, 20]
    small = controlled(filled(np.array([7, 30])), rows, 5, threshold=8).values
    assert small[1] >= 10
    assert small[0] in (5, 10)


def test_a_floor_that_leaves_nothing_takes_a_step() -> None:
    # 8 + 8 + 8 = 24: parts of at least 10 make 30, a step above 25.
    rows, _ = cube(3)
    values = filled(np.array([8, 8, 8]))
    with pytest.raises(UserError, match="PR-P120"):
        controlled(values, rows, 5, threshold=8, limits=Limits(steps=0))
    done = controlled(values, rows, 5, threshold=8)
    assert (done.values.tolist(), done.steps, done.moved) == ([10, 10, 10, 30], 1, 1)


def test_values_already_published_are_kept() -> None:
    rows, _ = cube(2)
    values = filled(np.array([12, 12]))
    assert controlled(values, rows, 5, fixed=np.array([15, -1, -1])).values.tolist() == [15, 10, 25]
    assert controlled(values, rows, 5, fixed=np.array([20, -1, -1])).steps == 1
    with pytest.raises(UserError, match="PR-P120"):
        controlled(values, rows, 5, fixed=np.array([50, -1, -1]))


def test_the_same_arguments_give_the_same_table() -> None:
    rows, _ = cube(4, 4, 3)
    values = filled(np.random.default_rng(5).integers(0, 40, (4, 4, 3)))
    assert controlled(values, rows, 5).values.tolist() == controlled(values, rows, 5).values.tolist()


def test_a_limit_of_nodes_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    # The root alone settles any table that is small enough for a test, so what a search may answer is put in its place.
    rows, _ = cube(3)
    values = filled(np.array([12, 12, 12]))

    def stopped(model: rounding._Model, nodes: int) -> rounding._Found:
        return rounding._Found("open", np.zeros(0), 0.0, nodes)

    def far(model: rounding._Model, nodes: int) -> rounding._Found:
        return rounding._Found("found", np.array([0.0, 1.0, 0.0, 0.0]), 6.2, nodes)

    monkeypatch.setattr(rounding, "_solve", stopped)
    with pytest.raises(UserError, match="PR-P121 no rounded table was found within 7 nodes"):
        controlled(values, rows, 5, limits=Limits(nodes=7))
    monkeypatch.setattr(rounding, "_solve", far)
    done = controlled(values, rows, 5)
    assert (done.distance, done.bound, done.optimal) == (8, 7, False)
    assert done.gap == pytest.approx(1 / 8)
    assert "at most 12.50% of the distance could be saved" in done.sentence


@pytest.mark.parametrize(
    ("values", "base", "more", "words"),
    [
        ([-1, 2, 1], 5, {}, "negative"),
        ([1, 2, 4], 5, {}, "1 totals are not the sum of their parts"),
        ([1, 2, 3], 1, {}, "the base is 1"),
        ([1, 2, 3], 5, {"fixed": np.array([3, -1, -1])}, "no multiple of 5"),
    ],
)
def test_tables_that_cannot_be_rounded(values: list[int], base: int, more: dict[str, np.ndarray], words: str) -> None:
    rows, _ = cube(2)
    with pytest.raises(UserError, match=words) as caught:
        controlled(np.array(values), rows, base, **more)
    assert caught.value.code == "PR-P122"


def test_relations_over_other_cells_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="2 counts and relations over 3 cells"):
        controlled(np.array([1, 2]), cube(2)[0], 5)


GEOGRAPHY = Dimension("area", (Hierarchy("regions", {"all": ("n", "s"), "n": ("a", "b"), "s": ("c",)}),))
KIND = Dimension("kind", (Hierarchy("kinds", {"any": ("x", "y")}),))


def linked(seed: int) -> tuple[Linked, np.ndarray]:
    """A table by area and kind with all totals, and one by area that shares its margin."""
    random = np.random.default_rng(seed)
    inner = {(area, kind): int(random.integers(0, 30)) for area in "abc" for kind in "xy"}
    under = {"a": "a", "b": "b", "c": "c", "n": "ab", "s": "c", "all": "abc"}
    kinds = {"x": "x", "y": "y", "any": "xy"}
    cells = [(area, kind) for area in under for kind in kinds]
    values = [sum(inner[a, k] for a in under[area] for k in kinds[kind]) for area, kind in cells]
    frame = pl.DataFrame(cells, schema=["area", "kind"], orient="row")
    margin = pl.DataFrame({"area": list(under)})
    tables = link([GEOGRAPHY, KIND], [Table("cross", frame), Table("margin", margin)])
    totals = [sum(inner[a, k] for a in under[area] for k in "xy") for area in under]
    return tables, tables.gather({"cross": np.array(values), "margin": np.array(totals)})


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_linked_tables_are_rounded_together(seed: int) -> None:
    tables, values = linked(seed)
    done = round_tables(tables.relations, values, 5)
    tables.relations.check(done.values)
    assert not (done.values % 5).any()
    assert (np.abs(done.values - values) < 5).all()
    cross, margin = done.values[tables.ids["cross"]], done.values[tables.ids["margin"]]
    assert cross[2::3].tolist() == margin.tolist()


def test_values_that_contradict_the_relations_are_told_by_name() -> None:
    tables, values = linked(1)
    values[tables.ids["margin"][0]] += 1
    with pytest.raises(UserError, match="PR-P040"):
        round_tables(tables.relations, values, 5)


def test_only_sums_that_are_always_known_are_kept() -> None:
    relations = Relations(
        names=Names((), (), np.zeros((3, 0), np.int32)),
        start=np.array([0, 3, 5, 7, 8]),
        cell=np.array([0, 1, 2, 0, 1, 1, 2, 0]),
        coef=np.array([1, 1, -1, 1, -1, 1, -1, 1]),
        low=np.array([0, 0, -2, 5]),
        high=np.array([0, 0, 2, 5]),
        guard_start=np.array([0, 0, 1, 1, 1]),
        guard=np.array([2]),
    )
    assert additive(relations).toarray().tolist() == [[1, 1, -1]]
