"""Incidents of a month: what happened to whom, what two systems recorded of it, and their forms' answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.custody_safety.stock import ESCORT
from justice_world.offenders.draws import age, choose, dates, kept, months, texts
from justice_world.population.identifiers import padded
from justice_world.rooms import day, moments
from piperoll.periods import Period


# Incidents a prisoner and month, by sex. 2011: 24,600 of self-harm, a third by the 5 % who are women, and 15,200
# assaults among 86,000 prisoners (Safety in Custody Statistics, Ministry of Justice); others are of a plausible size.
_RATES = {"SELF_HARM": (0.017, 0.155), "ASSAULT": (0.0147, 0.0147), "OTHER": (0.026, 0.026)}
_OTHERS = {"FIND": 0.42, "DRUGS": 0.18, "FIRE": 0.07, "DAMAGE": 0.09, "BARRICADE": 0.04, "ROOF_CLIMB": 0.05,
           "FOOD_REF": 0.04, "DIRTYPROTEST": 0.02, "CON_INDISC": 0.01, "TRF": 0.03, "ABSCOND": 0.01, "KEY_LOCK": 0.01,
           "REL_ERROR": 0.004, "ESCAPE_EST": 0.001, "HOSTAGE": 0.002, "DEATH_NI": 0.001, "MISC": 0.022}  # fmt: skip
_ASSAULTS = {"ASSAULTS": 0.0, "ASSAULTS3": 1.0}
_STATUS = {"CLOSE": 0.86, "AWAN": 0.05, "INAN": 0.05, "INREQ": 0.01, "INAME": 0.01, "DUP": 0.01,
           "NOT_REPORTABLE": 0.005, "REOPENED": 0.0025, "WAS_CLOSED": 0.0025}  # fmt: skip
_ON_ESCORT = 0.006
_LATE = 0.04  # reported more than three days later: forms lie until they are keyed
_IN_BOTH = (0.02, 0.002)  # in both systems: in the half year after a prison changed, and later
_KINDS = {"PRISONER": 0.52, "FIGHT": 0.26, "STAFF": 0.18, "UNKNOWN": 0.04}
_SERIOUS = 0.10
_METHODS = {"44753": 0.62, "44207": 0.12, "44733": 0.09, "44244": 0.05, "45167": 0.01, "44552": 0.11}
_NEAR = 25  # prisoners among whom another party to an assault is looked for
_UNANSWERED = 0.01  # incidents with a question left out
_WRONG = 0.004  # answers on whom that do not fit the participants
_CHANGE = 30  # months from January 2008 in which prisons change from IRS to NOMIS
_ROLES = {"DEATH": "DEC", "ABSCOND": "ABS", "ESCAPE_EST": "ESC", "ESCAPE_ESC": "ESC"}


@dataclass(frozen=True)
class Happened:
    """Incidents of a month as they were: a row each, and the prisoners and staff in them."""

    incidents: pl.DataFrame
    people: pl.DataFrame
    answers: pl.DataFrame


def happen(month: Period, held: pl.DataFrame, dead: pl.DataFrame, start: int, rng: np.random.Generator) -> Happened:
    """Draw the incidents of a month.

    Args:
        held: The stock of the month.
        dead: Of the stock, who died in the month, with ``died`` (day).
        start: Number of the first incident.
    """
    stock = held.sort("establishment", "noms_no")
    woman = (stock["sex"] == "2").to_numpy().astype(np.int64)
    first, last = day(month), day(month, last=True)
    came = np.maximum(stock["since"].to_numpy(), first)
    leaves = np.minimum(stock["leaves"].to_numpy(), last)
    there = np.maximum(leaves - came + 1, 0) / (last - first + 1)
    proneness = rng.gamma(0.3, 1 / 0.3, stock.height)  # a few harm themselves often
    who, family = [], []
    for name, rates in _RATES.items():
        weight = np.array(rates)[woman] * there * (proneness if name == "SELF_HARM" else 1)
        times = rng.poisson(weight)
        who.append(np.repeat(np.arange(stock.height), times))
        family += [name] * int(times.sum())
    where = stock.with_row_index("place").join(dead.select("noms_no", "died"), on="noms_no", how="inner")
    who.append(where["place"].to_numpy().astype(np.int64))
    family += ["DEATH"] * where.height
    index, kind = np.concatenate(who), np.array(family, dtype=object)
    count = len(index)
    on = came[index] + (rng.random(count) * (leaves[index] - came[index] + 1)).astype(np.int64)
    if where.height:
        on[count - where.height :] = where["died"].to_numpy()
    kinds = np.where(kind == "OTHER", choose(rng, _OTHERS, count), kind)
    kinds = np.where(kind == "ASSAULT", choose(rng, _ASSAULTS, count), kinds)
    escort = (rng.random(count) < _ON_ESCORT) & (kind != "DEATH")
    late = rng.random(count) < _LATE
    lag = np.where(late, rng.integers(4, 25, count), rng.integers(0, 2, count)) * (kind != "DEATH")
    incidents = pl.DataFrame({
        "incident": start + np.arange(count),
        "family": texts(kind),
        "type": texts(kinds),
        "establishment": kept(stock["establishment"].gather(index), ~escort).fill_null(ESCORT),
        "occurred_at": moments(on * 86_400 + rng.integers(0, 86_399, count)),
        "reported_on": dates(on + lag),
        "status": texts(np.where(kind == "DEATH", "CLOSE", choose(rng, _STATUS, count))),
        "entered": months(on + lag),
    })  # fmt: skip
    people, answers = _forms(stock, index, kind, kinds, on, start, rng)
    return Happened(incidents, people, answers)


def _forms(
    stock: pl.DataFrame, index: np.ndarray, kind: np.ndarray, kinds: np.ndarray, on: np.ndarray, start: int,
    rng: np.random.Generator,
) -> tuple[pl.DataFrame, pl.DataFrame]:  # fmt: skip
    """Participants and answers of incidents, by incident."""
    count = len(index)
    way = np.where(kind == "ASSAULT", choose(rng, _KINDS, count), "")
    first = np.array([_ROLES.get(each, "PERP") for each in kinds], dtype=object)
    first = np.where(kind == "ASSAULT", np.where(way == "FIGHT", "FIGHT", "ASSIAL"), first)
    first = np.where(way == "UNKNOWN", "UNKASS", first)
    second = np.where(kind == "ASSAULT", np.where(way == "FIGHT", "FIGHT", "VICT"), "")
    number = start + np.arange(count)
    other, company = _companions(stock, index, on)
    born = stock["dob"].cast(pl.Int32).to_numpy().astype(np.int64)

    def rows(seq: int, at: np.ndarray, role: np.ndarray, mask: np.ndarray, staff: np.ndarray) -> pl.DataFrame:
        known = mask & ~staff & (role != "UNKASS")
        return pl.DataFrame({
            "incident": number, "seq": np.full(count, seq),
            "noms_no": kept(stock["noms_no"].gather(at), known),
            "staff_id": kept("S" + padded(rng.integers(1, 45_000, count), 7), mask & staff),
            "role": texts(role),
            "outcome": texts(choose(rng, {"ACCT": 0.2, "POR": 0.35, "HELTH": 0.25, "NONE": 0.2}, count), known),
            "sex": kept(stock["sex"].gather(at), known),
            "age": kept(pl.Series(np.clip(age(born[at], on), 10, 110)), known),
            "ethnicity": kept(stock["ethnicity"].gather(at), known),
            "person": kept(stock["person"].gather(at), known),
        }).filter(pl.Series(mask))  # fmt: skip

    nobody, assault = np.zeros(count, bool), kind == "ASSAULT"
    people = pl.concat([
        rows(1, index, first, np.ones(count, bool), nobody),
        rows(2, other, second, assault & (company | (way == "STAFF")), way == "STAFF"),
    ]).sort("incident", "seq")  # fmt: skip
    asked: list[tuple[np.ndarray, str | np.ndarray, str | np.ndarray]] = []
    harm = kind == "SELF_HARM"
    left_out = rng.random(count) < _UNANSWERED
    yes = {name: np.where(rng.random(count) < share, "Y", "N") for name, share in
           (("44954", 0.06), ("44400", 0.6), ("61285", 0.012))}  # fmt: skip
    asked += [(harm, choose(rng, _METHODS, count), "Y"), (harm & ~left_out, "44954", yes["44954"]),
              (harm, "44400", yes["44400"]), (assault, "61285", yes["61285"]),
              (assault, "61286", np.where(way == "FIGHT", "Y", "N"))]  # fmt: skip
    serious = rng.random(count) < _SERIOUS
    on_staff = (way == "STAFF") ^ (rng.random(count) < _WRONG)
    injury = choose(rng, {str(code): 1 / 12 for code in range(213161, 213173)}, count)
    # fmt: off
    asked += [(assault, "61287", np.where(on_staff, "STAFF", "PRISONER")), (assault & on_staff, "61288", "Y"),
              (assault & ~left_out, "61298", np.where(serious, "Y", "N")), (assault & serious, "61299", injury)]
    # fmt: on
    answers = pl.concat(
        [
            pl.DataFrame(
                {
                    "incident": number[mask],
                    "question_id": texts(np.broadcast_to(np.asarray(question, dtype=object), count)[mask]),
                    "response_id": texts(np.broadcast_to(np.asarray(answer, dtype=object), count)[mask]),
                }
            )
            for mask, question, answer in asked
        ]
    ).sort("incident", "question_id")  # fmt: skip
    return people, answers


def _companions(stock: pl.DataFrame, index: np.ndarray, on: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each incident the place of another prisoner who was there that day, and whether one was found nearby."""
    prison = stock["establishment"].to_numpy()
    since, leaves = stock["since"].to_numpy(), stock["leaves"].to_numpy()
    other, found = index.copy(), np.zeros(len(index), bool)
    for step in range(1, min(_NEAR, stock.height)):
        near = (index + step) % stock.height
        there = ~found & (prison[near] == prison[index]) & (since[near] <= on) & (leaves[near] >= on)
        other, found = np.where(there, near, other), found | there
    return other, found


def recorded(incidents: pl.DataFrame, prisons: list[str], month: Period, rng: np.random.Generator) -> pl.DataFrame:
    """Which system holds each incident of a month of reports, some of them both: a row each record.

    Prisons change from IRS to NOMIS one after the other; escort contractors stay with IRS.
    """
    since = (month.start.year - 2008) * 12 + month.start.month - 1
    changed = {code: place * _CHANGE // max(len(prisons), 1) for place, code in enumerate(sorted(prisons))}
    begun = np.array([changed.get(code, _CHANGE) for code in incidents["establishment"]])
    old = (incidents["establishment"] == ESCORT).to_numpy() | (begun > since)
    chance = np.where(since - begun < 6, *_IN_BOTH)
    both = ~old & (rng.random(incidents.height) < chance)
    own = incidents.with_columns(system=texts(np.where(old, "IRS", "NOMIS")), both=pl.Series(both))
    return pl.concat([own, own.filter("both").with_columns(system=pl.lit("IRS"))]).sort("system", "incident")
