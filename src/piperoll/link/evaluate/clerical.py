"""Clerical samples: pairs drawn by strata of weight for people to judge, and what their verdicts say of all pairs.

Pairs are divided by match weight; of each stratum as many are drawn as asked, whatever its size, so that the doubtful
middle is judged as closely as the bulk at the ends. Estimates weigh each stratum by its size (Cochran 1977, chapter 5);
intervals are normal ones of 95 per cent, cut at 0 and 1. Pairs that no rule finds, or that were not kept, are in no
stratum: recall is of the pairs that were kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from piperoll.errors import UserError


EDGES = (-np.inf, 0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 14.0, 20.0, np.inf)
MATCH, OTHER = ("match", "yes", "y", "1", "true"), ("non-match", "no", "n", "0", "false")


@dataclass(frozen=True)
class Estimate:
    """An estimate with the ends of its 95 per cent interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4f} ({self.low:.4f} to {self.high:.4f})"


@dataclass(frozen=True)
class Judged:
    """What verdicts say.

    Attributes:
        precision: Of pairs that were put together, the share that is of one person.
        recall: Of pairs of one person among those that were kept, the share that was put together.
        strata: ``stratum``, ``pairs``, ``judged``, ``matches``.
    """

    precision: Estimate
    recall: Estimate
    strata: pl.DataFrame


def draw(pairs: pl.DataFrame, each: int, seed: int = 1, edges: Sequence[float] = EDGES) -> pl.DataFrame:
    """Pairs to judge: those of pairs.parquet with ``stratum`` and ``in_stratum``, how many pairs that has.

    Args:
        pairs: With ``weight`` and the names of both records.
        each: Of each stratum; all, if it has fewer.
    """
    stratum = pl.Series("stratum", np.searchsorted(np.array(edges[1:-1]), pairs["weight"].to_numpy(), side="right"))
    named = pairs.with_columns(stratum).sort("file_l", "record_l", "file_r", "record_r")
    rng = np.random.default_rng(seed)
    parts = []
    for number in range(len(edges) - 1):
        own = named.filter(pl.col("stratum") == number)
        if own.height:
            chosen = np.sort(rng.choice(own.height, min(each, own.height), replace=False))
            parts.append(own[chosen].with_columns(in_stratum=pl.lit(own.height, dtype=pl.Int64)))
    return pl.concat(parts) if parts else named.with_columns(in_stratum=pl.lit(0, dtype=pl.Int64))


def judge(sample: pl.DataFrame) -> Judged:
    """What the verdicts of a sample say of all pairs.

    Args:
        sample: Of `draw`, with ``verdict``: match or non-match (also yes and no); rows without one are not counted.

    Raises:
        UserError: ``PR-L019`` for a verdict that is neither, or a sample without any.
    """
    words = sample["verdict"].cast(pl.String).str.strip_chars().str.to_lowercase()
    known = words.is_in([*MATCH, *OTHER])
    empty = words.is_null() | (words == "")
    strange = int((~known & ~empty).sum())
    if strange or not int(known.sum()):
        message = f"{strange:,} verdicts are neither." if strange else "there is no verdict."
        raise UserError("PR-L019", message, fix="Write match or non-match in the column `verdict`.")
    told = sample.with_columns(yes=words.is_in(MATCH), joined=pl.col("same_person").cast(pl.Boolean)).filter(known)
    counts = {"pairs": pl.col("in_stratum").first(), "judged": pl.len(), "matches": pl.col("yes").sum()}
    strata = told.group_by("stratum", "joined").agg(**counts).sort("stratum", "joined")
    # a stratum may hold pairs put together and others: its size is divided as its sample is
    total = told.group_by("stratum").agg(all=pl.len())
    own = pl.col("pairs") * pl.col("judged") / pl.col("all")
    strata = strata.join(total, on="stratum").with_columns(pairs=own).drop("all").sort("stratum", "joined")
    joined = strata.filter(pl.col("joined"))
    return Judged(_share(joined), _recall(strata), strata)


def _parts(strata: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    size, judged = strata["pairs"].to_numpy().astype(float), strata["judged"].to_numpy().astype(float)
    share = strata["matches"].to_numpy() / judged
    # one each way where all were alike: nothing drawn is proof of none
    safe = (strata["matches"].to_numpy() + 1.0) / (judged + 2.0)
    rest = np.clip(1.0 - judged / np.maximum(size, 1.0), 0.0, 1.0)
    variance = np.where(judged > 1, safe * (1 - safe) / np.maximum(judged - 1, 1.0), 0.25) * rest
    return size, share, variance


def _share(strata: pl.DataFrame) -> Estimate:
    if not strata.height:
        return Estimate(float("nan"), 0.0, 1.0)
    size, share, variance = _parts(strata)
    weight = size / size.sum()
    return _interval(float((weight * share).sum()), float(((weight**2) * variance).sum()))


def _recall(strata: pl.DataFrame) -> Estimate:
    size, share, variance = _parts(strata)
    joined = strata["joined"].to_numpy()
    found, every = (size * share)[joined].sum(), (size * share).sum()
    if every <= 0:
        return Estimate(float("nan"), 0.0, 1.0)
    ratio = found / every
    error = ((size * (joined - ratio)) ** 2 * variance).sum() / every**2  # of a ratio, linearised
    return _interval(float(ratio), float(error))


def _interval(value: float, variance: float) -> Estimate:
    half = 1.959964 * np.sqrt(max(variance, 0.0))
    return Estimate(value, float(max(0.0, value - half)), float(min(1.0, value + half)))
