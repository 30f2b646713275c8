"""Representation orders in MAAT: applications, how means and interests of justice were judged, contributions."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.legal_aid.offices import choose, clients, dates, days, last_day, pounds
from piperoll.periods import Period
from piperoll.simulate.streams import Streams


# Applications a year to magistrates' courts (about 550,000 in 2010-11, Legal Services Commission, Statistical
# Information); those of the Crown Court come from its defendants.
APPLICATIONS = 550_000
_MEANS = {"PASSPORTED": 0.62, "PASS": 0.27, "FAIL": 0.11}
IOJ_FAIL = 0.04
WRONG_ASN = 0.003  # of arrest/summons numbers, mistyped
_INCOME = {"WEEKLY": 52, "2WEEKLY": 26, "4WEEKLY": 13, "MONTHLY": 12, "ANNUALLY": 1}
LOWER, UPPER, DISPOSABLE = 1_247_500, 2_232_500, 339_800  # pence a year
FLAGS = (
    "income_support",
    "job_seekers",
    "esa",
    "state_pension_credit",
    "universal_credit",
    "under_16",
    "under_18_full_education",
    "between_16_17",
)


class Orders:
    """Applications by month; ``summary`` and ``crown`` are the orders granted this month, for claims and bills."""

    def __init__(self, streams: Streams, scale: float) -> None:
        self._streams, self._scale = streams, scale
        self._next = 1_000_000
        self.summary = self.crown = pl.DataFrame()

    def month(self, month: Period, defendants: pl.DataFrame) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
        """Tables of MAAT for a month, and the truth: which order is of which Crown Court defendant."""
        rng = self._streams.of("maat", month)
        lower = self._lower(rng, month)
        upper = self._upper(rng, month, defendants)
        orders = pl.concat([lower, upper]) if upper.height else lower
        granted = orders.filter(pl.col("decision_reason").is_in(["GR", "G2", "GQ"]))
        self.summary = granted.filter(pl.col("crown_case").is_null())
        self.crown = granted.filter(pl.col("crown_case").is_not_null())
        truth = self.crown.select("maat_id", "crown_court", "crown_case", "def_no", "decision_date")
        helpers = ("crown_court", "crown_case", "def_no")
        frames = {"maat.rep_order": orders.drop(helpers).sort("maat_id"), **self._assessments(rng, orders)}
        return frames, {"legal_aid_orders": truth}

    def _lower(self, rng: np.random.Generator, month: Period) -> pl.DataFrame:
        count = int(rng.poisson(APPLICATIONS / 12 * self._scale))
        received = days(rng, month, count)
        who = clients(rng, received)
        young = rng.random(count) < 0.06
        born = np.where(young, received - rng.integers(11 * 365, 17 * 365, count), who.born)
        means = choose(rng, _MEANS, count).to_numpy().astype(object)
        means[young] = "PASSPORTED"
        failed = rng.random(count) < IOJ_FAIL
        bad = means == "FAIL"
        reason = np.where(bad & failed, "FB", np.where(bad, "FM", np.where(failed, "FJ", "GR")))
        decided = np.minimum(received + rng.integers(0, 4, count), last_day(month))
        return self._frame(
            rng,
            received,
            decided,
            who.name,
            born,
            who.nino,
            who.postcode,
            choose(rng, {"SUMMARY ONLY": 0.45, "EITHER WAY": 0.55}, count),
            means,
            failed,
            reason,
            pl.Series([None] * count, dtype=pl.String),
        )

    def _upper(self, rng: np.random.Generator, month: Period, defendants: pl.DataFrame) -> pl.DataFrame:
        if not defendants.height:
            return pl.DataFrame()
        aided = defendants.filter((pl.col("representation") == "LEGAL_AID") & pl.col("dob").is_not_null())
        count = aided.height
        received = aided["receipt_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
        who = clients(rng, received)
        born = aided["dob"].to_numpy().astype("datetime64[D]").astype(np.int64)
        means = choose(rng, {"PASSPORTED": 0.55, "PASS": 0.24, "CONTRIBUTION": 0.21}, count).to_numpy().astype(object)
        means[received - born < 18 * 366] = "PASSPORTED"
        reason = np.where(rng.random(count) < 0.02, np.where(rng.random(count) < 0.3, "GQ", "G2"), "GR")
        frame = self._frame(
            rng,
            received,
            received,
            aided["forename"] + " " + aided["surname"],
            born,
            who.nino,
            who.postcode,
            choose(rng, {"INDICTABLE": 0.5, "EITHER WAY": 0.5}, count),
            means,
            np.zeros(count, bool),
            reason,
            aided["asn"],
        )
        return frame.with_columns(
            crown_rep_order_decision=pl.lit("Granted"),
            crown_rep_order_date=pl.col("decision_date"),
            committal_date=pl.col("date_received"),
            crown_court=aided["court_code"],
            crown_case=aided["case_no"],
            def_no=aided["def_no"].cast(pl.Int64),
        )

    def _frame(
        self,
        rng: np.random.Generator,
        received: np.ndarray,
        decided: np.ndarray,
        name: pl.Series,
        born: np.ndarray,
        nino: pl.Series,
        postcode: pl.Series,
        case_type: pl.Series,
        means: np.ndarray,
        failed: np.ndarray,
        reason: np.ndarray,
        asn: pl.Series,
    ) -> pl.DataFrame:
        count = len(received)
        number = np.arange(self._next, self._next + count)
        self._next += count
        court = pl.Series(rng.integers(0, 60, count)).cast(pl.String).str.zfill(2)
        none = pl.Series([None] * count, dtype=pl.String)
        slip = pl.Series(rng.random(count) < WRONG_ASN)
        asn = pl.select(pl.when(slip).then(asn.str.slice(0, 5) + "9" + asn.str.slice(6)).otherwise(asn)).to_series()
        return pl.DataFrame(
            {
                "maat_id": pl.Series(number).cast(pl.String),
                "usn": pl.Series(number + 1_000_000).cast(pl.String),
                "applicant_name": name,
                "applicant_dob": dates(born),
                "applicant_nino": nino,
                "applicant_postcode": postcode,
                "arrest_summons_no": asn,
                "case_type": case_type,
                "offence_type": choose(
                    rng, {"Theft": 0.3, "Assault": 0.25, "Drugs": 0.12, "Motoring": 0.13, "Other": 0.2}, count
                ),
                "mags_court": "B" + court + "AA" + court,
                "date_received": dates(received),
                "app_signed_date": dates(received - rng.integers(0, 4, count)),
                "decision_date": dates(decided),
                "decision_reason": pl.Series(reason.tolist(), dtype=pl.String),
                "ioj_result": pl.Series(np.where(failed, "FAIL", "PASS").tolist(), dtype=pl.String),
                "means_result": pl.Series(means.tolist(), dtype=pl.String),
                "crown_rep_order_decision": none,
                "crown_rep_order_date": pl.Series([None] * count, dtype=pl.Date),
                "mags_outcome": none,
                "crown_outcome": none,
                "committal_date": pl.Series([None] * count, dtype=pl.Date),
                "sentence_order_date": pl.Series([None] * count, dtype=pl.Date),
                "withdrawn_date": pl.Series([None] * count, dtype=pl.Date),
                "bench_warrant_issued": rng.random(count) < 0.01,
                "in_custody": rng.random(count) < 0.12,
                "welsh_correspondence": rng.random(count) < 0.004,
                "updated_date": dates(decided),
                "crown_court": none,
                "crown_case": none,
                "def_no": pl.Series([None] * count, dtype=pl.Int64),
            }
        )

    def _assessments(self, rng: np.random.Generator, orders: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """Passport and financial assessments, and contributions, of the month's applications."""
        day = pl.col("decision_date").alias("assessment_date")
        passed = orders.filter(pl.col("means_result") == "PASSPORTED")
        age = (passed["date_received"] - passed["applicant_dob"]).dt.total_days().to_numpy() / 365.2425
        flag = rng.choice(4, passed.height, p=[0.3, 0.45, 0.2, 0.05])
        flag = np.where(age < 16, 5, np.where(age < 18, 7, flag))
        passport = passed.select("maat_id", pl.lit(1, dtype=pl.Int64).alias("assessment_no"), day).with_columns(
            *(pl.Series(name, flag == place) for place, name in enumerate(FLAGS)),
            dwp_result=pl.Series(np.where(flag < 5, "Yes", "").tolist(), dtype=pl.String).replace("", None),
            result=pl.lit("PASS"),
        )
        tested = orders.filter(pl.col("means_result") != "PASSPORTED")
        count, crown = tested.height, tested["crown_case"].is_not_null().to_numpy()
        good = (tested["means_result"] == "PASS").to_numpy()
        weight = rng.choice([100, 164, 194], count, p=[0.6, 0.25, 0.15])
        adjusted = np.where(good, rng.integers(400_000, LOWER, count), rng.integers(UPPER + 10_000, 6_000_000, count))
        how = choose(rng, {"WEEKLY": 0.4, "2WEEKLY": 0.05, "4WEEKLY": 0.1, "MONTHLY": 0.4, "ANNUALLY": 0.05}, count)
        per_year = how.replace_strict(_INCOME, return_dtype=pl.Int64).to_numpy()
        amount = np.rint(adjusted * weight / 100 / per_year).astype(np.int64)
        whole = amount * per_year
        result = np.where(crown | (whole * 100 / weight <= LOWER), "PASS", "FAIL")
        financial = pl.DataFrame(
            {
                "maat_id": tested["maat_id"],
                "assessment_no": np.ones(count, np.int64),
                "assessment_type": pl.repeat("INIT", count, dtype=pl.String, eager=True),
                "assessment_date": tested["decision_date"],
                "crown_court": crown,
                "income_frequency": how,
                "income_amount": pounds(amount),
                "aggregated_income": pounds(whole),
                "household_weighting": pounds(weight),
                "adjusted_income": pounds(np.rint(whole * 100 / weight)),
                "disposable_income": pounds(whole, np.zeros(count, bool)),
                "result": pl.Series(result.tolist(), dtype=pl.String),
            }
        )
        return {
            "maat.passport_assessment": passport.sort("maat_id"),
            "maat.financial_assessment": financial.sort("maat_id"),
            **self._later(rng, orders),
        }

    def _later(self, rng: np.random.Generator, orders: pl.DataFrame) -> dict[str, pl.DataFrame]:
        failed = orders.filter(pl.col("means_result") == "FAIL")
        hard = failed.filter(pl.Series(rng.random(failed.height) < 0.08))
        review = hard.select("maat_id", pl.col("decision_date").alias("review_date")).with_columns(
            disposable_after=pounds(rng.integers(100_000, 900_000, hard.height)),
        )
        review = review.with_columns(
            result=pl.when(pl.col("disposable_after") * 100 <= DISPOSABLE)
            .then(pl.lit("PASS"))
            .otherwise(pl.lit("FAIL"))
        )
        unjust = orders.filter(pl.col("ioj_result") == "FAIL")
        chosen = unjust.filter(pl.Series(rng.random(unjust.height) < 0.15))
        appeal = chosen.select("maat_id", pl.col("decision_date").alias("appeal_date"), "decision_date").with_columns(
            decision=choose(rng, {"PASS": 0.4, "FAIL": 0.6}, chosen.height)
        )
        asked = orders.filter(pl.col("means_result") == "CONTRIBUTION")
        monthly = rng.integers(5_000, 60_000, asked.height)
        contribution = asked.select("maat_id", pl.col("decision_date").alias("effective_date")).with_columns(
            monthly_amount=pounds(monthly),
            cap=pounds(monthly * 60),
            upfront=pounds(monthly * 0),
            status=pl.lit("ACTIVE"),
        )
        return {
            "maat.hardship_review": review.sort("maat_id"),
            "maat.ioj_appeal": appeal.sort("maat_id"),
            "maat.contribution": contribution.sort("maat_id"),
        }
