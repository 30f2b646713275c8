"""Editions of publications: made, verified from their files alone, and traced back to deliveries."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from piperoll.release.edition import Made, make
    from piperoll.release.place import Erratum
    from piperoll.release.verification import Check, Report, verify


__all__ = ["Check", "Erratum", "Made", "Report", "make", "verify"]

_WHERE = {
    "Erratum": "place",
    "Made": "edition",
    "make": "edition",
    "Check": "verification",
    "Report": "verification",
    "verify": "verification",
}


def __getattr__(name: str) -> Any:
    # Imported when asked for: answering one question needs neither the workbook's writers nor the charts.
    if name in _WHERE:
        return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
