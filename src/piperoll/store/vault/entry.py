"""The vault's port for an office that reads back its own records: refused rows, and the delivery as it came.

It gives one delivery at a time, for a purpose; that the delivery is the office's own has been decided by
`govern.act`, which the caller goes through.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from piperoll.store.tokens import Keyring
from piperoll.store.vault import sealed
from piperoll.store.vault.items import Item, open_item
from piperoll.store.vault.stream import decrypt_stream


def has_refused(root: Path, delivery: str) -> bool:
    """Whether refused rows of a delivery are kept."""
    return Item("refused", delivery).directory(root).exists()


def has_original(root: Path, delivery: str) -> bool:
    """Whether the original of a delivery is kept."""
    return Item("originals", delivery).directory(root).exists()


def refused_rows(root: Path, keyring: Keyring, delivery: str, *, purpose: str) -> Iterator[pa.RecordBatch]:
    """Refused rows of a delivery as delivered: all columns as texts, with ``_row`` and ``_rules``."""
    _require(purpose)
    path, key = open_item(root, Item("refused", delivery), keyring)
    yield from sealed.batches(path, key, f"refused rows of {delivery}")


def refused_table(root: Path, keyring: Keyring, delivery: str, *, purpose: str) -> pa.Table:
    """`refused_rows` as one table."""
    _require(purpose)
    path, key = open_item(root, Item("refused", delivery), keyring)
    return pa.Table.from_batches(
        sealed.batches(path, key, f"refused rows of {delivery}"), schema=sealed.schema(path, key)
    )


def original(root: Path, keyring: Keyring, delivery: str, *, purpose: str) -> Iterator[bytes]:
    """Bytes of a delivery as it came, chunk by chunk."""
    _require(purpose)
    path, key = open_item(root, Item("originals", delivery), keyring)
    with path.open("rb") as file:
        yield from decrypt_stream(file, key, f"original of {delivery}")


def _require(purpose: str) -> None:
    if not purpose.strip():
        raise ValueError("reading from the vault needs a purpose")
