"""The vault's port for link: identifiers by delivery. Every call names its purpose; the caller has been
allowed by `govern.act` and has audited it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from piperoll.store.tokens import Keyring
from piperoll.store.vault import sealed
from piperoll.store.vault.items import Item, items, open_item


def deliveries(root: Path) -> list[str]:
    """Ids of the deliveries whose identifiers the vault holds, sorted."""
    return [item.name for item in items(root, "identifiers")]


def identifiers(
    root: Path, keyring: Keyring, delivery: str, *, purpose: str, columns: Sequence[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Identifiers of one delivery, batch by batch: fields of class D and L in clear, their tokens, ``_row``.

    Raises:
        UserError: ``PR-S007`` if the vault does not hold them.
        ValueError: If no purpose is given.
    """
    _require(purpose)
    item = Item("identifiers", delivery)
    path, key = open_item(root, item, keyring)
    yield from sealed.batches(path, key, f"identifiers of {delivery}", columns)


def identifier_table(
    root: Path, keyring: Keyring, delivery: str, *, purpose: str, columns: Sequence[str] | None = None
) -> pa.Table:
    """`identifiers` as one table, for deliveries known to be small enough."""
    _require(purpose)
    path, key = open_item(root, Item("identifiers", delivery), keyring)
    schema = sealed.schema(path, key)
    if columns is not None:
        schema = pa.schema([schema.field(each) for each in columns])
    return pa.Table.from_batches(sealed.batches(path, key, f"identifiers of {delivery}", columns), schema=schema)


def _require(purpose: str) -> None:
    if not purpose.strip():
        raise ValueError("reading identifiers needs a purpose")
