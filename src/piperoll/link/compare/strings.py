"""How like two texts are: kernels over code points, compiled once and cached.

Texts lie end to end in one array of ranked code points; text ``t`` is ``chars[offs[t]:offs[t + 1]]``.
"""

from __future__ import annotations

import numpy as np

from piperoll.link.kernels import njit


_WORD = 64


@njit(cache=True, nogil=True)
def jaro(chars: np.ndarray, offs: np.ndarray, a: int, b: int) -> float:
    """Jaro similarity (1989) of texts ``a`` and ``b``, 0 to 1; an empty text is like none."""
    a0, b0 = offs[a], offs[b]
    la, lb = offs[a + 1] - a0, offs[b + 1] - b0
    if la == 0 or lb == 0:
        return 0.0
    if la > lb:
        a0, b0, la, lb = b0, a0, lb, la
    reach = max(lb // 2 - 1, 0)
    if lb > _WORD:
        matches, crossed = _matches_long(chars, a0, la, b0, lb, reach)
    else:
        taken_a, taken_b, matches = np.uint64(0), np.uint64(0), 0
        one = np.uint64(1)
        for i in range(la):
            low = i - reach if i > reach else 0
            high = min(i + reach + 1, lb)
            for j in range(low, high):
                if chars[a0 + i] == chars[b0 + j] and not (taken_b >> np.uint64(j)) & one:
                    taken_b |= one << np.uint64(j)
                    taken_a |= one << np.uint64(i)
                    matches += 1
                    break
        crossed, k = 0, 0
        if matches:
            for i in range(la):
                if (taken_a >> np.uint64(i)) & one:
                    while not (taken_b >> np.uint64(k)) & one:
                        k += 1
                    if chars[a0 + i] != chars[b0 + k]:
                        crossed += 1
                    k += 1
    if matches == 0:
        return 0.0
    return (matches / la + matches / lb + (matches - crossed // 2) / matches) / 3.0


@njit(cache=True, nogil=True)
def jaro_winkler(chars: np.ndarray, offs: np.ndarray, a: int, b: int) -> float:
    """Jaro-Winkler similarity of texts ``a`` and ``b``, 0 to 1; an empty text is like none.

    `jaro` with the prefix weight of Winkler (1990): 0.1 a character, at most four, where Jaro is above 0.7.
    """
    alike = jaro(chars, offs, a, b)
    if alike > 0.7:
        a0, b0 = offs[a], offs[b]
        least = min(offs[a + 1] - a0, offs[b + 1] - b0)
        prefix = 0
        while prefix < 4 and prefix < least and chars[a0 + prefix] == chars[b0 + prefix]:
            prefix += 1
        alike += prefix * 0.1 * (1.0 - alike)
    return alike


@njit(cache=True, nogil=True)
def _bits(word: np.uint32) -> int:
    """How many bits are set (Warren, Hacker's Delight, 5-1)."""
    x = int(word)
    x -= (x >> 1) & 0x55555555
    x = (x & 0x33333333) + ((x >> 2) & 0x33333333)
    x = (x + (x >> 4)) & 0x0F0F0F0F
    return ((x * 0x01010101) & 0xFFFFFFFF) >> 24


@njit(cache=True, nogil=True)
def jaro_winkler_most(chars: np.ndarray, offs: np.ndarray, kinds: np.ndarray, a: int, b: int) -> float:
    """No less than `jaro_winkler`, at a tenth of the cost: every character that the other lacks goes without a match.

    ``kinds`` is uint32 (texts,): which kinds of characters (code point modulo 32) a text has.
    """
    a0, b0 = offs[a], offs[b]
    la, lb = offs[a + 1] - a0, offs[b + 1] - b0
    if la == 0 or lb == 0:
        return 0.0
    most = min(la - _bits(kinds[a] & ~kinds[b]), lb - _bits(kinds[b] & ~kinds[a]))
    if most <= 0:
        return 0.0
    jaro = (most / la + most / lb + 1.0) / 3.0
    if jaro > 0.7:
        prefix, least = 0, min(la, lb)
        while prefix < 4 and prefix < least and chars[a0 + prefix] == chars[b0 + prefix]:
            prefix += 1
        jaro += prefix * 0.1 * (1.0 - jaro)
    return jaro + 1e-12


@njit(cache=True, nogil=True)
def _matches_long(chars: np.ndarray, a0: int, la: int, b0: int, lb: int, reach: int) -> tuple[int, int]:
    """Matching characters, and those out of order, of texts that do not fit a machine word."""
    taken_a, taken_b = np.zeros(la, np.bool_), np.zeros(lb, np.bool_)
    matches = 0
    for i in range(la):
        for j in range(i - reach if i > reach else 0, min(i + reach + 1, lb)):
            if chars[a0 + i] == chars[b0 + j] and not taken_b[j]:
                taken_a[i] = taken_b[j] = True
                matches += 1
                break
    crossed, k = 0, 0
    for i in range(la):
        if taken_a[i]:
            while not taken_b[k]:
                k += 1
            if chars[a0 + i] != chars[b0 + k]:
                crossed += 1
            k += 1
    return matches, crossed


@njit(cache=True, nogil=True)
def edits_within(chars: np.ndarray, offs: np.ndarray, a: int, b: int, most: int, swaps: bool) -> bool:
    """Whether text ``a`` becomes ``b`` by at most ``most`` insertions, deletions and substitutions.

    With ``swaps``, exchanging two neighbours is one edit, too (optimal string alignment).
    """
    a0, b0 = offs[a], offs[b]
    la, lb = offs[a + 1] - a0, offs[b + 1] - b0
    if abs(la - lb) > most:
        return False
    while la and lb and chars[a0] == chars[b0]:
        a0, b0, la, lb = a0 + 1, b0 + 1, la - 1, lb - 1
    while la and lb and chars[a0 + la - 1] == chars[b0 + lb - 1]:
        la, lb = la - 1, lb - 1
    if la == 0 or lb == 0:
        return max(la, lb) <= most
    if most <= 1:
        if most < 1:
            return False
        if la == 1 and lb == 1:
            return True
        return swaps and la == 2 and lb == 2 and chars[a0] == chars[b0 + 1] and chars[a0 + 1] == chars[b0]
    before, last, now = np.empty(lb + 1, np.int64), np.arange(lb + 1), np.empty(lb + 1, np.int64)
    for i in range(1, la + 1):
        now[0] = i
        least = i
        for j in range(1, lb + 1):
            same = chars[a0 + i - 1] == chars[b0 + j - 1]
            cost = min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (0 if same else 1))
            crossed = swaps and i > 1 and j > 1 and chars[a0 + i - 1] == chars[b0 + j - 2]
            if crossed and chars[a0 + i - 2] == chars[b0 + j - 1]:
                cost = min(cost, before[j - 2] + 1)
            now[j] = cost
            least = min(least, cost)
        if least > most:
            return False
        before, last, now = last, now, before
    return last[lb] <= most


@njit(cache=True, nogil=True)
def _alike(chars: np.ndarray, a0: int, b0: int, count: int) -> bool:
    same = 0
    while same < count and chars[a0 + same] == chars[b0 + same]:
        same += 1
    return same == count


@njit(cache=True, nogil=True)
def same_start(chars: np.ndarray, offs: np.ndarray, a: int, b: int, count: int) -> bool:
    """Whether the first ``count`` characters agree, and both texts have as many."""
    a0, b0 = offs[a], offs[b]
    if offs[a + 1] - a0 < count or offs[b + 1] - b0 < count:
        return False
    return _alike(chars, a0, b0, count)


@njit(cache=True, nogil=True)
def start_of_other(chars: np.ndarray, offs: np.ndarray, a: int, b: int, longest: int) -> bool:
    """Whether the shorter text, of at most ``longest`` characters, is how the longer one begins: J and JOHN."""
    a0, b0 = offs[a], offs[b]
    least = min(offs[a + 1] - a0, offs[b + 1] - b0)
    if least == 0 or least > longest:
        return False
    return _alike(chars, a0, b0, least)
