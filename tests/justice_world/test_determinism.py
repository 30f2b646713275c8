"""The same seed gives the same bytes, deliveries and truth alike."""

from __future__ import annotations

import hashlib
from pathlib import Path

from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate import build, read_plan, simulate


def _tree(top: Path) -> dict[str, str]:
    files = sorted(path for path in top.rglob("*") if path.is_file())
    return {path.relative_to(top).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _run(register: Register, top: Path, seed: int) -> dict[str, str]:
    world = build("justice", register, seed, 0.005, Period.parse("2007-11"), Period.parse("2008-02"))
    simulate(world, register, top / "out", top / "truth", read_plan("default"), seed)
    return _tree(top)


def test_two_runs_give_the_same_bytes(register: Register, tmp_path: Path) -> None:
    first, second = _run(register, tmp_path / "a", 1), _run(register, tmp_path / "b", 1)
    assert first == second and len(first) > 50


def test_another_seed_is_another_world(register: Register, tmp_path: Path) -> None:
    first, second = _run(register, tmp_path / "a", 1), _run(register, tmp_path / "b", 2)
    assert first["truth/claims.parquet"] != second["truth/claims.parquet"]


def test_faults_leave_the_truth_as_it_is(register: Register, tmp_path: Path) -> None:
    trees = []
    for plan in ("none", "default"):
        world = build("justice", register, 1, 0.005, Period.parse("2007-11"), Period.parse("2008-02"))
        simulate(world, register, tmp_path / plan / "out", tmp_path / plan / "truth", read_plan(plan), 1)
        trees.append(_tree(tmp_path / plan / "truth"))
    for table in ("claims", "events", "petitions"):
        assert trees[0][f"{table}.parquet"] == trees[1][f"{table}.parquet"]
