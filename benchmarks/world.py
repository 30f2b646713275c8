"""A simulated world and its way into the store: what `piperoll simulate` and `collect` of all of it take.

    python benchmarks/world.py [--scale 0.1] [--persons 0.1] [--from 2010-01] [--to 2010-12] [--write]

Each is set beside the bare work on the same files, in a process of its own in the same run: for `simulate`, writing the
rows as CSV by polars, file by file, which no simulation can do without; for `collect`, reading every file with its
contract's types and writing it as Parquet by DuckDB, without a check, a token or a receipt.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
from document import DOC, put
from world_process import Measured, measure

from piperoll.errors import EXIT_STATUS
from piperoll.register import load
from piperoll.store.types import value_type


ROOT = Path(__file__).parent.parent
TITLE = "A world, and all of it collected"
SEED = "1"


@dataclass(frozen=True)
class Run:
    """What was measured: by name `simulate`, `write`, `collect`, `read`.

    Attributes:
        bare: Seconds that ``write`` and ``read`` took for the work itself, without their start.
    """

    files: int
    rows: int
    size: int
    measured: dict[str, Measured]
    bare: dict[str, float]


def plain_files(inbox: Path, truth: Path, folder: Path) -> list[tuple[str, Path]]:
    """Dataset and path of each text sent; members of archives are taken out into ``folder``."""
    found = []
    for told, dataset in pl.read_parquet(truth / "files.parquet").select("file", "dataset").iter_rows():
        month, name, *member = told.split("/") if told else ("",) * 2
        if not told or " (" in told:  # never sent, or a statement that there is none
            continue
        path = inbox / month / name
        if member:
            with zipfile.ZipFile(path) as archive:
                path = folder / f"{len(found)}.csv"
                path.write_bytes(archive.read(member[0]))
        found.append((dataset, path))
    return found


def bare_write(files: Sequence[tuple[str, Path]], folder: Path) -> float:
    """Seconds in which polars writes the rows of these files, each read before, as CSV."""
    seconds = 0.0
    for _, path in files:
        rows = pl.read_csv(
            path, try_parse_dates=True, ignore_errors=True, truncate_ragged_lines=True, encoding="utf8-lossy"
        )
        began = time.perf_counter()
        rows.write_csv(folder / "written.csv", datetime_format="%Y-%m-%dT%H:%M:%S")
        seconds += time.perf_counter() - began
    return seconds


def bare_read(files: Sequence[tuple[str, Path]], folder: Path, register: Path) -> float:
    """Seconds in which DuckDB reads these files with their contracts' types, and writes each as Parquet."""
    declared, con = load(register), duckdb.connect()
    con.execute("SET threads=2").fetchall()
    seconds = 0.0
    for dataset, path in files:
        kinds = {each.name: value_type(each.type) for each in declared.dataset(dataset).fields}
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in kinds.items())
        options = "auto_detect=false, header=true, delim=',', quote='\"', ignore_errors=true"
        source = f"read_csv('{path}', {options}, columns={{{columns}}})"
        began = time.perf_counter()
        con.execute(f"COPY (SELECT * FROM {source}) TO '{folder / 'read.parquet'}' (FORMAT parquet)").fetchall()
        seconds += time.perf_counter() - began
    return seconds


def inner(name: str, inbox: Path, truth: Path, register: Path) -> None:
    """One of the bare runs, in a process of its own; prints its seconds."""
    with tempfile.TemporaryDirectory(prefix="piperoll-bench-") as directory:
        files = plain_files(inbox, truth, Path(directory))
        if name == "write":
            print(bare_write(files, Path(directory)))
        else:
            print(bare_read(files, Path(directory), register))


def run(settings: Sequence[str], folder: Path, register: Path) -> Run:
    """Simulate a world into an empty folder and collect it; ``settings`` are options of `piperoll simulate`."""
    inbox, truth, home = folder / "inbox", folder / "truth", folder / "home"
    piperoll = [sys.executable, "-m", "piperoll", "--home", home, "--register", register]
    bare = [sys.executable, __file__, "--inbox", inbox, "--truth", truth, "--register", register, "--one"]
    measured: dict[str, Measured] = {}

    def step(name: str, command: Sequence[str | Path], *fine: int) -> None:
        measured[name] = measure(command, folder / f"{name}.log", (0, *fine))
        print(f"{name}: {measured[name].wall:.0f} s, {measured[name].cpu:.0f} s of processor", flush=True)

    step("simulate", [*piperoll, "simulate", "--out", inbox, "--truth", truth, "--seed", SEED, *settings])
    step("write", [*bare, "write"])
    # Some files are refused, as they should be.
    step("collect", [*piperoll, "collect", "--quiet", inbox], EXIT_STATUS["C"])
    step("read", [*bare, "read"])
    summary = json.loads((truth / "simulation.json").read_text())["summary"]
    seconds = {name: float(measured[name].said.split()[-1]) for name in ("write", "read")}
    return Run(summary["files"], summary["rows"], summary["bytes"], measured, seconds)


def report(settings: Sequence[str], done: Run, load_before: float) -> list[str]:
    """The section, in Markdown."""

    def line(what: str, name: str, beside: str) -> str:
        told = done.measured[name]
        return (
            f"| {what} | {told.wall:,.0f} | {told.cpu:,.0f} | {told.mb:,.0f} | {done.rows / told.wall:,.0f} |"
            f" {done.rows / told.cpu:,.0f} | {told.wall / done.bare[beside]:.1f} |"
        )

    def limit(what: str, name: str) -> str:
        rows, seconds = done.rows / done.bare[name], done.bare[name]
        return f"| {what} | {seconds:,.1f} | | | {rows:,.0f} | | 1 |"

    collected = done.measured["collect"]
    return [
        f"`make bench-world`: `piperoll simulate {' '.join(settings)}`, then `piperoll collect` of all it sent:"
        f" {done.rows:,} rows in {done.files:,} files, {done.size / 1e6:,.0f} MB of CSV with faults. Python"
        f" {platform.python_version()}, DuckDB {duckdb.__version__}, polars {pl.__version__}, {os.cpu_count()}"
        f" processors; one run, load {load_before:.1f} when it began. Whole commands, from their start; memory is that"
        " of all processes of a command together.",
        "",
        "| what | seconds | of processor | MiB at most | rows a second | a processor second | times the bare work |",
        "|---|--:|--:|--:|--:|--:|--:|",
        line("`simulate`", "simulate", "write"),
        limit("polars, the same rows written as CSV", "write"),
        line("`collect`", "collect", "read"),
        limit("DuckDB, the same files read with types and written as Parquet", "read"),
        "",
        f"Collecting ended with: {collected.said.strip().splitlines()[-1]} That is"
        f" {1000 * collected.cpu / done.files:,.0f} milliseconds of processor a file.",
        "",
        "Who is in the sources of persons is drawn first, for all years at once: the longer a world, the more rows a"
        " second.",
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", default="0.1")
    parser.add_argument("--persons", default="0.1")
    parser.add_argument("--from", dest="first", default="2010-01")
    parser.add_argument("--to", dest="last", default="2010-12")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "piperoll-bench-world")
    parser.add_argument("--doc", type=Path, default=DOC)
    parser.add_argument("--write", action="store_true", help="put the figures into the document")
    parser.add_argument("--register", type=Path, default=ROOT / "justice")
    parser.add_argument("--one", choices=("write", "read"))
    parser.add_argument("--inbox", type=Path)
    parser.add_argument("--truth", type=Path)
    options = parser.parse_args()
    if options.one:
        inner(options.one, options.inbox, options.truth, options.register)
        return
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    settings = [f"--scale={options.scale}", f"--persons={options.persons}"]
    settings += [f"--from={options.first}", f"--to={options.last}"]
    before = os.getloadavg()[0]
    text = report(settings, run(settings, options.work, options.register), before)
    shutil.rmtree(options.work / "home")
    print("\n".join(text))
    if options.write:
        put(TITLE, text, options.doc)


if __name__ == "__main__":
    main()
