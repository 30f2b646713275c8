"""How magistrates' courts record the cases they end: Libra's cases, defendants and offences.

Each episode that comes to court is a defendant; a few are tried together with another of the same force and days.
Shares and delays are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from justice_world.offenders.areas import Areas, Served
from justice_world.offenders.draws import age, choose, dates, kept, later, money, months, pounds, texts
from justice_world.offenders.fines import Fined, accounts
from justice_world.offenders.hearings import in_magistrates
from justice_world.offenders.window import Shown
from justice_world.population.write import Drawn


TOGETHER = 0.10  # of neighbours in time and place, tried as one case
_NEAR = 3  # days between the ends of two defendants' cases that may be one
_CPS = {"CPS": 0.93, "POLICE": 0.05, "OTHER": 0.02}
_BY_SUMMONS = {"TV": 0.30, "DVLA": 0.20, "LA": 0.10, "RSPCA": 0.02, "POLICE": 0.25, "CPS": 0.08, "OTHER": 0.05}
_WITHOUT_POLICE = ("TV", "DVLA", "LA", "RSPCA", "OTHER")  # give no arrest/summons number
# Codes have the form of the national standard; which offences they are is of no matter here.
_OFFENCES = {
    "CE": ("TH68010", "OF61102", "CD71039", "MD71530", "TH68023"),
    "CI": ("TH68036", "SX03001", "OF61016"),
    "CS": ("CJ88116", "PU86004", "CD71040"),
    "CM": ("RT88191", "RT88033", "RT88971"),
}
_GUILTY = {"1015": 0.60, "1116": 0.17, "1017": 0.09, "1115": 0.05, "1016": 0.03, "1114": 0.06}
_ACQUITTED = {"2004": 0.25, "2006": 0.25, "2051": 0.25, "2053": 0.20, "2050": 0.05}

# Of those who go on, 101,000 for trial and 43,000 for sentence in 2011 (Court Statistics Quarterly).
_SENT = {"4048": 0.37, "4001": 0.33, "4015": 0.30}


@dataclass(frozen=True)
class Heard:
    """The defendants of a chunk in magistrates' courts, in the order of the population's records.

    Attributes:
        person, episode: Whose each is.
        lead: Row of the first defendant of each one's case; its own row in most.
        crown: Whether the case goes on to the Crown Court.
        offended, charged, listed, ended: Days.
        case_no, number: Case, and number of the defendant within it.
        sent: Result code by which a case goes on.
        defendants, offences, hearings, fines: The contract's tables, with ``entered`` and ``supplier``.
    """

    person: np.ndarray
    episode: np.ndarray
    lead: np.ndarray
    crown: np.ndarray
    offended: np.ndarray
    charged: np.ndarray
    listed: np.ndarray
    ended: np.ndarray
    case_no: pl.Series
    number: np.ndarray
    sent: np.ndarray
    cases: pl.DataFrame
    defendants: pl.DataFrame
    offences: pl.DataFrame
    hearings: pl.DataFrame
    fines: pl.DataFrame


def hear(drawn: Drawn, places: Served, areas: Areas, rng: np.random.Generator, shown: Shown) -> Heard:
    """The cases of a chunk; offences of cases that go on, and what else is shown."""
    rows = drawn.contacts.rows["libra"]
    written = drawn.records["libra"]
    count = len(rows.person)
    crown = np.isin(rows.episode, drawn.contacts.rows["crest"].episode)
    arrested = drawn.people.numbers.arrested[rows.person]
    lead = _together(rng, rows.person, rows.day, places.force[rows.person] * 4 + crown * 2 + arrested)
    follows = lead != np.arange(count)
    ended = rows.day[lead]
    own = drawn.contacts.day[rows.episode]
    charged = later(own, rows.day, 0.5 * rng.random(count))[lead]
    listed = later(charged, ended, 0.2 + 0.7 * rng.random(count)[lead])
    offended = np.minimum(own, charged)
    prosecutor = np.where(arrested, choose(rng, _CPS, count), choose(rng, _BY_SUMMONS, count))[lead]
    initiation = np.where(arrested, choose(rng, {"C": 0.9, "R": 0.1}, count), "S")[lead]
    region = areas.region.gather(places.force[rows.person[lead]])
    numbered = written["record"].str.slice(1).gather(lead)
    entered = months(ended)
    known = np.flatnonzero(follows)
    ptiurn = _replaced(written["ptiurn"], known, drawn.episodes.ptiurn.gather(rows.episode[lead[known]]))
    first = ~follows
    keys = {"case_no": numbered, "supplier": region, "entered": entered, "began": entered}
    cases = pl.DataFrame({
        **keys,
        "lja_code": places.justice_area(rows.person[lead]),
        "court_code": places.magistrates(rows.person[lead]),
        "ptiurn": ptiurn,
        "prosecutor": texts(prosecutor),
        "initiation": texts(initiation),
    }).filter(pl.Series(first))  # fmt: skip
    young = age(drawn.people.born[rows.person], listed) < 18
    petty = np.isin(prosecutor, ("TV", "DVLA"))
    defendants = pl.DataFrame({
        **keys,
        "def_id": 1 + follows,
        "is_company": np.zeros(count, bool),
        **{name: written[name] for name in ("surname", "forename", "dob", "sex", "postcode", "town", "pnc_id")},
        "ethnicity": kept(written["ethnicity"], ~petty),
        "asn": kept(written["asn"], ~np.isin(prosecutor, _WITHOUT_POLICE)),
        "first_hearing_date": dates(listed),
        "youth": young,
        "remand_status": texts(choose(rng, {"UB": 0.55, "CB": 0.28, "PB": 0.09, "NA": 0.08}, count)),
        "person": drawn.truth["libra"]["person"],
    })  # fmt: skip
    sent = choose(rng, _SENT, count)[lead]
    heard = Heard(rows.person, rows.episode, lead, crown, offended, charged, listed, ended, numbered, 1 + follows, sent,
                  cases, defendants, defendants, cases, cases)  # fmt: skip
    offences, fined = _offences(rng, heard, arrested, keys, shown)
    return replace(
        heard,
        offences=offences,
        hearings=in_magistrates(rng, cases, listed[first], ended[first], shown),
        fines=accounts(rng, fined, shown),
    )


def _together(rng: np.random.Generator, person: np.ndarray, day: np.ndarray, group: np.ndarray) -> np.ndarray:
    """For each row the row of its case's first defendant: pairs of neighbours within a group, a share of them."""
    order = np.lexsort((day, group))
    first, second = order[:-1:2], order[1::2]
    near = (group[first] == group[second]) & (day[second] - day[first] <= _NEAR) & (person[first] != person[second])
    chosen = near & (rng.random(len(first)) < TOGETHER)
    lead = np.arange(len(person))
    lead[second[chosen]] = first[chosen]
    return lead


def _replaced(values: pl.Series, rows: np.ndarray, by: pl.Series) -> pl.Series:
    """The values with those of some rows replaced, null staying null."""
    place = np.arange(len(values))
    place[rows] = len(values) + np.arange(len(rows))
    other = pl.concat([values, by.rename(values.name)]).gather(place)
    return kept(other, values.is_not_null().to_numpy())


def _offences(
    rng: np.random.Generator, heard: Heard, arrested: np.ndarray, keys: dict[str, pl.Series], shown: Shown
) -> tuple[pl.DataFrame, Fined]:
    """``mc_offence`` of the months shown and of all cases that go on; and who of all defendants is fined."""
    many = 1 + np.searchsorted([0.72, 0.93], rng.random(len(heard.person)), side="right")
    row = np.repeat(np.arange(len(many)), many)
    seq = 1 + np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    count, crown = len(row), heard.crown[row]
    category = np.where(
        crown, np.where(heard.sent[row] == "4048", "CI", "CE"),
        np.where(arrested[row], choose(rng, {"CE": 0.6, "CS": 0.4}, count), choose(rng, {"CM": 0.7, "CS": 0.3}, count)),
    )  # fmt: skip
    code = np.full(count, "", dtype=object)
    for kind, codes in _OFFENCES.items():
        here = np.flatnonzero(category == kind)
        code[here] = np.array(codes, dtype=object)[rng.integers(0, len(codes), len(here))]
    plea = np.where(crown, choose(rng, {"NONE": 0.6, "NG": 0.4}, count),
                    choose(rng, {"G": 0.66, "NG": 0.20, "NONE": 0.14}, count))  # fmt: skip
    for_sentence = crown & (heard.sent[row] == "4015")
    plea = np.where(for_sentence, "G", plea)
    convicted = for_sentence | (~crown & ((plea == "G") | (rng.random(count) < 0.7)))
    result = np.where(convicted, choose(rng, _GUILTY, count), choose(rng, _ACQUITTED, count))
    result = np.where(crown, heard.sent[row], result)
    ended, offended = heard.ended[row], heard.offended[row]
    motoring = category == "CM"
    several = rng.random(count) < 0.1
    custody = rng.integers(7, 180, count)
    fine = pounds(rng, count, 150.0)
    paid_for = rng.random(count) < 0.3
    compensation = pounds(rng, count, 120.0)
    points, off_road = rng.integers(3, 9, count), rng.integers(14, 730, count)
    banned = rng.random(count) < 0.1
    fined = _fined(heard, keys, row, np.where(result == "1015", fine, 0))
    here = np.flatnonzero(crown | np.isin(np.arange(len(many)), shown.rows(heard.ended))[row])
    row, category, result, ended, offended = row[here], category[here], result[here], ended[here], offended[here]
    crown, convicted, driver = crown[here], convicted[here], (motoring & convicted)[here]
    return pl.DataFrame({
        **{name: values.gather(row) for name, values in keys.items()},
        "def_id": heard.number[row],
        "seq": seq[here],
        "offence_code": texts(code[here]),
        "category": texts(category),
        "offence_start": dates(offended),
        "offence_end": dates(offended, several[here]),
        "charge_date": dates(heard.charged[row]),
        "first_listing_date": dates(heard.listed[row]),
        "plea": texts(plea[here]),
        "verdict": texts(np.where(convicted, "G", "NG"), convicted | ~crown),
        "mode_of_trial": texts(np.where(category == "CI", "I", "SUM"), np.isin(category, ("CI", "CS"))),
        "conviction_date": dates(ended, convicted),
        "completion_date": dates(ended),
        "final_result": texts(result),
        "custody_days": kept(pl.Series(custody[here]), result == "1114"),
        "fine": money(fine[here], result == "1015"),
        "compensation": money(compensation[here], (result == "1116") & paid_for[here]),
        "points": kept(pl.Series(points[here]), driver),
        "disqual_days": kept(pl.Series(off_road[here]), driver & banned[here]),
        "committed_to_cc_date": dates(ended, crown),
    }), fined  # fmt: skip


def _fined(heard: Heard, keys: dict[str, pl.Series], row: np.ndarray, fine: np.ndarray) -> Fined:
    """Who is fined, from the fine of each offence (0 for none) and its row among the defendants."""
    whole = np.bincount(row, weights=fine, minlength=len(heard.person)).astype(np.int64)
    who = np.flatnonzero(whole)
    return Fined(
        keys["case_no"].gather(who), heard.number[who], keys["supplier"].gather(who), whole[who], heard.ended[who]
    )
