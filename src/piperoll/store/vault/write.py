"""The vault's port for collect: put things in. Nothing can be read through it."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

from piperoll.store.objects import sync_directory, sync_file
from piperoll.store.tokens import Keyring
from piperoll.store.vault.items import Item, Kind, new_data_key, wrap
from piperoll.store.vault.stream import encrypt_bytes, encrypt_file


ROW_GROUP = 122_880


@contextmanager
def sealed_parquet(path: Path, schema: pa.Schema, keyring: Keyring) -> Iterator[pq.ParquetWriter]:
    """Write an encrypted Parquet file under a fresh data key; the wrapped key lies beside it
    (``<path>.key``).

    Both are taken into the vault together, by `put`.
    """
    key = new_data_key()
    properties = pe.create_encryption_properties(key)
    with pq.ParquetWriter(
        path, schema, compression="zstd", encryption_properties=properties, store_schema=True
    ) as writer:
        yield writer
    key_path(path).write_bytes(wrap(key, keyring))


def write_sealed(path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema, keyring: Keyring) -> None:
    """Write batches as an encrypted Parquet file, a batch at a time."""
    with sealed_parquet(path, schema, keyring) as writer:
        for batch in batches:
            writer.write_batch(batch, row_group_size=ROW_GROUP)


def seal_file(source: Path, path: Path, keyring: Keyring) -> None:
    """Encrypt a file as it is (an original delivery) to ``path``, with its wrapped key beside it."""
    key = new_data_key()
    encrypt_file(source, path, key)
    key_path(path).write_bytes(wrap(key, keyring))


def key_path(path: Path) -> Path:
    """Where the wrapped key of a sealed file lies until both are put in."""
    return path.with_name(path.name + ".key")


def put(root: Path, kind: Kind, name: str, path: Path) -> bool:
    """Take a sealed file and its key into the vault; both are moved.

    An item that is already there stays as it is, for items are immutable: putting in again after a crash
    changes nothing.

    Returns:
        Whether the item is new.
    """
    directory = Item(kind, name).directory(root)
    if directory.exists():
        path.unlink(missing_ok=True)
        key_path(path).unlink(missing_ok=True)
        return False
    directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = directory.parent / f".{name[:100]}.{os.getpid()}.{secrets.token_hex(4)}"
    fresh.mkdir(mode=0o700)
    for source, target in ((path, fresh / "data"), (key_path(path), fresh / "key")):
        shutil.move(source, target)
        target.chmod(0o600)
        sync_file(target)
    sync_directory(fresh)
    try:
        fresh.rename(directory)
    except OSError:  # another process put the same item in first
        shutil.rmtree(fresh)
        return False
    sync_directory(directory.parent)
    return True


def put_original(root: Path, name: str, source: Path, keyring: Keyring, staging: Path) -> bool:
    """Keep a delivery as it came, encrypted; ``source`` stays. True if it is new."""
    if Item("originals", name).directory(root).exists():
        return False
    staging.mkdir(parents=True, exist_ok=True)
    path = staging / f"original.{os.getpid()}.{secrets.token_hex(4)}"
    seal_file(source, path, keyring)
    return put(root, "originals", name, path)


def put_bytes(root: Path, kind: Kind, name: str, data: bytes, keyring: Keyring) -> None:
    """Keep a few bytes (an entered record, a scanned form), never in clear on disk.

    An item of this name is what a killed process left before its journal entry: it is replaced.
    """
    key = new_data_key()
    directory = Item(kind, name).directory(root)
    drop(root, kind, name)
    directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = directory.parent / f".{name[:100]}.{os.getpid()}.{secrets.token_hex(4)}"
    fresh.mkdir(mode=0o700)
    for path, content in ((fresh / "data", encrypt_bytes(data, key)), (fresh / "key", wrap(key, keyring))):
        path.write_bytes(content)
        path.chmod(0o600)
        sync_file(path)
    sync_directory(fresh)
    fresh.rename(directory)
    sync_directory(directory.parent)


def drop(root: Path, kind: Kind, name: str) -> None:
    """Remove what no longer counts (a draft that was changed or saved); its key first."""
    directory = Item(kind, name).directory(root)
    if directory.exists():
        (directory / "key").unlink(missing_ok=True)
        shutil.rmtree(directory)
        sync_directory(directory.parent)
