"""How the Crown Court records what magistrates send it: CREST's cases, defendants and counts, and the true links.

Papers sent up carry the particulars as the magistrates' court had them; part of the records copy them, and the rest are
taken anew, with errors of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.offenders.areas import Areas, Served
from justice_world.offenders.draws import age, choose, dates, kept, later, money, months, pounds, states, texts
from justice_world.offenders.hearings import in_crown_court
from justice_world.offenders.linked import timeliness
from justice_world.offenders.magistrates import Heard
from justice_world.offenders.window import END
from justice_world.population.write import Drawn


COPIED = 0.60  # of records that copy names, date of birth and numbers from the magistrates' court
_TYPES = {"4048": "TRIAL_INDICTABLE", "4001": "TRIAL_EITHERWAY", "4015": "SENTENCE"}
_ROUTES = {"4048": "SENT_S51", "4001": "COMMITTED", "4015": "COMMITTED"}
_LETTERS = {"4048": "T", "4001": "T", "4015": "S"}
_GUILTY = {"1002": 0.50, "1115": 0.22, "1116": 0.18, "1024": 0.06, "1015": 0.03, "1017": 0.01}
_ACQUITTED = {"2004": 0.6, "2050": 0.3, "2053": 0.1}
_LONGEST = {"TH68010": 2555, "OF61102": 1825}  # days, below what the others are sentenced to here
_OPEN_CASE = ("first_hearing_date", "main_hearing_start", "main_hearing_end", "hearing_minutes", "disposal_date")
_OPEN_COUNT = (
    "plea",
    "plea_date",
    "verdict",
    "verdict_date",
    "result",
    "custody_days",
    "life",
    "fine",
    "disposal_date",
)


@dataclass(frozen=True)
class Tried:
    """The contract's tables with ``began``, ``entered`` and ``supplier``, and which defendant is which below."""

    cases: pl.DataFrame
    defendants: pl.DataFrame
    counts: pl.DataFrame
    links: pl.DataFrame
    hearings: pl.DataFrame
    linked: pl.DataFrame


def try_sent(
    drawn: Drawn, heard: Heard, places: Served, areas: Areas, rng: np.random.Generator, chunk: int, chunks: int
) -> Tried:
    """The Crown Court's tables of a chunk, whose serials are every ``chunks``-th from ``chunk`` on."""
    rows = drawn.contacts.rows["crest"]
    count = len(rows.person)
    below = np.full(len(drawn.contacts.person), -1)
    below[heard.episode] = np.arange(len(heard.episode))
    mine = below[rows.episode]  # each one's row among the magistrates' defendants
    here = np.full(len(heard.episode), -1)
    here[mine] = np.arange(count)
    lead = here[heard.lead[mine]]
    received = np.minimum(heard.ended[mine] + rng.integers(0, 4, count)[lead], END - 1)
    # What would have ended later stands on the last day: it is open still.
    disposed = np.where(rows.day < END - 1, np.maximum(rows.day, received), END)[lead]
    sent = heard.sent[mine]
    court = places.crown(rows.person[lead])
    numbers = _numbers(court, sent, received, lead, chunk, chunks)
    keys = {"court_code": court, "case_no": numbers, "supplier": areas.region.gather(places.force[rows.person[lead]])}
    heard_first = later(received, disposed, 0.1 + 0.2 * rng.random(count)[lead])
    main = later(heard_first, disposed, 0.8 + 0.2 * rng.random(count)[lead])
    cases = pl.DataFrame({
        **keys,
        "case_type": _mapped(sent, _TYPES),
        "receipt_date": dates(received),
        "receipt_route": _mapped(sent, _ROUTES),
        "class_offence": 1 + np.searchsorted([0.03, 0.1], rng.random(count), side="right"),
        "first_hearing_date": dates(heard_first),
        "main_hearing_start": dates(main),
        "main_hearing_end": dates(disposed),
        "hearing_minutes": rng.integers(15, 900, count),
        "disposal_date": dates(disposed),
        "transferred_to": pl.repeat(None, count, dtype=pl.String, eager=True),
        "bench_warrant": rng.random(count) < 0.01,
        "first": lead == np.arange(count),
    })  # fmt: skip
    leading = lead == np.arange(count)
    hearings = in_crown_court(
        rng, cases.filter("first"), received[leading], (heard_first[leading], main[leading], disposed[leading]), END - 1
    )
    cases = states(cases, _OPEN_CASE, received, disposed, END - 1).filter("first").drop("first")
    entered = months(received)
    defendants = pl.DataFrame({
        **keys,
        "def_no": heard.number[mine],
        **_particulars(drawn, heard, mine, rng),
        "receipt_date": dates(received),
        "remand_status": texts(choose(rng, {"UB": 0.27, "CB": 0.38, "PB": 0.35}, count)),
        "remand_at_disposal": texts(choose(rng, {"UB": 0.40, "CB": 0.30, "PB": 0.30}, count), disposed < received),
        "representation": texts(choose(rng, {"LEGAL_AID": 0.93, "PRIVATE": 0.05, "NONE": 0.02}, count)),
        "first_language": pl.repeat(None, count, dtype=pl.String, eager=True),
        "began": entered,
        "entered": entered,
        "person": drawn.truth["crest"]["person"],
    })  # fmt: skip
    links = pl.DataFrame({
        "mc_case_no": heard.case_no.gather(mine),
        "def_id": heard.number[mine],
        **{name: keys[name] for name in ("court_code", "case_no")},
        "def_no": heard.number[mine],
        "person": drawn.truth["crest"]["person"],
        "began": entered,
        "entered": entered,
    })  # fmt: skip
    linked = timeliness(rng, heard, mine, links, received, disposed)
    ages = age(drawn.people.born[rows.person], disposed)
    return Tried(
        cases, defendants, _counts(rng, heard, mine, keys, received, disposed, main, ages), links, hearings, linked
    )


def _mapped(sent: np.ndarray, by: dict[str, str]) -> pl.Series:
    return texts(sent).replace_strict(by, return_dtype=pl.String)


def _numbers(
    court: pl.Series, sent: np.ndarray, received: np.ndarray, lead: np.ndarray, chunk: int, chunks: int
) -> pl.Series:
    """Letter, year, and a serial within the court, of which each chunk has its own; those of a case are its first's."""
    frame = pl.DataFrame({
        "court": court,
        "letter": _mapped(sent, _LETTERS),
        "year": dates(received).dt.year(),
        "day": received,
        "row": np.arange(len(lead)),
    }).with_columns(first=pl.Series(lead == np.arange(len(lead))))  # fmt: skip
    ranked = (
        frame.sort("day", "row")
        .with_columns(rank=pl.col("first").cast(pl.Int64).cum_sum().over("court", "letter", "year"))
        .sort("row")
    )
    serial = ((ranked["rank"] - 1) * chunks + chunk + 1).cast(pl.String).str.zfill(4)
    return (ranked["letter"] + ranked["year"].cast(pl.String) + serial).gather(lead)


def _particulars(drawn: Drawn, heard: Heard, mine: np.ndarray, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Names, date of birth and numbers: copied from below in some records, this court's own in the others."""
    own, below = drawn.records["crest"], heard.defendants
    count = len(mine)
    copy = rng.random(count) < COPIED
    born = own["dob"].str.to_date(strict=False)
    theirs = below["dob"].gather(mine).str.to_date(strict=False)
    case_urn = drawn.episodes.ptiurn.gather(heard.episode[heard.lead[mine]])
    urn = pl.select(pl.when(own["ptiurn"].is_not_null()).then(case_urn)).to_series()
    urn = pl.select(pl.when(pl.Series(heard.lead[mine] == mine)).then(own["ptiurn"]).otherwise(urn)).to_series()
    by_case = heard.cases.select("case_no", "ptiurn").join(
        pl.DataFrame({"case_no": heard.case_no.gather(mine), "row": np.arange(count)}), on="case_no", how="right"
    ).sort("row")  # fmt: skip

    def mixed(theirs: pl.Series, own: pl.Series) -> pl.Series:
        return pl.select(pl.when(pl.Series(copy) & theirs.is_not_null()).then(theirs).otherwise(own)).to_series()

    return {
        "surname": mixed(below["surname"].gather(mine).str.to_titlecase(), own["surname"]),
        "forename": mixed(below["forename"].gather(mine).str.to_titlecase(), own["forename"]),
        "dob": mixed(theirs, born),
        "sex": own["sex"],
        "ethnicity": own["ethnicity"],
        "asn": mixed(below["asn"].gather(mine), own["asn"]),
        "ptiurn": mixed(by_case["ptiurn"], urn),
        "pnc_id": own["pnc_id"],
        "cro": own["cro"],
    }


def _counts(
    rng: np.random.Generator, heard: Heard, mine: np.ndarray, keys: dict[str, pl.Series], received: np.ndarray,
    disposed: np.ndarray, main: np.ndarray, ages: np.ndarray,
) -> pl.DataFrame:  # fmt: skip
    """The offences sent up, as counts."""
    sent = pl.DataFrame({
        "mc": heard.case_no.gather(mine), "def_no": heard.number[mine], "row": np.arange(len(mine)),
    }).join(
        heard.offences.select(
            pl.col("case_no").alias("mc"), pl.col("def_id").alias("def_no"), pl.col("seq").alias("count_no"),
            "offence_code", "offence_start", "offence_end", pl.col("plea").alias("below"),
        ), on=["mc", "def_no"],
    ).sort("row", "count_no")  # fmt: skip
    row, count = sent["row"].to_numpy(), sent.height
    guilty = (sent["below"] == "G").to_numpy() | (rng.random(count) < 0.66)
    convicted = guilty | (rng.random(count) < 0.35)
    result = np.where(convicted, choose(rng, _GUILTY, count), choose(rng, _ACQUITTED, count))
    # Under 18 detention, from 18 to 20 a young offender institution, and only then.
    imprisoned, years = np.isin(result, ("1002", "1024")), ages[row]
    result = np.where(imprisoned, np.where(years < 18, "1007", np.where(years < 21, "1024", "1002")), result)
    longest = sent["offence_code"].replace_strict(_LONGEST, default=3000).to_numpy()
    custody = np.isin(result, ("1002", "1007", "1024"))
    ended = disposed[row]
    frame = pl.DataFrame({
        **{name: values.gather(row) for name, values in keys.items()},
        "def_no": sent["def_no"],
        "count_no": sent["count_no"],
        "offence_code": sent["offence_code"],
        "offence_start": sent["offence_start"],
        "offence_end": sent["offence_end"],
        "plea": texts(np.where(guilty, "G", "NG")),
        "plea_date": dates(np.where(guilty, main[row], ended)),
        "verdict": texts(np.where(convicted, "G", "NG")),
        "verdict_date": dates(ended),
        "result": texts(result),
        "custody_days": kept(pl.Series(rng.integers(60, longest)), custody),
        "life": custody & (longest == 3000) & (rng.random(count) < 0.004),
        "fine": money(pounds(rng, count, 600.0), result == "1015"),
        "disposal_date": dates(ended),
    })  # fmt: skip
    return states(frame, _OPEN_COUNT, received[row], ended, END - 1)
