"""The vault's port for an office that reads back its own records: refused rows, the delivery as it came, and
what its staff entered by hand.

It gives one delivery or record at a time, for a purpose; that it is the office's own has been decided by
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


def entered(root: Path, keyring: Keyring, item: str, *, purpose: str) -> bytes:
    """An entered record, or a draft of one, as it was put in."""
    return _bytes(root, keyring, Item("entries", item), purpose)


def evidence(root: Path, keyring: Keyring, item: str, *, purpose: str) -> bytes:
    """The scanned form of a keyed record."""
    return _bytes(root, keyring, Item("evidence", item), purpose)


def _bytes(root: Path, keyring: Keyring, item: Item, purpose: str) -> bytes:
    _require(purpose)
    path, key = open_item(root, item, keyring)
    with path.open("rb") as file:
        return b"".join(decrypt_stream(file, key, f"{item.kind} of {item.name}"))


def _require(purpose: str) -> None:
    if not purpose.strip():
        raise ValueError("reading from the vault needs a purpose")
