"""Faults: each kind does what it says and nothing else, and no rule is read."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.simulate.faults import DEFAULT, NONE, Injected, inject, read_plan
from piperoll.simulate.faults.cells import CELLS, missing, mistyped, mojibake, transposed
from piperoll.simulate.faults.plan import ROW_KINDS, FaultPlan, careless
from piperoll.simulate.render import csv_bytes


FRAME = pl.DataFrame({
    "number": [f"1AB{n:05d}" for n in range(400)],
    "name": [f"Zoë O'Neill, {n}" for n in range(400)],
    "opened": [dt.date(2010, 1, 1) + dt.timedelta(n) for n in range(400)],
    "closed": [dt.date(2012, 1, 1) + dt.timedelta(n) if n % 3 else None for n in range(400)],
    "at": [dt.datetime(2011, 5, 4, 10, 30, n % 60) for n in range(400)],
    "sum": pl.Series([n * 1.25 for n in range(400)]).cast(pl.Decimal(12, 2)),
    "whole": list(range(1000, 1400)),
    "sure": [n % 2 == 0 for n in range(400)],
})  # fmt: skip
EARLIER = FRAME.head(5).with_columns(pl.lit("0OLD0001").alias("number"))
CLEAN = csv_bytes(FRAME).decode().splitlines()


def only(**chances: float) -> FaultPlan:
    return replace(NONE, **chances)


def spoil(plan: FaultPlan, seed: int = 1, earlier: pl.DataFrame | None = EARLIER) -> Injected:
    return inject(FRAME, earlier, plan, np.random.default_rng(seed))


def lines(done: Injected) -> list[str]:
    return done.content.decode().splitlines()


def test_the_injector_knows_no_rule() -> None:
    room = Path(__file__).parents[2] / "src/piperoll/simulate/faults"
    for path in sorted(room.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert not name.startswith(("piperoll.register", "piperoll.collect")), path.name


@given(st.text(min_size=1), st.integers(0, 1000))
def test_a_transposition_keeps_every_character(text: str, seed: int) -> None:
    new = transposed(text, np.random.default_rng(seed))
    if new is None:
        assert len(set(text)) == 1
    else:
        assert new != text and sorted(new) == sorted(text)
        assert sum(a != b for a, b in zip(text, new, strict=True)) == 2


@given(st.text(min_size=1), st.integers(0, 1000))
def test_a_slip_changes_one_character(text: str, seed: int) -> None:
    new = mistyped(text, np.random.default_rng(seed))
    if new is not None:
        assert sum(a != b for a, b in zip(text, new, strict=True)) == 1


@given(st.text(), st.integers(0, 1000))
def test_a_garbled_text_is_another_text(text: str, seed: int) -> None:
    assert mojibake(text, np.random.default_rng(seed)) not in (text, "")
    assert missing(text, np.random.default_rng(seed)) == ("" if text else None)


@pytest.mark.parametrize("kind", [*CELLS, "wrong_value", "wrong_order"])
def test_value_faults_touch_the_rows_they_name_and_no_other(kind: str) -> None:
    done = spoil(only(**{kind: 0.1}))
    assert 15 < len(done.faults) < 70 and done.rows == 400
    touched = {number for number, (a, b) in enumerate(zip(CLEAN, lines(done), strict=True), 1) if a != b}
    assert touched == {each.row for each in done.faults}
    assert {each.kind for each in done.faults} == {kind}


@pytest.mark.parametrize("kind", [*CELLS, "wrong_value", "wrong_order"])
def test_value_faults_name_their_field(kind: str) -> None:
    done = spoil(only(**{kind: 0.1}))
    before = list(csv.DictReader(io.StringIO("\n".join(CLEAN))))
    after = list(csv.DictReader(io.StringIO(done.content.decode())))
    for each in done.faults:
        assert each.row is not None and each.field is not None
        old, new = before[each.row - 2], after[each.row - 2]
        assert {name for name in old if old[name] != new[name]} == set(each.field.split(", "))


def test_a_row_stands_twice() -> None:
    done = spoil(only(duplicated_row=0.05))
    written = lines(done)
    assert done.rows == 400 + len(done.faults) == len(written) - 1
    for each in done.faults:
        assert each.row is not None
        assert written[each.row - 1] == written[each.row - 2]


def test_an_old_record_comes_again() -> None:
    done = spoil(only(stale_row=0.05))
    written = lines(done)
    assert len(done.faults) > 5 and done.rows == 400 + len(done.faults)
    stale = {number for number, line in enumerate(written, 1) if line.startswith("0OLD")}
    assert stale == {each.row for each in done.faults}


def test_the_first_delivery_has_no_old_records() -> None:
    assert spoil(only(stale_row=0.5), earlier=None).content.decode().splitlines() == CLEAN


def test_rows_are_cut_or_shifted() -> None:
    done = spoil(only(truncated_row=0.03, shifted_row=0.03))
    written = lines(done)
    assert {each.kind for each in done.faults} == {"truncated_row", "shifted_row"}
    for each in done.faults:
        assert each.row is not None
        line, clean = written[each.row - 1], CLEAN[each.row - 1]
        assert clean.startswith(line) if each.kind == "truncated_row" else line.count(",") != clean.count(",")


@given(st.integers(0, 200))
def test_all_kinds_together_name_exactly_what_differs(seed: int) -> None:
    plan = FaultPlan(**dict.fromkeys(ROW_KINDS, 0.01))
    done = spoil(plan, seed)
    named = {each.row for each in done.faults}
    assert len(named) == len(done.faults)
    left = [line for number, line in enumerate(lines(done), 1) if number not in named]
    rest = iter(CLEAN)
    assert all(line in rest for line in left), "lines without a fault stand as they were, in order"
    assert len(lines(done)) - 1 == done.rows


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert spoil(DEFAULT, 4) == spoil(DEFAULT, 4)
    heavy = careless(DEFAULT)
    assert spoil(heavy, 4).content != spoil(heavy, 5).content


def test_no_fault_means_the_clean_bytes() -> None:
    assert spoil(NONE) == Injected(csv_bytes(FRAME), 400, ())
    assert NONE.empty and not DEFAULT.empty


def test_a_plan_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("transposed: 0.5\nlate: 1\n", encoding="utf-8")
    assert read_plan(str(path)) == FaultPlan(transposed=0.5, late=1.0)
    assert read_plan("none") is NONE and read_plan("default") is DEFAULT


@pytest.mark.parametrize(
    "text",
    ["", "- 1", "typo: 0.1", "late: 2", "late: -0.1", "late: yes", "late: true", "a: [", "late: .7\nmissing: .7"],
)
def test_a_bad_plan_is_told(text: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as told:
        read_plan(str(path))
    assert told.value.code == "PR-M005" and told.value.where == str(path)


def test_a_plan_that_is_not_there_is_told() -> None:
    with pytest.raises(UserError, match="PR-M005"):
        read_plan("nowhere.yaml")
