"""The benchmark of a simulated world: a tiny world runs whole, and what is reported of it is well formed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb
import polars as pl
import pytest
import world
import world_process


SETTINGS = ("--scale=0.002", "--persons=0", "--from=2008-01", "--to=2008-01")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[world.Run, Path]:
    folder = tmp_path_factory.mktemp("world")
    return world.run(SETTINGS, folder, ROOT / "justice"), folder


@pytest.mark.slow
def test_a_world_is_simulated_collected_and_set_beside_the_bare_work(done: tuple[world.Run, Path]) -> None:
    told, folder = done
    assert list(told.measured) == ["simulate", "write", "collect", "read"]
    summary = json.loads((folder / "truth" / "simulation.json").read_text())["summary"]
    assert (told.files, told.rows, told.size) == (summary["files"], summary["rows"], summary["bytes"])
    assert f"{told.files} files:" in told.measured["collect"].said
    assert all(each.cpu > 0 and each.mb > 10 for each in told.measured.values())
    # The bare work is a part of its process.
    assert all(0 < told.bare[name] < told.measured[name].wall for name in ("write", "read"))


@pytest.mark.slow
def test_the_section_has_a_row_for_each_and_ratios_to_the_bare_work(done: tuple[world.Run, Path]) -> None:
    told, _ = done
    lines = world.report(SETTINGS, told, 0.5)
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 6
    assert {line.count("|") for line in table} == {8}
    for name, beside, line in (("simulate", "write", table[2]), ("collect", "read", table[4])):
        cells = [each.strip() for each in line.strip("|").split("|")]
        assert cells[0] == f"`{name}`"
        assert cells[1] == f"{told.measured[name].wall:,.0f}"
        assert cells[4] == f"{told.rows / told.measured[name].wall:,.0f}"
        assert cells[-1] == f"{told.measured[name].wall / told.bare[beside]:.1f}"
    assert lines[0].startswith("`make bench-world`") and f"{told.rows:,} rows in {told.files:,} files" in lines[0]


def _sent(top: Path) -> tuple[Path, Path]:
    inbox, truth = top / "inbox", top / "truth"
    (inbox / "2008-02").mkdir(parents=True)
    truth.mkdir()
    (inbox / "2008-02" / "a.csv").write_text("n,day\n1,2008-01-05\n2,2008-01-06\n")
    with zipfile.ZipFile(inbox / "2008-02" / "b.zip", "w") as archive:
        archive.writestr("b.csv", "n,day\n3,2008-01-07\n4\n")
    told = ["2008-02/a.csv", "2008-02/b.zip/b.csv", "", "2008-02/c.zip/manifest.yaml (not available 1)"]
    datasets = ["shop.sale", "shop.sale", "shop.sale", "shop.sale"]
    pl.DataFrame({"file": told, "dataset": datasets}).write_parquet(truth / "files.parquet")
    return inbox, truth


def test_texts_are_taken_from_archives_and_what_never_came_is_left_out(tmp_path: Path) -> None:
    found = world.plain_files(*_sent(tmp_path), tmp_path)
    assert [dataset for dataset, _ in found] == ["shop.sale"] * 2
    assert found[0][1] == tmp_path / "inbox" / "2008-02" / "a.csv"
    assert found[1][1].read_text() == "n,day\n3,2008-01-07\n4\n"


def test_the_bare_write_writes_what_was_sent(tmp_path: Path) -> None:
    files = world.plain_files(*_sent(tmp_path), tmp_path)
    assert world.bare_write(files[:1], tmp_path) > 0
    assert (tmp_path / "written.csv").read_text() == files[0][1].read_text()
    assert world.bare_write(files, tmp_path) > 0  # a broken line stops nothing


@pytest.mark.slow
def test_the_bare_read_has_the_contracts_types(done: tuple[world.Run, Path], tmp_path: Path) -> None:
    _, folder = done
    files = world.plain_files(folder / "inbox", folder / "truth", tmp_path)
    mine = next(each for each in files if each[0] == "caseman.claim")
    assert world.bare_read([mine], tmp_path, ROOT / "justice") > 0
    kinds = dict(
        duckdb.sql(f"DESCRIBE SELECT * FROM '{tmp_path / 'read.parquet'}'")
        .select("column_name, column_type")
        .fetchall()
    )
    assert kinds["issue_date"] == "DATE"
    assert set(kinds.values()) > {"VARCHAR", "DATE"}


def test_memory_and_time_are_those_of_a_command_and_its_children(tmp_path: Path) -> None:
    inner = "x = bytearray(60 << 20); import time; time.sleep(1)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}]); print('said')"
    told = world_process.measure([sys.executable, "-c", code], tmp_path / "log")
    assert told.said == "said\n"
    assert told.mb > 60
    assert told.cpu > 0 and told.wall > 0


def test_a_command_that_fails_stops_the_benchmark(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('it broke')"]
    with pytest.raises(SystemExit, match="status 1: it broke"):
        world_process.measure(command, tmp_path / "log")
    assert world_process.measure(command, tmp_path / "log", (0, 1)).said == ""


def test_a_process_and_its_descendants_are_found() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert {os.getpid(), child.pid} <= set(world_process.tree(os.getpid()))
        assert world_process.memory(os.getpid()) > 1
        child.kill()
    assert world_process.tree(child.pid) == [child.pid]
    assert world_process.memory(child.pid) == 0
