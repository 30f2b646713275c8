"""Rows read so far, kept in parts: encrypted, each whole or not there, so that a run that was cut can go on.

``<directory>/plan.json`` says of what query, schema and window the parts are: parts of another plan are thrown away.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    import pyarrow as pa

    from piperoll.store.tokens import Keyring


PLAN = "plan.json"
NONCE = 12


class Parts:
    """The parts of one extract.

    Args:
        directory: Of this extract alone; made when first written to.
        keyring: Whose key the parts are under (AES-256-GCM, bound to plan and number).
    """

    def __init__(self, directory: Path, keyring: Keyring) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self.directory = directory
        self._cipher = AESGCM(keyring.purpose_key("extract parts"))
        self._plan = b""

    def begin(self, plan: dict[str, Any]) -> None:
        """Go on with the parts of this plan, or begin anew."""
        text = json.dumps(plan, sort_keys=True).encode()
        path = self.directory / PLAN
        if not path.is_file() or path.read_bytes() != text:
            self.clear()
            self.directory.mkdir(mode=0o700, parents=True)
            _write(path, text)
        self._plan = text

    def plan(self) -> dict[str, Any] | None:
        """The plan of the parts that are there, if any."""
        try:
            found = json.loads((self.directory / PLAN).read_bytes())
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def add(self, table: pa.Table) -> None:
        """Keep a part after those that are there."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        number = len(self._files()) + 1
        nonce = secrets.token_bytes(NONCE)
        sealed = self._cipher.encrypt(nonce, sink.getvalue().to_pybytes(), self._bound(number))
        _write(self.directory / f"part-{number:06d}", nonce + sealed)

    def tables(self) -> Iterator[pa.Table]:
        """The parts, in order; the first that cannot be opened and all after it are thrown away."""
        for number, path in enumerate(self._files(), 1):
            table = self._opened(path, number)
            if table is None:
                for left in self._files()[number - 1 :]:
                    left.unlink()
                return
            yield table

    def last(self) -> tuple[int, pa.Table | None]:
        """Rows kept so far, and the last part."""
        rows, last = 0, None
        for table in self.tables():
            rows += table.num_rows
            last = table
        return rows, last

    def clear(self) -> None:
        """Throw everything away."""
        shutil.rmtree(self.directory, ignore_errors=True)

    def _files(self) -> list[Path]:
        return sorted(self.directory.glob("part-*[0-9]"))

    def _bound(self, number: int) -> bytes:
        return self._plan + f"/{number}".encode()

    def _opened(self, path: Path, number: int) -> pa.Table | None:
        import pyarrow as pa
        import pyarrow.parquet as pq
        from cryptography.exceptions import InvalidTag

        data = path.read_bytes()
        try:
            plain = self._cipher.decrypt(data[:NONCE], data[NONCE:], self._bound(number))
        except (InvalidTag, ValueError):
            return None
        return pq.read_table(pa.BufferReader(plain))


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
