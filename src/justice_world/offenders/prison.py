"""A stay in prison from reception to release: booking, movements, sentence and statuses, and what happens in it.

Stays are so long that as many people are inside on a day as were in 2011 (85,000 at scale 1; Offender Management
Statistics Quarterly). A stay may be in two prisons, one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.offenders.draws import age, choose, dates, kept, later, months, repeated, same, states, texts
from justice_world.offenders.window import END


MEAN_STAY = 190.0  # days, of those who are sentenced
UNSENTENCED = 0.2  # of that, the stay of those who never are; one prisoner in seven was on remand in 2011
SENTENCED = 0.72  # of receptions, those who are sentenced sooner or later
ON_REMAND = 0.4  # of these, those who were on remand first
MOVED = 0.25  # of stays of a week and more go on in another prison
HDC = 0.10  # of releases from a sentence, earlier on a curfew
CONVICTED = 28  # days at most between verdict and sentence
RECALLED = 0.13  # of those, recalled
_ON_RECALL = 0.13  # of those received under a sentence: one reception in nine (Offender Management Statistics, 2011)
_MEN = {"BXI": 0.2, "MDI": 0.2, "LEI": 0.2, "PVI": 0.2, "HLI": 0.2}
_YOUNG = {"FMI": 0.5, "HII": 0.5}
# Sentenced population of March 2018 by offence (Offender Management Statistics Quarterly); that burglary is three in
# five of theft, and that classes with no code here (a sixth) are shared out over the others, are assumptions.
_OFFENCES = {"TH68010 THEFT": 0.06, "TH68023 BURGLARY": 0.09, "OF61102 VIOLENCE": 0.31, "MD71530 DRUGS": 0.17,
             "SX03001 SEXUAL": 0.21, "TH68036 ROBBERY": 0.11, "RT88971 MOTORING": 0.05}  # fmt: skip
_ROTL = {"RDR": 0.6, "ROR": 0.25, "SPL": 0.12, "CRL": 0.03}
_CHARGES = {"DISOBEY": 0.4, "PROPERTY": 0.2, "DRUG": 0.15, "ASSAULT": 0.12, "OTHER": 0.12, "ESCAPE": 0.01}
_PUNISHED = {"ADA": 0.12, "CC": 0.2, "FORFEIT": 0.45, "EARNINGS": 0.13, "CAUTION": 0.1}


@dataclass(frozen=True)
class Stays:
    """Bookings of a chunk, in order: arrays with a place for each.

    Attributes:
        row: Row of the reception among the prison's records.
        arrived, left: Days; a stay that outlasts this world leaves on `END` or later.
        moved: Day of the move to the second prison, `left` where there is none.
        sentenced: Day of the sentence, `left` where there is none.
        term: Days of the sentence.
        on_recall: Whether the prisoner was received on recall.
        on_curfew: Whether the prisoner is released on home detention curfew.
    """

    row: np.ndarray
    book: pl.Series
    noms: pl.Series
    arrived: np.ndarray
    moved: np.ndarray
    left: np.ndarray
    sentenced: np.ndarray
    term: np.ndarray
    first: pl.Series
    second: pl.Series
    young: np.ndarray
    on_recall: np.ndarray
    on_curfew: np.ndarray

    def keys(self, row: np.ndarray, day: np.ndarray) -> dict[str, pl.Series]:
        """Booking, supplier and months of what happens to these on these days."""
        return {
            "book_id": self.book.gather(row),
            "supplier": same("NOMS", len(row)),
            "entered": months(day),
            "began": months(self.arrived[row]),
        }

    @property
    def is_sentenced(self) -> np.ndarray:
        return self.sentenced < self.left

    @property
    def admitted(self) -> pl.Series:
        """Why each is received: on recall, under a sentence, or on remand."""
        under = (self.sentenced == self.arrived) & self.is_sentenced
        sentenced = np.where(self.on_recall, "L", np.where(self.young, "W", "I"))
        return texts(np.where(under, sentenced, "N"))


def stays(prisoners: pl.DataFrame, record: pl.Series, arrived: np.ndarray, rng: np.random.Generator) -> Stays:
    """One stay for each reception, over before the same number is received again; two on one day are one."""
    count = prisoners.height
    frame = pl.DataFrame({"noms": prisoners["noms_no"], "day": arrived, "row": np.arange(count)}).sort(
        "noms", "day", "row"
    )
    # Children under 15 are held elsewhere, whatever their record says.
    by_birthday = age(prisoners["dob"].to_numpy().astype("datetime64[D]").astype(np.int64), arrived)
    frame = frame.filter(pl.col("row").is_in(pl.Series(np.flatnonzero(by_birthday >= 15)).implode()))
    frame = frame.unique(["noms", "day"], keep="first", maintain_order=True).with_columns(
        next=pl.col("day").shift(-1).over("noms").fill_null(10**6)
    )
    frame = frame.sort("row")
    row, day = frame["row"].to_numpy(), frame["day"].to_numpy()
    many = len(row)
    to_come = rng.random(many) < SENTENCED
    stay = rng.exponential(MEAN_STAY, many) * np.where(to_come, 1.0, UNSENTENCED)
    left = np.minimum(day + 1 + stay.astype(np.int64), frame["next"].to_numpy() - 1)
    left = np.maximum(left, day)
    long = left - day
    moved = np.where((rng.random(many) < MOVED) & (long >= 7), later(day, left, 0.2 + 0.5 * rng.random(many)), left)
    waited = (rng.random(many) < ON_REMAND) & (long >= 3)
    sentenced = np.where(to_come, np.where(waited, later(day, left, 0.05 + 0.15 * rng.random(many)), day), left)
    years = by_birthday[row]
    female = (prisoners["sex"].gather(row) == "2").to_numpy()
    young = (years < 20) & ~female
    first, second = (
        np.where(female, "HYI", np.where(young, choose(rng, _YOUNG, many), choose(rng, _MEN, many))) for _ in range(2)
    )
    moved = np.where(first == second, left, moved)
    term = np.maximum(2 * (left - np.minimum(sentenced, left)), 4)
    # Of generators of their own, so that what is drawn besides does not hang on them.
    recall, curfew = (each.random(many) for each in rng.spawn(2))
    return Stays(
        row=row, book=record.str.slice(1).gather(row), noms=frame["noms"], arrived=day, moved=moved, left=left,
        sentenced=sentenced, term=term, first=texts(first), second=texts(second), young=years < 21,
        on_recall=(sentenced == day) & (sentenced < left) & (recall < _ON_RECALL),
        on_curfew=(sentenced < left) & (term >= 90) & (curfew < HDC / 0.4) & (left < END),
    )  # fmt: skip


def bookings(of: Stays, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """``booking``, ``sentence``, ``imprisonment_status``, ``charge`` and ``hdc``."""
    every = np.arange(len(of.row))
    frame = pl.DataFrame({
        **of.keys(every, of.arrived),
        "noms_no": of.noms,
        "booking_begin": dates(of.arrived),
        "booking_end": dates(of.left),
        "active": np.zeros(len(every), bool),
        "agy_loc": same("OUT", len(every)),
        "admission_reason": of.admitted,
        "youth_adult_code": texts(np.where(of.young, "Y", "A")),
        "in_out_status": same("OUT", len(every)),
        "risk_category": texts(choose(rng, {"B": 0.2, "C": 0.65, "D": 0.13, "A": 0.02}, len(every))),
        "first": of.first,
    }).drop("entered", "began")  # fmt: skip
    sent = states(frame, ("booking_end", "active", "agy_loc", "in_out_status"), of.arrived, of.left, END - 1)
    sent = sent.with_columns(
        active=pl.col("booking_end").is_null(),
        agy_loc=pl.col("agy_loc").fill_null(pl.col("first")),
        in_out_status=pl.col("in_out_status").fill_null("IN"),
    ).drop("first")
    return {"booking": sent, **_sentences(of, rng), "charge": _charges(of, rng), "hdc": _curfews(of, rng)}


def _sentences(of: Stays, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    here = np.flatnonzero(of.is_sentenced)
    start, term, left = of.sentenced[here], of.term[here], of.left[here]
    young = of.young[here]
    life = rng.random(len(here)) < 0.005
    ends = start + term
    status = np.where(life, "LIFE", np.where(young, "YOI", "SENT03"))
    sentences = pl.DataFrame({
        **of.keys(here, start),
        "sentence_seq": np.ones(len(here), np.int64),
        "calc_type": texts(np.where(life, "MLP", np.where(young, "YOI", "ADIMP"))),
        "category": same("2003", len(here)),
        "status": same("A", len(here)),
        "imprisonment_status": texts(status),
        "start_date": dates(start),
        "end_date": dates(ends, ~life),
        "consec_to_seq": pl.repeat(None, len(here), dtype=pl.Int64, eager=True),
        "term_years": kept(pl.Series(term // 365), ~life),
        "term_months": kept(pl.Series(term % 365 // 31), ~life),
        "term_days": kept(pl.Series(term % 365 % 31), ~life),
        "sed": dates(ends, ~life),
        "led": dates(ends, ~life & (term >= 365)),
        "crd": dates(left, ~life),
        "ard": pl.repeat(None, len(here), dtype=pl.Date, eager=True),
        "ped": pl.repeat(None, len(here), dtype=pl.Date, eager=True),
        "hdced": dates(np.maximum(left - 30, start), ~life & (term >= 90)),
        "tused": pl.repeat(None, len(here), dtype=pl.Date, eager=True),
        "tariff_date": dates(start + 3650, life),
    }).filter(pl.Series(start < END))  # fmt: skip
    # On remand until the verdict, or until the end; convicted until the sentence; then under it.
    verdict = np.where(of.is_sentenced, np.maximum(of.sentenced - CONVICTED, of.arrived), of.left)
    tried, respited = verdict > of.arrived, of.is_sentenced & (of.sentenced > verdict)
    untried, waiting = np.flatnonzero(tried), np.flatnonzero(respited)
    who = np.concatenate([untried, waiting, here])
    begins = np.concatenate([of.arrived[untried], verdict[waiting], of.sentenced[here]])
    until = np.concatenate([verdict[untried], of.sentenced[waiting], of.left[here]])
    name = np.concatenate([np.array(["RX", "JR"], dtype=object).repeat([len(untried), len(waiting)]), status])
    before = np.concatenate([0 * untried, 1 * tried[waiting], 1 * tried[here] + respited[here]])
    band = {"RX": (13, 710), "JR": (4, 400), "LIFE": (1, 20), "YOI": (2, 190), "SENT03": (2, 110)}
    frame = pl.DataFrame({
        **of.keys(who, begins),
        "status_seq": 1 + before,
        "status": texts(name),
        "band": np.array([band[each][0] for each in name]),
        "rank": np.array([band[each][1] for each in name]),
        "from_date": dates(begins),
        "to_date": dates(until),
    }).drop("entered")  # fmt: skip
    arrived = frame["began"]
    sent = states(frame.drop("began").with_columns(arrived=arrived), ("to_date",), begins, until, END - 1)
    sent = (
        sent.with_columns(began=pl.col("arrived"))
        .drop("arrived")
        .filter(pl.col("from_date") < pl.lit(np.datetime64(END, "D").item()))
    )
    return {"sentence": sentences, "imprisonment_status": sent}


def _charges(of: Stays, rng: np.random.Generator) -> pl.DataFrame:
    row, number = repeated(1 + (rng.random(len(of.row)) < 0.3))
    named = texts(choose(rng, _OFFENCES, len(row)))
    return pl.DataFrame({
        **of.keys(row, of.arrived[row]),
        "charge_seq": number + 1,
        "offence_code": named.str.slice(0, 7),
        "offence_group": named.str.slice(8),
        "court": same("COURT", len(row)),
        "outcome": texts(np.full(len(row), "1002"), of.is_sentenced[row]),
        "main_offence": number == 0,
    })  # fmt: skip


def _curfews(of: Stays, rng: np.random.Generator) -> pl.DataFrame:
    here = np.flatnonzero(of.on_curfew)
    left = of.left[here]
    recalled = rng.random(len(here)) < RECALLED
    day = np.where(recalled, left + rng.integers(2, 60, len(here)), END)
    frame = pl.DataFrame({
        **of.keys(here, left),
        "hdc_seq": np.ones(len(here), np.int64),
        "eligible_date": dates(np.maximum(left - 30, of.sentenced[here])),
        "released_date": dates(left),
        "recalled_date": dates(day),
        "recall_reason": texts(choose(rng, {"CURFEW": 0.5, "MONITOR": 0.3, "OFFENCE": 0.15, "OTHER": 0.05}, len(here))),
        "curfew_end": dates(left + 90),
    }).rename({"began": "arrived"}).drop("entered")  # fmt: skip
    sent = states(frame, ("recalled_date", "recall_reason"), left, day, END - 1)
    return sent.with_columns(began=pl.col("arrived")).drop("arrived")


def movements(of: Stays, rng: np.random.Generator) -> pl.DataFrame:
    """``movement``: in, to court and back, to another prison, out."""
    count = len(of.row)
    at_once = of.sentenced == of.arrived
    court = np.where(at_once | ~of.is_sentenced, of.left, of.sentenced)  # sentenced out of remand
    to_court = of.is_sentenced & (court > of.arrived) & (court < of.left)
    first = of.first
    there = pl.select(pl.when(pl.Series(of.moved <= court)).then(of.second).otherwise(first)).to_series()
    last = pl.select(pl.when(pl.Series(of.moved < of.left)).then(of.second).otherwise(first)).to_series()
    reason = np.where(
        of.is_sentenced,
        np.where(of.on_curfew, "HR", "CR"),
        choose(rng, {"BD": 0.6, "DS": 0.1, "NG": 0.1, "NCS": 0.2}, count),
    )
    everybody, moves = np.ones(count, bool), of.moved < of.left
    out, courts = same("OUT", count), same("COURT", count)

    def all_of(word: str) -> pl.Series:
        return same(word, count)

    # Where two things fall on one day, the hours keep their order.
    parts = [
        (everybody, of.arrived, "08:00", "ADM", of.admitted, "IN", out, first),
        (moves, of.moved, "10:00", "TRN", all_of("TRNX"), "OUT", first, of.second),
        (moves, of.moved, "11:00", "TRN", all_of("TRNX"), "IN", first, of.second),
        (to_court, court, "12:00", "CRT", all_of("COURT"), "OUT", there, courts),
        (to_court, court, "17:00", "CRT", all_of("COURT"), "IN", courts, there),
        (everybody, of.left, "18:00", "REL", texts(reason), "OUT", last, out),
    ]
    frames = []
    for who, day, time, kind, why, direction, source, target in parts:
        here = np.flatnonzero(who & (day < END))
        frames.append(pl.DataFrame({
            **of.keys(here, day[here]),
            "place": here,
            "movement_date": dates(day[here]),
            "movement_time": same(time, len(here)),
            "movement_type": same(kind, len(here)),
            "reason": why.gather(here),
            "direction": same(direction, len(here)),
            "from_agy": source.gather(here),
            "to_agy": target.gather(here),
        }))  # fmt: skip
    found = pl.concat(frames).sort("place", "movement_date", "movement_time")
    return found.with_columns(movement_seq=pl.int_range(1, pl.len() + 1).over("place")).drop("place")


def events(of: Stays, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """``adjudication`` and ``rotl``."""
    long = of.left - of.arrived
    row, number = repeated(np.where(long > 2, rng.poisson(np.minimum(long / 140, 3)), 0))
    day = later(of.arrived[row] + 1, of.left[row] - 1, rng.random(len(row)))
    heard = np.minimum(day + rng.integers(0, 3, len(row)), of.left[row])
    proved = rng.random(len(row)) < 0.7
    punishment = choose(rng, _PUNISHED, len(row))
    adjudications = pl.DataFrame({
        **of.keys(row, heard),
        "adjudication_no": of.book.gather(row) + (number % 100).astype(str),
        "charge_seq": np.ones(len(row), np.int64),
        "establishment": _where(of, row, heard),
        "incident_date": dates(day),
        "heard_date": dates(heard),
        "charge": texts(choose(rng, _CHARGES, len(row))),
        "finding": texts(np.where(proved, "PROVED", "DISMISSED")),
        "punishment": texts(punishment, proved),
        "added_days": kept(pl.Series(rng.integers(1, 28, len(row))), proved & (punishment == "ADA")),
    }).filter(pl.Series(heard < END))  # fmt: skip
    row, number = repeated(np.where(of.is_sentenced & (long > 30), rng.poisson(1.0, len(long)), 0))
    out = later(of.sentenced[row], of.left[row] - 4, 0.6 + 0.4 * rng.random(len(row)))
    kind = choose(rng, _ROTL, len(row))
    due = out + np.where(kind == "ROR", 2, 0)
    late = rng.random(len(row)) < 0.004
    back = np.where(late, due + 1, due)
    licences = pl.DataFrame({
        **of.keys(row, out),
        "rotl_no": of.book.gather(row) + (number % 100).astype(str),
        "establishment": _where(of, row, out),
        "rotl_type": texts(kind),
        "out_date": dates(out),
        "due_date": dates(due),
        "back_date": dates(back),
        "failure": texts(np.full(len(row), "LATE"), late),
    }).filter(pl.Series(out < END))  # fmt: skip
    return {"adjudication": adjudications, "rotl": licences}


def _where(of: Stays, row: np.ndarray, day: np.ndarray) -> pl.Series:
    return pl.select(
        pl.when(pl.Series(day >= of.moved[row])).then(of.second.gather(row)).otherwise(of.first.gather(row))
    ).to_series()  # fmt: skip


def segments(of: Stays, prisoners: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The parts of stays in one prison each, with what a count of prisoners tells of a person (see `counts`)."""
    moves = of.moved < of.left
    row = np.concatenate([np.arange(len(of.row)), np.flatnonzero(moves)])
    second = np.arange(len(row)) >= len(of.row)
    start = np.where(second, of.moved[row], of.arrived[row])
    end = np.where(second, of.left[row], of.moved[row])
    place = pl.select(
        pl.when(pl.Series(second)).then(of.second.gather(row)).otherwise(of.first.gather(row))
    ).to_series()  # fmt: skip
    named = texts(choose(rng, _OFFENCES, len(row)))
    about = {
        name: prisoners[name].gather(of.row[row]) for name in ("sex", "ethnicity", "nationality", "religion", "dob")
    }
    return pl.DataFrame({
        **of.keys(row, start),
        "noms_no": of.noms.gather(row),
        "establishment": place,
        "from": dates(start),
        "to": dates(end),
        "came_by_transfer": second,
        "goes_by_transfer": ~second & moves[row],
        "sentenced": dates(of.sentenced[row]),
        "left": dates(of.left[row]),
        "term": of.term[row],
        "offence_group": named.str.slice(8),
        **about,
    })  # fmt: skip
