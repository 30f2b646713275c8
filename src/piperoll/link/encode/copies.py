"""Records that are the same in everything: what is learnt from them is learnt from a few.

A record delivered ten thousand times would teach that its name is common and that agreement means little.
"""

from __future__ import annotations

import numpy as np

from piperoll.link.kernels import njit


MOST = 3  # so many of records that are the same in everything are learnt from


@njit(cache=True, nogil=True)
def _ranks(codes: np.ndarray, table: np.ndarray, counts: np.ndarray, out: np.ndarray) -> None:
    mask = np.uint64(len(table) - 1)
    for i in range(len(codes)):
        h = np.uint64(0xCBF29CE484222325)
        for c in range(codes.shape[1]):
            h = (h ^ np.uint64(np.uint32(codes[i, c]))) * np.uint64(0x9E3779B97F4A7C15)
            h ^= h >> np.uint64(31)
        at = h & mask
        while True:
            first = table[at]
            if first < 0:
                table[at], counts[at], out[i] = i, 1, 0
                break
            same = True
            for c in range(codes.shape[1]):
                if codes[first, c] != codes[i, c]:
                    same = False
                    break
            if same:
                out[i] = counts[at]
                counts[at] += 1
                break
            at = (at + np.uint64(1)) & mask


def learners(codes: np.ndarray) -> np.ndarray:
    """Whether each record, int32 (records, columns), is among the first three of those that are the same."""
    slots = 1 << max(4, int(2 * max(len(codes), 1) - 1).bit_length())
    out = np.empty(len(codes), np.int32)
    _ranks(codes, np.full(slots, -1, np.int32), np.zeros(slots, np.int32), out)
    return out < MOST
