"""How Possession Claim Online records the claims made through it."""

from __future__ import annotations

import zlib

import numpy as np
import polars as pl

from justice_world.places import Places


_TENANCIES = {
    "SOCIAL": (np.array(["SECURE", "ASSURED", "INTRODUCTORY", "DEMOTED", "OTHER"]), (0.5, 0.88, 0.95, 0.98, 1.0)),
    "PRIVATE": (np.array(["AST", "ASSURED", "OTHER"]), (0.93, 0.98, 1.0)),
}
_TYPES = {"MORT_LENDER": "LENDER", "LOCAL_AUTH": "LOCAL_AUTH", "RSL": "RSL", "PRIVATE": "PRIVATE_LL"}
FEE = 10_000  # pence


def record(
    claims: pl.DataFrame, course: pl.DataFrame, places: Places, rng: np.random.Generator, last: np.datetime64
) -> pl.DataFrame:
    """States of the online claims among ``claims``: the contract's columns and ``entered``.

    A claim is in the extract of its month of issue, and again in that of the month in which an order was made or the
    claim withdrawn, which the service learns from the courts.
    """
    online = np.flatnonzero(claims["online"].to_numpy())
    frame = claims.select(pl.all().gather(online)).hstack(course.select(pl.all().gather(online)))
    count = frame.height
    issued = frame["issue_date"].to_numpy().astype("datetime64[D]")
    seconds = rng.integers(6 * 3600, 23 * 3600, count).astype("timedelta64[s]")
    submitted = (issued - rng.integers(0, 4, count)).astype("datetime64[ms]") + seconds
    remitted = (frame["possession_subtype"] == "PRIVATE").to_numpy() & (rng.random(count) < 0.02)
    tenancy = np.full(count, "", dtype=object)
    subtype = frame["possession_subtype"].to_numpy()
    for kind, (codes, edges) in _TENANCIES.items():
        here = np.flatnonzero(subtype == kind)
        tenancy[here] = codes[np.searchsorted(edges, rng.random(len(here)), side="right")]
    tenancies = pl.Series(tenancy.astype(str))
    agent = frame["claimant_is_org"].to_numpy() & (frame["claimant_sector"] == "PRIVATE").to_numpy()
    account = [f"ACC{100_000 + zlib.crc32(name.encode()) % 900_000}" for name in frame["claimant_name"]]
    fee = pl.Series(np.where(remitted, 0, FEE)).cast(pl.Decimal(10, 2)) / 100
    frame = frame.with_columns(
        submitted_at=pl.Series(submitted),
        court_code=places.courts.gather(frame["court"]),
        claim_type=pl.when(pl.col("claim_type") == "POSS_MORT").then(pl.lit("MORTGAGE_ARREARS"))
        .otherwise(pl.lit("RENT_ARREARS")),
        tenancy_type=pl.when(tenancies != "").then(tenancies),
        claimant_id=pl.Series(account, dtype=pl.String),
        claimant_type=pl.when(pl.Series(agent)).then(pl.lit("AGENT"))
        .otherwise(pl.col("claimant_sector").replace_strict(_TYPES, default="AGENT")),
        n_defendants=pl.Series(1 + rng.binomial(3, 0.12, count)),
        arrears_amount=pl.col("amount_claimed").cast(pl.Decimal(10, 2)),
        fee_paid=fee.cast(pl.Decimal(8, 2)),
        fee_remission=pl.Series(remitted),
        issued=pl.col("issue_date").dt.truncate("1mo"),
        changed=pl.col("status_date").dt.truncate("1mo"),
    )  # fmt: skip
    at_once = pl.col("changed") == pl.col("issued")
    first = frame.with_columns(
        entered=pl.col("issued"),
        status=pl.when(at_once).then("status").otherwise(pl.lit("ISSUED")),
    )
    limit = pl.lit(last.astype("datetime64[D]").astype(object))
    later = frame.filter((pl.col("changed") > pl.col("issued")) & (pl.col("changed") <= limit))
    return pl.concat([first, later.with_columns(entered=pl.col("changed")).select(first.columns)])
