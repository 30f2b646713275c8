"""A full quarter: everything that is due for it, made from a world at a tenth of its scale, and where the time goes.

    python benchmarks/publish.py [--scale 0.1] [--persons 0.1] [--from 2011-01] [--to 2012-09] [--period 2012Q2]

Set beside what nobody can do without, in the same run: counting every table once by DuckDB from views of the store,
without protection, files or ledger, which is the step `Counting` of each edition.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from document import DOC, put
from world_process import Measured, measure

from piperoll.errors import EXIT_STATUS


ROOT = Path(__file__).parent.parent
TITLE = "A quarter's releases"
SLOWEST = 8


def made(
    settings: Sequence[str], period: str, folder: Path, register: Path, linkages: Sequence[str]
) -> tuple[dict[str, Measured], dict[str, Any]]:
    """What was measured of each command, and the summary of `piperoll run`.

    Args:
        settings: Options of `piperoll simulate`.
        linkages: Run between collecting and publishing.
    """
    inbox, home, told = folder / "inbox", folder / "home", folder / "summary.json"
    piperoll = [sys.executable, "-m", "piperoll", "--home", home, "--register", register]
    found: dict[str, Measured] = {}

    def step(name: str, command: Sequence[str | Path], *fine: int) -> None:
        found[name] = measure(command, folder / f"{name.replace(' ', '_')}.log", (0, *fine))
        print(f"{name}: {found[name].wall:.0f} s, {found[name].cpu:.0f} s of processor", flush=True)

    step("simulate", [*piperoll, "simulate", "--out", inbox, "--truth", folder / "truth", *settings])
    # Some files and some editions are refused, as they should be.
    step("collect", [*piperoll, "collect", "--quiet", inbox], EXIT_STATUS["C"])
    for name in linkages:
        step(f"link {name}", [*piperoll, "link", "run", name])
    step("run", [*piperoll, "run", "--period", period, "--summary", told], EXIT_STATUS["E"])
    step("run again", [*piperoll, "run", "--period", period], EXIT_STATUS["E"])
    return found, json.loads(told.read_text(encoding="utf-8"))


def report(settings: Sequence[str], period: str, found: dict[str, Measured], told: dict[str, Any]) -> list[str]:
    """The section, in Markdown."""
    states = Counter(each["state"] for each in told["editions"])
    counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    steps = told["steps"]
    whole = sum(steps.values())
    counting = steps.get("Counting", 0.0)
    slowest = sorted(told["editions"], key=lambda each: -each["seconds"])[:SLOWEST]
    first, again = found["run"], found["run again"]
    return [
        f"`make bench-publish`: `piperoll simulate {' '.join(settings)}`, `collect` and `link run`, then"
        f" `piperoll run --period {period}`: {len(told['editions'])} editions due, {counts}. Python"
        f" {platform.python_version()}, DuckDB {duckdb.__version__}, polars {pl.__version__}, {os.cpu_count()}"
        " processors; one run. Memory is that of all processes of a command together.",
        "",
        "| command | seconds | of processor | MiB at most |",
        "|---|--:|--:|--:|",
        *(f"| `{name}` | {each.wall:,.0f} | {each.cpu:,.0f} | {each.mb:,.0f} |" for name, each in found.items()),
        "",
        f"With nothing changed the quarter takes {again.wall / first.wall:.2f} of the time. Where the time of the first"
        f" goes, over all editions ({whole:,.0f} seconds in two lanes); the whole is"
        f" {whole / counting if counting else float('nan'):.1f} times the counting, which nobody can do without:",
        "",
        "| step | seconds | share |",
        "|---|--:|--:|",
        *(
            f"| {step} | {spent:,.0f} | {spent / whole:.0%} |"
            for step, spent in steps.items()
            if spent >= 0.005 * whole
        ),
        "",
        "The slowest editions:",
        "",
        "| edition | seconds | of it most in |",
        "|---|--:|---|",
        *(
            f"| {each['publication']} {each['period']} | {each['seconds']:,.0f} |"
            f" {max(each['steps'], key=lambda step: each['steps'][step]).lower()} |"
            for each in slowest
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", default="0.1")
    parser.add_argument("--persons", default="0.1")
    parser.add_argument("--from", dest="first", default="2011-01")
    parser.add_argument("--to", dest="last", default="2012-09")
    parser.add_argument("--period", default="2012Q2")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "piperoll-bench-publish")
    parser.add_argument("--doc", type=Path, default=DOC)
    parser.add_argument("--write", action="store_true", help="put the figures into the document")
    parser.add_argument("--register", type=Path, default=ROOT / "justice")
    options = parser.parse_args()
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    settings = [f"--scale={options.scale}", f"--persons={options.persons}"]
    settings += [f"--from={options.first}", f"--to={options.last}"]
    linkages = sorted(path.stem for path in (options.register / "linkage").glob("*.yaml"))
    found, told = made(settings, options.period, options.work, options.register, linkages)
    text = report(settings, options.period, found, told)
    shutil.rmtree(options.work / "home")
    print("\n".join(text))
    if options.write:
        put(TITLE, text, options.doc)


if __name__ == "__main__":
    main()
