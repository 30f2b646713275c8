"""``kill -9`` of a linkage at 20 random moments: run again, it ends as if nothing had been, byte for byte."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from justice_world.population import write_population


ROOT = Path(__file__).parents[2]
SPEC = """\
linkage: people
record: record
fields:
  - {name: forename}
  - {name: surname}
  - {name: dob}
  - {name: postcode, optional: true}
block: {largest: 300}
"""
# Tasks of a few thousand pairs, parts of a few tasks: the work is that of a large run, cut as finely
PROGRAM = """\
import sys
from piperoll.link.score import run, spill
run.tasks.__defaults__ = (20_000,)
spill.MOST_TASKS = 4
from piperoll.cli import main
main(sys.argv[1:])
"""
KILLS = 20


def start(place: Path, out: str, files: list[str]) -> subprocess.Popen[bytes]:
    words = ["link", "files", "spec.yaml", *files, "--out", out]
    return subprocess.Popen([sys.executable, "-c", PROGRAM, *words], cwd=place, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, start_new_session=True)  # fmt: skip


def finish(place: Path, out: str, files: list[str]) -> float:
    """Run to the end; seconds it took."""
    begun = time.monotonic()
    running = start(place, out, files)
    _, said = running.communicate()
    assert running.returncode == 0, said.decode()
    return time.monotonic() - begun


@pytest.mark.slow
def test_a_linkage_killed_at_random_moments_ends_the_same(tmp_path: Path) -> None:
    written = write_population(tmp_path / "world", people=20_000, seed=3)
    assert written.total > 20_000
    files = sorted(str(path.relative_to(tmp_path)) for path in (tmp_path / "world").rglob("*.parquet"))
    files = [
        each
        for each in files
        if {"record", "forename", "surname", "dob"} <= set(pl.read_parquet_schema(tmp_path / each))
    ][:2]
    assert len(files) == 2
    (tmp_path / "spec.yaml").write_text(SPEC)
    finish(tmp_path, "compiled", files)
    took = finish(tmp_path, "plain", files)
    moments = random.Random(20_110_210)
    stopped, gone_on = 0, 0
    for number in range(KILLS):
        running = start(tmp_path, "killed", files)
        try:
            running.wait(took * moments.uniform(0.15, 0.95))
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            stopped += 1
        assert running.stderr is not None
        running.stderr.close()
        work = tmp_path / ".killed.work"
        gone_on += work.is_dir() and bool(list(work.glob("part-*")))
        if (tmp_path / "killed").exists():  # it was done before its moment came: it is whole, and begins anew
            assert (tmp_path / "killed" / "clusters.parquet").is_file()
            for name in ("clusters.parquet", "pairs.parquet"):
                assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "plain" / name).read_bytes()
            (tmp_path / "killed").rename(tmp_path / f"done-{number}")
    if not (tmp_path / "killed").exists():
        finish(tmp_path, "killed", files)
    assert stopped >= KILLS // 2
    assert gone_on
    for name in ("clusters.parquet", "pairs.parquet", "model.json"):
        assert (tmp_path / "killed" / name).read_bytes() == (tmp_path / "plain" / name).read_bytes(), name
    assert not (tmp_path / ".killed.work").exists()
