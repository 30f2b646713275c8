"""What every part of the journal stands on: one write transaction at a time, counters, time, bulk rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.db import OperationalError, connections, transaction
from django.db.models import Model

from piperoll.errors import UserError
from piperoll.journal import models as m


BATCH = 10_000
# Any number that this program alone uses: advisory locks belong to one database.
WRITE_LOCK = 0x50495046
# What SQLite and PostgreSQL say when a disk is full or not to be written.
NO_PLACE = ("is full", "no space left", "readonly", "read-only", "i/o error", "unable to open database file")


class Base:
    """A journal's connection. Parts of `Journal` inherit from this.

    Args:
        alias: Django's name of the database.
        label: Its address for people, without a password.
    """

    def __init__(self, alias: str, label: str) -> None:
        self.alias = alias
        self.label = label

    def __repr__(self) -> str:
        return f"Journal({self.label!r})"

    @property
    def connection(self) -> Any:
        """This thread's connection."""
        return connections[self.alias]

    @property
    def vendor(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return str(self.connection.vendor)

    def close(self) -> None:
        """Close this thread's connection; the next use opens it again."""
        self.connection.close()

    def rows(self, model: type[Model]) -> Any:
        """Django's manager of a table in this database."""
        return model._default_manager.using(self.alias)

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction that writes. Writers wait for each other; readers do not wait.

        Several functions may be called in one ``with journal.write():``; all of them count or none.

        Raises:
            UserError: PR-J004 when another process kept the journal busy for too long, PR-J016 when there is no room
                for it or no right to write it.
        """
        try:
            with transaction.atomic(using=self.alias):
                if self.vendor == "postgresql":
                    # Held to the end of the transaction. SQLite began IMMEDIATE, so it has its one lock.
                    with self.connection.cursor() as cursor:
                        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITE_LOCK])
                yield
        except OperationalError as error:
            said = str(error).strip().partition("\n")[0]
            if any(words in said.casefold() for words in NO_PLACE):
                raise UserError(
                    "PR-J016",
                    f"the journal cannot be written ({said}).",
                    where=self.label,
                    fix="Make room, or give the right to write, then run this again: nothing was half written.",
                ) from None
            if "locked" not in said:
                raise
            raise UserError(
                "PR-J004",
                "another process kept the journal busy for too long.",
                where=self.label,
                fix="Wait for it to end, then run this again: nothing was half written.",
            ) from None

    def next_number(self, name: str) -> int:
        """The next number of a counter; only inside `write`."""
        row, _ = self.rows(m.Counter).get_or_create(name=name)
        row.value += 1
        row.save(using=self.alias)
        return int(row.value)

    def last_number(self, name: str) -> int:
        """The last number that a counter gave; 0 at first."""
        value = self.rows(m.Counter).filter(name=name).values_list("value", flat=True).first()
        return int(value or 0)

    def insert_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Insert rows of plain values fast (executemany in SQLite, COPY in PostgreSQL); return how many."""
        quote = self.connection.ops.quote_name
        names = ", ".join(quote(column) for column in columns)
        count = 0
        with self.connection.cursor() as cursor:
            if self.vendor == "postgresql":
                with cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
                        count += 1
                return count
            places = ", ".join(["%s"] * len(columns))
            source = iter(rows)
            while batch := list(islice(source, BATCH)):
                cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({places})", batch)
                count += len(batch)
        return count


def utc(at: datetime) -> datetime:
    """The same moment in UTC; a time without a zone is refused."""
    if at.tzinfo is None:
        raise ValueError(f"a time needs a time zone: {at!r}")
    return at.astimezone(UTC)
