"""Civil representation: certificates in CIS until the migration of July 2013, cases in CCMS from then on."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.legal_aid.offices import NO_POSTCODE, Offices, choose, dates, days, money, ninos, pounds
from justice_world.offenders.draws import kept
from justice_world.people import births
from justice_world.population.meet import Population, true, written
from justice_world.shelf import Shelf
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


APPLICATIONS = 175_000  # a year; 144,000 certificates in 2012-13 (Legal Aid Statistics 2012-13, Legal Aid Agency)
# The Statement has CCMS replace CIS during 2013: the day, and the months in which both run before it, are ours.
MIGRATION = Period.parse("2013-07")
PARALLEL = Period.parse("2013-04")
_CATEGORIES = {
    "FAMILY_PRIVATE": 0.42,
    "FAMILY_PUBLIC": 0.30,
    "DOMESTIC_VIOLENCE": 0.09,
    "HOUSING": 0.08,
    "MENTAL_HEALTH": 0.01,
    "IMMIGRATION": 0.02,
    "CLIN_NEG": 0.03,
    "PUBLIC_LAW": 0.02,
    "COMMUNITY_CARE": 0.01,
    "OTHER": 0.02,
}
_FAMILY = ("FAMILY_PRIVATE", "FAMILY_PUBLIC", "DOMESTIC_VIOLENCE")
IN_COURT = 0.6  # of clients in these, who are parties to a case that began in the last month; an assumption
WOMEN, KNOWN = 0.62, 0.15  # of clients; with a record on the PNC: assumptions
GRANTED, WITHDRAWN = 0.86, 0.04
OVERASSESSED = 0.003  # of bills, assessed at more than was claimed
_OUTCOMES = {"WON": 0.35, "SETTLED": 0.3, "LOST": 0.1, "NO_BENEFIT": 0.2, "NOT_KNOWN": 0.05}


class Civil:
    """Certificates with everything that will become of them, drawn in the month of application."""

    def __init__(self, register: Register, offices: Offices, streams: Streams, scale: float,
                 population: Population) -> None:  # fmt: skip
        self._offices, self._streams, self._scale, self._population = offices, streams, scale, population
        self._categories = tuple(each.code for each in register.codes["civil_category"].codes)
        self._states, self._bills, self._charges, self._receipts = Shelf(), Shelf(), Shelf(), Shelf()
        self._open = pl.DataFrame()
        self._next = 1

    def month(self, month: Period) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
        """Tables of the system that is in use, and while both run what each counts; the truth is the migration."""
        rng = self._streams.of("civil", month)
        drawn = self._apply(rng, month)
        self._put(rng, drawn)
        states = self._states.take(month)
        frames: dict[str, pl.DataFrame] = {}
        truth: dict[str, pl.DataFrame] = {}
        if month.start < MIGRATION.start:
            self._open = pl.concat([self._open, drawn]) if self._open.height else drawn
            if month.shift(1).start.month == 1:
                self._open = self._open.filter(pl.col("ended").is_null() | (pl.col("ended") > month.start))
            if month.start >= PARALLEL.start:
                frames["ccms.parallel_run"] = self._parallel(rng, month, states)
        elif month.start == MIGRATION.start:
            still = pl.col("ended").is_null() | (pl.col("ended") >= month.start)
            moved = self._open.filter(still & (pl.col("application_date") < month.start)).select(
                "cert_ref", lsc_case_ref=_case(pl.col("cert_ref"))
            )
            frames["ccms.migration_map"] = moved.with_columns(migrated_on=pl.lit(month.start)).sort("cert_ref")
            truth["legal_aid_migration"] = frames["ccms.migration_map"]
            states = pl.concat([self._carried(month), states]).unique("cert_ref", keep="last", maintain_order=True)
        new = month.start >= MIGRATION.start
        frames |= self._sent(month, states, new)
        truth["legal_aid_certificates"] = drawn.select(
            "cert_ref",
            "category",
            "application_date",
            "grant_date",
            "ended",
            "end_status",
            "person",
            "household",
            "^true_.*$",
        )
        return frames, truth

    def _apply(self, rng: np.random.Generator, month: Period) -> pl.DataFrame:
        count = int(rng.poisson(APPLICATIONS / 12 * self._scale))
        applied = days(rng, month, count)
        category = choose(rng, _CATEGORIES, count)
        who = self._clients(rng, month, applied, category)
        told = written(rng, who, applied)
        fate = rng.random(count)
        good = fate < GRANTED
        decided = applied + 1 + np.minimum(rng.gamma(2.0, 6.0, count), 90).astype(np.int64)
        ended = np.where(good, decided + 60 + np.minimum(rng.gamma(2.0, 160.0, count), 2000).astype(np.int64), decided)
        means = choose(rng, {"PASSPORTED": 0.6, "NIL": 0.25, "CONTRIBUTION": 0.15}, count).to_numpy().astype(object)
        means[~good & (fate < 1 - WITHDRAWN)] = "REFUSED"
        number = pl.Series(np.arange(self._next, self._next + count)).cast(pl.String).str.zfill(6)
        self._next += count
        paid = means == "CONTRIBUTION"
        status = np.where(
            good,
            np.where(rng.random(count) < 0.03, "REVOKED", "DISCHARGED"),
            np.where(fate < 1 - WITHDRAWN, "REFUSED", "WITHDRAWN"),
        )
        return pl.DataFrame(
            {
                "cert_ref": f"A{chr(65 + month.start.month)}{month.start:%y}" + number,
                "client_name": told["forename"] + " " + told["surname"],
                "client_dob": told["dob"],
                "client_nino": ninos(rng, count),
                "client_postcode": kept(who["postcode"], rng.random(count) >= NO_POSTCODE),
                "category": category,
                "proceeding_codes": choose(rng, {"PR001": 0.5, "PR001;PR002": 0.3, "FM004": 0.2}, count),
                "provider_office": self._offices.accounts.gather(self._offices.draw(rng, count)),
                "application_date": dates(applied),
                "means_date": dates(decided),
                "means_outcome": pl.Series(means.tolist(), dtype=pl.String),
                "contribution": pounds(money(rng, 400.0, count, 9_000), paid),
                "merits_date": dates(decided, good),
                "merits_outcome": pl.select(pl.when(pl.Series(good)).then(pl.lit("GRANTED"))).to_series(),
                "grant_date": dates(decided, good),
                "emergency": rng.random(count) < 0.3,
                "cost_limit": pounds(np.full(count, 250_000), good),
                "outcome": choose(rng, _OUTCOMES, count),
                "end_status": pl.Series(status.tolist(), dtype=pl.String),
                "ended": dates(ended),
                "person": who["person"],
                "household": who["household"],
                **{each.name: each for each in true(who)},
            }
        )

    def _clients(
        self, rng: np.random.Generator, month: Period, applied: np.ndarray, category: pl.Series
    ) -> pl.DataFrame:
        """Adults; in family matters many are parties to a case before the family courts."""
        count, residents, parties = len(applied), self._population.residents, self._population.parties
        born = births(rng, applied, 0.0).to_numpy().astype(np.int64)
        number = residents.adults(rng, rng.random(count) < WOMEN, born)
        in_court = category.is_in(_FAMILY).to_numpy() & (rng.random(count) < IN_COURT)
        rows = np.flatnonzero(in_court)[: len(parties)]
        number[rows] = rng.permutation(parties)[: len(rows)]
        known = np.full(count, KNOWN)
        known[rows] = 0.0
        return self._population.some_known(rng, month, residents.who(number, applied), known)

    def _put(self, rng: np.random.Generator, drawn: pl.DataFrame) -> None:
        """What the month of each change will send: applied for, granted, at an end; and the money."""
        month = lambda name: pl.col(name).dt.truncate("1mo")  # noqa: E731
        applied = drawn.with_columns(updated_date=pl.col("application_date"), status=pl.lit("APPLIED"))
        granted = drawn.filter(pl.col("grant_date").is_not_null()).with_columns(
            updated_date=pl.col("grant_date"), status=pl.lit("GRANTED")
        )
        over = drawn.with_columns(updated_date=pl.col("ended"), status=pl.col("end_status"))
        every = pl.concat([applied, granted, over]).with_columns(entered=month("updated_date"))
        # Of several changes in a month only the last is sent.
        self._states.put(every.unique(["cert_ref", "entered"], keep="last", maintain_order=True))
        closed = drawn.filter(pl.col("grant_date").is_not_null())
        count = closed.height
        claimed = money(rng, 2_200.0, count, 90_000)
        assessed = np.where(rng.random(count) < OVERASSESSED, claimed + 100, np.rint(claimed * 0.95)).astype(np.int64)
        back = np.where(rng.random(count) < 0.08, assessed // 2, 0)
        self._bills.put(
            closed.select("cert_ref", paid_date=pl.col("ended")).with_columns(
                bill_type=pl.lit("FINAL"),
                scheme=pl.lit("CIVIL_REP"),
                claimed=pounds(claimed),
                assessed=pounds(assessed),
                recoveries=pounds(back),
                paid=pounds(assessed - back),
                entered=month("paid_date"),
            )
        )
        charged = closed.filter(pl.Series(rng.random(count) < 0.05))
        amount, interest = money(rng, 4_000.0, charged.height, 60_000), rng.integers(0, 40_000, charged.height)
        received = np.where(rng.random(charged.height) < 0.3, amount // 4, 0)
        self._charges.put(
            charged.select(
                "cert_ref", property_postcode=pl.col("client_postcode"), charge_date=pl.col("ended")
            ).with_columns(
                amount=pounds(amount),
                interest=pounds(interest),
                received=pounds(received),
                balance=pounds(amount + interest - received),
                entered=month("charge_date"),
            )
        )
        paying = closed.filter(pl.col("means_outcome") == "CONTRIBUTION")
        self._receipts.put(
            paying.select("cert_ref", amount=pl.col("contribution"), receipt_date=pl.col("grant_date")).with_columns(
                entered=month("receipt_date")
            )
        )

    def _carried(self, month: Period) -> pl.DataFrame:
        """Cases open on the day of migration, as they stand then."""
        still = pl.col("ended") >= month.start
        granted = pl.col("grant_date").is_not_null() & (pl.col("grant_date") < month.start)
        return self._open.filter(still & (pl.col("application_date") < month.start)).with_columns(
            updated_date=pl.lit(month.start),
            status=pl.when(granted).then(pl.lit("GRANTED")).otherwise(pl.lit("APPLIED")),
            entered=pl.lit(month.start),
        )

    def _sent(self, month: Period, states: pl.DataFrame, new: bool) -> dict[str, pl.DataFrame]:
        """The month's tables under the keys of the system in use."""
        source = "ccms" if new else "cis"
        main = _as_known(states).sort("cert_ref")
        tables = {
            name: shelf.take(month)
            for name, shelf in (("bill", self._bills), ("statutory_charge", self._charges), ("receipt", self._receipts))
        }
        mark = {"bill": "C" if new else "B", "receipt": "R"}
        frames: dict[str, pl.DataFrame] = {}
        for name, rows in tables.items():
            if not rows.height:
                continue
            found = rows.sort("cert_ref")
            if name in mark:
                number = pl.Series(np.arange(found.height)).cast(pl.String).str.zfill(5)
                found = found.with_columns((mark[name] + f"{month.start:%y%m}" + number).alias(f"{name}_ref"))
            frames[f"{source}.{name}"] = found.with_columns(lsc_case_ref=_case(pl.col("cert_ref"))) if new else found
        if not new:
            return {"cis.certificate": main, **frames}
        old = pl.col("application_date") < MIGRATION.start
        cases = main.with_columns(
            lsc_case_ref=_case(pl.col("cert_ref")),
            legacy_cert_ref=pl.when(old).then(pl.col("cert_ref")),
            application_type=pl.when(pl.col("emergency") & ~old)
            .then(pl.lit("EMERGENCY"))
            .otherwise(pl.lit("SUBSTANTIVE")),
            means_assessment_ref=pl.lit(None, dtype=pl.String),
            created_by=pl.when(old).then(pl.lit("migration")).otherwise(pl.lit("provider")),
        )
        changed = (pl.col("updated_date").cast(pl.Datetime("ms")) + pl.duration(hours=9)).alias("changed_at")
        step = pl.col("status").replace_strict({"APPLIED": 1, "GRANTED": 2}, default=3, return_dtype=pl.Int64)
        fresh = cases.filter(
            (pl.col("application_date") >= month.start)
            | (pl.col("updated_date") == MIGRATION.start) & (month.start == MIGRATION.start)
        )
        return {
            "ccms.case": cases,
            "ccms.proceeding": fresh.select(
                "lsc_case_ref",
                proceeding_no=pl.lit(1, dtype=pl.Int64),
                matter_type=pl.col("category"),
                client_involvement=pl.lit("A"),
                level_of_service=pl.lit("FULL"),
                scope_limitation=pl.lit("FM001"),
            ),
            "ccms.status_history": cases.select("lsc_case_ref", step.alias("seq"), "status", changed),
            **frames,
        }

    def _parallel(self, rng: np.random.Generator, month: Period, states: pl.DataFrame) -> pl.DataFrame:
        """What both systems count while both run; a few cases are counted a month apart."""
        rows = []
        for measure, status in (("APPLICATIONS", ["APPLIED"]), ("GRANTS", ["GRANTED"]), ("REFUSALS", ["REFUSED"])):
            counted = dict(states.filter(pl.col("status").is_in(status)).group_by("category").len().iter_rows())
            rows += [(month.start, category, measure, counted.get(category, 0)) for category in self._categories]
        schema = {"month": pl.Date, "category": pl.String, "measure": pl.String, "cis_count": pl.Int64}
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        most = (frame["cis_count"] * 0.004).floor().cast(pl.Int64).to_numpy()
        return frame.with_columns(ccms_count=pl.col("cis_count") - pl.Series(rng.integers(0, most + 1)))


def _case(cert: pl.Expr) -> pl.Expr:
    """Reference of the case that a certificate becomes: a number of its year, month and serial."""
    month = cert.str.slice(1, 1).replace_strict({chr(65 + m): f"{m:02d}" for m in range(1, 13)})
    return pl.lit("3") + cert.str.slice(2, 2) + month + cert.str.slice(4).str.zfill(7)


def _as_known(states: pl.DataFrame) -> pl.DataFrame:
    """Records as the system holds them in their state: what lies ahead is empty."""
    status = pl.col("status")
    granted, over = status.is_in(["GRANTED", "DISCHARGED", "REVOKED"]), status.is_in(["DISCHARGED", "REVOKED"])
    decided = status != "APPLIED"
    return states.with_columns(
        *(pl.when(decided).then(pl.col(name)).alias(name) for name in ("means_date", "means_outcome", "contribution")),
        *(
            pl.when(granted).then(pl.col(name)).alias(name)
            for name in ("merits_date", "merits_outcome", "grant_date", "cost_limit")
        ),
        discharge_date=pl.when(over).then(pl.col("ended")),
        outcome=pl.when(over).then(pl.col("outcome")),
    )
