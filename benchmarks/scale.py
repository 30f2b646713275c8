"""How counting grows with the records: DuckDB and Spark on the same vintages, ever larger, in one run.

    python benchmarks/scale.py [--base 0.01] [--shares 0.01 0.03 0.1 0.3] [--write]

Some months of the sources that a fixed set of publications reads are simulated and collected once, at the share
``--base`` of all people. The larger vintages are made of its files in the store: each record of a source of persons or
cases again and again, every reference number with the number of its copy, so that copies are joined among themselves
and never with another. Which areas, offences and courts there are stays as it is; that is what happens in a ministry,
too. Then each engine makes every model and table of the publications from each vintage, in a process of its own, from
its start. The cells of the two are compared, all of them.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import polars as pl
from document import put
from world_process import Measured, measure

from piperoll.derive import inputs_of, plan
from piperoll.errors import EXIT_STATUS
from piperoll.periods import Period
from piperoll.register import load
from piperoll.register.model.register import Register
from piperoll.store.duck import quote_name, quote_text
from piperoll.store.objects import ObjectStore
from piperoll.store.parts import Part
from piperoll.tabulate.vintage import cells_of
from piperoll.workspace import Workspace


ROOT = Path(__file__).parent.parent
DOC = ROOT / "docs" / "explanation" / "scale.md"
TITLE = "Measured growth"
ENGINES = ("duckdb", "spark")
SHARES = (0.01, 0.03, 0.1, 0.3)
FIRST, LAST, PERIOD = "2011-07", "2012-06", "2012Q2"
PUBLICATIONS = (
    "conviction_histories",
    "court_statistics_quarterly",
    "criminal_justice_statistics_quarterly",
    "mortgage_and_landlord_possession",
    "offender_management_statistics_quarterly",
    "proven_reoffending",
)


@dataclass(frozen=True)
class Vintage:
    """A vintage in a directory: a store and its parts.

    Attributes:
        share: Of all people.
        rows, size: Records and bytes of Parquet.
    """

    share: float
    folder: Path
    rows: int
    size: int


@dataclass(frozen=True)
class Counter:
    """What `cells_of` needs of a desk; nobody acts, and nothing is kept."""

    register: Register
    folder: Path
    engine: str

    cache = None

    @property
    def home(self) -> Path:
        """Where models' results and what spills go."""
        return self.folder / self.engine

    @cached_property
    def store(self) -> ObjectStore:
        """The vintage's files."""
        return ObjectStore(self.folder / "store")


def parts_of(folder: Path) -> list[Part]:
    """The parts of a vintage."""
    return [Part(**each) for each in json.loads((folder / "parts.json").read_text(encoding="utf-8"))]


def datasets_of(register: Register, publications: Iterable[str]) -> list[str]:
    """Datasets that these publications read, sorted."""
    declared = [register.publications[each] for each in publications]
    return sorted({key for each in declared for key in inputs_of(plan(register, each), register)})


def simulate(share: float, first: str, last: str, register: Register, folder: Path) -> Path:
    """These months of the sources wanted, collected: the home."""
    sources = sorted({key.partition(".")[0] for key in datasets_of(register, PUBLICATIONS)})
    home, inbox = folder / "home", folder / "inbox"
    piperoll = [sys.executable, "-m", "piperoll", "--home", str(home), "--register", str(register.root)]
    made = ["simulate", "--out", str(inbox), "--truth", str(folder / "truth"), "--from", first, "--to", last]
    made += ["--only", ",".join(sources), "--faults", "none", f"--scale={share}", f"--persons={share}"]
    measure([*piperoll, *made], folder / "simulate.log")
    measure([*piperoll, "collect", "--quiet", str(inbox)], folder / "collect.log", (0, EXIT_STATUS["C"]))
    shutil.rmtree(inbox)
    return home


def grown(
    register: Register, parts: Sequence[Part], store: ObjectStore, copies: int, share: float, folder: Path
) -> Vintage:
    """A vintage of so many copies of each record with a reference number; other records stay as they are."""
    folder.mkdir(parents=True)
    made, told, rows, con = ObjectStore(folder / "store"), [], 0, duckdb.connect()
    for part in parts:
        path, draft = store.require(part.object), folder / "draft.parquet"
        fields = {each.name for each in register.dataset(part.dataset).fields if each.cls == "L"}
        columns = list(pl.read_parquet_schema(path))
        often = copies if fields & set(columns) else 1
        # The order of a file's rows stays: the last state of a record is its last row.
        shown = [
            f"{quote_name(name)} || '#' || c AS {quote_name(name)}" if name in fields
            else f"_row * {often} + c AS _row" if name == "_row" else quote_name(name)
            for name in columns
        ]  # fmt: skip
        selected = f"SELECT * FROM read_parquet({quote_text(str(path))})"
        if often > 1:
            selected = f"SELECT {', '.join(shown)} FROM ({selected}), (SELECT unnest(range({often})) AS c)"
        rows += con.execute(f"COPY ({selected}) TO {quote_text(str(draft))} (FORMAT parquet)").fetchall()[0][0]
        told.append(asdict(part) | {"object": made.put(draft)})
    con.close()
    (folder / "parts.json").write_text(json.dumps(told), encoding="utf-8")
    size = sum(path.stat().st_size for path in (folder / "store").rglob("*.parquet"))
    return Vintage(share, folder, rows, size)


def count(folder: Path, engine: str, register: Register) -> None:
    """Make every table of the publications, kept as ``<engine>-cells``; prints seconds by publication, and cells."""
    desk, parts, kept = Counter(register, folder, engine), parts_of(folder), folder / f"{engine}-cells"
    for each in (desk.home, kept):
        each.mkdir(exist_ok=True)
    seconds, cells = {}, 0
    for key in PUBLICATIONS:
        began = time.perf_counter()
        frames = cells_of(desk, register.publications[key], Period.parse(PERIOD), parts, (), ())  # type: ignore[arg-type]
        seconds[key] = time.perf_counter() - began
        for name, frame in sorted(frames.items()):
            cells += frame.height
            frame.write_parquet(kept / f"{key}-{name}.parquet")
    print(json.dumps({"seconds": seconds, "cells": cells}))


def apart(folder: Path) -> list[str]:
    """Tables of a vintage whose cells differ between the engines: codes and counts at all, other values by 1e-12."""
    found = []
    for path in sorted((folder / f"{ENGINES[0]}-cells").glob("*.parquet")):
        mine, theirs = (pl.read_parquet(folder / f"{engine}-cells" / path.name) for engine in ENGINES)
        a, b = mine["value"], theirs["value"] if theirs.height == mine.height else mine["value"].clear()
        exact = mine.drop("value").equals(theirs.drop("value"))
        if (
            not exact
            or not ((a - b).abs() <= 1e-12 * a.abs()).fill_null(True).all()
            or not a.is_null().equals(b.is_null())
        ):
            found.append(path.stem)
    return found


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Slope of a straight line through logarithms, by least squares: 1 is growth in proportion."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def report(vintages: Sequence[Vintage], done: dict[tuple[float, str], Measured], world: str, load: float) -> list[str]:
    """The section, in Markdown; ``world`` says what was simulated."""
    lines = [
        f"`make bench-scale`: {world} of the sources of {len(PUBLICATIONS)} publications, and"
        f" copies of it; {_said(done[vintages[0].share, ENGINES[0]])['cells']:,} cells. Python"
        f" {platform.python_version()}, DuckDB {duckdb.__version__}, {_spark()}, `local[2]`; {os.cpu_count()}"
        f" processors; one run, load {load:.1f} when it began. Whole processes, from their start; memory is that of all"
        " processes of a command together. The two engines' cells were the same at every share.",
        "",
        "| share of all people | rows | MB of Parquet | DuckDB, s | MiB | Spark, s | MiB | Spark's time in DuckDB's |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for each in vintages:
        duck, spark = (done[each.share, engine] for engine in ENGINES)
        lines.append(
            f"| {each.share:g} | {each.rows:,} | {each.size / 1e6:,.0f} | {duck.wall:,.0f} | {duck.mb:,.0f} |"
            f" {spark.wall:,.0f} | {spark.mb:,.0f} | {spark.wall / duck.wall:.1f} |"
        )
    if len(vintages) > 1:
        lines += ["", *_growth(vintages, done)]
    last = vintages[-1].share
    lines += ["", f"By publication, at {last:g}, without the start:", ""]
    lines += ["| publication | DuckDB, s | Spark, s |", "|---|--:|--:|"]
    duck, spark = (_said(done[last, engine])["seconds"] for engine in ENGINES)
    return [*lines, *(f"| `{key}` | {duck[key]:,.1f} | {spark[key]:,.1f} |" for key in PUBLICATIONS)]


def _growth(vintages: Sequence[Vintage], done: dict[tuple[float, str], Measured]) -> list[str]:
    powers = {
        (engine, what): exponent([(each.rows, getattr(done[each.share, engine], what)) for each in vintages])
        for engine in ENGINES
        for what in ("wall", "mb")
    }
    return [
        "Rows to the power of this is what each grows by (1 would be in proportion):"
        f" DuckDB's time {powers['duckdb', 'wall']:.2f}, its memory {powers['duckdb', 'mb']:.2f};"
        f" Spark's time {powers['spark', 'wall']:.2f}, its memory {powers['spark', 'mb']:.2f}.",
    ]


def _said(measured: Measured) -> dict:
    return json.loads(measured.said.strip().splitlines()[-1])


def _spark() -> str:
    from importlib.metadata import version

    return f"Spark {version('pyspark')}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--base", type=float, default=SHARES[0])
    parser.add_argument("--shares", type=float, nargs="+", default=list(SHARES))
    parser.add_argument("--from", dest="first", default=FIRST)
    parser.add_argument("--to", dest="last", default=LAST)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "piperoll-bench-scale")
    parser.add_argument("--doc", type=Path, default=DOC)
    parser.add_argument("--write", action="store_true", help="put the figures into the document")
    parser.add_argument("--register", type=Path, default=ROOT / "justice")
    parser.add_argument("--one", choices=ENGINES)
    parser.add_argument("--vintage", type=Path)
    options = parser.parse_args()
    register = load(options.register)
    if options.one:
        count(options.vintage, options.one, register)
        return
    before = os.getloadavg()[0]
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    desk = Workspace(options.register, simulate(options.base, options.first, options.last, register, options.work))
    wanted = set(datasets_of(register, PUBLICATIONS))
    parts = [each for each in desk.parts() if each.dataset in wanted]
    vintages, done = [], {}
    for share in options.shares:
        folder = options.work / f"{share:g}"
        vintages.append(grown(register, parts, desk.store, round(share / options.base), share, folder))
        for engine in ENGINES:
            command = [sys.executable, __file__, "--one", engine, "--vintage", folder, "--register", options.register]
            done[share, engine] = measure(command, folder / f"{engine}.log")
            print(
                f"{share:g} {engine}: {done[share, engine].wall:.0f} s, {done[share, engine].mb:,.0f} MiB", flush=True
            )
            shutil.rmtree(folder / engine, ignore_errors=True)
        if differ := apart(folder):
            raise SystemExit(f"the engines' cells differ at {share:g}: {', '.join(differ)}")
        shutil.rmtree(folder / "store")
    world = f"{options.first} to {options.last}, {options.base:g} of all people,"
    text = report(vintages, done, world, before)
    print("\n".join(text))
    if options.write:
        put(TITLE, text, options.doc)


if __name__ == "__main__":
    main()
