"""Read one dataset for one period from a database, in parts that survive a cut connection and a kill."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from piperoll.collect.database.odbc import ROWS, Source
from piperoll.collect.database.parts import Parts
from piperoll.collect.database.types import Value, kind, literal, read, require_types, written
from piperoll.collect.database.windows import Window
from piperoll.collect.database.years import require_years
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset, Extract


if TYPE_CHECKING:
    import pyarrow as pa


PART_ROWS = 50_000
_WORD = {"whole": "number", "decimal": "number", "date": "date", "time": "time"}


@dataclass(frozen=True)
class Read:
    """What an extract read.

    Attributes:
        parts: Its rows.
        rows: How many.
        helpers: Columns that only steered it, to be left out of deliveries.
        upto: The watermark up to which it holds everything; None without a watermark or where there was no row at all.
    """

    parts: Parts
    rows: int
    helpers: tuple[str, ...]
    upto: Value | None


def extract(
    source: Source, dataset: Dataset, window: Window, parts: Parts, told: str, tell: Callable[[int], None]
) -> Read:
    """Read the rows of a window, going on with the parts that an earlier run left.

    Args:
        source: The database.
        dataset: With its `Extract`.
        window: The widest that any supplier needs.
        parts: Where rows are kept meanwhile.
        told: Name of the extract for people.
        tell: Told how many rows there are.

    Raises:
        UserError: As `Source.batches` and `require_types`; PR-C129 where a watermark or key is empty, or of a kind
            that has no order; as `require_years`.
    """
    declared = dataset.extract
    assert declared is not None
    inner = declared.query or f"SELECT * FROM {declared.table}"
    schema = source.schema(f"SELECT t.* FROM ({inner}) t WHERE 1 = 0")
    keys = declared.key or dataset.key
    steering = [name for name in (declared.watermark, *keys, declared.supplier) if name]
    names = {name.casefold(): name for name in schema.names}
    for name in steering:
        if name.casefold() not in names:
            message = f"The database gives no column `{name}`, which steers the extract."
            raise UserError("PR-C129", message, where=told, fix="Correct `extract` in the contract, or the query.")
    helpers = require_types(schema, {name.casefold() for name in steering}, dataset, told)
    order = [name for name in (declared.watermark, *keys) if name]
    if declared.watermark and kind(schema.field(names[declared.watermark.casefold()]).type) not in _WORD:
        message = f"The watermark `{declared.watermark}` is no number, date or time."
        raise UserError("PR-C129", message, where=told, fix="Choose a column that grows with every change.")
    _same_kind(declared, window, schema, names, told)
    require_years(source, inner, schema, told)
    identity = hashlib.sha256(f"{inner}\n{order}\n{schema}".encode()).hexdigest()
    upto = _upto(source, declared, inner, window, parts, identity, told)
    plan = {"of": identity, "after": _text(window.after), "upto": _text(upto)}
    if not order:
        parts.clear()  # rows without an order: nobody could say where to go on
    parts.begin(plan)
    done, last = parts.last()
    tell(done)
    if declared.watermark and upto is None:
        return Read(parts, 0, tuple(helpers), window.after)
    start = _last_row(last, order, names) if last is not None else None
    query, parameters = _query(inner, declared, order, window.after, upto, start, dataset.mode)
    for table in _tables(source.batches(query, parameters, ROWS), PART_ROWS):
        for name in order:
            if table.column(names[name.casefold()]).null_count:
                raise _empty(name, told)
        parts.add(table)
        done += table.num_rows
        tell(done)
    return Read(parts, done, tuple(helpers), upto)


def _same_kind(declared: Extract, window: Window, schema: pa.Schema, names: dict[str, str], told: str) -> None:
    """The watermark is of the kind that earlier extracts wrote down."""
    if not declared.watermark:
        return
    word = _WORD[kind(schema.field(names[declared.watermark.casefold()]).type)]
    for value in (window.after, window.upto):
        if value is not None and written(value).partition(" ")[0] != word:
            message = f"The watermark `{declared.watermark}` is of another kind than in earlier extracts."
            raise UserError("PR-C129", message, where=told, fix="Convert it in the query to what it was.")


def _upto(
    source: Source, declared: Extract, inner: str, window: Window, parts: Parts, identity: str, told: str
) -> Value | None:
    """Where the extract ends: as an unfinished one began, else the highest watermark there is now."""
    if not declared.watermark:
        return None
    name = declared.watermark
    _, row = source.row(f"SELECT MAX(t.{name}) AS highest, COUNT(*) - COUNT(t.{name}) AS missing FROM ({inner}) t")
    if row[1]:
        raise _empty(name, told)
    begun = parts.plan()
    if begun and begun.get("of") == identity and begun.get("after") == _text(window.after) and begun.get("upto"):
        unfinished = read(begun["upto"])
        if window.upto is None or unfinished == window.upto:
            return unfinished
    if row[0] is None:
        return None
    highest = row[0]
    return window.upto if window.upto is not None else highest


def _query(
    inner: str,
    declared: Extract,
    order: list[str],
    after: Value | None,
    upto: Value | None,
    start: list[Any] | None,
    mode: str,
) -> tuple[str, list[str]]:
    """The query, and its parameters in order of their marks."""
    parameters: list[str] = []
    conditions = []
    if declared.watermark and after is not None:
        # Rows with the very watermark at which the last one ended may have come since; by their key they count once.
        sign = ">=" if mode == "increment" else ">"
        conditions.append(f"t.{declared.watermark} {sign} {literal(after, parameters)}")
    if declared.watermark and upto is not None:
        conditions.append(f"t.{declared.watermark} <= {literal(upto, parameters)}")
    if start is not None:
        conditions.append(_behind(order, start, parameters))
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    ordered = f" ORDER BY {', '.join(f't.{name}' for name in order)}" if order else ""
    return f"SELECT t.* FROM ({inner}) t{where}{ordered}", parameters


def _behind(order: list[str], start: list[Any], parameters: list[str]) -> str:
    """``(a, b) > (x, y)``, written out: not every database compares rows."""
    first = f"t.{order[0]} > {literal(start[0], parameters)}"
    if len(order) == 1:
        return first
    same = f"t.{order[0]} = {literal(start[0], parameters)}"
    return f"({first} OR ({same} AND {_behind(order[1:], start[1:], parameters)}))"


def _last_row(table: pa.Table, order: list[str], names: dict[str, str]) -> list[Any]:
    row = table.slice(table.num_rows - 1)
    return [row.column(names[name.casefold()])[0].as_py() for name in order]


def _tables(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """Batches joined to tables of about so many rows; what came before a failure is given out first."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    count = 0
    failure: UserError | None = None
    while True:
        try:
            batch = next(batches, None)
        except UserError as error:
            batch, failure = None, error
        if batch is not None and batch.num_rows:
            held.append(batch)
            count += batch.num_rows
        if held and (batch is None or count >= rows):
            yield pa.Table.from_batches(held)
            held, count = [], 0
        if batch is None:
            break
    if failure is not None:
        raise failure


def _text(value: Value | None) -> str:
    return "" if value is None else written(value)


def _empty(name: str, told: str) -> UserError:
    message = f"Rows have nothing in `{name}`, so an extract would pass over them."
    return UserError("PR-C129", message, where=told, fix="Fill it in the database, or give it a value in the query.")
