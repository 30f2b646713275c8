"""What the project that links the extracts sends each quarter: court cases linked, and how many found another.

The true links are known here; about one in twenty is not found, as in published statistics of timeliness (a match rate
of about 95 per cent; answer to parliamentary question 273758 of 2019).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, dates, months, same, texts
from justice_world.offenders.magistrates import Heard
from justice_world.offenders.window import END


FOUND = 0.95
_BASES = {"PTIURN_NAME_DOB": 0.82, "ASN_DOB": 0.12, "NAME_DOB_OFFENCE": 0.06}


def timeliness(
    rng: np.random.Generator,
    heard: Heard,
    mine: np.ndarray,
    links: pl.DataFrame,
    received: np.ndarray,
    ended: np.ndarray,
) -> pl.DataFrame:
    """``linked_case``: defendants of the Crown Court in the month in which their proceedings ended.

    Args:
        mine: Each one's row among the magistrates' defendants.
        links: The true links, in the same order.
    """
    found = rng.random(len(mine)) < FOUND
    number = pl.Series(found)
    return pl.DataFrame({
        "mc_case_no": links["mc_case_no"],
        "def_id": links["def_id"],
        "cc_court_code": pl.select(pl.when(number).then(links["court_code"])).to_series(),
        "cc_case_no": pl.select(pl.when(number).then(links["case_no"])).to_series(),
        "match_basis": texts(np.where(found, choose(rng, _BASES, len(mine)), "NONE")),
        "offence_date": dates(heard.offended[mine]),
        "charge_date": dates(heard.charged[mine]),
        "first_listing_date": dates(heard.listed[mine]),
        "completion_date": dates(ended),
        "supplier": same("DIP", len(mine)),
        "entered": months(ended),
        "began": months(received),
    }).filter(pl.Series(ended < END))  # fmt: skip


def rates(cases: pl.DataFrame) -> pl.DataFrame:
    """``match_rate`` of a quarter's linked cases."""
    return pl.DataFrame({
        "left_dataset": ["crest"],
        "right_dataset": ["libra"],
        "records": [cases.height],
        "matched": [cases["cc_case_no"].count()],
        "supplier": ["DIP"],
    })  # fmt: skip
