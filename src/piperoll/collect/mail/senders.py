"""Who may send what: from an address to the suppliers whose slots its attachments may fill."""

from __future__ import annotations

from piperoll.collect.arrived import MayFill
from piperoll.register.model.register import Register


def may_fill(register: Register, sender: str) -> MayFill:
    """Groups and keys of the suppliers that declare an address, or its whole domain; none for a stranger.

    ``@example.org`` is everybody at example.org and nobody at mail.example.org. Capitals make no difference.
    """
    address = sender.casefold()
    domain = "@" + address.rpartition("@")[2]
    return frozenset(
        (group.key, supplier.key)
        for group in register.suppliers.values()
        for supplier in group.suppliers
        if {address, domain} & {each.casefold() for each in supplier.mail}
    )
