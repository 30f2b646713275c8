"""Values of measures by court, area, region and nation, month by month."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from justice_world.county_court import insolvency
from justice_world.rooms import Month, Setting, listed, one
from piperoll.periods import Period
from piperoll.simulate.calendars import working_days
from piperoll.simulate.world import Delivery


FROM = Period.parse("2010-01")
PETITIONS = {"INS_WINDUP": "COMPANY_WINDUP", "INS_CREDITOR": "CREDITOR_BANKR", "INS_DEBTOR": "DEBTOR_BANKR"}
WINDING_UP = 40  # county courts, the largest, that hear winding-up petitions; all hear bankruptcy
# Orders a year: Home Office, anti-social behaviour order statistics, England and Wales 2010 to 2013.
ORDERS = {2010: 1_664, 2011: 1_414, 2012: 1_329, 2013: 1_349}
CONVICTION, BREACHED = 0.62, 0.58
AGES = {"10_11": 0.005, "12_14": 0.075, "15_17": 0.2, "18": 0.72}
MEN = 0.87
# Clerks key by hand: a court reports late, a unit is mistaken.
SILENT, MISTAKEN = 0.002, 0.0005
KEYS = ("measure_id", "level", "court_code", "period_month", "case_type")


class Performance:
    """The database from ``first`` on; it holds counts, which come whole.

    What it shares with other systems it counts from what these send, so that the two can be compared.
    """

    def __init__(self, setting: Setting) -> None:
        register, streams, first = setting.register, setting.streams, setting.persons
        self._streams = streams
        self._first = max(first, FROM, key=lambda each: each.start)
        courts = listed(register, "perf_court").codes
        forces = {each.code: each.parent for each in listed(register, "police_force").codes}
        self._courts = pl.DataFrame({
            "court_code": [each.code for each in courts], "area": [each.parent for each in courts],
            "region": [forces[each.parent or ""] for each in courts],
        })  # fmt: skip
        self._areas = pl.DataFrame({"area": list(forces), "region": list(forces.values())})
        self._nation = listed(register, "england_and_wales").codes[0].code
        weight = np.exp(0.7 * streams.of("performance courts").standard_normal(len(courts)))
        self._county = np.array([each.attributes["kind"] == "county" for each in courts])
        self._weight = np.where(self._county, weight, 0.0)
        large = np.argsort(-self._weight, kind="stable")[:WINDING_UP]
        self._large = np.zeros(len(courts))
        self._large[large] = self._weight[large]

    def month(self, month: Period, sent: Sequence[Delivery] = ()) -> Month:
        """What the branch sends for a month, and the truth behind it.

        Args:
            sent: What the other systems sent for the month.
        """
        if month.start < self._first.start:
            return [], {}
        rng = self._streams.of("performance", month)
        held = list(sent)
        parts = [*self._petitions(month, rng), *self._orders(month, rng), self._claims(month, held)]
        known = self._silent(pl.concat(parts), rng)
        counts = pl.concat([
            self._added(known), self._others("MC_CASES", "LIBRA", "libra.mc_case", None, month, held),
            self._others("CROWN_RECEIPTS", "CREST", "crest.cc_case", "receipt_date", month, held),
        ])  # fmt: skip
        rows = pl.concat([counts, self._rates(rng)], how="diagonal_relaxed")
        rows = self._keyed(rows, month, rng)
        truth = known.with_columns(month=pl.lit(month.start)).select(
            "month", "measure_id", "court_code", "case_type", pl.col("value").cast(pl.Int64)
        )
        return [one("perfdb.measure_value", "HMCTS", month, rows, *KEYS)], {"performance": truth}

    def _petitions(self, month: Period, rng: np.random.Generator) -> list[pl.DataFrame]:
        parts = []
        for measure, kind in PETITIONS.items():
            total = rng.poisson(insolvency.presented(kind, month))
            high = insolvency.HIGH_COURT[kind]
            weight = self._large if measure == "INS_WINDUP" else self._weight
            weight = (1 - high) * weight / weight.sum() + np.where(self._county, 0, high)
            value = rng.multinomial(total, weight / weight.sum())
            parts.append(self._frame(measure, self._courts.with_columns(value=pl.Series(value))))
        return parts

    def _orders(self, month: Period, rng: np.random.Generator) -> list[pl.DataFrame]:
        """Orders against anti-social behaviour, which areas report as a whole, by sex and age."""
        year = min(max(month.start.year, min(ORDERS)), max(ORDERS))
        total = ORDERS[year] * len(working_days(month)) / 253
        shares = {"ASBO_APPLICATION": 1 - CONVICTION, "ASBO_CONVICTION": CONVICTION, "ASBO_BREACH": BREACHED}
        parts = []
        for measure, share in shares.items():
            for sex, men in (("M", MEN), ("F", 1 - MEN)):
                for age, of in AGES.items():
                    value = rng.poisson(total * share * men * of / self._areas.height, self._areas.height)
                    frame = self._areas.with_columns(
                        court_code=pl.lit(None, dtype=pl.String), value=pl.Series(value), kind=pl.lit(sex + age)
                    )
                    parts.append(self._frame(measure, frame, case_type="kind"))
        return parts

    def _claims(self, month: Period, sent: list[Delivery]) -> pl.DataFrame:
        """Claims by county court as CaseMan's extracts of the month have them."""
        issued = [each.frame.select("court_code", "issue_date") for each in sent if each.dataset == "caseman.claim"]
        mine = self._courts.filter(pl.Series(self._county))
        if not issued:
            return self._frame("CC_CLAIMS", mine.clear().with_columns(value=pl.lit(0, dtype=pl.Int64)))
        counted = pl.concat(issued).filter(pl.col("issue_date").is_between(month.start, month.end))
        value = counted.group_by("court_code").len("value")
        found = mine.join(value, on="court_code", how="left", maintain_order="left")
        return self._frame("CC_CLAIMS", found.with_columns(pl.col("value").fill_null(0).cast(pl.Int64)), "CASEMAN")

    def _frame(self, measure: str, rows: pl.DataFrame, source: str | None = None, case_type: str = "") -> pl.DataFrame:
        return rows.select(
            pl.lit(measure).alias("measure_id"), "court_code", "area", "region",
            (pl.col(case_type) if case_type else pl.lit("ALL")).alias("case_type"), pl.col("value").cast(pl.Int64),
            pl.lit(source, dtype=pl.String).alias("source_system"),
        )  # fmt: skip

    def _silent(self, rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        """Rows without those of courts that do not report in time."""
        heard = pl.Series(rng.random(rows.height) >= SILENT) | rows["source_system"].is_not_null()
        return rows.filter(heard | rows["court_code"].is_null())

    def _added(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of courts, and the totals of their areas, regions and the nation."""
        by = ("measure_id", "case_type", "source_system")
        own = rows.filter(pl.col("court_code").is_not_null()).select(*by, "court_code", "value", level=pl.lit("COURT"))
        parts = [own]
        for level, column in (("AREA", "area"), ("REGION", "region")):
            total = rows.group_by(*by, column).agg(pl.col("value").sum()).rename({column: "court_code"})
            parts.append(total.select(*by, "court_code", "value", level=pl.lit(level)))
        nation = rows.group_by(*by).agg(pl.col("value").sum())
        parts.append(nation.select(*by, pl.lit(self._nation).alias("court_code"), "value", level=pl.lit("NATIONAL")))
        return pl.concat(parts)

    def _others(
        self, measure: str, source: str, dataset: str, day: str | None, month: Period, sent: list[Delivery]
    ) -> pl.DataFrame:
        """Counts of courts that are in no list of areas yet, and of the nation."""
        columns = ["court_code"] if day is None else ["court_code", day]
        found = [each.frame.select(columns) for each in sent if each.dataset == dataset]
        rows = pl.concat(found) if found else pl.DataFrame(schema={"court_code": pl.String})
        if day is not None and found:
            rows = rows.filter(pl.col(day).is_between(month.start, month.end))
        counted = rows.group_by("court_code").len("value").with_columns(pl.col("value").cast(pl.Int64))
        total = pl.DataFrame({"court_code": [self._nation], "value": [int(counted["value"].sum())]})
        total = total.filter(pl.col("value") > 0)
        return pl.concat([
            each.select(
                pl.lit(measure).alias("measure_id"), pl.lit("ALL").alias("case_type"),
                pl.lit(source).alias("source_system"), "court_code", "value", level=pl.lit(level),
            )
            for each, level in ((counted, "COURT"), (total, "NATIONAL"))
        ])  # fmt: skip

    def _rates(self, rng: np.random.Generator) -> pl.DataFrame:
        """Measures that are a numerator over a denominator, for a few large courts."""
        codes = self._courts["court_code"].filter(pl.Series(self._large > 0))
        parts = []
        for measure, unit, middle in (("CC_DEFAULT_PCT", "PCT", 0.55), ("CC_SMALL_WEEKS", "WEEKS", 30.0)):
            below = rng.integers(40, 900, len(codes))
            mean = middle * np.exp(0.15 * rng.standard_normal(len(codes)))
            above = np.rint(below * mean).astype(np.int64)
            value = np.round(above / below * (100 if unit == "PCT" else 1), 2)
            parts.append(pl.DataFrame({
                "measure_id": [measure] * len(codes), "case_type": ["ALL"] * len(codes), "court_code": codes,
                "level": ["COURT"] * len(codes), "unit": [unit] * len(codes), "rate": value,
                "numerator": above, "denominator": below,
            }))  # fmt: skip
        return pl.concat(parts)

    def _keyed(self, rows: pl.DataFrame, month: Period, rng: np.random.Generator) -> pl.DataFrame:
        """The contract's columns, with who keyed each value and when."""
        rows = rows.sort("measure_id", "level", "court_code", "case_type")
        count = rows.height
        end = np.datetime64(month.end).astype("datetime64[us]").astype(np.int64)
        at = end + (rng.integers(86_400, 86_400 * 12, count) * 1_000_000)
        mistaken = pl.Series(rng.random(count) < MISTAKEN) & (rows["level"] == "COURT") & rows["rate"].is_not_null()
        return rows.select(
            "measure_id", "level", "court_code", pl.lit(month.start).alias("period_month"), "case_type",
            pl.coalesce(pl.col("value").cast(pl.Float64), "rate").cast(pl.Decimal(14, 2)).alias("value"),
            pl.when(mistaken).then(pl.lit("DAYS")).otherwise(pl.col("unit").fill_null("COUNT")).alias("unit"),
            pl.col("numerator").cast(pl.Decimal(16, 2)), pl.col("denominator").cast(pl.Decimal(16, 2)),
            ("U" + pl.Series(rng.integers(100, 700, count)).cast(pl.String)).alias("entered_by"),
            pl.Series(at.astype("datetime64[us]")).alias("entered_at"),
            pl.Series(np.where(rng.random(count) < 0.8, "FINAL", "PROVISIONAL").astype(str)).alias("status"),
            pl.col("source_system").fill_null("LOCAL"), pl.lit(None, dtype=pl.String).alias("comment"),
        )  # fmt: skip
