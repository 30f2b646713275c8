"""Piperoll on the files of a folder, in a process of its own: what it used, then labels at each threshold.

    python benchmarks/link_piperoll.py SPEC.json DATA OUT [--weights 0 4.2479 ...] [--save FILE] [--trained FILE]

Measured is one linkage, persons at 0.95; with ``--trained`` the model of an earlier run is taken (``--save`` keeps it),
so that nothing is learnt.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import polars as pl
from link_process import used
from link_score import label_column, probability

from piperoll.link import tables
from piperoll.link.cluster.persons import persons
from piperoll.link.engine import Linked, link
from piperoll.link.files.spec import read_linkage
from piperoll.link.model import read_model


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("spec", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", type=float, nargs="*", default=[])
    parser.add_argument("--save", type=Path)
    parser.add_argument("--trained", type=Path)
    parser.add_argument("--count", action="store_true", help="count candidates; with a truth, those that are true too")
    options = parser.parse_args()
    spec = json.loads(options.spec.read_text())
    spec["thresholds"] = {"join": 0.95}
    linkage = read_linkage(spec).linkage
    frames = {path.stem: pl.read_parquet(path) for path in sorted(options.data.glob("*.parquet"))}
    model = read_model(json.loads(options.trained.read_text()), linkage) if options.trained else None
    linked = link(frames, linkage, model=model)
    told: dict[str, object] = used()
    told |= {"persons": linked.persons.count, "rules": [each.text for each in linked.blocks],
             "raw": sum(each.pairs for each in linked.blocks)}  # fmt: skip
    if options.save:
        options.save.write_text(json.dumps(tables.model(linked)))
    if options.weights:
        labels(linked, options.weights).write_parquet(options.out)
    if options.count:
        truth = options.data.parent / "truth.parquet"
        told |= candidates(linked, pl.read_parquet(truth) if truth.exists() else None)
    print(json.dumps(told))


def labels(linked: Linked, weights: list[float]) -> pl.DataFrame:
    """record, and who is who at each weight."""
    out = {"record": linked.ready.records.ids}
    for weight in weights:
        found = persons(linked.scanner, linked.pairs, linked.weights, linked.ready.vetoes, probability(weight))
        out[label_column("persons", weight)] = pl.Series(found.label)
    return pl.DataFrame(out)


def candidates(linked: Linked, truth: pl.DataFrame | None) -> dict[str, int]:
    """How many pairs of records were compared, each counted once; and how many of them are of one person."""
    known = np.zeros(0)
    if truth is not None:
        ids = linked.ready.records.ids.to_frame("record")
        known = ids.join(truth, on="record", how="left", maintain_order="left")["person"].rank("dense").to_numpy()
    count = true = 0
    for part in linked.scanner.run(linked.scanner.tasks(), linked.weights, -np.inf):
        count += len(part)
        true += int((known[part.left] == known[part.right]).sum()) if len(known) else 0
    return {"candidates": count} | ({"candidates_true": true} if len(known) else {})


if __name__ == "__main__":
    main()
