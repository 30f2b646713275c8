"""Insolvency petitions presented in county courts."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.people import AGENTS, persons
from justice_world.places import Places
from piperoll.periods import Period
from piperoll.simulate.calendars import working_days
from piperoll.simulate.streams import Streams


# Petitions presented a quarter, by kind: 2010Q1 had 16,348 debtors', 4,329 creditors' and 2,777 winding-up petitions
# (Ministry of Justice, company winding-up and bankruptcy petition statistics). That debtors' petitions fell by half up
# to 2012, as debt relief orders took their place, and the round means of each year are assumptions.
PRESENTED = {
    "DEBTOR_BANKR": {2010: 13_800, 2011: 10_300, 2012: 7_800, 2013: 6_000},
    "CREDITOR_BANKR": {2010: 4_100, 2011: 3_800, 2012: 3_300, 2013: 2_800},
    "COMPANY_WINDUP": {2010: 2_700, 2011: 2_750, 2012: 2_450, 2013: 2_200},
}
# Share presented at the Royal Courts, which have no CaseMan; an assumption.
HIGH_COURT = {"DEBTOR_BANKR": 0.05, "CREDITOR_BANKR": 0.28, "COMPANY_WINDUP": 0.62}


def presented(kind: str, month: Period) -> float:
    """Petitions of a kind expected in all courts in a month, by its working days and its (or the nearest) year."""
    series = PRESENTED[kind]
    year = min(max(month.start.year, min(series)), max(series))
    return 4 * series[year] * len(working_days(month)) / 253


def petitions(month: Period, scale: float, places: Places, streams: Streams) -> pl.DataFrame:
    """Petitions of ``month`` with the contract's columns and ``supplier``, sorted by number."""
    rng = streams.of("petitions", month)
    expected = [scale * (1 - HIGH_COURT[kind]) * presented(kind, month) for kind in PRESENTED]
    kind = np.repeat(np.array(list(PRESENTED)), rng.poisson(expected))
    count = len(kind)
    rng.shuffle(kind)
    court = np.sort(rng.integers(0, len(places.courts), count))
    days = working_days(month)
    serial = pl.Series(np.arange(1, count + 1, dtype=np.int64)).cast(pl.String).str.zfill(5)
    start = month.start
    company = pl.Series(kind == "COMPANY_WINDUP")
    return pl.DataFrame({
        "petition_no": f"{start:%y%m}" + places.courts.gather(court) + serial,
        "court_code": places.courts.gather(court),
        "petition_date": days[rng.integers(0, len(days), count)],
        "petition_type": pl.Series(kind.astype(str)),
        "debtor_name": pl.select(
            pl.when(company).then(AGENTS.draw(rng, count)).otherwise(persons(rng, count))
        ).to_series(),
        "supplier": pl.Series(places.court_region[court].astype(str)),
    })  # fmt: skip
