"""Chunks of the population drawn by threads and by processes, and what is kept of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from justice_world.offenders import Offenders, chunks
from justice_world.offenders.chunks import Chunks
from justice_world.offenders.kept import Kept
from justice_world.offenders.systems import ACTIVE, ENGLAND_AND_WALES
from justice_world.population.people import CHUNK
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


MONTH = Period.parse("2011-05")
SHARE = 0.0003


def _rows(entered: list[str], began: list[str]) -> pl.DataFrame:
    days = {"entered": entered, "began": began}
    return pl.DataFrame(days).with_columns(pl.all().str.to_date()).with_row_index("id")


def test_processes_draw_what_threads_draw(register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for name, most in (("threads", 6), ("processes", 1)):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(chunks, "_WORTH_PROCESSES", most)
        offenders = Offenders(register, Streams(2), SHARE, MONTH, tmp_path / name, MONTH)
        made.append((offenders.month(MONTH), offenders.young, offenders.sentenced))
    ((sent, truth), young, sentenced), ((other, told), theirs, ended) = made
    assert [(each.dataset, each.supplier) for each in sent] == [(each.dataset, each.supplier) for each in other]
    assert sum(each.frame.height for each in sent) > 100
    for one, two in zip(sent, other, strict=True):
        assert_frame_equal(one.frame, two.frame)
    assert truth.keys() == told.keys()
    for name in truth:
        assert_frame_equal(truth[name], told[name])
    assert_frame_equal(young, theirs)
    assert_frame_equal(sentenced, ended)


def test_the_last_chunk_has_the_people_who_are_left(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK", 700)
    offenders = Offenders(register, Streams(2), 1000 / (ENGLAND_AND_WALES * ACTIVE), MONTH, tmp_path, MONTH)
    assert offenders.size == 1000 < CHUNK
    _, truth = offenders.month(MONTH)
    assert truth["people"].height == 1000
    assert len(list(tmp_path.glob("mc_case-*.arrow"))) == 2


def test_only_rows_of_the_worlds_months_are_kept(tmp_path: Path) -> None:
    kept = Kept(tmp_path, Period.parse("2010-02"), Period.parse("2010-04"))
    entered = ["2010-05-01", "2010-04-01", "2010-02-01", "2010-01-01", "2010-02-01", "2010-04-01"]
    began = ["2010-02-01", "2010-02-01", "2010-01-01", "2010-01-01", "2010-02-01", "2010-04-01"]
    kept.put(0, {"t": _rows(entered, began), "none": _rows(entered[:1], began[:1])})
    assert pl.read_ipc(tmp_path / "t-0000.arrow")["id"].to_list() == [4, 1, 5]
    months = {each: kept.take("t", Period.parse(each))["id"].to_list() for each in ("2010-02", "2010-03", "2010-04")}
    assert months == {"2010-02": [4], "2010-03": [], "2010-04": [1, 5]}
    assert kept.take("none", Period.parse("2010-04")).columns == ["id", "entered", "began"]


def test_months_are_taken_by_chunk_in_the_order_kept(tmp_path: Path) -> None:
    kept = Kept(tmp_path, Period.parse("2010-01"), Period.parse("2010-12"))
    days = [dt.date(2010, 1 + number % 6, 1).isoformat() for number in range(3000)]
    for chunk in (1, 0):
        kept.put(chunk, {"t": _rows(days, days).with_columns(chunk=pl.lit(chunk))})
    taken = kept.take("t", Period.parse("2010-03"), Period.parse("2010-04"))
    by_chunk = [number for month in (2, 3) for number in range(month, 3000, 6)]
    assert taken["id"].to_list() == by_chunk * 2
    assert taken["chunk"].to_list() == [0] * 1000 + [1] * 1000


def test_all_chunks_are_the_whole(register: Register, tmp_path: Path) -> None:
    offenders = Offenders(register, Streams(2), SHARE, MONTH, tmp_path, MONTH)
    mine: Chunks = Chunks(10, Streams(2), offenders._areas, offenders._scales, offenders._kept)
    people, young, sentenced = mine.draw()
    assert people["person"].to_list() == list(range(10))
    assert set(young["person"]) <= set(range(10)) and set(sentenced["person"]) <= set(young["person"])
