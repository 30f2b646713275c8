"""Pairs kept in parts: gone on with after a stop, thrown away for other work, refused where there is no room."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.link import tables
from piperoll.link.engine import Linked, link
from piperoll.link.files.spec import Loaded
from piperoll.link.score import run, spill
from piperoll.link.score.run import Pairs, together
from piperoll.link.score.spill import Spill, key_of
from tests.link.worlds import people


@pytest.fixture(autouse=True)
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.tasks, "__defaults__", (20,))
    monkeypatch.setattr(spill, "MOST_TASKS", 2)


class Stopped(Exception):
    pass


def test_a_stopped_run_goes_on_and_ends_as_if_nothing_had_been(
    loaded: Callable[..., Loaded], tmp_path: Path, linked: Linked
) -> None:
    frame, linkage = people(300, 7), linked.ready.linkage
    expected = tables.pairs(link({"a": frame}, linkage)), tables.clusters(linked)
    seen: list[int] = []
    for stop in range(100):
        told = 0

        def progress(text: str, stop: int = stop) -> None:
            nonlocal told
            told += text.startswith("Comparing")
            if told > stop % 4:
                raise Stopped

        work = Spill(tmp_path / "work", "key")
        seen.append(len(work.parts()))
        try:
            again = link({"a": frame}, linkage, progress=progress if stop < 12 else lambda _: None, spill=work)
        except Stopped:
            continue
        break
    assert stop <= 12
    assert len(set(seen)) > 3
    assert seen == sorted(seen)
    assert tables.pairs(again).equals(expected[0])
    assert tables.clusters(again).equals(expected[1])
    work.clear()
    assert not (tmp_path / "work").exists()


def test_work_of_another_key_is_thrown_away(linked: Linked, tmp_path: Path) -> None:
    first = Spill(tmp_path / "w", "one")
    link({"a": people(300, 7)}, linked.ready.linkage, spill=first)
    assert first.remembered("model")
    assert first.parts()
    same = Spill(tmp_path / "w", "one")
    assert same.parts() == first.parts()
    other = Spill(tmp_path / "w", "other")
    assert (other.parts(), other.remembered("model")) == ([], None)
    assert [each.name for each in (tmp_path / "w").iterdir()] == ["key"]


def test_only_parts_that_follow_one_another_are_believed(tmp_path: Path) -> None:
    work = Spill(tmp_path / "w", "k")
    for first, last in ((0, 3), (3, 5), (8, 9), (4, 8)):
        (work.directory / f"part-{first:08d}-{last:08d}.parquet").touch()
    (work.directory / ".part-00000005-00000008.parquet.1").touch()
    assert [each.name[5:22] for each in work.parts()] == ["00000000-00000003", "00000003-00000005"]


def test_a_model_that_was_cut_off_is_not_believed(tmp_path: Path) -> None:
    work = Spill(tmp_path / "w", "k")
    work.remember("model", {"a": [1.5]})
    assert work.remembered("model") == {"a": [1.5]}
    (work.directory / "model.json").write_text('{"a": [1')
    assert work.remembered("model") is None
    assert work.remembered("none") is None


def test_a_full_disk_is_told_and_the_parts_so_far_stay(
    linked: Linked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Spill(tmp_path / "w", "k")
    true, written = pl.DataFrame.write_parquet, []

    def write(frame: pl.DataFrame, path: Path, **more: Any) -> None:
        if len(written) == 2:
            Path(path).write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        true(frame, path, **more)

    monkeypatch.setattr(pl.DataFrame, "write_parquet", write)
    with pytest.raises(UserError) as caught:
        link({"a": people(300, 7)}, linked.ready.linkage, spill=work)
    assert (caught.value.code, caught.value.where) == ("PR-L007", str(work.directory))
    assert "No space left on device" in caught.value.message
    assert "same command again" in caught.value.fix
    assert len(work.parts()) == 2
    assert not list(work.directory.glob(".part*"))
    monkeypatch.undo()
    monkeypatch.setattr(run.tasks, "__defaults__", (20,))
    again = link({"a": people(300, 7)}, linked.ready.linkage, spill=Spill(tmp_path / "w", "k"))
    assert tables.pairs(again).equals(tables.pairs(linked))


def test_a_directory_that_cannot_be_made_or_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="PR-L007"):
        Spill(tmp_path / "file", "k")
    work = Spill(tmp_path / "w", "k")

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match="No space left on device"):
        work.remember("model", {})


def test_keys_are_of_all_that_is_said() -> None:
    said = [("a", "b"), ("ab",), ("a", "b", ""), ("b", "a"), ("a\ud800",)]
    assert len({key_of(*each) for each in said}) == len(said)
    assert key_of("a", "b") == key_of("a", "b")


def test_pairs_are_read_down_to_a_bound(linked: Linked, tmp_path: Path) -> None:
    work = Spill(tmp_path / "w", "k")
    link({"a": people(300, 7)}, linked.ready.linkage, spill=work)
    every, high = together(list(work.read())), together(list(work.read(5.0)))
    assert len(high) == int((every.weight >= 5.0).sum()) < len(every)
    assert high.weight.min() >= 5.0
    assert (np.diff(every.rule) >= 0).all()


def test_pairs_of_nothing_have_their_kinds() -> None:
    nothing = together([])
    assert [getattr(nothing, name).dtype for name in Pairs.__annotations__] == [
        "int32",
        "int32",
        "int64",
        "float64",
        "int16",
    ]
