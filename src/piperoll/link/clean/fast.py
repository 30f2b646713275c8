"""The commonest cleaning of numbers at the speed of bytes: capitals, letters and digits alone, of plain ASCII."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa

from piperoll.link.buffers import large_texts
from piperoll.link.clean.steps import LONGEST
from piperoll.link.kernels import njit


@njit(cache=True, nogil=True)
def _bare(offsets: np.ndarray, data: np.ndarray, longest: int, ends: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Writes the texts; gives whether each has a digit and may stand as it is."""
    digits = np.zeros(len(ends) - 1, np.bool_)
    at = 0
    for i in range(len(ends) - 1):
        begun = at
        for k in range(offsets[i], offsets[i + 1]):
            c = data[k]
            if 97 <= c <= 122:
                c -= 32
            digit = 48 <= c <= 57
            if (digit or 65 <= c <= 90) and at - begun < longest:
                out[at] = c
                at += 1
                digits[i] |= digit
        ends[i + 1] = at
    return digits


def bare(texts: pl.Series) -> tuple[pl.Series, np.ndarray] | None:
    """What the steps ``upper`` and ``letters and digits`` give, and whether each has a digit; None if not all is ASCII.

    Args:
        texts: n texts.

    Returns:
        n texts, empty where nothing is left; bool (n,).
    """
    array = large_texts(texts)
    offsets = np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array) + 1]
    data = np.frombuffer(array.buffers()[2] or b"", np.uint8)
    inside = data[offsets[0] : offsets[-1]]
    if len(inside) and inside.max() >= 128:
        return None
    ends, out = np.zeros(len(array) + 1, np.int64), np.empty(len(inside), np.uint8)
    digits = _bare(offsets, data, LONGEST, ends, out)
    made = pa.LargeStringArray.from_buffers(len(array), pa.py_buffer(ends), pa.py_buffer(out))
    return pl.Series(texts.name, pl.from_arrow(made)), digits
