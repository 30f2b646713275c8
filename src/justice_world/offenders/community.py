"""What probation trusts record of orders, programmes and assessments."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders import orders
from justice_world.offenders.areas import Areas, Served
from justice_world.offenders.counts import caseload
from justice_world.offenders.draws import age, choose, dates, kept, months, same, states, texts
from justice_world.offenders.predictors import Scales, predict
from justice_world.offenders.window import END, START, Shown
from justice_world.population.write import Drawn


_KINDS = {"CO": 0.56, "SSO": 0.22, "POST_RELEASE": 0.14, "PRE_RELEASE": 0.07, "DEFERRED": 0.01}
_REQUIREMENTS = {"SUPERVISION": 0.34, "SUPERVISION ACCREDITED_PROG": 0.18, "UNPAID_WORK": 0.30,
                 "SUPERVISION UNPAID_WORK": 0.12, "CURFEW": 0.06}  # fmt: skip
_ENDS = {"COMPLETED": 0.66, "COMPLETED_EARLY_GOOD": 0.06, "REVOKED_FTC": 0.12, "REVOKED_CONVICTION": 0.10,
         "REVOKED_OTHER": 0.05, "DEATH": 0.01}  # fmt: skip
_CLASSES = {"195/00": 0.3, "049/10": 0.3, "105/01": 0.2, "028/00": 0.1, "092/01": 0.1}
_PROGRAMMES = {"TSP": 0.34, "ETS": 0.18, "IDAP": 0.12, "DIDS": 0.10, "CALM": 0.07, "ASRO": 0.07, "OSAP": 0.06,
               "C-SOGP": 0.03, "ART": 0.03}  # fmt: skip
_LEAST_RISK = {"TSP": 50, "ETS": 41, "ASRO": 50, "OSAP": 50}  # per cent, where the programme's criteria are met
_LEFT = {"BREACH": 0.45, "RECONVICTED": 0.3, "ILL": 0.1, "UNSUITABLE": 0.1, "OTHER": 0.05}
_PRISONS = {"BXI": 0.2, "MDI": 0.2, "LEI": 0.2, "PVI": 0.2, "HLI": 0.2}
_NEEDS = {"03_accommodation": 8, "04_education_employment": 8, "05_finance": 8, "06_relationships": 6,
          "07_lifestyle": 6, "08_drugs": 10, "09_alcohol": 8, "10_emotional": 8, "11_thinking": 8, "12_attitudes": 8,
          "13_health": 8, "01_offending_information": 8, "02_offence_analysis": 8}  # fmt: skip


def supervision(
    drawn: Drawn, places: Served, areas: Areas, rng: np.random.Generator, chunk: int, shown: Shown
) -> dict[str, pl.DataFrame]:
    """``supervision``: an order in the month it starts, and once more in that in which it ends; and what hangs on it.

    Some orders move to another trust, where they go on under numbers of that trust's own.
    """
    rows, written = drawn.contacts.rows["probation"], drawn.records["probation"]
    count = len(rows.person)
    trust = areas.trust.gather(places.force[rows.person])
    term = 6 * rng.integers(1, 5, count)
    expected = rows.day + (term * 30.4).astype(np.int64)
    reason = choose(rng, _ENDS, count)
    early = ~np.isin(reason, ("COMPLETED",))
    ended = np.where(early, rows.day + ((expected - rows.day) * rng.uniform(0.1, 1, count)).astype(np.int64), expected)
    kind = choose(rng, _KINDS, count)
    ordered = np.isin(kind, ("CO", "SSO"))
    wanted = choose(rng, _REQUIREMENTS, count)
    unpaid = np.array(["UNPAID_WORK" in each for each in wanted], dtype=bool)
    frame = pl.DataFrame({
        "trust": trust,
        "supplier": trust,
        "order_ref": written["record"],
        **{name: written[name] for name in ("crn", "pnc_id", "surname", "forename", "sex", "ethnicity")},
        "noms_no": written["nomis_no"],
        "dob": written["dob"].str.to_date(),
        "disability": pl.Series(rng.random(count) < 0.12),
        "supervision_type": texts(kind),
        "ho_class": texts(choose(rng, _CLASSES, count)),
        "sentence_date": dates(rows.day - rng.integers(0, 10, count)),
        "start_date": dates(rows.day),
        "term_months": term,
        "requirements": texts(wanted, ordered),
        "unpaid_hours": kept(pl.Series(20 * rng.integers(2, 16, count)), ordered & unpaid),
        "expected_end": dates(expected),
        "transferred_from": pl.repeat(None, count, dtype=pl.String, eager=True),
        "transferred_to": pl.repeat(None, count, dtype=pl.String, eager=True),
        "termination_date": dates(ended),
        "termination_reason": texts(reason),
        "person": drawn.truth["probation"]["person"],
    })  # fmt: skip
    frame, began, ended = orders.with_transfers(frame, rows.day, ended, areas, rng, chunk)
    ends = ("termination_date", "termination_reason", "transferred_to")
    return {
        "supervision": states(frame, ends, began, ended, END - 1),
        "caseload": caseload(frame, began, ended, shown),
        "court_report": orders.reports(frame, places.magistrates(rows.person), rows.day, rng),
    }


def programmes(drawn: Drawn, places: Served, areas: Areas, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """``requirement``: a programme in the month of referral, and once more in that in which it is over."""
    rows, written = drawn.contacts.rows["iaps"], drawn.records["iaps"]
    count = len(rows.person)
    status = choose(rng, {"COMPLETED": 0.62, "NOT_COMPLETED": 0.20, "NOT_STARTED": 0.18}, count)
    started = status != "NOT_STARTED"
    began = rows.day + rng.integers(10, 90, count)
    over = began + rng.integers(60, 200, count)
    needed = rng.integers(10, 30, count)
    attended = np.where(status == "COMPLETED", needed, (needed * 0.6 * rng.random(count)).astype(np.int64))
    programme = choose(rng, _PROGRAMMES, count)
    met = rng.random(count) < 0.92
    least = np.array([_LEAST_RISK.get(each, 5) for each in programme])
    score = rng.integers(np.where(met, least, 5), 98)
    frame = pl.DataFrame({
        "requirement_id": written["record"],
        "trust": areas.trust.gather(places.force[rows.person]),
        "supplier": same("NOMS", count),
        **{name: written[name] for name in ("crn", "pnc_id", "surname", "forename", "dob", "sex", "ethnicity")},
        "order_type": texts(choose(rng, {"COMMUNITY_ORDER": 0.62, "SUSPENDED_SENTENCE": 0.25, "LICENCE": 0.13}, count)),
        "order_start": dates(rows.day - rng.integers(5, 40, count)),
        "order_end": dates(over + rng.integers(30, 400, count)),
        "programme": texts(programme),
        "ogrs_score": score,
        "referral_date": dates(rows.day),
        "allocated_date": dates(rows.day + rng.integers(1, 9, count)),
        "start_date": dates(began, started),
        "completion_date": dates(over, status == "COMPLETED"),
        "status": texts(status),
        "noncompletion_reason": texts(choose(rng, _LEFT, count), status == "NOT_COMPLETED"),
        "sessions_attended": kept(pl.Series(attended), started),
        "sessions_required": needed,
        "targeting_met": met,
        "person": drawn.truth["iaps"]["person"],
    })  # fmt: skip
    later = ("allocated_date", "start_date", "completion_date", "noncompletion_reason", "sessions_attended", "status")
    sent = states(frame, later, rows.day, over, END - 1)
    return {
        "requirement": sent.with_columns(pl.col("status").fill_null("REFERRED")),
        "session": orders.sessions(frame, started, (rows.day, began, over), needed, attended, rng),
    }


def assessments(
    drawn: Drawn, places: Served, areas: Areas, rng: np.random.Generator, scales: Scales
) -> dict[str, pl.DataFrame]:
    """``assessment``: in the quarter in which it was completed or locked."""
    rows, written = drawn.contacts.rows["oasys"], drawn.records["oasys"]
    count = len(rows.person)
    complete = rng.random(count) < 0.96
    prison = np.isin(rows.episode, drawn.contacts.rows["nomis"].episode) & (rng.random(count) < 0.7)
    harm = choose(rng, {"LOW": 0.44, "MEDIUM": 0.42, "HIGH": 0.12, "VERY_HIGH": 0.02}, count)
    female = (written["sex"] == "2").fill_null(False).to_numpy()
    years = np.clip(age(drawn.people.born[rows.person], rows.day), 18, 100)
    scores = {
        f"score_{name}": kept(pl.Series(rng.binomial(most, rng.uniform(0.1, 0.6, count))), complete)
        for name, most in _NEEDS.items()
    }
    month = months(rows.day)
    frame = pl.DataFrame({
        "assessment_id": written["record"],
        "noms_no": written["nomis_no"],
        **{name: written[name] for name in ("pnc_id", "crn", "surname", "forename", "sex", "ethnicity")},
        "dob": written["dob"].str.to_date(),
        "assessment_type": texts(choose(rng, {"LAYER3": 0.55, "STANDARD": 0.3, "LAYER1": 0.1, "FAST": 0.05}, count)),
        "stage": texts(choose(rng, {"START": 0.45, "REVIEW": 0.3, "TERMINATION": 0.15, "PRE_RELEASE": 0.07,
                                    "TRANSFER": 0.03}, count)),
        "initiated": dates(np.maximum(rows.day - rng.integers(0, 40, count), START)),
        "completed": dates(rows.day, complete),
        "location": texts(np.where(prison, "PRISON", "PROBATION")),
        "trust": kept(areas.trust.gather(places.force[rows.person]), ~prison),
        "establishment": texts(choose(rng, _PRISONS, count), prison),
        "status": texts(np.where(complete, "COMPLETE", "LOCKED_INCOMPLETE")),
        **scores,
        "harm_community": texts(harm, complete),
        "harm_custody": texts(choose(rng, {"LOW": 0.7, "MEDIUM": 0.24, "HIGH": 0.06}, count), complete & prison),
        "manager_signed": (harm == "VERY_HIGH") | (rng.random(count) < 0.3),
        **predict(rng, years, female, complete, scales),
        "supplier": same("NOMS", count),
        "entered": month,
        "began": month,
        "person": drawn.truth["oasys"]["person"],
    })  # fmt: skip
    return {"assessment": frame}
