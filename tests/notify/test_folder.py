"""Folders to hand over: whole, marked, checked; written once, and over nothing but a hub's earlier edition."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from piperoll.journal.sent import Dispatch
from tests.notify.office import FILES, Office


EXTRACT = "{to: alpha, by: extract, what: [csv], when: made}"
HUB = "{to: gamma, by: hub, what: [page], when: made}"
SHEETS = "{to: beta, by: spreadsheet, when: made}"


@pytest.fixture
def office(new_office: Callable[..., Office]) -> Office:
    made = new_office(EXTRACT, HUB, SHEETS)
    made.release()
    return made


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


BESIDE = {"SHA256SUMS", "READ-ME.txt", "circulation.json"}


def test_each_way_has_its_folder(office: Office) -> None:
    outcomes = office.send()
    assert [each.state for each in outcomes] == ["sent"] * 3
    extract, hub, sheets = (Path(each.told) for each in outcomes)
    assert extract == office.out / "extract/alpha/fines_2012Q2_1"
    assert names(extract) == {"manifest.json", "tables/tickets.csv", "tables/tickets.csv-metadata.json", *BESIDE}
    assert hub == office.out / "hub/gamma/fines/2012Q2" and names(hub) == {*FILES, *BESIDE}
    assert sheets == office.out / "spreadsheet/beta/fines_2012Q2_1"
    assert names(sheets) == {"RESTRICTED-fines_2012Q2.ods", "RESTRICTED-fines_2012Q2.xlsx", *BESIDE}
    for folder in (extract, hub, sheets):
        done = subprocess.run(
            ["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 and done.stdout.count(": OK") == len(names(folder)) - 1
        assert (folder / "READ-ME.txt").read_text(encoding="utf-8").startswith("RESTRICTED\n")
    about = json.loads((extract / "circulation.json").read_text(encoding="utf-8"))
    assert (about["agreement"], about["recipient"], about["release"], about["simulated"]) == (
        "DSA 1",
        "alpha",
        "fines/2012Q2/1",
        True,
    )
    assert about["marking"] == {"key": "restricted", "label": "RESTRICTED", "restricted": True}
    assert about["manifest_sha256"] == office.desk.journal.releases()[0].manifest_sha256


def test_what_is_restricted_is_for_the_owners_eyes(office: Office) -> None:
    place = Path(office.send()[0].told)
    paths = [place, *place.rglob("*")]
    assert {oct(path.stat().st_mode & 0o777) for path in paths if path.is_dir()} == {"0o700"}
    assert {oct(path.stat().st_mode & 0o777) for path in paths if path.is_file()} == {"0o600"}


def test_what_is_not_restricted_can_be_read_by_a_web_server(new_office: Callable[..., Office]) -> None:
    office = new_office(HUB, marking="Management information")
    office.release()
    place = Path(office.send()[0].told)
    paths = [place.parent, place, *place.rglob("*")]
    assert {oct(path.stat().st_mode & 0o755) for path in paths if path.is_dir()} == {"0o755"}
    assert {oct(path.stat().st_mode & 0o644) for path in paths if path.is_file()} == {"0o644"}


def test_the_same_edition_gives_the_same_bytes(office: Office, tmp_path: Path) -> None:
    first = Path(office.send()[0].told)
    office.desk.journal.end_dispatch("C1", step(office, "failed"))
    office.out = tmp_path / "again"
    second = Path(office.send("alpha")[0].told)
    assert first != second and {n: (first / n).read_bytes() for n in names(first)} == {
        n: (second / n).read_bytes() for n in names(second)
    }


def step(office: Office, state: str):
    from piperoll.journal.sent import DispatchStep

    return DispatchStep(state=state, by="anna", at=office.desk.now())  # type: ignore[arg-type]


def test_it_is_handed_over_once(office: Office) -> None:
    office.send()
    assert set(office.states().values()) == {"already sent"}
    assert len(office.desk.journal.dispatches()) == 3


def test_one_that_was_begun_is_looked_at_and_not_asked_about(office: Office) -> None:
    office.send()
    sent = office.desk.journal.dispatches()
    for each in sent:  # as a process leaves it that is killed after the folder is written, or before
        again = office.release(2)
        office.desk.journal.begin_dispatch(
            Dispatch(release=again.id, manifest_sha256=again.manifest_sha256, recipient=each.recipient, way=each.way,
                     marking=each.marking, files=each.files, by="anna", at=office.desk.now())
        )  # fmt: skip
        break
    assert office.states("alpha") == {"alpha": "sent"}
    assert [each.state for each in office.desk.journal.dispatches(release="fines/2012Q2/2")] == ["sent"]


def test_a_hub_has_the_newest_edition_alone(office: Office) -> None:
    place = Path(office.send()[1].told)
    office.release(2, {**FILES, "charts/second.svg": b"<svg/>"})
    assert office.states("gamma") == {"gamma": "sent"}
    assert names(place) == {*FILES, "charts/second.svg", *BESIDE}
    assert json.loads((place / "circulation.json").read_text(encoding="utf-8"))["edition"] == "2"
    assert [path.name for path in place.parent.iterdir()] == ["2012Q2"], "nothing is left beside it"


def test_a_hub_that_was_stopped_between_two_renames(office: Office) -> None:
    place = Path(office.send()[1].told)
    office.release(2)
    os.replace(place, place.parent / f".{place.name}.old")
    (place.parent / f".{place.name}.new").mkdir()
    assert office.states("gamma") == {"gamma": "sent"}
    assert [path.name for path in place.parent.iterdir()] == ["2012Q2"]


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("what", ["file", "link", "folder", "tampered"])
def test_nothing_is_written_over(office: Office, tmp_path: Path, number: int, what: str) -> None:
    place = Path(office.send()[number].told)
    who = ("alpha", "gamma", "beta")[number]
    if what == "tampered":
        (place / "READ-ME.txt").write_text("Not what was sent.")
        office.desk.journal.end_dispatch(f"C{number + 1}", step(office, "failed"))
        expected = "sent" if who == "gamma" else "failed"
        assert office.states(who) == {who: expected}, "only a hub is put right"
        return
    subprocess.run(["rm", "-r", str(place)], check=True)
    if what == "file":
        place.write_text("mine")
    elif what == "link":
        (tmp_path / "elsewhere").mkdir()
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.mkdir()
        (place / "mine").write_text("mine")
    office.desk.journal.end_dispatch(f"C{number + 1}", step(office, "failed"))
    (outcome,) = office.send(who)
    assert (outcome.state, outcome.told[:7]) == ("failed", "PR-N028")
    assert office.desk.journal.dispatches()[-1].answer == "PR-N028"
    assert not list((tmp_path / "elsewhere").glob("*")) if what == "link" else True


def test_a_place_that_cannot_be_written_stops_no_other(office: Office) -> None:
    office.out.mkdir()
    (office.out / "extract").write_text("a file")
    assert office.states() == {"alpha": "failed", "gamma": "sent", "beta": "sent"}
    (office.out / "extract").unlink()
    assert office.states() == {"alpha": "sent", "gamma": "already sent", "beta": "already sent"}
