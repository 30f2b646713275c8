"""From a file that arrived to a receipt: read, slot found, checked, split at the door, kept or refused.

::

    receipts = collect(register, store, vault, journal, keyring, actor, now, [Path("incoming")])
    print(receipts[0].text)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from piperoll.collect.batch import Options, collect
    from piperoll.collect.limits import Limits
    from piperoll.collect.owed import SlotState
    from piperoll.collect.receipt import Receipt
    from piperoll.collect.slots import Slot, Stated


__all__ = ["Limits", "Options", "Receipt", "Slot", "SlotState", "Stated", "collect"]

_PLACES = {
    "Limits": "limits",
    "Options": "batch",
    "Receipt": "receipt",
    "Slot": "slots",
    "SlotState": "owed",
    "Stated": "slots",
    "collect": "batch",
}


def __getattr__(name: str) -> Any:
    # The limited child imports this package too, and it needs neither the journal nor Django.
    if name in _PLACES:
        return getattr(importlib.import_module(f"{__name__}.{_PLACES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
