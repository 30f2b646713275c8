"""Other claims of the county court, in small number: counting rules must leave them out.

They are simulated at about a twentieth of their true number, so that possession claims, which are whole, lead.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.county_court.claims import amounts
from justice_world.county_court.events import Events, outcomes
from justice_world.people import DEALERS, births, persons
from justice_world.places import Places
from piperoll.periods import Period
from piperoll.simulate.calendars import working, working_days
from piperoll.simulate.streams import Streams


MONTHLY = 2200.0
_TYPES = np.array(["SPEC", "UNSPEC_PI", "UNSPEC_OTHER", "ROG", "OTHER_NONMONEY"])
_TYPE_SHARES = (0.72, 0.84, 0.89, 0.96, 1.0)
_OUTCOMES = outcomes("EXECUTED", "WITHDRAWN", "RETURNED")
_BULK_COURT = "NO"  # stands for the bulk centre's own list where the register has no such court


def money_claims(month: Period, scale: float, places: Places, streams: Streams) -> pl.DataFrame:
    """Claims of ``month`` that are not for possession, with the columns of possession claims."""
    rng = streams.of("other claims", month)
    count = int(rng.poisson(MONTHLY * scale))
    kind = _TYPES[np.searchsorted(_TYPE_SHARES, rng.random(count), side="right")]
    weights = np.cumsum(places.households) / places.households.sum()
    authority = np.minimum(np.searchsorted(weights, rng.random(count), side="right"), len(weights) - 1)
    channel = np.where(
        kind == "SPEC", np.array(["CCBC", "MCOL", "COURT"])[np.searchsorted((0.6, 0.8), rng.random(count), "right")],
        "COURT",
    )  # fmt: skip
    bulk = int((places.courts == _BULK_COURT).arg_max() or 0)
    days = working_days(month)
    issued = days[rng.integers(0, len(days), count)]
    defended = (rng.random(count) < 0.18) & (kind != "ROG")
    defence = issued + rng.integers(14, 50, count)
    allocation = working(defence + rng.integers(14, 60, count))
    owed = amounts(rng, count, 1400.0, 1.2)
    track = np.where(np.char.startswith(kind, "UNSPEC"), "FAST", "SMALL")
    track = np.where(owed.to_numpy() > 15000, "MULTI", track)
    company = rng.random(count) < 0.8
    frame = pl.DataFrame({
        "authority": authority,
        "court": np.where(channel == "COURT", places.home_court[authority], bulk),
        "online": np.zeros(count, bool),
        "issue_date": issued,
        "claim_type": kind.astype(str),
        "possession_subtype": pl.repeat(None, count, dtype=pl.String, eager=True),
        "issue_channel": channel.astype(str),
        "amount_claimed": owed,
        "track": np.where(defended, track, "NONE").astype(str),
        "allocation_date": allocation,
        "defence_date": defence,
        "name_a": DEALERS.draw(rng, count),
        "name_b": persons(rng, count),
        "claimant_is_org": company,
        "claimant_sector": np.array(["UTILITY", "OTHER"])[(rng.random(count) < 0.7).astype(int)].astype(str),
        "defendant_name": persons(rng, count),
        "defendant_dob": births(rng, issued, 0.5),
        "property_postcode": pl.repeat(None, count, dtype=pl.String, eager=True),
        "defended": defended,
    }, schema_overrides={"authority": pl.Int64, "court": pl.Int64})  # fmt: skip
    return frame.with_columns(
        pl.when("defended").then("allocation_date").alias("allocation_date"),
        pl.when("defended").then("defence_date").alias("defence_date"),
        pl.when("claimant_is_org").then("name_a").otherwise("name_b").alias("claimant_name"),
        pl.when(pl.col("claim_type").is_in(["ROG", "OTHER_NONMONEY"])).then(None).otherwise("amount_claimed")
        .alias("amount_claimed"),
    ).drop("name_a", "name_b", "defended")  # fmt: skip


def run(claims: pl.DataFrame, rng: np.random.Generator, events: Events) -> None:
    """Judgments, hearings, and enforcement of the claims of ``claims`` that are not for possession."""
    kind = claims["claim_type"].to_numpy()
    here = np.flatnonzero(~np.char.startswith(kind.astype(str), "POSS"))
    issued = claims["issue_date"].to_numpy().astype("datetime64[D]")[here]
    track = claims["track"].to_numpy()[here].astype(str)
    allocated = claims["allocation_date"].to_numpy().astype("datetime64[D]")[here]
    judged = rng.random(len(here)) < 0.62
    date = working(issued + rng.integers(20, 90, len(here)))
    plain = judged & (track == "NONE")
    events.add(here[plain], "JUDGMENT", date[plain], owed=True)
    for name, event in (("SMALL", "HEARING_SMALL"), ("FAST", "TRIAL_FAST"), ("MULTI", "TRIAL_MULTI")):
        chosen = (track == name) & (rng.random(len(here)) < 0.55)
        events.add(here[chosen], event, working(allocated[chosen] + rng.integers(60, 300, int(chosen.sum()))))
    goods = kind[here] == "ROG"
    for event, share in (("WARRANT_EXEC", 0.2), ("WARRANT_DELIV", 0.3), ("AOE", 0.05), ("CHARGING_ORDER", 0.06),
                         ("TPDO", 0.01)):  # fmt: skip
        chosen = plain & (rng.random(len(here)) < share) & (goods == (event == "WARRANT_DELIV"))
        count = int(chosen.sum())
        when = working(date[chosen] + rng.integers(20, 150, count))
        if not event.startswith("WARRANT"):
            events.add(here[chosen], event, when)
            continue
        outcome = _OUTCOMES[np.searchsorted((0.3, 0.5), rng.random(count), side="right")]
        events.add(here[chosen], event, when, outcome=outcome, outcome_date=working(when + rng.integers(5, 60, count)))
