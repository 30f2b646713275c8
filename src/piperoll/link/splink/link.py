"""Link files by a Splink model as it is, lists and all: candidates and levels by DuckDB, persons by the engine's way.

::

    linked = link_by("model.json", {"people": people})
    linked.clusters, linked.pairs
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.link.cluster.identity import name_persons
from piperoll.link.engine import Progress, silent
from piperoll.link.files.read import read_files
from piperoll.link.files.run import free, whole
from piperoll.link.spec.declared import Declared, FieldSpec
from piperoll.link.splink.block import Rule, candidates, rule_columns
from piperoll.link.splink.model import SplinkModel, read_model
from piperoll.link.splink.persons import join_pairs
from piperoll.link.splink.score import check_trained, gathered, opened, weighed
from piperoll.register.model.linkage import ThresholdsSpec


JOIN = ThresholdsSpec().join


@dataclass(frozen=True)
class LinkedBy:
    """What came of it.

    Attributes:
        clusters: ``file``, ``record``, ``person``; sorted by file and record.
        pairs: Both records, weight, probability, whether they are one person, the rule, the level of each comparison;
            those that are kept, the best first.
        candidates: How many pairs were scored.
    """

    clusters: pl.DataFrame
    pairs: pl.DataFrame
    candidates: int

    @property
    def persons(self) -> int:
        """How many persons."""
        return int(self.clusters["person"].n_unique())


def is_settings(path: Path) -> bool:
    """Whether a file is settings of Splink: JSON with comparisons of levels."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig")) if path.suffix.lower() == ".json" else None
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and isinstance(found.get("comparisons"), list)


def link_by(
    settings: Path | str | Mapping[str, Any] | SplinkModel,
    frames: Mapping[str, pl.DataFrame],
    *,
    rules: Sequence[str] | None = None,
    join: float = JOIN,
    keep: float = ThresholdsSpec().keep,
    memory_mb: int = 2048,
    progress: Progress = silent,
) -> LinkedBy:
    """Link records by a Splink model, whatever SQL its levels and rules are.

    Args:
        frames: Records, by name of their file; in each, the column that the model names tells records apart.
        rules: Blocking rules, as SQL over ``l`` and ``r``, in place of the model's.
        join: Probability from which two records are joined.
        keep: Match weight from which pairs are kept.
        memory_mb: What DuckDB may use, in MiB.

    Raises:
        UserError: ``PR-L020`` without rules, ``PR-L029`` with rules that bring too many pairs together; and those of
            `piperoll.link.splink.score.score_pairs`.
    """
    model = read_model(settings)
    check_trained(model)
    used: Sequence[Rule] = model.rules if rules is None else [(each, ()) for each in rules]
    if not used:
        raise UserError("PR-L020", "the settings have no blocking rule.", where=model.name,
                        fix='Give some: `--rule "l.surname = r.surname AND l.dob = r.dob"`.')  # fmt: skip
    records, adjusted, names = gathered(model, frames, {}, rule_columns(model, used))
    order = _order(model, names, frames)
    names = names[order]
    records = records.drop("n")[order].with_row_index("n")
    across = ""
    if model.link_type == "link_only":
        across = "file"
        while across in records.columns:
            across += "_"
    progress("Blocking")
    table = records.with_columns(names["file"].alias(across)) if across else records
    with opened(table, memory_mb, model.name) as con:
        found = candidates(con, model, used, across)
    progress(f"Comparing {found.height:,} pairs")
    scored = weighed(model, records, adjusted, _pairs(found["l"].to_numpy(), found["r"].to_numpy()), memory_mb)
    weight = scored["weight"].fill_null(-np.inf).to_numpy()

    def weigh(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        more = weighed(model, records, adjusted, _pairs(left, right), memory_mb)
        return np.asarray(more["weight"].fill_null(-np.inf).to_numpy())

    progress("Joining")
    label = join_pairs(len(records), found["l"].to_numpy(), found["r"].to_numpy(), weight, join, weigh)
    first = names.select(pl.concat_str("file", pl.lit("\0"), "record"))["file"]
    clusters = names.with_columns(name_persons(label, first.gather).person.alias("person"))
    told = _told(model, names, found, scored, label, [sql for sql, _ in used])
    return LinkedBy(clusters.sort("file", "record"), told.filter(pl.col("weight") >= keep), found.height)


def _order(model: SplinkModel, names: pl.DataFrame, frames: Mapping[str, pl.DataFrame]) -> pl.Series:
    """Positions of the records in the order in which Splink puts the two of a pair: by name; of files, by both."""
    if len(frames) == 1:
        (frame,) = frames.values()
        return frame[model.record].arg_sort()
    return names.select(pl.concat_str("file", pl.lit("-__-"), "record")).to_series().arg_sort()


def _pairs(left: np.ndarray, right: np.ndarray) -> pl.DataFrame:
    one, other = np.minimum(left, right), np.maximum(left, right)
    return pl.DataFrame({"l": pl.Series(one, dtype=pl.UInt32), "r": pl.Series(other, dtype=pl.UInt32)}).with_row_index(
        "pair"
    )


def _told(
    model: SplinkModel, names: pl.DataFrame, found: pl.DataFrame, scored: pl.DataFrame, label: np.ndarray,
    rules: Sequence[str],
) -> pl.DataFrame:  # fmt: skip
    out: dict[str, pl.Series] = {}
    for side in ("l", "r"):
        out |= {f"{column}_{side}": names[column].gather(found[side]) for column in ("file", "record")}
    out |= {"weight": scored["weight"], "probability": scored["probability"]}
    out["same_person"] = pl.Series(label[found["l"].to_numpy()] == label[found["r"].to_numpy()])
    out["rule"] = pl.Series(rules, dtype=pl.String).gather(found["rule"].cast(pl.UInt32))
    for each in model.comparisons:
        labels: dict[int, str] = {}
        for gamma, level in zip(each.gammas, each.levels, strict=True):
            labels.setdefault(gamma, level.label)
        gammas = scored[f"gamma_{each.name}"].cast(pl.Int64)
        out[f"level_{each.name}"] = gammas.replace_strict(labels, default=None, return_dtype=pl.String)
    frame = pl.DataFrame({name: series.rename(name) for name, series in out.items()})
    return frame.sort(["weight", "file_l", "record_l", "file_r", "record_r"],
                      descending=[True, False, False, False, False], nulls_last=True)  # fmt: skip


def link_files_by(
    settings: Path,
    paths: Sequence[Path],
    out: Path,
    *,
    rules: Sequence[str] | None = None,
    join: float = JOIN,
    progress: Progress = silent,
) -> LinkedBy:
    """`link_by` of files, into the new directory ``out``: clusters.parquet, pairs.parquet, and the settings.

    Raises:
        UserError: those of `link_by`; ``PR-L006`` and ``PR-L007`` for files and directory.
    """
    free(out)
    model = read_model(settings)
    used: Sequence[Rule] = model.rules if rules is None else [(each, ()) for each in rules]
    wanted = sorted(model.columns | rule_columns(model, used))
    declared = Declared(tuple(FieldSpec(name) for name in wanted if name != model.record), record=model.record)
    progress("Reading")
    with read_files(paths, declared, lists=True) as frames:
        linked = link_by(model, frames, rules=rules, join=join, progress=progress)

    def write(into: Path) -> None:
        linked.clusters.write_parquet(into / "clusters.parquet")
        linked.pairs.write_parquet(into / "pairs.parquet")
        (into / "settings.json").write_bytes(settings.read_bytes())

    whole(out, write)
    return linked
