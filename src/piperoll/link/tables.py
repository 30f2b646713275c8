"""What a linkage gives, as tables: persons, pairs, the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from piperoll.link.encode.values import fingerprints
from piperoll.link.engine import Linked
from piperoll.link.model import written
from piperoll.link.score.run import Pairs


_LETTERS = np.array(list("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))  # Crockford's: none is taken for another
_LENGTH = 13  # 5 bits each: 65 for 64


def person_ids(linked: Linked) -> pl.Series:
    """A name for each record's person, made from its first record alone: the same whoever else is in the person.

    "P" and 13 letters and digits: the fingerprint of file and record in Crockford's base 32.
    """
    records = linked.ready.records
    label = linked.persons.label
    roots, position = np.unique(label, return_inverse=True)
    files = pl.Series(np.array(records.files)[records.file[roots]])
    prints = fingerprints(files + "\0" + records.ids.gather(roots))
    names = pl.Series(spelled(prints))
    twice = names.is_duplicated()
    if twice.any():  # two of 2^64 by chance: told apart by where they come
        names = names + pl.Series(np.where(twice.to_numpy(), np.arange(len(names)).astype(str), ""))
    return names.gather(position).rename("person")


def spelled(numbers: np.ndarray) -> list[str]:
    """uint64 numbers as "P" and 13 characters."""
    digits = np.stack([_LETTERS[(numbers >> np.uint64(5 * k)) & np.uint64(31)] for k in reversed(range(_LENGTH))], 1)
    return [f"P{text}" for text in np.ascontiguousarray(digits).view(f"<U{_LENGTH}").ravel().tolist()]


def clusters(linked: Linked) -> pl.DataFrame:
    """One row a record: file, record, person; sorted by file and record."""
    records = linked.ready.records
    return pl.DataFrame({
        "file": pl.Series(np.array(records.files)[records.file], dtype=pl.String),
        "record": records.ids,
        "person": person_ids(linked),
    }).sort("file", "record")  # fmt: skip


def pairs(linked: Linked, found: Pairs | None = None) -> pl.DataFrame:
    """One row a pair that was kept: both records, weight, probability, rule, a column for each comparison's level.

    Sorted by weight, the highest first.

    Args:
        found: Some of the pairs, or all.
    """
    records, found = linked.ready.records, linked.pairs if found is None else found
    names = np.array(records.files)
    out = {
        "file_l": pl.Series(names[records.file[found.left]], dtype=pl.String),
        "record_l": records.ids.gather(found.left),
        "file_r": pl.Series(names[records.file[found.right]], dtype=pl.String),
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
    frame = pl.DataFrame({name: series.rename(name) for name, series in out.items()})
    return frame.sort(["weight", "file_l", "record_l", "file_r", "record_r"],
                      descending=[True, False, False, False, False])  # fmt: skip


def model(linked: Linked) -> dict[str, Any]:
    """The model, for ``model.json``; see `piperoll.link.model`."""
    return written(linked.ready.linkage, linked.trained, linked.blocks, linked.ready.mode, linked.join)
