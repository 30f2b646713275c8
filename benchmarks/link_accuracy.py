"""Who is who, found by Piperoll and by Splink, against the truth: pairs and B-cubed, with time and memory.

    python benchmarks/link_accuracy.py [--only NAME ...] [--write]

Each run is a process of its own on the same files. Piperoll gets the names and kinds of the fields and nothing else;
Splink the best model that was found here (`peers/splink_models.py`). Persons are made at the fixed probabilities .5 and
.95 and at whole match weights from -4 to 30; "best" is the best of these on the truth, which nobody has: an upper bound
for either tool. The truth counts all records, so a pair that no blocking rule finds is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from collect import environment
from document import put
from link_cases import Case, Laid, Missing, cases, lay_out
from link_process import run
from link_score import ALL, FIXED, codes, graded, ratio, spread, summary, true_pairs


HERE = Path(__file__).parent
TITLE = "Linkage: who is who"
MEASURES = tuple(f"{measure}@{at}" for measure in ("pairs_f1", "bcubed_f1") for at in (*FIXED, "best"))
HEAD = (
    "| data | tool | candidates | recall of blocking | pairs F1 at .5 | at .95 | best | B-cubed F1 at .5 | at .95"
    " | best | processor, s | wall, s | GiB |"
)
RULER = "|---|---|--:|--:|" + "--:|" * 9


def measured(name: str, case: Case, laid: Laid, work: Path) -> dict[str, Any]:
    """Both tools on a case: figures by tool."""
    out = {"Piperoll": piperoll(case, laid)}
    python = environment("splink", work)
    for model in case.models:
        labels = work / f"{name}-{model}.parquet"
        command = [python, HERE / "peers" / "run_splink.py", model, laid.data, labels, "--count", "--weights"]
        told = run([*command, *map(repr, ALL)], work / f"{name}-{model}.log")
        out["Splink" + _variant(model)] = scored(told, labels, case, laid)
    return out


def _variant(model: str) -> str:
    _, _, variant = model.partition("historical_")
    return f", {variant}" if variant else ""


def piperoll(case: Case, laid: Laid, weights: Sequence[float] = ALL) -> dict[str, Any]:
    """Piperoll on a case."""
    spec, labels = laid.folder / "spec.json", laid.folder / "piperoll.parquet"
    spec.write_text(json.dumps(case.spec(), indent=1))
    command = [sys.executable, HERE / "link_piperoll.py", spec, laid.data, labels]
    more = ["--count", "--weights", *map(repr, weights)] if weights else []
    told = run([*command, *more], laid.folder / "piperoll.log")
    return scored(told, labels, case, laid) if weights else told


def scored(told: dict[str, Any], labels: Path, case: Case, laid: Laid) -> dict[str, Any]:
    """A run's figures with what its labels are worth."""
    if "error" in told:
        return told
    truth = laid.truth
    files = codes(truth["file"]) if case.link else None
    told["true"] = true_pairs(codes(truth["person"]), files)
    told["grades"] = graded(pl.read_parquet(labels), truth, case.link)
    told["summary"] = summary(told["grades"])
    return told


def rows(title: str, runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each tool: means over ``runs``, with standard deviations where there are several."""
    out = []
    for number, tool in enumerate(runs[0]):
        each = [run[tool] for run in runs]
        first = title if not number else ""
        wrong = [told["error"] for told in each if "error" in told]
        if wrong:
            out.append(f"| {first} | {tool} | {wrong[0]} " + "| " * 10 + "|")
            continue
        mean = {key: spread(told[key] for told in each).mean for key in ("candidates", "cpu", "wall", "gib")}
        found = spread(told["candidates_true"] / told["true"] for told in each).mean
        figures = " | ".join(_figure([told["summary"][key] for told in each]) for key in MEASURES)
        out.append(
            f"| {first} | {tool} | {mean['candidates']:,.0f} | {found:.4f} | {figures}"
            f" | {mean['cpu']:.1f} | {mean['wall']:.1f} | {mean['gib']:.2f} |"
        )
    return out


def _figure(values: Sequence[float]) -> str:
    told = spread(values)
    return f"{told.mean:.4f}" + (f" ± {told.deviation:.4f}" if told.count > 1 else "")


def report(done: Mapping[str, Mapping[str, Any]], known: Mapping[str, Case], skipped: Mapping[str, str]) -> list[str]:
    """The section, in Markdown."""
    families: dict[str, list[Mapping[str, Any]]] = {}
    for name, told in done.items():
        families.setdefault(known[name].family or name, []).append(told)
    versions = {told["version"] for each in done.values() for told in each.values() if "version" in told}
    text = [
        f"`make bench-link-accuracy`: Piperoll with its defaults, beside {', '.join(sorted(versions)) or 'nothing'};"
        f" Python {platform.python_version()}, {os.cpu_count()} processors, one process a run, other work beside it."
        " Persons (Splink: its clusters by connected components; where files are linked also its single best links,"
        " whichever is better in each figure) are made at the probabilities .5 and .95, fixed before, and at whole"
        " match weights from -4 to 30: the best of these is taken on the truth, an upper bound for either tool. The"
        " truth counts all records, so pairs that blocking loses are missed; where files are linked, pairs of different"
        " files count. ± is the standard deviation between seeds. Seconds and memory are those of one linkage with"
        " persons at .95, from the start of the process; Piperoll's kernels were compiled before.",
        "",
        HEAD,
        RULER,
    ]
    for family, runs in families.items():
        count = f" ({len(runs)} seeds)" if len(runs) > 1 else ""
        text += rows(family + count, runs)
    notes = {
        f"{name.rsplit('-', 1)[0] if known[name].family else name}, {tool}": told["notes"]
        for name, each in done.items() for tool, told in each.items() if "notes" in told
    }  # fmt: skip
    text += ["", "Splink's models: " + "; ".join(f"{name}: {note}" for name, note in notes.items()) + "."]
    faster = []
    for family, runs in families.items():
        ours = spread(each["Piperoll"].get("cpu", 0.0) for each in runs).mean
        last = spread(list(each.values())[-1].get("cpu", 0.0) for each in runs).mean
        faster.append(f"{family} {ratio(last, ours) or '-'}")
    text += ["", "Splink's processor seconds over Piperoll's (its last line): " + "; ".join(faster) + "."]
    text += [f"Not run: {name}: {why}" for name, why in skipped.items()]
    return text


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="+", metavar="NAME", help="cases, or the beginnings of their names")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "piperoll-bench-link")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "link_accuracy.json")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    parser.add_argument("--resume", action="store_true", help="do not measure again what the results have already")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    known = cases(options.work)
    names = [name for name in known if not options.only or any(name.startswith(each) for each in options.only)]
    if not names:
        parser.error(f"there is no such case; there are {', '.join(known)}.")
    before = options.out.exists() and (options.only or options.resume)
    results: dict[str, Any] = json.loads(options.out.read_text()) if before else {}
    skipped: dict[str, str] = {}
    warm = False
    for name in names:
        if name in results and options.resume:
            continue
        try:
            laid = lay_out(known[name], options.work / "cases" / name)
        except Missing as why:
            skipped[name] = str(why)
            print(f"{name}: not run, {why}", flush=True)
            continue
        if not warm:
            warm = bool(piperoll(known[name], laid, ()))  # compiles the kernels
        results[name] = measured(name, known[name], laid, options.work)
        options.out.write_text(json.dumps(results, indent=1) + "\n")
        print("\n".join(rows(name, [results[name]])), flush=True)
    text = report({name: results[name] for name in known if name in results}, known, skipped)
    print("\n".join(text))
    if options.write:
        put(TITLE, text)


if __name__ == "__main__":
    main()
