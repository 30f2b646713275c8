"""Attacks on what is published, from outside."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.protect.files import attack_table
from piperoll.protect.files.outside import too_narrow
from piperoll.protect.files.spec import read_spec
from piperoll.protect.relations import BIG
from tests.protect.files.example import TREE, whole


PUBLIC: dict[str, Any] = {
    "value": "claims",
    "dimensions": {"area": {"total": "All", "hierarchies": {"regions": {"tree": TREE}}}, "quarter": {"total": "Year"}},
    "rule": {"threshold": 8},
    "requirement": {"width": 4},
}


def naive() -> pl.DataFrame:
    """Only the small counts hidden."""
    small = pl.col("claims").cast(pl.Int64) < 8
    return whole().with_columns(pl.when(small).then(pl.lit("[c]")).otherwise("claims").alias("claims"))


def test_small_counts_hidden_alone_are_read_off_and_the_figures_are_named() -> None:
    found = attack_table(naive(), PUBLIC)
    assert [each.sentence for each in found.below] == [
        "[Aston, Q1] is exactly 3, known from [North, Q1] (34), [Beeford, Q1] (31).",
        "[Beeford, Q3] is exactly 5, known from [Aston, Q3] (22), [North, Q3] (27).",
        "[Derwent, Q1] is exactly 2, known from [Corby, Q1] (42), [South, Q1] (44).",
    ]
    assert all(each.exact for each in found.below)
    assert found.summary == "3 hidden cells; 3 known better than the requirement allows, 3 of them exactly."


TYPES = {"value": "n", "dimensions": {"area": {"total": "All"}, "type": {"total": "All"}}, "rule": {"threshold": 10}}


def crosstab() -> pl.DataFrame:
    """A table whose margins were added up again after a cell was blanked out."""
    rows = [
        ("A", "x", "40"), ("A", "y", "35"), ("A", "z", "[c]"), ("A", "All", "75"),
        ("B", "x", "20"), ("B", "y", "21"), ("B", "z", "22"), ("B", "All", "63"),
        ("All", "x", "60"), ("All", "y", "56"), ("All", "z", "22"), ("All", "All", "138"),
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=["area", "type", "n"], orient="row")


def test_a_blanked_cell_is_given_away_by_another_table() -> None:
    oneway = pl.DataFrame({"area": ["A", "B"], "n": ["78", "63"]})
    found = attack_table({"by_type": crosstab(), "by_area": oneway}, TYPES)
    assert [(each.name, each.low, each.high) for each in found.below] == [("A, z", 3, 3)]
    assert found.below[0].sentence == (
        "[A, z] is exactly 3, known from [A, x] (40), [A, y] (35), "
        "[A] (78; its 75 in `by_type` leaves hidden cells out)."
    )
    assert found.notes == (
        "Totals of `by_type` leave its hidden cells out: [A] is 75 there, the sum of the parts it shows.",
    )


def test_totals_of_shown_cells_can_be_said() -> None:
    said = {**TYPES, "tables": [{"name": "by_type", "totals": "shown"}]}
    found = attack_table({"by_type": crosstab()}, said)
    assert found.below == ()
    assert found.seen[0].high is None
    # Taken at its word, the table says that nothing is in the hidden cell.
    assert attack_table({"by_type": crosstab()}, TYPES).below[0].high == 0


def test_a_cell_hidden_in_one_table_and_shown_in_another() -> None:
    other = pl.DataFrame({"area": ["A"], "type": ["z"], "n": ["3"]})
    said = {**TYPES, "tables": [{"name": "t", "totals": "shown"}]}
    found = attack_table({"t": crosstab(), "other": other}, said)
    assert found.below[0].sentence == "[A, z] is exactly 3: hidden in one table, it is 3 in `other`."


def test_marks_may_stand_beside_or_in_place_of_figures() -> None:
    beside = naive().with_columns(
        status=pl.when(pl.col("claims") == "[c]").then(pl.lit("[c]")).otherwise(pl.lit("[r]")),
        claims=pl.when(pl.col("claims") == "[c]").then(pl.lit("")).otherwise("claims"),
    )
    left = naive().with_columns(status=pl.when(pl.col("claims") == "[c]").then(pl.lit("c")).otherwise(pl.lit("")))
    for frame in (naive(), beside, left):
        assert [each.low for each in attack_table(frame, PUBLIC).below] == [3, 5, 2]


def test_a_cell_that_no_table_holds_is_reckoned_with() -> None:
    """Regions that were left out are still between areas and the total."""
    frame = naive().filter(~pl.col("area").is_in(["North", "South"]))
    found = attack_table(frame, PUBLIC)
    assert {each.name for each in found.seen} == {"Aston, Q1", "Beeford, Q3", "Derwent, Q1"}
    assert next(each for each in found.seen if each.name == "Beeford, Q3").low == 5


def test_rounded_figures_leave_a_range() -> None:
    small = pl.col("claims").cast(pl.Int64) < 8
    rounded = ((pl.col("claims").cast(pl.Int64) / 5 + 0.5).floor() * 5).cast(pl.Int64).cast(pl.String)
    frame = whole().with_columns(pl.when(small).then(pl.lit("[c]")).otherwise(rounded).alias("claims"))
    found = attack_table(frame, {**PUBLIC, "published": {"as": "rounded", "base": 5}}, exact=True)
    assert found.below == ()
    assert all(each.exact for each in found.seen)
    with pytest.raises(UserError, match="PR-P066"):
        attack_table(frame, PUBLIC)


def test_contradictory_tables_are_refused() -> None:
    frame = naive().with_columns(
        pl.when(pl.col("claims") == "34").then(pl.lit("30")).otherwise("claims").alias("claims")
    )
    with pytest.raises(
        UserError,
        match=r"PR-P066 what is published contradicts itself: \[.*\] would be at least \d+ and at most -?\d+, from",
    ):
        attack_table(frame, PUBLIC)
    with pytest.raises(UserError, match="PR-P066 the tables contradict each other"):
        attack_table({"one": naive(), "two": pl.DataFrame({"area": ["Corby"], "claims": ["9"]})}, PUBLIC)


def test_nothing_hidden_nothing_seen() -> None:
    found = attack_table(whole(), PUBLIC)
    assert found.seen == ()
    assert found.summary == "0 hidden cells; none is known better than the requirement allows."
    assert found.frame().height == 0


def test_roles_that_are_told_are_used() -> None:
    frame = whole().with_columns(
        status=pl.when(pl.col("claims").cast(pl.Int64) < 8).then(pl.lit("primary")).otherwise(
            pl.when(pl.col("quarter").is_in(["Q1", "Q3"]) & ~pl.col("area").is_in(["All", "North", "South"]))
            .then(pl.lit("secondary")).otherwise(pl.lit(""))
        )
    )  # fmt: skip
    found = attack_table(frame, PUBLIC)
    assert all(each.high is not None and each.high <= 7 for each in found.seen if each.name == "Aston, Q1")
    assert all(each.low >= 8 for each in found.seen if each.name == "Corby, Q3")


@pytest.mark.parametrize(
    ("need", "low", "high", "expected"),
    [
        ({"width": 4}, 0, 3, True),
        ({"width": 4}, 0, 4, False),
        ({"width": 4}, 3, BIG, False),
        ({"around": 1}, 0, 0, True),
        ({"around": 1}, 0, 1, False),
        ({"around": 1}, 1, 2, True),
        ({"around": 1}, 1, 3, False),
        ({"lower_percent": 10, "upper_percent": 10}, 90, 110, False),
        ({"lower_percent": 10, "upper_percent": 10}, 95, 105, True),
        ({"sliding_percent": 10}, 95, 105, False),
        ({"sliding_percent": 20}, 95, 105, True),
        ({}, 0, 3, True),
        ({}, 0, 4, False),
    ],
)
def test_what_is_too_narrow(need: dict[str, Any], low: int, high: int, expected: bool) -> None:
    spec = read_spec({"dimensions": {"a": {"total": "A"}}, "rule": {"threshold": 8}, "requirement": need}).spec
    assert too_narrow(low, high, spec) is expected


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("base", [1, 5])
def test_intervals_equal_full_enumeration(seed: int, base: int) -> None:
    """Tables of 2 by 2 with totals, some cells hidden at random."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 9, (2, 2))
    full = {(f"a{i}", f"b{j}"): int(counts[i, j]) for i in range(2) for j in range(2)}
    _add(full)
    gone = {cell for cell in full if rng.random() < 0.45 and cell != ("A", "B")}
    gone.add(("a0", "b0"))
    # Whoever knows the rule knows that nothing below the threshold is shown.
    gone |= {cell for cell, value in full.items() if value < 4}
    show = {cell: (2 * value + base) // (2 * base) * base if base > 1 else value for cell, value in full.items()}
    frame = pl.DataFrame(
        [(a, b, "" if (a, b) in gone else str(show[a, b])) for a, b in full], schema=["a", "b", "n"], orient="row"
    )
    spec = {
        "value": "n", "dimensions": {"a": {"total": "A"}, "b": {"total": "B"}}, "rule": {"threshold": 4},
        "attacker": {"knows_status": False}, "published": {"as": "rounded" if base > 1 else "exact", "base": max(base, 2)},
    }  # fmt: skip
    possible: dict[tuple[str, str], list[int]] = {}
    most = full["A", "B"] + base
    for four in itertools.product(range(most + 1), repeat=4):
        if sum(four) > most:
            continue
        table = dict(zip([("a0", "b0"), ("a0", "b1"), ("a1", "b0"), ("a1", "b1")], four, strict=True))
        _add(table)
        if all(
            (2 * v + base) // (2 * base) * base == show[c] and v >= 4 if base > 1 else v == show[c]
            for c, v in table.items() if c not in gone
        ):  # fmt: skip
            for cell, value in table.items():
                possible.setdefault(cell, []).append(value)
    found = attack_table(frame, spec, exact=True)
    assert len(found.seen) == len(gone)
    for each in found.seen:
        cell = next(c for c in gone if found.public.relations.names.of(each.cell) == _name(c))
        assert each.high is not None
        inside = (min(possible[cell]), max(possible[cell]))
        assert each.low <= inside[0]
        assert each.high >= inside[1]
        if each.exact:
            assert (each.low, each.high) == inside


def _name(cell: tuple[str, str]) -> str:
    return ", ".join(code for code in cell if code not in ("A", "B"))


def _add(table: dict[tuple[str, str], int]) -> None:
    for i in range(2):
        table[f"a{i}", "B"] = table[f"a{i}", "b0"] + table[f"a{i}", "b1"]
        table["A", f"b{i}"] = table["a0", f"b{i}"] + table["a1", f"b{i}"]
    table["A", "B"] = table["a0", "B"] + table["a1", "B"]
