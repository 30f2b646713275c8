"""Numbers of the justice system with their check letters, whole columns at a time.

The check letter of PNC identifier, CRO number and arrest/summons number is ``LETTERS[number % 23]`` (public sources of
the Core Person Record and of Bichard7, MIT licence). Every number given out here is its holder's alone: serials are
dealt by place within a chunk of people and then shuffled over all serials of their year, so that neighbours in the
population are not neighbours in number. That holds up to ten million people; more would share CRO serials.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl


LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
CAPACITY = 5_000  # serials of one year that one chunk may use
SERIALS = 1_000_000
_CHECK = pl.Series("letter", list(LETTERS))
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BLOCK = 4  # digits that are looked up at once


def check_letters(numbers: np.ndarray) -> pl.Series:
    """The check letter of each number."""
    return _CHECK.gather(numbers % len(LETTERS))


def padded(numbers: np.ndarray, width: int) -> pl.Series:
    """Decimal digits, zeros before."""
    if width <= _BLOCK and (not len(numbers) or (numbers.min() >= 0 and numbers.max() < 10**width)):
        return _digits(width).gather(numbers)
    return pl.Series("number", numbers.astype(np.int64)).cast(pl.String).str.zfill(width)


def joined(*parts: pl.Series | str) -> pl.Series:
    """Parts of texts put together, by the name of the first; a text stands in each."""
    given = [pl.lit(each) if isinstance(each, str) else each for each in parts]
    return pl.select(pl.concat_str(given)).to_series()


@lru_cache(maxsize=_BLOCK)
def _digits(width: int) -> pl.Series:
    """All numbers of so many digits."""
    return pl.Series("number", np.arange(10**width)).cast(pl.String).str.zfill(width)


@lru_cache(maxsize=2)
def _spelt(width: int) -> pl.Series:
    """All words of one or two capitals, in order."""
    return pl.Series("letter", list(_ALPHABET) if width == 1 else [a + b for a in _ALPHABET for b in _ALPHABET])


def _blocks(numbers: np.ndarray, width: int) -> list[pl.Series]:
    """The digits of numbers below ``10**width``, not below zero, in parts to be joined."""
    found: list[pl.Series] = []
    while width > _BLOCK:
        found.insert(0, _digits(_BLOCK).gather(numbers % 10**_BLOCK))
        numbers, width = numbers // 10**_BLOCK, width - _BLOCK
    return [_digits(width).gather(numbers), *found]


def serials(chunk: int, years: np.ndarray) -> np.ndarray:
    """A serial below a million for each year, given once within its year in the whole population.

    Raises:
        ValueError: If more than `CAPACITY` are wanted of one year.
    """
    order = np.argsort(years, kind="stable")
    ordered = years[order]
    rank = np.empty(len(years), dtype=np.int64)
    rank[order] = np.arange(len(years)) - np.searchsorted(ordered, ordered)
    if len(years) and rank.max() >= CAPACITY:
        raise ValueError(f"a chunk may use {CAPACITY} serials of a year, not {rank.max() + 1}")
    # 387,437 has no divisor in common with a million: each serial is reached once.
    return ((chunk * CAPACITY + rank) * 387_437 + years * 7_919) % SERIALS


def pnc_ids(years: np.ndarray, serial: np.ndarray) -> pl.Series:
    """``YYYY/NNNNNNNC``: the check letter is of the year's last two digits and the serial of seven."""
    letter = check_letters(years % 100 * 10_000_000 + serial)
    return joined(padded(years, 4), "/", *_blocks(serial, 7), letter)


def cro_numbers(years: np.ndarray, serial: np.ndarray, small_file: np.ndarray) -> pl.Series:
    """``NNNNNN/YYC``, or ``SFYY/NC`` (serial as it is) where a small file is kept."""
    year = padded(years % 100, 2)
    plain = serial.astype(np.int64)
    digits = 10 ** np.floor(np.log10(np.maximum(plain, 1)) + 1).astype(np.int64)
    usual = joined(*_blocks(plain, 6), "/", year, check_letters(years % 100 * 1_000_000 + plain))
    few = np.flatnonzero(small_file)
    letter = check_letters((years % 100 * digits + plain)[few])
    small = joined("SF", year.gather(few), "/", padded(plain[few], 1), letter)
    place = np.arange(len(plain))
    place[few] = len(plain) + np.arange(len(few))
    return pl.concat([usual, small.rename(usual.name)]).gather(place)


def arrest_summons(years: np.ndarray, force: np.ndarray, unit: np.ndarray, serial: np.ndarray) -> pl.Series:
    """``YYFFUUSSnnnnnnnnnnnC``: year, force, unit (two letters, by number), system 01, serial of eleven digits.

    The unit's letters count for nothing in the check letter.
    """
    year = years.astype(np.int64) % 100
    number = ((force.astype(np.int64) * 100 + 1) * 100 + year) * 100_000_000_000 + serial
    return joined(
        padded(year, 2), padded(force, 2), letters(unit, 2), "01", *_blocks(serial, 11), check_letters(number)
    )  # fmt: skip


def urns(force: np.ndarray, unit: np.ndarray, serial: np.ndarray, years: np.ndarray) -> pl.Series:
    """``FFUUSSSSSYY``: force, unit (two letters), case of the unit in the year."""
    return joined(padded(force, 2), letters(unit, 2), *_blocks(serial % 100_000, 5), padded(years % 100, 2))


def letters(numbers: np.ndarray, width: int) -> pl.Series:
    """Numbers in base 26 with letters for digits, one or two of them."""
    return _spelt(width).gather(numbers % 26**width)


def noms_numbers(index: np.ndarray) -> pl.Series:
    """``A1234BC`` for each index below 175 million, no two alike."""
    number = (index * 91_648_577 + 12_345_677) % 175_760_000
    return joined(letters(number // 6_760_000, 1), padded(number // 676 % 10_000, 4), letters(number % 676, 2))


def prison_numbers(index: np.ndarray) -> pl.Series:
    """``AB12345`` for each index below 67 million, no two alike."""
    number = (index * 40_503_001 + 7_654_321) % 67_600_000
    return joined(letters(number // 100_000, 2), *_blocks(number % 100_000, 5))


def case_references(index: np.ndarray) -> pl.Series:
    """``X123456`` for each index below 26 million, no two alike."""
    number = (index * 15_485_863 + 1_234_567) % 26_000_000
    return joined(letters(number // 1_000_000, 1), *_blocks(number % 1_000_000, 6))
