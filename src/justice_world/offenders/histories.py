"""What the Police National Computer holds of occasions beyond themselves: offences, disposals, identities merged."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, dates, kept, months, repeated, same, texts
from justice_world.population.identifiers import pnc_ids


MERGED = 0.004  # of records in a month take the place of an older one, kept under another number before
WEEDED = 0.3  # of numbers that are no more were weeded, not merged
CAPACITY = 5_000  # numbers of a year that a chunk may use
_OLD_SERIALS = 1_000_000  # above those that the population uses
_OFFENCES = {"049/10 TH68010": 0.26, "046/00 TH68010": 0.2, "105/01 CJ88116": 0.2, "092/01 MD71530": 0.16,
             "195/00 PU86004": 0.09, "008/26 CJ88144": 0.018, "008/11 PC53001": 0.012,
             "028/00 TH68023": 0.06}  # fmt: skip
_CONVICTED = {"1015": 0.46, "1116": 0.24, "1017": 0.08, "1115": 0.08, "1114": 0.10, "1016": 0.04}
_DAYS = 90  # at most, between offence and occasion in this world


def offences(
    rng: np.random.Generator, occasions: pl.DataFrame, day: np.ndarray, born: pl.Series, court: np.ndarray,
    here: np.ndarray,
) -> dict[str, pl.DataFrame]:  # fmt: skip
    """``pnc_offence`` and ``pnc_disposal`` of occasions on these days, of people with these recorded births.

    Args:
        court: Of all occasions of the chunk, whether they are in court; those are drawn for.
        here: Positions of the occasions given among all.
    """
    many = 1 + np.searchsorted([0.7, 0.92], rng.random(len(court)), side="right")
    row, number = repeated(many)
    count = len(row)
    before, found = rng.integers(0, _DAYS, count), rng.random(count) < 0.78
    named = choose(rng, _OFFENCES, count)
    ended, pleads = rng.random(count) < 0.1, rng.random(count) < 0.8
    others, serious = rng.poisson(0.05, count), rng.random(count) < 0.02
    recordable, sentence = rng.random(count) < 0.9, choose(rng, _CONVICTED, count)
    duration, amount = rng.integers(7, 300, count), 10 * rng.integers(3, 60, count)
    place = np.full(len(court), -1)
    place[here] = np.arange(len(here))
    some = np.flatnonzero(place[row] >= 0)
    court, row, number, count = court[row[some]], place[row[some]], number[some], len(some)
    start = day[row] - before[some]
    # Nobody is dealt with for what was done under 10.
    ten = born.dt.offset_by("10y1mo").to_numpy().astype("datetime64[D]").astype(np.int64)[row]
    start = np.where(start < ten, day[row], start)
    guilty = ~court | found[some]
    coded = texts(named[some])
    keys = {name: occasions[name].gather(row) for name in ("pnc_id", "occasion_no", "supplier", "entered", "began")}
    frame = pl.DataFrame({
        **keys,
        "offence_seq": number + 1,
        "ho_class": coded.str.slice(0, 6),
        "cjs_code": coded.str.slice(7),
        "offence_start": dates(start),
        "offence_end": dates(start, ended[some]),
        "plea": texts(np.where(guilty & pleads[some], "G", "NG"), court),
        "adjudication": texts(np.where(guilty, "GUILTY", "NOT_GUILTY"), court),
        "tic_count": np.where(court, others[some], 0),
        "serious": serious[some],
        "recordable": (number == 0) | recordable[some],
    })  # fmt: skip
    disposal = np.where(guilty, np.where(court, sentence[some], "1117"), "2006")
    custody = disposal == "1114"
    disposals = pl.DataFrame({
        **keys,
        "offence_seq": number + 1,
        "disposal_seq": np.ones(count, np.int64),
        "disposal": texts(disposal),
        "duration": kept(pl.Series(duration[some]), custody),
        "duration_unit": kept(same("D", count), custody),
        "amount": kept(pl.Series(amount[some]).cast(pl.Decimal(10, 2)), disposal == "1015"),
        "qualifiers": pl.repeat(None, count, dtype=pl.String, eager=True),
        "suspended": disposal == "1115",
        "primary_disposal": number == 0,
    })  # fmt: skip
    # A date of birth that was taken down wrongly would make a child of some: the PNC does not take these.
    old = pl.Series(start >= ten)
    there = (
        pl.DataFrame({"row": row, "old": old, "seq": number})
        .with_columns(all=pl.col("old").all().over("row"))["all"]
    )  # fmt: skip
    return {"pnc_offence": frame.filter(there), "pnc_disposal": disposals.filter(there)}


def merged(rng: np.random.Generator, persons: pl.DataFrame, day: np.ndarray, chunk: int) -> pl.DataFrame:
    """``pnc_merge``: older numbers, given before this world began, that a record takes the place of, or that go."""
    chosen = np.flatnonzero(rng.random(persons.height) < MERGED)[:CAPACITY]
    years = 1970 + rng.integers(0, 35, len(chosen))
    old = pnc_ids(years, _OLD_SERIALS + chunk * CAPACITY + np.arange(len(chosen)))
    weeded = rng.random(len(chosen)) < WEEDED
    month = months(day[chosen])
    return pl.DataFrame({
        "old_pnc_id": old,
        "new_pnc_id": kept(persons["pnc_id"].gather(chosen), ~weeded),
        "supplier": persons["supplier"].gather(chosen),
        "entered": month,
        "began": month,
        "reason": texts(np.where(weeded, "WEEDED", "MERGED")),
        "merged_date": dates(day[chosen]),
    })  # fmt: skip
