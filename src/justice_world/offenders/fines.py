"""Accounts of fines: what was imposed, and the months in which it was collected or cancelled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.offenders.draws import dates, repeated
from justice_world.offenders.window import Shown
from piperoll.simulate.days import first_days, months


STOPPED = 0.22  # of accounts are not paid to the end: about what the courts collect less than is imposed
LEGAL = 0.4  # of what is cancelled is cancelled by a court
_LONGEST = 12  # months of instalments


@dataclass(frozen=True)
class Fined:
    """The fined defendants of a chunk, in their order; their fines together are one account.

    Attributes:
        case_no, def_id, supplier: Whose account it is.
        whole: Pounds that were imposed.
        day: Of the sentence, since 1970.
    """

    case_no: pl.Series
    def_id: np.ndarray
    supplier: pl.Series
    whole: np.ndarray
    day: np.ndarray


def accounts(rng: np.random.Generator, fined: Fined, shown: Shown) -> pl.DataFrame:
    """``fines_account``: a row in each month shown in which something happens on an account."""
    count, whole = len(fined.whole), fined.whole
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
    opened = months(fined.day)[row]
    month = (opened + number).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    here = shown.rows(month, fined.day[row])
    row, number = row[here], number[here]
    collected, cancelled, legal, through = (each[here] for each in (collected, cancelled, legal, through))

    def pounds(values: np.ndarray) -> pl.Series:
        return pl.Series(values.astype(np.int64)).cast(pl.Decimal(12, 2))

    return pl.DataFrame({
        "account_no": fined.case_no.gather(row) + pl.Series(fined.def_id[row]).cast(pl.String),
        "case_no": fined.case_no.gather(row),
        "supplier": fined.supplier.gather(row),
        "entered": dates(month[here]),
        "began": dates(first_days(fined.day[row])),
        "opened_date": dates(fined.day[row]),
        "imposed": pounds(np.where(number == 0, whole[row], 0)),
        "collected": pounds(collected),
        "cancelled_administrative": pounds(np.where(legal, 0, cancelled)),
        "cancelled_legal": pounds(np.where(legal, cancelled, 0)),
        "outstanding": pounds(through),
    })  # fmt: skip
