"""Cells that two publications show: equal, or different for a reason that is told, or a mistake."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from piperoll.cli import program
from piperoll.journal import PublishedCell, Release
from piperoll.journal.records import CellIdentity
from piperoll.ledger.coherence import HIDDEN, PLACES, UNEXPLAINED, VINTAGE, coherence
from piperoll.workspace import Workspace


AT = dt.datetime(2012, 11, 1, 9, 30, tzinfo=dt.UTC)
NATION = CellIdentity(measure="claims", codes="", geography_version="", period="2012Q2")
LONDON = CellIdentity(measure="claims", codes="region=E12000007", geography_version="v1", period="2012Q2")


@dataclass
class Shelf:
    """Releases with their cells, in place of a journal."""

    held: dict[Release, list[PublishedCell]] = field(default_factory=dict)

    def put(self, publication: str, cells: dict[CellIdentity, str], *, vintage: int = 1, edition: int = 1,
            period: str = "2012Q2", **more: str) -> Release:  # fmt: skip
        made = Release(
            id=f"{publication}/{period}/{edition}",
            publication=publication,
            period=period,
            edition=str(edition),
            vintage=vintage,
            definitions_hash="d",
            manifest_sha256="m",
            at=AT + dt.timedelta(hours=len(self.held)),
            by="a",
            **more,
        )
        told = {identity: text.partition(" ") for identity, text in cells.items()}
        self.held[made] = [PublishedCell(identity=i, table=table, value=value, marks=marks)
                           for i, (value, _, marks) in told.items() for table in ("t1", "t2")]  # fmt: skip
        return made

    def releases(self) -> list[Release]:
        return list(self.held)

    def published_cells(self, identity: str) -> list[PublishedCell]:
        return next(cells for release, cells in self.held.items() if release.id == identity)


@dataclass
class Desk:
    journal: Shelf
    acts: list[tuple[str, str]] = field(default_factory=list)
    rounds: dict[str, int] = field(default_factory=dict)

    def act(self, action: str, resource: str) -> None:
        self.acts.append((action, resource))

    @property
    def register(self) -> SimpleNamespace:
        publications = {key: SimpleNamespace(key=key) for key in ("a", "b", "c")}
        policies = {key: SimpleNamespace(round_to=base) for key, base in self.rounds.items()}
        return SimpleNamespace(publications=publications, policy_of=lambda publication: policies.get(publication.key))


@pytest.fixture
def desk() -> Desk:
    return Desk(Shelf())


def test_equal_cells_are_coherent(desk: Desk) -> None:
    desk.journal.put("a", {NATION: "10", LONDON: "3"})
    desk.journal.put("b", {NATION: "10 r"})
    found = coherence(desk)
    assert (found.releases, found.shared, found.differences) == (2, 1, ())
    assert desk.acts == [("ledger.verify", "coherence of releases")]


def test_a_difference_that_nothing_explains_is_a_mistake(desk: Desk) -> None:
    desk.journal.put("a", {NATION: "10"})
    desk.journal.put("b", {NATION: "11"})
    (only,) = coherence(desk).unexplained
    assert (only.cell, only.was, only.now) == (NATION.text, "10", "11")
    assert (only.one, only.other, only.reason) == ("a/2012Q2/1", "b/2012Q2/1", UNEXPLAINED)


@pytest.mark.parametrize(
    ("one", "other", "vintage", "rounds", "reason"),
    [
        ("10", "12", 2, {}, VINTAGE),
        ("10", " c", 1, {}, HIDDEN),
        ("10", " [c]", 1, {}, HIDDEN),
        ("10", " [c][e]", 1, {}, HIDDEN),
        (" x", "10", 2, {}, VINTAGE),
        (" x", "10", 1, {}, UNEXPLAINED),
        ("12.34", "12.3", 1, {}, PLACES),
        ("12.34", "12.4", 1, {}, UNEXPLAINED),
        ("12.34", "12", 1, {}, PLACES),
        ("13", "15", 1, {"b": 5}, PLACES),
        ("13", "15", 1, {}, UNEXPLAINED),
        ("13", "10", 1, {"b": 5}, UNEXPLAINED),
        ("low", "high", 1, {}, UNEXPLAINED),
    ],
)
def test_reasons(desk: Desk, one: str, other: str, vintage: int, rounds: dict[str, int], reason: str) -> None:
    desk.rounds = rounds
    desk.journal.put("a", {NATION: one})
    desk.journal.put("b", {NATION: other}, vintage=vintage)
    found = coherence(desk)
    assert found.reasons == {reason: 1}
    assert bool(found.unexplained) == (reason == UNEXPLAINED)


def test_the_last_edition_of_each_counts_and_what_was_withdrawn_does_not(desk: Desk) -> None:
    desk.journal.put("a", {NATION: "9"})
    desk.journal.put("a", {NATION: "10"}, edition=2, vintage=2)
    desk.journal.put("a", {NATION: "10"}, period="2012Q3", vintage=3)
    desk.journal.put("b", {NATION: "10"}, vintage=3)
    desk.journal.put("c", {NATION: "99"}, vintage=3, status="withdrawn")
    desk.journal.put("c", {NATION: "98"}, vintage=3, kind="answer", edition=2)
    assert coherence(desk).differences == ()


def test_three_that_show_a_cell_are_each_held_against_the_first(desk: Desk) -> None:
    for key, value in (("a", "10"), ("b", "10"), ("c", "7")):
        desk.journal.put(key, {NATION: value, replace(LONDON, codes=f"region={key}"): "1"})
    found = coherence(desk)
    assert found.shared == 1 and [(each.one[0], each.other[0]) for each in found.differences] == [("a", "c")]


def test_the_command_on_a_home_without_releases(register: Path, tmp_path: Path) -> None:
    words = ["--register", str(register), "--home", str(tmp_path / "home"), "ledger", "coherent"]
    done = CliRunner().invoke(program, words)
    assert done.exit_code == 0 and done.stdout == "0 releases, 0 cells in more than one publication.\n"


def test_one_release_shares_nothing_with_itself(desk: Desk, released) -> None:
    assert isinstance(released.desk, Workspace)
    found = coherence(released.desk)
    assert (found.releases, found.shared, found.differences) == (1, 0, ())
