"""Young people in custody: stays, places, and who is there on the day of a snapshot."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, dates, kept, texts
from justice_world.population.residents import YEAR
from justice_world.rooms import day
from justice_world.youth.young import TRUE, Young
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


# Places contracted, rounded from reports of the Youth Justice Board for 2010 and from general knowledge.
PLACES = {
    "ASI": 360, "CKI": 140, "CSI": 180, "FMI": 240, "HII": 440, "PRI": 64, "WII": 220, "WNI": 160, "WYI": 400,
    "DWI": 16, "EWI": 16, "FHI": 16, "NHI": 26, "ST1": 58, "ST2": 76, "ST3": 80, "ST4": 87,
    "SC1": 8, "SC2": 38, "SC3": 20, "SC4": 18, "SC5": 9, "SC6": 18, "SC7": 17, "SC8": 29, "SC9": 20, "SCA": 18,
}  # fmt: skip
_STOCK = 2_700  # under 18 in custody at the beginning of 2008
_BASES = {"REMAND": 0.25, "DTO": 0.55, "S91": 0.15, "S226_228": 0.03, "LOCAL_OTHER": 0.02}
_MISSED = 0.004  # of people in the new system in the months of both: not there yet
_ELSEWHERE = 0.004  # or still where they were before a move
_WRONG_BASIS = {"S90_91": "S91", "S226": "S226_228", "S228": "S226_228"}


class Custody:
    """Stays in custody, from month to month."""

    def __init__(self, register: Register, streams: Streams, young: Young) -> None:
        self._register, self._streams, self._young = register, streams, young
        self._stays = pl.DataFrame()

    def begin(self, month: Period, share: float) -> None:
        """Who is in custody when the world begins."""
        rng = self._streams.of("custody stock")
        count = int(rng.poisson(_STOCK * share))
        admitted = day(month) - 1 - rng.integers(0, 120, count)
        place = self._young.add(
            month, np.clip(17.9 - rng.gamma(1.6, 0.7, count), 11.0, 17.9), admitted, np.ones(count, bool), rng
        )
        basis = choose(rng, _BASES, count)
        self._add(place, texts(basis), admitted, day(month) + rng.integers(5, 200, count),
                  pl.Series(rng.integers(4, 25, count)), texts(choose(rng, {"ROBBERY": 0.3, "VIOLENCE": 0.3,
                  "BURGLARY_DOMESTIC": 0.25, "OTHER": 0.15}, count)), rng)  # fmt: skip

    def take(self, month: Period, tables: dict[str, pl.DataFrame]) -> None:
        """Add the stays that a month's disposals and remands lead to; forget those long over."""
        rng = self._streams.of("custody", month)
        principal = tables["offence"].select("offence_ref", "offence_type")
        sent = tables["disposal"].filter(pl.col("tier") == "CUSTODY").join(principal, on="offence_ref", how="left")
        basis = sent["outcome"].replace(_WRONG_BASIS)
        came = _days(sent["outcome_date"])
        served = np.maximum((sent["order_months"].to_numpy() * 30.4 / 2).astype(np.int64), 20)
        self._add(sent["place"].to_numpy(), basis, came, came + served, sent["order_months"], sent["offence_type"], rng)
        held = tables["remand"].filter(pl.col("decision").is_in(["CUSTODY", "SECURE"]))
        came, ends = _days(held["decided_on"]), _days(held["ends"])
        self._add(held["place"].to_numpy(), texts(np.full(held.height, "REMAND", dtype=object)), came, ends,
                  pl.Series([0] * held.height), texts(choose(rng, {"ROBBERY": 0.35, "VIOLENCE": 0.35,
                  "BURGLARY_DOMESTIC": 0.3}, held.height)), rng)  # fmt: skip
        if self._stays.width:
            self._stays = self._stays.filter(pl.col("leaves") > day(month) - 100)

    def _add(
        self, place: np.ndarray, basis: pl.Series, came: np.ndarray, leaves: np.ndarray, months: pl.Series,
        offence: pl.Series, rng: np.random.Generator,
    ) -> None:  # fmt: skip
        count = len(place)
        rows = self._young.known[place]
        old = (came - rows["born"].to_numpy()) / YEAR
        sentenced = (basis != "REMAND").to_numpy()
        stays = pl.DataFrame({
            "place": pl.Series(place, dtype=pl.Int64),
            "legal_basis": basis,
            "came": came, "leaves": leaves,
            "sentence_months": kept(months.cast(pl.Int64), sentenced),
            "offence_group": offence,
            "establishment": self._places(old, rows["woman"].to_numpy(), rng),
            "distance_km": np.minimum(rng.gamma(2.0, 40.0, count), 400).astype(np.int64),
            "first_custody": rng.random(count) < 0.55,
        })  # fmt: skip
        self._stays = pl.concat([self._stays, stays]) if self._stays.width else stays

    def _places(self, old: np.ndarray, girl: np.ndarray, rng: np.random.Generator) -> pl.Series:
        """Boys of 15 and over go to young offender institutions mostly, girls of 17 to units of theirs."""
        small = [code for code in PLACES if code.startswith("S")]
        boys = [code for code in PLACES if code.endswith("I") and PLACES[code] > 30]
        girls = [code for code in PLACES if code.endswith("I") and PLACES[code] <= 30]
        pick = {}
        for name, group in (("small", small), ("boys", boys), ("girls", girls)):
            size = np.array([PLACES[code] for code in group], dtype=float)
            pick[name] = np.array(group, dtype=object)[rng.choice(len(group), len(old), p=size / size.sum())]
        large = (old >= 15) & (rng.random(len(old)) < 0.93)
        out = np.where(large & ~girl, pick["boys"], pick["small"])
        out = np.where(girl & (old >= 17), pick["girls"], out)
        return pl.Series("establishment", out.tolist(), dtype=pl.String)

    def snapshot(self, system: str, month: Period, on: dt.date) -> pl.DataFrame:
        """Who is in custody on a day, as a system holds it."""
        rng = self._streams.of("snapshot", system, month)
        at = int(np.datetime64(on).astype(np.int64))
        there = self._stays.filter((pl.col("came") <= at) & (pl.col("leaves") > at))
        there = there.unique("place", keep="last", maintain_order=True)
        known = self._young.known[there["place"].to_numpy()]
        listed = self._register.codes["youth_establishment"].codes
        homes = {each.code: each.attributes["accommodation"] for each in listed}
        shut = [each.code for each in listed if not each.valid(on)]
        home = there["establishment"].replace(shut, ["HII"] * len(shut)) if shut else there["establishment"]
        count = there.height
        moved = (rng.random(count) < _ELSEWHERE) & (system == "EASSET") & (home == "HII").to_numpy()
        home = pl.select(pl.when(pl.Series(moved, dtype=pl.Boolean)).then(pl.lit("WYI")).otherwise(home)).to_series()
        frame = pl.DataFrame({
            "system": pl.repeat(system, count, dtype=pl.String, eager=True),
            "snapshot_date": pl.repeat(on, count, dtype=pl.Date, eager=True),
            "reporting_month": pl.repeat(str(month), count, dtype=pl.String, eager=True),
            **{name: known[name] for name in ("yp_id", "pnc_id", "surname", "forename", "ethnicity", "person", "born",
                                             *TRUE)},
            "dob": dates(known["born"].to_numpy()),
            "sex": texts(np.where(known["woman"].to_numpy(), "2", "1")),
            "home_yot": self._young.teams(known["yot"], on),
            "home_region": known["region"],
            "establishment": home,
            "accommodation": home.replace_strict(homes, return_dtype=pl.String),
            **{name: there[name] for name in ("legal_basis", "offence_group", "sentence_months", "distance_km",
                                              "first_custody")},
            "admitted": dates(there["came"].to_numpy()),
        })  # fmt: skip
        # Who turns 19 has been moved to the adult estate; who is in both systems' months may not be in the new one yet.
        keep = (at - known["born"].to_numpy()) / YEAR < 18.3
        keep &= (rng.random(count) >= _MISSED) | (system != "EASSET")
        frame = frame.filter(pl.Series(keep, dtype=pl.Boolean))
        return frame.unique("yp_id", keep="last", maintain_order=True).drop("born").sort("yp_id", "establishment")

    def capacity(self, system: str, month: Period) -> pl.DataFrame:
        """Places of the establishments open in a month; some are out of use for a while."""
        rng = self._streams.of("places", system, month)
        opened = [each.code for each in self._register.codes["youth_establishment"].codes if each.valid(month.start)]
        codes = sorted(code for code in opened if code in PLACES)
        places = np.array([PLACES[code] for code in codes])
        return pl.DataFrame({
            "month": [str(month)] * len(codes), "establishment": codes, "contracted": places,
            "available": places - rng.binomial(places // 10, 0.1),
        })  # fmt: skip


def _days(values: pl.Series) -> np.ndarray:
    return values.cast(pl.Int32).to_numpy().astype(np.int64)
