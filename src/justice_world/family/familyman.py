"""How FamilyMan records family cases: its tables, as they are entered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.family.cases import CHILD, Begun
from justice_world.family.courts import Courts
from justice_world.offenders.draws import dates, months
from justice_world.places import Places
from justice_world.rooms import numbers, within


# Slips of entry: an event marked as an error, one entered "before" it was received, one without a date of receipt.
ERROR, BEFORE, NO_RECEIPT = 0.008, 0.003, 0.05
LAGS = np.array([0, 0, 0, 0, 1, 1, 1, 2, 3, 5])  # days from receipt to entry
ELSEWHERE = 0.02  # of events that another court of the region creates, to which the case has moved
NO_POSTCODE = 0.06
REPRESENTED = 0.55
HIGH_COURT = 0.004  # of cases
_SUFFIX = np.array(["C", "C", "C", "C", "Z"])  # of role models, by letter


@dataclass
class Counters:
    """Last numbers given: of events, roles, parties and addresses."""

    event: int = 0
    role: int = 0
    party: int = 0
    address: int = 0


def record(
    begun: Begun, happened: pl.DataFrame, courts: Courts, places: Places, counters: Counters, last: int,
    rng: np.random.Generator,
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame, np.ndarray]:  # fmt: skip
    """Tables with ``entered`` (month); the truth of roles (``role``, ``person``); and the month of each case.

    What is entered after day ``last`` is left out.
    """
    events = _events(begun, happened, courts, counters, rng)
    first = events.filter(pl.col("model") == "U22").sort("case")["entered"]
    tables = _parties(begun, first, places, counters, rng)
    truth = tables.pop("truth")
    roles = tables["role"]
    tables["event"] = events.select(
        "event", "case_number", pl.col("model").alias("event_model"), "receipt_date", "entry_date", "creating_court",
        "error", "entered",
    )  # fmt: skip
    tables["event_field"] = _fields(events, roles)
    tables["case"] = pl.DataFrame({"case_number": begun.number, "entered": first})
    high = pl.Series(np.sort(rng.choice(len(first), rng.binomial(len(first), HIGH_COURT), replace=False)))
    tables["case_field"] = pl.DataFrame({"case_number": begun.number, "entered": first})[high].select(
        "case_number", pl.lit("FM2C_HC").alias("field_model"), pl.lit("Y").alias("value"), "entered"
    )
    limit = dates(np.array([last]))[0]
    kept = {name: rows.filter(pl.col("entered") <= limit) for name, rows in tables.items()}
    kept["role"] = kept["role"].drop("case", "kind")
    return kept, truth, first.to_numpy()


def _events(
    begun: Begun, happened: pl.DataFrame, courts: Courts, counters: Counters, rng: np.random.Generator
) -> pl.DataFrame:
    count = happened.height
    case = happened["case"].to_numpy()
    day = happened["day"].to_numpy()
    start = (happened["model"] == "U22").to_numpy()
    entry = day + LAGS[rng.integers(0, len(LAGS), count)]
    entry += np.where(_weekday(entry) > 4, 7 - _weekday(entry), 0)
    # Nothing of a case is entered before the application that opened it.
    opened = np.zeros(len(begun.letter), np.int64)
    opened[case[start]] = entry[start]
    entry = np.maximum(entry, opened[case])
    late = ~start & (rng.random(count) < BEFORE)
    receipt = np.where(late, entry + 2, day)
    court = begun.court[case]
    neighbour = _neighbours(courts.region)
    court = np.where(~start & (rng.random(count) < ELSEWHERE), neighbour[court], court)
    wrong = ~start & (rng.random(count) < ERROR)
    codes = courts.codes.gather(court)
    serial = numbers(counters.event + 1, count, 9)
    counters.event += count
    return happened.with_columns(
        event=codes + serial,
        case_number=begun.number.gather(case),
        receipt_date=dates(receipt, start | (rng.random(count) >= NO_RECEIPT)),
        entry_date=dates(entry),
        creating_court=codes,
        error=pl.Series(np.where(wrong, "Y", "N").astype(str)),
        entered=months(entry),
    )


def _weekday(days: np.ndarray) -> np.ndarray:
    """Monday is 0."""
    return (days + 3) % 7


def _neighbours(region: np.ndarray) -> np.ndarray:
    out = np.arange(len(region))
    for each in np.unique(region):
        members = np.flatnonzero(region == each)
        out[members] = np.roll(members, 1)
    return out


def _fields(events: pl.DataFrame, roles: pl.DataFrame) -> pl.DataFrame:
    """Values of fields: types, numbers of orders and dates of issue as texts, children as roles."""
    model = pl.col("model")
    one = pl.lit(1, dtype=pl.Int64).alias("item")
    none = pl.lit(None, dtype=pl.String)
    types = events.filter(pl.col("types").is_not_null()).select(
        "event", (model + "_AT").alias("field_model"), one, pl.col("types").alias("value"), none.alias("role"),
        "entered",
    )  # fmt: skip
    orders = events.filter(pl.col("order") >= 0).select(
        "event", pl.lit("ORD_OC").alias("field_model"), one, pl.col("order").cast(pl.String).alias("value"),
        none.alias("role"), "entered",
    )  # fmt: skip
    issued = events.filter(pl.col("issued") >= 0).select(
        "event", pl.lit("FM2C_DI").alias("field_model"), one,
        pl.col("issued").cast(pl.Int32).cast(pl.Date).cast(pl.String).alias("value"), none.alias("role"), "entered",
    )  # fmt: skip
    named = events.filter("named").select(
        "event", "case", "entered",
        field_model=pl.when(model.is_in(["U22", "G50"])).then(model + "_CH").otherwise(pl.lit("ORD_CH")),
    )  # fmt: skip
    children = roles.filter((pl.col("kind") == CHILD) & (pl.col("delete_flag") == "N")).select("case", "role")
    linked = named.join(children, on="case", maintain_order="left_right").select(
        "event", "field_model", pl.int_range(1, pl.len() + 1).over("event").alias("item"), none.alias("value"),
        "role", "entered",
    )  # fmt: skip
    return pl.concat([types, orders, issued, linked])


def _parties(
    begun: Begun, first: pl.Series, places: Places, counters: Counters, rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    parties = begun.parties
    count = parties.height
    case, kind = parties["case"].to_numpy(), parties["kind"].to_numpy()
    entered = first.gather(case)
    party = numbers(counters.party + 1, count, 12)
    role = numbers(counters.role + 1, count, 12)
    counters.party += count
    counters.role += count
    heads = np.array(["APL", "RSP", "CHLD"])[kind]
    model = np.char.add(heads, _SUFFIX[begun.letter[case]])
    deleted = (within(case) > 2) & (kind == CHILD) & (rng.random(count) < 0.02)
    represented = (kind != CHILD) & (rng.random(count) < REPRESENTED) & parties["company"].is_null().to_numpy()
    representative = numbers(counters.role + 1, count, 12)
    counters.role += count
    grown = np.flatnonzero(kind != CHILD)
    authority = parties["authority"].to_numpy()[grown]
    # Who lives together has one address; it is in the authority of the case.
    home = parties["household"][grown].fill_null(-1)
    lives = pl.DataFrame({"case": case[grown], "home": home}).select(
        pl.int_range(pl.len()).first().over("case", "home")
    )  # fmt: skip
    postcode = places.postcodes(rng, authority).gather(lives.to_series())
    address = numbers(counters.address + 1, len(grown), 12)
    counters.address += len(grown)
    gone = pl.Series(rng.random(len(grown)) >= NO_POSTCODE)
    return {
        "party": pl.DataFrame({
            "party": party, "person_given_first_name": parties["given"], "person_family_name": parties["family"],
            "company": parties["company"], "dob": parties["dob"], "gender": parties["gender"], "entered": entered,
        }),
        "role": pl.DataFrame({
            "role": role, "case_number": begun.number.gather(case), "role_model": pl.Series(model.astype(str)),
            "party": party,
            "representative_role": pl.select(pl.when(pl.Series(represented)).then(representative)).to_series(),
            "delete_flag": pl.Series(np.where(deleted, "Y", "N").astype(str)), "entered": entered,
            "case": case, "kind": kind,
        }),
        "address": pl.DataFrame({
            "address": address, "party": party.gather(grown),
            "postcode": pl.select(pl.when(gone).then(postcode)).to_series(), "entered": entered.gather(grown),
        }),
        "truth": pl.DataFrame({
            "party": party, "role": role, "case_number": begun.number.gather(case),
            **parties.select("person", "household", "^true_.*$").to_dict(),
            "local_authority": places.authorities.gather(parties["authority"]),
        }),
    }  # fmt: skip
