"""A vintage for Spark: the views of `piperoll.store.vintage`, over the same files of the store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.store.duck import quote_name
from piperoll.store.objects import ObjectStore
from piperoll.store.parts import Correction, Part
from piperoll.store.types import store_schema
from piperoll.store.vintage import changes_of, in_force, last_states, view_name


if TYPE_CHECKING:
    from piperoll.derive.spark.engine import Spark

PLACES = {
    "file": "VARCHAR",
    "_supplier": "VARCHAR",
    "_period": "VARCHAR",
    "_delivery": "VARCHAR",
    "_rank": "BIGINT",
}  # fmt: skip
_TYPES = {
    pa.string(): "STRING", pa.large_string(): "STRING", pa.int64(): "BIGINT", pa.int32(): "INT", pa.int16(): "SMALLINT",
    pa.bool_(): "BOOLEAN", pa.date32(): "DATE", pa.timestamp("us"): "TIMESTAMP_NTZ", pa.float64(): "DOUBLE",
}  # fmt: skip


def create_views(
    engine: Spark,
    register: Register,
    store: ObjectStore,
    parts: Iterable[Part],
    corrections: Iterable[Correction],
    datasets: Iterable[str],
) -> None:
    """Make the view of each of these datasets (``source.dataset``), from the parts in force.

    Raises:
        UserError: ``PR-S001`` if a file is missing, ``PR-S004`` if a correction names no field of its dataset.
    """
    held, overrides = list(parts), list(corrections)
    for key in datasets:
        dataset = register.dataset(key)
        chosen = in_force(dataset, [each for each in held if each.dataset == key])
        create_view(engine, key, dataset, store, chosen, [each for each in overrides if each.dataset == key])


def create_view(
    engine: Spark,
    key: str,
    dataset: Dataset,
    store: ObjectStore,
    parts: list[Part],
    corrections: list[Correction],
) -> None:
    """Make one dataset's view of the parts in force, in their order."""
    columns = store_schema(dataset)
    name = view_name(key)
    shown = {**columns, "_supplier": "VARCHAR", "_period": "VARCHAR", "_delivery": "VARCHAR", "_mark": "VARCHAR"}
    if not parts:
        engine.lists(name, {each: [] for each in shown}, shown)
        return
    rows = f"_rows__{name}"
    _rows(engine, rows, columns, store, parts)
    names = ", ".join(quote_name(each) for each in (*columns, *PLACES) if each != "file")
    body = f"SELECT {names}, CAST(NULL AS VARCHAR) AS _mark FROM {quote_name(rows)}"
    if dataset.mode == "increment":
        body = last_states(dataset, columns, body)
    if corrections:
        changes = changes_of(key, dataset, columns, corrections)
        engine.lists(changes.table, changes.values, changes.kinds)
        body = changes.applied(body)
    out = ", ".join(quote_name(each) for each in shown)
    engine.view(name, f"SELECT {out} FROM ({body}) AS whole", key)


def _rows(engine: Spark, name: str, columns: dict[str, str], store: ObjectStore, parts: list[Part]) -> None:
    """All rows of the parts, each with its place: ``columns`` as declared now, then `PLACES` without ``file``."""
    paths = {part.object: store.require(part.object) for part in parts}
    places: dict[str, list[Any]] = {
        "file": [paths[part.object].name for part in parts],
        "_supplier": [part.supplier for part in parts],
        "_period": [part.period for part in parts],
        "_delivery": [part.delivery for part in parts],
        "_rank": list(range(len(parts))),
    }
    engine.lists(f"_places__{name}", places, PLACES)
    # Files of one dataset were written under one contract or another: those alike are read together.
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for path in sorted(paths.values()):
        schema = tuple((field.name, _spark(field.type, path.name)) for field in pq.read_schema(path))
        alike.setdefault(schema, []).append(str(path))
    selects = []
    for number, (schema, files) in enumerate(sorted(alike.items())):
        there = dict(schema)
        engine.files(f"{name}_{number}", files, there, "_file")
        cast = ", ".join(
            f"CAST({quote_name(each) if each in there else 'NULL'} AS {kind}) AS {quote_name(each)}"
            for each, kind in columns.items()
        )
        selects.append(f"SELECT {cast}, _file AS file FROM {quote_name(f'{name}_{number}')}")
    shown = ", ".join(
        [*(f"f.{quote_name(each)}" for each in columns), *(f"p.{each}" for each in PLACES if each != "file")]
    )
    files_of = " UNION ALL ".join(selects)
    places_of = quote_name(f"_places__{name}")
    engine.view(name, f"SELECT {shown} FROM ({files_of}) AS f INNER JOIN {places_of} AS p ON f.file = p.file", name)


def _spark(kind: pa.DataType, where: str) -> str:
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    found = _TYPES.get(kind)
    if found is None:
        message = f"a file of the store has a column of type {kind}, which Spark is not given."
        raise UserError("PR-S031", message, where=where, fix="Run it with `--engine duckdb`.")
    return found
