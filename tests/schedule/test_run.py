"""``piperoll run`` on a small home: what is due is made once, and again only when something changed."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from piperoll.cli import program
from piperoll.periods import Period
from piperoll.schedule import Due, Steps, by_step, due, fingerprint, kept, remember
from piperoll.workspace import Workspace
from tests.searches import NAME, Deliver


def call(register: Path, home: Path, *words: str) -> Result:
    return CliRunner().invoke(program, ["--register", str(register), "--home", str(home), "run", *words])


def states(done: Result) -> dict[str, int]:
    last = done.stdout.splitlines()[-1]
    return {state: int(count) for count, state in re.findall(r"(\d+) (made|unchanged|left out|refused)", last)}


def test_the_plan_says_what_is_due_and_makes_nothing(register: Path, desk: Workspace) -> None:
    done = call(register, desk.home, "--period", "2020Q3", "--plan")
    assert done.exit_code == 0, done.output
    assert re.search(rf"^2020-\d\d-\d\d  {NAME}  2020Q3$", done.stdout, re.MULTILINE)
    assert done.stdout.endswith("1 editions are due for 2020Q3.\n")
    assert not (desk.home / "releases").exists()


def test_made_once_and_again_only_when_something_changed(register: Path, desk: Workspace, deliver: Deliver) -> None:
    deliver(400)
    first = call(register, desk.home, "--period", "2020Q3", "--jobs", "1")
    assert first.exit_code == 0, first.output
    assert states(first) == {"made": 1} and f"{NAME}/2020Q3/1" in first.stdout
    manifest = desk.home / "releases" / NAME / "2020Q3" / "manifest.json"
    before = manifest.read_bytes()
    again = call(register, desk.home, "--period", "2020Q3", "--jobs", "1")
    assert states(again) == {"unchanged": 1} and manifest.read_bytes() == before
    deliver(401, seed=2)
    third = call(register, desk.home, "--period", "2020Q3", "--jobs", "1")
    assert states(third) == {"made": 1} and f"{NAME}/2020Q3/2" in third.stdout
    # Whoever takes its files away, or changes them, gets them again: the same edition.
    held = manifest.read_bytes()
    manifest.write_bytes(held + b" ")
    assert states(call(register, desk.home, "--period", "2020Q3", "--jobs", "1")) == {"made": 1}
    assert manifest.read_bytes() == held
    shutil.rmtree(manifest.parent)
    assert states(call(register, desk.home, "--period", "2020Q3", "--jobs", "1")) == {"made": 1}
    assert manifest.read_bytes() == held


def test_the_summary_says_how_long_each_step_took(
    register: Path, desk: Workspace, deliver: Deliver, tmp_path: Path
) -> None:
    deliver(60)
    told = tmp_path / "summary.json"
    words = ("--period", "2020Q3", "--jobs", "1", "--summary", str(told))
    assert call(register, desk.home, *words).exit_code == 0
    summary = json.loads(told.read_text())
    (edition,) = summary["editions"]
    assert (edition["publication"], edition["period"], edition["state"]) == (NAME, "2020Q3", "made")
    assert {"Comparing", "Counting", "Protecting", "Writing", "Recording"} <= set(edition["steps"])
    assert sum(edition["steps"].values()) == pytest.approx(edition["seconds"], abs=0.01)
    assert edition["seconds"] <= summary["seconds"]
    assert list(summary["steps"].values()) == sorted(summary["steps"].values(), reverse=True)
    assert call(register, desk.home, *words).exit_code == 0
    (again,) = json.loads(told.read_text())["editions"]
    assert again["state"] == "unchanged" and set(again["steps"]) == {"Comparing"}


def test_what_is_to_be_proven_is_made_with_its_proof_and_then_kept(
    register: Path, desk: Workspace, deliver: Deliver
) -> None:
    deliver(60)
    words = ("--period", "2020Q3", "--jobs", "1")
    done = call(register, desk.home, *words, "--prove", NAME)
    assert states(done) == {"made": 1}, done.output
    manifest = desk.home / "releases" / NAME / "2020Q3" / "manifest.json"
    assert json.loads(manifest.read_text())["disclosure"]["certificate"]
    for again in (words, (*words, "--prove", NAME)):
        assert states(call(register, desk.home, *again)) == {"unchanged": 1}
    unknown = call(register, desk.home, *words, "--prove", "nothing")
    assert unknown.exit_code != 0 and "PR-W020" in str(unknown.exception)


def test_a_step_lasts_until_the_next_begins_and_may_come_again() -> None:
    ticks = iter([0.0, 1.0, 3.0, 6.0, 10.0])
    steps = Steps("A", lambda: next(ticks))
    for each in ("B", "A", "B"):
        steps.begin(each)
    item = Due("prices", Period.parse("2020Q3"), dt.date(2020, 11, 1))
    outcome = steps.ended(item, "made", "prices/2020Q3/1")
    assert outcome.steps == {"A": 4.0, "B": 6.0} and outcome.seconds == 10.0
    assert list(by_step([outcome, outcome]).items()) == [("B", 12.0), ("A", 8.0)]
    assert by_step([]) == {}


def test_nothing_delivered_is_left_out_and_told(register: Path, desk: Workspace) -> None:
    done = call(register, desk.home, "--period", "2020Q3", "--jobs", "1")
    assert done.exit_code == 0 and states(done) == {"left out": 1} and "PR-E021" in done.stdout


def test_a_refused_edition_is_told_and_gives_its_status(
    register: Path, desk: Workspace, deliver: Deliver, tmp_path: Path
) -> None:
    deliver(50)
    taken = tmp_path / "out" / NAME / "2020Q3"
    taken.mkdir(parents=True)
    (taken / "something.txt").write_text("else")
    done = call(register, desk.home, "--period", "2020Q3", "--jobs", "1", "--out", str(tmp_path / "out"))
    assert done.exit_code != 0 and states(done) == {"refused": 1} and "PR-E004" in done.stdout
    assert (taken / "something.txt").read_text() == "else"


@pytest.mark.parametrize("what", ["policy", "model", "circulation", "nothing"])
def test_what_changes_an_edition_changes_its_print(
    what: str, register: Path, desk: Workspace, deliver: Deliver, tmp_path: Path
) -> None:
    deliver(50)
    (item,) = due(desk.register, Period.parse("2020Q3"))
    copy = tmp_path / "copy"
    shutil.copytree(register, copy)
    if what == "policy":
        path = copy / "policies" / "stop_and_search.yaml"
        path.write_text(path.read_text().replace("round_to: 5", "round_to: 10"))
    elif what == "codes":
        path = sorted((copy / "codes").glob("*.yaml"))[0]
        path.write_text(path.read_text().replace("label: ", "label: Formerly ", 1))
    elif what == "model":
        path = next((copy / "publications" / NAME).glob("*.sql"))
        path.write_text(path.read_text() + "\n-- changed\n")
    elif what == "circulation":  # who is sent it makes no figure
        path = copy / "publications" / NAME / "publication.yaml"
        path.write_text(path.read_text() + "\ncirculation: [{to: hub, by: hub}]\n")
        (copy / "recipients.yaml").write_text(
            'markings: {open: {says: [""]}}\nrecipients: {hub: {organisation: A hub, cleared: [open]}}\n'
        )
    changed = fingerprint(Workspace(copy, desk.home), item) != fingerprint(desk, item)
    assert changed == (what in ("policy", "model"))


def test_an_edition_is_known_by_its_manifest(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver(50)
    (item,) = due(desk.register, Period.parse("2020Q3"))
    made = desk.release(NAME, "2020Q3", tmp_path / "out")
    remember(desk, item, "print", made.release)
    assert kept(desk, item, "print", tmp_path / "out") == f"{NAME}/2020Q3/1"
    assert kept(desk, item, "another", tmp_path / "out") is None
    assert kept(desk, item, "print", tmp_path / "nowhere") is None
