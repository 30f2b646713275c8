"""The arithmetic of the linkage benchmarks: labels against truth, the best of a grid, means and spreads over seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import sqrt

import numpy as np
import polars as pl

from piperoll.link.evaluate.agreement import Agreement, Score, agreement


# Match weights in bits, log2 of the odds, at which persons are made; the two that were fixed before, first.
FIXED = {0.5: 0.0, 0.95: float(np.log2(19))}
GRID = tuple(float(weight) for weight in range(-4, 31))
ALL = (*FIXED.values(), *(weight for weight in GRID if weight not in FIXED.values()))


def probability(weight: float) -> float:
    """Probability of a match weight in bits."""
    return float(1 / (1 + 2.0**-weight))


@dataclass(frozen=True)
class Quality:
    """What a set of persons is worth against the truth.

    Attributes:
        pairs: Pairs that a tool could be asked for: of different files only, where files are linked.
        bcubed: Over all records.
        largest: Records of the largest person found.
    """

    pairs: Score
    bcubed: Score
    largest: int

    def told(self) -> dict[str, float]:
        """As JSON."""
        return {
            "pairs_precision": self.pairs.precision, "pairs_recall": self.pairs.recall, "pairs_f1": self.pairs.f1,
            "bcubed_precision": self.bcubed.precision, "bcubed_recall": self.bcubed.recall, "bcubed_f1": self.bcubed.f1,
            "largest": self.largest,
        }  # fmt: skip


def quality(found: np.ndarray, known: np.ndarray, files: np.ndarray | None = None) -> Quality:
    """Persons found against those known, int (records,).

    Args:
        files: int (records,): the file of each record where only pairs of different files count.
    """
    whole = agreement(found, known)
    largest = int(np.unique(found, return_counts=True)[1].max(initial=0))
    if files is None:
        return Quality(whole.pairwise, whole.bcubed, largest)
    inside = [agreement(found[files == each], known[files == each]) for each in np.unique(files)]
    right, made, true = (of(whole) - sum(of(each) for each in inside) for of in (_right, _made, _true))
    return Quality(Score(right / made if made else 1.0, right / true if true else 1.0), whole.bcubed, largest)


def _right(each: Agreement) -> int:
    return round(each.pairwise.precision * each.found_pairs)


def _made(each: Agreement) -> int:
    return each.found_pairs


def _true(each: Agreement) -> int:
    return each.true_pairs


def true_pairs(known: np.ndarray, files: np.ndarray | None = None) -> int:
    """Pairs of records of one person; of different files only, where files are given."""
    total = agreement(known, known).true_pairs
    return total - (0 if files is None else sum(true_pairs(known[files == each]) for each in np.unique(files)))


def codes(column: pl.Series) -> np.ndarray:
    """Numbers for the values of a column, the same for the same value."""
    return column.rank("dense").to_numpy().astype(np.int64)


def graded(labels: pl.DataFrame, truth: pl.DataFrame, link: bool) -> dict[str, dict[str, dict[str, float]]]:
    """Quality by way of making persons and by match weight.

    Args:
        labels: record, and a column ``WAY@WEIGHT`` for each: `label_column`.
        truth: record, file, person.

    Raises:
        ValueError: If a record is missing among the labels, or is there twice.
    """
    both = truth.join(labels, on="record", how="left", validate="1:1")
    if len(labels) != len(truth) or both[labels.columns[1]].null_count():
        raise ValueError("labels and truth are not of the same records.")
    known, files = codes(both["person"]), codes(both["file"]) if link else None
    out: dict[str, dict[str, dict[str, float]]] = {}
    for name in labels.columns[1:]:
        way, weight = name.split("@")
        out.setdefault(way, {})[weight] = quality(codes(both[name]), known, files).told()
    return out


def label_column(way: str, weight: float) -> str:
    """Name of a column of labels."""
    return f"{way}@{weight:.4f}"


def summary(grades: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, float]:
    """The figures of the table: F1 of pairs and B-cubed at .5, at .95 and at the best weight of the grid on the truth.

    Where there are several ways of making persons, the better figure of each.
    """
    out = {}
    for measure in ("pairs_f1", "bcubed_f1"):
        for chance, weight in FIXED.items():
            key = label_column("", weight)[1:]
            out[f"{measure}@{chance}"] = max(grades[way][key][measure] for way in grades if key in grades[way])
        out[f"{measure}@best"] = max(each[measure] for way in grades.values() for each in way.values())
    return out


@dataclass(frozen=True)
class Spread:
    """Mean over seeds and standard deviation between them (0 for a single one)."""

    mean: float
    deviation: float
    count: int

    def told(self) -> dict[str, float]:
        """As JSON."""
        return asdict(self)


def spread(values: Iterable[float]) -> Spread:
    """Mean and standard deviation (n - 1).

    Raises:
        ValueError: Without a value.
    """
    each: Sequence[float] = list(values)
    if not each:
        raise ValueError("nothing to sum up.")
    mean = sum(each) / len(each)
    deviation = sqrt(sum((value - mean) ** 2 for value in each) / (len(each) - 1)) if len(each) > 1 else 0.0
    return Spread(mean, deviation, len(each))


def ratio(peer: float, ours: float) -> str:
    """How many times as much a peer needs; empty without both."""
    return f"{peer / ours:.1f}" if peer and ours else ""
