"""A month's files written in the background: the same, whoever writes them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate import background
from piperoll.simulate.background import Background, Job
from piperoll.simulate.faults.plan import DEFAULT
from piperoll.simulate.send import Route, Written
from piperoll.simulate.streams import Streams
from tests.simulate.conftest import Bakery
from tests.simulate.test_run import HEAVY, run, tree


def jobs(bakery: Bakery, shops: Register) -> list[Job]:
    batch = next(iter(bakery.batches()))
    return [Job(each, shops.dataset(each.dataset), None, "on_time") for each in batch.deliveries]


def sent(work: list[Job], out: Path) -> list[Written]:
    out.mkdir()
    with Background(DEFAULT, Streams(3), Route(out)) as made:
        return made.put(work).result()


def test_a_process_of_its_own_writes_the_same(
    bakery: Bakery, shops: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(bakery, shops, tmp_path / "here", HEAVY)
    monkeypatch.setattr(background, "_WORTH_A_PROCESS", 1)
    run(bakery, shops, tmp_path / "apart", HEAVY)
    here, apart = tree(tmp_path / "here"), tree(tmp_path / "apart")
    assert here == apart
    assert len(here) > 10


def test_what_was_written_is_told_in_the_order_of_the_jobs_and_without_rows(
    bakery: Bakery, shops: Register, tmp_path: Path
) -> None:
    work = jobs(bakery, shops)
    told = sent(work, tmp_path / "out")
    slots = [(each.delivery.dataset, each.delivery.supplier, each.delivery.period) for each in told]
    assert slots == [(each.delivery.dataset, each.delivery.supplier, Period.parse("2012-01")) for each in work]
    assert all(each.delivery.frame.width == 0 for each in told)
    assert [each.rows_true for each in told] == [each.delivery.frame.height for each in work]


def test_a_failure_comes_back_to_who_asked(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    with Background(DEFAULT, Streams(3), Route(tmp_path / "not there")) as made, pytest.raises(FileNotFoundError):
        made.put(jobs(bakery, shops)).result()


def test_who_writes_files_waits_for_nothing_of_entry_and_returns() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import sys, piperoll.simulate.background; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = said.stdout.split()
    assert "piperoll.simulate.send" in loaded
    assert not [each for each in loaded if each.startswith(("piperoll.collect.entry", "piperoll.present"))]
