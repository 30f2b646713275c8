"""What suppliers say of their figures as counted: recorded against the delivery that they were made of."""

from __future__ import annotations

from piperoll.errors import UserError
from piperoll.journal import models as m
from piperoll.journal.base import utc
from piperoll.journal.deliveries import Deliveries
from piperoll.journal.identity import clean
from piperoll.journal.records import AuditDraft, ReturnWord


class Words(Deliveries):
    """Confirmations and corrections of a journal."""

    def record_word(self, word: ReturnWord, audit: AuditDraft | None = None) -> ReturnWord:
        """Record a supplier's word; the last one of a delivery holds. The same word twice in a row is one.

        Raises:
            UserError: PR-J020 where nobody is said to have given it, or no reason where figures are wrong.
        """
        if not word.by.strip() or (word.state == "correct" and not word.reason.strip()):
            missing = "who of the supplier said so" if not word.by.strip() else "what is wrong with the figures"
            fix = "Give --by and, for figures that are wrong, --reason."
            raise UserError("PR-J020", f"the word on a return does not say {missing}.", where=word.delivery, fix=fix)
        with self.write():
            delivery = self.rows(m.DeliveryRow).get(id=word.delivery)
            last = self.rows(m.ReturnWordRow).filter(delivery=delivery).order_by("-number").first()
            same = (word.state, clean(word.by), clean(word.reason))
            if last is not None and (last.state, last.by, last.reason) == same:
                return _to_word(last)
            row = m.ReturnWordRow(
                number=self.next_number("word"),
                delivery=delivery,
                state=word.state,
                by=clean(word.by),
                recorded_by=clean(word.recorded_by),
                at=utc(word.at),
                reason=clean(word.reason),
            )
            row.save(using=self.alias, force_insert=True)
            if audit is not None:
                self.append_audit(audit)
            return _to_word(row)

    def words(self, delivery: str | None = None) -> list[ReturnWord]:
        """Every word ever recorded, or of one delivery, in the order in which they came."""
        chosen = {"delivery__id": delivery} if delivery else {}
        rows = self.rows(m.ReturnWordRow).filter(**chosen).select_related("delivery").order_by("number")
        return [_to_word(row) for row in rows]


def _to_word(row: m.ReturnWordRow) -> ReturnWord:
    return ReturnWord(
        id=f"R{row.number}",
        delivery=row.delivery.id,
        state=row.state,
        by=row.by,
        recorded_by=row.recorded_by,
        at=row.at,
        reason=row.reason,
    )
