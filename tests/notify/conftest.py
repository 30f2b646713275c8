"""A home with an edition to send, and a real mail server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from piperoll.journal import open_journal
from piperoll.workspace import JOURNAL_FILE, Workspace
from tests.exim import USER, Exim, exim
from tests.notify.office import AT, BOTH, Office, circulating
from tests.servers import PASSWORD


@pytest.fixture(scope="session")
def new_journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty journal: making its tables takes longer than all that is done to it."""
    path = tmp_path_factory.mktemp("journal") / JOURNAL_FILE
    open_journal(path).close()
    return path


@pytest.fixture
def new_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_journal: Path) -> Callable[..., Office]:
    """Makes a home whose publication goes to these recipients, with nothing released yet."""
    monkeypatch.setenv("PIPEROLL_NOW", AT.isoformat())

    def make(*entries: str, **how: str) -> Office:
        register = circulating(tmp_path / "register", *(entries or BOTH), **how)
        desk = Workspace(register, tmp_path / "home")
        desk.home.mkdir(exist_ok=True)
        shutil.copy(new_journal, desk.home)
        return Office(desk, tmp_path / "edition", tmp_path / "out")

    return make


@pytest.fixture
def office(new_office: Callable[..., Office]) -> Office:
    """A home with one edition that goes to two by mail."""
    made = new_office()
    made.release()
    return made


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Exim]:
    with exim() as made:
        yield made


@pytest.fixture
def post(mail_server: Exim) -> Exim:
    """The real server, with nothing delivered."""
    mail_server.empty()
    return mail_server


@pytest.fixture
def signed_in(office: Office, post: Exim, tmp_path: Path) -> Callable[..., None]:
    """Declares the real server in the home, with a password; anything may be said otherwise."""

    def declare(password: str = PASSWORD, **other: object) -> None:
        secret = tmp_path / "smtp.password"
        secret.write_text(password + "\n", encoding="utf-8")
        secret.chmod(0o600)
        said: dict[str, object] = {"user": USER, "file": secret, "ca": post.ca} | other
        office.server(**{"port": post.port, **{name: value for name, value in said.items() if value != ""}})

    declare()
    return declare
