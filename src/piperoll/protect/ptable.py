"""Perturbation tables (p-tables): how far a count is moved, for each count and each cell key. Data, checked.

Two forms are read. A *look-up table* has columns ``pcv`` (count), ``ckey`` (cell key) and ``pvalue`` (change), the form
of the Office for National Statistics' package `cell-key-perturbation`. A *probability table* has ``count``, ``change``
and ``probability``, and is laid out over the cell keys so that each row's changes add up to exactly nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from piperoll.errors import UserError


LOOKUP = ("pcv", "ckey", "pvalue")
PROBABILITIES = ("count", "change", "probability")
_CLOSE = 1e-6
_KEYS = (2, 1 << 16)


@dataclass(frozen=True, eq=False)
class PTable:
    """A look-up table of changes.

    Attributes:
        first: Count of the first row; smaller counts are never changed.
        changes: Int64, a row a count, a column a cell key.
        cycle: How many of the last rows are used in turn for counts beyond the last (1: the last row always).
        unbiased: Whether each row's changes add up to nothing. One that rounds or hides, as ONS's 10-5 rule, is not.
    """

    first: int
    changes: np.ndarray
    cycle: int = 1
    unbiased: bool = True

    @property
    def key_range(self) -> int:
        """How many cell keys there are: 0 to this less one."""
        return int(self.changes.shape[1])

    @property
    def last(self) -> int:
        """Count of the last row."""
        return self.first + int(self.changes.shape[0]) - 1

    @property
    def variance(self) -> np.ndarray:
        """Mean square change of each row."""
        return (self.changes.astype(np.float64) ** 2).mean(axis=1)

    @property
    def largest(self) -> int:
        """Largest change, in either direction."""
        return int(np.abs(self.changes).max())

    def rows(self, counts: np.ndarray) -> np.ndarray:
        """Row for each count; -1 for counts that are never changed.

        Beyond the last row the last ``cycle`` rows follow in turn: with rows up to 750 and a cycle of 250, row 501
        serves 501, 751, 1001 ...
        """
        beyond = self.last - self.cycle + 1 + (counts - self.last - 1) % self.cycle
        row = np.where(counts <= self.last, counts, beyond) - self.first
        return np.where(counts < max(self.first, 0), -1, row)

    def look_up(self, counts: np.ndarray, keys: np.ndarray) -> np.ndarray:
        """The change for each count and cell key (Int64 arrays of one shape)."""
        rows = self.rows(counts)
        return np.where(rows < 0, 0, self.changes[np.maximum(rows, 0), keys])


def load(
    path: Path, *, key_range: int = 256, cycle: int = 1, unbiased: bool = True, zeros_rise: bool = False
) -> PTable:
    """Read a p-table and check it.

    Args:
        path: CSV in either form; or YAML with ``rows`` (each with ``count``, ``change`` and ``probability``) and, if
            not the defaults, ``key_range``, ``cycle``, ``unbiased`` and ``zeros_rise``.
        key_range: Cell keys over which a probability table is laid out.
        cycle: As of `PTable`.
        unbiased: Whether to refuse a row that moves counts up or down on average.
        zeros_rise: Whether a zero may become a positive number (invented cases).

    Raises:
        UserError: PR-P110 when it cannot be read, PR-P111 when it lacks a property.
    """
    where = path.name
    try:
        if path.suffix.casefold() in (".yaml", ".yml"):
            frame, said = _yaml(path)
        else:
            frame, said = pl.read_csv(path), {}
    except (OSError, ValueError, TypeError, pl.exceptions.PolarsError, yaml.YAMLError) as error:
        message = f"the p-table cannot be read ({type(error).__name__})."
        raise UserError("PR-P110", message, where=where, fix="Write it as CSV or YAML.") from None
    options: dict[str, Any] = {
        "key_range": key_range, "cycle": cycle, "unbiased": unbiased, "zeros_rise": zeros_rise, **said
    }  # fmt: skip
    return from_frame(frame, **options, where=where)


def from_frame(
    frame: pl.DataFrame,
    *,
    key_range: int = 256,
    cycle: int = 1,
    unbiased: bool = True,
    zeros_rise: bool = False,
    where: str = "p-table",
) -> PTable:
    """A p-table from a frame in either form, checked; arguments and errors as of `load`."""
    if set(LOOKUP) <= set(frame.columns):
        table = _from_lookup(frame, cycle, unbiased, where)
    elif set(PROBABILITIES) <= set(frame.columns):
        table = _from_probabilities(frame, key_range, cycle, unbiased, where)
    else:
        raise UserError(
            "PR-P110",
            f"the p-table has columns {', '.join(frame.columns)}.",
            where=where,
            fix=f"It needs {', '.join(LOOKUP)}, or {', '.join(PROBABILITIES)}.",
        )
    check(table, zeros_rise=zeros_rise, where=where)
    return table


def check(table: PTable, *, zeros_rise: bool = False, where: str = "p-table") -> None:
    """Refuse a table that would make negative counts, move counts on average, or make cases out of none.

    Raises:
        UserError: PR-P111.
    """
    if not 1 <= table.cycle <= len(table.changes):
        raise _lacks(f"the cycle is {table.cycle} and there are {len(table.changes)} rows", where)
    counts = np.arange(table.first, table.last + 1)
    lowest = counts + table.changes.min(axis=1)
    if (lowest < 0).any():
        raise _lacks(f"a count of {counts[lowest < 0][0]} could become negative", where)
    # Rows used again for larger counts only ever lie further from zero.
    if table.unbiased and (means := table.changes.sum(axis=1)).any():
        at = int(np.flatnonzero(means)[0])
        mean = means[at] / table.key_range
        raise _lacks(f"a count of {counts[at]} is moved by {mean:+.4f} on average", where)
    if table.first <= 0 and not zeros_rise and table.changes[-table.first].any():
        raise _lacks("a count of 0 could become positive: cases that nobody counted", where)


def _from_lookup(frame: pl.DataFrame, cycle: int, unbiased: bool, where: str) -> PTable:
    try:
        parts = [frame.get_column(name).cast(pl.Int64, strict=True) for name in LOOKUP]
    except pl.exceptions.PolarsError:
        raise UserError("PR-P110", "the p-table holds what is no whole number.", where=where) from None
    if not frame.height or any(part.null_count() for part in parts):
        raise UserError("PR-P110", "the p-table is empty, or has empty cells.", where=where)
    counts, keys, changes = (part.to_numpy() for part in parts)
    first, rows, width = int(counts.min()), int(np.ptp(counts)) + 1, int(keys.max()) + 1
    if first < 0 or keys.min() < 0 or width > _KEYS[1] or rows * width != frame.height:
        raise _lacks("it does not have each count with each cell key once", where)
    out = np.full((rows, width), np.iinfo(np.int64).min)
    out[counts - first, keys] = changes
    if (out == np.iinfo(np.int64).min).any():
        raise _lacks("it does not have each count with each cell key once", where)
    return PTable(first, out, cycle, unbiased)


def _from_probabilities(frame: pl.DataFrame, key_range: int, cycle: int, unbiased: bool, where: str) -> PTable:
    if not _KEYS[0] <= key_range <= _KEYS[1]:
        raise _lacks(f"the key range is {key_range}; it must be {_KEYS[0]} to {_KEYS[1]}", where)
    try:
        clean = frame.select(
            pl.col("count").cast(pl.Int64), pl.col("change").cast(pl.Int64), pl.col("probability").cast(pl.Float64)
        ).sort("count", "change")
    except pl.exceptions.PolarsError:
        raise UserError("PR-P110", "the p-table holds what is no number.", where=where) from None
    if not clean.height or clean.null_count().sum_horizontal()[0]:
        raise UserError("PR-P110", "the p-table is empty, or has empty cells.", where=where)
    counts = clean["count"].unique().sort().to_numpy()
    if counts[0] < 0 or len(counts) != np.ptp(counts) + 1:
        raise _lacks("its counts do not follow one another from 0 or 1 on", where)
    out = np.empty((len(counts), key_range), dtype=np.int64)
    for place, group in enumerate(clean.partition_by("count", maintain_order=True)):
        changes, chances = group["change"].to_numpy(), group["probability"].to_numpy()
        told = f"the probabilities of a count of {counts[place]}"
        if len(set(changes.tolist())) != len(changes):
            raise _lacks(f"{told} name a change twice", where)
        if not np.isfinite(chances).all() or (chances < 0).any() or abs(chances.sum() - 1) > _CLOSE:
            raise _lacks(f"{told} do not add up to 1", where)
        if unbiased and abs(float(chances @ changes)) > _CLOSE * max(1, np.abs(changes).max()):
            mean = float(chances @ changes)
            raise _lacks(f"a count of {counts[place]} is moved by {mean:+.4f} on average", where)
        used = chances > 0
        keys = lay_out(changes[used], chances[used], key_range, unbiased=unbiased)
        out[place] = np.repeat(changes[used], keys)
    return PTable(int(counts[0]), out, cycle, unbiased)


def lay_out(changes: np.ndarray, chances: np.ndarray, key_range: int, *, unbiased: bool = True) -> np.ndarray:
    """How many cell keys each change gets: whole numbers nearest to the probabilities, with a mean of exactly zero.

    Minimises the sum of distances subject to the two sums. Changes of probability 0 get keys only where it cannot be
    otherwise (-1 and +2 alone do not share out 256 keys); where no whole numbers do, PR-P111.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    size, wanted = len(changes), chances * key_range
    low, high = np.floor(wanted), np.ceil(wanted)
    for spread, closed in ((0, True), (1, True), (4, True), (key_range, True), (key_range, False)):
        # n = keys, d >= |n - wanted|: two blocks of variables.
        eye = np.eye(size)
        sums = [np.concatenate([np.ones(size), np.zeros(size)])]
        totals = [float(key_range)]
        if unbiased:
            sums.append(np.concatenate([changes.astype(float), np.zeros(size)]))
            totals.append(0.0)
        found = milp(
            np.concatenate([np.zeros(size), np.ones(size)]),
            constraints=[
                LinearConstraint(np.array(sums), totals, totals),
                LinearConstraint(np.hstack([eye, -eye]), -np.inf, wanted),
                LinearConstraint(np.hstack([-eye, -eye]), -np.inf, -wanted),
            ],
            bounds=Bounds(
                np.concatenate([np.maximum(low - spread, 0), np.zeros(size)]),
                np.concatenate([np.where((chances > 0) | (not closed), high + spread, 0), np.full(size, np.inf)]),
            ),
            integrality=np.concatenate([np.ones(size), np.zeros(size)]),
        )
        if found.success:
            return np.round(found.x[:size]).astype(np.int64)
    raise _lacks(f"its probabilities cannot be laid out over {key_range} cell keys without moving counts", "p-table")


def _yaml(path: Path) -> tuple[pl.DataFrame, dict[str, Any]]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict) or not isinstance(data.get("rows"), list):
        raise ValueError("no rows")
    kinds: dict[str, type] = {"key_range": int, "cycle": int, "unbiased": bool, "zeros_rise": bool}
    said = {name: value for name, value in data.items() if name != "rows"}
    for name, value in said.items():
        if name not in kinds or type(value) is not kinds[name]:
            raise ValueError(name)
    return pl.DataFrame(data["rows"]), said


def _lacks(what: str, where: str) -> UserError:
    return UserError("PR-P111", f"the p-table cannot be used: {what}.", where=where, fix="Correct the p-table.")
