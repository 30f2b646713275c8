"""Names of persons that stay, through merges and splits; what changed is told.

A person's name goes to the group that has most of its records, the first of equals. A group with several names keeps
the one that brought most records; the others are merged into it. A group without a name gets a new one, made from its
first record: never one that was used before, for anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from piperoll.link.encode.values import fingerprints


_LETTERS = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)  # Crockford's: none is taken for another
_LENGTH = 13  # 5 bits each: 65 for 64


@dataclass(frozen=True)
class Named:
    """Persons with names.

    Attributes:
        person: For each record the name of its person.
        changes: One row a change: ``change`` (new, merged, split), ``person``, ``other``: merged into or split
            from; sorted.
    """

    person: pl.Series
    changes: pl.DataFrame


def name_persons(
    label: np.ndarray,
    first: Callable[[np.ndarray], pl.Series],
    before: pl.Series | None = None,
    used: Collection[str] = (),
) -> Named:
    """Name the persons of some records.

    Args:
        label: int32 (records,): first record of each record's person.
        first: What tells records, given by number, apart (file and record); names are made from it.
        before: Name of each record's person in the run before; null for a new record.
        used: Further names that were ever used, those of persons who ended among them.
    """
    is_first = label == np.arange(len(label))
    roots, group = np.flatnonzero(is_first), (is_first.cumsum(dtype=np.int32) - 1)[label]
    if before is None:
        made = _fresh(first(roots), pl.Series(sorted(used), dtype=pl.String))
        return Named(made.gather(group).rename("person"), _changes(pl.DataFrame({"person": made}), "new"))
    shared = (
        pl.DataFrame({"group": group, "before": before})
        .with_row_index("at").drop_nulls("before").group_by("group", "before")
        .agg(pl.len().alias("records"), pl.col("at").min().alias("first"))
        .sort(["records", "first"], descending=[True, False])
    )  # fmt: skip
    # an old name goes where most of its records are; a group keeps the name that brought it most
    home = shared.unique("before", keep="first", maintain_order=True)
    won = home.unique("group", keep="first", maintain_order=True).select("group", pl.col("before").alias("person"))
    every = pl.DataFrame({"group": np.arange(len(roots))}).join(won, on="group", how="left", maintain_order="left")
    nameless = every.filter(pl.col("person").is_null())["group"].to_numpy()
    taken = pl.concat([pl.Series(sorted(used), dtype=pl.String), before.drop_nulls().rename("")]).unique()
    fresh = pl.DataFrame({"group": nameless, "fresh": _fresh(first(roots[nameless]), taken)})
    names = every.join(fresh, on="group", how="left", maintain_order="left").select(
        "group", pl.coalesce("person", "fresh").alias("person")
    )
    merged = home.join(names, on="group").filter(pl.col("person") != pl.col("before"))
    away = shared.join(home.select("before", pl.col("group").alias("home")), on="before")
    split = away.filter(pl.col("group") != pl.col("home")).join(names, on="group")
    new = names.filter(pl.col("group").is_in(nameless)).join(shared, on="group", how="anti")
    changes = pl.concat([
        _changes(merged.select(pl.col("before").alias("person"), pl.col("person").alias("other")), "merged"),
        _changes(split.select("person", pl.col("before").alias("other")), "split"),
        _changes(new, "new"),
    ])  # fmt: skip
    return Named(names["person"].gather(group), changes)


def _changes(frame: pl.DataFrame, what: str) -> pl.DataFrame:
    other = pl.col("other") if "other" in frame.columns else pl.lit(None, dtype=pl.String).alias("other")
    return frame.select(pl.lit(what).alias("change"), "person", other).sort("person", "other")


def _fresh(texts: pl.Series, taken: pl.Series) -> pl.Series:
    """Names made from texts, none of them taken and none twice."""
    names = spelled(fingerprints(texts)).rename("person")
    again = (names.is_in(taken.implode()) | ~names.is_first_distinct()).to_numpy()
    if not again.any():
        return names
    # one of 2^64 by chance, or a part of a person whose first record gave the name
    seen, out = {*taken.to_list(), *names.filter(pl.Series(~again)).to_list()}, names.to_list()
    for k in np.flatnonzero(again).tolist():
        seed = 1
        while (name := spelled(fingerprints(texts[k : k + 1], seed))[0]) in seen:
            seed += 1
        seen.add(name)
        out[k] = name
    return pl.Series("person", out, dtype=pl.String)


def spelled(numbers: np.ndarray) -> pl.Series:
    """uint64 numbers as "P" and 13 characters of Crockford's base 32."""
    letters = np.full((len(numbers), 1 + _LENGTH), ord("P"), np.uint8)
    for k in range(_LENGTH):
        letters[:, _LENGTH - k] = _LETTERS[((numbers >> np.uint64(5 * k)) & np.uint64(31)).astype(np.uint8)]
    ends = np.arange(len(numbers) + 1, dtype=np.int64) * (1 + _LENGTH)
    texts = pa.LargeStringArray.from_buffers(len(numbers), pa.py_buffer(ends), pa.py_buffer(letters))
    return pl.Series(pl.from_arrow(texts))
