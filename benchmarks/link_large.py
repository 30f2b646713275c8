"""A linkage as large as a machine allows: simulated sources of ten million people, from files to persons.

    python benchmarks/link_large.py [--people 10000000] [--write]

Sources come from ``justice_world.population`` in blocks, each file a part of its source. The linkage is a process of
its own, through the same code as ``piperoll link files``; its log has when each step began, processor time and memory.
Persons are compared with the truth afterwards, unmeasured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from document import put
from link_cases import POPULATION
from link_process import BEGAN, run, used
from link_score import codes, quality
from link_speed import COLUMNS, RULES

from piperoll.link.files.run import link_files
from piperoll.link.files.spec import load_linkage


TITLE = "Linkage: ten million people"
BLOCK = 100_000
KINDS = {"town": {"kind": "place"}} | {each: {"kind": "identifier"} for each in ("pnc_id", "prison_number", "asn")}
OFTEN = ("postcode", "town", "sex", "pnc_id", "prison_number", "asn")


def spec() -> dict[str, Any]:
    """Ten rules, all else by default; pairs are kept from even odds, so that memory goes to records."""
    return {
        "record": "record",
        "mode": "both",
        "block": {"rules": list(RULES)},
        "thresholds": {"keep": 0},
        "fields": [{"name": each, "optional": each in OFTEN} | KINDS.get(each, {}) for each in COLUMNS],
    }


def make(people: int, folder: Path) -> Path:
    """The sources of so many people in ``folder``, unless they are there."""
    out = folder / "population"
    done = folder / "population.log"
    if not done.exists():
        shutil.rmtree(out, ignore_errors=True)
        command = [sys.executable, "-m", POPULATION, "--people", str(people), "--seed", "1", "--errors", "1"]
        told = subprocess.run([*command, "--block", str(BLOCK), "--out", str(out)], check=True, stdout=subprocess.PIPE)
        done.write_bytes(told.stdout)
    return out


def step_log(log: Path) -> Any:
    """What is told of progress, each step once, with seconds, processor seconds and memory in GiB now."""
    seen: set[str] = set()
    tenths: set[str] = set()

    def told(text: str) -> None:
        step, _, more = text.partition(":")
        if step in seen and not (more.endswith("0 %") and more not in tenths):
            return
        seen.add(step)
        tenths.add(more)
        mine = used()
        now = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**3
        with log.open("a") as file:
            file.write(f"{mine['wall']:6.0f} s  {mine['cpu']:6.0f} s  {now:5.1f} GiB  {text}\n")

    return told


def inner(folder: Path, out: Path) -> None:
    """The linkage itself, in a process of its own."""
    declared = folder / "spec.json"
    declared.write_text(json.dumps(spec(), indent=1))
    files = sorted((folder / "population").glob("*.parquet"))
    parts = [Path(f"{each.stem.partition('-')[0]}={each}") for each in files]
    told = step_log(folder / "steps.log")
    done = link_files(load_linkage(declared), parts, out, population=False, progress=told)
    told("Done")
    linked = done.linked
    print(json.dumps(used() | {"records": len(linked.ready.records), "pairs": len(linked.pairs),
                               "persons": linked.persons.count}))  # fmt: skip


def graded(folder: Path, out: Path) -> dict[str, float]:
    """B-cubed and pairwise quality of the persons."""
    files = [each.name for each in (folder / "population").glob("*.parquet")]
    truth = pl.concat(
        pl.read_parquet(folder / "population" / "truth" / each, columns=["record", "person"]).with_columns(
            pl.lit(each.partition("-")[0].removesuffix(".parquet")).alias("file")
        )
        for each in sorted(files)
    )
    found = pl.read_parquet(out / "clusters.parquet", columns=["file", "record", "person"])
    both = truth.join(found, on=["file", "record"], how="left", validate="1:1", suffix="_found")
    return quality(codes(both["person_found"]), codes(both["person"])).told()


def report(people: int, told: dict[str, Any], log: Sequence[str]) -> list[str]:
    """Figures and the log of steps, in Markdown."""
    return [
        f"`make bench-link-large`: simulated sources of {people:,} people (`justice_world.population`),"
        f" {told['records']:,} records in parts of seven sources, ten declared rules, pairs kept from even odds."
        f" Python {platform.python_version()}, {os.cpu_count()} processors, one run. From files to persons and pairs on"
        f" disk: {told['wall']:,.0f} s, {told['cpu']:,.0f} s of processor time, at most {told['gib']:.1f} GiB.",
        "",
        f"{told['persons']:,} persons from {told['pairs']:,} pairs kept. Against the truth: B-cubed F1"
        f" {told['bcubed_f1']:.4f} (precision {told['bcubed_precision']:.4f}, recall {told['bcubed_recall']:.4f}),"
        f" pairs F1 {told['pairs_f1']:.4f} ({told['pairs_precision']:.4f}, {told['pairs_recall']:.4f}); the largest"
        f" person has {told['largest']:,} records.",
        "",
        "Steps, with seconds since the start, processor seconds and memory at that moment:",
        "",
        "```",
        *log,
        "```",
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=10_000_000)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "piperoll-bench-link")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/performance.md")
    parser.add_argument("--inner", action="store_true")
    options = parser.parse_args()
    folder = options.work / f"large-{options.people}"
    out = folder / "out"
    if options.inner:
        os.environ.setdefault(BEGAN, repr(time.time()))
        inner(folder, out)
        return
    folder.mkdir(parents=True, exist_ok=True)
    make(options.people, folder)
    shutil.rmtree(out, ignore_errors=True)
    (folder / "steps.log").write_text("")
    command = [sys.executable, __file__, "--inner", "--people", str(options.people), "--work", options.work]
    told = run(command, folder / "inner.log")
    log = (folder / "steps.log").read_text().splitlines()
    print("\n".join(log))
    if "error" in told:
        raise SystemExit(told["error"])
    told |= graded(folder, out)
    text = report(options.people, told, log)
    print("\n".join(text[:3]), f"\nunmeasured: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.1f} GiB")
    if options.write:
        put(TITLE, text)


if __name__ == "__main__":
    main()
