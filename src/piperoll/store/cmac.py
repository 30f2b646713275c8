"""AES-CMAC over a whole column at once.

CMAC (NIST SP 800-38B, RFC 4493) is the pseudorandom function inside AES-SIV. Here every value of an Arrow array is
padded into 16-byte blocks, and each block position is encrypted for all values in one call of AES: no loop over values
runs in Python, and the processor's own AES instructions do the work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes


BLOCK = 16
_DIGITS = 2 * BLOCK
_REDUCTION = 0x87  # x^7 + x^2 + x + 1, the lexically first irreducible polynomial of degree 128 (RFC 4493, 2.3)


class Cmac:
    """The CMAC of texts under one key.

    Args:
        key: 16, 24 or 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        zero = self._encryptor().update(bytes(BLOCK))
        once = _double(zero)
        self._whole = np.frombuffer(once, np.uint8)
        self._padded = np.frombuffer(_double(once), np.uint8)

    def hex(self, texts: pa.Array | pa.ChunkedArray) -> pa.StringArray:
        """The CMAC of each text's UTF-8 bytes as 32 hexadecimal digits; null gives null.

        Args:
            texts: A string array (``string`` or ``large_string``), any length and offset.
        """
        if isinstance(texts, pa.ChunkedArray):
            texts = texts.combine_chunks()
        count = len(texts)
        offsets, data = _buffers(texts)
        lengths = np.diff(offsets)
        blocks = np.maximum(1, -(-lengths // BLOCK))
        most = int(blocks.max()) if count else 1
        padded = _pad(data, offsets, lengths, most)
        last = padded[np.arange(count), blocks - 1]
        part = (lengths == 0) | (lengths % BLOCK != 0)
        padded[np.arange(count), blocks - 1] = last ^ np.where(part[:, None], self._padded, self._whole)
        encryptor = self._encryptor()
        state = _encrypt(encryptor, padded[:, 0])
        for place in range(1, most):
            longer = blocks > place
            state[longer] = _encrypt(encryptor, state[longer] ^ padded[longer, place])
        digits = pa.py_buffer(state.tobytes().hex().encode())
        places = pa.py_buffer(np.arange(count + 1, dtype=np.int32) * _DIGITS)
        valid = texts.is_valid().buffers()[1] if texts.null_count else None
        return pa.StringArray.from_buffers(count, places, digits, valid, texts.null_count)

    def _encryptor(self) -> CipherContext:
        # ECB is the bare block cipher that CMAC is built of; each block is one value's own state.
        return Cipher(algorithms.AES(self._key), modes.ECB()).encryptor()


def _double(block: bytes) -> bytes:
    """A block times x in GF(2^128)."""
    shifted = int.from_bytes(block, "big") << 1
    if shifted >> 128:
        shifted = (shifted & ((1 << 128) - 1)) ^ _REDUCTION
    return shifted.to_bytes(BLOCK, "big")


def _buffers(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Offsets (from 0) and bytes of the texts; a null text is empty."""
    if texts.null_count:
        texts = texts.fill_null("")
    _, places, data = texts.buffers()
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    offsets = np.frombuffer(places, width)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    first, last = (int(offsets[0]), int(offsets[-1])) if len(texts) else (0, 0)
    content = np.frombuffer(data, np.uint8)[first:last] if data is not None else np.zeros(0, np.uint8)
    return offsets - first, content


def _pad(data: np.ndarray, offsets: np.ndarray, lengths: np.ndarray, most: int) -> np.ndarray:
    """Blocks of each text, count x most x 16: its bytes, then 0x80 where its last block is not full, then zeros."""
    count, width = len(lengths), most * BLOCK
    flat = np.zeros(count * width, np.uint8)
    starts = np.arange(count) * width
    if count and (lengths == lengths[0]).all():
        flat.reshape(count, width)[:, : lengths[0]] = data.reshape(count, lengths[0])
    else:
        flat[np.repeat(starts - offsets[:-1], lengths) + np.arange(len(data))] = data
    part = (lengths == 0) | (lengths % BLOCK != 0)
    flat[(starts + lengths)[part]] = 0x80
    return flat.reshape(count, most, BLOCK)


def _encrypt(encryptor: CipherContext, blocks: np.ndarray) -> np.ndarray:
    made: Any = encryptor.update(np.ascontiguousarray(blocks).tobytes())
    return np.frombuffer(made, np.uint8).reshape(-1, BLOCK).copy()
