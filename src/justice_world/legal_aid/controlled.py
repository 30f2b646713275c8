"""Controlled work in CWA: schedules, matters started, and claims for work concluded."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.legal_aid.offices import Offices, choose, clients, dates, days, money, pounds
from justice_world.shelf import Shelf
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


# Acts of assistance a year: crime lower and legal help in 2012-13 (Legal Aid Statistics in England and Wales 2012-13,
# Legal Aid Agency); the years before had more legal help. Representation in magistrates' courts follows its orders.
LEGAL_HELP, STATION, MEDIATION = 780_000, 720_000, 30_000
BEFORE = 1.12  # of the years to March 2012, against 2012-13
_HELP = {
    "WFB1": ("WB", 0.24),
    "DEBT": ("DEBT", 0.17),
    "HOUS": ("HOUS", 0.14),
    "FVP1": ("FAMX", 0.27),
    "FPB1": ("FAMP", 0.03),
    "IMCA": ("IMM", 0.05),
    "IACA": ("IMM", 0.03),
    "MHL1": ("MH", 0.04),
    "COM": ("COM", 0.01),
    "CAPA": ("CAPA", 0.01),
    "EDUFIN": ("EDU", 0.01),
}
_STATION = {"INVC": 0.80, "INVB1": 0.16, "INVE": 0.01, "INVA": 0.03}
_COURT = {"PROE1": 0.55, "PROE2": 0.25, "PROF1": 0.08, "PROW": 0.12}
_MEDIATION = {"MDAS1B": 0.4, "MDCS1B": 0.4, "MDPS1B": 0.2}
BILLED = 0.85  # of granted orders of the magistrates' court that end in a claim
LATE_FILE = 0.004  # of claims, with a file number of a later day than the start
WRONG_ORDER = 0.004  # of claims for representation, an order number mistyped
AGAIN = 0.002  # of claims, sent a second time and marked as matched
_SCHEDULES = (
    ("CRIME_LOWER", ("CRIME",)),
    ("LEGAL_HELP", tuple(sorted({each for each, _ in _HELP.values()}))),
    ("MEDIATION", ("MED",)),
)


class Controlled:
    """Claims by month of submission."""

    def __init__(self, register: Register, offices: Offices, streams: Streams, scale: float) -> None:
        self._offices, self._streams, self._scale = offices, streams, scale
        self._limits = {each.code: float(each.attributes["limit"]) for each in register.codes["cwa_fee"].codes}
        self._waiting = Shelf()
        self._next = 1

    def month(self, month: Period, orders: pl.DataFrame) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
        """Schedules, matters started and claims of a month; the truth is which claim repeats which.

        Args:
            orders: Orders of the magistrates' court granted in the month, claimed for in later ones.
        """
        rng = self._streams.of("cwa", month)
        if orders.height:
            self._waiting.put(self._billed(rng, month, orders))
        more = BEFORE if month.start < Period.parse("2012-04").start else 1.0
        parts = [
            self._claims(
                rng, month, "LEGAL_HELP", {fee: share for fee, (_, share) in _HELP.items()}, LEGAL_HELP * more
            ),
            self._claims(rng, month, "CRIME_LOWER", _STATION, STATION),
            self._claims(rng, month, "MEDIATION", _MEDIATION, MEDIATION),
            self._court(rng, month),
        ]
        claims = pl.concat([each for each in parts if each.height])
        claims = self._numbered(rng, month, claims)
        matched = claims.filter(pl.col("matched_claim_id").is_not_null())
        frames = {"cwa.schedule": self._schedules(month), "cwa.claim": claims, "cwa.matter_start": _starts(claims)}
        return frames, {"legal_aid_matched_claims": matched.select("submission_id", "line_number", "matched_claim_id")}

    def _schedules(self, month: Period) -> pl.DataFrame:
        """Every office's contracts: those before and those after the tenders of 2010."""
        parts = []
        for number, (area, categories) in enumerate(_SCHEDULES):
            change = np.datetime64("2010-07-14" if area == "CRIME_LOWER" else "2010-11-15")
            for category in categories:
                for first, last in ((np.datetime64("2005-04-01"), change - 1), (change, None)):
                    if first.astype(object) > month.end:
                        continue
                    year = str(first)[:4]
                    parts.append(
                        pl.DataFrame({"office_code": self._offices.accounts}).with_columns(
                            schedule_reference=pl.col("office_code") + f"/{year}/{number:02d}{category}",
                            area_of_law=pl.lit(area),
                            category=pl.lit(category),
                            start_date=pl.lit(first.astype(object)),
                            end_date=pl.lit(None if last is None else last.astype(object), dtype=pl.Date),
                            procurement_area=pl.lit(None, dtype=pl.String),
                            new_matter_starts=pl.lit(100, dtype=pl.Int64),
                        )
                    )
        return pl.concat(parts).sort("schedule_reference")

    def _claims(
        self, rng: np.random.Generator, month: Period, area: str, fees: dict[str, float], yearly: float
    ) -> pl.DataFrame:
        count = int(rng.poisson(yearly / 12 * self._scale))
        ended = days(rng, month, count)
        took = (
            rng.integers(0, 3, count)
            if area == "CRIME_LOWER"
            else np.minimum(rng.gamma(2.0, 50.0, count), 600).astype(np.int64)
        )
        return self._frame(rng, area, choose(rng, fees, count), ended - took, ended, month)

    def _billed(self, rng: np.random.Generator, month: Period, orders: pl.DataFrame) -> pl.DataFrame:
        chosen = orders.filter(pl.Series(rng.random(orders.height) < BILLED))
        ended = chosen["decision_date"].to_numpy().astype("datetime64[D]").astype(np.int64) + rng.integers(
            7, 150, chosen.height
        )
        return (
            chosen.select("maat_id", "decision_date", "applicant_name", "applicant_dob")
            .with_columns(ended=dates(ended))
            .with_columns(
                entered=pl.max_horizontal(pl.col("ended").dt.truncate("1mo"), pl.lit(month.start)),
            )
        )

    def _court(self, rng: np.random.Generator, month: Period) -> pl.DataFrame:
        """Claims for representation of people whose order was granted before."""
        due = self._waiting.take(month)
        if not due.height:
            return pl.DataFrame()
        start, ended = (
            due[name].to_numpy().astype("datetime64[D]").astype(np.int64) for name in ("decision_date", "ended")
        )
        frame = self._frame(rng, "CRIME_LOWER", choose(rng, _COURT, due.height), start, ended, month)
        slip = pl.Series(rng.random(due.height) < WRONG_ORDER)
        return frame.with_columns(
            maat_id=pl.when(slip).then("99" + due["maat_id"].str.slice(2)).otherwise(due["maat_id"]),
            representation_order_date=due["decision_date"],
            client_forename=due["applicant_name"].str.split(" ").list.first(),
            client_surname=due["applicant_name"].str.split(" ").list.last(),
            client_dob=due["applicant_dob"],
            ucn=_ucn(due["applicant_dob"], due["applicant_name"]),
        )

    def _frame(
        self, rng: np.random.Generator, area: str, fee: pl.Series, start: np.ndarray, ended: np.ndarray, month: Period
    ) -> pl.DataFrame:
        count = len(start)
        who = clients(rng, start)
        limit = fee.replace_strict(self._limits, return_dtype=pl.Float64).to_numpy()
        costs = np.minimum(money(rng, 180.0, count, 9_000), np.rint(limit * 60).astype(np.int64))
        fixed = {name: pounds(np.zeros(count)) for name in ("travel", "waiting", "counsel")}
        spent = np.where(rng.random(count) < 0.2, costs // 10, 0)
        station = fee.str.starts_with("INV").to_numpy()
        help_, crime = area == "LEGAL_HELP", area == "CRIME_LOWER"
        category = fee.replace_strict({f: c for f, (c, _) in _HELP.items()}, default="CRIME" if crime else "MED")
        born = dates(who.born)
        none = pl.Series([None] * count, dtype=pl.String)
        file = start + np.where(rng.random(count) < LATE_FILE, 2, 0)
        serial = pl.Series(rng.integers(1, 1000, count)).cast(pl.String).str.zfill(3)
        matter = choose(rng, {"HPOT:HOTH": 0.5, "WDLA:WAPL": 0.5}, count)
        dscc = (
            dates(start).dt.strftime("%y%m%d")
            + pl.Series(rng.integers(0, 1000, count)).cast(pl.String).str.zfill(3)
            + "A"
        )
        return pl.DataFrame(
            {
                "submission_month": pl.repeat(month.start, count, dtype=pl.Date, eager=True),
                "revision": np.zeros(count, np.int64),
                "office_code": self._offices.accounts.gather(self._offices.draw(rng, count)),
                "area_of_law": pl.repeat(area, count, dtype=pl.String, eager=True),
                "category": category,
                "unique_file_number": dates(file).dt.strftime("%d%m%y") + "/" + serial,
                "case_start_date": dates(start),
                "case_concluded_date": dates(ended),
                "matter_type_code": matter if help_ else none,
                "crime_matter_type_code": choose(rng, {"1": 0.1, "2": 0.3, "3": 0.2, "6": 0.2, "9": 0.2}, count)
                if crime
                else none,
                "fee_code": fee,
                "stage_reached_code": none,
                "outcome_code": choose(rng, {"CN04": 0.4, "CN05": 0.3, "": 0.3}, count),
                "procurement_area_code": none,
                "access_point_code": none,
                "delivery_location": none,
                "representation_order_date": pl.Series([None] * count, dtype=pl.Date),
                "suspects_defendants_count": pl.Series(np.ones(count, np.int64)),
                "attendances_count": pl.Series(rng.integers(1, 3, count)),
                "police_station_court_prison_id": "MT"
                + pl.Series(rng.integers(1, 999, count)).cast(pl.String).str.zfill(3)
                if crime
                else none,
                "dscc_number": pl.select(pl.when(pl.Series(station)).then(dscc)).to_series(),
                "maat_id": none,
                "is_duty_solicitor": rng.random(count) < 0.3,
                "is_youth_court": np.zeros(count, bool),
                "scheme_id": none,
                "client_forename": who.name.str.split(" ").list.first(),
                "client_surname": who.name.str.split(" ").list.last(),
                "client_dob": born,
                "client_postcode": who.postcode,
                "ucn": _ucn(born, who.name),
                "gender": choose(rng, {"1": 0.6, "2": 0.38, "": 0.02}, count),
                "ethnicity": choose(
                    rng, {"W1": 0.62, "W9": 0.06, "B1": 0.05, "A2": 0.06, "M1": 0.02, "NS": 0.14, "": 0.05}, count
                ),
                "disability": choose(rng, {"NONE": 0.6, "DECLARED": 0.2, "NOT_DECLARED": 0.2}, count),
                "home_office_client_number": none,
                "profit_costs": pounds(costs),
                "disbursements": pounds(spent),
                **fixed,
                "vat": pounds((costs + spent) // 5),
                "total_value": pounds(costs + spent + (costs + spent) // 5),
                "escape_case": np.zeros(count, bool),
                "matched_claim_id": none,
                "status": pl.repeat("VALID", count, dtype=pl.String, eager=True),
                "mediation_sessions_count": pl.Series(
                    rng.integers(1, 6, count) if area == "MEDIATION" else [None] * count, dtype=pl.Int64
                ),
                "mediation_time_minutes": pl.Series(
                    rng.integers(60, 400, count) if area == "MEDIATION" else [None] * count, dtype=pl.Int64
                ),
            }
        )

    def _numbered(self, rng: np.random.Generator, month: Period, claims: pl.DataFrame) -> pl.DataFrame:
        """Submissions and lines by office; a few lines are sent again, and name the line that they repeat."""
        again = claims.filter(pl.Series(rng.random(claims.height) < AGAIN))
        both = pl.concat([claims.with_columns(second=pl.lit(False)), again.with_columns(second=pl.lit(True))])
        both = both.sort("office_code", "second", maintain_order=True).with_columns(
            submission_id=pl.lit(f"{month.start:%Y%m}") + pl.col("office_code"),
            line_number=pl.int_range(1, pl.len() + 1).over("office_code"),
        )
        number = pl.Series(np.arange(self._next, self._next + both.height)).cast(pl.String)
        self._next += both.height
        same = ["office_code", "unique_file_number", "fee_code", "ucn"]
        first = both.unique(same, keep="first", maintain_order=True).select(
            *same,
            matched=pl.col("submission_id") + "/" + pl.col("line_number").cast(pl.String),
            line=pl.col("line_number"),
        )
        both = both.with_columns(case_reference_number="C/" + number).join(
            first, on=same, how="left", maintain_order="left"
        )
        switch = (
            pl.when(pl.col("area_of_law") == "CRIME_LOWER").then(pl.date(2010, 7, 14)).otherwise(pl.date(2010, 11, 15))
        )
        year = pl.when(pl.col("case_start_date") >= switch).then(pl.lit("2010")).otherwise(pl.lit("2005"))
        area = pl.col("area_of_law").replace_strict({area: f"{n:02d}" for n, (area, _) in enumerate(_SCHEDULES)})
        return (
            both.with_columns(
                matched_claim_id=pl.when(pl.col("line") != pl.col("line_number")).then(pl.col("matched")),
                schedule_reference=pl.col("office_code") + "/" + year + "/" + area + pl.col("category"),
            )
            .drop("second", "matched", "line")
            .sort("submission_id", "line_number")
        )


def _ucn(born: pl.Series, name: pl.Series) -> pl.Series:
    return (
        born.dt.strftime("%d%m%Y")
        + "/"
        + name.str.slice(0, 1)
        + "/"
        + name.str.split(" ").list.last().str.slice(0, 4).str.to_uppercase()
    )


def _starts(claims: pl.DataFrame) -> pl.DataFrame:
    """Matters started: about as many as concluded, by office and category."""
    by = ("office_code", "area_of_law", "category")
    return claims.group_by(by).agg(pl.len().cast(pl.Int64).alias("started")).sort(by)
