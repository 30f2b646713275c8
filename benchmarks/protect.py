"""Disclosure control, side by side: patterns, lower bounds and proofs beside tau-Argus' engine, in one run.

    python benchmarks/protect.py [--only NAME ...] [--no-peers] [--long] [--write]

Each instance is measured in a process of its own. tau-Argus' engine (the wheel `pytauargus`) runs on the same table in
an environment of its own and solves the same problem where it can: exact figures, one below and one above. It knows
no rounding: beside a rounded instance stands what it suppresses in the same table with exact figures. With singletons,
whoever is alone in a cell attacks too, and must not find out another's count exactly. Where a peer does not run here,
the figure it was published with is quoted with its source. Synthetic tables are made from ten seeds; the last lines sum
those up.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import protect_data as data
import protect_peer as peer
from collect import environment

from piperoll.protect.attacker import Attacker, Shown, singletons
from piperoll.protect.engine import costs, pose, prove, secure
from piperoll.protect.inference.linear import Audit
from piperoll.protect.problem import Problem
from piperoll.protect.proof.checker import check
from piperoll.protect.requirement import Requirement
from piperoll.protect.rounding import round_tables
from piperoll.protect.suppress.hitting import Limits


HERE = Path(__file__).parent
DOC = HERE.parent / "docs" / "performance.md"
TITLE = "## Disclosure control"
MOD, MOD_SINGLETONS, OPT, ROUND = "MOD(1,5,0,0,0)", "MOD(1,5,1,1,1)", "OPT(1,2)", "RND(1,5)"
SEEDS = range(1, 11)
PATIENCE = 600  # seconds for a peer


@dataclass(frozen=True)
class Case:
    """A row of the table.

    Attributes:
        table: Makes the instance.
        rounded: Whether figures are published rounded to 5, else exactly.
        width: Counts less one that must stay possible; None: one below and one above.
        threshold: Counts below are suppressed.
        gap: At which the search may stop.
        singles: Whether the only case in a cell is an attacker too.
        peers: Methods of tau-Argus' engine.
        long: Left out unless asked for.
        quoted: A peer's published figures: name, cells, value, seconds, source.
        family: Cases that differ only by seed; summed up in one line.
        controlled: Round under control to 5 instead of suppressing; the value is the sum of distances.
    """

    table: Callable[[], data.Instance]
    rounded: bool
    width: int | None
    threshold: int = 8
    gap: float = 0.0
    singles: bool = False
    peers: tuple[str, ...] = ()
    long: bool = False
    quoted: tuple[str, int, int, float, str] | None = None
    family: str = ""
    controlled: bool = False


def synthetic(seed: int, **what: object) -> Case:
    """The country's table once more from another seed."""
    return Case(lambda: data.possession(348, seed), long=True, **what)


def sixty(seed: int) -> Case:
    """Sixty authorities with counts as small as in the country."""
    make = lambda: data.possession(60, seed, share=60 / 348)  # noqa: E731
    family = "sixty authorities, exact"
    return Case(make, False, None, gap=0.01, peers=(MOD,) if seed <= 6 else (), long=seed > 6, family=family)


GAUSS = "GaussSuppression 1.2.3 on R, measured once with its defaults; it does not run here"
CASES = {
    "possession-rounded": Case(data.possession_file, True, 4, peers=(MOD,)),
    "possession-ten-years-rounded": Case(lambda: data.possession(348, 1, 10), True, 4, long=True),
    "possession-exact": Case(data.possession_file, False, None, gap=0.01, peers=(MOD,)),
    "possession-exact-singletons": Case(
        data.possession_file, False, None, gap=0.005, singles=True, peers=(MOD_SINGLETONS,), long=True
    ),
    "possession-exact-two-values": Case(
        data.possession_file, False, 1, gap=0.005, quoted=("GaussSuppression", 2608, 130_905, 68.8, GAUSS)
    ),
    "possession-controlled": Case(data.possession_file, True, None, controlled=True, peers=(ROUND,)),
    "sosial-rounded": Case(data.sosial, True, 4, peers=(MOD,)),
    "sosial-exact": Case(data.sosial, False, None, peers=(MOD, OPT)),
    "sosial-exact-singletons": Case(data.sosial, False, None, singles=True, peers=(MOD_SINGLETONS,)),
    "sosial-exact-two-values": Case(data.sosial, False, 1, quoted=("GaussSuppression", 425, 4617, 13.8, GAUSS)),
    "sparse-48": Case(lambda: data.possession(48, 1), False, None, peers=(MOD, OPT)),
    **{f"sixty-{seed}": sixty(seed) for seed in SEEDS},
    # Of 36,354 small counts 1,926 cannot be given five values, though a count below 5 has five: a total that is not
    # small holds at least 5, so neither of two small parts of it is zero (1 to 4), and sums over other divisions carry
    # that on (0 to 3). It follows from who is small alone, whatever else is suppressed.
    "arrests-rounded": Case(data.arrests, True, 3, threshold=5, gap=0.005, long=True),
    # With exact figures adding up does not see everything, and of the 59,598 cells of all five divisions 47,790 hang
    # together: a program over those takes up to half a minute for one small count, and there are 36,354.
    "arrests-no-age-exact": Case(lambda: data.arrests(without=("age",)), False, None, threshold=5, gap=0.01, long=True),
    "arrests-no-age-no-sex-exact": Case(
        lambda: data.arrests(without=("age", "sex")), False, None, threshold=5, gap=0.01
    ),
    "arrests-exact": Case(data.arrests, False, None, threshold=5, gap=0.01, long=True),
    **{
        f"possession-rounded-seed-{seed}": synthetic(seed, rounded=True, width=4, family="possession, rounded")
        for seed in SEEDS
    },
    **{
        f"possession-exact-seed-{seed}": synthetic(
            seed, rounded=False, width=None, gap=0.005, family="possession, exact"
        )
        for seed in SEEDS
    },
}


def problem_of(case: Case, instance: data.Instance) -> Problem:
    """Pose the case's problem."""
    values = instance.values
    primary = values < case.threshold
    insiders = singletons(values, primary, relations=instance.relations) if case.singles else ()
    attacker = (
        Attacker(threshold=case.threshold, insiders=insiders)
        if case.rounded
        else Attacker(Shown.EXACT, threshold=None, knows_status=False, insiders=insiders)
    )
    requirement = Requirement.around(values) if case.width is None else Requirement.width(len(values), case.width)
    inside = Requirement.width(len(values), 1) if insiders else None
    return pose(instance.relations, values, primary, attacker, requirement, inside=inside)


def one(name: str, work: Path, python: Path | None) -> None:
    """The inner process: one instance; prints what it took."""
    case = CASES[name]
    instance = case.table()
    if case.controlled:
        print(json.dumps(one_rounded(case, instance, work / name, python)))
        return
    problem = problem_of(case, instance)
    told: dict[str, object] = {"cells": instance.relations.cells, "primary": int(problem.primary.sum())}
    start, cpu = time.perf_counter(), time.process_time()
    outcome = secure(problem, limits=Limits(gap=case.gap))
    found = time.perf_counter()
    told["cpu_pattern"] = time.process_time() - cpu
    certificate, proven = prove(problem, outcome)
    end = time.perf_counter()
    told["cpu_proof"] = time.process_time() - cpu - float(str(told["cpu_pattern"]))
    checked = check(certificate.data, certificate.sha256)
    value = int(proven.cost)
    told |= {
        "suppressed": int(proven.pattern.sum()),
        "value": value,
        "bound": proven.lower_bound,
        "gap": proven.gap,
        "pattern": found - start,
        "proof": end - found,
        "unsafe": told["primary"] - checked["cells"] - int((~_asked(problem)).sum()),
        "check": time.perf_counter() - end,
    }
    told["peers"] = peers(case, instance, work / name, python) if python else []
    print(json.dumps(told))


def one_rounded(case: Case, instance: data.Instance, folder: Path, python: Path | None) -> dict[str, object]:
    """Controlled rounding of one instance, and by the peer."""
    start = time.perf_counter()
    made = round_tables(instance.relations, instance.values, 5)
    seconds = time.perf_counter() - start
    told: dict[str, object] = {
        "cells": instance.relations.cells,
        "primary": 0,
        "suppressed": 0,
        "value": made.distance,
        "bound": made.bound,
        "gap": made.gap,
        "pattern": seconds,
        "proof": 0.0,
        "unsafe": 0,
        "peers": [],
    }
    if python:
        peer.write(instance, np.zeros(instance.relations.cells, bool), folder)
        others = []
        for method in case.peers:
            done, other = peer.run(python, instance, folder, method, PATIENCE)
            if done is not None:
                other |= {"suppressed": 0, "value": other["distance"], "unsafe": 0}
            others.append(other | {"method": method})
        told["peers"] = others
    return told


def _asked(problem: Problem) -> np.ndarray:
    requirement = problem.requirement
    return (requirement.below + requirement.above + requirement.span > 0)[problem.targets]


def peers(case: Case, instance: data.Instance, folder: Path, python: Path) -> list[dict[str, object]]:
    """Run the peers of a case and audit what they leave; exact figures, one below, one above, the case's insiders."""
    if not case.peers:
        return []
    primary = instance.values < case.threshold
    peer.write(instance, primary, folder)
    attacker = Attacker(Shown.EXACT, threshold=None, knows_status=False)
    plain = pose(instance.relations, instance.values, primary, attacker, Requirement.around(instance.values))
    audited = problem_of(case, instance) if case.singles else plain
    out = []
    for method in case.peers:
        pattern, told = peer.run(python, instance, folder, method, PATIENCE)
        told["method"] = method
        if pattern is not None:
            told["suppressed"] = int(pattern.sum())
            told["value"] = int(costs(plain)[pattern].sum())
            told["unsafe"] = len({leak.cell for leak in Audit(audited).leaks(pattern)})
        out.append(told)
    return out


def measured(name: str, work: Path, python: Path | None) -> dict:
    """Run an instance in a process of its own."""
    command = [sys.executable, __file__, "--one", name, "--work", str(work)]
    done = subprocess.run(
        [*command, *(["--python", str(python)] if python else [])], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {"error": done.stderr.strip().splitlines()[-1][:200]}
    return json.loads(done.stdout.splitlines()[-1])


HEAD = (
    "| instance | cells / primary | suppressed | value | lower bound | gap | pattern, s | proof, s | unsafe"
    " | peer | suppressed | value | seconds | unsafe | value, ratio | time, ratio |"
)


def lines(name: str, told: dict) -> list[str]:
    """Rows of the table: one for each peer, the first with our figures."""
    if "error" in told:
        return [f"| {name} | {told['error']} " + "| " * 14 + "|"]
    ours = (
        f"{told['cells']:,} / {told['primary']:,} | {told['suppressed']:,} | {told['value']:,} | {told['bound']:,.1f}"
        f" | {told['gap']:.2%} | {told['pattern']:.1f} | {told['proof']:.1f} | {told['unsafe']}"
    )
    spent = told["pattern"] + told["proof"]
    others = []
    for other in told["peers"]:
        if "error" in other:
            others.append(f"{other['method']} | {other['error'].strip()} | | {other['seconds']:.1f} | | |")
            continue
        others.append(
            f"{other['method']} | {other['suppressed']:,} | {other['value']:,} | {other['seconds']:.1f}"
            f" | {other['unsafe']} | {told['value'] / other['value']:.3f} | {spent / other['seconds']:.2f}"
        )
    quoted = CASES[name].quoted
    if quoted:
        who, cells, value, seconds, _ = quoted
        others.append(f"{who} (quoted) | {cells:,} | {value:,} | {seconds} | | {told['value'] / value:.3f} |")
    first, *rest = others or ["| | | | | |"]
    return [f"| {name} | {ours} | {first} |", *(f"| {'| ' * 9}{other} |" for other in rest)]


def summed_up(family: str, told: list[dict]) -> str:
    """A line over cases that differ only by seed: medians, and the worst of each."""
    good = [each for each in told if "error" not in each]
    if not good:
        return f"| {family} | none done " + "| " * 14 + "|"
    middle = {key: float(np.median([each[key] for each in good])) for key in ("suppressed", "value", "bound", "gap")}
    worst = {key: max(each[key] for each in good) for key in ("gap", "pattern", "proof")}
    return (
        f"| {family}: medians of {len(good)} seeds (worst) | {good[0]['cells']:,} | {middle['suppressed']:,.0f}"
        f" | {middle['value']:,.0f} | {middle['bound']:,.1f} | {middle['gap']:.2%} ({worst['gap']:.2%})"
        f" | {np.median([each['pattern'] for each in good]):.1f} ({worst['pattern']:.1f})"
        f" | {np.median([each['proof'] for each in good]):.1f} ({worst['proof']:.1f})"
        f" | {sum(each['unsafe'] for each in good)} " + "| " * 7 + "|"
    )


def write(text: list[str], doc: Path = DOC) -> None:
    """Put the table into the documentation, in place of the one before."""
    before, _, after = doc.read_text().partition(TITLE + "\n")
    _, _, rest = after.partition("\n## ")
    section = "\n".join([TITLE, *text[1:]])
    doc.write_text(before.rstrip("\n") + "\n\n" + section + "\n" + (f"\n## {rest}" if rest else ""))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="+", choices=list(CASES))
    parser.add_argument("--long", action="store_true", help="also the instances that take many minutes")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "piperoll-bench-protect")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "protect.md")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    parser.add_argument("--one")
    parser.add_argument("--python", type=Path)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.work, options.python)
        return
    options.work.mkdir(parents=True, exist_ok=True)
    python = None if options.no_peers else environment("pytauargus", options.work)
    names = options.only or [name for name, case in CASES.items() if options.long or not case.long]
    version = (HERE / "peers" / "pytauargus.txt").read_text().strip()
    text = [
        "# Disclosure control",
        "",
        f"`make bench-protect`: Python {platform.python_version()}, {os.cpu_count()} processors; one process each, in"
        f" turn. Peer: {version}, tau-Argus' engine on HiGHS. MOD(...,0,0,0) is without its singleton and frequency"
        " options, MOD(...,1,1,1) with them; OPT stops after two minutes; RND is controlled rounding, the value beside"
        " it the sum of distances. The peer solves the table with exact figures, also beside rounded instances; its"
        " unsafe cells are counted by linear programs over the whole table, with insiders where there are any. A zero"
        " costs 1.",
        "",
        HEAD,
        "|---" * 16 + "|",
    ]
    print("\n".join(text), flush=True)
    families: dict[str, list[dict]] = {}
    for name in names:
        case, told = CASES[name], measured(name, options.work, python)
        if case.family:
            families.setdefault(case.family, []).append(told)
        rows = lines(name, told)
        print("\n".join(rows), flush=True)
        text += rows
    text += [summed_up(family, told) for family, told in families.items()]
    sources = sorted({case.quoted[4] for name in names if (case := CASES[name]).quoted})
    text += ["", *(f"Quoted: {source}." for source in sources)]
    print("\n".join(text[-1 - len(sources) - len(families) :]))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("\n".join(text) + "\n")
    if options.write:
        write(text)


if __name__ == "__main__":
    main()
