"""A simulation is in its place whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from piperoll.collect.simulated import MARK, is_simulated
from piperoll.errors import UserError
from piperoll.simulate.place import STAMP, write_once
from piperoll.simulate.run import Summary


DONE = Summary(1, 2, 3, 4, {"shop.sale": 2})
SETTINGS = {"seed": 1, "faults": {"late": 0.1}}


class Writer:
    def __init__(self, fail: bool = False) -> None:
        self.calls = 0
        self.fail = fail

    def __call__(self, out: Path, truth: Path) -> Summary:
        self.calls += 1
        (out / "a.csv").write_text("x\n")
        if self.fail:
            raise KeyboardInterrupt
        (truth / "t.parquet").write_text("t")
        return DONE


def test_the_same_simulation_is_written_once(tmp_path: Path) -> None:
    out, truth, writer = tmp_path / "inbox", tmp_path / "truth", Writer()
    assert write_once(out, truth, SETTINGS, writer) == (DONE, True)
    assert write_once(out, truth, SETTINGS, writer) == (DONE, False)
    assert writer.calls == 1
    assert sorted(path.name for path in tmp_path.rglob("*")) == [MARK, "a.csv", "inbox", STAMP, "t.parquet", "truth"]
    assert is_simulated(out / "a.csv") and is_simulated(out / "2012-07" / "b.csv") and not is_simulated(truth / STAMP)


def test_an_empty_directory_may_be_there(tmp_path: Path) -> None:
    out, truth = tmp_path / "inbox", tmp_path / "truth"
    out.mkdir()
    assert write_once(out, truth, SETTINGS, Writer())[1]


@pytest.mark.parametrize("name", ["inbox", "truth"])
def test_something_else_is_never_mixed_with(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "real.csv").write_text("x")
    with pytest.raises(UserError, match="PR-M006"):
        write_once(tmp_path / "inbox", tmp_path / "truth", SETTINGS, Writer())
    assert (tmp_path / name / "real.csv").read_text() == "x"


def test_another_simulation_is_not_overwritten(tmp_path: Path) -> None:
    out, truth = tmp_path / "inbox", tmp_path / "truth"
    write_once(out, truth, SETTINGS, Writer())
    with pytest.raises(UserError, match="PR-M006"):
        write_once(out, truth, {**SETTINGS, "seed": 2}, Writer())


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_text("x")
    with pytest.raises(UserError, match="PR-M006"):
        write_once(tmp_path / "inbox", tmp_path / "truth", SETTINGS, Writer())


def test_a_run_that_was_stopped_can_be_run_again(tmp_path: Path) -> None:
    out, truth = tmp_path / "inbox", tmp_path / "truth"
    with pytest.raises(KeyboardInterrupt):
        write_once(out, truth, SETTINGS, Writer(fail=True))
    assert not out.exists() and not truth.exists()
    assert write_once(out, truth, SETTINGS, Writer()) == (DONE, True)
    assert not list(tmp_path.glob("*.partial"))


def test_truth_in_place_without_deliveries_is_written_again(tmp_path: Path) -> None:
    out, truth = tmp_path / "inbox", tmp_path / "truth"
    write_once(out, truth, SETTINGS, Writer())
    (out / "a.csv").unlink()
    assert write_once(out, truth, SETTINGS, Writer()) == (DONE, True)


@pytest.mark.parametrize("stamp", ["", "[]", '{"settings": 1}', '{"settings": {}, "summary": {"files": 1}}'])
def test_a_broken_stamp_is_something_else(stamp: str, tmp_path: Path) -> None:
    out, truth = tmp_path / "inbox", tmp_path / "truth"
    write_once(out, truth, SETTINGS, Writer())
    (truth / STAMP).write_text(stamp)
    with pytest.raises(UserError, match="PR-M006"):
        write_once(out, truth, SETTINGS, Writer())
