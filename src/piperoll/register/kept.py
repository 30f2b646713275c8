"""The register as a home keeps it: loaded and checked once, taken again while not a byte of it changes."""

from __future__ import annotations

import dataclasses
import io
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piperoll.cache import Cache
from piperoll.errors import Problems
from piperoll.register.files import Files


if TYPE_CHECKING:
    from piperoll.register.model.register import Register


ENTRY = "register"
_MODEL = "piperoll.register.model."
_NOWHERE = Path()


def load(path: Path | str, cache: Cache | None = None) -> Register:
    """Load the register in ``path``.

    Args:
        path: Directory of the register.
        cache: Where the register may be kept; every file is read and hashed all the same.

    Raises:
        UserError: ``PR-R001`` if there is none.
        Problems: With everything that is wrong, sorted by file and line.
    """
    root = Path(path)
    if cache is not None and (kept := _kept(root, cache)) is not None:
        return kept
    # Whoever finds the register as it was need not import what checks it.
    from piperoll.register.loading import inspect

    register, problems = inspect(root)
    if problems or register is None:
        raise Problems(problems)
    if cache is not None:
        # The hash of the bytes that were read, should a file have changed meanwhile.
        cache.put(ENTRY, register.hash, pickle.dumps(dataclasses.replace(register, root=_NOWHERE), protocol=5))
    return register


def _kept(root: Path, cache: Cache) -> Register | None:
    files = Files(root)
    if files.problems:
        return None
    try:
        payload = cache.get(ENTRY, files.hash())
    except (OSError, UnicodeEncodeError):  # loading will tell what is wrong
        return None
    if payload is None:
        return None
    from piperoll.register.model.register import Register  # who wants one identifier's form needs no register

    found = _restored(payload)
    return dataclasses.replace(found, root=root) if isinstance(found, Register) else None


def _restored(payload: bytes) -> object:
    try:
        return _Model(io.BytesIO(payload)).load()
    except Exception:  # bytes that are no pickle fail in any way
        return None


class _Model(pickle.Unpickler):
    """Makes objects of the register's model and nothing else, whatever the bytes ask for."""

    def find_class(self, module: str, name: str) -> Any:
        """A dataclass of the model, a date or a path."""
        if (module, name) in (("datetime", "date"), (type(_NOWHERE).__module__, type(_NOWHERE).__name__)):
            return super().find_class(module, name)
        if module.startswith(_MODEL) and name.isidentifier():
            found = super().find_class(module, name)
            if isinstance(found, type) and dataclasses.is_dataclass(found):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not of the register's model")
