"""What a vintage is made of: parts (files of the store) and corrections (overrides of single values)."""

from __future__ import annotations

from dataclasses import dataclass, field

from piperoll.register.model.contract import Mode


@dataclass(frozen=True)
class Part:
    """One accepted delivery's rows in the store.

    Attributes:
        dataset: ``source.dataset``.
        supplier: Key of the supplier.
        period: Period of its slot, as written.
        sequence: Order in which deliveries were taken in; a later one of a slot supersedes.
        object: SHA-256 of the Parquet file in the `ObjectStore`.
        mode: Mode of the dataset when it was taken in.
        delivery: Identity of the delivery.
    """

    dataset: str
    supplier: str
    period: str
    sequence: int
    object: str
    mode: Mode
    delivery: str


@dataclass(frozen=True)
class Correction:
    """One value overridden, with reason and approver in the journal; the original stays as delivered.

    Attributes:
        dataset: ``source.dataset``.
        key: The record: key field to value, as text (tokens for fields of class L).
        field: Column that is overridden.
        value: What it is to be, as text; None for null.
        mark: ``e`` or ``r``: the mark every figure made of it bears from then on.
        sequence: Order in which overrides were approved; the last of a field wins.
    """

    dataset: str
    key: dict[str, str] = field(hash=False)
    field: str = ""
    value: str | None = None
    mark: str = "r"
    sequence: int = 0
