"""What the police and prisons hold on people: the PNC's identities and occasions, and prisoners."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders import prison
from justice_world.offenders.areas import Served
from justice_world.offenders.draws import choose, dates, kept, months, same, texts
from justice_world.offenders.histories import merged, offences
from justice_world.offenders.occasions import NUMBERED, months_of, occasions_of, told
from justice_world.offenders.window import Shown
from justice_world.population.identifiers import padded
from justice_world.population.names import read_names
from justice_world.population.sources import FORCES
from justice_world.population.write import Drawn


_ADULT = {"CAUTION": 0.62, "PND": 0.33, "COND_CAUTION": 0.05}
_YOUNG = {"REPRIMAND": 0.55, "WARNING": 0.35, "PND": 0.10}
# Legal Aid, Sentencing and Punishment of Offenders Act 2012, section 135
_YOUTH_CAUTIONS = np.datetime64("2013-04-08").astype(np.int64)
_HOME_OFFICE = np.datetime64("2012-10-01").astype(np.int64)  # sends the extract in place of the agency closed then
_ASKED_AGAIN = 0.95  # of prisoners who did not state their ethnicity at first, those who do to the prison
_FOREIGN = {"POL": 0.2, "JAM": 0.2, "IRL": 0.18, "NGA": 0.14, "ROU": 0.14, "VNM": 0.14}
_RELIGIONS = {"CHRIST": 0.48, "NONE": 0.34, "MUSLIM": 0.12, "BUDD": 0.02, "SIKH": 0.01, "OTHER": 0.03}


def police(drawn: Drawn, places: Served, rng: np.random.Generator, chunk: int, shown: Shown) -> dict[str, pl.DataFrame]:
    """``pnc_person``: each identity in every month in which it has an occasion; ``pnc_occasion``, and the rest.

    Of these the months shown, beside ``pnc_merge``.
    """
    rows, written = drawn.contacts.rows["pnc"], drawn.records["pnc"]
    of = occasions_of(drawn, rng)
    identity, updated = months_of(of)
    here = shown.rows(updated)
    identity, updated = identity[here], updated[here]
    count = len(identity)
    record = written[identity.tolist()]
    persons = pl.DataFrame({
        **_under(record["pnc_id"], updated),
        **{name: record[name] for name in ("cro", "surname", "alias_forename", "alias_surname")},
        "forenames": _forenames(record),
        "dob": record["dob"].str.to_date(),
        "sex": record["sex"].fill_null("0"),
        "ethnic_appearance": record["ethnicity"],
        "date_of_death": pl.repeat(None, count, dtype=pl.Date, eager=True),
        "nationality": texts(np.full(count, "GBR"), (rng.random(len(rows.person)) < 0.8)[identity]),
        "place_of_birth": pl.repeat(None, count, dtype=pl.String, eager=True),
        "updated_date": dates(updated),
        "record_status": pl.repeat(None, count, dtype=pl.String, eager=True),
        "person": drawn.truth["pnc"]["person"].gather(identity),
    })  # fmt: skip
    count = len(of.day)
    court = np.isin(of.episode, drawn.contacts.rows["libra"].episode)
    here = shown.rows(of.day)
    young = (of.day - drawn.people.born[of.person]) < 18 * 365.25
    kind = np.where(court, "COURT", np.where(young, choose(rng, _YOUNG, count), choose(rng, _ADULT, count)))
    kind = np.where(np.isin(kind, ["REPRIMAND", "WARNING"]) & (of.day >= _YOUTH_CAUTIONS), "YOUTH_CAUTION", kind)
    numbered = rng.random(count) < NUMBERED
    waited = np.minimum(rng.geometric(0.1, count), 90)
    some = of.take(here)
    occasions = pl.DataFrame({
        **_under(written["pnc_id"].gather(some.identity), some.day),
        "occasion_no": some.number,
        "occasion_type": texts(kind[here]),
        "occasion_date": dates(some.day),
        "force_owner": padded(FORCES[places.force[some.person]], 2),
        "court_code": kept(places.justice_area(some.person), court[here]),
        **told(drawn, some, numbered[here]),
        "entered_date": dates(some.day + waited[here]),
    })  # fmt: skip
    born = written["dob"].str.to_date().gather(some.identity)
    identities = pl.DataFrame(_under(written["pnc_id"], rows.day))
    return {
        "pnc_person": persons,
        "pnc_occasion": occasions,
        "pnc_merge": merged(rng, identities, rows.day, chunk),
        **offences(rng, occasions, some.day, born, court, here),
    }


def _under(pnc_id: pl.Series, day: np.ndarray) -> dict[str, pl.Series]:
    """Number, supplier and months of what the extract says of these days."""
    month = months(day)
    supplier = texts(np.where(day >= _HOME_OFFICE, "HO", "NPIA"))
    return {"pnc_id": pnc_id, "supplier": supplier, "entered": month, "began": month}


def prisons(drawn: Drawn, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """``prisoner``: a row each reception, under the number for life; and what hangs on the stay."""
    rows, written = drawn.contacts.rows["nomis"], drawn.records["nomis"]
    count = len(rows.person)
    month = months(rows.day)
    names = read_names()
    true = pl.Series(list(names.codes)).gather(drawn.people.ethnicity[rows.person])
    asked = (written["ethnicity"] == "NS").to_numpy() & (rng.random(count) < _ASKED_AGAIN)
    foreign = rng.random(count) < 0.13
    prisoners = pl.DataFrame({
        "noms_no": written["nomis_no"],
        **{name: written[name] for name in ("prison_number", "pnc_id", "cro", "surname", "alias_forename",
                                            "alias_surname", "postcode", "town")},
        "forenames": _forenames(written),
        "dob": written["dob"].str.to_date(),
        "sex": written["sex"].fill_null("0"),
        "ethnicity": pl.select(pl.when(pl.Series(asked)).then(true).otherwise(written["ethnicity"])).to_series(),
        "religion": texts(choose(rng, _RELIGIONS, count)),
        "nationality": texts(np.where(foreign, choose(rng, _FOREIGN, count), "GBR")),
        "foreign_national": foreign,
        "updated_date": dates(rows.day),
        "supplier": same("NOMS", count),
        "entered": month,
        "began": month,
        "person": drawn.truth["nomis"]["person"],
    })  # fmt: skip
    stayed = prison.stays(prisoners, written["record"], rows.day, rng)
    return {
        "prisoner": prisoners,
        **prison.bookings(stayed, rng),
        "movement": prison.movements(stayed, rng),
        **prison.events(stayed, rng),
        "segment": prison.segments(stayed, prisoners, rng),
    }


def _forenames(written: pl.DataFrame) -> pl.Series:
    return written.select(pl.concat_str("forename", "middle", separator=" ", ignore_nulls=True)).to_series()
