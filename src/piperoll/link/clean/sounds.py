"""Phonetic codes of names, computed over all names at once on their bytes.

Soundex is that of the United States National Archives (General Information Leaflet 55): after the first letter, the
digits of the letters after it, vowels left out, equal digits side by side once, H and W between them or not.
NYSIIS is that of Taft (1970), Name Search Techniques, New York State Identification and Intelligence System, Special
Report 1, in the wording of the Dictionary of Algorithms and Data Structures (NIST), not cut after six letters.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa

from piperoll.link.kernels import njit


# digit of each letter A to Z: 0 a vowel, which parts equal digits; 7 H and W, which do not
_DIGITS = np.array([0, 1, 2, 3, 0, 1, 2, 7, 0, 2, 2, 4, 5, 5, 0, 1, 2, 6, 2, 3, 0, 1, 7, 2, 0, 2], np.uint8)
_ROOM = 4  # bytes of a code's room beyond those of its name
_A, _C, _D, _E, _F, _G, _H, _I, _K, _M, _N, _O, _P = (int(each) for each in b"ACDEFGHIKMNOP")
_Q, _R, _S, _T, _U, _V, _W, _Y, _Z, _ZERO = (int(each) for each in b"QRSTUVWYZ0")


def soundex(names: pl.Series) -> pl.Series:
    """Codes of a letter and three digits; ``names`` are capitals A to Z, none of them empty, or null."""
    return _coded(names, by_sound=True)


def nysiis(names: pl.Series) -> pl.Series:
    """Codes of letters, no longer than the names; ``names`` are capitals A to Z, none of them empty, or null."""
    return _coded(names, by_sound=False)


def _coded(names: pl.Series, *, by_sound: bool) -> pl.Series:
    text = names.to_arrow().cast(pa.large_string())
    if isinstance(text, pa.ChunkedArray):
        text = text.combine_chunks()
    known = text.fill_null("")
    _, at, data = known.buffers()
    offsets = np.frombuffer(at, np.int64)[known.offset : known.offset + len(known) + 1]
    letters = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
    longest = int(np.diff(offsets).max()) if len(known) else 0
    room = np.empty(int(offsets[-1] - offsets[0]) + _ROOM * len(known), np.uint8)
    ends = np.zeros(len(known) + 1, np.int64)
    _each(by_sound, letters, offsets, room, ends, np.empty(longest, np.uint8))
    made = pa.LargeStringArray.from_buffers(len(known), pa.py_buffer(ends), pa.py_buffer(room))
    out = pl.Series(names.name, made, dtype=pl.String)
    return out.to_frame().select(pl.when(out != "").then(out).alias(names.name))[names.name]


@njit(cache=True)
def _soundex(name, out):  # type: ignore[no-untyped-def]
    out[0] = name[0]
    used, before = 1, _DIGITS[name[0] - _A]
    for place in range(1, len(name)):
        digit = _DIGITS[name[place] - _A]
        if digit == 7:
            continue
        if digit != 0 and digit != before:  # noqa: PLR1714  numba
            out[used] = _ZERO + digit
            used += 1
            if used == 4:
                break
        before = digit
    while used < 4:
        out[used] = _ZERO
        used += 1
    return used


@njit(cache=True)
def _vowel(letter):  # type: ignore[no-untyped-def]
    return letter in (_A, _E, _I, _O, _U)


@njit(cache=True)
def _ends(name, long):  # type: ignore[no-untyped-def]
    """Change the first and the last letters; the length that is left."""
    if long > 2 and name[0] == _M and name[1] == _A and name[2] == _C:
        name[1] = _C
    elif long > 1 and name[0] == _K and name[1] == _N:
        name[0] = _N
    elif name[0] == _K:
        name[0] = _C
    elif long > 1 and name[0] == _P and name[1] in (_H, _F):
        name[0] = name[1] = _F
    elif long > 2 and name[0] == _S and name[1] == _C and name[2] == _H:
        name[1] = name[2] = _S
    if long > 1:
        last, other = name[long - 1], name[long - 2]
        if last == _E and other in (_E, _I):
            name[long - 2] = _Y
            return long - 1
        if (last == _T and other == _D) or (last in (_T, _D) and other in (_R, _N)):
            name[long - 2] = _D
            return long - 1
    return long


@njit(cache=True)
def _nysiis(given, out, work):  # type: ignore[no-untyped-def]
    name = work[: len(given)]
    name[:] = given
    long = _ends(name, len(name))
    out[0] = name[0]
    used = 1
    for at in range(1, long):
        letter = name[at]
        after = name[at + 1] if at + 1 < long else _ZERO
        if letter == _E and after == _V:
            name[at], name[at + 1] = _A, _F
        elif _vowel(letter):
            name[at] = _A
        elif letter == _Q:
            name[at] = _G
        elif letter == _Z:
            name[at] = _S
        elif letter == _M:
            name[at] = _N
        elif letter == _K:
            name[at] = _N if after == _N else _C
        elif letter == _S and after == _C and at + 2 < long and name[at + 2] == _H:
            name[at + 1] = name[at + 2] = _S
        elif letter == _P and after == _H:
            name[at] = name[at + 1] = _F
        elif (letter == _H and not (_vowel(name[at - 1]) and _vowel(after))) or (letter == _W and _vowel(name[at - 1])):
            name[at] = name[at - 1]
        if name[at] != out[used - 1]:
            out[used] = name[at]
            used += 1
    if used > 1 and out[used - 1] == _S:
        used -= 1
    if used > 1 and out[used - 1] == _Y and out[used - 2] == _A:
        out[used - 2] = _Y
        used -= 1
    if used > 1 and out[used - 1] == _A:
        used -= 1
    return used


@njit(cache=True)
def _each(by_sound, letters, offsets, room, ends, work):  # type: ignore[no-untyped-def]
    used = 0
    for row in range(len(offsets) - 1):
        name = letters[offsets[row] : offsets[row + 1]]
        if len(name) > 0:
            used += _soundex(name, room[used:]) if by_sound else _nysiis(name, room[used:], work)
        ends[row + 1] = used
