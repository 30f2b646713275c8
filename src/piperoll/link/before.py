"""What a run before found, brought to the records of this one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.link.cluster.names import further_names
from piperoll.link.compare.program import Coded, Program, compare
from piperoll.link.encode.records import Records
from piperoll.link.kernels import njit
from piperoll.link.model import Model, read_model
from piperoll.link.score.run import Pairs, Scanner, folded
from piperoll.link.score.scan import Weights, weigh
from piperoll.link.spec.model import Linkage


@dataclass(frozen=True)
class Before:
    """A run before.

    Attributes:
        clusters: ``file``, ``record``, ``person``.
        pairs: ``file_l``, ``record_l``, ``file_r``, ``record_r``, ``rule``.
        used: Names of persons that were ever used.
    """

    clusters: pl.DataFrame
    pairs: pl.DataFrame
    model: Model
    used: tuple[str, ...] = ()

    @property
    def ever(self) -> tuple[str, ...]:
        """Names of persons that are used or ever were."""
        return (*self.used, *self.clusters["person"].unique().to_list())


def read_before(directory: Path, linkage: Linkage) -> Before:
    """What `piperoll link files` wrote into ``directory``.

    Raises:
        UserError: ``PR-L013`` if it is not such a directory, ``PR-L012`` if it is of another linkage.
    """
    try:
        clusters = pl.read_parquet(directory / "clusters.parquet", columns=["file", "record", "person"])
        pairs = pl.read_parquet(
            directory / "pairs.parquet", columns=["file_l", "record_l", "file_r", "record_r", "rule"]
        )
        told = json.loads((directory / "model.json").read_text(encoding="utf-8"))
        history = directory / "persons.parquet"
        used = pl.read_parquet(history, columns=["person"])["person"].to_list() if history.is_file() else []
    except (OSError, ValueError, pl.exceptions.PolarsError):
        raise UserError("PR-L013", "there is no earlier result.", where=str(directory),
                        fix="Name a directory that `piperoll link files` wrote.") from None  # fmt: skip
    return Before(clusters, pairs, read_model(told, linkage, "model.json"), tuple(used))


def earlier_persons(records: Records, before: Before) -> pl.Series:
    """Each record's person in the run before; null for a new record."""
    return _named(records).join(
        before.clusters, on=["file", "record"], how="left", maintain_order="left"
    )["person"]  # fmt: skip


def _named(records: Records) -> pl.DataFrame:
    files = pl.Series(records.files, dtype=pl.String).gather(records.file)
    return pl.DataFrame({"file": files, "record": records.ids})


def named_records(records: Records) -> Callable[[np.ndarray], pl.Series]:
    """Gives for records, by number, their file and record as one text that tells each apart."""

    def told(some: np.ndarray) -> pl.Series:
        file = pl.Series(records.files, dtype=pl.String).gather(records.file[some])
        return pl.select(pl.concat_str(file, pl.lit("\0"), records.ids.gather(some))).to_series()

    return told


def first_records(persons: pl.Series) -> np.ndarray:
    """First record of each record's earlier person, int32; -1 for a new record."""
    codes = persons.rank("dense").fill_null(0).to_numpy().astype(np.int64)
    first = np.full(int(codes.max(initial=0)) + 1, len(codes), np.int32)
    np.minimum.at(first, codes, np.arange(len(codes), dtype=np.int32))
    out = first[codes]
    out[codes == 0] = -1
    return out


def earlier_pairs(records: Records, before: Before, scanner: Scanner, weights: Weights, bound: float) -> Pairs:
    """Pairs of the run before whose records are both still there, weighed anew; those of ``bound`` or more."""
    rows = _named(records).with_row_index("row")
    found = before.pairs
    for side in ("l", "r"):
        found = found.join(rows.rename({"row": f"row_{side}"}), left_on=[f"file_{side}", f"record_{side}"],
                           right_on=["file", "record"], how="inner", maintain_order="left")  # fmt: skip
    one, other = (found[f"row_{side}"].to_numpy().astype(np.int32) for side in ("l", "r"))
    left, right = np.minimum(one, other), np.maximum(one, other)
    texts = pl.Series("rule", [each.text for each in scanner.blocks], dtype=pl.String)
    rules = texts.to_frame().with_row_index("number")
    number = found.select("rule").join(rules, on="rule", how="left", maintain_order="left")["number"].fill_null(0)
    pattern, weight = weigh_pairs(scanner.program, scanner.coded, weights, left, right)
    pairs = Pairs(left, right, pattern, weight, number.to_numpy().astype(np.int16))
    pairs = under_best_names(scanner, weights, pairs)
    return pairs.where(pairs.weight >= bound)


def under_best_names(scanner: Scanner, weights: Weights, pairs: Pairs) -> Pairs:
    """Pairs of records, each once and under the names that agree best, whichever of them a rule found it under."""
    if not len(scanner.whose):
        return pairs
    pairs, names = folded(pairs, scanner.whose), further_names(scanner.whose, scanner.records)
    several = np.diff(names) > 0
    which = several[pairs.left] | several[pairs.right]
    some = pairs.where(which)
    left, right, rule = _under_names(names, some.left, some.right, some.rule)
    again = folded(Pairs(left, right, *weigh_pairs(scanner.program, scanner.coded, weights, left, right), rule),
                   scanner.whose)  # fmt: skip
    pattern, weight = pairs.pattern.copy(), pairs.weight.copy()
    pattern[which], weight[which] = again.pattern, again.weight
    return replace(pairs, pattern=pattern, weight=weight)


def _under_names(
    names: np.ndarray, left: np.ndarray, right: np.ndarray, rule: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of records as pairs of rows: each name of one with each of the other."""
    for side in (0, 1):
        of = (left, right)[side]
        times = 1 + np.diff(names)[of]
        again = np.repeat(np.arange(len(of)), times)
        turn = np.arange(len(again)) - np.repeat(np.cumsum(times) - times, times)
        row = np.where(turn == 0, of[again], names[of[again]] + turn - 1).astype(np.int32)
        left, right, rule = (row, right[again], rule[again]) if side == 0 else (left[again], row, rule[again])
    return np.minimum(left, right), np.maximum(left, right), rule


@njit(cache=True, nogil=True)
def weigh_pairs(
    program: Program, coded: Coded, weights: Weights, left: np.ndarray, right: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pattern int64 and weight float64 of each of some pairs."""
    count, comparisons = len(left), len(program.starts) - 1
    pattern, weight = np.zeros(count, np.int64), np.zeros(count)
    levels = np.empty((comparisons, 1024), np.uint8)
    for start in range(0, count, 1024):
        size = min(1024, count - start)
        compare(program, coded, left[start : start + size], right[start : start + size], size, levels)
        for k in range(size):
            weight[start + k] = weigh(weights, coded.codes, levels, k, left[start + k], right[start + k])
            for c in range(comparisons):
                pattern[start + k] += levels[c, k] * program.strides[c]
    return pattern, weight
