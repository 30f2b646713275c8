"""Whether everything a register refers to exists, and its parts agree with each other."""

from __future__ import annotations

from piperoll.register.loaded import Loaded


def crosscheck(loaded: Loaded) -> None:
    """Note every disagreement between the parts of a register in ``loaded.problems``."""
