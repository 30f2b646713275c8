"""Compiled functions that are ready at once: `njit`, as of numba, but what was compiled before is loaded and no more.

Numba brings in all that it can compile (and scipy's linear algebra with it) before it looks for a compiled function on
disk: half a second of processor time, more than a small linkage takes. That is needed to compile, not to run what was
compiled; so here the disk is asked first. Where it has nothing, or numba is of another make, all goes as numba does it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba.core.caching import FunctionCache
from numba.core.runtime import rtsys


F = TypeVar("F", bound=Callable[..., Any])


class _Kept(FunctionCache):
    def load_overload(self, sig: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)  # memory of arrays, which compiled functions ask for
        with self._guard_against_spurious_io_errors():
            found = self._load_overload(sig, target_context)
            if found is not None:
                return found
        return super().load_overload(sig, target_context)


def njit(**options: Any) -> Callable[[F], F]:
    """Compile a function when it is first called, once for all processes; ``options`` are those of `numba.njit`."""

    def decorate(function: F) -> F:
        made = numba.njit(**options)(function)
        if options.get("cache"):
            made._cache = _Kept(function)
        return made

    return decorate
