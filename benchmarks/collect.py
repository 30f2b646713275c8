"""Checking a delivery, side by side: DuckDB's bare copy, Piperoll's full check, and three peers, in one run.

    python benchmarks/collect.py [--rows 5000000] [--no-peers]

Every measurement is a process of its own on the same file. Bare copy and Piperoll take turns, three times, and the
least time of each counts. Each peer has a virtual environment of its own, made from ``benchmarks/peers/*.txt``; one
that would take minutes gets the first rows only, and its time is extrapolated by rows, and said to be.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import collect_data as data
import duckdb


HERE = Path(__file__).parent
ROUNDS = 3
SAMPLES = {"dataframely": 1.0, "pandera": 0.2, "frictionless": 0.004}
THREADS, MEMORY_MB = 2, 2048


def bare(path: Path, work: Path) -> dict[str, float]:
    """DuckDB's typed copy from CSV to Parquet; rows that do not fit their types are left out by the reader."""
    con = duckdb.connect()
    con.execute(f"SET threads={THREADS}; SET memory_limit='{MEMORY_MB}MiB'; SET temp_directory='{work}'")
    types = ", ".join(f"'{name}': '{data.TYPES.get(name, 'VARCHAR')}'" for name in data.NAMES)
    source = f"read_csv('{path}', header=true, delim=',', quote='\"', columns={{{types}}}, ignore_errors=true)"
    con.execute(f"COPY (SELECT * FROM {source}) TO '{work / 'bare.parquet'}' (FORMAT parquet)").fetchall()
    return {}


def piperoll(path: Path, work: Path) -> dict[str, float]:
    """Full check, split and store; the vault's share (identifiers and refused rows, encrypted) apart."""
    from piperoll.collect.check import check_file
    from piperoll.collect.prepared import CheckContext, Prepared
    from piperoll.store import Keyring

    register = data.register(work)
    dataset = register.dataset("bench.claim")
    prepared = Prepared(path, "csv", tuple(data.NAMES), {name: name for name in data.NAMES})
    keys = work.parent / "keys"
    context = CheckContext(
        "bench", "claim", "x", "X", "2012-04", "d1", dt.date(2012, 5, 3), work / "store", Keyring(keys),
        memory_mb=MEMORY_MB, threads=THREADS,
    )  # fmt: skip
    steps: dict[str, float] = {}
    last = time.perf_counter()

    def step(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        steps[name], last = now - last, now
        steps[f"cpu_{name}"] = time.process_time()

    result = check_file(prepared, dataset, register, context, work / "out", step)
    store = work / "out" / result.store
    return {
        **steps,
        "cpu_store_done": steps["cpu_store"],
        "rows_in": result.rows_in,
        "rows_kept": result.rows_kept,
        "rows_refused": result.rows_refused,
        "hash": hashlib.sha256(store.read_bytes()).hexdigest(),
    }


def measured(name: str, path: Path, root: Path) -> dict[str, float]:
    """Run one of the two in a process of its own: seconds, processor seconds, peak memory."""
    command = [sys.executable, __file__, "--one", name, "--file", str(path), "--work", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def one(name: str, path: Path, root: Path) -> None:
    """The inner process of `measured`."""
    work = Path(tempfile.mkdtemp(dir=root))
    start = time.perf_counter()
    more = {"bare": bare, "piperoll": piperoll}[name](path, work)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    shutil.rmtree(work)
    told = {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024}
    print(json.dumps({**told, **more}))


def environment(name: str, root: Path) -> Path:
    """Python of a peer's own virtual environment, made from its pinned requirements."""
    home = root / "peers" / name
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        wanted = HERE / "peers" / f"{name}.txt"
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", str(wanted)], check=True)
    return python


def peer(name: str, path: Path, rows: int, root: Path) -> dict[str, float]:
    """Run a peer on its sample of the file."""
    python = environment(name, root)
    some = max(1000, int(rows * SAMPLES[name]))
    sample = path
    if some < rows:
        sample = root / f"{name}.csv"
        with path.open("rb") as file, sample.open("wb") as out:
            for _, line in zip(range(some + 1), file, strict=False):
                out.write(line)
    else:
        some = rows
    lists = root / "lists.json"
    lists.write_text(json.dumps(data.LISTS))
    command = [str(python), str(HERE / "peers" / f"run_{name}.py"), str(sample), str(lists)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        said = running.stdout.read() if running.stdout else ""
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"{name} ended with status {running.returncode}")
    told = json.loads(said.splitlines()[-1])
    return {**told, "sample": some, "full": told["seconds"] * rows / some, "mb": used.ru_maxrss / 1024}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "piperoll-bench-collect")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "collect.md")
    parser.add_argument("--one")
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    root = options.work
    if options.one:
        one(options.one, options.file, root)
        return
    root.mkdir(parents=True, exist_ok=True)
    path = root / f"delivery-{options.rows}.csv"
    if not path.exists():
        print(f"making {options.rows:,} rows ...", flush=True)
        data.write(path.with_suffix(".part"), options.rows)
        os.replace(path.with_suffix(".part"), path)
    runs: dict[str, list[dict[str, float]]] = {"bare": [], "piperoll": []}
    for turn in range(options.rounds):
        for name, taken in runs.items():
            taken.append(measured(name, path, root))
            print(f"{name} {turn + 1}: {taken[-1]['seconds']:.1f} s", flush=True)
    peers = {} if options.no_peers else {n: peer(n, path, options.rows, root) for n in SAMPLES}
    text = report(options.rows, path.stat().st_size, runs, peers)
    print(text)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text)


def report(rows: int, size: int, runs: dict[str, list[dict[str, float]]], peers: dict[str, dict[str, float]]) -> str:
    """The table, in Markdown."""
    copy = min(runs["bare"], key=lambda run: run["seconds"])
    full = min(runs["piperoll"], key=lambda run: run["seconds"])
    vault = full["vault"] + full["refused"]
    store = full["seconds"] - vault
    same = len({run["hash"] for run in runs["piperoll"]}) == 1

    def line(what: str, seconds: float, note: str) -> str:
        return f"| {what} | {seconds:.1f} | {seconds / copy['seconds']:.2f} | {rows / seconds:,.0f} | {note} |"

    lines = [
        "# Checking a delivery",
        "",
        f"{rows:,} rows of 15 fields, {size / 1e6:,.0f} MB of CSV with faults; {THREADS} threads,"
        f" {MEMORY_MB} MiB for DuckDB; Python {platform.python_version()}, DuckDB {duckdb.__version__},"
        f" {os.cpu_count()} processors. Least of {len(runs['bare'])} turns.",
        "",
        "| what | seconds | times the bare copy | rows a second | note |",
        "|---|--:|--:|--:|---|",
        line("DuckDB, bare typed copy", copy["seconds"], f"{copy['cpu']:.1f} s of processor"),
        line(
            "Piperoll, check + split + store",
            store,
            f"{full['cpu_store_done']:.1f} s of processor"
            f" ({full['cpu_store_done'] / copy['cpu']:.2f} times); {full['mb']:,.0f} MB at most, with the vault",
        ),
        line("Piperoll, the vault's share", vault, "identifiers and refused rows, encrypted"),
        line("Piperoll, all", full["seconds"], f"{full['cpu']:.1f} s of processor"),
    ]
    for name, told in peers.items():
        extrapolated = "" if told["sample"] == rows else f"; extrapolated from {told['sample']:,} rows"
        note = f"{told['version']}; {told['failing']:,.0f} failing rows found; {told['mb']:,.0f} MB{extrapolated}"
        lines.append(line(name, told["full"], note))
    lines += ["", "Steps of Piperoll, in seconds: " + ", ".join(
        f"{name} {full[name]:.1f}" for name in ("stage", "cross", "findings", "store", "refused", "vault")
    ) + ".", ""]  # fmt: skip
    compared = "the same in every turn" if same else "NOT the same in every turn"
    if len(runs["bare"]) < 2:
        compared = "not compared, in a single turn"
    lines.append(
        f"Rows in {full['rows_in']:,} = kept {full['rows_kept']:,} + refused {full['rows_refused']:,};"
        f" the store's bytes were {compared}."
    )
    if peers:
        fastest = min(peers, key=lambda name: peers[name]["full"])
        tenth = peers[fastest]["full"] / 10 / copy["seconds"]
        lines += [
            f"The fastest peer, {fastest}, takes {peers[fastest]['full'] / full['seconds']:.1f} times as long;"
            f" a tenth of its time would be {tenth:.2f} of the bare copy's.",
            "No peer makes tokens, derives from identifiers, encrypts, keeps what it refuses, or tells broken lines.",
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
