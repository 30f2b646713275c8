"""Columns as codes: each distinct value is cleaned once, however many records have it.

::

    values = encode(series)                   # codes into distinct values
    values = values.cleaned(lambda v: ...)    # the same records, cleaned values
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from piperoll.link.buffers import large_texts
from piperoll.link.kernels import njit


@dataclass(frozen=True)
class Values:
    """A column.

    Attributes:
        codes: int32 (records,): position in ``distinct``; -1 for null.
        distinct: Its values, each once.
    """

    codes: np.ndarray
    distinct: pl.Series

    def mapped(self, change: Callable[[pl.Series], pl.Series]) -> Values:
        """The column that a function of distinct values makes of it; null where the function gives null."""
        return self.recoded(encode(change(self.distinct)))

    def recoded(self, to: Values) -> Values:
        """The column with each distinct value replaced by that of ``to``, which has one for each of them."""
        lookup = np.concatenate([to.codes, np.array([-1], np.int32)])
        return Values(lookup[self.codes], to.distinct)

    def counts(self) -> np.ndarray:
        """How many records have each distinct value, int64."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.distinct))

    def taken(self, order: np.ndarray) -> Values:
        """The same for other records."""
        return Values(self.codes[order], self.distinct)


def encode(series: pl.Series) -> Values:
    """Codes and distinct values of a column, in order of first occurrence."""
    array = series.to_arrow()
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if pa.types.is_string_view(array.type):
        array = array.cast(pa.large_string())
    found = array.dictionary_encode()
    codes = pl.Series(pl.from_arrow(found.indices)).fill_null(-1).to_numpy(writable=True)
    return Values(codes, pl.Series(series.name, pl.from_arrow(found.dictionary)))


def union(columns: Sequence[Values]) -> list[Values]:
    """Columns over the distinct values of all of them, so that equal values have equal codes."""
    if not columns:
        return []
    both = encode(pl.concat([each.distinct.rename("") for each in columns]))
    out, start = [], 0
    for each in columns:
        stop = start + len(each.distinct)
        out.append(each.recoded(Values(both.codes[start:stop], both.distinct)))
        start = stop
    return out


@njit(cache=True, nogil=True)
def _hash(offsets: np.ndarray, data: np.ndarray, seed: np.uint64, out: np.ndarray) -> None:
    for i in range(len(out)):
        h = np.uint64(0xCBF29CE484222325) ^ seed
        for k in range(offsets[i], offsets[i + 1]):
            h = (h ^ np.uint64(data[k])) * np.uint64(0x100000001B3)
        h ^= h >> np.uint64(33)
        h *= np.uint64(0xFF51AFD7ED558CCD)
        h ^= h >> np.uint64(33)
        h *= np.uint64(0xC4CEB9FE1A85EC53)
        out[i] = h ^ (h >> np.uint64(33))


def fingerprints(texts: pl.Series, seed: int = 0) -> np.ndarray:
    """A 64-bit number for each text, the same on any machine: FNV-1a, mixed as MurmurHash3 does at its end."""
    array = large_texts(texts)
    offsets = np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array) + 1]
    data = array.buffers()[2]
    out = np.empty(len(array), np.uint64)
    _hash(offsets, np.frombuffer(data, np.uint8) if data else np.zeros(1, np.uint8), np.uint64(seed), out)
    return out


def mix(numbers: np.ndarray, more: np.ndarray) -> np.ndarray:
    """A uint64 for each pair of uint64: the multiplications of `fingerprints`, the order of the two told apart."""
    out = (numbers * np.uint64(0x100000001B3)) ^ more
    for factor in (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)):
        out = (out ^ (out >> np.uint64(33))) * factor
    return np.asarray(out ^ (out >> np.uint64(33)))


NO_LETTER = 0xDFFF  # a code point that no text has


def spell(texts: pl.Series, alphabet: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Characters of texts end to end, in uint16; where each text begins, int64; and the alphabet they are written in.

    The alphabet is uint32, code points by number; empty where all fit 16 bits, and stand for themselves. Two characters
    have the same number only if they are the same. (More than 65,535 different ones in one column are beyond any
    alphabet; the rarest would share the last number.)

    Args:
        alphabet: That of texts these are to be compared with; a character that it lacks is none of theirs.
    """
    array = large_texts(texts)
    offs = np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array) + 1]
    data = np.frombuffer(array.buffers()[2] or b"", np.uint8)[offs[0] : offs[-1]]
    own = np.zeros(0, np.uint32) if alphabet is None else alphabet
    if not len(own) and (not len(data) or data.max() < 128):  # a byte is a character
        return data.astype(np.uint16), offs - offs[0], own
    joined = "".join(texts.fill_null("").to_list())
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    offs = np.concatenate([[0], np.cumsum(texts.fill_null("").str.len_chars().to_numpy())]).astype(np.int64)
    if alphabet is None:
        alphabet = np.unique(points) if points.max(initial=0) > 0xFFFF else np.zeros(0, np.uint32)
    if not len(alphabet):
        return np.where(points > 0xFFFF, NO_LETTER, points).astype(np.uint16), offs, alphabet
    numbers = np.searchsorted(alphabet, points)
    known = alphabet[np.minimum(numbers, len(alphabet) - 1)] == points
    return np.minimum(np.where(known, numbers, len(alphabet)), 0xFFFF).astype(np.uint16), offs, alphabet


@njit(cache=True, nogil=True)
def kinds_of(chars: np.ndarray, offs: np.ndarray) -> np.ndarray:
    """Which characters each text has, modulo 32, as bits of uint32."""
    out = np.zeros(len(offs) - 1, np.uint32)
    for t in range(len(out)):
        for k in range(offs[t], offs[t + 1]):
            out[t] |= np.uint32(1) << np.uint32(chars[k] & 31)
    return out
