"""What becomes of possession claims: orders, warrants, repossessions.

Shares and delays are ours, chosen so that the published orders of magnitude come out: about three claims in four lead
to an order after some eight weeks; mortgage claims that end in repossession take about a year (median 45 to 57 weeks),
landlord claims about 23 weeks (Ministry of Justice, Mortgage and Landlord Possession Statistics).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from justice_world.county_court.events import Events, kinds, outcomes
from piperoll.simulate.calendars import working
from piperoll.simulate.lags import Lag, Window


@dataclass(frozen=True)
class Course:
    """How claims of one kind go on.

    Attributes:
        order: Share that lead to an order; ``suspended``: share of these orders that are suspended.
        hearing: Days from issue to the hearing (or to the decision on the papers); an adjourned one comes later.
        adjourned: Share of the orders made at a later hearing, and ``adjournment`` how much later.
        warrant: Share of outright orders that lead to a warrant, and of suspended ones.
        outright_wait, suspended_wait: Days from order to warrant.
        repossession: Share of warrants that end in repossession, and the days from the (last) warrant.
        again: Share of warrants that are suspended and issued again, with the days between.
    """

    order: float
    suspended: float
    hearing: Window
    adjourned: float
    adjournment: Lag
    warrant: tuple[float, float]
    outright_wait: Lag
    suspended_wait: Lag
    repossession: float
    eviction: Lag
    again: float = 0.2
    reissue: Lag = field(default_factory=lambda: Lag(80, 0.5, 28, 500))
    second_order: float = 0.12


_LATER = Lag(42, 0.5, 14, 400)
COURSES = {
    "MORTGAGE": Course(0.77, 0.46, Window(42, 54), 0.34, _LATER, (0.62, 0.48), Lag(125, 0.7, 14), Lag(230, 0.7, 28),
                       0.52, Lag(62, 0.5, 14, 600), again=0.32, reissue=Lag(130, 0.6, 28, 700)),
    "SOCIAL": Course(0.74, 0.62, Window(30, 50), 0.22, _LATER, (0.5, 0.33), Lag(50, 0.6, 14), Lag(120, 0.7, 28),
                     0.46, Lag(38, 0.4, 14, 300), again=0.3),
    "PRIVATE": Course(0.72, 0.12, Window(30, 50), 0.18, _LATER, (0.47, 0.3), Lag(34, 0.5, 14), Lag(90, 0.6, 28),
                      0.66, Lag(38, 0.35, 14, 300), again=0.08),
    "ACCELERATED": Course(0.79, 0.02, Window(18, 50), 0.12, _LATER, (0.43, 0.3), Lag(38, 0.5, 14), Lag(60, 0.5, 28),
                          0.68, Lag(38, 0.35, 14, 300), again=0.05),
}  # fmt: skip
# How claims without an order end; the rest stay open.
_ENDS = kinds("WITHDRAWN", "STRUCK_OUT", "ORDER_REFUSED")
_END_SHARES = (0.45, 0.8, 0.9)
_ORDERS = kinds("ORDER_OUTRIGHT", "ORDER_SUSPENDED")
_EXECUTED, _SUSPENDED, *_ = outcomes("EXECUTED", "SUSPENDED")
_FRUITLESS = outcomes("SUSPENDED", "WITHDRAWN", "RETURNED")
_STAYED = Lag(420, 0.5, 120, 1500)


def run(claims: pl.DataFrame, rng: np.random.Generator, events: Events) -> pl.DataFrame:
    """Let every possession claim of ``claims`` run its course, adding its events.

    Returns:
        A row for each claim of ``claims``: ``hearing_date``, and ``status_date`` and ``status`` of what the online
        service learns later (``ORDER`` or ``WITHDRAWN``), each null where there is none.
    """
    count = claims.height
    hearing = np.full(count, np.datetime64("NaT"), dtype="datetime64[D]")
    status_date = hearing.copy()
    status = np.full(count, "", dtype=object)
    issued = claims["issue_date"].to_numpy().astype("datetime64[D]")
    subtype = claims["possession_subtype"].to_numpy()
    for kind, course in COURSES.items():
        here = np.flatnonzero(subtype == kind)
        heard = _hearing(issued[here], course, rng)
        hearing[here] = heard
        order, ordered = _orders(here, heard, course, rng, events)
        status_date[here[ordered]], status[here[ordered]] = order, "ORDER"
        rest = here[~ordered]
        end = np.searchsorted(_END_SHARES, rng.random(len(rest)), side="right")
        day = working(issued[rest] + rng.integers(10, 120, len(rest)))
        ended = end < len(_ENDS)
        events.add(rest[ended], _ENDS[end[ended]], day[ended])
        gone = end == 0
        status_date[rest[gone]], status[rest[gone]] = day[gone], "WITHDRAWN"
    texts = pl.Series(status.astype(str))
    return pl.DataFrame({"hearing_date": hearing, "status_date": status_date}).with_columns(
        status=pl.select(pl.when(texts != "").then(texts)).to_series()
    )


def _hearing(issued: np.ndarray, course: Course, rng: np.random.Generator) -> np.ndarray:
    """Hearings on working days, at most 56 days after issue."""
    day = issued + course.hearing.draw(rng, len(issued))
    later = working(day)
    return np.where((later - issued).astype(int) <= 56, later, working(day, "backward"))


def _orders(
    here: np.ndarray, heard: np.ndarray, course: Course, rng: np.random.Generator, events: Events
) -> tuple[np.ndarray, np.ndarray]:
    """First and second orders, and all that follows; gives the first order's date and which claims have one."""
    count = len(here)
    ordered = rng.random(count) < course.order
    wait = np.where(rng.random(count) < course.adjourned, course.adjournment.draw(rng, count), 0)
    wait = np.where(rng.random(count) < 0.02, _STAYED.draw(rng, count), wait)
    date = working(heard + wait)[ordered]
    claim = here[ordered]
    suspended = rng.random(len(claim)) < course.suspended
    events.add(claim, _ORDERS[suspended.astype(int)], date, owed=True)
    again = rng.random(len(claim)) < np.where(suspended, course.second_order, course.second_order / 4)
    later = working(date + Lag(150, 0.6, 21, 900).draw(rng, len(claim)))
    events.add(claim[again], "ORDER_OUTRIGHT", later[again])
    aside = rng.random(len(claim)) < 0.012
    events.add(claim[aside], "SET_ASIDE", working(date + rng.integers(7, 60, len(claim)))[aside])
    sought = rng.random(len(claim)) < np.where(suspended, course.warrant[1], course.warrant[0])
    wait = np.where(suspended, course.suspended_wait.draw(rng, len(claim)), course.outright_wait.draw(rng, len(claim)))
    _warrants(claim[sought], working(date + wait)[sought], course, rng, events)
    return date, ordered


def _warrants(claim: np.ndarray, date: np.ndarray, course: Course, rng: np.random.Generator, events: Events) -> None:
    """Warrants, those suspended and issued again (up to three in all), and the repossessions they end in."""
    count = len(claim)
    ends = rng.random(count) < course.repossession
    for attempt in range(3):
        last = (rng.random(len(claim)) >= course.again) if attempt < 2 else np.ones(len(claim), bool)
        evicted = working(date + course.eviction.draw(rng, len(claim)))
        final = last & ends
        events.add(
            claim[final], "WARRANT_POSS", date[final],
            outcome=np.full(int(final.sum()), _EXECUTED), outcome_date=evicted[final],
        )  # fmt: skip
        events.add(claim[final], "REPOSSESSION", evicted[final])
        other = ~final
        what = _FRUITLESS[np.searchsorted((0.6, 0.85), rng.random(len(claim)), side="right")]
        what = np.where(last, what, _SUSPENDED)
        known = working(date + rng.integers(10, 45, len(claim)))
        events.add(claim[other], "WARRANT_POSS", date[other], outcome=what[other], outcome_date=known[other])
        next_date = working(date + course.reissue.draw(rng, len(claim)))
        claim, date, ends = claim[~last], next_date[~last], ends[~last]
