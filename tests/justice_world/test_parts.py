"""The parts of the world one by one: places, numbers, events in order, shelves, people."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from justice_world.county_court.claims import Numbers, amounts
from justice_world.county_court.events import KINDS, OUTCOMES, Events, kinds, outcomes
from justice_world.people import AGENTS, DEALERS, HOUSING, LENDERS, births, claimants, persons
from justice_world.places import Places, read_places
from justice_world.shelf import Shelf
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.register import Register


DAY = np.datetime64("2008-01-02")


@pytest.fixture(scope="module")
def places(register: Register) -> Places:
    return read_places(register)


def test_every_authority_has_districts_and_a_court_of_its_region(places: Places, register: Register) -> None:
    assert (places.district_count >= 2).all() and places.district_count.sum() == len(places.districts)
    english = {"E12000001": "NE", "E12000003": "NE", "E12000002": "NW", "E12000004": "MID", "E12000005": "MID",
               "E12000006": "SE", "E12000008": "SE", "E12000007": "LON", "E12000009": "SW", "W92000004": "WAL"}  # fmt: skip
    for number, code in enumerate(places.authorities):
        parent = register.codes["local_authority"].get(code).parent
        assert places.court_region[places.home_court[number]] == english[parent or ""], code


def test_a_court_that_bears_the_authoritys_name_is_its_own(places: Places, register: Register) -> None:
    at = places.names.to_list().index("Brighton and Hove")
    assert places.court_region[places.home_court[at]] == "SE"
    at = places.names.to_list().index("Slough")
    court = register.codes["court"].get(places.courts[int(places.home_court[at])])
    assert court is not None and court.label == "Slough County Court"


def test_cases_move_to_another_court_of_the_same_region(places: Places) -> None:
    here = np.arange(len(places.courts))
    assert (places.neighbours != here).all()
    assert (places.court_region[places.neighbours] == places.court_region).all()


def test_postcodes_lie_in_their_authority_and_are_nobodys(places: Places, register: Register) -> None:
    authority = np.repeat(np.arange(len(places.authorities)), 3)
    codes = places.postcodes(np.random.default_rng(1), authority)
    assert codes.str.contains(r"^[QVX][A-Z]\d\d \d[A-Z]{2}$").all()
    lookup = {each.code: each.attributes["local_authority"] for each in register.codes["postcode_district"].codes}
    assert [lookup[each.split(" ")[0]] for each in codes] == places.authorities.gather(authority).to_list()


def test_no_district_is_the_start_of_another(register: Register) -> None:
    codes = sorted(each.code for each in register.codes["postcode_district"].codes)
    assert not any(later.startswith(first) for first, later in pairwise(codes))


def test_an_attribute_that_is_missing_is_told(register: Register) -> None:
    courts = register.codes["court"]
    bare = replace(courts, codes=(replace(courts.codes[0], attributes={}), *courts.codes[1:]))
    with pytest.raises(UserError, match=r"PR-M004.*hmcts_region"):
        read_places(replace(register, codes={**register.codes, "court": bare}))


@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(KINDS), st.integers(0, 90)), max_size=40), st.integers(0, 99)
)
def test_events_stand_in_order_as_a_plain_reference_has_them(rows: list[tuple[int, str, int]], seed: int) -> None:
    events = Events()
    for claim, kind, day in rows:
        events.add(np.array([claim]), kind, np.array([DAY + day]))
    found = events.ordered(np.random.default_rng(seed), pl.Series([1, 2, 3, 4, 5]).cast(pl.Decimal(12, 2)))
    plain = sorted((claim, day, KINDS.index(kind)) for claim, kind, day in rows)
    assert found["claim"].to_list() == [claim for claim, _, _ in plain]
    assert found["event_type"].to_list() == [KINDS[kind] for _, _, kind in plain]
    number: dict[int, int] = {}
    entered: dict[int, dt.date] = {}
    for claim, seq, date, month in found.select("claim", "event_seq", "event_date", "entered").iter_rows():
        number[claim] = number.get(claim, 0) + 1
        assert seq == number[claim]
        assert month >= max(date.replace(day=1), entered.get(claim, month)) and month.day == 1
        entered[claim] = month
        assert (month - date.replace(day=1)).days <= 160


def test_sums_and_outcomes_belong_to_their_events() -> None:
    events = Events()
    events.add(np.array([1]), kinds("ORDER_OUTRIGHT"), np.array([DAY]), owed=True)
    events.add(np.array([1]), "WARRANT_POSS", np.array([DAY + 30]), outcome=outcomes("RETURNED"),
               outcome_date=np.array([DAY + 40]))  # fmt: skip
    found = events.ordered(np.random.default_rng(1), pl.Series(["1.00", "250.50"]).cast(pl.Decimal(12, 2)))
    assert [str(each) if each is not None else None for each in found["amount"]] == ["250.50", None]
    assert found["outcome"].to_list() == [None, "RETURNED"]
    assert found["outcome_date"].to_list() == [None, dt.date(2008, 2, 11)]


def test_codes_of_the_world_are_those_of_the_register(register: Register) -> None:
    assert set(KINDS) <= {each.code for each in register.codes["event_type"].codes}
    assert set(OUTCOMES) == {each.code for each in register.codes["bailiff_outcome"].codes}


def _claims(court: list[int], days: list[dt.date]) -> pl.DataFrame:
    return pl.DataFrame({"court": court, "issue_date": days})


def test_numbers_run_on_within_a_year_and_start_again(places: Places) -> None:
    numbers, rng = Numbers(places), np.random.default_rng(1)
    first = numbers.give(_claims([1, 0, 1], [dt.date(2008, 1, 2)] * 3), rng)["claim_number"].to_list()
    second = numbers.give(_claims([1], [dt.date(2008, 2, 1)]), rng)["claim_number"].to_list()
    third = numbers.give(_claims([1], [dt.date(2009, 1, 2)]), rng)["claim_number"].to_list()
    a, b = places.courts[0], places.courts[1]
    assert first == [f"8{a}00001", f"8{b}00001", f"8{b}00002"]
    assert second == [f"8{b}00003"] and third == [f"9{b}00001"]


def test_no_claims_need_no_numbers(places: Places) -> None:
    assert Numbers(places).give(_claims([], []), np.random.default_rng(1)).height == 0


def test_a_shelf_gives_each_row_once_in_its_month() -> None:
    shelf = Shelf()
    months = [dt.date(2008, 1, 1), dt.date(2008, 2, 1), dt.date(2008, 1, 1)]
    shelf.put(pl.DataFrame({"entered": months, "n": [1, 2, 3]}))
    shelf.put(pl.DataFrame({"entered": months[:1], "n": [4]}))
    january = Period.parse("2008-01")
    assert shelf.take(january)["n"].to_list() == [1, 3, 4]
    assert shelf.take(january).height == 0 and shelf.take(january).columns == ["entered", "n"]
    assert shelf.take(Period.parse("2008-02"))["n"].to_list() == [2]


def test_amounts_are_in_pence_and_never_trifling() -> None:
    drawn = amounts(np.random.default_rng(1), 2000, 1100, 0.7)
    assert drawn.dtype == pl.Decimal(12, 2)
    assert float(drawn.min()) >= 50
    assert 1000 < float(drawn.median()) < 1200


def test_defendants_are_adults_born_after_1890() -> None:
    on = np.full(3000, DAY)
    born = births(np.random.default_rng(1), on, 0.2)
    assert 0.15 < born.null_count() / 3000 < 0.25
    assert born.min() > dt.date(1910, 1, 1)
    assert born.max() <= dt.date(1990, 1, 2)


def test_claimants_go_with_the_kind_of_claim(places: Places) -> None:
    authority = np.zeros(400, dtype=np.int64)
    rng = np.random.default_rng(1)
    sectors = {kind: set(claimants(rng, kind, authority, places).sector) for kind in
               ("MORTGAGE", "SOCIAL", "PRIVATE", "ACCELERATED")}  # fmt: skip
    assert sectors == {"MORTGAGE": {"MORT_LENDER"}, "SOCIAL": {"LOCAL_AUTH", "RSL"}, "PRIVATE": {"PRIVATE"},
                       "ACCELERATED": {"PRIVATE"}}  # fmt: skip
    people = claimants(rng, "PRIVATE", authority, places)
    assert 0 < people.organisation.sum() < 400


def test_names_fit_their_columns() -> None:
    names = pl.concat(
        [persons(np.random.default_rng(1), 5000), *(each.texts for each in (LENDERS, HOUSING, AGENTS, DEALERS))]
    )
    assert names.str.len_chars().max() <= 80
    assert names.str.contains(" ").all()
