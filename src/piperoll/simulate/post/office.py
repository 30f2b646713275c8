"""The post: which way a delivery takes, and what is written for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from piperoll.periods import Period
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.simulate.post.database import Database
from piperoll.simulate.post.mail import Mailbox
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery


FILE, MAIL, SPREADSHEET, DATABASE = "file", "mail", "spreadsheet", "database"
ENTRY, PAPER = "entry", "paper"
# Ways by which the bytes of the file come, with whatever happens to files on their way.
AS_FILES = (FILE, MAIL)


@dataclass(frozen=True)
class Posted:
    """What was written for a delivery: its name in the truth, its bytes (none of their own in a list or table)."""

    told: str
    content: bytes = b""


class Post:
    """Where deliveries are posted that come by the ways of the register.

    Args:
        register: Declares the ways.
        directory: For mailbox, lists and databases.
        first: Deliveries of periods that end in this month or later take their way; those before come as files.
        last: Last month in which all send: a database is as it stands then, so it holds the deliveries of this month,
            and those of other months come as files.
        databases: Whether databases can be read here; if not, all that would be in them comes as files.
    """

    def __init__(self, register: Register, directory: Path, first: Period, last: Period, *, databases: bool) -> None:
        from piperoll.simulate.post import lists

        self.register = register
        self.first, self.last = first, last
        self.databases = databases
        self.directory = directory
        self.mailbox = Mailbox(register, directory / lists.MAIL)
        self._databases: dict[str, Database] = {}

    def way(self, delivery: Delivery, dataset: Dataset) -> str:
        """How a delivery comes: a `Way.by`, or ``file``."""
        way = dataset.way_of(delivery.supplier)
        if delivery.period.end < self.first.end or delivery.not_available:
            return FILE
        if way == DATABASE and (not self.databases or delivery.period.end != self.last.end):
            return FILE
        return way

    def bring(
        self, way: str, delivery: Delivery, rows: pl.DataFrame, dataset: Dataset, arrives: Period, name: str,
        streams: Streams,
    ) -> Posted:  # fmt: skip
        """Write the rows of a delivery for a way that is not as a file; without fault, since each checks for itself.

        Args:
            name: Of the file that it is not.

        Returns:
            Its name in the truth; for a spreadsheet its bytes, to be written among the files.
        """
        # Collecting's own modules, without which most worlds are written: each process would wait for them.
        from piperoll.simulate.post import lists
        from piperoll.simulate.post.spreadsheet import filled

        if way == SPREADSHEET:
            content = filled(self.register, delivery, rows, dataset)
            return Posted(f"{arrives}/{Path(name).stem}.xlsx", content)
        if way == DATABASE:
            assert dataset.extract is not None
            name = dataset.extract.database
            if name not in self._databases:
                self._databases[name] = Database(self.directory, self._tables(name))
            self._databases[name].take(delivery, rows, dataset)
            return Posted(f"{DATABASE}/{name}/{delivery.dataset}/{delivery.supplier}")
        if way == PAPER:
            return Posted(lists.keyed(self.directory, delivery, rows, dataset, streams))
        return Posted(lists.typed(self.directory, delivery, rows))

    def _tables(self, database: str) -> dict[str, Dataset]:
        return {
            f"{source.key}.{dataset.name}": dataset
            for source, dataset in self.register.datasets()
            if dataset.extract and dataset.extract.database == database and any(w.by == DATABASE for w in dataset.ways)
        }

    def close(self) -> None:
        """Write what could not be written before everything had come."""
        self.mailbox.close()
        for database in self._databases.values():
            database.close()
