"""Who is in which prison: receptions of the prison systems, with stays and prisons drawn for them."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import age
from justice_world.rooms import codes, day
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


_STAY = 235.0  # days on average: a population of 85,000 for about 130,000 receptions a year
ESCORT = "ESC"


class Stock:
    """Prisoners from month to month; the stock begins empty and fills over the first year."""

    def __init__(self, register: Register, streams: Streams) -> None:
        self._register, self._streams = register, streams
        self.held = pl.DataFrame()

    def month(self, month: Period, received: pl.DataFrame) -> pl.DataFrame:
        """Everybody who is in prison at some time of the month: ``came`` and ``leaves`` are days since 1970."""
        rng = self._streams.of("stays", month)
        if self.held.width:
            self.held = self.held.filter(pl.col("leaves") >= day(month))
        if not received.width:
            return self.held
        rows = received.sort("noms_no", "updated_date").unique("noms_no", keep="first", maintain_order=True)
        came = rows["updated_date"].cast(pl.Int32).cast(pl.Int64)
        born = rows["dob"].cast(pl.Int32).cast(pl.Int64).to_numpy()
        woman = (rows["sex"] == "2").to_numpy()
        young = age(born, came.to_numpy()) < 18
        fresh = rows.select(
            "noms_no", "surname", "forenames", "dob", "sex", "ethnicity", "nationality",
            pl.col("person").cast(pl.Int64),
            came=came,
            leaves=came + pl.Series(1 + rng.exponential(_STAY, rows.height).astype(np.int64)),
            establishment=self._prisons(month, woman, young, rng),
        )  # fmt: skip
        if self.held.width:
            fresh = fresh.join(self.held, on="noms_no", how="anti")
            self.held = pl.concat([self.held, fresh])
        else:
            self.held = fresh
        self._moved(month, rng)
        return self.held

    def _prisons(self, month: Period, woman: np.ndarray, young: np.ndarray, rng: np.random.Generator) -> pl.Series:
        everywhere = [each for each in codes(self._register, "prison", month) if each != ESCORT]
        women = codes(self._register, "prison", month, sex="female")
        boys = codes(self._register, "prison", month, sex="male", under_18="yes")
        men = [each for each in everywhere if each not in women]
        out = np.array(men, dtype=object)[rng.integers(0, len(men), len(woman))]
        out = np.where(young, np.array(boys, dtype=object)[rng.integers(0, len(boys), len(woman))], out)
        out = np.where(woman, np.array(women, dtype=object)[rng.integers(0, len(women), len(woman))], out)
        return pl.Series("establishment", out.tolist(), dtype=pl.String)

    def _moved(self, month: Period, rng: np.random.Generator) -> None:
        """Who is in a prison that has closed is moved to another of the same kind."""
        opened = codes(self._register, "prison", month)
        shut = (~self.held["establishment"].is_in(opened)).to_numpy()
        if not shut.any():
            return
        woman = (self.held["sex"] == "2").to_numpy()
        elsewhere = self._prisons(month, woman, np.zeros(len(woman), bool), rng)
        self.held = self.held.with_columns(
            establishment=pl.when(pl.Series(shut)).then(elsewhere).otherwise("establishment")
        )
