"""How like two dates are: kernels over YYYYMMDD, in which 00 stands for a part that is not known."""

from __future__ import annotations

from piperoll.link.kernels import njit


@njit(cache=True, nogil=True)
def turned(a: int, b: int) -> bool:
    """Whether day and month of one are month and day of the other, in the same year."""
    if a // 10000 != b // 10000:
        return False
    return a // 100 % 100 == b % 100 and a % 100 == b // 100 % 100 and a % 100 != 0 and b % 100 != 0


@njit(cache=True, nogil=True)
def same_digits(a: int, b: int) -> int:
    """How many of the eight digits agree."""
    same = 0
    for _ in range(8):
        same += int(a % 10 == b % 10)
        a //= 10
        b //= 10
    return same


@njit(cache=True, nogil=True)
def parts_alike(a: int, b: int, which: int) -> bool:
    """Whether parts agree that both know.

    ``which`` is 1 for the year, 2 for the month, 4 for the day, or their sum for all of those; 8 for any two of three;
    16 for all that both know, of which the year is one, where at least one part is not known.
    """
    year = a // 10000 == b // 10000 and a >= 10000
    month_a, month_b, day_a, day_b = a // 100 % 100, b // 100 % 100, a % 100, b % 100
    month = month_a == month_b and month_a != 0
    day = day_a == day_b and day_a != 0
    if which == 8:
        return int(year) + int(month) + int(day) >= 2
    if which == 16:
        if not year or (month_a and month_b and day_a and day_b):
            return False
        return (month or month_a == 0 or month_b == 0) and (day or day_a == 0 or day_b == 0)
    return (year or which & 1 == 0) and (month or which & 2 == 0) and (day or which & 4 == 0)


@njit(cache=True, nogil=True)
def number_of_day(a: int) -> int:
    """Days since the first of March of year 0 in the Gregorian calendar; unknown parts are taken in the middle."""
    year, month, day = a // 10000, a // 100 % 100, a % 100
    if month == 0:
        month, day = 7, 1
    elif day == 0:
        day = 15
    if month <= 2:
        year -= 1
        month += 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1


@njit(cache=True, nogil=True)
def days_between(a: int, b: int) -> int:
    """Days from one to the other, either way."""
    return abs(number_of_day(a) - number_of_day(b))
