"""Appeals and claims that tribunals receive in a month, with what becomes of them."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import choose, dates, kept, months, texts
from justice_world.population.meet import Population, true, written
from justice_world.rooms import Serials, spread
from justice_world.tribunals.kinds import PREFIXES, Kind
from piperoll.periods import Period
from piperoll.simulate.calendars import working_days


OFFICES = np.array(["BHM", "BRS", "CDF", "GLA", "LDS", "LIV", "LON", "MAN", "NCL", "NOT", "SOU"])
_HEARING = np.array(["TAY", "HAT", "BRD", "BHM", "MAN", "STK", "GLA"])
CASEFLOW = 0.12  # of claims to Employment Tribunals, kept in Caseflow
# Seven in ten claims come in multiples, a few of them very large, such as those of airline staff about working time.
IN_MULTIPLES, LARGE = 0.68, 0.004
MORE_COMPLAINTS = 0.7  # complaints beyond the first: 321,800 of 186,300 claims in 2011/12
COMPLAINTS = (
    "UDL", "WA", "BOC", "WTR(AL)", "WTR", "RPT", "DDA", "SXD", "RRD", "DAG", "EQP", "MAT", "DRB", "DSO", "FTC", "FWP",
    "PTE", "PID", "MWD", "FCT", "APA", "RPTS",
)  # fmt: skip
_FIRST = np.cumsum([0.25, 0.22, 0.12, 0.1, 0.06, 0.05, 0.04, 0.05, 0.02, 0.015, 0.03, 0.01, 0.005, 0.003, 0.005, 0.005,
                    0.003, 0.004, 0.002, 0.002, 0.01, 0.001])  # fmt: skip
_STEP = 7  # a claim's next complaint; shares no factor with their number, so that none comes twice
# Slips: a prefix that goes with another kind of appeal, no date of birth, no postcode, one without its form.
WRONG_PREFIX, NO_BIRTH, NO_POSTCODE, BAD_POSTCODE = 0.004, 0.3, 0.08, 0.003
WOMEN, KNOWN = 0.47, 0.08  # of those who appeal; with a record on the PNC: assumptions
COUNTRIES = {
    "PK": 0.2, "IN": 0.16, "NG": 0.1, "BD": 0.07, "LK": 0.06,
    "ZW": 0.05, "IR": 0.05, "AF": 0.05, "CN": 0.06, "GH": 0.04,
    "JM": 0.04, "SO": 0.03, "PH": 0.02, "ER": 0.02, "XX": 0.05,
}  # fmt: skip
LANGUAGES = {"URD": 0.22, "PAN": 0.12, "BEN": 0.08, "TAM": 0.1, "FAS": 0.1, "CMN": 0.08, "ARA": 0.08, "PUS": 0.08,
             "SOM": 0.06, "TIR": 0.04, "FRA": 0.04}  # fmt: skip


def received(month: Period, kind: Kind, share: float, population: Population, serials: Serials, group: int,
             rng: np.random.Generator) -> pl.DataFrame:  # fmt: skip
    """Cases of one kind received in a month, as they will be in the end."""
    year = min(max(month.start.year - 2010, 0), len(kind.yearly) - 1)
    days = working_days(month).astype(np.int64)
    count = int(rng.poisson(kind.yearly[year] * share * len(days) / 253))
    came = np.sort(days[rng.integers(0, len(days), count)])
    gone = came + 3 + spread(rng, kind.weeks * 7, 0.55, count)
    gone += np.where((gone + 3) % 7 > 4, 2, 0)
    at_hearing = rng.random(count) < kind.heard
    offices = _HEARING if kind.system == "ARIA" else OFFICES
    office = rng.integers(0, len(offices), count)
    appeal = choose(rng, kind.types, count) if kind.types else np.full(count, "", dtype=object)
    system = np.full(count, kind.system, dtype=object)
    if kind.jurisdiction == "ET":
        # By office, so that a multiple stays in one system.
        system = np.where(office < round(len(offices) * CASEFLOW) + 1, "CASEFLOW", system)
    born = came - np.rint(rng.uniform(19, 64, count) * 365.25).astype(np.int64)
    who = population.adults(rng, month, rng.random(count) < WOMEN, born, KNOWN)
    told = written(rng, who, came)
    migrant = kind.system == "ARIA"
    postcode = kept(who["postcode"], rng.random(count) >= NO_POSTCODE)
    bad = pl.Series(rng.random(count) < BAD_POSTCODE)
    speaks = (rng.random(count) < (0.45 if migrant else 0.03)) & at_hearing
    upper = (rng.random(count) < 0.06) & at_hearing & (kind.jurisdiction == "FTTIAC")
    cases = pl.DataFrame({
        "source_system": texts(system), "chamber_jurisdiction": pl.repeat(kind.jurisdiction, count, eager=True),
        "office_code": pl.Series(offices[office].astype(str)), "receipt_date": dates(came),
        "accepted_date": dates(came + rng.integers(0, 6, count), rng.random(count) < 0.95),
        "appeal_type": kept(texts(appeal), appeal != ""),
        "respondent_body": pl.repeat(kind.respondent, count, eager=True),
        "claimant_name": told["forename"] + " " + told["surname"],
        "claimant_dob": kept(told["dob"], rng.random(count) >= NO_BIRTH),
        "claimant_postcode": pl.select(pl.when(bad).then(pl.lit("UNKNOWN")).otherwise(postcode)).to_series(),
        "nationality": kept(texts(choose(rng, COUNTRIES, count)), np.full(count, migrant) & (rng.random(count) < 0.95)),
        "representative": kept(pl.Series(rng.random(count) < 0.6), rng.random(count) < 0.9),
        "interpreter_language": kept(texts(choose(rng, LANGUAGES, count)), speaks),
        "disposal_date": dates(gone),
        "disposal_stage": pl.Series(np.where(at_hearing, "AT_HEARING", "BEFORE_HEARING").astype(str)),
        "outcome": texts(choose(rng, kind.outcomes, count)),
        "appeal_to_upper": dates(gone + 10, upper), "came": months(came), "gone": months(gone),
        "office": office, "person": who["person"], "household": who["household"],
        **{each.name: each for each in true(who)},
    })  # fmt: skip
    cases = cases.with_columns(case_ref=_references(cases, month, kind, serials, group, rng))
    if kind.jurisdiction == "ET":
        return _claims(cases, rng)
    return cases.with_columns(multiple_ref=pl.lit(None, dtype=pl.String), complaint_count=pl.lit(None, dtype=pl.Int64))


def _references(
    cases: pl.DataFrame, month: Period, kind: Kind, serials: Serials, group: int, rng: np.random.Generator
) -> pl.Series:
    """References in each system's own form; serials run by office, or by kind of appeal, and year."""
    count, year = cases.height, month.start.year
    office = cases["office"].to_numpy()
    size = 32
    if kind.system == "ARIA":
        order = list(PREFIXES)
        place = np.array(
            [order.index(each) if each else len(order) for each in cases["appeal_type"].fill_null("")], int
        )
        prefixes = np.array([*PREFIXES.values(), "UT"])
        other = (place + 1) % len(order)
        slip = (rng.random(count) < WRONG_PREFIX) & (place < len(order))
        shown = np.where(slip, other, place)
        ran = _padded(serials.give(year, shown + group * size, 16 * size), 5)
        return pl.Series(prefixes[shown].astype(str)) + "/" + ran + f"/{year}"
    serial = serials.give(year, office + group * size, 16 * size)
    if kind.system == "GAPS2":
        # An office that runs out of serials opens another series.
        series = _padded(office + 1 + len(OFFICES) * (serial // 100_000), 3)
        return "SC" + series + f"/{year % 100:02d}/" + _padded(serial % 100_000, 5)
    if kind.jurisdiction == "ET":
        return _padded(office + 13, 2) + _padded(serial, 5) + f"/{year}"
    return f"{kind.jurisdiction[:3]}/" + pl.Series(OFFICES[office].astype(str)) + "/" + _padded(serial, 5) + f"/{year}"


def _padded(values: np.ndarray, digits: int) -> pl.Series:
    return pl.Series(values).cast(pl.String).str.zfill(digits)


def _claims(cases: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Claims to Employment Tribunals: multiples of one office, and numbers of complaints."""
    cases = cases.sort("office", maintain_order=True)
    count, office = cases.height, cases["office"].to_numpy()
    # Claims are taken in groups; a group that crosses an office is cut there, and what is left of one is a single.
    starts = np.ones(count, bool)
    if count:
        sizes = np.where(rng.random(count) < IN_MULTIPLES / 4, 2 + rng.geometric(0.2, count), 1)
        sizes = np.where(rng.random(count) < LARGE, 200, sizes)
        ends = np.cumsum(sizes)
        starts = np.zeros(count, bool)
        starts[np.concatenate([[0], ends[ends < count]])] = True
        starts[1:] |= office[1:] != office[:-1]
    group = np.cumsum(starts) - 1
    of = np.bincount(group, minlength=1) if count else np.zeros(1, np.int64)
    first = np.flatnonzero(starts)
    lead = cases["case_ref"].gather(first[group]) if count else cases["case_ref"]
    many = of[group] >= 2 if count else np.zeros(0, bool)
    together = first[group] if count else np.zeros(0, np.int64)
    return cases.with_columns(
        multiple_ref=kept(lead, many),
        complaint_count=1 + pl.Series(rng.binomial(4, MORE_COMPLAINTS / 4, count)),
        receipt_date=cases["receipt_date"].gather(together), came=cases["came"].gather(together),
        accepted_date=pl.lit(None, dtype=pl.Date),
        disposal_date=pl.max_horizontal(cases["disposal_date"], cases["receipt_date"].gather(together)),
    ).with_columns(gone=pl.col("disposal_date").dt.month_start())  # fmt: skip


def complaints(claims: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Complaints of claims: other heads each, the last of them disposed of with the claim."""
    number = claims["complaint_count"].to_numpy()
    place = np.repeat(np.arange(claims.height), number)
    seq = np.arange(len(place)) - np.repeat(np.cumsum(number) - number, number)
    first = np.minimum(np.searchsorted(_FIRST, rng.random(claims.height), side="right"), len(COMPLAINTS) - 1)
    head = (first[place] + seq * _STEP) % len(COMPLAINTS)
    of = claims[place]
    came = of["receipt_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    gone = of["disposal_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    early = (seq > 0) & (rng.random(len(place)) < 0.25)
    day = np.where(early, came + ((gone - came) * rng.random(len(place))).astype(np.int64), gone)
    return pl.DataFrame({
        "source_system": of["source_system"], "case_ref": of["case_ref"],
        "jurisdiction_code": pl.Series(np.array(COMPLAINTS)[head].astype(str)), "outcome": of["outcome"],
        "disposal_date": dates(day), "came": of["came"], "gone": of["gone"],
    })  # fmt: skip


def hearings(cases: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """The hearing at which a case ended, and for some one before it that was not held."""
    heard = cases.filter(pl.col("disposal_stage") == "AT_HEARING")
    count = heard.height
    before = np.flatnonzero(rng.random(count) < 0.22)
    place = np.concatenate([before, np.arange(count)])
    failed = np.arange(len(place)) < len(before)
    first = np.zeros(count, bool)
    first[before] = True
    of = heard[place]
    came = of["receipt_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    gone = of["disposal_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    day = np.where(failed, came + ((gone - came) * 0.7).astype(np.int64), gone)
    paper = rng.random(len(place)) < 0.2
    outcome = np.where(failed, np.where(rng.random(len(place)) < 0.6, "ADJOURNED", "POSTPONED"), "HEARD")
    length = np.where(outcome == "POSTPONED", 0.0, np.maximum(np.round(rng.gamma(1.2, 0.4, len(place)), 1), 0.1))
    return pl.DataFrame({
        "source_system": of["source_system"], "case_ref": of["case_ref"],
        "hearing_no": np.where(failed, 1, np.where(first[place], 2, 1)), "listed_date": dates(day),
        "type": pl.Series(np.where(paper, "PAPER", "SUBSTANTIVE").astype(str)),
        "outcome": pl.Series(outcome.astype(str)),
        "judge_type": pl.Series(np.where(rng.random(len(place)) < 0.4, "SALARIED", "FEE_PAID").astype(str)),
        "duration_days": pl.Series(length).cast(pl.Decimal(5, 1)), "entered": months(day),
    })  # fmt: skip
