"""Vintages: the journal's clock, named moments of it, and what was in force at any of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from piperoll.errors import UserError
from piperoll.journal import models as m
from piperoll.journal.base import utc
from piperoll.journal.deliveries import Deliveries
from piperoll.journal.force import as_of
from piperoll.journal.identity import clean
from piperoll.journal.records import AuditDraft, Delivery, Vintage


LATEST = "latest"


class Vintages(Deliveries):
    """Vintages of a journal."""

    def record_vintage(
        self,
        name: str,
        at: datetime,
        by: str = "",
        *,
        sequence: int | None = None,
        audit: AuditDraft | None = None,
    ) -> Vintage:
        """Give a moment (by default the present) a name. Giving it the same name again is harmless.

        Raises:
            UserError: PR-J009 when the name is taken by another moment or could be mistaken for a number,
                PR-J008 when the moment has not come yet.
        """
        name = clean(name.strip())
        if not name or name.isdigit() or name == LATEST:
            raise UserError(
                "PR-J009",
                f"`{name}` cannot name a vintage.",
                fix="Use a name with a letter in it, such as 2012Q2-first.",
            )
        with self.write():
            moment = self.vintage(sequence).sequence
            row = self.rows(m.VintageRow).filter(name=name).first()
            if row is not None and row.sequence != moment:
                raise UserError(
                    "PR-J009",
                    f"vintage `{name}` is moment {row.sequence} already and cannot become {moment}.",
                    fix="Choose another name: a vintage never moves.",
                )
            if row is None:
                row = m.VintageRow(name=name, sequence=moment, at=utc(at), by=clean(by))
                row.save(using=self.alias, force_insert=True)
            if audit is not None:
                self.append_audit(audit)
            return _to_vintage(row)

    def vintage(self, vintage: Vintage | str | int | None = None) -> Vintage:
        """A vintage by name, by number, or the present one (None, ``latest``).

        Raises:
            UserError: PR-J008 when there is no such name, or the number lies beyond the present.
        """
        if isinstance(vintage, Vintage):
            return self.vintage(vintage.name or vintage.sequence)
        now = self.last_number("clock")
        if vintage is None or vintage == LATEST:
            return Vintage(sequence=now)
        if isinstance(vintage, str) and not (vintage.isascii() and vintage.isdigit()):
            row = self.rows(m.VintageRow).filter(name=clean(vintage.strip())).first()
            if row is not None:
                return _to_vintage(row)
            known = ", ".join([LATEST, *(v.name for v in self.vintages())])
            fix = f"Known: {known}, or a number up to {now}."
            raise UserError("PR-J008", f"there is no vintage `{vintage}`.", fix=fix)
        number = int(vintage)
        if not 0 <= number <= now:
            raise UserError("PR-J008", f"vintage {number} has not come yet; the present one is {now}.")
        return Vintage(sequence=number)

    def vintages(self) -> list[Vintage]:
        """Named vintages, oldest moment first."""
        rows = [_to_vintage(row) for row in self.rows(m.VintageRow).all()]
        return sorted(rows, key=lambda v: (v.sequence, v.name))

    def deliveries_as_of(
        self,
        vintage: Vintage | str | int | None = None,
        *,
        source: str | None = None,
        dataset: str | None = None,
        receipts: bool = True,
    ) -> list[Delivery]:
        """Deliveries accepted, not withdrawn and not superseded by a vintage, in order of acceptance.

        ``withdrawn`` on a record tells of today: one in force at an old vintage may be withdrawn since. Without
        ``receipts`` theirs are empty.
        """
        return as_of(self.deliveries(source=source, dataset=dataset, receipts=receipts), self.vintage(vintage).sequence)

    def volume_history(self, source: str, dataset: str, supplier: str) -> Mapping[str, int]:
        """Rows kept of each period of a supplier's deliveries in force now, by period."""
        known = [d for d in self.deliveries_as_of(source=source, dataset=dataset) if d.supplier == supplier]
        return {d.period: d.rows_kept for d in sorted(known, key=lambda d: d.period)}


def _to_vintage(row: m.VintageRow) -> Vintage:
    return Vintage(sequence=row.sequence, name=row.name, at=row.at, by=row.by)
