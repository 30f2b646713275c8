"""The truth of a simulation: tables that grow month by month, written in a thread beside the drawing."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from piperoll.simulate.truth import TruthWriter


def _month(number: int) -> pl.DataFrame:
    return pl.DataFrame({"who": [f"p{number}", "q"], "months": [number, number + 1]})


def _write(directory: Path, months: range, *, settled: bool) -> None:
    with TruthWriter(directory) as writer:
        for number in months:
            writer.add("people", _month(number))
            writer.add("events", _month(number).select("months"))
            if settled:
                writer.settle()


def test_rows_stand_in_the_order_in_which_they_were_added(tmp_path: Path) -> None:
    _write(tmp_path / "truth", range(20), settled=False)
    assert pl.read_parquet(tmp_path / "truth" / "people.parquet").rows() == [
        row for number in range(20) for row in _month(number).rows()
    ]


def test_waiting_in_between_changes_no_byte(tmp_path: Path) -> None:
    _write(tmp_path / "one", range(5), settled=False)
    _write(tmp_path / "two", range(5), settled=True)
    for name in ("people.parquet", "events.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_what_cannot_be_written_is_told_when_waited_for(tmp_path: Path) -> None:
    writer = TruthWriter(tmp_path / "truth").__enter__()
    writer.add("people", _month(1))
    writer.add("people", pl.DataFrame({"who": ["p"], "months": ["many"]}))
    with pytest.raises(pa.ArrowInvalid):
        writer.settle()
    writer.settle()  # told once
    writer.__exit__(None, None, None)
    assert pl.read_parquet(tmp_path / "truth" / "people.parquet").rows() == _month(1).rows()


def test_what_cannot_be_written_at_the_end_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"No such file"), TruthWriter(tmp_path / "truth") as writer:
        (tmp_path / "truth").rmdir()
        writer.add("people", _month(1))


def test_an_error_of_the_drawing_is_not_hidden_by_one_of_the_writing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="drawn"), TruthWriter(tmp_path / "truth") as writer:
        writer.add("people", pl.DataFrame({"who": ["p"], "months": ["many"]}))
        writer.add("people", _month(1))
        raise ValueError("not drawn")
