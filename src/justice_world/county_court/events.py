"""Events of claims: gathered, put in order, numbered, and entered into the system, some of them late."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl


# Order in which events of one day are taken.
_RANK = {"ORDER_OUTRIGHT": 1, "ORDER_SUSPENDED": 1, "WARRANT_POSS": 2, "REPOSSESSION": 3}
LATE_BY_ONE, LATE_BY_TWO = 0.02, 0.005


@dataclass
class Events:
    """Events of the claims of one month, as they are found out.

    A claim is its position in the month's claims.
    """

    parts: list[pl.DataFrame] = field(default_factory=list)

    def add(
        self,
        claim: np.ndarray,
        kind: str | np.ndarray,
        date: np.ndarray,
        *,
        amount: pl.Series | None = None,
        outcome: np.ndarray | None = None,
        outcome_date: np.ndarray | None = None,
    ) -> None:
        """Add events: of each claim in ``claim``, of one kind or one each, on ``date``.

        ``outcome`` and ``outcome_date`` say what became of a warrant, and when.
        """
        count = len(claim)
        if not count:
            return
        none_text = pl.repeat(None, count, dtype=pl.String, eager=True)
        none_date = pl.repeat(None, count, dtype=pl.Date, eager=True)
        self.parts.append(pl.DataFrame({
            "claim": claim.astype(np.int64),
            "event_type": pl.repeat(kind, count, eager=True) if isinstance(kind, str) else pl.Series(kind.astype(str)),
            "event_date": date.astype("datetime64[D]"),
            "amount": pl.repeat(None, count, dtype=pl.Decimal(12, 2), eager=True) if amount is None else amount,
            "outcome": none_text if outcome is None else pl.Series(outcome.astype(str)),
            "outcome_date": none_date if outcome_date is None else pl.Series(outcome_date.astype("datetime64[D]")),
        }))  # fmt: skip

    def ordered(self, rng: np.random.Generator) -> pl.DataFrame:
        """All events, numbered within their claim, with ``entered``, the month (its first day) of entry.

        About one in forty is entered a month or two late; what follows an event is never entered before it.
        """
        if not self.parts:
            return _empty()
        frame = pl.concat(self.parts)
        frame = frame.with_columns(
            rank=pl.col("event_type").replace_strict(_RANK, default=0, return_dtype=pl.Int64)
        ).sort("claim", "event_date", "rank", "event_type", maintain_order=True)
        chance = rng.random(frame.height)
        late = (chance < LATE_BY_ONE + LATE_BY_TWO).astype(np.int64) + (chance < LATE_BY_TWO)
        month = frame["event_date"].to_numpy().astype("datetime64[M]").astype(np.int64) + late
        frame = frame.with_columns(
            pl.Series("month", month), event_seq=pl.int_range(1, pl.len() + 1).over("claim")
        ).with_columns(pl.col("month").cum_max().over("claim"))
        entered = frame["month"].to_numpy().astype("datetime64[M]").astype("datetime64[D]")
        return frame.with_columns(pl.Series("entered", entered)).drop("rank", "month")


def _empty() -> pl.DataFrame:
    return pl.DataFrame(schema={
        "claim": pl.Int64, "event_type": pl.String, "event_date": pl.Date, "amount": pl.Decimal(12, 2),
        "outcome": pl.String, "outcome_date": pl.Date, "event_seq": pl.Int64, "entered": pl.Date,
    })  # fmt: skip
