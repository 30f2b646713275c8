"""What a home keeps only to be fast: results that can be made again, and are believed only if this home wrote them.

An entry is one file: HMAC-SHA-256 (RFC 2104) under a key of the home, then the payload. The code covers the entry's
name, what the payload was made from, and the engine that made it. An entry of another input or another engine, a
damaged one and one put there by someone without the key are all the same: there is none. Nothing depends on an entry:
where none can be written, none is.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import sys
from functools import cache
from pathlib import Path

from piperoll.version import __version__


_CODE_BYTES = 32


class Cache:
    """The entries of a home, by name; each name has its latest entry alone.

    Args:
        directory: Where they lie; made for its owner alone when the first is written.
        key: Secret of the home.
    """

    def __init__(self, directory: Path, key: bytes) -> None:
        self.directory = Path(directory)
        self._key = key

    def get(self, name: str, made_from: str) -> bytes | None:
        """The payload of an entry if it was made by this engine, from this, under this key; else None."""
        try:
            data = (self.directory / name).read_bytes()
        except OSError:
            return None
        code, payload = data[:_CODE_BYTES], data[_CODE_BYTES:]
        return payload if hmac.compare_digest(code, self._code(name, made_from, payload)) else None

    def put(self, name: str, made_from: str, payload: bytes) -> None:
        """Keep an entry, whole or not at all; a home that cannot be written to stays as it is."""
        fresh = self.directory / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        with contextlib.suppress(OSError):
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(self._code(name, made_from, payload) + payload)
                fresh.replace(self.directory / name)
            finally:
                fresh.unlink(missing_ok=True)

    def _code(self, name: str, made_from: str, payload: bytes) -> bytes:
        about = "\0".join((name, made_from, engine())).encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, hashlib.sha256(about).digest() + payload, "sha256")


@cache
def engine() -> str:
    """What may make another result of the same input: Piperoll, Python, and the packages installed, by SHA-256.

    Piperoll's own code counts by its bytes and the packages by their names with versions, as their ``.dist-info``
    directories have them: importing a package to ask for its version would cost more than what is saved.
    """
    total = hashlib.sha256(f"{__version__}\0{sys.version}\0".encode())
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        data = path.read_bytes()
        total.update(f"{path.relative_to(root).as_posix()}\0{len(data)}\0".encode())
        total.update(data)
    for name in sorted({name for folder in sys.path if folder for name in _names(folder)}):
        total.update(f"{name}\0".encode("utf-8", "surrogatepass"))
    return total.hexdigest()


def _names(folder: str) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if name.endswith(".dist-info")]
    except OSError:
        return []
