"""The vault's port for govern: new master keys, erasing, and whether everything opens. No value comes out
of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from piperoll.errors import UserError
from piperoll.store.objects import sync_directory, sync_file
from piperoll.store.tokens import Keyring
from piperoll.store.vault import sealed
from piperoll.store.vault.items import STREAMED, Item, items, master_of, open_item, unwrap, wrap
from piperoll.store.vault.stream import decrypt_stream


def rekey(root: Path, keyring: Keyring) -> int:
    """Wrap every data key with a new master key and forget the old ones; the data itself is not rewritten.

    Can be run again after a crash: what is already wrapped anew stays so, and an old master key goes only
    when nothing needs it.

    Returns:
        How many items were wrapped anew.
    """
    name, _ = keyring.new_vault_key()
    done = 0
    for item in items(root):
        path = item.directory(root) / "key"
        wrapped = path.read_bytes()
        if master_of(wrapped) == name:
            continue
        data_key = unwrap(wrapped, keyring, f"{item.kind} of {item.name}")
        fresh = path.with_name(f".key.{os.getpid()}")
        fresh.write_bytes(wrap(data_key, keyring, name))
        fresh.chmod(0o600)
        sync_file(fresh)
        os.replace(fresh, path)
        sync_directory(path.parent)
        done += 1
    for old in keyring.vault_keys():
        if old != name:
            keyring.drop_vault_key(old)
    return done


def erase(root: Path, delivery: str) -> list[Item]:
    """Erase everything the vault holds of a delivery, keys first, so that a copy of the data cannot be
    opened.

    Returns:
        What was erased.
    """
    found = [item for item in items(root) if item.name == delivery]
    for item in found:
        directory = item.directory(root)
        (directory / "key").unlink(missing_ok=True)
        sync_directory(directory)
        shutil.rmtree(directory)
        sync_directory(directory.parent)
    return found


def verify(root: Path, keyring: Keyring) -> list[Item]:
    """Items that do not open or are damaged, sorted."""
    bad = []
    for item in items(root):
        try:
            path, key = open_item(root, item, keyring)
            where = f"{item.kind} of {item.name}"
            if item.kind in STREAMED:
                with path.open("rb") as file:
                    for _ in decrypt_stream(file, key, where):
                        pass
            else:
                for _ in sealed.batches(path, key, where):
                    pass
        except (UserError, FileNotFoundError):
            bad.append(item)
    return bad
