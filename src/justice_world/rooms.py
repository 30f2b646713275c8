"""What a room of the world is built from, what it does, and the small things that rooms share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import polars as pl

from justice_world.offenders import Offenders
from justice_world.offenders.window import END
from justice_world.places import Places, read_places
from justice_world.population.meet import Population
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.codes import CodeList
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery


Month = tuple[list[Delivery], dict[str, pl.DataFrame]]


@dataclass(frozen=True)
class Setting:
    """A world's months and share.

    Attributes:
        register: Whose contracts and code lists the world speaks.
        share: Of people in sources of persons.
        first, last: Months of the world; returns of counts come from all of them.
        persons: First month of sources of persons.
        offenders: People of the criminal courts and prisons.
    """

    register: Register
    streams: Streams
    share: float
    first: Period
    last: Period
    persons: Period
    offenders: Offenders

    @cached_property
    def places(self) -> Places:
        """Where people live."""
        return read_places(self.register)

    @cached_property
    def population(self) -> Population:
        """Everybody, whom all rooms meet."""
        return Population(self.streams, self.places, self.offenders.size, self.share, END)


class Room(Protocol):
    """A part of the world that sends what its sources know, month by month in order."""

    def month(self, month: Period, sent: Sequence[Delivery]) -> Month:
        """Deliveries for a month (and for longer periods that it ends), and the truth behind them.

        Args:
            sent: What other systems send for the month, of those that rooms before this one and the courts send.
        """
        ...


def day(period: Period, *, last: bool = False) -> int:
    """First (or last) day of a period since 1970."""
    return int(np.datetime64(period.end if last else period.start).astype(np.int64))


def codes(register: Register, key: str, month: Period, **attributes: str) -> list[str]:
    """Codes of a list that hold through a whole month, with these attributes."""
    found = []
    for each in register.codes[key].codes:
        fits = all(each.attributes.get(name) == value for name, value in attributes.items())
        if fits and each.valid(month.start) and each.valid(month.end):
            found.append(each.code)
    return found


def owed(register: Register, dataset: str, period: Period) -> bool:
    """Whether a dataset is owed for a period."""
    declared = register.dataset(dataset)
    first = Period.parse(declared.owed_from).start if declared.owed_from else None
    last = Period.parse(declared.owed_to).start if declared.owed_to else None
    return first is not None and first <= period.start and (last is None or period.start <= last)


def rows_of(sent: Iterable[Delivery], dataset: str) -> pl.DataFrame:
    """Rows of a dataset in deliveries of all suppliers."""
    return pl.concat([each.frame for each in sent if each.dataset == dataset] or [pl.DataFrame()])


def moments(seconds: np.ndarray) -> pl.Series:
    """Seconds since 1970 as points in time."""
    return pl.Series(seconds.astype("datetime64[s]").astype("datetime64[us]"))


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
