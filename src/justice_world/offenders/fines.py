"""Accounts of fines: what was imposed, and the months in which it was collected or cancelled."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import repeated


STOPPED = 0.22  # of accounts are not paid to the end: about what the courts collect less than is imposed
LEGAL = 0.4  # of what is cancelled is cancelled by a court
_LONGEST = 12  # months of instalments


def accounts(rng: np.random.Generator, offences: pl.DataFrame) -> pl.DataFrame:
    """``fines_account``: a row in each month in which something happens on the account of a fined defendant.

    Args:
        offences: ``mc_offence``; the fines of a defendant are one account.
    """
    fined = (
        offences.filter(pl.col("fine") > 0)
        .group_by("case_no", "def_id", "supplier", "entered", maintain_order=True)
        .agg(pl.col("fine").sum().cast(pl.Int64), pl.col("completion_date").first())
    )
    count = fined.height
    whole = fined["fine"].to_numpy()
    term = np.minimum(rng.integers(1, _LONGEST + 1, count), whole)
    stops = np.where(rng.random(count) < STOPPED, rng.integers(0, _LONGEST, count), _LONGEST + 1)
    paid = np.minimum(stops, term)  # instalments that are paid
    each = whole // term
    settled = stops >= term
    row, number = repeated(1 + paid + ~settled)  # the imposition, the instalments, and a cancellation
    last = number == term[row]
    collected = np.where(
        (number > 0) & (number <= paid[row]), np.where(last, whole[row] - each[row] * (term[row] - 1), each[row]), 0
    )
    cancelled = np.where(number > paid[row], whole[row] - each[row] * paid[row], 0)
    legal = (rng.random(count) < LEGAL)[row]
    through = np.where(number > paid[row], 0, whole[row] - np.where(last, whole[row], each[row] * number))
    opened = fined["entered"].to_numpy().astype("datetime64[M]").astype(np.int64)[row]
    month = pl.Series((opened + number).astype("datetime64[M]").astype("datetime64[D]"))
    day = fined["completion_date"].gather(row)

    def pounds(values: np.ndarray) -> pl.Series:
        return pl.Series(values.astype(np.int64)).cast(pl.Decimal(12, 2))

    return pl.DataFrame({
        "account_no": (fined["case_no"] + fined["def_id"].cast(pl.String)).gather(row),
        "case_no": fined["case_no"].gather(row),
        "supplier": fined["supplier"].gather(row),
        "entered": month,
        "began": fined["entered"].gather(row),
        "opened_date": day,
        "imposed": pounds(np.where(number == 0, whole[row], 0)),
        "collected": pounds(collected),
        "cancelled_administrative": pounds(np.where(legal, 0, cancelled)),
        "cancelled_legal": pounds(np.where(legal, cancelled, 0)),
        "outstanding": pounds(through),
    })  # fmt: skip
