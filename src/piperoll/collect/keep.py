"""Keep a delivery: its files are put in their places first, then the journal's one transaction makes them count.

Killed before that transaction, the delivery is not in, and the files lie where nobody looks; run again, they
are written anew. Killed after it, the delivery is in.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piperoll.collect.receipt import Receipt
from piperoll.errors import UserError
from piperoll.journal import AuditDraft, Delivery, Finding, Query, RefusedRow
from piperoll.store.objects import ObjectStore
from piperoll.store.tokens import Keyring
from piperoll.store.vault import write as vault_write
from piperoll.store.vault.items import Item, Kind


if TYPE_CHECKING:
    from piperoll.journal import Journal


@dataclass(frozen=True)
class Files:
    """The files of a checked delivery, in its staging directory; None where there is none."""

    original: Path | None
    store: Path | None = None
    vault: Path | None = None
    refused: Path | None = None
    places: Path | None = None


@dataclass(frozen=True)
class Placing:
    """The files of one delivery on their way to their places: names of original, object, identifiers, refused rows."""

    steps: tuple[Future[str], ...]

    def done(self) -> bool:
        """Whether they are there, or it is known that they cannot be."""
        return all(step.done() for step in self.steps)

    def failed(self) -> bool:
        """Wait until they are there, or it is known that they cannot be: that, or not."""
        return any(step.exception() is not None for step in self.steps)


@dataclass(frozen=True)
class Keeper:
    """Where deliveries are kept.

    Attributes:
        pool: Puts files in their places, several side by side: what takes long is waiting until the disk has them.
    """

    store: ObjectStore
    vault: Path
    journal: Journal
    keyring: Keyring
    pool: ThreadPoolExecutor

    def begin(self, receipt: Receipt, files: Files, staging: Path) -> Placing:
        """Begin to put the files of a delivery in their places. Nothing counts until `commit`.

        Args:
            receipt: What became of the delivery.
            files: Its files; they are moved, the original is copied (encrypted).
            staging: Directory for encrypted copies on their way.
        """
        name = receipt.delivery
        stored = files.store if receipt.accepted else None
        named = files.vault if receipt.accepted else None
        return Placing(
            (
                self.pool.submit(self._original, name, files, staging),
                self.pool.submit(lambda: self.store.put(stored) if stored else ""),
                self.pool.submit(self._put, "identifiers", name, named),
                self.pool.submit(self._put, "refused", name, files.refused),
            )
        )

    def commit(
        self,
        placing: Placing,
        receipt: Receipt,
        files: Files,
        facts: dict[str, Any],
        queries: tuple[Query, ...],
        audit: AuditDraft,
    ) -> Delivery:
        """Wait until the files are in their places, and make the delivery count.

        Args:
            facts: Further attributes of `Delivery`: mode, contract_hash, batch ...
            queries: To be opened.
            audit: The entry to be committed with it.

        Raises:
            UserError: PR-C004 when the disk is full: the delivery is not in.
        """
        assert receipt.slot is not None and receipt.received_at is not None
        with disk(receipt.file):
            original, kept, vault, refused = (step.result() for step in placing.steps)
            delivery = Delivery(
                id=receipt.delivery,
                sha256=receipt.sha256,
                filename=receipt.file,
                source=receipt.slot.source,
                dataset=receipt.slot.dataset,
                supplier=receipt.slot.supplier,
                period=receipt.slot.period,
                received_at=receipt.received_at,
                verdict=receipt.verdict,
                rows_in=receipt.rows_in,
                rows_kept=receipt.rows_kept,
                rows_refused=receipt.rows_refused,
                object=kept,
                vault_object=vault,
                refused_object=refused,
                original_object=original,
                receipt=receipt.to_json(),
                **facts,
            )
            findings = [
                Finding(rule=f.rule, sentence=f.sentence, field=f.field, severity=f.severity, count=f.count)
                for f in receipt.findings
            ]
            places = _places(files.places, receipt.file, facts.get("sheet", ""))
            return self.journal.commit_delivery(delivery, findings, queries, places, audit)

    def _original(self, name: str, files: Files, staging: Path) -> str:
        if files.original is None:
            return ""
        self._clear("originals", name)
        vault_write.put_original(self.vault, name, files.original, self.keyring, staging)
        return name

    def _put(self, kind: Kind, name: str, path: Path | None) -> str:
        if path is None:
            return ""
        self._clear(kind, name)
        vault_write.put(self.vault, kind, name, path)
        return name

    def _clear(self, kind: Kind, name: str) -> None:
        """Remove what a run that was killed put in: the journal knows no such delivery, or we were not here."""
        left = Item(kind, name).directory(self.vault)
        if left.exists():
            shutil.rmtree(left)


@contextmanager
def disk(told: str) -> Iterator[None]:
    """Say in a sentence that the disk is full.

    Raises:
        UserError: PR-C004.
    """
    try:
        yield
    except Exception as error:
        number = getattr(error, "errno", None)
        if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "disk is full" in str(error):
            fix = "Make room, then run this again: what is in is whole, and the rest follows."
            raise UserError("PR-C004", "The disk is full.", where=told, fix=fix) from None
        raise


def _places(path: Path | None, file: str, sheet: str) -> Iterator[RefusedRow]:
    if path is None:
        return
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(path).iter_batches(columns=["row", "field", "rule", "kind"]):
        columns = [batch.column(i).to_pylist() for i in range(4)]
        for row, field, rule, kind in zip(*columns, strict=True):
            yield RefusedRow(
                file=file, sheet=sheet, row=int(row), field=str(field or ""), rule=str(rule), kind=str(kind or "")
            )
