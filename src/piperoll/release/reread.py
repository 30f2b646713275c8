"""Disclosure control of a release, seen from outside: what its manifest says, and what can be worked out of it.

The attack takes the written tables and the published definitions alone. It adds up and bounds like a patient reader;
the proof, which is stronger, lies in the home, and is checked here if it is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from piperoll.errors import Problem
from piperoll.protect.attacker import Attacker, Shown
from piperoll.protect.inference.propagate import Propagator
from piperoll.protect.proof.checker import Faulty, check
from piperoll.protect.relations import BIG
from piperoll.protect.system import System
from piperoll.protect.tables import Table
from piperoll.release import manifest
from piperoll.release.report import Check


COUNTS = ("count", "sum")
NAMED = 20

Written = Mapping[str, list[dict[str, str]]]
Tables = Mapping[str, Mapping[str, Any]]


def disclosed(
    content: Mapping[str, Any], tables: Tables, written: Written, certificate: Path | None
) -> Iterator[Check]:
    """The statement of the manifest, the attack on what is written, and the certificate, if it is given."""
    said = content.get("disclosure")
    said = said if isinstance(said, dict) else {}
    yield _statement(said)
    if isinstance(said.get("relations"), dict):
        yield _attack(content, said, tables, written)
    if certificate is not None:
        yield _certificate(said, certificate)


def _statement(said: Mapping[str, Any]) -> Check:
    if said.get("statement"):
        return Check("statement of protection", 1)
    text = "the manifest does not say what disclosure control has done and what it has not ruled out."
    return Check("statement of protection", 1, (Problem("PR-E015", text, manifest.MANIFEST),))


def _attack(content: Mapping[str, Any], said: Mapping[str, Any], tables: Tables, written: Written) -> Check:
    policy = content.get("policy") or {}
    try:
        system = System.from_json(said["relations"])
        width = int(said["width"])
        parts = list(_parts(system, tables, written))
    except (KeyError, TypeError, ValueError, AttributeError):
        text = "the definitions in the manifest cannot be read, so what can be worked out was not looked at."
        return Check("what can be worked out", 0, (Problem("PR-E017", text, manifest.MANIFEST),))
    if not parts:
        return Check("what can be worked out", 0)
    linked = system.linked([table for table, _ in parts])
    size = linked.relations.cells
    low, high, hidden = np.zeros(size, np.int64), np.full(size, BIG), np.zeros(size, bool)
    shown = Shown.ROUNDED if policy.get("round_to") else Shown.EXACT
    threshold = int(policy.get("suppress_below") or 0)
    attacker = Attacker(shown, int(policy.get("round_to") or 1), threshold)
    # Without further suppression every hidden count is known to be small.
    most = BIG if said.get("secondary") else threshold - 1
    fewest = 0 if said.get("secondary") or policy.get("suppress_zero", True) else 1
    for table, frame in parts:
        ids = linked.ids[table.name]
        figures = frame["_figure"].fill_null(-1).to_numpy().astype(np.int64)
        there = figures >= 0
        exact = frame["_national"].to_numpy() & (policy.get("applies") == "subnational")
        least, greatest = attacker.of_shown(figures)
        least, greatest = np.where(exact, figures, least), np.where(exact, figures, greatest)
        if not policy.get("suppress_zero", True):
            least, greatest = np.where(figures == 0, 0, least), np.where(figures == 0, 0, greatest)
        np.maximum.at(low, ids[there], least[there])
        np.minimum.at(high, ids[there], greatest[there])
        hidden[ids[frame["_hidden"].to_numpy()]] = True
    high[hidden & (high == BIG)] = most
    low[hidden] = np.maximum(low[hidden], fewest)
    found = Propagator(linked.relations).run(low, high, np.ones(linked.relations.rows, bool))
    if (found.low > found.high).any():
        text = "the figures contradict each other: no counts round to them and add up as the definitions say."
        return Check("what can be worked out", 0, (Problem("PR-E017", text, manifest.MANIFEST),))
    cells = np.flatnonzero(hidden)
    narrow = cells[found.high[cells] - found.low[cells] < width]
    if len(narrow) <= int(said.get("limited") or 0):
        # The manifest says that so many are known better, whatever is suppressed.
        narrow = narrow[:0]
    problems = [
        Problem(
            "PR-E018",
            f"a suppressed count can be worked out to be {_range(int(found.low[cell]), int(found.high[cell]))}.",
            linked.relations.names.of(int(cell)),
        )
        for cell in narrow.tolist()
    ]
    return Check("what can be worked out", len(cells), tuple(problems))


def _range(low: int, high: int) -> str:
    return f"exactly {low}" if low == high else f"from {low} to {high}"


def _parts(system: System, tables: Tables, written: Written) -> Iterator[tuple[Table, pl.DataFrame]]:
    """Counts of each written table in canonical codes, each cell once."""
    for name, table in tables.items():
        rows = written[name]
        if not rows:
            continue
        dimensions = [each for each in system.canonical if f"{each}_code" in rows[0]]
        for measure, kind in table["measures"].items():
            if kind not in COUNTS:
                continue
            columns: dict[str, list[Any]] = {
                each: [system.canonical[each].get(row[f"{each}_code"], row[f"{each}_code"]) for row in rows]
                for each in dimensions
            }
            columns["period"] = [row["period"] for row in rows]
            figures = [row.get(measure, "") for row in rows]
            columns["_figure"] = [int(float(text)) if text else None for text in figures]
            columns["_hidden"] = ["c" in row.get(f"{measure}_status", "").split() for row in rows]
            columns["_national"] = [
                all(row.get(column, "") in values for column, values in table["national"].items()) for row in rows
            ]
            frame = pl.DataFrame(columns, schema_overrides={"_figure": pl.Int64})
            frame = frame.filter(pl.col("_figure").is_not_null() | pl.col("_hidden"))
            frame = frame.unique([*dimensions, "period"], keep="first", maintain_order=True)
            if frame.height:
                yield Table(f"{name}:{measure}", frame.select(*dimensions, "period"), measure), frame


def _certificate(said: Mapping[str, Any], path: Path) -> Check:
    expected = said.get("certificate")
    try:
        data = path.read_bytes()
    except OSError:
        return _broken("the certificate cannot be read.", path)
    if not expected:
        return _broken("the manifest names no certificate.", path)
    try:
        counted = check(data, str(expected))
    except (Faulty, ValueError, KeyError, TypeError, IndexError, RecursionError) as fault:
        return _broken(
            f"the certificate does not hold: {fault if isinstance(fault, Faulty) else 'it is damaged'}.", path
        )
    return Check("certificate", int(counted["cells"]))


def _broken(text: str, path: Path) -> Check:
    return Check("certificate", 1, (Problem("PR-E019", text, path.name),))
