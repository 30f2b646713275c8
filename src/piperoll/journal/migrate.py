"""Bring a journal's tables up to date, one process at a time; say in sentences what stands in the way."""

from __future__ import annotations

import fcntl
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connections

from piperoll.errors import UserError
from piperoll.journal import migrations


# Any number that this program alone uses for its advisory lock.
ADVISORY_LOCK = 0x50495045
RECORD = "django_migrations"


def bring_up_to_date(alias: str, label: str) -> None:
    """Make or migrate the tables behind ``alias``.

    Raises:
        UserError: PR-J002 or PR-J003, naming the database by ``label``.
    """
    connection = connections[alias]
    try:
        if not _up_to_date(connection) and _plan(connection, label):
            from django.db.migrations.executor import MigrationExecutor

            with _alone(connection, label):
                if connection.vendor == "sqlite":
                    # Readers go on while one writes; kept in the file, so once is enough.
                    with connection.cursor() as cursor:
                        cursor.execute("PRAGMA journal_mode=WAL").fetchall()
                executor = MigrationExecutor(connection)
                executor.migrate(executor.loader.graph.leaf_nodes("journal"))
    except (DatabaseError, OSError) as error:
        connection.close()
        raise UserError(
            "PR-J002",
            f"the journal cannot be opened ({_kind(error)}).",
            where=label,
            fix="Check that the address, the rights and the server are right, and that it is a journal.",
        ) from None


def _up_to_date(connection: Any) -> bool:
    """Whether exactly the migrations there are were applied: so it nearly always is, and then none need be read."""
    with connection.cursor() as cursor:
        if RECORD not in connection.introspection.table_names(cursor):
            return False
        cursor.execute(f"SELECT name FROM {RECORD} WHERE app = %s", ["journal"])
        applied = {name for (name,) in cursor.fetchall()}
    return applied == {each.name for each in pkgutil.iter_modules(migrations.__path__)}


def _plan(connection: Any, label: str) -> bool:
    """Whether there is anything to migrate."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    known = {name for app, name in executor.loader.disk_migrations if app == "journal"}
    unknown = {n for app, n in executor.loader.applied_migrations if app == "journal"} - known
    if unknown:
        raise UserError(
            "PR-J003",
            f"a newer Piperoll made this journal (it has {', '.join(sorted(unknown))}).",
            where=label,
            fix="Use that version, or a journal of its own for this one (--home).",
        )
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes("journal")))


def _kind(error: Exception) -> str:
    # Only the first line: what follows repeats the connection's settings.
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__


@contextmanager
def _alone(connection: Any, label: str) -> Iterator[None]:
    """Hold a lock that other processes opening the same journal wait for."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
        return
    with open(f"{label}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
