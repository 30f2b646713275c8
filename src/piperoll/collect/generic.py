"""Generic checks of dates, made without a rule in the contract (``G-V05``, ``G-V06``, ``G-V13``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from piperoll.collect.rowcheck import RowCheck
from piperoll.periods import Period
from piperoll.register.model.contract import Dataset
from piperoll.store.duck import quote_name


OLDEST_BIRTH = dt.date(1890, 1, 1)
# Days that systems write where a date of birth is not known.
SENTINELS = (dt.date(1900, 1, 1), dt.date(1901, 1, 1), dt.date(1970, 1, 1))
SENTINEL_SHARE = 0.005
# A few days of the next period slip into an extract; a fifth of the rows do not.
LATE_SHARE = 0.2


def date_checks(dataset: Dataset, period: Period) -> Iterator[RowCheck]:
    """No business date after the cut-off; stocks taken on the day agreed; dates of birth possible, and not a system's
    stand-in for unknown."""
    last = period.end
    if dataset.cut_off:
        day = f"CAST({quote_name(dataset.cut_off)} AS DATE)"
        far = last + dt.timedelta(days=365)
        wrong = f"{day} > DATE '{last}' AND {day} <= DATE '{far}'"
        words = f"lies after the period, which ends on {last}"
        yield RowCheck("G-V05", "W", dataset.cut_off, "future", wrong, words, gated=True)
        words = f"lies so often after the period, which ends on {last}, that the file may be of another one"
        question = (
            f"In {{share}} of the rows for {{period}}, `{dataset.cut_off}` lies after its end. Is it the right file?"
        )
        late = f"{day} > DATE '{last}'"
        yield RowCheck("G-V05", "R", dataset.cut_off, "future", late, words, question, gated=True, share=LATE_SHARE)
        words = f"lies more than a year after the period, which ends on {last}"
        yield RowCheck("G-V05", "E", dataset.cut_off, "future", f"{day} > DATE '{far}'", words, gated=True)
    if dataset.snapshot is not None:
        name, agreed = dataset.snapshot.field, dataset.snapshot.day(period)
        wrong = f"CAST({quote_name(name)} AS DATE) <> DATE '{agreed}'"
        words = f"is not the day on which the stock is taken, {agreed}"
        question = f"The stock of {{period}} is to be taken on {agreed}; {{n}} rows are of another day. Which is right?"
        yield RowCheck("G-V13", dataset.snapshot.severity, name, "snapshot", wrong, words, question, gated=True)
    for field in dataset.fields:
        if field.cls != "D" or field.type != "date":
            continue
        name = quote_name(field.name)
        wrong = f"{name} < DATE '{OLDEST_BIRTH}' OR {name} > DATE '{last}'"
        words = f"lies before {OLDEST_BIRTH} or after the period"
        yield RowCheck("G-V06", "W", field.name, "range", wrong, words, gated=True)
        days = ", ".join(f"DATE '{each}'" for each in SENTINELS)
        words = "is suspiciously often a day that systems write for an unknown date"
        question = (
            f"Rows of {{period}} with a day in `{field.name}` that systems write for an unknown date:"
            " {n} ({share}). Are these dates real?"
        )
        wrong = f"{name} IN ({days})"
        yield RowCheck("G-V06", "W", field.name, "sentinel", wrong, words, question, gated=True, share=SENTINEL_SHARE)
