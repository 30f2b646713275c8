"""The seven sources: which columns each has, how it writes them, and how often it knows an identifier.

Columns are those of the sources' contracts and of the linked data's inputs; the own key of a source is always there.
Shares of records with an identifier are ours (orders of magnitude: police numbers are best known where police files
begin the case); no figures are published.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from justice_world.population import identifiers
from justice_world.population.addresses import geography
from justice_world.population.contacts import Contacts, Rows
from justice_world.population.names import Names
from justice_world.population.people import CHUNK, People
from justice_world.population.rates import Rates, present
from justice_world.population.spoilt import (
    births_written,
    codes_written,
    ethnicities_written,
    names_written,
    sexes_written,
    spoil_some,
)
from piperoll.simulate.errors import Dates


# Codes of the 43 territorial forces; 99 of PNC users are not among them.
FORCES = np.array([1, 3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 16, 17, 20, 21, 22, 23, 30, 31, 32, 33, 34, 35, 36, 37, 40, 41,
                   42, 43, 44, 45, 46, 47, 48, 50, 52, 53, 54, 55, 60, 61, 62, 63])  # fmt: skip
_ROOM = 10**7  # record numbers of a chunk
_ALL = 10**11


@dataclass(frozen=True)
class Source:
    """One source.

    Attributes:
        letter: With which its record numbers begin.
        knows: Identifiers and the share of records (of those whose person has one) in which each is known.
        middle: Whether it keeps middle names.
        alias: Whether it keeps aliases.
        address: Whether it keeps postcode and town.
        homeless: What it writes as a postcode for no fixed abode.
        capitals: Whether it writes names in capitals.
        observed: Whether ethnicity is the officer's view.
        impossible, may_miss, sentinel: How it treats dates of birth (`births_written`).
    """

    key: str
    letter: str
    knows: dict[str, float] = field(default_factory=dict)
    middle: bool = False
    alias: bool = False
    address: bool = False
    homeless: str | None = None
    capitals: bool = False
    observed: bool = False
    impossible: bool = False
    may_miss: bool = True
    sentinel: bool = False

    def columns(self) -> tuple[str, ...]:
        """Its columns in order."""
        return (
            "record", "forename", *(("middle",) if self.middle else ()), "surname",
            *(("alias_forename", "alias_surname") if self.alias else ()), "dob", "sex", "ethnicity",
            *(("postcode", "town") if self.address else ()), *self.knows, "event_date",
        )  # fmt: skip


SPECS = {
    each.key: each
    for each in (
        Source("libra", "L", {"pnc_id": 0.50, "asn": 0.85, "ptiurn": 0.90}, address=True, capitals=True,
               impossible=True),
        Source("crest", "C", {"pnc_id": 0.66, "cro": 0.60, "asn": 0.90, "ptiurn": 0.92}),
        Source("pnc", "P", {"pnc_id": 1.0, "cro": 1.0, "asn": 0.97}, middle=True, alias=True, address=True,
               capitals=True, observed=True, may_miss=False),
        Source("nomis", "N", {"pnc_id": 0.75, "cro": 0.60, "prison_number": 0.70, "nomis_no": 1.0}, middle=True,
               alias=True, address=True, homeless="ZZ99 3VZ", capitals=True, may_miss=False),
        Source("probation", "D", {"pnc_id": 0.75, "nomis_no": 0.35, "crn": 1.0}),
        Source("iaps", "I", {"pnc_id": 0.60, "crn": 1.0}, sentinel=True, impossible=True),
        Source("oasys", "O", {"pnc_id": 0.75, "nomis_no": 0.45, "crn": 0.70}),
    )
}  # fmt: skip
_OWN = {("pnc", "pnc_id"), ("nomis", "nomis_no"), ("probation", "crn"), ("iaps", "crn")}


@dataclass(frozen=True)
class Episodes:
    """Numbers of a chunk's episodes: arrest/summons number and unique reference number, by position."""

    asn: pl.Series
    ptiurn: pl.Series


def number_episodes(people: People, rng: np.random.Generator, contacts: Contacts) -> Episodes:
    """A number of each kind for each episode; the force is that of the person's first home."""
    person = contacts.person
    force = geography().forces(people.homes.postcode[person, 0], FORCES)
    unit = rng.integers(0, 26 * 26, len(person))
    year = Dates.of(contacts.day).year
    serial = people.chunk * _ROOM + np.arange(len(person))
    return Episodes(
        identifiers.arrest_summons(year, force, unit, serial),
        identifiers.urns(force, unit, rng.integers(0, 100_000, len(person)), year),
    )


def write_source(
    source: Source,
    people: People,
    names: Names,
    episodes: Episodes,
    rows: Rows,
    rng: np.random.Generator,
    rates: Rates,
    errors: float,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records of one source about one chunk, and whose each is (number in the population)."""
    person, count = rows.person, len(rows.person)
    written = names_written(people, names, rng, person, rows.day, rates)
    out: dict[str, pl.Series] = {
        "record": _record_numbers(source.letter, people.chunk, count),
        "forename": written.forename,
        "middle": written.middle,
        "surname": written.surname,
        "dob": births_written(people, rng, person, rates, source.impossible, source.may_miss, source.sentinel),
        "sex": sexes_written(people, rng, person, rates),
        "ethnicity": ethnicities_written(people, names, rng, person, rates, source.observed),
        "event_date": pl.Series(rows.day.astype("datetime64[D]")),
    }
    if source.alias:
        out |= _aliases(people, rng, person)
    if source.address:
        out |= _addresses(source, people, rng, rows, rates)
    for name, share in source.knows.items():
        own = (source.key, name) in _OWN
        known = 1.0 if own else present(share, errors)
        values = _values(name, source, people, rng, episodes, rows)
        out[name] = codes_written(rng, values, rng.random(count) < known, 0.0 if own else rates.code_character)
    if source.capitals:
        capital = {"forename", "middle", "surname", "alias_forename", "alias_surname", "town"} & set(out)
        out |= {name: out[name].str.to_uppercase() for name in sorted(capital)}
    frame = pl.DataFrame([out[name].alias(name) for name in source.columns()])
    truth = pl.DataFrame({"record": out["record"], "person": people.chunk * CHUNK + person})
    return frame, truth


def _record_numbers(letter: str, chunk: int, count: int) -> pl.Series:
    """Numbers that tell neither chunk nor order: a shuffle of all numbers of eleven digits."""
    place = chunk * _ROOM + np.arange(count, dtype=np.int64)
    # Odd and no multiple of 5, so that no two places get the same number; below 2**63 / 1e11.
    number = (place * 61_803_399 + 27_182_818_284) % _ALL
    return letter + identifiers.padded(number, 11)


def _aliases(people: People, rng: np.random.Generator, person: np.ndarray) -> dict[str, pl.Series]:
    known = (people.alias_forename[person] >= 0) & (rng.random(len(person)) < 0.85)
    other = np.flatnonzero((people.later != people.surname)[person] & ~known)
    forename = np.where(known, people.alias_forename[person], -1)
    surname = np.where(known, people.alias_surname[person], -1)
    forename[other], surname[other] = people.forename[person[other]], people.surname[person[other]]
    return {
        name: pl.select(pl.when(pl.Series(codes >= 0)).then(people.texts.gather(np.maximum(codes, 0)))).to_series()
        for name, codes in (("alias_forename", forename), ("alias_surname", surname))
    }


def _addresses(
    source: Source, people: People, rng: np.random.Generator, rows: Rows, rates: Rates
) -> dict[str, pl.Series]:
    count = len(rows.person)
    home = people.homes.at(rows.person, rows.day)
    postcode = spoil_some(rng, geography().postcodes(home), rates.postcode_character)
    outward = pl.Series(rng.random(count) < rates.postcode_outward)
    homeless = pl.Series(rng.random(count) < rates.homeless)
    missing = pl.Series(rng.random(count) < rates.postcode_missing)
    lost = pl.Series(rng.random(count) < 0.5)
    none = pl.lit(source.homeless, dtype=pl.String)
    frame = pl.select(
        pl.when(homeless).then(none)
        .when(missing).then(None)
        .when(outward).then(postcode.str.split(" ").list.first())
        .otherwise(postcode).alias("postcode"),
        pl.when(homeless).then(pl.lit("No fixed abode")).when(missing & lost).then(None)
        .otherwise(geography().town_names(home)).alias("town"),
    )  # fmt: skip
    return {"postcode": frame["postcode"], "town": frame["town"]}


def _values(
    name: str, source: Source, people: People, rng: np.random.Generator, episodes: Episodes, rows: Rows
) -> pl.Series:
    """The number that each row would bear if all were known and right, with second and others' numbers among them."""
    person = rows.person
    if name == "asn":
        # Some are brought by authorities that give no number, and by summons.
        return episodes.asn.gather(rows.episode)
    if name == "ptiurn":
        return episodes.ptiurn.gather(rows.episode)
    if name == "prison_number":
        return people.numbers.prison.gather(person)
    if name == "cro":
        return people.numbers.cro.gather(person)
    if name == "pnc_id":
        if source.key == "pnc":
            return _instead(people.numbers.pnc, people.numbers.second_pnc, person, rows.second)
        half = _instead(people.numbers.pnc, people.numbers.second_pnc, person, rng.random(len(person)) < 0.5)
        return pl.select(pl.coalesce(people.numbers.others_pnc.gather(person), half)).to_series()
    first, second = (
        (people.numbers.nomis, people.numbers.second_nomis)
        if name == "nomis_no"
        else (people.numbers.crn, people.numbers.second_crn)
    )
    return _instead(first, second, person, rng.random(len(person)) < 0.4)


def _instead(first: pl.Series, second: pl.Series, person: np.ndarray, rows: np.ndarray) -> pl.Series:
    """The second number on the rows given, where there is one."""
    use = pl.Series(rows & second.is_not_null().to_numpy()[person])
    return pl.select(pl.when(use).then(second.gather(person)).otherwise(first.gather(person))).to_series()
