"""What came by another way than a folder: a file with what is known of it, and which slots it may fill."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from piperoll.collect.slots import NOTHING_STATED, Slot, Stated, find_slot
from piperoll.errors import UserError


if TYPE_CHECKING:
    from piperoll.collect.incoming import Incoming
    from piperoll.register.model.register import Register


MayFill = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Arrived:
    """One file that a way of collection brought.

    Attributes:
        path: Where it lies; None for a nil delivery.
        name: As its sender named it, for the slot.
        told: Its name for people.
        stated: What is said of it.
        provenance: How it came, for the receipt: no restricted values.
        simulated: Whether what it holds is simulated.
        may_fill: Groups and keys of the suppliers whose slots it may fill; None for all.
    """

    path: Path | None
    name: str
    told: str
    stated: Stated = NOTHING_STATED
    provenance: dict[str, str] = field(default_factory=dict)
    may_fill: MayFill | None = None
    simulated: bool = False


def slot_of(register: Register, incoming: Incoming, today: dt.date) -> Slot:
    """The slot of a file, if whoever sent it may fill it.

    A name that does not say who delivers is its sender's, where the sender is one supplier.

    Raises:
        UserError: As `find_slot`; PR-C142 where it is another supplier's.
    """
    may = incoming.may_fill
    if may is None:
        return find_slot(register, incoming.name, incoming.stated, today, incoming.told)
    try:
        slot = find_slot(register, incoming.name, incoming.stated, today, incoming.told)
    except UserError as error:
        keys = {key for _, key in may}
        if error.code != "PR-C024" or incoming.stated.supplier or len(keys) != 1:
            raise
        stated = replace(incoming.stated, supplier=next(iter(keys)))
        slot = find_slot(register, incoming.name, stated, today, incoming.told)
    if (register.dataset(slot.key).suppliers, slot.supplier) not in may:
        message = f"Its sender does not deliver for {slot.supplier} to {slot.key}."
        fix = "Let the supplier itself send it, or declare the address at the supplier (`mail`)."
        raise UserError("PR-C142", message, where=incoming.told, fix=fix)
    return slot
