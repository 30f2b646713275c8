"""The same linkage by Piperoll and by Splink: time, memory, candidates, on simulated sources of several sizes.

    python benchmarks/link_speed.py [--sizes 10000 1000000 ...] [--write]

Both get the same files, the same ten blocking rules and the same levels of comparison, as far as both languages can say
them (`DIFFERENCES`). Every run is a process of its own, one after another: a linkage from nothing (train, predict,
cluster at .95), then one with the model that the first one saved. Candidates are counted afterwards, unmeasured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from collect import environment
from document import put
from link_cases import SOURCES, Laid, Missing, population, read_source
from link_process import run
from link_score import FIXED, codes, label_column, quality, ratio


HERE = Path(__file__).parent
TITLE = "Linkage: speed"
SIZES = (10_000, 1_000_000)
EACH = 3.56  # records a person in the simulated sources
COLUMNS = ("forename", "surname", "dob", "sex", "postcode", "town", "pnc_id", "prison_number", "asn")
RULES = (
    "pnc_id", "prison_number", "asn", "surname, dob", "forename, dob", "forename, surname, year(dob)",
    "postcode, forename", "postcode, surname", "dob, postcode",
    "first(surname, 3), initial(forename), day_and_month(dob)",
)  # fmt: skip
DIFFERENCES = (
    "Levels are those of Splink's library in both: names exact with term frequencies, Jaro-Winkler .92 and .88; dates"
    " exact, one edit (Piperoll: one digit), a month, a year, ten years apart; sex; postcode exact with term"
    " frequencies, one edit, district, town; three identifiers exact or one edit. Piperoll cleans names and dates in"
    " more steps, learns u of exact levels from frequencies and all else from samples of its own, and makes persons by"
    " agreement of groups where Splink takes connected components."
)
HEAD = (
    "| records | run | candidates, Piperoll | Splink | processor, s | Splink | ratio | wall, s | Splink | ratio"
    " | GiB | Splink | ratio | B-cubed F1 at .95 | Splink |"
)
RULER = "|--:|---|" + "--:|" * 13


def spec() -> dict[str, Any]:
    """Piperoll's specification."""

    def name(field: str) -> dict[str, Any]:
        similar = [{"when": f"jaro_winkler({field}) >= {at}"} for at in (0.92, 0.88)]
        return _compared(field, [{"when": field, "tf": 1.0}, *similar], field)

    def number(field: str) -> dict[str, Any]:
        return _compared(field, [{"when": field}, {"when": f"levenshtein({field}) <= 1"}])

    dates = ("dob", "digits(dob) <= 1", "months(dob) <= 1", "years(dob) <= 1", "years(dob) <= 10")
    address = [{"when": "null(postcode) and null(town)", "null": True}, {"when": "postcode", "tf": 1.0},
               {"when": "levenshtein(postcode) <= 1"}, {"when": "outward(postcode)"}, {"when": "town"}]  # fmt: skip
    kinds = {"town": "place", "pnc_id": "identifier", "prison_number": "identifier", "asn": "identifier"}
    return {
        "record": "record",
        "mode": "dedupe",
        "fields": [{"name": each} | ({"kind": kinds[each]} if each in kinds else {}) for each in COLUMNS],
        "block": {"rules": list(RULES), "largest": 1_000_000_000},  # no group is divided, as in Splink
        "compare": [
            name("forename"), name("surname"), _compared("dob", [{"when": each} for each in dates]),
            _compared("sex", [{"when": "sex"}]), {"name": "address", "levels": address, "tf": "postcode"},
            *map(number, ("pnc_id", "prison_number", "asn")),
        ],
    }  # fmt: skip


def _compared(field: str, levels: list[dict[str, Any]], tf: str = "") -> dict[str, Any]:
    null = {"when": f"null({field})", "null": True}
    return {"name": field, "levels": [null, *levels]} | ({"tf": tf} if tf else {})


def lay_out(records: int, folder: Path) -> Laid:
    """About so many records of the simulated sources in ``folder``, unless they are there already.

    Raises:
        Missing: If there is no simulated population here.
    """
    told = folder / "files.json"
    if not told.exists():
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "data").mkdir(parents=True)
        out = population(round(records / EACH), 1, 1.0, folder)
        files, truth = {}, []
        for source in SOURCES:
            frame = read_source(out, source, COLUMNS)
            truth.append(frame.select("record", pl.lit(source).alias("file"), "person"))
            frame.drop("person").write_parquet(folder / "data" / f"{source}.parquet")
            files[source] = len(frame)
        pl.concat(truth).write_parquet(folder / "truth.parquet")
        shutil.rmtree(out)
        told.write_text(json.dumps(files))
    return Laid(folder, json.loads(told.read_text()))


def declare(laid: Laid) -> Path:
    """Piperoll's specification as a file."""
    path = laid.folder / "spec.json"
    path.write_text(json.dumps(spec(), indent=1))
    return path


def measured(laid: Laid, work: Path) -> dict[str, Any]:
    """Both tools, from nothing and with a saved model; figures by run and tool."""
    tools = {
        "Piperoll": [sys.executable, HERE / "link_piperoll.py", declare(laid)],
        "Splink": [environment("splink", work), HERE / "peers" / "run_splink.py", "speed"],
    }
    out: dict[str, Any] = {"records": sum(laid.files.values()), "train": {}, "inference": {}}
    for tool, command in tools.items():
        labels, model = laid.folder / f"{tool}.parquet", laid.folder / f"{tool}.model"
        whole = [*command, laid.data, labels]
        log = laid.folder / f"{tool}.log"
        # measured by itself; counting and labels come from runs of their own, so that neither disturbs the memory
        told = run([*whole, "--save", model], log)
        out["train"][tool] = told
        if "error" in told:
            continue
        out["inference"][tool] = run([*whole, "--trained", model], log)
        more = run([*whole, "--trained", model, "--count", "--weights", repr(FIXED[0.95])], log)
        if "error" not in more:
            told |= {key: more[key] for key in ("candidates", "candidates_true")} | graded(labels, laid.truth)
    return out


def graded(labels: Path, truth: pl.DataFrame) -> dict[str, float]:
    """Quality of the persons at .95."""
    both = truth.join(pl.read_parquet(labels), on="record", how="left", validate="1:1")
    way = "persons" if label_column("persons", FIXED[0.95]) in both.columns else "components"
    return quality(codes(both[label_column(way, FIXED[0.95])]), codes(both["person"])).told()


def rows(told: Mapping[str, Any]) -> list[str]:
    """Lines of the table for a size."""
    out = []
    names = {"train": "train, predict, cluster", "inference": "with a saved model"}
    whole = told["train"]
    for kind, name in names.items():
        both = [told[kind].get(tool, {"error": "not run"}) for tool in ("Piperoll", "Splink")]
        wrong = next((f"{tool}: {each['error']}" for tool, each in zip(("Piperoll", "Splink"), both, strict=True)
                      if "error" in each), "")  # fmt: skip
        if wrong:
            out.append(f"| {told['records']:,} | {name} | {wrong} " + "| " * 12 + "|")
            continue
        cells = []
        for key, form in (("cpu", ".1f"), ("wall", ".1f"), ("gib", ".2f")):
            ours, peer = (each[key] for each in both)
            cells.append(f"{ours:{form}} | {peer:{form}} | {ratio(peer, ours)}")
        counts = " | ".join(_or_nothing(whole[tool], "candidates", ",") for tool in ("Piperoll", "Splink"))
        found = " | ".join(_or_nothing(whole[tool], "bcubed_f1", ".4f") for tool in ("Piperoll", "Splink"))
        out.append(f"| {told['records']:,} | {name} | {counts} | {' | '.join(cells)} | {found} |")
    return out


def _or_nothing(told: Mapping[str, Any], key: str, form: str) -> str:
    return f"{told[key]:{form}}" if key in told else ""


def report(done: Sequence[Mapping[str, Any]]) -> list[str]:
    """The section, in Markdown."""
    versions = {each["train"]["Splink"].get("version", "Splink") for each in done}
    text = [
        f"`make bench-link`: simulated sources (`justice_world.population`), ten blocking rules, beside"
        f" {', '.join(sorted(versions))} (u from at most 1e7 pairs, EM from 2e6); Python {platform.python_version()},"
        f" {os.cpu_count()} processors, one process a run, one after another, other work beside them. Seconds are from"
        " the start of the process, reading and cleaning included, processor seconds those of user and system."
        " Piperoll's kernels were compiled before. A ratio is Splink's figure over Piperoll's.",
        "",
        DIFFERENCES,
        "",
        HEAD,
        RULER,
    ]
    return text + [line for told in done for line in rows(told)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="records")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "piperoll-bench-link")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "link_speed.json")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    done = []
    for number, size in enumerate(sorted(options.sizes)):
        try:
            laid = lay_out(size, options.work / f"speed-{size}")
        except Missing as why:
            print(f"not run: {why}")
            return
        if not number:
            piperoll = [sys.executable, HERE / "link_piperoll.py", declare(laid), laid.data, laid.folder / "warm"]
            run(piperoll, laid.folder / "warm.log")  # compiles the kernels
        done.append(measured(laid, options.work))
        options.out.write_text(json.dumps(done, indent=1) + "\n")
        print("\n".join(rows(done[-1])), flush=True)
    text = report(done)
    print("\n".join(text))
    if options.write:
        put(TITLE, text)


if __name__ == "__main__":
    main()
