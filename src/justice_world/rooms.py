"""What the rooms of civil, family and corporate systems share: lists of the register, deliveries, small draws."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.codes import CodeList
from piperoll.register.model.register import Register
from piperoll.simulate.world import Delivery


Sent = tuple[list[Delivery], dict[str, pl.DataFrame]]


def listed(register: Register, key: str) -> CodeList:
    """A code list of the register.

    Raises:
        UserError: ``PR-M004`` if it is not there.
    """
    found = register.codes.get(key)
    if found is None:
        raise UserError(
            "PR-M004",
            f"The register has no code list {key}, in which the justice world lives.",
            where=str(register.root),
            fix="Give --register the directory of the Ministry of Justice's register.",
        )
    return found


def split(
    dataset: str, period: Period, rows: pl.DataFrame, suppliers: Iterable[str], *order: str
) -> Iterator[Delivery]:
    """A delivery for each supplier, also where it has nothing to tell; rows in the order of some columns."""
    rows = rows.sort(order)
    for supplier in suppliers:
        yield Delivery(dataset, supplier, period, rows.filter(pl.col("supplier") == supplier))


def one(dataset: str, supplier: str, period: Period, rows: pl.DataFrame, *order: str) -> Delivery:
    """The delivery of a dataset that has one supplier."""
    return Delivery(dataset, supplier, period, rows.sort(order))


def spread(rng: np.random.Generator, middle: float, width: float, count: int) -> np.ndarray:
    """Whole days, lognormal about a median, at least 0."""
    return np.rint(middle * np.exp(width * rng.standard_normal(count))).astype(np.int64)


def numbers(first: int, count: int, digits: int) -> pl.Series:
    """Running numbers as texts with leading zeros."""
    return pl.Series(np.arange(first, first + count, dtype=np.int64)).cast(pl.String).str.zfill(digits)


def within(groups: np.ndarray) -> np.ndarray:
    """Place of each row among those of its group, from 0, in the order given; groups are small whole numbers."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    first = np.searchsorted(ordered, ordered)
    out = np.empty(len(groups), np.int64)
    out[order] = np.arange(len(groups)) - first
    return out


class Serials:
    """Serial numbers that run by group and year, from 1."""

    def __init__(self) -> None:
        self._last: dict[int, np.ndarray] = {}

    def give(self, year: int, groups: np.ndarray, size: int) -> np.ndarray:
        """The next serial for each row; ``groups`` are positions below ``size``."""
        last = self._last.setdefault(year, np.zeros(size, np.int64))
        given = last[groups] + within(groups) + 1
        last += np.bincount(groups, minlength=size)
        return given
