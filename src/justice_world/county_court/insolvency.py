"""Insolvency petitions presented in county courts, at about a tenth of their true number."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.people import AGENTS, persons
from justice_world.places import Places
from piperoll.periods import Period
from piperoll.simulate.calendars import working_days
from piperoll.simulate.streams import Streams


MONTHLY = 560.0
_TYPES = np.array(["DEBTOR_BANKR", "CREDITOR_BANKR", "COMPANY_WINDUP"])


def petitions(month: Period, scale: float, places: Places, streams: Streams) -> pl.DataFrame:
    """Petitions of ``month`` with the contract's columns and ``supplier``, sorted by number."""
    rng = streams.of("petitions", month)
    count = int(rng.poisson(MONTHLY * scale))
    kind = _TYPES[np.searchsorted((0.74, 0.95), rng.random(count), side="right")]
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
