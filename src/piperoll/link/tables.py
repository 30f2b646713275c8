"""What a linkage gives, as tables: persons, pairs, the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from piperoll.link.before import Before
from piperoll.link.engine import Linked
from piperoll.link.model import written
from piperoll.link.score.run import Pairs


def person_ids(linked: Linked) -> pl.Series:
    """A name for each record's person."""
    return linked.named.person


def clusters(linked: Linked) -> pl.DataFrame:
    """One row a record: file, record, person; sorted by file and record."""
    records = linked.ready.records
    return pl.DataFrame({
        "file": pl.Series(records.files, dtype=pl.String).gather(records.file),
        "record": records.ids,
        "person": person_ids(linked),
    }).sort("file", "record")  # fmt: skip


def persons(linked: Linked, before: Before | None = None) -> pl.DataFrame:
    """One row a name of a person that is used or ever was: ``person``, ``records`` (0 for one who is no more)."""
    now = pl.DataFrame({"person": person_ids(linked)}).group_by("person").agg(pl.len().cast(pl.Int64).alias("records"))
    if before is None:
        return now.sort("person")
    once = pl.Series("person", before.ever, dtype=pl.String).unique()
    gone = once.filter(~once.is_in(now["person"].implode())).to_frame().with_columns(records=pl.lit(0, dtype=pl.Int64))
    return pl.concat([now, gone]).sort("person")


def changes(linked: Linked, before: Before) -> pl.DataFrame:
    """What became of persons since the run before: ``change`` (new, merged, split, ended), ``person``, ``other``.

    ``other`` is the person that one was merged into, or split from. Ended are those of whom no record is left.
    """
    told = linked.named.changes
    merged = told.filter(pl.col("change") == "merged")["person"]
    lost = (
        before.clusters.select("person")
        .unique()
        .filter(
            ~pl.col("person").is_in(person_ids(linked).unique().implode()) & ~pl.col("person").is_in(merged.implode())
        )
    )
    ended = lost.select(pl.lit("ended").alias("change"), "person", pl.lit(None, dtype=pl.String).alias("other"))
    return pl.concat([told, ended.sort("person")])


def pairs(linked: Linked, found: Pairs | None = None) -> pl.DataFrame:
    """One row a pair that was kept: both records, weight, probability, rule, a column for each comparison's level.

    Sorted by weight, the highest first.

    Args:
        found: Some of the pairs, or all.
    """
    frame = _pairs(linked, linked.pairs if found is None else found)
    return frame.sort(["weight", "file_l", "record_l", "file_r", "record_r"],
                      descending=[True, False, False, False, False])  # fmt: skip


def _pairs(linked: Linked, found: Pairs) -> pl.DataFrame:
    """`pairs` in the order in which they were found."""
    records = linked.ready.records
    names = pl.Series(records.files, dtype=pl.String)
    out = {
        "file_l": names.gather(records.file[found.left]),
        "record_l": records.ids.gather(found.left),
        "file_r": names.gather(records.file[found.right]),
        "record_r": records.ids.gather(found.right),
        "weight": pl.Series(found.weight),
        "probability": pl.Series(1.0 / (1.0 + np.exp2(-found.weight))),
        "same_person": pl.Series(linked.persons.label[found.left] == linked.persons.label[found.right]),
        "rule": pl.Series([each.text for each in linked.blocks], dtype=pl.String).gather(found.rule),
    }
    program = linked.ready.program
    for number, comparison in enumerate(linked.ready.linkage.comparisons):
        level = (found.pattern // program.strides[number]) % program.sizes[number]
        labels = ["not known", *(each.label for each in comparison.said)]
        out[f"level_{comparison.name}"] = pl.Series(labels, dtype=pl.String).gather(level)
    return pl.DataFrame({name: series.rename(name) for name, series in out.items()})


ONE = 4_000_000  # pairs that are one table, sorted; more are written part by part as they were found, rule by rule
PART = 500_000


def write_pairs(linked: Linked, path: Path) -> None:
    """Write `pairs` to a Parquet file; more than four million part by part, so that memory is not what limits them."""
    import pyarrow.parquet as pq  # slow to import, and no linkage of frames writes

    count = len(linked.pairs)
    if count <= ONE:
        pairs(linked).write_parquet(path)
        return
    writer = None
    try:
        for start in range(0, count, PART):
            part = _pairs(linked, linked.pairs.where(slice(start, start + PART))).to_arrow()
            writer = writer or pq.ParquetWriter(path, part.schema, compression="zstd")
            writer.write_table(part)
    finally:
        if writer is not None:
            writer.close()


def model(linked: Linked) -> dict[str, Any]:
    """The model, for ``model.json``; see `piperoll.link.model`."""
    divided = [each.rule.text for each in linked.divided]
    return written(linked.ready.linkage, linked.trained, linked.blocks, linked.ready.mode, linked.join, linked.empty,
                   divided)  # fmt: skip
