"""How much simple figures of a run depend on the threshold of its linkage, kept beside the run for other rooms to ask.

::

    home/link/offenders/0002/sensitivity.parquet        figure, threshold, value

    sensitivity(home, "offenders")["persons"].spread    # from least to largest over the band, as a share
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.govern.actions import Action
from piperoll.link.before import read_before
from piperoll.link.engine import Linked, Progress, link, silent
from piperoll.link.evaluate.sensitivity import BAND, Band, band, person_count
from piperoll.link.vaulted.run import find_linkage, linkage_inputs, runs, vaulted
from piperoll.store.tokens import Keyring


FILE = "sensitivity.parquet"
Figure = Callable[[np.ndarray], float]


@dataclass(frozen=True)
class Measured:
    """What a run gives over the band.

    Attributes:
        run: Directory of the run.
        join: Probability from which the run joined records; one of the thresholds.
        bands: By name of figure: ``persons``; ``records per person``; for each input ``matched NAME``, the share of its
            records whose person has a record in another input.
    """

    run: Path
    join: float
    bands: Mapping[str, Band]


def measure(desk: Desk, keyring: Keyring, name: str, *, threads: int = 0, progress: Progress = silent) -> Measured:
    """Count the last run of a linkage over the band of thresholds, from the records as of the run's vintage.

    The run's pairs and model are taken; nothing is learnt anew.

    Raises:
        UserError: ``PR-L015`` if it was not run, ``PR-L040`` for a linkage by keys, ``PR-L012`` if it is declared
            otherwise since.
    """
    loaded = find_linkage(desk.register.root, name)
    if loaded.declared.steps:
        raise UserError("PR-L040", f"`{name}` matches by keys, and has no threshold.", where=name,
                        fix="Look at its rates: how many each key matches.")  # fmt: skip
    run = _last(desk.home, name)
    before = read_before(run, loaded.linkage)
    vintage = int(json.loads((run / "model.json").read_text(encoding="utf-8"))["vintage"])
    purpose = f"sensitivity {name}"
    frames = linkage_inputs(desk, keyring, loaded.declared, name, purpose, Action.LINK_SENSITIVITY, vintage)
    linked = link(frames, vaulted(desk, loaded), threads=threads, progress=progress, before=before)
    progress("Counting over the band")
    thresholds = sorted({*BAND, linked.join})
    found = {each: band(linked, count, thresholds) for each, count in figures(linked).items()}
    _write(run / FILE, found)
    return Measured(run, linked.join, found)


def figures(linked: Linked) -> dict[str, Figure]:
    """Figures of who is who, each a function of the labels: int32 (records,), first record of each one's person."""
    records = linked.ready.records
    out: dict[str, Figure] = {"persons": person_count, "records per person": _each}
    if len(records.files) > 1:
        for number, name in enumerate(records.files):
            out[f"matched {name}"] = partial(_matched, file=records.file, number=number)
    return out


def _each(label: np.ndarray) -> float:
    return len(label) / max(len(np.unique(label)), 1)


def _matched(label: np.ndarray, file: np.ndarray, number: int) -> float:
    """Share of a file's records whose person has a record in another file."""
    elsewhere = np.zeros(len(label), bool)
    elsewhere[label[file != number]] = True
    own = label[file == number]
    return float(elsewhere[own].mean()) if len(own) else 0.0


def sensitivity(home: Path, linkage: str) -> dict[str, Band]:
    """Figures of the last run of a linkage over the band of thresholds, as `measure` kept them; by name of figure.

    Raises:
        UserError: ``PR-L015`` if the linkage was not run, ``PR-L040`` if its last run was not measured.
    """
    path = _last(home, linkage) / FILE
    if not path.is_file():
        raise UserError("PR-L040", f"the last run of `{linkage}` was not counted over thresholds yet.", where=linkage,
                        fix=f"Run `piperoll link sensitivity {linkage}`.")  # fmt: skip
    rows = pl.read_parquet(path)
    return {
        str(name): Band(tuple(part["threshold"]), tuple(part["value"]))
        for (name,), part in rows.group_by("figure", maintain_order=True)
    }


def _last(home: Path, name: str) -> Path:
    done = runs(home, name)
    if not done:
        raise UserError("PR-L015", f"`{name}` was not run yet.", fix=f"Run piperoll link run {name}.")
    return done[-1]


def _write(path: Path, found: Mapping[str, Band]) -> None:
    rows = [(name, at, value) for name, each in found.items()
            for at, value in zip(each.thresholds, each.values, strict=True)]  # fmt: skip
    schema = {"figure": pl.String, "threshold": pl.Float64, "value": pl.Float64}
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(draft)
    os.replace(draft, path)
