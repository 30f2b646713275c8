"""Family courts by number, and which authorities they serve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.places import Places
from justice_world.rooms import listed
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


@dataclass(frozen=True)
class Courts:
    """A court is its position.

    Attributes:
        codes: Three digits.
        letters: Two letters, which open a case number.
        region: Key of the court region.
        share: Of private law and matrimonial cases, cumulated.
        care: Positions of the care centres; ``care_share``: of public law cases, cumulated.
        designated: Positions of the courts for forced marriage.
        areas: For each court the authorities of its region, of which one is drawn for a home.
        councils: Authorities that bring care cases: not the shire districts, whose counties do.
    """

    codes: pl.Series
    letters: pl.Series
    region: np.ndarray
    share: np.ndarray
    care: np.ndarray
    care_share: np.ndarray
    designated: np.ndarray
    areas: tuple[np.ndarray, ...]
    councils: tuple[np.ndarray, ...]

    def draw(self, rng: np.random.Generator, count: int, public: bool) -> np.ndarray:
        """Courts of ``count`` cases."""
        if public:
            return self.care[np.searchsorted(self.care_share, rng.random(count), side="right")]
        return np.searchsorted(self.share, rng.random(count), side="right")

    def home(self, rng: np.random.Generator, court: np.ndarray, council: bool = False) -> np.ndarray:
        """An authority of each court's region."""
        lists = self.councils if council else self.areas
        sizes = np.array([len(each) for each in lists])
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        place = (rng.random(len(court)) * sizes[court]).astype(np.int64)
        return np.concatenate(lists)[starts[court] + place]


_REGISTRY = 8.0  # the Principal Registry has about as many cases as eight other courts


def read_courts(register: Register, places: Places, streams: Streams) -> Courts:
    """Family courts from the lists of a register."""
    courts = listed(register, "family_court").codes
    region = np.array([each.parent or "" for each in courts])
    weight = np.exp(0.6 * streams.of("family courts").standard_normal(len(courts)))
    weight[[each.attributes["letters"] == "FD" for each in courts]] = _REGISTRY
    care = np.flatnonzero([each.attributes["care_centre"] == "Y" for each in courts])
    designated = {each.code for each in listed(register, "fmpo_court").codes}
    of_region = places.court_region[places.home_court]
    by_region = {each: np.flatnonzero(of_region == each) for each in np.unique(region)}
    upper = {key: found[places.kinds[found] != "E07"] for key, found in by_region.items()}
    return Courts(
        codes=pl.Series([each.code for each in courts]),
        letters=pl.Series([each.attributes["letters"] for each in courts]),
        region=region,
        share=_cumulated(weight),
        care=care,
        care_share=_cumulated(weight[care]),
        designated=np.flatnonzero([each.code in designated for each in courts]),
        areas=tuple(by_region[each] for each in region),
        councils=tuple(upper[each] for each in region),
    )


def _cumulated(weight: np.ndarray) -> np.ndarray:
    edges = np.cumsum(weight) / weight.sum()
    edges[-1] = 1.0
    return edges
