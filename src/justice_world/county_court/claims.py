"""Claims of one month as they are issued."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.county_court.volumes import SUBTYPES, expected
from justice_world.people import births, claimants, persons
from justice_world.places import Places
from piperoll.periods import Period
from piperoll.simulate.calendars import working_days
from piperoll.simulate.streams import Streams


ONLINE_FROM = Period.parse("2006-10")
# Share of claims made online in the end; accelerated claims cannot be made there.
_ONLINE = {"MORTGAGE": 0.74, "SOCIAL": 0.66, "PRIVATE": 0.45, "ACCELERATED": 0.0}
# Median and spread (of the logarithm) of what is claimed, in pounds; accelerated claims are not for money.
_AMOUNT = {"MORTGAGE": (5200.0, 0.8), "SOCIAL": (1100.0, 0.7), "PRIVATE": (2300.0, 0.7)}


def online_share(month: Period, subtype: str) -> float:
    """Share of the claims of a kind made online: none before October 2006, then rising towards its limit."""
    months = (month.start.year - 2006) * 12 + month.start.month - 10
    return 0.0 if months < 0 else _ONLINE[subtype] * (1 - float(np.exp(-(months + 1) / 16)))


def possession_claims(
    month: Period, scale: float, places: Places, shares: dict[str, np.ndarray], streams: Streams
) -> pl.DataFrame:
    """Possession claims issued in ``month``: a row each, not yet numbered.

    Columns beside those of the contract: ``authority`` and ``court`` (positions), ``online``.
    """
    aim = expected(month)
    return pl.concat(
        _of_kind(month, kind, aim[kind] * scale, places, shares[kind], streams.of("claims", month, kind))
        for kind in SUBTYPES
    )


def _of_kind(
    month: Period, kind: str, mean: float, places: Places, edges: np.ndarray, rng: np.random.Generator
) -> pl.DataFrame:
    count = int(rng.poisson(mean))
    authority = np.minimum(np.searchsorted(edges, rng.random(count), side="right"), len(edges) - 1)
    days = working_days(month)
    issued = days[rng.integers(0, len(days), count)]
    online = rng.random(count) < online_share(month, kind)
    home = places.home_court[authority]
    elsewhere = ~online & (rng.random(count) < 0.08)
    who = claimants(rng, kind, authority, places)
    return pl.DataFrame({
        "authority": authority,
        "court": np.where(elsewhere, places.neighbours[home], home),
        "online": online,
        "issue_date": issued,
        "claim_type": pl.repeat("POSS_MORT" if kind == "MORTGAGE" else "POSS_LL", count, eager=True),
        "possession_subtype": pl.repeat(kind, count, eager=True),
        "issue_channel": pl.select(
            pl.when(pl.Series(online)).then(pl.lit("PCOL")).otherwise(pl.lit("COURT"))
        ).to_series(),
        "amount_claimed": amounts(rng, count, *_AMOUNT[kind])
        if kind in _AMOUNT
        else pl.repeat(None, count, dtype=pl.Decimal(12, 2), eager=True),
        "track": pl.repeat("NONE", count, eager=True),
        "allocation_date": pl.repeat(None, count, dtype=pl.Date, eager=True),
        "defence_date": _defences(rng, issued, 0.06),
        "claimant_name": who.name,
        "claimant_is_org": who.organisation,
        "claimant_sector": who.sector,
        "defendant_name": persons(rng, count),
        "defendant_dob": births(rng, issued, 0.18),
        "property_postcode": places.postcodes(rng, authority),
    }, schema_overrides={"authority": pl.Int64, "court": pl.Int64})  # fmt: skip


def amounts(rng: np.random.Generator, count: int, median: float, sigma: float) -> pl.Series:
    """Sums of money in pounds and pence, lognormal, at least 50 pounds."""
    pence = np.maximum(np.rint(median * 100 * np.exp(sigma * rng.standard_normal(count))), 5000)
    return (pl.Series(pence.astype(np.int64)).cast(pl.Decimal(14, 2)) / 100).cast(pl.Decimal(12, 2))


def _defences(rng: np.random.Generator, issued: np.ndarray, share: float) -> pl.Series:
    made = pl.Series(rng.random(len(issued)) < share)
    return pl.select(pl.when(made).then(pl.Series(issued + rng.integers(7, 29, len(issued))))).to_series()


class Numbers:
    """Claim numbers: the last digit of the year, the court, and a serial within both."""

    def __init__(self, places: Places) -> None:
        self._courts = places.courts
        self._used = np.zeros(len(places.courts), dtype=np.int64)
        self._year = 0

    def give(self, claims: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        """``claims`` of one month, numbered in order of issue within each court and sorted by number."""
        claims = claims.with_columns(pl.Series("_tie", rng.random(claims.height)))
        claims = claims.sort("court", "issue_date", "_tie").drop("_tie")
        if not claims.height:
            return claims.with_columns(claim_number=pl.lit("", dtype=pl.String))
        year = claims["issue_date"][0].year
        if year != self._year:
            self._used[:] = 0
            self._year = year
        court = claims["court"].to_numpy()
        counts = np.bincount(court, minlength=len(self._used))
        starts = np.cumsum(counts) - counts
        serial = self._used[court] + np.arange(len(court)) - starts[court] + 1
        if serial.max() > 99_999:
            raise OverflowError("a court has more claims in a year than its numbers allow")
        self._used += counts
        text = pl.Series(serial).cast(pl.String).str.zfill(5)
        return claims.with_columns((self._courts.gather(court) + text).alias("claim_number")).with_columns(
            (pl.lit(str(year % 10)) + pl.col("claim_number")).alias("claim_number")
        )
