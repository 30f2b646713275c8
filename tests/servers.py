"""Servers of our own for tests, on loopback, gone at the end: PostgreSQL and Dovecot as Debian packs them."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest


PASSWORD = "canary-of-a-password"


def free_port() -> int:
    """A port of loopback that nobody has now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def postgres_binaries() -> Path:
    """Where the server's programs are; without them the test is skipped, and says what to install."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    return found[-1].parent


def require_driver() -> None:
    """Skip where PostgreSQL's ODBC driver is not installed."""
    listed = Path("/etc/odbcinst.ini")
    if not listed.is_file() or "PostgreSQL Unicode" not in listed.read_text(encoding="utf-8"):
        pytest.skip("no ODBC driver: apt-get install unixodbc odbc-postgresql")


@dataclass
class Postgres:
    """A cluster that listens on loopback and asks for passwords."""

    home: Path
    port: int
    binaries: Path

    def run(self, *command: str) -> None:
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*as_user, *command], check=True, cwd=self.home, stdout=subprocess.DEVNULL)

    def control(self, *words: str) -> None:
        self.run(str(self.binaries / "pg_ctl"), "-D", str(self.home / "data"), *words)

    def start(self) -> None:
        options = (
            f"-c listen_addresses=127.0.0.1 -p {self.port} -c fsync=off -c unix_socket_directories={self.home} "
            "-c timezone=UTC"
        )
        self.control("-w", "-l", str(self.home / "log"), "-o", options, "start")

    def sql(self, text: str) -> list[tuple[object, ...]]:
        """Run statements over a connection of its own."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as con:
            done = con.execute(text)  # type: ignore[arg-type]
            return done.fetchall() if done.description else []

    @property
    def url(self) -> str:
        return f"postgresql://piperoll:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def connection(self, **other: str) -> str:
        """Its ODBC connection string; rows are fetched a few hundred at a time."""
        parts = {
            "Driver": "{PostgreSQL Unicode}",
            "Server": "127.0.0.1",
            "Port": str(self.port),
            "Database": "postgres",
            "UID": "piperoll",
            "PWD": PASSWORD,
            "UseDeclareFetch": "1",
            "Fetch": "500",
        } | other
        return ";".join(f"{name}={value}" for name, value in parts.items()) + ";"


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """Start a cluster; stopped and removed at the end."""
    binaries = postgres_binaries()
    home = Path(tempfile.mkdtemp(prefix="piperoll-odbc-"))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")  # the server refuses to run as root
    made = Postgres(home, free_port(), binaries)
    secret = home / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    if os.geteuid() == 0:
        shutil.chown(secret, "postgres")
    words = ("-U", "piperoll", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "-N", "--locale=C.UTF-8")
    made.run(str(binaries / "initdb"), "-D", str(home / "data"), *words)
    made.start()
    try:
        yield made
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            made.control("-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


def until(port: int, seconds: float = 30.0) -> None:
    """Wait until somebody listens there."""
    last = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > last:
            raise AssertionError(f"nobody listens on {port}")
        time.sleep(0.05)
