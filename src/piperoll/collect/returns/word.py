"""A supplier's word on its figures, recorded against the delivery that fills its slot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from piperoll.collect.known import slot_of
from piperoll.collect.slots import Slot
from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.govern import Action
from piperoll.journal import Delivery, ReturnWord
from piperoll.periods import Period
from piperoll.register.declared import require_declared


if TYPE_CHECKING:
    from piperoll.journal import Journal


def slot_in_force(desk: Desk, supplier: str, dataset: str, period: str) -> Delivery:
    """The delivery that counts for a slot.

    Raises:
        UserError: PR-W005 for a name that is not declared, PR-C192 where nothing counts for the slot.
    """
    require_declared(desk.register, dataset=dataset, whole=True, supplier=supplier)
    source, _, name = dataset.partition(".")
    wanted = Slot(source, name, supplier, str(Period.parse(period)))
    for each in desk.deliveries():
        if slot_of(each) == wanted:
            return each
    message = f"Nothing counts for {wanted}, so that there are no figures to speak of."
    raise UserError("PR-C192", message, fix="`piperoll deliveries` shows what is in.")


def take_word(
    desk: Desk, supplier: str, dataset: str, period: str, state: str, by: str, reason: str = ""
) -> ReturnWord:
    """Record that a supplier confirms its figures, or says that they are wrong.

    Args:
        supplier, dataset, period: The slot; the dataset as ``source.dataset``.
        state: ``confirmed`` or ``correct``.
        by: Who of the supplier says so.
        reason: Its words; what is wrong, for ``correct``.

    Raises:
        UserError: PR-C192 where nothing counts for the slot, PR-J020 where who or why is missing.
    """
    delivery = slot_in_force(desk, supplier, dataset, period)
    word = ReturnWord(delivery=delivery.id, state=state, by=by, recorded_by=desk.who, at=desk.now(), reason=reason)
    audit = desk.permit(Action.RETURN_WORD, f"delivery {delivery.id}", reason, {"state": state})
    return desk.journal.record_word(word, audit)


def standing(journal: Journal, deliveries: Iterable[Delivery]) -> dict[str, str]:
    """Delivery -> ``confirmed``, ``correct``, or ``''`` where its supplier has not said yet."""
    last = {each.delivery: each.state for each in journal.words()}
    return {each.id: last.get(each.id, "") for each in deliveries}
