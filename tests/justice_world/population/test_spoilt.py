"""One error at a time: with a chance of one, everything it can touch shows it, and nothing else changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from justice_world.population.addresses import NEVER, Homes
from justice_world.population.names import Names, read_names
from justice_world.population.people import END, START, People, draw_people
from justice_world.population.rates import Rates
from justice_world.population.spoilt import (
    Vocabulary,
    Written,
    births_written,
    codes_written,
    ethnicities_written,
    names_written,
    sexes_written,
    spoil_some,
)
from piperoll.simulate.streams import Streams


NONE = replace(Rates().scaled(0), under_alias=0.0)
COUNT = 6000


@pytest.fixture(scope="module")
def names() -> Names:
    return read_names()


@pytest.fixture(scope="module")
def people(names: Names) -> People:
    return draw_people(names, Streams(9), 0, COUNT, replace(Rates(), alias=0.5, renamed=0.5))


PERSON, LATE, EARLY = np.arange(COUNT), np.full(COUNT, END), np.full(COUNT, START - 2000)


def written(people: People, names: Names, rates: Rates, day: np.ndarray = EARLY) -> Written:
    return names_written(people, names, np.random.default_rng(1), PERSON, day, rates)


def births(people: People, rates: Rates, **how: bool) -> pl.Series:
    given = {"impossible": False, "may_miss": True, "sentinel": False} | how
    return births_written(people, np.random.default_rng(1), PERSON, rates, **given)


@pytest.fixture(scope="module")
def plain(people: People, names: Names) -> Written:
    return written(people, names, NONE)


def test_without_errors_names_are_as_they_are(people: People, plain: Written) -> None:
    assert plain.forename.equals(people.texts.gather(people.forename), check_names=False)
    assert plain.surname.equals(people.texts.gather(people.surname), check_names=False)
    assert (plain.middle.is_null().to_numpy() == (people.middle < 0)).all()


def test_a_new_surname_is_used_from_its_day(people: People, names: Names, plain: Written) -> None:
    after = written(people, names, NONE, LATE)
    changed = people.later != people.surname
    assert ((after.surname != plain.surname).to_numpy() == changed).all() and changed.sum() > 300
    assert (after.forename == plain.forename).all()


def test_an_alias_is_both_names(people: People, names: Names) -> None:
    after = written(people, names, replace(NONE, under_alias=1.0))
    has = np.flatnonzero(people.alias_forename >= 0)
    assert (after.forename.gather(has) == people.texts.gather(people.alias_forename[has])).all()
    assert (after.surname.gather(has) == people.texts.gather(people.alias_surname[has])).all()


def test_fields_are_swapped(people: People, names: Names, plain: Written) -> None:
    after = written(people, names, replace(NONE, swapped=1.0))
    assert (after.forename == plain.surname).all() and (after.surname == plain.forename).all()


def test_short_forms_are_the_names_own(people: People, names: Names, plain: Written) -> None:
    after = written(people, names, replace(NONE, nickname=1.0))
    short = (names.nick_count[people.forename] > 0).sum()
    assert (after.forename != plain.forename).sum() == short > 1000
    assert (after.surname == plain.surname).all()


def test_half_of_a_double_name_is_left(people: People, names: Names, plain: Written) -> None:
    after = written(people, names, replace(NONE, half=1.0))
    double = plain.surname.str.contains(r"^.+-.+$").to_numpy()
    for before, now in zip(plain.surname.filter(double), after.surname.filter(double), strict=True):
        assert now != before and now in before
    assert (after.surname.filter(~double) == plain.surname.filter(~double)).all() and double.sum() > 20


def test_middle_names_are_lost_added_and_put_first(people: People, names: Names, plain: Written) -> None:
    assert written(people, names, replace(NONE, middle_lost=1.0)).middle.null_count() == COUNT
    assert written(people, names, replace(NONE, middle_added=1.0)).middle.null_count() == 0
    after = written(people, names, replace(NONE, middle_first=1.0))
    has = plain.middle.is_not_null()
    assert (after.forename.filter(has) == plain.middle.filter(has)).all()
    assert (after.middle.filter(has) == plain.forename.filter(has)).all()


@pytest.mark.parametrize("kind", ["typing", "hearing"])
def test_slips_change_names_and_keep_their_capital(people: People, names: Names, plain: Written, kind: str) -> None:
    after = written(people, names, replace(NONE, **{kind: 1.0}))
    changed = ((after.forename != plain.forename) | (after.surname != plain.surname)).mean()
    assert changed == pytest.approx(1 - 0.55 * 0.45, abs=0.03)
    assert not pl.concat([after.forename, after.surname]).str.contains(r"^\p{Ll}").any()


def test_a_vocabulary_grows() -> None:
    words = Vocabulary(pl.Series("name", ["a", "b"]))
    assert words.add(pl.Series(["c"])).tolist() == [2] and words.add(pl.Series(["d", "e"])).tolist() == [3, 4]
    assert words.texts(np.array([4, -1, 0, 2])).to_list() == ["e", None, "a", "c"]


def test_without_errors_dates_are_those_of_birth(people: People) -> None:
    expected = [(dt.date(1970, 1, 1) + dt.timedelta(int(day))).isoformat() for day in people.born]
    assert births(people, NONE).to_list() == expected


def test_each_fault_of_a_date_is_of_its_kind(people: People) -> None:
    right = births(people, NONE)
    january = births(people, replace(NONE, date_january=1.0))
    assert (january == right.str.slice(0, 4) + "-01-01").all()
    turned = births(people, replace(NONE, date_swapped=1.0))
    assert (turned.str.slice(0, 4) == right.str.slice(0, 4)).all() and 0.3 < (turned != right).mean() < 0.4
    year = births(people, replace(NONE, date_year=1.0)).str.slice(0, 4).cast(int) - right.str.slice(0, 4).cast(int)
    assert set(year) == {-1, 1}
    far = births(people, replace(NONE, date_far=1.0)).str.slice(0, 4).cast(int) - right.str.slice(0, 4).cast(int)
    assert set(far) == {-4, -3, -2, -1, 1, 2, 3, 4}
    assert (births(people, replace(NONE, date_digit=1.0)) != right).all()
    assert (births(people, replace(NONE, date_other=1.0)) != right).mean() > 0.99


def test_missing_dates_are_written_as_the_source_does(people: People) -> None:
    none = replace(NONE, date_missing=1.0)
    assert births(people, none).null_count() == COUNT
    assert set(births(people, none, sentinel=True)) == {"1900-01-01"}
    assert births(people, none, may_miss=False).null_count() == 0


def test_only_some_sources_take_the_thirtieth_of_february(people: People) -> None:
    digit = replace(NONE, date_digit=1.0)
    assert births(people, digit).str.to_date(strict=False).null_count() == 0
    assert births(people, digit, impossible=True).str.to_date(strict=False).null_count() > 100


def test_sexes(people: People) -> None:
    def sexes(rates: Rates) -> pl.Series:
        return sexes_written(people, np.random.default_rng(1), PERSON, rates)

    right = sexes(NONE)
    assert ((right == "2").to_numpy() == people.woman).all() and set(right) == {"1", "2"}
    assert (sexes(replace(NONE, sex_wrong=1.0)) != right).all()
    assert set(sexes(replace(NONE, sex_missing=1.0))) == {"0", "9", None}


def test_ethnicities(people: People, names: Names) -> None:
    def ethnicities(rates: Rates, observed: bool) -> pl.Series:
        return ethnicities_written(people, names, np.random.default_rng(1), PERSON, rates, observed)

    assert ethnicities(NONE, False).to_list() == [names.codes[code] for code in people.ethnicity]
    assert set(ethnicities(replace(NONE, ethnicity_missing=1.0), False)) == {"NS"}
    assert set(ethnicities(replace(NONE, ethnicity_missing=1.0), True)) == {"0"}
    assert ethnicities(NONE, True).to_list() == [str(code) for code in names.appearance[people.origin]]


def test_codes_are_kept_or_not_and_some_are_wrong() -> None:
    codes, rng = pl.Series("code", ["AB12", "CD34", None, "EF56"]), np.random.default_rng(1)
    keep = np.array([True, False, True, True])
    assert codes_written(rng, codes, keep, 0.0).to_list() == ["AB12", None, None, "EF56"]
    wrong = codes_written(rng, codes, keep, 1.0).to_list()
    assert wrong[1] is wrong[2] is None and wrong[0] != "AB12" and wrong[3] != "EF56"
    assert spoil_some(rng, codes, 0.0).equals(codes)


def test_a_home_is_found_as_a_plain_reference_finds_it() -> None:
    rng = np.random.default_rng(3)
    until = np.sort(np.where(rng.random((200, 3)) < 0.4, NEVER, rng.integers(0, 100, (200, 3))), axis=1)
    homes = Homes(rng.integers(0, 1000, (200, 4)), until)
    person, day = rng.integers(0, 200, 1000), rng.integers(-5, 105, 1000)
    for found, who, when in zip(homes.at(person, day), person, day, strict=True):
        place = 0
        while place < 3 and when >= until[who, place]:
            place += 1
        assert found == homes.postcode[who, place]
