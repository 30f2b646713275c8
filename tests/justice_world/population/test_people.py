from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from justice_world.population.addresses import NEVER, UNITS, geography, lives
from justice_world.population.contacts import SOURCES, draw_contacts
from justice_world.population.names import read_names
from justice_world.population.people import END, START, People, draw_people
from justice_world.population.rates import Rates
from piperoll.simulate.streams import Streams
from tests.justice_world.population.conftest import PEOPLE, Population


@pytest.fixture(scope="module")
def people() -> People:
    return draw_people(read_names(), Streams(5), 0, 40_000, Rates())


def test_most_are_young_men(usual: Population) -> None:
    found = usual.people
    assert found.height == PEOPLE and found["person"].n_unique() == PEOPLE
    assert (found["sex"] == "M").mean() == pytest.approx(0.79, abs=0.03)
    assert found["birth_year"].is_between(1925, 1998).all()
    age = 2010 - found["birth_year"]
    peak = age.value_counts(sort=True)[0, 0]
    assert 16 <= peak <= 25 and (age > 60).mean() > 0.01


def test_every_tradition_and_ethnic_group_is_there(usual: Population) -> None:
    found = usual.people
    assert set(found["origin"]) == set(read_names().origins)
    assert set(found["ethnic_group"]) == {"White", "Mixed", "Asian", "Black", "Other", "Not stated"}
    assert (found["ethnic_group"] == "White").mean() == pytest.approx(0.83, abs=0.03)


def test_twins_share_birth_and_first_home_and_mostly_the_surname(people: People) -> None:
    twin = np.flatnonzero(people.twin_of >= 0)
    other = people.twin_of[twin]
    assert 2 * len(twin) / len(people) == pytest.approx(0.015, abs=0.003)
    assert (people.born[twin] == people.born[other]).all()
    assert (people.homes.postcode[twin, 0] == people.homes.postcode[other, 0]).all()
    assert (people.household[twin] == people.household[other]).all()
    assert (people.surname[twin] == people.surname[other]).mean() > 0.85
    assert (people.forename[twin] == people.forename[other]).mean() < 0.02


def test_some_sons_are_called_after_their_fathers(people: People) -> None:
    head = people.household
    same = (head != np.arange(len(people))) & (people.forename == people.forename[head])
    same &= people.surname == people.surname[head]
    apart = np.abs(people.born - people.born[head]) / 365.25
    assert 20 < (same & (apart > 17)).sum() < 0.02 * len(people)


def test_households_live_together_and_most_share_a_name(people: People) -> None:
    with_others = np.flatnonzero(people.household != np.arange(len(people)))
    assert 0.2 < len(with_others) / len(people) < 0.5
    head = people.household[with_others]
    assert (people.homes.postcode[with_others, 0] == people.homes.postcode[head, 0]).all()
    assert 0.6 < (people.surname[with_others] == people.surname[head]).mean() < 0.95


def test_only_women_are_renamed_and_double_names_have_halves(people: People) -> None:
    renamed = people.later != people.surname
    assert people.woman[renamed].all() and 0.03 < renamed[people.woman].mean() < 0.06
    double = np.flatnonzero(people.parts[people.surname][:, 0] >= 0)
    assert 0.008 < len(double) / len(people) < 0.02
    left, right = people.parts[people.surname[double]].T
    joined = people.texts.gather(left) + "-" + people.texts.gather(right)
    assert (joined == people.texts.gather(people.surname[double])).all()


def test_nobody_has_anothers_number(people: People) -> None:
    numbers = people.numbers
    both = pl.concat([numbers.pnc, numbers.second_pnc]).drop_nulls()
    assert both.n_unique() == len(both) and numbers.cro.drop_nulls().n_unique() == numbers.cro.count()
    assert numbers.pnc.is_not_null().to_numpy().tolist() == numbers.arrested.tolist()
    assert numbers.second_pnc.count() / len(people) == pytest.approx(0.003 * 0.8, abs=0.001)
    assert 0 < numbers.others_pnc.count() / len(people) < 0.002
    assert not (numbers.others_pnc == numbers.pnc).any()


def test_homes_follow_each_other() -> None:
    first = geography().homes(np.random.default_rng(1), 5000)
    homes = lives(np.random.default_rng(2), first, START, END, 2.0)
    assert (np.diff(homes.until, axis=1) >= 0).all()
    everybody = np.arange(5000)
    assert (homes.at(everybody, np.full(5000, START - 1)) == first).all()
    last = homes.at(everybody, np.full(5000, END))
    assert (last[homes.until[:, 0] == NEVER] == first[homes.until[:, 0] == NEVER]).all()
    moved = np.flatnonzero((homes.until[:, 0] < NEVER) & (homes.until[:, 1] == NEVER))
    near = last[moved] // UNITS == first[moved] // UNITS
    assert near.mean() == pytest.approx(0.36, abs=0.05)


def test_postcodes_are_nobodys_and_lie_in_their_town() -> None:
    land = geography()
    assert land.districts.n_unique() == len(land.districts) and land.towns.n_unique() == len(land.towns)
    homes = land.homes(np.random.default_rng(1), 5000)
    written = land.postcodes(homes)
    assert written.str.contains(r"^[QVX][A-Z]\d{2} \d[A-Z]{2}$").all()
    towns = pl.DataFrame({"outward": written.str.slice(0, 4), "town": land.town_names(homes)}).unique()
    assert towns["outward"].n_unique() == towns.height > 1000


def test_a_few_people_make_many_of_the_records(usual: Population) -> None:
    each = usual.all_known().group_by("person").len()["len"]
    assert usual.done.total / PEOPLE == pytest.approx(3.5, abs=0.15)
    assert each.median() == 2 and each.max() > 25
    assert len(each) / PEOPLE > 0.97


def test_most_are_known_to_one_or_two_sources(usual: Population) -> None:
    sources = usual.all_known().group_by("person").agg(pl.col("source").n_unique())["source"]
    assert (sources <= 2).mean() > 0.6 and (sources >= 5).mean() > 0.01


def test_rows_of_a_source_are_of_its_people_and_days(people: People) -> None:
    contacts = draw_contacts(people, np.random.default_rng(1))
    assert tuple(contacts.rows) == SOURCES
    for source, rows in contacts.rows.items():
        assert (contacts.person[rows.episode] == rows.person).all(), source
        assert (rows.day >= contacts.day[rows.episode]).all() and (rows.day < END).all()
        if source != "libra":
            assert people.numbers.arrested[rows.person].all()
    police = contacts.rows["pnc"]
    assert len(police.person) == people.numbers.pnc.count() + people.numbers.second_pnc.count()
