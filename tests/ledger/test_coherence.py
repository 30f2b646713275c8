"""Cells that two publications show: equal, or different for a reason that is told, or a mistake."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from click.testing import CliRunner

from piperoll.cli import program
from piperoll.journal import PublishedCell, Release
from piperoll.journal.records import CellIdentity
from piperoll.ledger.coherence import DECLARED, HIDDEN, PLACES, UNEXPLAINED, VINTAGE, coherence
from piperoll.register import load
from piperoll.register.model.publication import Difference as Declaration
from piperoll.release.differing import differences_told
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
    declared: dict[str, tuple[Declaration, ...]] = field(default_factory=dict)

    def act(self, action: str, resource: str) -> None:
        self.acts.append((action, resource))

    @property
    def register(self) -> SimpleNamespace:
        publications = {
            key: SimpleNamespace(key=key, differences=self.declared.get(key, ())) for key in ("a", "b", "c")
        }
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


# ---- Differences that a publication declares ----

WHY = "The one counts claims, the other those who claimed."


def declared(
    by: str = "a", other: str = "b", measure: str = "claims", **codes: str
) -> dict[str, tuple[Declaration, ...]]:
    return {by: (Declaration(other, measure, WHY, codes),)}


@pytest.mark.parametrize("by", ["a", "b"])
def test_a_declared_difference_is_explained_whichever_declares_it(desk: Desk, by: str) -> None:
    desk.declared = declared(by, "b" if by == "a" else "a")
    desk.journal.put("a", {NATION: "10"})
    desk.journal.put("b", {NATION: "11"})
    found = coherence(desk)
    (only,) = found.differences
    assert (only.reason, only.why) == (DECLARED, WHY)
    assert (found.unexplained, found.settled, found.reasons) == ((), (), {DECLARED: 1})


@pytest.mark.parametrize(
    "of", [declared(other="c"), declared(measure="orders"), declared(region="E12000008"), declared("b", "c")]
)
def test_one_of_something_else_explains_nothing(desk: Desk, of: dict[str, tuple[Declaration, ...]]) -> None:
    desk.declared = of
    desk.journal.put("a", {LONDON: "10"})
    desk.journal.put("b", {LONDON: "11"})
    assert [each.reason for each in coherence(desk).differences] == [UNEXPLAINED]


def test_one_of_some_codes_is_of_these_alone(desk: Desk) -> None:
    desk.declared = declared(region="E12000007")
    desk.journal.put("a", {NATION: "10", LONDON: "3"})
    desk.journal.put("b", {NATION: "11", LONDON: "4"})
    assert {each.cell: each.reason for each in coherence(desk).differences} == {
        NATION.text: UNEXPLAINED, LONDON.text: DECLARED
    }  # fmt: skip


def test_what_explains_itself_needs_no_declaration_and_is_there_all_the_same(desk: Desk) -> None:
    desk.declared = declared()
    desk.journal.put("a", {NATION: "10"})
    desk.journal.put("b", {NATION: "12"}, vintage=2)
    found = coherence(desk)
    assert ([each.reason for each in found.differences], found.settled) == ([VINTAGE], ())


def test_one_that_is_no_longer_there_is_told(desk: Desk) -> None:
    desk.declared = declared(region="E12000007")
    desk.journal.put("a", {NATION: "10", LONDON: "3"})
    assert coherence(desk).settled == ()  # nothing is shared, so nothing is known
    desk.journal.put("b", {NATION: "11", LONDON: "3"})
    (only,) = coherence(desk).settled
    assert only.words == "claims in a and b (region=E12000007)"


@pytest.fixture
def two(register: Path, tmp_path: Path) -> Path:
    """The example register with a second publication that counts searches, too, and says why it counts others."""
    copy = tmp_path / "two"
    shutil.copytree(register, copy)
    folder = copy / "publications" / "stop_and_search"
    # What both tell is of one measure because they share the model and its counting rule.
    (copy / "models" / "rules").mkdir(parents=True)
    (folder / "searches.sql").rename(copy / "models" / "searches.sql")
    rule = {"id": "CR-SEARCH", "title": "A search is counted once", "model": "searches"}
    shared = yaml.safe_dump({"counting_rules": [rule]})
    (copy / "models" / "counting_rules.yaml").write_text(shared, encoding="utf-8")
    path = folder / "publication.yaml"
    written = yaml.safe_load(path.read_text(encoding="utf-8")) | {"counting_rules": [{"id": "CR-SEARCH"}]}
    path.write_text(yaml.safe_dump(written), encoding="utf-8")
    difference = {"publication": "stop_and_search", "measure": "searches", "reason": WHY}
    other = written | {"title": "Other figures", "differences": [difference]}
    (copy / "publications" / "other").mkdir()
    (copy / "publications" / "other" / "publication.yaml").write_text(yaml.safe_dump(other), encoding="utf-8")
    return copy


def test_readers_of_both_are_told(two: Path) -> None:
    register = load(two)
    here, there = (register.publications[key] for key in ("stop_and_search", "other"))
    assert differences_told(register, here) == [f"Searches: figures differ from those of Other figures. {WHY}"]
    assert differences_told(register, there) == [f"Searches: figures differ from those of Stop and search. {WHY}"]


@pytest.mark.parametrize(("values", "status", "said"), [
    (("10", "25"), 0, f"declared by one of the publications: {WHY}"),
    (("10", "10"), 0, "Declared, and no longer there: searches in other and stop_and_search. Take it out"),
])  # fmt: skip
def test_the_command_tells_of_them(two: Path, tmp_path: Path, values: tuple[str, str], status: int, said: str) -> None:
    space = Workspace(two, tmp_path / "home")
    cell = replace(NATION, measure="searches")
    for key, value in zip(("other", "stop_and_search"), values, strict=True):
        release = Release(
            id=f"{key}/2012Q2/1", publication=key, period="2012Q2", edition="1", vintage=1, definitions_hash="d",
            manifest_sha256="m", at=AT, by="a",
        )  # fmt: skip
        space.journal.record_release(release, [PublishedCell(cell, "t", value, "")])
    done = CliRunner().invoke(program, ["--register", str(two), "--home", str(tmp_path / "home"), "ledger", "coherent"])
    assert (done.exit_code, said in done.stdout) == (status, True), done.output
