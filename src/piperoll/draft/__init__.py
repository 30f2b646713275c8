"""Draft a register from a file: what its columns, codes, keys and first table seem to be, for a person to confirm.

::

    drafted = draft(Path("complaints.csv"), Path("register"), today)
    drafted.slot            # the period that the file fills: 2012Q2

Nothing drafted is settled: each guess says so on its line and stands in ``CONFIRM.md`` with its reason.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from piperoll.draft.make import Drafted, draft


__all__ = ["Drafted", "draft"]


def __getattr__(name: str) -> Any:
    # The limited child imports this package too, for `look` alone.
    if name in __all__:
        return getattr(importlib.import_module(f"{__name__}.make"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
