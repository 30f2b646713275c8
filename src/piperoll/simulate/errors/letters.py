"""Slips of the hand in a text: a key beside the right one, a letter too many, too few, or out of turn."""

from __future__ import annotations

import numpy as np
import polars as pl


# Keys that touch on a British keyboard's letter rows.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_FIRST_LETTER = 0.08  # a first letter is seldom mistaken; Pollock and Zamora (1984) find 7.8 % of errors there


def _neighbours() -> tuple[np.ndarray, np.ndarray]:
    """For each code point below 128 the keys beside it (as many as eight), and how many they are."""
    around: dict[str, str] = {}
    for row, keys in enumerate(_ROWS):
        for place, key in enumerate(keys):
            near = keys[max(place - 1, 0) : place] + keys[place + 1 : place + 2]
            if row > 0:
                near += _ROWS[row - 1][place : place + 2]
            if row < len(_ROWS) - 1:
                near += _ROWS[row + 1][max(place - 1, 0) : place + 1]
            around[key] = near
    table, count = np.zeros((128, 8), dtype=np.uint32), np.zeros(128, dtype=np.int64)
    for key, near in around.items():
        for form in (str.lower, str.upper):
            table[ord(form(key)), : len(near)] = [ord(form(each)) for each in near]
            count[ord(form(key))] = len(near)
    return table, count


_TABLE, _COUNT = _neighbours()


def to_matrix(texts: pl.Series, spare: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Code points, one row a text, zeros behind its end (and ``spare`` columns more), and the texts' lengths."""
    lengths = texts.str.len_chars().to_numpy().astype(np.int64)
    width = max(int(lengths.max()) if len(lengths) else 0, 1) + spare
    return np.array(texts.to_list(), dtype=f"U{width}").view(np.uint32).reshape(len(texts), width).copy(), lengths


def to_texts(matrix: np.ndarray) -> pl.Series:
    """The texts of `to_matrix`."""
    joined = np.ascontiguousarray(matrix).view(f"U{matrix.shape[1]}").ravel()
    return pl.Series("text", joined.tolist(), dtype=pl.String)


def _beside(rng: np.random.Generator, letters: np.ndarray) -> np.ndarray:
    """A key that touches the one of each letter; a letter that no key bears becomes an ``e``, or an ``a`` if it is."""
    plain = np.where(letters < 128, letters, 0)
    count = _COUNT[plain]
    chosen = _TABLE[plain, (rng.random(len(letters)) * np.maximum(count, 1)).astype(np.int64)]
    other = np.where(letters == ord("e"), ord("a"), ord("e")).astype(np.uint32)
    return np.where(count > 0, chosen, other)


def mistype(rng: np.random.Generator, texts: pl.Series) -> pl.Series:
    """Each text with one slip: substitution .40, deletion .28, insertion .18, transposition .14 of them.

    Texts of fewer than three characters are substituted only. No text comes back as it was, but for an empty one.
    """
    if not len(texts):
        return texts
    matrix, lengths = to_matrix(texts, spare=1)
    rows, columns = np.arange(len(texts)), np.arange(matrix.shape[1])
    place = np.where(
        rng.random(len(texts)) < _FIRST_LETTER, 0, 1 + (rng.random(len(texts)) * (lengths - 1)).astype(np.int64)
    )
    place = np.clip(place, 0, np.maximum(lengths - 1, 0))
    kind = np.searchsorted([0.40, 0.68, 0.86], rng.random(len(texts)), side="right")
    kind[lengths < 3] = 0
    before = np.clip(np.where(place + 1 < lengths, place, place - 1), 0, None)
    here, after = matrix[rows, before], matrix[rows, before + 1]
    kind[(kind == 3) & (here == after)] = 0
    key = _beside(rng, matrix[rows, place])
    take = np.broadcast_to(columns, matrix.shape)
    at = place[:, None]
    take = np.where((kind == 1)[:, None], take + (take >= at), take)
    take = np.where((kind == 2)[:, None], take - (take > at), take)
    out = matrix[rows[:, None], np.clip(take, 0, matrix.shape[1] - 1)]
    out[rows[kind == 1], lengths[kind == 1] - 1] = 0
    struck = (kind == 0) & (lengths > 0)
    out[rows[struck], place[struck]] = key[struck]
    doubled = kind == 2
    out[rows[doubled], place[doubled] + 1] = key[doubled]
    turned = kind == 3
    out[rows[turned], before[turned]], out[rows[turned], before[turned] + 1] = after[turned], here[turned]
    return to_texts(out)


def miscode(rng: np.random.Generator, texts: pl.Series) -> pl.Series:
    """Each code with one character wrong: a digit for another digit, a letter for another letter, in the same case.

    Other characters (spaces, strokes) stay; a code without a letter or digit comes back as it was.
    """
    if not len(texts):
        return texts
    matrix, _ = to_matrix(texts)
    digit = (matrix >= ord("0")) & (matrix <= ord("9"))
    upper = (matrix >= ord("A")) & (matrix <= ord("Z"))
    lower = (matrix >= ord("a")) & (matrix <= ord("z"))
    may = digit | upper | lower
    order = np.cumsum(may, axis=1)
    wanted = 1 + (rng.random(len(texts)) * np.maximum(order[:, -1], 1)).astype(np.int64)
    rows = np.flatnonzero(order[:, -1] > 0)
    place = np.argmax(order[rows] == wanted[rows, None], axis=1)
    old = matrix[rows, place].astype(np.int64)
    base = np.where(digit[rows, place], ord("0"), np.where(upper[rows, place], ord("A"), ord("a")))
    size = np.where(digit[rows, place], 10, 26)
    step = 1 + (rng.random(len(rows)) * (size - 1)).astype(np.int64)
    matrix[rows, place] = base + (old - base + step) % size
    return to_texts(matrix)
