"""What hangs on an order of probation: moves to another trust, reports before sentence, sessions of programmes."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.areas import Areas
from justice_world.offenders.draws import choose, dates, kept, later, months, repeated, texts
from justice_world.offenders.window import END
from justice_world.population.identifiers import case_references


TRANSFERRED = 0.02  # of orders move to another trust
REPORTED = 0.97  # of orders came after a report (205,000 reports, 165,000 orders in 2011)
LATE = 0.015  # of reports come after their target
_FIRST_FREE = 10_000_000  # case references that the population does not use
_CAPACITY = 15_000  # of them, for each chunk of people
_REPORTS = {"SDR": 0.45, "FDR": 0.40, "ORAL": 0.15}
_DAYS = {"SDR": (8, 20), "FDR": (0, 6), "ORAL": (0, 1)}  # from request to delivery, from and below
_PROPOSED = {"CO": 0.55, "SSO": 0.2, "CUSTODY": 0.12, "FINE": 0.08, "DISCHARGE": 0.05}


def with_transfers(
    frame: pl.DataFrame, began: np.ndarray, ended: np.ndarray, areas: Areas, rng: np.random.Generator, chunk: int
) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """The orders, those that move ended by a transfer, and those that they go on as; with their first and last days."""
    trusts = areas.trusts
    moves = np.flatnonzero((rng.random(frame.height) < TRANSFERRED) & (ended - began > 60))[:_CAPACITY]
    place = np.searchsorted(trusts, frame["trust"].gather(moves).to_list())
    other = texts(np.array(trusts, dtype=object)[(place + rng.integers(1, len(trusts), len(moves))) % len(trusts)])
    day = later(began[moves], ended[moves], 0.2 + 0.6 * rng.random(len(moves)))
    gone = np.zeros(frame.height, bool)
    gone[moves] = True
    target = np.full(frame.height, "", dtype=object)
    target[moves] = other.to_list()
    last = ended.copy()
    last[moves] = day
    stayed = frame.with_columns(
        transferred_to=texts(target, gone),
        termination_date=dates(last),
        termination_reason=pl.when(pl.Series(gone)).then(pl.lit("TRANSFER")).otherwise(pl.col("termination_reason")),
    )
    number = _FIRST_FREE + chunk * _CAPACITY + np.arange(len(moves))
    came = frame[moves.tolist()].with_columns(
        trust=other,
        supplier=other,
        order_ref=pl.col("order_ref") + "T",
        crn=case_references(number),
        start_date=dates(day),
        transferred_from=frame["trust"].gather(moves),
    )
    # What would come after this world is not in it.
    here = day < END
    return (
        pl.concat([stayed, came.filter(pl.Series(here))]),
        np.concatenate([began, day[here]]),
        np.concatenate([last, ended[moves][here]]),
    )


def reports(frame: pl.DataFrame, court: pl.Series, began: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    """``court_report``: before nearly all sentences that became orders; rows of ``frame`` beyond them are transfers."""
    count = len(began)
    ordered = frame["requirements"].head(count).is_not_null().to_numpy()
    here = np.flatnonzero(ordered & (rng.random(count) < REPORTED))
    kind = choose(rng, _REPORTS, len(here))
    lower, upper = (np.array([_DAYS[each][side] for each in kind]) for side in (0, 1))
    days = np.where(rng.random(len(here)) < LATE, 40, rng.integers(lower, np.maximum(upper, lower + 1)))
    sentenced = frame["sentence_date"].gather(here)
    delivered = sentenced.to_numpy().astype("datetime64[D]").astype(np.int64)
    made = {"CO": "CO", "SSO": "SSO"}
    outcome = frame["supervision_type"].gather(here).replace_strict(made, default="OTHER")
    proposed = np.where(rng.random(len(here)) < 0.7, outcome.to_numpy(), choose(rng, _PROPOSED, len(here)))
    return pl.DataFrame({
        "trust": frame["trust"].gather(here),
        "supplier": frame["trust"].gather(here),
        "report_id": "R" + frame["order_ref"].gather(here).str.slice(1),
        "crn": frame["crn"].gather(here),
        "court_code": court.gather(here),
        "report_type": texts(kind),
        "requested": dates(delivered - days),
        "delivered": sentenced,
        "proposal": texts(proposed),
        "outcome": outcome,
        "remand_status": texts(choose(rng, {"UB": 0.6, "CB": 0.3, "PB": 0.1}, len(here))),
        "entered": months(delivered),
        "began": months(delivered),
    })  # fmt: skip


def sessions(
    frame: pl.DataFrame, started: np.ndarray, days: tuple[np.ndarray, ...], needed: np.ndarray, attended: np.ndarray,
    rng: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    """``session``: those that were attended, and about one in eight beside them that were not."""
    referred, began, over = days
    missed = np.where(started, rng.binomial(needed, 0.12), 0)
    many = np.where(started, np.maximum(attended, 1), 0) + missed
    row, number = repeated(many)
    day = later(began[row], over[row], number / np.maximum(many[row], 1))
    # The first is attended; which of the others are not is drawn.
    order = rng.random(len(row)) + (number == 0)
    rank = pl.DataFrame({"row": row, "order": order}).select(pl.col("order").rank("ordinal").over("row")).to_series()
    absent = rank.to_numpy() <= missed[row]
    why = choose(rng, {"UNACCEPTABLE": 0.5, "ACCEPTABLE": 0.4, "CANCELLED": 0.1}, len(row))
    return pl.DataFrame({
        "requirement_id": frame["requirement_id"].gather(row),
        "session_no": number + 1,
        "supplier": frame["supplier"].gather(row),
        "session_date": dates(day),
        "attended": ~absent,
        "absence_reason": kept(texts(why), absent),
        "entered": months(day),
        "began": months(referred[row]),
    }).filter(pl.Series(day < END))  # fmt: skip
