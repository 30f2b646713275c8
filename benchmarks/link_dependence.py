"""Does it help to say that the sexes of two people of one forename agree, among strangers too?

    python benchmarks/link_dependence.py [--only NAME ...]

Models of each case of `link_accuracy.py` that has a sex, all else the same: forename and sex as two comparisons, taken
for independent (the default); the levels of the forename divided by whether the sexes agree, one comparison, which
takes for granted nothing about the two (m and u of sex then depend on the level of the forename); and no sex at all.
The first two with frequencies of forenames and without.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from link_cases import Case, Missing, cases, lay_out
from link_piperoll import labels
from link_score import FIXED, graded, summary

from piperoll.link.engine import link
from piperoll.link.files.spec import read_linkage
from piperoll.link.spec.defaults import comparisons


WAYS = ("independent", "joint", "independent, no frequencies", "joint, no frequencies", "without sex, no frequencies")
MEASURES = tuple(f"{measure}@{at}" for measure in ("pairs_f1", "bcubed_f1") for at in FIXED)


def spec_of(case: Case, way: str) -> dict[str, Any]:
    """A case's specification with forename and sex compared in a way."""
    spec = {**case.spec(), "thresholds": {"join": 0.95}}
    fields = read_linkage(spec).linkage.declared.fields
    out: list[dict[str, Any]] = []
    for each in comparisons(fields):
        if each.name == "sex" and not way.startswith("independent"):
            continue
        rare = bool(each.tf) and not (each.name == "forename" and way.endswith("no frequencies"))
        levels = [{"when": x.when, "label": x.label, "null": x.null} if x.null or not rare
                  else {"when": x.when, "label": x.label, "tf": x.tf} for x in each.levels]  # fmt: skip
        if each.name == "forename" and way.startswith("joint"):
            levels = [part for level in levels for part in _divided(level)]
        out.append({"name": each.name, "levels": levels} | ({"tf": each.tf} if rare else {}))
    return {**spec, "compare": out}


def _divided(level: dict[str, Any]) -> list[dict[str, Any]]:
    """A level by whether the sexes agree, differ, or are not known; names that are not known say what the sexes do."""
    if level.get("null"):
        own = f"({level['when']})"
        return [{"when": f"{own} and different(sex)", "label": "only sex, another"},
                {"when": f"{own} and sex", "label": "only sex, the same"}, level]  # fmt: skip
    both = level["when"] == "else"
    join = "" if both else f"({level['when']}) and "
    rare = {"tf": level["tf"]} if level.get("tf") else {}
    return [{"when": f"{join}different(sex)", "label": f"{level['label']}, another sex"} | rare,
            {"when": f"{join}sex", "label": f"{level['label']}, the same sex"} | rare, level]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="cases, or the beginnings of their names")
    options = parser.parse_args()
    print("| data | forename and sex | " + " | ".join(MEASURES) + " |")
    print("|---|---|" + "--:|" * len(MEASURES))
    with tempfile.TemporaryDirectory(prefix="piperoll-dependence-") as made:
        for name, case in cases(Path(made) / "peers").items():
            if options.only and not any(name.startswith(each) for each in options.only):
                continue
            if not any(field["name"] == "sex" for field in case.fields):
                continue
            try:
                laid = lay_out(case, Path(made) / name)
            except Missing as error:
                print(f"| {name} | {error} |")
                continue
            frames = {path.stem: pl.read_parquet(path) for path in sorted(laid.data.glob("*.parquet"))}
            for way in WAYS:
                linked = link(frames, read_linkage(spec_of(case, way)).linkage)
                told = summary(graded(labels(linked, list(FIXED.values())), laid.truth, case.link))
                print(f"| {name} | {way} | " + " | ".join(f"{told[each]:.4f}" for each in MEASURES) + " |", flush=True)


if __name__ == "__main__":
    main()
