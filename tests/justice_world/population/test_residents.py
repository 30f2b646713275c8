"""Residents: found by number, in couples and families; some are offenders; what is taken down of them has slips."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from justice_world.offenders.window import END
from justice_world.places import read_places
from justice_world.population import meet
from justice_world.population.meet import NEAR, Population, true, written
from justice_world.population.people import CHUNK, draw_people
from justice_world.population.rates import Rates
from justice_world.population.residents import BORN_A_DAY, CHILDREN, FIRST, MOST_CHILDREN, YEAR, Residents
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


MONTH = Period.parse("2011-03")
TODAY = int(np.datetime64(MONTH.start).astype(np.int64))
OFFENDERS = 20_000


def make(register: Register, seed: int = 7, share: float = 0.01, offenders: int = OFFENDERS) -> Population:
    return Population(Streams(seed), read_places(register), offenders, share, END)


@pytest.fixture(scope="module")
def population(register: Register) -> Population:
    return make(register)


@pytest.fixture(scope="module")
def residents(population: Population) -> Residents:
    return population.residents


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def wanted(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Sexes and births."""
    return rng.random(count) < 0.5, TODAY - rng.integers(16 * 365, 70 * 365, count)


def test_a_number_tells_the_same_person_whoever_asks(register: Register, residents: Residents) -> None:
    number = FIRST + np.random.default_rng(1).integers(50_000_000, 80_000_000, 500)
    on = np.full(500, TODAY)
    all_ = residents.who(number, on)
    assert_frame_equal(all_[::-7], residents.who(number[::-7], on[::-7]))
    again = make(register).residents.who(number, on)
    assert_frame_equal(all_, again)
    other = make(register, seed=8).residents.who(number, on)
    assert other["born"].equals(all_["born"])
    assert (other["surname"] == all_["surname"]).mean() < 0.05


def test_people_are_of_the_sex_and_birth_asked_for(residents: Residents, rng: np.random.Generator) -> None:
    woman, born = wanted(rng, 2000)
    number = residents.adults(rng, woman, born)
    who = residents.who(number, np.full(2000, TODAY))
    assert who["woman"].to_numpy().tolist() == woman.tolist()
    assert who["born"].to_numpy().tolist() == born.tolist()
    assert who["ethnicity"].str.starts_with("W").mean() > 0.7
    assert (who["surname"] != who["maiden"]).to_numpy()[~woman].sum() == 0
    assert 0.3 < (who["surname"] != who["maiden"]).to_numpy()[woman].mean() < 0.8


@pytest.mark.parametrize(("share", "size"), [(0.0001, 6), (0.01, 12), (0.5, 480), (1.0, 960)])
def test_share_scales_how_many_people_there_are(register: Register, share: float, size: int) -> None:
    found = make(register, share=share).residents
    assert found.size == size
    assert found.size % MOST_CHILDREN == 0
    born = np.full(20 * size, -9000)
    number = found.adults(np.random.default_rng(1), born < 0, born)
    assert len(np.unique(number)) > 0.99 * size
    whole = found.adults(np.random.default_rng(1), born < 0, born, whole=True)
    assert len(np.unique(whole)) <= BORN_A_DAY and np.unique(whole).max() - np.unique(whole).min() < BORN_A_DAY


def test_couples_are_couples_from_either_side(residents: Residents, rng: np.random.Generator) -> None:
    woman, born = wanted(rng, 1000)
    number = residents.adults(rng, woman, born)
    other = residents.partners(number)
    assert (residents.partners(other) == number).all()
    on = np.full(1000, TODAY)
    one, two = residents.who(number, on), residents.who(other, on)
    assert (one["woman"] != two["woman"]).all()
    years = np.where(woman, 1, -1) * (born - two["born"].to_numpy()) / YEAR
    assert years.min() > -0.6 and years.max() < 9.1
    same = one["household"] == two["household"]
    assert 0.4 < same.mean() < 0.7
    assert (one["postcode"] == two["postcode"]).filter(same).all()
    assert (one["postcode"] == two["postcode"]).filter(~same).mean() < 0.01
    named = (one["surname"] == two["surname"]).filter(same)
    assert 0.6 < named.mean() < 0.85


def test_who_marries_takes_a_name_and_a_home_from_then_on(residents: Residents, rng: np.random.Generator) -> None:
    born = np.full(800, TODAY - round(35 * YEAR))
    number = residents.adults(rng, born < TODAY, born)
    girl, wife = (residents.who(number, on) for on in (born + round(16 * YEAR), np.full(800, TODAY)))
    assert girl["surname"].equals(girl["maiden"]) and girl["maiden"].equals(wife["maiden"])
    assert (wife["surname"] != girl["surname"]).mean() > 0.5
    assert girl["born"].equals(wife["born"]) and girl["forename"].equals(wife["forename"])


def test_children_are_of_a_household_and_young_enough(register: Register, rng: np.random.Generator) -> None:
    residents = make(register, share=1.0).residents
    count = rng.integers(1, MOST_CHILDREN + 1, 1500)
    on = np.full(1500, TODAY)
    mothers = residents.mothers(rng, on, rng.uniform(0, 16.9, 1500), count)
    family = np.repeat(np.arange(1500), count)
    place = np.concatenate([np.arange(each) for each in count])
    kids = residents.who(residents.children(mothers[family], place), on[family])
    assert (kids["person"] > CHILDREN).all() and kids["person"].is_unique().mean() > 0.85
    age = (TODAY - kids["born"].to_numpy()) / YEAR
    assert age.min() > 0 and age.max() < 17
    mum = residents.who(mothers, on)
    apart = (kids["born"].to_numpy() - mum["born"].to_numpy()[family]) / YEAR
    assert apart.min() > 17 and apart.max() < 50
    assert (kids["household"] == mum["household"].gather(family)).all()
    assert (kids["postcode"] == mum["postcode"].gather(family)).all()
    dad = residents.who(residents.partners(mothers), on)["surname"].gather(family)
    theirs = (kids["surname"] == dad) | (kids["surname"] == mum["maiden"].gather(family))
    assert theirs.all() and 0.6 < (kids["surname"] == dad).mean() < 0.95
    twins = pl.DataFrame({"family": family, "born": kids["born"]}).is_duplicated()
    assert 0.005 < twins.mean() < 0.08


def test_some_are_offenders_as_the_criminal_courts_know_them(population: Population, rng: np.random.Generator) -> None:
    woman, born = wanted(rng, 8000)
    who = population.adults(rng, MONTH, woman, born, 0.1)
    known = who["person"].to_numpy() < FIRST
    assert 0.06 < known.mean() < 0.11  # of great age there are few
    assert np.abs(who["born"].to_numpy() - born).max() <= NEAR
    assert who["woman"].to_numpy().tolist() == woman.tolist()
    people = draw_people(population.residents.names, population.streams, 0, OFFENDERS, Rates(), END)
    rows = who["person"].to_numpy()[known]
    assert rows.max() < OFFENDERS < CHUNK
    assert people.born[rows].tolist() == who["born"].to_numpy()[known].tolist()
    assert people.texts.gather(people.forename[rows]).to_list() == who["forename"].filter(pl.Series(known)).to_list()


def test_of_a_whole_country_the_world_holds_its_share_of_offenders(population: Population) -> None:
    rng = np.random.default_rng(5)
    woman, born = wanted(rng, 60_000)
    who = population.adults(rng, MONTH, woman, born, 0.5, whole=True)
    assert 0.003 < (who["person"] < FIRST).mean() < 0.006


def test_without_offenders_all_are_residents(register: Register, rng: np.random.Generator) -> None:
    woman, born = wanted(rng, 300)
    nobody = make(register, offenders=0)
    assert (nobody.adults(rng, MONTH, woman, born, 1.0)["person"] >= FIRST).all()


def test_what_is_taken_down_differs_in_a_few_rows(population: Population, rng: np.random.Generator) -> None:
    woman, born = wanted(rng, 20_000)
    who = population.adults(rng, MONTH, woman, born, 0.0)
    told = written(rng, who, np.full(20_000, TODAY))
    for name in ("forename", "surname"):
        assert 0.01 < (told[name] != who[name]).mean() < 0.03, name
    births = {each.name: each for each in true(who)}["true_born"]
    wrong = told.filter(told["dob"] != births)["dob"], births.filter(told["dob"] != births)
    assert 0.0005 < len(wrong[0]) / 20_000 < 0.0045
    assert wrong[0].dt.day().equals(wrong[1].dt.month().rename("dob"))
    child = written(rng, who, born + 365)
    assert child["dob"].equals(births.rename("dob"))


def test_of_nobody_nothing_is_taken_down(population: Population, rng: np.random.Generator) -> None:
    none = np.zeros(0, np.int64)
    who = population.adults(rng, MONTH, none.astype(bool), none, 0.5)
    assert who.height == 0 and "postcode" in who.columns
    assert written(rng, who, none).columns == ["forename", "surname", "dob"]


def test_offenders_drawn_again_are_the_same_and_few_are_held(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    months = [Period.parse("2011-01").shift(step) for step in (0, 1, 2, 3, 0, 2)]

    def met(held: int) -> list[pl.DataFrame]:
        monkeypatch.setattr(meet, "_HELD", held)
        population = make(register, offenders=CHUNK * 3 + 500)
        found = []
        for number, month in enumerate(months):
            rng = np.random.default_rng(number)
            born = TODAY - rng.integers(20 * 365, 60 * 365, 300)
            found.append(population.adults(rng, month, rng.random(300) < 0.3, born, 0.5))
            assert len(population._drawn) <= held
        return found

    for one, other in zip(met(1), met(10), strict=True):
        assert (one["person"] < FIRST).any()
        assert_frame_equal(one, other)
