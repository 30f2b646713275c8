"""Reading sealed files: shared by the ports that read. Not for use from outside the vault."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

from piperoll.errors import UserError


def batches(
    path: Path, key: bytes, where: str, columns: Sequence[str] | None = None, size: int = 65_536
) -> Iterator[pa.RecordBatch]:
    """Record batches of an encrypted Parquet file.

    Raises:
        UserError: ``PR-S008`` if it is damaged.
    """
    try:
        with pq.ParquetFile(path, decryption_properties=pe.create_decryption_properties(key)) as file:
            yield from file.iter_batches(size, columns=None if columns is None else list(columns))
    except (OSError, pa.ArrowException):
        raise UserError(
            "PR-S008",
            "An encrypted file is damaged: its bytes are not those that were written.",
            where=where,
            fix="Restore the vault from its backup.",
        ) from None


def schema(path: Path, key: bytes) -> pa.Schema:
    """Schema of an encrypted Parquet file."""
    with pq.ParquetFile(path, decryption_properties=pe.create_decryption_properties(key)) as file:
        return file.schema_arrow
