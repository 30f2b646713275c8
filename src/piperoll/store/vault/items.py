"""Where items of the vault are, and how their data keys are wrapped. For the four ports alone."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from piperoll.errors import UserError
from piperoll.store.tokens import KEY_BYTES, Keyring


Kind = Literal["identifiers", "refused", "originals", "entries", "evidence"]
KINDS: tuple[Kind, ...] = ("identifiers", "refused", "originals", "entries", "evidence")
# Kept as a stream of bytes; the others are encrypted Parquet.
STREAMED: tuple[Kind, ...] = ("originals", "entries", "evidence")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}\Z")
_NONCE = 12


@dataclass(frozen=True)
class Item:
    """One item: its kind, and its name within it (the id of a delivery, or of an entered record and its version)."""

    kind: Kind
    name: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS or not _NAME.match(self.name):
            raise ValueError("an item of the vault has a known kind and a plain name")

    def directory(self, root: Path) -> Path:
        """Directory of the item under the vault's root."""
        return root / self.kind / hashlib.sha256(self.name.encode()).hexdigest()[:2] / self.name


def items(root: Path, kind: Kind | None = None) -> Iterator[Item]:
    """Every item in the vault, of one kind or of all, sorted."""
    for each in KINDS if kind is None else (kind,):
        for directory in sorted((root / each).glob("??/*"), key=lambda path: path.name):
            if not directory.name.startswith("."):
                yield Item(each, directory.name)


def new_data_key() -> bytes:
    """A fresh key for one file."""
    return secrets.token_bytes(KEY_BYTES)


def wrap(data_key: bytes, keyring: Keyring, master: str | None = None) -> bytes:
    """A data key encrypted by a master key (the newest, if none is named), as the bytes of a ``key`` file."""
    name, key = keyring.vault_key(master)
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(key).encrypt(nonce, data_key, name.encode())
    return json.dumps({"master": name, "nonce": nonce.hex(), "wrapped": sealed.hex()}).encode()


def master_of(wrapped: bytes) -> str:
    """Name of the master key that wraps a data key."""
    return str(json.loads(wrapped)["master"])


def unwrap(wrapped: bytes, keyring: Keyring, where: str) -> bytes:
    """The data key again.

    Raises:
        UserError: ``PR-S006`` if the master key does not open it.
    """
    try:
        parts = json.loads(wrapped)
        name, key = keyring.vault_key(str(parts["master"]))
        return AESGCM(key).decrypt(bytes.fromhex(parts["nonce"]), bytes.fromhex(parts["wrapped"]), name.encode())
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise UserError(
            "PR-S006",
            "An item of the vault does not open: its key file is damaged or belongs to other master keys.",
            where=where,
            fix="Restore the vault and the keys directory from the same backup.",
        ) from None


def open_item(root: Path, item: Item, keyring: Keyring) -> tuple[Path, bytes]:
    """Data file and data key of an item.

    Raises:
        UserError: ``PR-S007`` if the vault does not hold it; ``PR-S006`` if it does not open.
    """
    directory = item.directory(root)
    where = f"{item.kind} of {item.name}"
    try:
        wrapped = (directory / "key").read_bytes()
    except FileNotFoundError:
        raise UserError(
            "PR-S007",
            "The vault does not hold this item: it was never put in, or it was erased.",
            where=where,
            fix="See `piperoll deliveries` for what was delivered and what became of it.",
        ) from None
    return directory / "data", unwrap(wrapped, keyring, where)
