"""Files of any size under AES-256-GCM, in chunks, so that a 20 GB original needs a few megabytes of memory.

Layout: magic, then for each chunk its ciphertext with tag. The nonce of a chunk is its number (each file
has its own key, so no nonce comes twice), and the last chunk is marked in the authenticated data, so that a
file cut short, or with chunks exchanged, does not open.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from piperoll.errors import UserError


MAGIC = b"PRV1"
CHUNK = 1 << 20
_TAG = 16


def encrypt_stream(source: BinaryIO, target: BinaryIO, key: bytes) -> None:
    """Write ``source``, encrypted, to ``target``."""
    cipher = AESGCM(key)
    target.write(MAGIC)
    number, block = 0, source.read(CHUNK)
    while True:
        following = source.read(CHUNK) if len(block) == CHUNK else b""
        last = not following
        target.write(cipher.encrypt(_nonce(number), block, _place(last)))
        if last:
            return
        number, block = number + 1, following


def decrypt_stream(source: BinaryIO, key: bytes, where: str = "") -> Iterator[bytes]:
    """The plain bytes, chunk by chunk.

    Raises:
        UserError: ``PR-S008`` if the file is damaged or cut short.
    """
    cipher = AESGCM(key)
    if source.read(len(MAGIC)) != MAGIC:
        raise _damaged(where)
    number, block = 0, source.read(CHUNK + _TAG)
    while True:
        following = source.read(CHUNK + _TAG) if len(block) == CHUNK + _TAG else b""
        last = not following
        try:
            yield cipher.decrypt(_nonce(number), block, _place(last))
        except (InvalidTag, ValueError):
            raise _damaged(where) from None
        if last:
            return
        number, block = number + 1, following


def encrypt_file(source: Path, target: Path, key: bytes) -> None:
    """Encrypt one file to another, on disk when this returns."""
    with source.open("rb") as plain, target.open("xb") as sealed:
        encrypt_stream(plain, sealed, key)


def encrypt_bytes(plain: bytes, key: bytes) -> bytes:
    """Encrypt bytes in memory (small things)."""
    target = io.BytesIO()
    encrypt_stream(io.BytesIO(plain), target, key)
    return target.getvalue()


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _place(last: bool) -> bytes:
    return b"last" if last else b"more"


def _damaged(where: str) -> UserError:
    return UserError(
        "PR-S008",
        "An encrypted file is damaged: its bytes are not those that were written.",
        where=where,
        fix="Restore the vault from its backup.",
    )
