"""Editions as the journal has them, made without counting a figure."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from piperoll.govern import Actor
from piperoll.journal import Release
from piperoll.release.edition import rests_on
from piperoll.workspace import Workspace
from tests.searches import AT, NAME, deliverer


@pytest.fixture(scope="session")
def begun(register: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A home with one delivery, to be copied: making a journal takes longer than what is done in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEROLL_NOW", AT.isoformat())
        place = tmp_path_factory.mktemp("begun")
        desk = Workspace(register, place / "home")
        deliverer(desk, place)(2, seed=0)
        assert desk.register.publications
        desk.journal.close()
    return desk


def opened(begun: Workspace, home: Path, actor: Actor | None = None) -> Workspace:
    """A workspace in a copy of that home, with the register as it was loaded once."""
    desk = Workspace(begun.register_dir, home, actor=actor)
    vars(desk)["register"] = begun.register
    return desk


def make_light(desk: Workspace, period: str = "2020Q3") -> Release:
    """What `piperoll.release.make` leaves in the journal: the same of the same, a new edition of anything else."""
    publication, moment = desk.publication(NAME), desk.vintage()
    held = rests_on(desk, publication, moment)
    details = {"vintage": moment.sequence, "rests_on": held}
    draft = desk.permit("release.make", f"publication {NAME}/{period}", details=details)
    made = desk.journal.releases(publication=NAME, period=period)
    known = next((each for each in made if each.definitions_hash == held), None)
    number = known.edition if known else str(len(made) + 1)
    release = Release(
        id=f"{NAME}/{period}/{number}", publication=NAME, period=period, edition=number, vintage=moment.sequence,
        definitions_hash=held, manifest_sha256=hashlib.sha256(held.encode()).hexdigest(), at=desk.now(), by=desk.who,
    )  # fmt: skip
    return desk.journal.record_release(release, (), replace(draft, details={**details, "entry": release.id}))
