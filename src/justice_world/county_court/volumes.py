"""How many possession claims are issued, when, and where."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources

import numpy as np

from justice_world.places import Places
from piperoll.periods import Period
from piperoll.simulate.calendars import working_days
from piperoll.simulate.streams import Streams


SUBTYPES = ("MORTGAGE", "SOCIAL", "PRIVATE", "ACCELERATED")
# Working days of these months bring more or fewer claims than others: Christmas, Easter and the summer.
_MONTH = {1: 1.04, 2: 1.0, 3: 0.98, 4: 0.97, 5: 1.0, 6: 1.02, 7: 1.02, 8: 0.97, 9: 1.02, 10: 1.03, 11: 1.05, 12: 0.88}
# How much likelier than elsewhere a home in this kind of authority is to be claimed, by kind of claim.
_KIND = {
    "E06": (1.05, 1.05, 1.0, 1.0),
    "E07": (0.9, 0.7, 0.8, 0.85),
    "E08": (1.15, 1.35, 0.9, 0.8),
    "E09": (0.95, 1.7, 1.9, 2.1),
    "W06": (1.1, 1.0, 0.9, 0.8),
}


@lru_cache(maxsize=1)
def quarters() -> dict[str, dict[str, float]]:
    """Claims a quarter aimed at, by quarter and kind."""
    with resources.files("justice_world").joinpath("data/possession_claims.csv").open(encoding="utf-8") as stream:
        return {row["quarter"]: {kind: float(row[kind]) for kind in SUBTYPES} for row in csv.DictReader(stream)}


def expected(month: Period) -> dict[str, float]:
    """Claims of a month aimed at, by kind; beyond the series its nearest year is taken."""
    known = quarters()
    quarter = Period.containing(month.start, "quarter")
    year = min(max(quarter.start.year, 2006), 2012)
    aim = known[f"{year}{str(quarter)[4:]}"]
    weight = {str(each): _weight(each) for each in quarter.within("month")}
    share = weight[str(month)] / sum(weight.values())
    return {kind: aim[kind] * share for kind in SUBTYPES}


def _weight(month: Period) -> float:
    return len(working_days(month)) * _MONTH[month.start.month]


def local_shares(places: Places, streams: Streams) -> dict[str, np.ndarray]:
    """For each kind of claim the share of each authority: by households, kind of place, and chance."""
    out = {}
    for number, kind in enumerate(SUBTYPES):
        rng = streams.of("local shares", kind)
        factor = np.array([_KIND.get(each, (1.0,) * 4)[number] for each in places.kinds])
        weight = places.households * factor * np.exp(0.3 * rng.standard_normal(len(places.households)))
        out[kind] = np.cumsum(weight) / weight.sum()
    return out
