"""The young people, a growing number of them, and the teams of their homes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, kept, texts
from justice_world.people import persons
from justice_world.population.identifiers import letters, padded, pnc_ids
from justice_world.rooms import codes
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


YEAR = 365.25
_GIRLS = 0.21  # of disposals (Youth Justice Statistics 2009/10)
_ETHNIC = {"W1": 0.80, "W9": 0.03, "M1": 0.035, "B1": 0.04, "B2": 0.03, "A2": 0.03, "A9": 0.015, "NS": 0.02}
_PNC = 0.85  # of records that have the number
_TRANSFER = 0.006  # of new records: young people whom another team knows


def weights(teams: list[str], streams: Streams) -> np.ndarray:
    """Share of each team, the same in every month."""
    size = {team: float(streams.of("team", team).gamma(3.0)) for team in teams}
    found = np.array([size[team] for team in teams])
    return found / found.sum()


class Young:
    """Records of young people with teams: ``born`` is days since 1970, ``person`` the same for a transferred one."""

    def __init__(self, register: Register, streams: Streams) -> None:
        self._register, self._streams = register, streams
        self.known = pl.DataFrame()
        self._people = 0

    def teams(self, yot: pl.Series, on: dt.date) -> pl.Series:
        """The teams, or their successors where a team no longer exists on the day."""
        gone = {
            each.code: each.attributes["successor"]
            for each in self._register.codes["yot"].codes
            if not each.valid(on) and "successor" in each.attributes
        }
        return yot.replace(gone) if gone else yot

    def add(self, month: Period, ages: np.ndarray, on: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """New records of people of these ages (years) on these days; gives their positions in ``known``."""
        count = len(ages)
        start = self.known.height
        teams = codes(self._register, "yot", month)
        regions = {each.code: each.parent for each in self._register.codes["yot"].codes}
        team = rng.choice(len(teams), count, p=weights(teams, self._streams))
        home = pl.Series(teams).gather(team)
        number = self._people + np.arange(count)
        self._people += count
        born = (on - ages * YEAR).astype(np.int64)
        name = persons(rng, count).str.splitn(" ", 2).struct
        year = born.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970 + 12
        # Every seventh serial below a million stays clear of those of adults, who are numbered by other years mostly.
        numbers = pnc_ids(year, (number * 7 + 5) % 1_000_000)
        made = pl.DataFrame({
            "person": number,
            "yot": home,
            "region": pl.Series([regions[each] for each in home], dtype=pl.String),
            "yp_ref": padded(start + np.arange(count) + 1, 8),
            "yp_id": padded(10_000_000 + number, 8),
            "pnc_id": kept(numbers, rng.random(count) < _PNC),
            "forename": name.field("field_0"),
            "surname": name.field("field_1"),
            "born": born,
            "woman": rng.random(count) < _GIRLS,
            "ethnicity": texts(choose(rng, _ETHNIC, count)),
            "postcode": kept(letters(team, 2) + padded(rng.integers(1, 10, count), 1) + " "
                             + padded(rng.integers(1, 10, count), 1) + letters(rng.integers(0, 676, count), 2),
                             rng.random(count) < 0.96),
            "care_status": texts(choose(rng, {"NOT_LOOKED_AFTER": 0.87, "LOOKED_AFTER": 0.09, "FORMER": 0.04}, count)),
        })  # fmt: skip
        moved = rng.random(count) < _TRANSFER
        if start and moved.any():
            made = self._transferred(made, moved, on, rng)
        self.known = pl.concat([self.known, made]) if start else made
        return start + np.arange(count)

    def _transferred(
        self, made: pl.DataFrame, moved: np.ndarray, on: np.ndarray, rng: np.random.Generator
    ) -> pl.DataFrame:
        """Some new records are of people already known to another team: theirs but for team and number."""
        before = self.known[rng.integers(0, self.known.height, made.height)]
        old = (on - before["born"].to_numpy()) / YEAR
        moved &= (old > 10.5) & (old < 17.8) & (before["yot"] != made["yot"]).to_numpy()
        fields = [each for each in made.columns if each not in ("yot", "region", "yp_ref", "born", "postcode")]
        mask = pl.Series(moved)
        return made.with_columns(
            **{name: pl.when(mask).then(before[name]).otherwise(made[name]) for name in fields},
            born=pl.when(mask).then(before["born"]).otherwise(made["born"]),
        )  # fmt: skip
