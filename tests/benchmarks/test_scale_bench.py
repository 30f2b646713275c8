"""The benchmark of scale: vintages grow by copies that do not meet, and what is reported is well formed."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import scale
from world_process import Measured

from piperoll.register.model.contract import Dataset, Field
from piperoll.register.model.register import Register, Source
from piperoll.store import ObjectStore, Part


CASE = Dataset(
    "case", "Cases", "increment", ("case_no",), (Field("case_no", "str(4)", "L"), Field("area", "code", "A"))
)
RETURN = Dataset("return", "Returns", "events", ("area",), (Field("area", "code", "A"), Field("count", "int", "M")))


@pytest.fixture
def base(tmp_path: Path) -> tuple[Register, ObjectStore, list[Part]]:
    store, parts = ObjectStore(tmp_path / "store"), []
    frames = {
        "s.case": pl.DataFrame({"case_no": ["x", "y", "x"], "area": ["A", "B", "C"], "_row": [2, 3, 4]}),
        "s.return": pl.DataFrame({"area": ["A", "B"], "count": [5, 6], "_row": [2, 3]}),
    }
    for number, (key, frame) in enumerate(frames.items(), start=1):
        frame.write_parquet(tmp_path / "part")
        mode = "increment" if key == "s.case" else "events"
        parts.append(Part(key, "all", "2012-01", number, store.put(tmp_path / "part"), mode, f"d{number}"))
    source = Source("s", "S", datasets=(CASE, RETURN))
    return Register(tmp_path, "r", "R", "", {"s": source}, {}, {}, {}, {}), store, parts


def test_records_with_a_number_are_copied_and_counts_of_areas_are_not(
    base: tuple[Register, ObjectStore, list[Part]], tmp_path: Path
) -> None:
    register, store, parts = base
    made = scale.grown(register, parts, store, 3, 0.03, tmp_path / "grown")
    told = {each.dataset: each for each in scale.parts_of(tmp_path / "grown")}
    held = {key: pl.read_parquet(ObjectStore(made.folder / "store").require(told[key].object)) for key in told}
    cases = held["s.case"].sort("_row")
    assert (made.rows, made.share) == (11, 0.03)
    assert held["s.return"]["count"].to_list() == [5, 6]
    assert sorted(set(cases["case_no"])) == ["x#0", "x#1", "x#2", "y#0", "y#1", "y#2"]
    # The last state of each copy is that of the record.
    assert cases.unique("case_no", keep="last").sort("case_no")["area"].to_list() == ["C"] * 3 + ["B"] * 3
    assert cases["_row"].is_unique().all()
    assert [each.sequence for each in told.values()] == [1, 2]
    assert made.size == sum(path.stat().st_size for path in (made.folder / "store").rglob("*.parquet"))


def test_one_copy_is_the_vintage_itself(base: tuple[Register, ObjectStore, list[Part]], tmp_path: Path) -> None:
    register, store, parts = base
    made = scale.grown(register, parts, store, 1, 0.01, tmp_path / "grown")
    first = pl.read_parquet(ObjectStore(made.folder / "store").require(scale.parts_of(made.folder)[0].object))
    assert first["case_no"].to_list() == ["x", "y", "x"]
    assert made.rows == 5


def test_cells_that_differ_are_named(tmp_path: Path) -> None:
    cells = pl.DataFrame({"identity": ["a", "b"], "value": [1.0, None], "n": [1, 2]})
    others = {
        "same": cells,
        "close": cells.with_columns(value=pl.Series([1.0 + 1e-14, None])),
        "value": cells.with_columns(value=pl.Series([1.0 + 1e-9, None])),
        "null": cells.with_columns(value=pl.Series([1.0, 0.0])),
        "count": cells.with_columns(n=pl.Series([1, 3])),
        "fewer": cells.head(1),
    }
    for engine in scale.ENGINES:
        (tmp_path / f"{engine}-cells").mkdir()
    for name, other in others.items():
        cells.write_parquet(tmp_path / "duckdb-cells" / f"{name}.parquet")
        other.write_parquet(tmp_path / "spark-cells" / f"{name}.parquet")
    assert scale.apart(tmp_path) == ["count", "fewer", "null", "value"]


@pytest.mark.slow
def test_the_section_says_growth_and_ratio(tmp_path: Path) -> None:
    said = json.dumps({"seconds": dict.fromkeys(scale.PUBLICATIONS, 2.5), "cells": 1234})
    vintages = [scale.Vintage(share, tmp_path, int(share * 1e6), 5_000_000) for share in (0.01, 0.1)]
    done = {
        (0.01, "duckdb"): Measured(10, 12, 500, said),
        (0.01, "spark"): Measured(40, 60, 2000, said),
        (0.1, "duckdb"): Measured(100, 120, 500, said),
        (0.1, "spark"): Measured(80, 120, 2000, said),
    }
    lines = scale.report(vintages, done, "a month", 0.5)
    assert lines[0].startswith("`make bench-scale`: a month of the sources of 6 publications")
    assert "1,234 cells" in lines[0]
    assert "| 0.01 | 10,000 | 5 | 10 | 500 | 40 | 2,000 | 4.0 |" in lines
    assert "| 0.1 | 100,000 | 5 | 100 | 500 | 80 | 2,000 | 0.8 |" in lines
    growth = next(line for line in lines if "to the power" in line)
    assert "DuckDB's time 1.00, its memory 0.00" in growth
    assert "Spark's time 0.30" in growth
    assert sum(line.startswith("| `") for line in lines) == len(scale.PUBLICATIONS)


def test_growth_is_the_slope_of_logarithms() -> None:
    assert scale.exponent([(1, 5), (10, 500), (100, 50_000)]) == pytest.approx(2)
    assert scale.exponent([(1, 7), (10, 7)]) == pytest.approx(0)
