"""What a simulated world gives: month by month, the deliveries of its sources and the truth behind them.

A world is found by name through the entry point group ``piperoll.worlds``; nothing imports one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Literal, Protocol

import polars as pl

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.register import Register


Form = Literal["csv", "csv.gz", "zip"]
GROUP = "piperoll.worlds"


@dataclass(frozen=True)
class Delivery:
    """The rows that fill one slot, without fault.

    Attributes:
        dataset: Written ``source.dataset``.
        supplier: Key of the supplier.
        period: The slot's period.
        frame: Typed rows with (at least) the columns of the contract.
        form: How the file is packed.
        not_available: Why the supplier cannot supply it: no rows come, and a manifest says so.
    """

    dataset: str
    supplier: str
    period: Period
    frame: pl.DataFrame
    form: Form = "csv"
    not_available: str = ""


@dataclass(frozen=True)
class Batch:
    """What one month brings: deliveries, and by table the truth that became known for good."""

    period: Period
    deliveries: tuple[Delivery, ...]
    truth: dict[str, pl.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Persons:
    """How much of the sources of persons a world simulates.

    Attributes:
        share: Of all people whom these sources know, 0 to 1; 0 for a world without such sources.
        first: First month that they deliver; None for the world's own first, or theirs.
    """

    share: float = 0.0
    first: Period | None = None


NOBODY = Persons()


class World(Protocol):
    """A simulation of the systems that a register describes."""

    def batches(self) -> Iterator[Batch]:
        """Months in order. The same world gives the same batches."""
        ...


Factory = Callable[[Register, int, float, Period, Period, Persons], World]


def names() -> list[str]:
    """Names of the worlds installed, sorted."""
    return sorted({each.name for each in entry_points(group=GROUP)})


def build(
    name: str, register: Register, seed: int, scale: float, first: Period, last: Period, persons: Persons = NOBODY
) -> World:
    """The world of this name for months ``first`` to ``last``.

    Raises:
        UserError: ``PR-M001`` if there is no such world, ``PR-M002`` for a scale out of range, ``PR-M003`` for months
            that are none or in the wrong order.
    """
    if not 0 < scale <= 3:
        raise UserError("PR-M002", f"The scale is {scale:g}.", fix="Give a number above 0 and at most 3.")
    if not 0 <= persons.share <= 1:
        raise UserError("PR-M002", f"The share of persons is {persons.share:g}.", fix="Give a number from 0 to 1.")
    kinds = {first.kind, last.kind, persons.first.kind if persons.first else "month"}
    if kinds != {"month"} or last.start < first.start:
        raise UserError(
            "PR-M003",
            f"{first} to {last}{f' (persons from {persons.first})' if persons.first else ''} is not a span of months.",
            fix="Write the first and last month as 2006-01 and 2012-09, the earlier one first.",
        )
    for each in entry_points(group=GROUP):
        if each.name == name:
            factory: Factory = each.load()
            return factory(register, seed, scale, first, last, persons)
    known = ", ".join(names()) or "none"
    raise UserError("PR-M001", f"There is no world named {name}.", fix=f"Installed: {known}.")
