"""A small register, a home, and makers of files for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from piperoll.collect import Limits, Options, Receipt, collect
from piperoll.govern import local_actor
from piperoll.journal import open_journal
from piperoll.register import load
from piperoll.register.model.register import Register
from piperoll.store.duck import connect
from piperoll.store.objects import ObjectStore
from piperoll.store.parts import Part
from piperoll.store.tokens import Keyring
from piperoll.store.vintage import create_views, view_name


TINY = Path(__file__).parents[1] / "registers" / "tiny"
NOW = dt.datetime(2012, 11, 8, 9, 30, tzinfo=dt.UTC)
CASE = "status,case_number,kind,opened,amount,party_name,party_born,postcode,urgent"


@pytest.fixture(scope="session")
def tiny() -> Register:
    return load(TINY)


@pytest.fixture
def limits() -> Limits:
    return Limits(memory_mb=1024, wall_seconds=60, cpu_seconds=60)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made


class Home:
    """A home of its own, and collect into it."""

    def __init__(self, root: Path, register: Register) -> None:
        self.root = root
        self.register = register
        self.store = ObjectStore(root / "store")
        self.vault = root / "vault"
        self.keyring = Keyring(root / "keys")
        self.staging = root / "staging"
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.journal = open_journal(root / "journal.sqlite3")
        self.actor = local_actor(root)
        self.inbox = root.parent / f"{root.name}-inbox"
        self.inbox.mkdir(exist_ok=True)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def collect(self, *paths: Path, at: dt.datetime = NOW, **options: object) -> list[Receipt]:
        options.setdefault("limits", Limits(memory_mb=1024, wall_seconds=60, cpu_seconds=60))
        return collect(
            self.register,
            self.store,
            self.vault,
            self.journal,
            self.keyring,
            self.actor,
            at,
            paths,
            Options(**options),
            staging=self.staging,
        )

    def take(self, name: str, content: str | bytes, **options: object) -> Receipt:
        (found,) = self.collect(self.write(name, content), **options)
        return found

    def rows(self, dataset: str, columns: str = "*") -> list[tuple[object, ...]]:
        parts = [
            Part(f"{d.source}.{d.dataset}", d.supplier, d.period, d.sequence, d.object, d.mode, d.id)
            for d in self.journal.deliveries_as_of()
            if d.object
        ]
        with connect() as con:
            create_views(con, self.register, self.store, parts)
            return con.execute(f"SELECT {columns} FROM {view_name(dataset)} ORDER BY ALL").fetchall()


@pytest.fixture
def home(tmp_path: Path, tiny: Register) -> Iterator[Home]:
    made = Home(tmp_path / "home", tiny)
    yield made
    made.journal.close()


@pytest.fixture
def cases():
    return lambda *rows: "\n".join((CASE, *rows, ""))
