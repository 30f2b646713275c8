"""The young people, a growing number of them, and the teams of their homes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, kept, texts
from justice_world.population.identifiers import padded
from justice_world.population.meet import true, written
from justice_world.population.residents import YEAR
from justice_world.rooms import Setting, codes
from justice_world.youth.found import Found
from piperoll.periods import Period
from piperoll.simulate.streams import Streams


TRUE = ("true_forename", "true_surname", "true_maiden", "true_born")
_GIRLS = 0.21  # of disposals (Youth Justice Statistics 2009/10)
_PNC = 0.85  # of records that have the number
_TRANSFER = 0.006  # of new records: young people whom another team knows


def weights(teams: list[str], streams: Streams) -> np.ndarray:
    """Share of each team, the same in every month."""
    size = {team: float(streams.of("team", team).gamma(3.0)) for team in teams}
    found = np.array([size[team] for team in teams])
    return found / found.sum()


class Young:
    """Records of young people with teams: ``born`` is days since 1970, ``person`` the same for a transferred one."""

    def __init__(self, setting: Setting) -> None:
        self._register, self._streams, self._offenders = setting.register, setting.streams, setting.offenders
        self._found = Found(setting.offenders, setting.population)
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

    def sentenced(self, first: int, last: int) -> pl.DataFrame:
        """Young offenders whose cases ended from day ``first`` to ``last``: ``person``, ``day``; each once."""
        cases = self._offenders.sentenced
        if not cases.width:
            return pl.DataFrame(schema={"person": pl.Int64, "day": pl.Int64})
        return cases.filter(pl.col("day").is_between(first, last)).unique("person", keep="first", maintain_order=True)

    def of_courts(self, month: Period, persons: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Positions in ``known`` of young offenders, with new records of those who have none; -1 for nobody there."""
        have = set(self.known["person"].to_list()) if self.known.width else set()
        self._record(month, self._found.named(persons[[each not in have for each in persons.tolist()]]), rng, ())
        return self._positions(persons)

    def add(
        self, month: Period, ages: np.ndarray, on: np.ndarray, court: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """New records of people of these ages (years) on these days; gives their positions in ``known``.

        Args:
            court: Who of them is before a court.
        """
        born = (on - ages * YEAR).astype(np.int64)
        who = self._found.take(rng, month, rng.random(len(ages)) < _GIRLS, born, on, court)
        return self._record(month, who, rng, on)

    def _positions(self, persons: np.ndarray) -> np.ndarray:
        """The last record of each person, -1 where there is none."""
        if not self.known.width:
            return np.full(len(persons), -1)
        last = self.known.select("person", place=pl.int_range(pl.len())).unique("person", keep="last")
        wanted = pl.DataFrame({"person": persons}, schema={"person": pl.Int64})
        return wanted.join(last, on="person", how="left", maintain_order="left")["place"].fill_null(-1).to_numpy()

    def _record(
        self, month: Period, who: pl.DataFrame, rng: np.random.Generator, on: np.ndarray | tuple[()]
    ) -> np.ndarray:
        """Records of people; of those who come on days (``on``) a few are known to another team already."""
        count, start = who.height, self.known.height
        if not who.width:
            return np.zeros(0, np.int64)
        teams = codes(self._register, "yot", month)
        regions = {each.code: each.parent for each in self._register.codes["yot"].codes}
        team = rng.choice(len(teams), count, p=weights(teams, self._streams))
        home = pl.Series(teams).gather(team)
        number = self._people + np.arange(count)
        self._people += count
        told = written(rng, who, np.full(count, int(np.datetime64(month.start).astype(np.int64))))
        made = pl.DataFrame({
            "person": who["person"],
            "yot": home,
            "region": pl.Series([regions[each] for each in home], dtype=pl.String),
            "yp_ref": padded(start + np.arange(count) + 1, 8),
            "yp_id": padded(10_000_000 + number, 8),
            "pnc_id": kept(who["pnc_id"], rng.random(count) < _PNC),
            "forename": told["forename"],
            "surname": told["surname"],
            "born": who["born"],
            "woman": who["woman"],
            "ethnicity": who["ethnicity"],
            "postcode": kept(who["postcode"], rng.random(count) < 0.96),
            "care_status": texts(choose(rng, {"NOT_LOOKED_AFTER": 0.87, "LOOKED_AFTER": 0.09, "FORMER": 0.04}, count)),
            **{each.name: each for each in true(who)},
        })  # fmt: skip
        if start and len(on):
            made = self._transferred(made, rng.random(count) < _TRANSFER, np.asarray(on), rng)
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
