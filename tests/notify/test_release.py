"""Which edition is sent, and that it is the one that was released."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from piperoll.errors import UserError
from piperoll.notify.release import edition_of, release_of, too_early
from tests.notify.office import PUBLISHED, Office


def code(act: Callable[[], object]) -> str:
    with pytest.raises(UserError) as caught:
        act()
    return caught.value.code


def test_the_last_edition_or_the_one_named(office: Office) -> None:
    assert release_of(office.desk, "fines", "2012Q2").id == "fines/2012Q2/1"
    office.release(2)
    assert release_of(office.desk, "fines", "2012Q2").id == "fines/2012Q2/2"
    assert release_of(office.desk, "fines", "2012Q2", "1").id == "fines/2012Q2/1"
    assert code(lambda: release_of(office.desk, "fines", "2012Q2", "3")) == "PR-N018"
    assert code(lambda: release_of(office.desk, "fines", "2012Q3")) == "PR-N018"


def test_what_was_withdrawn_does_not_leave(office: Office) -> None:
    first = office.release(2)
    office.desk.journal.set_release_status(first.id, "withdrawn")
    assert release_of(office.desk, "fines", "2012Q2").id == "fines/2012Q2/1"
    assert code(lambda: office.send(edition="2")) == "PR-N019"
    office.desk.journal.set_release_status("fines/2012Q2/1", "withdrawn")
    assert code(office.send) == "PR-N019"
    assert office.desk.journal.dispatches() == []


def test_official_statistics_are_approved_first(new_office: Callable[..., Office]) -> None:
    office = new_office("{to: alpha, by: extract}", kind="official")
    made = office.release()
    assert code(office.send) == "PR-N019"
    office.desk.journal.set_release_status(made.id, "published")
    assert office.states() == {"alpha": "sent"}


@pytest.mark.parametrize(
    "change",
    [
        lambda d: (d / "tables/tickets.csv").write_bytes(b"area,tickets\r\nE,1\r\n"),
        lambda d: (d / "charts/tickets.svg").unlink(),
        lambda d: (d / "more.csv").write_bytes(b"x"),
        lambda d: (d / "manifest.json").write_bytes((d / "manifest.json").read_bytes() + b"\n"),
    ],
    ids=["changed", "missing", "added", "manifest"],
)
def test_nothing_leaves_of_an_edition_that_was_changed(office: Office, change: Callable[[Path], object]) -> None:
    change(office.directory)
    assert code(office.send) == "PR-N020"
    assert office.desk.journal.dispatches() == [] and not office.out.exists()


def test_another_editions_files(office: Office) -> None:
    office.release(2)
    assert code(lambda: office.send(edition="1")) == "PR-N020"
    assert code(lambda: edition_of(office.desk.journal.releases()[1], office.out)) == "PR-E001"


def test_a_file_is_looked_at_again_when_it_is_read(office: Office) -> None:
    found = edition_of(office.desk.journal.releases()[0], office.directory)
    assert found.published == PUBLISHED and found.read("index.html").startswith(b"<!doctype")
    (office.directory / "index.html").write_bytes(b"another")
    assert code(lambda: found.read("index.html")) == "PR-N020"
    assert code(lambda: found.read("nothing")) == "PR-N020"
    assert found.read("manifest.json")


def test_nobody_has_it_before_its_hour() -> None:
    hour = dt.datetime(2012, 7, 20, 9, 30, tzinfo=dt.UTC)
    second = dt.timedelta(seconds=1)
    assert too_early("publication", PUBLISHED, hour - second) and not too_early("publication", PUBLISHED, hour)
    assert not too_early("made", PUBLISHED, hour - second)
