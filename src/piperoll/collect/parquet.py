"""Parquet: every column becomes text, as a CSV of the same data would have it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from piperoll.collect.columns import match, require, shown
from piperoll.collect.limits import Limits
from piperoll.collect.prepared import Prepared
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset, Field


def read_parquet(path: Path, work: Path, dataset: Dataset, told: str, limits: Limits) -> Prepared:
    """Make a Parquet file ready to be checked; its rows are numbered from 1.

    Raises:
        UserError: PR-C021 when it cannot be read, PR-C009 for its size, PR-C010 and PR-C011 for its columns.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        schema = file.schema_arrow
    except (pa.ArrowException, OSError, ValueError):
        raise _damaged(told) from None
    if len(schema) > limits.columns:
        message = f"The file has more than {limits.columns} columns."
        raise UserError("PR-C009", message, where=told, fix="Deliver the columns of the contract alone.")
    columns = match(schema.names, dataset)
    require(columns, dataset, told)
    field_of = {name: dataset.field(field) for field, name in columns.mapping.items()}
    fields = [field_of.get(name) for name in columns.names]
    for column, name in zip(schema, columns.names, strict=True):
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
            message = f"The column {shown(name)} holds {column.type}, which is no text, number or date."
            raise UserError("PR-C021", message, where=told, fix="Deliver plain columns.")
    out = work / "columns.parquet"
    texts = pa.schema([*((name, pa.string()) for name in columns.names), ("_row", pa.int64())])
    done = 0
    try:
        with pq.ParquetWriter(out, texts) as writer:
            for batch in file.iter_batches(batch_size=65_536):
                arrays = [_texts(c, f) for c, f in zip(batch.columns, fields, strict=True)]
                rows = pa.array(range(done + 1, done + batch.num_rows + 1), pa.int64())
                writer.write_batch(pa.record_batch([*arrays, rows], schema=texts))
                done += batch.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise _damaged(told) from None
    return Prepared(
        path=out,
        kind="parquet",
        columns=columns.names,
        mapping=columns.mapping,
        extra=columns.extra,
        file=told,
        first_row=1,
        notes=columns.notes,
    )


def _texts(column: Any, field: Field | None) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts(column.dictionary_decode(), field)
    if pa.types.is_timestamp(kind):
        if kind.tz is not None:
            column = pc.cast(column, pa.timestamp(kind.unit, "UTC")).cast(pa.timestamp(kind.unit))
        if field is not None and field.type == "date" and not field.format:
            return pc.cast(pc.cast(column, pa.date32(), safe=False), pa.string())
        if field is not None and field.format:
            return pc.strftime(pc.cast(column, pa.timestamp("s"), safe=False), format=field.format)
    if pa.types.is_date(kind) and field is not None and field.format:
        return pc.strftime(pc.cast(column, pa.timestamp("s")), format=field.format)
    return pc.cast(column, pa.string())


def _damaged(told: str) -> UserError:
    message = "The Parquet file is damaged, cut off or encrypted."
    return UserError("PR-C021", message, where=told, fix="Ask the supplier to send it again.")
