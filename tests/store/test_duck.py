"""Connections that are made ready before a process forks."""

from __future__ import annotations

import subprocess
import sys

import duckdb
import pytest

from piperoll.store import duck


FORKED = """
import os
from piperoll.store.duck import connect, make_ready

make_ready(2, lambda con: con.execute("CREATE TYPE colour AS ENUM ('red', 'green')"))
assert len(os.listdir("/proc/self/task")) == 1, "a process with threads must not fork"
ended = []
for _ in range(2):
    child = os.fork()
    if child == 0:
        con = connect(threads=1, memory_mb=300)
        told = con.execute("SELECT 'green'::colour, current_setting('memory_limit'), sum(range) FROM range(9)").fetchall()
        os._exit(0 if told == [("green", "300.0 MiB", 36)] else 1)
    ended.append(os.waitpid(child, 0)[1])
assert ended == [0, 0], ended
"""


def test_a_process_forks_with_connections_that_are_ready():
    # In an environment as clean as a child's: libraries that start threads of their own are told not to.
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-I", "-c", FORKED]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_each_is_handed_out_once_and_only_where_it_fits(monkeypatch):
    monkeypatch.setattr(duck, "_ready", [])
    made = []
    duck.make_ready(2, made.append)
    duck.make_ready(2, made.append)
    assert len(made) == 2 and duck._ready == made
    other = [duck.connect(), duck.connect(threads=2)]
    assert not any(con is each for con in other for each in made)
    taken = [duck.connect(threads=1) for _ in range(3)]
    assert taken[:2] == made[::-1] and taken[2] not in made and duck._ready == []
    for con in [*other, *taken]:
        con.close()


def test_a_ready_connection_is_set_as_any_other(monkeypatch, tmp_path):
    monkeypatch.setattr(duck, "_ready", [])
    asked = "SELECT name, value FROM duckdb_settings() WHERE name NOT LIKE '%threads' ORDER BY 1"
    told = []
    for ready in (0, 1):
        duck.make_ready(ready)
        with duck.connect(threads=1, memory_mb=300, temp=tmp_path / "spill") as con:
            told.append(con.execute(asked).fetchall())
    assert told[0] == told[1] and ("TimeZone", "UTC") in told[0]


def test_what_was_made_ready_is_left_open_and_nothing_else(monkeypatch):
    monkeypatch.setattr(duck, "_ready", [])
    monkeypatch.setattr(duck, "_handed_out", [])
    duck.make_ready(1)
    ready, opened = duck.connect(threads=1), duck.connect(threads=1)
    duck.leave(ready)
    duck.leave(opened)
    assert ready.execute("SELECT 7").fetchall() == [(7,)]
    with pytest.raises(duckdb.ConnectionException):
        opened.execute("SELECT 7")
    ready.close()


def test_a_table_that_is_filled_tells_its_rows():
    with duck.connect() as con:
        for count in (0, 1, 300_000):
            assert duck.filled(con, f"CREATE OR REPLACE TABLE t AS SELECT range AS n FROM range({count})") == count
            assert con.execute("SELECT count(*) FROM t").fetchall() == [(count,)]
