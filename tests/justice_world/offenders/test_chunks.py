"""Chunks of the population drawn by threads and by processes, and what is kept of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from pytest import MonkeyPatch

from justice_world.offenders import Offenders, chunks
from justice_world.offenders.areas import read_areas
from justice_world.offenders.chunks import Chunks
from justice_world.offenders.kept import Kept
from justice_world.offenders.predictors import Scales
from justice_world.offenders.systems import ACTIVE, ENGLAND_AND_WALES
from justice_world.offenders.window import Shown
from justice_world.population.people import CHUNK
from piperoll.periods import Period, span
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


def _drawn(register: Register, directory: Path, months: tuple[str, str], size: int = 700) -> Kept:
    directory.mkdir()
    kept = Kept(directory, *(Period.parse(each) for each in months))
    Chunks(size, Streams(3), read_areas(register), Scales(register), kept).draw()
    return kept


def test_what_few_months_show_is_what_all_months_have_of_them(register: Register, tmp_path: Path) -> None:
    few, wide = ("2011-02", "2011-04"), ("2008-01", "2013-12")
    short, long = (_drawn(register, tmp_path / months[0], months) for months in (few, wide))
    tables = {path.name.rpartition("-")[0] for path in (tmp_path / "2011-02").iterdir()}
    assert tables == {path.name.rpartition("-")[0] for path in (tmp_path / "2008-01").iterdir()} and len(tables) > 25
    rows = 0
    for table in sorted(tables):
        for month in span(*(Period.parse(each) for each in few)):
            all_of = long.take(table, month).filter(pl.col("began") >= dt.date(2011, 2, 1))
            assert_frame_equal(short.take(table, month), all_of)
            rows += all_of.height
    assert rows > 500


def test_what_no_month_shows_is_not_written_out(register: Register, tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    put: dict[str, pl.DataFrame] = {}
    monkeypatch.setattr(Kept, "put", lambda self, chunk, tables: put.update(tables))
    _drawn(register, tmp_path / "2011", ("2011-02", "2011-04"), 1500)
    days = pl.col("entered").is_between(dt.date(2011, 2, 1), dt.date(2011, 4, 30))
    for table in (
        "mc_hearing",
        "fines_account",
        "pnc_person",
        "pnc_occasion",
        "pnc_offence",
        "pnc_disposal",
        "caseload",
    ):
        assert put[table].height and put[table].select(days.all()).item(), table
    # The Crown Court counts offences that magistrates heard before.
    sent = put["mc_offence"]["committed_to_cc_date"].is_not_null()
    assert put["mc_offence"].filter(~sent).select(days.all()).item() and put["mc_offence"].filter(sent).height


@pytest.mark.parametrize(
    ("entered", "began", "there"),
    [(9, 9, False), (10, 10, True), (19, 10, True), (19, 9, False), (20, 10, False), (20, 20, False)],
)
def test_shown_is_what_enters_and_began_within_the_days(entered: int, began: int, there: bool) -> None:
    shown = Shown(10, 19)
    assert shown.rows(np.array([entered, 0]), np.array([began, 0])).tolist() == [0] * there
    assert shown.rows(np.array([0, entered])).tolist() == [1] * (10 <= entered <= 19)


def test_the_days_kept_are_those_of_whole_months(tmp_path: Path) -> None:
    shown = Kept(tmp_path, Period.parse("2010-02"), Period.parse("2012-02")).shown
    ends = [np.datetime64(each, "D").item() for each in (shown.first, shown.last)]
    assert ends == [dt.date(2010, 2, 1), dt.date(2012, 2, 29)]


def test_all_chunks_are_the_whole(register: Register, tmp_path: Path) -> None:
    offenders = Offenders(register, Streams(2), SHARE, MONTH, tmp_path, MONTH)
    mine: Chunks = Chunks(10, Streams(2), offenders._areas, offenders._scales, offenders._kept)
    people, young, sentenced = mine.draw()
    assert people["person"].to_list() == list(range(10))
    assert set(young["person"]) <= set(range(10)) and set(sentenced["person"]) <= set(young["person"])
