"""Columns of lists: each list as one text, its members sorted and each once; and as numbers that can be compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl


BETWEEN = "\x1f"  # the unit separator of ASCII, which is in no name or number


def texts(series: pl.Series) -> pl.Series:
    """Lists as texts, so that they can be told apart as texts are; an empty list is an empty text."""
    kind = pl.List(pl.String)
    return series.cast(kind).list.drop_nulls().list.unique().list.sort().list.join(BETWEEN)


def joined(values: pl.Series) -> pl.Series:
    """What `texts` made, or plain texts, as lists of one."""
    return values.cast(pl.String)


def apart(joint: pl.Series) -> pl.Series:
    """Lists again, of the texts that `texts` made."""
    frame = joint.rename("list").to_frame()
    empty = pl.lit([], pl.List(pl.String))
    return frame.select(
        pl.when(pl.col("list") == "").then(empty).otherwise(pl.col("list").str.split(BETWEEN))
    ).to_series()


def members(lists: Sequence[pl.Series]) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the members of all lists end to end, each list sorted, int32; where each begins, int64, one more."""
    whole = pl.concat([each.rename("") for each in lists]).fill_null("")
    split = whole.str.split(BETWEEN)
    sizes = np.where((whole == "").to_numpy(), 0, split.list.len().to_numpy())
    parts = split.filter(pl.Series(sizes > 0)).explode().to_numpy().astype(str)
    numbers = np.unique(parts, return_inverse=True)[1] if len(parts) else np.zeros(0, np.int64)
    return numbers.astype(np.int32), np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
