"""What every room of the world is built from, and what rooms have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl

from justice_world.offenders import Offenders
from piperoll.periods import Period
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


class Room(Protocol):
    """A part of the world that sends what its sources know, month by month in order."""

    def month(self, month: Period, sent: list[Delivery]) -> Month:
        """Deliveries for a month (and for longer periods that it ends), and the truth behind them.

        Args:
            sent: What the people of the criminal courts made systems send for the month.
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
