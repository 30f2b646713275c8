"""Homes built by the command line alone, once for all tests, whichever worker asks first."""

from __future__ import annotations

import csv
import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parents[2]
NOW = "2012-11-08T09:30:00+00:00"
PUBLICATION = "mortgage_and_landlord_possession"
STYLED = (ROOT / "src/piperoll/present/static/govuk.css").exists()


def piperoll(home: Path, *words: object, status: Sequence[int] = (0,), **environment: str) -> str:
    """What ``piperoll`` prints; it must end with one of the statuses, and never with a traceback."""
    command = [sys.executable, "-m", "piperoll", "--register", str(ROOT / "justice"), "--home", str(home)]
    done = subprocess.run(
        [*command, *map(str, words)],
        capture_output=True, text=True, check=False, cwd=home.parent,
        env={**os.environ, "PIPEROLL_NOW": NOW, **environment},
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in status, (words, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


@dataclass(frozen=True)
class World:
    """A home with simulated deliveries collected, and an edition of 2012Q2.

    Attributes:
        home: The home; the deliveries are in its ``inbox``, the truth in its ``truth``.
        release: Directory of the edition; empty if none was made.
        collected: What collect printed.
    """

    home: Path
    release: Path
    collected: str

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of a published CSV."""
        with (self.release / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))


def build(top: Path, faults: str, first: str, scale: str, seed: int = 1) -> World:
    """Simulate, collect and release below ``top``."""
    home, release = top / "home", top / "release"
    few = ("--persons", "0.0045", "--persons-from", "2012-06")
    months = ("--from", first, "--to", "2012-06")
    piperoll(home, "simulate", "--faults", faults, "--scale", scale, *months, *few, "--seed", seed)
    # Refused deliveries are told by status 16: with faults there may be some.
    collected = piperoll(home, "collect", home / "inbox", "--quiet", status=(0,) if faults == "none" else (0, 16))
    piperoll(home, "release", PUBLICATION, "2012Q2", "--out", release)
    return World(home, release, collected)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], World]) -> World:
    """The world of this name; the first worker that asks makes it, the others wait for it.

    While writing tests, name a directory in ``PIPEROLL_E2E`` to keep the worlds for the next run.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    shared = factory.getbasetemp().parent if worker else factory.getbasetemp()
    shared = Path(os.environ.get("PIPEROLL_E2E") or shared)
    top = shared / f"e2e-{name}"
    with (shared / f"e2e-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = top / "collected.txt"
        if not done.exists():
            # A maker that failed leaves its traces: the next says why again, in a place of its own.
            if top.exists():
                pytest.fail(f"the world {name} could not be made; see the first error")
            top.mkdir()
            done.write_text(make(top).collected, encoding="utf-8")
    return World(top / "home", top / "release", done.read_text(encoding="utf-8"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a whole world is slow: simulating and collecting it takes minutes."""
    for item in items:
        here = Path(__file__).parent in item.path.parents
        if here and {"clean", "spoilt"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Eighteen months without a fault."""
    return once(tmp_path_factory, "clean", lambda top: build(top, "none", "2011-01", "0.05"))


@pytest.fixture(scope="session")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Six months in which much goes wrong: the usual faults, more often."""

    def make(top: Path) -> World:
        plan = top / "faults.yaml"
        plan.write_text(SPOILT, encoding="utf-8")
        return build(top, str(plan), "2012-01", "0.05", seed=3)

    return once(tmp_path_factory, "spoilt", make)


SPOILT = """\
transposed: 0.002
mistyped: 0.002
missing_value: 0.002
encoding_value: 0.001
wrong_value: 0.002
wrong_order: 0.002
duplicated_row: 0.002
stale_row: 0.001
truncated_row: 0.0005
shifted_row: 0.0005
late: 0.03
missing: 0.03
twice: 0.03
truncated_file: 0.02
corrected: 0.02
encoding_file: 0.02
"""
