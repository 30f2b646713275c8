"""Casework on prisoners: who is recalled, who serves without an end, their reviews and releases.

Recalled offenders come from receptions into prison, so that the prison systems confirm their return.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, dates, kept, months, texts
from justice_world.population.identifiers import padded
from justice_world.rooms import day, moments
from justice_world.shelf import Shelf
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


# Of receptions into prison in 2010 and 2011 one in 120 began an indeterminate sentence (Offender Management
# Statistics, Ministry of Justice); who is on recall the prison systems say.
_INDETERMINATE = 0.008
_UNCONFIRMED = 0.01  # of returns to custody: none that prisons know of
_AT_LARGE = 0.05  # of recalls: not back in custody
_TYPES = {"EMERGENCY": 0.13, "STANDARD": 0.45, "FIXED_TERM_28": 0.32, "HDC": 0.10}
_REASONS = {"FTC": 0.62, "FURTHER_CHARGE": 0.30, "OTHER": 0.08}
_KINDS = {"DETERMINATE": 0.93, "EPP": 0.04, "EDS": 0.0, "DCR": 0.03}
_ENDLESS = {"IPP": 0.66, "DPP": 0.03, "MANDATORY": 0.24, "DISCRETIONARY": 0.04, "AUTOMATIC": 0.03}
_OFFENCES = {"VIOLENCE": 0.25, "ROBBERY": 0.14, "BURGLARY": 0.18, "DRUGS": 0.14, "THEFT": 0.15, "SEXUAL": 0.06,
             "OTHER": 0.08}  # fmt: skip
_HARM = {"LOW": 0.1, "MEDIUM": 0.48, "HIGH": 0.36, "VERY_HIGH": 0.06}
_OUTCOMES = {"NO_CHANGE": 0.55, "OPEN_CONDITIONS": 0.2, "RELEASE": 0.14, "DEFERRED": 0.11}
_UNKNOWN_NUMBER = 0.02  # records without the prisoner's number
_FIELDS = ("noms_no", "prison_number", "surname", "forenames", "dob", "sex", "ethnicity")


class Recalls:
    """Offenders known to the casework section, and what waits for later months."""

    def __init__(self, register: Register, streams: Streams) -> None:
        self._register, self._streams = register, streams
        self._known = pl.DataFrame()
        self._reviews, self._ends = Shelf(), Shelf()
        self._given = {"P": 0, "R": 0, "C": 0}
        forces = register.codes["police_force"].codes
        self._forces = [(each.code, each.attributes.get("probation_trust", "")) for each in forces]

    def month(self, month: Period, received: pl.DataFrame, recalled: pl.Series) -> dict[str, pl.DataFrame]:
        """Tables of a month from its receptions.

        Args:
            month: The month.
            received: Rows of the prison systems, with ``person``.
            recalled: Numbers of those who were received on recall.
        """
        rng = self._streams.of("casework", month)
        chance = rng.random(received.height)
        on_recall = received["noms_no"].is_in(recalled.implode()).to_numpy()
        on_recall |= chance > 1 - _UNCONFIRMED * on_recall.mean()
        back = received.filter(pl.Series(on_recall))
        endless = received.filter(pl.Series(~on_recall & (chance < _INDETERMINATE)))
        changed = [self._enter(endless, month, rng, endless=True), self._enter(back, month, rng, endless=False)]
        recalls = self._recall(month, changed[1], rng)
        late = self._ends.take(month)
        reviews = self._review(month, rng)
        directed = self._reviews.take(month)
        made = pl.concat([each for each in (reviews, directed) if each.width], how="diagonal")
        records = pl.concat(changed).unique("ppud_id", keep="last", maintain_order=True)
        return {
            "offender": records.sort("ppud_id"),
            "parole_review": made.unique("review_id", keep="last", maintain_order=True).sort("review_id"),
            "recall": pl.concat([recalls, *([late] if late.width else [])], how="diagonal")
            .unique("recall_id", keep="last", maintain_order=True)
            .sort("recall_id"),
            "release": self._released(late, directed, month),
        }

    def _number(self, letter: str, count: int, width: int) -> pl.Series:
        start = self._given[letter]
        self._given[letter] += count
        return letter + padded(start + np.arange(count), width)

    def _enter(self, rows: pl.DataFrame, month: Period, rng: np.random.Generator, *, endless: bool) -> pl.DataFrame:
        """Records of offenders: of new ones, and of known ones as they are changed."""
        rows = rows.unique("noms_no", keep="last", maintain_order=True)
        count = rows.height
        held = rows.select("noms_no", "updated_date").join(
            self._known if self._known.width else _nobody(), on="noms_no", how="left", suffix="_before"
        )
        came = rows["updated_date"].cast(pl.Int32).to_numpy().astype(np.int64)
        sentenced = came - rng.integers(10, 2200 if endless else 1400, count)
        tariff = sentenced + rng.integers(500, 2600, count)
        ends = came + rng.integers(60, 1500, count)
        kind = choose(rng, _ENDLESS if endless else _KINDS, count)
        category = np.where(np.isin(kind, ("IPP", "DPP")), "IPP", "LIFE" if endless else "RECALL")
        fresh = pl.DataFrame({
            **{name: rows[name] for name in _FIELDS},
            "ppud_id": self._number("P", count, 7),
            "category": texts(category),
            "custody_type": texts(kind),
            "sentence_date": dates(sentenced),
            "tariff_expiry_date": dates(tariff, np.full(count, endless)),
            "licence_expiry_date": dates(ends, np.full(count, not endless)),
            "sentence_expiry_date": dates(ends + 10, np.full(count, not endless)),
            "index_offence": texts(choose(rng, _OFFENCES, count)),
            "mappa_level": texts(choose(rng, {"1": 0.9, "2": 0.08, "3": 0.02}, count), rng.random(count) < 0.4),
            "harm_level": texts(choose(rng, _HARM, count)),
            "shown_no": kept(rows["noms_no"], rng.random(count) >= _UNKNOWN_NUMBER),
            "updated_date": rows["updated_date"],
            "person": rows["person"].cast(pl.Int64),
            "last_review": pl.repeat(0, count, dtype=pl.Int64, eager=True),
            "released": pl.repeat(False, count, dtype=pl.Boolean, eager=True),
        })  # fmt: skip
        seen = held["ppud_id"].is_not_null()
        again = held.filter(seen).drop("updated_date_before").select(fresh.columns)
        out = pl.concat([fresh.filter(~seen), again])
        if self._known.width:
            self._known = pl.concat([self._known.join(out, on="ppud_id", how="anti"), out.select(self._known.columns)])
        else:
            self._known = out
        return out

    def _recall(self, month: Period, back: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        """Recalls of those who came back, and of some who did not; gives the rows of the month."""
        free = self._known.filter(pl.col("category") == "RECALL", ~pl.col("ppud_id").is_in(back["ppud_id"].implode()))
        away = min(int(rng.poisson(_AT_LARGE * back.height)), free.height)
        gone = free.sample(away, seed=int(rng.integers(2**31))) if away else free.clear()
        rows = pl.concat([back, gone])
        count, here = rows.height, np.arange(rows.height) < back.height
        came = rows["updated_date"].cast(pl.Int32).to_numpy().astype(np.int64)
        hour = 3600
        back_at = came * 24 * hour + rng.integers(7 * hour, 20 * hour, count)
        kind = choose(rng, _TYPES, count)
        taken = np.exp(rng.normal(np.where(kind == "EMERGENCY", 3.4, 4.2), 0.75)) * hour
        fresh = day(month) * 24 * hour + rng.integers(0, 27 * 24 * hour, count)
        revoked = np.where(here, back_at - taken.astype(np.int64), fresh)
        decided = revoked - rng.integers(10 * 60, 5 * hour, count)
        force = rng.integers(0, len(self._forces), count)
        pairs = [self._forces[each] for each in force]
        recalls = pl.DataFrame({
            "recall_id": self._number("C", count, 8),
            "ppud_id": rows["ppud_id"],
            "requested_at": moments(decided - rng.integers(hour, 40 * hour, count)),
            "decided_at": moments(decided),
            "recall_type": texts(kind),
            "reason": texts(choose(rng, _REASONS, count)),
            "revoked_at": moments(revoked),
            "returned_at": kept(moments(back_at), here),
            "in_custody": pl.Series(here),
            "unlawfully_at_large": pl.Series(~here),
            "police_force": pl.Series([each[0] for each in pairs], dtype=pl.String),
            "probation_trust": pl.Series([each[1] for each in pairs], dtype=pl.String),
            "re_release_date": pl.repeat(None, count, dtype=pl.Date, eager=True),
        })  # fmt: skip
        stay = np.where(kind == "FIXED_TERM_28", 28, 30 + rng.exponential(120, count).astype(np.int64))
        freed = came + stay
        ends = here & (rows["category"] == "RECALL").to_numpy()  # others are released when a review directs it
        later = recalls.with_columns(
            in_custody=pl.lit(False), re_release_date=dates(freed), entered=months(freed)
        ).filter(pl.Series(ends & (freed > day(month, last=True))))  # fmt: skip
        self._ends.put(later)
        return recalls

    def _review(self, month: Period, rng: np.random.Generator) -> pl.DataFrame:
        """Reviews directed in a month: of who is past the tariff, once in about a year; outcomes wait."""
        first, last = day(month), day(month, last=True)
        if not self._known.width:
            return pl.DataFrame()
        due = (pl.col("tariff_expiry_date") <= month.end) & (pl.col("last_review") <= first - 365) & ~pl.col("released")
        chosen = self._known.filter(due.fill_null(value=False))
        ids = chosen["ppud_id"].implode()
        self._known = self._known.with_columns(
            last_review=pl.when(pl.col("ppud_id").is_in(ids)).then(first).otherwise("last_review").cast(pl.Int64)
        )
        count = chosen.height
        directed = rng.integers(first, last + 1, count)
        heard = directed + rng.integers(35, 150, count)
        outcome = texts(choose(rng, _OUTCOMES, count))
        reviews = pl.DataFrame({
            "review_id": self._number("R", count, 8),
            "ppud_id": chosen["ppud_id"],
            "stage": texts(choose(rng, {"POST_TARIFF": 0.8, "ON_TARIFF": 0.2}, count)),
            "directed_date": dates(directed),
            "hearing_type": texts(np.where(rng.random(count) < 0.6, "ORAL", "PAPER")),
            "hearing_date": dates(heard),
            "outcome": outcome,
            "next_review_date": kept(dates(heard + 400), (outcome != "RELEASE").to_numpy()),
            "entered": months(heard),
        })  # fmt: skip
        if count:
            self._reviews.put(reviews)
        unknown = ("hearing_date", "outcome", "next_review_date")
        return reviews.drop("entered").with_columns(
            pl.lit(None, dtype=reviews[name].dtype).alias(name) for name in unknown
        )

    def _released(self, late: pl.DataFrame, directed: pl.DataFrame, month: Period) -> pl.DataFrame:
        """Releases of the month: after recall, and on direction of a review heard in it."""
        found = []
        if late.width:
            found.append(late.select("ppud_id", release_date="re_release_date", after_recall=pl.lit(True)))
        if directed.width:
            free = directed.filter(pl.col("outcome") == "RELEASE")
            ids = free["ppud_id"].implode()
            self._known = self._known.with_columns(released=pl.col("released") | pl.col("ppud_id").is_in(ids))
            day_of = pl.min_horizontal(pl.col("hearing_date") + pl.duration(days=10), pl.lit(month.end))
            found.append(free.select("ppud_id", release_date=day_of.cast(pl.Date), after_recall=pl.lit(False)))
        if not found:
            return pl.DataFrame(schema={"ppud_id": pl.String, "release_date": pl.Date, "after_recall": pl.Boolean})
        return pl.concat(found).unique(("ppud_id", "release_date"), maintain_order=True).sort("ppud_id", "release_date")


def _nobody() -> pl.DataFrame:
    text = dict.fromkeys(
        ("noms_no", "prison_number", "surname", "forenames", "sex", "ethnicity", "ppud_id", "category", "custody_type",
         "index_offence", "mappa_level", "harm_level", "shown_no"), pl.String,
    )  # fmt: skip
    day_of = dict.fromkeys(
        ("dob", "sentence_date", "tariff_expiry_date", "licence_expiry_date", "sentence_expiry_date", "updated_date"),
        pl.Date,
    )
    return pl.DataFrame(schema={**text, **day_of, "person": pl.Int64, "last_review": pl.Int64, "released": pl.Boolean})
