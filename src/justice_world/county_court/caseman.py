"""How CaseMan records the county court's work, and what its monthly extracts hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.places import Places


DELETED, MOVED, CORRECTED = 0.0015, 0.006, 0.008
_STATE = ("authority", "property_postcode", "amount_claimed")


@dataclass(frozen=True)
class Recorded:
    """Claims of one month as the system came to hold them.

    Attributes:
        states: A row for each time a claim goes into an extract: the contract's columns, ``supplier``, and ``entered``
            (the first day of the extract's month).
        truth: A row a claim as it is in the end.
        deleted: Positions of the claims that were issued in error and taken out again.
    """

    states: pl.DataFrame
    truth: pl.DataFrame
    deleted: np.ndarray


def _month(days: pl.Expr) -> pl.Expr:
    return days.dt.truncate("1mo")


def record(claims: pl.DataFrame, places: Places, rng: np.random.Generator, last: np.datetime64) -> Recorded:
    """Record ``claims``, correct some later, take a few out; nothing after the month ``last`` is known.

    Issue dates and types never change; postcodes and amounts do, and a defence or allocation is known in the month in
    which it happens. Claims made online keep what was entered there.
    """
    claims = _corrections(claims, places, rng).with_columns(
        issued=_month(pl.col("issue_date")),
        supplier=pl.Series(places.court_region[claims["court"].to_numpy()].astype(str)),
        court_code=places.courts.gather(claims["court"].to_numpy()),
    )
    limit = pl.lit(last.astype("datetime64[D]").astype(object))
    first = claims.select(pl.col("claim"), entered=pl.col("issued"))
    changes = [
        claims.select("claim", entered=_month(pl.col(column))).drop_nulls()
        for column in ("defence_date", "allocation_date", "corrected", "deleted")
    ]
    later = pl.concat(changes).unique().join(claims.select("claim", "issued", "deleted"), on="claim")
    later = later.filter(
        (pl.col("entered") > pl.col("issued"))
        & (pl.col("entered") <= limit)
        & (pl.col("deleted").is_null() | (pl.col("entered") <= _month(pl.col("deleted"))))
    )
    visits = pl.concat([first, later.select("claim", "entered")])
    states = visits.join(claims, on="claim", how="left", maintain_order="left").with_columns(
        record_status=pl.when(pl.col("entered") == pl.col("issued")).then(pl.lit("N"))
        .when(pl.col("entered") == _month(pl.col("deleted"))).then(pl.lit("D")).otherwise(pl.lit("A")),
        **{
            name: pl.when(pl.col("corrected").is_not_null() & (pl.col("entered") >= _month(pl.col("corrected"))))
            .then(f"new_{name}").otherwise(name)
            for name in _STATE
        },
        **{
            name: pl.when(_month(pl.col(name)) <= pl.col("entered")).then(name)
            for name in ("defence_date", "allocation_date")
        },
    ).with_columns(
        track=pl.when(pl.col("allocation_date").is_null()).then(pl.lit("NONE")).otherwise("track")
    )  # fmt: skip
    known = pl.col("corrected").is_not_null() & (_month(pl.col("corrected")) <= limit)
    truth = claims.select(
        "claim_number", "issue_date", "claim_type", "possession_subtype", "issue_channel", "court_code", "supplier",
        local_authority=places.authorities.gather(
            claims.select(pl.when(known).then("new_authority").otherwise("authority")).to_series()
        ),
        first_local_authority=places.authorities.gather(claims["authority"]),
        deleted=pl.when(_month(pl.col("deleted")) <= limit).then(pl.col("deleted").dt.strftime("%Y-%m")),
    ).with_columns(
        pl.when(pl.col("claim_type").str.starts_with("POSS")).then(name).alias(name)
        for name in ("local_authority", "first_local_authority")
    )  # fmt: skip
    return Recorded(states, truth, np.flatnonzero(claims["deleted"].is_not_null().to_numpy()))


def _corrections(claims: pl.DataFrame, places: Places, rng: np.random.Generator) -> pl.DataFrame:
    """Columns ``claim`` (position), ``deleted`` and ``corrected`` (dates or null), and ``new_...`` values."""
    count = claims.height
    local = ~claims["online"].to_numpy()
    home = local & claims["property_postcode"].is_not_null().to_numpy()
    chance = rng.random(count)
    plain = claims["defence_date"].is_null().to_numpy()
    deleted = local & plain & (chance < DELETED)
    moved = home & (chance > 1 - MOVED)
    corrected = ~deleted & (moved | (rng.random(count) < CORRECTED))
    issued = claims["issue_date"].to_numpy().astype("datetime64[D]")
    day = issued + rng.integers(31, 93, count)
    authority = claims["authority"].to_numpy()
    elsewhere = moved & (rng.random(count) < 0.3)
    near = places.near[authority, rng.integers(0, places.near.shape[1], count)]
    new_authority = np.where(elsewhere, near, authority)
    postcode = places.postcodes(rng, new_authority)
    owed = claims["amount_claimed"].cast(pl.Float64) * pl.Series(rng.uniform(0.8, 1.25, count))
    return claims.with_columns(
        claim=pl.Series(np.arange(count, dtype=np.int64)),
        deleted=_where(deleted, pl.Series(day)),
        corrected=_where(corrected, pl.Series(day)),
        new_authority=pl.Series(new_authority),
        new_property_postcode=_where(moved, postcode, claims["property_postcode"]),
        new_amount_claimed=_where(corrected & ~moved & local, owed.round(2).cast(pl.Decimal(12, 2)),
                                  claims["amount_claimed"]),
    )  # fmt: skip


def _where(mask: np.ndarray, yes: pl.Series, no: pl.Series | None = None) -> pl.Series:
    return pl.select(pl.when(pl.Series(mask)).then(yes).otherwise(no)).to_series()


def record_events(events: pl.DataFrame, claims: pl.DataFrame, places: Places, rng: np.random.Generator) -> pl.DataFrame:
    """Events as entered: with number, court and supplier; a warrant's outcome only if known by the month's end.

    A few claims move to another court of the same court region, whose events they then are.
    """
    moved = rng.random(claims.height) < 0.03
    court = claims["court"].to_numpy()
    court = np.where(moved, places.neighbours[court], court)[events["claim"].to_numpy()]
    known = _month(pl.col("outcome_date")) <= pl.col("entered")
    warrant = pl.col("outcome") == "EXECUTED"
    return events.with_columns(
        claim_number=claims["claim_number"].gather(events["claim"]),
        event_court=places.courts.gather(court),
        supplier=pl.Series(places.court_region[court].astype(str)),
        bailiff_outcome=pl.when(known).then("outcome"),
        executed_date=pl.when(known & warrant).then("outcome_date"),
    )
