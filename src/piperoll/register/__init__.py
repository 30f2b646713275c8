"""The register: what is declared about sources, contracts, codes, suppliers, publications, policies and people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from piperoll.register.kept import load


if TYPE_CHECKING:
    from piperoll.register.loading import inspect


__all__ = ["inspect", "load"]


def __getattr__(name: str) -> Any:
    # What checks a register takes longer to import than the register takes to load from where it is kept.
    if name == "inspect":
        from piperoll.register.loading import inspect

        return inspect
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
