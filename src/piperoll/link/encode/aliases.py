"""Further names of a record: aliases, names before marriage, and the like.

A record with further names is compared under each of them. For each there is a row more among the columns, after those
of all records: it holds what the record holds, but for the fields that the name is about. A name that is, once cleaned,
one that the record has already makes none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from piperoll.link.encode.lists import BETWEEN, texts
from piperoll.link.encode.values import Values, encode, union
from piperoll.link.spec.declared import FieldSpec


MOST = 20  # names in one value; what is after them is left out
_PARTED = f"[;|{BETWEEN}]"

Slot = tuple[int, int]  # which of the columns under `also`, which of the names in its value


def slots(spec: FieldSpec, frames: Mapping[str, pl.DataFrame], order: np.ndarray) -> dict[Slot, Values]:
    """Further values of a field as they came, by slot, of the records in ``order``; those of one slot go together.

    Several in one value are parted by ``;`` or ``|``, or are a list.
    """
    out: dict[Slot, Values] = {}
    for place, column in enumerate(spec.also):
        parts = [_column(frame, column) for frame in frames.values()]
        kinds = {part.dtype for part in parts} - {pl.Null}
        kind = kinds.pop() if len(kinds) == 1 else pl.String
        values = encode(pl.concat([part.rename("").cast(kind) for part in parts])).taken(order)
        if values.distinct.dtype != pl.String:
            out[place, 0] = values
            continue
        split = values.distinct.str.replace_all(_PARTED, ";").str.split(";").list.head(MOST)
        longest = split.list.len().max()
        for member in range(int(longest) if isinstance(longest, int) else 0):
            out[place, member] = Values(values.codes, split.list.get(member, null_on_oob=True))
    return out


def _column(frame: pl.DataFrame, name: str) -> pl.Series:
    if name not in frame.columns:
        return pl.Series([None], dtype=pl.Null).new_from_index(0, frame.height)
    series = frame[name]
    if isinstance(series.dtype, pl.List):
        return texts(series)
    return series.cast(pl.String) if series.dtype in (pl.Categorical, pl.Enum) else series


def spread(known: Mapping[str, Values], further: Mapping[str, Mapping[Slot, Values]]) -> tuple[
    np.ndarray, dict[str, Values]
]:  # fmt: skip
    """Rows of records and of their further names.

    Args:
        known: Fields with further values, cleaned.
        further: By field, what its slots hold, cleaned.

    Returns:
        int32 (rows,): whose each row is, the records themselves first; and these fields over all rows.
    """
    names = sorted(further)
    every: Sequence[Slot] = sorted({slot for name in names for slot in further[name]})
    joint = {name: union([known[name], *(further[name][slot] for slot in sorted(further[name]))]) for name in names}
    own = np.stack([joint[name][0].codes for name in names], axis=1)
    records = len(own)
    taken, whose, found = [own], [np.zeros(0, np.int64)], [own[:0]]
    for slot in every:
        given = np.full_like(own, -1)
        for k, name in enumerate(names):
            if slot in further[name]:
                given[:, k] = joint[name][1 + sorted(further[name]).index(slot)].codes
        filled = np.where(given >= 0, given, own)
        new = (given >= 0).any(axis=1)
        for before in taken:
            new &= (filled != before).any(axis=1)
        taken.append(filled)
        rows = np.flatnonzero(new)
        whose.append(rows)
        found.append(filled[rows])
    of, codes = np.concatenate(whose), np.concatenate(found)
    order = np.argsort(of, kind="stable")
    whole = np.concatenate([own, codes[order]])
    out = {name: Values(np.ascontiguousarray(whole[:, k]), joint[name][0].distinct) for k, name in enumerate(names)}
    return np.concatenate([np.arange(records), of[order]]).astype(np.int32), out
