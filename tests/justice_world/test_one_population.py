"""One population: whoever is in two systems is the same person in truth, families live together, youths have records."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from justice_world.population.residents import CHILDREN, FIRST
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate import Persons, build


MONTHS = Period.parse("2010-10"), Period.parse("2010-12")
WHO = ("true_forename", "true_maiden", "true_born")
MET = ("pnd_notices", "tribunal_cases", "legal_aid_certificates", "family_parties", "young_records")


class World:
    """What systems sent, by dataset, and the truth by table."""

    def __init__(self, register: Register, seed: int, share: float, last: Period = MONTHS[1]) -> None:
        sent: dict[str, list[pl.DataFrame]] = {}
        truth: dict[str, list[pl.DataFrame]] = {}
        for batch in build("justice", register, seed, 0.002, MONTHS[0], last, Persons(share)).batches():
            for each in batch.deliveries:
                if each.frame.height:
                    sent.setdefault(each.dataset, []).append(each.frame)
            for name, rows in batch.truth.items():
                truth.setdefault(name, []).append(rows)
        self.sent = {name: pl.concat(parts, how="diagonal_relaxed") for name, parts in sent.items()}
        self.truth = {name: pl.concat(parts, how="diagonal_relaxed") for name, parts in truth.items()}

    def met(self) -> pl.DataFrame:
        """Everybody in the truth of other systems: ``table``, ``person``, who it is."""
        return pl.concat(
            self.truth[name].drop_nulls("person").select(pl.lit(name).alias("table"), "person", *WHO) for name in MET
        )


@pytest.fixture(scope="module")
def world(register: Register) -> World:
    return World(register, 7, 0.004)


def test_a_person_in_two_systems_is_the_same_person(world: World) -> None:
    people = world.met().group_by("person").agg(pl.col("table").n_unique(), *(pl.col(each).n_unique() for each in WHO))
    several = people.filter(pl.col("table") > 1)
    assert several.height > 30
    for each in ("true_forename", "true_maiden", "true_born"):
        assert people[each].max() == 1, each


@pytest.mark.parametrize("table", MET)
def test_every_system_meets_some_whom_the_criminal_courts_know(world: World, table: str) -> None:
    person = world.truth[table]["person"].drop_nulls()
    known = person.filter(person < FIRST)
    assert len(known) > 0
    assert known.is_in(world.truth["people"]["person"].implode()).all()
    assert len(known) < 0.2 * len(person) or table == "young_records"


def test_an_offender_whom_others_meet_was_born_in_the_year_that_the_courts_truth_tells(world: World) -> None:
    both = world.met().join(world.truth["people"], on="person")
    assert both.height > 100
    assert (both["true_born"].dt.year() == both["birth_year"]).all()


def test_a_family_has_a_mother_a_father_and_children_of_one_home(world: World) -> None:
    parties = world.truth["family_parties"].drop_nulls("person")
    role = world.sent["familyman.role"].select("role", "role_model")
    parties = parties.join(role, on="role")
    children = parties.filter(pl.col("person") >= CHILDREN)
    assert (children["role_model"].str.starts_with("CHLD")).all() and children.height > 100
    grown = parties.filter(pl.col("person") < CHILDREN).select("case_number", "household").unique()
    theirs = children.join(grown, on=["case_number", "household"], how="semi")
    assert theirs.height == children.height
    # names as registered: brothers and sisters share one
    assert children.group_by("case_number").agg(pl.col("true_surname").n_unique())["true_surname"].max() == 1


def test_households_share_addresses(world: World) -> None:
    parties = world.truth["family_parties"].drop_nulls("person").filter(pl.col("person") < CHILDREN)
    homes = parties.join(world.sent["familyman.address"], on="party").drop_nulls("postcode")
    by = homes.group_by("case_number", "household").agg(pl.len(), pl.col("postcode").n_unique())
    together = by.filter(pl.col("len") > 1)
    assert together.height > 50
    assert together["postcode"].max() == 1


def test_young_people_in_custody_have_a_record_on_the_pnc(world: World) -> None:
    held = world.truth["sachs_people"]["person"].unique()
    assert len(held) > 5
    assert (held < FIRST).all()
    people = world.truth["people"].filter(pl.col("person").is_in(held.implode()))
    assert people.height == len(held)
    known = world.sent["sachs.custody_snapshot"].drop_nulls("pnc_id").unique("person")
    numbers = dict(world.sent["pnc.pnc_person"].select("person", "pnc_id").unique("person").iter_rows())
    same = [numbers[who] == number for who, number in known.select("person", "pnc_id").iter_rows() if who in numbers]
    assert sum(same) >= 0.9 * len(same) > 0


def test_who_was_sentenced_young_has_that_disposal_with_a_team(world: World) -> None:
    cases = world.truth["person_records"].filter(pl.col("dataset") == "libra.mc_defendant")
    disposals = world.sent["yjmis.disposal"]
    records = world.truth["young_records"].select("yot", "yp_ref", "person").unique()
    who = disposals.join(records, on=["yot", "yp_ref"])
    court = who.filter((pl.col("tier") != "PRE_COURT") & (pl.col("person") < FIRST))
    heard = court.join(cases.select("person").unique(), on="person", how="semi")
    assert court.height > 0.9 * who.filter(pl.col("tier") != "PRE_COURT").height
    assert heard.height > 0.3 * court.height


def test_clients_in_family_matters_are_parties_of_the_family_courts(world: World) -> None:
    clients = world.truth["legal_aid_certificates"].filter(pl.col("application_date") >= MONTHS[0].shift(1).start)
    parties = world.truth["family_parties"]["person"].drop_nulls()
    family = clients["category"].str.contains("FAMILY|VIOLENCE")
    there = clients["person"].is_in(parties.implode())
    assert 0.4 < there.filter(family).mean() < 0.75
    assert there.filter(~family).mean() < 0.1


def test_slips_are_few_and_the_truth_has_none(world: World) -> None:
    single = world.sent["pnd.notice"].unique("notice_no").select("notice_no", "name", "dob")
    both = single.join(world.truth["pnd_notices"], on="notice_no")
    assert both.height > 1000
    right = both["name"] == both["true_forename"] + " " + both["true_surname"]
    assert 0.93 < right.mean() < 0.99


def test_the_seed_decides_who_they_are(register: Register, world: World) -> None:
    one, two, other = (World(register, seed, 0.001, MONTHS[0]) for seed in (7, 7, 8))
    for table in MET[:-1]:
        assert_frame_equal(one.truth[table], two.truth[table])
        assert not one.truth[table]["person"].head(50).equals(other.truth[table]["person"].head(50))
    # four times the share, four times the people, but for notices, which are of the whole country
    for table in ("tribunal_cases", "family_parties"):
        few = one.truth[table].height
        assert 3 * 0.8 * 4 * few < world.truth[table].height < 3 * 1.25 * 4 * few, table
