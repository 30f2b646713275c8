"""Events of claims: gathered, put in order, numbered, and entered into the system, some of them late."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl


# Within a day events are taken in this order: an order before a warrant, a warrant before a repossession.
KINDS = (
    "JUDGMENT", "ORDER_REFUSED", "STRUCK_OUT", "WITHDRAWN", "SET_ASIDE", "HEARING_SMALL", "TRIAL_FAST", "TRIAL_MULTI",
    "ORDER_OUTRIGHT", "ORDER_SUSPENDED", "WARRANT_POSS", "WARRANT_EXEC", "WARRANT_DELIV", "AOE", "CHARGING_ORDER",
    "TPDO", "REPOSSESSION",
)  # fmt: skip
OUTCOMES = ("EXECUTED", "SUSPENDED", "WITHDRAWN", "RETURNED")
LATE_BY_ONE, LATE_BY_TWO = 0.02, 0.005
_KIND = {name: number for number, name in enumerate(KINDS)}
_NAT = np.datetime64("NaT", "D")
_NO_OUTCOME = -1


def kinds(*names: str) -> np.ndarray:
    """Numbers of events in `KINDS`."""
    return np.array([_KIND[name] for name in names], dtype=np.int8)


def outcomes(*names: str) -> np.ndarray:
    """Numbers of bailiffs' outcomes in `OUTCOMES`."""
    return np.array([OUTCOMES.index(name) for name in names], dtype=np.int8)


@dataclass
class Events:
    """Events of the claims of one month, as they are found out. A claim is its position in the month's claims."""

    _parts: list[tuple[np.ndarray, ...]] = field(default_factory=list)

    def add(
        self,
        claim: np.ndarray,
        kind: str | np.ndarray,
        date: np.ndarray,
        *,
        owed: bool = False,
        outcome: np.ndarray | None = None,
        outcome_date: np.ndarray | None = None,
    ) -> None:
        """Add events: of each claim in ``claim``, of one kind or one each (by number), on ``date``.

        ``owed``: the event is about the sum claimed. ``outcome`` (by number) and ``outcome_date`` say what became of a
        warrant, and when.
        """
        count = len(claim)
        if not count:
            return
        self._parts.append((
            claim.astype(np.int64),
            np.full(count, _KIND[kind], np.int8) if isinstance(kind, str) else kind.astype(np.int8),
            date.astype("datetime64[D]"),
            np.full(count, owed),
            np.full(count, _NO_OUTCOME, np.int8) if outcome is None else outcome.astype(np.int8),
            np.full(count, _NAT) if outcome_date is None else outcome_date.astype("datetime64[D]"),
        ))  # fmt: skip

    def ordered(self, rng: np.random.Generator, owed: pl.Series) -> pl.DataFrame:
        """All events, numbered within their claim, with ``entered``, the month (its first day) of entry.

        About one in forty is entered a month or two late; what follows an event is never entered before it.

        Args:
            owed: The sum claimed by each claim.
        """
        parts = self._parts or [(np.empty(0, np.int64), np.empty(0, np.int8), np.empty(0, "datetime64[D]"),
                                 np.empty(0, bool), np.empty(0, np.int8), np.empty(0, "datetime64[D]"))]  # fmt: skip
        claim, kind, date, about, outcome, known = (np.concatenate(each) for each in zip(*parts, strict=True))
        order = np.lexsort((kind, date, claim))
        claim, kind, date, about = claim[order], kind[order], date[order], about[order]
        chance = rng.random(len(claim))
        late = (chance < LATE_BY_ONE + LATE_BY_TWO).astype(np.int64) + (chance < LATE_BY_TWO)
        month = _rising(claim, date.astype("datetime64[M]").astype(np.int64) + late)
        none = pl.lit(None, dtype=pl.Decimal(12, 2))
        return pl.DataFrame({
            "claim": claim,
            "event_seq": _numbered(claim),
            "event_type": pl.Series(KINDS).gather(kind),
            "event_date": date,
            "amount": pl.select(pl.when(pl.Series(about, dtype=pl.Boolean)).then(owed.gather(claim)).otherwise(none))
            .to_series(),
            "outcome": pl.Series([*OUTCOMES, None]).gather(outcome[order] % (len(OUTCOMES) + 1)),
            "outcome_date": known[order],
            "entered": month.astype("datetime64[M]").astype("datetime64[D]"),
        })  # fmt: skip


def _numbered(claim: np.ndarray) -> np.ndarray:
    """1, 2, ... within each run of equal values."""
    at = np.arange(len(claim))
    starts = np.r_[True, claim[1:] != claim[:-1]][: len(claim)]
    return at - np.maximum.accumulate(np.where(starts, at, 0)) + 1


def _rising(claim: np.ndarray, month: np.ndarray) -> np.ndarray:
    """The largest month so far within each claim; claims are in order."""
    shift = claim * 100_000
    return np.maximum.accumulate(month + shift) - shift if len(claim) else month
