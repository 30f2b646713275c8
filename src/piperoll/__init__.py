"""Piperoll takes administrative records to official statistics.

::

    import piperoll
    justice = piperoll.open("justice")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from piperoll.version import __version__


__all__ = ["__version__", "open"]

if TYPE_CHECKING:
    from piperoll.workspace import open


def __getattr__(name: str) -> Any:
    # Imported when asked for: a command that needs no workspace does not pay for one.
    if name == "open":
        from piperoll.workspace import open as open_workspace

        return open_workspace
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
