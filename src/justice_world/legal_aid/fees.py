"""Crown Court bills: of the advocate in CCR and of the litigator in CCLF, once the case has ended."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.legal_aid.offices import Offices, choose, dates, money, pounds
from justice_world.shelf import Shelf
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


WRONG_CASE = 0.004  # of bills, a case number mistyped
WRONG_LENGTH = 0.01  # of trials, a day too many or too few
_TRIALS = {"GTRL": 0.22, "GCRAK": 0.18, "GGLTY": 0.56, "GDIS": 0.04}
_FEES = {"GTRL": 4200.0, "GCRAK": 1400.0, "GGLTY": 850.0, "GDIS": 500.0, "CSE": 280.0}
_CLASSES = {"A": 0.02, "B": 0.16, "C": 0.12, "D": 0.07, "E": 0.14, "F": 0.1, "G": 0.1, "H": 0.2, "I": 0.04, "J": 0.05}


class Fees:
    """Bills by the month in which they are decided; orders of the Crown Court wait here for their case to end."""

    def __init__(self, register: Register, offices: Offices, streams: Streams) -> None:
        self._offices, self._streams = offices, streams
        holidays = [each.code for each in register.codes["bank_holiday"].codes]
        self._calendar = np.busdaycalendar(holidays=np.array(holidays, dtype="datetime64[D]"))
        self._orders = pl.DataFrame()
        self._bills = Shelf()
        self._next = 0

    def month(self, month: Period, cases: pl.DataFrame, granted: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """Bills decided in a month.

        Args:
            cases: Crown Court cases made or changed in the month.
            granted: Orders of Crown Court defendants granted in the month.
        """
        if granted.height:
            known = granted.select("maat_id", "applicant_name", "crown_court", "crown_case", "def_no", "decision_date")
            self._orders = pl.concat([self._orders, known]) if self._orders.height else known
        if cases.height and self._orders.height:
            ended = cases.filter(pl.col("disposal_date").is_not_null()).unique(
                ["court_code", "case_no"], keep="last", maintain_order=True
            )
            keys = {"left_on": ["crown_court", "crown_case"], "right_on": ["court_code", "case_no"]}
            due = self._orders.join(ended, how="inner", maintain_order="left", **keys)  # type: ignore[arg-type]
            self._orders = self._orders.join(ended, how="anti", maintain_order="left", **keys)  # type: ignore[arg-type]
            if due.height:
                self._bills.put(self._billed(month, due))
        found = self._bills.take(month)
        return {"ccr_cclf.claim": found.drop("entered").sort("system", "claim_ref") if found.height else found}

    def _billed(self, month: Period, due: pl.DataFrame) -> pl.DataFrame:
        rng = self._streams.of("crown fees", month)
        parts = [self._bill(rng, month, due, system) for system in ("CCR", "CCLF")]
        return pl.concat(parts)

    def _bill(self, rng: np.random.Generator, month: Period, due: pl.DataFrame, system: str) -> pl.DataFrame:
        count = due.height
        sentence = (due["case_type"] == "SENTENCE").to_numpy()
        kind = np.where(sentence, "CSE", choose(rng, _TRIALS, count).to_numpy())
        trial, cracked = kind == "GTRL", kind == "GCRAK"
        day = {
            name: due[name].to_numpy().astype("datetime64[D]").astype(np.int64)
            for name in (
                "decision_date",
                "first_hearing_date",
                "main_hearing_start",
                "main_hearing_end",
                "disposal_date",
            )
        }
        first = np.maximum(day["first_hearing_date"], day["decision_date"])
        start = np.maximum(day["main_hearing_start"], first)
        end = np.maximum(np.minimum(day["main_hearing_end"], start + rng.geometric(0.3, count) - 1), start)
        length = np.busday_count(
            start.astype("datetime64[D]"), (end + 1).astype("datetime64[D]"), busdaycal=self._calendar
        )
        told = length + np.where(rng.random(count) < WRONG_LENGTH, 1, 0)
        claimed = np.array([_FEES[each] for each in kind]) * (1 + 0.2 * np.where(trial, length, 0))
        asked = np.maximum(money(rng, 1.0, count, 99_999) * claimed, 100).astype(np.int64)
        assessed = np.rint(asked * np.where(rng.random(count) < 0.2, 0.9, 1.0)).astype(np.int64)
        after = np.maximum(day["disposal_date"], end) + rng.integers(5, 60, count)
        decided = after + rng.integers(3, 30, count)
        number = pl.Series(np.arange(self._next, self._next + count)).cast(pl.String).str.zfill(8)
        self._next += count
        slip = pl.Series(rng.random(count) < WRONG_CASE)
        year = due["crown_case"].str.slice(0, 1) + "1999" + due["crown_case"].str.slice(5)
        frame = pl.DataFrame(
            {
                "system": pl.repeat(system, count, dtype=pl.String, eager=True),
                "claim_ref": ("A" if system == "CCR" else "L") + number,
                "court_code": due["crown_court"],
                "case_number": pl.select(pl.when(slip).then(year).otherwise(due["crown_case"])).to_series(),
                "def_no": due["def_no"],
                "maat_id": due["maat_id"],
                "provider_account": self._offices.accounts.gather(self._offices.draw(rng, count)),
                "defendant_name": due["applicant_name"],
                "rep_order_date": due["decision_date"],
                "case_type": pl.Series(kind.tolist(), dtype=pl.String),
                "offence_class": choose(rng, _CLASSES, count),
                "first_day": dates(first),
                "trial_start": dates(start, trial),
                "trial_end": dates(end, trial),
                "trial_length_days": pl.select(pl.when(pl.Series(trial)).then(pl.Series(told))).to_series(),
                "est_length_days": pl.select(
                    pl.when(pl.Series(trial)).then(pl.Series(np.maximum(length - 1, 1)))
                ).to_series(),
                "cracked_date": dates(start, cracked),
                "cracked_third": pl.select(
                    pl.when(pl.Series(cracked)).then(pl.Series(rng.integers(1, 4, count)))
                ).to_series(),
                "ppe": np.minimum(rng.lognormal(4.6, 1.1, count), 9_999).astype(np.int64),
                "witnesses": rng.poisson(5, count),
                "n_defendants": due["def_no"].clip(lower_bound=1),
                "retrial_reduction": rng.random(count) < 0.01,
                "claimed": pounds(asked),
                "assessed": pounds(assessed),
                "paid_net": pounds(assessed),
                "paid_vat": pounds(assessed // 5),
                "bill_type": pl.repeat("FINAL", count, dtype=pl.String, eager=True),
                "submitted_date": dates(after),
                "authorised_date": dates(decided),
                "status": pl.Series(
                    np.where(assessed < asked, "PART_AUTHORISED", "AUTHORISED").tolist(), dtype=pl.String
                ),
            }
        )
        return frame.with_columns(
            entered=pl.max_horizontal(pl.col("authorised_date").dt.truncate("1mo"), pl.lit(month.start))
        ).with_columns(authorised_date=pl.max_horizontal("authorised_date", "entered"))
