"""Small tools of the tables: draws by share, days as dates, months in which systems send."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from piperoll.simulate.days import first_days, parts


def choose(rng: np.random.Generator, shares: dict[str, float], count: int) -> np.ndarray:
    """``count`` texts, each with its share; shares add up to 1."""
    edges, drawn = np.cumsum(list(shares.values())), rng.random(count)
    # Shares are few: to compare with each in turn takes a third of a search.
    place = np.zeros(count, np.int8)
    for edge in edges[:-1]:
        place += drawn >= edge
    return np.array(list(shares), dtype=object)[place]


def texts(values: np.ndarray, keep: np.ndarray | None = None) -> pl.Series:
    """Texts as a series, null where ``keep`` is false."""
    found = pl.Series(values.tolist(), dtype=pl.String)
    return found if keep is None else kept(found, keep)


def same(word: str, count: int) -> pl.Series:
    """One text, ``count`` times."""
    return pl.repeat(word, count, dtype=pl.String, eager=True)


def kept(values: pl.Series, keep: np.ndarray) -> pl.Series:
    """The values, null where ``keep`` is false."""
    return pl.select(pl.when(pl.Series(keep)).then(values)).to_series()


def dates(days: np.ndarray, keep: np.ndarray | None = None) -> pl.Series:
    """Days since 1970 as dates, null where ``keep`` is false."""
    found = pl.Series(days.astype(np.int32)).cast(pl.Date)
    return found if keep is None else kept(found, keep)


def months(days: np.ndarray) -> pl.Series:
    """The first day of the month of each day since 1970."""
    return pl.Series(first_days(days).astype(np.int32)).cast(pl.Date)


def pounds(rng: np.random.Generator, count: int, middle: float) -> np.ndarray:
    """Amounts in whole pounds about ``middle``."""
    return np.rint(middle * np.exp(0.6 * rng.standard_normal(count))).astype(np.int64)


def money(amounts: np.ndarray, keep: np.ndarray) -> pl.Series:
    """Whole pounds as amounts, null where ``keep`` is false."""
    return kept(pl.Series(amounts).cast(pl.Decimal(10, 2)), keep)


def later(first: np.ndarray, last: np.ndarray, share: np.ndarray) -> np.ndarray:
    """The day that lies ``share`` of the way (0 to 1) from ``first`` to ``last``."""
    return first + ((last - first) * share).astype(np.int64)


def repeated(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For ``counts`` things of each row: the row of each thing, and its number within the row from 0."""
    row = np.repeat(np.arange(len(counts)), counts)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)


def age(born: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Whole years at a day, by the birthday."""
    birth, day = parts(born), parts(on)
    early = (day.month < birth.month) | ((day.month == birth.month) & (day.day < birth.day))
    years: np.ndarray = day.year - birth.year - early
    return years


def states(
    rows: pl.DataFrame, open_until_end: Sequence[str], began: np.ndarray, ended: np.ndarray, last: int
) -> pl.DataFrame:
    """Rows as an increment sends them: in the month they began, and once more in that in which they ended.

    What stands in ``open_until_end`` is not known in the first; a row that ends in the month it began comes once, and
    one that ends after day ``last`` stays open. Gives ``rows`` with ``began`` and ``entered``, both months.
    """
    frame = rows.with_columns(began=months(began), ended=months(ended), _shut=pl.Series(ended <= last))
    at_once = pl.col("_shut") & (pl.col("began") == pl.col("ended"))
    first = frame.with_columns(
        entered=pl.col("began"), **{name: pl.when(at_once).then(pl.col(name)) for name in open_until_end}
    )
    again = frame.filter(pl.col("_shut") & (pl.col("ended") > pl.col("began"))).with_columns(entered=pl.col("ended"))
    return pl.concat([first, again.select(first.columns)]).drop("ended", "_shut")
