"""A made edition is signed by a second person, approved, and stays as it was to the byte; whatever changes voids that."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from piperoll.assure import approve, shortfalls, sign, standing, statement, waive_quality, write_statement
from piperoll.assure.approval import manifest_approved
from piperoll.assure.people import named
from piperoll.cli import main, program
from piperoll.errors import UserError
from piperoll.govern import OFFICE, Actor
from piperoll.journal import Release
from piperoll.release.edition import rests_on
from piperoll.release.manifest import files_of
from piperoll.workspace import Workspace
from tests.assure.made import make_light, opened
from tests.searches import AT, NAME, Deliver


PERIOD = "2020Q3"


@pytest.fixture
def desk(begun: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A home with one delivery."""
    monkeypatch.setenv("PIPEROLL_NOW", AT.isoformat())
    return opened(begun, Path(shutil.copytree(begun.home, tmp_path / "home")))


@pytest.fixture
def made(desk: Workspace) -> Release:
    """An edition of it as the journal has it."""
    return make_light(desk)


def code(act: Callable[[], object]) -> str:
    with pytest.raises(UserError) as raised:
        act()
    return raised.value.code


def test_signed_approved_and_stated(desk: Workspace, made: Release, tmp_path: Path) -> None:
    assert standing(desk, made).state == "made"
    assert code(lambda: approve(desk, made.id)) == "PR-E062"
    release, signed = sign(desk, NAME, PERIOD, "Ben  Hall", "Fine.")
    assert (release.id, signed.signer, signed.mode, signed.recorded_by) == (made.id, "Ben Hall", "local", desk.who)
    assert standing(desk, made).state == "signed"
    approved, approval = approve(desk, made.id, "Clara Oak")
    assert approved.status == "approved" and (approval.signoff, approval.mode) == (signed.id, "local")
    found = standing(desk, desk.journal.release(made.id))
    assert found.state == "approved" and found.holds == signed and found.void == frozenset()
    content = statement(desk, made.id)
    assert content["manifest_sha256"] == made.manifest_sha256 and content["quality_set_aside"] is None
    assert content["signed"]["by"] == "Ben Hall" and content["approved"]["by"] == "Clara Oak"
    assert content["made"]["by"] == [desk.who]
    write_statement(content, tmp_path / "approval.json")
    assert manifest_approved(tmp_path / "approval.json") == made.manifest_sha256
    acts = [each.action for each in desk.journal.audit_entries() if each.allowed]
    assert acts.index("qa.sign") < acts.index("release.approve", acts.index("qa.sign"))
    assert not desk.journal.verify_chain().faults
    assert code(lambda: approve(desk, made.id)) == "PR-E066"
    assert code(lambda: sign(desk, NAME, PERIOD, "Dora Elm")) == "PR-E066"


def test_who_made_it_cannot_sign_it(desk: Workspace, made: Release) -> None:
    for name in ("", desk.who, f" {desk.who.upper()} "):
        assert code(lambda name=name: sign(desk, NAME, PERIOD, name)) == "PR-E061"
    assert desk.journal.signoffs() == []


def test_whoever_signed_and_then_makes_it_again_has_made_it(desk: Workspace, made: Release) -> None:
    other = Workspace(desk.register_dir, desk.home, actor=Actor("ben", "local", "ben"))
    sign(other, NAME, PERIOD)
    assert standing(desk, made).state == "signed"
    assert make_light(other).id == made.id
    assert standing(desk, made).state == "made"
    assert code(lambda: approve(desk, made.id)) == "PR-E061"
    sign(desk, NAME, PERIOD, "Clara Oak")
    assert approve(desk, made.id)[0].status == "approved"


def test_a_delivery_that_comes_voids_it(desk: Workspace, made: Release, deliver: Deliver) -> None:
    sign(desk, NAME, PERIOD, "Ben Hall")
    deliver(10, seed=2)
    found = standing(desk, made)
    assert found.state == "made" and found.void == {"S1"}
    assert found.changed == "1 delivery of stop_search.search came since and 1 delivery counts no longer"
    assert code(lambda: approve(desk, made.id)) == "PR-E063"
    assert code(lambda: sign(desk, NAME, PERIOD, "Ben Hall")) == "PR-E063"
    again = make_light(desk)
    assert again.id != made.id
    assert code(lambda: approve(desk, again.id)) == "PR-E062"
    sign(desk, NAME, PERIOD, "Ben Hall")
    assert approve(desk, again.id)[0].status == "approved"
    assert code(lambda: approve(desk, made.id)) == "PR-E063"


def test_a_named_vintage_is_a_cut_off(desk: Workspace, made: Release, deliver: Deliver) -> None:
    desk.journal.record_vintage("cut-off", desk.now(), desk.who, sequence=made.vintage)
    sign(desk, NAME, PERIOD, "Ben Hall")
    deliver(10, seed=2)
    assert standing(desk, made).state == "signed"
    assert approve(desk, made.id)[0].status == "approved"


def test_a_register_that_changes_voids_it(
    register: Path, desk: Workspace, made: Release, tmp_path: Path, deliver: Deliver
) -> None:
    from tests.searches import edited

    sign(desk, NAME, PERIOD, "Ben Hall")
    path = "publications/stop_and_search/publication.yaml"
    other = edited(register, tmp_path / "other", (path, "lag_days: 75", "lag_days: 76"))
    changed = Workspace(other, desk.home)
    assert rests_on(changed, changed.publication(NAME)) != rests_on(desk, desk.publication(NAME))
    assert "the register's definitions, or the engine" in standing(changed, made).changed
    assert code(lambda: approve(changed, made.id)) == "PR-E063"


def test_sources_that_fall_short_are_refused_unless_it_is_said_why(
    desk: Workspace, made: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication = desk.publication(NAME)
    assert shortfalls(desk.register, publication, dt.date(2021, 10, 15)) == ()
    assert code(lambda: waive_quality(desk, NAME, PERIOD, "x", "y")) == "PR-E068"
    sign(desk, NAME, PERIOD, "Ben Hall")
    monkeypatch.setenv("PIPEROLL_NOW", "2021-10-16T09:00:00+00:00")
    assert shortfalls(desk.register, publication, desk.now().date()) == (
        "stop_search: its review was due by 2021-10-15",
    )
    assert code(lambda: approve(desk, made.id)) == "PR-E064"
    assert code(lambda: waive_quality(desk, NAME, PERIOD, " ", "Head")) == "PR-E068"
    waive_quality(desk, NAME, "2020Q2", "Another period", "Head")
    assert code(lambda: approve(desk, made.id)) == "PR-E064"
    waiver = waive_quality(desk, NAME, PERIOD, "The review is under way", "Head of profession")
    assert approve(desk, made.id)[1].waiver == waiver.id
    assert statement(desk, made.id)["quality_set_aside"]["reason"] == "The review is under way"


def test_what_falls_short_later_is_not_covered(
    register: Path, desk: Workspace, made: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.searches import edited

    monkeypatch.setenv("PIPEROLL_NOW", "2021-10-16T09:00:00+00:00")
    waive_quality(desk, NAME, PERIOD, "The review is under way", "Head of profession")
    path = "quality/stop_search.yaml"
    other = Workspace(edited(register, tmp_path / "other", (path, "required: A1", "required: A2")), desk.home)
    short = shortfalls(other.register, other.publication(NAME), other.now().date())
    assert len(short) == 5 and "A1 (basic) where A2 is required" in short[0]
    again = make_light(other)
    sign(other, NAME, PERIOD, "Ben Hall")
    assert code(lambda: approve(other, again.id)) == "PR-E064"


def test_only_official_statistics_need_a_level(register: Path, tmp_path: Path) -> None:
    from piperoll.register import load
    from tests.searches import edited

    path = "publications/stop_and_search/publication.yaml"
    inside = load(edited(register, tmp_path / "mi", (path, "kind: official", "kind: management_information")))
    assert shortfalls(inside, inside.publications[NAME], dt.date(2040, 1, 1)) == ()
    ad_hoc = load(edited(register, tmp_path / "ad_hoc", (path, "kind: official", "kind: ad_hoc")))
    assert len(shortfalls(ad_hoc, ad_hoc.publications[NAME], dt.date(2040, 1, 1))) == 1


def test_who_has_signed_in_names_nobody_else() -> None:
    clerk = Actor("ann", OFFICE)
    assert named(clerk) == named(clerk, "Ann") and named(clerk).mode == "own"
    assert code(lambda: named(clerk, "Ben Hall")) == "PR-E065"
    for name in ("  ", "123", "--"):
        assert code(lambda name=name: named(Actor("ann"), name)) == "PR-E065"
    # A clerk has no policy for it, whatever they are called.
    assert named(Actor("ann"), " Ben   Hall ").name == "Ben Hall"


def test_a_clerk_may_neither_sign_nor_approve(desk: Workspace, made: Release) -> None:
    clerk = Workspace(desk.register_dir, desk.home, actor=Actor("zoe", OFFICE, offices=("forces:met",)))
    assert code(lambda: sign(clerk, NAME, PERIOD)) == "PR-G001"
    sign(desk, NAME, PERIOD, "Ben Hall")
    assert code(lambda: approve(clerk, made.id)) == "PR-G001"
    refused = [each.action for each in desk.journal.audit_entries(actor="zoe", allowed=False)]
    assert refused == ["qa.sign", "release.approve"]


def test_statements_have_their_place(desk: Workspace, made: Release, tmp_path: Path) -> None:
    assert code(lambda: statement(desk, made.id)) == "PR-E066"
    (tmp_path / "out" / "tables").mkdir(parents=True)
    (tmp_path / "out" / "manifest.json").write_text("{}")
    for place in (tmp_path / "out" / "a.json", tmp_path / "out" / "tables" / "a.json", tmp_path / "no" / "a.json"):
        assert code(lambda place=place: write_statement({}, place)) == "PR-E069"
    for text in ("[", "[]", "{}", json.dumps({"manifest_sha256": "a"}), json.dumps({"format": "piperoll-approval/1"})):
        (tmp_path / "bad.json").write_text(text)
        assert code(lambda: manifest_approved(tmp_path / "bad.json")) == "PR-E069"


def test_nothing_to_sign(desk: Workspace) -> None:
    assert code(lambda: sign(desk, NAME, PERIOD, "Ben Hall")) == "PR-E067"
    make_light(desk)
    assert code(lambda: sign(desk, NAME, PERIOD, "Ben Hall", edition="7")) == "PR-E067"
    assert code(lambda: sign(desk, "nothing", PERIOD, "Ben Hall")) == "PR-W003"
    assert code(lambda: approve(desk, "none")) == "PR-J013"


def test_the_whole_way_by_commands(
    register: Path, desk: Workspace, deliver: Deliver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a real edition: its files do not change by a byte, and the statement fits them."""
    deliver(300)
    out, paper = tmp_path / "out", tmp_path / "approval.json"

    def run(*words: str) -> str:
        done = CliRunner().invoke(program, ["--register", str(register), "--home", str(desk.home), *words])
        assert done.exit_code == 0, (words, done.output, done.exception)
        return done.stdout

    assert f"Edition {NAME}/2020Q3/1" in run("release", "--out", str(out), NAME, "2020Q3")
    before = files_of(out)
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "Quality and caveats" in page and "Two records can be of one stop" in page
    assert "A1 (basic) is required: low risk, medium profile" in page
    assert f"{NAME}/2020Q3/1: made; made by {desk.who}" in run("qa", "look", NAME, "2020Q3")
    assert "S1: Ben Hall has signed" in run("qa", "sign", NAME, "2020Q3", "--as", "Ben Hall", "--note", "All seen.")
    shown = run("qa", "show", NAME, "2020Q3")
    assert "signed by Ben Hall" in shown and "nobody signed in): All seen." in shown
    assert "is approved by Clara Oak, on sign-off S1" in run(
        "release", "approve", f"{NAME}/2020Q3/1", "--as", "Clara Oak"
    )
    assert "Approved by Clara Oak" in run("release", "status", NAME)
    assert "is approved, manifest" in run("release", "approval", f"{NAME}/2020Q3/1", "--out", str(paper))
    assert files_of(out) == before
    assert "verified" in run("verify", str(out), "--approval", str(paper), "--ledger")
    content = json.loads(paper.read_text(encoding="utf-8"))
    paper.write_text(json.dumps({**content, "manifest_sha256": "0" * 64}), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["verify", str(out), "--approval", str(paper)])
    assert "NOT VERIFIED" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["verify", str(out), "--approval", str(paper), "--manifest", "1" * 64])
    assert "PR-E069" in capsys.readouterr().err
