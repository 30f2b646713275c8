"""Cell key perturbation: small changes to counts, the same wherever the same records are counted.

Every record has a permanent random key. The keys of a cell's records, added up and taken modulo the number of keys,
are the cell's key; count and cell key together look a change up in a p-table (`piperoll.protect.ptable`). The method is
that of the Australian Bureau of Statistics (Fraser and Wooton, "A proposed method for confidentialising tabular output
to protect against differencing", UNECE work session on statistical data confidentiality, 2005); layout and arithmetic
follow the Office for National Statistics' method specification "Cell key perturbation".

Totals are perturbed on their own, so a table does not add up; two tables that differ by one record differ by one and
noise. It suits tables that users make themselves, and does not go together with "rounded to 5, adds up".
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.protect.ptable import PTable
from piperoll.protect.upwards import Hierarchy, with_parents


_SECRET_BYTES = 16
KEY = "record_key"


def derive_keys(ids: pl.Series, secret: bytes, key_range: int = 256) -> pl.Series:
    """Record keys from permanent ids, by HMAC-SHA-256 under a secret: as good as random, and for ever the same.

    Args:
        ids: One for each record, none twice: a record that came again under a new id would get another key.
        secret: At least 16 bytes. Whoever has it can undo the perturbation of a cell whose ids are known.
        key_range: How many keys there are; a power of two gives each the same chance, others all but.

    Returns:
        UInt32, 0 to ``key_range - 1``, in the order of ``ids``.

    Raises:
        UserError: PR-P112 for ids that are missing or double, or for a secret that is too short.
    """
    if len(secret) < _SECRET_BYTES:
        raise _keys(f"the secret has {len(secret)} bytes; it needs {_SECRET_BYTES}", "Make one of random bytes.")
    if not 2 <= key_range <= 1 << 32:
        raise _keys(f"the key range is {key_range}", "Take 256, or up to 2^32.")
    if ids.null_count():
        raise _keys(f"{ids.null_count()} records have no id", "Give every record a permanent id.")
    if ids.n_unique() != len(ids):
        raise _keys(f"{len(ids) - ids.n_unique()} ids are there more than once", "Each record has an id of its own.")
    start = hmac.new(secret, b"piperoll record key\x00", "sha256")
    keys = np.empty(len(ids), dtype=np.uint32)
    for place, text in enumerate(ids.cast(pl.String)):
        each = start.copy()
        each.update(text.encode())
        keys[place] = int.from_bytes(each.digest()[:8], "big") % key_range
    return pl.Series(KEY, keys)


def perturb(
    records: pl.DataFrame,
    by: Sequence[str],
    table: PTable,
    *,
    key: str = KEY,
    hierarchies: Mapping[str, Hierarchy] | None = None,
    threshold: int | None = None,
) -> pl.DataFrame:
    """Count records and perturb each count.

    Args:
        records: A row a record.
        by: Columns that make a cell; none for the count of all.
        table: The p-table; its keys are 0 to its key range less one, and so must the records' be.
        key: Column of the record keys.
        hierarchies: For a column of ``by``, each code's parent: totals are counted and perturbed too.
        threshold: Counts that come out below this are not given (null in ``published``).

    Returns:
        A row a cell that has records, in order of ``by``: those columns, ``count``, ``cell_key``, ``change`` and
        ``published`` (all Int64). Of these only ``published`` may leave the house. A cell without records is 0 and
        stays 0.

    Raises:
        UserError: PR-P112 for record keys that are missing, no whole numbers or out of range.
    """
    _check_keys(records, key, table.key_range)
    frame = records.select(*by, pl.col(key).cast(pl.Int64).alias("_key"))
    for name, parents in (hierarchies or {}).items():
        frame = with_parents(frame, name, parents)
    counted = [pl.len().cast(pl.Int64).alias("count"), (pl.col("_key").sum() % table.key_range).alias("cell_key")]
    cells = frame.group_by(*by).agg(*counted).sort(*by) if by else frame.select(*counted)
    changes = table.look_up(cells["count"].to_numpy(), cells["cell_key"].to_numpy())
    out = cells.with_columns(change=pl.Series(changes, dtype=pl.Int64))
    published = pl.col("count") + pl.col("change")
    if threshold is not None:
        published = pl.when(published >= threshold).then(published)
    return out.with_columns(published=published)


def _check_keys(records: pl.DataFrame, key: str, key_range: int) -> None:
    if key not in records.columns:
        raise _keys(f"the records have no column `{key}`", "Derive keys from ids, or name the column they are in.")
    column = records.get_column(key)
    if column.null_count():
        raise _keys(f"{column.null_count()} records have no key", "Every record needs one, given once and kept.")
    if not column.dtype.is_integer():
        raise _keys(f"record keys are {column.dtype}, not whole numbers", "Keep keys as whole numbers.")
    outside = int(((column < 0) | (column >= key_range)).sum())
    if outside:
        fix = "The records' keys and the p-table's must have the same range."
        raise _keys(f"{outside} record keys lie outside 0 to {key_range - 1}", fix)


def _keys(message: str, fix: str) -> UserError:
    return UserError("PR-P112", f"{message}.", fix=fix)
