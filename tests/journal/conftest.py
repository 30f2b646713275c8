"""Journals to test on: SQLite always, PostgreSQL when a server is installed (a throw-away cluster)."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from piperoll.journal import Delivery, Journal, delivery_id, open_journal


AT = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Callable[[], str]]:
    """A cluster that listens on a socket only; gives the URL of a new, empty database at each call."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed under /usr/lib/postgresql")
    home = Path(tempfile.mkdtemp(prefix="piperoll-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        # The server refuses to run as root.
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(home, "postgres")

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=home)

    data = home / "data"
    run(str(binaries / "initdb"), "-D", str(data), "-U", "piperoll", "-A", "trust", "-E", "UTF8", "-N")
    options = f"-c listen_addresses='' -c fsync=off -c unix_socket_directories={home}"
    run(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(home / "log"), "-o", options, "start")
    names = (f"journal_{number}" for number in itertools.count(1))

    def new_url() -> str:
        name = next(names)
        run(str(binaries / "createdb"), "-h", str(home), "-U", "piperoll", name)
        return f"postgresql://piperoll:secret-word@/{name}?host={home}"

    try:
        yield new_url
    finally:
        run(str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Addresses of new databases, of either kind."""
    if request.param == "postgres":
        return request.getfixturevalue("postgres_server")
    numbers = itertools.count(1)
    return lambda: str(tmp_path / f"journal{next(numbers)}.sqlite3")


@pytest.fixture
def new_journal(new_address: Callable[[], str]) -> Iterator[Callable[[], Journal]]:
    """New, empty journals."""
    opened: list[Journal] = []

    def make() -> Journal:
        opened.append(open_journal(new_address()))
        return opened[-1]

    yield make
    for journal in opened:
        journal.close()


@pytest.fixture
def journal(new_journal: Callable[[], Journal]) -> Journal:
    """A new, empty journal."""
    return new_journal()


@pytest.fixture
def sqlite_journal(tmp_path: Path) -> Iterator[Journal]:
    """A new journal in SQLite, where the database makes no difference."""
    journal = open_journal(tmp_path / "one.sqlite3")
    yield journal
    journal.close()


@pytest.fixture
def make_delivery() -> Callable[..., Delivery]:
    """A delivery of one slot; every field can be set by name."""

    def make(content: str = "a", **fields: object) -> Delivery:
        again = fields.pop("again", 0)
        values: dict[str, object] = {
            "sha256": (content * 64)[:64],
            "filename": "claims_2012-05.csv",
            "source": "caseman",
            "dataset": "claims",
            "supplier": "south_east",
            "period": "2012-05",
            "mode": "snapshot",
            "received_at": AT,
            "verdict": "accepted",
        } | fields
        slot = [str(values[name]) for name in ("sha256", "source", "dataset", "supplier", "period")]
        values.setdefault("id", delivery_id(*slot, again=again))
        return Delivery(**values)

    return make
